"""What a visitor sees once a request is stored: the same facts for a page and for a script."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from leads.domain import promise
from leads.domain.lifecycle import StoredLead
from leads.domain.practice import Practice


@dataclass(frozen=True)
class Confirmation:
    """The facts of one request, without name, number or condition: all who hold the link can read them."""

    reference: str
    heading: str
    """What was promised, or what became of it, in one sentence."""
    contact_by: str
    """The deadline of the call in practice time, ISO 8601."""
    contact_by_text: str
    number: str
    """The visitor's number as far as it may be shown: its last two digits."""
    opens_text: str
    """When the practice is open again; empty while it is open."""
    priority: bool

    @classmethod
    def of(cls, lead: StoredLead, now: dt.datetime, practice: Practice) -> Confirmation:
        """Return the confirmation of this lead as it is true at `now` (UTC)."""
        is_open = promise.is_open(now, practice)
        return cls(
            reference=lead.reference,
            heading=_heading(lead, now, practice),
            contact_by=lead.contact_by.astimezone(practice.zone).isoformat(timespec="seconds"),
            contact_by_text=promise.in_words(lead.contact_by, practice),
            number=f"the number ending in {lead.lead.phone.e164[-2:]}",
            opens_text="" if is_open else promise.in_words(promise.next_opening(now, practice), practice),
            priority=lead.priority,
        )

    @property
    def facts(self) -> dict[str, object]:
        """Return the facts as JSON takes them."""
        return asdict(self)


BLANK = Confirmation(
    reference="", heading="", contact_by="", contact_by_text="", number="", opens_text=" ", priority=True
)
"""The confirmation with each of its parts and none of its facts: the page's script fills them in."""


def _heading(lead: StoredLead, now: dt.datetime, practice: Practice) -> str:
    deadline = promise.in_words(lead.contact_by, practice)
    if lead.is_closed:
        return "Your request for a call is closed."
    if lead.attempts:
        return "We called you and did not reach you."
    if now >= lead.contact_by:
        return f"We promised to call you by {deadline}."
    return f"Thank you. We will call you by {deadline}."
