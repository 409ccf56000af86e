"""A file of lines that only grows: each is JSON, sealed with all that stand before it.

The seal is the digest of a line and of the seal before it, so that a line that was
altered, taken out or put in is seen (TamperError). A crash leaves at most a torn last
line: readers pass over it, and the next writer sets it aside and says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from changqing.disk import NOTHING_LOST, Disk, only_writer
from changqing.errors import CaseError, Issue, TamperError, make_disk_issue
from changqing.evidence.ledger.heads import collect_head, compare_heads
from changqing.evidence.ledger.memory import Memory, Seen
from changqing.jsondata import JsonObject, encode_compactly
from changqing.plainfile import read_plain
from changqing.text import Text

Made = TypeVar("Made")


class SealedLines:
    """One such file. Use it in a `with` to add to it: one writer a folder at a time.

    Reading takes no lock. `torn` says what opening it for writing set aside. `memory`
    remembers how far the file came, which its last line cannot vouch for.
    """

    def __init__(
        self,
        folder: Path,
        file: str,
        *,
        disk: Disk | None = None,
        memory: Memory | None = None,
    ) -> None:
        self.folder = folder
        self.torn: Text | None = None
        self._file = folder / file
        self._case_dir = folder.parent
        self._disk = replace(Disk() if disk is None else disk, inside=self._case_dir)
        self._held = ExitStack()
        self._memory = memory
        self._added = False

    def __enter__(self) -> Self:
        try:
            self._disk.make_folder(self.folder)
            lock = only_writer(self.folder / "lock", inside=self._case_dir)
            self._held.enter_context(lock)
            self._compare_with_memory()
            self._set_aside()
        except OSError as error:
            self._held.close()
            raise _make_refusal(self.folder, error) from error
        except BaseException:
            self._held.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._added and self._memory is not None:
                head = collect_head(self._file, self._case_dir)
                heads = {} if head is None else {self._name: head}
                self._memory.remember(self.folder.parent, Seen(heads=heads))
        finally:
            self._held.close()

    def read(self, make: Callable[[JsonObject, int], Made]) -> list[Made]:
        """Read what `make` makes of each line and its place, oldest first.

        TamperError if a line was changed, or `make` cannot be got out of it
        (ValueError, KeyError, TypeError).
        """
        return self._read_lines(self._split_lines()[0], make)

    def add(
        self, content: JsonObject, *, kept: Mapping[Path, bytes] | None = None
    ) -> None:
        """Write one line, and before it the files it speaks of.

        `kept` has their bytes by path. All is on disk when this returns; CaseError when
        the disk refuses. Call it inside the `with` alone.
        """
        lines, _ = self._split_lines()
        before = str(json.loads(lines[-1])["seal"]) if lines else ""
        line = encode_compactly({**content, "seal": _compute_seal(before, content)})
        try:
            for path, data in (kept or {}).items():
                self._disk.replace(path, data)
            self._disk.append(self._file, line + b"\n")
            self._added = True
        except OSError as error:
            raise _make_refusal(self.folder, error) from error

    @property
    def _name(self) -> str:
        """The file by its path in the case."""
        return self._file.relative_to(self.folder.parent).as_posix()

    def _compare_with_memory(self) -> None:
        """Raise where lines that this machine saw are gone, before others are added."""
        if self._memory is None:
            return
        log_seen = self._memory.recall(self.folder.parent)
        head_seen = None if log_seen is None else log_seen.heads.get(self._name)
        if head_seen is not None:
            issues = compare_heads(self.folder.parent, {self._name: head_seen})
            if issues:
                raise TamperError(*issues)

    def _split_lines(self) -> tuple[list[bytes], bytes]:
        """The whole lines without their ends, and what is torn after them."""
        try:
            content = read_plain(self._file, inside=self._case_dir)
        except FileNotFoundError:
            return [], b""
        except OSError as error:
            raise _make_refusal(self.folder, error) from error
        # JSON writes no line feed inside a line, so one ends only what came whole.
        *lines, tail = content.split(b"\n")
        return lines, tail

    def _read_lines(
        self,
        lines: Sequence[bytes],
        make: Callable[[JsonObject, int], Made],
    ) -> list[Made]:
        entries: list[Made] = []
        seal = ""
        for number, line in enumerate(lines, start=1):
            try:
                content = json.loads(line)
                if not isinstance(content, dict):
                    raise TypeError(content)  # noqa: TRY301 - one way out
                seal = _compute_seal(
                    seal, {k: v for k, v in content.items() if k != "seal"}
                )
                entry = make(content, number)
                whole = content["seal"] == seal
            except (ValueError, KeyError, TypeError, RecursionError):
                raise self.make_tamper_error(number) from None
            if not whole:
                raise self.make_tamper_error(number)
            entries.append(entry)
        return entries

    def make_tamper_error(self, line: int) -> TamperError:
        """Make the error to raise for a line that says what no program wrote."""
        path = str(self._file)
        return TamperError(Issue(text=_ALTERED, path=path, line=line, hint=_RESTORE))

    def _set_aside(self) -> None:
        lines, tail = self._split_lines()
        if not tail:
            return
        # Nothing signed says how it was to go on, as the evidence log's intent does, so
        # it is not completed but kept for a person, and copied before it is cut.
        place = 1
        while (aside := self.folder / "set_aside" / f"{len(lines)}-{place}").exists():
            place += 1
        self._disk.replace(aside, tail)
        self._disk.cut(self._file, sum(len(line) + 1 for line in lines))
        self.torn = Text(
            zh=f"上一次记录中途断了，没写完的一条移到了{aside}，请补记那件事",
            en=f"the last recording was cut short; its torn line was moved to {aside}: "
            "please record that event again",
        )


def _compute_seal(before: str, content: JsonObject) -> str:
    # No canonical form is needed: `json` reads and writes keys in the order they stand.
    return hashlib.sha256(before.encode() + encode_compactly(content)).hexdigest()


def _make_refusal(folder: Path, error: OSError) -> CaseError:
    return CaseError(make_disk_issue(folder, error, _REFUSED, NOTHING_LOST))


_REFUSED: Final = Text(
    zh="项目的记录读不出或写不下",
    en="the records of the case cannot be read or written",
)
_ALTERED: Final = Text(
    zh="这一条或它前面的一条被改动、删去过",
    en="this line, or the one before it, was altered or taken out",
)
_RESTORE: Final = Text(
    zh="从备份恢复这个文件；记错了的事另记一条，不改旧的",
    en="restore the file from a backup; a mistake is put right by another entry, "
    "never by editing",
)
