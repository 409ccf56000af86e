"""Words that state a matter when they stand together in one sentence, in any order.

A list of phrases is never complete: 停止服务前三十日公告, 公告三十日后方停止服务.
What has to be said is that something ends, what, and what users are told or given back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from changqing.law.wordings import FIGURES, PERSON, split_joint
from changqing.readers.flow import fold_signs
from changqing.readers.layout import Quote
from changqing.readers.open_points import is_beside_service, is_not_done, is_put_off
from changqing.readers.phrases import Prose, TextSpan

JOINT_CONFIDENCE: Final = 80
"""Of a fact; below what is read surely, so that a person is asked."""
FAR: Final = 60  # letters over which words still belong together
_BEFORE: Final = re.compile(
    "(?:是否|能否|可否|有无)[^,。;\t\n]{0,8}$"
    "|(?:[不未无勿莫非]|没有|不得|禁止|无[需须权]|不必)(?:再|涉及|需|会|能|作|做|进行|予以|另行|事先|提前)?$"
)
"""What before a word asks whether it is so, or says that it is not."""
_OF_OTHERS: Final = re.compile(
    "例如|比如|譬如|举例|同行|同业|友商|竞争对手|第三方|供应商|供货方|外包|顾问|律师|律所|标杆|合作单位|会员(?:企业|单位)|另一(?:家)?公司|其他公司"
    "|母公司|(?<![及和与、])(?:子公司|分公司)|集团(?!有限|股份|公司)"
    "|(?<![按据照])(?:监管|主管|管理)(?:部门|机构|机关)[^,。;]{0,4}(?:要求|规定|收到|接到|受理)"
)
_AN_AIM: Final = re.compile(
    "目标[是为定:]|力争|争取|努力|建议|倡议|期望|设想|不保证"
    "|(?:^|,)(?:若|如果|假设|倘若)[^,。;]{0,8}(?:到位|获批|中标|成功|通过)"
)
_OF_OTHER_DAYS: Final = re.compile(
    "去年|上年|前年|往年|历史上|上一?轮|远期|下一年度|[本上]月(?:共|受理|收到)|初期|明年|后年|[一二三四五两]年[之以]?后"
)
_FIGURE: Final = re.compile(r"\d")
_NEVER: Final = r"(?!)"
_NUMBER: Final = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十半]{1,3})"
_PATTERNS: Final = {
    "时长": rf"(?<![月\d/.\-]){_NUMBER}个?(?:小时|分钟|秒|工作日|自然日|日|天|周|个月)"
    r"|[三两]声|次日|第二天|隔天|当日|当天|即时|当场|半年",
    "比率": r"\d+(?:\.\d+)?%|[百千万]分之[一二三四五六七八九十\d.]+",
    "日期": r"20\d{2}[-/.年]\d{1,2}|(?<!\d)\d{1,2}月\d{1,2}日",
    "频次": r"天天|周周|月月|每个?(?:\d+(?:小时|分钟|天)|工作日|日|天|两?周|星期|月"
    r"|季度?|半年|年|晚|班|旬|小时)|逐[日月]|按[日周月季]",
    "时刻": r"\d{1,2}:\d{2}|\d{1,2}[点时](?:至|到|-)|24小时|全天",
    "金额": r"\d[\d,]*(?:\.\d+)?[万亿]?元",
    "号码": r"(?<!\d)(?:0\d{2,3}-?|400-?|800-?|1[3-9])\d[\d*-]{5,}|[\w.-]+@[\w-]+\.\w+",
}


def find_joint_words(
    prose: Prose,
    listed: Sequence[str],
    unless: Sequence[str],
    persons: Sequence[str] = (),
) -> Iterator[Quote]:
    """Quote where words stand together that their sentence does not put off.

    As `find_joint_spans` finds them.
    """
    text = prose.flow.text
    for span in find_joint_spans(prose, listed, unless, persons):
        _, end = prose.find_sentence(*span)
        if not is_put_off(text[span[0] : end]):
            yield prose.flow.quote(*span)


def find_joint_spans(
    prose: Prose,
    listed: Sequence[str],
    unless: Sequence[str],
    persons: Sequence[str] = (),
) -> Iterator[TextSpan]:
    """Find where one word of each group of an entry stands near the others.

    `persons` are those of the case, for whom 〈人〉 stands.
    Nothing counts that a “not” or a “whether” stands before, or in a sentence that has
    one of `unless`.
    """
    text = prose.flow.text
    names = tuple(name for name in persons if name in text)
    groups_of_entries = [_compile_groups(entry, names) for entry in listed]
    if not groups_of_entries:
        return
    sentences = list(prose.list_sentences())
    for groups in groups_of_entries:
        for start, end in sentences:
            span = _find_together(text, start, end, groups)
            if span is None or is_beside_service(text[start:end]):
                continue
            if any(prose.find_phrases(unless, "[^。;\n]{1,40}?", within=(start, end))):
                continue
            yield span


def is_of_others_or_aim(text: str) -> bool:
    """Tell whether a sentence, so far as it is read, gives no value of the company.

    It is of others, an example, an aim, or of other years than this: 同行一般…,
    例如…, 力争…, 去年….
    """
    return any(
        pattern.search(text) for pattern in (_OF_OTHERS, _AN_AIM, _OF_OTHER_DAYS)
    )


def is_word_denied(text: str, start: int, span: TextSpan) -> bool:
    """Tell whether one word of a sentence, which begins at `start`, is denied."""
    return _BEFORE.search(
        text, max(start, span[0] - 8), span[0]
    ) is not None or is_not_done(text, *span)


def _find_together(
    text: str, start: int, end: int, groups: Sequence[re.Pattern[str]]
) -> TextSpan | None:
    """Find the shortest part of a sentence that has a word of each group."""
    spans_of_groups = [
        [
            match.span()
            for match in group.finditer(text, start, end)
            if not is_word_denied(text, start, match.span())
        ]
        for group in groups
    ]
    parts = (_gather(first, spans_of_groups[1:]) for first in spans_of_groups[0])
    near = (
        (part[0][0], max(end for _, end in part))
        for part in parts
        if part and _are_near(text, part)
    )
    return min(near, key=lambda part: part[1] - part[0], default=None)


def _gather(
    first: TextSpan, others: Sequence[Sequence[TextSpan]]
) -> list[TextSpan] | None:
    """Gather the words nearest to one, of each other group one, in their order."""
    taken = [first]
    for spans in others:
        low, high = taken[0][0], max(end for _, end in taken)
        nearest = min(
            (
                span
                for span in spans
                if all(span[1] <= begin or close <= span[0] for begin, close in taken)
            ),
            key=lambda span: max(low - span[1], span[0] - high, 0),
            default=None,
        )
        if nearest is None:
            return None
        taken = sorted([*taken, nearest])
    return taken


def _are_near(text: str, spans: Sequence[TextSpan]) -> bool:
    """Whether words belong together, and each figure to a word of its own clause.

    税率6%，满意度调查 gives no figure of 满意度.
    """
    low, high = spans[0][0], max(end for _, end in spans)
    if high - low > FAR:
        return False
    clauses = [text.count(",", low, start) for start, _ in spans]
    return all(
        not _FIGURE.search(text, *span) or clauses.count(clause) > 1
        for span, clause in zip(spans, clauses, strict=True)
    )


@lru_cache(maxsize=1024)
def _compile_groups(entry: str, names: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Make a pattern of each group of an entry: 停止|终止 + 〈时长〉 + 公告."""
    return tuple(compile_words(tuple(words), names) for words in split_joint(entry))


@lru_cache(maxsize=1024)
def compile_words(words: tuple[str, ...], names: tuple[str, ...]) -> re.Pattern[str]:
    """Make a pattern of the words of a group; 〈人〉 is any of `names`."""
    return re.compile("|".join(_write_pattern(word, names) for word in words))


def _write_pattern(word: str, names: Sequence[str]) -> str:
    if word == PERSON:
        return "|".join(map(re.escape, names)) or _NEVER
    return _PATTERNS[word[1:-1]] if word in FIGURES else re.escape(fold_signs(word))
