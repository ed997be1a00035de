"""Portraits: drawings and photos."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from plugins.media import portraits
from plugins.media.portraits import Portrait
from tests.support.small_site import DRAWING


@pytest.fixture
def drawing(tmp_path: Path) -> Portrait:
    file = tmp_path / "ada.svg"
    file.write_text(DRAWING, encoding="utf-8")
    return portraits.portrait(file, tmp_path / "cache")


@pytest.fixture
def photo(tmp_path: Path) -> Portrait:
    file = tmp_path / "max.png"
    Image.new("RGB", (960, 1200), "teal").save(file)
    return portraits.portrait(file, tmp_path / "cache")


def test_a_drawing_stays_as_it_is(drawing: Portrait) -> None:
    assert dict(drawing.files)["ada.svg"] == DRAWING.encode()
    assert drawing.shown.startswith("/assets/ada.")
    assert drawing.html("Ada") == f'<img src="{drawing.shown}" alt="Ada" width="480" height="480" loading="lazy">'


def test_networks_get_a_drawing_in_a_format_that_they_show(drawing: Portrait) -> None:
    assert drawing.image.endswith(".png")
    assert Image.open(BytesIO(dict(drawing.files)["ada.png"])).size == (480, 480)


def test_a_photo_comes_in_two_formats_and_one_that_every_browser_reads(photo: Portrait) -> None:
    assert [name for name, _ in photo.files] == ["max.avif", "max.webp", "max.jpeg"]
    assert photo.html("").count("<source") == 2
    assert photo.image == photo.shown
    assert (photo.width, photo.height) == (480, 600)


def test_a_small_photo_is_not_blown_up(tmp_path: Path) -> None:
    file = tmp_path / "small.png"
    Image.new("RGB", (200, 200), "teal").save(file)
    assert portraits.portrait(file, tmp_path / "cache").width == 200


def test_the_words_of_a_portrait_are_escaped(drawing: Portrait) -> None:
    assert 'alt="&#34;Ada&#34; &amp; co" ' in drawing.html('"Ada" & co', "eager")


@pytest.mark.parametrize(("name", "is_found"), [("images/ada.svg", True), ("images/ada.txt", False), ("x.jpg", False)])
def test_a_portrait_is_a_picture_that_is_there(tmp_path: Path, name: str, is_found: bool) -> None:
    (tmp_path / "images").mkdir()
    for file in ("ada.svg", "ada.txt"):
        (tmp_path / "images" / file).touch()
    assert (portraits.find(name, tmp_path) is not None) is is_found
