"""Why papers came back, counted over the cases of a folder, each count with its n."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from changqing.case.folder import CASE_FILE
from changqing.casework.events import Act, Journal, NoticeLine
from changqing.casework.files import EVENTS, FOLDER
from changqing.errors import CaseError, Issue, TamperError
from changqing.jsondata import JsonObject, write_words
from changqing.report.codec import write_json
from changqing.report.model import CaseReport, FindingView
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One defect: in how many lines, and in how many cases, a notice named it.

    `confirmed` counts the lines of which a person settled what they are about.
    """

    code: str
    lines: int
    cases: int
    confirmed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """`cases` is how many were counted, `corrected` how many had a notice.

    Those in `altered`, whose events were changed, are left out.
    """

    cases: int
    corrected: int
    notices: int
    lines: int
    unnamed: int  # lines that no defect was found for
    reasons: tuple[Reason, ...]  # the most frequent first
    altered: tuple[Path, ...]

    def require_unchanged(self) -> Reasons:
        """Return itself; TamperError names the cases whose events were changed."""
        if self.altered:
            raise TamperError(
                *(Issue(text=_LEFT_OUT, path=str(path)) for path in self.altered)
            )
        return self


def count_reasons(folder: Path) -> Reasons:
    """Count the first defect of every line of every notice below `folder`.

    A case is a folder with a `case.yaml`. Raises CaseError when there is none.
    """
    cases = list_cases(folder)
    lines: Counter[str] = Counter()
    within: Counter[str] = Counter()
    confirmed: Counter[str] = Counter()
    corrected = notices = unnamed = 0
    altered: list[Path] = []
    for case in cases:
        try:
            notices_read, settled = read_notices(case)
        except TamperError:
            altered.append(case)
            continue
        corrected += bool(notices_read)
        notices += len(notices_read)
        codes = [name_defect(line) for notice in notices_read for line in notice]
        unnamed += codes.count("")
        lines.update(filter(None, codes))
        within.update(set(filter(None, codes)))
        confirmed.update(filter(None, map(name_defect, settled)))
    return Reasons(
        cases=len(cases) - len(altered),
        altered=tuple(altered),
        corrected=corrected,
        notices=notices,
        lines=lines.total() + unnamed,
        unnamed=unnamed,
        reasons=tuple(
            Reason(
                code=code, lines=count, cases=within[code], confirmed=confirmed[code]
            )
            for code, count in sorted(
                lines.items(),
                key=lambda code_and_count: (-code_and_count[1], code_and_count),
            )
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedDefect:
    """A defect that a finding may be returned for, and how often others were."""

    label: Text
    reason: Reason


def count_defects(finding: FindingView, reasons: Reasons) -> Sequence[CountedDefect]:
    """Count how often the defects of a finding came back over the cases."""
    counted = {reason.code: reason for reason in reasons.reasons}
    return [
        CountedDefect(label=defect.label, reason=counted[defect.code])
        for defect in finding.defects
        if defect.code in counted
    ]


def write_with_reasons(report: CaseReport, reasons: Reasons) -> JsonObject:
    """Write a report as JSON, with, on each finding, how often its defects came back.

    `reasons` stands on every finding that is not met and has one: the code, the lines
    and cases that named it, and out of how many; and once on the document, the n.
    """
    document = write_json(report)
    for finding, finding_data in zip(
        report.findings, document["findings"], strict=True
    ):
        if defect_counts := count_defects(finding, reasons):
            finding_data["reasons"] = [
                {
                    "code": defect.reason.code,
                    "label": write_words(defect.label),
                    "lines": defect.reason.lines,
                    "lines_n": reasons.lines,
                    "cases": defect.reason.cases,
                    "cases_n": reasons.cases,
                    "confirmed": defect.reason.confirmed,
                }
                for defect in defect_counts
            ]
    return {
        **document,
        "reasons": {
            "cases": reasons.cases,
            "corrected": reasons.corrected,
            "notices": reasons.notices,
            "lines": reasons.lines,
            "unnamed": reasons.unnamed,
        },
    }


def list_cases(folder: Path) -> list[Path]:
    """List the cases in a folder, or the folder that is one; CaseError without any."""
    places = (folder, *sorted(path for path in folder.glob("*") if path.is_dir()))
    cases = [path for path in places if (path / CASE_FILE).is_file()]
    if not cases:
        raise CaseError(
            Issue(
                text=Text("这里没有项目", "there is no case here"),
                path=str(folder),
                hint=Text(
                    "写出含有各个项目文件夹的那个文件夹",
                    "name the folder that holds the folders of the cases",
                ),
            )
        )
    return cases


def read_notices(case: Path) -> tuple[list[list[NoticeLine]], list[NoticeLine]]:
    """Read the lines of each notice as they stand now, and those a person settled."""
    if not (case / FOLDER / EVENTS).exists():
        return [], []
    notices: list[list[NoticeLine]] = []
    settled: dict[tuple[int, int], NoticeLine] = {}
    digest: str | None = None
    for event in Journal(case).list_events():
        if event.act is Act.CORRECTION:
            if event.digest is None or event.digest != digest:
                notices.append(list(event.lines))
            digest = event.digest
        elif event.act is Act.LINE and notices:
            (change,) = event.lines
            lines = notices[-1]
            for place, line in enumerate(lines):
                if line.number == change.number:
                    lines[place] = line.merge(change)
                    settled[len(notices), line.number] = lines[place]
    return notices, list(settled.values())


def name_defect(line: NoticeLine) -> str:
    """Name the first defect that a line is about; empty where none was found."""
    codes: Sequence[str] = line.codes
    return codes[0] if codes else ""


_LEFT_OUT: Final = Text(
    zh="记录被改动过，没有计入", en="its records were altered; it is not counted"
)
