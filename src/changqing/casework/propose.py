"""What a line of a notice is probably about: a proposal for a person to confirm.

Papers that the line names come first: by their names, or by one that leaves out some
characters (长期服务措施 for 长期服务和质量保障措施), and by what such a paper has to
say. Words find defects (`defects.yaml`), defects find the criteria that detect them;
of those only the ones about the named paper are proposed. Where nothing fits, nothing
is said. Nothing here decides anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from changqing.case.model import Case
from changqing.casework.events import NoticeLine
from changqing.law.applicable import find_applicable
from changqing.law.kinds.criterion import Criterion
from changqing.law.kit import Standing
from changqing.law.lookup import load_sqlite_program
from changqing.law.model import Catalogue
from changqing.rules.sqlite import SqliteEngine

_MOST_CODES: Final = 3
_FEW_KINDS: Final = 2  # a rule on more papers is on papers at large
_SHORTEST: Final = 4  # characters of a shortened name, or of what a paper says
_JOINTS: Final = frozenset("的及和与或未无缺少请交供该其在对将把由见签")
"""Characters after which a name begins."""
_LEAST_SHARE: Final = 0.4  # of a name's characters that a shortened one keeps
_QUOTED: Final = re.compile(r"'([a-z_]+)'")
_PRESENCE: Final = "has_"
_PAPER: Final = "paper:"
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
        with SqliteEngine(load_sqlite_program(catalogue)) as engine:
            applicable = find_applicable(engine, givens)
        self._criteria = [
            criterion
            for criterion in catalogue.criteria.values()
            if criterion.id in applicable and criterion.in_force.covers(on)
        ]
        self._names = {
            name: _squeeze_text(material.label.zh)
            for name, material in catalogue.materials.items()
        }

    def propose_line(self, number: int, text: str, *, owner: str) -> NoticeLine:
        """Propose one line of a notice with what it is probably about."""
        papers = self._find_papers(text)
        codes = self.find_codes(text, papers)
        content = self._find_named_content(text, papers)
        if content:
            # A paper that lacks something it has to say is not itself lacking, and
            # what it has to speak of (违法信息 in its rules) was not found elsewhere.
            codes = tuple(
                code
                for code in codes
                if self._detects_defect(code, papers)
                and not self._is_about_presence(code)
            )
            codes = codes or self._list_defects(papers[0], content)
        main = sorted(
            self.find_hit(codes[:1]).criteria,
            key=lambda name: (
                not content & self._list_facts(name),
                not self._asks_for_papers(name, papers),
                not set(papers) & self._list_papers(name),
                self._names_other_paper(name, text, papers),
                -self._count_shared_pairs(name, text),
                bool(_QUOTED.search(self._catalogue.criteria[name].test.text)),
            ),
        )
        first = main[0] if main and self._fits_named_papers(main[0], papers) else None
        about = () if first is None else self._list_own_paper(first)
        only = self.find_hit(codes[:1]).materials
        if len(only) == 1:
            about = (*about, *only)
        return NoticeLine(
            number=number,
            text=text,
            codes=codes,
            criterion=first,
            material=next(iter((*papers, *about)), None),
            owner=owner,
        )

    def find_codes(self, text: str, papers: Sequence[str]) -> tuple[str, ...]:
        """Find defects whose words stand in the text: of named papers, most telling."""
        squeezed = _squeeze_text(text)
        scores: Mapping[str, int] = {
            code: max(_score_entries(squeezed, defect.words), default=0)
            for code, defect in self._catalogue.defects.items()
            if not defect.licences or self._licence in defect.licences
        }
        best = max(scores.values(), default=0)
        concerned = {
            code
            for code, score in scores.items()
            if score and self._detects_defect(code, papers)
        }
        codes = [
            code
            for code, score in scores.items()
            if score * 2 > best or code in concerned
        ]
        # What the words of a paper's own name hit says less than the paper itself.
        codes.sort(key=lambda code: (code not in concerned, -scores[code]))
        return tuple(codes[:_MOST_CODES])

    def _detects_defect(self, code: str, papers: Sequence[str]) -> bool:
        """Whether a criterion about one of the papers detects the defect.

        It is about a paper that it asks for, or that proves a fact which it reads.
        """
        return any(
            code in criterion.defects
            and set(papers)
            & (self._list_papers(criterion.id) | self._list_proofs(criterion))
            for criterion in self._criteria
        )

    def _list_proofs(self, criterion: Criterion) -> frozenset[str]:
        """The papers that prove the facts which a criterion reads."""
        return frozenset(
            source.removeprefix(_PAPER)
            for key in criterion.test.facts
            for source in self._catalogue.facts[key].sources
            if source.startswith(_PAPER)
        )

    def find_hit(self, codes: Iterable[str]) -> Hit:
        """Find the criteria that detect the defects, the first defect's first."""
        criteria: dict[str, Criterion] = {}
        for code in codes:
            detecting = [
                criterion for criterion in self._criteria if code in criterion.defects
            ]
            detecting.sort(key=lambda criterion: _RANK[criterion.standing])
            criteria |= {
                criterion.id: criterion
                for criterion in detecting
                if criterion.id not in criteria
            }
        materials = dict.fromkeys(
            name
            for criterion in criteria.values()
            for _, fact in sorted(criterion.test.facts)
            if (name := fact.removeprefix(_PRESENCE)) != fact
            and name in self._catalogue.materials
        )
        return Hit(criteria=tuple(criteria), materials=tuple(materials))

    def _asks_for_papers(self, criterion: str, materials: Iterable[str]) -> bool:
        facts = {fact for _, fact in self._catalogue.criteria[criterion].test.facts}
        return any(f"{_PRESENCE}{name}" in facts for name in materials)

    def _list_papers(self, criterion: str) -> frozenset[str]:
        """The kinds of paper a criterion is about, where they are few."""
        rule = self._catalogue.criteria[criterion]
        quoted = _QUOTED.findall(f"{rule.applies.text} {rule.test.text}")
        kinds = [kind for kind in dict.fromkeys(quoted) if kind in self._names]
        if len(kinds) > _FEW_KINDS:
            kinds = []
        present = (fact.removeprefix(_PRESENCE) for _, fact in rule.test.facts)
        return frozenset((*kinds, *(name for name in present if name in self._names)))

    def _names_other_paper(
        self, criterion: str, text: str, papers: Iterable[str]
    ) -> bool:
        """Whether the criterion names a paper that the text does not name."""
        title = _squeeze_text(self._catalogue.criteria[criterion].title.zh)
        squeezed = _squeeze_text(text)
        about = {name for name, label in self._names.items() if label in title}
        rule = self._catalogue.criteria[criterion]
        if papers or _asks_presence(rule):
            about |= self._list_papers(criterion)
        else:
            kinds = set(_QUOTED.findall(rule.applies.text)) & self._names.keys()
            about |= kinds if len(kinds) <= _FEW_KINDS else set()
        return any(
            name not in papers and self._names[name] not in squeezed for name in about
        )

    def _fits_named_papers(self, criterion: str, named_papers: Sequence[str]) -> bool:
        """Whether nothing that the text names stands against the criterion."""
        papers = self._list_papers(criterion)
        return not named_papers or not papers or bool(papers & set(named_papers))

    def _list_own_paper(self, criterion: str) -> Iterable[str]:
        """The paper a criterion is about, where it is one."""
        papers = self._list_papers(criterion)
        return papers if len(papers) == 1 else ()

    def _list_facts(self, criterion: str) -> frozenset[str]:
        test = self._catalogue.criteria[criterion].test
        return frozenset(fact for _, fact in test.facts)

    def _is_about_presence(self, code: str) -> bool:
        """Whether a defect is, for the most part, that a paper is not there at all."""
        detecting = [
            criterion for criterion in self._criteria if code in criterion.defects
        ]
        return 2 * sum(map(_asks_presence, detecting)) > len(detecting)

    def _find_named_content(self, text: str, papers: Sequence[str]) -> frozenset[str]:
        """What the first named paper has to say, of which the text speaks."""
        if not papers:
            return frozenset()
        squeezed = _squeeze_text(text)
        without_name = squeezed.replace(
            _find_abbreviation(self._names[papers[0]], squeezed), ""
        )
        return frozenset(
            element
            for element, label in self._catalogue.materials[papers[0]].elements.items()
            if (element_label := _squeeze_text(label.zh)) in without_name
            or _measure_longest_common(element_label, without_name) >= _SHORTEST
        )

    def _list_defects(self, material: str, content: frozenset[str]) -> tuple[str, ...]:
        """The defects of the criterion that asks this paper for it; none of two."""
        defects = {
            criterion.defects
            for criterion in self._criteria
            if content & self._list_facts(criterion.id)
            and material in self._list_papers(criterion.id)
            and criterion.defects
        }
        return defects.pop()[:_MOST_CODES] if len(defects) == 1 else ()

    def _count_shared_pairs(self, criterion: str, text: str) -> int:
        """How many pairs of characters of the criterion’s title stand in the text."""
        title = _squeeze_text(self._catalogue.criteria[criterion].title.zh)
        squeezed = _squeeze_text(text)
        return len({pair for pair in map("".join, pairwise(title)) if pair in squeezed})

    def _find_papers(self, text: str) -> tuple[str, ...]:
        """Find the papers the text calls by their names, the longest name first.

        Where it uses no full name, the paper of which it leaves out least; nothing if
        two are as near.
        """
        squeezed = _squeeze_text(text)
        named_whole = [name for name, label in self._names.items() if label in squeezed]
        if named_whole:
            return tuple(sorted(named_whole, key=lambda name: -len(self._names[name])))
        near: dict[str, tuple[int, float]] = {}
        for name, label in self._names.items():
            length = len(_find_abbreviation(label, squeezed))
            share = length / len(label)
            if length >= _SHORTEST and share >= _LEAST_SHARE:
                near[name] = (length, share)
        best = max(near.values(), default=None)
        nearest = [name for name, how in near.items() if how == best]
        return tuple(nearest) if len(nearest) == 1 else ()


