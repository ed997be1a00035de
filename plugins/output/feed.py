"""The Atom feed: title and description of each article, without its text.

The text is read on the page, below the crisis card.
"""

from __future__ import annotations

from typing import Any

from feedgenerator import Atom1Feed
from pelican import signals
from pelican.generators import ArticlesGenerator


def _summarise(generator: ArticlesGenerator) -> None:
    for article in generator.articles:
        article.metadata["summary"] = article.description


def _remove_text(context: dict[str, Any], feed: Atom1Feed) -> None:
    for item in feed.items:
        item["content"] = None


def register() -> None:
    signals.article_generator_finalized.connect(_summarise)
    signals.feed_generated.connect(_remove_text)
