"""Publishing while an article has an unreviewed change: its page stays as it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra import site
from infra.publish import __main__ as command
from infra.publish.publishing import PublishError
from plugins.output import moved
from plugins.output.moved import OldAddress
from tests.support.cdn import CloudServices, PublishedStack, aws_in_memory
from tests.support.small_site import ARTICLE, NOW, PAGE, SmallSite, small_site

SLEEP, SECOND, PRIVACY = "content/articles/sleep.md", "content/articles/second.md", "content/pages/privacy.md"
REVIEWED = "Modified: 2026-11-17 10:30"
CHANGED = ARTICLE.replace(REVIEWED, "Modified: 2026-11-18 10:30").replace("Sleep", "Slumber")
"""The article with another title and text, changed on the day after its review."""
OTHER = ARTICLE.replace("Slug: sleep", "Slug: second").replace("Sleep & low mood", "A second article")
LATER_PAGE = PAGE.replace("keeps it", "keeps it for a year")


@pytest.fixture(scope="module")
def services() -> Iterator[CloudServices]:
    with aws_in_memory():
        yield CloudServices.make()


@dataclass(frozen=True)
class PublishedSite:
    """A small site and the stack to which it is published."""

    small: SmallSite
    stack: PublishedStack

    def publish(self) -> None:
        command.publish(dry_run=False, everything=False, fetch=self.stack.fetch)

    def publish_all_but(self) -> str:
        """Publish, and return how it ended where a change awaits its review."""
        with pytest.raises(PublishError) as ended:
            self.publish()
        return str(ended.value)

    def roll_back(self) -> None:
        command.rollback(dry_run=False, fetch=self.stack.fetch)

    def page(self, path: str) -> str:
        """Return a page as readers get it."""
        return self.stack.served()[path].decode()


@pytest.fixture
def editor_site(services: CloudServices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublishedSite:
    small = small_site(tmp_path)
    made = PublishedSite(small, services.stack())
    made.stack.connect(monkeypatch, services.clients)
    monkeypatch.setattr(site, "ROOT", small.folder)
    monkeypatch.setattr(command, "CONTENT", small.folder / "content")
    monkeypatch.setattr(command, "OUTPUT", small.output)
    monkeypatch.setattr(command, "COMPILED", small.compiled)
    monkeypatch.setitem(os.environ, "SOURCE_DATE_EPOCH", NOW)
    return made


@pytest.fixture
def published(editor_site: PublishedSite) -> PublishedSite:
    """With a reviewed article that is live, and then changed by its editor."""
    editor_site.publish()
    editor_site.small.write(SLEEP, CHANGED)
    return editor_site


def test_an_unreviewed_change_leaves_the_page_as_it_is_live(published: PublishedSite) -> None:
    before = published.page("sleep/index.html")
    published.publish_all_but()
    assert published.page("sleep/index.html") == before


def test_an_unreviewed_change_reaches_no_other_file(published: PublishedSite) -> None:
    published.publish_all_but()
    assert [path for path, body in published.stack.served().items() if b"Slumber" in body] == []


def test_all_other_pages_are_published(published: PublishedSite) -> None:
    published.small.write(PRIVACY, LATER_PAGE)
    published.small.write(SECOND, OTHER)
    published.publish_all_but()
    assert "keeps it for a year" in published.page("privacy/index.html")
    assert "A second article" in published.page("second/index.html")


def test_publish_says_where_the_change_is_and_what_to_do(
    published: PublishedSite, capsys: pytest.CaptureFixture[str]
) -> None:
    published.publish_all_but()
    assert "content/articles/sleep.md:4: the article was changed after its last review." in capsys.readouterr().err


def test_publish_ends_with_an_error_that_names_the_article(published: PublishedSite) -> None:
    assert published.publish_all_but() == "Not published, for its last change was not reviewed: articles/sleep.md."


def test_an_unreviewed_change_may_have_other_mistakes(published: PublishedSite) -> None:
    published.small.write(SLEEP, CHANGED.replace("@bob", "@bib"))
    published.small.write(PRIVACY, LATER_PAGE)
    published.publish_all_but()
    assert "keeps it for a year" in published.page("privacy/index.html")


def test_the_live_text_lasts_for_any_number_of_publishes(published: PublishedSite) -> None:
    before = published.page("sleep/index.html")
    for number in range(3):
        published.small.write(PRIVACY, PAGE.replace("keeps it", f"keeps it for {number} years"))
        published.publish_all_but()
    assert published.page("sleep/index.html") == before


def test_a_review_publishes_the_change(published: PublishedSite) -> None:
    published.publish_all_but()
    published.small.write(SLEEP, CHANGED.replace("Reviewed: 2026-11-17", "Reviewed: 2026-11-18"))
    published.publish()
    assert "Slumber" in published.page("sleep/index.html")


def test_spelling_is_published_without_a_review(published: PublishedSite) -> None:
    published.small.write(SLEEP, CHANGED.replace("Next_review", "Review_not_needed: spelling\nNext_review"))
    published.publish()
    assert "Slumber" in published.page("sleep/index.html")


def test_an_unreviewed_article_that_was_never_live_is_left_out_and_not_linked(editor_site: PublishedSite) -> None:
    editor_site.small.write(SECOND, OTHER.replace(REVIEWED, "Modified: 2026-11-18 10:30"))
    editor_site.publish_all_but()
    assert [path for path, body in editor_site.stack.served().items() if "second" in path or b"/second/" in body] == []


def test_an_unreviewed_article_that_was_taken_off_the_site_is_left_out(published: PublishedSite) -> None:
    published.small.write(SLEEP, ARTICLE.replace("Slug", "Status: draft\nSlug"))
    published.small.write("content/gone.txt", "Gone: /sleep/\n")
    published.publish()
    published.small.write(SLEEP, CHANGED)
    published.publish_all_but()
    assert moved.read(published.stack.served()["sleep/index.html"]) == OldAddress()


def test_a_renamed_article_whose_change_awaits_review_stays_at_its_address(published: PublishedSite) -> None:
    before = published.page("sleep/index.html")
    published.small.write(SLEEP, CHANGED.replace("Slug: sleep", "Slug: night\nWas: /sleep/"))
    published.publish_all_but()
    assert published.page("sleep/index.html") == before


@pytest.mark.parametrize("changes", [("Slug", "Status: draft\nSlug"), ("Date: 2026-11-16", "Date: 2026-11-30")])
def test_what_make_serve_shows_before_its_day_is_not_published(
    changes: tuple[str, str], editor_site: PublishedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor_site.small.write(SECOND, OTHER.replace(*changes))
    monkeypatch.setenv("LOCAL", "1")
    site.build(OUTPUT_PATH=editor_site.small.output, COMPILED_PATH=editor_site.small.compiled)
    assert "output/second/index.html" in editor_site.small.files()
    editor_site.publish()
    served = editor_site.stack.served()
    assert [path for path, body in served.items() if "second" in path or b"second" in body.lower()] == []


def test_after_a_rollback_the_text_that_it_brought_back_stays(published: PublishedSite) -> None:
    before = published.page("sleep/index.html")
    published.small.write(SLEEP, CHANGED.replace("Reviewed: 2026-11-17", "Reviewed: 2026-11-18"))
    published.publish()
    published.roll_back()
    published.small.write(SLEEP, CHANGED)
    published.small.write(PRIVACY, LATER_PAGE)
    published.publish_all_but()
    assert published.page("sleep/index.html") == before


def test_a_rollback_works_over_a_publish_that_left_a_page_as_it_was(published: PublishedSite) -> None:
    before = dict(published.stack.pages())
    published.small.write(PRIVACY, LATER_PAGE)
    published.publish_all_but()
    published.roll_back()
    assert published.stack.pages() == before


def test_a_renamed_file_with_an_unreviewed_change_takes_no_page_away(published: PublishedSite) -> None:
    (published.small.folder / SLEEP).unlink()
    published.small.write(SECOND, CHANGED)
    assert "its page is live from a file of another name" in published.publish_all_but()
    assert "sleep/index.html" in published.stack.served()


def test_the_text_of_an_article_is_kept_once(published: PublishedSite) -> None:
    published.publish_all_but()
    published.small.write(PRIVACY, LATER_PAGE)
    published.stack.calls.begin()
    published.publish_all_but()
    records = ("live.json, begun", "the release's own record", "live.json, done")
    changed = ("privacy/index.html", "sitemap.xml")
    assert len(published.stack.calls.writes) <= len(records) + len(changed) + 1  # and the invalidation
