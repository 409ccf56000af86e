"""The page that an issuer shows of a paper, held against the paper.

Many papers carry a code (a check code, a QR code) by which their issuer shows, on a
page of its own, what was issued. A person opens that page, saves it, and names the file
beside the paper; nothing is fetched here. What page and paper both say is checked with
the issuer; where the page says otherwise both places are told; and a page of another
paper, or the paper itself in place of a page, proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypedDict

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.case.looked import collect_sought, load_page
from changqing.case.model import Case, CaseFile, Paper
from changqing.case.page import ReadPage, UnreadablePageError, squeeze
from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.paper_records import grade_of_paper
from changqing.evidence.paper_text import PaperText
from changqing.evidence.reading import MarkKind
from changqing.evidence.readings import KeptReadings, read_as_text
from changqing.evidence.text_reading import make_page_reading
from changqing.law.kinds.look import GuidedLook
from changqing.law.kit import GradeGroup
from changqing.law.model import Catalogue
from changqing.papers.compare.compare_value import compare_value
from changqing.papers.compare.sought import (
    NamedSubjects,
    SoughtValue,
    list_case_names,
)
from changqing.text import Language, Text, WordedEnum

_CODE: Final = (
    r"(?:为|是)?[:：]?"
    r"([\u4e00-\u9fff]?icp[备證证]\d{5,}号?(?:-\d+)?|[0-9a-z][0-9a-z-]{3,39})"
)
_NO_LETTER: Final = re.compile(r"[\W_]+")
_TOKEN: Final = re.compile(r"[0-9a-z]{6,}")
_OF_A_THING: Final = frozenset({"sealed", "signed", "legible"})
"""What only the paper itself can show, and no page about it."""


class IssuerAnswer(WordedEnum):
    """What came of asking the issuer of a paper."""

    UNASKED = "unasked", Text("还没有向出具方核实", "the issuer was not asked yet")
    AGREES = "agrees", Text("出具方的页面与材料一致", "the issuer’s page agrees")
    DIFFERS = "differs", Text("出具方的页面与材料不符", "the issuer’s page differs")
    SILENT = (
        "silent",
        Text("出具方的页面没有写所填的内容", "the issuer’s page says none of it"),
    )
    ANOTHER = (
        "another",
        Text("保存的页面说的不是这份材料", "the saved page is not about this paper"),
    )
    UNREADABLE = (
        "unreadable",
        Text("保存的页面读不出", "the saved page cannot be read"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperCode:
    """A code on a paper by which its issuer shows what it issued.

    `label` is the word beside it; empty for a QR or bar code, whose content `text` is.
    """

    text: str
    label: str
    page: int

    def is_in(self, page: ReadPage) -> bool:
        """Tell whether the code, or of an address its own part, stands in a page."""
        words = "\n".join(squeeze(row.words) for row in page.rows)
        code = squeeze(self.text)
        if self.label:
            return (
                re.search(rf"(?<![0-9a-z]){re.escape(code)}(?![0-9a-z])", words)
                is not None
            )
        _, _, tail = code.removeprefix("https://").partition("/")
        tokens = _TOKEN.findall(tail or code)
        return any(token in words for token in tokens if any(map(str.isdigit, token)))


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerCheckResult:
    """What an issuer's page says of a paper: the values that it shows, as compared."""

    answer: IssuerAnswer
    values: Mapping[tuple[Subject, str], Comparison] = field(default_factory=dict)
    why: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedCheck:
    """A look at the issuer's page that the codes of a paper offer, and what came of it.

    `look` says where and in which steps.
    """

    paper: Paper
    look: GuidedLook
    codes: tuple[PaperCode, ...]
    result: IssuerCheckResult

    @property
    def codes_text(self) -> Text:
        """The codes of the paper with the words beside them."""
        zh = [f"{code.label or '二维码'} {code.text}" for code in self.codes]
        en = [f"{code.label or 'QR code'} {code.text}" for code in self.codes]
        return Text(zh="、".join(zh), en=", ".join(en))

    @property
    def differences(self) -> list[Text]:
        """What the page says otherwise, with its words and where it is kept."""
        check = self.paper.issuer_checked
        file = "" if check is None or check.page is None else check.page.path
        return [
            Text(
                zh=f"{file}：{value.why.zh.replace('材料', '页面')}",
                en=f"{file}: {value.why.en.replace('paper', 'page')}",
            )
            for value in self.result.values.values()
            if value.outcome is ReadOutcome.DENIED and value.why is not None
        ]


