"""The people of the practice, from content/people: each has a page, and articles name them by their keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pelican import Pelican, signals
from pelican.generators import Generator

from plugins.lint import front_matter
from plugins.lint.front_matter import ArticleFrontMatter, PersonFrontMatter
from plugins.media import assets, portraits
from plugins.media.portraits import Portrait

FOLDER = "people"


@dataclass(frozen=True)
class Person:
    """A person of the practice, as templates and structured data show them."""

    file: Path
    key: str
    name: str
    credentials: str
    role: str
    description: str
    home: bool
    """Whether the person is on the home page."""
    sample: bool
    portrait: Portrait | None = None

    @property
    def url(self) -> str:
        """Return the address of the person's page, without the first slash."""
        return f"{FOLDER}/{self.key}/"

    @property
    def full_name(self) -> str:
        """Return the name with what must be read beside it: credentials, and that it is a sample."""
        name = f"{self.name}, {self.credentials}" if self.credentials else self.name
        return f"{name} (sample)" if self.sample else name


@dataclass(frozen=True)
class Byline:
    """The two people whom an article names."""

    author: Person
    reviewer: Person


def read(content: Path, cache: Path) -> dict[str, Person]:
    """Return each published person by key, in the order of the files' names.

    A file with mistakes, and the second file with one key, are left out: the checks of the content report them.
    """
    people: dict[str, Person] = {}
    for file in sorted((content / FOLDER).rglob("*.md")):
        facts = front_matter.read(file)
        if isinstance(facts, PersonFrontMatter) and facts.status == "published":
            people.setdefault(facts.key, _person(file, facts, content, cache))
    return people


def _person(file: Path, facts: PersonFrontMatter, content: Path, cache: Path) -> Person:
    picture = portraits.find(facts.photo, content) if facts.photo else None
    return Person(
        file=file,
        portrait=portraits.portrait(picture, cache) if picture else None,
        **facts.model_dump(include={"key", "name", "credentials", "role", "description", "home", "sample"}),
    )


def byline_of(article: ArticleFrontMatter, people: Mapping[str, Person]) -> Byline | None:
    """Return the people whom an article names by their keys, or None if one is unknown."""
    author, reviewer = people.get(article.author), people.get(article.reviewer)
    return Byline(author, reviewer) if author and reviewer else None


def _read(pelican: Pelican) -> None:
    pelican.settings["PEOPLE"] = read(Path(pelican.path), Path(pelican.settings["CACHE_PATH"]))


def _publish(generators: list[Generator]) -> None:
    settings = generators[0].settings
    for person in settings["PEOPLE"].values():
        for name, content in person.portrait.files if person.portrait else ():
            assets.publish(name, content, Path(settings["OUTPUT_PATH"]))


def register() -> None:
    signals.initialized.connect(_read)
    signals.all_generators_finalized.connect(_publish)
