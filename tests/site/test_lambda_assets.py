"""What the build leaves for the functions."""

from __future__ import annotations

from pathlib import Path

from leads.domain.practice import Practice

from plugins.output import lambda_assets
from tests.support.small_site import SmallSite


def test_the_function_gets_the_practice_with_its_closed_dates(small: SmallSite) -> None:
    small.build()
    practice = Practice.from_json((small.compiled / "practice.json").read_bytes())
    assert practice.name == "Lakeside Test Clinic"
    assert "2026-12-25" in {date.isoformat() for date in practice.closed_dates}


def test_the_function_gets_the_shell_with_its_markers(small: SmallSite) -> None:
    small.build()
    shell = (small.compiled / "shell.html").read_text(encoding="utf-8")
    assert shell == "<style>body{color:red}</style><!--title--><!--main-->"


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "new" / "practice.json"
    lambda_assets.write(path, "one")
    with path.open(encoding="utf-8") as reader:  # as a running function might have it open
        lambda_assets.write(path, "two")
        assert reader.read() == "one"
    assert path.read_text(encoding="utf-8") == "two"
    assert list(path.parent.iterdir()) == [path]
