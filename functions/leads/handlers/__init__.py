"""Entry points of the Lambda functions. They wire services to AWS."""

import gc

# A cold start makes some 100,000 objects that stay; by default Python would look for garbage among them
# nearly 40 times meanwhile, a tenth of the whole start.
gc.set_threshold(200_000)
