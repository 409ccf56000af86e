"""What a paper says by words alone: of somebody, or of one side of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from changqing.case.subjects import Subject
from changqing.evidence.denials import is_of_another_time
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import PaperFact
from changqing.readers.flow import Flow
from changqing.readers.forms import (
    DIFFERENT,
)
from changqing.readers.joint_words import (
    JOINT_CONFIDENCE,
    find_joint_spans,
    is_of_others_or_aim,
)
from changqing.readers.layout import Quote
from changqing.readers.phrases import Prose
from changqing.readers.proposal import (
    PaperPages,
    ProposedFact,
    UnclearFact,
)
from changqing.readers.roles import OF_SOMEBODY_ELSE
from changqing.readers.values import (
    read_plain_value,
    read_whose,
    take_company,
)
from changqing.rules.types import Kind, Value

_NOT_THEIRS: Final = re.compile(
    "不(?![断间定同限少低超])|[未没非勿]|无[需权法]|(?<!网络)[与和]|或|[向原曾拟]"
    "|参加|学习|培训|通知|联系|报告|请示|竞聘|应聘|配偶|亲属|助理|候选"
)
"""What between a name and a duty says that it is not theirs, or not theirs alone."""
_OF_ANOTHER: Final = re.compile("[的之]")
_NO_DUTY: Final = re.compile("协会|学会|公司|培训|课程|专业|证书|论文|研究|产品|会议")
"""What behind the words of a duty makes something else of them."""
_GIVEN_UP: Final = re.compile("不再|移交|交接|离[职岗任]|调[离任走]|卸任|辞[职去]|退休")


def say_value(fact: Fact, value: str) -> Value:
    """Say the value of a fact by its name among `words`."""
    match fact.type.kind:
        case Kind.BOOLEAN:
            return value == "true"
        case Kind.SET:
            return frozenset({value})
        case _:
            return value


def find_stances(
    paper: PaperPages, prose: Prose, fact: Fact, reading: PaperFact
) -> Iterator[ProposedFact | UnclearFact]:
    """Propose what is said of each person of the case, a sentence each.

    And that the applicant employs them, where nobody else is named as employer.
    """
    employer = _find_employer(paper)
    for start, end in prose.list_sentences():
        subject = find_person_named(paper, prose.flow, start, end)
        if subject is None:
            continue
        for proposed in find_stance(prose, fact, reading, subject, start, end):
            yield proposed
            if employer is not None:
                yield ProposedFact(
                    subject=subject,
                    fact="employer_is_applicant",
                    value=True,
                    quote=employer,
                    confidence=min(92, employer.confidence),
                )


def _find_employer(paper: PaperPages) -> Quote | None:
    """Find where the applicant stands as employer, and nobody else does."""
    reading = paper.material.reads.get("person.employer_is_applicant")
    labels = () if reading is None else reading.labels
    reads = [
        value_read
        for page in paper.pages
        for beside in paper.find_beside(page, labels, lines=2)
        if (value_read := read_whose(paper, beside.value)) is not None
    ]
    mine = all(value_read.value is True for value_read in reads)
    return reads[0].quote if reads and mine else None


def find_person_named(
    paper: PaperPages, flow: Flow, start: int, end: int
) -> Subject | None:
    """Find the one person of the case whom some part of the text names."""
    persons = {
        subject
        for name, subject in paper.names.members.get("person", {}).items()
        if flow.text.find(name, start, end) >= 0
    }
    return persons.pop() if len(persons) == 1 else None


def find_stance(
    prose: Prose,
    fact: Fact,
    reading: PaperFact,
    subject: Subject,
    start: int = 0,
    end: int | None = None,
) -> Iterator[ProposedFact | UnclearFact]:
    """Propose the value whose words a text has; both: unclear; neither: a gap."""
    last_sign = len(prose.flow.text) if end is None else end
    spots = [
        (match.start, match.end, value)
        for value, words in reading.words.items()
        for match in prose.find_phrases(
            words, ".{1,30}?", reading.unless, today=not fact.is_of_plan
        )
        if start <= match.start and match.end <= last_sign
    ]
    matches = [
        (first, last, value)
        for first, last, value in spots
        # 全日制 within 非全日制 is not said by itself.
        if not any(
            begin <= first and last <= close and close - begin > last - first
            for begin, close, other in spots
            if other != value
        )
    ]
    values = dict.fromkeys(value for _, _, value in matches)
    if not values:
        return
    quotes = tuple(prose.quote_sentence(first, last) for first, last, _ in matches)
    if len(values) > 1:
        yield UnclearFact(subject=subject, fact=fact.id, why=DIFFERENT, quotes=quotes)
        return
    yield ProposedFact(
        subject=subject,
        fact=fact.id,
        value=say_value(fact, next(iter(values))),
        quote=quotes[0],
        confidence=min(95, quotes[0].confidence),
    )


def find_stances_together(
    paper: PaperPages,
    prose: Prose,
    fact: Fact,
    reading: PaperFact,
    subject: Subject | None,
) -> Iterator[ProposedFact | UnclearFact]:
    """Propose the value whose listed words stand together; several: unclear.

    Of a fact of persons each sentence is of the one person whom it names.
    """
    persons = tuple(paper.names.members.get("person", {}))
    named = re.compile("|".join(map(re.escape, persons)))
    reads: dict[Subject, list[tuple[str, Quote]]] = {}
    for value, entries in reading.words_together.items():
        for span in find_joint_spans(prose, entries, reading.unless, persons):
            text, sentence = prose.flow.text, prose.find_sentence(*span)
            if is_of_others_or_aim(text[sentence[0] : span[1]]):
                continue
            if not fact.is_of_plan and is_of_another_time(text, *span):
                continue
            whose = subject
            if fact.subject == "person":
                whose = whose or find_person_named(paper, prose.flow, *sentence)
                if (
                    _NOT_THEIRS.search(named.sub("", text[slice(*span)]))
                    or _GIVEN_UP.search(text, *sentence)
                    or _NO_DUTY.match(text, span[1])
                    or OF_SOMEBODY_ELSE.match(text, span[1])
                    or any(
                        _OF_ANOTHER.match(text, name.end())
                        for name in named.finditer(text, *span)
                    )
                ):
                    continue
            if whose is not None:
                reads.setdefault(whose, []).append((value, prose.flow.quote(*span)))
    for whose, pairs in reads.items():
        quotes = tuple(quote for _, quote in pairs)
        if len({value for value, _ in pairs}) > 1:
            yield UnclearFact(subject=whose, fact=fact.id, why=DIFFERENT, quotes=quotes)
            continue
        yield ProposedFact(
            subject=whose,
            fact=fact.id,
            value=say_value(fact, pairs[0][0]),
            quote=quotes[0],
            confidence=min(JOINT_CONFIDENCE, quotes[0].confidence),
        )
        if "person.name" in paper.material.reads:
            yield from _name_person(paper, prose, whose)


def _name_person(
    paper: PaperPages, prose: Prose, subject: Subject
) -> Iterator[ProposedFact]:
    """Propose the name of somebody of the case of whom a sentence says something."""
    for name, known in paper.names.members.get("person", {}).items():
        start = prose.flow.text.find(name)
        if known == subject and start >= 0:
            quote = prose.flow.quote(start, start + len(name))
            yield ProposedFact(
                subject=subject,
                fact="name",
                value=name,
                quote=quote,
                confidence=min(JOINT_CONFIDENCE, quote.confidence),
            )


def _list_sides(paper: PaperPages, reading: PaperFact) -> dict[str, tuple[str, Quote]]:
    """List the two sides of a contract by their names, with the label of each."""
    names: dict[str, tuple[str, Quote]] = {}
    for page in paper.pages:
        for beside in paper.find_beside(page, reading.sides, lines=2):
            name = take_company(beside.value)
            if name is None and beside.first is not None:
                name = take_company(beside.first)
            if name is not None:
                plain = re.sub(r"\s+", "", name.text)
                names.setdefault(plain, (beside.label, name))
    return names


def find_side(
    paper: PaperPages, prose: Prose, fact: Fact, reading: PaperFact, subject: Subject
) -> Iterator[ProposedFact]:
    """Propose whether the side that the words mean is the applicant."""
    labels_of_side = {
        side
        for side, value in zip(reading.sides, ("false", "true"), strict=False)
        for _ in prose.find_phrases(reading.words.get(value, ()), ".{1,30}?")
    }
    sides = _list_sides(paper, reading)
    quotes = [quote for label, quote in sides.values() if label in labels_of_side]
    if len(labels_of_side) != 1 or len(quotes) != 1 or len(sides) != len(reading.sides):
        return
    value_read = read_whose(paper, quotes[0])
    if value_read is not None:
        yield ProposedFact(
            subject=subject,
            fact=fact.id,
            value=value_read.value,
            quote=value_read.quote,
            confidence=min(91, value_read.quote.confidence),
        )


def find_counterparty(
    paper: PaperPages, prose: Prose, fact: Fact, reading: PaperFact, subject: Subject
) -> Iterator[ProposedFact]:
    """Propose the one side of a contract that is not the applicant, if there is one."""
    _ = prose
    names = {name: quote for name, (_, quote) in _list_sides(paper, reading).items()}
    mine = {name for name in names if paper.names.is_applicant(name)}
    others = [quote for name, quote in names.items() if name not in mine]
    if len(mine) == 1 and len(others) == 1:
        value_read = read_plain_value(fact, others[0])
        if value_read is not None:
            yield ProposedFact(
                subject=subject,
                fact=fact.id,
                value=value_read.value,
                quote=value_read.quote,
                confidence=min(90, value_read.quote.confidence),
            )
