"""Static files under names with their hash, and style sheets inlined."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.media.assets import CUSTOM_PROPERTY, Assets, MissingAssetError, hashed_name, minify_css


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "css").mkdir()
    (tmp_path / "fonts").mkdir()
    (tmp_path / "form.js").write_text("export {};\n")
    (tmp_path / "fonts" / "a.woff2").write_bytes(b"font")
    (tmp_path / "css" / "20-b.css").write_text("b { color: blue; }  /* note */\n")
    (tmp_path / "css" / "10-a.css").write_text(
        '@font-face { src: url("../fonts/a.woff2"); }\na { top: calc(1px + 2em) }\n'
    )
    return tmp_path


def test_a_file_is_published_where_its_address_says(static: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assets, output = Assets(static), tmp_path_factory.mktemp("output")
    assets.publish(output)
    assert (output / assets.url("form.js").lstrip("/")).read_text() == "export {};\n"
    assert sorted(file.suffix for file in output.rglob("*.*")) == [".js", ".woff2"], "style sheets are inlined"


def test_another_content_has_another_address(static: Path) -> None:
    before = Assets(static).url("form.js")
    (static / "form.js").write_text("export { };\n")
    assert Assets(static).url("form.js") != before


def test_a_missing_file_is_named(static: Path) -> None:
    with pytest.raises(MissingAssetError, match=r"nope\.js: there is no such file"):
        Assets(static).url("nope.js")


def test_style_sheets_are_inlined_in_the_order_of_their_names(static: Path) -> None:
    font = Assets(static).url("fonts/a.woff2")
    assert Assets(static).css() == f"@font-face{{src:url({font})}}a{{top:calc(1px + 2em)}}b{{color:blue}}"


def test_names_that_only_the_sheets_know_are_short_on_the_page(static: Path) -> None:
    (static / "css" / "20-b.css").write_text(
        "b { --far-away: 1px; --a-b: var(--far-away, 2px); } .c--far-away { top: 0 }"
    )
    (static / "css" / "10-a.css").write_text("a { left: var(--a-b) }")
    assert Assets(static).css() == "a{left:var(--a)}b{--b:1px;--a:var(--b,2px)}.c--far-away{top:0}"


def test_a_name_in_a_comment_takes_no_short_name() -> None:
    assert minify_css("/* --unused */ a { --used: 1px }") == "a{--a:1px}"


@given(st.integers(0, 2000))
def test_no_two_names_are_shortened_to_one(count: int) -> None:
    css = "".join(f"--name{number}:1;" for number in range(count))
    assert len(set(CUSTOM_PROPERTY.findall(minify_css(f"a{{{css}}}")))) == count


def test_a_style_sheet_that_asks_for_a_missing_file_is_refused(static: Path) -> None:
    (static / "css" / "30-c.css").write_text("c { background: url(../nope.png) }")
    with pytest.raises(MissingAssetError, match=r"nope\.png"):
        Assets(static).css()


def test_the_theme_s_sheets_use_no_custom_property_that_they_do_not_set() -> None:
    folder = Path(__file__).parents[2] / "theme/static/css"
    css = "".join(sheet.read_text(encoding="utf-8") for sheet in folder.glob("*.css"))
    assert set(re.findall(r"var\((--[\w-]+)", css)) <= set(re.findall(r"(--[\w-]+)\s*:", css))


def test_a_sheet_of_one_part_is_only_on_its_pages(static: Path) -> None:
    (static / "css" / "20-b.css").unlink()
    (static / "css" / "30-c.people.css").write_text("c { top: 0 }")
    assert [Assets(static).css("people").endswith("c{top:0}"), "c{" in Assets(static).css()] == [True, False]


@given(st.binary(), st.binary())
def test_names_differ_as_contents_do(one: bytes, other: bytes) -> None:
    assert (hashed_name("a.b.js", one) == hashed_name("a.b.js", other)) == (one == other)
    assert hashed_name("a.b.js", one).startswith("a.b.")
    assert hashed_name("a.b.js", one).endswith(".js")
