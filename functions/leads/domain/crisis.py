"""Where help is, day and night: on every page and in every response. United States only."""

COUNTRY = "US"
"""Where these lines answer. The site's build refuses a practice of another country (plugins/lint/practice_file.py)."""

IN_WORDS = (
    "In crisis? Call or text 988 (Suicide & Crisis Lifeline, free, day and night). "
    "In immediate danger, call 911. These lines answer in the United States."
)
"""For answers that are not pages: JSON, redirects, plain text. Pages draw `templates/parts/crisis.html`."""
