"""Whether words that somebody points at say anything where they stand.

A label, a title, an option that nobody ticked and half a sentence stand in a paper as
well as what it says. Of a yes or no, of a category and of a set no program can tell
whether the words mean it, so that at least they have to be a statement.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Final

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.case.page import squeeze
from changqing.evidence.denials import (
    NOT,
    TICKED,
    UNTICKED,
    is_denied,
    is_taken_back,
)
from changqing.evidence.paper_text import strip_number
from changqing.law.kinds.material import FoundBy
from changqing.papers.compare.outcome import SAYS_BOTH, make_gap
from changqing.papers.compare.phrases import BY_NAME, list_phrases
from changqing.papers.compare.sought import SoughtValue
from changqing.papers.compare.spelling import spell_canonically
from changqing.rules.types import Kind
from changqing.text import Text

if TYPE_CHECKING:
    from changqing.readers.proposal import PaperPages

_LABEL_ALONE: Final = Text(
    zh="所引的只是栏目名、标题或一个选项，请连同它写的内容一起引",
    en="the words quoted are a label, a title or an option alone; quote what it says",
)
_NOT_TICKED: Final = Text(
    zh="所引的选项没有勾选", en="the option that was quoted is not ticked"
)
_DENIED: Final = Text(
    zh="同一句话里有否定或条件，请引整句",
    en="the same sentence denies it or makes it a condition; quote all of it",
)
_ANOTHER_FIELD: Final = Text(
    zh="所引的内容写的不是这一项", en="the words quoted are about something else"
)
_LEAST_LETTERS: Final = 2
_LONGEST: Final = 300  # letters of a quotation that are looked for
_ASKS: Final = re.compile("是否|有无|能否|可否")
_ANSWER: Final = re.compile(
    r"(?:是否|有无|能否|可否)[^,。;:\t\n]{0,20}[:?\t]+\s*(?P<said>[^,。;\t\n]{1,12})"
)
_NO: Final = re.compile(r"否|无|没|未|不|非|×|✗|x")
_YES: Final = re.compile(r"是|有|已|√|✓|✔|对|属")
_EITHER: Final = re.compile(r"[是有][/、\\|\s]*[否无](?![一-龥])")
_BOX: Final = re.compile(r"[(\[]\s{0,3}([√✓✔xv]?)\s{0,3}[)\]]", re.IGNORECASE)
_HAN_YEAR: Final = re.compile(
    r"[一二三四五六七八九零〇○]{4}年|[一二三四五六七八九十百千万零〇]○+"
)


def may_be_unsaid(target: SoughtValue) -> bool:
    """Tell whether to ask if the words that were pointed at are a statement at all."""
    kinds = (Kind.BOOLEAN, Kind.CATEGORY, Kind.SET)
    return bool(target.said.words) and target.fact.type.kind in kinds


def refuse_unsaid(
    target: SoughtValue, comparison: Comparison, paper: PaperPages
) -> Comparison:
    """Turn into a gap what was read from quoted words that say nothing by themselves.

    So too where they stand several times, and one of the places takes them back.
    """
    if comparison.outcome is not ReadOutcome.READ:
        return comparison
    words = target.said.words or ""
    text = paper.flow.text
    places = list(_find_places(text, words))
    if not places:  # words that run over two columns
        text = "\n".join(line.bare for line in target.text.lines)
        places = list(_find_places(text, words))
    reasons = [_find_reason(target, text, paper, place) for place in places]
    against = [why for why in reasons if why is not None and why != _LABEL_ALONE]
    if against:
        return make_gap(target, against[0])
    return (
        comparison if None in reasons or not places else make_gap(target, _LABEL_ALONE)
    )


def _find_places(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Find where quoted words stand in the running text, however it is spaced."""
    signs = squeeze(words)[:_LONGEST]
    pattern = r"\s*".join(map(re.escape, signs))
    for match in re.finditer(pattern, text, re.IGNORECASE):
        yield match.span()


