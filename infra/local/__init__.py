"""The whole system on this machine, without an account: `make serve`."""
