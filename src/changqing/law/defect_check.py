"""Whether each defect is detected where and for whom it occurs, as strongly as said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Final

from changqing.errors import Issue
from changqing.law.applicable import find_applicable
from changqing.law.files import Sources
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.defect import Defect
from changqing.law.kinds.licence import LicenceClass
from changqing.law.kit import Standing
from changqing.law.lookup import STAGES, load_sqlite_program
from changqing.law.model import Catalogue
from changqing.law.words import STAGE_WORDS
from changqing.rules.sqlite import SqliteEngine
from changqing.rules.tree import Comparator, Compare, Literal, Name, ParameterNode, walk
from changqing.text import Text
from changqing.yamlfile.read import Loc

_DIRECTION: Final = {
    Comparator.AT_LEAST: True,
    Comparator.GREATER: True,
    Comparator.AT_MOST: False,
    Comparator.LESS: False,
}
_STRENGTH: Final = {standing: place for place, standing in enumerate(Standing)}


def find_undetected(sources: Sources, catalogue: Catalogue) -> Iterator[Issue]:
    """Find where no criterion in force detects a defect said to occur there."""
    business = tuple(
        name
        for name, licence in catalogue.licences.items()
        if licence.group is not LicenceClass.NUMBERS
    )
    with SqliteEngine(load_sqlite_program(catalogue)) as engine:
        applicable = {
            (stage, name): find_applicable(engine, {"stage": stage, "licence": name})
            for stage in STAGES
            for name in catalogue.licences
        }
    for code, defect in catalogue.defects.items():
        detecting = [
            criterion
            for criterion in catalogue.criteria.values()
            if code in criterion.defects and criterion.in_force.end is None
        ]
        if not detecting:
            yield _make_undetected_issue(sources, defect)
            continue
        names = {criterion.id for criterion in detecting}
        licences = defect.licences or business
        for place, stage in enumerate(defect.stages):
            if not any(names & applicable[stage, name] for name in licences):
                yield _make_stage_issue(sources, defect, place)
        for name in licences:
            if not any(names & applicable[stage, name] for stage in defect.stages):
                yield _make_licence_issue(sources, defect, name)
        yield from _check_standing(sources, defect, detecting)
        yield from _find_two_measures(sources, defect, detecting, applicable.values())


def _make_undetected_issue(sources: Sources, defect: Defect) -> Issue:
    return sources.files["defects"][defect.code].issue(
        (defect.code,),
        Text(
            f"没有判据能发现 {defect.code}",
            f"{defect.code} is detected by no criterion",
        ),
        hint=Text("请写进某一判据的 defects", "name it in the defects of a criterion"),
    )


def _make_stage_issue(sources: Sources, defect: Defect, place: int) -> Issue:
    stage = defect.stages[place]
    text = STAGE_WORDS[stage]
    return sources.files["defects"][defect.code].issue(
        (defect.code, "stages", place),
        Text(
            f"没有判据在 {stage}（{text.zh}）发现 {defect.code}",
            f"no criterion detects {defect.code} at {stage}",
        ),
        hint=Text(
            "请补一项适用于该阶段的判据，或删去这一阶段",
            "add a criterion that applies then, or take the stage out",
        ),
    )


def _make_licence_issue(sources: Sources, defect: Defect, licence: str) -> Issue:
    loc: Loc = (defect.code,)
    if defect.licences:
        loc = (defect.code, "licences", defect.licences.index(licence))
    return sources.files["defects"][defect.code].issue(
        loc,
        Text(
            f"没有判据对 {licence} 发现 {defect.code}",
            f"no criterion detects {defect.code} for {licence}",
        ),
        hint=Text(
            "请补一项适用于该业务的判据，或在 licences 中写明涉及哪些业务",
            "add a criterion for it, or say in licences which it concerns",
        ),
    )


def _find_two_measures(
    sources: Sources,
    defect: Defect,
    detecting: Sequence[Criterion],
    applicable: Iterable[frozenset[str]],
) -> Iterator[Issue]:
    """Two criteria that hold one fact against two numbers and call both one defect.

    Between the two numbers the defect would be certain by one criterion while the
    other is met: enough and too little at once.
    """
    together = list(applicable)
    for criterion, other in combinations(detecting, 2):
        if not any({criterion.id, other.id} <= ids for ids in together):
            continue
        first, second = _list_compared_numbers(criterion), _list_compared_numbers(other)
        for measure in sorted(first.keys() & second.keys()):
            if first[measure] == second[measure]:
                continue
            fact = f"{measure[0]}.{measure[1]}"
            yield sources.files["defects"][defect.code].issue(
                (defect.code,),
                Text(
                    f"{criterion.id} 和 {other.id} 用两个数衡量 {fact}，"
                    f"都叫 {defect.code}",
                    f"{criterion.id} and {other.id} hold {fact} against two numbers "
                    f"and call both {defect.code}",
                ),
                hint=Text(
                    "一个退回原因只有一个意思：请从其中一项的 defects 删去",
                    "one code, one meaning: take it out of the defects of one",
                ),
            )


def _list_compared_numbers(
    criterion: Criterion,
) -> dict[tuple[str, str, bool], set[str]]:
    """By fact and direction (True: at least), the numbers the test compares it with."""
    numbers: dict[tuple[str, str, bool], set[str]] = {}
    for node in walk(criterion.test.root):
        if not isinstance(node, Compare) or node.operator not in _DIRECTION:
            continue
        if not isinstance(node.left, Name):
            continue
        if isinstance(node.right, ParameterNode):
            number = f":{node.right.name}"
        elif isinstance(node.right, Literal):
            number = str(node.right.value)
        else:
            continue
        measure = (node.left.subject, node.left.fact, _DIRECTION[node.operator])
        numbers.setdefault(measure, set()).add(number)
    return numbers


def _check_standing(
    sources: Sources, defect: Defect, detecting: Sequence[Criterion]
) -> Iterator[Issue]:
    strongest = min(
        (criterion.standing for criterion in detecting), key=_STRENGTH.__getitem__
    )
    if strongest is not defect.standing:
        text = strongest.text
        yield sources.files["defects"][defect.code].issue(
            (defect.code, "standing"),
            Text(
                f"standing 应为 {strongest}（{text.zh}）：发现它的判据以此为最强",
                f"standing must be {strongest}, that of the strongest criterion that "
                "detects it",
            ),
            hint=Text(
                "请改 standing，或改判据的 defects",
                "change it, or the defects of the criterion",
            ),
        )
