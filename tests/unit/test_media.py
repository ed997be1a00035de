"""Tests of the media types that file names suggest."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.media import content_type


@pytest.mark.parametrize(
    ("name", "kind"), [("a.avif", "image/avif"), ("a.webp", "image/webp"), ("a.woff2", "font/woff2")]
)
def test_a_picture_of_a_new_format_has_its_own_type(name: str, kind: str) -> None:
    assert content_type(Path(name)) == kind
