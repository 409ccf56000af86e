"""Questions people ask, their answers, and the words they ask with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from changqing.law.parts import Data, maybe_text, text_of
from changqing.text import Text, WordedEnum


class Certainty(WordedEnum):
    """How far the law answers a question."""

    ANSWERED = "answered", Text("法规有明确答案", "The law answers this")
    PARTLY = (
        "partly",
        Text(
            "法规回答了一部分，其余看当地或个案",
            "The law answers part of this; the rest depends on the place or the case",
        ),
    )
    NO_NATIONAL_RULE = (
        "no-national-rule",
        Text("没有全国性规定", "No national rule decides this"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A question and its answer.

    `answer`, `differs` and `title` are texts; the first two have `{fact.value}` where
    a number of the law is filled in (see `fill`). `law` names the facts the answer
    rests on, the most important first. `asks` are other ways to put the question.
    """

    id: str
    title: Text
    answer: Text
    differs: Text | None  # what depends on the region
    law: tuple[str, ...]
    certainty: Certainty
    asks_zh: tuple[str, ...]
    asks_en: tuple[str, ...]


class Names(StrEnum):
    """What the words of a group name, where an answer hangs on it."""

    LICENCE = "licence"
    REGION = "region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonyms:
    """Words that mean the same here: 年检 is asked for, 年报 is what there is."""

    id: str
    names: Names | None
    zh: tuple[str, ...]
    en: tuple[str, ...]


def topic(data: Data) -> Topic:
    """One file of `topics/`."""
    asks = data.get("asks") or {}
    return Topic(
        id=data["id"],
        title=text_of(data["title"]),
        answer=text_of(data["answer"]),
        differs=maybe_text(data, "differs"),
        law=tuple(data["law"]),
        certainty=Certainty(data["certainty"]),
        asks_zh=tuple(asks.get("zh") or ()),
        asks_en=tuple(asks.get("en") or ()),
    )


def synonyms(data: Data) -> Synonyms:
    """One file of `synonyms/`."""
    names = data.get("names")
    return Synonyms(
        id=data["id"],
        names=None if names is None else Names(names),
        zh=tuple(data.get("zh") or ()),
        en=tuple(data.get("en") or ()),
    )
