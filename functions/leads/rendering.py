"""Jinja templates: e-mails, and pages inside the shell that the site's build compiled.

Imported only where a template is rendered: taking a lead needs no Jinja, and loading it is a tenth of a cold start.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined, select_autoescape

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


def page(compiled: Path, template: str, *, title: str, practice: Practice, **context: object) -> str:
    """Return a whole HTML page: the shell that the build compiled, with this title and main part."""
    return in_shell(compiled, title, render(template, title=title, practice=practice, **context))


def in_shell(compiled: Path, title: str, main: str) -> str:
    """Return the shell that the build compiled, with this title, which is escaped, and this HTML as its main part."""
    shell = (compiled / "shell.html").read_text(encoding="utf-8")
    head, after_title = shell.split("<!--title-->", 1)
    between, tail = after_title.split("<!--main-->", 1)
    return "".join([head, escape(title), between, main, tail])
