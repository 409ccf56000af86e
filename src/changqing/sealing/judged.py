"""What a bundle says of a case: what was given, what was derived, the verdicts."""

from __future__ import annotations

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.evidence.ledger.codec import encode
from changqing.evidence.model import Record
from changqing.evidence.observations import Observations
from changqing.jsondata import write_words
from changqing.judge.model import Assessment, Situation
from changqing.law.lookup import load_sqlite_program
from changqing.outlook.derived import OUTLOOK
from changqing.rules.rows import select_open_lists
from changqing.sealing.bundle_data import AssessmentData, GivenData, SealedVerdict
from changqing.sealing.disclosure import SHOW_ALL, Disclosure
from changqing.sealing.withheld import ShownLog


def encode_given(
    case: Case, situation: Situation, disclosure: Disclosure = SHOW_ALL
) -> GivenData:
    """Encode for whom and what the verdicts are, and as of which day."""
    application = situation.application
    encoded: GivenData = {
        "as_of": situation.as_of.isoformat(),
        "case": {"name": case.name, "credit_code": case.credit_code},
        "catalogue": {
            "edition": case.catalogue.edition,
            "digest": case.catalogue.digest,
        },
        "application": {
            "licence": application.licence,
            "scope": application.scope,
            "region": application.region,
            "stage": application.stage,
            "submit_on": application.submit_on.isoformat(),
        },
        "subjects": [
            {
                "id": disclosure.name(subject),
                "name": write_words(disclosure.label(subject, situation.labels)),
            }
            for subject in situation.subjects
        ],
        "open": {
            "claimed": _list_open_parts(case, situation, situation.open_claimed),
            "proven": _list_open_parts(case, situation, situation.open_proven),
        },
    }
    if carried := _list_carried(situation):
        encoded["derived"] = [
            {**encode(record), "subject": disclosure.name(record.subject)}
            for record in carried
        ]
        encoded["history"] = list(Observations(case.path).list_batches())
    return encoded


def _list_open_parts(
    case: Case, situation: Situation, lists: frozenset[str]
) -> list[str]:
    """The open lists, and the parts that rules count of them and that may grow."""
    counted = load_sqlite_program(case.catalogue).lists
    return sorted(lists | select_open_lists(counted, lists, situation.absent))


def _list_carried(situation: Situation) -> list[Record]:
    """List what follows from the history and a model, which no verifier can redo.

    A claim stands before the proof of the same fact.
    """
    carried = dict.fromkeys(
        record
        for resolved in situation.resolved.values()
        for record in (resolved.claimed_by, resolved.proven_by)
        if record is not None and record.source == OUTLOOK
    )
    return sorted(carried, key=_make_key)


def _make_key(record: Record) -> tuple[Subject, str]:
    return record.subject, record.fact


def encode_assessment(
    assessment: Assessment,
    shown_log: ShownLog | None,
    disclosure: Disclosure = SHOW_ALL,
) -> AssessmentData:
    """Encode the verdicts, without what they say of facts that are withheld.

    Without `shown_log` the verdicts stand alone, without explanations.
    """
    findings: list[SealedVerdict] = [
        {
            "criterion": finding.criterion.id,
            "subject": None
            if finding.subject is None
            else disclosure.name(finding.subject),
            "verdict": finding.verdict.value,
            "claimed": finding.claimed,
            "proven": finding.proven,
            "evidence": sorted({e.number for e in finding.evidence if e.number}),
        }
        for finding in assessment.findings
    ]
    if shown_log is not None:
        for finding, encoded in zip(assessment.findings, findings, strict=True):
            # What it says of a fact that is withheld, it must not say here.
            unseen = shown_log.is_unseen_by(finding.criterion, finding.subject)
            encoded["explanation"] = (
                None
                if unseen
                else write_words(disclosure.say_words(finding.explanation))
            )
    route = assessment.long_term.route
    return {
        "readiness": None
        if assessment.readiness is None
        else assessment.readiness.value,
        "compliance": None
        if assessment.compliance is None
        else assessment.compliance.value,
        "long_term": {
            "state": assessment.long_term.state.value,
            "route": None if route is None else route.value,
        },
        "findings": sorted(
            findings,
            key=lambda finding: (str(finding["criterion"]), str(finding["subject"])),
        ),
    }
