"""What the page announces beside the form's button: by when a request that is sent now is called."""

from __future__ import annotations

import datetime as dt

from leads.domain import promise
from leads.domain.practice import Practice


def announcement(now: dt.datetime, practice: Practice) -> dict[str, object]:
    """Return both deadlines, in practice time, and until when they hold for every request that is sent."""
    valid_until = promise.announced_until(now, practice)
    deadlines = {
        "contact_by": promise.contact_by(valid_until, practice),
        "priority_contact_by": promise.contact_by(valid_until, practice, priority=True),
    }
    is_open = promise.is_open(now, practice)
    return {
        **{name: deadline.isoformat(timespec="seconds") for name, deadline in deadlines.items()},
        **{f"{name}_text": promise.in_words(deadline, practice) for name, deadline in deadlines.items()},
        "open": is_open,
        "open_again_text": "" if is_open else promise.in_words(promise.next_opening(now, practice), practice),
        "valid_until": valid_until.astimezone(practice.zone).isoformat(timespec="seconds"),
    }
