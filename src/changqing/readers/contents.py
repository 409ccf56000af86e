"""Which kind of paper is it, by what it says: for one whose title nobody listed.

The catalogue lists what papers of each kind state: labels and heads of columns, the
headings and words of what they are checked for. A paper that has them of many different
things one kind states is of that kind, whatever its author called it. A title that is
like one of the kind's speaks for it besides: 演练情况 for a record of a drill.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from changqing.latest import Latest
from changqing.law.kinds.material import Material
from changqing.readers.layout import PageLayout, squeeze

_LEAST: Final = 3.0
"""The least that a paper has to say of a kind, in things that no other kind states."""
_CLEARLY: Final = 1.2  # times as much as of the next kind
_GRAM: Final = 4  # letters: what is shorter stands in any sentence
_OF_A_SENTENCE: Final = 0.9  # of what the same words say as a label or a heading
_GAP: Final = re.compile("…+")
_PAIR: Final = 0.5  # what two letters of a title say that no other kind's has
_MOST_OF_A_TITLE: Final = 2.0
_TITLE_ROWS: Final = 5  # rows from the top among which a title may stand
_SHORTEST: Final = 3  # letters
_LONGEST: Final = 24
_NO_TITLE: Final = re.compile("[。；;，,：:]")
_AFTER_LABEL: Final = re.compile("[:：(（]")
_NUMBER: Final = re.compile(r"^[0-9一二三四五六七八九十、.．()（）第章条节]+")

_OF_ANOTHER_FORM: Final = re.compile(
    "(?:(?:招标|采购|询价|磋商|谈判|中标|成交|竞标|竞价|比选|招租)"
    "(?:(?!合同|协议|订单)[一-龥]){0,4}(?:公告|公示|文件|通知书?|邀请书?)"
    "|招聘(?:启事|公告|简章)"
    "|(?:^|收款|[房租]租|租金|押金|保证金|服务费)收据|(?:电子|专用|普通|通用)发票(?:\\(.{2,9}\\))?"
    "|询价[函单]|报价[函单]|邀请函|投标书|新闻稿|征文启事)$"
)
"""How a title ends of what no kind is: an offer asked for, news, what was paid."""
_ON_AN_INVOICE: Final = ("发票号码", "开票日期")
"""What every invoice bears; no other paper bears both."""


@dataclass(frozen=True, slots=True)
class _Thing:
    """One thing that papers of a kind state: its labels and heads, and how it reads."""

    heads: frozenset[str]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    things: Mapping[str, Sequence[_Thing]]
    against: Mapping[str, Sequence[str]]
    rarity: Mapping[str, float]
    pairs: Mapping[str, frozenset[str]]
    """Two letters after each other in the titles of a kind."""
    rarity_of_pairs: Mapping[str, float]


_kept: Latest[int, tuple[Mapping[str, Material], _Vocabulary]] = Latest(most=2)
"""By the identity of the materials, which are held as long."""


def rank_by_content(
    pages: Sequence[PageLayout], materials: Mapping[str, Material]
) -> list[tuple[str, float]]:
    """Rank the kinds by how many things that each states stand on these pages.

    The likeliest first, with its worth: in things that no other kind states. None where
    too little is said, or nearly as much for another kind.
    """
    vocabulary = _find_vocabulary(materials)
    text = "".join(page.text for page in pages)
    grams = {text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)}
    heads = _list_heads(pages)
    titles = list(_list_titles(pages))
    ranked = sorted(
        (
            (
                kind,
                _weigh(things, heads, text, grams, vocabulary.rarity)
                + _weigh_titles(titles, kind, vocabulary)
                - sum(word in text for word in vocabulary.against[kind]),
            )
            for kind, things in vocabulary.things.items()
        ),
        key=lambda kind_and_worth: -kind_and_worth[1],
    )[:2]
    if len(ranked) < 2 or ranked[0][1] < max(_LEAST, _CLEARLY * ranked[1][1]):
        return []
    return ranked if ranked[1][1] > 0 else ranked[:1]


def is_of_another_form(pages: Sequence[PageLayout]) -> bool:
    """Tell whether a title is of a form that no kind of paper has: 招标公告.

    So is an invoice, whatever stands on it of the contract that it bills.
    """
    return any(map(is_invoice, pages[:1])) or any(
        map(_OF_ANOTHER_FORM.search, _list_title_lines(pages))
    )


def is_invoice(page: PageLayout) -> bool:
    """Tell an invoice by its number and the day on which it was issued."""
    return all(label in page.text for label in _ON_AN_INVOICE)


def _weigh(
    things: Sequence[_Thing],
    heads: frozenset[str],
    text: str,
    grams: set[str],
    rarity: Mapping[str, float],
) -> float:
    """Weigh what of a kind is stated; the same words speak for one thing alone."""
    worth, spoken = 0.0, set[str]()
    for thing in things:
        best, spoken_word = 0.0, ""
        for head in thing.heads & heads:
            if head not in spoken and rarity[head] > best:
                best, spoken_word = rarity[head], head
        for word in thing.words:
            value = _OF_A_SENTENCE * rarity[word]
            if (
                value > best
                and (len(word) < _GRAM or word[:_GRAM] in grams)  # quickly told
                and word not in spoken
                and word in text
            ):
                best, spoken_word = value, word
        if spoken_word:
            spoken.add(spoken_word)
            worth += best
    return worth


def _weigh_titles(
    titles: Sequence[frozenset[str]], kind: str, vocabulary: _Vocabulary
) -> float:
    """Weigh how like the titles of a kind is what stands where a title does."""
    known = vocabulary.pairs[kind]
    likest = max(
        (sum(vocabulary.rarity_of_pairs[pair] for pair in title & known))
        for title in (*titles, frozenset[str]())
    )
    return min(_MOST_OF_A_TITLE, _PAIR * likest)


def _list_titles(pages: Sequence[PageLayout]) -> Iterator[frozenset[str]]:
    """List what may be the title, each as the pairs of letters in it."""
    return map(_pair_letters, _list_title_lines(pages))


def _list_title_lines(pages: Sequence[PageLayout]) -> Iterator[str]:
    for page in pages[:1]:
        for row in page.rows[:_TITLE_ROWS]:
            line = squeeze(page.join_row(row))
            if _SHORTEST <= len(line) <= _LONGEST and not _NO_TITLE.search(line):
                yield line


def _pair_letters(words: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(words)))


def _list_heads(pages: Sequence[PageLayout]) -> frozenset[str]:
    """List what may be a label, a head of a column or a heading, without its number."""
    firsts = {
        squeeze(_AFTER_LABEL.split(span.text, maxsplit=1)[0])
        for page in pages
        for span in page.spans
    }
    return frozenset(firsts | {_NUMBER.sub("", first) for first in firsts})


def _find_vocabulary(materials: Mapping[str, Material]) -> _Vocabulary:
    kept = _kept.find(id(materials))
    if kept is None or kept[0] is not materials:
        kept = _kept.keep(id(materials), (materials, _build_vocabulary(materials)))
    return kept[1]


def _build_vocabulary(materials: Mapping[str, Material]) -> _Vocabulary:
    known = {
        kind: material.recognition
        for kind, material in materials.items()
        if material.recognition is not None
    }
    things = {
        kind: (
            *(_make_thing((), [word]) for word in recognition.words),
            *_list_things(materials[kind]),
        )
        for kind, recognition in known.items()
    }
    counts = Counter(
        word
        for listed in things.values()
        for word in {word for thing in listed for word in (*thing.heads, *thing.words)}
    )
    pairs = {
        kind: frozenset(
            pair
            for title in recognition.titles
            for part in _GAP.split(squeeze(title))
            for pair in _pair_letters(part)
        )
        for kind, recognition in known.items()
    }
    return _Vocabulary(
        things=things,
        against={
            kind: [squeeze(word) for word in recognition.against]
            for kind, recognition in known.items()
        },
        rarity=_rate(counts, len(known)),
        pairs=pairs,
        rarity_of_pairs=_rate(
            Counter(pair for listed in pairs.values() for pair in listed), len(known)
        ),
    )


def _rate(counts: Mapping[str, int], kinds: int) -> Mapping[str, float]:
    """Rate how much words tell: nearly 1 those of one kind, nothing those of all."""
    most = math.log(kinds + 1)
    return {
        word: math.log((kinds + 1) / (count + 0.5)) / most
        for word, count in counts.items()
    }


def _list_things(material: Material) -> Iterable[_Thing]:
    for reading in material.reads.values():
        yield _make_thing((*reading.labels, *reading.columns), ())
    for element in material.shows.values():
        heads = (*element.labels, *element.columns, *element.headings)
        longest = {
            part
            for words in element.words
            for part in [max(_GAP.split(squeeze(words)), key=len)]
            if len(part) >= _GRAM
        }
        yield _make_thing(heads, longest)


def _make_thing(heads: Iterable[str], words: Iterable[str]) -> _Thing:
    return _Thing(
        frozenset(map(squeeze, heads)), tuple(sorted({squeeze(word) for word in words}))
    )
