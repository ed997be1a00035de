"""The social picture and the pin."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from plugins.media.pictures import INK, LEADING, PAPER, PIN, SOCIAL, Layout, draw, fit_title

DRAWING = '<svg viewBox="0 0 100 100" fill="none" stroke="currentColor"><path d="M10 90L90 10"/></svg>'


def drawn(layout: Layout, title: str) -> Image.Image:
    return Image.open(BytesIO(draw(layout, title, "Lakeside", DRAWING, None))).convert("RGB")


@pytest.mark.parametrize(("layout", "size"), [(SOCIAL, (1200, 630)), (PIN, (1000, 1500))])
def test_a_picture_has_the_size_that_networks_ask_for(layout: Layout, size: tuple[int, int]) -> None:
    assert drawn(layout, "Sleep and low mood").size == size


def test_it_is_the_same_to_the_byte_each_time() -> None:
    assert draw(PIN, "Sleep", "Lakeside", DRAWING, None) == draw(PIN, "Sleep", "Lakeside", DRAWING, None)


def test_another_title_or_drawing_is_another_picture() -> None:
    sleep = draw(SOCIAL, "Sleep", "Lakeside", DRAWING, None)
    assert draw(SOCIAL, "Mood", "Lakeside", DRAWING, None) != sleep
    assert draw(SOCIAL, "Sleep", "Lakeside", DRAWING.replace("10", "20"), None) != sleep


def test_the_drawing_has_the_colour_of_the_text() -> None:
    colors = drawn(SOCIAL, "Sleep").getcolors(1 << 20) or []
    assert {"#{:02x}{:02x}{:02x}".format(*color) for _, color in colors} >= {PAPER, INK}  # type: ignore[misc]  # RGB


@settings(deadline=None)
@given(st.lists(st.text("abcdefgh", min_size=1, max_size=22), min_size=1, max_size=14), st.sampled_from([SOCIAL, PIN]))
def test_a_title_fits_its_box_in_letters_as_large_as_can_be(words: list[str], layout: Layout) -> None:
    letters, lines = fit_title(" ".join(words), layout, None)
    assert " ".join(lines).split() == words
    assert max(letters.getlength(line) for line in lines) <= layout.title[2]
    assert len(lines) * letters.size * LEADING <= layout.title[3]


def test_the_lines_of_a_title_are_about_equally_long() -> None:
    letters, lines = fit_title("Unlocking the Potential of a good night of Sleep", PIN, None)
    lengths = [letters.getlength(line) for line in lines]
    assert min(lengths) > max(lengths) / 2


def test_a_font_of_the_theme_is_used(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="unknown file format"):
        draw(SOCIAL, "Sleep", "Lakeside", DRAWING, _no_font(tmp_path))


def _no_font(folder: Path) -> Path:
    file = folder / "x.woff2"
    file.write_bytes(b"no font")
    return file
