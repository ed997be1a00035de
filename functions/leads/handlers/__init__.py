"""Entry points of the Lambda functions. They wire services to AWS."""

from __future__ import annotations

import gc
import os

from leads import log, version

# Before all other imports. A cold start makes some 100,000 objects that stay; by default Python would look for garbage
# among them nearly 40 times meanwhile, a tenth of the whole start.
gc.set_threshold(200_000)

ON_LAMBDA = "AWS_LAMBDA_FUNCTION_NAME" in os.environ
"""Whether Lambda runs this process (developer guide, Defined runtime environment variables)."""

if ON_LAMBDA:
    recorded = version.recorded()
    log.event("start", outcome=" ".join(recorded.values()) or version.UNKNOWN)
