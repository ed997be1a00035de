"""What the tests start from: a practice, answers, leads, events, and stand-ins for the clock and for AWS.

Nothing here reads content/: an editor may change every fact there without breaking a test of the software.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import threading
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

import boto3
import html5lib
import hypothesis
import pytest
from botocore.exceptions import ClientError
from leads import clock, rendering, tokens
from leads.aws.repository import Leads
from leads.domain import lifecycle
from leads.domain.lead import Lead
from leads.domain.lifecycle import Event, Status, StoredLead
from leads.domain.practice import Practice
from leads.handlers import capture, staff, sweep
from leads.mail import compose
from leads.services import follow_up
from leads.settings import Settings
from moto import mock_aws

from infra.template import leads_table, load

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# No deadline: the machine that runs the tests may be busy.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

# --- The practice ---

PRACTICE_TOML = """\
sample = true
name = "Lakeside Test Clinic"
tagline = "A practice that exists in tests only"
url = "https://www.lakeside.example"
phone = "+1 312-555-0100"
country = "US"
time_zone = "America/Chicago"

[address]
street = "1 Test Street"
city = "Chicago"
region = "IL"
postal_code = "60601"

[hours]
monday = ["9:00-17:00"]
tuesday = ["9:00-17:00"]
wednesday = ["9:00-12:00", "13:00-17:00"]
thursday = ["10:00-19:00"]
friday = ["9:00-15:00"]

[holidays]
country = "US"
subdivision = "IL"

[[closures]]
date = 2026-11-27
reason = "Day after Thanksgiving"

[promise]
priority_hours = 2
reminder_hours = 2

[notify]
to = ["front-desk@lakeside.example"]
escalate_to = ["manager@lakeside.example"]
sender = "call-back@lakeside.example"
email_detail = "full"

[privacy]
keep_days = 365

[[conditions]]
key = "trd"
label = "Treatment-resistant depression"

[[conditions]]
key = "suicidal-thoughts"
label = "Suicidal thoughts"
priority = true

[[conditions]]
key = "ptsd"
label = "Post-traumatic stress disorder"

