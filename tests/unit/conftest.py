"""The fast loop: `make unit` tries fewer examples of each property, `make test` all of them."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("fast", deadline=None, max_examples=20)
