"""{{ practice.name }} in Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from plugins.markdown.substitutions import Substitutions, value_of
from tests.support.factories import practice

PRACTICE = practice(name="Ada & <Sons>")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("{{ practice.name }}", "<p>Ada &amp; &lt;Sons&gt;</p>"),
        ("{{practice.phone_display}}", "<p>(312) 555-0100</p>"),
        ("{{ practice.privacy.keep_days }} days", "<p>365 days</p>"),
        ("{{ crisis.emergency }}", "<p>911</p>"),
        ("[{{ crisis.lifeline }}](tel:{{ crisis.lifeline }})", '<p><a href="tel:988">988</a></p>'),
        ("a {{ practice.nope }}b {{ other }}", "<p>a b {{ other }}</p>"),
    ],
)
def test_facts_come_from_the_practice_file_and_the_crisis_lines(text: str, html: str) -> None:
    assert Markdown(extensions=[Substitutions(PRACTICE)]).convert(text) == html


@given(
    st.lists(
        st.sampled_from(["name", "__class__", "model_dump", "hours", "notify", "staff", "every", "ana", "email", "x"]),
        min_size=1,
        max_size=4,
    )
)
def test_only_words_and_numbers_are_facts(names: list[str]) -> None:
    assert value_of(PRACTICE, ".".join(["practice", *names])) in {None, PRACTICE.name} or "__" in "".join(names)
