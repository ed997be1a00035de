"""One diagnostic as a line of text."""

from __future__ import annotations

from plugins.lint.diagnostic import Diagnostic


def test_it_reads_as_a_compiler_s_message() -> None:
    assert str(Diagnostic("content/a.md", 3, "Write ##.")) == "content/a.md:3: Write ##."
    assert str(Diagnostic("content/a.md", 3, "Plan it.", is_warning=True)) == "content/a.md:3: warning: Plan it."


def test_diagnostics_are_sorted_by_file_then_line() -> None:
    one, two, three = Diagnostic("a.md", 2, "x"), Diagnostic("a.md", 10, "a"), Diagnostic("b.md", 1, "a")
    assert sorted([three, two, one]) == [one, two, three]


def test_the_same_diagnostic_counts_once() -> None:
    assert len({Diagnostic("a.md", 2, "x"), Diagnostic("a.md", 2, "x")}) == 1
