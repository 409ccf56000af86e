"""Reference pages of what users are told: answers, law, regions; and what is unread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from changqing.law.kinds.instrument import Instrument
from changqing.law.kinds.law import LawFact
from changqing.law.kinds.parameter import Region
from changqing.law.kinds.topic import Topic
from changqing.law.kit import Citation, Confidence
from changqing.law.model import Catalogue
from changqing.law.reference_page import READ_WORDS, Pages
from changqing.law.said import say_period
from changqing.text import Language


def write_law_pages(
    catalogue: Catalogue, language: Language
) -> Mapping[str, Iterator[str]]:
    """Write the lines of `answers.md`, `law.md`, `regions.md` and `unread.md`."""
    pages = _LawPages(catalogue, language)
    return {
        "answers.md": pages.write_answers(),
        "law.md": pages.write_law(),
        "regions.md": pages.write_regions(),
        "unread.md": pages.write_unread(),
    }


class _LawPages(Pages):
    """What `changqing ask` says, and what is still to be read."""

    def write_answers(self) -> Iterator[str]:
        yield from self.write_top(self.say("问答", "Answers"))
        for topic in self.catalogue.topics.values():
            yield from self._write_topic(topic)

    def _write_topic(self, topic: Topic) -> Iterator[str]:
        language, say = self.language, self.say
        yield f"## {topic.title.say(language)}"
        yield ""
        yield f"`{topic.id}` · {topic.certainty.text.say(language)}"
        yield ""
        yield self.fill(topic.answer)
        yield ""
        if topic.differs is not None:
            label = say("各地不同的", "What differs by place")
            yield f"- {label}{self.colon}{self.fill(topic.differs)}"
        if topic.unfound is not None:
            label = say("查过，没有找到", "Looked for in vain")
            yield f"- {label}{self.colon}{self.fill(topic.unfound)}"
        if topic.aliases:
            others = self.join(alias.say(language) for alias in topic.aliases)
            yield f"- {say('又作', 'Also asked as')}{self.colon}{others}"
        links = self.join(f"[`{name}`](law.md#{name})" for name in topic.law)
        yield f"- {say('依据的法规要点', 'Rests on')}{self.colon}{links}"
        yield ""

    def write_law(self) -> Iterator[str]:
        yield from self.write_top(self.say("法规要点", "Facts of law"))
        facts = sorted(self.catalogue.law.values(), key=lambda fact: fact.topic)
        for topic, facts_of_topic in groupby(facts, key=lambda fact: fact.topic):
            yield f"## `{topic}`"
            yield ""
            for fact in facts_of_topic:
                yield from self._write_fact(fact)

    def _write_fact(self, fact: LawFact) -> Iterator[str]:
        language, say = self.language, self.say
        yield f'<a id="{fact.id}"></a>'
        yield ""
        parts = [f"`{fact.id}`", *fact.licences]
        if fact.region is not None:
            parts.append(self.catalogue.regions[fact.region].label.say(language))
        if fact.in_force is not None:
            parts.append(self.format_force(fact.in_force))
        yield " · ".join(parts)
        yield ""
        yield self.fill(fact.says, own=fact.values)
        yield ""
        for citation in fact.citations:
            yield f"- {say('依据', 'Basis')}{self.colon}{self.write_citation(citation)}"
        if fact.note is not None:
            note = self.fill(fact.note, own=fact.values)
            yield f"- {say('说明', 'Note')}{self.colon}{note}"
        if asks := fact.asks.zh if language is Language.ZH else fact.asks.en:
            yield f"- {say('这样问得到', 'Asked as')}{self.colon}{asks[0]}"
        yield ""

    def write_regions(self) -> Iterator[str]:
        yield from self.write_top(self.say("各省", "Regions"))
        for region in self.catalogue.regions.values():
            yield from self._write_region(region)

    def _write_region(self, region: Region) -> Iterator[str]:
        language, say = self.language, self.say
        yield f"## {region.code} {region.label.say(language)}"
        yield ""
        authority = region.authority.say(language)
        yield f"- {say('受理机关', 'Authority')}{self.colon}{authority}"
        lines = [*self._list_told(region)]
        yield from lines
        if not lines:
            yield "- " + say(
                f"没有收录当地自己的要求，问{authority}",
                f"Nothing that it asks of its own is on record: ask the {authority}",
            )
        yield ""

    def _list_told(self, region: Region) -> Iterator[str]:
        language, catalogue = self.language, self.catalogue
        for fact in catalogue.law.values():
            if fact.region == region.code:
                sentence = self.fill(fact.says, own=fact.values)
                yield f"- [`{fact.id}`](law.md#{fact.id}){self.colon}{sentence}"
        for parameter in catalogue.parameters.values():
            for value in parameter.values:
                if value.region == region.code and value.value is not None:
                    number = say_period(value.value, parameter.unit).say(language)
                    standing = value.standing.text.say(language)
                    label = parameter.label.say(language)
                    yield f"- {label} `{parameter.id}`{self.colon}{number} · {standing}"
        for material in catalogue.materials.values():
            for request in material.asked:
                if region.code in request.regions:
                    sentence = self.fill(request.requirement)
                    standing = request.standing.text.say(language)
                    label = material.label.say(language)
                    yield f"- {label}{self.colon}{sentence} · {standing}"

    def write_unread(self) -> Iterator[str]:
        say = self.say
        yield from self.write_top(say("没有读到的文本", "What we have not read"))
        yield say(
            "下面的文本只读到一部分，或者只见过转述。有浏览器的人打开地址、把正文存成文本或网页，"
            "用 `changqing catalogue read 文件` 逐条比对，就能结清。",
            "These texts were read in part or known from accounts alone. A person with "
            "a browser opens the address, saves the text or page, and settles it by "
            "article with `changqing catalogue read FILE`.",
        )
        yield ""
        for instrument in self.catalogue.instruments.values():
            rests = _find_resting(self.catalogue, instrument)
            if instrument.read != "full" and not _is_practice(rests):
                yield from self._write_unread(instrument, rests)

    def _write_unread(
        self, instrument: Instrument, rests: Mapping[str, tuple[Citation, ...]]
    ) -> Iterator[str]:
        language, say = self.language, self.say
        yield f"## {instrument.title.say(language)}"
        yield ""
        number = () if instrument.number is None else (instrument.number,)
        parts = [
            f"`{instrument.id}`",
            *number,
            READ_WORDS[instrument.read].say(language),
        ]
        yield " · ".join(parts)
        yield ""
        if instrument.official:
            for address in instrument.official:
                yield f"- {say('官方地址', 'Official address')}{self.colon}<{address}>"
        else:
            yield "- " + say(
                "官方地址没有查到，在发布机关的网站上找",
                "No official address was found: look on the issuer’s site",
            )
        if instrument.note is not None:
            yield f"- {say('读到哪里', 'What was read')}{self.colon}" + (
                instrument.note.say(language)
            )
        unsure = [name for name, cited in rests.items() if not _is_read(cited)]
        if unsure:
            names = self.join(f"`{name}`" for name in unsure)
            yield f"- {say('等它来核的', 'Waits for it')}{self.colon}{names}"
        yield ""


def _find_resting(
    catalogue: Catalogue, instrument: Instrument
) -> Mapping[str, tuple[Citation, ...]]:
    """By name, what rests on an instrument, and the citations that say so."""
    entries: Iterable[tuple[str, tuple[Citation, ...]]] = (
        *((fact.id, fact.citations) for fact in catalogue.law.values()),
        *(
            (criterion.id, criterion.citations)
            for criterion in catalogue.criteria.values()
        ),
        *(
            (classification.id, classification.citations)
            for classification in catalogue.classification.values()
        ),
        *(
            (
                parameter.id,
                tuple(c for value in parameter.values for c in value.citations),
            )
            for parameter in catalogue.parameters.values()
        ),
    )
    return {
        name: cited
        for name, citations in entries
        if (cited := tuple(c for c in citations if c.instrument == instrument.id))
    }


def _is_read(citations: tuple[Citation, ...]) -> bool:
    return all(c.confidence is Confidence.TEXT_VERIFIED for c in citations)


def _is_practice(rests: Mapping[str, tuple[Citation, ...]]) -> bool:
    """Whether only practice is told of it: a collection of practice is no text."""
    cited = [citation for citations in rests.values() for citation in citations]
    return bool(cited) and any(c.confidence.startswith("practice") for c in cited)
