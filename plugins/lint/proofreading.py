"""The check of the sources and of the built site at the end of each build.

It reports all diagnostics at once, and then the build fails. `make serve` goes on showing the last good version, with
the diagnostics in a red bar; its first build is TOLERANT, because there is no good version yet. A change that awaits
its review does not fail the build, so that its author can look at it: its diagnostic is in the setting MISTAKES, and
`make publish` does not publish the change. Drafts are checked where they are shown, in `make serve`; a mistake in one
does not fail the build either.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from leads.domain.practice import Practice
from pelican import Pelican, signals
from pelican.generators import Generator

from plugins.lint import claims, crisis_file, front_matter, links, old_addresses, person_keys, publication
from plugins.lint.diagnostic import Diagnostic, print_findings
from plugins.lint.editorial import SourceFile, mistakes
from plugins.lint.front_matter import ArticleFrontMatter
from plugins.markdown import citations
from plugins.markdown.bibliography import Bibliography
from plugins.output import moved, notices

Settings = Mapping[str, Any]
"""Pelican's."""

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
    settings, content, output = pelican.settings, Path(pelican.path), Path(pelican.output_path)
    sources = _sources(content, settings)
    checked, practice = _checked(sources, settings), settings["PRACTICE"]
    bibliography, bibliography_file = settings["BIBLIOGRAPHY"], content / "references.bib"
    texts = [(source.path, source.text) for source in sources if not source.is_draft]
    found = [
        *_in_sources(checked),
        *person_keys.diagnostics(checked),
        *_home(content / front_matter.HOME, output),
        *_unread(content, settings),
        *_incomplete(bibliography, bibliography_file),
        *_practice(practice, content / "practice.toml"),
        *crisis_file.age_warnings(content / crisis_file.NAME, practice.country, settings["NOW"].date()),
        *_unused(sources, bibliography, bibliography_file),
        *old_addresses.diagnostics(texts, content, output),
        *_notices(practice, content / "practice.toml", output),
        *_broken_links(sources, output, settings),
    ]
    return _located(found, sources, content.parent)


def _located(found: Iterable[Diagnostic], sources: Iterable[SourceFile], root: Path) -> list[Diagnostic]:
    """Return each diagnostic once, with its path below the project's folder, sorted."""
    drafts = {str(source.path) for source in sources if source.is_draft}
    return sorted(
        {replace(each, path=each.path.replace(f"{root}/", ""), in_draft=each.path in drafts) for each in found}
    )


def _checked(sources: Iterable[SourceFile], settings: Settings) -> list[SourceFile]:
    return [source for source in sources if settings["LOCAL"] or not source.is_draft]


def _unread(content: Path, settings: Settings) -> Iterator[Diagnostic]:
    for folder in (*settings["ARTICLE_PATHS"], *settings["PAGE_PATHS"]):
        for path in sorted((content / folder).rglob("[!.]*.*")):
            if path.is_file() and path.suffix != ".md":
                message = "only files whose names end in .md are read. Give it such a name, or move it away."
                yield Diagnostic(str(path), 1, message, is_warning=True)


def _sources(content: Path, settings: Settings) -> list[SourceFile]:
    folders = [*settings["ARTICLE_PATHS"], *settings["PAGE_PATHS"]]
    files = [content / front_matter.HOME, *(path for folder in folders for path in (content / folder).rglob("*.md"))]
    paths = sorted(path for path in files if path.is_file())
    texts = [(path, path.read_text(encoding="utf-8-sig")) for path in paths]
    return [
        SourceFile(
            path=path,
            text=text,
            html=settings["RENDERED"].get(str(path), ""),  # empty if its front matter has mistakes
            content=content,
            bibliography=settings["BIBLIOGRAPHY"],
            practice=settings["PRACTICE"],
            today=settings["NOW"].date(),
        )
        for path, text in texts
        if front_matter.values(text).get("status") != "skip"
    ]


def _in_sources(sources: Iterable[SourceFile]) -> Iterator[Diagnostic]:
    for source in sources:
        yield from (Diagnostic(str(source.path), line, message) for line, message in mistakes(source))
        article = front_matter.read(source.path)
        if isinstance(article, ArticleFrontMatter) and not source.is_draft:
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
    for source in sorted(sources, key=lambda source: source.is_draft):  # a draft may choose another
        slug = front_matter.values(source.text).get("slug")
        if slug is None:
            continue  # a person, the home page, or a mistake that has its own message
        if slug in owners:
            line = front_matter.line_of("slug", source.text)
            yield Diagnostic(str(source.path), line, f"Slug: “{slug}” belongs to {owners[slug]}. Write another.")
        owners.setdefault(slug, source.path.name)


