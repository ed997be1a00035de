"""Pelican's reader of Markdown files, with more data for the templates."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
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

from plugins.lint import front_matter, publication
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
        metadata.update(self._publication(checked))
        self.settings["RENDERED"][source_path] = content
        metadata.update(checked.model_dump(include={"reviewed", "next_review", "seo_title", "about"}))
        if "modified" in metadata and "date" in metadata:  # an article may be scheduled: finished before its day
            metadata["modified"] = max(metadata["modified"], metadata["date"])
        metadata.update(toc=list(_headings(self._md.toc_tokens)), references=citations.references(self._md))
        return content, {**metadata, "minutes": _minutes(content), **place}

    def _publication(self, checked: FrontMatter) -> dict[str, str]:
        """Return why the text is not public, for its page in `make serve`. To Pelican a scheduled text is a draft."""
        reason = publication.not_public(checked, self.settings["NOW"], self.settings["PRACTICE"])
        is_scheduled = reason and checked.status == "published"
        return {"not_public": reason, **({"status": "draft"} if is_scheduled else {})}

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
        # Without a home page there is no site: a draft of it is a mistake (plugins/lint/proofreading.py).
        return {"template": "index", "slug": "/", "url": "", "save_as": "index.html", "status": "published"}
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


def split_at_form(html: Markup) -> tuple[Markup, Markup, Markup]:
    """Return an article's introduction, the sections before the form and those after it.

    The introduction ends at the first <h2>. The form follows the first section that links to it; without a link it
    follows all of them.
    """
    introduction, *sections = re.split(r"(?=<h2)", html)
    asking = next((place for place, section in enumerate(sections, 1) if "#call-back" in section), len(sections))
    # re.split returns plain strings, which Jinja would escape.
    before, after = Markup("".join(sections[:asking])), Markup("".join(sections[asking:]))  # noqa: S704 -- our own Markdown
    return Markup(introduction), before, after  # noqa: S704 -- our own Markdown


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


def _hide_unpublished(generator: ArticlesGenerator) -> None:
    # Pelican writes drafts to output/, and everything in there is published. Only `make serve` shows them: as hidden
    # articles, which are in no list. A draft would need a category.
    generator.hidden_articles = generator.drafts if generator.settings["LOCAL"] else []
    generator.drafts = []


def _split(generators: list[Generator]) -> None:
    # Only now does Pelican know the addresses that links between articles and pages lead to.
    for content in (content for each in generators for content in _contents(each)):
        content.introduction, content.before_form, content.after_form = split_at_form(content.content)


def _contents(generator: Generator) -> Sequence[Content]:
    if isinstance(generator, ArticlesGenerator):
        return [*generator.articles, *generator.hidden_articles]
    return generator.pages if isinstance(generator, PagesGenerator) else ()


def register() -> None:
    signals.readers_init.connect(_replace_readers)
    signals.content_object_init.connect(_as_markup)
    signals.article_generator_finalized.connect(_hide_unpublished)
    signals.all_generators_finalized.connect(_split)
