"""Entry points of the Lambda functions. They wire services to AWS."""

import gc
import os

from leads import log, version

# A cold start makes some 100,000 objects that stay; by default Python would look for garbage among them
# nearly 40 times meanwhile, a tenth of the whole start.
gc.set_threshold(200_000)

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:  # set by Lambda (developer guide, Defined runtime environment variables)
    recorded = version.recorded()
    log.event("start", outcome=" ".join(recorded.values()) or version.UNKNOWN)
