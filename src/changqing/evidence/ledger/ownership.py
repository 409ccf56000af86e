"""Whose log it is: who began it, who took it over, and whether it is the one seen here.

Whoever writes to a log that another key signed says so in the log itself: a note that
is kept as bytes (a checker of any release accepts the entry), committed to by the next
checkpoint, which the new key signs.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from changqing.errors import Issue, TamperError
from changqing.evidence.ledger.items import Blob, WithheldEntries
from changqing.evidence.ledger.log import BrokenTileError
from changqing.evidence.ledger.memory import Seen
from changqing.evidence.ledger.merkle import compute_root
from changqing.evidence.ledger.note import (
    BrokenNoteError,
    Checkpoint,
    SigningKey,
    Verifier,
    read_rotation,
)
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.model import Record
from changqing.text import Text

HAND_OVER: Final = "changqing hand-over 1"
_MOST: Final = 4096  # bytes of such a note
_MOST_NAMED: Final = 40  # characters of the name of a type


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """From entry `number` on, `after` signs a log of `size` that `before` signed."""

    size: int
    root: str
    before: Verifier
    after: Verifier
    number: int


def write_hand_over(at: Checkpoint, before: Verifier, after: Verifier) -> bytes:
    """Write the note by which a key takes over a log as it is at a checkpoint."""
    tip = base64.b64encode(at.root).decode()
    return f"{HAND_OVER}\n{at.origin}\n{at.size}\n{tip}\n{before}\n{after}\n".encode()


def read_hand_overs(evidence: Evidence) -> tuple[HandOver, ...]:
    """Read the notes of a log by which a key took it over, oldest first."""
    items = evidence.list_items()
    # What a record was read from is somebody's page, which may read like a hand-over.
    pages = {item.digest for item in items if isinstance(item, Record)}
    hand_overs = []
    for item in items:
        if not isinstance(item, Blob) or item.size >= _MOST or item.digest in pages:
            continue
        try:
            text = evidence.read_small(item.digest).decode()
            title, _, size, tip, before, after, end = text.split("\n")
            if title == HAND_OVER and end == "":
                hand_overs.append(
                    HandOver(
                        size=int(size),
                        root=tip,
                        before=Verifier.parse(before),
                        after=Verifier.parse(after),
                        number=item.number,
                    )
                )
        except (TamperError, ValueError):
            continue  # no such note; what is damaged is named by `Evidence.verify`
    return tuple(hand_overs)


def list_keys(key: SigningKey) -> frozenset[bytes]:
    """List the public keys that are this one's: its own, and those that named it."""
    public_keys = {key.make_verifier("key").public}
    for note in reversed(key.succeeds):
        before, after = read_rotation(note)
        if after in public_keys:
            public_keys.add(before)
    return frozenset(public_keys)


def find_successors(
    public_keys: Iterable[bytes], rotations: Iterable[str]
) -> frozenset[bytes]:
    """Find the keys that some keys named, one signing for the next, with themselves.

    `public_keys` and the result are keys of 32 bytes; `rotations` are notes, oldest
    first, so that a key is known before it names the next. What is no note is skipped.
    """
    successors = set(public_keys)
    for note in rotations:
        try:
            before, after = read_rotation(note)
        except BrokenNoteError:
            continue
        if before in successors:
            successors.add(after)
    return frozenset(successors)


def make_seen_log(evidence: Evidence) -> Seen:
    """Sum up the log as far as no power cut takes it back, to be remembered."""
    checkpoint = evidence.read_folded_checkpoint()
    if checkpoint is None:
        return Seen()
    return Seen(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        signers=frozenset(signer.public.hex() for signer in evidence.list_signers()),
    )


def check_log_seen(
    evidence: Evidence, log_seen: Seen | None, mine: frozenset[bytes]
) -> None:
    """Raise TamperError unless a log is the one that was seen in this folder, or grew.

    `mine` are this machine's own keys. A log that differs because a file of it is
    damaged was not replaced: the damage is raised, by file and place. Only one that is
    sound in itself is said to be another. Passes where no log was seen, and where a
    tile is damaged that `Evidence.verify` names.
    """
    issues = _compare_log(evidence, log_seen, mine)
    if issues:
        # Bytes that another log keeps may well be missing here; its own files may not.
        kept = {item.digest for item in evidence.list_items() if isinstance(item, Blob)}
        evidence.verify(withheld=WithheldEntries(blobs=frozenset(kept)))
        raise TamperError(*issues)


