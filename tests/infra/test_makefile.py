"""The Makefile: what it lists is short and in groups, and what its head says of variables is so."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from infra.deploy.__main__ import OPTIONS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Makefile").read_text(encoding="utf-8")
HEAD = TEXT[: TEXT.index("\n\n")]

MOST = 22

ONLY_FOR_TESTS = {"SWEEP_SECONDS"}
"""Variables that the system reads so that a test can wait less."""


def _help() -> dict[str, dict[str, str]]:
    """Return what `make` prints: by group, each command with its purpose."""
    printed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    ).stdout
    groups: dict[str, dict[str, str]] = {}
    for line in printed.splitlines():
        if line.startswith("  make "):
            name, purpose = line.removeprefix("  make ").split(maxsplit=1)
            groups[list(groups)[-1]][name] = purpose
        else:
            groups[line] = {}
    return groups


GROUPS = _help()
COMMANDS = {name for group in GROUPS.values() for name in group}
PHONY = set(re.sub(r"\\\n", "", TEXT).split(".PHONY:")[1].split("\n")[0].split())


def test_the_commands_come_in_three_groups() -> None:
    assert list(GROUPS) == ["Every day:", "Operate:", "Develop:"]


def test_the_list_is_short() -> None:
    assert len(COMMANDS) <= MOST


def test_every_line_fits_into_a_terminal() -> None:
    assert [name for group in GROUPS.values() for name, purpose in group.items() if len(purpose) > 120] == []


def test_what_is_listed_is_a_command_and_no_file() -> None:
    assert COMMANDS <= PHONY


def test_every_command_is_listed_but_help_and_what_only_the_workflow_runs() -> None:
    assert COMMANDS | {"help", "advisories"} == PHONY


@pytest.mark.parametrize("folder", ["functions", "plugins", "infra", "tests"])
def test_a_message_or_docstring_names_only_commands_that_there_are(folder: str) -> None:
    named = {
        (str(file.relative_to(ROOT)), name)
        for file in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"`make ([a-z][a-z-]*)", file.read_text(encoding="utf-8"))
    }
    assert [(file, name) for file, name in sorted(named) if name not in COMMANDS] == []


# Variables

DOCUMENTED = set(re.findall(r"\b([A-Z][A-Z_0-9]+)=", HEAD))
SETTABLE = set(re.findall(r"^(\w+) \?=", TEXT, re.MULTILINE))


def _read_by(*folders: str) -> set[str]:
    """Return the names of the variables that the Python files in these folders read from the environment."""
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    reading = re.compile(r"""(?:os\.environ|variables)\.get\(["']([A-Z][A-Z_0-9]+)["']""")
    return {name for file in files for name in reading.findall(file.read_text(encoding="utf-8"))}


READ = SETTABLE | _read_by("infra") | set(OPTIONS)


def test_every_variable_that_the_commands_read_is_in_the_head() -> None:
    assert READ <= DOCUMENTED | ONLY_FOR_TESTS


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_a_variable_of_the_head_is_read(name: str) -> None:
    files = [file for folder in ("infra", "tests/browser") for file in (ROOT / folder).rglob("*.py")]
    assert name in SETTABLE or any(f'"{name}"' in file.read_text(encoding="utf-8") for file in files)


# The locked requirements

LOCKED = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("file", LOCKED, ids=lambda file: file.name)
def test_every_requirement_is_pinned_by_version_and_hash(file: Path) -> None:
    entries = re.findall(r"^[^\s#].*(?:\n +--hash.*)*", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert entries
    assert [each for each in entries if not re.match(r"[\w.-]+==\S+ .*\\\n +--hash=sha256:[0-9a-f]{64}", each)] == []


@pytest.mark.parametrize("file", LOCKED, ids=lambda file: file.name)
def test_no_requirement_names_where_it_comes_from(file: Path) -> None:
    assert not re.search(
        r"://|^--?(i|index-url|extra-index-url|find-links)\b", file.read_text(encoding="utf-8"), re.MULTILINE
    )
