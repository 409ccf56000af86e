"""The papers of a dimension: which are here, what they decide, which are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from changqing.case import edit
from changqing.case.edit import CaseData
from changqing.case.subjects import Subject
from changqing.jsondata import JsonObject
from changqing.law.kinds.material import Material
from changqing.law.kit import Dimension
from changqing.law.model import Catalogue
from changqing.report.counting import select_asked
from changqing.report.model import CaseReport
from changqing.text import Text
from changqing_web.facts import questions
from changqing_web.facts.fact_field import Decides, FieldEvidence

_SELF: Final = Subject("applicant", "self")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One paper of a kind as it lies in the case; `size` None where it does not."""

    id: str
    file: str
    size: int | None
    issued: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPaper:
    """A kind of paper that the case has or is asked for."""

    code: str
    material: Material
    copies: tuple[Copy, ...]
    found: tuple[FieldEvidence, ...]
    decides: tuple[Decides, ...]
    absent: str  # since when it is said that there is none; empty where it is not

    @property
    def label(self) -> Text:
        """What the paper is called."""
        return self.material.label


def list_papers(
    catalogue: Catalogue,
    folder: Path,
    case_data: CaseData,
    report: CaseReport,
    which: Dimension,
) -> list[AskedPaper]:
    """List the papers of a dimension, those that are missing first."""
    here: dict[str, list[Copy]] = {}
    for paper in case_data.list_items("papers"):
        here.setdefault(str(paper.get("kind")), []).append(_make_copy(folder, paper))
    criteria_asked = {finding.criterion for finding in select_asked(report.findings)}
    reading = questions.map_readers(catalogue)
    evidence = questions.group_evidence_by_label(report)
    findings = questions.group_findings_by_criterion(report)
    absent = edit.find_absences(case_data, "absent")
    papers = []
    for code, material in catalogue.materials.items():
        if material.dimension is not which:
            continue
        key = ("applicant", f"has_{code}")
        deciding = [name for name in reading.get(key, ()) if name in criteria_asked]
        if code not in here and not deciding:
            continue
        fact = catalogue.facts.get(key)
        proof = () if fact is None else evidence.get((str(_SELF), fact.label.zh), ())
        papers.append(
            AskedPaper(
                code=code,
                material=material,
                copies=tuple(here.get(code, ())),
                found=tuple(proof),
                decides=tuple(questions.find_decided(findings, deciding, _SELF)),
                absent=str(absent.get(code) or ""),
            )
        )
    papers.sort(key=lambda paper: (bool(paper.copies), paper.code))
    return papers


def _make_copy(folder: Path, paper: JsonObject) -> Copy:
    path = folder / str(paper.get("file"))
    return Copy(
        id=str(paper.get("id")),
        file=path.name,
        size=path.stat().st_size if path.is_file() else None,
        issued=str(paper.get("issued_on") or ""),
        until=str(paper.get("valid_until") or ""),
    )
