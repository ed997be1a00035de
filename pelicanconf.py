"""Pelican's settings, from content/practice.toml, read anew for each build."""

import datetime as dt
import logging
import os
import sys
from functools import partial
from pathlib import Path

from jinja2 import StrictUndefined
from leads.domain import promise
from leads.domain.practice import WEEKDAYS
from leads.web.form_view import form
from markupsafe import Markup
from pelican.contents import Article

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:  # the `pelican` command does not look for modules here
    sys.path.insert(0, str(ROOT))

from plugins.lint import front_matter, practice_file  # noqa: E402 -- needs the path above
from plugins.markdown import bibliography  # noqa: E402
from plugins.markdown.chart import Charts  # noqa: E402
from plugins.markdown.citations import Citations  # noqa: E402
from plugins.markdown.comments import Comments  # noqa: E402
from plugins.markdown.people import Person  # noqa: E402
from plugins.markdown.substitutions import Substitutions  # noqa: E402
from plugins.markdown.table_wrapper import TableWrapper  # noqa: E402
from plugins.markdown.typography import typography  # noqa: E402
from plugins.media.assets import Assets  # noqa: E402
from plugins.output import notices  # noqa: E402
from plugins.output.minify import minify_html  # noqa: E402
from plugins.output.page_policy import page_policy  # noqa: E402
from plugins.output.share import share_links  # noqa: E402
from plugins.output.structured_data import describe_clinic, script  # noqa: E402

LOCAL = os.environ.get("LOCAL") == "1"
TOLERANT = False  # whether mistakes in the content do not fail the build (plugins/lint/proofreading.py)

try:
    PRACTICE = practice_file.read(ROOT / "content" / "practice.toml")
    BIBLIOGRAPHY = bibliography.read(ROOT / "content" / "references.bib")
except (practice_file.PracticeFileError, bibliography.BibliographyError) as mistakes:
    sys.exit(str(mistakes).replace(f"{ROOT}/", ""))

# A fixed clock makes the build of a past day reproducible.
EPOCH = os.environ.get("SOURCE_DATE_EPOCH")
NOW = dt.datetime.fromtimestamp(float(EPOCH), PRACTICE.zone) if EPOCH else dt.datetime.now(PRACTICE.zone)
SITEURL = os.environ.get("SITE_URL", PRACTICE.url).rstrip("/")
OWN_ADDRESSES = (SITEURL, PRACTICE.url.rstrip("/"))  # links to these are checked as links inside the site are
PRACTICE = practice_file.completed(PRACTICE.model_copy(update={"url": SITEURL}), NOW.date())

SITENAME = PRACTICE.name
SITESUBTITLE = PRACTICE.tagline
TIMEZONE = PRACTICE.time_zone
LOCALE = ["C"]  # not the machine's own, so that two builds are equal

PATH = str(ROOT / "content")
OUTPUT_PATH = os.environ.get("OUTPUT", str(ROOT / "output"))
COMPILED_PATH = os.environ.get("LEADS_COMPILED", str(ROOT / "functions" / "leads" / "compiled"))
CACHE_PATH = str(ROOT / ".cache")
DELETE_OUTPUT_DIRECTORY = True

# Built are articles, pages, people, the home page and four templates; not Pelican's archives, categories and tags.
ARTICLE_PATHS = ["articles"]
PAGE_PATHS = ["pages", "people", front_matter.HOME]
STATIC_PATHS: list[str] = []
ARTICLE_URL = PAGE_URL = "{slug}/"
ARTICLE_SAVE_AS = PAGE_SAVE_AS = "{slug}/index.html"
# `make serve` shows drafts and scheduled articles at their own address. No other build writes them.
DRAFT_URL = DRAFT_PAGE_URL = ARTICLE_URL
DRAFT_SAVE_AS = DRAFT_PAGE_SAVE_AS = ARTICLE_SAVE_AS if LOCAL else ""
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
DIRECT_TEMPLATES = ["thank-you", "404", "sorry", *(["styleguide"] if LOCAL else [])]
globals()["THANK-YOU_SAVE_AS"] = "thank-you/index.html"  # Pelican's name for it: the template in capitals
STYLEGUIDE_SAVE_AS = "styleguide/index.html"
WITH_FUTURE_DATES = True  # plugins/markdown/reader.py makes them drafts, by the time that this build goes by
FILENAME_METADATA = ""
FORMATTED_FIELDS: list[str] = []
PEOPLE: dict[str, Person] = {}
"""The people of the practice by their keys, filled in by plugins/markdown/people.py."""
RENDERED: dict[str, str] = {}
"""The HTML of each source, filled in by plugins/markdown/reader.py for the editorial checks."""


def ARTICLE_ORDER_BY(article: Article) -> tuple[float, str]:  # noqa: N802 -- Pelican's name
    """Return the sort key: newest first, then by slug, so that two builds are equal."""
    return -article.date.timestamp(), article.slug


FEED_ALL_ATOM = "feed.xml"
CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None

MARKDOWN = {
    "extensions": [
        "markdown.extensions.admonition",
        "markdown.extensions.attr_list",
        "markdown.extensions.def_list",
        "markdown.extensions.md_in_html",
        "markdown.extensions.tables",
        "markdown.extensions.toc",
        "pymdownx.details",
        Charts(),
        Citations(BIBLIOGRAPHY),
        Comments(),
        Substitutions(PRACTICE),
        TableWrapper(),
        typography(),
    ],
    "output_format": "html",
}

THEME = str(ROOT / "theme")
ICON_BACKGROUND = "#172b36"  # the icon's own, for plugins/output/icons.py
THEME_STATIC_PATHS: list[str] = []  # plugins/media/assets.py publishes them, under hashed names
THEME_TEMPLATES_OVERRIDES = [str(ROOT / "theme" / "templates"), str(ROOT / "functions" / "leads" / "web" / "templates")]
ASSETS = Assets(ROOT / "theme" / "static")
STYLES = {part: ASSETS.css(part, *(["local"] if LOCAL else [])) for part in ("", "people")}
"""The styles of pages, by the part that a template may name as `style_part`."""
JINJA_ENVIRONMENT = {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
JINJA_FILTERS = {"minify_html": minify_html}
JINJA_GLOBALS = {
    "WEEKDAYS": WEEKDAYS,
    "asset": ASSETS.url,
    "closures": [promise.day_in_words(day) for day in promise.closures(PRACTICE, NOW.date())],
    "clinic_structured_data": script(describe_clinic(PRACTICE)),
    "crisis": PRACTICE.crisis_lines,
    "form": form,
    "local": LOCAL,
    "notice_links": tuple(notices.links(PRACTICE.notices)),
    "page_policy": lambda style: Markup(page_policy(style)),  # noqa: S704 -- has no character that an attribute must escape
    "practice": PRACTICE,
    "share_links": partial(share_links, PRACTICE),
    "site_url": SITEURL,
    "styles": STYLES,
}

# The editorial checks report this with its line.
LOG_FILTER = [(logging.WARNING, "Empty alt attribute for image %s in %s")]
PLUGINS = [
    "plugins.media.images",
    "plugins.markdown.people",
    "plugins.markdown.reader",
    "plugins.media.pictures",
    "plugins.output.structured_data",
    "plugins.output.feed",
    "plugins.output.icons",
    "plugins.output.moved",
    "plugins.output.sitemap",
    "plugins.output.contact_card",
    "plugins.media.assets",
    "plugins.output.lambda_assets",
    "plugins.lint.proofreading",
]
