"""Papers that criteria look at beside what is handed in: to be kept, and shown.

A list of papers and the criteria come from one source this way: whoever holds exactly
what both lists name lacks no paper that a criterion asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from datetime import date
from typing import Final

from changqing.law.kept import keep_by_catalogue
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.material import (
    Material,
    MaterialRequest,
    list_satisfying_kinds,
)
from changqing.law.lookup import APPLIES, load_sqlite_program, select_in_force
from changqing.law.model import Catalogue
from changqing.law.subjects import LISTED_SUBJECTS
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteEngine
from changqing.rules.tree import Compare, In, Literal, Name, Quantifier, Truth, walk
from changqing.rules.types import Value

_HAS: Final = "has_"
_APPLICANT: Final = "applicant"


@keep_by_catalogue
def find_kept_papers(
    catalogue: Catalogue,
    handed_in: frozenset[str],
    *,
    licence: str,
    scope: str,
    region: str | None,
    stage: str,
    on: date,
) -> Mapping[str, tuple[MaterialRequest, ...]]:
    """Find the kinds of paper without which a criterion certainly fails.

    Args:
        catalogue: Whose criteria and materials.
        handed_in: The ids of the materials that are handed in anyway.
        licence: Of the application, as `scope`, `region` and `stage`.
        scope: Where the service is offered.
        region: None for the national list.
        stage: At which the papers are asked for.
        on: The day of the law.

    Returns:
        By material, what each criterion asks of it, in the criterion’s own words.
    """
    givens: Mapping[str, Value | None] = {
        "licence": licence,
        "scope": scope,
        "region": region,
        "stage": stage,
        "as_of": on,
        "submit_on": on,
        "report_year": on.year - 1,
    }
    criteria = select_in_force(catalogue, on)
    materials_held = set(handed_in)
    requests_by_material: dict[str, list[MaterialRequest]] = {}
    with SqliteEngine(load_sqlite_program(catalogue)) as engine:
        while lacking := _find_lacking(
            catalogue, criteria, materials_held, engine, givens
        ):
            for material, criterion in lacking:
                requests_by_material.setdefault(material, []).append(
                    _as_request(criterion)
                )
                materials_held.add(material)
    return {name: tuple(requests) for name, requests in requests_by_material.items()}


def _find_lacking(
    catalogue: Catalogue,
    criteria: Mapping[str, Criterion],
    materials_held: Set[str],
    engine: SqliteEngine,
    givens: Mapping[str, Value | None],
) -> list[tuple[str, Criterion]]:
    """Pair each criterion that fails for want of a paper with the first it names.

    Only the papers are known: those held are there in whatever state, all others are
    not, and nothing is known of people, services and the rest.
    """
    materials = catalogue.materials
    there = {
        kind
        for material in materials_held
        for kind in list_satisfying_kinds(materials, material)
    }
    row = MemberRow(
        id=_APPLICANT,
        stance=Stance.PROVEN,
        values={_HAS + name: False for name in materials if name not in there},
    )
    papers = [
        MemberRow(id=kind, stance=Stance.PROVEN, values={"kind": kind})
        for kind in sorted(there)
    ]
    others = frozenset(LISTED_SUBJECTS) - {"paper"}
    truths = engine.evaluate(
        Rows(
            members={_APPLICANT: [row], "paper": papers},
            open_lists={Stance.PROVEN: others, Stance.CLAIMED: others},
        ),
        parameters={},
        givens=givens,
    )
    truth_by_rule = {(rule, who): truth for (rule, who, _), truth in truths.items()}
    lacking = []
    for name, criterion in criteria.items():
        applies = truth_by_rule.get((APPLIES + name, _APPLICANT)) is not False
        if applies and truth_by_rule.get((name, _APPLICANT)) is False:
            material_named = _find_first_named(criterion.test.root, materials, there)
            if material_named is not None:
                lacking.append((material_named, criterion))
    return lacking


def _find_first_named(
    test: Truth, materials: Mapping[str, Material], there: Set[str]
) -> str | None:
    """Find the first kind of paper that a test names and that is not there."""
    return next(
        (kind for kind in _list_kinds(test) if kind in materials and kind not in there),
        None,
    )


def _list_kinds(test: Truth) -> Iterator[str]:
    for node in walk(test):
        match node:
            case Name(subject="applicant", fact=fact) if fact.startswith(_HAS):
                yield fact.removeprefix(_HAS)
            case Quantifier(subject="paper", where=where) if where is not None:
                yield from _list_kinds_compared(where)
            case _:
                pass


def _list_kinds_compared(where: Truth) -> Iterator[str]:
    for node in walk(where):
        match node:
            case Compare(left=Name(fact="kind"), right=Literal(value=str(kind))):
                yield kind
            case In(item=Name(fact="kind"), values=values):
                yield from (str(value.value) for value in values)
            case _:
                pass


def _as_request(criterion: Criterion) -> MaterialRequest:
    return MaterialRequest(
        requirement=criterion.title,
        standing=criterion.standing,
        citations=criterion.citations,
    )
