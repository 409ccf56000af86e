"""What a question can be answered with: every entry of the catalogue, in one shape.

A topic is a question that somebody wrote an answer to; a fact of law answers the
questions it lists; a material, a procedure, a licence, a parameter and a criterion
answer the questions that can be made of their names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypedDict

from changqing.guide.words import (
    compile_together,
    detect_language,
    read_lines,
    simplify_text,
)
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.law import LawFact
from changqing.law.kinds.licence import Licence
from changqing.law.kinds.material import Material, MaterialRequest
from changqing.law.kinds.parameter import Parameter
from changqing.law.kinds.procedure import Procedure
from changqing.law.kinds.synonyms import Together
from changqing.law.kinds.topic import Topic
from changqing.law.kit import Citation
from changqing.law.model import Catalogue
from changqing.text import Language, Text, WordedEnum

_ELSEWHERE: Final = "elsewhere.txt"
_OF_CASE: Final = "of_case.toml"
_OWN: Final = re.compile(r"[我咱俺]|本公司|敝司|帮忙?看|\b(?:we|our|ours|my|i)\b")
_OF_STATE: Final = 4
"""So many characters at most stand between a thing of a case and its state."""
_PAPER: Final = re.compile(r"\bhas_([a-z_]+)|\bkind = '([a-z_]+)'")
"""How the rule of a criterion names a paper."""
_GAP: Final = "…"
"""Stands for a few letters in the titles by which a paper is known."""


class AnswerKind(WordedEnum):
    """Which part of the catalogue an answer comes from."""

    TOPIC = "topic", Text("问答", "Question")
    LAW = "law", Text("法规", "Law")
    LICENCE = "licence", Text("许可证", "Licence")
    MATERIAL = "material", Text("材料", "Paper")
    PROCEDURE = "procedure", Text("程序", "Procedure")
    PARAMETER = "parameter", Text("数值", "Number")
    CRITERION = "criterion", Text("判据", "Criterion")
    ELSEWHERE = "elsewhere", Text("不在本目录", "Not in this catalogue")
    CASE = "case", Text("看项目", "In the case")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerable:
    """One entry that answers questions, and the questions it is found by.

    `licences` and `regions` are those it is about, all of them when empty. `title` is
    asked for word for word, `asks` in other words; `body` counts for less.
    """

    kind: AnswerKind
    id: str
    title: Text
    aliases: tuple[Text, ...] = ()
    asks: tuple[Text, ...] = ()  # one language empty where the other has more
    body: Text
    law: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """For whom a question is asked, as far as it says.

    Licence, province, coverage, and whether the company has foreign capital.
    """

    licence: str | None = None
    region: str | None = None
    scope: str | None = None
    foreign: bool = False


def list_answerables(catalogue: Catalogue) -> Iterator[Answerable]:
    """List all that a catalogue can answer with, topics first, and what none does."""
    for topic in catalogue.topics.values():
        yield _answer_topic(topic)
    for fact in catalogue.law.values():
        if fact.asks.zh and fact.asks.en:
            yield _answer_law(fact)
    for licence in catalogue.licences.values():
        yield _answer_licence(licence)
    for material in catalogue.materials.values():
        if material.asked:
            yield _answer_material(material)
    for procedure in catalogue.procedures.values():
        yield _answer_procedure(procedure)
    for parameter in catalogue.parameters.values():
        yield _answer_parameter(parameter)
    for criterion in catalogue.criteria.values():
        yield _answer_criterion(criterion)
    for name, asked in _read_of_case().items():
        title, *others = _pair_ways(tuple(asked["zh"]), tuple(asked["en"]))
        yield Answerable(
            kind=AnswerKind.CASE,
            id=name,
            title=title,
            asks=tuple(others),
            body=Text("", ""),
        )
    for at, question in enumerate(read_lines(_ELSEWHERE)):
        chinese = detect_language(question) is Language.ZH
        yield Answerable(
            kind=AnswerKind.ELSEWHERE,
            id=f"elsewhere_{at}",
            title=Text(question, "") if chinese else Text("", question),
            body=Text("", ""),
        )


class _OfCase(TypedDict):
    zh: list[str]
    en: list[str]
    things: list[str]
    states: list[str]
    unless: list[str]
    says_zh: str
    says_en: str


@cache
def _read_of_case() -> Mapping[str, _OfCase]:
    path = Path(__file__).with_name(_OF_CASE)
    asked: Mapping[str, _OfCase] = tomllib.loads(path.read_text(encoding="utf-8"))
    return asked


@cache
def _compile_own_cases() -> Mapping[str, re.Pattern[str]]:
    return {
        name: compile_together(
            Together(
                first=tuple(asked["things"]),
                then=tuple(asked["states"]),
                within=_OF_STATE,
                unless=tuple(asked["unless"]),
            )
        )
        for name, asked in _read_of_case().items()
    }


def find_own_case(question: str) -> str | None:
    """Find what of the asker's own case is asked for, by how it is put.

    我 and a thing of the case stand before its state: 我们的材料齐了没.
    """
    plain = simplify_text(question)
    own = _OWN.search(plain)
    if own is None:
        return None
    cases = _compile_own_cases().items()
    return next((n for n, case in cases if case.search(plain, own.start())), None)


def say_of_case(name: str) -> Text:
    """Say where the asker's own case answers what it is asked for, by its name."""
    asked = _read_of_case()[name]
    return Text(asked["says_zh"], asked["says_en"])


