"""How a typed yes or no, a category or a set is looked for: phrases and opposites."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from changqing.case.comparison import Comparison
from changqing.case.page import squeeze
from changqing.evidence.denials import (
    NOT,
    is_denied_twice,
    is_negated,
    is_taken_back,
)
from changqing.evidence.paper_text import EMPTY_FIELD, LinePart, split_sentences
from changqing.law.kinds.material import FoundBy
from changqing.papers.compare.beside import find_after_label, is_label
from changqing.papers.compare.outcome import (
    SAYS_BOTH,
    ValueHit,
    describe_missing,
    make_denial,
    make_gap,
    make_hit,
    make_read,
)
from changqing.papers.compare.sought import SoughtValue
from changqing.papers.compare.spelling import (
    COMPANY,
    MAX_WORDS,
    compile_phrases,
    find_window,
    is_like,
    join_quotes,
    spell_canonically,
)
from changqing.rules.types import Kind, Value

_YES: Final = re.compile(r"(?:是|有|已|√|✓|☑|对|yes|true)")
_NO: Final = re.compile(r"(?:否|无|没有|未|×|✗|不|非|no|false)")
BY_NAME: Final = frozenset({FoundBy.APPLICANT, FoundBy.RELATION})
"""How a fact is found of which the applicant's name at a label decides."""


def compare_phrases(target: SoughtValue, lines: Sequence[int]) -> Comparison:
    """Hold a typed yes or no, or a category, against what the lines say of it."""
    hits = [*_find_at_label(target, lines), *_find_by_applicant(target, lines)]
    hits = hits or list(_find_present(target, lines))
    hits = hits or list(_find_words(target, lines))
    value_hits = [hit for hit in hits if target.is_at_place(hit.at)] or hits
    yes = [hit for hit in value_hits if hit.value == target.value]
    no = [hit for hit in value_hits if hit.value != target.value and hit.sure]
    if yes and no:
        return make_gap(target, SAYS_BOTH)
    if no:
        return make_denial(target, no[0])
    return make_read(target, yes[0]) if yes else make_gap(target, None)


def compare_members(target: SoughtValue, lines: Sequence[int]) -> Comparison:
    """Hold a typed set against the lines: it is read when each of its members is."""
    phrases = list_phrases(target)
    members = target.value if isinstance(target.value, frozenset) else frozenset()
    quotes: dict[int, str] = {}
    for member in sorted(members):
        spellings = phrases.get(member, (squeeze(member),))
        place = _find_member(target, lines, spellings)
        if place is None:
            label = target.fact.value_labels.get(member)
            name = member if label is None else label.zh
            return make_gap(target, describe_missing(name))
        quotes[place] = target.text.lines[place].words
    if not quotes:
        return make_gap(target, None)
    words = join_quotes(quotes[at] for at in sorted(quotes))
    return make_read(target, ValueHit(value=members, at=min(quotes), words=words))


def _find_member(
    target: SoughtValue, lines: Sequence[int], spellings: Sequence[str]
) -> int | None:
    pattern = compile_phrases(tuple(sorted(spellings, key=len, reverse=True)))
    for at in target.sort_by_place(lines):
        bare = target.text.lines[at].bare
        if any(
            not is_negated(bare, match.start(), match[0])
            and not is_taken_back(bare, *match.span())
            for match in pattern.finditer(bare)
        ):
            return at
    return None


def list_phrases(target: SoughtValue) -> Mapping[Value, tuple[str, ...]]:
    """List the words that say each value of the fact, folded."""
    fact = target.fact
    phrases: dict[Value, tuple[str, ...]] = {}
    if target.rule is not None:
        for name, words in target.rule.words.items():
            value: Value = name
            if fact.type.kind is Kind.BOOLEAN:
                value = str(name).lower() == "true"
            phrases[value] = tuple(map(squeeze, words))
    for name, label in fact.value_labels.items():
        bare = squeeze(label.zh)
        if len(bare) > 1:
            phrases[name] = (*phrases.get(name, ()), bare)
    return phrases


