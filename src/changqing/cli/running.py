"""What runs under a licence: its papers, what the assessment finds, the term behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, TypedDict

import click

from changqing.errors import CaseError, ChangqingError, TamperError
from changqing.jsondata import write_day
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.case.model import Case
    from changqing.casework.state import CaseState
    from changqing.casework.term import Behind, TermYear
    from changqing.cli.sheet import Sheet
    from changqing.guide.materials import Checklist
    from changqing.judge.model import Assessment, Finding
    from changqing.law.model import Catalogue


@dataclass(frozen=True, kw_only=True)
class Running:
    """`findings` None: nothing was assessed, or it could not be."""

    papers: Checklist | None = None
    findings: Sequence[Finding] | None = None
    years: Sequence[TermYear] = ()


def collect_running(
    catalogue: Catalogue, case: Case, state: CaseState, today: date, language: Language
) -> Running:
    """Collect it for a renewal, an amendment, an end, or a procedure for numbers.

    Where the case cannot be assessed, that is told, and the rest is shown.
    """
    from changqing.casework.events import CaseStage
    from changqing.casework.term import (
        Behind,
        is_about_numbers,
        list_stage_findings,
        look_back,
    )

    under = state.stage in (CaseStage.RENEWAL, CaseStage.AMENDMENT, CaseStage.STOPPED)
    if state.ended or not (under or is_about_numbers(state.matter)):
        return Running()
    try:
        assessment = _assess_stage(catalogue, case, state, today)
    except TamperError:
        raise
    except ChangqingError as error:
        _tell_error(_NOT_ASSESSED, error, language)
        assessment = None
    years: Sequence[TermYear] = ()
    if state.stage is CaseStage.RENEWAL:
        try:
            behind = _build_behind(catalogue, case, state, assessment, today)
        except CaseError as error:
            _tell_error(_NO_LEDGER, error, language)
            behind = Behind(catalogue=catalogue, assessment=assessment)
        years = look_back(state, today, behind)
    return Running(
        papers=_list_papers(catalogue, case, state, today),
        findings=None
        if assessment is None
        else list_stage_findings(assessment, state.matter),
        years=years,
    )


def _tell_error(words: Text, error: ChangqingError, language: Language) -> None:
    why = "; ".join(issue.say(language) for issue in error.issues)
    click.echo(f"{words.say(language)}{why}", err=True)


def _assess_stage(
    catalogue: Catalogue, case: Case, state: CaseState, today: date
) -> Assessment:
    """An assessment of what is on record, for the stage of what runs."""
    from changqing.judge.assess import find_judge
    from changqing.run import make_situation, read_recorded

    situation = make_situation(case, read_recorded(case), catalogue, today)
    stage = catalogue.procedures[state.matter].stage
    application = replace(situation.application, stage=stage)
    return find_judge(catalogue).assess(replace(situation, application=application))


def _build_behind(
    catalogue: Catalogue,
    case: Case,
    state: CaseState,
    assessment: Assessment | None,
    today: date,
) -> Behind:
    from changqing.casework.annual_ledgers import read_ledgers
    from changqing.casework.events import Journal
    from changqing.casework.term import Behind, list_term_years

    incidents = None
    if (case.path / _WATCH).is_dir():
        from changqing.watch.journal import Watchbook

        incidents = tuple(Watchbook(case.path).compute_state().incidents.values())
    return Behind(
        catalogue=catalogue,
        events=[
            event for event in Journal(case.path).list_events() if event.on <= today
        ],
        assessment=assessment,
        ledgers=[
            read_ledgers(case, year, today)
            for year in list_term_years(state, assessment, today)
        ],
        incidents=incidents,
    )


def _list_papers(
    catalogue: Catalogue, case: Case, state: CaseState, today: date
) -> Checklist | None:
    from changqing.casework.term import is_about_numbers
    from changqing.guide.materials import make_checklist

    application = case.application
    for_numbers = catalogue.procedures["number_renew"].covers(
        licence=application.licence,
        scope=application.scope,
        region=application.region,
    )
    if is_about_numbers(state.matter) and not for_numbers:
        return None  # what is listed is asked for the service, not for its number
    return make_checklist(
        catalogue,
        licence=application.licence,
        scope=application.scope,
        region=application.region,
        stage=catalogue.procedures[state.matter].stage,
        on=today,
    )


class PaperAsked(TypedDict):
    """A paper that the matter asks for."""

    material: str
    label: str
    standing: str
    standing_name: str
    in_case: bool


class StageFinding(TypedDict):
    """A finding at this stage."""

    criterion: str
    title: str
    subject: str | None
    standing: str
    verdict: str
    verdict_name: str
    blocking: bool
    explanation: str


class TermRemark(TypedDict):
    """What one year of the term leaves to say."""

    topic: str
    topic_name: str
    told: str
    text: str
    on: str | None
    source: str | None


class TermYearData(TypedDict):
    """One year of the term."""

    year: int | None
    remarks: Sequence[TermRemark]


class RunningData(TypedDict):
    """What runs under the licence; `findings` null: not assessed."""

    papers_asked: Sequence[PaperAsked]
    findings: Sequence[StageFinding] | None
    term: Sequence[TermYearData]


def make_running_data(running: Running, case: Case, language: Language) -> RunningData:
    """Make data of it: `papers_asked`, `findings` (null: not assessed), `term`."""
    from changqing.judge.verdict import blocks

    kinds = {paper.kind for paper in case.papers}

    def say(text: Text | None) -> str | None:
        return None if text is None else text.say(language)

    return {
        "papers_asked": [
            {
                "material": listed_material.material.id,
                "label": listed_material.material.label.say(language),
                "standing": listed_material.standing.value,
                "standing_name": listed_material.standing.text.say(language),
                "in_case": listed_material.material.id in kinds,
            }
            for listed_material in (running.papers.papers if running.papers else ())
        ],
        "findings": None
        if running.findings is None
        else [
            {
                "criterion": finding.criterion.id,
                "title": finding.criterion.title.say(language),
                "subject": None if finding.subject is None else str(finding.subject),
                "standing": finding.criterion.standing.value,
                "verdict": finding.verdict.value,
                "verdict_name": finding.verdict.text.say(language),
                "blocking": blocks(finding),
                "explanation": finding.explanation.say(language),
            }
            for finding in running.findings
        ],
        "term": [
            {
                "year": year.year,
                "remarks": [
                    {
                        "topic": remark.topic.value,
                        "topic_name": remark.topic.text.say(language),
                        "told": remark.told.value,
                        "text": remark.text.say(language),
                        "on": write_day(remark.on),
                        "source": say(remark.source),
                    }
                    for remark in year.remarks
                ],
            }
            for year in running.years
        ],
    }


def show_running(running: Running, case: Case, sheet: Sheet) -> None:
    """Show it to a person."""
    from changqing.casework.term import NOT_RECORDED, Told

    t = sheet.t
    listed_materials = running.papers.papers if running.papers else ()
    kinds = {paper.kind for paper in case.papers}
    if running.findings is not None or listed_materials:
        sheet.print_heading(t("材料", "Papers"))
        if not listed_materials:
            none = t(
                "目录里没有列出要交的材料", "the catalogue lists no paper for this"
            )
            sheet.print_line(none, style="dim")
    for paper in listed_materials:
        there = paper.material.id in kinds
        mark = t("已列入", "listed") if there else t("还没有", "missing")
        label = paper.material.label.say(sheet.language)
        sheet.print_title(
            label, paper.standing.text.say(sheet.language), right=(mark, "")
        )
    if running.findings is not None:
        _show_findings(running.findings, sheet)
    if running.years:
        sheet.print_heading(t("回看有效期", "The term behind"))
    for year in running.years:
        name = t("整个有效期", "The whole term")
        if year.year is not None:
            name = t(f"{year.year}年", str(year.year))
        sheet.print_line(name, style="bold")
        silent = []
        for remark in year.remarks:
            topic = remark.topic.text.say(sheet.language)
            if remark.told is Told.NOTHING and remark.text == NOT_RECORDED:
                silent.append(topic)
                continue
            parts = [remark.text.say(sheet.language)]
            if remark.on is not None:
                parts.append(remark.on.isoformat())
            if remark.source is not None:
                parts.append(remark.source.say(sheet.language))
            style = "red" if remark.told is Told.TROUBLE else ""
            sheet.print_rows(
                [(topic, " · ".join(filter(None, parts)))],
                label_width=14 if sheet.language is Language.EN else 5,
                indent=2,
                style=style,
            )
        if silent:
            listed = sheet.join(silent)
            sheet.print_line(
                f"{listed}{sheet.colon}{NOT_RECORDED.say(sheet.language)}",
                indent=2,
                style="dim",
            )


def _show_findings(findings: Sequence[Finding], sheet: Sheet) -> None:
    from changqing.judge.verdict import blocks

    t = sheet.t
    sheet.print_heading(t("结论", "Findings"))
    blocking = sum(blocks(finding) for finding in findings)
    sheet.print_line(
        t(
            f"{len(findings)}项没有证实，其中{blocking}项要求没有满足",
            f"{len(findings)} not proven, of which {blocking} are requirements not "
            "satisfied",
        )
    )
    for finding in findings[:MOST]:
        style = "red" if blocks(finding) else ""
        verdict = finding.verdict.text.say(sheet.language)
        title = finding.criterion.title.say(sheet.language)
        sheet.print_title(title, "", right=(verdict, style))
    left_out = len(findings) - MOST
    if left_out > 0:
        sheet.print_line(
            t(f"还有{left_out}项，见--json", f"{left_out} more: see --json"),
            style="dim",
        )


MOST: Final = 12  # findings that a terminal shows
_WATCH: Final = "watch"
_NOT_ASSESSED: Final = Text(zh="没有评估：", en="not assessed: ")
_NO_LEDGER: Final = Text(
    zh="台账读不出，回看里没有算进：", en="a ledger cannot be read and is left out: "
)
