"""A renewal looks back: what was recorded of each year of the term, and by whom.

Nothing is judged here but what a finding of the assessment already says. What no event,
report, ledger or watch tells is not recorded, which is never a no.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from changqing.case.subjects import APPLICANT, Subject
from changqing.casework.annual_ledgers import Ledgers
from changqing.casework.derived import find_report
from changqing.casework.events import Act, CaseStage, Event
from changqing.casework.files import EVENTS, FOLDER
from changqing.casework.sources import say_source
from changqing.casework.state import CaseState, find_stage_of
from changqing.day import beijing_day
from changqing.evidence.model import Record, Resolved
from changqing.judge.model import Assessment, DefectCertainty, Finding, Situation
from changqing.judge.verdict import blocks
from changqing.judge.words import say_value as say_fact
from changqing.law.model import Catalogue, Verdict
from changqing.rules.types import Value
from changqing.text import Text, WordedEnum


class TermTopic(WordedEnum):
    """What a renewal asks of every year."""

    REPORT = "report", Text("年报", "Annual report")
    OPENED = "opened", Text("开通", "Opened")
    SCOPE = "scope", Text("范围", "Scope")
    RECORDS = "records", Text("记录", "Records")
    COMPLAINTS = "complaints", Text("投诉", "Complaints")
    PENALTIES = "penalties", Text("处罚", "Penalties")
    WATCH = "watch", Text("监测", "Watch")


class Told(StrEnum):
    """What is recorded: nothing, something, or something that stands in the way."""

    NOTHING = "not_recorded"
    SOMETHING = "recorded"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing that is, or is not, recorded; `on` and `source` of what tells it."""

    topic: TermTopic
    told: Told
    text: Text
    on: date | None = None
    source: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TermYear:
    """One year of the term, topic by topic. None for `year`: the term as a whole.

    `reported` False: no event says that its report was handed in, which is not a no.
    """

    year: int | None
    reported: bool
    remarks: tuple[Remark, ...]


