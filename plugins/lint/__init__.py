"""Checks of what editors write. Each diagnostic names a file, a line and a remedy."""
