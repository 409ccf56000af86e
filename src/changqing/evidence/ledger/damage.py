"""What is said of damaged evidence: which part, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from changqing.errors import Issue, make_disk_issue
from changqing.text import Text

_RESTORE: Final = Text(
    zh="从备份恢复整个 evidence 文件夹；不要改动现场",
    en="restore the whole evidence folder from a backup; leave this one as it is",
)


def _make_damage_issue(zh: str, en: str) -> Issue:
    return Issue(text=Text(zh=zh, en=en), path="evidence", hint=_RESTORE)


MISSING_CHECKPOINT: Final = _make_damage_issue(
    "有证据记录，却没有日志检查点 log/checkpoint",
    "there are entries, but no checkpoint log/checkpoint of their log",
)
BROKEN_CHECKPOINT: Final = _make_damage_issue(
    "日志检查点 log/checkpoint 已损坏", "the checkpoint log/checkpoint is damaged"
)
BROKEN_SIGNERS: Final = _make_damage_issue(
    "签名者名单 log/signers 缺失或已损坏",
    "the list of signers log/signers is missing or damaged",
)
BROKEN_ERASED: Final = _make_damage_issue(
    "抹去的清单 log/erased 已损坏，或不是日志签名者所签",
    "the list of what was erased, log/erased, is damaged or was not signed by a "
    "signer of the log",
)
UNKNOWN_SIGNATURE: Final = _make_damage_issue(
    "日志检查点 log/checkpoint 没有名单 log/signers 中任何签名者的有效签名",
    "the checkpoint log/checkpoint has no valid signature of a signer in log/signers",
)
ROOT_DIFFERS: Final = _make_damage_issue(
    "证据日志的根与签名的检查点 log/checkpoint 不符",
    "the root of the log is not the one in the signed checkpoint log/checkpoint",
)


def report_altered_entry(number: int) -> Issue:
    """Report that an entry is not what its leaf commits to, or is no entry at all."""
    return _make_damage_issue(
        f"证{number:04d}被改动", f"entry no. {number:04d} was altered"
    )


def report_misplaced_entry(expected: int, number_found: int) -> Issue:
    """Report that another entry stands where one belongs."""
    return _make_damage_issue(
        f"证{expected:04d}的位置上是证{number_found:04d}，记录被移动或删去",
        f"entry no. {number_found:04d} stands where no. {expected:04d} belongs: "
        "entries were "
        "moved or removed",
    )


def report_lost_entries(entries_found: int, size: int) -> Issue:
    """Report that the file ends before the log does."""
    return _make_damage_issue(
        f"缺少证{entries_found + 1:04d}至证{size:04d}",
        f"entries no. {entries_found + 1:04d} to {size:04d} are missing",
    )


def report_withheld_entry(number: int) -> Issue:
    """Report that an entry has no content, and nobody said that it may be withheld."""
    return _make_damage_issue(
        f"证{number:04d}的内容被抽去",
        f"the content of entry no. {number:04d} was taken out",
    )


def report_unsigned_entry(number: int) -> Issue:
    """Report an entry after the checkpoint that no signed intent announced."""
    return _make_damage_issue(
        f"证{number:04d}没有签名，不是本程序所记",
        f"entry no. {number:04d} is not signed for: this program did not record it",
    )


def report_damaged_tile(path: str) -> Issue:
    """Report that a tile is missing or not what the entries make it."""
    return _make_damage_issue(
        f"日志文件 log/{path} 缺失或被改动",
        f"the log file log/{path} is missing or was altered",
    )


def report_missing_blob(digest: str) -> Issue:
    """Report that bytes that were kept are gone."""
    path = f"objects/{digest[:2]}/{digest[2:]}"
    return _make_damage_issue(f"原件 {path} 缺失", f"the kept bytes {path} are missing")


def report_altered_blob(digest: str) -> Issue:
    """Report that bytes that were kept are not what they were."""
    path = f"objects/{digest[:2]}/{digest[2:]}"
    return _make_damage_issue(
        f"原件 {path} 被改动", f"the kept bytes {path} were altered"
    )


def report_altered_token(path: Path) -> Issue:
    """Report that a token of time, or its checkpoint, is not what was stamped."""
    return Issue(text=_TOKEN_ALTERED, path=str(path), hint=_RESTORE)


def report_lost_token(path: Path) -> Issue:
    """Report that a token of time is missing among others."""
    return Issue(text=_TOKEN_LOST, path=str(path), hint=_RESTORE)


_TOKEN_ALTERED: Final = Text(
    zh="时间戳或它的检查点被改动、缺失",
    en="a token of time or its checkpoint was altered or is missing",
)
_TOKEN_LOST: Final = Text(zh="时间戳缺失", en="a token of time is missing")


def report_unreadable(folder: Path, error: OSError) -> Issue:
    """Report that the evidence is there and cannot be read, which is no damage."""
    return make_disk_issue(
        folder,
        error,
        Text(zh="证据读不出", en="the evidence cannot be read"),
        Text(
            zh="检查磁盘和文件夹权限；已记录的证据没有丢失",
            en="check the disk and the folder's permissions; nothing recorded is lost",
        ),
    )
