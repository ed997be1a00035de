"""The functions' code on Lambda. It includes the practice's facts and the frame of the functions' pages."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from infra.publish.bucket import RECORDS

OUTPUTS = ("CaptureFunction", "StaffFunction", "SweepFunction")
"""The stack's outputs that hold the functions' names."""


@dataclass(frozen=True)
class FunctionCode:
    """A zip with the functions' code, named by its SHA-256 in base64, as Lambda reports it."""

    sha256: str
    body: bytes = b""

    @classmethod
    def of(cls, body: bytes) -> FunctionCode:
        return cls(base64.b64encode(sha256(body).digest()).decode(), body)

    @property
    def key(self) -> str:
        """The key under which the bucket keeps it."""
        return f"{RECORDS}code/{base64.b64decode(self.sha256).hex()}.zip"


@dataclass(frozen=True)
class Functions:
    """Every request to Lambda that publishing makes."""

    names: tuple[str, ...]
    bucket: str
    client: Any

    def running(self, name: str) -> str:
        """Return the SHA-256 of the code that a function runs."""
        return str(self.client.get_function_configuration(FunctionName=name)["CodeSha256"])

    def update(self, name: str, code: FunctionCode) -> None:
        """Update a function to the code that the bucket keeps, and wait until it runs."""
        self.client.update_function_code(FunctionName=name, S3Bucket=self.bucket, S3Key=code.key)
        self.client.get_waiter("function_updated_v2").wait(FunctionName=name)
