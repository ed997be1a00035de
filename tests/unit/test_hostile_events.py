"""A body that was cut at any byte is refused, or its answers are beginnings of the whole ones."""

from __future__ import annotations

import re
from typing import Any

import pytest
from leads.web.errors import HTTPError
from leads.web.request import Request

from tests.support import api_events, factories
from tests.support.api_events import SHAPES

# --- Cut and encoded twice ---


WHOLE = factories.answers(name="Zoë 🌸 & 100 %")


@pytest.mark.parametrize(("kind", "encoded"), SHAPES)
def test_a_body_that_was_cut_anywhere_is_refused_or_holds_less(kind: str, encoded: bool) -> None:
    event = api_events.submission(WHOLE, kind, encoded=encoded)

    assert [cut for cut in range(len(event["body"])) if not holds_less({**event, "body": event["body"][:cut]})] == []


def holds_less(event: dict[str, Any]) -> bool:
    """Return whether it is refused as damaged, or each answer is the beginning of the whole one."""
    try:
        answers = Request.from_event(event).form_data()
    except HTTPError as refused:
        return refused.status == 400
    # Of an escape that was cut, the first half stays as it is.
    known = [
        (WHOLE[name][0], re.sub("%[0-9A-F]?$", "", values[0])) for name, values in answers.items() if name in WHOLE
    ]
    return all(whole.startswith(beginning) for whole, beginning in known)