def list_subjects(catalogue: Catalogue, entry: Answerable) -> Set[str]:
    """List the parameters and papers that an entry says or checks."""
    if entry.kind in {AnswerKind.PARAMETER, AnswerKind.MATERIAL}:
        return {entry.id}
    if entry.kind is AnswerKind.CRITERION:
        criterion = catalogue.criteria[entry.id]
        rule_text = f"{criterion.applies.text} {criterion.test.text}"
        papers = {paper or kind for paper, kind in _PAPER.findall(rule_text)}
        return criterion.test.parameters | (papers & catalogue.materials.keys())
    if entry.kind is AnswerKind.LAW:
        values = catalogue.law[entry.id].values.values()
        return {value.parameter for value in values if value.parameter is not None}
    return frozenset()


def list_articles(catalogue: Catalogue, entry: Answerable) -> Set[tuple[str, str]]:
    """List the articles that a fact, a criterion or a number cites, by instrument."""
    cited: list[Citation] = []
    if entry.kind is AnswerKind.LAW:
        cited += catalogue.law[entry.id].citations
    elif entry.kind is AnswerKind.CRITERION:
        cited += catalogue.criteria[entry.id].citations
    elif entry.kind is AnswerKind.PARAMETER:
        for value in catalogue.parameters[entry.id].values:
            cited += value.citations
    return {
        (citation.instrument, citation.article)
        for citation in cited
        if citation.article
    }


def _answer_topic(topic: Topic) -> Answerable:
    return Answerable(
        kind=AnswerKind.TOPIC,
        id=topic.id,
        title=topic.title,
        aliases=topic.aliases,
        asks=(*topic.aliases, *_pair_ways(topic.asks.zh, topic.asks.en)),
        body=topic.answer,
        law=topic.law,
    )


def _answer_law(fact: LawFact) -> Answerable:
    asks = _pair_ways(fact.asks.zh, fact.asks.en)
    return Answerable(
        kind=AnswerKind.LAW,
        id=fact.id,
        title=asks[0],
        asks=asks[1:],
        body=fact.says,
        law=(fact.id,),
        licences=fact.licences,
        regions=() if fact.region is None else (fact.region,),
    )


def _pair_ways(zh: tuple[str, ...], en: tuple[str, ...]) -> tuple[Text, ...]:
    most = max(len(zh), len(en))
    padded = ((*ways, *("" for _ in range(most - len(ways)))) for ways in (zh, en))
    return tuple(
        Text(zh_part, en_part) for zh_part, en_part in zip(*padded, strict=True)
    )


