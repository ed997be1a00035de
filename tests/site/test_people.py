"""The people of the practice: their pages, and where other pages name them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from plugins.markdown import people
from tests.conftest import Site
from tests.support.small_site import ADA, ARTICLE, HOME, MAX, SmallSite

PAGE = "people/ada-example/index.html"


def described(page: str) -> Any:
    match = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert match is not None
    return json.loads(match[1])


def test_a_person_has_a_page_with_the_text_and_the_portrait(small: SmallSite) -> None:
    small.build()
    page = small.page(PAGE)
    assert "<h1>Ada Example, PMHNP-BC</h1>" in page
    assert "<p>Ada listens &amp; asks.</p>" in page
    source = re.search(r'<img src="/(assets/ada\.\w+\.svg)"', page)
    assert source is not None
    assert (small.output / source[1]).is_file()


def test_a_person_s_page_is_data_too(small: SmallSite) -> None:
    small.build()
    person = described(small.page(PAGE))
    image = person.pop("image").removeprefix("https://www.lakeside.example/")
    assert (small.output / image).is_file()
    assert person.pop("worksFor")["name"] == "Lakeside Test Clinic"
    assert person == {
        "@context": "https://schema.org",
        "@type": "Person",
        "name": "Ada Example",
        "honorificSuffix": "PMHNP-BC",
        "url": "https://www.lakeside.example/people/ada-example/",
        "jobTitle": "Psychiatric nurse practitioner",
        "description": "Ada Example, psychiatric nurse practitioner, meets you for the first assessment.",
    }


def test_a_person_without_photo_and_credentials_has_neither_in_the_data(small: SmallSite) -> None:
    small.write("content/people/max.md", MAX.replace("Credentials: MD\n", ""))
    small.build()
    assert not {"image", "honorificSuffix"} & described(small.page("people/max-example/index.html")).keys()


def test_the_feed_has_the_author_s_name(small: SmallSite) -> None:
    small.build()
    assert "<author><name>Ada Example</name></author>" in small.page("feed.xml")


def test_the_home_page_names_everyone_in_the_order_of_the_files(small: SmallSite) -> None:
    small.build()
    links = re.findall(r'<a href="(/people/[^"]*)">([^<]*)</a>', small.page("index.html"))
    assert links == [("/people/ada-example/", "Ada Example, PMHNP-BC"), ("/people/max-example/", "Max Example, MD")]


def test_a_person_can_stay_an_author_without_being_on_the_home_page(small: SmallSite) -> None:
    templates = Path(__file__).parents[2] / "theme" / "templates" / "components"
    small.write("theme/templates/components/people.html", (templates / "people.html").read_text(encoding="utf-8"))
    small.write("theme/templates/index.html", '{% include "components/people.html" %}')
    small.write("content/people/max.md", MAX.replace("Modified", "Home: no\nModified"))
    small.build()
    assert re.findall("/people/([^/]*)/", small.page("index.html")) == ["ada-example"]


def test_the_home_page_has_its_text_from_the_editors(small: SmallSite) -> None:
    small.build()
    home = small.page("index.html")
    for said in ("<h1>You are not alone</h1>", "Welcome to Lakeside Test Clinic.", "Your first visit"):
        assert said in home


def test_a_sample_is_called_one_wherever_its_name_stands(small: SmallSite) -> None:
    small.write("content/people/ada.md", ADA.replace("Modified", "Sample: true\nModified"))
    small.build()
    assert ">Ada Example, PMHNP-BC (sample)<" in small.page("index.html")


def test_an_unknown_key_stops_the_build_with_its_line(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", ARTICLE.replace("Author: ada-example", "Author: eve"))
    with pytest.raises(SystemExit, match=r"content/articles/sleep.md:6: Author: no person has the key “eve”. Write"):
        small.build()


@pytest.mark.parametrize("status", ["draft", "skip"])
def test_a_draft_of_a_person_reaches_no_file(small: SmallSite, status: str) -> None:
    text = ADA.replace("Key: ada-example", f"Key: zoe\nStatus: {status}").replace("Ada Example", "Zoe Unheard-of")
    small.write("content/people/zoe.md", text)
    small.build()
    assert not [name for name, content in small.files().items() if b"Zoe" in content or "zoe" in name]


def test_an_article_cannot_name_a_draft(small: SmallSite) -> None:
    small.write("content/people/max.md", MAX.replace("Modified", "Status: draft\nModified"))
    with pytest.raises(SystemExit, match="Reviewer: no person has the key “max-example”"):
        small.build()


def test_two_people_with_one_key_stop_the_build(small: SmallSite) -> None:
    small.write("content/people/zoe.md", ADA.replace("Ada Example", "Zoe Example"))
    with pytest.raises(SystemExit, match=r"^content/people/zoe.md:1: Key: “ada-example” belongs to Ada Example"):
        small.build()


def test_a_mistake_about_a_person_stops_the_build_with_its_line(small: SmallSite) -> None:
    small.write("content/people/max.md", MAX.replace("Role: Psychiatrist\n", ""))
    with pytest.raises(SystemExit, match=r"content/people/max.md:1: Role: this is missing"):
        small.build()


def test_a_page_cannot_take_the_address_of_the_people(small: SmallSite) -> None:
    text = (small.folder / "content/pages/privacy.md").read_text(encoding="utf-8")
    small.write("content/pages/privacy.md", text.replace("Slug: privacy", "Slug: people"))
    with pytest.raises(SystemExit, match="Slug: “people” belongs to the site itself"):
        small.build()


@pytest.mark.parametrize("text", [None, HOME.replace("Modified", "Status: draft\nModified")], ids=["missing", "draft"])
def test_a_site_without_a_home_page_is_not_built(small: SmallSite, text: str | None) -> None:
    (small.folder / "content/home.md").unlink()
    if text:
        small.write("content/home.md", text)
    with pytest.raises(SystemExit, match=r"content/home.md:1: the site has no home page without this file"):
        small.build()


def test_only_published_people_are_read(small: SmallSite) -> None:
    found = people.read(small.folder / "content", small.folder / ".cache")
    assert [*found] == ["ada-example", "max-example"]


# The site itself


@pytest.mark.parametrize("key", ["ada-sample", "ana-ruiz", "max-sample"])
def test_the_page_of_a_sample_says_so(site: Site, key: str) -> None:
    page = (site.output / "people" / key / "index.html").read_text(encoding="utf-8")
    assert "This person is a sample and does not exist." in page


def test_the_page_of_an_author_leads_to_the_articles(site: Site) -> None:
    page = (site.output / "people/ada-sample/index.html").read_text(encoding="utf-8")
    assert re.search(r"Written by Ada Sample</h2>.*/ketamine-treatment-resistant-depression/", page, re.DOTALL)


def test_the_page_of_a_reviewer_leads_to_the_articles(site: Site) -> None:
    page = (site.output / "people/max-sample/index.html").read_text(encoding="utf-8")
    assert re.search(r"reviewed by Max Sample</h2>.*/ketamine-treatment-resistant-depression/", page, re.DOTALL)


def test_an_article_leads_to_its_author_and_its_reviewer(site: Site) -> None:
    page = (site.output / "ketamine-treatment-resistant-depression/index.html").read_text(encoding="utf-8")
    assert re.findall(r'<a href="?/people/([^/]*)/"?>', page) == ["ada-sample", "max-sample"]


def test_networks_get_the_address_of_an_article_s_author(site: Site) -> None:
    page = (site.output / "ketamine-treatment-resistant-depression/index.html").read_text(encoding="utf-8")
    assert re.search(r'article:author"? content="?https://www\.example\.com/people/ada-sample/', page)


def test_the_home_page_shows_people_first_visit_and_articles_in_this_order(site: Site) -> None:
    home = (site.output / "index.html").read_text(encoding="utf-8")
    places = [home.index(heading) for heading in ("Who we are</h2>", "Your first visit</h2>", "Articles</h2>")]
    assert places == sorted(places)


def test_the_first_visit_has_four_steps(site: Site) -> None:
    home = (site.output / "index.html").read_text(encoding="utf-8")
    steps = home[home.index("Your first visit</h2>") : home.index("Articles</h2>")]
    assert re.findall(r"<strong>(.*?)</strong>", steps) == [
        "A call.",
        "An assessment.",
        "A decision.",
        "A first treatment.",
    ]
