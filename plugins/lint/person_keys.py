"""The keys of people: each belongs to one file in content/people, and articles name no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plugins.lint import front_matter
from plugins.lint.diagnostic import Diagnostic
from plugins.lint.editorial import SourceFile
from plugins.lint.front_matter import PersonFrontMatter

ROLES = ("author", "reviewer")
"""The lines of an article that name a person."""


def diagnostics(sources: Sequence[SourceFile]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each key that two people have, and for each unknown key of an article."""
    names: dict[str, str] = {}
    for source in sources:
        if front_matter.model_of(source.path) is not PersonFrontMatter or source.is_draft:
            continue  # a draft has no page to which an article could lead
        written = front_matter.values(source.text)
        key = written.get("key", "")
        if key in names:
            yield _diagnostic(source, "key", f"“{key}” belongs to {names[key]}. Write another.")
        elif key:
            names[key] = written.get("name", "")
    for source in sources:
        yield from _unknown(source, names) if source.is_article else ()


def _unknown(source: SourceFile, names: Mapping[str, str]) -> Iterator[Diagnostic]:
    written = front_matter.values(source.text)
    for role in ROLES:
        key = written.get(role)
        if key and key not in names:
            yield _diagnostic(source, role, f"no person has the key “{key}”. {_remedy(role, key, names)}")


def _remedy(role: str, written: str, names: Mapping[str, str]) -> str:
    for key, name in names.items():
        if written.casefold().endswith(name.casefold()):
            return f"Write “{role.capitalize()}: {key}”."
    if not names:
        return "Write the person's file in content/people first."
    return f"Write one of: {', '.join(names)}. A new person needs a file in content/people first."


def _diagnostic(source: SourceFile, key: str, message: str) -> Diagnostic:
    return Diagnostic(str(source.path), front_matter.line_of(key, source.text), f"{key.capitalize()}: {message}")
