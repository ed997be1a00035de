"""E-mails to the staff as messages: what they say, and what they never contain."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import partial
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from leads import tokens
from leads.domain.lifecycle import Action, Event, Status, StoredLead
from leads.domain.people import StaffedPractice
from leads.domain.statistics import KeptRate
from leads.domain.worklist import Digest
from leads.mail.compose import Composer

from tests.support import compiled_assets, factories, zones
from tests.support.factories import TUESDAY
from tests.support.fakes import headers_of, html_of, text_of

LEAD = factories.stored()
SETTINGS = compiled_assets.settings(LEADS_SITE_URL="https://www.lakeside.example")


def about(
    lead: StoredLead = LEAD, action: Action = Action.NOTIFY, practice: StaffedPractice = factories.SAMPLE
) -> EmailMessage:
    """Return the e-mail about this lead, as a mail program parses it."""
    return parsed(Composer(practice, SETTINGS).one(action, lead, TUESDAY))


def about_all(
    *leads: StoredLead, action: Action = Action.NOTIFY, practice: StaffedPractice = factories.SAMPLE
) -> EmailMessage:
    """Return the e-mail that lists these leads, as a mail program parses it."""
    return parsed(Composer(practice, SETTINGS).many(action, leads, TUESDAY))


def digest_of(*leads: StoredLead, practice: StaffedPractice = factories.SAMPLE) -> EmailMessage:
    """Return the digest that lists these leads, both as open and as waiting for review."""
    content = Digest(
        open=tuple(replace(lead, status=Status.NOTIFIED) for lead in leads),
        in_review=tuple(
            replace(lead, status=Status.IN_REVIEW, next_at=None, review_reason="it came too fast") for lead in leads
        ),
        in_review_total=len(leads),
        kept_rate=KeptRate(kept=2, broken=1),
        days=30,
        open_limit=1_000,
        max_lines=100,
    )
    return parsed(Composer(practice, SETTINGS).digest(content, TUESDAY + dt.timedelta(days=1)))


def parsed(email: EmailMessage) -> EmailMessage:
    return message_from_bytes(email.as_bytes(), policy=policy.default)


def subject_of(email: EmailMessage) -> str:
    """Return the subject as an inbox shows it: unfolded."""
    return " ".join(email["Subject"].split())


def whole(email: EmailMessage) -> str:
    """Return headers, text and HTML of an e-mail."""
    return "\n".join([headers_of(email), text_of(email), html_of(email)])


BOTH = [pytest.param(text_of, id="text"), pytest.param(html_of, id="HTML")]
ONE_OR_MANY = [pytest.param(about, id="one"), pytest.param(about_all, id="many")]
EVERY_KIND = [*ONE_OR_MANY, pytest.param(digest_of, id="digest")]
EVERY_EMAIL = [
    *[pytest.param(partial(about, action=action), id=f"one, {action}") for action in Action],
    *[pytest.param(partial(about_all, action=action), id=f"many, {action}") for action in Action],
    pytest.param(digest_of, id="digest"),
]

TRIED = factories.stored(Event.NO_ANSWER, Event.NO_ANSWER)

CLOCK_CASES = {
    "received": (LEAD, Action.NOTIFY),
    "not reached": (TRIED, Action.REMIND),
    "asked again": (factories.stored(Event.NO_ANSWER, Event.CONTACTED, Event.ASKED_AGAIN), Action.ESCALATE),
    "urgent": (factories.stored(Event.NO_ANSWER, conditions=["suicidal-thoughts"]), Action.REPORT_CALL),
}


# --- What the staff need ---


@pytest.mark.parametrize(("lead", "action"), CLOCK_CASES.values(), ids=CLOCK_CASES)
def test_each_time_in_an_e_mail_has_its_zone(lead: StoredLead, action: Action) -> None:
    assert not zones.times_without_zone(whole(about(lead, action)))


@pytest.mark.parametrize("action", Action)
def test_each_time_in_an_e_mail_that_lists_many_has_its_zone(action: Action) -> None:
    assert not zones.times_without_zone(whole(about_all(LEAD, TRIED, action=action)))


def test_each_time_in_the_digest_has_its_zone() -> None:
    assert not zones.times_without_zone(whole(digest_of(LEAD, TRIED)))


@pytest.mark.parametrize("part", BOTH)
@pytest.mark.parametrize(
    "fact",
    [
        "Ada Lovelace",
        "(312) 555-0187",
        "Wednesday, November 18, 10:00 AM Central Time",  # call by
        "Tuesday, November 17, 10:00 AM Central Time",  # received
        "In the morning",
        "May be left",
        "pinterest",
        LEAD.reference,
        "https://www.lakeside.example/staff/leads/",
        "Lakeside Test Clinic",
    ],
)
def test_an_email_says_what_it_takes_to_call(part: Any, fact: str) -> None:
    assert fact in part(about())


def test_the_number_can_be_called_from_the_email() -> None:
    assert '<a href="tel:+13125550187">' in html_of(about())


def test_the_extension_is_called_too() -> None:
    assert '<a href="tel:+13125550187;ext=42">' in html_of(about(factories.stored(phone="312 555 0187 x42")))


@pytest.mark.parametrize("part", BOTH)
@pytest.mark.parametrize("email", [about(), about_all(LEAD)], ids=["one", "many"])
def test_the_link_opens_the_lead(part: Any, email: EmailMessage) -> None:
    (token,) = set(re.findall(r"/staff/leads/([\w.-]+)", part(email)))

    assert tokens.reference_of(token, TUESDAY, factories.KEY) == LEAD.reference


@pytest.mark.parametrize("part", BOTH)
def test_an_email_says_what_was_not_answered(part: Any) -> None:
    bare = factories.stored(best_time=None, voicemail=None, source=None, utm_source=None)

    shown = part(about(bare))

    assert all(words in shown for words in ("Any time", "No voicemail"))


@pytest.mark.parametrize("part", BOTH)
def test_a_reason_for_review_is_in_the_email(part: Any) -> None:
    lead = factories.stored(conditions=["suicidal-thoughts"], review_reason="the form was filled in within 2 seconds")

    assert "the form was filled in within 2 seconds" in part(about(lead))


def test_every_email_is_html_with_a_text_beside_it() -> None:
    assert [part.get_content_type() for part in about().walk()] == ["multipart/alternative", "text/plain", "text/html"]


@pytest.mark.parametrize("name", ["Zoë 李小龍", "محمد", "👩‍👩‍👧", "x" * 100])
@pytest.mark.parametrize("part", BOTH)
def test_a_name_of_any_script_arrives(part: Any, name: str) -> None:
    assert name in part(about(factories.stored(name=name)))


# --- Who gets it ---


@pytest.mark.parametrize(
    ("action", "readers"),
    [
        (Action.NOTIFY, ("front-desk@lakeside.example",)),
        (Action.REMIND, ("front-desk@lakeside.example",)),
        (Action.ESCALATE, ("manager@lakeside.example",)),
    ],
)
@pytest.mark.parametrize("email", ONE_OR_MANY)
def test_an_email_goes_to_whom_it_concerns(email: Any, action: Action, readers: tuple[str, ...]) -> None:
    assert tuple(address.addr_spec for address in email(LEAD, action=action)["To"].addresses) == readers


def test_an_email_goes_to_every_address_of_the_list() -> None:
    tom = {"name": "Tom Bell", "email": "tom@lakeside.example"}
    practice = factories.practice(staff={"tom": tom}, notify={"every": ["ana", "tom"]})

    assert about(practice=practice)["To"] == "front-desk@lakeside.example, tom@lakeside.example"


def test_no_vacation_reply_comes_back() -> None:
    assert about()["Auto-Submitted"] == "auto-generated"


# --- Subjects ---

PRIORITY = factories.stored(conditions=["suicidal-thoughts"])
TRIED_THRICE = factories.stored(Event.NO_ANSWER, Event.NO_ANSWER, Event.NO_ANSWER)
LATE = factories.stored(at=TUESDAY - dt.timedelta(days=7))


@pytest.mark.parametrize(
    ("lead", "action", "subject"),
    [
        (LEAD, Action.NOTIFY, f"Call back by Wednesday, November 18, 10:00 AM Central Time ({LEAD.reference})"),
        (
            LEAD,
            Action.REMIND,
            f"Reminder: call back by Wednesday, November 18, 10:00 AM Central Time ({LEAD.reference})",
        ),
        (LEAD, Action.ESCALATE, f"Not reached: no call is recorded ({LEAD.reference})"),
        (PRIORITY, Action.NOTIFY, f"Urgent call-back {PRIORITY.reference}"),
        (
            TRIED_THRICE,
            Action.ESCALATE,
            f"Not reached: called 3 times, not reached; last at 10:03 AM Central Time ({TRIED_THRICE.reference})",
        ),
        (LATE, Action.ESCALATE, f"Overdue: no call is recorded ({LATE.reference})"),
    ],
)
def test_the_subject_says_what_to_do(lead: StoredLead, action: Action, subject: str) -> None:
    assert subject_of(about(lead, action)) == subject


@pytest.mark.parametrize(
    ("action", "subject"),
    [
        (Action.NOTIFY, "2 people ask for a call"),
        (Action.REMIND, "Reminder: 2 people wait for a call"),
        (Action.ESCALATE, "Overdue: 2 people have not been reached"),
    ],
)
def test_the_subject_says_how_many(action: Action, subject: str) -> None:
    assert subject_of(about_all(LEAD, LEAD, action=action)) == subject


# --- What is never in an e-mail ---

ARTICLES = Path(__file__).parents[2] / "content/articles"
CONDITIONS = {"trd", "suicid", "ptsd", "Treatment-resistant", "Post-traumatic", "depression"}
EVERYTHING = factories.stored(conditions=["trd", "suicidal-thoughts", "ptsd"])


@pytest.mark.parametrize("email", EVERY_EMAIL)
@pytest.mark.parametrize("detail", ["full", "reference"])
def test_no_condition_is_in_any_email(email: Any, detail: str) -> None:
    practice = factories.practice(notify={"email_detail": detail})

    shown = whole(email(EVERYTHING, practice=practice)).lower()

    assert [condition for condition in CONDITIONS if condition.lower() in shown] == []


def having_read(source: str | None, **answers: Any) -> StoredLead:
    """Return the same lead, had its form been on this page."""
    return replace(LEAD, lead=LEAD.lead.model_copy(update={"source": source, **answers}))


@pytest.mark.parametrize("email", EVERY_EMAIL)
@pytest.mark.parametrize("source", ["/ketamine-treatment-resistant-depression/", "/ptsd-and-sleep/", "/"])
def test_no_email_tells_one_article_from_another(email: Any, source: str) -> None:
    assert whole(email(having_read(source))) == whole(email(having_read(None)))


@pytest.mark.parametrize("email", EVERY_EMAIL)
@pytest.mark.parametrize("conditions", [["ptsd"], ["trd", "ptsd"], []])
def test_no_email_tells_one_condition_from_another(email: Any, conditions: list[str]) -> None:
    other = having_read(LEAD.lead.source, conditions=tuple(conditions))

    assert whole(email(other)) == whole(email(LEAD))


@pytest.fixture(params=sorted(ARTICLES.glob("*.md")), ids=lambda path: path.stem)
def article(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the title and slug of an article that is published or will be."""
    head = request.param.read_text(encoding="utf-8").split("\n\n", 1)[0]
    return dict(re.findall(r"^(Title|Slug): *(.+)$", head, re.MULTILINE))


