"""What our build adds to Pelican: one module a feature."""
