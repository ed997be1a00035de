"""The form's POST request as an event of API Gateway (payload format 2.0)."""

from __future__ import annotations

import base64
import uuid
from typing import Any
from urllib.parse import urlencode

BROWSER = {
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "accept-encoding": "gzip, br",
    "cloudfront-viewer-address": "203.0.113.7:50123",
    "content-type": "application/x-www-form-urlencoded",
    "host": "abc123.execute-api.us-east-1.amazonaws.com",
    "origin": "https://www.example.com",
    "sec-fetch-site": "same-origin",
    "user-agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari",
    "via": "2.0 abc.cloudfront.net (CloudFront)",
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-proto": "https",
}


def submission() -> dict[str, Any]:
    """Return the event of one visitor's form; each call is another visitor."""
    visitor = uuid.uuid4()
    return {
        "version": "2.0",
        "routeKey": "POST /api/leads",
        "rawPath": "/api/leads",
        "rawQueryString": "",
        "headers": BROWSER,
        "requestContext": _request_context(visitor.hex),
        "body": base64.b64encode(urlencode(_fields(visitor)).encode()).decode(),
        "isBase64Encoded": True,
    }


def _fields(visitor: uuid.UUID) -> list[tuple[str, str]]:
    return [
        ("name", f"Jordan {visitor.hex[:8].translate(str.maketrans('0123456789', 'ghijklmnop')).title()}"),
        ("phone", f"(312) 555-{visitor.int % 10_000:04}"),
        ("conditions", "trd"),
        ("conditions", "ptsd"),
        ("best_time", "morning"),
        ("voicemail", "yes"),
        ("consent", "2026-11"),
        ("source", "/ketamine-for-treatment-resistant-depression/"),
        ("leave_empty", ""),
    ]


def _request_context(request_id: str) -> dict[str, Any]:
    http = {
        "method": "POST",
        "path": "/api/leads",
        "protocol": "HTTP/1.1",
        "sourceIp": "203.0.113.7",
        "userAgent": BROWSER["user-agent"],
    }
    return {
        "accountId": "000000000000",
        "apiId": "abc123",
        "domainName": BROWSER["host"],
        "domainPrefix": "abc123",
        "http": http,
        "requestId": request_id,
        "routeKey": "POST /api/leads",
        "stage": "$default",
        "time": "23/Nov/2026:15:00:00 +0000",
        "timeEpoch": 1795446000000,
    }
