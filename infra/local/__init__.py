"""The whole system on this machine, without an AWS account: `make serve`."""
