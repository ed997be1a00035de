"""The functions' code. The facts of the practice and the frame of the functions' pages are part of it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from infra.publish.bucket import RECORDS

OUTPUTS = ("CaptureFunction", "StaffFunction", "SweepFunction")
"""The stack's outputs that name the functions."""


@dataclass(frozen=True)
class FunctionCode:
    """A zip, by the SHA-256 of its bytes as Lambda writes it."""

    sha256: str
    body: bytes = b""

    @classmethod
    def of(cls, body: bytes) -> FunctionCode:
        return cls(base64.b64encode(sha256(body).digest()).decode(), body)

    @property
    def key(self) -> str:
        """Where the bucket keeps it."""
        return f"{RECORDS}code/{base64.b64decode(self.sha256).hex()}.zip"


@dataclass(frozen=True)
class Functions:
    """All that is asked of Lambda."""

    names: tuple[str, ...]
    bucket: str
    client: Any

    def running(self, name: str) -> str:
        """The SHA-256 of the code that a function runs."""
        return str(self.client.get_function_configuration(FunctionName=name)["CodeSha256"])

    def update(self, name: str, code: FunctionCode) -> None:
        """Let a function run the code that the bucket keeps, and wait until it does."""
        self.client.update_function_code(FunctionName=name, S3Bucket=self.bucket, S3Key=code.key)
        self.client.get_waiter("function_updated_v2").wait(FunctionName=name)