@pytest.mark.parametrize("email", EVERY_EMAIL)
def test_no_email_holds_an_articles_title_or_address(article: dict[str, str], email: Any) -> None:
    shown = whole(email(having_read(f"/{article['Slug']}/"))).lower()

    assert [words for words in article.values() if words.lower() in shown] == []


@pytest.mark.parametrize("network", factories.SAMPLE.share.networks)
def test_an_email_says_which_network_brought_the_person(network: str) -> None:
    assert f"Came from: {network}" in text_of(about(having_read(None, utm_source=network))).splitlines()


@pytest.mark.parametrize(
    "word", ["ketamine", "Suicidal-Thoughts", "copy-ketamine", "a-network-not-offered", None], ids=str
)
@pytest.mark.parametrize("part", BOTH)
def test_an_email_repeats_no_other_word_of_a_link(part: Any, word: str | None) -> None:
    # Any word can be put into a link: also a condition.
    shown = part(about(having_read(None, utm_source=word, utm_medium="ptsd", utm_campaign="ptsd")))

    assert [found for found in ("ketamine", "suicidal", "ptsd", "came from") if found in shown.lower()] == []


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("email", ONE_OR_MANY)
@pytest.mark.parametrize("personal", ["Ada", "Lovelace", "0187", "3125550187"])
def test_no_name_and_no_number_is_in_a_header(email: Any, action: Action, personal: str) -> None:
    assert personal not in headers_of(email(LEAD, action=action))


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("email", ONE_OR_MANY)
@pytest.mark.parametrize("personal", ["Ada", "Lovelace", "0187", "tel:+1"])
def test_a_practice_that_wants_references_gets_no_name_and_no_number(email: Any, action: Action, personal: str) -> None:
    practice = factories.practice(notify={"email_detail": "reference"})

    assert personal not in whole(email(LEAD, action=action, practice=practice))


