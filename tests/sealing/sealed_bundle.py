"""A sealed example, and what somebody with or without its key may do to it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from changqing.evidence.ledger.entry import encode_canonical, read_line
from changqing.evidence.ledger.log import Tiles, append_entries
from changqing.evidence.ledger.merkle import hash_leaf
from changqing.evidence.ledger.note import Checkpoint, SigningKey, Verifier
from changqing.sealing import verify
from changqing.sealing.bundle import pack
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
        publics.append(self.key.make_verifier("any").public)
        return frozenset(hashlib.sha256(public).hexdigest() for public in publics)

    def rules(self) -> Mapping[str, str]:
        """The rules of the bundle, as rules that are known."""
        return {verify.compute_rules_digest(digests(self.files())): "edition"}

    def check(self, files: Files) -> verify.Report:
        """What the verifier says of other files, with rules and signers known."""
        return self.check_bytes(pack(files))

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
        head = f"{verify.FORMAT}\n{origin}\n{signing.make_verifier(origin)}\n"
        manifest = signing.sign(head + "".join(lines), origin).encode()
        return {**rest, verify.MANIFEST: manifest}

    def relogged(
        self,
        files: Files,
        change: Callable[[list[dict[str, Any]]], None],
        write: Callable[[dict[str, Any]], bytes] = encode_canonical,
    ) -> Files:
        """The files with a log made anew, as whoever holds the key could have done.

        `change` edits the entries, each with its content and salt; what the log has of
        what was given and judged follows the files. `write` spells the lines.
        """
        entries = [json.loads(line) for line in files["log/entries.jsonl"].splitlines()]
        change(entries)
        made = {name: json.loads(files[f"{name}.json"]) for name in JUDGED}
        for finding in made["assessment"]["findings"]:
            finding.pop("explanation", None)
        last = 0
        for number, entry in enumerate(entries, start=1):
            entry["number"] = number
            content = entry.get("content", {})
            if content.get("what") in JUDGED:
                content["digest"] = _sha256(encode_canonical(made[content["what"]]))
            if content.get("what") != "document":
                last = number
        commitments = [commitment_of(entry) for entry in entries]
        _, fresh = append_entries(Tiles(Path("/nowhere"), 0), commitments)
        tiles = Tiles(Path("/nowhere"), len(entries), fresh)
        origin = files["log/checkpoint"].decode().split("\n")[0]
        body = Checkpoint(origin, len(entries), tiles.compute_root()).format_body()
        proofs = (
            " ".join(
                base64.b64encode(part).decode() for part in tiles.prove_inclusion(index)
            )
            for index in range(len(entries))
        )
        leaves = [hash_leaf(commitment) for commitment in commitments[:last]]
        rules = verify.compute_rules_digest(digests(files))
        bound = {
            "size": last,
            "digest": verify.compute_bound_digest(rules, origin, leaves),
        }
        signers = files["log/signers"].decode()
        mine = f"{self.key.make_verifier(origin)}\n"
        return self.resealed(
            {
                **files,
                "log/entries.jsonl": b"".join(write(e) + b"\n" for e in entries),
                "log/proofs.txt": "".join(f"{proof}\n" for proof in proofs).encode(),
                "log/checkpoint": self.key.sign(body, origin).encode(),
                "log/signers": (
                    signers if mine in signers else signers + mine
                ).encode(),
                "bound.json": json.dumps(bound).encode(),
            }
        )


JUDGED = ("given", "assessment")
SALT = "5a" * 32


def entry_of(content: dict[str, Any]) -> dict[str, Any]:
    """An entry to put into a log, which gets its number there."""
    return {"content": content, "number": 0, "salt": SALT}


def commitment_of(entry: dict[str, Any]) -> bytes:
    """What the leaf of an entry commits to."""
    return read_line(encode_canonical(entry) + b"\n").commitment


def withhold(line: Any) -> Any:
    """What is left of a line when its content is taken out."""
    salts = {name: bytes.fromhex(salt) for name, salt in line["salts"].items()}
    told = bytes.fromhex(line["salt"]) + verify.encode_canonical(line["content"])
    return {
        "head": verify.make_head(line["content"], salts),
        "number": line["number"],
        "rest": hashlib.sha256(told).hexdigest(),
    }


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digests(files: Files) -> dict[str, str]:
    """SHA-256 by name."""
    return {name: _sha256(data) for name, data in files.items()}


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
