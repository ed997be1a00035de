"""Whatever happens, in whatever order: the real function on Amazon's DynamoDB against a model of ten lines.

Visitors send the form, staff press buttons, sweeps run, one or two at once, time passes, people cannot be read, calls
of AWS fail in every way and the process dies between any two of them. After each step the table must be what the model
says.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import Any, cast

from botocore.exceptions import ReadTimeoutError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from leads.aws.dynamodb import to_item
from leads.aws.facts import PEOPLE, FactsReader, facts_item, people_item
from leads.domain.errors import StoreError
from leads.domain.lifecycle import (
    CALL_EVENTS,
    COMPLETED_BY,
    OPENING_EVENTS,
    SWEEP_INTERVAL,
    Event,
    Status,
    StoredLead,
)
from leads.services.digest import DigestLimits
from leads.services.sweep import BATCH_TIMEOUT, Limits
from types_boto3_dynamodb import DynamoDBClient

from tests.faults.services import action_of, links_in
from tests.support import deployed, factories, fakes
from tests.support.factories import TUESDAY
from tests.support.fakes import Mailbox

# --- The model ---

NEXT = {
    "form": {"absent": "new", "odd": "new", "new": "new", "open": "open", "held": "asked", "asked": "asked"}
    | dict.fromkeys(("reached", "no lead"), "new"),
    "machine": {"absent": "odd", "odd": "odd", "new": "new", "open": "open", "held": "held", "asked": "asked"}
    | {"reached": "new", "no lead": "odd"},
    "sweep": {"odd": "held", "new": "open", "asked": "open"},
    "contacted": dict.fromkeys(("odd", "new", "open"), "reached"),
    "no-answer": dict.fromkeys(("odd", "new", "open"), "open"),
    "not-a-lead": dict.fromkeys(("odd", "new", "open", "held", "asked"), "no lead"),
    "release": dict.fromkeys(("held", "asked"), "open"),
    "reopen": dict.fromkeys(("reached", "no lead"), "open"),
}
"""What becomes of a request when this is done and answered with success.

What is not here the staff page refuses, and the sweep leaves as it is.
"""


def state(lead: StoredLead | None) -> str:
    """Return a stored lead in the model's terms: "new", "odd" and "asked" wait for the sweep to screen them."""
    if lead is None:
        return "absent"
    if lead.is_closed:
        return "reached" if lead.status is Status.CONTACTED else "no lead"
    if lead.screening is None:
        return "open" if lead.is_open else "held"
    if lead.status is Status.IN_REVIEW:
        return "asked"
    was_reached = Event.CONTACTED in {entry.event for entry in lead.history[-2:]}
    return "odd" if lead.screening.reason and not lead.priority and not was_reached else "new"


# --- What goes wrong ---


class Mishap(Enum):
    """What happens to one call of AWS."""

    REFUSED = auto()
    LOST = auto()
    """Done, and the answer never came, however often botocore asked again."""
    REPEATED = auto()
    """Done, the answer lost, and done again by botocore itself."""
    DEAD_BEFORE = auto()
    DEAD_AFTER = auto()
    JOINED = auto()
    """Another sweep begins."""
    OVERTAKEN = auto()
    """Another sweep begins after the lock and the leases of this one have ended."""


class DeadError(BaseException):
    """The process is gone: nothing in it can catch this."""


Schedule = Mapping[int, Mishap]
"""Which calls of a step meet with what, by their number."""


@dataclass
class Luck:
    """What is still to come of a schedule, and whether any of it has come."""

    schedule: Schedule = field(default_factory=dict)
    calls: int = 0
    was_bad: bool = False
    sweep: Callable[[], object] = lambda: None
    """What another sweep does."""
    clock: fakes.Clock = field(default_factory=fakes.Clock)

    def start(self, schedule: Schedule) -> None:
        self.schedule, self.calls, self.was_bad = schedule, 0, False

    def next(self) -> Mishap | None:
        mishap = self.schedule.get(self.calls)
        self.calls += 1
        self.was_bad |= mishap not in {None, Mishap.JOINED}  # two sweeps at once are no reason for anything
        if mishap is Mishap.OVERTAKEN:
            self.clock.at += BATCH_TIMEOUT
        if mishap in {Mishap.JOINED, Mishap.OVERTAKEN}:
            self.sweep()
        return mishap


