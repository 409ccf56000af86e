"""Tokens of time in a log: whether each is of a checkpoint of this very log.

What an authority says in them is judged where a bundle is verified.
"""

from __future__ import annotations

import hashlib
from typing import Final

from changqing.errors import Issue
from changqing.evidence.ledger import damage
from changqing.evidence.ledger.log import BrokenTileError
from changqing.evidence.ledger.merkle import compute_root
from changqing.evidence.ledger.note import Checkpoint, SignedCheckpoint
from changqing.evidence.ledger.recorded import Evidence

_FOLDER: Final = "times"
_IMPRINT: Final = b"\x04\x20"  # how DER begins the SHA-256 that a token is of


def check_tokens(evidence: Evidence) -> list[Issue]:
    """Name each token of time that is not of a checkpoint of this log.

    None where a tile is damaged, which `Evidence.verify` names.
    """
    while True:
        before = _read_reach(evidence)
        try:
            issues, whole = _compare_tokens(evidence), True
        except BrokenTileError:
            issues, whole = [], False
        if whole and not issues:
            return []
        # Else somebody folded meanwhile, and tiles that were to be read are gone.
        if before == _read_reach(evidence):
            return issues


def _read_reach(evidence: Evidence) -> tuple[Checkpoint | None, bytes]:
    """How far the log is folded, and how far it reaches."""
    return evidence.read_folded_checkpoint(), evidence.read_checkpoint_note()


def _compare_tokens(evidence: Evidence) -> list[Issue]:
    folder = evidence.log_folder / _FOLDER
    files = evidence.list_log_files(_FOLDER)
    paths = [path for path in files if path.suffix == ".tsr"]
    if not paths:
        return []
    signers = evidence.list_signers()
    tiles = evidence.load_tiles()
    issues = []
    for number, path in enumerate(paths, start=1):
        if path.name != f"{number:04d}.tsr":
            issues.append(damage.report_lost_token(folder / f"{number:04d}.tsr"))
            break
        note = path.with_suffix(".checkpoint")
        try:
            token = evidence.read_log(f"{_FOLDER}/{path.name}")
            stamped = evidence.read_log(f"{_FOLDER}/{note.name}")
            signed = SignedCheckpoint.parse(stamped.decode())
            at = signed.checkpoint
            mine = at.size <= tiles.size and at.root == compute_root(tiles, at.size)
        except BrokenTileError:
            raise
        except (OSError, ValueError):
            issues.append(damage.report_altered_token(note))
            continue
        if not mine or not any(signed.is_signed_by(signer) for signer in signers):
            issues.append(damage.report_altered_token(note))
        elif _IMPRINT + hashlib.sha256(stamped).digest() not in token:
            issues.append(damage.report_altered_token(path))
    return issues
