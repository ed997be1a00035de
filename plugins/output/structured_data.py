"""Structured data (schema.org) of an article and of the practice, as JSON-LD."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from leads.domain.practice import WEEKDAYS, Practice
from markupsafe import Markup
from pelican import signals
from pelican.contents import Article
from pelican.generators import ArticlesGenerator, PagesGenerator

from plugins.markdown.people import Person
from plugins.media.pictures import Picture

Thing = Mapping[str, Any]
"""A node of schema.org."""

# Inside <script> these could end the element or start a comment. As escapes they are the same JSON.
ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def script(thing: Thing) -> Markup:
    """Return the data as JSON that is safe inside <script>."""
    data = json.dumps(thing, ensure_ascii=False, separators=(",", ":"))
    return Markup(data.translate(ESCAPES))  # noqa: S704 -- nothing is left that HTML would read


def describe(article: Article, practice: Practice) -> Thing:
    """Return an article with its conditions, review, publisher and breadcrumbs."""
    return {"@context": "https://schema.org", "@graph": [_page(article, practice), _article(article, practice)]}


def _page(article: Article, practice: Practice) -> Thing:
    return {
        "@type": "MedicalWebPage",
        "@id": f"{practice.url}/{article.url}",
        "name": article.title,
        "description": article.description,
        "inLanguage": "en-US",
        **_about(article),
        "lastReviewed": article.reviewed.isoformat(),
        "reviewedBy": _named(article.byline.reviewer, practice),
        "breadcrumb": _breadcrumbs(article, practice),
        "publisher": _clinic(practice),
    }


def _about(article: Article) -> Thing:
    conditions = [name.strip() for name in (article.about or "").split(",") if name.strip()]
    return {"about": [{"@type": "MedicalCondition", "name": name} for name in conditions]} if conditions else {}


def _article(article: Article, practice: Practice) -> Thing:
    return {
        "@type": "Article",
        "mainEntityOfPage": {"@id": f"{practice.url}/{article.url}"},
        "headline": article.title,
        "description": article.description,
        "datePublished": article.date.isoformat(),
        "dateModified": article.modified.isoformat(),
        "author": _named(article.byline.author, practice),
        "publisher": {"@id": _clinic_id(practice)},
        "image": [_image(article.social), _image(article.pin)],
        # Addresses alone identify the works; titles would cost the page a hundred bytes of its budget.
        "citation": [reference.url for reference in article.references],
    }


def _named(person: Person, practice: Practice) -> Thing:
    credentials = {"honorificSuffix": person.credentials} if person.credentials else {}
    return {"@type": "Person", "name": person.name, **credentials, "url": f"{practice.url}/{person.url}"}


def describe_person(person: Person, practice: Practice) -> Thing:
    """Return a person with role, portrait and workplace, for the person's page."""
    image = {"image": f"{practice.url}{person.portrait.image}"} if person.portrait else {}
    return {
        "@context": "https://schema.org",
        **_named(person, practice),
        "jobTitle": person.role,
        "description": person.description,
        **image,
        "worksFor": _clinic(practice),
    }


def _clinic_id(practice: Practice) -> str:
    return f"{practice.url}/#clinic"


def _image(picture: Picture) -> Thing:
    return {"@type": "ImageObject", "url": picture.url, "width": picture.width, "height": picture.height}


def _breadcrumbs(article: Article, practice: Practice) -> Thing:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": 1, "name": "Articles", "item": f"{practice.url}/"},
            {"@type": "ListItem", "position": 2, "name": article.title},
        ],
    }


def _clinic(practice: Practice) -> Thing:
    """Return only what an article needs, because its page has a size limit."""
    return {
        "@type": "MedicalClinic",
        "@id": _clinic_id(practice),
        "name": practice.name,
        "url": f"{practice.url}/",
        "telephone": practice.phone_uri.removeprefix("tel:"),
    }


def describe_clinic(practice: Practice) -> Thing:
    """Return the practice with address and hours, for the home page."""
    return {
        "@context": "https://schema.org",
        **_clinic(practice),
        "description": practice.tagline,
        "medicalSpecialty": "https://schema.org/Psychiatric",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": practice.address.street,
            "addressLocality": practice.address.city,
            "addressRegion": practice.address.region,
            "postalCode": practice.address.postal_code,
            "addressCountry": practice.country,
        },
        "openingHoursSpecification": list(_hours(practice)),
    }


def _hours(practice: Practice) -> Iterator[Thing]:
    days = defaultdict(list)
    for number, weekday in enumerate(WEEKDAYS):
        for span in practice.hours.on(number):
            days[span].append(weekday.capitalize())
    for span, weekdays in days.items():
        yield {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": weekdays,
            "opens": f"{span.opens:%H:%M}",
            "closes": f"{span.closes:%H:%M}",
        }


def _describe(generator: ArticlesGenerator) -> None:
    for article in (*generator.articles, *generator.hidden_articles):
        article.structured_data = script(describe(article, generator.settings["PRACTICE"]))


def _describe_people(generator: PagesGenerator) -> None:
    for page in generator.pages:
        if page.template == "person":
            page.structured_data = script(describe_person(page.person, generator.settings["PRACTICE"]))


def register() -> None:
    signals.page_generator_finalized.connect(_describe_people)
    signals.article_generator_finalized.connect(_describe)
