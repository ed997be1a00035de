"""Tests of the CloudFront Function: each page has one address, and no request redirects to a foreign host."""

from __future__ import annotations

import re
from collections.abc import Iterator

import hypothesis
import pytest
from hypothesis import strategies as st

from infra.cloudfront import canonical
from infra.preview_server import addresses
from infra.template import load
from tests.conftest import Site
from tests.support.edge import OWN_NAME, EdgeFunction, code, running, syntax_kinds

HOST = "www.lakeside.example"
OTHER = "lakeside.example"

ES_5 = {
    *("Program", "BlockStatement", "EmptyStatement", "ExpressionStatement", "ReturnStatement", "LabeledStatement"),
    *("IfStatement", "SwitchStatement", "SwitchCase", "BreakStatement", "ContinueStatement"),
    *("WhileStatement", "DoWhileStatement", "ForStatement", "ForInStatement"),
    *("ThrowStatement", "TryStatement", "CatchClause"),
    *("FunctionDeclaration", "FunctionExpression", "VariableDeclaration", "VariableDeclarator"),
    *("Identifier", "Literal", "ThisExpression", "ArrayExpression", "ObjectExpression", "Property"),
    *("UnaryExpression", "UpdateExpression", "BinaryExpression", "LogicalExpression", "AssignmentExpression"),
    *("ConditionalExpression", "CallExpression", "NewExpression", "MemberExpression", "SequenceExpression"),
}
NEWER = {"ArrowFunctionExpression", "TemplateLiteral", "TemplateElement", "RestElement"}
"""Syntax of cloudfront-js-2.0 beyond ECMAScript 5.1 that the function may use:
docs.aws.amazon.com, CloudFront's guide, "JavaScript runtime 2.0 features". const and let belong to it too."""

MAX_CODE_BYTES = 10 * 1024
"""The largest function that CloudFront accepts, in bytes."""


@pytest.fixture(scope="module")
def edge() -> Iterator[EdgeFunction]:
    with running() as started:
        yield started


def file_for(edge: EdgeFunction, path: str, host: str = "", asked: str = OWN_NAME) -> str:
    """Return the bucket's key from which a request is answered."""
    answer, _ = edge.answer(f"https://{asked}{path}", host)
    return str(answer["uri"])


def redirect(edge: EdgeFunction, path: str, host: str = "", asked: str = OWN_NAME) -> str:
    """Return the address that a request is redirected to."""
    answer, _ = edge.answer(f"https://{asked}{path}", host)
    assert answer["statusCode"] == 301
    return str(answer["headers"]["location"]["value"])


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "/index.html"),
        ("/guide/", "/guide/index.html"),
        ("/guide/part/", "/guide/part/index.html"),
        ("/caf%C3%A9/", "/caf%C3%A9/index.html"),
        ("/v1.2/", "/v1.2/index.html"),
        ("/feed.xml", "/feed.xml"),
        ("/404.html", "/404.html"),
        ("/.well-known/security.txt", "/.well-known/security.txt"),
        ("/guide/?utm_source=pinterest", "/guide/index.html"),
    ],
)
def test_a_folder_is_its_index_and_a_file_is_itself(edge: EdgeFunction, path: str, file: str) -> None:
    assert file_for(edge, path) == file


@pytest.mark.parametrize(
    ("path", "location"),
    [
        pytest.param("/guide", "/guide/", id="no slash at the end"),
        pytest.param("/guide/part", "/guide/part/", id="no slash at the end, deeper"),
        pytest.param("/v1.2/guide", "/v1.2/guide/", id="a dot in a folder's name"),
        pytest.param("/caf%C3%A9", "/caf%C3%A9/", id="encoded stays encoded"),
        pytest.param("/a%2Fb", "/a%2Fb/", id="an encoded slash is no slash"),
        pytest.param("//guide//part/", "/guide/part/", id="double slashes"),
        pytest.param("//", "/", id="nothing but slashes"),
        pytest.param("/guide\\part/", "/guide/part/", id="a slash that leans back"),
        pytest.param("/Guide/", "/guide/", id="capitals"),
        pytest.param("/GUIDE/CAF%C3%89", "/guide/caf%C3%89/", id="capitals, but not of a percent sign's digits"),
        pytest.param("/Feed.XML", "/feed.xml", id="capitals in a file's name"),
    ],
)
def test_every_other_way_to_write_an_address_leads_to_the_one(edge: EdgeFunction, path: str, location: str) -> None:
    assert redirect(edge, path) == f"https://{OWN_NAME}{location}"


@pytest.mark.parametrize(
    "query",
    [
        "?utm_source=pinterest&utm_medium=social",
        "?a=1&a=2&a=3",
        "?a=1&b=2&c",
        "?q=a%20b%26c%3Dd+e",
        "?next=https://evil.example/",
        "?a=b=c",
    ],
)
def test_the_query_is_kept(edge: EdgeFunction, query: str) -> None:
    assert redirect(edge, f"/guide{query}") == f"https://{OWN_NAME}/guide/{query}"


def test_another_host_leads_to_the_one(edge: EdgeFunction) -> None:
    assert redirect(edge, "/guide/", HOST, OTHER) == f"https://{HOST}/guide/"


def test_cloudfronts_own_name_leads_to_the_domain(edge: EdgeFunction) -> None:
    assert redirect(edge, "/", HOST, OWN_NAME) == f"https://{HOST}/"


