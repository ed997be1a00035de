"""A small site for tests: one article, one page and a theme of a few lines."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

from markdown import Markdown
from pelican import Pelican
from pelican.settings import read_settings

from tests.support.factories import CRISIS_LINES_TOML, PRACTICE_TOML

ROOT = Path(__file__).parents[2]
NOW = "1795687200"
"""November 26, 2026, in seconds."""

FRONT_MATTER = """\
Title: Sleep & low mood
Slug: sleep
Date: 2026-11-16 09:00
Modified: 2026-11-17 10:30
Description: What a night without sleep does to your mood, and what you can do about it.
Author: ada-example
Reviewer: max-example
Reviewed: 2026-11-17
Next_review: 2027-11-16
"""

ARTICLE = f"""{FRONT_MATTER}
Sleep matters [@ada].

## Why

It helps, as a trial found [@bob].

??? question "Is it *so*?"

    Yes & no [@ada].
"""

PAGE = """\
Title: Privacy
Slug: privacy
Description: What we learn when you read this site, and how to have it erased again.
Modified: 2026-11-01 09:00

{{ practice.name }} keeps it.
"""

HOME = """\
Title: You are not alone
Description: Who we are, what a first visit to us is like, and how to ask us for a call.
Modified: 2026-11-02 09:00

Welcome to {{ practice.name }}.

## Your first visit

1. A call.
"""

ADA = """\
Key: ada-example
Name: Ada Example
Credentials: PMHNP-BC
Role: Psychiatric nurse practitioner
Photo: images/ada.svg
Description: Ada Example, psychiatric nurse practitioner, meets you for the first assessment.
Modified: 2026-11-03 09:00

Ada listens & asks.
"""

MAX = """\
Key: max-example
Name: Max Example
Credentials: MD
Role: Psychiatrist
Description: Max Example, psychiatrist, reads each of our articles before you can read it.
Modified: 2026-11-03 09:00

Max reads.
"""

DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="9" fill="#f2b134"/></svg>
"""

BIBTEX = """\
@article{ada,
  author = {Lovelace, Ada}, title = {On sleep}, journal = {Journal of Sleep}, year = {2020}, doi = {10.1000/ada},
}
@misc{bob,
  author = {Bobson, Bob}, title = {On mood}, year = {2021}, url = {https://example.com/bob},
}
"""

BASE = (
    "<!doctype html><html{% block facts %}{% endblock %}><title>{{ practice.name }}</title>"
    "<style>{{ styles[''] }}</style>{% block main %}{% endblock %}"
)
TEMPLATES = {
    "base.html": BASE,
    "article.html": """{% extends "base.html" %}{% block main %}<h1>{{ article.title }}</h1>{{ article.content }}
<p>{{ article.minutes }} {{ article.reviewed.year }} {{ article.next_review.year }} {{ article.social.url }}</p>
{% for each in article.toc %}<a href="#{{ each.id }}">{{ each.level }} {{ each.text }}</a>{% endfor %}
<ol>{% for each in article.references %}
<li id="r{{ each.number }}">{{ each.html }} {{ each.url }}</li>{% endfor %}</ol>
<script type="application/ld+json">{{ article.structured_data }}</script>{% endblock %}""",
    "page.html": '{% extends "base.html" %}{% block main %}{{ page.content }}{% endblock %}',
    "moved.html": """{% extends "base.html" %}{% block facts %} data-moved-to="{{ moved_to }}"{% endblock %}
{% block main %}<a href="{{ moved_to }}">moved</a>{% endblock %}""",
    "gone.html": """{% extends "base.html" %}{% block facts %} data-gone="1"{% endblock %}
{% block main %}taken away{% endblock %}""",
    "person.html": """{% extends "base.html" %}{% block main %}<h1>{{ page.person.full_name }}</h1>{{ page.content }}
{{ page.person.portrait.html("Portrait") if page.person.portrait }}
<script type="application/ld+json">{{ page.structured_data }}</script>{% endblock %}""",
    "index.html": """{% extends "base.html" %}{% block main %}<h1>{{ page.title }}</h1>{{ page.introduction }}
{% for each in PEOPLE.values() %}<a href="/{{ each.url }}">{{ each.full_name }}</a>{% endfor %}
{{ page.before_form }}
{% for each in articles %}<a href="/{{ each.url }}">{{ each.title }}</a>{% endfor %}{% endblock %}""",
    "thank-you.html": BASE,
    "404.html": BASE,
    "sorry.html": BASE,
    "styleguide.html": BASE,
    "shell.html": "<style>{{ styles[''] }}</style><!--title--><!--main-->",
}


@dataclass(frozen=True)
class SmallSite:
    """The sources of a small site, and what a build makes of them.

    pelicanconf.py takes everything from its own folder.
    """

    folder: Path

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def compiled(self) -> Path:
        return self.folder / "functions" / "leads" / "compiled"

    def write(self, name: str, text: str) -> None:
        """Write one source file, such as content/practice.toml."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def build(self, **environment: str) -> str:
        """Build the site as `make build` does, with LOCAL="1" as `make serve` does.

        Return the mistakes that are left in.
        """
        with mock.patch.dict(os.environ, {"SOURCE_DATE_EPOCH": NOW, **environment}):
            settings = read_settings(str(self.folder / "pelicanconf.py"))
            Pelican(settings).run()
        return str(settings["MISTAKES"])

    def page(self, name: str) -> str:
        """Return one file of the built site."""
        return (self.output / name).read_text(encoding="utf-8")

    def files(self) -> Mapping[str, bytes]:
        """Return everything that a build wrote, by its path."""
        files = (file for folder in (self.output, self.compiled) for file in folder.rglob("*") if file.is_file())
        return {str(file.relative_to(self.folder)): file.read_bytes() for file in files}


@cache
def _markdown() -> Markdown:
    settings = read_settings(str(ROOT / "pelicanconf.py"))["MARKDOWN"]
    return Markdown(**{**settings, "extensions": [*settings["extensions"], "markdown.extensions.meta"]})


def rendered(text: str) -> str:
    """Return the HTML of a Markdown file with its front matter."""
    return _markdown().reset().convert(text)


def small_site(folder: Path) -> SmallSite:
    """Return a small site whose sources are written but not built."""
    site = SmallSite(folder)
    site.write("pelicanconf.py", (ROOT / "pelicanconf.py").read_text(encoding="utf-8"))
    site.write("content/practice.toml", PRACTICE_TOML)
    site.write("content/crisis-lines.toml", CRISIS_LINES_TOML)
    site.write("content/references.bib", BIBTEX)
    site.write("content/articles/sleep.md", ARTICLE)
    site.write("content/pages/privacy.md", PAGE)
    site.write("content/home.md", HOME)
    site.write("content/people/ada.md", ADA)
    site.write("content/people/max.md", MAX)
    site.write("content/images/ada.svg", DRAWING)
    site.write("theme/static/css/a.css", "body {\n  color: red;\n}\n")
    site.write("theme/static/form.js", "export {};\n")
    site.write("theme/static/icon.svg", (ROOT / "theme/static/icon.svg").read_text(encoding="utf-8"))
    for name, template in TEMPLATES.items():
        site.write(f"theme/templates/{name}", template)
    return site
