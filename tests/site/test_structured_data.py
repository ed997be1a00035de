"""Structured data (schema.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.output.structured_data import describe_clinic, script
from tests.support.factories import SAMPLE
from tests.support.small_site import ARTICLE, SmallSite, small_site

WORDS = st.text('<>&\u2028\u2029/!-"\\ab', max_size=12)
JSON = st.recursive(WORDS | st.integers(), lambda each: st.lists(each) | st.dictionaries(WORDS, each), max_leaves=8)


@given(st.dictionaries(WORDS, JSON, max_size=4))
def test_any_data_survives_its_element(data: Mapping[str, Any]) -> None:
    text = script(data)
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == data


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    small = small_site(tmp_path_factory.mktemp("site"))
    small.write("content/articles/sleep.md", ARTICLE.replace("Slug:", "About: Insomnia, Depression\nSlug:", 1))
    small.build()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', small.page("sleep/index.html"), re.DOTALL)
    assert found is not None
    return {node["@type"]: node for node in nodes(json.loads(found[1]))}


def nodes(data: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every node of the data, at any depth."""
    if isinstance(data, dict) and "@type" in data:
        yield data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from nodes(each)


def test_the_review_belongs_to_the_page(graph: Mapping[str, Mapping[str, Any]]) -> None:
    page = graph["MedicalWebPage"]
    assert page["lastReviewed"] == "2026-11-17"
    assert page["reviewedBy"] == {
        "@type": "Person",
        "name": "Max Example",
        "honorificSuffix": "MD",
        "url": "https://www.lakeside.example/people/max-example/",
    }
    assert "lastReviewed" not in graph["Article"]


def test_the_article_has_its_author_dates_with_zone_and_pictures(graph: Mapping[str, Mapping[str, Any]]) -> None:
    article = graph["Article"]
    assert article["author"]["name"] == "Ada Example"
    assert article["author"]["url"] == "https://www.lakeside.example/people/ada-example/"
    assert article["datePublished"] == "2026-11-16T09:00:00-06:00"
    assert article["dateModified"] == "2026-11-17T10:30:00-06:00"
    assert [(image["width"], image["height"]) for image in article["image"]] == [(1200, 630), (1000, 1500)]
    assert all(image["url"].startswith("https://www.lakeside.example/assets/sleep-") for image in article["image"])


@pytest.mark.parametrize("kind", ["MedicalWebPage", "Article", "MedicalClinic", "BreadcrumbList"])
def test_everything_that_page_and_practice_are_is_described(graph: Mapping[str, Mapping[str, Any]], kind: str) -> None:
    assert kind in graph


def test_the_way_to_the_article_starts_at_home(graph: Mapping[str, Mapping[str, Any]]) -> None:
    places = graph["BreadcrumbList"]["itemListElement"]
    assert [(place["position"], place["name"], place.get("item")) for place in places] == [
        (1, "Articles", "https://www.lakeside.example/"),
        (2, "Sleep & low mood", None),
    ]


def test_citations_are_the_references(graph: Mapping[str, Mapping[str, Any]]) -> None:
    assert graph["Article"]["citation"] == ["https://doi.org/10.1000/ada", "https://example.com/bob"]


def test_the_conditions_are_those_that_the_editor_names(graph: Mapping[str, Mapping[str, Any]]) -> None:
    about = graph["MedicalWebPage"]["about"]
    assert [(each["@type"], each["name"]) for each in about] == [
        ("MedicalCondition", "Insomnia"),
        ("MedicalCondition", "Depression"),
    ]


def test_questions_are_not_described_since_no_search_engine_shows_them(graph: Mapping[str, Mapping[str, Any]]) -> None:
    assert "FAQPage" not in str(graph)


def test_every_reference_within_the_data_leads_to_a_node(graph: Mapping[str, Mapping[str, Any]]) -> None:
    identifiers = {node["@id"] for node in graph.values() if "@id" in node}
    mentioned = set(re.findall(r"\{'@id': '([^']+)'\}", str(graph)))
    assert mentioned == identifiers == {"https://www.lakeside.example/sleep/", "https://www.lakeside.example/#clinic"}


def test_the_home_page_tells_when_the_practice_is_open() -> None:
    hours = describe_clinic(SAMPLE)["openingHoursSpecification"]
    assert {"dayOfWeek": ["Monday", "Tuesday"], "opens": "09:00", "closes": "17:00"} in [
        {name: value for name, value in span.items() if name != "@type"} for span in hours
    ]
    assert sum(len(span["dayOfWeek"]) for span in hours) == 6, "Wednesday has a break"


def test_structured_data_is_json_that_cannot_end_its_element(small: SmallSite) -> None:
    small.write("content/articles/sleep.md", ARTICLE.replace("Sleep & low mood", "A </script><!-- & \u2028 title"))
    small.build()
    page = small.page("sleep/index.html")
    script = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert script is not None
    assert not set("<>&\u2028") & set(script[1])
    graph = {node["@type"]: node for node in json.loads(script[1])["@graph"]}
    assert graph["Article"]["headline"] == "A </script><!-- & \u2028 title"
