"""Jinja templates: e-mails, and pages inside the shell that the site's build made.

Imported only where a template is rendered: taking a lead needs no Jinja, and loading it is a tenth of a cold start.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined, select_autoescape

from leads.domain.facts import MAIN, TITLE, Facts
from leads.domain.practice import Practice

_LEADS = Path(__file__).parent

FOLDERS = {
    "cli": _LEADS / "cli" / "templates",
    "mail": _LEADS / "mail" / "templates",
    "pages": _LEADS / "web" / "templates" / "pages",
    "parts": _LEADS / "web" / "templates" / "parts",
}
"""Where the templates of each prefix are: "mail/list.html" is functions/leads/mail/templates/list.html."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=PrefixLoader({prefix: FileSystemLoader(folder) for prefix, folder in FOLDERS.items()}),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, *, practice: Practice, **context: object) -> str:
    """Return the template with these values, and the practice's crisis lines as `crisis`.

    HTML is escaped, `.txt` is not.
    """
    return _environment().get_template(template).render(practice=practice, crisis=practice.crisis_lines, **context)


def page(facts: Facts, template: str, *, title: str, **context: object) -> str:
    """Return a whole HTML page: the shell that the build made, with this title and main part."""
    return in_shell(facts.shell, title, render(template, title=title, practice=facts.practice, **context))


def in_shell(shell: str, title: str, main: str) -> str:
    """Return the shell that the build made, with this title, which is escaped, and this HTML as its main part."""
    head, after_title = shell.split(TITLE, 1)
    between, tail = after_title.split(MAIN, 1)
    return "".join([head, escape(title), between, main, tail])