@dataclass
class Unreliable:
    """A service of AWS as the luck has it."""

    service: Any
    luck: Luck

    def __getattr__(self, operation: str) -> Any:
        return partial(self._call, getattr(self.service, operation))

    def _call(self, operation: Callable[..., Any], **parameters: Any) -> Any:
        mishap = self.luck.next()
        if mishap is Mishap.REFUSED:
            raise fakes.aws_error("TooManyRequestsException")
        if mishap is Mishap.DEAD_BEFORE:
            raise DeadError
        answer = operation(**parameters)
        if mishap is Mishap.REPEATED and self.service.__class__ is not fakes.Mailbox:
            return operation(**parameters)
        if mishap is Mishap.DEAD_AFTER:
            raise DeadError
        if mishap is Mishap.LOST:
            raise ReadTimeoutError(endpoint_url="https://aws.example")
        return answer


# --- The machine ---

Key = tuple[int, dt.date]
"""A visitor, and the day of the practice on which they asked: on another day it is another request."""

VISITORS: Sequence[Mapping[str, str | Sequence[str]]] = (
    {"name": "Ada Lovelace", "phone": "(312) 555-0181", "conditions": ["trd"]},
    {"name": "Mary Jackson", "phone": "(312) 555-0183", "conditions": ["suicidal-thoughts"]},
)
URGENT = 1
"""The visitor who is never held for review, however the form was filled in."""


FAILURES = st.sampled_from([mishap for mishap in Mishap if mishap not in {Mishap.JOINED, Mishap.OVERTAKEN}])


def schedules(calls: int, mishaps: st.SearchStrategy[Mishap] = FAILURES) -> st.SearchStrategy[Schedule]:
    """At most two of so many calls meet with something: more only end the step sooner."""
    return st.dictionaries(st.integers(0, calls - 1), mishaps, max_size=2)


BUTTONS = sorted(set(NEXT) - {"form", "machine", "sweep"})

SUCCESS = {200, 201, 303}

MOST_SWEEPS = 60

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "10"))


@dataclass(frozen=True)
class ModelStep:
    """One step, as seen from outside."""

    deed: str
    whose: Key | None
    """Whose request it is about; None for the sweep."""
    status: int | None
    """What was answered, if anything was."""
    clean: bool
    """Nothing went wrong."""


