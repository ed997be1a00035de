"""The check of the sources and of the built site at the end of each build.

It reports all diagnostics at once, and then the build fails. `make serve` goes on showing the last good version, with
the diagnostics in a red bar; its first build is TOLERANT, because there is no good version yet. A change that awaits
its review does not fail the build, so that its author can look at it: its diagnostic is in the setting MISTAKES, and
`make publish` does not publish the change.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from leads.domain.practice import Practice
from pelican import Pelican, signals
from pelican.generators import Generator

from plugins.lint import claims, front_matter, links, person_keys
from plugins.lint.diagnostic import Diagnostic
from plugins.lint.editorial import SourceFile, mistakes
from plugins.lint.front_matter import ArticleFrontMatter
from plugins.markdown import citations
from plugins.markdown.bibliography import Bibliography

RESERVED_SLUGS = {"api", "assets", "local", "people", "pictures", "staff", "styleguide", "thank-you"}
"""Slugs whose pages would replace other files of the site or hide a function's address."""

UNREVIEWED = (
    "the article was changed after its last review. Have the change reviewed, then write the new dates; if it only "
    "corrects spelling, add the line “Review_not_needed: spelling”. Until then `make publish` leaves the page as it is."
)


class UnreadableContentError(Exception):
    """Pelican could not read a file and left it out. Its log has the reason."""


def diagnostics(pelican: Pelican) -> list[Diagnostic]:
    """Return every diagnostic of the site, sorted by file and line."""
    root, sources = Path(pelican.path).parent, _sources(pelican)
    bibliography, bibliography_file = pelican.settings["BIBLIOGRAPHY"], Path(pelican.path, "references.bib")
    found = [
        *_in_sources(sources),
        *_slugs(sources),
        *person_keys.diagnostics(sources),
        *_home(Path(pelican.path, front_matter.HOME), Path(pelican.output_path)),
        *_incomplete(bibliography, bibliography_file),
        *_practice(pelican.settings["PRACTICE"], Path(pelican.path, "practice.toml")),
        *_unused(sources, bibliography, bibliography_file),
        *_broken_links(sources, Path(pelican.output_path)),
    ]
    return sorted({replace(diagnostic, path=diagnostic.path.replace(f"{root}/", "")) for diagnostic in found})


def _sources(pelican: Pelican) -> list[SourceFile]:
    settings = pelican.settings
    folders = [*settings["ARTICLE_PATHS"], *settings["PAGE_PATHS"]]
    files = [Path(pelican.path, front_matter.HOME)]
    files += [path for folder in folders for path in Path(pelican.path, folder).rglob("*.md")]
    paths = sorted(path for path in files if path.is_file())
    texts = [(path, path.read_text(encoding="utf-8-sig")) for path in paths]
    return [
        SourceFile(
            path=path,
            text=text,
            html=settings["RENDERED"].get(str(path), ""),  # empty if its front matter has mistakes
            content=Path(pelican.path),
            bibliography=settings["BIBLIOGRAPHY"],
            practice=settings["PRACTICE"],
            today=settings["NOW"].date(),
        )
        for path, text in texts
        if front_matter.values(text).get("status") not in {"draft", "skip"}
    ]


def _in_sources(sources: Iterable[SourceFile]) -> Iterator[Diagnostic]:
    for source in sources:
        yield from (Diagnostic(str(source.path), line, message) for line, message in mistakes(source))
        article = front_matter.read(source.path)
        if isinstance(article, ArticleFrontMatter):
            yield from _reviews(source, article)


def _reviews(source: SourceFile, article: ArticleFrontMatter) -> Iterator[Diagnostic]:
    def diagnostic(key: str, message: str, *, awaits_review: bool = False) -> Diagnostic:
        line = front_matter.line_of(key, source.text)
        return Diagnostic(str(source.path), line, message, is_warning=not awaits_review, awaits_review=awaits_review)

    if article.awaits_review:
        yield diagnostic("modified", UNREVIEWED, awaits_review=True)
    if article.review_not_needed and not article.is_changed_since_review:
        yield diagnostic(
            "review_not_needed", "the last change was reviewed. Remove the line, for the next one to be too."
        )
    if source.today <= article.next_review <= source.today + front_matter.REVIEW_NOTICE:
        yield diagnostic("next_review", "the next review is due within a month. Plan it.")
    if article.next_review < source.today:
        overdue = "the review is overdue, and the page says so. Have the article reviewed, then write the new dates."
        yield diagnostic("next_review", overdue)


