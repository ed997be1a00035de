"""A deployment for tests: a real practice, its account and certificate, and the stack's outputs."""

from __future__ import annotations

import io

from rich.console import Console

from tests.support import factories

ACCOUNT = "123456789012"
CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/0a1b"
REAL = factories.practice(sample=False)

OUTPUTS = {
    "SiteAddress": "https://www.lakeside.example",
    "DistributionDomain": "d1.cloudfront.net",
    "AlarmTopic": "arn:aws:sns:us-east-1:123456789012:alarms",
    "DkimRecords": "a._domainkey.lakeside.example=a.dkim.amazonses.com b._domainkey.lakeside.example=b.dkim.x c=d",
}


class CapturedConsole(Console):
    """A console that keeps what is printed."""

    def __init__(self) -> None:
        super().__init__(file=io.StringIO(), width=400, soft_wrap=True)

    def __str__(self) -> str:
        assert isinstance(self.file, io.StringIO)
        return self.file.getvalue()
