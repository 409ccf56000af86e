"""A case sealed masked or whole, and entries of it hidden."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from changqing.evidence.ledger.note import load_key
from changqing.sealing import verify
from tests.sealing.sealed_bundle import (
    Files,
    Sealed,
    changqing,
    edited,
    withhold,
)

NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)


def seal_as_bundle(case: Path, bundle: Path, place: Path, *options: str) -> Sealed:
    done = changqing("seal", case, "-o", bundle, *options, config=place)
    assert done.returncode == 0, done.stderr
    return Sealed(case=case, bundle=bundle, key=load_key(find_key(place)))


def find_key(place: Path) -> Path:
    return place / "changqing" / "signing-key"


def read_lines(files: Files) -> list[Any]:
    return [json.loads(line) for line in files[verify.ENTRIES].splitlines()]


def replace_lines(files: Files, lines: list[Any]) -> Files:
    text = b"".join(verify.encode_canonical(line) + b"\n" for line in lines)
    return {**files, verify.ENTRIES: text}


def hide(files: Files, numbers: Collection[int]) -> Files:
    """Hide entries of a whole bundle as a sealer may, and say truly what they are of."""
    lines = read_lines(files)
    hidden = [line for line in lines if line["number"] in numbers]
    shown = [line for line in lines if line["number"] not in numbers]
    known = {line["content"].get("subject") for line in shown}
    entries = []
    for line in hidden:
        subject = line["content"].get("subject", "")
        if subject not in known:
            subject = f"{subject.partition(':')[0]}:" if subject else ""
        fact = line["content"].get("fact", "")
        number = line["number"]
        entries.append(
            {"number": number, "subject": subject, "fact": fact, "reason": "identity"}
        )
    named = {
        line["content"]["digest"]
        for line in shown
        if line["content"]["type"] in ("record", "blob")
        and line["content"]["digest"] is not None
    }

    def list_them(told: Any) -> None:
        told["entries"] = entries
        told["absent"] = [e for e in told["absent"] if e["digest"] in named]

    kept = {
        name: content
        for name, content in files.items()
        if not name.startswith("objects/") or name[8:] in named
    }
    kept["withheld.json"] = edited(files["withheld.json"], list_them)
    left = {line["number"]: withhold(line) for line in hidden}
    return replace_lines(kept, [left.get(line["number"], line) for line in lines])


def count_verdicts(report: verify.Report) -> tuple[int, int]:
    """How many verdicts were recomputed, and how many rest on what is withheld."""
    done = next(en for _, en in report.checked if "recomputed and compared" in en)
    blind = [en for _, en in report.unchecked if "verdicts rest on" in en]
    return (
        int(done.split()[0]),
        int(blind[0].split()[0]) if blind else 0,
    )


def list_unrecomputed(report: verify.Report) -> str:
    return "\n".join(en for _, en in report.unchecked if "not recomputed, rests" in en)
