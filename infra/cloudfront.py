"""CloudFront as the template configures it: which requests reach an origin, and what the visitor gets.

The local system, the rehearsal, publishing and the tests all read the template through this module.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

import brotli  # type: ignore[import-untyped]  # it has no types
from werkzeug import Request, Response
from werkzeug.test import EnvironBuilder
from werkzeug.utils import redirect

from infra.template import Template

Origin = Callable[[Request], Response]

VIEWER_ADDRESS = "cloudfront-viewer-address"

MANAGED_CACHE_POLICIES: Mapping[str, Mapping[str, Any]] = {"4135ea2d-6df8-44a3-9df3-4b5a84be39ad": {"MaxTTL": 0}}
"""AWS's own CachingDisabled, which passes nothing on and caches nothing.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html"""

SECURITY_HEADERS = {
    "ContentSecurityPolicy": ("Content-Security-Policy", "{ContentSecurityPolicy}"),
    "ContentTypeOptions": ("X-Content-Type-Options", "nosniff"),
    "ReferrerPolicy": ("Referrer-Policy", "{ReferrerPolicy}"),
    "StrictTransportSecurity": ("Strict-Transport-Security", "max-age={AccessControlMaxAgeSec}"),
}
"""Name and value of the header that each part of a response headers policy's SecurityHeadersConfig becomes."""

COMPRESSED_TYPES = {
    "application/javascript",
    "application/json",
    "application/xml",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
    "text/plain",
}
"""Those media types of ours that CloudFront compresses: neither Atom nor vCard.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html"""

COMPRESSED_BYTES = range(1_000, 10_000_001)
COMPRESSED_STATUSES = {200, 403, 404}


class ResponseHeader(NamedTuple):
    """A header that CloudFront adds to a response."""

    value: str
    overrides: bool
    """Whether it replaces the origin's own header of this name."""


class ErrorPage(NamedTuple):
    """What CloudFront answers instead of an origin's error."""

    path: str
    status: int


@dataclass(frozen=True)
class CacheBehavior:
    """What CloudFront does with the requests whose path matches a pattern."""

    pattern: str
    origin: str
    methods: frozenset[str]
    cookies: frozenset[str]
    query_strings: frozenset[str]
    headers: frozenset[str]
    """In lower case, as all names of request headers here."""
    custom_headers: frozenset[str]
    """Headers that CloudFront itself sends to the origin."""
    encodings: tuple[str, ...]
    """How responses are compressed, best first."""
    response_headers: Mapping[str, ResponseHeader]
    has_function: bool
    """Whether the template's function Address sees requests and responses."""

    def matches(self, path: str) -> bool:
        """Return True if the pattern matches the whole path.

        `*` matches any number of characters, slashes too, and `?` exactly one; case counts.
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
        """
        expression = re.escape(self.pattern).replace(r"\*", ".*").replace(r"\?", ".")
        return re.fullmatch(expression, path, re.DOTALL) is not None

    def origin_request(self, request: Request, path: str, secrets: Mapping[str, str]) -> Request:
        """Return the request that the origin gets, with those of these secrets that it is sent."""
        kept = {
            name: value
            for name, value in request.environ.items()
            if not name.startswith(("HTTP_", "werkzeug.")) and name not in {"CONTENT_TYPE", "RAW_URI", "REQUEST_URI"}
        }
        query = _kept(request.query_string.decode("latin-1"), "&", self.query_strings)
        headers = {name.lower(): value for name, value in request.headers if name.lower() in self.headers}
        if VIEWER_ADDRESS in self.headers:
            headers[VIEWER_ADDRESS] = f"{request.remote_addr or '127.0.0.1'}:{request.environ.get('REMOTE_PORT', 0)}"
        if cookies := _kept(request.headers.get("cookie", ""), ";", self.cookies):
            headers["cookie"] = cookies
        headers |= {name: secrets[name] for name in self.custom_headers & secrets.keys()}
        headers["user-agent"] = "Amazon CloudFront"
        variables = {_variable(name): value for name, value in headers.items()}
        as_in_wsgi = path.encode().decode("latin-1")  # PEP 3333
        return Request({**kept, **variables, "PATH_INFO": as_in_wsgi, "QUERY_STRING": query})

    def compress(self, request: Request, response: Response) -> None:
        """Compress the response in place, if the browser takes it and CloudFront compresses such a response."""
        accepted = (encoding for encoding in self.encodings if request.accept_encodings[encoding])
        encoding = next(accepted, "")
        if encoding and _is_compressible(response):
            response.set_data(COMPRESSORS[encoding](response.get_data()))
            response.headers["content-encoding"] = encoding
            response.headers["vary"] = "accept-encoding"

    def add_headers(self, response: Response) -> None:
        """Add the headers of the response headers policy in place."""
        for name, (value, overrides) in self.response_headers.items():
            if overrides or name not in response.headers:
                response.headers[name] = value


