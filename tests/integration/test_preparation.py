"""What a function does before a visitor waits: it reads the facts, rehearses a form once, and fails at nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from leads.aws import dynamodb
from leads.domain.facts import Facts
from leads.handlers import capture
from leads.handlers.preparation import OneRehearsal, prepared
from leads.settings import Settings
from leads.web.handler import LambdaHandler
from leads.wiring import Wiring

from tests.support import api_events, factories

FACTS = Facts(factories.SAMPLE, "<!--title--><!--main-->")


@dataclass
class CountedFacts:
    """A source of facts that counts how often it was asked."""

    asked: int = 0

    def facts(self, *_: object) -> Facts:
        """Return the facts."""
        self.asked += 1
        return FACTS

    def people(self, *_: object) -> Any:
        """Fail: nothing that is prepared needs people."""
        raise AssertionError


@dataclass
class Rehearsals:
    """A rehearsal that keeps the facts which it was given."""

    given: list[Facts] = field(default_factory=list)

    def __call__(self, settings: Settings, facts: Facts) -> None:
        self.given.append(facts)


@pytest.mark.parametrize(("at_import", "asked"), [(True, 1), (False, 0)])
def test_facts_are_read_at_import_on_lambda_only(aws: None, at_import: bool, asked: int) -> None:
    source = CountedFacts()

    prepared(Wiring(source=source), at_import=at_import)

    assert source.asked == asked


def test_a_start_without_settings_does_not_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LEADS_TABLE", raising=False)

    prepared(Wiring(source=CountedFacts()), at_import=True)

    assert '"not prepared"' in capsys.readouterr().out


def test_a_rehearsed_request_is_neither_stored_nor_logged(aws: None, capsys: pytest.CaptureFixture[str]) -> None:
    capture.rehearse(Settings.read(), FACTS)

    assert (stored(), capsys.readouterr().out) == (0, "")


def test_a_number_that_the_form_would_refuse_does_not_end_a_rehearsal(aws: None) -> None:
    capture.rehearse(Settings.read(), Facts(factories.practice(phone="+1 000-000-0000"), FACTS.shell))


def test_a_rehearsed_request_goes_as_far_as_its_call(aws: None) -> None:
    made: list[str] = []
    events = dynamodb.client().meta.events
    events.register_first("provide-client-params.dynamodb", lambda model, **_: made.append(model.name))

    capture.rehearse(Settings.read(), FACTS)

    assert made == ["PutItem"] * capture.REHEARSALS


def started(rehearsal: OneRehearsal) -> LambdaHandler:
    """Return the handler of a new process."""
    return capture.make_handler(Wiring(source=CountedFacts()), rehearsal)


def ask(handler: LambdaHandler) -> int:
    """Ask what the page asks at the first focus, and return the status."""
    return int(handler(api_events.event("GET", "/api/promise"), None)["statusCode"])


def stored() -> int:
    return dynamodb.client().scan(TableName=Settings.read().table)["Count"]


def test_a_process_rehearses_once(aws: None) -> None:
    rehearsals = Rehearsals()
    handler = started(OneRehearsal(rehearsals, is_due=True))
    ask(handler)
    ask(handler)

    assert rehearsals.given == [FACTS]


def test_outside_lambda_nothing_is_rehearsed(aws: None) -> None:
    rehearsals = Rehearsals()
    ask(started(OneRehearsal(rehearsals)))

    assert rehearsals.given == []


def test_a_form_does_not_wait_for_a_rehearsal(aws: None) -> None:
    rehearsals = Rehearsals()
    started(OneRehearsal(rehearsals, is_due=True))(api_events.submission(factories.answers()), None)

    assert rehearsals.given == []


def test_a_form_that_is_sent_after_a_rehearsal_is_stored(aws: None) -> None:
    handler = started(OneRehearsal(capture.rehearse, is_due=True))
    ask(handler)
    handler(api_events.submission(factories.answers()), None)

    assert stored() == 1


def fail(settings: Settings, facts: Facts) -> None:
    """Fail in the middle of a rehearsal."""
    with dynamodb.unsent():
        raise ZeroDivisionError


def test_a_form_that_is_sent_after_a_rehearsal_that_failed_is_stored(aws: None) -> None:
    handler = started(OneRehearsal(fail, is_due=True))
    ask(handler)
    handler(api_events.submission(factories.answers()), None)

    assert stored() == 1


def test_a_rehearsal_that_fails_costs_no_answer(aws: None, capsys: pytest.CaptureFixture[str]) -> None:
    status = ask(started(OneRehearsal(fail, is_due=True)))

    assert (status, '"not rehearsed"' in capsys.readouterr().out) == (200, True)
