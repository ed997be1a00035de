"""The linters refuse what the oldest browsers would misread, and leave alone what they know."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.requirement import missing

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "node_modules" / ".bin"

STYLES_REFUSED = {
    "one declaration for an underline": "a { text-decoration: underline 2px var(--x); }",
    "a variable as an underline": "a { text-decoration: var(--line); }",
    "hidden with :has()": ".field:not(:has(:checked)) .crisis { display: none; }",
    "logical sides": ".bar { inset-inline: 0; }",
    "logical padding": ".bar { padding-block: 1em; }",
    "a gap between flexible boxes": ".row { display: flex; gap: 1em; }",
    "a fixed ratio": "img { aspect-ratio: 1; }",
    "a mixed colour": "a { color: color-mix(in srgb, red, blue); }",
    "nested rules": ".row { & a { color: red; } }",
    "a range of widths": "@media (width >= 600px) { a { color: red; } }",
    "a cut edge": "main { overflow: clip; }",
    "a list with an unknown state": "a:hover, input:user-invalid { color: red; }",
}
"""Each of these was in a page of this project, or is as easily written."""

STYLES_KNOWN = {
    "longhands of an underline": "a { text-decoration: underline; text-decoration-color: var(--x); }",
    "a grid with a gap": ".pairs { display: grid; gap: 1em; }",
    "the smaller of two": "h1 { font-size: min(3rem, 9vw); }",
    "lines that end anywhere": "h1 { text-wrap: balance; }",
}

SCRIPTS_REFUSED = {
    "a limit of time": "fetch('/', { signal: AbortSignal.timeout(5) });",
    "other children": "document.body.replaceChildren();",
    "a form sent as by a person": "document.forms[0].requestSubmit();",
    "the last of a list": "[1].at(-1);",
    "every occurrence": "'a'.replaceAll('a', 'b');",
    "the device's share sheet, without asking": "navigator.share({});",
    "a random name": "crypto.randomUUID();",
    "an assignment of 2021": "let x; x ??= 1;",
    "looking behind": "/(?<=a)b/.test('');",
}

SCRIPTS_KNOWN = {
    "optional chaining": "document.querySelector('a')?.focus();",
    "a request that can be ended": "fetch('/', { signal: new AbortController().signal }).catch(() => {});",
    "an object of our own": "const answer = { priority: 1 }; if (answer.priority) document.body.append('x');",
}


LINT = """
import { readFileSync } from "node:fs";
import { ESLint } from "eslint";
import stylelint from "stylelint";

const { styles, scripts } = JSON.parse(readFileSync(0, "utf8"));
const eslint = new ESLint();
const mistakes = {};
for (const code of styles) {
  const { results } = await stylelint.lint({ code, codeFilename: "theme/static/css/x.css" });
  mistakes[code] = results[0].warnings.map(({ text }) => text);
}
for (const code of scripts) {
  const results = await eslint.lintText(code, { filePath: "theme/static/x.js" });
  mistakes[code] = results[0].messages.map(({ message }) => message);
}
console.log(JSON.stringify(mistakes));
"""


@pytest.fixture(scope="module")
def mistakes() -> dict[str, list[str]]:
    """Return what the linters say of each text, with the configuration of `make check`."""
    if not all((ROOT / "node_modules" / name).is_dir() for name in ("stylelint", "eslint")):
        missing("stylelint and eslint", "install npm and run `make tools`")
    texts = {
        "styles": [*STYLES_REFUSED.values(), *STYLES_KNOWN.values()],
        "scripts": [*SCRIPTS_REFUSED.values(), *SCRIPTS_KNOWN.values()],
    }
    said = subprocess.run(
        ["node", "--input-type=module", "--eval", LINT],
        cwd=ROOT,
        input=json.dumps(texts),
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
        timeout=300,
    ).stdout
    found: dict[str, list[str]] = json.loads(said)
    return found


REFUSED = {**STYLES_REFUSED, **SCRIPTS_REFUSED}
KNOWN = {**STYLES_KNOWN, **SCRIPTS_KNOWN}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_the_oldest_browsers_do_not_know_is_refused(text: str, mistakes: dict[str, list[str]]) -> None:
    assert mistakes[text] != []


@pytest.mark.parametrize("text", KNOWN.values(), ids=KNOWN)
def test_what_they_know_is_not(text: str, mistakes: dict[str, list[str]]) -> None:
    assert mistakes[text] == []


def test_the_linters_ask_for_the_browsers_that_the_readme_names() -> None:
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["browserslist"]
    assert asked == ["chrome 80", "firefox 78", "ios_saf 13.4", "safari 13.1"]
    promised = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert "Safari 13.1 (iOS 13.4), Chrome and Android WebView 80, Firefox 78 and later" in promised


def test_the_lock_of_npm_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
