"""A tiny catalogue, and records, gaps and cases made by plain functions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from changqing.case.subjects import APPLICANT, Subject
from changqing.day import find_day_start
from changqing.evidence.model import Attempt, Gap, GapReason, Record, Source, SourceKind
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.licence import Licence, LicenceClass
from changqing.law.kinds.material import Issuer, Material
from changqing.law.kinds.parameter import Region
from changqing.law.kit import Dimension, Grade, Validity
from changqing.law.model import Catalogue
from changqing.rules.types import Kind, Value, ValueType
from changqing.text import Text, both

SITE = Subject("service", "site")
AS_OF = date(2026, 11, 24)


def make_fact(name: str, subject: str = "applicant", **overrides: object) -> Fact:
    fields: dict[str, object] = {
        "id": name,
        "subject": subject,
        "dimension": Dimension.ENTITY,
        "label": both(name),
        "type": ValueType(Kind.BOOLEAN),
        "unit": None,
        "text_kind": None,
        "value_labels": {},
        "proof": Grade.DOCUMENTED,
        "validity": Validity(days=365),
        "tolerance": 0,
        "sources": ("form",),
    }
    fields.update(overrides)
    return Fact(**fields)  # type: ignore[arg-type]


def text_fact(name: str, text_kind: str, subject: str = "applicant") -> Fact:
    return make_fact(name, subject, type=ValueType(Kind.TEXT), text_kind=text_kind)


def number_fact(name: str, unit: str, subject: str = "applicant") -> Fact:
    return make_fact(name, subject, type=ValueType(Kind.NUMBER), unit=unit)


def make_material(
    name: str,
    *elements: str,
    days: int | None = None,
    satisfies: tuple[str, ...] = (),
    issuer: Issuer = Issuer.INSTITUTION,
) -> Material:
    return Material(
        id=name,
        label=Text(zh=f"材料{name}", en=f"material {name}"),
        dimension=Dimension.ENTITY,
        issuer=issuer,
        elements={f"states_{element}": both(element) for element in elements},
        validity_days=days,
        satisfies=satisfies,
    )


def make_catalogue(*more: Fact) -> Catalogue:
    materials = [
        make_material("business_licence"),
        make_material("hosting_agreement", "ip", "room", "term"),
        make_material("register_extract", "shareholders", days=90),
        make_material("premises_proof"),
        make_material("lease", satisfies=("premises_proof",)),
    ]
    facts = [
        text_fact("name", "company_name"),
        text_fact("credit_code", "credit_code"),
        number_fact("registered_capital", "fen"),
        number_fact("staff_insured", "persons"),
        text_fact("office_address", "address"),
        text_fact("office_phone", "phone"),
        make_fact("founded_on", type=ValueType(Kind.DATE)),
        make_fact("is_foreign_invested", proof=Grade.DECLARED),
        make_fact(
            "company_type",
            type=ValueType(Kind.CATEGORY, frozenset({"limited", "joint_stock"})),
            value_labels={"limited": Text(zh="有限责任公司", en="limited company")},
        ),
        make_fact(
            "channels",
            type=ValueType(Kind.SET, frozenset({"hotline", "email", "chat"})),
        ),
        text_fact("domain", "domain", "service"),
        text_fact("domain_registrant", "company_name", "service"),
        make_fact(
            "domain_expires_on",
            "service",
            type=ValueType(Kind.DATE),
            tolerance=1,
            proof=Grade.OBSERVED,
        ),
        make_fact("filing_found", "service", sources=("guided:filing_query",)),
        make_fact("is_charged", "service", proof=Grade.DECLARED),
        make_fact(
            "service_reachable",
            "service",
            proof=Grade.OBSERVED,
            validity=Validity(days=7),
            sources=("derived",),
        ),
        text_fact("name", "person", "person"),
        make_fact("is_employed", "person"),
        number_fact("share", "basis_points", "holder"),
        make_fact("sealed", "paper"),
        make_fact("issued_on", "paper", type=ValueType(Kind.DATE)),
        make_fact("valid_until", "paper", type=ValueType(Kind.DATE)),
    ]
    for material in materials:
        facts.append(make_fact(f"has_{material.id}", generated=True))
        facts += [
            make_fact(element, "paper", generated=True) for element in material.elements
        ]
    facts += more
    return Catalogue(
        edition="2026.11",
        digest="0" * 64,
        instruments={},
        facts={(fact.subject, fact.id): fact for fact in facts},
        materials={material.id: material for material in materials},
        parameters={},
        criteria={},
        errands={},
        commitments={},
        licences={
            "B25": Licence(
                id="B25",
                label=Text(zh="信息服务业务", en="information services"),
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
        regions={
            "33": Region(
                code="33",
                label=Text(zh="浙江", en="Zhejiang"),
                authority=both("authority"),
            )
        },
    )


def source(kind: SourceKind = SourceKind.PAPER, name: str = "p1") -> Source:
    return Source(kind=kind, name=name)


def make_record(
    fact: str = "registered_capital", value: Value | None = 1, **overrides: object
) -> Record:
    """A documented record of a paper, seen ten days before AS_OF."""
    seen = overrides.pop("day", AS_OF - timedelta(days=10))
    assert isinstance(seen, date)
    fields: dict[str, object] = {
        "fact": fact,
        "subject": APPLICANT,
        "value": value,
        "source": source(),
        "observer": "somebody",
        "grade": Grade.DOCUMENTED,
        "digest": None,
        "observed_at": find_day_start(seen),
        "received_at": find_day_start(seen),
        "valid_until": None,
    }
    fields.update(overrides)
    return Record(**fields)  # type: ignore[arg-type]


def declared(
    fact: str = "registered_capital", value: Value | None = 1, **overrides: object
) -> Record:
    fields: dict[str, object] = {
        "source": source(SourceKind.FORM, "case.yaml"),
        "grade": Grade.DECLARED,
    }
    return make_record(fact, value, **(fields | overrides))


def make_gap(fact: str = "registered_capital", **overrides: object) -> Gap:
    fields: dict[str, object] = {
        "fact": fact,
        "subject": APPLICANT,
        "source": source(SourceKind.PROBE, "page"),
        "reason": GapReason.TIMEOUT,
        "detail": Text(zh="超时", en="timed out"),
        "at": find_day_start(AS_OF - timedelta(days=1)),
    }
    fields.update(overrides)
    return Gap(**fields)  # type: ignore[arg-type]


def make_attempt(hours: float, answered: bool | None, **overrides: object) -> Attempt:
    """An attempt so many hours before noon (UTC) of AS_OF."""
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    fields: dict[str, object] = {
        "subject": SITE,
        "url": "https://www.example.cn/",
        "at": noon - timedelta(hours=hours),
        "answered": answered,
        "reason": None if answered else GapReason.TIMEOUT,
        "status": 200 if answered else None,
        "control_ok": True,
    }
    fields.update(overrides)
    return Attempt(**fields)  # type: ignore[arg-type]


CASE = """\
applicant:
  name: 杭州绿洲网络科技有限公司
  credit_code: 91110000600037341L
  registered_capital: 100万元
  staff_insured: 12
  company_type: limited
