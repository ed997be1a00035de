"""Files of the built site, with the headers that the build wrote down for them."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from pathlib import Path

from werkzeug import Request, Response
from werkzeug.security import safe_join
from werkzeug.utils import redirect, send_file

from infra.local.builds import Edition
from infra.media import content_type


def answer(request: Request, edition: Edition) -> Response:
    """The file at this address; the site's own page where there is none."""
    if request.method not in {"GET", "HEAD"}:
        return Response(status=405, headers={"allow": "GET, HEAD"})
    path = _path(request.path, edition)
    if path and path.is_dir() and not request.path.endswith("/"):
        return redirect(f"{request.path}/")
    file = path / "index.html" if path and path.is_dir() else path
    if file and file.is_file():
        return _send(request, file, edition)
    missing = edition.output / "404.html"
    response = _page(missing, edition) if missing.exists() else Response("Not found")
    response.status_code = 404
    return response


def _path(address: str, edition: Edition) -> Path | None:
    joined = safe_join(str(edition.output), address.strip("/"))
    return Path(joined) if joined else None


def _send(request: Request, file: Path, edition: Edition) -> Response:
    if file.suffix == ".html":
        return _page(file, edition)
    response = send_file(file, request.environ, conditional=True, mimetype=content_type(file))
    del response.headers["cache-control"]  # the build says how long to keep it
    return response


def _page(file: Path, edition: Edition) -> Response:
    script = f'<script src="/local/reload.js" data-edition="{edition.name}" defer></script>'
    html = file.read_text(encoding="utf-8")
    before, body_end, after = html.rpartition("</body>")
    return Response(f"{before}{script}{body_end}{after}", content_type="text/html; charset=utf-8")


def add_headers(response: Response, path: str, edition: Edition) -> None:
    """Add the headers that the build wrote down, where the response has none of its own."""
    file = edition.compiled / "headers.json"
    rules: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    matching = [headers for pattern, headers in rules.items() if pattern != "default" and fnmatch(path, pattern)]
    for headers in [*matching, rules.get("default", {})]:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
