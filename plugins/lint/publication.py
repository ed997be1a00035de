"""From when on a text is public: its date, at once for a page without one, and never for a draft."""

from __future__ import annotations

import datetime as dt

from leads.domain.practice import Practice, twelve_hour

from plugins.lint.front_matter import ArticleFrontMatter, FrontMatter

ALWAYS = dt.datetime.min.replace(tzinfo=dt.UTC)
NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def public_from(text: FrontMatter, practice: Practice) -> dt.datetime:
    """Return the moment from which on a text may be published; NEVER for a draft, ALWAYS for a page."""
    if text.status != "published":
        return NEVER
    if not isinstance(text, ArticleFrontMatter):
        return ALWAYS
    return text.date if text.date.tzinfo else text.date.replace(tzinfo=practice.zone)


def scheduled_for(text: FrontMatter, now: dt.datetime, practice: Practice) -> str:
    """Return when a text will be public, in words of practice time; "" if it is public or a draft."""
    moment = public_from(text, practice)
    return in_words(moment, practice) if now < moment < NEVER else ""


def not_public(text: FrontMatter, now: dt.datetime, practice: Practice) -> str:
    """Return why a text is not public at a moment, as its page in `make serve` says it; "" if it is public."""
    if moment := scheduled_for(text, now, practice):
        return f"Scheduled for {moment}: not public until then"
    return "" if public_from(text, practice) <= now else "Draft: not public"


def in_words(moment: dt.datetime, practice: Practice) -> str:
    """Return a moment in practice time: November 30, 2026, 9:00 AM Central Time."""
    local = moment.astimezone(practice.zone)
    return f"{local:%B} {local.day}, {local.year}, {twelve_hour(local.time())} {practice.time_zone_name}"
