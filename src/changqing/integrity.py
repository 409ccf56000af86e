"""Whether a case is what it was: all that was recorded, and whose record it is.

Everything that a case keeps beside its evidence log is checked with it: the history,
the tokens of time, the lines of casework and watching up to their last, the copies of
what was handed in. `check_integrity` is called before a case is judged, sealed or
shown; it raises what is wrong, by path, all at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from changqing.casework.copies import check_copies
from changqing.casework.files import SUMMARY
from changqing.disk import Disk
from changqing.errors import CaseError, Issue, TamperError, say_reason
from changqing.evidence.ledger.anchors import read_anchor
from changqing.evidence.ledger.heads import collect_heads, compare_heads
from changqing.evidence.ledger.memory import Memory, Seen
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.ownership import (
    check_log_seen,
    list_keys,
    make_seen_log,
    say_owners,
    say_unknown,
)
from changqing.evidence.ledger.recorded import Evidence, Verified
from changqing.evidence.ledger.tokens import check_tokens
from changqing.evidence.observations import Observations
from changqing.plainfile import read_plain
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """What was checked; `notices` say whose log it is, and what else is no alarm."""

    verified: Verified | None
    notices: tuple[Text, ...] = ()
    copies: tuple[Text, ...] = ()  # of interest to whoever writes or seals


def check_integrity(case_dir: Path, *, key: Path | None) -> Integrity:
    """Check all that a case keeps, and remember it as it is.

    `key` is the signing key of this machine, which need not exist; the memory of what
    was seen lies beside it. Without it nothing is compared with what was seen before.
    Raises TamperError that names each file.
    """
    memory = None if key is None else Memory.open_beside(key)
    # What is remembered is read first: what is recorded meanwhile only adds to it.
    log_seen = None if memory is None else memory.recall(case_dir)
    log = Evidence(case_dir)
    mine = frozenset[bytes]()
    if key is not None and key.exists():
        mine = list_keys(load_key(key))
    check_log_seen(log, log_seen, mine)
    verified = log.verify()
    heads = dict(read_anchor(log)) if verified is not None else {}
    issues = _check_files(case_dir, log)
    issues += compare_heads(case_dir, heads)
    if log_seen is not None:
        paths_named = {issue.path for issue in issues}
        remembered = compare_heads(case_dir, log_seen.heads)
        issues += [issue for issue in remembered if issue.path not in paths_named]
    if issues:
        raise TamperError(*issues)
    owners: tuple[Text, ...] = ()
    copies: tuple[Text, ...] = ()
    if verified is not None and memory is not None:
        owners = say_owners(log, mine)
        copies = _find_copies(memory, verified, case_dir)
    owners += say_unknown(log)
    if memory is not None and not _remember_log(memory, case_dir):
        owners += (_NOT_REMEMBERED,)
    return Integrity(verified=verified, notices=owners, copies=copies)


def accept_case(case_dir: Path, *, key: Path) -> Integrity:
    """Remember a case as it stands, whatever was seen in its folder before.

    For a backup that was put back, or a log that was begun anew. What does not hold in
    itself is refused all the same (TamperError).
    """
    checked = check_integrity(case_dir, key=None)
    folded = Evidence(case_dir).read_folded_checkpoint()
    size = 0 if folded is None else folded.size
    try:
        Memory.open_beside(key).replace(case_dir, _see_log(case_dir))
        _accept_summary(case_dir, size)
    except OSError as error:
        reason = say_reason(error)
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"记不下来：{reason.zh}", en=f"cannot be remembered: {reason.en}"
                ),
                path=str(error.filename or key.parent),
            )
        ) from error
    return checked


def _accept_summary(case_dir: Path, size: int) -> None:
    """Let the last assessment have seen what stands here, too."""
    try:
        summary = json.loads(read_plain(case_dir / SUMMARY, inside=case_dir))
    except (FileNotFoundError, ValueError):
        return
    if isinstance(summary, dict):
        content = json.dumps(
            {**summary, "recorded": size}, ensure_ascii=False, indent=1
        )
        path = case_dir / SUMMARY
        Disk(inside=case_dir).replace(path, f"{content}\n".encode())


def _check_files(case_dir: Path, log: Evidence) -> list[Issue]:
    """What is wrong beside the log itself, from all that can say so."""
    issues = check_tokens(log)
    try:
        Observations(case_dir).verify(log)
    except TamperError as error:
        issues += error.issues
    return issues + check_copies(case_dir)


def _see_log(case_dir: Path) -> Seen:
    log_seen = make_seen_log(Evidence(case_dir))
    return Seen(
        origin=log_seen.origin,
        size=log_seen.size,
        root=log_seen.root,
        signers=log_seen.signers,
        heads=collect_heads(case_dir),
    )


def _remember_log(memory: Memory, case_dir: Path) -> bool:
    state_seen = _see_log(case_dir)
    if not state_seen.origin and not state_seen.heads:
        return True  # nothing was recorded yet
    return memory.remember(case_dir, state_seen)


def _find_copies(
    memory: Memory, verified: Verified, case_dir: Path
) -> tuple[Text, ...]:
    others = memory.list_other_folders(verified.origin, case_dir)
    if not others:
        return ()
    return (
        Text(
            zh=f"同一份证据日志本机也在{others[0]}见过：这里是副本，或那里是",
            en=f"This machine saw the same evidence in {others[0]}: one of the two is "
            "a copy",
        ),
    )


_NOT_REMEMBERED: Final = Text(
    zh="签名钥匙旁边写不进去，没有记下这个项目现在的样子",
    en="The folder of the signing key cannot be written: the case as it is now is not "
    "remembered",
)