[share]
networks = ["copy", "print"]
"""

CLOSED_DATES = ("2026-11-26", "2026-11-27", "2026-12-25", "2027-01-01")


def practice(**changes: object) -> Practice:
    """The sample practice. A change to a section is merged into it; hours are replaced whole."""
    facts = {**tomllib.loads(PRACTICE_TOML), "closed_dates": CLOSED_DATES}
    for name, change in changes.items():
        section = facts.get(name)
        merges = isinstance(change, dict) and isinstance(section, dict) and name != "hours"
        facts[name] = {**section, **change} if merges else change  # type: ignore[dict-item]  # both are dicts then
    return Practice.model_validate(facts)


def every_day(hours: str) -> dict[str, list[str]]:
    """The same hours on all seven days."""
    return {
        weekday: [hours] for weekday in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    }


def moment(local: str, practice: Practice | None = None) -> dt.datetime:
    """A wall-clock time of the practice ("2026-11-17 10:00") as the software sees it, in UTC."""
    zone = (practice or SAMPLE).zone
    return dt.datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(dt.UTC)


SAMPLE = practice()

TUESDAY = moment("2026-11-17 10:00")
"""A Tuesday in opening hours, far from any holiday."""

# --- Answers and leads ---

ANSWERS: Mapping[str, Sequence[str]] = {
    "name": ["Ada Lovelace"],
    "phone": ["(312) 555-0187"],
    "conditions": ["trd"],
    "best_time": ["morning"],
    "voicemail": ["yes"],
    "consent": ["2026-11"],
    "source": ["/guide/"],
    "utm_source": ["pinterest"],
    "utm_medium": ["social"],
    "utm_campaign": ["autumn-2026"],
    "leave_empty": [""],
    "elapsed": ["42.5"],
}


def answers(**changes: str | Sequence[str] | None) -> dict[str, list[str]]:
    """A form as a person fills it in; None leaves a field out."""
    merged: dict[str, str | Sequence[str] | None] = {**ANSWERS, **changes}
    return {
        name: [value] if isinstance(value, str) else list(value) for name, value in merged.items() if value is not None
    }


def lead(**changes: str | Sequence[str] | None) -> Lead:
    """A lead of these answers."""
    return Lead.from_answers(answers(**changes), SAMPLE)


SECRET = "a secret that only the tests know, never used elsewhere"
KEY = SECRET.encode()


def stored(
    *events: Event,
    at: dt.datetime = TUESDAY,
    practice: Practice | None = None,
    suspicion: str | None = None,
    **changes: str | Sequence[str] | None,
) -> StoredLead:
    """A lead that was received at this moment, and what became of it after these events, a minute each."""
    practice = practice or SAMPLE
    taken = Lead.from_answers(answers(**changes), practice)
    digest = tokens.fingerprint(taken, at.astimezone(practice.zone).date(), KEY)
    reference = next(tokens.references(digest))
    made = lifecycle.receive(taken, reference, digest, at, practice, suspicion)
    for minute, event in enumerate(events, 1):
        made = lifecycle.apply(made, event, at + dt.timedelta(minutes=minute), practice)
    return made


def in_state(status: Status, **facts: Any) -> StoredLead:
    """A lead in this state, however it got there."""
    next_at = TUESDAY if status in lifecycle.OPEN else None
    return replace(stored(), status=status, **{"next_at": next_at, **facts})


# --- Requests ---

SHAPES = [
    pytest.param(kind, encoded, id=f"{kind}, {'base64' if encoded else 'plain'}")
    for kind in ("form", "json")
    for encoded in (True, False)
]
"""Every shape in which API Gateway hands over the same form."""

Headers = Mapping[str, str | None]
NO_HEADERS: Headers = MappingProxyType({})

MEDIA_TYPES = {"form": "application/x-www-form-urlencoded", "json": "application/json"}


def event(
    method: str = "POST",
    path: str = "/api/leads",
    *,
    body: str | bytes | None = None,
    encoded: bool = True,
    token: str | None = None,
    headers: Headers = NO_HEADERS,
) -> dict[str, Any]:
    """A payload 2.0 event of an HTTP API, as our own page's form causes it; None leaves a header out."""
    ours = {"host": "www.lakeside.example", "sec-fetch-site": "same-origin", "accept": "text/html"}
    given = {**ours, **headers}
    raw = body.encode() if isinstance(body, str) else body
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {name: value for name, value in given.items() if value is not None},
        "requestContext": {"http": {"method": method, "path": path, "sourceIp": "203.0.113.7"}, "stage": "$default"},
        "isBase64Encoded": encoded and raw is not None,
    }
    if raw is not None:
        made["body"] = base64.b64encode(raw).decode() if encoded else raw.decode()
    if token is not None:
        made["pathParameters"] = {"token": token}
    return made


def submission(
    answers: Mapping[str, Sequence[str]] = ANSWERS,
    kind: str = "form",
    *,
    encoded: bool = True,
    headers: Headers = NO_HEADERS,
) -> dict[str, Any]:
    """The form, as a page without script ("form") or a script ("json") sends it."""
    body = urlencode(answers, doseq=True) if kind == "form" else json.dumps(answers)
    accept = "text/html" if kind == "form" else "application/json"
    return event(body=body, encoded=encoded, headers={"content-type": MEDIA_TYPES[kind], "accept": accept, **headers})


# --- Stand-ins ---


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: dt.datetime = TUESDAY

    def __call__(self) -> dt.datetime:
        return self.at

    def advance(self, **duration: float) -> None:
        self.at += dt.timedelta(**duration)


def aws_error(code: str, operation: str = "SendEmail") -> ClientError:
    """What boto3 raises when AWS refuses, with a text that repeats the request, as AWS's texts do."""
    return ClientError({"Error": {"Code": code, "Message": f"{code}: {ANSWERS}"}}, operation)