def _slugs(sources: Iterable[SourceFile]) -> Iterator[Diagnostic]:
    owners = dict.fromkeys(RESERVED_SLUGS, "the site itself")
    for source in sources:
        slug = front_matter.values(source.text).get("slug")
        if slug is None:
            continue  # a person, the home page, or a mistake that has its own message
        if slug in owners:
            line = front_matter.line_of("slug", source.text)
            yield Diagnostic(str(source.path), line, f"Slug: “{slug}” belongs to {owners[slug]}. Write another.")
        owners.setdefault(slug, source.path.name)


def _home(file: Path, output: Path) -> Iterator[Diagnostic]:
    if not (output / "index.html").is_file():
        yield Diagnostic(str(file), 1, "the site has no home page without this file. Write it, without “Status”.")


def _incomplete(bibliography: Bibliography, path: Path) -> Iterator[Diagnostic]:
    for entry in bibliography.values():
        for name, value in {"title": entry.title, "year": entry.year, "doi or url": entry.url}.items():
            if not value:
                yield Diagnostic(str(path), entry.line, f"“{entry.key}” has no {name}. Add it.")


def _practice(practice: Practice, path: Path) -> Iterator[Diagnostic]:
    """Find refused words in the tagline and the conditions.

    The practice's name is its own choice and is not checked.
    """
    text = path.read_text(encoding="utf-8-sig")
    for value in (practice.tagline, *(condition.label for condition in practice.conditions)):
        line = text.count("\n", 0, max(text.find(value), 0)) + 1
        for word, remedy in claims.refused_in_line(value):
            yield Diagnostic(str(path), line, f"“{word}” is refused. {remedy}")


def _unused(sources: Iterable[SourceFile], bibliography: Bibliography, path: Path) -> Iterator[Diagnostic]:
    used = {key for source in sources for key in citations.keys(source.text)}
    for entry in bibliography.values():
        if entry.key not in used:
            message = f"nothing cites “{entry.key}”. Cite it, or remove it."
            yield Diagnostic(str(path), entry.line, message, is_warning=True)


def _broken_links(sources: Iterable[SourceFile], output: Path) -> Iterator[Diagnostic]:
    by_page = {front_matter.address_of(source.path, source.text): source for source in sources}
    for link in links.broken_links(output):
        source, wrong = by_page.get(link.page), f"“{link.target}” {link.reason}."
        if source and link.target in source.text:
            line = source.text.count("\n", 0, source.text.index(link.target)) + 1
            yield Diagnostic(str(source.path), line, f"{wrong} Correct the link.")
        else:
            yield Diagnostic(f"{output}{link.page}", 1, f"{wrong} Correct the template.")


def _report(pelican: Pelican) -> None:
    found = diagnostics(pelican)
    sys.stderr.writelines(f"{diagnostic}\n" for diagnostic in found if diagnostic.is_warning)
    mistakes = [diagnostic for diagnostic in found if not diagnostic.is_warning]
    lines = "\n".join(map(str, mistakes))
    if not pelican.settings["TOLERANT"] and not all(diagnostic.awaits_review for diagnostic in mistakes):
        sys.exit(lines)
    pelican.settings["MISTAKES"] = lines


def _refuse_unread(generators: list[Generator]) -> None:
    # Pelican only logs that it cannot read a file, and builds the site without it.
    unread = [path for path, content in generators[0].context["generated_content"].items() if content is None]
    if unread:
        raise UnreadableContentError(f"{', '.join(unread)}: Pelican could not read this. Its message is above.")


def register() -> None:
    signals.all_generators_finalized.connect(_refuse_unread)
    signals.finalized.connect(_report)
