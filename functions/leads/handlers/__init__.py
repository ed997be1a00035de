"""Entry points of the Lambda functions. They wire services to AWS."""

from __future__ import annotations

import gc
import os

from leads import log, version
from leads.settings import Settings
from leads.wiring import Wiring

# A cold start makes some 100,000 objects that stay; by default Python would look for garbage among them
# nearly 40 times meanwhile, a tenth of the whole start.
gc.set_threshold(200_000)

ON_LAMBDA = "AWS_LAMBDA_FUNCTION_NAME" in os.environ
"""Whether Lambda runs this process (developer guide, Defined runtime environment variables)."""

if ON_LAMBDA:
    recorded = version.recorded()
    log.event("start", outcome=" ".join(recorded.values()) or version.UNKNOWN)


def prepared(wiring: Wiring, *, at_import: bool = ON_LAMBDA) -> Wiring:
    """Return the wiring, with its client made and the facts read while Lambda still gives a whole processor.

    Reading the facts opens the connection to DynamoDB, which the first call then uses. A failure costs nothing but
    this: a call reads what is missing.
    """
    if at_import:
        try:
            wiring.facts(Settings.read())
        except Exception as error:
            log.exception("not prepared", error)
    return wiring
