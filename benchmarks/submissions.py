"""The requests of a visitor's browser as events of API Gateway (payload format 2.0)."""

from __future__ import annotations

import base64
from itertools import count
from typing import Any
from urllib.parse import urlencode

Event = dict[str, Any]

BROWSER = {
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "accept-encoding": "gzip, br",
    "content-type": "application/x-www-form-urlencoded",
    "host": "abc123.execute-api.us-east-1.amazonaws.com",
    "origin": "https://www.example.com",
    "sec-fetch-site": "same-origin",
    "user-agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari",
    "via": "2.0 abc.cloudfront.net (CloudFront)",
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-proto": "https",
}

URGENT = ("suicidal-thoughts",)

SUCCESS = 303
"""The status of the answer to a form whose lead was stored."""

_visitors = count(1)


def waking() -> Event:
    """Return the event of the page's question at the first focus in the form."""
    return _event("GET", "/api/promise", 0)


def submission(conditions: tuple[str, ...] = ("trd", "ptsd")) -> Event:
    """Return the event of one visitor's form; each call is another visitor at another address."""
    visitor = next(_visitors)
    body = urlencode([*_fields(visitor), *(("conditions", condition) for condition in conditions)])
    return _event("POST", "/api/leads", visitor) | {
        "body": base64.b64encode(body.encode()).decode(),
        "isBase64Encoded": True,
    }


def _fields(visitor: int) -> list[tuple[str, str]]:
    return [
        ("name", f"Jordan {str(visitor).translate(str.maketrans('0123456789', 'ghijklmnop')).title()}"),
        ("phone", f"(312) {220 + visitor // 10_000}-{visitor % 10_000:04}"),
        ("best_time", "morning"),
        ("voicemail", "yes"),
        ("consent", "2026-11"),
        ("source", "/ketamine-for-treatment-resistant-depression/"),
        ("leave_empty", ""),
    ]


def _event(method: str, path: str, visitor: int) -> Event:
    address = f"198.{18 + visitor // 65_536}.{visitor // 256 % 256}.{visitor % 256}"
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": BROWSER | {"cloudfront-viewer-address": f"{address}:50123"},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "abc123",
            "domainName": BROWSER["host"],
            "domainPrefix": "abc123",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": BROWSER["user-agent"],
            },
            "requestId": f"{visitor:032}",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "23/Nov/2026:15:00:00 +0000",
            "timeEpoch": 1795446000000,
        },
    }
