"""What the build adds to Pelican, a module for each feature."""
