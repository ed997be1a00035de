"""Requests: no typed text is changed or cut, and what cannot be read is refused."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leads.web.errors import HTTPError
from leads.web.request import Request

from tests.support import api_events
from tests.support.api_events import MEDIA_TYPES, SHAPES

KIB16 = 16 * 1024


def read(
    body: str | bytes, media_type: str | None = MEDIA_TYPES["form"], *, encoded: bool = True
) -> dict[str, list[str]]:
    """Return the answers in this body."""
    event = api_events.event(body=body, encoded=encoded, headers={"content-type": media_type})
    return Request.from_event(event).form_data()


def read_json(body: str) -> dict[str, list[str]]:
    return read(body, MEDIA_TYPES["json"])


def status_of(body: str | bytes, media_type: str | None = MEDIA_TYPES["form"], *, encoded: bool = True) -> int:
    """Return the status with which this body is refused."""
    with pytest.raises(HTTPError) as refused:
        read(body, media_type, encoded=encoded)
    return refused.value.status


# --- What is typed arrives ---

TEXTS = [
    "plain",
    "+1 555",
    "100 % & more = better; or / not?",
    "a=b&c=d",
    "%2B %26 %00",
    "Zoë 李小龍 мир",
    "مرحبا \u202bبك\u202c",
    "👩‍👩‍👧 🌸",
    "two\nlines\r\nthree",
    "NUL \0 tab \t",
    "  spaces  ",
    "",
    "{example} %s",
    "\ufeff\u2028\U0010ffff",
]


@pytest.mark.parametrize(("kind", "encoded"), SHAPES)
@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_what_is_typed_arrives_as_typed(text: str, kind: str, encoded: bool) -> None:
    event = api_events.submission({"name": [text]}, kind, encoded=encoded)

    assert Request.from_event(event).form_data() == {"name": [text]}


FIELDS = st.dictionaries(st.text(max_size=20), st.lists(st.text(max_size=50), min_size=1, max_size=5), max_size=10)


@given(FIELDS, st.booleans())
def test_any_text_survives_a_form(fields: dict[str, list[str]], encoded: bool) -> None:
    assert read(urlencode(fields, doseq=True), encoded=encoded) == fields


@given(FIELDS, st.booleans(), st.booleans())
def test_any_text_survives_json(fields: dict[str, list[str]], encoded: bool, escaped: bool) -> None:
    body = json.dumps(fields, ensure_ascii=escaped)

    assert read(body, MEDIA_TYPES["json"], encoded=encoded) == fields


@given(st.binary(max_size=200), st.sampled_from(sorted(MEDIA_TYPES.values())))
def test_any_bytes_are_read_or_refused(body: bytes, media_type: str) -> None:
    try:
        assert read(body, media_type) is not None
    except HTTPError as refused:
        assert refused.status == 400  # noqa: PT017 -- either is fine


@pytest.mark.parametrize(
    ("body", "answers"),
    [
        ("name=%2B1+555", {"name": ["+1 555"]}),
        ("name=a%26b%3Dc", {"name": ["a&b=c"]}),
        ("name=a=b", {"name": ["a=b"]}),
        ("name=a;b", {"name": ["a;b"]}),
        ("name=Zoë", {"name": ["Zoë"]}),
        ("name=%zz%4", {"name": ["%zz%4"]}),
        ("name=a&name=b", {"name": ["a", "b"]}),
        ("conditions=trd&name=A&conditions=ptsd", {"conditions": ["trd", "ptsd"], "name": ["A"]}),
        ("name=", {"name": [""]}),
        ("name", {"name": [""]}),
        ("", {}),
    ],
)
def test_a_form_as_browsers_send_it(body: str, answers: dict[str, list[str]]) -> None:
    assert read(body) == answers


@pytest.mark.parametrize(
    ("body", "answers"),
    [
        ('{"name": "A"}', {"name": ["A"]}),
        ('{"conditions": ["trd", "ptsd"]}', {"conditions": ["trd", "ptsd"]}),
        ('{"name": "A", "name": "B"}', {"name": ["A", "B"]}),
        ('{"voicemail": true}', {"voicemail": ["yes"]}),
        ('{"voicemail": false, "source": null}', {"voicemail": [], "source": []}),
        ('{"elapsed": 12.5}', {"elapsed": ["12.5"]}),
        ('{"elapsed": 12}', {"elapsed": ["12"]}),
        ('{"elapsed": 1.10}', {"elapsed": ["1.10"]}),
        ('{"elapsed": 1e999}', {"elapsed": ["1e999"]}),
        ('{"elapsed": -0}', {"elapsed": ["-0"]}),
        ('{"phone": 3125550187.0}', {"phone": ["3125550187.0"]}),
        ('{"phone": ' + "9" * 5000 + "}", {"phone": ["9" * 5000]}),
        (r'{"name": "\ud83c\udf38"}', {"name": ["🌸"]}),
        ("{}", {}),
    ],
)
def test_json_as_scripts_send_it(body: str, answers: dict[str, list[str]]) -> None:
    assert read_json(body) == answers


def test_an_event_without_a_body_has_no_answers() -> None:
    assert Request.from_event(api_events.event(headers={"content-type": MEDIA_TYPES["form"]})).form_data() == {}


# --- What cannot be read ---


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"name"',
        "5",
        '[["name", "A"]]',
        '[{"name": "A"}]',
        '{"name": {"first": "A"}}',
        '{"name": {}}',
        '{"name": [["A"]]}',
        '{"name": [null]}',
        r'{"name": "\ud800"}',
        r'{"name": ["A", "\udfff"]}',
        '{"name": NaN}',
        '{"name": Infinity}',
        '{"name": [-Infinity]}',
        '{"name": [true]}',
        '{"name": [false]}',
        "[" * KIB16,
        '{"a":' * 2000,
        '{"b":' * 2000 + "1" + "}" * 2000,
        '\ufeff{"name": "A"}',
    ],
    ids=lambda body: body[:20],
)
def test_json_that_no_form_would_send_is_refused(body: str) -> None:
    assert status_of(body, MEDIA_TYPES["json"]) == 400


@pytest.mark.parametrize("body", ["name=%ff", "name=%ed%a0%80", "name=%c3", "&".join(["a=b"] * 201)])
@pytest.mark.parametrize("encoded", [True, False])
def test_a_form_that_is_damaged_is_refused(body: str, encoded: bool) -> None:
    assert status_of(body, encoded=encoded) == 400


@pytest.mark.parametrize("media_type", MEDIA_TYPES.values())
def test_a_body_that_is_not_utf_8_is_refused(media_type: str) -> None:
    assert status_of(b"name=\xff", media_type) == 400


@pytest.mark.parametrize("body", ["n", "name=A", "bmFtZT1B\n", "bmFt ZT1B", "bmFtZT1Bé", "=", "\ud800"])
def test_a_body_that_claims_to_be_base64_and_is_not_is_refused(body: str) -> None:
    event = {**api_events.event(headers={"content-type": MEDIA_TYPES["form"]}), "body": body, "isBase64Encoded": True}

    with pytest.raises(HTTPError) as refused:
        Request.from_event(event).form_data()

    assert refused.value.status == 400


def test_half_a_character_in_a_plain_body_is_refused() -> None:
    event = {**api_events.event(headers={"content-type": MEDIA_TYPES["form"]}), "body": "name=\ud800"}

    with pytest.raises(HTTPError) as refused:
        Request.from_event(event).form_data()

    assert refused.value.status == 400


@pytest.mark.parametrize("media_type", [*MEDIA_TYPES.values()])
@pytest.mark.parametrize(
    "parameter",
    ["", ";charset=utf-8", "; charset=UTF-8", ';charset="utf-8"', "; charset=utf8", " ; x=y; charset=utf-8", ";"],
)
def test_these_kinds_of_form_are_read(media_type: str, parameter: str) -> None:
    body = "name=A" if media_type == MEDIA_TYPES["form"] else '{"name": "A"}'

    assert read(body, media_type.upper() + parameter) == {"name": ["A"]}


@pytest.mark.parametrize(
    "media_type",
    [
        None,
        "",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json-patch+json",
        "application/jsonp",
        "application/x-www-form-urlencoded; charset=iso-8859-1",
        "application/json;charset=utf-16",
        "*/*",
    ],
)
def test_other_kinds_are_refused(media_type: str | None) -> None:
    assert status_of("name=A", media_type) == 415


@pytest.mark.parametrize(("kind", "encoded"), SHAPES)
def test_a_body_of_16_kib_is_read(kind: str, encoded: bool) -> None:
    start, end = ("name=", "") if kind == "form" else ('{"name": "', '"}')
    body = start + "a" * (KIB16 - len(start + end)) + end

    assert len(read(body, MEDIA_TYPES[kind], encoded=encoded)["name"][0]) == KIB16 - len(start + end)


@pytest.mark.parametrize(("kind", "encoded"), SHAPES)
@pytest.mark.parametrize("size", [KIB16 + 1, KIB16 + 4, KIB16 * 2, 1024 * 1024])
def test_a_larger_body_is_refused(size: int, kind: str, encoded: bool) -> None:
    assert status_of("name=".ljust(size, "a"), MEDIA_TYPES[kind], encoded=encoded) == 413


def test_the_size_is_counted_in_bytes() -> None:
    assert status_of("name=" + "é" * (KIB16 // 2), encoded=False) == 413


# --- Who may send ---


def refuses(**headers: str | None) -> bool:
    event = api_events.event(
        headers={"sec-fetch-site": None, **{name.replace("_", "-"): value for name, value in headers.items()}}
    )
    try:
        Request.from_event(event).require_same_origin("https://www.lakeside.example")
    except HTTPError as refused:
        return refused.status == 404
    return False


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "same-origin", "origin": "null"},
        {"origin": "null"},
        {"origin": "https://www.lakeside.example"},
    ],
    ids=str,
)
def test_our_own_page_may_send(headers: dict[str, str]) -> None:
    assert not refuses(**headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "https://www.lakeside.example"},
        {"sec_fetch_site": "cross-site", "origin": "null"},
        {"sec_fetch_site": "anything"},
        {"origin": "https://evil.example"},
        {"origin": "http://www.lakeside.example"},
        {"origin": "https://www.lakeside.example.evil.example"},
        {"origin": "https://www.lakeside.example:8443"},
        {"origin": "https://lakeside.example"},
        {"origin": ""},
    ],
    ids=str,
)
def test_another_site_may_not(headers: dict[str, str]) -> None:
    assert refuses(**headers)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("198.51.100.4:50123", "198.51.100.4"),
        ("2001:db8::1:50123", "2001:db8::1"),
        (None, "203.0.113.7"),
        ("", "203.0.113.7"),
    ],
)
def test_the_visitors_address_is_what_cloudfront_says(header: str | None, address: str) -> None:
    event = api_events.event(headers={"cloudfront-viewer-address": header})

    assert Request.from_event(event).address == address


def test_header_names_may_be_written_in_any_case() -> None:
    event = api_events.event(body="name=A", headers={"Content-Type": MEDIA_TYPES["form"]})

    assert Request.from_event(event).form_data() == {"name": ["A"]}


def test_an_event_may_come_without_headers() -> None:
    event = api_events.event("GET")
    del event["headers"]

    assert Request.from_event(event).headers == {}


@pytest.mark.parametrize(
    ("headers", "wants"),
    [
        ({"accept": "application/json"}, True),
        ({"accept": "text/html,application/json;q=0.9"}, True),
        ({"accept": "text/html"}, False),
        ({"accept": "*/*"}, False),
        ({"accept": None}, False),
        ({"content-type": "application/json; charset=utf-8"}, True),
    ],
    ids=str,
)
def test_json_is_for_who_asks_for_it_or_sends_it(headers: dict[str, str | None], wants: bool) -> None:
    assert Request.from_event(api_events.event(headers=headers)).wants_json is wants
