"""Other ways to write the function, for comparison. Each is packaged alone, with exactly what it imports."""
