"""Texts that have broken other software, in every field: kept as typed and shown as text, or refused in words.

Our own short list, after the Big List of Naughty Strings: its packages were last looked after in 2020.
"""
# ruff: noqa: RUF001 -- letters that look like others are the point

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import html5lib
import pytest
from leads.domain.lead import Lead, LeadError
from leads.domain.lifecycle import Action
from leads.domain.text import isolated
from leads.mail.compose import Composer
from leads.settings import Settings
from leads.web.request import Request

from tests.support import api_events, compiled_assets, deployed, factories
from tests.support.deployed import Clinic
from tests.support.factories import TUESDAY
from tests.support.fakes import headers_of, html_of, text_of

NAUGHTY = (
    # Words that programs take for something else
    *("undefined", "null", "None", "NaN", "Infinity", "true", "0", "-1", "1e999", "0x10", "__proto__", "constructor"),
    *("../../../../etc/passwd%00.html", "C:\\con", "$HOME", "${jndi:ldap://x}", "$(touch /tmp/x)", "`id`", "--help"),
    *("' OR 1=1; --", "'; DROP TABLE leads; --", '{"$gt": ""}', "=1+1", '=HYPERLINK("x")', "@SUM(1)", "+1", "*)(uid=*"),
    # HTML and templates
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title></textarea></template><svg/onload=x>"),
    *(
        "<!--",
        "-->",
        "<!--main-->",
        "<!--title-->",
        "]]>",
        "<bdi>",
        "</bdi>",
        "&lt;b&gt;",
        "&amp;amp;",
        "&#x41;",
        "&nbsp",
    ),
    *("{{ 7 * 7 }}", "{% raw %}", "{0.__class__}", "%(name)s", "%s%n", "${7*7}", "#{7*7}"),
    # Headers and encodings
    *("Ada, Bcc: x@evil.example", '"Ada, \\"Countess\\"" <a@evil.example>', "=?utf-8?q?Bcc=3A?=", "=?utf-8?B?QQ==?="),
    *(
        "Ada%0d%0aBcc: x",
        "Ada\\r\\nBcc: x",
        "%2B%26%3D",
        "%252e",
        "%",
        "%zz",
        "a+b&c=d;e",
        "Ada=0A",
        ".",
        "..",
        "From Ada",
    ),
    *("Ada\r\nBcc: x@evil.example", "Ada\nB", "Ada\0B", "\x1b[31mAda", "Ada\x85B", "Ada\u2028B", "\x7f", "\ufffe\x00"),
    # Unicode
    *(
        "Ω≈ç√∫˜µ≤≥÷",
        "ÅÍÎÏ˝ÓÔÒÚÆ☃",
        "田中さん",
        "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀",
        "הָיְתָה test",
        "الكل في المجمو عة",
        "ثم نفس سقطت",
    ),
    *(
        "\u202eada",
        "Ada\u202e",
        "\u2066Ada\u2067",
        "\u2069Ada",
        "\u200fAda",
        "\ufeffAda",
        "A\u200bd\u200da",
        "Ada\u00ad",
    ),
    *("Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮", "👩‍👩‍👧‍👦", "🏳‍🌈", "🇺🇸🇷🇺", "1️⃣", "𝐓𝐡𝐞", "ﷺ", "ǅ", "İ", "ß", "ﬁ", "Ⅷ", "٣", "½", "ａｄａ"),
    *(
        "",
        " ",
        "\u00a0",
        "\u3000",
        "\u3164",
        "\u2800",
        "\u180e",
        "\u0301",
        "\ue000",
        "\U0010ffff",
        "\ufdd0",
        "\U000e0041",
    ),
    "a" * 100,
    "李" * 101,
    "👩‍👩‍👧‍👦" * 14,
)
NUMBERS = map("(312) 556-{:04}".format, itertools.count())
"""One of its own for each form: the same form twice would be one lead."""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with deployed.clinic_with_table(tmp_path_factory.mktemp("naughty"), LEADS_ADDRESS_LIMIT="1000000") as made:
        yield made


def read(kind: str, **changes: str) -> Lead | LeadError:
    """What becomes of a form with these answers changed, on its way through a request."""
    answers = Request.from_event(api_events.submission(factories.answers(**changes), kind)).form_data()
    try:
        return Lead.from_form(answers, factories.SAMPLE)
    except LeadError as refused:
        return refused