def _kept(text: str, separator: str, names: frozenset[str]) -> str:
    pairs = (pair for pair in text.split(separator) if pair.partition("=")[0].strip() in names)
    return separator.join(pairs).strip()


def _variable(header: str) -> str:
    """Return the WSGI variable of a request header."""
    return "CONTENT_TYPE" if header == "content-type" else f"HTTP_{header.upper().replace('-', '_')}"


def _is_compressible(response: Response) -> bool:
    return (
        response.status_code in COMPRESSED_STATUSES
        and response.mimetype in COMPRESSED_TYPES
        and len(response.get_data()) in COMPRESSED_BYTES
        and "content-encoding" not in response.headers
    )


@lru_cache(maxsize=256)
def brotli_of(data: bytes) -> bytes:
    """Return the data in Brotli at quality 5, about what a CDN uses while it answers."""
    smaller: bytes = brotli.compress(data, quality=5)
    return smaller


COMPRESSORS: Mapping[str, Callable[[bytes], bytes]] = {"br": brotli_of, "gzip": lambda data: gzip.compress(data, 6)}


def behaviors(template: Template) -> tuple[CacheBehavior, ...]:
    """Return the distribution's cache behaviors in the order in which CloudFront tries them; the last matches all.

    Raises ValueError for a setting that is not modelled here.
    """
    config = _distribution(template)
    written = [*config["CacheBehaviors"], {"PathPattern": "*", **config["DefaultCacheBehavior"]}]
    return tuple(_behavior(template, each) for each in written)


def behavior_of(path: str, behaviors: Iterable[CacheBehavior]) -> CacheBehavior:
    """Return the first behavior that matches the path."""
    return next(behavior for behavior in behaviors if behavior.matches(path))


def error_pages(template: Template) -> Mapping[int, ErrorPage]:
    """Return the page that replaces the body of each status, on every path."""
    return {
        each["ErrorCode"]: ErrorPage(each["ResponsePagePath"], each["ResponseCode"])
        for each in _distribution(template)["CustomErrorResponses"]
        if "ResponsePagePath" in each
    }


def _distribution(template: Template) -> Mapping[str, Any]:
    config: Mapping[str, Any] = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    return config


def _behavior(template: Template, written: Mapping[str, Any]) -> CacheBehavior:
    cache = _policy(template, written["CachePolicyId"], "CachePolicyConfig")
    key = cache.get("ParametersInCacheKeyAndForwardedToOrigin", {})
    request = _policy(template, written.get("OriginRequestPolicyId"), "OriginRequestPolicyConfig")
    headers = _policy(template, written["ResponseHeadersPolicyId"], "ResponseHeadersPolicyConfig")
    (origin,) = (each for each in _distribution(template)["Origins"] if each["Id"] == written["TargetOriginId"])
    compresses = written.get("Compress", False) and cache["MaxTTL"] > 0
    encodings = {"br": "EnableAcceptEncodingBrotli", "gzip": "EnableAcceptEncodingGzip"}
    return CacheBehavior(
        pattern=written["PathPattern"],
        origin=origin["Id"],
        methods=frozenset(written["AllowedMethods"]),
        cookies=_names("Cookie", key, request),
        query_strings=_names("QueryString", key, request),
        headers=frozenset(name.lower() for name in _names("Header", key, request)),
        custom_headers=frozenset(each["HeaderName"].lower() for each in origin.get("OriginCustomHeaders", [])),
        encodings=tuple(name for name, option in encodings.items() if compresses and key.get(option)),
        response_headers=_response_headers(headers),
        has_function="FunctionAssociations" in written,
    )