class TermIncident(Protocol):
    """A lapse that the watch found, in its own words."""

    @property
    def text(self) -> Text:
        """What is said about it."""

    @property
    def since(self) -> datetime:
        """When it began."""

    @property
    def closed_at(self) -> datetime | None:
        """When it ended; None: it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """All that can tell of the years behind; what is left out tells nothing."""

    catalogue: Catalogue
    events: Sequence[Event] = ()
    assessment: Assessment | None = None
    ledgers: Sequence[Ledgers] = ()
    incidents: Sequence[TermIncident] | None = None  # None: nobody watched


def look_back(state: CaseState, today: date, behind: Behind) -> tuple[TermYear, ...]:
    """Look back on the term as a whole, then its years.

    Empty where its first day is not known.
    The year that runs stands last, and only when something is recorded of it.
    """
    looking = _Looking(state, behind)
    years = [
        looking.review_year(year)
        for year in list_term_years(state, behind.assessment, today)
    ]
    if not years:
        return ()
    if all(remark.told is Told.NOTHING for remark in years[-1].remarks):
        years.pop()
    whole = looking.review_term()
    return (*(() if whole is None else (whole,)), *years)


def is_about_numbers(name: str) -> bool:
    """Tell whether a procedure or a criterion is about numbers."""
    return name.startswith("number_")


def list_term_years(
    state: CaseState, assessment: Assessment | None, today: date
) -> range:
    """List the years of the term up to `today`; empty if its start is not known."""
    first_day = state.licensed_on or _find_begin(assessment)
    return range(0) if first_day is None else range(first_day.year, today.year + 1)


def list_stage_findings(assessment: Assessment, matter: str) -> tuple[Finding, ...]:
    """List what is asked in this stage and not met: what blocks first, then by urgency.

    Of what concerns numbers, only what is asked of numbers.
    """
    findings_asked = (
        finding
        for finding in assessment.findings
        if finding.asked
        and finding.certainty is not None
        and (not is_about_numbers(matter) or is_about_numbers(finding.criterion.id))
    )
    return tuple(
        sorted(
            findings_asked,
            key=lambda finding_asked: (
                not blocks(finding_asked),
                finding_asked.certainty is DefectCertainty.POSSIBLE,
            ),
        )
    )


def _find_begin(assessment: Assessment | None) -> date | None:
    if assessment is None:
        return None
    resolved = assessment.situation.resolved.get((APPLICANT, "licence_valid_from"))
    value = None if resolved is None else resolved.best
    return value if isinstance(value, date) else None


class _Looking:
    def __init__(self, state: CaseState, behind: Behind) -> None:
        self._state = state
        self._behind = behind
        assessment = behind.assessment
        self._situation = None if assessment is None else assessment.situation
        self._ledgers = {ledger.year: ledger for ledger in behind.ledgers}

    def review_term(self) -> TermYear | None:
        """Review what findings and facts say of the whole term; None without them."""
        if self._behind.assessment is None:
            return None
        findings = {
            finding.criterion.id: finding
            for finding in self._behind.assessment.findings
        }
        remarks = [
            _remark_on_finding(topic, findings[name], self._behind.assessment.situation)
            for topic, names in _OF_TERM.items()
            for name in names
            if name in findings and findings[name].verdict is not Verdict.NOT_APPLICABLE
        ]
        return TermYear(year=None, reported=False, remarks=tuple(remarks))

    def review_year(self, year: int) -> TermYear:
        """Review what is recorded of one year, topic by topic."""
        topics = {
            TermTopic.REPORT: self._remark_report(year),
            TermTopic.OPENED: self._remark_opening(year),
            TermTopic.SCOPE: self._remark_scope(year),
            TermTopic.RECORDS: self._remark_records(year),
            TermTopic.COMPLAINTS: self._remark_complaints(year),
            TermTopic.PENALTIES: self._remark_penalties(year),
            TermTopic.WATCH: self._remark_watch(year),
        }
        remarks: list[Remark] = []
        for topic, remarks_on_topic in topics.items():
            topic_remarks = list(remarks_on_topic)
            remarks += topic_remarks or [
                Remark(topic=topic, told=Told.NOTHING, text=NOT_RECORDED)
            ]
        return TermYear(
            year=year,
            reported=date(year, 12, 31) in self._state.years_reported,
            remarks=tuple(remarks),
        )

    def _remark_report(self, year: int) -> Iterator[Remark]:
        day = self._state.reports.get(date(year, 12, 31))
        if day is not None:
            yield Remark(
                topic=TermTopic.REPORT,
                told=Told.SOMETHING,
                text=_REPORTED,
                on=day,
                source=_EVENTS,
            )
            return
        submitted = self._find_report_value(year, "submitted")
        if submitted is None:
            return
        value, record = submitted
        on = self._find_report_value(year, "submitted_on")
        yield Remark(
            topic=TermTopic.REPORT,
            told=Told.SOMETHING if value is True else Told.TROUBLE,
            text=_REPORTED if value is True else _NOT_REPORTED,
            on=on[0]
            if on is not None and isinstance(on[0], date)
            else _find_record_day(record),
            source=self._say_source(record),
        )

    def _remark_opening(self, year: int) -> Iterator[Remark]:
        figures = {
            name: self._find_report_value(year, name) for name in ("users", "revenue")
        }
        known_figures = [figure for figure in figures.values() if figure is not None]
        if not known_figures:
            return
        idle = len(known_figures) == len(figures) and all(
            value == 0 for value, _ in known_figures
        )
        yield self._remark_figures(
            TermTopic.OPENED, figures, trouble=idle, note=_IDLE if idle else None
        )

    def _remark_scope(self, year: int) -> Iterator[Remark]:
        for event in self._behind.events:
            stage = find_stage_of(event.matter)
            if (
                event.act is Act.SUBMIT
                and event.on.year == year
                and stage is CaseStage.AMENDMENT
            ):
                name = stage.text
                yield Remark(
                    topic=TermTopic.SCOPE,
                    told=Told.SOMETHING,
                    text=Text(
                        zh=f"递交过{name.zh}（{event.matter}）",
                        en=f"{name.en} handed in ({event.matter})",
                    ),
                    on=event.on,
                    source=_name_event_place(event),
                )

    def _remark_records(self, year: int) -> Iterator[Remark]:
        ledgers = self._ledgers.get(year)
        if ledgers is None:
            return
        for paper, count, zh, en in (
            (ledgers.fault_paper, ledgers.faults, "故障", "faults"),
            (ledgers.complaint_paper, ledgers.complaints, "投诉", "complaints"),
        ):
            if paper is not None and count is not None:
                yield Remark(
                    topic=TermTopic.RECORDS,
                    told=Told.SOMETHING,
                    text=Text(
                        zh=f"{zh}台账记有{len(count)}条",
                        en=f"{en} in the ledger: {len(count)}",
                    ),
                    on=paper.true_on,
                    source=Text(zh=paper.file.path, en=paper.file.path),
                )

    def _remark_complaints(self, year: int) -> Iterator[Remark]:
        """Remark on complaints: by the ledger of a year, and as its report counts."""
        ledgers = self._ledgers.get(year)
        if ledgers is not None and ledgers.complaints and ledgers.complaint_paper:
            open_ones = [
                complaint
                for complaint in ledgers.complaints
                if complaint.answered is None
            ]
            days = [
                complaint.days
                for complaint in ledgers.complaints
                if complaint.days is not None
            ]
            longest = max(days, default=None)
            zh, en = "都有答复日", "all have a day of reply"
            if open_ones:
                zh = f"{len(open_ones)}件没有答复日"
                en = f"{len(open_ones)} without a reply"
            if longest is not None:
                zh += f"，最长{longest}天答复"
                en += f", slowest reply in days: {longest}"
            yield Remark(
                topic=TermTopic.COMPLAINTS,
                told=Told.TROUBLE if open_ones else Told.SOMETHING,
                text=Text(zh=zh, en=en),
                on=ledgers.complaint_paper.true_on,
                source=Text(
                    zh=ledgers.complaint_paper.file.path,
                    en=ledgers.complaint_paper.file.path,
                ),
            )
        names = ("complaints", "complaints_answered")
        figures = {name: self._find_report_value(year, name) for name in names}
        if any(figure is not None for figure in figures.values()):
            yield self._remark_figures(TermTopic.COMPLAINTS, figures)

    def _remark_penalties(self, year: int) -> Iterator[Remark]:
        figures = {
            "penalties_in_year": self._find_report_value(year, "penalties_in_year")
        }
        penalties = figures["penalties_in_year"]
        if penalties is not None:
            yield self._remark_figures(
                TermTopic.PENALTIES, figures, trouble=penalties[0] != 0
            )
        fined = self._find_value(APPLICANT, "fine_received_on")
        if fined is not None and isinstance(fined[0], date) and fined[0].year == year:
            yield Remark(
                topic=TermTopic.PENALTIES,
                told=Told.TROUBLE,
                text=Text(zh="收到罚款决定", en="a fine was imposed"),
                on=fined[0],
                source=self._say_source(fined[1]),
            )

    def _remark_watch(self, year: int) -> Iterator[Remark]:
        for incident in self._behind.incidents or ():
            since = beijing_day(incident.since)
            if since.year != year:
                continue
            if incident.closed_at is None:
                zh, en = "，没有恢复", "; not over"
            else:
                over = beijing_day(incident.closed_at)
                zh, en = f"，{over}恢复", f"; over on {over}"
            yield Remark(
                topic=TermTopic.WATCH,
                told=Told.TROUBLE,
                text=Text(
                    zh=incident.text.zh.rstrip("。") + zh, en=incident.text.en + en
                ),
                on=since,
                source=_WATCH,
            )

    def _remark_figures(
        self,
        topic: TermTopic,
        figures: Mapping[str, tuple[Value, Record] | None],
        *,
        trouble: bool = False,
        note: Text | None = None,
    ) -> Remark:
        """Put values of a year's report into one remark, each with its name."""
        zh, en = list[str](), list[str]()
        records = [figure[1] for figure in figures.values() if figure is not None]
        for name, figure in figures.items():
            if figure is None:
                continue
            words = say_fact(
                figure[0], self._behind.catalogue.facts.get(("report", name))
            )
            label = _FIGURES[name]
            zh.append(f"{label.zh}{words.zh}")
            en.append(f"{label.en} {words.en}")
        if note is not None:
            zh.append(note.zh)
            en.append(note.en)
        return Remark(
            topic=topic,
            told=Told.TROUBLE if trouble else Told.SOMETHING,
            text=Text(zh="，".join(zh), en=", ".join(en)),
            on=max(_find_record_day(record) for record in records),
            source=self._say_source(records[0]),
        )

    def _find_report_value(self, year: int, name: str) -> tuple[Value, Record] | None:
        if self._situation is None:
            return None
        subject = find_report(self._situation, year)
        return None if subject is None else self._find_value(subject, name)

    def _find_value(self, subject: Subject, name: str) -> tuple[Value, Record] | None:
        situation = self._situation
        resolved = (
            None if situation is None else situation.resolved.get((subject, name))
        )
        return None if resolved is None else _find_best_value(resolved)

    def _say_source(self, record: Record) -> Text:
        labels = {} if self._situation is None else self._situation.labels
        return say_source(record, labels)