_BOUND: Final = re.compile(r"不(?:低于|少于|小于|高于|超过|多于|大于|晚于|迟于|早于)")
"""A “not” that begins a limit, as in 不低于99.5%, and denies nothing."""
_MARKS: Final = re.compile(r"[:,，、。;；()（）\[\]【】]")


def list_words_alone(parts: Iterable[LinePart]) -> frozenset[str]:
    """List the words that stand alone in a cell, or after its label (参保：否)."""
    return frozenset(word for part in parts for word in _MARKS.split(part.bare))


def _says_something(word: str, alone: Collection[str]) -> bool:
    """Whether a word may be a value: one sign (v, -, 否) is none within other words."""
    return len(word) > 1 or word in alone


def find_other_value(
    target: SoughtValue, quote: str, around: str, alone: Collection[str] = ()
) -> Value | None:
    """Find another value that the sentence around a quotation says, if it says one.

    `alone` are the words that stand alone there, see `list_words_alone`.
    """
    sentence = next(
        (sentence for sentence in split_sentences(around) if quote in sentence), around
    )
    typed = target.value
    at = sentence.find(quote)
    if typed is True:
        label = re.escape(squeeze(target.fact.label.zh))
        denied = re.search(rf"(?:{'|'.join(NOT)}){label}", sentence)
        not_first = (
            quote.startswith(NOT)
            and _BOUND.match(quote) is None
            and not _begins_as_shown(target, quote)
        )
        if not_first or denied is not None:
            return False
    if isinstance(typed, bool) and at >= 0 and is_negated(sentence, at, quote):
        return not typed
    phrases = list_phrases(target)
    mine = phrases.get(typed, ()) if isinstance(typed, bool | str) else ()
    by_word = {
        word: value
        for value, words in phrases.items()
        for word in words
        if _says_something(word, alone)
    }
    if not by_word or isinstance(typed, frozenset):
        return None
    first_places: dict[Value, int] = {}
    longest = sorted(by_word, key=len, reverse=True)
    for match in compile_phrases(tuple(longest)).finditer(sentence):
        word = next(w for w in longest if compile_phrases((w,)).fullmatch(match[0]))
        value: Value = by_word[word]
        if isinstance(value, bool) and is_negated(sentence, match.start(), word):
            if is_denied_twice(sentence, *match.span()):
                continue
            value = not value
        elif is_taken_back(sentence, *match.span()):
            continue
        first_places.setdefault(value, match.start())
    if typed in first_places or (mine and any(word in quote for word in mine)):
        return None if typed in first_places else next(iter(first_places), None)
    return next(iter(first_places), None)


def _begins_as_shown(target: SoughtValue, quote: str) -> bool:
    """Whether a quotation begins as this kind of paper shows the element: 没有其他层级.

    There the “not” says no no: 无固定期限 is a term, 未发现高危漏洞 a good result.
    """
    if target.element is None:
        return False
    match = compile_phrases(tuple(map(squeeze, target.element.words))).search(quote)
    return match is not None and match.start() == 0


def _find_at_label(target: SoughtValue, lines: Sequence[int]) -> Iterator[ValueHit]:
    """是否专职：是, or a value's own name beside the label of the fact."""
    label = squeeze(target.fact.label.zh)
    for at, words, sure in target.list_texts(lines):
        line = target.text.lines[at]
        answers = [
            part.bare for part in line.parts if part.head in (label, f"是否{label}")
        ]
        match = re.search(rf"{re.escape(label)}[:](.{{1,40}})", words)
        if match is not None:
            answers.append(match[1])
        for text in answers:
            value = _parse_value(target, text)
            if value is not None:
                quote = line.words[:MAX_WORDS]
                yield ValueHit(value=value, at=at, words=quote, sure=sure)


def _parse_value(target: SoughtValue, words: str) -> Value | None:
    if target.fact.type.kind is Kind.BOOLEAN:
        if _NO.match(words):
            return False
        return True if _YES.match(words) else None
    for name, label in target.fact.value_labels.items():
        if words.startswith(squeeze(label.zh)):
            return name
    return None


