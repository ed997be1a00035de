"""Tests of forms whose page is older or newer than the facts that the functions read: each is accepted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from leads.aws.facts import FactsReader
from leads.domain.lifecycle import StoredLead

from infra.facts import ReleaseFacts
from infra.template import leads_table, load
from tests.support import deployed
from tests.support.cdn import FACTS, LATER, SITE, CloudServices, PublishedStack
from tests.support.deployed import Clinic
from tests.support.deployment import REAL

GRIEF = {"key": "grief", "label": "Grief"}


def facts(conditions: list[dict[str, Any]]) -> ReleaseFacts:
    """Return the facts with these conditions."""
    return ReleaseFacts.of(json.dumps({**FACTS.values, "conditions": conditions}), FACTS.shell)


WITH_GRIEF = facts([*FACTS.values["conditions"], GRIEF])
GRIEF_RETIRED = facts([*FACTS.values["conditions"], {**GRIEF, "retired": True}])


@dataclass
class PublishedClinic:
    """Functions that read the facts of a stack to which releases are published."""

    stack: PublishedStack
    clinic: Clinic

    def send_with_grief(self) -> StoredLead:
        """Send a form that offered grief, five minutes after the last call, and return what was stored."""
        self.clinic.clock.advance(minutes=5)
        assert self.clinic.submit(conditions=["grief"]).status == 303
        return self.clinic.only()


@pytest.fixture
def published_clinic(services: CloudServices, tmp_path: Path) -> Iterator[PublishedClinic]:
    made, dynamodb = services.stack(), services.clients["dynamodb"]
    leads = dynamodb.create_table(**leads_table(load(), f"leads-of-{made.cloud.table.name}"))
    variables = {"LEADS_TABLE": leads["TableDescription"]["TableName"], "LEADS_FACTS": made.cloud.table.name}
    with deployed.clinic(tmp_path / "compiled", dynamodb, REAL, **variables) as clinic:
        clinic.wiring = replace(clinic.wiring, source=FactsReader())
        yield PublishedClinic(made, clinic)


def test_a_form_of_a_page_that_is_ninety_days_old_is_accepted(published_clinic: PublishedClinic) -> None:
    published_clinic.stack.publish(SITE, WITH_GRIEF)
    published_clinic.stack.pass_time(days=90)
    published_clinic.stack.publish(LATER, GRIEF_RETIRED)
    assert published_clinic.send_with_grief().lead.conditions == ("grief",)


def test_a_retired_condition_is_still_called_by_its_name(published_clinic: PublishedClinic) -> None:
    published_clinic.stack.publish(SITE, GRIEF_RETIRED)
    published_clinic.send_with_grief()
    practice = published_clinic.clinic.wiring.facts(published_clinic.clinic.settings).practice
    assert practice.condition_labels(["grief"]) == ["Grief"]


def test_a_form_of_a_page_that_was_published_a_second_ago_is_accepted(published_clinic: PublishedClinic) -> None:
    published_clinic.stack.publish(SITE)
    published_clinic.clinic.submit(name="")  # the function has read the facts before the publish
    published_clinic.stack.publish(LATER, WITH_GRIEF)
    assert published_clinic.clinic.submit(conditions=["grief"]).status == 303


def test_a_form_of_a_page_that_was_just_rolled_back_is_accepted(published_clinic: PublishedClinic) -> None:
    published_clinic.stack.publish(SITE)
    published_clinic.stack.publish(LATER, WITH_GRIEF)
    published_clinic.stack.roll_back()
    assert published_clinic.send_with_grief().lead.conditions == ("grief",)


def test_what_is_not_known_after_a_rollback_is_treated_as_urgent(published_clinic: PublishedClinic) -> None:
    published_clinic.stack.publish(SITE)
    published_clinic.stack.publish(LATER, WITH_GRIEF)
    published_clinic.stack.roll_back()
    lead = published_clinic.send_with_grief().lead
    assert lead.is_priority(published_clinic.clinic.wiring.facts(published_clinic.clinic.settings).practice)
