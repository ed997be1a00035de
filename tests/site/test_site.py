"""A whole build: which files it writes for the site and for the functions."""

from __future__ import annotations

from pathlib import Path

import pytest
from leads.domain.practice import Practice

from tests.support.small_site import ARTICLE, SmallSite, small_site


def test_articles_pages_and_the_rest_are_where_readers_look_for_them(small: SmallSite) -> None:
    small.build()
    names = {name for name in small.files() if "/assets/" not in name}
    assert names == {
        "output/index.html",
        "output/people/ada-example/index.html",
        "output/people/max-example/index.html",
        "output/sleep/index.html",
        "output/privacy/index.html",
        "output/thank-you/index.html",
        "output/404.html",
        "output/sorry.html",
        "output/feed.xml",
        "output/sitemap.xml",
        "output/robots.txt",
        "output/apple-touch-icon.png",
        "output/favicon.ico",
        "output/contact-card.vcf",
        "functions/leads/compiled/practice.json",
        "functions/leads/compiled/shell.html",
    }


def test_the_style_guide_is_built_only_on_this_machine(small: SmallSite) -> None:
    small.build(LOCAL="1")
    assert "output/styleguide/index.html" in small.files()
    assert "styleguide" not in small.page("sitemap.xml")


def test_two_builds_are_the_same_to_the_byte(small: SmallSite, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = small_site(tmp_path_factory.mktemp("other"))
    for site in (small, other):
        site.write("content/articles/second.md", ARTICLE.replace("Slug: sleep", "Slug: a-second"))
        site.build()
    assert small.files() == other.files()


def test_what_has_gone_from_the_sources_goes_from_the_site(small: SmallSite) -> None:
    small.build()
    (small.folder / "content/articles/sleep.md").unlink()
    small.build()
    assert not [name for name in small.files() if "sleep" in name]


def test_a_second_build_in_the_same_process_knows_only_the_new_sources(small: SmallSite) -> None:
    small.build()
    practice = (small.folder / "content/practice.toml").read_text(encoding="utf-8")
    small.write("content/practice.toml", practice.replace("Lakeside Test Clinic", "Hillside"))
    small.write("theme/static/css/a.css", "body { color: blue; }")
    small.build()
    assert "Hillside keeps it." in small.page("privacy/index.html")
    assert "blue" in small.page("privacy/index.html")
    assert not [name for name, content in small.files().items() if b"Lakeside Test Clinic" in content]


def test_a_mistake_in_the_practice_file_stops_the_build_in_words(small: SmallSite) -> None:
    practice = (small.folder / "content/practice.toml").read_text(encoding="utf-8")
    small.write("content/practice.toml", practice.replace("monday", "mondy"))
    with pytest.raises(SystemExit, match=r"^content/practice.toml:\d+: hours.mondy: there is no such key"):
        small.build()


@pytest.mark.parametrize("local", ["", "1"], ids=["make build", "make serve"])
def test_a_practice_outside_the_united_states_is_not_built(small: SmallSite, local: str) -> None:
    practice = (small.folder / "content/practice.toml").read_text(encoding="utf-8")
    small.write("content/practice.toml", practice.replace('country = "US"', 'country = "GB"', 1))
    refused = r'^content/practice.toml:7: country: "GB" cannot be built: content/crisis-lines.toml has'
    with pytest.raises(SystemExit, match=refused):
        small.build(LOCAL=local)


def test_pictures_are_drawn_once(tmp_path: Path) -> None:
    small = small_site(tmp_path)
    small.build()
    drawn = {file: file.stat().st_mtime_ns for file in (small.folder / ".cache").rglob("*") if file.is_file()}
    assert len(drawn) == 3
    small.build()
    assert {file: file.stat().st_mtime_ns for file in drawn} == drawn


def test_the_site_s_address_can_be_another_than_the_practice_file_s(small: SmallSite) -> None:
    small.build(SITE_URL="http://127.0.0.1:8000/")
    assert "<loc>http://127.0.0.1:8000/sleep/</loc>" in small.page("sitemap.xml")
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in small.page("robots.txt")
    assert Practice.from_json((small.compiled / "practice.json").read_bytes()).url == "http://127.0.0.1:8000"
