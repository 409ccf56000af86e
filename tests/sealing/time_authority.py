"""A time-stamping authority on this machine: openssl behind a small HTTP server."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.needs import find_program

CONFIG = """
[tsa]
default_tsa = here
[here]
dir = {folder}
serial = $dir/serial
crypto_device = builtin
signer_cert = $dir/tsa.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A root and what it lets sign times; both in PEM in a folder."""

    folder: Path

    @property
    def root(self) -> Path:
        """The certificate to trust."""
        return self.folder / "root.pem"

    def answer(self, query: bytes) -> bytes:
        """The token for a query."""
        asked, answered = self.folder / "query.tsq", self.folder / "answer.tsr"
        asked.write_bytes(query)
        subprocess.run(
            ["openssl", "ts", "-reply", "-queryfile", asked, "-out", answered,
             "-config", self.folder / "ts.cnf"],
            check=True,
            capture_output=True,
        )  # fmt: skip
        return answered.read_bytes()


def make_authority(folder: Path, begin: datetime, end: datetime) -> Authority:
    """An authority whose certificates hold between two moments."""
    find_program("openssl")
    folder.mkdir(parents=True)
    keys = [
        rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in "ab"
    ]
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        for name in ("Root of time", "Time of this machine")
    ]
    for place, file in enumerate(("root", "tsa")):
        builder = (
            x509.CertificateBuilder()
            .subject_name(names[place])
            .issuer_name(names[0])
            .public_key(keys[place].public_key())
            .serial_number(place + 1)
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(
                x509.BasicConstraints(ca=place == 0, path_length=None), critical=True
            )
        )
        if place:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(usage, critical=True)
        made = builder.sign(keys[0], hashes.SHA256())
        pem = serialization.Encoding.PEM
        (folder / f"{file}.pem").write_bytes(made.public_bytes(pem))
        (folder / f"{file}.key").write_bytes(
            keys[place].private_bytes(
                pem,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    (folder / "serial").write_text("01\n", encoding="ascii")
    (folder / "ts.cnf").write_text(CONFIG.format(folder=folder), encoding="ascii")
    return Authority(folder=folder)


@contextmanager
def serving(authority: Authority) -> Iterator[str]:
    """The address at which an authority answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            query = self.rfile.read(int(self.headers["Content-Length"]))
            answer = authority.answer(query)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsa"
        finally:
            server.shutdown()
            thread.join()
