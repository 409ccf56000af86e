"""What was parsed and rebuilt of logs lately, for who reads them next.

A case is opened several times over while it is judged, sealed or saved, with a few
lines more each time; nothing here is trusted that the bytes do not begin with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from changqing.evidence.ledger.entry import LogLine, read_line
from changqing.evidence.ledger.items import BrokenEntryError
from changqing.evidence.ledger.log import (
    Tiles,
    append_entries,
    list_tiles,
    make_tile_path,
)
from changqing.latest import Latest

ParsedLines = Sequence[tuple[LogLine | None, int]]
"""Each line of a log, None for one that is no entry, and where it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _ParsedLog:
    """The whole lines of a log, by their length and SHA-256."""

    length: int
    tail: bytes
    digest: bytes
    lines: ParsedLines

    def begins(self, content: bytes) -> bool:
        """Tell whether these lines are the first of `content`, to the last byte."""
        if not content.startswith(self.tail, self.length - len(self.tail)):
            return False  # said without a look at all of it
        return hashlib.sha256(content[: self.length]).digest() == self.digest


_TAIL: Final = 256  # bytes at the end of a log by which another is told apart
MOST_LOGS: Final = 8
MOST_LINES: Final = 20_000
_parsed: list[_ParsedLog] = []
"""Logs that were parsed lately, the last one first.

A case is opened several times over while it is judged, sealed or saved, with a few
lines more each time, and to parse its log takes ten times as long as to read it.
"""


def parse_lines(content: bytes) -> ParsedLines:
    """Parse every line with its end in `content`, None for one that is no entry."""
    before = max(
        (log for log in tuple(_parsed) if log.begins(content)),
        key=lambda log: log.length,
        default=None,
    )
    parsed_lines = [] if before is None else list(before.lines)
    end = 0 if before is None else before.length
    while (after := content.find(b"\n", end) + 1) > 0:
        line: LogLine | None = None
        with suppress(BrokenEntryError):
            line = read_line(content[end:after])
        parsed_lines.append((line, after))
        end = after
    if before is not None and end == before.length:
        return before.lines
    lines = tuple(parsed_lines)
    _keep_parsed(content[:end], lines, instead_of=before)
    return lines


def _keep_parsed(
    content: bytes, lines: ParsedLines, *, instead_of: _ParsedLog | None
) -> None:
    """Keep the lines of a log for who reads it next; the last few logs stay."""
    log = _ParsedLog(
        length=len(content),
        tail=content[-_TAIL:],
        digest=hashlib.sha256(content).digest(),
        lines=lines,
    )
    others = [parsed_log for parsed_log in _parsed if parsed_log is not instead_of]
    count, logs = len(lines), [log]
    for other in others[: MOST_LOGS - 1]:
        count += len(other.lines)
        if count <= MOST_LINES:
            logs.append(other)
    _parsed[:] = logs


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuiltLog:
    """The tiles that follow from some commitments, by path, and their root."""

    recorded: Sequence[bytes]
    tiles: Tiles
    files: Mapping[str, bytes]
    root: bytes


_REBUILT: Final[Latest[bytes, RebuiltLog]] = Latest(most=MOST_LOGS)
"""By the first commitment of a log, which no other log has."""


def rebuild_tiles(empty: Tiles, recorded: Sequence[bytes]) -> RebuiltLog:
    """Rebuild the tiles of a log from its commitments, from the last time onwards.

    Only where it began with the very same commitments then; else all of it.
    """
    first = recorded[0] if recorded else b""
    before = _REBUILT.find(first)
    if before is not None and before.recorded == recorded:
        return before
    files_before: Mapping[str, bytes] = {}
    tiles, added = empty, recorded
    if before is not None:
        length = len(before.recorded)
        if recorded[:length] == before.recorded:
            tiles, added, files_before = before.tiles, recorded[length:], before.files
    rebuilt, fresh = append_entries(tiles, added)
    paths = [make_tile_path(*place) for place in list_tiles(len(recorded))]
    rebuilt_log = RebuiltLog(
        recorded=recorded,
        tiles=rebuilt,
        files={path: fresh.get(path) or files_before[path] for path in paths},
        root=rebuilt.compute_root(),
    )
    return (
        _REBUILT.keep(first, rebuilt_log)
        if len(recorded) <= MOST_LINES
        else rebuilt_log
    )
