"""How the command line shows leads in a terminal."""

from __future__ import annotations

import io

import pytest
from leads.cli import view
from leads.cli.view import View
from leads.domain.lifecycle import Event, StoredLead
from rich.console import Console, RenderableType

from tests.support import factories, zones


@pytest.mark.parametrize(
    ("local", "words", "style"),
    [
        ("2026-11-17 15:30", "18 h 30 min left", view.CALM),
        ("2026-11-17 16:00", "18 h left", view.SOON),
        ("2026-11-18 09:59", "1 min left", view.SOON),
        ("2026-11-18 11:30", "1 h 30 min late", view.LATE),
    ],
)
def test_the_nearer_the_deadline_the_louder_the_colour(local: str, words: str, style: str) -> None:
    remaining = View(factories.SAMPLE, factories.moment(local)).remaining(
        factories.stored()
    )  # due on the 18th at 10:00
    assert (remaining.plain, remaining.style) == (words, style)


def test_the_colour_changes_when_the_staff_are_reminded() -> None:
    lead = factories.stored(Event.NOTIFIED)
    assert lead.next_at is not None
    assert View(factories.SAMPLE, lead.next_at).remaining(lead).style == view.SOON


def test_a_date_in_another_year_says_which() -> None:
    said = View(factories.SAMPLE, factories.TUESDAY).at(factories.moment("2027-01-04 09:05"))
    assert said == "Mon Jan 4 2027, 9:05 AM Central Time"


def _printed(shown: RenderableType) -> str:
    file = io.StringIO()
    Console(width=120, file=file, highlight=False).print(shown)
    return file.getvalue()


LEADS = [factories.stored(), factories.stored(Event.CONTACTED), factories.stored(review_reason="no prefix")]


def test_a_list_gives_the_zone_of_its_times_in_their_heading() -> None:
    table = View(factories.SAMPLE, factories.TUESDAY).table(LEADS, "To call")
    assert "When (Central Time)" in _printed(table)


@pytest.mark.parametrize("lead", LEADS, ids=[lead.status for lead in LEADS])
def test_no_time_on_a_card_stands_without_its_zone(lead: StoredLead) -> None:
    printed = _printed(View(factories.SAMPLE, factories.TUESDAY).card(lead))
    assert not zones.times_without_zone(printed)
