"""What is looked for in a paper: one typed value, its place, and whom it is about."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from changqing.case.model import Case, Statement
from changqing.case.page import squeeze
from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.denials import is_of_another_time, is_supposed
from changqing.evidence.paper_text import PaperText, split_sentences
from changqing.evidence.tolerance import Sameness, compare_for
from changqing.evidence.void_marks import HEAD_ROWS
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import (
    FoundBy,
    Issuer,
    Material,
    PaperElement,
    PaperFact,
)
from changqing.rules.types import Value

_LONGEST_TITLE: Final = 30  # letters
_NO_TITLE: Final = re.compile(r"[\d:,。;]")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSubjects:
    """Whom a case is about, as its papers name them."""

    applicant: str
    subjects: Mapping[Subject, str]

    def list_others(self, subject: Subject) -> frozenset[str]:
        """List the names of those of the same kind."""
        return frozenset(
            squeeze(name)
            for other, name in self.subjects.items()
            if other.type == subject.type and other != subject
        ) - {squeeze(self.subjects.get(subject, ""))}


def list_names(applicant: str, members: Iterable[tuple[Subject, str]]) -> NamedSubjects:
    """Collect whom a case is about."""
    return NamedSubjects(
        applicant=applicant, subjects={APPLICANT: applicant, **dict(members)}
    )


def list_case_names(case: Case) -> NamedSubjects:
    """Collect whom a case is about, from what it lists."""
    return list_names(
        case.name, ((member.subject, member.name) for member in case.list_members())
    )


@dataclass(frozen=True, kw_only=True)
class SoughtValue:
    """One typed value that is looked for in the text of a paper.

    `material` is the kind of the paper: what it prints, and in which words. `read` are
    the facts that were typed of it and read in it, by which an element may be shown.
    """

    said: Statement
    fact: Fact
    material: Material | None
    text: PaperText
    names: NamedSubjects
    read: Collection[str] = ()

    @property
    def value(self) -> Value | None:
        """What was typed."""
        return self.said.value

    @cached_property
    def rule(self) -> PaperFact | None:
        """How this kind of paper prints the fact."""
        if self.material is None:
            return None
        return self.material.reads.get(f"{self.said.subject.type}.{self.said.fact}")

    @cached_property
    def element(self) -> PaperElement | None:
        """How this kind of paper shows the element that was typed."""
        return None if self.material is None else self.material.shows.get(self.fact.id)

    @property
    def is_element(self) -> bool:
        """Whether what was typed is that the paper states something."""
        return self.material is not None and self.fact.id in self.material.elements

    @property
    def asks_for_all(self) -> bool:
        """Whether only a whole column says it: all whom it names, or its pace."""
        return self.rule is not None and self.rule.by in (FoundBy.NAMES, FoundBy.PACE)

    @property
    def is_own_paper(self) -> bool:
        """Whether the company wrote the paper itself, and could leave something out."""
        return self.material is not None and self.material.issuer is Issuer.COMPANY

    @property
    def is_of_member(self) -> bool:
        """Whether it is of somebody whom a paper lists beside others."""
        return self.said.subject.type in ("person", "holder")

    @property
    def name(self) -> str:
        """The name of whom it is about; empty where the case gives none."""
        return self.names.subjects.get(self.said.subject, "")

    def is_untold(self, text: str, start: int, end: int) -> bool:
        """Tell whether words are supposed, or of another time where today is asked."""
        return is_supposed(text, start, end) or (
            not self.fact.is_of_plan and is_of_another_time(text, start, end)
        )

    @cached_property
    def place(self) -> range | None:
        """The lines at which it was said to stand."""
        return self.text.locate(self.said.place) if self.said.place else None

    def is_at_place(self, at: int) -> bool:
        """Tell whether a line is where the value was said to stand."""
        return self.place is not None and at in self.place

    def is_title(self, at: int) -> bool:
        """Tell whether a line at the head names the kind of paper and nothing more."""
        line = self.text.lines[at].bare
        if self.material is None or at >= HEAD_ROWS or len(line) > _LONGEST_TITLE:
            return False
        if _NO_TITLE.search(line):
            return False
        recognition = self.material.recognition
        titles = (
            self.material.label.zh,
            *(() if recognition is None else recognition.titles),
        )
        return any(squeeze(title).partition("…")[0] in line for title in titles)

    def sort_by_place(self, lines: Iterable[int]) -> list[int]:
        """Sort lines, those at the given place before all others."""
        return sorted(lines, key=lambda at: not self.is_at_place(at))

    def is_same(self, value: Value) -> bool:
        """Tell whether a value is the one that was typed."""
        if isinstance(value, str) and isinstance(self.value, str):
            return value == self.value
        return compare_for(self.fact, value, self.value) is Sameness.SAME

    def find_lines(self) -> Sequence[int] | None:
        """Find the lines that speak of the subject; None where none names it."""
        everything = range(len(self.text.lines))
        if not self.is_of_member:
            return everything
        mine = self.text.name_lines(self.name)
        if not mine:
            return None
        others = [
            name for name in self.names.list_others(self.said.subject) if len(name) > 1
        ]
        named_at = {
            at
            for at, line in enumerate(self.text.lines)
            if any(other in line.bare for other in others)
        }
        if not named_at:
            return everything
        lines = set(mine)
        for clause in self.text.clauses:
            inside = [at for at in clause if at in lines]
            if inside and not named_at.intersection(clause):
                lines.update(clause)
            elif inside and inside[0] == clause.start:
                # A clause that is headed by a name is about it as far as it goes.
                lines.update(at for at in clause if at not in named_at)
        return sorted(lines)

    def list_texts(self, lines: Iterable[int]) -> Iterator[tuple[int, str, bool]]:
        """List the pieces of text of lines, folded, and whether each was read surely.

        Of a line that names others too, the sentences that name the subject.
        """
        others: frozenset[str] = frozenset()
        if self.is_of_member:
            others = self.names.list_others(self.said.subject)
        name = squeeze(self.name)
        for at in lines:
            line = self.text.lines[at]
            sure = all(part.is_sure for part in line.parts)
            if not line.is_row and any(other in line.bare for other in others):
                for sentence in split_sentences(line.bare):
                    if name and name in sentence:
                        yield at, sentence, sure
                continue
            yield at, line.bare, sure
