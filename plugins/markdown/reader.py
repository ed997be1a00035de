"""Pelican's reader of Markdown files, with more data for the templates."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from markupsafe import Markup
from pelican import signals
from pelican.contents import Content
from pelican.generators import ArticlesGenerator, Generator, PagesGenerator
from pelican.readers import MarkdownReader, Readers
from pelican.urlwrappers import Author

from plugins.lint import front_matter
from plugins.lint.front_matter import ArticleFrontMatter, FrontMatter, HomeFrontMatter, PersonFrontMatter
from plugins.markdown import citations
from plugins.markdown.people import FOLDER, Person, byline_of

WORDS_A_MINUTE = 220


@dataclass(frozen=True)
class Heading:
    """A line of the contents list."""

    id: str
    text: str
    level: int


class CheckedMarkdownReader(MarkdownReader):
    """Pelican's own reader with checked front matter, contents list and references."""

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return a file's HTML and its metadata, "skip" if its front matter has mistakes."""
        checked = front_matter.read(Path(source_path))
        if checked is None:
            return "", {"status": "skip"}  # the editorial checks report it
        place = _place(checked, Path(source_path), self.settings)
        if place is None:
            return "", {"status": "skip"}
        content, metadata = super().read(source_path)
        self.settings["RENDERED"][source_path] = content
        metadata.update(checked.model_dump(include={"reviewed", "next_review"}))
        if "modified" in metadata and "date" in metadata:  # an article may be scheduled: finished before its day
            metadata["modified"] = max(metadata["modified"], metadata["date"])
        metadata.update(toc=list(_headings(self._md.toc_tokens)), references=citations.references(self._md))
        return content, {**metadata, "minutes": _minutes(content), **place}

    def _parse_metadata(self, meta: Mapping[str, list[str]]) -> dict[str, Any]:
        # The values that were checked. Pelican would give a list of lines for a value that continues in a second one.
        values = front_matter.values(Path(self._source_path).read_text(encoding="utf-8-sig"))
        parsed: dict[str, Any] = super()._parse_metadata({key: [values[key]] for key in meta})
        return parsed


def _place(checked: FrontMatter, file: Path, settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what a file's metadata has beside its own: where its page is, and whom it names.

    Return None for a file that makes no page: a person that is no public one, or an article that names an unknown key,
    which the checks of the content report.
    """
    people: Mapping[str, Person] = settings["PEOPLE"]
    if isinstance(checked, HomeFrontMatter):
        return {"template": "index", "slug": "/", "url": "", "save_as": "index.html"}
    if isinstance(checked, PersonFrontMatter):
        person = people.get(checked.key)
        return _person_place(person) if person and person.file == file else None
    if isinstance(checked, ArticleFrontMatter):
        byline = byline_of(checked, people)
        # Pelican's feed takes the author's name from here.
        return {"byline": byline, "author": Author(byline.author.name, settings)} if byline else None
    return {}


def _person_place(person: Person) -> dict[str, Any]:
    # No other page can have this slug: Pelican takes pages with one slug for translations.
    slug, save_as = f"{FOLDER}/{person.key}", f"{person.url}index.html"
    return {
        "template": "person",
        "title": person.name,
        "slug": slug,
        "url": person.url,
        "save_as": save_as,
        "person": person,
    }


@dataclass(frozen=True)
class ArticleSection:
    """A part of an article's HTML that begins with a heading of the second level."""

    html: Markup
    links_to_form: bool
    """Whether the section's own text links to the form; where it does not, the template adds a link."""


def split_sections(html: Markup) -> tuple[Markup, list[ArticleSection]]:
    """Return what comes before the first <h2>, and each part from an <h2> to the next."""
    introduction, *parts = re.split(r"(?=<h2)", html)
    # re.split returns plain strings, which Jinja would escape.
    sections = [ArticleSection(Markup(part), "#call-back" in part) for part in parts]  # noqa: S704 -- our own Markdown
    return Markup(introduction), sections  # noqa: S704 -- our own Markdown


def _headings(tokens: list[Mapping[str, Any]]) -> Iterator[Heading]:
    for token in tokens:
        yield Heading(token["id"], citations.without(unescape(token["name"])), token["level"])
        yield from _headings(token["children"])


def _minutes(html: str) -> int:
    return math.ceil(len(re.sub(r"<[^>]+>", " ", html).split()) / WORDS_A_MINUTE)


def _replace_readers(readers: Readers) -> None:
    readers.reader_classes = {"md": CheckedMarkdownReader, "static": readers.reader_classes["static"]}


def _as_markup(content: Content) -> None:
    # Jinja escapes what is not Markup. This HTML comes from the editors' Markdown.
    html = content.get_content
    content.get_content = lambda site_url: Markup(html(site_url) or "")  # noqa: S704 -- see above


def _drop_unpublished(generator: ArticlesGenerator) -> None:
    # Pelican writes drafts, future and hidden articles to output/, and everything in there is published.
    generator.drafts = generator.hidden_articles = []


def _split(generators: list[Generator]) -> None:
    # Only now does Pelican know the addresses that links between articles and pages lead to.
    for each in generators:
        for content in each.articles if isinstance(each, ArticlesGenerator) else ():
            content.introduction, content.sections = split_sections(content.content)
        for content in each.pages if isinstance(each, PagesGenerator) else ():
            content.introduction, content.sections = split_sections(content.content)


def register() -> None:
    signals.readers_init.connect(_replace_readers)
    signals.content_object_init.connect(_as_markup)
    signals.article_generator_finalized.connect(_drop_unpublished)
    signals.all_generators_finalized.connect(_split)
