"""Templates: escaped where they are HTML, refused where a value is missing."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError
from leads import rendering
from leads.domain.facts import Facts

from tests.support import factories


def test_a_missing_value_is_an_error_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        rendering.render("pages/problem.html", practice=factories.SAMPLE)


@pytest.mark.parametrize("prefix", rendering.FOLDERS)
def test_every_prefix_is_a_folder_with_templates(prefix: str) -> None:
    assert list(rendering.FOLDERS[prefix].glob("*.*"))


def test_a_page_is_the_shell_with_title_and_main_part() -> None:
    page = rendering.page(
        Facts(factories.SAMPLE, "<!doctype html><title><!--title--></title><main><!--main--></main>"),
        "pages/problem.html",
        title="<Problem>",
        message="Call & ask <us>.",
        site_url="https://www.lakeside.example",
    )

    assert page.startswith("<!doctype html><title>&lt;Problem&gt;</title>")
    assert "Call &amp; ask &lt;us&gt;." in page
    assert page.endswith("</main>")


def test_a_template_has_the_crisis_lines_of_the_practice() -> None:
    lines = factories.CRISIS_LINES.model_copy(update={"lifeline": "116123"})
    card = rendering.render("parts/crisis.html", practice=factories.practice(crisis_lines=lines))
    assert "In crisis? Call or text 116123, day or night" in card