def _find_best_value(resolved: Resolved) -> tuple[Value, Record] | None:
    value = resolved.best
    record = resolved.best_by
    return None if value is None or record is None else (value, record)


def _find_record_day(record: Record) -> date:
    return beijing_day(record.observed_at)


def _name_event_place(event: Event) -> Text:
    place = f"{FOLDER}/{EVENTS}:{event.number}"
    return Text(zh=place, en=place)


def _remark_on_finding(
    topic: TermTopic, finding: Finding, situation: Situation
) -> Remark:
    """What a finding says, with the newest evidence behind it."""
    telling = {
        Verdict.MET: Told.SOMETHING,
        Verdict.UNMET: Told.TROUBLE,
        Verdict.CONTRADICTED: Told.TROUBLE,
    }.get(finding.verdict, Told.NOTHING)
    newest = max(finding.evidence, key=_find_record_day, default=None)
    word, title = finding.verdict.text, finding.criterion.title
    return Remark(
        topic=topic,
        told=telling,
        text=Text(zh=f"{title.zh}：{word.zh}", en=f"{title.en}: {word.en}"),
        on=None if newest is None else _find_record_day(newest),
        source=None if newest is None else say_source(newest, situation.labels),
    )


NOT_RECORDED: Final = Text("没有记录，不等于没有", "not recorded, which is not a no")
_OF_TERM: Final[Mapping[TermTopic, tuple[str, ...]]] = MappingProxyType(
    {
        TermTopic.REPORT: ("annual_reports_of_term_filed",),
        TermTopic.OPENED: ("renewal_service_opened",),
        TermTopic.SCOPE: ("classes_within_licence", "items_within_licence"),
        TermTopic.RECORDS: ("service_records_kept", "network_logs_unbroken"),
        TermTopic.COMPLAINTS: (
            "complaints_answered_in_limit",
            "complaints_answered_as_promised",
            "complaints_passed_on_answered",
        ),
        TermTopic.PENALTIES: (
            "fine_paid_in_time",
            "rectification_carried_out",
            "no_decision_on_false_papers",
        ),
    }
)
"""The criteria that speak of the term as a whole."""
_FIGURES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "users": Text("用户", "users"),
        "revenue": Text("收入", "revenue"),
        "complaints": Text("年报写投诉", "complaints reported"),
        "complaints_answered": Text("已答复", "answered"),
        "penalties_in_year": Text("处罚和通报", "penalties and notices"),
    }
)
_EVENTS: Final = Text("办理记录", "events of the case")
_WATCH: Final = Text("监测记录", "the watch")
_REPORTED: Final = Text("已报送", "handed in")
_NOT_REPORTED: Final = Text("没有报送", "not handed in")
_IDLE: Final = Text("全为0", "all zero")
