"""The fixed words of report and terminal, and how days and articles are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from changqing.judge.model import Compliance, LongTermState, Readiness, RestsOn
from changqing.judge.verdict import URGENCY
from changqing.law.kinds.criterion import Route
from changqing.law.kit import Dimension, Grade, GradeGroup, Standing, find_grade
from changqing.law.model import Verdict
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.text import Language, Text, WordedEnum, both, map_words_by_code

DIMENSIONS: Final = map_words_by_code(Dimension)
STANDINGS: Final = map_words_by_code(Standing)

# What is said of an errand that is only advised: before a licence, and after it.
NOT_NEEDED: Mapping[bool, Text] = {
    False: Text("不影响能否递交", "do not affect handing in"),
    True: Text("不影响持证后义务", "do not affect the duties under the licence"),
}

# In the order of every list.
VERDICTS: Final[Mapping[str, Text]] = {
    verdict.value: verdict.text.capitalised for verdict in URGENCY
}


class HandingInState(WordedEnum):
    """Whether a case can be handed in: the same words on every page and list.

    `text` is what a list says, and what the sentence on it begins with.
    """

    NOT_YET = "not_yet", Text("还不能递交", "not yet to be handed in")
    UNPROVEN = "unproven", Text("尚待证实", "still to be proven")
    TO_WRITE = "to_write", Text("文书待补", "documents to be finished")
    READY = "ready", Text("可以递交", "can be handed in")


READINESS: Final = map_words_by_code(Readiness)
COMPLIANCE: Final = map_words_by_code(Compliance)
HANDING_IN: Final = map_words_by_code(HandingInState)


def name_state(
    readiness: str | None, compliance: str | None, handing_in: str | None = None
) -> Text | None:
    """Name what a list says of the first sentence; None where nothing was assessed.

    Where nothing is handed in, or nobody has looked at the documents yet, that is
    whether the conditions hold.
    """
    if compliance:
        return COMPLIANCE.get(compliance)
    return HANDING_IN.get(handing_in or "") or READINESS.get(readiness or "")


LONG_TERM: Final = map_words_by_code(LongTermState)
ROUTES: Final[Mapping[str, Text]] = {route.value: route.text for route in Route}
GRADES: Final[Mapping[str, Text]] = {grade.code: grade.text for grade in Grade}
GRADE_GROUPS: Final[Mapping[str, Text]] = {
    grade.code: grade.group.text.capitalised for grade in Grade
}
"""说了, 写了, 证了: what a first screen says of a grade."""


def name_verdict(
    verdict: Verdict, rests_on: GradeGroup | None, *, vacuous: bool = False
) -> Text:
    """Name a verdict: what only the company's papers say is written down."""
    if vacuous:
        return DOES_NOT_ARISE
    if verdict is Verdict.MET and rests_on is not None:
        return rests_on.met.capitalised
    return VERDICTS.get(verdict, both(verdict))


DOES_NOT_ARISE: Final = Text("不涉及", "Does not arise")
"""Met for nothing that it is about exists: who sends no messages keeps every rule."""


def say_rests_on(rests: RestsOn, what: Text) -> Text:
    """Say how many there are of `what`, and what those that are met rest on.

    13个关键点：外部材料或实测6，公司文件7
    """
    counts = (rests.proven, rests.written, rests.said)
    parts = [
        Text(f"{group.what.zh}{n}", f"{group.what.en} {n}")
        for group, n in zip(reversed(GradeGroup), counts, strict=True)
        if n or group is not GradeGroup.SAID
    ]
    if rests.not_met:
        parts.append(Text(f"还缺{rests.not_met}", f"still open {rests.not_met}"))
    return Text(
        f"{rests.key_points}{what.zh}：{'，'.join(part.zh for part in parts)}",
        f"{rests.key_points} {what.en}: {', '.join(part.en for part in parts)}",
    )


KEY_POINTS: Final = Text("个关键点", "key points")
REQUIREMENTS: Final = Text("项要求", "requirements")
PROOF: Final = Text(
    "别人出具或当场查到、原件上读得到、现在仍有效，才叫证实；公司自己写的只算承诺，做到了才算数。",
    "Issued by somebody else or seen on the spot, readable in the original, still "
    "valid: that is proof. What a company writes itself is a promise, and counts when "
    "it is kept.",
)
"""What proof is, in one sentence."""


def is_on_paper(grade: str | None) -> bool:
    """Tell whether a grade is more than what is merely said."""
    return grade is not None and find_grade(grade).group is not GradeGroup.SAID


SCOPES: Final = {code: words.capitalised for code, words in SCOPE_WORDS.items()}
STAGES: Final = {code: words.capitalised for code, words in STAGE_WORDS.items()}

HEADINGS: Final[Mapping[str, Text]] = {
    "long_term": Text("长期服务能力", "Long-term capability"),
    "doubts": Text("疑点", "Doubts"),
    "strengths": Text("加分项", "Strengths"),
    "endurance": Text("各项到期日", "What ends when"),
    "cadence": Text("更新节奏", "Cadence"),
    "availability": Text("在线率", "Availability"),
    "runway": Text("资金能用多久", "Runway"),
    "changes": Text("递交前的变化", "Changes shortly before"),
}
"""What heads a part of a report, on a page as in the terminal."""

SERVICE_KINDS: Mapping[str, Text] = {
    "website": Text("网站", "Website"),
    "app": Text("应用", "App"),
    "mini_program": Text("小程序", "Mini program"),
}

_WEEKDAYS = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def say_word(words: Mapping[str, Text], code: str, language: Language) -> str:
    """Look up the words for `code`; an unknown code is shown as it is."""
    text = words.get(code)
    return code if text is None else text.say(language)


def say_long_day(day: date, language: Language) -> str:
    """Say a day within a sentence: 2026年11月24日, 24 November 2026."""
    if language is Language.ZH:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"


def say_weekday(day: date, language: Language) -> str:
    """Say the day of the week, short: 周四, Thu."""
    if language is Language.ZH:
        return "周" + _WEEKDAYS[day.weekday()]
    return _WEEKDAYS_EN[day.weekday()]


def count_months_between(start: date, end: date) -> int:
    """Count whole months from `start` to `end`, none when it is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(0, months - (end.day < start.day))


def say_span(months: int, language: Language) -> str:
    """Say a length in years and months: 4年11个月, 4 y 11 m."""
    years, months_left = divmod(months, 12)
    if language is Language.ZH:
        span = (f"{years}年" if years else "") + (
            f"{months_left}个月" if months_left else ""
        )
        return span or "不足1个月"
    span = " ".join(
        part
        for part in (years and f"{years} y", months_left and f"{months_left} m")
        if part
    )
    return span or "under 1 m"


_ZH_CLAUSE = re.compile(r"[^，。；：、？]+[，。；：、？]*|[，。；：、？]+")
_EN_CLAUSE = re.compile(r"\S.*?(?:[,;:.](?=\s|$)|$)", re.DOTALL)


def split_clauses(sentence: str, language: Language) -> list[str]:
    """Split a headline after its punctuation: lines break between clauses."""
    pattern = _ZH_CLAUSE if language is Language.ZH else _EN_CLAUSE
    return pattern.findall(sentence)


# What a hostile name could steer a terminal or the order of a line with.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def drop_controls(words: str) -> str:
    """Drop the characters that are orders to a terminal or turn the writing round."""
    return words if words.isprintable() else _CONTROLS.sub("", words)
