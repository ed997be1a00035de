"""Front matter, the lines above an article, a page or a person's text, as a checked model."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Literal

from markdown import Markdown
from markdown.extensions.meta import META_MORE_RE, META_RE, MetaPreprocessor
from markdown.preprocessors import NormalizeWhitespace
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

REVIEW_NOTICE = dt.timedelta(days=30)
"""The build warns the editor this long before the next review is due."""

SEO_TITLE_LENGTH = 60
"""Characters of a title that search engines show."""

EMPTY_LINE = re.compile(r"\n[ \t]*\n")

_MARKDOWN = Markdown()

NonEmpty = Annotated[str, Field(min_length=1)]

REPEATABLE = {"was"}
"""Keys that may stand on several lines; their values count together."""


def _listed(value: str) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split())


Addresses = Annotated[
    tuple[str, ...], BeforeValidator(lambda value: _listed(value) if isinstance(value, str) else value)
]
"""Addresses of this site, in the file one to a line or with commas between them."""


Name = Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
"""A name in an address: small letters, digits and hyphens."""

Status = Literal["published", "draft", "skip"]


class FrontMatter(BaseModel):
    """The front matter that every file has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: NonEmpty
    modified: dt.datetime
    status: Status = "published"
    was: Addresses = ()
    """The text's earlier addresses, which lead here; plugins/lint/old_addresses.py checks them."""
    sample: bool = False
    """Whether the text is an example that `make publish` refuses."""


class HomeFrontMatter(FrontMatter):
    """The front matter of the home page, which has the address /; the site is not built without it."""

    title: NonEmpty


class PageFrontMatter(FrontMatter):
    """The front matter of a page."""

    title: NonEmpty
    slug: Name


class PersonFrontMatter(FrontMatter):
    """The front matter of a person of the practice."""

    key: Name
    name: NonEmpty
    credentials: str = ""
    role: NonEmpty
    photo: NonEmpty | None = None
    home: bool = True
    """Whether the person is on the home page."""


class ArticleFrontMatter(PageFrontMatter):
    """The front matter of an article, with its author, its reviewer and its dates.

    Author and reviewer are keys of people.
    """

    date: dt.datetime
    author: NonEmpty
    reviewer: NonEmpty
    reviewed: dt.date
    next_review: dt.date
    seo_title: NonEmpty | None = None
    """The title in search results, where it is cut after about SEO_TITLE_LENGTH characters."""
    about: NonEmpty | None = None
    """Names of the conditions that the article is about, with commas between them, for search engines."""
    review_not_needed: Literal["spelling"] | None = None

    @property
    def is_changed_since_review(self) -> bool:
        """Return whether the article was changed on a day after its last review."""
        return self.modified.date() > self.reviewed

    @property
    def awaits_review(self) -> bool:
        """Return whether the last change must be reviewed before it is published."""
        return self.is_changed_since_review and self.review_not_needed is None


EXAMPLES: Mapping[str, str] = {
    "title": "Sleep and low mood",
    "slug": "sleep-and-low-mood",
    "description": "What a night without sleep does to your mood, and what helps.",
    "modified": "2026-11-16 09:00",
    "status": "draft",
    "was": "/old-address/",
    "sample": "true",
    "date": "2026-11-16 09:00",
    "author": "ada-example",
    "reviewer": "max-example",
    "reviewed": "2026-11-16",
    "next_review": "2027-11-16",
    "seo_title": "Sleep and mood: what helps",
    "about": "Insomnia, Depression",
    "review_not_needed": "spelling",
    "key": "ada-example",
    "name": "Ada Example",
    "credentials": "PMHNP-BC",
    "role": "Psychiatric nurse practitioner",
    "photo": "images/ada-example.jpg",
    "home": "no",
}
"""A valid value of each key, for messages."""

MOVED = {"author_credentials", "reviewer_credentials"}
"""Keys that articles used to have, and people have now."""

HOME = "home.md"
"""The file of the home page, in content/ itself."""

MODELS: Mapping[str, type[FrontMatter]] = {
    "articles": ArticleFrontMatter,
    "pages": PageFrontMatter,
    "people": PersonFrontMatter,
}
"""The model of the files in each folder of content/."""


def model_of(path: Path) -> type[FrontMatter]:
    """Return the model that a file under content/ must satisfy."""
    # A folder above content/ may have any name.
    within = takewhile(lambda parent: parent.name != "content", path.parents)
    folder = next((parent.name for parent in within if parent.name in MODELS), "")
    return MODELS.get(folder, HomeFrontMatter if path.name == HOME else PageFrontMatter)


def address_of(path: Path, text: str) -> str:
    """Return the path of the page that is built from a file, such as /people/ada-example/."""
    model, written = model_of(path), values(text)
    if model is HomeFrontMatter:
        return "/"
    return f"/people/{written.get('key')}/" if model is PersonFrontMatter else f"/{written.get('slug')}/"


