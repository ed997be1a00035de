"""Texts that have broken other software, in every field: kept as typed and shown as text, or refused with a message.

One loop a test; a failure names the texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from typing import Any

from leads.domain.lead import Lead, LeadError
from leads.domain.lifecycle import Action
from leads.domain.text import isolated
from leads.mail.compose import Composer
from leads.web.request import Request

from tests.support import api_events, compiled_assets, factories
from tests.support.factories import TUESDAY
from tests.support.fakes import headers_of, html_of, text_of
from tests.support.naughty_strings import NAUGHTY, parts_of, shown_text

SETTINGS = compiled_assets.settings(LEADS_SITE_URL="https://www.lakeside.example")


def read(kind: str, **changes: str) -> Lead | LeadError:
    """Return what a form with these answers becomes, on its way through a request."""
    answers = Request.from_event(api_events.submission(factories.answers(**changes), kind)).form_data()
    try:
        return Lead.from_form(answers, factories.SAMPLE)
    except LeadError as refused:
        return refused


def each() -> Iterator[tuple[str, str, Lead | LeadError]]:
    """Yield every text in every field of every kind of form, and what becomes of it."""
    for field in Lead.model_fields:
        for kind in api_events.MEDIA_TYPES:
            yield from ((field, text, read(kind, **{field: text})) for text in NAUGHTY)


def is_whole(field: str, text: str, stored: Any) -> bool:
    """Return whether a field holds the typed text, or the value of a field without an answer."""
    if field in {"voicemail", "elapsed"}:
        return isinstance(stored, bool | float | None)
    return stored in {text, text.strip(), (text,), Lead.model_fields[field].default}


def test_an_answer_is_stored_as_typed_or_not_at_all() -> None:
    taken = [(field, text, getattr(lead, field)) for field, text, lead in each() if isinstance(lead, Lead)]

    assert [answer for answer in taken if not is_whole(*answer)] == []


def test_an_answer_that_is_refused_has_a_message_of_its_field() -> None:
    refused = [(field, text, error.errors) for field, text, error in each() if isinstance(error, LeadError)]

    assert [
        (field, text, errors)
        for field, text, errors in refused
        if [mistake.field for mistake in errors if mistake.message] != [field]
    ] == []


# --- E-mails ---

NAMES = [text.strip() for text in NAUGHTY if isinstance(read("form", name=text), Lead)]


@cache
def email_about(name: str) -> EmailMessage:
    made = Composer(factories.SAMPLE, SETTINGS).one(Action.NOTIFY, factories.stored(name=name), TUESDAY)
    return message_from_bytes(made.as_bytes(), policy=policy.default)


def test_most_texts_can_be_a_name() -> None:
    assert len(NAMES) > len(NAUGHTY) / 2


def test_a_name_is_in_the_email_as_typed_except_for_direction_characters() -> None:
    assert [name for name in NAMES if f"Name{isolated(name)}\n" not in shown_text(html_of(email_about(name)))] == []


def test_a_name_adds_no_element_to_the_email() -> None:
    expected = parts_of(html_of(email_about("Ada")))

    assert [name for name in NAMES if parts_of(html_of(email_about(name))) != expected] == []


def test_a_name_is_one_line_of_the_emails_text() -> None:
    assert [name for name in NAMES if f"Name: {isolated(name)}" not in text_of(email_about(name)).splitlines()] == []


def test_a_name_changes_no_header_of_the_email() -> None:
    def headers(name: str) -> str:
        return headers_of(email_about(name)).replace(factories.stored(name=name).reference, "REFERENCE")

    assert [name for name in NAMES if headers(name) != headers("Ada")] == []