def _policy(template: Template, reference: Any, section: str) -> Mapping[str, Any]:
    if reference is None:
        return {}
    if isinstance(reference, str):
        return MANAGED_CACHE_POLICIES[reference]
    config: Mapping[str, Any] = template["Resources"][reference["Ref"]]["Properties"][section]
    return config


def _names(kind: str, *configs: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of this kind that a cache policy or an origin request policy passes on."""
    sections = [config.get(f"{kind}sConfig", {}) for config in configs]
    modes = {section.get(f"{kind}Behavior", "none") for section in sections}
    if unknown := modes - {"none", "whitelist"}:
        raise ValueError(f"{kind}Behavior {', '.join(unknown)} is not modelled in infra/cloudfront.py")
    return frozenset(name for section in sections for name in section.get(f"{kind}s", []))


def _response_headers(config: Mapping[str, Any]) -> Mapping[str, ResponseHeader]:
    found = {}
    for part, options in config["SecurityHeadersConfig"].items():
        name, value = SECURITY_HEADERS[part]
        found[name] = ResponseHeader(value.format(**options), options["Override"])
    for item in config["CustomHeadersConfig"]["Items"]:
        found[item["Header"]] = ResponseHeader(item["Value"], item["Override"])
    return found


def canonical(path: str) -> str:
    """Return the one address of a page, as the template's function Address does; a test compares them."""
    single = re.sub(r"[/\\]+", "/", path)
    small = re.sub("[A-Z]", lambda found: found[0].lower(), single)
    return f"{small}/" if re.search(r"/[^/.]+\Z", small) else small


@dataclass(frozen=True)
class Edge:
    """The template's distribution in front of its origins."""

    template: Template
    origins: Mapping[str, Origin]
    """By the template's origin ids."""
    secrets: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Values of the headers that CloudFront itself sends to origins, by name; one without a value is not sent."""

    @cached_property
    def _behaviors(self) -> tuple[CacheBehavior, ...]:
        return behaviors(self.template)

    @cached_property
    def _error_pages(self) -> Mapping[int, ErrorPage]:
        return error_pages(self.template)

    def answer(self, request: Request) -> Response:
        """Return the visitor's response."""
        behavior = behavior_of(request.path, self._behaviors)
        response = self._response(request, behavior)
        behavior.add_headers(response)
        return response

    def _response(self, request: Request, behavior: CacheBehavior) -> Response:
        path = request.path
        if request.method not in behavior.methods:
            return Response("This distribution does not allow the method of the request.", 403)
        if behavior.has_function:
            if path != canonical(path):
                return redirect(_with_query(quote(canonical(path)), request), 301)
            path = f"{path}index.html" if path.endswith("/") else path
        response = self._replaced(self._fetched(request, path))
        behavior.compress(request, response)
        if behavior.has_function:
            _apply_metadata(request, response)
        return response

    def _fetched(self, request: Request, path: str) -> Response:
        behavior = behavior_of(path, self._behaviors)
        return self.origins[behavior.origin](behavior.origin_request(request, path, self.secrets))

    def _replaced(self, response: Response) -> Response:
        """Return the error page in place of an origin's error; the error as it is if the page cannot be had."""
        if response.status_code not in self._error_pages:
            return response
        path, status = self._error_pages[response.status_code]
        page = self._fetched(Request(EnvironBuilder(path).get_environ()), path)
        if page.status_code != 200:
            return response
        page.status_code = status
        return page


def _with_query(address: str, request: Request) -> str:
    query = request.query_string.decode("latin-1")
    return f"{address}?{query}" if query else address


def _apply_metadata(request: Request, response: Response) -> None:
    """Answer for a file at an old address as the template's function Address does.

    The query stays: it says which link brought the visitor.
    """
    moved_to = response.headers.pop("x-amz-meta-moved-to", "")
    gone = response.headers.pop("x-amz-meta-gone", "")
    if moved_to:
        response.status_code = 301
        response.headers["location"] = _with_query(moved_to, request)
    elif gone:
        response.status_code = 410
