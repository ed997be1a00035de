"""Handlers and commands get their adapters from the wiring, with clients that are made at the first call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from leads.domain.lifecycle import Action
from leads.wiring import Wiring

from tests.support import deployed, factories
from tests.support.deployed import Clinic
from tests.support.factories import TUESDAY


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with deployed.clinic_with_table(tmp_path) as made:
        yield made


def no_client() -> NoReturn:
    raise AssertionError("a client was made")


def test_the_client_of_ses_is_made_with_the_first_email(clinic: Clinic) -> None:
    mailer = Wiring(ses=no_client).mailer(clinic.settings, clinic.practice)

    assert mailer.can_list(factories.stored(), TUESDAY)
    with pytest.raises(AssertionError, match="a client was made"):
        mailer.send_one(Action.NOTIFY, factories.stored(), TUESDAY)


def test_a_repository_needs_no_client_of_ses(clinic: Clinic) -> None:
    wiring = Wiring(dynamodb=lambda: clinic.dynamodb, ses=no_client)

    assert wiring.repository(clinic.settings).put(factories.stored())[1]


def test_all_parts_of_a_service_share_table_and_clock(clinic: Clinic) -> None:
    service = clinic.wiring.lead_service(clinic.settings)
    clinic.clock.advance(hours=1)
    service.leads.put(factories.stored())
    service.counters.increment("count", TUESDAY)
    service.locks.store_time("time", TUESDAY)

    assert (service.clock(), clinic.dynamodb.scan(TableName="leads")["Count"]) == (clinic.clock(), 3)