def values(text: str) -> dict[str, str]:
    """Return each key's value, as Markdown's meta extension reads it."""
    return {key: value for key, (_, value) in _lines(text).items()}


def line_of(key: str, text: str) -> int:
    """Return the line of a key, or 1 if it is missing."""
    return _lines(text).get(key, (1, ""))[0]


def line_count(text: str) -> int:
    """Return the number of lines of the front matter."""
    return len(_above(text))


def _above(text: str) -> list[str]:
    # Markdown's own extension decides where the front matter ends, as it does when the page is rendered. It always ends
    # at an empty line, so the extension need not see the rest.
    head = EMPTY_LINE.search(text)
    lines = NormalizeWhitespace(_MARKDOWN).run(text[: head.end() if head else None].split("\n"))
    below = MetaPreprocessor(_MARKDOWN).run(lines.copy())
    return lines[: len(lines) - len(below)]


def _entries(text: str) -> list[tuple[str, int, str]]:
    """Return each key with its line and value, in the order of the file."""
    found: list[tuple[str, int, str]] = []
    for number, line in enumerate(_above(text), 1):
        if match := META_RE.match(line):
            found.append((match["key"].lower(), number, match["value"].strip()))
        elif found and (match := META_MORE_RE.match(line)):  # the value continues
            key, first, value = found[-1]
            found[-1] = (key, first, f"{value} {match['value'].strip()}")
    return found


def _lines(text: str) -> Mapping[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for key, number, value in _entries(text):
        if key in REPEATABLE and key in found:
            first, before = found[key]
            found[key] = (first, f"{before} {value}")
        found.setdefault(key, (number, value))  # the first of two lines with one key counts
    return found


def duplicates(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and key of each line whose key was written above it."""
    seen: set[str] = set()
    for key, number, _ in _entries(text):
        if key in seen:
            yield number, key
        seen.update({key} - REPEATABLE)


def old_addresses(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and address of each earlier address, as it is written."""
    for key, number, value in _entries(text):
        if key == "was":
            yield from ((number, address) for address in _listed(value))


def read(path: Path) -> FrontMatter | None:
    """Return a file's front matter, or None if it has mistakes."""
    try:
        return model_of(path).model_validate(values(path.read_text(encoding="utf-8-sig")))
    except ValidationError:
        return None


def mistakes(model: type[FrontMatter], text: str, today: dt.date) -> Iterator[tuple[str, str]]:
    """Yield each key that has a mistake, with the message."""
    try:
        front_matter = model.model_validate(values(text))
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False):
            key = str(error["loc"][0])
            yield key, _message(error["type"], key, error["input"], model)
    else:
        yield from _implausible(front_matter, today)


def _message(kind: str, key: str, value: object, model: type[FrontMatter]) -> str:
    written = f"{key.capitalize()}: {EXAMPLES.get(key, '...')}"
    if kind == "extra_forbidden":
        if key in MOVED:
            return "credentials are in the person's file in content/people now. Remove the line."
        near = get_close_matches(key, model.model_fields, n=1)
        return f"there is no such key. {f'Write “{near[0].capitalize()}”.' if near else 'Remove the line.'}"
    if kind == "missing":
        return f"this is missing. Write a line like “{written}”."
    return f"“{value}” cannot be used here. Write it like “{written}”."


def _implausible(front_matter: FrontMatter, today: dt.date) -> Iterator[tuple[str, str]]:
    length = len(front_matter.description)
    if not 50 <= length <= 160:
        yield "description", f"this has {length} characters. Write 50 to 160: search engines show no more."
    if isinstance(front_matter, ArticleFrontMatter):
        yield from _implausible_dates(front_matter, today)
        yield from _long_titles(front_matter)


def _long_titles(article: ArticleFrontMatter) -> Iterator[tuple[str, str]]:
    limit = f"{SEO_TITLE_LENGTH} characters: search engines show no more."
    if article.seo_title is None and len(article.title) > SEO_TITLE_LENGTH:
        yield "title", f"this has {len(article.title)} characters. Add a line “Seo_title: ...” with at most {limit}"
    if article.seo_title and len(article.seo_title) > SEO_TITLE_LENGTH:
        yield "seo_title", f"this has {len(article.seo_title)} characters. Write at most {limit}"


def _implausible_dates(article: ArticleFrontMatter, today: dt.date) -> Iterator[tuple[str, str]]:
    # A review before the day of publication means a scheduled article: it may have been finished earlier, too.
    if article.modified < article.date and article.date.date() <= article.reviewed:
        yield "modified", "the article was changed before it was published. Write the date of the last change."
    if article.reviewed > today:
        yield "reviewed", "this day is still to come. Write the day on which the review was done."
