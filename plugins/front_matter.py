"""The lines above an article or a page as a checked model."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
Words = Annotated[str, Field(min_length=1)]


class FrontMatter(BaseModel):
    """What a page says about itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Words
    slug: Slug
    description: Words
    modified: dt.datetime
    status: str = "published"


class ArticleFrontMatter(FrontMatter):
    """What an article says about itself: also who wrote it, who checked it, and until when that holds."""

    date: dt.datetime
    author: Words
    author_credentials: Words
    reviewer: Words
    reviewer_credentials: Words
    reviewed: dt.date
    next_review: dt.date


def lines(text: str) -> Mapping[str, tuple[int, str]]:
    """Each key's line and value, as Markdown's meta extension reads them."""
    found: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r" {0,3}([A-Za-z0-9_-]+):\s*(.*)", line)
        if not match:
            break
        found.setdefault(match[1].lower(), (number, match[2].strip()))
    return found


def values(text: str) -> dict[str, str]:
    """Each key's value, ready for the model."""
    return {key: value for key, (_, value) in lines(text).items()}
