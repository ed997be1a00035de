"""`make deploy`: the whole system to AWS, shown before it is done."""
