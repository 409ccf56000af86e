"""The assessment as plain JSON: what `--json` prints and what every page renders.

Texts are `{zh, en}`; enums are their codes; days are ISO 8601. Same input, same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import cast
from zoneinfo import ZoneInfo

from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.model import Conflict, Record
from changqing.judge.advice import Adviser
from changqing.judge.doubt import doubt_line
from changqing.judge.model import (
    Assessment,
    Caution,
    ErrandPlan,
    Finding,
    JudgedTerm,
    PlannedErrand,
    Side,
)
from changqing.judge.verdict import URGENCY, blocks
from changqing.judge.words import say_value
from changqing.law.kit import Citation, Grade, Standing
from changqing.law.model import Catalogue, Verdict
from changqing.outlook.ahead import Outlook
from changqing.outlook.availability import (
    RULE,
    Availability,
    availability_data,
    availability_words,
)
from changqing.outlook.cadence import Cadence, cadence_data, cadence_words
from changqing.outlook.coefficients import HORIZONS
from changqing.outlook.endurance import (
    Endurance,
    Support,
    coverage_words,
    extension_words,
)
from changqing.outlook.recent_changes import AppliedChange
from changqing.outlook.runway import runway_data
from changqing.report.handing_in import HandingIn
from changqing.report.sentences import (
    FirstSentence,
    endurance_sentence,
    first_sentence,
    long_term_sentence,
    open_reason,
    plan_sentence,
    ready_sentence,
)
from changqing.report.sources import source_of
from changqing.text import Language, Text, both

Json = dict[str, object]
_BEIJING = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """Who the case is about, as every page prints it."""

    name: str
    credit_code: str | None
    services: Sequence[Mapping[str, str | None]]
    evidence_mode: str  # live | recorded
    assessed_at: datetime | None
    caveats: Sequence[Caveat] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caveat:
    """What bounds a whole assessment, as every first screen says it."""

    code: str
    text: Text


def view(
    assessment: Assessment,
    plan: ErrandPlan,
    outlook: Outlook,
    *,
    catalogue: Catalogue,
    portrait: Portrait,
    handing_in: HandingIn | None = None,
) -> Json:
    """Everything the assessment says, ready for `json.dumps`."""
    writer = _Writer(
        assessment=assessment,
        catalogue=catalogue,
        adviser=Adviser(catalogue, assessment.situation),
    )
    return writer.document(plan, outlook, portrait, handing_in)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    assessment: Assessment
    catalogue: Catalogue
    adviser: Adviser

    def document(
        self,
        plan: ErrandPlan,
        outlook: Outlook,
        portrait: Portrait,
        handing_in: HandingIn | None,
    ) -> Json:
        situation = self.assessment.situation
        findings = self.assessment.findings
        return {
            "case": self._case(portrait),
            "as_of": situation.as_of.isoformat(),
            "assessed_at": _moment(portrait.assessed_at),
            "catalogue": {
                "edition": self.catalogue.edition,
                "digest": self.catalogue.digest,
            },
            "readiness": _code(self.assessment.readiness),
            "compliance": _code(self.assessment.compliance),
            "first_sentence": _first(first_sentence(self.assessment)),
            "long_term": self._long_term(),
            "cautions": [self._caution(c) for c in self.assessment.cautions],
            "headline": {
                **self._headline(),
                "long_term": _text(long_term_sentence(self.assessment)),
                "endurance": _text(endurance_sentence(outlook.endurance)),
            },
            "counts": _counts(findings),
            "findings": [self._finding(finding) for finding in findings],
            "conflicts": [self._conflict(c) for c in situation.conflicts],
            "gaps": self._gaps(),
            "errands": [self._errand(errand, plan) for errand in plan.errands],
            "errands_text": _text(plan_sentence(self.assessment, plan, self.catalogue)),
            "first_errand": None if plan.first is None else plan.first.errand,
            "last_done": _day(plan.last_done),
            "ready_on": _day(plan.ready_on),
            "ready_on_open": None
            if (reason := open_reason(self.assessment, plan)) is None
            else {
                "text": _text(reason),
                "undetermined": list(plan.to_clear_up),
                "unsettled": list(plan.unsettled),
            },
            "ready_on_text": _text(ready_sentence(self.assessment, plan, handing_in)),
            "handing_in": _handing_in(handing_in),
            "unsettled": list(plan.unsettled),
            "outlook": self._outlook(outlook),
            "evidence": self._evidence(),
            "caveats": [
                {"code": caveat.code, "text": _text(caveat.text)}
                for caveat in portrait.caveats
            ],
        }

    def _case(self, portrait: Portrait) -> Json:
        application = self.assessment.situation.application
        licence = self.catalogue.licences[application.licence]
        region = self.catalogue.regions.get(application.region or "")
        return {
            "name": portrait.name,
            "credit_code": portrait.credit_code,
            "licence": {"id": licence.id, "label": _text(licence.label)},
            "scope": application.scope,
            "coverage": self._coverage(),
            "region": None
            if region is None
            else {
                "code": region.code,
                "label": _text(region.label),
                "authority": _text(region.authority),
            },
            "stage": application.stage,
            "services": [dict(service) for service in portrait.services],
            "submit_on": _day(application.submit_on),
            "evidence_mode": portrait.evidence_mode,
        }

    def _coverage(self) -> Json | None:
        """What a cross-province application covers, where the case says it."""
        key = (APPLICANT, "coverage")
        found = self.assessment.situation.resolved.get(key)
        if found is None or found.best is None:
            return None
        fact = self.catalogue.facts[APPLICANT.type, "coverage"]
        return _text(say_value(found.best, fact))

    def _long_term(self) -> Json:
        said = self.assessment.long_term
        return {
            "state": said.state.value,
            "asked": said.is_asked,
            "route": None if said.route is None else said.route.value,
            "doubts": [
                {
                    "criterion": finding.criterion.id,
                    "text": _text(doubt_line(finding)),
                    "verdict": finding.verdict.value,
                    "subject": self._subject(finding.subject),
                }
                for finding in said.doubts
            ],
            "strengths": [
                {
                    "criterion": finding.criterion.id,
                    "text": _text(
                        finding.criterion.strength or finding.criterion.title
                    ),
                    "verdict": finding.verdict.value,
                    "subject": self._subject(finding.subject),
                }
                for finding in said.strengths
            ],
            "open": [
                {
                    "criterion": finding.criterion.id,
                    "text": _text(finding.criterion.title),
                    "verdict": finding.verdict.value,
                    "route": route.value,
                }
                for route, cores in said.cores.items()
                for finding in cores
                if finding.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
                and finding not in said.doubts
            ],
        }

    def _headline(self) -> Json:
        first = first_sentence(self.assessment)
        return {
            kind: _text(first.says) if kind == first.kind else None
            for kind in ("readiness", "compliance")
        }

    def _caution(self, caution: Caution) -> Json:
        criterion = caution.finding.criterion
        return {
            "criterion": criterion.id,
            "subject": self._subject(caution.finding.subject),
            "defects": list(criterion.defects),
            "standing": criterion.standing.value,
            "verdict": caution.finding.verdict.value,
            "says": _text(caution.says),
        }

    def _subject(self, subject: Subject | None) -> Json | None:
        if subject is None:
            return None
        label = self.assessment.situation.labels.get(subject, both(subject.id))
        return {"type": subject.type, "id": subject.id, "label": _text(label)}

    def _finding(self, finding: Finding) -> Json:
        criterion = finding.criterion
        bearing = criterion.long_term
        settled = finding.verdict in (Verdict.MET, Verdict.NOT_APPLICABLE)
        return {
            "criterion": criterion.id,
            "title": _text(criterion.title),
            "subject": self._subject(finding.subject)
            or {"type": criterion.subject, "id": None, "label": None},
            "dimension": criterion.dimension.value,
            "standing": criterion.standing.value,
            **({"own": True} if criterion.own else {}),
            "verdict": finding.verdict.value,
            "asked": finding.asked,
            "required": finding.required,
            "claimed": finding.claimed,
            "proven": finding.proven,
            "route": None if bearing is None else bearing.route.value,
            "weight": None if bearing is None else bearing.weight.value,
            "veto": bearing is not None and bearing.veto,
            "defects": []
            if finding.certainty is None
            else [
                {
                    "code": code,
                    "label": _text(self.catalogue.defects[code].label),
                    "certainty": finding.certainty.value,
                }
                for code in criterion.defects
            ],
            "citations": [self._citation(c) for c in criterion.citations],
            "explanation": _text(finding.explanation),
            "reason": None if finding.reason is None else _text(finding.reason),
            "terms": [self._term(term) for term in finding.terms],
            "test": criterion.test.text,
            "evidence": [n for r in finding.evidence if (n := number_of(r))],
            "gap": self._gap_of(finding),
            "conflicts": len(finding.conflicts),
            "unknown_parameters": list(finding.unknown_parameters),
            "remedy": None if settled else self._advice(finding),
        }

    def _advice(self, finding: Finding) -> Json:
        """What to do about an open finding, by why it is open."""
        advice = self.adviser.advise(finding)
        return {
            "errand": advice.errand,
            "title": _text(self.catalogue.errands[advice.errand].title),
            "aim": advice.aim.value,
            "text": _text(advice.text),
            "lead_days": advice.lead_days,
            "materials": self._materials(advice.materials),
        }

    def _materials(self, kinds: Sequence[str]) -> list[Json]:
        return [
            {"id": kind, "label": _text(self.catalogue.materials[kind].label)}
            for kind in kinds
        ]

    def _gap_of(self, finding: Finding) -> Json | None:
        if finding.verdict is Verdict.MET or not finding.gaps:
            return None
        gap = finding.gaps[0]
        return {
            "fact": gap.fact,
            "label": _text(gap.label),
            "reason": gap.reason.value,
            "text": _text(gap.detail),
            "at": _beijing_moment(gap.at),
        }

    def _citation(self, citation: Citation) -> Json:
        instrument = self.catalogue.instruments[citation.instrument]
        return {
            "id": instrument.id,
            "instrument": _text(instrument.title),
            "number": instrument.number,
            "article": citation.article,
            "confidence": citation.confidence.value,
            "confidence_label": _text(citation.confidence.text),
            "says": None if citation.says is None else _text(citation.says),
        }

    def _term(self, term: JudgedTerm) -> Json:
        numeric = None
        if term.limit is not None:
            numeric = {
                "claimed": term.claimed.number,
                "proven": term.proven.number,
                "threshold": term.limit,
                "direction": term.operator,
            }
        return {
            "label": _text(term.label),
            "op": term.operator,
            "threshold": _text(term.threshold),
            "claimed": self._side(term.claimed),
            "proven": self._side(term.proven),
            "numeric": numeric,
        }

    def _side(self, side: Side) -> Json:
        record = side.record
        return {
            "value": _text(side.value),
            "brief": None if side.brief is None else _text(side.brief),
            "holds": side.holds,
            "decides": side.decides,
            "grade": None if record is None else grade_code(record.grade),
            "source": None if record is None else _text(self._source(record)),
            "evidence": None if record is None else number_of(record),
            "date": None if record is None else _beijing_day(record.observed_at),
        }

    def _source(self, record: Record) -> Text:
        return source_of(record, self.assessment.situation.labels)

    def _conflict(self, conflict: Conflict) -> Json:
        fact = self.catalogue.facts[conflict.subject.type, conflict.fact]
        return {
            "fact": conflict.fact,
            "label": _text(fact.label),
            "subject": self._subject(conflict.subject),
            "one": self._said(conflict.one),
            "other": self._said(conflict.other),
            "criteria": [
                finding.criterion.id
                for finding in self.assessment.findings
                if conflict in finding.conflicts
            ],
        }

    def _said(self, record: Record) -> Json:
        fact = self.catalogue.facts[record.subject.type, record.fact]
        return {
            "value": _text(say_value(record.value, fact)),
            "grade": grade_code(record.grade),
            "source": _text(self._source(record)),
            "place": record.source.place,
            "evidence": number_of(record),
            "date": _beijing_day(record.observed_at),
        }

    def _gaps(self) -> list[Json]:
        """What could not be looked at, each once, with the criteria that wait."""
        waiting: dict[tuple[Subject, str], list[str]] = {}
        first: dict[tuple[Subject, str], Json] = {}
        for finding in self.assessment.findings:
            if finding.verdict is Verdict.MET:
                continue
            for gap in finding.gaps:
                key = (gap.subject, gap.fact)
                waiting.setdefault(key, [])
                if finding.criterion.id not in waiting[key]:
                    waiting[key].append(finding.criterion.id)
                first.setdefault(
                    key,
                    {
                        "fact": gap.fact,
                        "label": _text(gap.label),
                        "subject": self._subject(gap.subject),
                        "reason": gap.reason.value,
                        "text": _text(gap.detail),
                        "at": _beijing_moment(gap.at),
                    },
                )
        return [{**first[key], "criteria": waiting[key]} for key in sorted(first)]

    def _errand(self, planned: PlannedErrand, plan: ErrandPlan) -> Json:
        errand = self.catalogue.errands[planned.errand]
        return {
            "errand": errand.id,
            "title": _text(errand.title),
            "where": _text(errand.where),
            "who": _text(errand.who),
            "obtain": _text(errand.obtain),
            "refused": [_text(refused) for refused in errand.refused],
            "aim": planned.aim.value,
            "aim_text": _text(planned.aim.text),
            "steps": [_text(step) for step in planned.steps],
            "materials": self._materials(planned.materials),
            "criteria": list(planned.criteria),
            "start": _day(planned.start),
            "done_by": _day(planned.done_by),
            "earliest_done": _day(planned.earliest_done),
            "lead_days": planned.lead_days,
            "needs": list(planned.needs),
            "required": planned.required,
            "late": planned.late,
            "provisional": planned.provisional,
            "online": errand.online,
            "unsettled": [c for c in planned.criteria if c in plan.unsettled],
        }

    def _outlook(self, outlook: Outlook) -> Json:
        return {
            "cadence": [self._cadence(*each) for each in outlook.cadence.items()],
            "availability": [
                self._availability(*each) for each in outlook.availability.items()
            ],
            "runway": runway_data(outlook.runway),
            "endurance": self._endurance(outlook.endurance),
            "recent_changes": [self._change(c) for c in outlook.recent_changes],
            "derived": [
                {
                    "fact": record.fact,
                    "subject": self._subject(record.subject),
                    "grade": grade_code(record.grade),
                    "value": _text(
                        say_value(
                            record.value,
                            self.catalogue.facts.get(
                                (record.subject.type, record.fact)
                            ),
                        )
                    ),
                }
                for record in outlook.derived
            ],
        }

    def _cadence(self, service: Subject, found: Cadence) -> Json:
        """As `cadence_data`, its words in both languages, with the whole table."""
        table = found.coefficients.table
        return {
            "service": self._subject(service),
            **cadence_data(found, Language.ZH),
            "unknown": None if found.unknown is None else _text(found.unknown),
            "words": [_text(text) for text in cadence_words(found)],
            "population": _text(found.coefficients.population.text),
            "fitted_rows": {
                str(days): {"n": fit.rows, "sites": fit.sites}
                for days, fit in found.coefficients.fits.items()
            },
            "table": [
                {
                    "from": row.first,
                    "to": row.last,
                    "here": row is found.comparable,
                    "n": share.n,
                    "count": share.count,
                    "low": round(share.low, 4),
                    "high": round(share.high, 4),
                }
                for row in table
                for share in [row.within[HORIZONS[0]]]
            ],
        }

    def _availability(self, service: Subject, found: Availability) -> Json:
        return {
            "service": self._subject(service),
            **availability_data(found, Language.ZH),
            "unknown": None if found.unknown is None else _text(found.unknown),
            "rule": _text(RULE),
            "words": [_text(text) for text in availability_words(found)],
            "population": _text(found.coefficients.population.text),
            "fitted_rows": {
                "n": found.coefficients.fit.rows,
                "monitors": found.coefficients.fit.sites,
            },
        }

    def _change(self, change: AppliedChange) -> Json:
        return {
            "rule": change.rule,
            "subject": self._subject(change.subject),
            "on": _day(change.on),
            "text": _text(change.text),
            "evidence": [n for r in change.records if (n := number_of(r))],
        }

    def _endurance(self, endurance: Endurance) -> Json:
        covered, extension = coverage_words(endurance), extension_words(endurance)
        carried = endurance.carried_by
        return {
            "committed_until": _day(endurance.committed_until),
            "carried_by": None
            if carried is None
            else {
                "id": carried.commitment.id,
                "label": _text(carried.commitment.label),
            },
            "term": None
            if endurance.term is None
            else {
                "start": _day(endurance.term.start),
                "end": _day(endurance.term.end),
                "assumed": True,
            },
            "covered_days": endurance.covered_days,
            "term_days": endurance.term_days,
            "coverage": None if covered is None else _text(covered),
            "extend_first": None
            if endurance.extension is None or extension is None
            else {
                "ids": [s.commitment.id for s in endurance.extension.supports],
                "until": _day(endurance.extension.until),
                "gain_days": endurance.extension.gain_days,
                "text": _text(extension),
            },
            "commitments": [self._support(s) for s in endurance.commitments],
            "renewals": [self._support(s) for s in endurance.renewals],
        }

    def _support(self, support: Support) -> Json:
        record = support.record
        return {
            "id": support.commitment.id,
            "label": _text(support.commitment.label),
            "subject": self._subject(support.subject),
            "detail": None if support.detail is None else _text(support.detail),
            "claimed_until": _day(support.claimed_until),
            "proven_until": _day(support.proven_until),
            "early_until": _day(support.early_until),
            "late_until": _day(support.late_until),
            "renewed_times": support.renewed_times,
            "next_by": _day(support.next_by),
            "open_ended": support.open_ended,
            "endless": None
            if support.commitment.endless is None
            else _text(support.commitment.endless),
            "renews": support.renews,
            "unknown": support.unknown,
            "grade": None if record is None else grade_code(record.grade),
            "evidence": None if record is None else number_of(record),
        }

    def _evidence(self) -> list[Json]:
        records: dict[tuple[Subject, str, object], Record] = {}
        for found in self.assessment.situation.resolved.values():
            for record in (found.claimed_by, found.proven_by):
                if record is not None:
                    records[record.subject, record.fact, record.source] = record
        ordered = sorted(
            records.values(), key=lambda r: (r.number, r.subject, r.fact, r.source)
        )
        return [
            {
                "number": number_of(record),
                "label": _text(
                    self.catalogue.facts[record.subject.type, record.fact].label
                ),
                "subject": self._subject(record.subject),
                **self._said(record),
                "observed_at": _beijing_day(record.observed_at),
                "valid_until": _day(record.valid_until),
                "digest": record.digest,
            }
            for record in ordered
        ]


def headline(document: Mapping[str, object]) -> Sequence[Text]:
    """The two sentences and the endurance of a document, as texts."""
    lines = cast("Mapping[str, Mapping[str, str]]", document["headline"])
    return [Text(zh=line["zh"], en=line["en"]) for line in lines.values() if line]


def number_of(record: Record) -> str | None:
    """The evidence number printed on a page, or None before it is logged."""
    return f"证{record.number:04d}" if record.number else None


def grade_code(grade: Grade) -> str:
    """The code of a grade, as written in the catalogue."""
    return grade.name.lower()


def _code(code: StrEnum | None) -> str | None:
    return None if code is None else code.value


def _handing_in(left: HandingIn | None) -> Json | None:
    if left is None:
        return None
    known = left.documents is not None
    return {
        "ready": left.ready,
        "unmet": left.unmet,
        "unproven": left.unproven,
        "documents": left.documents,
        "to_fill": left.to_fill if known else None,
        "blanks": left.blanks if known else None,
        "apart": left.apart if known else None,
        "to_sign": left.to_sign if known else None,
        "says": _text(left.text),
    }


def _first(sentence: FirstSentence) -> Json:
    return {
        "kind": sentence.kind,
        "state": sentence.state,
        "title": _text(sentence.title),
        "name": _text(sentence.name),
        "says": _text(sentence.says),
        "failing": _text(sentence.failing),
        "means": _text(sentence.means),
        "nothing": _text(sentence.nothing),
    }


def _text(text: Text) -> Json:
    return {"zh": text.zh, "en": text.en}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _beijing_moment(moment: datetime | None) -> str | None:
    return _moment(None if moment is None else moment.astimezone(_BEIJING))


def _beijing_day(moment: datetime) -> str:
    return moment.astimezone(_BEIJING).date().isoformat()


def _tally(findings: Iterable[Finding]) -> Json:
    tally: dict[str, object] = {verdict.value: 0 for verdict in URGENCY}
    claimed = proven = total = 0
    for finding in findings:
        code = finding.verdict.value
        tally[code] = int(str(tally[code])) + 1
        if finding.verdict is Verdict.NOT_APPLICABLE:
            continue
        total += 1
        claimed += finding.claimed is True
        proven += finding.proven is True
    return {**tally, "claimed": claimed, "proven": proven, "total": total}


def _counts(findings: Sequence[Finding]) -> Json:
    total = len(findings)
    findings = [finding for finding in findings if finding.asked]
    dimensions = dict.fromkeys(f.criterion.dimension.value for f in findings)
    return {
        "not_asked": total - len(findings),
        "by_verdict": _tally(findings),
        "by_dimension": {
            name: _tally(f for f in findings if f.criterion.dimension.value == name)
            for name in dimensions
        },
        "by_standing": {
            standing.value: _tally(
                f for f in findings if f.criterion.standing is standing
            )
            for standing in Standing
        },
        "blocking": sum(blocks(finding) for finding in findings),
    }
