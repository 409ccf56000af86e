"""Which entries of the catalogue answer a question, how surely, or that none does.

Everything that can answer (see `list_answerables`) is measured by its words and letters
(see `Index`); a long story is asked whole and sentence by sentence.

How likely each of them is what was asked, `odds` says; the odds of the best and of what
comes down to the same (a fact of law, a number, a paper) are added up. From `_SURE` on
an answer is given as one; from `_PROBABLE` on it is shown as probable; below, nothing
is shown but whom to ask: a wrong answer does more harm than none. Both were read off
questions that were left out of the estimate; what they do on questions kept aside
stands in `benchmarks/README.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

from changqing.guide.answerable import (
    Answerable,
    AnswerKind,
    Place,
    find_own_case,
    list_answerables,
    list_articles,
    list_subjects,
    say_of_case,
)
from changqing.guide.answering import find_paper, say_answer
from changqing.guide.form import has_question, split_questions, waits_for_a_nod
from changqing.guide.index import Index, NamedWords
from changqing.guide.odds import share_odds
from changqing.guide.short_answer import say_place, say_premise
from changqing.guide.words import (
    Word,
    Words,
    detect_language,
    is_of_another_country,
    names_ours,
)
from changqing.law.kinds.synonyms import Names
from changqing.law.kinds.topic import Certainty, Topic
from changqing.law.kit import Citation
from changqing.law.model import Catalogue
from changqing.text import Language, Text, WordedEnum

_SURE: Final = 0.53
_PROBABLE: Final = 0.18

_NEAREST: Final = 3
_MOST_ANSWERS: Final = 3
_BESIDE_BEST: Final = {"sure": 0.2, "probable": 0.1}
"""A further answer is shown when its odds are at least this share of the best's."""

_MOST_TOPICS: Final = 8
_CHIEF: Final = 2
_TWO: Final = 2
_TOPIC_SHARE: Final = 0.2
"""A topic goes before a fact it chiefly rests on, at this share of its odds."""

_OF_MISFIT: Final = 0.2
"""What is left of the odds of an entry about another licence or province."""
_NAMED: Final = 0.75
"""How much a question with its names counts beside the same without them.

With half and half, topics about a licence were sure in .80 of the questions of the
development set, with this in .94, and right of those in .965 instead of .959.
"""

_SENTENCE: Final = re.compile(r"[。！？!?；;\n]|(?<=[^0-9])[,，.](?=\D|$)")
_LONG: Final = 14
"""A question of more words is asked sentence by sentence too."""
_COMPARES: Final = re.compile(
    r"区别|差别|不同|不一样|分别是|有何异同|\b(?:differ|differences?|versus|vs)\b",
    re.IGNORECASE,
)
"""What asks how two licences differ."""
_OF_SENTENCE: Final = 0.9
_FEW: Final = 2
"""A sentence of fewer words of its own asks nothing."""


