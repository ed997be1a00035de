"""The practice's staff as a model: who gets which e-mails, and what is stored of them."""

from __future__ import annotations

import json

import pytest
from leads.domain.people import People, StaffedPractice
from leads.domain.practice import Practice
from pydantic import ValidationError

from tests.support import factories


def colleagues(**emails: str) -> dict[str, dict[str, str]]:
    """Return lines of [staff] with these e-mail addresses."""
    return {name: {"name": name.capitalize(), "email": email} for name, email in emails.items()}


def test_those_of_every_are_the_front_desk_and_those_of_late_its_contacts() -> None:
    practice = factories.practice(
        staff=colleagues(tom="tom@lakeside.example"), notify={"every": ["tom", "ana"], "late": ["maria", "tom"]}
    )

    assert practice.front_desk == ("tom@lakeside.example", "front-desk@lakeside.example")
    assert practice.late_contacts == ("manager@lakeside.example", "tom@lakeside.example")


def test_a_mailbox_that_colleagues_share_gets_one_email() -> None:
    shared = colleagues(tom="front-desk@lakeside.example", kim="manager@lakeside.example")
    practice = factories.practice(
        staff=shared, notify={"every": ["ana", "tom", "ana"], "late": ["kim", "ana", "maria"]}
    )

    assert practice.front_desk == ("front-desk@lakeside.example",)
    assert practice.late_contacts == ("manager@lakeside.example", "front-desk@lakeside.example")


def test_a_colleague_may_be_in_no_list() -> None:
    practice = factories.practice(staff=colleagues(tom="tom@lakeside.example"))

    assert practice.staff["tom"].name == "Tom"
    assert "tom@lakeside.example" not in {*practice.front_desk, *practice.late_contacts}


def test_a_name_that_is_not_in_staff_is_refused_by_the_model_too() -> None:
    with pytest.raises(ValidationError, match=r'"tom" is not in \[staff\], which has ana, maria'):
        factories.practice(notify={"every": ["ana", "tom"]})


def test_what_is_published_is_what_the_functions_read() -> None:
    practice = Practice.from_json(factories.SAMPLE.facts_json)
    people = People.from_json(factories.SAMPLE.people_json)

    assert StaffedPractice.of(practice, people) == factories.SAMPLE


@pytest.mark.parametrize("word", ["staff", "notify", "front-desk@lakeside.example", "Maria Keller"])
def test_what_is_published_says_nothing_of_the_staff(word: str) -> None:
    assert word not in factories.SAMPLE.facts_json


def test_people_of_a_newer_version_are_read_without_what_is_not_known() -> None:
    people = json.loads(factories.SAMPLE.people_json)
    newer = {**people, "notify": {**people["notify"], "urgent": ["maria"]}}

    assert People.from_json(json.dumps(newer)) == People.from_json(factories.SAMPLE.people_json)


@pytest.mark.parametrize("address", ["front-desk@lakeside.example", "o'neil+call.back@mail.lakeside.example", "a@b.co"])
def test_the_addresses_that_people_use_are_taken(address: str) -> None:
    assert factories.practice(staff=colleagues(ana=address)).front_desk == (address,)


@pytest.mark.parametrize(
    "address",
    [
        "a(b)c@lakeside.example",
        "group:a@lakeside.example",
        "a\\b@lakeside.example",
        ".a@lakeside.example",
        "a..b@lakeside.example",
        "a@lakeside",
        "@lakeside.example",
        "a@@lakeside.example",
        "Ada <a@lakeside.example>",
    ],
)
def test_an_address_that_would_not_arrive_as_typed_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="write an e-mail address"):
        factories.practice(staff=colleagues(ana=address))