def _compare_log(
    evidence: Evidence, log_seen: Seen | None, mine: frozenset[bytes]
) -> list[Issue]:
    if log_seen is None or not log_seen.origin:
        return []
    folder = evidence.folder
    checkpoint = evidence.read_checkpoint()
    if checkpoint is None:
        return [_make_issue(folder, _say_removed(log_seen.size))]
    if checkpoint.origin != log_seen.origin:
        return [_make_issue(folder, _ANOTHER_LOG)]
    if checkpoint.size < log_seen.size:
        return [
            _make_issue(folder, _describe_shorter_log(log_seen.size, checkpoint.size))
        ]
    try:
        same = compute_root(evidence.load_tiles(), log_seen.size).hex() == log_seen.root
    except BrokenTileError:
        return []  # `Evidence.verify` names the tile
    if not same:
        return [_make_issue(folder, _describe_other_root(log_seen.size))]
    signers_seen = {bytes.fromhex(signer) for signer in log_seen.signers}
    trusted = find_successors(signers_seen | mine, evidence.list_rotations())
    signers = [
        verifier
        for verifier in evidence.list_signers()
        if evidence.is_signed_by(verifier)
    ]
    if signers and not any(verifier.public in trusted for verifier in signers):
        return [_make_issue(folder, _describe_other_signer(signers[0]))]
    return []


def say_owners(evidence: Evidence, mine: frozenset[bytes]) -> tuple[Text, ...]:
    """Say who began a log, where this machine does not know the key, and who went on.

    Empty where the log is this machine's own from its first entry.
    """
    signers = evidence.list_signers()
    if not signers:
        return ()
    hand_overs = read_hand_overs(evidence)
    own_keys = find_successors(mine, evidence.list_rotations())
    first = hand_overs[0].before if hand_overs else signers[0]
    sentences = []
    if first.public not in own_keys:
        sentences.append(
            Text(
                zh=f"证据日志由钥匙{compute_fingerprint(first)}开始，本机不认识这把钥匙",
                en=f"The evidence was begun by key {compute_fingerprint(first)}, "
                "unknown here",
            )
        )
    for hand_over in hand_overs:
        whose_zh = "本机的钥匙" if hand_over.after.public in mine else "钥匙"
        whose_en = "this machine’s key " if hand_over.after.public in mine else "key "
        sentences.append(
            Text(
                zh=f"自证{hand_over.number:04d}起由{whose_zh}{compute_fingerprint(hand_over.after)}接手",
                en=f"From entry no. {hand_over.number:04d} on it was taken over by "
                f"{whose_en}{compute_fingerprint(hand_over.after)}",
            )
        )
    return tuple(sentences)


def say_unknown(evidence: Evidence) -> tuple[Text, ...]:
    """Name the types of entries that this release does not know, with their numbers."""
    numbers_by_type: dict[str, list[int]] = {}
    for entry in evidence.list_unknown():
        numbers_by_type.setdefault(entry.type[:_MOST_NAMED], []).append(entry.number)
    return tuple(
        Text(
            zh=f"证据日志里有{len(numbers)}条{kind}类型的记录（从证{numbers[0]:04d}起），本版本"
            "不认识，没有算进结论；请用更新的版本",
            en=f"The evidence holds {len(numbers)} entries of type {kind} (from no. "
            f"{numbers[0]:04d} on) that this release does not know: no verdict counts "
            "them; use a newer one",
        )
        for kind, numbers in sorted(numbers_by_type.items())
    )


def compute_fingerprint(signer: Verifier) -> str:
    """Compute as much of a key's SHA-256 as tells keys apart in a sentence."""
    return f"{hashlib.sha256(signer.public).hexdigest()[:16]}…"


def _make_issue(folder: Path, text: Text) -> Issue:
    return Issue(text=text, path=str(folder), hint=_RESTORE)


def _say_removed(size: int) -> Text:
    return Text(
        zh=f"证据日志被删：本机在这里见过{size}条，现在一条都没有",
        en=f"recorded evidence was removed: this machine saw {size} entries here, now "
        "there is none",
    )


def _describe_shorter_log(size: int, now: int) -> Text:
    return Text(
        zh=f"证据日志被删：本机在这里见过{size}条，现在只有{now}条",
        en=f"recorded evidence was removed: this machine saw {size} entries here, now "
        f"there are {now}",
    )


def _describe_other_root(size: int) -> Text:
    return Text(
        zh=f"证据日志被换过：前{size}条不是本机在这里见过的",
        en=f"the evidence was replaced: its first {size} entries are not those that "
        "this machine saw here",
    )


def _describe_other_signer(signer: Verifier) -> Text:
    return Text(
        zh=f"证据日志由另一把钥匙{compute_fingerprint(signer)}签名，以前的钥匙没有交接给它",
        en=f"the evidence is signed by another key, {compute_fingerprint(signer)}, "
        "which no earlier one named",
    )


_ANOTHER_LOG: Final = Text(
    zh="证据日志被换过：这里是另一份日志，不是本机见过的那份",
    en="the evidence was replaced: another log stands here than the one this machine "
    "saw",
)
_RESTORE: Final = Text(
    zh="从备份恢复evidence文件夹；确是你自己换上的（恢复旧备份、从头记录），"
    "用changqing accept 项目 认可",
    en="restore the evidence folder from a backup; where you yourself changed it (an "
    "older backup, begun anew), accept it with changqing accept CASE",
)
