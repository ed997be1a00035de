"""An end-to-end test of the whole system without an account, against moto: `make rehearse`."""