def _asks_presence(criterion: Criterion) -> bool:
    """Whether it asks for nothing but that papers are there."""
    return all(fact.startswith(_PRESENCE) for _, fact in criterion.test.facts)


def _find_abbreviation(label: str, text: str) -> str:
    """Find the longest piece of `text` that is `label` with characters left out.

    It ends as the label does, for that says what it is (法定代表人 is no identity
    card). Where it does not begin like it (托管协议 for 服务器托管或接入协议), no other
    word runs into it (管理制度 of 信息安全管理制度 is no name of 交易管理制度).
    """
    best = ""
    for start, character in enumerate(text):
        apart = not start or not text[start - 1].isalpha() or text[start - 1] in _JOINTS
        if character != label[0] and not apart:
            continue
        place, end = label.find(character), start
        while place >= 0 and end < len(text):
            end += 1
            piece = text[start:end]
            if piece[-2:] == label[-2:] or piece == label[:-1]:
                best = max(best, piece, key=len)
            if end < len(text):
                place = label.find(text[end], place + 1)
    return best


def _measure_longest_common(first: str, second: str) -> int:
    """The length of the longest piece that stands whole in both."""
    return max(
        (
            end - start
            for start in range(len(first))
            for end in range(start + 1, len(first) + 1)
            if first[start:end] in second
        ),
        default=0,
    )


def _score_entries(text: str, words: Iterable[str]) -> Iterable[int]:
    """How many characters of each entry stand in the text, all parts or none."""
    for entry in words:
        parts = [_squeeze_text(part) for part in entry.split()]
        if all(part in text for part in parts):
            yield sum(len(part) for part in parts)


def _squeeze_text(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
