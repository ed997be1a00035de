"""The language of the project: one class for each name, and no word that hides who acts or what is meant."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("functions", "plugins", "infra", "tests", "benchmarks")
PYTHON = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
DOCUMENTS = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]

SHARED_NAMES: dict[str, str] = {}
"""Names that several classes may have, and why."""

CLASS = re.compile(r"^ *class (\w+)", re.MULTILINE)

FORBIDDEN = re.compile(r"\b(some|no)body\b|\bwhoever\b|\bis\s+told\b|\bstands?\s+for\b", re.IGNORECASE)
"""Say who acts (staff, the manager, a caller), what is sent or shown, and what a value means."""

QUOTED = re.compile(r"```.*?```|`[^`\n]*`|\"[^\"\n]*\"|“[^”]*”|^> [^\n]*$|!\[[^\]]*\]", re.DOTALL | re.MULTILINE)
"""Code, quotations and descriptions of pictures: words of a program or of its e-mails."""


def test_no_two_classes_have_one_name() -> None:
    places = defaultdict(list)
    for path in PYTHON:
        for name in CLASS.findall(_text(path)):
            places[name].append(path.relative_to(ROOT).as_posix())
    shared = {name: found for name, found in places.items() if len(found) > 1}

    assert {name: found for name, found in shared.items() if name not in SHARED_NAMES} == {}
    assert SHARED_NAMES.keys() <= shared.keys(), "an exception that is no longer needed"


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_docstring_or_comment_has_a_forbidden_word(folder: str) -> None:
    paths = [path for path in PYTHON if path.is_relative_to(ROOT / folder)]

    assert [
        f"{_place(path, line)}: {word[0]}"
        for path in paths
        if FORBIDDEN.search(_text(path))  # parsing every file takes seconds
        for line, text in _prose(path)
        for word in FORBIDDEN.finditer(QUOTED.sub("", text))
    ] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_has_a_forbidden_word(document: Path) -> None:
    text = QUOTED.sub(lambda quoted: "\n" * quoted[0].count("\n"), _text(document))

    found = [(text.count("\n", 0, word.start()) + 1, word[0]) for word in FORBIDDEN.finditer(text)]

    assert found == []


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{line}"


def _prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield docstrings, also those below a constant or field, and comments, with their lines."""
    for node in ast.walk(ast.parse(_text(path))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value
    for token in tokenize.generate_tokens(io.StringIO(_text(path)).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
