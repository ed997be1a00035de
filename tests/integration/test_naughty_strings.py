"""Texts that have broken other software, through the functions: stored as typed and shown as text, or refused.

One loop a test; a failure names the texts. tests/unit/test_naughty_strings.py has every field and the e-mails.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from leads.domain.lead import Lead

from tests.support import deployed, factories
from tests.support.deployed import Clinic
from tests.support.factories import TUESDAY
from tests.support.naughty_strings import NAUGHTY, parts_of, shown_text

NUMBERS = map("(312) 556-{:04}".format, itertools.count())
"""One of its own for each form: the same form twice would be one lead."""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with deployed.clinic_with_table(tmp_path_factory.mktemp("naughty"), LEADS_ADDRESS_LIMIT="1000000") as made:
        yield made


@pytest.fixture(scope="module")
def names(clinic: Clinic) -> dict[str, str]:
    """Submit every text as a name. Return those that were taken, as they are stored."""
    return {text: stored for text in NAUGHTY if (stored := submit(clinic, text)) is not None}


def submit(clinic: Clinic, text: str) -> str | None:
    """Return the name as it is stored, or None if it was refused with a message."""
    answer = clinic.submit_by_script(name=text, phone=next(NUMBERS)).json
    if "reference" not in answer:
        assert re.match("Enter|Full name must", answer["errors"][0]["message"]), ascii(text)
        return None
    lead = clinic.table.get(answer["reference"], TUESDAY)
    assert lead is not None, ascii(text)
    return lead.lead.name


@pytest.fixture(scope="module")
def pages(clinic: Clinic, names: dict[str, str]) -> dict[str, str]:
    """Return the staff page about a lead of each name."""
    leads = {name: factories.stored(name=name) for name in ["Ada Byron", *names.values()]}
    return {name: clinic.follow(clinic.token(clinic.keep(lead))).body for name, lead in leads.items()}


def test_a_name_is_stored_as_typed(names: dict[str, str]) -> None:
    assert {text: name for text, name in names.items() if name != text.strip()} == {}


def test_a_text_in_every_field_at_once_is_refused(clinic: Clinic) -> None:
    assert [text for text in NAUGHTY if clinic.submit(**dict.fromkeys(Lead.model_fields, text)).status != 422] == []


def test_a_name_is_in_the_staff_page_as_typed(pages: dict[str, str]) -> None:
    assert [name for name, page in pages.items() if f"Name{name}\n" not in shown_text(page)] == []


def test_a_name_adds_no_element_to_the_staff_page(pages: dict[str, str]) -> None:
    expected = parts_of(pages["Ada Byron"])

    assert [name for name, page in pages.items() if parts_of(page) != expected] == []
