"""A certificate authority for one run: the stub of AWS speaks TLS, and a handler loads as many roots as on AWS."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

import botocore
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

LIFETIME = dt.timedelta(days=1)

ROOTS = Path(botocore.__file__).parent / "cacert.pem"
"""The roots that botocore trusts by default."""


def issue(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return the context of a server at 127.0.0.1, and a file of botocore's roots and the one that the server needs.

    The keys are in the folder, which the caller deletes.
    """
    root_key, key = _new_key(), _new_key()
    root = _certificate("root", root_key, root_key, *_of_authority(root_key))
    leaf = _certificate("server", key, root_key, *_of_server(root_key))
    served, trusted = folder / "server.pem", folder / "roots.pem"
    served.write_bytes(leaf.public_bytes(serialization.Encoding.PEM) + _unencrypted(key))
    trusted.write_bytes(ROOTS.read_bytes() + root.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(served)
    return context, trusted


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)  # as AWS's own certificates have


def _unencrypted(key: rsa.RSAPrivateKey) -> bytes:
    encoding, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
    return key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, no_password)


def _of_authority(key: rsa.RSAPrivateKey) -> list[tuple[x509.ExtensionType, bool]]:
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return [(x509.BasicConstraints(ca=True, path_length=0), True), (usage, True), (identifier, False)]


def _of_server(issuer: rsa.RSAPrivateKey) -> list[tuple[x509.ExtensionType, bool]]:
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    return [(names, False), (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), False)]


def _certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: rsa.RSAPrivateKey, *extensions: tuple[x509.ExtensionType, bool]
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder(_named("root"), _named(name), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - LIFETIME)
        .not_valid_after(now + LIFETIME)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
