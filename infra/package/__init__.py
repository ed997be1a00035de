"""`make package`: the functions' zip for AWS Lambda. The same input makes the same bytes."""
