"""Building the report: the assessment, its plan and its outlook as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from changqing.case.subjects import APPLICANT, Subject
from changqing.day import beijing_day
from changqing.evidence.model import Record
from changqing.judge.advice import Adviser
from changqing.judge.doubt import make_doubt_line
from changqing.judge.model import (
    Assessment,
    Caution,
    ErrandPlan,
    Finding,
    JudgedTerm,
    PlannedErrand,
    Side,
)
from changqing.judge.questions import OpenQuestion, list_questions
from changqing.judge.verdict import blocks
from changqing.judge.words import say_value
from changqing.law.kept import keep_by_catalogue
from changqing.law.kit import Citation, Standing
from changqing.law.model import Catalogue, Verdict
from changqing.outlook.ahead import Outlook
from changqing.outlook.recent_changes import AppliedChange
from changqing.report.build_evidence import (
    EvidenceBuilder,
    Quotes,
    build_fact_gap,
    build_subject,
    list_numbers,
)
from changqing.report.build_outlook import (
    build_availability,
    build_cadence,
    build_endurance,
    build_runway,
)
from changqing.report.counting import count_verdicts
from changqing.report.handing_in import HandingIn
from changqing.report.model import (
    CaseReport,
    CaseView,
    CautionView,
    Caveat,
    CitationView,
    Counts,
    DefectView,
    EditionView,
    ErrandView,
    FindingView,
    HandingInView,
    Headline,
    KeyPoint,
    LongTermSummary,
    NumericView,
    OpenDay,
    OpenPoint,
    QuestionView,
    ReadersView,
    RegionView,
    RemedyView,
    ServiceView,
    SideView,
    TermView,
)
from changqing.report.outlook_model import (
    ChangeView,
    DerivedView,
    LabelledCode,
    OutlookView,
    SubjectView,
)
from changqing.report.plain import say_plainly
from changqing.report.sentences import (
    open_reason,
    plan_sentence,
    say_endurance,
    say_first_sentence,
    say_long_term,
    say_ready_day,
)
from changqing.report.sources import find_number, write_source
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """Who the case is about, as every page prints it.

    `promises` are what it chose to promise; `readers` counts its papers by who read
    them; `quotes` tells how its papers compare with
    what was typed of them, by paper.
    """

    name: str
    credit_code: str | None
    services: tuple[ServiceView, ...]
    evidence_mode: str  # live | recorded
    assessed_at: datetime | None
    caveats: tuple[Caveat, ...] = ()
    promises: tuple[Text, ...] = ()
    readers: ReadersView | None = None
    quotes: Quotes = field(default_factory=dict)


def build_report(
    assessment: Assessment,
    plan: ErrandPlan,
    outlook: Outlook,
    *,
    catalogue: Catalogue,
    adviser: Adviser,
    portrait: Portrait,
    handing_in: HandingIn | None = None,
) -> CaseReport:
    """Build all that is shown of an assessment, each thing said and counted once.

    `handing_in` is what is left before handing in, None where nothing is handed in.
    """
    builder = _ReportBuilder(
        assessment=assessment,
        catalogue=catalogue,
        adviser=adviser,
    )
    return builder.build(plan, outlook, portrait, handing_in)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReportBuilder:
    assessment: Assessment
    catalogue: Catalogue
    adviser: Adviser

    def build(
        self,
        plan: ErrandPlan,
        outlook: Outlook,
        portrait: Portrait,
        handing_in: HandingIn | None,
    ) -> CaseReport:
        assessment, catalogue = self.assessment, self.catalogue
        situation = assessment.situation
        moment, reason = portrait.assessed_at, open_reason(assessment, plan)
        first = say_first_sentence(assessment)
        evidence_builder = EvidenceBuilder(assessment=assessment, catalogue=catalogue)
        return CaseReport(
            case=self._build_case(portrait),
            as_of=situation.as_of,
            assessed_at=None if moment is None else moment.replace(microsecond=0),
            catalogue=EditionView(edition=catalogue.edition, digest=catalogue.digest),
            readiness=assessment.readiness,
            compliance=assessment.compliance,
            first_sentence=first,
            rests_on=assessment.rests_on,
            long_term=self._build_long_term(),
            cautions=tuple(map(self._build_caution, assessment.cautions)),
            headline=Headline(
                readiness=first.says if first.kind == "readiness" else None,
                compliance=first.says if first.kind == "compliance" else None,
                long_term=say_long_term(assessment),
                endurance=say_endurance(outlook.endurance, situation.as_of),
            ),
            counts=_build_counts(assessment.findings),
            findings=tuple(map(self._build_finding, assessment.findings)),
            conflicts=tuple(map(evidence_builder.build_conflict, situation.conflicts)),
            gaps=evidence_builder.build_gaps(),
            errands=tuple(self._build_errand(errand, plan) for errand in plan.errands),
            errands_text=plan_sentence(assessment, plan, catalogue),
            first_errand=None if plan.first is None else plan.first.errand,
            last_done=plan.last_done,
            ready_on=plan.ready_on,
            ready_on_open=None
            if reason is None
            else OpenDay(
                text=reason,
                undetermined=tuple(plan.to_clear_up),
                unsettled=tuple(plan.unsettled),
            ),
            ready_on_text=say_ready_day(assessment, plan, handing_in),
            handing_in=None if handing_in is None else _view_handing_in(handing_in),
            unsettled=tuple(plan.unsettled),
            questions=tuple(
                _view_question(question)
                for question in list_questions(assessment, catalogue)
            ),
            outlook=self._build_outlook(outlook),
            evidence=evidence_builder.list_evidence(portrait.quotes),
            caveats=portrait.caveats,
            promises=portrait.promises,
            readers=portrait.readers,
        )

    def _build_case(self, portrait: Portrait) -> CaseView:
        application = self.assessment.situation.application
        licence = self.catalogue.licences[application.licence]
        region = self.catalogue.regions.get(application.region or "")
        coverage = self.assessment.situation.resolved.get((APPLICANT, "coverage"))
        return CaseView(
            name=portrait.name,
            credit_code=portrait.credit_code,
            licence=LabelledCode(id=licence.id, label=licence.label),
            scope=application.scope,
            coverage=None
            if coverage is None or coverage.best is None
            else say_value(
                coverage.best, self.catalogue.facts[APPLICANT.type, "coverage"]
            ),
            region=None
            if region is None
            else RegionView(
                code=region.code, label=region.label, authority=region.authority
            ),
            stage=application.stage,
            services=portrait.services,
            submit_on=application.submit_on,
            evidence_mode=portrait.evidence_mode,
        )

    def _build_long_term(self) -> LongTermSummary:
        view = self.assessment.long_term
        return LongTermSummary(
            state=view.state,
            asked=view.is_asked,
            route=view.route,
            rests_on=view.rests_on,
            doubts=tuple(
                KeyPoint(
                    criterion=finding.criterion.id,
                    text=make_doubt_line(finding),
                    verdict=finding.verdict,
                    subject=self._build_maybe_subject(finding.subject),
                )
                for finding in view.doubts
            ),
            strengths=tuple(
                KeyPoint(
                    criterion=finding.criterion.id,
                    text=finding.criterion.strength or finding.criterion.title,
                    verdict=finding.verdict,
                    subject=self._build_maybe_subject(finding.subject),
                )
                for finding in view.strengths
            ),
            open=tuple(
                OpenPoint(
                    criterion=finding.criterion.id,
                    text=finding.criterion.title,
                    verdict=finding.verdict,
                    route=route,
                    subject=self._build_maybe_subject(finding.subject),
                )
                for route, cores in view.cores.items()
                for finding in cores
                if finding.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
                and finding not in view.doubts
            ),
        )

    def _build_caution(self, caution: Caution) -> CautionView:
        criterion = caution.finding.criterion
        return CautionView(
            criterion=criterion.id,
            subject=self._build_maybe_subject(caution.finding.subject),
            defects=tuple(criterion.defects),
            standing=criterion.standing,
            verdict=caution.finding.verdict,
            says=caution.says,
        )

    def _build_subject(self, subject: Subject) -> SubjectView:
        return build_subject(self.assessment.situation, subject)

    def _build_maybe_subject(self, subject: Subject | None) -> SubjectView | None:
        return None if subject is None else self._build_subject(subject)

    def _build_finding(self, finding: Finding) -> FindingView:
        """Show a finding; one of what cannot apply is the same for every case."""
        if finding.asked:
            return self._show_finding(finding)
        unasked_views = _keep_unasked(self.catalogue)
        key = (finding.criterion.id, finding.required)
        finding_view = unasked_views.get(key)
        if finding_view is None:
            finding_view = unasked_views[key] = self._show_finding(finding)
        return finding_view

    def _show_finding(self, finding: Finding) -> FindingView:
        criterion = finding.criterion
        bearing = criterion.long_term
        settled = finding.verdict in (Verdict.MET, Verdict.NOT_APPLICABLE)
        return FindingView(
            criterion=criterion.id,
            title=criterion.title,
            subject=self._build_maybe_subject(finding.subject)
            or SubjectView(type=criterion.subject, id=None, label=None),
            dimension=criterion.dimension,
            standing=criterion.standing,
            own=criterion.own,
            verdict=finding.verdict,
            asked=finding.asked,
            required=finding.required,
            claimed=finding.claimed,
            proven=finding.proven,
            rests_on=finding.rests_on,
            route=None if bearing is None else bearing.route,
            weight=None if bearing is None else bearing.weight,
            veto=bearing is not None and bearing.veto,
            defects=()
            if finding.certainty is None
            else tuple(
                DefectView(
                    code=code,
                    label=self.catalogue.defects[code].label,
                    certainty=finding.certainty,
                )
                for code in criterion.defects
            ),
            citations=tuple(map(self._build_citation, criterion.citations)),
            plain=say_plainly(
                finding, self.catalogue, self.assessment.situation.labels
            ),
            vacuous=finding.vacuous,
            explanation=finding.explanation,
            reason=finding.reason,
            terms=tuple(map(self._build_term, finding.terms)),
            test=criterion.test.text,
            evidence=list_numbers(finding.evidence),
            gap=None
            if finding.verdict is Verdict.MET or not finding.gaps
            else build_fact_gap(finding.gaps[0]),
            conflicts=len(finding.conflicts),
            unknown_parameters=tuple(finding.unknown_parameters),
            remedy=None if settled else self._build_remedy(finding),
        )

    def _build_remedy(self, finding: Finding) -> RemedyView:
        """Build what to do about an open finding, by why it is open."""
        advice = self.adviser.advise(finding)
        return RemedyView(
            errand=advice.errand,
            title=self.catalogue.errands[advice.errand].title,
            aim=advice.aim,
            text=advice.text,
            lead_days=advice.lead_days,
            materials=self._label_materials(advice.materials),
        )

    def _label_materials(self, kinds: Sequence[str]) -> tuple[LabelledCode, ...]:
        return tuple(
            LabelledCode(id=kind, label=self.catalogue.materials[kind].label)
            for kind in kinds
        )

    def _build_citation(self, citation: Citation) -> CitationView:
        instrument = self.catalogue.instruments[citation.instrument]
        return CitationView(
            id=instrument.id,
            instrument=instrument.title,
            number=instrument.number,
            article=citation.article,
            confidence=citation.confidence,
            confidence_label=citation.badge,
            says=citation.says,
        )

    def _build_term(self, term: JudgedTerm) -> TermView:
        return TermView(
            label=term.label,
            op=term.operator,
            threshold=term.threshold,
            claimed=self._build_side(term.claimed),
            proven=self._build_side(term.proven),
            numeric=None
            if term.limit is None
            else NumericView(
                claimed=term.claimed.number,
                proven=term.proven.number,
                threshold=term.limit,
                direction=term.operator,
            ),
        )

    def _build_side(self, side: Side) -> SideView:
        record = side.record
        return SideView(
            value=side.value,
            brief=side.brief,
            holds=side.holds,
            decides=side.decides,
            grade=None if record is None else record.grade.code,
            source=None
            if record is None
            else write_source(record, self.assessment.situation.labels),
            evidence=None if record is None else find_number(record),
            date=None if record is None else beijing_day(record.observed_at),
        )

    def _build_errand(self, planned: PlannedErrand, plan: ErrandPlan) -> ErrandView:
        errand = self.catalogue.errands[planned.errand]
        return ErrandView(
            errand=errand.id,
            title=errand.title,
            where=errand.where,
            who=errand.who,
            obtain=errand.obtain,
            refused=tuple(errand.refused),
            aim=planned.aim,
            aim_text=planned.aim.text,
            steps=tuple(planned.steps),
            materials=self._label_materials(planned.materials),
            criteria=tuple(planned.criteria),
            start=planned.start,
            done_by=planned.done_by,
            earliest_done=planned.earliest_done,
            lead_days=planned.lead_days,
            needs=tuple(planned.needs),
            required=planned.required,
            late=planned.late,
            provisional=planned.provisional,
            online=errand.online,
            unsettled=tuple(c for c in planned.criteria if c in plan.unsettled),
        )

    def _build_outlook(self, outlook: Outlook) -> OutlookView:
        return OutlookView(
            cadence=tuple(
                build_cadence(service_cadence, self._build_subject(service))
                for service, service_cadence in outlook.cadence.items()
            ),
            availability=tuple(
                build_availability(service_availability, self._build_subject(service))
                for service, service_availability in outlook.availability.items()
            ),
            runway=build_runway(outlook.runway),
            endurance=build_endurance(outlook.endurance, self._build_subject),
            recent_changes=tuple(map(self._build_change, outlook.recent_changes)),
            derived=tuple(map(self._show_derivation, outlook.derived)),
        )

    def _show_derivation(self, record: Record) -> DerivedView:
        fact = self.catalogue.facts.get((record.subject.type, record.fact))
        return DerivedView(
            fact=record.fact,
            subject=self._build_subject(record.subject),
            grade=record.grade.code,
            value=say_value(record.value, fact),
        )

    def _build_change(self, change: AppliedChange) -> ChangeView:
        return ChangeView(
            rule=change.rule,
            subject=self._build_subject(change.subject),
            on=change.on,
            text=change.text,
            evidence=list_numbers(change.records),
        )


@keep_by_catalogue
def _keep_unasked(_: Catalogue) -> dict[tuple[str, bool], FindingView]:
    """Keep how the findings look that were not asked: half of those of a case.

    By criterion and whether it is required; at most two of each.
    """
    return {}


def _view_handing_in(handing_in: HandingIn) -> HandingInView:
    are_written = handing_in.documents is not None
    return HandingInView(
        state=handing_in.state.value,
        ready=handing_in.ready,
        unmet=handing_in.unmet,
        unproven=handing_in.unproven,
        documents=handing_in.documents,
        to_fill=handing_in.to_fill if are_written else None,
        blanks=handing_in.blanks if are_written else None,
        apart=handing_in.apart if are_written else None,
        to_sign=handing_in.to_sign if are_written else None,
        says=handing_in.text,
    )


def _build_counts(findings: Sequence[Finding]) -> Counts:
    findings_asked = [finding for finding in findings if finding.asked]
    dimensions = dict.fromkeys(
        finding.criterion.dimension for finding in findings_asked
    )
    return Counts(
        not_asked=len(findings) - len(findings_asked),
        by_verdict=count_verdicts(findings_asked),
        by_dimension={
            dimension.value: count_verdicts(
                f for f in findings_asked if f.criterion.dimension is dimension
            )
            for dimension in dimensions
        },
        by_standing={
            standing.value: count_verdicts(
                f for f in findings_asked if f.criterion.standing is standing
            )
            for standing in Standing
        },
        blocking=sum(blocks(finding) for finding in findings_asked),
    )


def _view_question(question: OpenQuestion) -> QuestionView:
    asking = question.asking
    return QuestionView(
        subject=str(question.subject),
        fact=question.fact.id,
        group=LabelledCode(id=asking.group.value, label=asking.group.text),
        asks=question.asks,
        whose=question.whose,
        why=asking.why,
        example=asking.example,
        adds=question.adds,
        required=question.required,
        criteria=question.criteria,
        among=tuple(str(subject) for subject, _ in question.among),
    )
