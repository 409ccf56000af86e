"""Reports for the tests: made by the product of the examples, and some of them cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from changqing.case.subjects import Subject
from changqing.evidence.model import Gap, GapReason, Record, Source, SourceKind
from changqing.judge.model import LongTermState
from changqing.report.counting import count_verdicts
from changqing.report.model import CaseReport
from changqing.run import Known, conclude, read_recorded
from changqing.text import Text
from tests.documents.dossier_case import AS_OF, EXAMPLES, assessed, judge

TORN = "contradictory"
"""The example in which word and proof differ."""
NAMES = (TORN, "local-life", "newly-registered")
SITE = Subject("service", "site")
NOT_SEEN = Gap(
    fact="certificate_not_after",
    subject=SITE,
    source=Source(kind=SourceKind.PROBE, name="tls https://shuangqiao.example/"),
    reason=GapReason.TIMEOUT,
    detail=Text("连接超时", "timed out"),
    at=datetime(2026, 11, 23, 17, 30, tzinfo=UTC),
)


@cache
def example_report(name: str) -> CaseReport:
    """The report of an example."""
    return assessed(EXAMPLES / name).report


@cache
def report_of_a_failed_look() -> CaseReport:
    """The torn example, its certificate not seen and its domain new in its hands."""
    case = assessed(EXAMPLES / TORN).case
    known = read_recorded(case)
    return conclude(
        case,
        replace(
            known,
            records=(*_without_the_certificate(known), *_another_owner(known)),
            gaps=(*known.gaps, NOT_SEEN),
        ),
        judge=judge(),
        as_of=AS_OF,
        assessed_at=None,
    ).report


def _without_the_certificate(known: Known) -> list[Record]:
    return [r for r in known.records if r.fact != NOT_SEEN.fact]


def _another_owner(known: Known) -> list[Record]:
    """What the registry said of the domain a fortnight before: something recent."""
    return [
        replace(
            record,
            value="南京旧主科技有限公司",
            observed_at=record.observed_at - timedelta(days=14),
            received_at=record.received_at - timedelta(days=14),
            number=0,
        )
        for record in known.records
        if record.fact == "domain_registrant" and record.source.kind is SourceKind.PROBE
    ]


def bare_report() -> CaseReport:
    """A report of which every list is empty."""
    whole = example_report(TORN)
    long_term = replace(
        whole.long_term, state=LongTermState.OPEN, doubts=(), strengths=(), open=()
    )
    endurance = replace(
        whole.outlook.endurance,
        committed_until=None,
        carried_by=None,
        coverage=None,
        extend_first=None,
        commitments=(),
        renewals=(),
    )
    return replace(
        whole,
        first_sentence=example_report("local-life").first_sentence,
        long_term=long_term,
        cautions=(),
        counts=replace(
            whole.counts,
            by_verdict=count_verdicts(()),
            by_dimension={},
            blocking=0,
        ),
        findings=(),
        conflicts=(),
        gaps=(),
        errands=(),
        handing_in=None,
        evidence=(),
        outlook=replace(whole.outlook, endurance=endurance),
    )


def change_values(
    part: Any, change: Callable[[Any, object], object], kind: object = None
) -> Any:
    """Change the parts of a report from within: `change` gets each and its type."""
    if isinstance(part, tuple):
        part = tuple(change_values(element, change) for element in part)
    elif is_dataclass(part) and not isinstance(part, type):
        kinds = type_hints(type(part))
        parts = {
            field.name: change_values(
                getattr(part, field.name), change, kinds[field.name]
            )
            for field in fields(part)
        }
        part = replace(part, **parts)
    return change(part, kind)


@cache
def type_hints(kind: type) -> dict[str, object]:
    """The types of the fields of a class."""
    return get_type_hints(kind)


def may_be_nothing(kind: object) -> object | None:
    """What stands where nothing is known: None or (); `...` where it never does."""
    if NoneType in get_args(kind):
        return None
    return () if get_origin(kind) is tuple else ...
