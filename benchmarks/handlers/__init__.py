"""What the function is compared with. Each is packaged alone, with exactly what it imports."""
