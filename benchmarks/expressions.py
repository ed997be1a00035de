"""DynamoDB's expressions, evaluated on one item: conditions and updates, as far as the functions write them.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from leads.aws.dynamodb import from_item

Item = dict[str, Any]

TOKEN = re.compile(r"[#:]?\w+|<>|<=|>=|[^\s\w]")

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Expression:
    """One expression of a request. It is evaluated while it is read; attributes are in DynamoDB's notation."""

    def __init__(self, text: str, parameters: Item, item: Item) -> None:
        self._tokens = list(_reversed_tokens(text))
        self._names = parameters.get("ExpressionAttributeNames", {})
        self._values = parameters.get("ExpressionAttributeValues", {})
        self._item = item

    def holds(self) -> bool:
        """Return whether the condition holds; an empty one does."""
        return not self._tokens or self._any()

    def _any(self) -> bool:
        holds = self._all()
        while self._accept("OR"):
            holds = self._all() or holds
        return holds

    def _all(self) -> bool:
        holds = self._term()
        while self._accept("AND"):
            holds = self._term() and holds
        return holds

    def _term(self) -> bool:
        if self._accept("NOT"):
            return not self._term()
        if self._accept("("):
            holds = self._any()
            self._tokens.pop()
            return holds
        if self._accept("attribute_exists"):
            return self._arguments()[0] is not None
        if self._accept("attribute_not_exists"):
            return self._arguments()[0] is None
        if self._accept("begins_with"):
            whole, start = self._arguments()
            return whole is not None and _plain(whole).startswith(_plain(start))
        return self._comparison(self._operand())

    def _comparison(self, left: Any) -> bool:
        compare = COMPARISONS[self._tokens.pop()]
        right = self._operand()
        return left is not None and right is not None and compare(_plain(left), _plain(right))

    def _operand(self) -> Any:
        """Return a value, or None for an attribute that the item does not have."""
        if self._accept("size"):
            content = self._arguments()[0]
            return None if content is None else {"N": str(len(_plain(content)))}
        if self._accept("if_not_exists"):
            attribute, otherwise = self._arguments()
            return attribute or otherwise
        name = self._tokens.pop()
        if name.startswith(":"):
            return self._values[name]
        found = self._item.get(self._names.get(name, name))
        while found is not None and self._accept("."):
            name = self._tokens.pop()
            found = found["M"].get(self._names.get(name, name))
        return found

    def _arguments(self) -> list[Any]:
        self._tokens.pop()
        arguments = [self._operand()]
        while self._accept(","):
            arguments.append(self._operand())
        self._tokens.pop()
        return arguments

    def _accept(self, token: str) -> bool:
        found = bool(self._tokens) and self._tokens[-1] == token
        if found:
            self._tokens.pop()
        return found

    def updated(self) -> Item:
        """Return the item after an update of its attributes."""
        after, clause = dict(self._item), ""
        while self._tokens:
            if self._tokens[-1] in {"SET", "ADD", "REMOVE"}:
                clause = self._tokens.pop()
            name = self._tokens.pop()
            name = self._names.get(name, name)
            if clause == "REMOVE":
                after.pop(name, None)
            elif clause == "ADD":
                after[name] = _sum(after.get(name), self._operand())
            else:
                self._tokens.pop()
                after[name] = self._result()
            self._accept(",")
        return after

    def _result(self) -> Any:
        value = self._operand()
        while self._accept("+"):
            value = _sum(value, self._operand())
        return value


@cache
def _reversed_tokens(text: str) -> tuple[str, ...]:
    return tuple(TOKEN.findall(text)[::-1])


def _sum(value: Item | None, more: Item) -> Item:
    if value is None:
        return more
    if "SS" in more:
        return {"SS": sorted({*value["SS"], *more["SS"]})}
    return {"N": str(int(value["N"]) + int(more["N"]))}


def _plain(value: Item) -> Any:
    return from_item({"": value})[""]
