"""Tests of `make rehearse`: the copy of the project in which the scenario runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.e2e import __main__ as rehearsal


def test_what_the_user_is_signed_in_with_does_not_get_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "LEADS_TABLE", "STACK", "GIT_DIR"):
        monkeypatch.setenv(name, "real")
    assert "real" not in rehearsal.environment(Path("/x")).values()
