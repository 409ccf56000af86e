"""A citation as a person reads it, and as data."""

from __future__ import annotations

from typing import TypedDict

from changqing.law.kit import Citation
from changqing.law.model import Catalogue
from changqing.law.said import say_article
from changqing.text import Language, Text


class CitationData(TypedDict):
    """What a rule rests on, and how well its text is known."""

    instrument: str
    title: str
    article: str | None
    confidence: str
    says: str | None


def say_citation(catalogue: Catalogue, citation: Citation) -> Text:
    """Cite in words: 《电信条例》第十三条第（三）项（条文已核读）."""
    title = catalogue.instruments[citation.instrument].title
    how = citation.badge
    zh, en = title.zh, title.en
    if citation.article is not None:
        article = say_article(citation.article)
        zh, en = f"{zh}{article.zh}", f"{en}, {article.en}"
    return Text(f"{zh}（{how.zh}）", f"{en} ({how.en})")


def make_citation_data(
    catalogue: Catalogue, citation: Citation, language: Language
) -> CitationData:
    """Make the citation as JSON: instrument, title, article, confidence, says."""
    says = citation.says
    return {
        "instrument": citation.instrument,
        "title": catalogue.instruments[citation.instrument].title.say(language),
        "article": citation.article,
        "confidence": citation.confidence.value,
        "says": None if says is None else says.say(language),
    }
