"""How fast the function is, beside other ways to write it: `make bench`."""
