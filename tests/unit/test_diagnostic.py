"""One diagnostic as a line of text, and as an annotation of its file on GitHub."""

from __future__ import annotations

import pytest

from plugins.lint.diagnostic import Diagnostic, print_findings


@pytest.fixture
def on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")


def test_it_reads_as_a_compiler_s_message() -> None:
    assert str(Diagnostic("content/a.md", 3, "Write ##.")) == "content/a.md:3: Write ##."
    assert str(Diagnostic("content/a.md", 3, "Plan it.", is_warning=True)) == "content/a.md:3: warning: Plan it."


def test_a_mistake_in_a_draft_reads_as_a_warning() -> None:
    assert str(Diagnostic("content/a.md", 3, "Write ##.", in_draft=True)) == "content/a.md:3: warning: Write ##."


@pytest.mark.parametrize("kind", ["is_warning", "awaits_review", "in_draft"])
def test_only_a_mistake_in_what_is_published_stops_the_build(kind: str) -> None:
    assert Diagnostic("a.md", 3, "x").stops_build
    assert not Diagnostic("a.md", 3, "x", **{kind: True}).stops_build


def test_diagnostics_are_sorted_by_file_then_line() -> None:
    one, two, three = Diagnostic("a.md", 2, "x"), Diagnostic("a.md", 10, "a"), Diagnostic("b.md", 1, "a")
    assert sorted([three, two, one]) == [one, two, three]


def test_the_same_diagnostic_counts_once() -> None:
    assert len({Diagnostic("a.md", 2, "x"), Diagnostic("a.md", 2, "x")}) == 1


def printed(text: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_findings(text)
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("value", ["", "false"])
def test_elsewhere_a_finding_is_one_line(
    value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", value)
    assert printed("content/a.md:3: Write ##.", capsys) == ["content/a.md:3: Write ##."]


@pytest.mark.parametrize(
    ("line", "annotation"),
    [
        ("content/a.md:3: Write ##.", "::error file=content/a.md,line=3::Write ##."),
        ("content/a.md:3: warning: Plan it.", "::warning file=content/a.md,line=3::Plan it."),
        ("content/a b, c.md:12: x", "::error file=content/a b%2C c.md,line=12::x"),
        ("content/50%.md:12: “70%” has: none, 3: x", "::error file=content/50%25.md,line=12::“70%25” has: none, 3: x"),
        ("practice.toml:4: name: this is missing.", "::error file=practice.toml,line=4::name: this is missing."),
    ],
)
def test_on_github_it_is_an_annotation_of_its_file_and_line_too(
    on_github: None, line: str, annotation: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(line, capsys) == [line, annotation]


def test_each_finding_of_a_text_is_an_annotation(on_github: None, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed("a.md:1: x\nb.md:2: warning: y", capsys)
    assert lines[2:] == ["::error file=a.md,line=1::x", "::warning file=b.md,line=2::y"]


@pytest.mark.parametrize("line", ["ValueError: no such theme", "Nothing was published.", ""])
def test_what_names_no_line_is_no_annotation(on_github: None, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert [each for each in printed(line, capsys) if each.startswith("::")] == []
