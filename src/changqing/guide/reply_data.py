"""The answers to a question as data: one shape for terminal, API and assistants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from changqing.guide.ask import GuideAnswer, GuideReply
from changqing.law.cited import CitationData, make_citation_data
from changqing.law.model import Catalogue
from changqing.text import Language, Text


class TitleData(TypedDict):
    """A title in both languages."""

    title: str
    title_en: str


class AnswerData(TitleData):
    """One answer; its texts in one language."""

    topic: str
    kind: str
    aliases: Sequence[str]
    tier: str
    asked: str | None
    premise: str | None
    short: str | None
    answer: str
    differs: str | None
    citations: Sequence[CitationData]
    unfound: str | None
    confidence: str
    law: Sequence[str]
    score: float
    odds: float


class NearTopic(TitleData):
    """A question of ours that is near to what was asked."""

    topic: str
    score: float


class AskedFor(TypedDict):
    """The licence, province and scope that the question names."""

    licence: str | None
    region: str | None
    scope: str | None


_ForWhom = TypedDict("_ForWhom", {"for": AskedFor})


class ReplyData(_ForWhom):
    """What `changqing ask` answers; the best first."""

    version: int
    answers: Sequence[AnswerData]
    nearest: Sequence[NearTopic]
    on: str
    ask: str
    elsewhere: str | None
    of_case: str | None
    unanswered: Sequence[str]


def reply_data(
    catalogue: Catalogue, reply: GuideReply, language: Language
) -> ReplyData:
    """Encode a reply; titles in both languages, the rest in the reader's.

    `elsewhere` says whose matter it is where it is none of licensing, `of_case` which
    command tells it for one's own case, `unanswered` which of several questions got no
    answer. `answers` stand best first. `topic` is the entry's id, whatever its `kind`;
    `law` the facts it rests on; `answer` begins with `short`, where one was asked for a
    licence or a province.
    """
    return {
        "version": 1,
        "answers": [
            _answer_data(catalogue, answer, language) for answer in reply.answers
        ],
        "nearest": [
            {"topic": topic.id, **_make_title_data(topic.title), "score": score}
            for topic, score in reply.nearest
        ],
        "on": reply.on.isoformat(),
        "for": {
            "licence": reply.place.licence,
            "region": reply.place.region,
            "scope": reply.place.scope,
        },
        "ask": reply.ask.say(language),
        "elsewhere": None if reply.elsewhere is None else reply.elsewhere.say(language),
        "of_case": None if reply.of_case is None else reply.of_case.say(language),
        "unanswered": list(reply.unanswered),
    }


def _answer_data(
    catalogue: Catalogue, answer: GuideAnswer, language: Language
) -> AnswerData:
    short = answer.short
    return {
        "topic": answer.id,
        "kind": answer.kind.value,
        **_make_title_data(answer.title),
        "aliases": [alias.say(language) for alias in answer.aliases],
        "tier": answer.tier.value,
        "asked": answer.asked,
        "premise": None if answer.premise is None else answer.premise.say(language),
        "short": None if short is None else short.say(language),
        "answer": answer.whole.say(language),
        "differs": None if answer.differs is None else answer.differs.say(language),
        "citations": [
            make_citation_data(catalogue, citation, language)
            for citation in answer.citations
        ],
        "unfound": None if answer.unfound is None else answer.unfound.say(language),
        "confidence": answer.certainty.value,
        "law": list(answer.law),
        "score": answer.score,
        "odds": answer.odds,
    }


def _make_title_data(title: Text) -> TitleData:
    return {"title": title.zh, "title_en": title.en}