def _find_reason(
    target: SoughtValue, text: str, paper: PaperPages, place: tuple[int, int]
) -> Text | None:
    """Why words say nothing where they stand; None where they say something."""
    start, end = place
    begin, stop = _find_clause(text, start, end, "。;\n")
    sentence = text[begin:stop]
    option = _find_option(sentence, start - begin, end - begin)
    if option is not None:
        return option if isinstance(option, Text) else _weigh_option(target, option)
    if _EITHER.search(sentence):
        return _NOT_TICKED
    answers = _list_answers(sentence, start - begin, end - begin)
    question_match = _ASKS.search(text[start:end])
    if question_match is not None and not answers:
        return _LABEL_ALONE
    if answers:
        if end <= begin + answers[-1].start("said"):
            return _LABEL_ALONE
        questions = (_find_question(sentence, answer) for answer in answers)
        if not any(_is_asked_of(target, question) for question in questions):
            return _ANOTHER_FIELD
        weighed = (_weigh_option(target, answer["said"]) for answer in answers)
        return next((why for why in weighed if why is not None), None)
    if _is_label_alone(target, text, paper, place):
        return _LABEL_ALONE
    if not _names_what_is_asked(target, text[start:end], paper):
        return _ANOTHER_FIELD
    if _is_taken_back(target, text, place):
        return _DENIED
    return None


def _list_answers(sentence: str, start: int, end: int) -> list[re.Match[str]]:
    """List the answers that a quotation is of, or that stand behind it in its clause.

    是否兼职:否,是否专职:是 has two, and of 专职人员,是否兼职:否 the first words none.
    """
    return [
        match
        for match in _ANSWER.finditer(sentence)
        if start < match.end() and "," not in sentence[end : match.start()]
    ]


def _find_question(sentence: str, answer: re.Match[str]) -> str:
    """Find what an answer of a form is to, from the beginning of its clause."""
    begin, _ = _find_clause(sentence, answer.start(), answer.start(), ",。;\t\n")
    return sentence[begin : answer.start("said")]


def _weigh_option(target: SoughtValue, option: str) -> Text | None:
    """Hold the answer of a form against what was typed."""
    words = squeeze(option)
    # 非兼职,专职 says yes although it begins with a “not”; 不设专职 does not.
    for phrase in _list_own_words(target):
        at = words.find(phrase)
        if at < 0 or is_taken_back(words, at, at + len(phrase)):
            continue
        begin, _ = _find_clause(words, at, at, ",。;\t\n")
        if begin == at or not _NO.match(words, begin, at):
            return None
    if target.value is True and _NO.match(words):
        return SAYS_BOTH
    if target.value is False and _YES.match(words):
        return SAYS_BOTH
    return None


def _find_clause(text: str, start: int, end: int, stops: str) -> tuple[int, int]:
    begin = max(text.rfind(stop, 0, start) for stop in stops) + 1
    after = [at for stop in stops if (at := text.find(stop, end)) >= 0]
    return begin, min(after, default=len(text))


def _find_option(sentence: str, start: int, end: int) -> Text | str | None:
    """Find what is ticked among the options of a sentence that has empty boxes.

    A text: why the quotation says nothing. None: there are no options.
    """
    if len(_BOX.findall(sentence)) > 1:  # (√)是 ( )否
        sentence = _BOX.sub(
            lambda box: ("☑" if box[1] else "□").ljust(len(box[0])), sentence
        )
    plain = _HAN_YEAR.sub(lambda year: "年" * len(year[0]), sentence)
    boxes = [at for at, sign in enumerate(plain) if sign in UNTICKED + TICKED]
    if not any(plain[at] in UNTICKED for at in boxes):
        return None
    # 是□ 否☑ or □是 ☑否: nothing follows the last box where boxes come after.
    behind = not plain[boxes[-1] + 1 :].strip()
    edges = [0, *(at + 1 for at in boxes)] if behind else [*boxes, len(plain)]
    for number, at in enumerate(boxes):
        if plain[at] not in TICKED:
            continue
        first, last = edges[number], edges[number + 1]
        if first < end and start < last:
            words = plain[first:last].strip(TICKED + UNTICKED + " \t")
            return re.split(r"[:\t ]+", words)[-1] if behind else words
    return _NOT_TICKED


