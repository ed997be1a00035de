"""Tests of the pages under /local/: the inbox, the table, and the events that open pages listen to."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Response

from infra.local import cloud, pages
from infra.local.builds import Build, BuildEvent, Builds
from infra.local.pages import Pages
from tests.support.factories import practice
from tests.support.local_requests import request
from tests.support.small_site import ARTICLE

NOW = dt.datetime(2026, 11, 26, 16, tzinfo=dt.UTC)

SHELL = """<!doctype html><meta http-equiv="content-security-policy" content="style-src 'self'">
<title><!--title--></title><main><!--main--></main>"""

LEADS: list[dict[str, Any]] = [
    {"reference": "first", "received_at": "2026-11-23", "revision": Decimal(1)},
    {"reference": "second", "received_at": "2026-11-24", "sent": {"b", "a"}},
]


def email(subject: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, "call-back@lakeside.example", "front-desk@lakeside.example"
    made.set_content("Call Ada.")
    made.add_alternative("<p>Call <b>Ada</b>.</p>", subtype="html")
    return made


@pytest.fixture
def builds(build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Builds:
    """Return builds of which one is done, beside two e-mails and two leads."""
    (build.compiled / "shell.html").write_text(SHELL, encoding="utf-8")
    monkeypatch.setattr(cloud, "sent_emails", lambda: [email("The first"), email("The second")])
    monkeypatch.setattr(cloud, "stored_items", lambda: LEADS)
    (build.compiled / "practice.json").write_text(practice().model_dump_json(), encoding="utf-8")
    (tmp_path / "content" / "articles").mkdir(parents=True)
    (tmp_path / "content" / "articles" / "sleep.md").write_text(
        ARTICLE.replace("Slug: sleep", "Slug: guide\nStatus: draft"), encoding="utf-8"
    )
    made = Builds(tmp_path, lambda _: None)
    made._kept.append(build)
    return made


def answered(builds: Builds, path: str, accept: str = "text/html") -> Response:
    return Pages(builds, builds._folder / "content", lambda: NOW).answer(request(path, headers={"accept": accept}))


def test_the_newest_e_mail_comes_first(builds: Builds) -> None:
    listed = answered(builds, "/local/inbox", "application/json").get_json()
    assert [(mail["number"], mail["subject"]) for mail in listed] == [(1, "The second"), (0, "The first")]


def test_an_e_mail_is_listed_with_both_its_texts(builds: Builds) -> None:
    mail = answered(builds, "/local/inbox", "application/json").get_json()[0]
    assert (mail["text"].strip(), mail["html"].strip()) == ("Call Ada.", "<p>Call <b>Ada</b>.</p>")


def test_the_newest_lead_comes_first_with_numbers_and_sets_as_json_has_them(builds: Builds) -> None:
    listed = answered(builds, "/local/leads", "application/json").get_json()
    assert listed == [{**LEADS[1], "sent": ["a", "b"]}, {**LEADS[0], "revision": 1}]


def test_each_article_is_listed_with_its_state(builds: Builds) -> None:
    assert answered(builds, "/local/articles", "application/json").get_json() == [
        {"title": "Sleep & low mood", "source": "content/articles/sleep.md", "address": "/guide/", "state": "draft"}
    ]


def test_an_articles_title_links_to_its_page(builds: Builds) -> None:
    assert '<a href="/guide/">Sleep &amp; low mood</a>' in answered(builds, "/local/articles").get_data(as_text=True)


LISTS = {"/local/articles": "Articles", "/local/inbox": "Inbox", "/local/leads": "Leads"}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("other", LISTS)
def test_each_list_links_to_all(builds: Builds, path: str, other: str) -> None:
    assert f'<a href="{other}">' in answered(builds, path).get_data(as_text=True)


@pytest.mark.parametrize(("path", "title"), LISTS.items())
def test_a_browser_gets_a_page_in_the_sites_frame(builds: Builds, path: str, title: str) -> None:
    assert f"<title>{title}</title><main><style>" in answered(builds, path).get_data(as_text=True)


def test_the_frames_policy_allows_the_pages_style(builds: Builds) -> None:
    assert "style-src 'sha256-" in answered(builds, "/local/inbox").get_data(as_text=True)


def test_nothing_in_an_e_mail_may_run_or_load(builds: Builds) -> None:
    assert answered(builds, "/local/inbox/0").headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/local/inbox/2", "/local/nothing"])
def test_there_is_no_other_page(builds: Builds, path: str) -> None:
    assert answered(builds, path).status_code == 404


def test_no_page_is_kept_by_a_browser(builds: Builds) -> None:
    assert answered(builds, "/local/leads").headers["cache-control"] == "no-store"


def test_an_open_page_gets_the_present_state_and_then_heartbeats(
    builds: Builds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "HEARTBEAT_SECONDS", 0.01)
    builds._send(BuildEvent("17", "a mistake"))
    lines = answered(builds, "/local/events").iter_encoded()
    assert [next(lines) for _ in range(3)] == [
        b"retry: 500\n\n",
        b'data: {"build": "17", "problem": "a mistake"}\n\n',
        b": still here\n\n",
    ]
