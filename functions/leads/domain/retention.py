"""How long items other than leads stay in the table."""

from __future__ import annotations

import datetime as dt

COUNT_LIFETIME = dt.timedelta(days=2)
"""Lifetime of a count or a lock; its name says the hour or day that it belongs to."""

TIMESTAMP_LIFETIME = dt.timedelta(days=400)
"""Lifetime of a stored time; longer than the longest closure of any practice."""

TTL_DELAY = dt.timedelta(days=2)
"""Latest moment after expiry at which DynamoDB deletes an item (DynamoDB developer guide, Time to Live)."""