@pytest.mark.parametrize("email", ONE_OR_MANY)
def test_a_practice_that_wants_references_gets_the_reference(email: Any) -> None:
    practice = factories.practice(notify={"email_detail": "reference"})

    assert LEAD.reference in html_of(email(LEAD, practice=practice))


@pytest.mark.parametrize("email", ONE_OR_MANY)
def test_a_link_in_an_email_holds_nothing_personal(email: Any) -> None:
    links = re.findall(r"https://[^\s\"<>]+", whole(email(LEAD)))

    assert not [link for link in links if "Ada" in link or "0187" in link]


# --- What is typed stays text ---


@pytest.mark.parametrize("email", ONE_OR_MANY)
def test_html_in_a_name_is_text(email: Any) -> None:
    name = "<b onload='x'>Ada & \"Co\"</b>"
    page = html5lib.parse(html_of(email(factories.stored(name=name))), namespaceHTMLElements=False)

    assert name in "".join(page.itertext())


def frame_of(email: EmailMessage) -> list[str]:
    """Return the HTML around the e-mail's content."""
    said = r'<title>.*?</title>|<div class="card">.*</div>\n<p class="quiet">.*?</p>'
    return re.sub(said, "", html_of(email).replace("\r", ""), flags=re.DOTALL).split()