def find_codes(text: PaperText, look: GuidedLook) -> tuple[PaperCode, ...]:
    """Find the codes on a paper that a look is about, each once."""
    paper_codes: dict[str, PaperCode] = {}
    labels = () if look.codes is None else look.codes.labels
    for label in sorted(labels, key=len, reverse=True):
        pattern = re.compile(re.escape(squeeze(label)) + _CODE)
        for line in text.lines:
            for match in pattern.finditer(line.bare):
                if any(map(str.isdigit, match[1])):
                    paper_codes.setdefault(
                        match[1],
                        PaperCode(text=match[1], label=label, page=line.page),
                    )
    for page in text.reading.pages:
        for mark in page.marks:
            if mark.kind is MarkKind.CODE and mark.text.strip():
                paper_codes.setdefault(
                    mark.text, PaperCode(text=mark.text, label="", page=page.number)
                )
    return tuple(paper_codes.values())


def list_looks(catalogue: Catalogue, kind: str) -> tuple[GuidedLook, ...]:
    """List the looks at issuers' pages that a kind of paper may offer."""
    return tuple(
        look
        for look in catalogue.looks.values()
        if look.codes is not None and kind in look.codes.materials
    )


def list_offered_checks(case: Case) -> tuple[OfferedCheck, ...]:
    """List what the codes on papers that were read offer to look at, and its result."""
    readings, names = KeptReadings(Evidence(case.path)), list_case_names(case)
    offered = []
    for paper in case.papers:
        looks = list_looks(case.catalogue, paper.kind)
        if not looks:
            continue
        reading = readings.get(paper.file.digest) or read_as_text(case, paper)
        text = None if reading is None else PaperText(reading)
        for look in looks:
            codes = () if text is None else find_codes(text, look)
            if text is not None and codes:
                result = check_with_issuer(case, paper, text, names)
                offered.append(
                    OfferedCheck(paper=paper, look=look, codes=codes, result=result)
                )
    return tuple(offered)


class CodeData(TypedDict):
    """A code on a paper by which its issuer shows what was issued."""

    text: str
    label: str
    page: int


class OfferedCheckData(TypedDict):
    """A check that an issuer offers of a paper, and what came of it."""

    paper: str
    look: str
    title: str
    where: str
    address: str | None
    steps: Sequence[str]
    keep: str
    codes: Sequence[CodeData]
    answer: str
    answer_name: str
    why: str | None
    differences: Sequence[str]


def encode_check(check: OfferedCheck, language: Language) -> OfferedCheckData:
    """Encode an offered check as plain JSON."""
    result, look = check.result, check.look
    return {
        "paper": check.paper.id,
        "look": look.id,
        "title": look.title.say(language),
        "where": look.where.say(language),
        "address": look.address,
        "steps": [step.say(language) for step in look.steps],
        "keep": look.keep.say(language),
        "codes": [
            {"text": code.text, "label": code.label, "page": code.page}
            for code in check.codes
        ],
        "answer": result.answer.value,
        "answer_name": result.answer.text.say(language),
        "why": None if result.why is None else result.why.say(language),
        "differences": [difference.say(language) for difference in check.differences],
    }