def _answer_licence(licence: Licence) -> Answerable:
    label, code = licence.label, licence.id
    return Answerable(
        kind=AnswerKind.LICENCE,
        id=code,
        title=Text(f"{label.zh}（{code}）是做什么的", f"What is {label.en} ({code})?"),
        asks=(
            Text(f"什么是{label.zh}", f"Who needs {label.en}?"),
            Text(f"{code}是什么业务", f"What does {code} cover?"),
            Text(f"{label.zh}的代码是什么", f"Which code does {label.en} have?"),
            Text(f"{code}是干什么的，管什么业务", ""),
            *(
                way
                for name in licence.known_as
                for way in (
                    Text(f"{name}是什么证，谁要办", f"What is an {name} licence?"),
                    Text(f"{name}是什么意思", f"What does {name} mean?"),
                )
            ),
        ),
        body=Text(
            licence.definition.zh + licence.who_needs.zh,
            licence.definition.en + licence.who_needs.en,
        ),
        law=licence.law[:1],
        licences=(code,),
    )


def _answer_material(material: Material) -> Answerable:
    label, en = material.label, material.label.en.lower()
    request = find_main_request(material)
    texts = (request.requirement, *request.accepts, *request.refuses)
    titles = () if material.recognition is None else material.recognition.titles
    names = [name for name in titles if name != label.zh and _GAP not in name]
    return Answerable(
        kind=AnswerKind.MATERIAL,
        id=material.id,
        title=Text(
            f"“{label.zh}”这份材料有什么要求", f"{label.en}: what is asked for?"
        ),
        asks=(
            Text(
                f"{label.zh}怎么写，写什么内容", f"What must the {en} say or contain?"
            ),
            Text(f"{label.zh}要怎么准备，画什么", f"How is the {en} prepared?"),
            Text(f"{label.zh}包括哪些，要交几张", f"What should the {en} show?"),
            Text(f"{label.zh}谁签字盖章", f"Who signs the {en}?"),
            Text(f"{label.zh}要什么样的才收", f"Which {en} is accepted?"),
            Text(f"{label.zh}从哪里开，去哪里下载", f"Where do I get the {en}?"),
            *(Text(f"{name}有什么要求", "") for name in names),
            *_pair_ways(material.asks.zh, material.asks.en),
        ),
        body=Text(
            "".join(text.zh for text in texts), " ".join(text.en for text in texts)
        ),
    )


def find_main_request(material: Material) -> MaterialRequest:
    """Find the request for everybody at application, or the first."""
    return min(
        material.asked,
        key=lambda request: (
            bool(request.licences or request.regions),
            bool(request.stages) and "apply" not in request.stages,
        ),
    )


def _answer_procedure(procedure: Procedure) -> Answerable:
    title = procedure.title
    steps = [step.title for step in procedure.steps]
    return Answerable(
        kind=AnswerKind.PROCEDURE,
        id=procedure.id,
        title=Text(f"{title.zh}：怎么办", f"{title.en}: how is it done?"),
        asks=(
            Text(
                f"{title.zh}的流程和步骤",
                f"Steps and time limits of {title.en.lower()}",
            ),
            Text(f"{title.zh}有哪几步", f"How do I go about {title.en.lower()}?"),
            Text(f"{title.zh}去哪里办、找谁", ""),
            Text(f"怎么{title.zh}，先做什么", ""),
            *_pair_ways(procedure.asks.zh, procedure.asks.en),
        ),
        body=Text("".join(s.zh for s in steps), " ".join(s.en for s in steps)),
        licences=procedure.licences,
    )


def _answer_parameter(parameter: Parameter) -> Answerable:
    label = parameter.label
    return Answerable(
        kind=AnswerKind.PARAMETER,
        id=parameter.id,
        title=Text(f"{label.zh}是多少", f"{label.en}: how many?"),
        asks=(
            Text(f"{label.zh}有规定吗", f"Is there a rule on {label.en.lower()}?"),
            *_pair_ways(parameter.asks.zh, parameter.asks.en),
        ),
        body=label,
    )


def _answer_criterion(criterion: Criterion) -> Answerable:
    title = criterion.title
    return Answerable(
        kind=AnswerKind.CRITERION,
        id=criterion.id,
        title=Text(f"怎样做到：{title.zh}", f"How is this met: {title.en}"),
        asks=(
            Text(f"必须{title.zh}吗", f"Is this asked for: {title.en}"),
            *_pair_ways(criterion.asks.zh, criterion.asks.en),
        ),
        body=criterion.remedy.text,
    )
