"""The drawing above an article."""

from __future__ import annotations

import zlib
from xml.etree import ElementTree as ET

import pytest
import resvg_py
from hypothesis import given
from hypothesis import strategies as st

from plugins.media.hero import hero_svg


@given(st.text())
def test_a_seed_always_grows_the_same_drawing(seed: str) -> None:
    assert hero_svg(seed) == hero_svg(seed)


def test_every_article_has_its_own() -> None:
    assert len({hero_svg(f"article-{number}") for number in range(200)}) == 200


@given(st.text())
def test_it_is_well_formed(seed: str) -> None:
    ET.fromstring(hero_svg(seed))


@given(st.text())
def test_every_branch_that_is_used_is_there(seed: str) -> None:
    drawing = ET.fromstring(hero_svg(seed))
    there = {f"#{element.get('id')}" for element in drawing.iter() if element.get("id")}
    assert {element.get("href") for element in drawing.iter() if element.get("href")} <= there


@pytest.mark.parametrize("seed", ["ketamine-treatment-resistant-depression", "sleep", ""])
def test_it_costs_less_than_a_paragraph(seed: str) -> None:
    assert len(zlib.compress(hero_svg(seed).encode())) < 600


def test_it_has_no_style_that_the_page_s_policy_would_block() -> None:
    assert "style" not in hero_svg("sleep")


def test_readers_of_screens_pass_it_by() -> None:
    assert ET.fromstring(hero_svg("sleep")).get("aria-hidden") == "true"


def test_it_can_be_drawn_as_a_picture() -> None:
    drawing = str(hero_svg("sleep")).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    assert resvg_py.svg_to_bytes(svg_string=drawing)