def _find_by_applicant(target: SoughtValue, lines: Sequence[int]) -> Iterator[ValueHit]:
    """Find whether the name beside a label is the applicant's."""
    rule = target.rule
    if rule is None or rule.by not in BY_NAME:
        return
    mine = squeeze(spell_canonically("company_name", target.names.applicant))
    labels = [squeeze(label) for label in (*rule.labels, *rule.columns)]
    inside = set(lines)
    for at in lines:
        line = target.text.lines[at]
        for place, part in enumerate(line.parts):
            texts = [part.bare] if part.head in labels else []
            if is_label(part.bare, labels):
                follows = find_after_label(target.text, at, place, inside)
                texts += [words for words, _, _ in follows]
            texts += [
                window for label in labels if (window := find_window(part.bare, label))
            ]
            for words in texts:
                is_mine = mine in squeeze(spell_canonically("company_name", words))
                other = COMPANY.search(words)
                if not is_mine and (other is None or is_like(other[0], mine)):
                    continue
                value: Value = is_mine
                if rule.by is FoundBy.RELATION:
                    if not is_mine:
                        continue
                    value = "applicant"
                quote = line.words[:MAX_WORDS]
                yield ValueHit(value=value, at=at, words=quote, sure=part.is_sure)


def _find_words(target: SoughtValue, lines: Sequence[int]) -> Iterator[ValueHit]:
    """Find the words of values; negated they say the contrary, or nothing."""
    phrases = list_phrases(target)
    by_word = {word: value for value, words in phrases.items() for word in words}
    if not by_word:
        return
    # That a paper has the name of another value somewhere denies nothing.
    rule_words = (
        () if target.rule is None else chain.from_iterable(target.rule.words.values())
    )
    denying = set(map(squeeze, rule_words))
    longest = sorted(by_word, key=len, reverse=True)
    pattern = compile_phrases(tuple(longest))
    for at, words, sure in target.list_texts(lines):
        if target.is_title(at):
            continue
        alone = list_words_alone(target.text.lines[at].parts)
        for match in pattern.finditer(words):
            word = next(w for w in longest if compile_phrases((w,)).fullmatch(match[0]))
            if not _says_something(word, alone):
                continue
            value: Value | None = by_word[word]
            if is_negated(words, match.start(), word):
                unsaid = target.is_untold(words, *match.span()) or is_denied_twice(
                    words, *match.span()
                )
                value = None if unsaid or not isinstance(value, bool) else not value
            elif (
                target.is_untold(words, *match.span())
                or is_taken_back(words, *match.span())
                or _is_unfilled(words, match)
            ):
                value = None
            if value is not None:
                yield ValueHit(
                    value=value,
                    at=at,
                    words=target.text.lines[at].words[:MAX_WORDS],
                    sure=sure and word in denying,
                )


def _is_unfilled(words: str, match: re.Match[str]) -> bool:
    """Whether a phrase stands in a label beside which there is nothing: ICP备案号:."""
    return words.endswith(":") and ":" not in words[match.end() : -1]


def _find_present(target: SoughtValue, lines: Sequence[int]) -> Iterator[ValueHit]:
    """Find that something is there, for a fact that says whether it is.

    Somebody is in a list whose name stands there, unless the row says otherwise.
    """
    rule = target.rule
    if rule is None or rule.by is not FoundBy.PRESENT:
        return
    if target.is_of_member:
        no = {squeeze(word) for word in rule.words.get("false", ())}
        for at in target.text.name_lines(target.name):
            line = target.text.lines[at]
            words = {part.bare for part in line.parts}
            words |= set(re.split(r"[,，。；;、:]", line.bare))
            yield make_hit(target, at, value=not words & no)
        return
    for label in rule.labels:
        for at in lines:
            for part in target.text.lines[at].parts:
                window = find_window(part.bare, squeeze(label))
                if window and window not in EMPTY_FIELD:
                    yield make_hit(target, at, value=True)
