"""How the promise was kept, week by week: numbers without a name. Pure; `report_page` draws them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from leads.domain import statistics
from leads.domain.lifecycle import Status, StoredLead
from leads.domain.practice import Practice
from leads.domain.statistics import KeptRate

MAX_ROWS = 12
"""Rows of one table; the rest is summed up in one. Visitors can make up names of networks."""

WAITS = (
    ("Under 1 hour", dt.timedelta(hours=1)),
    ("1 to 4 hours", dt.timedelta(hours=4)),
    ("4 to 8 hours", dt.timedelta(hours=8)),
    ("8 to 24 hours", dt.timedelta(hours=24)),
    ("1 to 2 days", dt.timedelta(days=2)),
    ("2 to 4 days", dt.timedelta(days=4)),
    ("Longer", dt.timedelta.max),
)
"""Classes of waiting times, each up to its limit, excluding it."""


@dataclass(frozen=True)
class Wait:
    """Time from the promise to the first call, by the clock: nights and weekends count."""

    calls: int
    median: dt.timedelta | None
    ninetieth: dt.timedelta | None
    """90th percentile."""
    longest: dt.timedelta | None


@dataclass(frozen=True)
class Group:
    """Requests that have something in common."""

    name: str
    requests: int
    promises: KeptRate
    wait: Wait

    undecided: int
    """Requests that are still to be called in time."""

    def as_dict(self) -> dict[str, object]:
        """Return the numbers for JSON; times in minutes."""
        return {
            "name": self.name,
            "requests": self.requests,
            "kept": self.promises.kept,
            "broken": self.promises.broken,
            "undecided": self.undecided,
            "percent": self.promises.percent,
            "calls": self.wait.calls,
            "median_minutes": _minutes(self.wait.median),
            "ninetieth_minutes": _minutes(self.wait.ninetieth),
            "longest_minutes": _minutes(self.wait.longest),
        }


def _minutes(duration: dt.timedelta | None) -> float | None:
    return None if duration is None else round(duration.total_seconds() / 60, 1)


@dataclass(frozen=True)
class Report:
    """All numbers of the report page."""

    since: dt.date
    until: dt.date
    """The last day, today."""
    everyone: Group
    waiting: int
    """Requests that are owed a call now, those that wait for review among them."""
    no_people: int
    """Requests that the staff closed as not a lead."""
    weeks: Sequence[Group]
    articles: Sequence[Group]
    networks: Sequence[Group]
    conditions: Sequence[Group]
    urgency: Sequence[Group]
    waits: Sequence[tuple[str, int]]
    """Number of calls in each class of WAITS."""

    def as_dict(self) -> dict[str, object]:
        """Return the numbers for JSON."""
        groups = ("weeks", "articles", "networks", "conditions", "urgency")
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            **self.everyone.as_dict(),
            "waiting": self.waiting,
            "no_people": self.no_people,
            **{name: [group.as_dict() for group in getattr(self, name)] for name in groups},
            "waits": dict(self.waits),
        }


def first_day(weeks: int, now: dt.datetime, practice: Practice) -> dt.date:
    """Return the Monday of the first of `weeks` weeks, the current week being the last."""
    return _monday(now, practice) - dt.timedelta(weeks=weeks - 1)


def _monday(moment: dt.datetime, practice: Practice) -> dt.date:
    day = moment.astimezone(practice.zone).date()
    return day - dt.timedelta(days=day.weekday())


def summarize(leads: Iterable[StoredLead], since: dt.date, now: dt.datetime, practice: Practice) -> Report:
    """Return the report on requests received since `since`, a Monday in practice time."""
    received = [lead for lead in leads if since <= lead.received_at.astimezone(practice.zone).date()]
    people = [lead for lead in received if lead.status is not Status.NOT_A_LEAD]

    def grouped(names: Callable[[StoredLead], Sequence[str]]) -> list[Group]:
        return _largest(_grouped(people, names), now)

    return Report(
        since=since,
        until=now.astimezone(practice.zone).date(),
        everyone=_group("All", people, now),
        waiting=sum(not lead.is_closed for lead in people),
        no_people=len(received) - len(people),
        weeks=_weeks(people, since, now, practice),
        articles=grouped(lambda lead: [lead.lead.source or "Not known"]),
        networks=grouped(lambda lead: [lead.lead.utm_source or "Directly, or not known"]),
        conditions=grouped(lambda lead: practice.condition_labels(lead.lead.conditions) or ["Nothing ticked"]),
        urgency=grouped(lambda lead: ["Priority" if lead.priority else "Ordinary"]),
        waits=_waits(people),
    )


def _group(name: str, leads: Sequence[StoredLead], now: dt.datetime) -> Group:
    undecided = sum(statistics.was_kept(lead, now) is None for lead in leads)
    return Group(name, len(leads), statistics.kept_rate(leads, now), _wait(leads), undecided)


def _grouped(leads: Iterable[StoredLead], names: Callable[[StoredLead], Sequence[str]]) -> dict[str, list[StoredLead]]:
    groups: dict[str, list[StoredLead]] = {}
    for lead in leads:
        for name in names(lead):
            groups.setdefault(name, []).append(lead)
    return groups


def _largest(groups: dict[str, list[StoredLead]], now: dt.datetime) -> list[Group]:
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    shown, rest = ranked[:MAX_ROWS], ranked[MAX_ROWS:]
    if rest:
        others = {lead.reference: lead for _, leads in rest for lead in leads}
        shown.append((f"{len(rest)} others", list(others.values())))
    return [_group(name, leads, now) for name, leads in shown]


def _weeks(leads: Iterable[StoredLead], since: dt.date, now: dt.datetime, practice: Practice) -> list[Group]:
    received = _grouped(leads, lambda lead: [_monday(lead.received_at, practice).isoformat()])
    count = (_monday(now, practice) - since).days // 7 + 1
    mondays = [(since + dt.timedelta(weeks=week)).isoformat() for week in range(count)]
    return [_group(monday, received.get(monday, []), now) for monday in mondays]


def waits_of(lead: StoredLead) -> list[dt.timedelta]:
    """Return the time from each promise to its first call; promises without a call have none."""
    calls = zip(lead.promises, lead.first_calls, strict=True)
    return [called_at - promise.made_at for promise, called_at in calls if called_at]


def _wait(leads: Iterable[StoredLead]) -> Wait:
    waits = sorted(wait for lead in leads for wait in waits_of(lead))
    if not waits:
        return Wait(0, None, None, None)
    seconds = median(wait.total_seconds() for wait in waits)
    ninetieth = waits[ceil(len(waits) * 0.9) - 1]  # nearest rank: a time that a person did wait
    return Wait(len(waits), dt.timedelta(seconds=seconds), ninetieth, waits[-1])


def _waits(leads: Iterable[StoredLead]) -> list[tuple[str, int]]:
    waits = [wait for lead in leads for wait in waits_of(lead)]
    limits = [dt.timedelta(), *(limit for _, limit in WAITS)]
    return [
        (name, sum(least <= wait < limit for wait in waits))
        for (name, limit), least in zip(WAITS, limits, strict=False)
    ]
