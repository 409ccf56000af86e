"""The annual report: its six sections from the facts of a case, two years side by side.

Nothing is judged here: what does not fit is what the assessment found for the stage of
the report. A section's state says how much of it is there. What nobody has said stays
blank, with what to supply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT, Subject
from changqing.casework.annual_changes import AmendmentDue, list_changes_due
from changqing.casework.annual_duty import ReportDuty, find_duty
from changqing.casework.annual_ledgers import Ledgers
from changqing.casework.dates import NO_NUMBER, NO_RULE
from changqing.casework.derived import find_report
from changqing.casework.events import Event
from changqing.casework.promises import Promise, list_promises
from changqing.casework.stages import replay_events
from changqing.errors import CaseError, Issue
from changqing.evidence.model import Record, Resolved
from changqing.evidence.resolve import resolve_unknown
from changqing.guide.procedure import DatedStep, Givens, date_steps
from changqing.judge.advice import Adviser
from changqing.judge.model import Assessment, Finding, Situation
from changqing.law.kinds.fact import Fact
from changqing.law.model import Catalogue, Verdict
from changqing.rules.types import Value
from changqing.text import Text, WordedEnum

PROCEDURE: Final = "annual_report"
SECTIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "operation": (
            "report.users",
            "report.last_year_users",
            "report.filed_last_year_users",
            "report.revenue",
            "report.last_year_revenue",
            "report.filed_last_year_revenue",
            "report.company_revenue",
            "report.revenue_listed_apart",
        ),
        "development": (
            "report.staff",
            "report.technical_staff",
            "report.service_staff",
            "report.other_staff",
            "report.insured_staff",
            "applicant.shareholders_changed",
            "applicant.operator_or_scope_changed",
        ),
        "quality": (
            "report.availability",
            "report.availability_from_faults",
            "report.complaint_phone_stated",
            "report.complaints",
            "report.complaints_answered",
            "report.reply_rate",
            "applicant.longest_reply_days",
        ),
        "security": (
            "applicant.security_level_determined",
            "applicant.security_incident",
            "report.data_assessment_added",
            "report.sms_sent",
            "report.sms_management_stated",
        ),
        "compliance": (
            "report.penalties_in_year",
            "report.penalties_stated",
            "report.changes_pending",
            "applicant.misconduct_list_clear",
        ),
        "other": ("report.figures_explained", "report.site_video_added"),
    }
)
"""What each section is filled from, as `subject.fact`, in the order it is shown."""

_OF_LAST_YEAR: Final = frozenset(
    f"{filed}last_year_{name}"
    for filed in ("", "filed_")
    for name in ("users", "revenue")
)
"""The figures that a first report under a licence does not have."""
_ONLY_IF_ASKED: Final = frozenset(
    {"data_assessment_added", "sms_sent", "sms_management_stated", "site_video_added"}
)
_TROUBLE: Final = frozenset({Verdict.UNMET, Verdict.CONTRADICTED})


class SectionState(WordedEnum):
    """How far a section has come."""

    TROUBLE = "trouble", Text("对不上", "does not fit")
    BLANK = "blank", Text("有空白", "has blanks")
    OWN_WORD = "own_word", Text("只有自述", "own word only")
    COMPLETE = "complete", Text("齐全", "complete")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualEntry:
    """One value of the report, this year and the year before."""

    fact: Fact
    now: Resolved
    before: Resolved

    @property
    def value(self) -> Value | None:
        """What goes into the report: what is proven, else what the company says."""
        return self.now.best

    @property
    def record(self) -> Record | None:
        """Who says so."""
        return self.now.best_by

    @property
    def blank(self) -> bool:
        """Whether nobody has said anything."""
        return self.value is None

    @property
    def own_word(self) -> bool:
        """Whether nothing stands behind it that proves it."""
        return not self.blank and self.now.proven is None

    @property
    def apart(self) -> bool:
        """Whether what is said differs from what is proven."""
        now = self.now
        both_known = now.claimed is not None and now.proven is not None
        return both_known and now.claimed != now.proven

    @property
    def difference(self) -> int | None:
        """This year less last year; None for what is no number or not known."""
        now, before = self.value, self.before.best
        if isinstance(now, bool) or isinstance(before, bool):
            return None
        if isinstance(now, int) and isinstance(before, int):
            return now - before
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualSection:
    """One of the sections; `entered` says whether it is filled in on the platform."""

    id: str
    number: int
    title: Text
    entered: bool | None
    entries: tuple[AnnualEntry, ...]
    findings: tuple[Finding, ...]

    @property
    def blanks(self) -> tuple[AnnualEntry, ...]:
        """What is still to be supplied."""
        return tuple(entry for entry in self.entries if entry.blank)

    @property
    def own_words(self) -> tuple[AnnualEntry, ...]:
        """What rests on the company’s word alone and needs evidence."""
        return tuple(entry for entry in self.entries if entry.own_word)

    @property
    def state(self) -> SectionState:
        """What a person must know first about it."""
        if self.findings:
            return SectionState.TROUBLE
        if self.blanks or not self.entries:
            return SectionState.BLANK
        return SectionState.OWN_WORD if self.own_words else SectionState.COMPLETE


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """One step of the season; without a day, `unset` says why there is none."""

    step: DatedStep
    unset: Text | None
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualReport:
    """The report on `year` as far as it is known on `as_of`.

    `listed` is False when the case lists no report on that year. `other_findings` are
    those that concern no one section. `law` is the rule that names the sections.
    `adviser` says what to do about a finding; `promises` are those of the plans, beside
    what was seen of each.
    """

    year: int
    as_of: date
    listed: bool
    submitted: bool | None
    duty: ReportDuty
    sections: tuple[AnnualSection, ...]
    other_findings: tuple[Finding, ...]
    changes: tuple[AmendmentDue, ...]
    season: tuple[Season, ...]
    ledgers: Ledgers
    labels: Mapping[Subject, Text]
    adviser: Adviser
    promises: tuple[Promise, ...] = ()

    @property
    def deadline(self) -> Season | None:
        """The last day to hand in."""
        return next(
            (season for season in self.season if season.step.step.id == "hand_in"), None
        )

    @property
    def complete(self) -> bool:
        """Whether nothing is blank, at odds, unproven, or to be amended first."""
        all_complete = all(
            section.state is SectionState.COMPLETE for section in self.sections
        )
        return all_complete and not any(change.open for change in self.changes)


def move_to_report_stage(situation: Situation) -> Situation:
    """Move the facts to the stage at which an annual report is judged."""
    return replace(
        situation,
        application=replace(situation.application, stage=PROCEDURE),
    )


def build_annual_report(
    case: Case,
    assessment: Assessment,
    catalogue: Catalogue,
    *,
    year: int,
    ledgers: Ledgers,
    events: Sequence[Event] = (),
) -> AnnualReport:
    """Build the report on a year. CaseError where licence or year has none.

    `events` are those of the case: they tell since when there is a licence, and which
    reports were handed in.
    """
    situation = assessment.situation
    application, procedure = situation.application, catalogue.procedures[PROCEDURE]
    if not procedure.covers(
        licence=application.licence,
        scope=application.scope,
        region=application.region,
    ):
        raise CaseError(Issue(text=_NO_REPORT, path=str(case.path), hint=_NUMBERS))
    subject = find_report(situation, year)
    mine = subject or Subject("report", str(year))
    before = find_report(situation, year - 1) or Subject("report", str(year - 1))
    findings = [
        finding
        for finding in assessment.findings
        if finding.asked
        and "annual_report" in finding.criterion.applies.text
        and finding.subject in (mine, APPLICANT)
    ]
    sections = tuple(_build_sections(situation, catalogue, findings, mine, before))
    in_sections = {id(finding) for section in sections for finding in section.findings}
    submitted = situation.find_best(mine, "submitted")
    past_events = [event for event in events if event.on <= situation.as_of]
    state = replay_events(catalogue, case, past_events)
    return AnnualReport(
        year=year,
        as_of=situation.as_of,
        listed=subject is not None,
        submitted=submitted if isinstance(submitted, bool) else None,
        duty=find_duty(catalogue, case, state, situation.as_of, year=year),
        sections=sections,
        other_findings=tuple(
            finding
            for finding in findings
            if finding.verdict in _TROUBLE and id(finding) not in in_sections
        ),
        changes=list_changes_due(situation, catalogue, mine),
        season=tuple(_list_season(situation, catalogue, year)),
        ledgers=ledgers,
        labels=situation.labels,
        adviser=Adviser(catalogue, situation),
        promises=list_promises(case, situation, catalogue),
    )


def _build_sections(
    situation: Situation,
    catalogue: Catalogue,
    findings: Sequence[Finding],
    mine: Subject,
    before: Subject,
) -> Iterator[AnnualSection]:
    """Build each section of the report with its figures and what does not fit."""
    facts_asked = {
        pair for finding in findings for pair in finding.criterion.test.facts
    }
    titles = catalogue.facts["report", "sections_filled"].value_labels
    entered = situation.find_best(mine, "sections_filled")
    is_first = situation.find_best(mine, "first_of_licence") is True
    for number, (name, places) in enumerate(SECTIONS.items(), start=1):
        pairs = [(place.split(".")[0], place.split(".")[1]) for place in places]
        pairs_shown = [
            pair
            for pair in pairs
            if (pair[1] not in _ONLY_IF_ASKED or pair in facts_asked)
            and not (is_first and pair[1] in _OF_LAST_YEAR)
        ]
        yield AnnualSection(
            id=name,
            number=number,
            title=titles[name],
            entered=name in entered if isinstance(entered, frozenset) else None,
            entries=tuple(
                _build_entry(situation, catalogue, pair, mine, before)
                for pair in pairs_shown
            ),
            findings=tuple(
                finding
                for finding in findings
                if finding.verdict in _TROUBLE
                and finding.subject == mine
                and not finding.criterion.test.facts.isdisjoint(pairs)
                and _find_home_section(finding) == name
            ),
        )


def _find_home_section(finding: Finding) -> str | None:
    """The section most of whose facts a criterion reads; the first of equals."""
    facts_read = {f"{subject}.{fact}" for subject, fact in finding.criterion.test.facts}
    counts = {name: len(facts_read & set(places)) for name, places in SECTIONS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def _build_entry(
    situation: Situation,
    catalogue: Catalogue,
    pair: tuple[str, str],
    mine: Subject,
    before: Subject,
) -> AnnualEntry:
    subject_type, name = pair
    if subject_type == "report":
        now, then = mine, before
    else:
        now, then = APPLICANT, Subject("report", "")  # of no earlier year
    return AnnualEntry(
        fact=catalogue.facts[pair],
        now=_find_resolved(situation, catalogue, now, name),
        before=_find_resolved(situation, catalogue, then, name),
    )


def _find_resolved(
    situation: Situation, catalogue: Catalogue, subject: Subject, fact: str
) -> Resolved:
    resolved = situation.resolved.get((subject, fact))
    return resolve_unknown(subject, fact, catalogue) if resolved is None else resolved


def _list_season(
    situation: Situation, catalogue: Catalogue, year: int
) -> Iterator[Season]:
    application = situation.application
    givens = Givens(
        licence=application.licence,
        scope=application.scope,
        region=application.region,
        as_of=situation.as_of,
        days={"year_end": date(year, 12, 31)},
    )
    for step in date_steps(catalogue, catalogue.procedures[PROCEDURE], givens):
        notes = (
            reckoning.note for reckoning in step.reckonings if reckoning.day is None
        )
        unset = NO_NUMBER if step.reckonings else NO_RULE
        yield Season(
            step=step,
            unset=next(filter(None, notes), unset) if step.day is None else None,
            passed=step.day is not None and step.day < situation.as_of,
        )


_NO_REPORT: Final = Text(
    "这张许可证没有经营信息年报", "this licence has no annual report of business"
)
_NUMBERS: Final = Text(
    "码号另有年报，见changqing procedure number_report",
    "numbers have a report of their own: changqing procedure number_report",
)
