"""What a line of a notice is probably about: a proposal for a person to confirm.

Words find defects (`defects.yaml`), defects find the criteria that detect them, and
the criteria, or the line itself, name papers. Nothing here decides anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from changqing.casework._events import Line
from changqing.catalogue import (
    Catalogue,
    Criterion,
    Standing,
    applicable,
    sqlite_program,
)
from changqing.evidence import Case
from changqing.expression import SqliteEngine

_MOST_CODES: Final = 3
_FEW_KINDS: Final = 2  # a rule on more papers is on papers at large
_QUOTED: Final = re.compile(r"'([a-z_]+)'")
_PRESENCE: Final = "has_"
_RANK: Final = {standing: place for place, standing in enumerate(Standing)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What defects hit: criteria that could apply to the case, papers they ask for."""

    criteria: tuple[str, ...]
    materials: tuple[str, ...]


class Proposer:
    """Proposes for one case on one day."""

    def __init__(self, catalogue: Catalogue, case: Case, on: date) -> None:
        self._catalogue = catalogue
        self._licence = case.application.licence
        givens = {
            "licence": self._licence,
            "scope": case.application.scope,
            "region": case.application.region,
            "stage": case.application.stage,
        }
        with SqliteEngine(sqlite_program(catalogue)) as engine:
            asked = applicable(engine, givens)
        self._criteria = [
            criterion
            for criterion in catalogue.criteria.values()
            if criterion.id in asked and criterion.in_force.covers(on)
        ]
        self._names = {
            name: _squeezed(material.label.zh)
            for name, material in catalogue.materials.items()
        }

    def line(self, number: int, text: str, *, owner: str) -> Line:
        """One line of a notice with what it is probably about."""
        codes = self.codes(text)
        named = self._named(text)
        main = sorted(
            self.hit(codes[:1]).criteria,
            key=lambda name: (
                not self._asks(name, named),
                self._elsewhere(name, text),
                -self._shares(name, text),
                bool(_QUOTED.search(self._catalogue.criteria[name].test.text)),
            ),
        )
        hit = self.hit(codes)
        return Line(
            number=number,
            text=text,
            codes=codes,
            criterion=next(iter(main), None),
            material=next(iter((*named, *self._about(main[:1]), *hit.materials)), None),
            owner=owner,
        )

    def codes(self, text: str) -> tuple[str, ...]:
        """Defects whose words stand in the text, the most telling first."""
        said = _squeezed(text)
        scores: Mapping[str, int] = {
            code: max(_scores(said, defect.words), default=0)
            for code, defect in self._catalogue.defects.items()
            if not defect.licences or self._licence in defect.licences
        }
        best = max(scores.values(), default=0)
        found = [code for code, score in scores.items() if score * 2 > best]
        found.sort(key=lambda code: -scores[code])
        return tuple(found[:_MOST_CODES])

    def hit(self, codes: Iterable[str]) -> Hit:
        """The criteria that detect the defects, of the first the strongest first."""
        criteria: dict[str, Criterion] = {}
        for code in codes:
            detecting = [each for each in self._criteria if code in each.defects]
            detecting.sort(key=lambda each: _RANK[each.standing])
            criteria |= {each.id: each for each in detecting if each.id not in criteria}
        materials = dict.fromkeys(
            name
            for criterion in criteria.values()
            for _, fact in sorted(criterion.test.facts)
            if (name := fact.removeprefix(_PRESENCE)) != fact
            and name in self._catalogue.materials
        )
        return Hit(criteria=tuple(criteria), materials=tuple(materials))

    def _asks(self, criterion: str, materials: Iterable[str]) -> bool:
        facts = {fact for _, fact in self._catalogue.criteria[criterion].test.facts}
        return any(f"{_PRESENCE}{name}" in facts for name in materials)

    def _elsewhere(self, criterion: str, text: str) -> bool:
        """Whether the criterion names a paper that the text does not name."""
        rule = self._catalogue.criteria[criterion]
        title, said = _squeezed(rule.title.zh), _squeezed(text)
        about = {name for name, label in self._names.items() if label in title}
        kinds = set(_QUOTED.findall(rule.applies.text))
        if len(kinds & self._names.keys()) <= _FEW_KINDS:
            about |= kinds & self._names.keys()
        return any(self._names[name] not in said for name in about)

    def _about(self, criteria: Iterable[str]) -> Iterable[str]:
        """The papers a criterion is asked of, where they are few."""
        for name in criteria:
            applies = self._catalogue.criteria[name].applies.text
            kinds = [kind for kind in _QUOTED.findall(applies) if kind in self._names]
            if len(kinds) <= _FEW_KINDS:
                yield from kinds

    def _shares(self, criterion: str, text: str) -> int:
        """How many pairs of characters of the criterion’s title stand in the text."""
        title = _squeezed(self._catalogue.criteria[criterion].title.zh)
        said = _squeezed(text)
        return len({pair for pair in map("".join, pairwise(title)) if pair in said})

    def _named(self, text: str) -> tuple[str, ...]:
        """Papers the text calls by their names, the longest name first."""
        said = _squeezed(text)
        found = [name for name, label in self._names.items() if label in said]
        return tuple(sorted(found, key=lambda name: -len(self._names[name])))


def _scores(said: str, words: Iterable[str]) -> Iterable[int]:
    """How many characters of each entry stand in the text, all parts or none."""
    for entry in words:
        parts = [_squeezed(part) for part in entry.split()]
        if all(part in said for part in parts):
            yield sum(len(part) for part in parts)


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