@pytest.mark.parametrize("text", NAUGHTY, ids=ascii)
def test_a_naughty_name_is_in_the_table_as_typed_or_refused_in_words(clinic: Clinic, text: str) -> None:
    told = clinic.submit_by_script(name=text, phone=next(NUMBERS)).json
    kept = clinic.table.get(told["reference"], TUESDAY) if "reference" in told else None

    assert kept.lead.name == text.strip() if kept else re.match("Enter|Full name must", told["errors"][0]["message"])


@pytest.mark.parametrize("text", NAUGHTY, ids=ascii)
def test_a_naughty_text_in_every_field_at_once_is_asked_for_again(clinic: Clinic, text: str) -> None:
    everywhere = dict.fromkeys(Lead.model_fields, text)

    assert clinic.submit(**everywhere).status == 422


@pytest.mark.parametrize("kind", ["form", "json"])
@pytest.mark.parametrize("field", Lead.model_fields)
def test_a_naughty_answer_is_kept_as_typed_or_not_at_all(field: str, kind: str) -> None:
    taken = {text: getattr(lead, field) for text in NAUGHTY if isinstance(lead := read(kind, **{field: text}), Lead)}

    assert [text for text, kept in taken.items() if not whole(field, text, kept)] == []


def whole(field: str, text: str, kept: Any) -> bool:
    """Whether this is what was typed, or what stands for no answer."""
    if field in {"voicemail", "elapsed"}:
        return isinstance(kept, bool | float | None)
    return kept in {text, text.strip(), Lead.model_fields[field].default}


@pytest.mark.parametrize("kind", ["form", "json"])
@pytest.mark.parametrize("field", Lead.model_fields)
def test_a_naughty_answer_that_is_refused_is_refused_in_words(field: str, kind: str) -> None:
    refused = [error for text in NAUGHTY if isinstance(error := read(kind, **{field: text}), LeadError)]

    assert [
        error for error in refused if [mistake.field for mistake in error.errors if mistake.message] != [field]
    ] == []


# --- What is shown of it ---

NAMES = [text.strip() for text in NAUGHTY if isinstance(read("form", name=text), Lead)]
SETTINGS = Settings.read(compiled_assets.variables(Path("unused"), LEADS_SITE_URL="https://www.lakeside.example"))


def said(page: str) -> str:
    """What a page says, as its reader sees it."""
    return "".join(html5lib.parse(page, namespaceHTMLElements=False).itertext())


def built_of(page: str) -> list[str]:
    """A page's elements with their attributes' names: what a text in it must not change."""
    return [f"{element.tag} {sorted(element.keys())}" for element in html5lib.parse(page).iter()]


@cache
def email_about(name: str) -> EmailMessage:
    made = Composer(factories.SAMPLE, SETTINGS).one(Action.NOTIFY, factories.stored(name=name), TUESDAY)
    return message_from_bytes(made.as_bytes(), policy=policy.default)


@pytest.fixture(scope="module")
def pages(clinic: Clinic) -> dict[str, str]:
    """The staff page about a lead of each name."""
    return {
        name: clinic.follow(clinic.token(clinic.keep(factories.stored(name=name)))).body
        for name in ["Ada Byron", *NAMES]
    }


def test_most_of_them_can_be_a_name() -> None:
    assert len(NAMES) > len(NAUGHTY) / 2


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_naughty_name_stands_in_the_staff_page_as_typed(pages: dict[str, str], name: str) -> None:
    assert f"Name{name}\n" in said(pages[name])


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_naughty_name_adds_nothing_to_the_staff_page(pages: dict[str, str], name: str) -> None:
    assert built_of(pages[name]) == built_of(pages["Ada Byron"])


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_naughty_name_stands_in_the_email_as_typed_but_for_what_would_turn_it(name: str) -> None:
    assert f"Name{isolated(name)}\n" in said(html_of(email_about(name)))


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_naughty_name_adds_nothing_to_the_email(name: str) -> None:
    assert built_of(html_of(email_about(name))) == built_of(html_of(email_about("Ada")))


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_naughty_name_stands_plain_in_the_emails_text(name: str) -> None:
    assert f"Name: {isolated(name)}" in text_of(email_about(name)).splitlines()


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_naughty_name_changes_no_header_of_the_email(name: str) -> None:
    lead = factories.stored(name=name)

    assert headers_of(email_about(name)) == headers_of(email_about("Ada")).replace(
        factories.stored(name="Ada").reference, lead.reference
    )
