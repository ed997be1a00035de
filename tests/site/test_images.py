"""Pictures in articles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from plugins.media.images import find
from tests.support.small_site import ARTICLE, SmallSite, small_site

ORIENTATION, TURNED = 0x0112, 6


@pytest.fixture
def small(tmp_path: Path) -> SmallSite:
    return small_site(tmp_path)


def photo(small: SmallSite, name: str, size: tuple[int, int], mode: str = "RGB") -> Path:
    file = small.folder / "content/images" / name
    Image.new(mode, size, "teal").save(file)
    return file


def element(small: SmallSite, markdown: str) -> str:
    small.write("content/articles/sleep.md", f"{ARTICLE}\n{markdown}\n")
    small.build()
    match = re.search(r"<picture>.*?</picture>", small.page("sleep/index.html"))
    assert match is not None
    return match[0]


def test_a_wide_picture_comes_in_two_formats_and_three_widths(small: SmallSite) -> None:
    photo(small, "walk.png", (2000, 1000))
    picture = element(small, "![A path & trees](images/walk.png)")
    assert re.findall(r"walk-(\d+)\.\w+\.(\w+) ", picture) == [
        (width, kind) for kind in ("avif", "webp") for width in ("480", "960", "1440")
    ]
    assert 'alt="A path &amp; trees" width="2000" height="1000" loading="lazy"' in picture
    assert re.search(r'<img src="/assets/walk-960\.\w+\.jpeg"', picture)


def test_every_variant_is_there_and_as_wide_as_it_says(small: SmallSite) -> None:
    photo(small, "walk.png", (1000, 500))
    for url, width in re.findall(r"(/assets/\S+) (\d+)w", element(small, "![x](images/walk.png)")):
        with Image.open(small.output / url.lstrip("/")) as variant:
            assert variant.size == (int(width), int(width) // 2)


def test_a_small_picture_is_not_blown_up(small: SmallSite) -> None:
    photo(small, "leaf.png", (300, 200))
    assert set(re.findall(r"(\d+)w", element(small, "![x](images/leaf.png)"))) == {"300"}


def test_a_see_through_picture_stays_so(small: SmallSite) -> None:
    photo(small, "leaf.png", (30, 20), "RGBA")
    assert re.search(r'<img src="/assets/leaf-30\.\w+\.png"', element(small, "![x](images/leaf.png)"))


def test_a_turned_photo_is_upright_and_has_no_location(small: SmallSite) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (400, 300)).save(small.folder / "content/images/walk.jpg", exif=exif)
    assert 'width="300" height="400"' in element(small, "![x](images/walk.jpg)")
    for file in (small.output / "assets").glob("walk-*"):
        with Image.open(file) as variant:
            assert variant.size == (300, 400)
            assert not variant.getexif()


def test_a_picture_is_encoded_once(small: SmallSite) -> None:
    photo(small, "walk.png", (500, 500))
    element(small, "![x](images/walk.png)")
    made = {file: file.stat().st_mtime_ns for file in (small.folder / ".cache/images").iterdir()}
    element(small, "![y](images/walk.png)")
    assert {file: file.stat().st_mtime_ns for file in (small.folder / ".cache/images").iterdir()} == made


@pytest.mark.parametrize(
    "src", ["images/walk.png", "/images/walk.png", "../images/walk.png", "{static}/images/walk.png"]
)
def test_a_picture_is_found_however_it_is_named(small: SmallSite, src: str) -> None:
    file = photo(small, "walk.png", (1, 1))
    assert find(src, small.folder / "content") == file


@pytest.mark.parametrize(
    "src", ["images/nope.png", "walk.svg", "images/../practice.toml", "https://example.com/walk.png"]
)
def test_what_is_no_picture_of_ours_is_not_found(small: SmallSite, src: str) -> None:
    assert find(src, small.folder / "content") is None


def test_a_picture_can_wait_unless_its_editor_says_otherwise(small: SmallSite) -> None:
    photo(small, "walk.png", (500, 500))
    assert 'loading="lazy"' in element(small, "![x](images/walk.png)")
    urgent = element(small, "![x](images/walk.png){: fetchpriority=high }")
    assert 'loading="eager" fetchpriority="high"' in urgent
    assert "lazy" not in urgent
