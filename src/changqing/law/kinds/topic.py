"""Questions people ask, and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from changqing.law.entry import YamlEntry
from changqing.law.kit import BothLanguages, FilledText, Id, LawRef, OtherWays
from changqing.text import Text, WordedEnum
from changqing.yamlfile.values import NotEmpty


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
    PRACTICE = (
        "practice",
        Text(
            "只核到实务，没有核到法规条文",
            "Only practice is on record, and no text of law",
        ),
    )
    NO_NATIONAL_RULE = (
        "no-national-rule",
        Text("没有全国性规定", "No national rule decides this"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(YamlEntry):
    """`topics/<id>.yaml`: a question and its answer.

    `law` names the facts the answer rests on, the most important first; ask `fill` for
    `answer` and `differs`, which says what depends on the region. `aliases` are what it
    was listed under before, or is elsewhere: asked word for word, they find it.
    `unfound` is what was looked for in vain: it stands beside the sources, for nobody
    can say that there is none.
    """

    id: Id
    title: BothLanguages
    aliases: tuple[BothLanguages, ...] = ()
    answer: FilledText
    differs: FilledText | None = None
    unfound: BothLanguages | None = None
    law: Annotated[tuple[LawRef, ...], NotEmpty]
    certainty: Certainty
    asks: OtherWays