class Tier(WordedEnum):
    """How surely an answer is the one asked for."""

    SURE = "sure", Text("答复", "Answer")
    PROBABLE = (
        "probable",
        Text("您问的可能是这个", "You probably mean this"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An entry that may answer, and how likely it is the one asked for."""

    entry: Answerable
    odds: float
    fits: bool = True  # is not about another licence or province


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideAnswer:
    """An entry that answers, its numbers filled in.

    `short` says what it comes to for the licence and province that were named;
    `asked` is the part of the question that it answers, where that asks for several
    things; `premise` what a statement that waits for a nod has to be held against;
    `unfound` is what was looked for in vain;
    `score` is the chance that this entry is what was asked, `odds` that the best is or
    says the same law.
    """

    kind: AnswerKind
    id: str
    title: Text
    aliases: tuple[Text, ...]
    tier: Tier
    asked: str | None
    premise: Text | None
    short: Text | None
    answer: Text
    differs: Text | None
    law: tuple[str, ...]
    citations: tuple[Citation, ...]
    certainty: Certainty
    unfound: Text | None
    score: float
    odds: float

    @property
    def whole(self) -> Text:
        """The answer, and before it what it comes to for whom it was asked."""
        if self.short is None:
            return self.answer
        return Text(self.short.zh + self.answer.zh, f"{self.short.en} {self.answer.en}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideReply:
    """What is known on a question: answers, best first, and the nearest topics.

    `place` is what the question names; `ask` whom to ask where nothing is known;
    `elsewhere` whose matter it is where it is none of licensing; `of_case` where the
    asker's own case tells it; `unanswered` which of several questions got no answer.
    """

    on: date
    place: Place
    answers: tuple[GuideAnswer, ...]
    elsewhere: Text | None = None
    of_case: Text | None = None
    unanswered: tuple[str, ...] = ()
    nearest: tuple[tuple[Topic, float], ...]
    ask: Text


class Questions:
    """The entries of a catalogue, ready to be asked; made once, asked often.

    The first question in a language takes a moment: its index is made then.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._words = Words(catalogue)
        self._entries = tuple(list_answerables(catalogue))
        self._named = NamedWords(catalogue)
        self._indexes: dict[Language, Index] = {}

    def ask(self, question: str, *, on: date) -> GuideReply:
        """Answer a question in either language, with the law as of a day."""
        matches, odds = self.weigh(question)
        words = self._words.list_words(question)
        place = self._named.place_of(words)
        tier = _find_tier(odds)
        matches = _move_paper_first(self._catalogue, matches)
        of_case = None
        own = None if odds == 1.0 else find_own_case(question)
        if tier is not None and matches[0].entry.kind is AnswerKind.CASE:
            own = matches[0].entry.id
        if own is not None:
            of_case, tier = say_of_case(own), None
        matches = [m for m in matches if m.entry.kind is not AnswerKind.CASE]
        chosen = [] if tier is None else list(_choose_matches(matches, tier))
        several: Sequence[tuple[str, Match | None]] = ()
        if compared := self._find_compared(question, matches):
            tier, chosen = Tier.PROBABLE, list(compared)
        if not (compared or odds == 1.0):
            several = self._find_several(question, words)
        several = _order_first(self._catalogue, several, chosen if tier else ())
        answers: list[GuideAnswer] = []
        if several:
            of_case = None
            answers += [
                self._make_answer(
                    match,
                    _find_tier(match.odds) or Tier.PROBABLE,
                    place,
                    on,
                    match.odds,
                    part,
                )
                for part, match in several
                if match is not None
            ]
        for match in () if several else chosen:
            given_tier = tier if tier and not answers else Tier.PROBABLE
            answer = self._make_answer(match, given_tier, place, on, odds)
            if not answers and waits_for_a_nod(question):
                premise = say_premise(
                    self._catalogue, match.entry, place, question, on=on
                )
                answer = replace(
                    answer,
                    premise=premise.text,
                    tier=Tier.SURE if premise.settled else answer.tier,
                )
            answers.append(answer)
        unanswered = tuple(part for part, match in several if match is None)
        sure = any(answer.tier is Tier.SURE for answer in answers) and not unanswered
        answered = {answer.id for answer in answers}
        topics = self._catalogue.topics
        ranked = [
            (topics[match.entry.id], round(match.odds, 3))
            for match in matches
            if match.entry.kind is AnswerKind.TOPIC and match.entry.id not in answered
        ]
        answered |= {topic.id for topic, _ in ranked}
        other_topics = [
            (topic, 0.0) for name, topic in topics.items() if name not in answered
        ]
        return GuideReply(
            on=on,
            place=place,
            answers=tuple(answers),
            elsewhere=None if of_case else self._find_authority(words, sure=sure),
            of_case=of_case,
            unanswered=unanswered,
            nearest=tuple((ranked + other_topics)[:_NEAREST]),
            ask=_say_whom_to_ask(self._catalogue, place),
        )

    def _find_authority(self, words: Sequence[Word], *, sure: bool) -> Text | None:
        """Find whose matter is asked for, where the catalogue knows; a country last.

        Beside a sure answer only the permit of another authority is told of.
        """
        groups = self._catalogue.synonyms
        ours = names_ours(words)
        for word in sorted(words, key=lambda word: is_of_another_country([word])):
            group = groups.get(word.text.removeprefix("_")) if word.is_grouped else None
            if group is None or group.handled_by is None:
                continue
            if sure and (ours or word.names is not Names.PERMIT):
                continue
            handled_by = group.handled_by
            if ours:
                return Text(f"其中{handled_by.zh}。", f"Of this, {handled_by.en}.")
            return Text(
                f"这不是电信业务许可的事：{handled_by.zh}。",
                f"This is no matter of telecommunications licensing: {handled_by.en}.",
            )
        return None

    def _find_several(
        self, question: str, words: Sequence[Word]
    ) -> Sequence[tuple[str, Match | None]]:
        """Find what surely answers each of several questions in one, if it is several.

        A part takes over the names of the whole. Where none is surely answered or
        names a licence, or one entry answers two, it is one question.
        """
        names = [w for w in words if w.names in {Names.LICENCE, Names.REGION}]
        found: list[tuple[str, Match | None]] = []
        is_clear = False
        index = self._get_index(detect_language(question))
        for part in split_questions(question):
            part_words = self._words.list_words(part)
            own = [w for w in part_words if w not in names]
            if not own:
                return ()
            matches = sorted(
                _weigh_found(index, part, [*names, *own]), key=lambda m: -m.odds
            )
            odds = _add_up(self._catalogue, matches)
            if odds < _PROBABLE:
                found.append((part, None))
                continue
            best = replace(_move_topic_first(matches)[0], odds=odds)
            if best.entry.kind is AnswerKind.CASE or any(
                other is not None and other.entry is best.entry for _, other in found
            ):
                return ()
            found.append((part, best))
            is_clear |= odds >= _SURE or any(
                w.names is Names.LICENCE for w in part_words
            )
        return found if is_clear else ()

    def weigh(self, question: str) -> tuple[Sequence[Match], float]:
        """Rank the entries for a question, with the chance that the first is right."""
        index = self._get_index(detect_language(question))
        words = self._words.list_words(question)
        matches = self._match_entries(index, question, words)
        odds = _add_up(self._catalogue, matches)
        listed = self.find_listed(question)
        if listed is None:
            return _move_topic_first(matches), odds
        exact = Match(entry=listed, odds=1.0)
        return [exact, *(m for m in matches if m.entry is not listed)], 1.0

    def _find_compared(
        self, question: str, matches: Sequence[Match]
    ) -> Sequence[Match]:
        """Find the licences whose difference is asked for, where no entry tells it."""
        codes = self._named.find_licences(self._words.list_words(question))
        if len(codes) != _TWO or not _COMPARES.search(question):
            return ()
        if matches and codes <= self._name_licences(matches[0].entry):
            return ()
        odds = {match.entry.id: match.odds for match in matches}
        return [
            Match(entry=entry, odds=odds.get(entry.id, 0.0))
            for entry in self._entries
            if entry.kind is AnswerKind.LICENCE and entry.id in codes
        ]

    def _name_licences(self, entry: Answerable) -> set[str]:
        """Name the licences that an entry is about, or that its questions name."""
        texts = (entry.title, *entry.aliases, *entry.asks)
        return set(entry.licences).union(
            *(
                self._named.find_licences(self._words.list_words(text.zh))
                for text in texts
            )
        )

    def find_listed(self, question: str) -> Answerable | None:
        """Find the entry that lists a question word for word."""
        return self._get_index(detect_language(question)).find_exact(question)

    def _match_entries(
        self, index: Index, question: str, words: Sequence[Word]
    ) -> Sequence[Match]:
        """Match what may answer with its odds, best first."""
        best = {
            match.entry.id: match
            for match in self._weigh_with_and_without_names(index, question, words)
        }
        if len(words) > _LONG:
            names = [word for word in words if word.names is not None]
            sentences = list(filter(None, _SENTENCE.split(question)))
            pairs = [f"{sentence}，{two}" for sentence, two in pairwise(sentences)]
            parts = [*sentences, *pairs]
            for sentence in list(filter(has_question, parts)) or parts:
                own = [
                    word
                    for word in self._words.list_words(sentence)
                    if word.names is None
                ]
                if len(own) < _FEW:
                    continue
                for match in _weigh_found(index, sentence, [*names, *own]):
                    odds = match.odds * _OF_SENTENCE
                    match_before = best.get(match.entry.id)
                    if match_before is None or match_before.odds < odds:
                        best[match.entry.id] = replace(match, odds=odds)
        whole = max(1.0, sum(match.odds for match in best.values()))
        matches = [replace(match, odds=match.odds / whole) for match in best.values()]
        return sorted(matches, key=lambda match: -match.odds)

    def _weigh_with_and_without_names(
        self, index: Index, question: str, words: Sequence[Word]
    ) -> Iterable[Match]:
        """Weigh a question that names a province or a licence without the names too.

        What is so everywhere says nothing of them, yet may be all that is asked.
        """
        matches = list(_weigh_found(index, question, words))
        if not any(word.names in {Names.LICENCE, Names.REGION} for word in words):
            return matches
        plain = self._words.strip_names(question)
        matches_by_id = {match.entry.id: match for match in matches}
        plainly: dict[str, float] = {}
        misfits = {match.entry.id for match in matches if not match.fits}
        for match in _weigh_found(index, plain, self._words.list_words(plain), misfits):
            match_before = matches_by_id.get(match.entry.id, replace(match, odds=0.0))
            plainly[match.entry.id] = match.odds
            matches_by_id[match.entry.id] = match_before
        return [
            replace(
                match,
                odds=(
                    _NAMED * match.odds
                    + (1 - _NAMED) * plainly.get(match.entry.id, 0.0)
                )
                * (1 if match.fits else _OF_MISFIT),
            )
            for match in matches_by_id.values()
        ]

    def _get_index(self, language: Language) -> Index:
        if language not in self._indexes:
            self._indexes[language] = Index(
                self._entries, self._words, self._named, language
            )
        return self._indexes[language]

    def _make_answer(
        self,
        match: Match,
        tier: Tier,
        place: Place,
        on: date,
        odds: float,
        asked: str | None = None,
    ) -> GuideAnswer:
        entry = match.entry
        statement = say_answer(self._catalogue, entry, on=on, place=place)
        short = say_place(self._catalogue, entry, place, on=on)
        return GuideAnswer(
            kind=entry.kind,
            id=entry.id,
            title=entry.title,
            aliases=entry.aliases,
            tier=tier,
            asked=asked,
            premise=None,
            short=None if short is None else short.text,
            answer=statement.answer,
            differs=statement.differs,
            law=entry.law,
            citations=tuple(
                dict.fromkeys(
                    (*(short.citations if short else ()), *statement.citations)
                )
            ),
            certainty=statement.certainty,
            unfound=statement.unfound,
            score=round(match.odds, 3),
            odds=round(odds, 3),
        )


def _order_first(
    catalogue: Catalogue,
    several: Sequence[tuple[str, Match | None]],
    chosen: Sequence[Match],
) -> Sequence[tuple[str, Match | None]]:
    """Put first the part that the whole is chiefly answered by; none without it."""
    if not chosen:
        return several
    same = [
        part
        for part in several
        if part[1] is not None
        and say_the_same(catalogue, part[1].entry, chosen[0].entry)
    ]
    return [*same, *(part for part in several if part not in same)] if same else ()


def _find_tier(odds: float) -> Tier | None:
    if odds >= _SURE:
        return Tier.SURE
    return Tier.PROBABLE if odds >= _PROBABLE else None


def _weigh_found(
    index: Index,
    question: str,
    words: Sequence[Word],
    without: Set[str] = frozenset(),
) -> Iterator[Match]:
    findings = index.find(question, words)
    candidates = [
        candidate
        for candidate in findings.candidates
        if candidate.entry.id not in without
    ]
    odds = share_odds(
        [candidate.measures for candidate in candidates], findings.measures
    )
    for candidate, share in zip(candidates, odds, strict=True):
        yield Match(entry=candidate.entry, odds=share, fits=candidate.fits)


def _add_up(catalogue: Catalogue, matches: Sequence[Match]) -> float:
    """The chance that the best is right: its own, and of all that says the same."""
    if not matches:
        return 0.0
    best = matches[0].entry
    return sum(m.odds for m in matches if say_the_same(catalogue, best, m.entry))


def say_the_same(catalogue: Catalogue, one: Answerable, other: Answerable) -> bool:
    """Tell whether two answers come down to the same.

    So do those with a chief law, a number or a paper in common, and a criterion or a
    number with what cites the same article.
    """
    if _list_said(catalogue, one) & _list_said(catalogue, other):
        return True
    if {one.kind, other.kind}.isdisjoint({AnswerKind.CRITERION, AnswerKind.PARAMETER}):
        return False
    return bool(list_articles(catalogue, one) & list_articles(catalogue, other))


def _list_said(catalogue: Catalogue, entry: Answerable) -> Set[str]:
    return {entry.id, *entry.law[:_CHIEF], *list_subjects(catalogue, entry)}


def _move_topic_first(matches: Sequence[Match]) -> Sequence[Match]:
    """Let a topic that rests on the best fact, and is nearly as likely, go first."""
    if not matches or matches[0].entry.kind is not AnswerKind.LAW:
        return matches
    best = matches[0]
    for at, match in enumerate(matches[1:_MOST_TOPICS], start=1):
        if (
            match.entry.kind is AnswerKind.TOPIC
            and match.fits
            and best.entry.id in match.entry.law[:_CHIEF]
            and match.odds >= best.odds * _TOPIC_SHARE
        ):
            return [match, *matches[:at], *matches[at + 1 :]]
    return matches


def _move_paper_first(
    catalogue: Catalogue, matches: Sequence[Match]
) -> Sequence[Match]:
    """Answer with a paper once: the criterion that asks for it says the same.

    The paper takes the place of the better of the two.
    """
    papers = {m.entry.id: m for m in matches if m.entry.kind is AnswerKind.MATERIAL}
    moved: list[Match] = []
    names_shown: set[str] = set()
    for match in matches:
        name = match.entry.id
        if match.entry.kind is AnswerKind.CRITERION:
            name = find_paper(catalogue, match.entry.id) or name
        if name in names_shown:
            continue
        names_shown.add(name)
        paper = papers.get(name)
        moved.append(match if paper is None else replace(paper, odds=match.odds))
    return moved


def _choose_matches(matches: Sequence[Match], tier: Tier) -> Iterator[Match]:
    """The best, and what is nearly as likely, unless it says the same law again."""
    best = matches[0]
    yield best
    law_said = set(best.entry.law)
    count = 1
    for match in matches[1:]:
        if count == _MOST_ANSWERS or match.odds < best.odds * _BESIDE_BEST[tier.value]:
            return
        if match.fits and (not match.entry.law or not set(match.entry.law) <= law_said):
            law_said |= set(match.entry.law)
            count += 1
            yield match


def _say_whom_to_ask(catalogue: Catalogue, place: Place) -> Text:
    if place.region is not None:
        authority = catalogue.regions[place.region].authority
        return Text(
            f"可以问{authority.zh}；跨地区经营的问工业和信息化部。",
            f"Ask the {authority.en}; for cross-provincial business, the Ministry of "
            "Industry and Information Technology.",
        )
    return Text(
        "可以问所在省（自治区、直辖市）通信管理局；跨地区经营的问工业和信息化部。",
        "Ask the communications administration of the province; for cross-provincial "
        "business, the Ministry of Industry and Information Technology.",
    )
