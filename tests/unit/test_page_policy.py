"""The content-security policy inside each page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plugins.output.page_policy import page_policy


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_policy_fits_into_an_attribute_whatever_the_style(style: str) -> None:
    assert not {'"', "&", "<"}.intersection(page_policy(style))
