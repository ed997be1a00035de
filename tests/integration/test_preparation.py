"""What a function does at import: it reads the facts and rehearses a request, and fails at nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from leads.aws import dynamodb
from leads.aws.repository import LeadRepository
from leads.domain.facts import Facts
from leads.handlers import capture
from leads.handlers.preparation import prepared
from leads.settings import Settings
from leads.wiring import Wiring

from tests.support import factories

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


def test_a_rehearsal_gets_the_facts_that_were_read(aws: None) -> None:
    rehearsal = Rehearsals()

    prepared(Wiring(source=CountedFacts()), rehearsal, at_import=True)

    assert rehearsal.given == [FACTS]


def test_a_start_without_settings_does_not_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LEADS_TABLE", raising=False)

    prepared(Wiring(source=CountedFacts()), at_import=True)

    assert '"not prepared"' in capsys.readouterr().out


def test_a_rehearsed_request_is_neither_stored_nor_logged(aws: None, capsys: pytest.CaptureFixture[str]) -> None:
    capture.rehearse(Settings.read(), FACTS)

    stored = dynamodb.client().scan(TableName=Settings.read().table)["Count"]
    assert (stored, capsys.readouterr().out) == (0, "")


def test_a_number_that_the_form_would_refuse_does_not_end_a_rehearsal(aws: None) -> None:
    capture.rehearse(Settings.read(), Facts(factories.practice(phone="+1 000-000-0000"), FACTS.shell))


def test_a_rehearsed_request_goes_as_far_as_its_call(aws: None) -> None:
    made: list[str] = []
    events = dynamodb.client().meta.events
    events.register_first("provide-client-params.dynamodb", lambda model, **_: made.append(model.name))

    capture.rehearse(Settings.read(), FACTS)

    assert made == ["PutItem"] * capture.REHEARSALS


def stored_now() -> int:
    """Store a lead, and return how many the table has."""
    table = Settings.read().table
    LeadRepository(table, dynamodb.client()).put(factories.stored())
    return dynamodb.client().scan(TableName=table)["Count"]


def test_the_first_request_after_a_rehearsal_is_stored(aws: None) -> None:
    capture.rehearse(Settings.read(), FACTS)

    assert stored_now() == 1


def test_the_first_request_after_a_rehearsal_that_failed_is_stored(aws: None) -> None:
    with pytest.raises(ZeroDivisionError), dynamodb.unsent():
        raise ZeroDivisionError

    assert stored_now() == 1
