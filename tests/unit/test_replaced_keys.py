"""The old keys of content/practice.toml: what their errors ask an editor to write, and that it can be read."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.lint import practice_file
from plugins.lint.replaced_keys import replaced
from tests.support.factories import PRACTICE_TOML, write_practice


def remedies(source: str) -> list[str]:
    return [sentence.partition(" now. ")[2] for sentence in replaced(tomllib.loads(source)).values()]


def test_a_file_without_old_keys_has_nothing_to_replace() -> None:
    assert replaced(tomllib.loads(PRACTICE_TOML)) == {}


def test_a_closure_becomes_a_special_day_with_its_reason_as_a_comment() -> None:
    source = '[[closures]]\ndate = 2026-11-27\nreason = "Day after Thanksgiving"\n[[closures]]\ndate = 2026-12-24\n'
    assert remedies(source) == [
        "Write [special_hours] and below it “2026-11-27 = []  # Day after Thanksgiving”.",
        "Write “2026-12-24 = []” under [special_hours].",
    ]


def test_a_closure_beside_special_hours_is_one_more_line() -> None:
    source = "[special_hours]\n2026-12-24 = []\n[[closures]]\ndate = 2026-11-27\n"
    assert remedies(source) == ["Write “2026-11-27 = []” under [special_hours]."]


@pytest.mark.parametrize(
    "closures",
    ["closures = []", "closures = 5", "closures = [5]", "[[closures]]", '[[closures]]\ndate = "soon"\nreason = "\\n"'],
)
def test_a_closure_that_cannot_be_read_gets_an_example(closures: str) -> None:
    assert remedies(closures) == ["Write [special_hours] and below it “2026-11-27 = []”."]


def test_lists_of_addresses_become_staff_and_lists_of_names() -> None:
    source = '[notify]\nto = ["front-desk@example.com", "Tom.Bell@example.com"]\nescalate_to = ["manager@example.com"]'
    every, late = remedies(source)
    assert every == (
        'Write [staff] and below it “front-desk = { name = "Front desk", email = "front-desk@example.com" }”, '
        '“tom-bell = { name = "Tom bell", email = "Tom.Bell@example.com" }”, '
        'and under [notify] “every = ["front-desk", "tom-bell"]”.'
    )
    assert late == (
        'Write “manager = { name = "Manager", email = "manager@example.com" }” under [staff], '
        'and under [notify] “late = ["manager"]”.'
    )


def test_an_address_that_staff_has_keeps_its_name() -> None:
    source = '[staff]\nana = { name = "Ana Ruiz", email = "desk@example.com" }\n[notify]\nto = ["desk@example.com"]'
    assert remedies(source) == ['Write “every = ["ana"]” under [notify].']


def test_a_name_that_staff_has_is_not_given_again() -> None:
    members = '[staff]\na = { name = "A", email = "x@one.example" }\nb = { name = "B", email = "x@one.example" }'
    assert remedies(f'{members}\n[notify]\nto = ["a@one.example"]')[0].startswith("Write “a-2 = {")


def test_two_addresses_never_get_one_name() -> None:
    source = '[notify]\nto = ["a@one.example", "a@two.example", "7@one.example", "é@one.example"]'
    assert '“every = ["a", "a-2", "staff-7", "staff"]”' in remedies(source)[0]


@pytest.mark.parametrize("to", ["5", "[]", "[5]", "{}"])
def test_a_list_that_cannot_be_read_gets_an_example(to: str) -> None:
    assert '“ana = { name = "Ana", email = "ana@example.com" }”' in remedies(f"[notify]\nto = {to}")[0]


EMAILS = st.lists(
    st.from_regex(r"[A-Za-z0-9_]{1,45}(\.[a-z0-9-]{1,9})?@[a-z]{1,2}\.example", fullmatch=True), min_size=1, max_size=5
)


@given(EMAILS, EMAILS)
def test_a_file_with_the_lines_that_were_asked_for_notifies_the_same_addresses(
    tmp_path_factory: pytest.TempPathFactory, to: list[str], escalate_to: list[str]
) -> None:
    old = f"[notify]\n{to = }\n{escalate_to = }"
    lines = [line for sentence in remedies(old) for line in re.findall("“(.+?)”", sentence)]
    staff = "\n".join(line for line in lines if "{" in line)
    lists = "\n".join(line for line in lines if "{" not in line)
    before, _, rest = PRACTICE_TOML.partition("[staff]\n")
    after = rest.partition("late = [")[2].partition("\n")[2]
    source = f"{before}[staff]\n{staff}\n[notify]\n{lists}\n{after}"
    path = write_practice(tmp_path_factory.mktemp("replaced"), source)

    practice = practice_file.read(path)

    assert practice.front_desk == tuple(dict.fromkeys(to))
    assert practice.late_contacts == tuple(dict.fromkeys(escalate_to))
