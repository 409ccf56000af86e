"""A certificate authority for rehearsals; trusted only where it is handed over."""

from __future__ import annotations

import ssl
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_NAME = "Changqing rehearsal authority"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Signs certificates for any name. `pem` is what a client has to trust."""

    pem: str
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def issue(
        self, *names: str, not_before: datetime, not_after: datetime
    ) -> ssl.SSLContext:
        """Issue a server's context with a fresh certificate for `names`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "chain.pem"
            path.write_text(
                self.certify(*names, not_before=not_before, not_after=not_after)
            )
            context.load_cert_chain(path)
        return context

    def certify(self, *names: str, not_before: datetime, not_after: datetime) -> str:
        """Certify a fresh key for `names`, PEM, for any server."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _start_certificate(
                names[0], self.certificate.subject, not_before, not_after
            )
            .public_key(key.public_key())
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(name) for name in names]),
                critical=False,
            )
            .add_extension(
                x509.BasicConstraints(ca=False, path_length=None), critical=True
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(
                    self.key.public_key()
                ),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        public = certificate.public_bytes(serialization.Encoding.PEM)
        return (private + public).decode("ascii")


def make_authority(*, now: datetime) -> Authority:
    """Make a new authority, good for ten years around `now`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    span = timedelta(days=3650)
    certificate = (
        _start_certificate(_NAME, name, now - span, now + span)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
    return Authority(pem=pem, certificate=certificate, key=key)


def _start_certificate(
    name: str, issuer: x509.Name, not_before: datetime, not_after: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])]))
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
