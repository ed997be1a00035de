"""Tests of the local system's environment: real AWS is out of reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from infra.local import cloud


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "LEADS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(
        os, "environ", {**os.environ, "AWS_PROFILE": "production", "AWS_ENDPOINT_URL_SESV2": "https://x"}
    )
    cloud.replace_environment(cloud.environment("http://127.0.0.1:9", "http://127.0.0.1:8000"))


@pytest.mark.usefixtures("entered")
def test_no_profile_of_the_user_is_left() -> None:
    assert "AWS_PROFILE" not in os.environ


@pytest.mark.usefixtures("entered")
def test_no_other_endpoint_is_left() -> None:
    assert [value for name, value in os.environ.items() if "ENDPOINT" in name] == ["http://127.0.0.1:9"]


@pytest.mark.parametrize(("secret", "is_left"), [("ours", False), ("another system's", True)])
def test_a_system_that_ends_removes_only_its_own_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str, is_left: bool
) -> None:
    monkeypatch.setattr(cloud, "VARIABLES_FILE", tmp_path / "local.json")
    monkeypatch.setenv("LEADS_SECRET", secret)
    cloud.write_variables()
    monkeypatch.setenv("LEADS_SECRET", "ours")

    cloud.remove_variables()

    assert cloud.VARIABLES_FILE.exists() == is_left