def test_the_email_about_one_lead_looks_like_the_one_about_many() -> None:
    assert frame_of(about()) == frame_of(about_all(LEAD))


@pytest.mark.parametrize("email", ONE_OR_MANY)
def test_a_name_is_not_escaped_in_text(email: Any) -> None:
    assert "<b> & {{ x }}" in text_of(email(factories.stored(name="<b> & {{ x }}")))


# --- The number is read as it is dialled, whatever is beside it ---

# Arabic, Hebrew, a mark that turns the line, one that begins an embedding, one that ends ours, one that is invisible.
TURNING = ["أحمد", "משה כהן", "\u202eadA", "Ada\u2067", "A\u2069da\u202b", "\u200fAda\u061c"]
MARKS = set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067")


def blocks_of(email: EmailMessage) -> list[str]:
    """Return the text of each line of the HTML, in a mail program that knows neither bdi nor styles."""
    page = re.sub(r"</?bdi>", "", html_of(email))
    return [
        unescape(re.sub(r"<[^>]*>", "", block)).strip()
        for block in re.split(r"</?(?:div|p|li|td|th|tr|h1|h2|ol|ul|table|br)\b[^>]*>", page)
    ]


@pytest.mark.parametrize("name", TURNING, ids=ascii)
@pytest.mark.parametrize("email", EVERY_KIND)
def test_the_number_is_alone_on_its_line_of_the_text(email: Any, name: str) -> None:
    lines = text_of(email(factories.stored(name=name))).splitlines()

    assert {line.strip() for line in lines if "555" in line} == {"(312) 555-0187"}


@pytest.mark.parametrize("name", TURNING, ids=ascii)
@pytest.mark.parametrize("email", EVERY_KIND)
def test_the_number_is_alone_on_its_line_of_the_html(email: Any, name: str) -> None:
    blocks = blocks_of(email(factories.stored(name=name)))

    assert {block for block in blocks if "555" in block} == {"(312) 555-0187"}


@pytest.mark.parametrize("email", EVERY_KIND)
def test_the_numbers_line_runs_from_left_to_right(email: Any) -> None:
    assert '<div dir="ltr"><a href="tel:+13125550187">(312) 555-0187</a></div>' in html_of(email(LEAD))


@pytest.mark.parametrize("part", BOTH)
@pytest.mark.parametrize("email", EVERY_KIND)
def test_a_name_turns_nothing_but_itself(email: Any, part: Any) -> None:
    shown = part(email(factories.stored(name="أحمد")))

    assert shown.count("\u2068أحمد\u2069") == shown.count("أحمد") > 0


@pytest.mark.parametrize("name", TURNING, ids=ascii)
@pytest.mark.parametrize("part", BOTH)
@pytest.mark.parametrize("email", EVERY_KIND)
def test_a_name_brings_no_mark_of_direction(email: Any, part: Any, name: str) -> None:
    shown = part(email(factories.stored(name=name)))

    assert not MARKS & set(shown)
    assert set(re.findall("[\u2068\u2069]", re.sub("\u2068[^\u2068\u2069]*\u2069", "", shown))) == set()


