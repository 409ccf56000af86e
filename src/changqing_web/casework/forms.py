"""What is typed on the page of the casework: forms, their choices and mistakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.http import HttpRequest

from changqing.case.model import Case
from changqing.casework.events import Act, CaseStage
from changqing.casework.propose import Proposer
from changqing.casework.state import MATTERS, CaseState
from changqing.report.words import DIMENSIONS
from changqing.text import Text
from changqing_web.facts.drafts import Typed
from changqing_web.index import catalogue
from changqing_web.language import page_language, t

NOTICE_LIMIT: Final = 20 * 1024 * 1024
LONGEST_NUMBER: Final = 80
_DIGITS: Final = 9
Wrong = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventForm:
    """What was typed in one of the forms of the page, and what is wrong with it."""

    act: Act | None = None
    line: int | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[str] = ()
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a list."""

    code: str
    label: str
    chosen: bool = False


def list_matters(case: Case, state: CaseState, form: EventForm) -> list[Choice]:
    """List what a company with a licence can begin, and which of it is chosen."""
    if form.act is not Act.BEGIN:
        return []
    place, law = case.application, catalogue()
    return [
        Choice(
            code=name,
            label=law.procedures[name].title.say(page_language()),
            chosen=name == form.typed.get("matter"),
        )
        for stage, names in MATTERS.items()
        if stage is not CaseStage.PREPARE
        for name in names
        if name != state.matter
        and law.procedures[name].covers(
            licence=place.licence, scope=place.scope, region=place.region
        )
    ]


def list_start_days(form: EventForm, state: CaseState) -> list[tuple[str, Text, str]]:
    """List the days that the chosen matter counts from, with what is on record."""
    procedure = catalogue().procedures.get(form.typed.get("matter", ""))
    if form.act is not Act.BEGIN or procedure is None:
        return []
    days_on_record = {"valid_until": state.valid_until}
    return [
        (
            f"start.{name}",
            label,
            form.typed.get(f"start.{name}") or str(days_on_record.get(name) or ""),
        )
        for name, label in procedure.starts.items()
    ]


def list_papers(case: Case) -> list[Choice]:
    """List the papers of the case, to be named as proof."""
    materials = catalogue().materials
    return [
        Choice(
            code=paper.id,
            label=f"{materials[paper.kind].label.say(page_language())} · "
            f"{paper.file.path}",
        )
        for paper in case.papers
    ]


def open_line(
    case: Case, state: CaseState, form: EventForm, today: date
) -> dict[str, object] | None:
    """Open the line whose form is open: what is recorded or typed, and the choices."""
    line = next(
        (notice_line for notice_line in state.lines if notice_line.number == form.line),
        None,
    )
    if line is None:
        return None
    law, language = catalogue(), page_language()
    proposed = Proposer(law, case, today).find_hit(line.codes)
    recorded = {
        "criterion": line.criterion or "",
        "material": line.material or "",
        "owner": line.owner or "",
        "done": line.done.isoformat() if line.done else "",
        "answer": line.answer or "",
        "paper": line.paper or "",
    }
    value = recorded | {n: v for n, v in form.typed.items() if n in recorded}
    near = [c for c in dict.fromkeys((line.criterion, *proposed.criteria)) if c]
    return {
        "line": line,
        "value": value,
        "codes": [
            Choice(
                code=code,
                label=defect.label.say(language),
                chosen=code in (form.codes or line.codes),
            )
            for code, defect in law.defects.items()
            if not defect.licences or case.application.licence in defect.licences
        ],
        "near": [
            Choice(code=c, label=law.criteria[c].title.say(language))
            for c in near
            if c in law.criteria
        ],
        "others": [
            (
                DIMENSIONS[dimension].say(language),
                [
                    Choice(code=c.id, label=c.title.say(language))
                    for c in law.criteria.values()
                    if c.dimension.value == dimension and c.id not in near
                ],
            )
            for dimension in DIMENSIONS
        ],
        "materials": [
            Choice(code=m.id, label=m.label.say(language))
            for m in law.materials.values()
        ],
    }


def find_act(code: str) -> Act | None:
    """Find the act of a code, or None."""
    return next((act for act in Act if act.value == code), None)


def parse_number(written: str) -> int | None:
    """Parse a number in plain digits, or None."""
    plain = written.isascii() and written.isdigit() and len(written) <= _DIGITS
    return int(written) if plain else None


def choose_matter(written: str, wrong: Wrong) -> str | None:
    """Find the procedure that is begun, which must be chosen."""
    if written in catalogue().procedures:
        return written
    wrong["matter"] = t("先选办什么", "choose first what is begun")
    return None


def parse_day(written: str, name: str, wrong: Wrong) -> date | None:
    """Parse a day as a date field sends it; None where nothing was typed."""
    if not written.strip():
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        wrong[name] = t("日期写成2026-12-31这样", "write the day as 2026-12-31")
        return None


def read_who(typed: Typed, wrong: Wrong) -> str:
    """Read who did it, which must be said."""
    by = typed.get_one("by").strip()
    if not by:
        wrong["by"] = t("写明谁办的", "say who did it")
    return by


def read_licence_number(typed: Typed, act: Act) -> str | None:
    """Read the number on a licence that was received; None where none was typed."""
    number = " ".join(typed.get_one("licence_number").split())[:LONGEST_NUMBER]
    return number or None if act is Act.LICENCE else None


def read_notice(request: HttpRequest, typed: Typed, wrong: Wrong) -> bytes:
    """Read the file that was sent, else the words that were pasted."""
    file = request.FILES.get("notice")
    if file is not None:
        if (file.size or 0) > NOTICE_LIMIT:
            wrong["notice"] = t("文件超过20 MB", "the file is over 20 MB")
            return b""
        return b"".join(file.chunks())
    words = typed.get_one("words")
    if not words.strip():
        wrong["notice"] = t(
            "选一个文件，或者粘贴通知的文字", "choose a file, or paste the words"
        )
    return words.encode()
