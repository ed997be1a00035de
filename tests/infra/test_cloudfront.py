"""Tests of infra/cloudfront.py: what the template lets through, replaces, compresses and adds."""

from __future__ import annotations

import copy
import gzip
from collections.abc import Mapping
from typing import Any

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug import Request, Response

from infra import template
from infra.cloudfront import CacheBehavior, Edge, behavior_of, behaviors, canonical
from tests.support.local_requests import request

TEMPLATE = template.load()
BEHAVIORS = behaviors(TEMPLATE)
TO_FUNCTIONS = ["/api/leads", "/staff/leads/abc"]
TO_FILES = ["/", "/guide/", "/assets/look.1.css"]
LONG = "<p>text</p>" * 200
SECRETS = {"x-origin-secret": "only CloudFront knows it"}


class RecordingOrigin:
    """Answers each path with a prepared response, 403 if there is none, and records the requests."""

    def __init__(self, responses: Mapping[str, Response]) -> None:
        self.responses = responses
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        return self.responses.get(request.path) or Response(status=403)


def page(
    body: str = LONG, status: int = 200, kind: str = "text/html", headers: Mapping[str, str] | None = None
) -> Response:
    return Response(body, status, headers=headers, content_type=kind)


def answered(
    path: str,
    response: Response,
    described: Mapping[str, Any] = TEMPLATE,
    secrets: Mapping[str, str] | None = None,
    **facts: Any,
) -> tuple[Response, list[Request]]:
    """Return what a visitor gets when the origin answers so, and what the origin was sent."""
    file = f"{path}index.html" if path.endswith("/") else path
    pages = {"/404.html": page("no such page"), "/sorry.html": page("sorry")}
    origin = RecordingOrigin({**pages, file: response})
    edge = Edge(described, {"site": origin, "functions": origin}, secrets or {})
    return edge.answer(request(path, **facts)), origin.requests


# Path patterns


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("/assets/look.1.css", "/assets/*", True),
        ("/assets/fonts/text.woff2", "/assets/*", True),
        ("/assets", "/assets/*", False),
        ("/staff/leads/a", "/staff/leads/?", True),
        ("/staff/leads/ab", "/staff/leads/?", False),
        ("/API/leads", "/api/*", False),
        ("/other/api/leads", "/api/*", False),
        ("/anything", "*", True),
        ("/feedxxml", "/feed.xml", False),
        ("/a", "/[ab]", False),
    ],
)
def test_a_pattern_matches_the_whole_path(path: str, pattern: str, expected: bool) -> None:
    behavior = CacheBehavior(**{**BEHAVIORS[0].__dict__, "pattern": pattern})
    assert behavior.matches(path) is expected


PATHS = st.sampled_from(["", "/api/", "/staff/", "/assets/", "/API/", "/api"]).flatmap(
    lambda prefix: st.text(max_size=12).map(lambda rest: f"{prefix}{rest}")
)


@given(PATHS)
def test_functions_get_what_is_under_their_prefixes_and_nothing_else(path: str) -> None:
    expected = "functions" if path.startswith(("/api/", "/staff/")) else "site"
    assert behavior_of(path, BEHAVIORS).origin == expected


