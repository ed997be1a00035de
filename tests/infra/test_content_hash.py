"""Tests of the hashes that name a package: what changes one, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.package import content_hash, folders, interpreter


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let no Python be needed, and return a lock file."""
    lock = tmp_path / "function.txt"
    lock.write_text("botocore==1.44\n", encoding="utf-8")
    monkeypatch.setattr(folders, "LOCK", lock)
    monkeypatch.setattr(interpreter, "python", lambda: Path("python3.13"))
    monkeypatch.setattr(interpreter, "full_version", lambda _: "3.13.0")
    return lock


def written(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / "leads" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "leads" / name).write_text(text, encoding="utf-8")
    return folder / "leads"


def hashed(folder: Path, note: str = "1.2.3") -> str:
    return content_hash.of(note, folder, content_hash.files(folder))


def test_files_have_one_order_and_folders_are_none(tmp_path: Path) -> None:
    folder = written(tmp_path, **{"b.py": "", "a/c.py": "", "a.py": ""})
    assert [file.relative_to(folder).as_posix() for file in content_hash.files(folder)] == ["a/c.py", "a.py", "b.py"]


def test_a_copy_elsewhere_has_the_same_hash(tmp_path: Path) -> None:
    one, other = (written(tmp_path / name, **{"a.py": "1", "b.py": "2"}) for name in ("one", "other"))
    assert hashed(one) == hashed(other)


@pytest.mark.parametrize(
    "texts", [{"a.py": "2", "b.py": ""}, {"a.py": "1"}, {"a.py": "1", "c.py": ""}, {"a.py": "", "b.py": "1"}]
)
def test_another_content_or_name_has_another_hash(tmp_path: Path, texts: dict[str, str]) -> None:
    assert hashed(written(tmp_path / "one", **{"a.py": "1", "b.py": ""})) != hashed(
        written(tmp_path / "other", **texts)
    )


def test_another_version_has_another_hash(tmp_path: Path) -> None:
    folder = written(tmp_path, **{"a.py": ""})
    assert hashed(folder, "1.2.3") != hashed(folder, "1.2.4")


def test_another_lock_or_python_makes_other_packages(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = content_hash.of_tools()
    monkeypatch.setattr(interpreter, "full_version", lambda _: "3.13.1")
    second = content_hash.of_tools()
    tools.write_text("botocore==1.45\n", encoding="utf-8")
    assert len({first, second, content_hash.of_tools()}) == 3
