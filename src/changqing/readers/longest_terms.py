"""Within how many days at most, where a paper gives several terms for several cases.

一般投诉三日内办结，复杂的十五日内答复 promises no answer within three days. It does
promise one within fifteen, as it says that those are for what takes longest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from changqing.case.subjects import Subject
from changqing.readers.layout import Quote
from changqing.readers.phrases import PhraseMatch, Prose
from changqing.readers.values import ValueRead

Reads = Sequence[tuple[Subject, ValueRead]]

_FOR_THE_HARDEST: Final = re.compile(
    r"(?:复杂|疑难|特殊|重大|延长至|最长|最迟|最晚)[^。;\n]{0,24}$"
)
_WORKING_DAYS: Final = re.compile(
    r"工作日(?:之内|以内|内)?[^,。;\n]{0,4}(?:办结|答复|处理完|解决|给出处理|反馈处理)"
)
_OF_COMPLAINTS: Final = re.compile(
    r"(?:投诉|申诉|客诉)[^。;\n]{0,40}?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[日天](?:之内|以内|内)"
    r"[^。;\n]{0,12}?(?:答复|回复|办结|告知|告诉|处理)"
)
_FIRST_ANSWER: Final = re.compile(r"首次?[^,。;\n]{0,8}$|响应[^,。;\n]{0,8}$")


def is_of_complaints(sentence: str) -> bool:
    """Tell whether a sentence names complaints."""
    return re.search("投诉|申诉|客诉", sentence) is not None


def find_unread_term(prose: Prose) -> Quote | None:
    """Find a term of days within which complaints are answered, however it is put."""
    match = _OF_COMPLAINTS.search(prose.flow.text)
    return None if match is None else prose.flow.quote(*match.span())


def is_for_the_hardest(text: str, match: PhraseMatch) -> bool:
    """Tell whether a term is said to be that of the matters that take longest."""
    end = match.slots[0][0] if match.slots else match.start
    start = max(text.rfind(stop, 0, end) for stop in "。;\n") + 1
    return _FOR_THE_HARDEST.search(text[start:end]) is not None


def find_working_days(prose: Prose, *, of_complaints: bool = False) -> Quote | None:
    """Find a term in working days for settling a matter: no count of days says it.

    `of_complaints`: where the paper names complaints, as 退款3个工作日内处理 does not.
    """
    text = prose.flow.text
    for match in _WORKING_DAYS.finditer(text):
        sentence = prose.read_sentence(*match.span())
        if of_complaints and not is_of_complaints(sentence):
            continue
        if not _FIRST_ANSWER.search(text[max(0, match.start() - 12) : match.start()]):
            return prose.flow.quote(*match.span())
    return None


def choose_longest(
    reads_by_rank: Mapping[int, Reads], best: Reads, hardest: frozenset[object]
) -> list[tuple[Subject, ValueRead]]:
    """Choose the longest term where it is that of the hardest matters; else keep all.

    `best` are those of the best phrase; of the others those count that are longer.
    `hardest`: the terms that are said to be for what takes longest.
    """

    def measure(value_read: ValueRead) -> int:
        return value_read.value if isinstance(value_read.value, int) else 0

    most = max(measure(value_read) for _, value_read in best)
    every = [pair for reads in reads_by_rank.values() for pair in reads]
    longest = max(measure(value_read) for _, value_read in every)
    if longest in hardest:
        return [pair for pair in every if measure(pair[1]) == longest]
    return [*best, *(pair for pair in every if measure(pair[1]) > most)]
