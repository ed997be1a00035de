"""Text that is safe to show."""

from __future__ import annotations

from leads.domain import text


def test_what_was_stored_under_older_rules_cannot_steer_the_terminal() -> None:
    assert text.visible("Ada\x1b[2J\x9bB") == "Ada\ufffd[2J\ufffdB"
