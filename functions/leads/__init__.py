"""A lead comes in, is stored, and is called back in time. Runs on AWS Lambda."""
