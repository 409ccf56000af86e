"""Kinds of paper, and who asks for which of them, where and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Literal

from changqing.law.entry import Ref, YamlEntry
from changqing.law.kit import (
    BothLanguages,
    Citations,
    Dimension,
    FilledText,
    Freshness,
    Grade,
    Id,
    InForce,
    LicenceRef,
    OtherWays,
    RegionRef,
    Scope,
    Stage,
    Standing,
    SubjectName,
    check_freshness,
)
from changqing.law.wordings import JointValue, JointWords, Wordings
from changqing.text import Text, WordedEnum
from changqing.yamlfile.values import (
    CheckedBy,
    MadeBy,
    NotEmpty,
    Positive,
    Refusal,
    Words,
)


class Personal(WordedEnum):
    """Why a paper is about a person, and left out of what others are given."""

    IDENTITY = "identity", Text("身份证件", "identity paper")
    SALARY = "salary", Text("劳动合同、工资", "employment, salary")
    PERSONAL_NUMBER = "personal_number", Text("个人号码", "personal number")


class Issuer(WordedEnum):
    """Who issues a kind of paper: whose word it is that stands in it."""

    COMPANY = "company", Text("公司自己", "the company itself")
    COUNTERPARTY = "counterparty", Text("对方", "another party")
    INSTITUTION = "institution", Text("机构", "an institution")

    @property
    def says(self) -> Text:
        """Who issues the paper, and what that makes of it: 公司自己（公司文件）."""
        issuer, grade = self.text, self.grade.text
        return Text(f"{issuer.zh}（{grade.zh}）", f"{issuer.en} ({grade.en})")

    @property
    def grade(self) -> Grade:
        """The grade of what is read in such a paper.

        What a company writes itself shows what it plans or promises, never what is so.
        """
        return Grade.UNDERTAKEN if self is Issuer.COMPANY else Grade.DOCUMENTED


def _check_element(value: str) -> None:
    if not re.fullmatch(r"states_[a-z0-9_]+", value):
        raise Refusal("应以 states_ 开头", "must begin with states_")


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRequest(YamlEntry):
    """What one source asks of a paper: of whom, where, when, and what it must show.

    An empty tuple means all of them: no `regions`, the whole country. No `licences`
    means every permit; number resources are no permit and are named where meant. An
    entry of a region stands beside the national ones, or instead of them where it
    `replaces`.
    """

    licences: tuple[LicenceRef, ...] = ()
    scopes: tuple[Scope, ...] = ()
    regions: tuple[RegionRef, ...] = ()
    stages: tuple[Stage, ...] = ()
    requirement: FilledText
    accepts: tuple[FilledText, ...] = ()
    refuses: tuple[FilledText, ...] = ()
    standing: Standing
    citations: Citations
    in_force: InForce | None = None
    replaces: Annotated[bool, MadeBy(bool, Literal[True])] = False
    note: FilledText | None = None

    def check(self) -> None:
        """Refuse what replaces nothing, and agencies' word for more than practice."""
        if self.replaces and not self.regions:
            raise Refusal(
                "只能用于写明 regions 的要求",
                "needs regions: a national entry has nothing to replace",
                at="replaces",
            )
        if self.standing is not Standing.PRACTICE and all(
            citation.confidence.startswith("practice_") for citation in self.citations
        ):
            raise Refusal(
                "只有代办经验作依据，应为 practice",
                "rests on agencies alone and must be practice",
                at="standing",
            )

    def concerns(
        self, *, licence: str, scope: str, region: str | None, stage: str, on: date
    ) -> bool:
        """Tell whether it is asked of such an application on a day.

        No `region`: national.
        A region's entry concerns that region alone, a national one every region. Who
        prepares an application gathers what is asked of one.
        """
        asked_at = "apply" if stage == "prepare" else stage
        return (
            (licence in self.licences if self.licences else is_permit(licence))
            and (not self.scopes or scope in self.scopes)
            and (not self.regions or region in self.regions)
            and (not self.stages or stage in self.stages or asked_at in self.stages)
            and (self.in_force is None or self.in_force.covers(on))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialFreshness(Freshness):
    """`facts`, which are read in the paper, have to be recent like itself."""

    facts: tuple[Id, ...] = ()


def _check_read(value: str) -> None:
    if not re.fullmatch(r"[a-z]+\.[a-z][a-z0-9_]*", value):
        raise Refusal(
            "应写作 applicant.name 的样子：主体、点、事实",
            "must be written like applicant.name: subject, dot, fact",
        )


class FigureBound(StrEnum):
    """What a figure is that says no exact value: 不少于, 不超过, 约."""

    LEAST = "least"
    MOST = "most"
    ABOUT = "about"


class FoundBy(StrEnum):
    """What in a paper says the value of a fact.

    `value`: the value itself, beside a label, in a column or in a sentence. `words`:
    one of the words listed for a value. `applicant`: the name that stands there, for a
    fact that says whether it is the applicant's. `present`: that something stands
    there, for a fact that says whether there is such a thing. `domain`: that the
    service's domain stands there. `first_day`, `last_day`: of the days that stand
    there. `closing_day`: the day beside a label, or the one that stands alone where a
    paper is signed and sealed. `count`: how many rows the table has. `months`: the
    months without a gap up to the last one shown. `relation`: who the name that stands
    there is to the applicant. `no_end`: for a fact that says that there is no
    end, no where a last day stands. `province`: where an address is, seen from
    the province of the case. `chart`: in a drawing of who holds how much; what the
    whole drawing says of its holders stands in `words`. `names`: every person named in
    a column; sentences that name more by `phrases` leave it open. `pace`: how many rows
    with a day there are in 180 days, from the first of these days to the last. Of both
    nothing is said where `unless` stands, be it anywhere in the paper. `balance`: as
    `value`; else what is left after the last line, where each follows from the one
    before. `span`: for how many whole months the rows of a plan follow one another,
    where each has its first and its last day and no month between is left out.
    """

    VALUE = "value"
    WORDS = "words"
    APPLICANT = "applicant"
    PRESENT = "present"
    FIRST_DAY = "first_day"
    LAST_DAY = "last_day"
    CLOSING_DAY = "closing_day"
    DOMAIN = "domain"
    COUNT = "count"
    MONTHS = "months"
    RELATION = "relation"
    NO_END = "no_end"
    PROVINCE = "province"
    CHART = "chart"
    NAMES = "names"
    PACE = "pace"
    BALANCE = "balance"
    SPAN = "span"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFact(YamlEntry):
    """How a kind of paper shows one fact, in the words that are printed there.

    `labels`: what stands beside, above or before the value in a form. `columns`: the
    heads of a table's column; in both … stands for a few letters, and what is listed as
    it is printed comes first. `sums_of`: the heads of a column of amounts whose sum is
    the value, where the rows above it add up to it. `phrases`: sentences with … where
    the value stands and …… where anything may; a last day may have two …, for the first
    day and the length. `roles`: what somebody is named (…负责人), however a sentence
    puts it. `words`: by value (true and false of a yes or no), the words that say it;
    with labels they are looked for beside these, else in the whole paper, and `unless`
    is what holds such words, or such a label, and says something else. `sides`: the
    labels of the two sides of a contract, of which the one that is not the applicant is
    meant, or, `by: applicant`, the first (false) or the second (true) as `words` say.
    `of_year`: that it is summed over a year, so that a paper of fewer months leaves it
    to a person. `bound`: which bound of a figure is as good as the figure itself
    (`least`: 不少于六个月); without it a figure with a bound is left to a person.
    `doubted_by`: phrases that, wherever the paper has them, leave the value to a
    person: 账户已冻结. `held`: labels of the part of an amount that is not free;
    `free`: those of what is left, which is then meant. `denied_by`: phrases that say no
    to a yes or no, wherever they stand: 未查询到.
    `listed_under`: words over a list of people with a mobile number each, whose count
    is the value where no sentence gives it.
    Whatever is looked for is tried in this order, and the earlier of a list is the
    surer. 〔…|…〕 in an entry stands for each of what is in it, as in `Wordings`.
    """

    by: FoundBy = FoundBy.VALUE
    labels: Wordings = ()
    columns: Wordings = ()
    sums_of: Wordings = ()
    phrases: Wordings = ()
    roles: Wordings = ()
    words: Mapping[str, Wordings] = field(default_factory=dict)
    unless: Wordings = ()
    sides: tuple[Words, ...] = ()
    of_year: bool = False
    bound: FigureBound | None = None
    doubted_by: Wordings = ()
    held: tuple[Words, ...] = ()
    free: tuple[Words, ...] = ()
    denied_by: Wordings = ()
    together: tuple[JointValue, ...] = ()
    listed_under: Wordings = ()
    words_together: Mapping[str, tuple[JointWords, ...]] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse a fact for which nothing is looked for, and words that do nothing."""
        is_of_chart = self.by is FoundBy.CHART
        if not (
            self.labels or self.columns or self.phrases or self.words or is_of_chart
        ):
            raise Refusal(
                "应写 labels、columns、phrases 或 words 之一",
                "must have labels, columns, phrases or words",
            )
        if self.by is FoundBy.WORDS and not self.words:
            raise Refusal(
                "by 为 words 时须写 words",
                "must list words when by is words",
                at="words",
            )
        if self.together and self.by not in _TOGETHER:
            raise Refusal(
                f"by 为 {self.by} 时不能写 together",
                f"cannot be used when by is {self.by}",
                at="together",
            )
        for value in self.words_together:
            if value not in self.words:
                raise Refusal(
                    f"“{value}”不在 words 中",
                    f"“{value}” is not among words",
                    at="words_together",
                )


_TOGETHER: Final = frozenset(
    {
        FoundBy.VALUE,
        FoundBy.LAST_DAY,
        FoundBy.NO_END,
        FoundBy.PRESENT,
        FoundBy.PROVINCE,
    }
)
"""What `together` can find: what stands in a sentence by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperElement(YamlEntry):
    """What shows that a paper states an element of it; one of these is enough.

    `facts`: that one of these, as named in `reads`, was found. `labels`: that something
    stands beside one of them. `words`: that one of them stands in the paper, … for
    anything between, and `unless` what holds such words and says something else.
    `together`: that a sentence has a word of each group of an entry, in any order
    (停止|终止 + 〈时长〉 + 公告; what is in 〈〉 is any such figure).
    `columns`: that a table has something under one of these heads in every row.
    `headings`: that a part under such a heading has words in it (=市场: the whole
    heading, not 市场部).
    `persons`: that a person of the case is named as who has one of these duties.
    `seals`: that so many seals are on its pages. `denied`: words that say that it is
    not so.
    """

    facts: tuple[Annotated[str, CheckedBy(_check_read)], ...] = ()
    labels: Wordings = ()
    columns: Wordings = ()
    headings: Wordings = ()
    persons: Wordings = ()
    words: Wordings = ()
    together: tuple[JointWords, ...] = ()
    unless: Wordings = ()
    denied: Wordings = ()
    seals: Positive | None = None

    def check(self) -> None:
        """Refuse an element for which nothing is looked for."""
        listed = self.labels or self.columns or self.headings or self.words
        listed = listed or self.together
        if not (self.facts or listed or self.seals):
            raise Refusal(
                "应写 facts、labels、columns、headings、words 或 seals 之一",
                "must have facts, labels, columns, headings, words or seals",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition(YamlEntry):
    """By what a paper is known to be of a kind.

    `titles` are what stands large at its head, … for a few letters. `words` each speak
    for it, the fewer kinds list them the more; `against` each against it, wherever they
    stand. A title is worth five words. `parts` are titles within such a paper, which
    begin no other.
    `whose`: where two kinds look alike, whether the name beside its `applicant` labels
    has to be the applicant's or another's, or the one beside its `person` labels that
    of the legal representative or of somebody else of the staff.
    """

    titles: Wordings = ()
    words: tuple[Words, ...] = ()
    against: tuple[Words, ...] = ()
    parts: tuple[Words, ...] = ()
    whose: Literal["applicant", "another", "legal_representative", "staff"] | None = (
        None
    )

    def check(self) -> None:
        """Refuse a kind of paper that nothing speaks for."""
        if not (self.titles or self.words):
            raise Refusal(
                "应写 titles 或 words", "must have titles or words", at="titles"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Material(YamlEntry):
    """`materials/<id>.yaml`: a kind of paper.

    Gives the facts `applicant.has_<id>` and `paper.states_<element>`. A lease
    `satisfies` what is asked for as proof of premises. `order` is its place in a list
    of papers; without one it comes after those that have one. What is `personal` is
    about a person and not about the company. `issuer` is whose word the paper is: the
    company's own proves less.

    A paper counts as being there for `validity_days` from the day it was received; one
    that has to be recent (`freshness`) from its day of issue. `own_end` is the fact
    that says until when it runs: what is read in it counts until then. `exists_once`
    are yes-or-no facts of the applicant of which one has to be so before there can be
    such a paper, as a visit of the authority before its record: until then nobody is
    asked to get it.

    How a program reads it stands here too. `recognition`: by what it is known.
    `parties`: by subject, the labels beside which the paper names whom its facts are
    about; beside those of `applicant` the applicant must stand, or the paper is
    another's. `reads`: by `subject.fact`, how the paper shows it. `labels_beside`:
    further labels of such papers, at which a value before them ends. `columns`: heads
    of its table that are read with others and are no fact of their own. `shows`: as
    `reads`, for its elements. `void`: phrases that say that it holds no more, as of a
    contract that was ended. `asks` has the questions it answers. A new kind of paper
    is one such file.
    """

    id: Id
    label: BothLanguages
    dimension: Dimension
    issuer: Issuer
    order: Positive | None = None
    satisfies: tuple[Annotated[Words, Ref("materials")], ...] = ()
    validity_days: Positive | None = None
    freshness: MaterialFreshness | None = None
    own_end: Id | None = None
    exists_once: tuple[Id, ...] = ()
    personal: Personal | None = None
    elements: Mapping[Annotated[str, CheckedBy(_check_element)], BothLanguages] = field(
        default_factory=dict
    )
    asked: tuple[MaterialRequest, ...] = ()
    recognition: Recognition | None = None
    parties: Mapping[SubjectName, Annotated[tuple[Words, ...], NotEmpty]] = field(
        default_factory=dict
    )
    reads: Mapping[Annotated[str, CheckedBy(_check_read)], PaperFact] = field(
        default_factory=dict
    )
    labels_beside: tuple[Words, ...] = ()
    columns: Mapping[Id, Wordings] = field(default_factory=dict)
    shows: Mapping[Annotated[str, CheckedBy(_check_element)], PaperElement] = field(
        default_factory=dict
    )
    void: tuple[Words, ...] = ()
    asks: OtherWays = field(default_factory=OtherWays)

    def check(self) -> None:
        """Refuse a freshness of no number of days."""
        check_freshness(self.freshness, self.validity_days)

    def find_asked(
        self, *, licence: str, scope: str, region: str | None, stage: str, on: date
    ) -> tuple[MaterialRequest, ...]:
        """Find what is asked of such an application on a day: national, then local."""
        requests = [
            request
            for request in self.asked
            if request.concerns(
                licence=licence, scope=scope, region=region, stage=stage, on=on
            )
        ]
        local = [request for request in requests if request.regions]
        if any(request.replaces for request in local):
            return tuple(local)
        return (*(request for request in requests if not request.regions), *local)


def is_permit(licence: str) -> bool:
    """Tell whether a code is a permit's; those of number resources begin with N."""
    return not licence.startswith("N")


def list_satisfying_kinds(
    materials: Mapping[str, Material], asked: str
) -> Iterator[str]:
    """List the kinds of paper that do for one asked: itself, and what satisfies it."""
    for name, material in materials.items():
        if name == asked or asked in material.satisfies:
            yield name