application:
  licence: B25
  scope: intra_province
  region: '33'
  stage: apply
  submit_on: 2026-12-24
declared_on: 2026-11-20
services:
  - id: site
    kind: website
    url: https://www.oasis.com.cn/home
    domain_registrant: 杭州绿洲网络科技有限公司
people:
  - id: lin
    name: 林 晓
    role: technical
    is_employed: true
holders:
  - {id: chen, name: 陈舟, kind: person, share: '51%'}
papers:
  - id: licence_copy
    kind: business_licence
    file: documents/licence.md
    received_on: 2026-11-18
    issued_on: 2026-11-01
    sealed: true
    backs:
      - {fact: registered_capital, value: '1,000,000元', place: 第1页}
  - id: hosting
    kind: hosting_agreement
    file: documents/hosting.md
    received_on: 2026-11-18
    valid_until: 2027-03-01
    states: {ip: 第3条 服务器与IP地址, room: false}
looks:
  - id: filing
    what: filing_query
    on: 2026-11-21
    by: 林晓
    file: documents/filing.html
    backs:
      - {fact: filing_found, subject: 'service:site', value: true, place: 备案号}
closed: {papers: 2026-11-20, people: 2026-11-20}
"""


LICENCE = """\
营业执照
杭州绿洲网络科技有限公司
注册资本：1,000,000元
出具日期：2026-11-01（盖章）
"""
HOSTING = """\
托管协议
第3条 服务器与IP地址
203.0.113.7
有效期至2027-03-01
"""


def write_case(
    folder: Path, text: str = CASE, files: Mapping[str, bytes] | None = None
) -> Path:
    """A case folder with the files that CASE names."""
    kept = {
        "documents/licence.md": LICENCE.encode(),
        "documents/hosting.md": HOSTING.encode(),
        "documents/filing.html": "<html><p>备案号：浙ICP备2024000001号-1".encode(),
    }
    for name, content in (kept | dict(files or {})).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder
