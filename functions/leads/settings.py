"""Settings from environment variables, validated.

The environment is the only configuration (docs/operations.md, Configuration).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

PURPOSE = {
    "LEADS_TABLE": "the name of the table of leads (LeadsTable in infra/template.yaml)",
    "LEADS_FACTS": "the name of the table of facts (FactsTable in infra/template.yaml)",
    "LEADS_SECRET": "at least 32 random characters, the same on every function",
    "LEADS_SITE_URL": "the site's address, without a final slash",
    "LEADS_ORIGIN_SECRET": "at least 32 random characters that CloudFront sends as x-origin-secret, or leave it out",
}


COMPILED = Path(__file__).parent / "compiled"
"""Where the functions' package has what the site's build compiled."""


class EnvironmentMistakeError(RuntimeError):
    """A variable is missing or unusable; the text names it and what to set, never its value."""


def compiled_folder(variables: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of what the build compiled, also if other settings are wrong."""
    return Path(variables.get("LEADS_COMPILED") or COMPILED)


class TableSettings(BaseModel):
    """Settings that are needed to read and change leads, without the secret."""

    model_config = ConfigDict(frozen=True)

    table: Annotated[str, Field(alias="LEADS_TABLE", min_length=3)]
    facts: Annotated[str, Field(alias="LEADS_FACTS", min_length=3)]
    facts_max_age_seconds: Annotated[int, Field(alias="LEADS_FACTS_MAX_AGE", ge=0)] = 300
    """Age at which facts are read again, by the next call that needs them."""
    compiled: Annotated[Path, Field(alias="LEADS_COMPILED")] = COMPILED

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Self:
        """Return the settings. Raises EnvironmentMistakeError, naming every variable that is missing or wrong."""
        given = {name: value for name, value in variables.items() if name.startswith("LEADS_") and value}
        try:
            return cls.model_validate(given)
        except ValidationError as invalid:
            names = sorted({str(error["loc"][0]) for error in invalid.errors(include_input=False)})
        wrong = [f"{name} is missing or too short: set it to {PURPOSE.get(name, 'a usable value')}." for name in names]
        raise EnvironmentMistakeError(" ".join(wrong))


class Settings(TableSettings):
    """All settings of a function."""

    secret: Annotated[SecretStr, Field(alias="LEADS_SECRET", min_length=32)]
    configuration_set: Annotated[str | None, Field(alias="LEADS_CONFIGURATION_SET")] = None
    site_url: Annotated[str, Field(alias="LEADS_SITE_URL", min_length=8)]
    """The site's address without a final slash."""
    origin_secret: Annotated[SecretStr | None, Field(alias="LEADS_ORIGIN_SECRET", min_length=32)] = None
    """Header x-origin-secret of requests from CloudFront; None where the functions are not behind CloudFront."""
    address_limit: Annotated[int, Field(alias="LEADS_ADDRESS_LIMIT", ge=1)] = 10
    """Requests that one internet address may make in an hour; the next ones wait for review."""

    @property
    def key(self) -> bytes:
        """Return the key of link signatures and fingerprints."""
        return self.secret.get_secret_value().encode()