def test_all_that_is_wrong_is_put_right_at_once(edge: EdgeFunction) -> None:
    assert redirect(edge, "//Guide?a=1", HOST, OTHER) == f"https://{HOST}/guide/?a=1"


def test_the_one_host_answers_itself(edge: EdgeFunction) -> None:
    assert file_for(edge, "/guide/", HOST, HOST) == "/guide/index.html"


def test_without_a_domain_cloudfronts_own_name_answers(edge: EdgeFunction) -> None:
    assert file_for(edge, "/guide/") == "/guide/index.html"


def test_all_else_of_the_request_is_left_as_it_is(edge: EdgeFunction) -> None:
    answer, _ = edge.answer(f"https://{OWN_NAME}/guide/?a=1")

    assert answer == {
        "method": "GET",
        "uri": "/guide/index.html",
        "querystring": {"a": {"value": "1"}},
        "headers": {"host": {"value": OWN_NAME}},
        "cookies": {},
    }


# Old addresses: what the bucket's metadata becomes on the way to the visitor

OLD = f"https://{OWN_NAME}/old/"


def test_a_text_that_has_moved_is_followed(edge: EdgeFunction) -> None:
    answer = edge.respond(OLD, {"x-amz-meta-moved-to": "/new/"})
    assert (answer["statusCode"], answer["headers"]["location"]) == (301, {"value": "/new/"})


def test_the_link_that_brought_the_visitor_is_known_at_the_new_address(edge: EdgeFunction) -> None:
    answer = edge.respond(f"{OLD}?utm_source=pinterest&a=1&a=2", {"x-amz-meta-moved-to": "/new/"})
    assert answer["headers"]["location"]["value"] == "/new/?utm_source=pinterest&a=1&a=2"


def test_a_text_that_was_taken_away_is_gone(edge: EdgeFunction) -> None:
    answer = edge.respond(OLD, {"x-amz-meta-gone": "1"})
    assert (answer["statusCode"], answer["statusDescription"]) == (410, "Gone")


@pytest.mark.parametrize("name", ["x-amz-meta-moved-to", "x-amz-meta-gone"])
def test_visitors_do_not_see_the_bucket_s_metadata(edge: EdgeFunction, name: str) -> None:
    assert name not in edge.respond(OLD, {name: "1"})["headers"]


def test_every_other_response_is_left_as_it_is(edge: EdgeFunction) -> None:
    answer = edge.respond(f"https://{OWN_NAME}/guide/", {"content-type": "text/html", "etag": '"1"'})
    assert answer == {
        "statusCode": 200,
        "statusDescription": "OK",
        "headers": {"content-type": {"value": "text/html"}, "etag": {"value": '"1"'}},
        "cookies": {},
    }


@pytest.mark.parametrize("metadata", [{"x-amz-meta-moved-to": "/new/"}, {"x-amz-meta-gone": "1"}])
def test_the_page_at_an_old_address_is_sent_with_it(edge: EdgeFunction, metadata: dict[str, str]) -> None:
    assert "body" not in edge.respond(OLD, metadata)  # CloudFront then sends the body from the bucket


PIECES = st.sampled_from(
    [
        "/",
        "//",
        "\\",
        "/\\",
        "%2f",
        "%5C",
        "%",
        "%0d%0a",
        ".",
        "..",
        "@",
        ":",
        ":443",
        "evil.example",
        "Guide",
        "https:",
    ]
)
PATHS = st.lists(PIECES | st.text(st.characters(codec="ascii", exclude_characters="?#"), max_size=3), max_size=8).map(
    lambda pieces: "/" + "".join(pieces)
)


@hypothesis.settings(deadline=None)
@hypothesis.given(PATHS, st.sampled_from(["", HOST]))
def test_no_path_sends_a_browser_to_another_host(edge: EdgeFunction, path: str, host: str) -> None:
    assert edge.answer(f"https://{OWN_NAME}{path}", host)[1] in {None, host or OWN_NAME}


@hypothesis.settings(deadline=None)
@hypothesis.given(PATHS)
def test_one_redirect_is_enough(edge: EdgeFunction, path: str) -> None:
    location = redirect(edge, path, HOST, OTHER)

    assert "uri" in edge.answer(location, HOST)[0]


@hypothesis.settings(deadline=None)
@hypothesis.given(PATHS.map(lambda path: path.replace("%", "")))
def test_the_local_system_redirects_as_the_function_does(edge: EdgeFunction, path: str) -> None:
    answer, _ = edge.answer(f"https://{OWN_NAME}{path}")
    followed = answer["headers"]["location"]["value"] if "statusCode" in answer else f"https://{OWN_NAME}{path}"

    assert followed == f"https://{OWN_NAME}{canonical(path)}"


def test_every_page_of_the_site_has_its_right_address(edge: EdgeFunction, site: Site) -> None:
    pages = addresses(site.output)
    files = [file_for(edge, page) for page in pages]

    assert files == [f"{page}index.html" if page.endswith("/") else page for page in pages]


def test_the_code_is_in_the_language_that_cloudfront_knows() -> None:
    assert syntax_kinds() <= ES_5 | NEWER


def test_the_code_fits() -> None:
    assert len(code("x" * 253).encode()) < MAX_CODE_BYTES


@pytest.mark.parametrize("name", ["example.com'", "example.com\n", "${x}", "\\"])
def test_no_domain_name_breaks_out_of_the_code(name: str) -> None:
    assert not re.fullmatch(load()["Parameters"]["DomainName"]["AllowedPattern"], name)
