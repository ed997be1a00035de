"""One HTTP request of an API Gateway HTTP API event (payload format 2.0): form or JSON, exactly as typed."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from leads.clock import NEVER, Deadline
from leads.web.errors import HTTPError

GatewayEvent = Mapping[str, Any]
"""An event as Lambda passes it to a handler."""

MAX_BODY_BYTES = 16 * 1024
"""A full form in the widest script is under 4 KiB."""

MAX_FIELDS = 200

FORM_MEDIA_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """One request, as far as the handlers need it."""

    method: str
    token: str
    headers: Mapping[str, str]
    event: GatewayEvent
    deadline: Deadline = NEVER
    """When the handler must be done."""

    @classmethod
    def from_event(cls, event: GatewayEvent, deadline: Deadline = NEVER) -> Request:
        """Return the request of an event. Its body is read only by `form_data`."""
        http = event["requestContext"]["http"]
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        token = (event.get("pathParameters") or {}).get("token", "")
        return cls(http["method"].upper(), token, headers, event, deadline)

    @property
    def path(self) -> str:
        """Return the path of the address, as API Gateway read it."""
        return str(self.event.get("rawPath") or "")

    @property
    def address(self) -> str:
        """Return the visitor's internet address. CloudFront passes it on; the gateway itself sees only CloudFront."""
        viewer = self.headers.get("cloudfront-viewer-address", "").rpartition(":")[0]
        return viewer or str(self.event["requestContext"]["http"].get("sourceIp", ""))

    @property
    def wants_json(self) -> bool:
        """Return whether the client accepts or sends JSON, as the page's script does."""
        return "application/json" in self.headers.get("accept", "") or self._media_type == "application/json"

    @property
    def _media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def allow(self, *methods: str) -> None:
        """Raise HTTPError 405 for every other method."""
        if self.method not in methods:
            raise HTTPError(
                405,
                "Nothing to see at this address",
                "This address takes only the form that asks for a call. Go back to the page and use the form there.",
                Allow=", ".join(methods),
            )

    def require_origin_secret(self, secret: SecretStr | None) -> None:
        """Raise HTTPError 404 unless the request carries CloudFront's origin secret. Compares in constant time."""
        sent = self.headers.get("x-origin-secret", "")
        if secret and not compare_digest(sent.encode(), secret.get_secret_value().encode()):
            raise HTTPError(
                404,
                "This is not our public address",
                "Open our website and use the form there, or call us.",
            )

    def require_same_origin(self, own: str) -> None:
        """Raise HTTPError 404 for a POST from another site's page.

        Browsers say in Sec-Fetch-Site where a request comes from. Older ones send only Origin, which is "null" for our
        own form, because its page asks for no referrer: so "null" is accepted.
        """
        fetched_from = self.headers.get("sec-fetch-site")
        origin = self.headers.get("origin", "null")
        foreign = fetched_from not in {"same-origin", "none"} if fetched_from else origin not in {"null", _origin(own)}
        if foreign:
            raise HTTPError(
                404,
                "This form was sent from another site",
                "For your safety we only take the form from our own page. Open our page and send it from there.",
            )

    def form_data(self) -> dict[str, list[str]]:
        """Return the form's fields, each with its values in order, exactly as typed.

        Raises HTTPError 400, 413 or 415 for a body that cannot be read.
        """
        parsers = {FORM_MEDIA_TYPE: _form_fields, "application/json": _json_fields}
        parse = parsers.get(self._media_type)
        if parse is None or self._charset not in {"", "utf-8", "utf8"}:
            raise HTTPError(
                415,
                "We cannot read what was sent",
                f"Send the form as {FORM_MEDIA_TYPE} or as application/json, in UTF-8.",
            )
        try:
            form_data = parse(self._body().decode("utf-8"))
            "".join(value for values in form_data.values() for value in values).encode("utf-8")
        except (ValueError, RecursionError):  # not UTF-8, not JSON, half a character, too many fields
            raise HTTPError(
                400,
                "We cannot read what was sent",
                "Part of the form arrived damaged. Go back to the page and send it again.",
            ) from None
        return form_data

    @property
    def _charset(self) -> str:
        parameters = self.headers.get("content-type", "").lower().split(";")[1:]
        found = (
            value.strip(' "') for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "charset"
        )
        return next(found, "")

    def _body(self) -> bytes:
        text = self.event.get("body") or ""
        if len(text) <= MAX_BODY_BYTES * 4 // 3 + 4:
            body = _decoded(text) if self.event.get("isBase64Encoded") else text.encode("utf-8")
            if len(body) <= MAX_BODY_BYTES:
                return body
        raise HTTPError(
            413,
            "That is more than the form can hold",
            "Go back to the page and use shorter answers, or call us.",
        )


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _form_fields(text: str) -> dict[str, list[str]]:
    return parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)


def _json_fields(text: str) -> dict[str, list[str]]:
    pairs = json.loads(text, object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=_no_number)
    # Objects arrive as tuples of pairs, so that a repeated key is seen and not silently overwritten; numbers
    # arrive as they were written, so that 1.10 is not 1.1 and 1e999 not infinity.
    if not isinstance(pairs, tuple):
        raise ValueError("not an object")  # noqa: TRY004 -- one kind of error for all that cannot be read
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).extend(_json_values(value))
    return fields


def _no_number(word: str) -> str:
    raise ValueError(f"{word} is not JSON")


def _json_values(value: object) -> list[str]:
    """Return a field's values as a form sends them: true is a ticked box, false and null are no value."""
    if value is None or value is False:
        return []
    if value is True:
        return ["yes"]
    values = value if isinstance(value, list) else [value]
    texts = [item for item in values if isinstance(item, str)]
    if texts != values:
        raise ValueError("not a form's value")
    return texts
