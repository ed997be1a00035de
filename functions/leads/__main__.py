"""`python -m leads` is the `leads` command."""

from leads.cli import main

main()
