"""An article's own pictures: the drawn hero, the social picture and the pin."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from markupsafe import Markup
from pelican import signals
from pelican.generators import ArticlesGenerator


@dataclass(frozen=True)
class Picture:
    """A picture as templates print it; its address is absolute."""

    url: str
    width: int
    height: int
    alt: str


def _hero(seed: str) -> Markup:
    if not find_spec("plugins.hero"):
        return Markup('<svg viewBox="0 0 1 1"></svg>')
    from plugins.hero import hero_svg

    return hero_svg(seed)


def _draw(generator: ArticlesGenerator) -> None:
    for article in generator.articles:
        article.hero = _hero(article.slug)
        article.social = Picture(f"{generator.settings['SITEURL']}/social.png", 1200, 630, article.title)
        article.pin = Picture(f"{generator.settings['SITEURL']}/pin.png", 1000, 1500, article.title)


def register() -> None:
    signals.article_generator_finalized.connect(_draw)
