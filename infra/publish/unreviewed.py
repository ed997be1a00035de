"""Articles whose last change awaits a review: the site is built with their live text."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from plugins.lint import front_matter
from plugins.lint.front_matter import ArticleFrontMatter
from plugins.lint.proofreading import UNREVIEWED

ARTICLES = "articles"


def awaiting(content: Path) -> Mapping[str, str]:
    """Return the slug of each published article whose last change awaits a review, by its path under `content`."""
    return {path: article.slug for path, article in _published(content) if article.awaits_review}


def texts(content: Path, built: Iterable[str]) -> Mapping[str, bytes]:
    """Return the source of each article that is among the built files, by its path under `content`."""
    pages = frozenset(built)
    return {
        path: (content / path).read_bytes()
        for path, article in _published(content)
        if f"{article.slug}/index.html" in pages
    }


def _published(content: Path) -> Iterator[tuple[str, ArticleFrontMatter]]:
    for file in sorted((content / ARTICLES).rglob("*.md")):
        article = front_matter.read(file)
        if isinstance(article, ArticleFrontMatter) and article.status == "published":
            yield file.relative_to(content).as_posix(), article


@contextmanager
def as_live(content: Path, waiting: Iterable[str], live: Callable[[str], bytes | None]) -> Iterator[Path]:
    """Yield a copy of the content in which each waiting article has its live text, and is missing if it has none."""
    with TemporaryDirectory(prefix="clinic-callback-") as folder:
        copy = Path(shutil.copytree(content, Path(folder, content.name)))
        for path in waiting:
            text = live(path)
            if text is None:
                (copy / path).unlink()
            else:
                (copy / path).write_bytes(text)
        yield copy


def messages(content: Path, waiting: Iterable[str]) -> str:
    """Return a line for each waiting article: where its change is, and what to do."""
    return "\n".join(f"{content.name}/{path}:{_line(content / path)}: {UNREVIEWED}" for path in waiting)


def _line(file: Path) -> int:
    return front_matter.line_of("modified", file.read_text(encoding="utf-8-sig"))
