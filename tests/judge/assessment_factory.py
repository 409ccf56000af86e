"""A tiny catalogue of rules written in the test, and situations told fact by fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from changqing.case.model import Application
from changqing.case.subjects import APPLICANT, Subject
from changqing.day import find_day_start
from changqing.evidence.model import (
    Conflict,
    GapReason,
    Record,
    Resolved,
    Source,
    SourceKind,
)
from changqing.judge.assess import Judge
from changqing.judge.model import Assessment, Finding, Situation
from changqing.law.kinds.criterion import (
    Criterion,
    Example,
    LongTerm,
    Remedy,
    Route,
    Weight,
)
from changqing.law.kinds.errand import Errand
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.licence import Licence, LicenceClass
from changqing.law.kinds.parameter import Parameter, ParameterValue
from changqing.law.kit import Dimension, Grade, InForce, Standing, Validity
from changqing.law.lookup import list_vocabulary
from changqing.law.model import Catalogue, Verdict
from changqing.rules.parse import parse
from changqing.rules.types import Kind, Value, ValueType
from changqing.text import Text, both

AS_OF = date(2026, 11, 24)
SUBMIT_ON = date(2026, 12, 24)
SITE = Subject("service", "site")
LIN = Subject("person", "lin")
CHEN = Subject("person", "chen")
LISTS = frozenset({"person", "paper", "holder"})

Told = Mapping[str, Value | None]

CORE_STANDING = LongTerm(route=Route.STANDING, weight=Weight.CORE)
CORE_ABILITY = LongTerm(route=Route.ABILITY, weight=Weight.CORE)
SUPPORTING = LongTerm(route=Route.ABILITY, weight=Weight.SUPPORTING)


def _fact(
    subject: str, name: str, label: Text, type_: ValueType, **overrides: object
) -> Fact:
    fields: dict[str, object] = {
        "id": name,
        "subject": subject,
        "dimension": Dimension.ENTITY,
        "label": label,
        "type": type_,
        "unit": None,
        "text_kind": None,
        "value_labels": {},
        "proof": Grade.DOCUMENTED,
        "validity": Validity(days=365),
        "tolerance": 0,
        "sources": ("form",),
    }
    return Fact(**(fields | overrides))  # type: ignore[arg-type]


def _category(labels: Mapping[str, Text]) -> ValueType:
    return ValueType(Kind.CATEGORY, frozenset(labels))


ROLES = {
    "technical": Text(zh="技术人员", en="technician"),
    "manager": Text(zh="负责人", en="manager"),
}
FORMS = {
    "limited": Text(zh="有限公司", en="limited company"),
    "joint_stock": Text(zh="股份公司", en="joint-stock company"),
}
KINDS = {
    "website": Text(zh="网站", en="website"),
    "app": Text(zh="应用", en="app"),
}
PAPERS = {
    "lease": Text(zh="租约", en="lease"),
    "plan": Text(zh="方案", en="plan"),
}
FIELDS = {
    "news": Text(zh="新闻", en="news"),
    "games": Text(zh="游戏", en="games"),
}
BOOLEAN, NUMBER, DATE = (
    ValueType(kind) for kind in (Kind.BOOLEAN, Kind.NUMBER, Kind.DATE)
)

FACTS = (
    _fact(
        "applicant", "capital", Text(zh="注册资本", en="capital"), NUMBER, unit="fen"
    ),
    _fact("applicant", "cash", Text(zh="现金", en="cash"), NUMBER, unit="fen"),
    _fact(
        "applicant", "monthly", Text(zh="月开支", en="monthly cost"), NUMBER, unit="fen"
    ),
    _fact("applicant", "staff", Text(zh="人数", en="staff"), NUMBER, unit="persons"),
    _fact(
        "applicant", "share", Text(zh="股比", en="share"), NUMBER, unit="basis_points"
    ),
    _fact("applicant", "visits", Text(zh="访问", en="visits"), NUMBER, unit="visits"),
    _fact("applicant", "lease_until", Text(zh="租期至", en="lease end"), DATE),
    _fact("applicant", "founded_on", Text(zh="成立日", en="founding day"), DATE),
    _fact("applicant", "has_plan", Text(zh="有方案", en="has a plan"), BOOLEAN),
    _fact("applicant", "clean", Text(zh="名单干净", en="off the lists"), BOOLEAN),
    _fact("applicant", "listed", Text(zh="上市", en="is listed"), BOOLEAN),
    _fact(
        "applicant",
        "form",
        Text(zh="公司类型", en="form"),
        _category(FORMS),
        value_labels=FORMS,
    ),
    _fact("applicant", "name", Text(zh="名称", en="name"), ValueType(Kind.TEXT)),
    _fact(
        "applicant",
        "offered",
        Text(zh="提供的内容", en="what is offered"),
        ValueType(Kind.SET, frozenset(FIELDS)),
        value_labels=FIELDS,
    ),
    _fact(
        "applicant",
        "seen",
        Text(zh="看到的内容", en="what is seen"),
        ValueType(Kind.SET, frozenset(FIELDS)),
        value_labels=FIELDS,
    ),
    _fact(
        "service",
        "kind",
        Text(zh="服务类型", en="kind of service"),
        _category(KINDS),
        value_labels=KINDS,
    ),
    _fact("service", "answers", Text(zh="能打开", en="answers"), BOOLEAN),
    _fact(
        "person",
        "role",
        Text(zh="岗位", en="post"),
        _category(ROLES),
        value_labels=ROLES,
    ),
    _fact("person", "full_time", Text(zh="专职", en="full-time"), BOOLEAN),
    _fact("person", "months", Text(zh="参保月数", en="months"), NUMBER, unit="months"),
    _fact(
        "paper",
        "kind",
        Text(zh="材料种类", en="kind of paper"),
        _category(PAPERS),
        value_labels=PAPERS,
    ),
    _fact("paper", "sealed", Text(zh="盖章", en="sealed"), BOOLEAN),
)


def _parameter(name: str, label: Text, unit: str, *values: int | None) -> Parameter:
    scopes = ("intra_province", "cross_province")
    return Parameter(
        id=name,
        label=label,
        type=NUMBER,
        unit=unit,
        values=tuple(
            ParameterValue(
                value=value,
                licences=(),
                scopes=(scope,),
                region=None,
                in_force=InForce(start=date(2000, 1, 1)),
                standing=Standing.CONDITION,
                citations=(),
            )
            for scope, value in zip(scopes, values, strict=False)
        ),
    )


PARAMETERS = (
    _parameter(
        "minimum", Text(zh="最低限额", en="the minimum"), "fen", 100_000_000, None
    ),
    _parameter("least", Text(zh="最少人数", en="the least staff"), "persons", 2, 3),
)


def met(**proven: Value) -> Example:
    return Example(
        given={},
        claimed=proven,
        proven=proven,
        members={},
        closed=frozenset(),
        then="met",
    )


def criterion(name: str, test: str, **overrides: object) -> Criterion:
    """A criterion of `test`; `examples`, `errand`, `lead_days`, `needs` for its remedy."""
    subject = str(overrides.pop("subject", "applicant"))
    applies = str(overrides.pop("applies", "TRUE"))
    remedy = Remedy(
        errand=str(overrides.pop("errand", "visit")),
        zh=f"do {name}",
        en=f"do {name}",
        lead_days=int(str(overrides.pop("lead_days", 1))),
        needs=tuple(overrides.pop("needs", ())),  # type: ignore[arg-type]
    )
    language = list_vocabulary(_catalogue(()))
    fields: dict[str, object] = {
        "id": name,
        "title": both(name),
        "dimension": Dimension.ENTITY,
        "subject": subject,
        "standing": Standing.CONDITION,
        "long_term": None,
        "citations": (),
        "in_force": InForce(start=date(2000, 1, 1)),
        "applies": parse(applies, subject=subject, vocabulary=language),
        "test": parse(test, subject=subject, vocabulary=language),
        "defects": (),
        "remedy": remedy,
        "examples": (met(),),
    }
    return Criterion(**(fields | overrides))  # type: ignore[arg-type]


def errand(name: str, valid_days: int | None = None) -> Errand:
    return Errand(
        id=name,
        title=both(name),
        where=both("there"),
        who=both("you"),
        obtain=both("it"),
        refused=(),
        valid_days=valid_days,
        online=False,
    )


def catalogue(*criteria: Criterion, errands: Iterable[Errand] = ()) -> Catalogue:
    known = {each.id: each for each in errands}
    for each in criteria:
        known.setdefault(each.remedy.errand, errand(each.remedy.errand))
    return _catalogue(criteria, tuple(known.values()))


def _catalogue(
    criteria: Sequence[Criterion], errands: Sequence[Errand] = ()
) -> Catalogue:
    return Catalogue(
        edition="2026.11",
        digest="0" * 64,
        instruments={},
        facts={(fact.subject, fact.id): fact for fact in FACTS},
        materials={},
        parameters={parameter.id: parameter for parameter in PARAMETERS},
        criteria={each.id: each for each in criteria},
        errands={each.id: each for each in errands},
        commitments={},
        licences={
            "B25": Licence(
                id="B25",
                label=both("B25"),
                group=LicenceClass.SECOND,
                definition=both("definition"),
                who_needs=both("who needs it"),
                not_needed_for=both("who does not"),
                differs=both("what differs"),
                approver={},
                law=(),
                scopes=("intra_province", "cross_province"),
                citations=(),
            )
        },
        regions={},
    )


def record(subject: Subject, fact: str, value: Value, grade: Grade) -> Record:
    kind = SourceKind.FORM if grade is Grade.DECLARED else SourceKind.PAPER
    return Record(
        fact=fact,
        subject=subject,
        value=value,
        source=Source(kind=kind, name="somewhere"),
        observer="somebody",
        grade=grade,
        digest=None,
        observed_at=find_day_start(AS_OF),
        received_at=find_day_start(AS_OF),
        valid_until=None,
    )


def resolved(
    subject: Subject,
    fact: str,
    *,
    claimed: Value | None,
    proven: Value | None,
    agree: bool | None = None,
    gap: GapReason | None = None,
    detail: Text | None = None,
) -> Resolved:
    return Resolved(
        fact=fact,
        subject=subject,
        claimed=claimed,
        claimed_by=None
        if claimed is None
        else record(subject, fact, claimed, Grade.DECLARED),
        proven=proven,
        proven_by=None
        if proven is None
        else record(subject, fact, proven, Grade.DOCUMENTED),
        gap=gap,
        gap_detail=detail,
        agree_claimed=agree,
        agree_proven=agree,
    )


def situation(
    claimed: Told | None = None,
    proven: Told | None = None,
    *,
    members: Mapping[Subject, Told] | None = None,
    closed: frozenset[str] = frozenset(),
    scope: str = "intra_province",
    as_of: date = AS_OF,
    submit_on: date = SUBMIT_ON,
    agree: Mapping[str, bool] | None = None,
    more: Sequence[Resolved] = (),
    conflicts: tuple[Conflict, ...] = (),
) -> Situation:
    """The applicant's facts in both stances; what is told of `members` is proven."""
    claimed, proven, agree = claimed or {}, proven or {}, agree or {}
    found = [
        resolved(
            APPLICANT,
            name,
            claimed=claimed.get(name),
            proven=proven.get(name),
            agree=agree.get(name),
        )
        for name in sorted(claimed.keys() | proven.keys() | agree.keys())
    ]
    for subject, told in (members or {}).items():
        found += [
            resolved(subject, name, claimed=value, proven=value)
            for name, value in told.items()
        ]
    found += more
    subjects = (APPLICANT, *(members or {}))
    return Situation(
        as_of=as_of,
        application=Application(
            licence="B25", scope=scope, region="33", stage="apply", submit_on=submit_on
        ),
        subjects=subjects,
        labels={subject: both(subject.id) for subject in subjects},
        resolved={(one.subject, one.fact): one for one in found},
        conflicts=conflicts,
        open_claimed=LISTS - closed,
        open_proven=LISTS - closed,
    )


def assess(rules: Catalogue, told: Situation) -> Assessment:
    return Judge(rules).assess(told)


def only(assessment: Assessment) -> Finding:
    (finding,) = assessment.findings
    return finding


def verdict(test: str, told: Situation, **overrides: object) -> Verdict:
    return only(assess(catalogue(criterion("it", test, **overrides)), told)).verdict
