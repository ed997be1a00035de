"""Files of the built site as S3 sends those that were published."""

from __future__ import annotations

from pathlib import Path

from werkzeug import Request, Response
from werkzeug.security import safe_join

from infra.publish import site_files


def answer(request: Request, output: Path) -> Response:
    """Return the file at this path with its published headers and metadata; 403 if there is none, as S3 does."""
    name = request.path.lstrip("/")
    joined = safe_join(str(output), name)
    if joined is None or not Path(joined).is_file():
        return Response(status=403)
    body = Path(joined).read_bytes()
    file = site_files.describe(name, body)
    metadata = {f"x-amz-meta-{key}": value for key, value in file.metadata.items()}
    return Response(body, content_type=file.content_type, headers={"cache-control": file.cache_control, **metadata})
