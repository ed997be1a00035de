"""Tests of the manual steps that are left after a deployment."""

from __future__ import annotations

import pytest
from leads.domain.people import People

from infra.deploy import next_steps
from infra.deploy.next_steps import SesAccount
from tests.support.deployment import CERTIFICATE, OUTPUTS, REAL

PEOPLE = People.from_json(REAL.people_json)


def left(account: SesAccount = SesAccount(), **chosen: str) -> str:  # noqa: B008 -- frozen
    return "\n".join(next_steps.next_steps_for(REAL, PEOPLE, OUTPUTS, chosen, account))


def first_step(people: People | None) -> str:
    return next(next_steps.next_steps_for(REAL, people, OUTPUTS, {}, SesAccount()))


def test_people_who_are_live_as_in_the_file_are_no_step() -> None:
    assert "make staff" not in left()


def test_people_who_differ_from_the_file_are_brought_by_make_staff() -> None:
    others = PEOPLE.model_copy(update={"staff": {}})
    assert first_step(others).endswith("differ from what is live.")


def test_a_sender_that_the_functions_may_not_use_any_more_is_named() -> None:
    notify = PEOPLE.notify.model_copy(update={"sender": "old@lakeside.example"})
    before = PEOPLE.model_copy(update={"notify": notify})
    assert first_step(before).endswith("the functions may send from call-back@lakeside.example only.")


def test_people_who_cannot_be_read_are_a_step() -> None:
    assert first_step(None).startswith("Run `make staff`")


@pytest.mark.parametrize(
    "word",
    ["CNAME", "_dmarc.lakeside.example", "sandbox", "certificate", "ALARM_EMAIL", "business associate agreement"],
)
def test_after_the_first_deployment_everything_is_left_to_do(word: str) -> None:
    assert word in left()


def test_records_that_ses_has_found_are_not_asked_for() -> None:
    assert "three CNAME records" not in left(SesAccount(domain_verified=True))


def test_an_account_that_may_mail_anybody_asks_for_nothing() -> None:
    assert "sandbox" not in left(SesAccount(out_of_sandbox=True))


def test_in_the_sandbox_every_recipient_of_e_mails_must_be_verified() -> None:
    assert "verify front-desk@lakeside.example, manager@lakeside.example" in left(SesAccount(out_of_sandbox=False))


def test_a_certificate_that_is_there_is_not_asked_for() -> None:
    assert "Ask ACM" not in left(CertificateArn=CERTIFICATE)


def test_the_domain_is_pointed_to_cloudfront() -> None:
    assert "Point www.lakeside.example to d1.cloudfront.net" in left()


def test_an_older_site_is_left_without_a_gap() -> None:
    words = ("TTL of its DNS record to 300", "Run `make publish`", "Point www.lakeside.example", "old address")
    places = [left().index(word) for word in words]
    assert places == sorted(places)


def test_after_the_move_its_pins_are_looked_at() -> None:
    assert "one of its pins on Pinterest" in left().splitlines()[-1]


def test_the_recipient_of_alarms_must_confirm_it() -> None:
    assert "Confirm the e-mail that SNS sent to ops@other.example" in left(AlarmEmail="ops@other.example")
