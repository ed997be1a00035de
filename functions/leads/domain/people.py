"""The practice's staff, and the whole of content/practice.toml as one model.

Taking a lead needs neither, and building the models would take a fiftieth of its cold start: so they are not in
leads.domain.practice. `make staff` stores the staff as JSON that the functions read (leads.aws.facts).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from leads.domain.practice import Key, Practice
from leads.domain.strict_model import StrictModel, Text

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"


def _email(address: str) -> str:
    # What people use of RFC 5322, and what reaches SES as it was typed: a line break or a comma would let one entry
    # become several recipients, a parenthesis would vanish as a comment. The first e-mail proves the rest.
    if not re.fullmatch(rf"{_ATOM}(\.{_ATOM})*@([A-Za-z0-9-]+\.)+[A-Za-z]{{2,}}", address):
        raise ValueError('write an e-mail address, for example "front-desk@example.com"')
    return address


Email = Annotated[str, AfterValidator(_email)]


class StaffMember(StrictModel):
    """A colleague who can get e-mails. Several may share a mailbox."""

    name: Text
    email: Email


class UnknownStaffError(ValueError):
    """Names under [notify] that are not in [staff].

    `mistakes` has a key of [notify] ("every" or "late") and a sentence for each of them.
    """

    def __init__(self, unknown: Iterable[tuple[str, str]], staff: Iterable[str]) -> None:
        known = ", ".join(staff)
        self.mistakes = [(key, f'"{name}" is not in [staff], which has {known}') for key, name in unknown]
        super().__init__("; ".join(sentence for _, sentence in self.mistakes))


Names = Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]
"""Keys of [staff]."""


class Notify(StrictModel):
    """Which colleague gets which e-mails."""

    every: Names
    """Each request and each list."""
    late: Names
    """Calls that are late or were not answered."""
    sender: Email
    """What e-mails come from: an address of the practice's own domain, since receivers ask that domain's DNS."""
    email_detail: Literal["full", "reference"] = "full"


class People(StrictModel):
    """Who gets the requests: [staff] and [notify] of the practice file. Never among the facts that editors publish."""

    staff: Annotated[Mapping[Key, StaffMember], Field(min_length=1)]
    notify: Notify

    @field_validator("notify")
    @classmethod
    def _knows_names(cls, notify: Notify, others: ValidationInfo) -> Notify:
        if "staff" not in others.data:  # it has mistakes of its own
            return notify
        staff = others.data["staff"]
        named = [("every", name) for name in notify.every] + [("late", name) for name in notify.late]
        unknown = [(key, name) for key, name in named if name not in staff]
        if unknown:
            raise UnknownStaffError(unknown, staff)
        return notify

    @property
    def front_desk(self) -> tuple[str, ...]:
        """Return the e-mail addresses of `notify.every` in their order, each once."""
        return self._addresses(self.notify.every)

    @property
    def late_contacts(self) -> tuple[str, ...]:
        """Return the e-mail addresses of `notify.late` in their order, each once."""
        return self._addresses(self.notify.late)

    def _addresses(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.staff[name].email for name in names))

    @classmethod
    def from_json(cls, people: str | bytes) -> Self:
        """Return the people from the JSON that was stored, ignoring keys that this code does not know.

        Raises pydantic's ValidationError where a key that it needs is missing or unusable.
        """
        return cls.model_validate_json(people, extra="ignore")


class StaffedPractice(Practice, People):
    """The whole practice file: the practice and the people who get its requests."""

    @classmethod
    def of(cls, practice: Practice, people: People) -> StaffedPractice:
        """Return both as one. Each was checked when it was read."""
        return StaffedPractice.model_construct(**{**dict(practice), **dict(people)})

    @property
    def facts_json(self) -> str:
        """Return what pages and functions need, without the people, as JSON."""
        facts = self.model_dump(mode="json", exclude=set(People.model_fields))
        facts["closed_dates"].sort()  # a set has no order, and two builds must be equal
        return json.dumps(facts, indent=2)

    @property
    def people(self) -> People:
        """Return the people alone, comparable with those that are stored."""
        return People.from_json(self.people_json)

    @property
    def people_json(self) -> str:
        """Return the people as JSON."""
        return self.model_dump_json(include=set(People.model_fields))
