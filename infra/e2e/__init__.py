"""The whole system on AWS, rehearsed on this machine: `make rehearse`."""
