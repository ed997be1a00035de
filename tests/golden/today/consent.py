"""The consent sentence: the paragraph above the form's button, as a visitor reads it."""

from __future__ import annotations

import hashlib
import html
import json
import re

from leads import rendering
from leads.domain.lead import CONSENT_VERSION
from leads.web import form_view

from tests.golden.files import FILES, as_json
from tests.support.factories import practice

PATH = "consent.json"

CLINIC = practice(name="The Clinic")


def sentence() -> str:
    """Return the paragraph that says what the visitor agrees to, without markup and line breaks."""
    page = rendering.render("parts/form.html", form=form_view.form(CLINIC), practice=CLINIC)
    paragraphs = [_words(paragraph) for paragraph in re.findall(r"<p\b.*?</p>", page, re.DOTALL)]
    (found,) = [words for words in paragraphs if "you agree" in words]
    return found


def _words(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markup)).split())


def sha256() -> str:
    """Return the SHA-256 of the sentence."""
    return hashlib.sha256(sentence().encode()).hexdigest()


def recorded() -> dict[str, str]:
    """Return the SHA-256 of each version of the sentence, by its version."""
    file = FILES / PATH
    found: dict[str, str] = json.loads(file.read_bytes()) if file.exists() else {}
    return found


def texts() -> dict[str, str]:
    """Return the golden file with today's version added. A version that it has is left as it is."""
    return {PATH: as_json({CONSENT_VERSION: sha256(), **recorded()})}
