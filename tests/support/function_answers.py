"""Every kind of answer that the functions give, to people and to scripts, with and without faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from leads import tokens
from leads.domain.lifecycle import Event, StoredLead
from leads.domain.people import StaffedPractice
from leads.domain.practice import Practice

from tests.conftest import Site
from tests.support import api_events, deployed, factories, fakes
from tests.support.api_events import Answer
from tests.support.deployed import Clinic
from tests.support.fakes import failing, interfering

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

FOREIGN = {"sec-fetch-site": "cross-site"}


class _DeadTable:
    """A client of DynamoDB whose operations all fail."""

    def __getattr__(self, operation: str) -> Any:
        def fail(**parameters: Any) -> None:
            raise fakes.aws_error("InternalServerError", operation)

        return fail


def all_of_them(site: Site, folder: Path) -> dict[str, Answer]:
    """Return all answers, in the look of this site."""
    facts = Practice.from_json((site.compiled / "practice.json").read_bytes())
    practice = StaffedPractice.of(facts, factories.SAMPLE)
    answers = {}
    for name, ask in ASKED.items():
        with deployed.table() as dynamodb, deployed.clinic(folder, dynamodb, practice) as clinic:
            shell = (site.compiled / "shell.html").read_text(encoding="utf-8")
            (folder / "shell.html").write_text(shell, encoding="utf-8")
            answers[name] = ask(clinic)
    return answers


def _sent(kind: str, headers: Mapping[str, str] = MappingProxyType({}), **changes: str) -> Callable[[Clinic], Answer]:
    return lambda clinic: clinic.send(api_events.submission(factories.answers(**changes), kind, headers=headers))


def _body(kind: str, body: str) -> Callable[[Clinic], Answer]:
    headers = {
        "content-type": api_events.MEDIA_TYPES[kind],
        "accept": "text/html" if kind == "form" else "application/json",
    }
    return lambda clinic: clinic.send(api_events.event(body=body, headers=headers))


def _read(kind: str) -> Callable[[Clinic], Answer]:
    accept = "text/html" if kind == "form" else "application/json"
    return lambda clinic: clinic.send(api_events.event("GET", headers={"accept": accept}))


def _our_mistake(kind: str) -> Callable[[Clinic], Answer]:
    def ask(clinic: Clinic) -> Answer:
        clinic.dynamodb = interfering(clinic.dynamodb, "put_item", before=failing(ZeroDivisionError()))
        return _sent(kind)(clinic)

    return ask


def _dead_table(kind: str) -> Callable[[Clinic], Answer]:
    def ask(clinic: Clinic) -> Answer:
        clinic.dynamodb = cast("DynamoDBClient", _DeadTable())
        return _sent(kind)(clinic)

    return ask


def _link(*events: Event, after_days: float = 0, review_reason: str | None = None) -> Callable[[Clinic], Answer]:
    """Follow the link in an e-mail about a lead after these events."""

    def ask(clinic: Clinic) -> Answer:
        token = clinic.token(clinic.keep(factories.stored(*events, review_reason=review_reason)))
        clinic.clock.advance(days=after_days)
        return _follow(clinic, token)

    return ask


def _pressed(
    button: str, *events: Event, headers: Mapping[str, str] = MappingProxyType({})
) -> Callable[[Clinic], Answer]:
    """Press a button on the page of a lead after these events."""

    def ask(clinic: Clinic) -> Answer:
        token = clinic.token(clinic.keep(factories.stored(*events)))
        media_type = {"content-type": api_events.MEDIA_TYPES["form"]}
        path = f"/staff/leads/{token}"
        event = api_events.event("POST", path, body=f"action={button}", token=token, headers={**media_type, **headers})
        return clinic.send_to_staff_page(event)

    return ask


def _link_without_table(clinic: Clinic) -> Answer:
    token = clinic.token(factories.stored())
    clinic.dynamodb = cast("DynamoDBClient", _DeadTable())
    return _follow(clinic, token)


def _link_of_an_erased_lead(clinic: Clinic) -> Answer:
    return _follow(clinic, clinic.token(factories.stored()))


def _follow(clinic: Clinic, token: str, method: str = "GET") -> Answer:
    return clinic.send_to_staff_page(api_events.event(method, f"/staff/leads/{token}", token=token))


def _confirmed(
    event: Event | None = None, after_days: float = 0, method: str = "GET", conditions: str | None = None
) -> Callable[[Clinic], Answer]:
    """Open the confirmation of a request: of an open one, or of one to which this happened."""

    def ask(clinic: Clinic) -> Answer:
        lead = clinic.keep(factories.stored(*([event] if event else []), conditions=conditions))
        clinic.clock.advance(days=after_days)
        return clinic.visit(_confirmation_address(lead), method)

    return ask


def _confirmation_address(lead: StoredLead) -> str:
    return f"/api/leads/{tokens.confirmation_token(lead.reference, factories.KEY)}"


def _confirmation_without_table(clinic: Clinic) -> Answer:
    clinic.dynamodb = cast("DynamoDBClient", _DeadTable())
    return clinic.visit(_confirmation_address(factories.stored()))


FORM_ASKED: Mapping[str, Callable[[str], Callable[[Clinic], Answer]]] = {
    "taken": _sent,
    "taken, with suicidal thoughts": lambda kind: _sent(kind, conditions="suicidal-thoughts"),
    "400 damaged": lambda kind: _body(kind, {"form": "name=%ff", "json": "{"}[kind]),
    "404 from another site": lambda kind: _sent(kind, FOREIGN),
    "405 read": _read,
    "413 too large": lambda kind: _sent(kind, name="x" * 20_000),
    "415 of another kind": lambda kind: _sent(kind, {"content-type": "text/plain"}),
    "422 with every mistake": lambda kind: _sent(
        kind, name="", phone="12", conditions="x", best_time="x", voicemail="x", consent="2026-11"
    ),
    "503 our mistake": _our_mistake,
    "503 not stored": _dead_table,
}

CONFIRMATION_ASKED: Mapping[str, Callable[[Clinic], Answer]] = {
    "200 open": _confirmed(),
    "200 open, with suicidal thoughts": _confirmed(conditions="suicidal-thoughts"),
    "200 open, at the weekend": _confirmed(after_days=4, conditions="suicidal-thoughts"),
    "200 closed": _confirmed(Event.CONTACTED),
    "404 expired": _confirmed(Event.CONTACTED, after_days=4000),
    "404 forged": lambda clinic: clinic.visit("/api/leads/no-token"),
    "405 sent to": _confirmed(method="POST"),
    "503 no table": _confirmation_without_table,
}

STAFF_ASKED: Mapping[str, Callable[[Clinic], Answer]] = {
    "200 open": _link(Event.NOTIFIED),
    "200 overdue": _link(Event.NOTIFIED, Event.REMINDED, Event.ESCALATED),
    "200 closed": _link(Event.CONTACTED),
    "200 in review": _link(review_reason="a field that people do not see was filled in"),
    "303 pressed": _pressed("contacted"),
    "404 pressed on another site": _pressed("contacted", headers=FOREIGN),
    "404 forged": lambda clinic: _follow(clinic, "no-token"),
    "405 deleted": lambda clinic: _follow(clinic, "no-token", "DELETE"),
    "409 too late": _pressed("contacted", Event.CONTACTED),
    "410 old link": _link(after_days=31),
    "410 erased": _link_of_an_erased_lead,
    "415 pressed by something else": _pressed("contacted", headers={"content-type": "text/plain"}),
    "422 no such button": _pressed("dance"),
    "503 no table": _link_without_table,
}

ASKED: Mapping[str, Callable[[Clinic], Answer]] = {
    **{f"form: {name}": ask("form") for name, ask in FORM_ASKED.items()},
    **{f"script: {name}": ask("json") for name, ask in FORM_ASKED.items()},
    "script: announced": lambda clinic: clinic.send(api_events.event("GET", "/api/promise")),
    **{f"confirmation: {name}": ask for name, ask in CONFIRMATION_ASKED.items()},
    **{f"staff: {name}": ask for name, ask in STAFF_ASKED.items()},
}

REDIRECT = 303


def pages(answers: Mapping[str, Answer]) -> dict[str, str]:
    """Return the answers that are whole pages in the site's look."""
    found = {name: answer for name, answer in answers.items() if answer.status != REDIRECT}
    return {
        name: answer.body for name, answer in found.items() if answer.headers["content-type"].startswith("text/html")
    }
