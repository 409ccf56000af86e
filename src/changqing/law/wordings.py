"""How the catalogue lists words that papers use for one matter.

One entry may stand for several: 〔小时|分钟〕内〔答复|回复〕 is 小时内答复, 小时内回复,
分钟内答复 and 分钟内回复. An empty one is left out: 〔首次|〕答复.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Annotated, Final

from changqing.yamlfile.values import CheckedBy, MadeBy, Refusal, Words

_CHOICE: Final = re.compile(r"〔([^〔〕]*)〕")
_MOST: Final = 400  # that one entry may stand for


def expand_wordings(entries: Sequence[str]) -> tuple[str, ...]:
    """Write out all that some entries stand for, in their order, each once.

    Raises Refusal for a bracket without its other half, and for an entry that stands
    for too many.
    """
    return tuple(dict.fromkeys(word for entry in entries for word in _expand(entry)))


def _expand(entry: str) -> Iterable[str]:
    if "〔" not in entry and "〕" not in entry:  # nearly every one
        return (entry,)
    parts = _CHOICE.split(entry)
    fixed, choices = parts[::2], [choice.split("|") for choice in parts[1::2]]
    if any(sign in part for part in fixed for sign in "〔〕"):
        raise Refusal(
            f"“{entry}”的〔〕不成对", f"“{entry}” has 〔 or 〕 without its other half"
        )
    picks = list(product(*choices))
    if len(picks) > _MOST:
        raise Refusal(
            f"“{entry}”代表的说法超过{_MOST}种，请拆开写",
            f"“{entry}” stands for more than {_MOST} wordings; split it",
        )
    return [
        fixed[0]
        + "".join(word + after for word, after in zip(picked, fixed[1:], strict=True))
        for picked in picks
    ]


Wordings = Annotated[tuple[str, ...], MadeBy(expand_wordings, tuple[Words, ...])]

PERSON: Final = "〈人〉"
"""A person of the case."""
FIGURES: Final = frozenset(
    {
        "〈时长〉",
        "〈比率〉",
        "〈频次〉",
        "〈时刻〉",
        "〈金额〉",
        "〈号码〉",
        "〈日期〉",
        PERSON,
    }
)
"""What in an entry of joint words stands for anything of a kind, as a figure."""


def split_joint(entry: str) -> list[list[str]]:
    """Split joint words into groups: 停止|终止 + 〈时长〉 + 公告 has three.

    Raises Refusal for a group without words, a single group and an unknown figure.
    """
    groups = [
        [word.strip() for word in group.split("|")] for group in entry.split(" + ")
    ]
    if len(groups) == 1 or any(not word for words in groups for word in words):
        raise Refusal(
            f"“{entry}”应写成 甲|乙 + 丙|丁 的样子，每组至少一个词",
            f"“{entry}” must be written like 甲|乙 + 丙|丁, with words in each group",
        )
    for words in groups:
        for word in words:
            if word.startswith("〈") and word not in FIGURES:
                raise Refusal(
                    f"{word}不存在，可用{'、'.join(sorted(FIGURES))}",
                    f"{word} does not exist; there are {', '.join(sorted(FIGURES))}",
                )
    return groups


def holds_value(words: Sequence[str]) -> bool:
    """Tell whether a group of joint words says where a value stands: …内, 〈人〉."""
    return list(words) == [PERSON] or any("…" in word for word in words)


def _check_joint(entry: str) -> None:
    split_joint(entry)


def _check_joint_value(entry: str) -> None:
    groups = [words for words in split_joint(entry) if holds_value(words)]
    if len(groups) != 1 or (
        groups[0] != [PERSON] and any(word.count("…") != 1 for word in groups[0])
    ):
        raise Refusal(
            f"“{entry}”应恰有一组写明值在哪里，组内每个词有一个…，或只写{PERSON}",
            f"“{entry}” must have one group that says where the value stands, with one "
            f"… in each of its words, or {PERSON} alone",
        )


JointWords = Annotated[str, CheckedBy(_check_joint)]

JointValue = Annotated[str, CheckedBy(_check_joint_value)]
"""Joint words of which one group stands where the value does: 投诉 + …内 + 答复."""
