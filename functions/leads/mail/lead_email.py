"""The e-mail about one lead, in plain Python (docs/decisions).

It is written while a visitor waits, and loading Jinja would take a tenth of a cold start. E-mails that list many leads
are templates, and share its head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

HEAD = Path(__file__).parent / "templates" / "head.html"


@dataclass(frozen=True)
class EmailRow:
    """One row of the e-mail. With `tel` its value is a phone number, alone on a line with the note below it."""

    label: str
    value: str
    tel: str = ""
    note: str = ""


@dataclass(frozen=True)
class LeadEmail:
    """Content of the e-mail. `link` opens the lead's staff page for `link_days`."""

    subject: str
    heading: str
    due: str
    """When the call is or was due; a sentence."""
    review_reason: str | None
    rows: Sequence[EmailRow]
    link: str
    link_days: int
    signature: str

    @property
    def _doubt(self) -> str:
        return f"This may not be a person: {self.review_reason}. We still promised a call."

    @property
    def _keep(self) -> str:
        return (
            "What the person would like to talk about is only behind the link. "
            f"It works for {self.link_days} days; do not pass it on."
        )

    def as_text(self) -> str:
        """Return the part for mail programs that show plain text."""
        facts = "".join(map(_text_row, self.rows))
        doubt = f"\n{self._doubt}\n" if self.review_reason else ""
        action = f"Open the request and say what happened:\n{self.link}"
        return f"{self.heading}\n{self.due}\n\n{facts}{doubt}\n{action}\n\n{self._keep}\n{self.signature}"

    def as_html(self) -> str:
        """Return the part for all other mail programs; typed text is escaped."""
        doubt = f"<p>{escape(self._doubt)}</p>\n" if self.review_reason else ""
        return f"""\
<!doctype html>
<html lang="en">
<head>
{_head()}<title>{escape(self.subject)}</title>
</head>
<body>
<main class="letter">
<div class="card">
<h1>{escape(self.heading)}</h1>
<p class="deadline"><strong>{escape(self.due)}</strong></p>
{doubt}<table>
{"".join(map(_table_row, self.rows))}</table>
<p><a class="button" href="{escape(self.link)}">Open the request and say what happened</a></p>
</div>
<p class="quiet">{escape(self._keep)}</p>
<p class="quiet">{escape(self.signature)}</p>
</main>
</body>
</html>"""


def _text_row(row: EmailRow) -> str:
    before = "\n" if row.tel else " "
    note = f"{row.note}\n" if row.note else ""
    return f"{row.label}:{before}{row.value}\n{note}"


def _table_row(row: EmailRow) -> str:
    value = escape(row.value)
    shown = f'<div dir="ltr"><a href="{escape(row.tel)}">{value}</a></div>' if row.tel else value
    note = f"<strong>{escape(row.note)}</strong>" if row.note else ""
    return f'<tr><th scope="row">{escape(row.label)}</th><td>{shown}{note}</td></tr>\n'


@cache
def _head() -> str:
    return HEAD.read_text(encoding="utf-8")
