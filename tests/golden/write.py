"""Write the golden files anew: `python -m tests.golden.write`. No test does.

Until the tag v1.0 a commit may contain files that this command has changed, if its message says so. From v1.0 on every
recorded file stays readable and none is changed. Where a format gets a new field (with a default), first move its files
to `files/earlier/<version>/<folder>/`, where the tests still read them, and then run this command. An HMAC purpose, a
status, an event or a metric is never renamed.

The consent sentence is never written anew under the version that it had: give it a new `CONSENT_VERSION`.
"""

from __future__ import annotations

import sys

from tests.golden.files import FILES
from tests.golden.today import consent, items, log_lines, signed, site


def main() -> None:
    """Write each file that differs from what today's code writes, and print its path."""
    for format_ in (items, signed, log_lines, site, consent):
        for path, text in format_.texts().items():
            _write(path, text)


def _write(path: str, text: str) -> None:
    file = FILES / path
    if file.exists() and file.read_bytes() == text.encode():
        return
    said = "Changed {}: allowed until v1.0, in a commit that says so.\n" if file.exists() else "New: {}\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    sys.stdout.write(said.format(path))


if __name__ == "__main__":
    main()
