"""`changqing case FOLDER reasons`: why papers came back, over many cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from changqing.cli.shared import (
    print_json,
)
from changqing.cli.sheet import Sheet
from changqing.text import Language


class CountedReason(TypedDict):
    """A defect that papers came back for: lines and cases that named it."""

    code: str
    label: str
    lines: int
    cases: int
    confirmed: int
    criteria: Sequence[str]


class CountedReturns(TypedDict):
    """How often papers came back in a region or for a licence, out of how many."""

    code: str
    label: str
    lines: int
    cases: int
    of: int | None
    confirmed: int


class ReasonsData(TypedDict):
    """Why papers came back, over many cases."""

    cases: int
    corrected: int
    notices: int
    lines: int
    unnamed: int
    altered: Sequence[str]
    reasons: Sequence[CountedReason]
    by: Mapping[str, Sequence[CountedReturns]]


def show_reasons(folder: Path, language: Language, *, as_json: bool) -> None:
    """Show why papers came back over the cases of a folder, with n."""
    from changqing.casework.reasons import count_reasons, list_cases
    from changqing.casework.returns import (
        ReturnsBy,
        count_returns,
        name_counted,
        read_returned_case,
    )
    from changqing.law.compiled import load_compiled

    reasons = count_reasons(folder)
    placed = count_returns(map(read_returned_case, list_cases(folder)))
    places = (ReturnsBy.REGION, ReturnsBy.LICENCE)
    defects = load_compiled().defects
    criteria = load_compiled().criteria.values()

    def label(code: str) -> str:
        return defects[code].label.say(language) if code in defects else code

    criteria_by_code = {
        reason.code: [c.id for c in criteria if reason.code in c.defects]
        for reason in reasons.reasons
    }
    if as_json:
        data: ReasonsData = {
            "cases": reasons.cases,
            "corrected": reasons.corrected,
            "notices": reasons.notices,
            "lines": reasons.lines,
            "unnamed": reasons.unnamed,
            "altered": [path.name for path in reasons.altered],
            "reasons": [
                {
                    "code": reason.code,
                    "label": label(reason.code),
                    "lines": reason.lines,
                    "cases": reason.cases,
                    "confirmed": reason.confirmed,
                    "criteria": criteria_by_code[reason.code],
                }
                for reason in reasons.reasons
            ],
            "by": {
                by.value: [
                    {
                        "code": count.code,
                        "label": name_counted(load_compiled(), by, count.code).say(
                            language
                        ),
                        "lines": count.lines,
                        "cases": count.cases,
                        "of": count.of,
                        "confirmed": count.confirmed,
                    }
                    for count in placed.by[by]
                ]
                for by in places
            },
        }
        print_json(data)
        reasons.require_unchanged()
        return
    sheet = Sheet(language)
    sheet.print_line(
        sheet.t(
            f"项目n={reasons.cases}，其中有补正通知的{reasons.corrected}个；"
            f"通知{reasons.notices}份，共{reasons.lines}条，未能归类{reasons.unnamed}条。",
            f"Cases n={reasons.cases}, with a notice {reasons.corrected}; notices "
            f"{reasons.notices}, lines {reasons.lines}, unnamed {reasons.unnamed}.",
        )
    )
    for reason in reasons.reasons:
        count = sheet.t(
            f"{reason.lines}条（n={reasons.lines}），{reason.cases}个项目",
            f"{reason.lines} lines (n={reasons.lines}), {reason.cases} cases",
        )
        sheet.print_title(label(reason.code), reason.code, right=(count, ""))
        if criteria_by_code[reason.code]:
            sheet.print_line(
                sheet.join(criteria_by_code[reason.code]), indent=4, style="dim"
            )
    for by in places:
        if not placed.by[by]:
            continue
        sheet.print_heading(sheet.t(f"按{by.text.zh}", f"By {by.text.en}"))
        for counted in placed.by[by]:
            name = name_counted(load_compiled(), by, counted.code)
            counts = sheet.t(
                f"{counted.lines}条，{counted.cases}个项目（n={counted.of}）",
                f"{counted.lines} lines, {counted.cases} cases (n={counted.of})",
            )
            sheet.print_title(name.say(language), counted.code, right=(counts, ""))
    reasons.require_unchanged()
