"""The words of e-mails about one lead. None of them names a condition or an article, whose address may name one.

A subject says nothing of why a request is urgent: what a visitor may tick must not show in an inbox.
"""

from __future__ import annotations

import datetime as dt

from leads.domain import promise
from leads.domain.lifecycle import Action, Event, StoredLead
from leads.domain.people import StaffedPractice
from leads.domain.practice import Practice
from leads.domain.text import isolated
from leads.mail.lead_email import EmailRow

SUBJECTS = {
    Action.NOTIFY: "Call back by {deadline} ({reference})",
    Action.REMIND: "Reminder: call back by {deadline} ({reference})",
    Action.ESCALATE: "Overdue: {calls} ({reference})",
    Action.REPORT_CALL: "Not reached: {calls} ({reference})",
}

URGENT_SUBJECTS = {
    Action.NOTIFY: "Urgent call-back {reference}",
    Action.REMIND: "Urgent call-back {reference}: reminder, call by {deadline}",
    Action.ESCALATE: "Urgent call-back {reference}: overdue, {calls}",
    Action.REPORT_CALL: "Urgent call-back {reference}: {calls}",
}

CALL_AGAIN = "Urgent call-back {reference}: call again now"

OPENED = {
    Event.RECEIVED: "Somebody asks for a call",
    Event.ASKED_AGAIN: "Somebody asks for a call again",
    Event.RELEASED: "Reviewed: this person waits for a call",
    Event.REOPENED: "Opened again: this person waits for a call",
}
"""Heading of the first e-mail, by the event that opened the lead."""

TIMES = {1: "called", 2: "called twice"}


def subject(action: Action, lead: StoredLead, practice: Practice, now: dt.datetime) -> str:
    """Return the subject. All subjects about urgent leads begin alike, for a filter or a ringtone."""
    form = (URGENT_SUBJECTS if lead.priority else SUBJECTS)[_stated_action(action, lead, now)]
    if lead.priority and lead.attempts and action is Action.REMIND:
        form = CALL_AGAIN
    deadline = promise.in_words(lead.call_by, practice)
    return form.format(deadline=deadline, reference=lead.reference, calls=calls(lead, practice, now))


def _stated_action(action: Action, lead: StoredLead, now: dt.datetime) -> Action:
    """Return the action to name: three unanswered calls before the deadline are not overdue yet."""
    is_early = action is Action.ESCALATE and now < min(lead.call_by, lead.contact_by)
    return Action.REPORT_CALL if is_early else action


def calls(lead: StoredLead, practice: Practice, now: dt.datetime) -> str:
    """Return the calls since the promise was made: "called at 9:30 AM Central Time, not reached"."""
    if not lead.attempts:
        taken_back = lead.opened.event is Event.REOPENED and lead.first_call_at is None
        return "opened again, no other call is recorded" if taken_back else "no call is recorded"
    count, last = len(lead.attempts), promise.at_in_words(lead.attempts[-1].at, now, practice)
    called = TIMES.get(count, f"called {count} times")
    return f"{called} {last}, not reached" if count == 1 else f"{called}, not reached; last {last}"


def heading(action: Action, lead: StoredLead, practice: Practice, now: dt.datetime) -> str:
    """Return the heading of the e-mail."""
    called = calls(lead, practice, now)
    if action is Action.NOTIFY:
        text = OPENED[lead.opened.event]
    elif action is Action.REMIND:
        text = f"Call again: {called}" if lead.attempts else "Still waiting for a call"
    elif _stated_action(action, lead, now) is Action.ESCALATE:
        text = f"Overdue: {called}"
    else:
        text = called[0].upper() + called[1:]
    return f"Urgent. {text}" if lead.priority else text


def due_in_words(lead: StoredLead, practice: Practice, now: dt.datetime) -> str:
    """Return when the call is or was due, and the promise where it has passed."""
    due = promise.in_words(lead.call_by, practice)
    if now < lead.call_by:
        text = f"Call again at {due}." if lead.priority and lead.attempts else f"Call by {due}."
    else:
        text = f"Call now: the call was due by {due}."
    late = now >= lead.contact_by != lead.call_by
    return f"{text} We had promised a call by {promise.in_words(lead.contact_by, practice)}." if late else text


def rows(lead: StoredLead, practice: StaffedPractice) -> list[EmailRow]:
    """Return the rows of the e-mail, most useful first."""
    answers, full = lead.lead, practice.notify.email_detail == "full"
    voicemail = [EmailRow("Voicemail", "May be left" if answers.voicemail else "Do not leave one")]
    person = [
        EmailRow("Name", isolated(answers.name)),
        EmailRow(
            "Phone", answers.phone.display, tel=answers.phone.uri, note="" if answers.voicemail else "No voicemail"
        ),
    ]
    # Only networks of ours: a link can carry any text as its origin, also a condition.
    network = answers.utm_source if answers.utm_source in practice.share.networks else ""
    again = {Event.ASKED_AGAIN: "Asked again", Event.REOPENED: "Opened again", Event.RELEASED: "Reviewed"}
    opened = again.get(lead.opened.event)
    return [
        *(person if full else []),
        EmailRow("Call by", promise.in_words(lead.call_by, practice)),
        EmailRow("Best time", "Any time" if answers.best_time == "any" else f"In the {answers.best_time}"),
        *(voicemail if answers.voicemail or not full else []),
        EmailRow("Received", promise.in_words(lead.received_at, practice)),
        *([EmailRow(opened, promise.in_words(lead.opened.at, practice))] if opened else []),
        *([EmailRow("Came from", network)] if network else []),
        EmailRow("Reference", lead.reference),
    ]
