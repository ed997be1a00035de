"""Tests of the certificates with which the stub of AWS speaks TLS."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from benchmarks import certificates


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> None:
    """Connect both in memory. Raises SSLError if the client does not trust the server."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1"),
        server.wrap_bio(to_server, to_client, server_side=True),
    )
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """Return a server's context, and the file of roots that trusts it."""
    return certificates.issue(tmp_path_factory.mktemp("certificates"))


def strict(roots: Path) -> ssl.SSLContext:
    """Return a client's context with the checks that Python 3.13 adds."""
    context = ssl.create_default_context(cafile=str(roots))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def test_a_handler_trusts_the_stub(issued: tuple[ssl.SSLContext, Path]) -> None:
    shake_hands(issued[0], strict(issued[1]))


def test_botocore_s_own_roots_do_not(issued: tuple[ssl.SSLContext, Path]) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(issued[0], strict(certificates.ROOTS))


def test_a_handler_loads_one_root_more_than_on_aws(issued: tuple[ssl.SSLContext, Path]) -> None:
    ours, theirs = (strict(roots).cert_store_stats()["x509"] for roots in (issued[1], certificates.ROOTS))
    assert ours == theirs + 1
