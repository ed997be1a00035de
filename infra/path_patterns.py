"""CloudFront's path patterns: which of them match a path."""

from __future__ import annotations

import re


def matches(path: str, pattern: str) -> bool:
    """Return True if the pattern matches the whole path, as it does for a cache behavior of CloudFront.

    `*` matches any number of characters, slashes too, and `?` exactly one; case counts.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
    """
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, path, re.DOTALL) is not None
