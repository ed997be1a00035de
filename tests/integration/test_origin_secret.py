"""The functions' own door: CloudFront knows the word, and nobody else is let in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from leads.settings import Settings
from leads.web import http

from tests.support import api_events, compiled_assets, deployed, factories
from tests.support.deployed import Answer, Clinic

WORD = "a word that only CloudFront and the functions know"
WRONG = ["", "a word", f"{WORD} ", WORD.upper(), "ключ", f"{WORD},{WORD}"]


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """The functions behind their door."""
    with deployed.clinic_with_table(tmp_path, LEADS_DOOR=WORD) as clinic:
        yield clinic


def send(clinic: Clinic, word: str | None, kind: str = "form") -> Answer:
    return clinic.send(api_events.submission(kind=kind, headers={"x-door": word}))


def test_who_knows_the_word_is_let_in(clinic: Clinic) -> None:
    assert send(clinic, WORD).status == 303


@pytest.mark.parametrize("word", [None, *WRONG])
def test_nobody_else_is(clinic: Clinic, word: str | None) -> None:
    assert send(clinic, word).status == 403


@pytest.mark.parametrize("word", [None, *WRONG])
def test_nothing_is_kept_of_who_is_not(clinic: Clinic, word: str | None) -> None:
    send(clinic, word)

    assert clinic.leads() == []


@pytest.mark.parametrize("kind", ["form", "json"])
def test_the_refusal_says_where_help_is(clinic: Clinic, kind: str) -> None:
    assert "988" in send(clinic, None, kind).body


def test_a_script_is_refused_in_json(clinic: Clinic) -> None:
    assert set(send(clinic, None, "json").json) == {"title", "message", "crisis"}


def test_the_staff_page_has_the_same_door(clinic: Clinic) -> None:
    token = clinic.token(clinic.keep(factories.stored()))

    assert clinic.follow(token).status == 403


def test_the_door_comes_before_every_other_question(clinic: Clinic) -> None:
    assert clinic.send(api_events.event("DELETE")).status == 403


def test_the_word_is_in_no_answer_and_no_line_of_the_log(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    answers = [send(clinic, word).body for word in [None, *WRONG]]

    assert not any(WORD in text for text in [*answers, capsys.readouterr().out])


def test_without_a_word_the_door_is_open(tmp_path: Path) -> None:
    with deployed.clinic_with_table(tmp_path) as clinic:
        assert send(clinic, "anything").status == 303


def test_the_word_does_not_show_in_the_settings(tmp_path: Path) -> None:
    assert WORD not in repr(Settings.read(compiled_assets.variables(tmp_path, LEADS_DOOR=WORD)))


def test_a_short_word_is_no_door(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="LEADS_DOOR"):
        Settings.read(compiled_assets.variables(tmp_path, LEADS_DOOR="short"))


def test_the_words_are_compared_in_the_same_time_whatever_was_sent(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return False

    monkeypatch.setattr(http, "compare_digest", compare)
    send(clinic, "x")

    assert compared == [(b"x", WORD.encode())]
