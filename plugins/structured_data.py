"""Structured data."""

from __future__ import annotations

from markupsafe import Markup
from pelican import signals
from pelican.generators import ArticlesGenerator


def _describe(generator: ArticlesGenerator) -> None:
    for article in generator.articles:
        article.structured_data = Markup("{}")


def register() -> None:
    signals.article_generator_finalized.connect(_describe)
