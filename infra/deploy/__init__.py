"""`make deploy`: create or update the stack on AWS, after showing what changes."""