class LeadMachine(RuleBasedStateMachine):
    """The real function, whose table is compared with the model after each step."""

    def __init__(self, dynamodb: DynamoDBClient, folder: Path) -> None:
        super().__init__()
        self._luck = Luck()
        self._undisturbed_from = TUESDAY
        """From when on no earlier sweep's lock stops the next one (UTC)."""
        self._kept: dict[Key, StoredLead] = {}
        self._opened = ExitStack()
        unreliable = cast("DynamoDBClient", Unreliable(dynamodb, self._luck))
        self._clinic = self._opened.enter_context(deployed.clinic(folder, unreliable, LEADS_ADDRESS_LIMIT="1000"))
        self._mailbox = self._clinic.mailbox
        self._clinic.mailbox = cast("Mailbox", Unreliable(self._mailbox, self._luck))
        self._luck.clock, self._luck.sweep = self._clinic.clock, self._clinic.sweep
        # Each day of the digest is a call of a sweep: few of them leave more luck to the rest.
        self._clinic.limits = Limits(digest=DigestLimits(days=2))
        self._facts_table = dynamodb
        _empty(dynamodb)
        shell = (folder / "shell.html").read_text(encoding="utf-8")
        dynamodb.put_item(TableName="facts", Item=facts_item(factories.SAMPLE.facts_json, shell))
        self._people_are_back()

    def teardown(self) -> None:
        with self._opened:
            if not sys.exc_info()[0]:  # no step has failed, so that nothing is hidden by what comes now
                self._people_are_back()
                self._all_is_well_for_some_days()

    # --- What may happen ---

    @rule(visitor=st.sampled_from(range(len(VISITORS))), trapped=st.booleans(), luck=schedules(4))
    def send_the_form(self, visitor: int, trapped: bool, luck: Schedule) -> None:
        answers = {**VISITORS[visitor], "leave_empty": "filled in" if trapped else ""}
        deed = "machine" if trapped and visitor != URGENT else "form"
        whose = (visitor, self._clinic.clock().astimezone(factories.SAMPLE.zone).date())
        promised = []

        def send() -> int:
            answer = self._clinic.submit_by_script(**answers)
            promised.extend([answer.json["contact_by"]] if answer.status in SUCCESS else [])
            return answer.status

        self._step(deed, whose, luck, send)
        for deadline in promised:
            assert self._kept[whose].contact_by == dt.datetime.fromisoformat(deadline)

    @precondition(lambda self: self._kept)
    @rule(which=st.integers(0, 99), button=st.sampled_from(BUTTONS), luck=schedules(3))
    def the_staff_press_a_button(self, which: int, button: str, luck: Schedule) -> None:
        whose = sorted(self._kept)[which % len(self._kept)]
        token = self._clinic.token(self._kept[whose])
        self._step(button, whose, luck, lambda: self._clinic.press(button, token).status)

    @rule(luck=schedules(40, st.sampled_from(Mishap)))
    def the_sweep_runs(self, luck: Schedule) -> None:
        self._step("sweep", None, luck, self._sweep)
        if self._unlucky:
            self._undisturbed_from = self._clinic.clock() + BATCH_TIMEOUT

    @rule()
    def a_process_starts(self) -> None:
        self._clinic.wiring = replace(self._clinic.wiring, source=FactsReader())

    @rule()
    def people_are_lost(self) -> None:
        self._facts_table.delete_item(TableName="facts", Key=to_item({"name": PEOPLE}))
        self._people_known = False
        self.a_process_starts()

    @precondition(lambda self: not self._people_known)
    @rule()
    def people_are_back(self) -> None:
        self._people_are_back()

    def _people_are_back(self) -> None:
        self._facts_table.put_item(TableName="facts", Item=people_item(factories.SAMPLE.people_json))
        self._people_known = True
        self.a_process_starts()

    def _sweep(self) -> int:
        try:
            self._clinic.sweep()
        except StoreError:
            return 500
        return 200

    @rule(minutes=st.sampled_from([-2, 1, 10, 120, 600]))
    def time_passes(self, minutes: int) -> None:
        self._go_to(self._clinic.clock() + dt.timedelta(minutes=minutes))

    def _go_to(self, moment: dt.datetime) -> None:
        self._clinic.clock.at = moment
        self._kept = {
            key: lead for key, lead in self._kept.items() if lead.expires_at is None or lead.expires_at > moment
        }

    def _all_is_well_for_some_days(self) -> None:
        """Check that the staff were notified of each lead, and the manager of each that was not called."""
        for _ in range(MOST_SWEEPS):
            looks = [lead.next_at for lead in self._kept.values() if lead.next_at and not _is_settled(lead)]
            if not looks:
                return
            self._go_to(max(self._clinic.clock() + SWEEP_INTERVAL, min(looks)))
            self._step("sweep", None, {}, self._sweep)
        raise AssertionError(f"somebody is forgotten: {self._kept}")

    # --- What must be true then ---

    def _step(self, deed: str, whose: Key | None, luck: Schedule, do: Callable[[], int]) -> None:
        self._luck.start(luck)
        try:
            status = do()
        except DeadError:
            status = None
        self._unlucky = self._luck.was_bad
        step = ModelStep(deed, whose, status, clean=not self._unlucky)
        self._luck.start({})
        leads = self._clinic.leads()
        found = {_key(lead): lead for lead in leads}
        assert len(found) == len(leads), "a request is kept twice"
        self._compare_states(step, found)
        self._compare_emails(step, found)
        self._compare_promises(found)
        self._kept = found

    def _compare_states(self, step: ModelStep, found: Mapping[Key, StoredLead]) -> None:
        for key in {*self._kept, *found, *([step.whose] if step.whose else [])}:
            lead = self._kept.get(key)
            before, after = state(lead), state(found.get(key))
            possible = {before} if step.whose else self._swept(step, lead)
            assert after in (_possible(step, before) if key == step.whose else possible), f"{lead} {step}: {after}"

    def _swept(self, step: ModelStep, lead: StoredLead | None) -> set[str]:
        """Return the states that a lead may be in after a sweep."""
        before = state(lead)
        after = NEXT["sweep"].get(before, before)
        now = self._clinic.clock()
        is_looked_at = step.clean and self._people_known and now >= self._undisturbed_from
        is_due = lead is not None and lead.next_at is not None and lead.next_at <= now
        return {after} if is_looked_at and is_due else {before, after}

    def _compare_promises(self, found: Mapping[Key, StoredLead]) -> None:
        """Check that no promise moves, each open lead will be looked at, and each one in review is in its list."""
        for key, lead in found.items():
            earlier = self._kept[key].promises if key in self._kept else ()
            assert lead.promises[: len(earlier)] == earlier, f"a promise moved: {lead}"
            assert lead.next_at or not (lead.is_open or lead.screening), f"no sweep will look at {lead}"
        in_review = {lead.reference for lead in found.values() if lead.status is Status.IN_REVIEW}
        assert {lead.reference for lead in self._clinic.table.in_review(self._clinic.clock())} == in_review

    def _compare_emails(self, step: ModelStep, found: Mapping[Key, StoredLead]) -> None:
        """Check that what is recorded was sent, and once; after a step without faults what was sent is recorded."""
        emails = self._mailbox.emails
        self._mailbox.calls.clear()
        sent = Counter((reference, action_of(email)) for email in emails for reference in links_in(email))
        told = Counter(
            {(reference, COMPLETED_BY[action]): times for (reference, action), times in sent.items() if action}
        )
        noted = Counter(
            (lead.reference, entry.event)
            for key, lead in found.items()
            for entry in lead.history[len(self._kept[key].history) if key in self._kept else 0 :]
            if entry.event in COMPLETED_BY.values()
        )
        assert noted <= told, f"noted and not sent: {noted - told}"
        assert not step.clean or noted == told, f"sent and not noted: {told - noted}"


