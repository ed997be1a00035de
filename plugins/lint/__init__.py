"""Checks of what an editor writes. Each diagnostic names file, line and remedy."""