@dataclass
class Mailbox:
    """Stands in for SES: keeps what was sent, fails when it is told to. Safe to use from many threads."""

    refuse: BaseException | None = None
    """What every call raises instead of taking the message."""
    refuse_the: Mapping[int, Exception] = field(default_factory=dict)
    """What single calls raise, by their number."""
    on_send: Callable[[], object] = lambda: None
    """What happens while a message is on its way."""
    tried: int = 0
    calls: list[dict[str, Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send_email(self, **parameters: Any) -> dict[str, str]:
        with self._lock:
            self.tried += 1
            refusal = self.refuse_the.get(self.tried, self.refuse)
            if refusal:
                raise refusal
            self.calls.append(parameters)
        self.on_send()
        return {"MessageId": "1"}

    @property
    def emails(self) -> list[EmailMessage]:
        """Every message that was taken, as its reader's program parses it."""
        raw = [call["Content"]["Raw"]["Data"] for call in self.calls]
        return [message_from_bytes(data, policy=policy.default) for data in raw]

    @property
    def only(self) -> EmailMessage:
        """The one message that was taken."""
        (email,) = self.emails
        return email

    @property
    def subjects(self) -> list[str]:
        """The subjects as an inbox shows them: a long one was folded on the way."""
        return [" ".join(email["Subject"].split()) for email in self.emails]


def headers_of(email: EmailMessage) -> str:
    """What stands in the headers, but for the random digits that keep an e-mail's parts apart."""
    return str([(name, value) for name, value in email.items() if name != "Content-Type"])


def text_of(email: EmailMessage) -> str:
    return _part(email, "plain")


def html_of(email: EmailMessage) -> str:
    return _part(email, "html")


def _part(email: EmailMessage, kind: str) -> str:
    part = email.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@dataclass(frozen=True)
class Interfering:
    """Stands before DynamoDB: what it is told to do happens just before or just after these operations."""

    dynamodb: Any
    operations: Collection[str]
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None

    def __getattr__(self, operation: str) -> Any:
        method = getattr(self.dynamodb, operation)
        if operation not in self.operations:
            return method

        def interfered(**parameters: Any) -> Any:
            self.before()
            answer = method(**parameters)
            self.after()
            return answer

        return interfered


def failing(error: BaseException) -> Callable[[], None]:
    """Something that can only fail."""

    def fail() -> None:
        raise error

    return fail


def interfering(dynamodb: DynamoDBClient, *operations: str, **how: Callable[[], object]) -> DynamoDBClient:
    """DynamoDB with something that happens before or after these operations."""
    return cast("DynamoDBClient", Interfering(dynamodb, operations, **how))


ALL = ("put_item", "get_item", "batch_get_item", "update_item", "delete_item", "query", "scan")


def dead(dynamodb: DynamoDBClient | None = None, *operations: str) -> DynamoDBClient:
    """DynamoDB when these operations answer nothing but errors; all of them unless some are named."""
    error = aws_error("InternalServerError", "PutItem")
    return interfering(dynamodb or _dynamodb(), *(operations or ALL), before=failing(error))


@dataclass
class TimeLeft:
    """Lambda's context: how much time is left, one answer after the other; the last one stays."""

    milliseconds: Sequence[int] = (240_000,)
    asked: int = 0

    def get_remaining_time_in_millis(self) -> int:
        self.asked += 1
        return self.milliseconds[min(self.asked, len(self.milliseconds)) - 1]


@cache
def _dynamodb() -> DynamoDBClient:
    # Made once: boto3 takes a fifth of a second to read its descriptions of AWS, and moto catches older clients too.
    client: DynamoDBClient = boto3.client(
        "dynamodb", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    return client


TABLE = leads_table(load())


@contextmanager
def table() -> Iterator[DynamoDBClient]:
    """A client of the template's table in memory, empty. moto has no locks: it proves conditions, never races."""
    with mock_aws():
        _dynamodb().create_table(**TABLE)
        yield _dynamodb()


# --- The whole function ---


@dataclass
class Clinic:
    """The function as it is deployed: real handlers on a table, with a clock and a mailbox that tests control."""

    practice: Practice
    settings: Settings
    dynamodb: DynamoDBClient
    clock: Clock = field(default_factory=Clock)
    mailbox: Mailbox = field(default_factory=Mailbox)

    @property
    def table(self) -> Leads:
        return Leads(self.settings.table, self.dynamodb)

    def leads(self) -> list[StoredLead]:
        """Everything that is kept."""
        return list(self.table.everything(self.clock()))

    def only(self) -> StoredLead:
        """The one lead that is kept."""
        (lead,) = self.leads()
        return lead

    def keep(self, lead: StoredLead) -> StoredLead:
        """Put this lead into the table as it is."""
        self.table.put(lead)
        return lead

    def submit(self, **changes: str | Sequence[str] | None) -> Answer:
        """Send the form with these answers changed."""
        return self.send(submission(answers(**changes)))

    def submit_by_script(self, **changes: str | Sequence[str] | None) -> Answer:
        """The same, as the page's script sends it."""
        return self.send(submission(answers(**changes), "json"))

    def send(self, event: Mapping[str, Any]) -> Answer:
        """Send this event to the form's handler."""
        return Answer(capture.handler(event, None))

    def token(self, lead: StoredLead) -> str:
        return tokens.staff_token(lead.reference, self.clock(), KEY)

    def follow(self, token: str, method: str = "GET") -> Answer:
        """Follow the link of this token."""
        return Answer(staff.handler(event(method, f"/staff/leads/{token}", token=token), None))

    def press(self, button: str, token: str, page: Answer | None = None, headers: Headers = NO_HEADERS) -> Answer:
        """Press a button on the staff page of this token, as it shows now or as it showed on `page`."""
        shown = page or self.follow(token)
        body = urlencode({**shown.filled_in, "action": [button]}, doseq=True)
        given = {"content-type": MEDIA_TYPES["form"], **headers}
        made = event("POST", f"/staff/leads/{token}", body=body, token=token, headers=given)
        return Answer(staff.handler(made, None))

    def sweep(self, context: TimeLeft | None = None) -> dict[str, int]:
        return sweep.handler({}, context or TimeLeft())


@dataclass(frozen=True)
class Answer:
    """A handler's response, as a browser gets it."""

    event: Mapping[str, Any]

    @property
    def status(self) -> int:
        return int(self.event["statusCode"])

    @property
    def body(self) -> str:
        return str(self.event["body"])

    @property
    def json(self) -> dict[str, Any]:
        return cast(dict[str, Any], json.loads(self.body))

    @property
    def filled_in(self) -> dict[str, list[str]]:
        """What a browser sends if the form on this page is sent as it stands."""
        sent: dict[str, list[str]] = {}
        for control in html5lib.parse(self.body, namespaceHTMLElements=False).iter("input"):
            if control.get("type") not in {"checkbox", "radio"} or control.get("checked") is not None:
                sent.setdefault(control.get("name", ""), []).append(control.get("value", "on"))
        return sent

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.event["headers"].items()}


def compiled(folder: Path, practice: Practice) -> Path:
    """What the site's build leaves for the function: the practice, and a page with holes around the crisis card."""
    folder.mkdir(exist_ok=True)
    (folder / "practice.json").write_text(practice.model_dump_json(), encoding="utf-8")
    card = rendering.render("parts/crisis.html")
    shell = f"<!doctype html><title><!--title--></title>{card}<main><!--main--></main>"
    (folder / "shell.html").write_text(shell, encoding="utf-8")
    return folder


def variables(folder: Path, **changes: str) -> dict[str, str]:
    """The environment of the deployed function."""
    return {
        "LEADS_TABLE": "leads",
        "LEADS_SECRET": SECRET,
        "LEADS_SENDER": "call-back@lakeside.example",
        "LEADS_COMPILED": str(folder),
        **changes,
    }


@contextmanager
def clinic_with_table(folder: Path, practice: Practice | None = None, **changes: str) -> Iterator[Clinic]:
    """The function, deployed for as long as the block runs, with the table in memory."""
    with table() as dynamodb, clinic(folder, dynamodb, practice, **changes) as made:
        yield made


@contextmanager
def clinic(
    folder: Path, dynamodb: DynamoDBClient, practice: Practice | None = None, **changes: str
) -> Iterator[Clinic]:
    """The function, deployed for as long as the block runs; its table must be there already."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables(compiled(folder, practice or SAMPLE), **changes).items():
            patch.setenv(name, value)
        made = Clinic(practice or SAMPLE, Settings.read(), dynamodb)
        patch.setattr(clock, "now", made.clock)
        patch.setattr(capture, "FLOW", follow_up.Flow())
        patch.setattr(compose, "client", lambda: made.mailbox)
        patch.setattr("leads.aws.dynamodb.client", lambda **_: made.dynamodb)
        yield made
