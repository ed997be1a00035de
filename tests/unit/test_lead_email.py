"""The e-mail about one lead: its text and its HTML say the same, and typed text is escaped."""

from __future__ import annotations

from dataclasses import replace

import html5lib
from leads.mail.lead_email import EmailRow, LeadEmail

EMAIL = LeadEmail(
    subject="Call back <by> Tuesday",
    heading="A & B ask for a call",
    due="Call by Tuesday.",
    review_reason=None,
    rows=[
        EmailRow("Name", "<b>Ada</b>"),
        EmailRow("Phone", "(312) 555-0187", tel="tel:+13125550187", note="No voicemail"),
    ],
    link="https://www.lakeside.example/staff/leads/x?a=1&b=2",
    link_days=30,
    signature="Smith & Sons",
)


def text_of_html(email: LeadEmail) -> str:
    return "".join(html5lib.parse(email.as_html(), namespaceHTMLElements=False).itertext())


def test_both_parts_say_the_same() -> None:
    said = ["A & B ask for a call", "Call by Tuesday.", "<b>Ada</b>", "(312) 555-0187", "No voicemail", "Smith & Sons"]

    assert [words for words in said if words not in EMAIL.as_text() or words not in text_of_html(EMAIL)] == []


def test_the_html_is_well_formed() -> None:
    html5lib.HTMLParser(strict=True).parse(EMAIL.as_html())


def test_the_number_is_alone_on_its_line() -> None:
    assert "\nPhone:\n(312) 555-0187\nNo voicemail\n" in EMAIL.as_text()
    assert '<div dir="ltr"><a href="tel:+13125550187">(312) 555-0187</a></div>' in EMAIL.as_html()


def test_a_reason_for_review_is_said_in_both_parts() -> None:
    email = replace(EMAIL, review_reason="it came too fast")
    said = "This may not be a person: it came too fast. We still promised a call."

    assert (said in email.as_text(), said in text_of_html(email)) == (True, True)
    assert "may not be a person" not in EMAIL.as_text() + EMAIL.as_html()


def test_the_link_is_in_both_parts() -> None:
    assert (
        EMAIL.link in EMAIL.as_text(),
        'href="https://www.lakeside.example/staff/leads/x?a=1&amp;b=2"' in EMAIL.as_html(),
    ) == (
        True,
        True,
    )