def test_the_first_behavior_that_matches_decides() -> None:
    described = copy.deepcopy(dict(TEMPLATE))
    config = described["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    config["CacheBehaviors"].insert(0, {**config["CacheBehaviors"][0], "PathPattern": "/api/*"})
    assert behavior_of("/api/leads", behaviors(described)).origin == "site"


# What reaches an origin


def sent_to(path: str, **facts: Any) -> Request:
    """Return the request that the origin gets."""
    _, (sent, *_) = answered(path, page(), **facts)
    return sent


@pytest.mark.parametrize("path", [*TO_FUNCTIONS, "/guide/"])
def test_no_cookie_passes(path: str) -> None:
    assert "cookie" not in sent_to(path, headers={"Cookie": "a=1; b=2"}).headers


@pytest.mark.parametrize("path", [*TO_FUNCTIONS, "/guide/"])
def test_no_query_string_passes(path: str) -> None:
    assert sent_to(path, query_string="utm_source=pinterest&a=1").query_string == b""


@given(st.dictionaries(st.from_regex(r"[a-z]([a-z-]*[a-z])?", fullmatch=True), st.just("x"), max_size=4))
def test_a_header_passes_only_if_the_template_names_it(headers: dict[str, str]) -> None:
    own = {"accept": "*/*", "origin": "null", "x-origin-secret": "guessed", "cloudfront-viewer-address": "forged"}
    listed = TEMPLATE["Resources"]["FunctionRequest"]["Properties"]["OriginRequestPolicyConfig"]["HeadersConfig"]
    sent = sent_to("/api/leads", headers={**headers, **own})
    assert {name.lower() for name, _ in sent.headers} - {"host", "content-length", "user-agent"} == {
        name.lower() for name in listed["Headers"] if name.lower() in {*headers, *own}
    }


def test_a_whitelisted_header_keeps_its_value() -> None:
    assert sent_to("/api/leads", headers={"Sec-Fetch-Site": "same-origin"}).headers["sec-fetch-site"] == "same-origin"


def test_the_visitor_s_address_is_cloudfront_s_word_not_the_visitor_s() -> None:
    facts = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.7", "REMOTE_PORT": "5060"}}
    sent = sent_to("/api/leads", headers={"CloudFront-Viewer-Address": "198.51.100.1:1"}, **facts)
    assert sent.headers["cloudfront-viewer-address"] == "192.0.2.7:5060"


@pytest.mark.parametrize(("path", "arrives"), [("/café/", "/café/index.html"), ("/staff/leads/א", "/staff/leads/א")])
def test_a_path_arrives_whatever_its_letters(path: str, arrives: str) -> None:
    assert sent_to(path).path == arrives


def test_the_body_arrives_whole() -> None:
    sent = sent_to("/api/leads", method="POST", data=b"name=A%26B", content_type="application/x-www-form-urlencoded")
    assert (sent.get_data(), sent.mimetype) == (b"name=A%26B", "application/x-www-form-urlencoded")


def test_the_functions_are_sent_the_origin_secret() -> None:
    _, (sent,) = answered("/api/leads", page(), secrets=SECRETS)
    assert sent.headers["x-origin-secret"] == SECRETS["x-origin-secret"]


def test_the_bucket_is_not_sent_the_origin_secret() -> None:
    _, (sent,) = answered("/guide/", page(), secrets=SECRETS)
    assert "x-origin-secret" not in sent.headers


def test_without_a_value_no_secret_is_sent() -> None:
    assert "x-origin-secret" not in sent_to("/api/leads", headers={"X-Origin-Secret": "guessed"}).headers


def whitelisting(section: str, names: str, *passed: str) -> Mapping[str, Any]:
    """Return the template with these names in a whitelist of the functions' origin request policy."""
    described = copy.deepcopy(dict(TEMPLATE))
    config = described["Resources"]["FunctionRequest"]["Properties"]["OriginRequestPolicyConfig"][section]
    (mode,) = [key for key in config if key.endswith("Behavior")]
    config.update({mode: "whitelist", names: list(passed)})
    return described


def test_a_cookie_passes_where_the_template_names_it() -> None:
    described = whitelisting("CookiesConfig", "Cookies", "b")
    _, (sent,) = answered("/api/leads", page(), described, headers={"Cookie": "a=1; b=2"})
    assert sent.headers["cookie"] == "b=2"


def test_a_query_string_passes_where_the_template_names_it() -> None:
    described = whitelisting("QueryStringsConfig", "QueryStrings", "q")
    _, (sent,) = answered("/api/leads", page(), described, query_string="a=1&q=%26&q=2")
    assert sent.query_string == b"q=%26&q=2"


def test_a_setting_that_is_not_modelled_is_an_error() -> None:
    described = whitelisting("CookiesConfig", "Cookies")
    described["Resources"]["FunctionRequest"]["Properties"]["OriginRequestPolicyConfig"]["CookiesConfig"] = {
        "CookieBehavior": "all"
    }
    with pytest.raises(ValueError, match="CookieBehavior all is not modelled"):
        behaviors(described)


@pytest.mark.parametrize("path", ["/", "/assets/look.1.css"])
def test_files_take_no_post(path: str) -> None:
    response, sent = answered(path, page(), method="POST")
    assert (response.status_code, sent) == (403, [])


# Error pages


@pytest.mark.parametrize("path", [*TO_FUNCTIONS, "/guide/"])
@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_failure_keeps_its_status_and_gets_the_page_that_says_what_to_do(path: str, status: int) -> None:
    response, _ = answered(path, page('{"message": null}', status, "application/json", {"etag": "1"}))
    assert (response.status_code, response.data, response.mimetype) == (status, b"sorry", "text/html")


def test_nothing_of_the_replaced_response_is_left() -> None:
    assert "etag" not in answered("/api/leads", page("{}", 500, "application/json", {"etag": "1"}))[0].headers


def test_a_post_that_fails_gets_the_page_too() -> None:
    assert answered("/api/leads", page("{}", 502), method="POST", data="name=A")[0].data == b"sorry"


@pytest.mark.parametrize("path", [*TO_FUNCTIONS, "/guide/", "/assets/look.1.css"])
def test_403_is_the_site_s_404_page(path: str) -> None:
    response, _ = answered(path, page("AccessDenied", 403))
    assert (response.status_code, response.data) == (404, b"no such page")


@pytest.mark.parametrize("status", [200, 400, 404, 405, 409, 410, 413, 415, 422, 503])
def test_what_the_functions_answer_passes_unchanged(status: int) -> None:
    response, _ = answered("/api/leads", page("ours", status))
    assert (response.status_code, response.data) == (status, b"ours")


def test_an_error_page_that_is_missing_leaves_the_error_as_it_is() -> None:
    edge = Edge(TEMPLATE, {"functions": lambda _: page("broken", 500), "site": RecordingOrigin({})})
    response = edge.answer(request())
    assert (response.status_code, response.data) == (500, b"broken")


# Compression


def encoding_of(path: str, response: Response, accepted: str = "gzip, br", **facts: Any) -> str | None:
    return answered(path, response, headers={"accept-encoding": accepted}, **facts)[0].headers.get("content-encoding")


@pytest.mark.parametrize("path", TO_FILES)
def test_files_are_compressed(path: str) -> None:
    response, _ = answered(path, page(), headers={"accept-encoding": "gzip, br"})
    assert brotli.decompress(response.data).decode() == LONG


def test_a_browser_without_brotli_gets_gzip() -> None:
    response, _ = answered("/", page(), headers={"accept-encoding": "gzip"})
    assert gzip.decompress(response.data).decode() == LONG


def test_a_browser_that_takes_neither_gets_the_file_itself() -> None:
    assert encoding_of("/", page(), "identity") is None


@pytest.mark.parametrize("path", TO_FUNCTIONS)
def test_nothing_of_the_functions_is_compressed(path: str) -> None:
    assert encoding_of(path, page()) is None


@pytest.mark.parametrize(
    "response",
    [
        page("x" * 999),
        page(kind="image/png"),
        page(kind="application/atom+xml"),
        page(headers={"content-encoding": "gzip"}),
    ],
    ids=["small", "picture", "Atom", "compressed"],
)
def test_cloudfront_leaves_some_files_as_they_are(response: Response) -> None:
    before = response.headers.get("content-encoding")
    assert encoding_of("/feed.xml", response) == before


def test_nothing_is_compressed_where_the_template_says_so() -> None:
    described = copy.deepcopy(dict(TEMPLATE))
    described["Resources"]["Distribution"]["Properties"]["DistributionConfig"]["DefaultCacheBehavior"].pop("Compress")
    assert encoding_of("/", page(), described=described) is None


# Headers


@pytest.mark.parametrize("path", [*TO_FUNCTIONS, *TO_FILES, "/no-such-file.txt"])
def test_every_response_has_the_policy_s_headers(path: str) -> None:
    headers = answered(path, page("AccessDenied", 403))[0].headers
    assert {"Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options"} <= set(headers.keys())


def test_a_header_that_overrides_replaces_the_origin_s_own() -> None:
    response, _ = answered("/api/leads", page(headers={"referrer-policy": "origin"}))
    assert response.headers.getlist("referrer-policy") == ["no-referrer"]


def test_a_header_that_does_not_override_leaves_the_origin_s_own() -> None:
    response, _ = answered("/api/leads", page(headers={"cache-control": "no-store"}))
    assert response.headers.getlist("cache-control") == ["no-store"]


# One address for each page, and its old ones


@pytest.mark.parametrize(
    ("path", "location"),
    [("/guide", "/guide/"), ("/Guide/?a=1&b=%26", "/guide/?a=1&b=%26"), ("//evil.example/x", "/evil.example/x/")],
)
def test_another_way_to_write_an_address_leads_to_the_one(path: str, location: str) -> None:
    edge = Edge(TEMPLATE, {})
    path, _, query = path.partition("?")
    response = edge.answer(request("/", environ_overrides={"PATH_INFO": path, "QUERY_STRING": query}))
    assert (response.status_code, response.location) == (301, location)


@given(st.text())
def test_one_redirect_is_enough(path: str) -> None:
    assert canonical(canonical(path)) == canonical(path)


@pytest.mark.parametrize("path", ["/api/LEADS", "/assets/A"])
def test_only_pages_have_the_function_that_redirects(path: str) -> None:
    assert answered(path, page("file"))[0].data == b"file"


@pytest.mark.parametrize("query", ["", "?utm_source=pinterest&a=1"])
def test_a_file_that_has_moved_is_followed_with_its_query(query: str) -> None:
    response, _ = answered(
        "/old/", page(headers={"x-amz-meta-moved-to": "/new/"}), query_string=query.removeprefix("?")
    )
    assert (response.status_code, response.location) == (301, f"/new/{query}")


def test_a_file_that_was_taken_away_is_gone() -> None:
    response, _ = answered("/old/", page("taken away", headers={"x-amz-meta-gone": "1"}))
    assert (response.status_code, response.data) == (410, b"taken away")


@pytest.mark.parametrize("name", ["x-amz-meta-moved-to", "x-amz-meta-gone"])
def test_visitors_do_not_see_the_bucket_s_metadata(name: str) -> None:
    assert name not in answered("/old/", page(headers={name: "1"}))[0].headers
