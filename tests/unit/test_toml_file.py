"""TOML files that people write: the line of each key, and each mistake in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.lint import toml_file
from plugins.lint.replaced_keys import Location

SOURCE = """\
name = "Ada"

[address]
street = "1 Test Street"

[[rows]]
key = "a"

[[rows]]
key = "b"
"""


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("name",), 1),
        (("address", "street"), 4),
        (("rows", 0, "key"), 7),
        (("rows", 1, "key"), 10),
        (("address", "city"), 3),
        (("rows", 1, "label"), 9),
        (("nowhere",), 1),
    ],
)
def test_a_value_has_its_line_and_what_is_missing_that_of_its_section(location: Location, line: int) -> None:
    assert toml_file.line_of(toml_file.lines_of(SOURCE), location) == line


def test_a_place_is_written_with_dots_and_without_numbers() -> None:
    assert toml_file.dotted(("rows", 1, "key", "[key]")) == "rows.key"


def test_mistakes_are_reported_in_the_order_of_the_file() -> None:
    found = [(("rows", 1, "key"), "wrong."), (("name",), "too long.")]
    assert toml_file.report(Path("x.toml"), SOURCE, found) == "x.toml:1: name: too long.\nx.toml:10: rows.key: wrong."


def test_a_message_of_tomllib_has_its_line() -> None:
    line, sentence = toml_file.syntax_mistake("Invalid value (at line 3, column 7)", SOURCE)
    assert (line, sentence) == (3, "this line cannot be read (invalid value).")


def test_a_message_about_the_end_of_the_file_has_the_last_line() -> None:
    assert toml_file.syntax_mistake("Expected ']' (at end of document)", "a = [\n")[0] == 2
