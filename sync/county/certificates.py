"""Makes a county its own authority and server certificate, so that laptops can pin it where no public certificate is to be had."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sync.county.config import write_secret

CA_DAYS, SERVER_DAYS = 3650, 825


def make_certificates(folder: Path, url: str, name: str) -> None:
    """Write ca.der, server.pem and server.key (P-256) for the host of `url`; the authority's key is kept beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = ec.generate_private_key(ec.SECP256R1())
    subject = _name(f"{name} 内部证书")
    ca = _builder(subject, subject, authority.public_key(), CA_DAYS)
    ca = ca.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root = ca.add_extension(_usage(signs=True), critical=True).sign(authority, hashes.SHA256())
    server = ec.generate_private_key(ec.SECP256R1())
    host = urlsplit(url).hostname or "localhost"
    leaf = _builder(_name(host), subject, server.public_key(), SERVER_DAYS)
    leaf = leaf.add_extension(x509.SubjectAlternativeName([_host(host)]), critical=False)
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = leaf.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
    certificate = leaf.add_extension(_usage(signs=False), critical=True).sign(authority, hashes.SHA256())
    write_secret(folder / "ca.der", root.public_bytes(Encoding.DER))
    write_secret(folder / "ca.key", _private(authority))
    write_secret(folder / "server.pem", certificate.public_bytes(Encoding.PEM))
    write_secret(folder / "server.key", _private(server))


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
