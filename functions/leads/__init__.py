"""What runs on AWS Lambda: a lead comes in, is kept, and is called back in time."""
