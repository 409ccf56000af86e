"""A sealed example, and what somebody with or without its key may do to it."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from changqing.evidence import SigningKey, Verifier
from changqing.sealing import packed, verify
from tests.command_line import Done, run_command

ROOT = Path(__file__).resolve().parent.parent.parent
VERIFIER = Path(verify.__file__)
Files = dict[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A case folder, the bundle made of it, and the key that sealed it."""

    case: Path
    bundle: Path
    key: SigningKey

    def files(self) -> Files:
        """The files of the bundle by name."""
        return unpacked(self.bundle.read_bytes())

    def signers(self) -> frozenset[str]:
        """The fingerprints of the sealer and of whoever kept the log."""
        history = self.files()["log/signers"].decode().split()
        publics = [Verifier.parse(line).public for line in history]
        publics.append(self.key.verifier("any").public)
        return frozenset(hashlib.sha256(public).hexdigest() for public in publics)

    def rules(self) -> Mapping[str, str]:
        """The rules of the bundle, as rules that are known."""
        return {verify.rules_digest(digests(self.files())): "edition"}

    def check(self, files: Files) -> verify.Report:
        """What the verifier says of other files, with rules and signers known."""
        return self.check_bytes(packed(files))

    def check_bytes(self, content: bytes) -> verify.Report:
        """What the verifier says of other bytes, with rules and signers known."""
        report, _ = verify.check(io.BytesIO(content), self.signers(), self.rules())
        return report

    def resealed(self, files: Files, key: SigningKey | None = None) -> Files:
        """The files with a manifest of their own: what the sealer could have done."""
        signing = self.key if key is None else key
        origin = files["log/checkpoint"].decode().split("\n")[0]
        rest = {name: data for name, data in files.items() if name != verify.MANIFEST}
        lines = [
            f"{digest}  {name}\n" for name, digest in sorted(digests(rest).items())
        ]
        head = f"{verify.FORMAT}\n{origin}\n{signing.verifier(origin)}\n"
        manifest = signing.sign(head + "".join(lines), origin).encode()
        return {**rest, verify.MANIFEST: manifest}


def digests(files: Files) -> dict[str, str]:
    """SHA-256 by name."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def unpacked(content: bytes) -> Files:
    """The files of a container, by our own reader."""
    bundle = verify.Bundle(io.BytesIO(content))
    return {name: b"".join(bundle.chunks(name)) for name in bundle.files}


def edited(content: bytes, change: Any) -> bytes:
    """JSON after `change` was called on it."""
    data = json.loads(content)
    change(data)
    return json.dumps(data, ensure_ascii=False).encode()


def changqing(*arguments: str | Path, config: Path) -> Done:
    """The command line in this process, with its key in `config`."""
    settings = {"XDG_CONFIG_HOME": str(config), "LC_ALL": "en_GB.UTF-8"}
    return run_command(arguments, settings=settings)


def verified(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The published verifier by itself: nothing installed, nothing inherited."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={},
        cwd="/",
    )


def copied(example: str, to: Path) -> Path:
    """A copy of an example that may be written to."""
    target = to / example
    shutil.copytree(ROOT / "examples" / example, target)
    return target


def broken(report: verify.Report) -> list[str]:
    """The damaged parts, by name."""
    return [part for part, _ in report.damaged]
