"""The annual report as data in one language, and as a page that prints.

Terminal and page are made from `make_annual_data`, so that they can never disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from changqing.case.model import Case
from changqing.casework.annual import (
    AnnualEntry,
    AnnualReport,
    AnnualSection,
    Season,
    SectionState,
)
from changqing.casework.annual_changes import AmendmentDue
from changqing.casework.annual_data import (
    AnnualData,
    ChangeData,
    DutyData,
    EntryData,
    FindingData,
    MeasuredData,
    SeasonStep,
    SectionData,
)
from changqing.casework.annual_ledgers import COMPLAINT_RULE, FAULT_RULE
from changqing.casework.annual_measured import Measured
from changqing.casework.promises import promise_data
from changqing.casework.sources import say_source
from changqing.evidence.model import Record
from changqing.jsondata import write_day
from changqing.judge.model import Finding
from changqing.judge.words import say_value
from changqing.law.cited import say_citation
from changqing.law.kinds.fact import Fact
from changqing.law.law import say_law
from changqing.law.model import Catalogue
from changqing.law.said import say_number
from changqing.outlook.availability import RULE
from changqing.report.html import read_stylesheet
from changqing.rules.types import Value
from changqing.text import Language, Text

_GLYPHS: Final = {
    SectionState.TROUBLE: "unmet",
    SectionState.BLANK: "undetermined",
    SectionState.OWN_WORD: "unproven",
    SectionState.COMPLETE: "met",
}


def make_annual_data(
    case: Case,
    report: AnnualReport,
    services: Sequence[Measured],
    catalogue: Catalogue,
    language: Language,
) -> AnnualData:
    """Collect what the report says, in one language, for JSON, terminal and page."""
    return _AnnualPage(case, report, services, catalogue, language).build_data()


class _AnnualPage:
    def __init__(
        self,
        case: Case,
        report: AnnualReport,
        services: Sequence[Measured],
        catalogue: Catalogue,
        language: Language,
    ) -> None:
        self._case = case
        self._report = report
        self._services = services
        self._catalogue = catalogue
        self._language = language

    def build_data(self) -> AnnualData:
        report, case = self._report, self._case
        deadline = report.deadline
        contents = self._catalogue.law["annual_report_contents"]
        public = self._catalogue.law["annual_report_publication"]
        sections = [self._build_section(section) for section in report.sections]
        licence = self._catalogue.licences[case.application.licence]
        return {
            "case": case.name,
            "licence": case.application.licence,
            "licence_name": self._say_text(licence.label),
            "year": report.year,
            "as_of": report.as_of.isoformat(),
            "listed": report.listed,
            "submitted": report.submitted,
            "duty": self._build_duty(),
            "complete": report.complete,
            "headline": self._say_headline(),
            "deadline": None if deadline is None else self._build_season(deadline),
            "law": [
                self._say_text(say_law(self._catalogue, fact, on=report.as_of))
                for fact in (contents, public)
            ],
            "sections": sections,
            "supply": [
                {"section": section["number"], **entry}
                for section in sections
                for entry in section["entries"]
                if entry["blank"]
            ],
            "prove": [
                {"section": section["number"], **entry}
                for section in sections
                for entry in section["entries"]
                if entry["own_word"] and entry["supply"]
            ],
            "other_findings": [
                self._build_finding(finding) for finding in report.other_findings
            ],
            "changes": [self._describe_amendment(change) for change in report.changes],
            "season": [self._build_season(season) for season in report.season],
            "measured": self._describe_measured(),
            "promises": [
                promise_data(promise, self._language, as_of=report.as_of)
                for promise in report.promises
            ],
        }

    def _build_duty(self) -> DutyData:
        duty = self._report.duty
        return {
            "state": duty.state.value,
            "owed": duty.is_owed,
            "licensed_since": write_day(duty.licensed_since),
            "filed_on": write_day(duty.filed_on),
            "opens": write_day(duty.opens),
            "last_day": write_day(duty.last_day),
            "days_left": duty.days_left,
            "text": self._say_text(duty.text),
        }

    def _say_headline(self) -> str:
        """Say in one sentence how much is complete and what is still to be done."""
        report = self._report
        complete = sum(
            section.state is SectionState.COMPLETE for section in report.sections
        )
        blanks = sum(len(section.blanks) for section in report.sections)
        trouble = sum(len(section.findings) for section in report.sections)
        open_changes = sum(change.open for change in report.changes)
        own = sum(len(section.own_words) for section in report.sections)
        count = len(report.sections)
        zh = [f"{count}个部分齐全{complete}个"]
        en = [f"{complete} of {count} sections complete"]
        if trouble:
            zh.append(f"{trouble}处对不上")
            en.append(f"{trouble} that do not fit" if trouble > 1 else "1 misfit")
        if blanks:
            zh.append(f"{blanks}处空白待补")
            en.append(f"{blanks} blank{'s' * (blanks > 1)} to fill")
        if own:
            zh.append(f"{own}处只有自述")
            en.append(f"{own} on the company’s word alone")
        if open_changes:
            zh.append(f"{open_changes}项变更先办")
            en.append(f"{open_changes} to amend first")
        return self._say_text(Text("，".join(zh) + "。", "; ".join(en) + "."))

    def _build_section(self, section: AnnualSection) -> SectionData:
        return {
            "id": section.id,
            "number": section.number,
            "title": self._say_text(section.title),
            "state": section.state.value,
            "state_name": self._say_text(section.state.text),
            "glyph": _GLYPHS[section.state],
            "entered": section.entered,
            "blanks": [self._say_text(blank.fact.label) for blank in section.blanks],
            "own_words": [
                self._say_text(word.fact.label) for word in section.own_words
            ],
            "entries": [self._build_entry(entry) for entry in section.entries],
            "findings": [self._build_finding(finding) for finding in section.findings],
        }

    def _build_entry(self, entry: AnnualEntry) -> EntryData:
        """Put a figure in words: claimed, proven, and as reported the year before."""
        fact, now = entry.fact, entry.now
        record = entry.record
        before = entry.before.best
        difference = entry.difference
        return {
            "fact": f"{fact.subject}.{fact.id}",
            "label": self._say_text(fact.label),
            "blank": entry.blank,
            "own_word": entry.own_word,
            "apart": entry.apart,
            "value": None
            if entry.blank or entry.value is None
            else self._say_value(entry.value, fact),
            "claimed": None
            if now.claimed is None
            else self._say_value(now.claimed, fact),
            "proven": None if now.proven is None else self._say_value(now.proven, fact),
            "grade": None if record is None else record.grade.code,
            "grade_name": None if record is None else self._say_text(record.grade.text),
            "source": None if record is None else self._say_source(record),
            "evidence": None
            if record is None or not record.number
            else f"证{record.number:04}"
            if self._language is Language.ZH
            else f"E{record.number:04}",
            "before": None if before is None else self._say_value(before, fact),
            "before_own_word": before is not None and entry.before.proven is None,
            "difference": None
            if difference is None
            else self._say_difference(difference, fact),
            "question": None
            if fact.question is None
            else self._say_text(fact.question),
            "proof_by": self._say_text(self._name_proofs(fact)),
            "supply": self._say_supply(entry)
            if entry.blank or entry.own_word
            else None,
        }

    def _name_proofs(self, fact: Fact) -> Text:
        """Name what would prove it; empty where nothing is known to."""
        catalogue = self._catalogue
        proofs: list[Text] = []
        for source in fact.sources:
            sort, _, name = source.partition(":")
            if sort == "paper" and name in catalogue.materials:
                label = catalogue.materials[name].label
                proofs.append(Text(f"《{label.zh}》", label.en))
            elif sort == "guided" and name in catalogue.looks:
                proofs.append(catalogue.looks[name].title)
        return Text(
            zh="或".join(proof.zh for proof in proofs),
            en=", or ".join(proof.en for proof in proofs),
        )

    def _say_supply(self, entry: AnnualEntry) -> str | None:
        """Where to write it, and what would prove it."""
        fact = entry.fact
        listed = self._name_proofs(fact)
        if entry.own_word:
            if not listed.zh or fact.proof is fact.proof.DECLARED:
                return None
            return self._say_text(Text(f"证明：{listed.zh}", f"Evidence: {listed.en}"))
        place = "reports" if fact.subject == "report" else "applicant"
        zh = f"在case.yaml的{place}里写{fact.id}"
        en = f"Write {fact.id} under {place} in case.yaml"
        if fact.question is not None:
            zh, en = f"{fact.question.zh}{zh}", f"{fact.question.en} {en}"
        if listed.zh:
            zh, en = f"{zh}；凭{listed.zh}", f"{en}; evidence: {listed.en}"
        return self._say_text(Text(f"{zh}。", f"{en}."))

    def _say_source(self, record: Record) -> str:
        return self._say_text(say_source(record, self._report.labels))

    def _say_difference(self, number: int, fact: Fact) -> str:
        if number == 0:
            return self._say_text(Text("与上年相同", "as last year"))
        sign = "+" if number > 0 else "−"
        if fact.unit == "basis_points":
            share = say_number(abs(number), fact.unit).zh.removesuffix("%")
            return self._say_text(
                Text(f"{sign}{share}个百分点", f"{sign}{share} points")
            )
        return sign + self._say_text(say_number(abs(number), fact.unit))

    def _build_finding(self, finding: Finding) -> FindingData:
        criterion = finding.criterion
        sources = [
            self._say_text(say_citation(self._catalogue, c))
            for c in criterion.citations
        ]
        return {
            "criterion": criterion.id,
            "title": self._say_text(criterion.title),
            "verdict": finding.verdict.value,
            "verdict_name": self._say_text(finding.verdict.text),
            "standing": self._say_text(criterion.standing.text),
            "explanation": self._say_text(finding.explanation),
            "remedy": self._say_text(self._report.adviser.advise(finding).text),
            "sources": list(dict.fromkeys(sources)),
        }

    def _describe_amendment(self, change: AmendmentDue) -> ChangeData:
        return {
            "what": self._say_text(change.what),
            "on_licence": self._say_maybe(change.on_licence),
            "now": self._say_maybe(change.now),
            "compared": change.compared,
            "handed_in": change.handed_in,
            "open": change.open,
            "procedure": change.procedure,
            "title": self._say_text(change.title),
            "day": write_day(change.day),
            "provisional": change.provisional,
            "passed": change.day is not None and change.day < self._report.as_of,
        }

    def _build_season(self, season: Season) -> SeasonStep:
        step = season.step
        office = step.office_day
        days_left = None if step.day is None else (step.day - self._report.as_of).days
        return {
            "step": step.step.id,
            "actor": self._say_text(step.step.actor.text),
            "title": self._say_text(step.step.title),
            "does": self._say_text(step.does),
            "opens": write_day(_find_season_start(step.opens)),
            "day": write_day(step.day),
            "kind": None if step.bound is None else self._say_text(step.bound.text),
            "office_day": None if office is None else office.day.isoformat(),
            "provisional": step.provisional
            or (office is not None and office.provisional),
            "days_left": days_left,
            "passed": season.passed,
            "unset": self._say_maybe(season.unset),
            "runs_out": self._say_maybe(step.runs_out),
            "sources": [
                self._say_text(say_citation(self._catalogue, citation))
                for citation in step.citations
            ],
        }

    def _describe_measured(self) -> MeasuredData:
        ledgers = self._report.ledgers
        every = ledgers.complaints
        days = [
            complaint.days for complaint in every or () if complaint.days is not None
        ]
        points = ledgers.availability
        return {
            "services": [
                {
                    "service": service.service.id,
                    "checks": service.account.checks,
                    "days_observed": service.account.observed.days,
                    "outages": len(service.account.outages),
                    "availability": None
                    if service.basis_points is None
                    else self._say_text(
                        say_number(service.basis_points, "basis_points")
                    ),
                }
                for service in self._services
            ],
            "services_rule": self._say_text(RULE),
            "faults": None
            if points is None
            else {
                "count": len(ledgers.faults or ()),
                "availability": self._say_text(say_number(points, "basis_points")),
                "paper": ledgers.fault_paper.file.path if ledgers.fault_paper else None,
            },
            "faults_rule": self._say_text(FAULT_RULE),
            "complaints": None
            if every is None
            else {
                "received": len(every),
                "answered": len(days),
                "longest_days": max(days, default=None),
                "paper": ledgers.complaint_paper.file.path
                if ledgers.complaint_paper
                else None,
            },
            "complaints_rule": self._say_text(COMPLAINT_RULE),
        }

    def _say_value(self, value: Value, fact: Fact) -> str:
        return self._say_text(say_value(value, fact))

    def _say_text(self, text: Text) -> str:
        return text.say(self._language)

    def _say_maybe(self, text: Text | None) -> str | None:
        return None if text is None else self._say_text(text)


def write_annual_page(data: AnnualData, language: Language) -> str:
    """Write the report as one HTML file that needs nothing beside it."""
    template = _make_environment().get_template("annual.html.j2")

    def t(zh: str, en: str) -> str:
        return Text(zh=zh, en=en).say(language)

    return template.render(
        r=data,
        t=t,
        lang="zh-CN" if language is Language.ZH else "en",
        style=Markup(read_stylesheet()),  # noqa: S704  our own file
    )


@lru_cache(maxsize=1)
def _make_environment() -> Environment:
    from changqing.report import marks

    environment = Environment(
        loader=PackageLoader("changqing.casework"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "glyph": marks.draw_glyph,
        "grade_steps": marks.grade_steps,
        "symbols": marks.SYMBOLS,
    }
    return environment


def _find_season_start(day: date | None) -> date | None:
    """The season opens when the year has ended: the day after its last."""
    return None if day is None else date.fromordinal(day.toordinal() + 1)