def check_with_issuer(
    case: Case, paper: Paper, text: PaperText, names: NamedSubjects
) -> IssuerCheckResult:
    """Hold the page that the issuer showed against what was typed of the paper."""
    check = paper.issuer_checked
    if check is None or check.page is None:
        return IssuerCheckResult(answer=IssuerAnswer.UNASKED)
    why = _find_why_no_page(case, paper, check.page)
    if why is not None:
        return IssuerCheckResult(answer=IssuerAnswer.ANOTHER, why=why)
    try:
        page = load_page(case.path / check.page.path, inside=case.path)
    except UnreadablePageError as error:
        return IssuerCheckResult(answer=IssuerAnswer.UNREADABLE, why=error.text)
    why = (
        _THE_PAPER_ITSELF
        if _has_same_words(text, page)
        else _find_why_another(case, paper, text, page)
    )
    if why is not None:
        return IssuerCheckResult(answer=IssuerAnswer.ANOTHER, why=why)
    values = dict(_compare_values(case, paper, page, names))
    outcomes = {value.outcome for value in values.values()}
    answer = IssuerAnswer.SILENT
    if ReadOutcome.DENIED in outcomes:
        answer = IssuerAnswer.DIFFERS
    elif ReadOutcome.READ in outcomes:
        answer = IssuerAnswer.AGREES
    return IssuerCheckResult(answer=answer, values=values)


def _find_why_no_page(case: Case, paper: Paper, file: CaseFile) -> Text | None:
    """Say why a file is no page of an issuer; None where it may be one.

    What the company wrote itself, and lists as its own paper, is nobody else's.
    """
    if file.digest == paper.file.digest:
        return _THE_PAPER_ITSELF
    own = any(
        other.file.digest == file.digest
        and grade_of_paper(case.catalogue, other.kind).group is not GradeGroup.PROVEN
        for other in case.papers
    )
    return _OWN_PAPER if own else None


def _has_same_words(text: PaperText, page: ReadPage) -> bool:
    """Whether a page says what the paper says and nothing else: a copy, saved anew."""
    page_words = squeeze("".join(row.words for row in page.rows))
    printed = "".join(line.bare for line in text.lines)
    return _NO_LETTER.sub("", page_words) == _NO_LETTER.sub("", printed)


def _find_why_another(
    case: Case, paper: Paper, text: PaperText, page: ReadPage
) -> Text | None:
    """Say why a page is not about this paper; None where it is."""
    codes = [
        code
        for look in list_looks(case.catalogue, paper.kind)
        for code in find_codes(text, look)
    ]
    labelled = [code for code in codes if code.label]
    if labelled and not any(code.is_in(page) for code in codes):
        return _OTHER_CODE
    words_by_subject = collect_sought(case)
    subjects = {
        APPLICANT,
        *(statement.subject for statement in paper.list_statements()),
    }
    names_somebody = any(
        known_by.own_in(page)
        for subject, known_by in words_by_subject.items()
        if subject in subjects
    )
    coded = any(code.is_in(page) for code in codes)
    return None if names_somebody or coded else _NOBODY_NAMED


def _compare_values(
    case: Case, paper: Paper, page: ReadPage, names: NamedSubjects
) -> Iterator[tuple[tuple[Subject, str], Comparison]]:
    material = case.catalogue.materials.get(paper.kind)
    elements = frozenset[str]() if material is None else frozenset(material.elements)
    text = PaperText(make_page_reading(page, paper=""))
    for statement in paper.list_statements():
        fact = case.catalogue.facts.get((statement.subject.type, statement.fact))
        if (
            fact is None
            or statement.value is None
            or not statement.is_in_paper
            or statement.fact in elements | _OF_A_THING
        ):
            continue
        sought = SoughtValue(
            # Where it stands in the paper, and in which words, says nothing of a page.
            said=replace(statement, place="", words=None),
            fact=fact,
            material=material,
            text=text,
            names=names,
        )
        yield (statement.subject, statement.fact), compare_value(sought)


_THE_PAPER_ITSELF: Final = Text(
    zh="所给的就是材料本身，不是出具方的页面",
    en="what was given is the paper itself, and no page of its issuer",
)
_OWN_PAPER: Final = Text(
    zh="所给的是公司自己的材料，不是出具方的页面",
    en="what was given is a paper of the company, and no page of the issuer",
)
_OTHER_CODE: Final = Text(
    zh="页面上没有材料上的验证码", en="the page does not show the code of the paper"
)
_NOBODY_NAMED: Final = Text(
    zh="页面上没有材料所说的名称或编号",
    en="the page names nobody whom the paper is about, and no code of it",
)
