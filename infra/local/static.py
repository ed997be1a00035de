"""Files of the built site, with the headers that its build wrote to headers.json."""

from __future__ import annotations

import json
from pathlib import Path

from werkzeug import Request, Response
from werkzeug.security import safe_join
from werkzeug.utils import redirect, send_file

from infra import path_patterns
from infra.local.builds import Build
from infra.media import content_type
from plugins.output import moved


def answer(request: Request, build: Build) -> Response:
    """Return the file at this address, or the site's 404 page."""
    if request.method not in {"GET", "HEAD"}:
        return Response(status=405, headers={"allow": "GET, HEAD"})
    path = _path(request.path, build)
    if path and path.is_dir() and not request.path.endswith("/"):
        return redirect(f"{request.path}/")
    file = path / "index.html" if path and path.is_dir() else path
    if file and file.is_file():
        return _send(request, file, build)
    missing = build.output / "404.html"
    response = _page(missing, build) if missing.exists() else Response("Not found")
    response.status_code = 404
    return response


def _path(address: str, build: Build) -> Path | None:
    joined = safe_join(str(build.output), address.strip("/"))
    return Path(joined) if joined else None


def _send(request: Request, file: Path, build: Build) -> Response:
    if file.suffix == ".html":
        response = _page(file, build)
        add_old_address(response, request, file)
        return response
    response = send_file(file, request.environ, conditional=True, mimetype=content_type(file))
    del response.headers["cache-control"]  # the build says how long to keep it
    return response


def add_old_address(response: Response, request: Request, file: Path) -> None:
    """Give the response the status and location that the edge gives to a page at an old address.

    The query stays: it says which link brought the visitor.
    """
    old = moved.read(file.read_bytes())
    if old is None:
        return
    response.status_code = old.status
    if old.moved_to:
        query = request.query_string.decode("ascii", "replace")
        response.headers["location"] = f"{old.moved_to}?{query}" if query else old.moved_to


def _page(file: Path, build: Build) -> Response:
    script = f'<script src="/local/reload.js" data-build="{build.name}" defer></script>'
    html = file.read_text(encoding="utf-8")
    before, body_end, after = html.rpartition("</body>")
    return Response(f"{before}{script}{body_end}{after}", content_type="text/html; charset=utf-8")


def add_headers(response: Response, path: str, build: Build) -> None:
    """Add the headers of headers.json that the response does not have yet; a path's own come before the default."""
    file = build.compiled / "headers.json"
    rules: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    default = rules.pop("default", {})
    matching = [headers for pattern, headers in rules.items() if path_patterns.matches(path, pattern)]
    for headers in [*matching, default]:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
