"""Due actions of leads: one e-mail each or one for all, and a record of what was sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from leads.domain import lifecycle
from leads.domain.errors import MailError, StaleError, StoreError
from leads.domain.lifecycle import Action, Event, Status, StoredLead, TransitionError
from leads.services import follow_up
from leads.services.follow_up import LEASE_MARGIN

from tests.support import factories
from tests.support.factories import SAMPLE, TUESDAY
from tests.support.memory import MemoryServices

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def memory() -> MemoryServices:
    return MemoryServices()


def leased(memory: MemoryServices, *names: str) -> list[StoredLead]:
    """Store leads whose lease has just begun."""
    return [memory.keep(factories.stored(name=name)) for name in names]


def test_each_lead_gets_an_email(memory: MemoryServices) -> None:
    assert memory.service.perform(Action.NOTIFY, leased(memory, "a", "b")) == 2
    assert [email.names for email in memory.mailer.sent] == [["a"], ["b"]]


def test_leads_together_get_one_email(memory: MemoryServices) -> None:
    assert memory.service.perform(Action.NOTIFY, leased(memory, "a", "b"), together=True) == 2
    assert [email.names for email in memory.mailer.sent] == [["a", "b"]]


def test_one_lead_alone_gets_an_email_of_its_own(memory: MemoryServices) -> None:
    (lead,) = leased(memory, "a")
    memory.mailer.unlistable = frozenset("a")

    assert memory.service.perform(Action.NOTIFY, [lead], together=True) == 1


def test_a_lead_that_cannot_be_listed_does_not_stop_the_others(memory: MemoryServices) -> None:
    memory.mailer.unlistable = frozenset("a")

    assert memory.service.perform(Action.NOTIFY, leased(memory, "a", "b"), together=True) == 1
    assert memory.mailer.sent[0].names == ["b"]


@pytest.mark.parametrize("together", [False, True])
def test_what_was_sent_is_recorded(memory: MemoryServices, together: bool) -> None:
    memory.service.perform(Action.NOTIFY, leads := leased(memory, "a", "b"), together=together)

    assert {memory.now(lead).status for lead in leads} == {Status.NOTIFIED}


@pytest.mark.parametrize("together", [False, True])
def test_an_email_that_was_not_taken_is_recorded(memory: MemoryServices, together: bool) -> None:
    memory.mailer.refusal = MailError("TooManyRequestsException")

    assert memory.service.perform(Action.NOTIFY, leads := leased(memory, "a", "b"), together=together) == 0
    assert [memory.now(lead).failures for lead in leads] == [1, 1]


def test_an_error_in_one_email_does_not_stop_the_others(memory: MemoryServices) -> None:
    def fail_once() -> None:
        memory.mailer.on_send = lambda: None
        raise ZeroDivisionError

    memory.mailer.on_send = fail_once

    assert memory.service.perform(Action.NOTIFY, leased(memory, "a", "b")) == 1


def test_a_record_that_fails_does_not_lose_the_others(memory: MemoryServices) -> None:
    def fail_once(operation: str) -> None:
        if operation == "change":
            memory.table.fail = lambda _operation: None
            raise StoreError("InternalServerError")

    first, second = leased(memory, "a", "b")
    memory.table.fail = fail_once
    memory.service.perform(Action.NOTIFY, [first, second], together=True)

    assert (memory.now(first).status, memory.now(second).status) == (Status.STORED, Status.NOTIFIED)


@pytest.mark.parametrize("together", [False, True])
def test_a_lead_whose_lease_is_about_to_end_is_left_alone(memory: MemoryServices, together: bool) -> None:
    leads = leased(memory, "a", "b")
    memory.clock.at = TUESDAY + lifecycle.LEASE - LEASE_MARGIN

    assert memory.service.perform(Action.NOTIFY, leads, together=together) == 0
    assert memory.mailer.sent == []


def test_slow_emails_leave_the_rest_to_the_next_sweep(memory: MemoryServices) -> None:
    memory.mailer.on_send = lambda: memory.clock.advance(seconds=30)

    assert memory.service.perform(Action.NOTIFY, leased(memory, "a", "b", "c")) == 2


# --- Recording ---


def test_a_record_is_made_on_top_of_a_newer_version(memory: MemoryServices) -> None:
    (lead,) = leased(memory, "a")
    memory.leads.change(lead, lifecycle.lease(lead, TUESDAY + MINUTE))

    assert memory.service.record(lead, Event.NOTIFIED).version == 2


def test_what_staff_did_meanwhile_stays(memory: MemoryServices) -> None:
    (lead,) = leased(memory, "a")
    memory.leads.change(lead, lifecycle.apply(lead, Event.CONTACTED, TUESDAY, SAMPLE))

    assert memory.service.record(lead, Event.NOTIFIED).status is Status.CONTACTED
    assert [entry.event for entry in memory.now(lead).history] == [Event.RECEIVED, Event.CONTACTED]


def test_a_lead_that_was_erased_meanwhile_does_not_come_back(memory: MemoryServices) -> None:
    (lead,) = leased(memory, "a")
    memory.leads.delete(lead.reference)

    memory.service.record(lead, Event.NOTIFIED)

    assert memory.table.leads == {}


def test_a_lead_that_keeps_changing_is_given_up(memory: MemoryServices) -> None:
    (lead,) = leased(memory, "a")

    def change(operation: str) -> None:
        if operation == "change":
            current = memory.table.leads[lead.reference]
            memory.table.leads[lead.reference] = replace(current, version=current.version + 1)

    memory.table.fail = change

    with pytest.raises(StaleError):
        memory.service.record(lead, Event.NOTIFIED)


# --- What staff say ---


def act(memory: MemoryServices, lead: StoredLead, event: Event) -> StoredLead:
    return follow_up.record_staff_action(lead, event, memory.leads, SAMPLE, memory.clock)


def test_staff_act_on_what_they_saw_though_a_reminder_was_sent_since(memory: MemoryServices) -> None:
    lead = memory.keep(factories.stored(Event.NOTIFIED))
    memory.leads.change(lead, lifecycle.apply(lead, Event.REMINDED, TUESDAY, SAMPLE))

    act(memory, lead, Event.CONTACTED)

    assert [entry.event for entry in memory.now(lead).history[-2:]] == [Event.REMINDED, Event.CONTACTED]


def test_staff_do_not_act_on_what_a_colleague_changed(memory: MemoryServices) -> None:
    lead = memory.keep(factories.stored(Event.NOTIFIED))
    act(memory, lead, Event.NO_ANSWER)

    with pytest.raises(StaleError):
        act(memory, lead, Event.CONTACTED)


def test_staff_do_not_act_on_an_erased_lead(memory: MemoryServices) -> None:
    lead = memory.keep(factories.stored(Event.NOTIFIED))
    memory.leads.delete(lead.reference)

    with pytest.raises(StaleError):
        act(memory, lead, Event.CONTACTED)


def test_what_cannot_happen_is_refused(memory: MemoryServices) -> None:
    with pytest.raises(TransitionError):
        act(memory, memory.keep(factories.stored(Event.CONTACTED)), Event.CONTACTED)


def test_minutes_to_contact_run_from_the_promise(memory: MemoryServices) -> None:
    lead = lifecycle.apply(factories.stored(), Event.CONTACTED, TUESDAY + dt.timedelta(minutes=12.5), SAMPLE)

    assert follow_up.metrics(lead, Event.CONTACTED) == {"Contacted": 1, "MinutesToContact": 12.5}
