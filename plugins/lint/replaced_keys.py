"""Keys that content/practice.toml used to have, and the lines that replace them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count
from typing import Any

Location = tuple[int | str, ...]
"""The place of a value, as pydantic names it: ("hours", "monday", 0)."""

LISTS = {"to": "every", "escalate_to": "late"}
"""Lists of addresses under [notify], each with the list of names that replaces it."""


def replaced(facts: Mapping[str, Any]) -> dict[Location, str]:
    """Return a sentence for each old key in the file, by the key's place.

    The sentence says what to write instead.
    """
    return {**dict(_closures(facts)), **dict(_lists(facts))}


def replacements(old: Iterable[Location]) -> set[Location]:
    """Return the places of the keys that replace these: missing until written."""
    keys = {place[-1] for place in old if place[0] == "notify"}
    return {("notify", LISTS[str(key)]) for key in keys} | ({("staff",)} if keys else set())


def _closures(facts: Mapping[str, Any]) -> Iterator[tuple[Location, str]]:
    if "closures" not in facts:
        return
    closures, has_section = facts["closures"], "special_hours" in facts
    for number, closure in enumerate(closures if isinstance(closures, list) and closures else [{}]):
        line = _special_day(closure if isinstance(closure, dict) else {})
        remedy = f"“{line}” under [special_hours]" if has_section else f"[special_hours] and below it “{line}”"
        yield ("closures", number), f"closed days are written in another way now. Write {remedy}."
        has_section = True


def _special_day(closure: Mapping[str, Any]) -> str:
    date = re.match(r"\d{4}-\d\d-\d\d", str(closure.get("date")))
    reason = str(closure.get("reason", "")).strip()
    comment = f"  # {reason}" if reason and reason.isprintable() else ""
    return f"{date[0] if date else '2026-11-27'} = []{comment}"


def _lists(facts: Mapping[str, Any]) -> Iterator[tuple[Location, str]]:
    notify, staff = facts.get("notify"), facts.get("staff")
    if not isinstance(notify, Mapping):
        return
    has_section = isinstance(staff, Mapping)
    staff = staff if isinstance(staff, Mapping) else {}
    names = _names(staff)
    for old, new in LISTS.items():
        if old in notify:
            addresses = _addresses(notify[old])
            lines = ", ".join(f"“{line}”" for line in _new_lines(addresses, names, staff))
            named = f"“{new} = {_toml([names[address] for address in addresses])}”"
            yield ("notify", old), f"colleagues are in [staff] now. Write {_remedy(lines, named, has_section)}."
            has_section = has_section or lines != ""


def _remedy(staff: str, named: str, has_section: bool) -> str:
    if not staff:
        return f"{named} under [notify]"
    place = f"{staff} under [staff]" if has_section else f"[staff] and below it {staff}"
    return f"{place}, and under [notify] {named}"


def _names(staff: Mapping[str, Any]) -> dict[str, str]:
    """Return the short name of each address that [staff] has already."""
    return {
        str(member["email"]): name for name, member in staff.items() if isinstance(member, dict) and "email" in member
    }


def _addresses(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each.strip() for each in values if isinstance(each, str)] or ["ana@example.com"]


def _new_lines(addresses: Iterable[str], names: dict[str, str], staff: Iterable[str]) -> Iterator[str]:
    """Yield a line of [staff] for each address that is not in `names`, and add it."""
    for address in addresses:
        if address not in names:
            slug, taken = _slug(address), {*staff, *names.values()}
            numbered = (f"{slug}-{number}" for number in count(2))
            names[address] = next(name for name in chain([slug], numbered) if name not in taken)
            name = slug.replace("-", " ").capitalize()
            yield f"{names[address]} = {{ name = {_toml(name)}, email = {_toml(address)} }}"


def _slug(address: str) -> str:
    words = re.findall("[a-z0-9]+", address.partition("@")[0].lower())
    slug = "-".join(words)[:30].strip("-")
    return slug if slug[:1].isalpha() else f"staff-{slug}".strip("-")


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)  # a text or a list of texts is written in TOML as in JSON
