"""What our own cases came back for, by province, licence and defect, each with an n."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from changqing.case import edit
from changqing.casework.files import EVENTS, FOLDER
from changqing.casework.reasons import name_defect, read_notices
from changqing.errors import CaseError, TamperError
from changqing.law.model import Catalogue
from changqing.text import Text, WordedEnum, both


class ReturnsBy(WordedEnum):
    """By what returns are counted."""

    DEFECT = "defect", Text("退回原因", "reason")
    REGION = "region", Text("省份", "province")
    LICENCE = "licence", Text("业务", "licence")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedCase:
    """A case whose notices are counted, and where it applies for what."""

    folder: Path
    region: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCount:
    """How often one thing came back: in how many lines, of how many cases.

    `confirmed` counts the lines of which a person settled what they are about. `of` is
    how many cases were counted of that province or licence, None for a defect. `most`
    names what came back most within it, with the lines of each.
    """

    code: str
    lines: int
    cases: int
    confirmed: int
    of: int | None
    most: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """`cases` were counted, `corrected` of them had a notice, with so many lines.

    `unnamed` is in how many lines no defect was found. Those in `altered`, whose events
    were changed, are left out.
    """

    cases: int
    corrected: int
    lines: int
    unnamed: int
    by: dict[ReturnsBy, tuple[ReturnCount, ...]]
    altered: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    defect: str
    region: str
    licence: str
    folder: Path
    confirmed: bool

    def get(self, by: ReturnsBy) -> str:
        value: str = getattr(self, by.value)
        return value


_MOST = 3


def count_returns(cases: Iterable[ReturnedCase]) -> Returns:
    """Count the first defect of every line of every notice of these cases."""
    every, altered, lines = [], [], list[_Line]()
    for case in cases:
        try:
            case_lines = list(_list_lines(case))
        except TamperError:
            altered.append(case.folder)
            continue
        every.append(case)
        lines += case_lines
    lines_with_defect = [line for line in lines if line.defect]
    return Returns(
        cases=len(every),
        corrected=len({line.folder for line in lines}),
        lines=len(lines),
        unnamed=len(lines) - len(lines_with_defect),
        by={by: _count_lines(by, lines_with_defect, every) for by in ReturnsBy},
        altered=tuple(altered),
    )


def read_returned_case(folder: Path) -> ReturnedCase:
    """Read for what a case applies, and where; unknown where the file says not."""
    try:
        case_data = edit.read(folder)
    except CaseError:
        return ReturnedCase(folder=folder, region="", licence="")
    return ReturnedCase(
        folder=folder,
        region=str(case_data.find_value(("application", "region")) or ""),
        licence=str(case_data.find_value(("application", "licence")) or ""),
    )


def _list_lines(case: ReturnedCase) -> Iterable[_Line]:
    if not (case.folder / FOLDER / EVENTS).exists():
        return
    notices, settled = read_notices(case.folder)
    confirmed = Counter(id(line) for line in settled)
    for notice in notices:
        for line in notice:
            yield _Line(
                defect=name_defect(line),
                region=case.region,
                licence=case.licence,
                folder=case.folder,
                confirmed=bool(confirmed[id(line)]),
            )


def _count_lines(
    by: ReturnsBy, lines: Sequence[_Line], cases: Sequence[ReturnedCase]
) -> tuple[ReturnCount, ...]:
    of = Counter[str]()
    if by is not ReturnsBy.DEFECT:
        of.update(getattr(case, by.value) for case in cases)
    grouped: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        grouped[line.get(by)].append(line)
    # Of a defect it is told where it came back, of a place for what.
    inner = ReturnsBy.REGION if by is ReturnsBy.DEFECT else ReturnsBy.DEFECT
    counts = [
        ReturnCount(
            code=code,
            lines=len(group),
            cases=len({line.folder for line in group}),
            confirmed=sum(line.confirmed for line in group),
            of=None if by is ReturnsBy.DEFECT else of[code],
            most=tuple(Counter(line.get(inner) for line in group).most_common(_MOST)),
        )
        for code, group in grouped.items()
    ]
    return tuple(
        sorted(
            counts, key=lambda return_count: (-return_count.lines, return_count.code)
        )
    )


def name_counted(catalogue: Catalogue, by: ReturnsBy, code: str) -> Text:
    """Name what is counted; a code that is unknown stays as it is."""
    match by:
        case ReturnsBy.DEFECT:
            defect = catalogue.defects.get(code)
            return both(code) if defect is None else defect.label
        case ReturnsBy.REGION:
            region = catalogue.regions.get(code)
            return both(code or "–") if region is None else region.label
        case ReturnsBy.LICENCE:
            licence = catalogue.licences.get(code)
            if licence is None:
                return both(code or "–")
            return Text(f"{code}{licence.label.zh}", f"{code} {licence.label.en}")
