"""Whether a paper states what its kind has to state: the elements, `states_…`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.case.page import squeeze
from changqing.evidence.paper_text import EMPTY_FIELD, strip_number
from changqing.law.kinds.material import FoundBy, PaperElement
from changqing.papers.compare.beside import has_value_beside
from changqing.papers.compare.marks import find_seals
from changqing.papers.compare.outcome import make_denial, make_gap, make_hit, make_read
from changqing.papers.compare.phrases import BY_NAME
from changqing.papers.compare.sought import SoughtValue
from changqing.papers.compare.spelling import MAX_WORDS, compile_phrases

_COUNTED: Final = frozenset(
    {FoundBy.FIRST_DAY, FoundBy.LAST_DAY, FoundBy.CLOSING_DAY, FoundBy.MONTHS}
)
"""How a day or a length is found, which is nothing without a number."""
_NUMBER: Final = re.compile(r"[0-9〇一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]")
_ANYTHING: Final = re.compile("")
_PLACE_NUMBER: Final = re.compile(r"第[0-9零〇一二三四五六七八九十百]+[页条章节款项]")


def compare_element(target: SoughtValue) -> Comparison:
    """Hold what a paper was said to state, or not to state, against its text."""
    if target.value is False:
        return _compare_missing(target)
    element, text, place = target.element, target.text, target.place
    own = (
        place is not None
        and _has_own_words(target.said.place)
        and _is_own_heading(target, text.lines[place.start].bare)
    )
    if own and place is not None and text.is_blank_clause(place.start):
        return make_denial(target, make_hit(target, place.start, value=False))
    if element is not None:
        for at in _find_denials(target, element):
            if place is None or at in place:
                return make_denial(target, make_hit(target, at, value=False))
        lines = target.sort_by_place(_find_showings(target, element))
        if lines:
            return make_read(target, make_hit(target, lines[0]))
    # That a place quotes a heading says nothing of what stands under it, unless it is
    # the element's own: then what stands there is the element.
    if own and place is not None:
        return make_read(target, make_hit(target, place.start))
    return make_gap(target, None)


def _has_own_words(place: str) -> bool:
    """Whether a place quotes words of the paper, and not numbers of pages alone."""
    return len(squeeze(_PLACE_NUMBER.sub("", place))) > 1


def _is_own_heading(target: SoughtValue, heading: str) -> bool:
    """Whether a heading names the element: by its label, or as its kind of paper does.

    So does one that is a part of the label: 处理者 of 处理者名称与联系方式.
    """
    bare = strip_number(heading).rstrip(":")
    label = target.fact.label.zh
    if target.material is not None:
        label = target.material.elements[target.fact.id].zh
    if len(bare) > 1 and bare in squeeze(label):
        return True
    names = [label]
    if target.element is not None:
        element = target.element
        names += [*element.headings, *element.labels, *element.columns]
    return any(name in bare for name in map(squeeze, names) if len(name) > 1)


def _compare_missing(target: SoughtValue) -> Comparison:
    """Take a person's word that something is missing, unless the paper shows it."""
    if target.element is not None:
        showing = next(_find_showings(target, target.element), None)
        if showing is not None:
            return make_denial(target, make_hit(target, showing, value=True))
    first = target.text.lines[0]
    return Comparison(
        outcome=ReadOutcome.READ, page=first.page, words=first.words[:MAX_WORDS]
    )


def _find_showings(target: SoughtValue, element: PaperElement) -> Iterator[int]:
    """Find the lines by which the paper shows the element, as its kind does."""
    text = target.text
    words = compile_phrases(tuple(map(squeeze, element.words)))
    unless = compile_phrases(tuple(map(squeeze, element.unless)))
    labels = {squeeze(label) for label in element.labels}
    heads = {squeeze(column) for column in element.columns}
    if element.seals is not None:
        seals, at = find_seals(text)
        if seals >= element.seals:
            yield at
    for key in element.facts:
        # The words of a form stand in a blank one too: there the fact has to be read.
        if not text.has_blanks or key in target.read:
            yield from _find_fact_shown(target, key)
    everything = range(len(text.lines))
    for at, line in enumerate(text.lines):
        if text.is_blank_clause(at):
            continue  # a heading alone promises and says nothing
        if (
            (words.search(line.bare) and not unless.search(line.bare))
            or has_value_beside(text, at, labels, everything)
            or any(
                part.head in heads and part.bare not in EMPTY_FIELD
                for part in line.parts
            )
        ):
            yield at


def _find_fact_shown(target: SoughtValue, key: str) -> Iterator[int]:
    """Find the lines in which a fact stands that shows the element."""
    text = target.text
    subject, _, name = key.partition(".")
    if name == "name":
        for listed, called in target.names.subjects.items():
            if listed.type == subject:
                yield from text.name_lines(called)
        return
    rule = None if target.material is None else target.material.reads.get(key)
    if rule is None:
        return
    if rule.by in BY_NAME:
        yield from text.name_lines(target.names.applicant)
    phrases = (*rule.phrases, *chain.from_iterable(rule.words.values()))
    words = compile_phrases(tuple(map(squeeze, phrases)))
    labels = {squeeze(label) for label in rule.labels}
    heads = {squeeze(column) for column in rule.columns}
    like = _NUMBER if rule.by in _COUNTED else _ANYTHING
    everything = range(len(text.lines))
    for at, line in enumerate(text.lines):
        if (
            (words.search(line.bare) and not line.is_unfilled)
            or has_value_beside(text, at, labels, everything, like=like)
            or any(part.head in heads and like.search(part.bare) for part in line.parts)
        ):
            yield at


def _find_denials(target: SoughtValue, element: PaperElement) -> Iterator[int]:
    denied = compile_phrases(tuple(map(squeeze, element.denied)))
    for at, line in enumerate(target.text.lines):
        if denied.search(line.bare):
            yield at
