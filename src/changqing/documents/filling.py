"""What is left open in a document: who fills each blank, and what is no finished text.

A blank knows the fact, the post or the choice that would fill it. From that the advice
of the list of tasks names the task and who does it, by the same rule as for a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Final

from changqing.case.subjects import APPLICANT
from changqing.documents.document import BLANK, LONGEST_BLANK, Blank, Document, Section
from changqing.documents.tidy import split_cells
from changqing.judge.advice import ANSWER, SETTLE, Adviser
from changqing.judge.model import Assessment, Missing, Situation
from changqing.law.model import Catalogue

_TASK: Final = "，要办的事："
_DRAWING: Final = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_LEFT_OPEN: Final = re.compile(
    r"待补(?!正)|\{\{|\}\}|\{%|%\}"
    r"|(?<![\w.])(?:TODO|TBD|FIXME|None|True|False|NaN|null|undefined)(?![\w.])",
    re.ASCII,
)
_NAME: Final = re.compile(
    r"(?<![\w/.@:\\-])[a-z]+(?:_[a-z0-9]+)+(?![\w/.@:-])", re.ASCII
)


@dataclass(frozen=True, kw_only=True)
class Fillers:
    """Names who fills the blanks of the documents of one case."""

    catalogue: Catalogue
    situation: Situation
    assessment: Assessment

    def name_fillers(
        self,
        sections: Sequence[Section],
        blanks: Sequence[Blank],
        materials: Sequence[str],
    ) -> tuple[tuple[Section, ...], tuple[Blank, ...]]:
        """Give each blank its task, and write into its place who does that.

        `materials` are the papers that the document is itself. What says it already,
        in a copy that the company edited, is left as it is.
        """
        if not blanks:
            return tuple(sections), ()
        named = tuple(self._name_filler(blank, materials) for blank in blanks)
        texts = {(blank.section, blank.supply): blank.text for blank in named}
        written = []
        for section in sections:

            def say(mark: re.Match[str], place: str = section.id) -> str:
                text = texts.get((place, mark[2]), mark[2])
                return (
                    f"〔{mark[1]}：{text}〕" if len(text) <= LONGEST_BLANK else mark[0]
                )

            markdown, marked = (
                BLANK.sub(say, text) for text in (section.markdown, section.marked)
            )
            written.append(replace(section, markdown=markdown, marked=marked))
        return tuple(written), named

    def _name_filler(self, blank: Blank, materials: Sequence[str]) -> Blank:
        """Give a blank its errand: 谁办：财务人员，要办的事：到银行开对账单."""
        name = self._find_errand(blank, materials)
        errand = self.catalogue.errands[name]
        filler = f"谁办：{errand.who.zh}{_TASK}{errand.title.zh}"
        said = _TASK in blank.supply
        return replace(blank, errand=name, filler="" if said else filler)

    def _find_errand(self, blank: Blank, materials: Sequence[str]) -> str:
        if blank.reading is not None:
            return SETTLE
        if blank.fact is None:
            return self._find_writing(materials)
        if blank.subject is None:  # a post that nobody holds: the people are listed
            return ANSWER
        kind = blank.subject.type
        if (kind, blank.fact) not in self.catalogue.facts:
            return self._find_writing(materials)
        missing = Missing(type=kind, subject=blank.subject, fact=blank.fact)
        return self._adviser.find_errand(missing)

    def _find_writing(self, materials: Sequence[str]) -> str:
        """Find the task by which a paper is written: what a rule on it sends to."""
        for material in materials:
            errand = self._writing.get(f"has_{material}")
            if errand is not None:
                return errand
        return ANSWER

    @cached_property
    def _adviser(self) -> Adviser:
        return Adviser(self.catalogue, self.situation)

    @cached_property
    def _writing(self) -> Mapping[str, str]:
        """By the presence of which paper a rule of this case sends to which task."""
        return {
            fact: finding.criterion.remedy.errand
            for finding in reversed(self.assessment.findings)
            for subject, fact in finding.criterion.test.facts
            if subject == APPLICANT.type and len(finding.criterion.test.facts) == 1
        }


def list_unfinished(
    sections: Sequence[Section],
    charts: Mapping[str, str],
    catalogue: Catalogue,
    *,
    document: str,
) -> Iterator[Blank]:
    """List what no finished document has and no blank marks, each as a blank.

    Empty rows of tables, marks of templates and programs, names of the catalogue, and
    words that somebody left to be replaced.
    """
    for section in sections:
        text = _DRAWING.sub("", BLANK.sub("", f"{section.title}\n{section.markdown}"))
        for line in text.split("\n"):
            if line.startswith("|") and not any(split_cells(line)):
                yield _make_blank("表格里的空行", document, section.id)
        plain = _ESCAPED.sub(r"\1", text)
        names = set(_NAME.findall(plain))
        if names:  # seldom: there are thousands to look among
            names &= _list_names(catalogue)
        for found in dict.fromkeys((*_LEFT_OPEN.findall(plain), *sorted(names))):
            yield _make_blank(f"文中的“{found}”", document, section.id)
        for name, svg in charts.items():
            if "待补" in svg and f"(chart:{name})" in section.markdown:
                yield _make_blank("图里没有写全的地方", document, section.id)


def _list_names(catalogue: Catalogue) -> frozenset[str]:
    """List what the catalogue calls things: names that no reader of a document knows.

    Other words with a low line may well be the company's own, of a table or a file.
    """
    facts = (fact for _, fact in catalogue.facts)
    kinds = (catalogue.materials, catalogue.criteria, catalogue.errands)
    return frozenset((*facts, *chain.from_iterable(kinds), *catalogue.choices))


def list_open_places(document: Document) -> Iterator[str]:
    """List where each blank of a document is, what belongs there and who fills it."""
    titles = {section.id: section.title for section in document.sections}
    for blank in document.blanks:
        place = titles.get(blank.section) or f"第{blank.section}部分"
        yield f"《{document.title}》{place}：{blank.text}"


def _make_blank(what: str, document: str, section: str) -> Blank:
    return Blank(supply=f"{what}：写全，或者删去", document=document, section=section)