def _possible(step: ModelStep, before: str) -> set[str | None]:
    """Return the states that the step's request may be in."""
    after = NEXT[step.deed].get(before)
    if step.status in SUCCESS:
        return {after}
    if step.clean:  # then only what cannot be done is refused
        return {before} if after is None else set()
    return {before, after or before}


def _key(lead: StoredLead) -> Key:
    visitor = next(number for number, answers in enumerate(VISITORS) if answers["name"] == lead.lead.name)
    return visitor, lead.received_at.astimezone(factories.SAMPLE.zone).date()


def _is_settled(lead: StoredLead) -> bool:
    """Return whether it is closed, or staff and, after its deadline, the manager were notified."""
    made = max(at for at, entry in enumerate(lead.history) if entry.event in OPENING_EVENTS)
    since = {entry.event for entry in lead.history[made:]}
    return not lead.is_open or (bool(since & {Event.NOTIFIED, *CALL_EVENTS}) and Event.ESCALATED in since)


def _empty(dynamodb: DynamoDBClient) -> None:
    for item in dynamodb.scan(TableName="leads")["Items"]:
        dynamodb.delete_item(TableName="leads", Key={"reference": item["reference"]})


def test_the_table_is_what_the_model_says_whatever_happens(dynamodb_local: DynamoDBClient, tmp_path: Path) -> None:
    run_state_machine_as_test(
        lambda: LeadMachine(dynamodb_local, tmp_path),  # type: ignore[arg-type]  # whatever makes one
        settings=settings(max_examples=EXAMPLES, stateful_step_count=50, deadline=None),
    )


def test_asked_again_after_closing_is_no_success_unless_it_is_promised_anew(tmp_path: Path) -> None:
    luck = Luck()
    with (
        deployed.table() as table,
        deployed.clinic(tmp_path, cast("DynamoDBClient", Unreliable(table, luck))) as clinic,
    ):
        clinic.submit()
        clinic.press("contacted", clinic.token(clinic.only()))
        luck.start(dict.fromkeys(range(1, 99), Mishap.REFUSED))  # found, and then not written
        assert clinic.submit().status == 503
        luck.start({})
        assert clinic.submit().status == 303
        assert clinic.only().status is Status.STORED