# --- No voicemail where none is allowed ---

UNHEARD = factories.stored(voicemail=None)


@pytest.mark.parametrize("email", EVERY_EMAIL)
def test_every_number_in_a_text_says_that_no_voicemail_is_allowed(email: Any) -> None:
    lines = [line.strip() for line in text_of(email(UNHEARD)).splitlines()]

    assert {below for above, below in pairwise(lines) if "555" in above} == {"No voicemail"}


@pytest.mark.parametrize("email", EVERY_EMAIL)
def test_every_number_in_html_says_that_no_voicemail_is_allowed(email: Any) -> None:
    shown = html_of(email(UNHEARD))
    below = re.findall(r"555-0187</a></div>\s*(<strong>.*?</strong>)", shown)

    assert below == ["<strong>No voicemail</strong>"] * shown.count("555-0187</a>")


@pytest.mark.parametrize("part", BOTH)
@pytest.mark.parametrize("email", EVERY_KIND)
def test_nothing_forbids_a_voicemail_that_is_allowed(email: Any, part: Any) -> None:
    assert "No voicemail" not in part(email(LEAD))


@pytest.mark.parametrize("part", BOTH)
def test_an_email_without_the_number_says_it_too(part: Any) -> None:
    practice = factories.practice(notify={"email_detail": "reference"})

    assert "Do not leave one" in part(about(UNHEARD, practice=practice))


@pytest.mark.parametrize("part", BOTH)
@pytest.mark.parametrize("email", [about_all, digest_of], ids=["many", "digest"])
def test_a_list_without_numbers_speaks_of_no_voicemail(email: Any, part: Any) -> None:
    practice = factories.practice(notify={"email_detail": "reference"})

    assert "voicemail" not in part(email(UNHEARD, practice=practice)).lower()


# --- What the practice is called ---


@pytest.mark.parametrize("email", ONE_OR_MANY)
def test_html_in_the_practices_name_is_text(email: Any) -> None:
    assert "Smith &amp; &lt;Sons&gt;" in html_of(email(LEAD, practice=factories.practice(name="Smith & <Sons>")))


def headers_from(practice_name: str) -> EmailMessage:
    """Return the headers of an e-mail of this practice. Parsing the whole e-mail takes four times longer."""
    practice = factories.practice(name=practice_name)
    made = Composer(practice, SETTINGS).one(Action.NOTIFY, LEAD, TUESDAY)
    return BytesHeaderParser(policy=policy.default).parsebytes(made.as_bytes())


HEADERS = headers_from("Lakeside").keys()

PRACTICE_NAMES = st.text(min_size=1, max_size=200).filter(lambda name: name.isprintable() and name.strip())


@given(PRACTICE_NAMES | st.text('abc "\\,;:<>@()[].é李', min_size=1, max_size=200).filter(str.strip))
@example('Smith, Jones & "Partners" <care@evil.example>')
@example("Klinik für Ängste, Abteilung " + "ü" * 100)
@example("a" * 200)
@example("=?utf-8?q?Bcc=3A?=")
def test_a_practice_of_any_name_is_one_sender(name: str) -> None:
    (sender,) = headers_from(name)["From"].addresses

    assert sender.addr_spec == "call-back@lakeside.example"


@given(PRACTICE_NAMES)
def test_a_practices_name_adds_no_header(name: str) -> None:
    assert headers_from(name).keys() == HEADERS


@pytest.mark.parametrize("name", ["Lakeside", 'Smith, "Jones" & <Sons>', "Praxis für Ängste", "湖畔クリニック"])
def test_the_sender_is_the_practice_by_its_name(name: str) -> None:
    (sender,) = about(practice=factories.practice(name=name))["From"].addresses

    assert sender.display_name == name


# --- Lists ---


def test_a_list_names_every_person() -> None:
    leads = [factories.stored(name=f"Person {letter}") for letter in "ABC"]

    shown = text_of(about_all(*leads))

    assert all(f"Person {letter}" in shown for letter in "ABC")


def test_a_list_begins_with_the_next_deadline() -> None:
    later = factories.stored(name="Later", at=TUESDAY + dt.timedelta(hours=2))

    shown = text_of(about_all(later, LEAD))

    assert shown.index("Ada Lovelace") < shown.index("Later")