def _home(file: Path, output: Path) -> Iterator[Diagnostic]:
    is_draft = file.is_file() and "status" in front_matter.values(file.read_text(encoding="utf-8-sig"))
    if is_draft or not (output / "index.html").is_file():
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


def _notice_addresses(practice: Practice) -> frozenset[str]:
    return frozenset(link.address for link in notices.links(practice.notices))


def _notices(practice: Practice, path: Path, output: Path) -> Iterator[Diagnostic]:
    """Find notices whose page does not exist: each page's footer would lead nowhere."""
    text = path.read_text(encoding="utf-8-sig")
    for address in sorted(_notice_addresses(practice)):
        if address.startswith("/") and not (output / moved.path_of(address)).is_file():
            line = text.count("\n", 0, max(text.find(f'"{address}"'), 0)) + 1
            message = f"“{address}” is no page of the site. Write content/pages/{address.strip('/')}.md with that Slug."
            yield Diagnostic(str(path), line, message)


def _unused(sources: Iterable[SourceFile], bibliography: Bibliography, path: Path) -> Iterator[Diagnostic]:
    used = {key for source in sources for key in citations.keys(source.text)}
    for entry in bibliography.values():
        if entry.key not in used:
            message = f"nothing cites “{entry.key}”. Cite it, or remove it."
            yield Diagnostic(str(path), entry.line, message, is_warning=True)


def _broken_links(sources: Sequence[SourceFile], output: Path, settings: Settings) -> Iterator[Diagnostic]:
    by_page = {source.address: source for source in sources}
    is_early = _is_early(sources, settings["NOW"])
    reported = _notice_addresses(settings["PRACTICE"])
    for link in links.broken_links(output, settings["OWN_ADDRESSES"], is_early):
        source, wrong = by_page.get(link.page), f"“{link.target}” {link.reason}."
        line = _line_of_link(link.target, source.text, by_page) if source else None
        if source and line:
            yield Diagnostic(str(source.path), line, f"{wrong} Correct the link.")
        elif link.target not in reported:
            yield Diagnostic(f"{output}{link.page}", 1, f"{wrong} Correct the template.")


def _is_early(sources: Iterable[SourceFile], now: dt.datetime) -> links.Early:
    """Return a function that says whether one address is public before another that is not public now."""
    texts = {source.address: (front_matter.read(source.path), source.practice) for source in sources}
    moments = {address: publication.public_from(text, practice) for address, (text, practice) in texts.items() if text}

    def is_early(page: str, target: str) -> bool:
        later = moments.get(target, publication.ALWAYS)
        return later > now and later > moments.get(page, publication.ALWAYS)

    return is_early


def _line_of_link(target: str, text: str, by_page: Mapping[str, SourceFile]) -> int | None:
    """Return the line in which the link is written, by its address or by the file's name; None without any."""
    page = next((source for address, source in by_page.items() if target.partition("#")[0].endswith(address)), None)
    written = [words for words in (target, page and page.path.name) if words and words in text]
    return text.count("\n", 0, text.index(written[0])) + 1 if written else None


def _report(pelican: Pelican) -> None:
    found = diagnostics(pelican)
    print_findings("\n".join(str(diagnostic) for diagnostic in found if diagnostic.is_warning))
    mistakes = [diagnostic for diagnostic in found if not diagnostic.is_warning]
    lines = "\n".join(map(str, mistakes))
    if not pelican.settings["TOLERANT"] and any(diagnostic.stops_build for diagnostic in mistakes):
        sys.exit(lines)
    pelican.settings["MISTAKES"] = lines


def _refuse_unread(generators: list[Generator]) -> None:
    # Pelican only logs that it cannot read a file, and builds the site without it.
    unread = [path for path, content in generators[0].context["generated_content"].items() if content is None]
    if unread:
        raise UnreadableContentError(f"{', '.join(unread)}: Pelican could not read this. Its message is above.")


def _refuse_taken_slugs(generators: list[Generator]) -> None:
    # Before anything is written: Pelican ends at the second page of one address, and says nothing of its source.
    settings, content = generators[0].settings, Path(generators[0].path)
    sources = _sources(content, settings)
    if found := _located(_slugs(_checked(sources, settings)), sources, content.parent):
        sys.exit("\n".join(map(str, found)))


def register() -> None:
    signals.all_generators_finalized.connect(_refuse_unread)
    signals.all_generators_finalized.connect(_refuse_taken_slugs)
    signals.finalized.connect(_report)
