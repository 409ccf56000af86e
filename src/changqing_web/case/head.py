"""The head of a case: what is applied for, where, and what its tabs count."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from changqing.law.kinds.parameter import Region
from changqing.law.words import SCOPE_WORDS
from changqing.report.model import CaseReport, ServiceView
from changqing.report.words import STAGES
from changqing.text import Text
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import CaseRow


def list_head_facts(row: CaseRow, report: CaseReport | None) -> list[str]:
    """List licence, place, kind of application and address.

    What is not known is left out.
    `report` is the last result, None while there is none.
    """
    case = None if report is None else report.case
    board = row.board
    scope = board.scope or ("" if case is None else case.scope or "")
    parts = [
        _name_licence(board.licence),
        _name_place(catalogue().regions.get(board.region or ""), scope),
    ]
    if case is not None:
        parts.append(
            STAGES[case.stage].say(page_language()) if case.stage in STAGES else ""
        )
        parts += [_name_host(service) for service in case.services[:1]]
    return [part for part in parts if part]


def count_behind_tab(report: CaseReport | None, tab: str) -> int | None:
    """Count how many a tab leads to, where the last result says it."""
    if report is None:
        return None
    match tab:
        case "findings":
            return len(report.findings) - report.counts.not_asked
        case "evidence":
            return len(report.evidence)
        case "errands":
            return len(report.errands)
        case _:
            return None


def _name_licence(code: str) -> str:
    licence = catalogue().licences.get(code)
    if licence is None:
        return code
    return f"{code}{t('', ' ')}{licence.label.say(page_language())}"


def _name_place(region: Region | None, scope: str) -> str:
    name = "" if region is None else region.label.say(page_language())
    if name and scope == "intra_province":
        return t(f"{name}内", f"within {name}")
    wide = SCOPE_WORDS[scope].say(page_language()) if scope in SCOPE_WORDS else ""
    return t("，", ", ").join(part for part in (name, wide) if part)


def _name_host(service: ServiceView) -> str:
    """The address without its scheme; of an app its name."""
    url = service.url or service.domain or service.name
    return url.split("://")[-1].rstrip("/")


def tell_deletion(row: CaseRow, today: date) -> Text | None:
    """Tell what every page of a case says while papers about persons are soon to go."""
    board = row.board
    day, count = board.delete_personal_on, board.personal
    if day is None or not count:
        return None
    days_left = (day - today).days
    if days_left > settings.DELETION_NOTICE_DAYS:
        return None
    if days_left > 0:
        return Text(
            zh=f"个人材料{count}份将在{day}删除（还有{days_left}天）。",
            en=f"{count} papers about persons are deleted on {day} ({days_left} days "
            "left).",
        )
    return Text(
        zh=f"个人材料的删除日{day}已到，{count}份正要删除；以后传入的也一样。",
        en=f"{day} was the day to delete papers about persons: {count} are about to "
        "go, and so are those that come later.",
    )
