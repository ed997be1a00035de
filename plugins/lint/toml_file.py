"""TOML files that people write: the line of each key, and each mistake in words."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from plugins.lint.replaced_keys import Location

# Lines: tomllib gives none, so the keys and section headings are looked for in the text.

PART = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
"""A part of a key: bare or in quotes."""

KEY = rf"{PART}(?:\s*\.\s*{PART})*"


def lines_of(source: str) -> dict[Location, int]:
    """Return the line of each key and section; the first line is 1."""
    lines: dict[Location, int] = {(): 1}
    section: Location = ()
    for number, line in enumerate(source.split("\n"), 1):
        if match := re.match(r"\s*\[\[(.+?)]]", line):
            name = _path(match[1])
            lines.setdefault(name, number)
            section = (*name, sum(known[:-1] == name for known in lines if known))
            lines.setdefault(section, number)
        elif match := re.match(r"\s*\[([^\[\]]+)]\s*(#|$)", line):
            section = _path(match[1])
            lines.setdefault(section, number)
        elif match := re.match(rf"\s*({KEY})\s*=", line):
            path = _path(match[1])
            for end in range(1, len(path) + 1):  # a.b.c is also the line of a and of a.b
                lines.setdefault((*section, *path[:end]), number)
    return lines


def _path(key: str) -> Location:
    return tuple(part.strip("\"'") for part in re.findall(PART, key))


def line_of(lines: Mapping[Location, int], location: Location) -> int:
    """Return the line of a value; of what is around it if a key is missing."""
    while location not in lines:
        location = location[:-1]
    return lines[location]


def dotted(location: Location) -> str:
    """Return the place as people write it: "address.city"."""
    # Pydantic adds "[key]" if a key itself is wrong, not its value.
    return ".".join(part for part in location if isinstance(part, str) and part != "[key]")


def report(path: Path, source: str, mistakes: Iterable[tuple[Location, str]]) -> str:
    """Return a line for each mistake, in the file's order: path, line, key and words."""
    lines = lines_of(source)
    found = sorted((line_of(lines, location), dotted(location), words) for location, words in mistakes)
    return "\n".join(f"{path}:{line}: {key}: {words}" for line, key, words in found)


def syntax_mistake(message: str, source: str) -> tuple[int, str]:
    """Return the line of tomllib's message, and the message as a sentence."""
    wrong, _, where = message.partition(" (at ")
    match = re.match(r"line (\d+)", where)
    line = int(match[1]) if match else source.count("\n") + 1
    return line, f"this line cannot be read ({wrong[:1].lower()}{wrong[1:]})."


# Words: what is wrong, and what to write instead.

FACT_LINE = 'Write each fact as key = "value", with both quotes, or as a number, true or false without quotes.'

WORDS = {
    "string_type": "this must be text. Write it in double quotes.",
    "string_too_short": "this is empty. Write something between the quotes.",
    "string_too_long": "this is too long. Write at most {max_length} characters.",
    "int_type": "{value} is not a whole number. Write one without quotes, for example 2.",
    "int_parsing": "{value} is not a whole number. Write one without quotes, for example 2.",
    "int_from_float": "{value} is not a whole number. Write one without quotes, for example 2.",
    "bool_type": "{value} is neither true nor false. Write one of them, without quotes.",
    "bool_parsing": "{value} is neither true nor false. Write one of them, without quotes.",
    "date_type": "{value} is not a day. Write year-month-day without quotes, for example 2026-11-27.",
    "date_from_datetime_parsing": "{value} is not a day of the calendar. Write year-month-day, for example 2026-11-27.",
    "tuple_type": "this must be a list. Write it in square brackets, even with one entry: [{value}].",
    "model_type": "this must be a section. Write [{key}] on a line of its own, and its facts below.",
    "mapping_type": "this must be a section. Write [{key}] on a line of its own, and its lines below.",
    "dict_type": "this must be a section. Write [{key}] on a line of its own, and its lines below.",
    "too_short": "the list is empty. Write at least one entry between the brackets.",
    "too_long": "the list is too long. Write at most {max_length} entries.",
    "greater_than_equal": "{value} is too small. Write a number from {ge} up.",
    "less_than_equal": "{value} is too large. Write a number up to {le}.",
    "literal_error": "{value} is not a choice here. Write one of {expected}.",
}
"""By pydantic's name of the mistake."""


@dataclass(frozen=True)
class Wording:
    """How the mistakes of one file are said: its model, and what its patterns want."""

    model: type[BaseModel]
    patterns: Mapping[str, str]
    """What a pattern wants, by the key that has it."""
    never_written: Collection[str] = ()
    """Keys of the model that no one may write."""

    def words(self, kind: str, location: Location, value: object, context: Mapping[str, Any]) -> str:
        """Return the sentences about a mistake that pydantic found; `context` is its own."""
        key = str(location[-1])
        if kind == "extra_forbidden":
            return self._unknown(location)
        if kind == "missing":
            return f"this is missing. Add a line {self._example(location)}."
        if kind == "value_error":
            return sentences(str(context["error"]), value)
        wording = self.patterns.get(key) if kind == "string_pattern_mismatch" else WORDS.get(kind)
        facts = {**context, "expected": str(context.get("expected")).replace("'", '"')}
        return (wording or "this cannot be used. Look at the sample in the project's first version.").format(
            key=key, value=quoted(value), **{name: fact for name, fact in facts.items() if name not in {"key", "value"}}
        )

    def _example(self, location: Location) -> str:
        section = dotted(location[:-1])
        example = f"“{location[-1]} = ...”"
        if self._model(location) is not self._model(location[:-1]):
            return f"“[{dotted(location)}]” and its facts below it"
        return f"{example} under [{section}]" if section else f"{example} at the top, above the first [section]"

    def _unknown(self, location: Location) -> str:
        key, section = str(location[-1]), self._model(location[:-1])
        near = get_close_matches(key, section.model_fields, n=1)
        if near:
            return f"there is no such key. Write “{near[0]}” if that is what you mean."
        if key in self.model.model_fields and section is not self.model:
            return "this key does not belong to this section. Move it to the top, above the first [section]."
        known = ", ".join(name for name in section.model_fields if name not in self.never_written)
        return f"there is no such key. Write one of: {known}."

    def _model(self, location: Location) -> type[BaseModel]:
        """Return the model that describes the section at this place."""
        model = self.model
        for part in location:
            if isinstance(part, str) and part in model.model_fields:
                model = next(models_in(model.model_fields[part].annotation), model)
        return model


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models in an annotation such as `tuple[Condition, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def quoted(value: object) -> str:
    """Return the value as the file writes it."""
    return json.dumps(value, ensure_ascii=False, default=str)


def sentences(text: str, value: object) -> str:
    """Return a model's message as two sentences: what is wrong, and the remedy."""
    if text.startswith("write "):
        text = f"{quoted(value)} cannot be used: {text}"
    wrong, colon, remedy = text.partition(": ")
    return f"{wrong}. {remedy[:1].upper()}{remedy[1:]}." if colon else f"{wrong}."