def _is_label_alone(
    target: SoughtValue, text: str, paper: PaperPages, place: tuple[int, int]
) -> bool:
    start, end = place
    words = squeeze(text[start:end])
    bare = strip_number(words).strip(":,。;()")
    lines = enumerate(target.text.lines)
    if any(line.bare == words and target.is_title(at) for at, line in lines):
        return True
    if any(phrase in words for phrase in _list_own_words(target)):
        return False
    if len(words) < _LEAST_LETTERS or words.endswith(":"):
        return True
    if text[end : end + 4].lstrip(" \t").startswith(":"):
        return True
    return bare in _list_labels(target, paper)


def _list_own_words(target: SoughtValue) -> tuple[str, ...]:
    """List the words by which the typed value is said."""
    if isinstance(target.value, frozenset):
        return ()
    phrases = list_phrases(target).get(target.value or False, ())
    return tuple(phrase for phrase in phrases if len(phrase) >= _LEAST_LETTERS)


def _list_labels(target: SoughtValue, paper: PaperPages) -> Collection[str]:
    material = paper.material
    columns = (column for rule in material.reads.values() for column in rule.columns)
    labels = (*paper.labels, *columns, *material.columns, target.fact.label.zh)
    return {squeeze(label).rstrip(":") for label in labels}


def _names_what_is_asked(target: SoughtValue, quoted: str, paper: PaperPages) -> bool:
    """Whether words are of the field that is asked for, and name whom they have to.

    甲方：… says nothing of full-time work, nor a name at 承租方 that is another's that
    the applicant rents.
    """
    from changqing.readers.values import is_own_domain

    rule = target.rule
    if rule is None:
        return True
    words = squeeze(quoted)
    if rule.by is FoundBy.DOMAIN and target.value is True:
        return is_own_domain(paper.names, words) is True
    if rule.by in BY_NAME and target.value in (True, "applicant"):
        mine = squeeze(spell_canonically("company_name", target.names.applicant))
        return mine in squeeze(spell_canonically("company_name", words))
    label, colon, _ = words.partition(":")
    if not colon or any(phrase in words for phrase in _list_own_words(target)):
        return True
    own = {
        squeeze(own_label).rstrip(":") for own_label in (*rule.labels, *rule.columns)
    }
    others = {squeeze(own_label).rstrip(":") for own_label in paper.labels} - own
    return strip_number(label) not in others


def _is_taken_back(target: SoughtValue, text: str, place: tuple[int, int]) -> bool:
    """Whether a sentence denies its words, or has them as a condition alone.

    A no may stand in a denial (乙方并不是专职), but for its own words: 没有兼职.
    """
    start, end = place
    if target.is_untold(text, start, end):
        return True
    if target.value is not False and is_taken_back(text, start, end):
        return True
    for phrase in _list_own_words(target):
        pattern = r"\s*".join(map(re.escape, phrase))
        for match in re.finditer(pattern, text[start:end], re.IGNORECASE):
            span = start + match.start(), start + match.end()
            if target.is_untold(text, *span):
                return True
            if not phrase.startswith(NOT) and is_denied(text, *span):
                return True
    return False


def _is_asked_of(target: SoughtValue, question: str) -> bool:
    """Whether a question of a form is about the fact: 是否提供住宿 is not of 专职.

    It is where it shares two letters in a row with a label or a phrase of the fact.
    """
    rule = target.rule
    names = [target.fact.label.zh, *chain.from_iterable(list_phrases(target).values())]
    if rule is not None:
        names += [*rule.labels, *rule.columns, *rule.phrases]
    pairs = {pair for words in names for pair in _list_pairs(squeeze(words))}
    return not pairs.isdisjoint(_list_pairs(squeeze(question)))


def _list_pairs(words: str) -> set[str]:
    """List the pairs of letters that stand side by side, but those that ask."""
    return {"".join(pair) for pair in pairwise(_ASKS.sub("|", words))}
