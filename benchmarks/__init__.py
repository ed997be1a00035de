"""Measurements of the functions' speed and costs: `make bench`."""
