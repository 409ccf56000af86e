"""What a question can be answered with: every entry of the catalogue, in one shape.

A topic is a question that somebody wrote an answer to; a fact of law answers the
questions it lists; a material, a procedure, a licence, a parameter and a criterion
answer the questions that can be made of their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.guide.words import language_of, read_lines
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.law import LawFact
from changqing.law.kinds.licence import Licence
from changqing.law.kinds.material import Material, MaterialRequest
from changqing.law.kinds.parameter import Parameter, ParameterValue
from changqing.law.kinds.procedure import Procedure
from changqing.law.kinds.topic import Certainty, Topic
from changqing.law.kit import Citation, Confidence, Standing
from changqing.law.law import fill, law_on, say_law
from changqing.law.model import Catalogue
from changqing.law.said import say_number
from changqing.law.words import SCOPE_WORDS
from changqing.text import Language, Text, WordedEnum

_ELSEWHERE: Final = "elsewhere.txt"
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
    """For whom a question is asked, as far as it says: licence, province, coverage."""

    licence: str | None = None
    region: str | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer as it stands on a day."""

    answer: Text
    differs: Text | None
    citations: tuple[Citation, ...]
    certainty: Certainty


def list_answerables(catalogue: Catalogue) -> Iterator[Answerable]:
    """List all that a catalogue can answer with, topics first, and what none does."""
    for topic in catalogue.topics.values():
        yield _of_topic(topic)
    for fact in catalogue.law.values():
        if fact.asks.zh and fact.asks.en:
            yield _of_law(fact)
    for licence in catalogue.licences.values():
        yield _of_licence(licence)
    for material in catalogue.materials.values():
        if material.asked:
            yield _of_material(material)
    for procedure in catalogue.procedures.values():
        yield _of_procedure(procedure)
    for parameter in catalogue.parameters.values():
        yield _of_parameter(parameter)
    for criterion in catalogue.criteria.values():
        yield _of_criterion(criterion)
    for at, question in enumerate(read_lines(_ELSEWHERE)):
        chinese = language_of(question) is Language.ZH
        yield Answerable(
            kind=AnswerKind.ELSEWHERE,
            id=f"elsewhere_{at}",
            title=Text(question, "") if chinese else Text("", question),
            body=Text("", ""),
        )


def list_subjects(catalogue: Catalogue, entry: Answerable) -> Set[str]:
    """List the parameters and papers that an entry says or checks."""
    if entry.kind in {AnswerKind.PARAMETER, AnswerKind.MATERIAL}:
        return {entry.id}
    if entry.kind is AnswerKind.CRITERION:
        criterion = catalogue.criteria[entry.id]
        said = f"{criterion.applies.text} {criterion.test.text}"
        papers = {paper or kind for paper, kind in _PAPER.findall(said)}
        return criterion.test.parameters | (papers & catalogue.materials.keys())
    if entry.kind is AnswerKind.LAW:
        values = catalogue.law[entry.id].values.values()
        return {value.parameter for value in values if value.parameter is not None}
    return frozenset()


def say_answer(catalogue: Catalogue, entry: Answerable, *, on: date) -> Said:
    """Say what an entry answers, its numbers filled in, by the law of a day."""
    if entry.kind is AnswerKind.TOPIC:
        return _say_topic(catalogue, catalogue.topics[entry.id], on)
    if entry.kind is AnswerKind.LAW:
        fact = law_on(catalogue, entry.id, on)
        return Said(
            answer=say_law(catalogue, fact, on=on),
            differs=None,
            citations=fact.citations,
            certainty=_certainty(fact),
        )
    answer, citations = _SAYERS[entry.kind](catalogue, entry.id, on)
    return Said(
        answer=answer,
        differs=None,
        citations=tuple(dict.fromkeys(citations)),
        certainty=_CERTAINTY.get(
            _find_standing(catalogue, entry, on), Certainty.ANSWERED
        ),
    )


def _find_standing(
    catalogue: Catalogue, entry: Answerable, on: date
) -> Standing | None:
    """How binding is what an entry asks for, where it says."""
    if entry.kind is AnswerKind.CRITERION:
        return catalogue.criteria[entry.id].standing
    if entry.kind is AnswerKind.MATERIAL:
        return _main_request(catalogue.materials[entry.id]).standing
    if entry.kind is AnswerKind.PARAMETER:
        value = _main_value(catalogue.parameters[entry.id], on)
        return Standing.PRACTICE if value is None else value.standing
    return None


def say_place(
    catalogue: Catalogue, entry: Answerable, place: Place, *, on: date
) -> Text | None:
    """Say what an answer comes to for the licence, province and coverage asked for.

    Every number of the entry's law that depends on them is said for them; a question
    that names a province hears which authority it is. None where nothing was named.
    """
    if place.licence is None and place.region is None:
        return None
    who_zh, who_en = [], []
    if place.region is not None:
        who_zh.append(catalogue.regions[place.region].label.zh)
        who_en.append(catalogue.regions[place.region].label.en)
    if place.licence is not None:
        licence = catalogue.licences[place.licence]
        names = "、".join((place.licence, *licence.known_as))
        who_zh.append(f"{licence.label.zh}（{names}）")
        who_en.append(f"{licence.label.en} ({names.replace('、', ', ')})")
    told = [
        *_say_numbers(catalogue, entry, place, on),
        *_say_authority(catalogue, entry, place),
    ]
    if not told:
        return None
    return Text(
        "，".join(who_zh) + "：" + "；".join(each.zh for each in told) + "。",
        ", ".join(who_en) + ": " + "; ".join(each.en for each in told) + ".",
    )


def _say_numbers(
    catalogue: Catalogue, entry: Answerable, place: Place, on: date
) -> Iterator[Text]:
    names = dict.fromkeys(
        value.parameter
        for name in entry.law
        for value in catalogue.law[name].values.values()
        if value.parameter is not None and value.scope is not None
    )
    for name in names:
        parameter = catalogue.parameters[name]
        for scope in (place.scope,) if place.scope else tuple(SCOPE_WORDS):
            number = _find_number(parameter, place, scope, on)
            if number is not None:
                said = say_number(number, parameter.unit)
                where = SCOPE_WORDS[scope]
                yield Text(
                    f"{where.zh}经营的，{parameter.label.zh}{said.zh}",
                    f"{where.en}: {parameter.label.en[0].lower()}"
                    f"{parameter.label.en[1:]} {said.en}",
                )


def _find_number(
    parameter: Parameter, place: Place, scope: str, on: date
) -> int | None:
    """The number for a place; what a province says goes before the nation."""
    found = [
        value
        for value in parameter.values
        if value.region in {None, place.region}
        and value.in_force.covers(on)
        and (not value.scopes or scope in value.scopes)
        and (
            place.licence is None
            or not value.licences
            or place.licence in value.licences
        )
    ]
    found.sort(key=lambda value: value.region is None)
    return found[0].value if found else None


def _say_authority(
    catalogue: Catalogue, entry: Answerable, place: Place
) -> Iterator[Text]:
    """Who decides: the administration of the province, or the ministry."""
    scopes = (
        tuple(SCOPE_WORDS)
        if place.licence is None
        else catalogue.licences[place.licence].scopes
    )
    within = "intra_province" in scopes and place.scope != "cross_province"
    if place.region is not None and within:
        authority = catalogue.regions[place.region].authority
        yield Text(
            f"只在省内经营的，受理和审批机关是{authority.zh}",
            f"within the province the deciding authority is the {authority.en}",
        )
    elif place.licence is not None and place.scope is not None:
        authority = catalogue.licences[place.licence].approver[place.scope]
        yield Text(
            f"审批机关是{authority.zh}", f"the deciding authority: {authority.en}"
        )


def _say_topic(catalogue: Catalogue, topic: Topic, on: date) -> Said:
    law = [law_on(catalogue, name, on) for name in topic.law]
    citations = dict.fromkeys(each for fact in law for each in fact.citations)
    differs = topic.differs
    return Said(
        answer=fill(catalogue, topic.answer, on=on),
        differs=None if differs is None else fill(catalogue, differs, on=on),
        citations=tuple(citations),
        certainty=topic.certainty,
    )


def _certainty(fact: LawFact) -> Certainty:
    if fact.no_rule:
        return Certainty.NO_NATIONAL_RULE
    read = {each.confidence for each in fact.citations}
    return Certainty.PARTLY if read == {Confidence.RECALLED} else Certainty.ANSWERED


def _of_topic(topic: Topic) -> Answerable:
    return Answerable(
        kind=AnswerKind.TOPIC,
        id=topic.id,
        title=topic.title,
        aliases=topic.aliases,
        asks=(*topic.aliases, *_pair(topic.asks.zh, topic.asks.en)),
        body=topic.answer,
        law=topic.law,
    )


def _of_law(fact: LawFact) -> Answerable:
    asks = _pair(fact.asks.zh, fact.asks.en)
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


def _pair(zh: tuple[str, ...], en: tuple[str, ...]) -> tuple[Text, ...]:
    most = max(len(zh), len(en))
    padded = ((*ways, *("" for _ in range(most - len(ways)))) for ways in (zh, en))
    return tuple(Text(one, other) for one, other in zip(*padded, strict=True))


def _of_licence(licence: Licence) -> Answerable:
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


def _of_material(material: Material) -> Answerable:
    label, en = material.label, material.label.en.lower()
    request = _main_request(material)
    told = (request.requirement, *request.accepts, *request.refuses)
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
            *_pair(material.asks.zh, material.asks.en),
        ),
        body=Text(
            "".join(each.zh for each in told), " ".join(each.en for each in told)
        ),
    )


def _main_request(material: Material) -> MaterialRequest:
    """The request for everybody at application, or the first."""
    return min(
        material.asked,
        key=lambda each: (
            bool(each.licences or each.regions),
            bool(each.stages) and "apply" not in each.stages,
        ),
    )


def _of_procedure(procedure: Procedure) -> Answerable:
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
            *_pair(procedure.asks.zh, procedure.asks.en),
        ),
        body=Text("".join(s.zh for s in steps), " ".join(s.en for s in steps)),
        licences=procedure.licences,
    )


def _of_parameter(parameter: Parameter) -> Answerable:
    label = parameter.label
    return Answerable(
        kind=AnswerKind.PARAMETER,
        id=parameter.id,
        title=Text(f"{label.zh}是多少", f"{label.en}: how many?"),
        asks=(
            Text(f"{label.zh}有规定吗", f"Is there a rule on {label.en.lower()}?"),
            *_pair(parameter.asks.zh, parameter.asks.en),
        ),
        body=label,
    )


def _of_criterion(criterion: Criterion) -> Answerable:
    title = criterion.title
    return Answerable(
        kind=AnswerKind.CRITERION,
        id=criterion.id,
        title=Text(f"怎样做到：{title.zh}", f"How is this met: {title.en}"),
        asks=(
            Text(f"必须{title.zh}吗", f"Is this asked for: {title.en}"),
            *_pair(criterion.asks.zh, criterion.asks.en),
        ),
        body=criterion.remedy.text,
    )


def _say_licence(
    catalogue: Catalogue, name: str, on: date
) -> tuple[Text, Iterable[Citation]]:
    licence = catalogue.licences[name]
    names = (name, *licence.known_as)
    return (
        Text(
            f"{licence.label.zh}（{'、'.join(names)}）：{licence.definition.zh}"
            f"要办的：{licence.who_needs.zh}不用办的：{licence.not_needed_for.zh}",
            f"{licence.label.en} ({', '.join(names)}): {licence.definition.en} "
            f"Needed by: {licence.who_needs.en} "
            f"Not needed for: {licence.not_needed_for.en}",
        ),
        licence.citations,
    )


def _say_material(
    catalogue: Catalogue, name: str, on: date
) -> tuple[Text, Iterable[Citation]]:
    request = _main_request(catalogue.materials[name])

    def join_texts(texts: Iterable[Text]) -> tuple[str, str]:
        filled = [fill(catalogue, text, on=on) for text in texts]
        return "；".join(t.zh.rstrip("。") for t in filled), " ".join(
            t.en for t in filled
        )

    requirement = fill(catalogue, request.requirement, on=on)
    zh, en = requirement.zh, requirement.en
    for texts, before in (
        (request.accepts, Text("可以用：", " Accepted: ")),
        (request.refuses, Text("不收：", " Refused: ")),
    ):
        if texts:
            more = join_texts(texts)
            zh += f"{before.zh}{more[0]}。"
            en += before.en + more[1]
    return Text(zh, en), request.citations


def _say_procedure(
    catalogue: Catalogue, name: str, on: date
) -> tuple[Text, Iterable[Citation]]:
    procedure = catalogue.procedures[name]
    steps = [step.title for step in procedure.steps]
    told = Text(
        "依次是：" + "；".join(step.zh for step in steps) + "。",
        "The steps: " + "; ".join(step.en for step in steps) + ".",
    )
    if procedure.about is not None:
        about = fill(catalogue, procedure.about, on=on)
        told = Text(about.zh + told.zh, f"{about.en} {told.en}")
    steps_cite = [each for step in procedure.steps for each in step.citations]
    return told, (*procedure.citations, *steps_cite)


def _main_value(parameter: Parameter, on: date) -> ParameterValue | None:
    """Find the value of a parameter on a day, the nation's first; None if not set."""
    values = [value for value in parameter.values if value.in_force.covers(on)]
    return values[0] if values and values[0].value is not None else None


def _say_parameter(
    catalogue: Catalogue, name: str, on: date
) -> tuple[Text, Iterable[Citation]]:
    parameter = catalogue.parameters[name]
    value = _main_value(parameter, on)
    if value is None:
        return Text(
            f"{parameter.label.zh}：没有全国规定的数，向受理机关确认。",
            f"{parameter.label.en}: no national rule sets it; ask the authority.",
        ), [
            citation
            for each in parameter.values
            if each.in_force.covers(on)
            for citation in each.citations
        ]
    said = _say_value(parameter, value)
    return Text(f"{said.zh}。", f"{said.en}."), value.citations


def _say_value(parameter: Parameter, value: ParameterValue) -> Text:
    """Say a number and how binding it is."""
    number = say_number(value.value or 0, parameter.unit)
    return Text(
        f"{parameter.label.zh}：{number.zh}（{value.standing.text.zh}）",
        f"{parameter.label.en}: {number.en} ({value.standing.text.en})",
    )


def _say_criterion(
    catalogue: Catalogue, name: str, on: date
) -> tuple[Text, Iterable[Citation]]:
    criterion = catalogue.criteria[name]
    remedy = criterion.remedy.text
    parameters = [catalogue.parameters[p] for p in sorted(criterion.test.parameters)]
    numbers = [
        _say_value(parameter, value)
        for parameter in parameters
        if (value := _main_value(parameter, on)) is not None
    ]
    zh = "".join(f"{number.zh}。" for number in numbers)
    en = "".join(f" {number.en}." for number in numbers)
    return (
        Text(
            f"要求是：{criterion.title.zh}。{zh}没有做到的：{remedy.zh}",
            f"What is asked: {criterion.title.en}.{en} Where it is not so: {remedy.en}",
        ),
        criterion.citations,
    )


_CERTAINTY: Final[Mapping[Standing | None, Certainty]] = {
    Standing.PUBLISHED: Certainty.PARTLY,
    Standing.PRACTICE: Certainty.NO_NATIONAL_RULE,
}
"""How far the law answers what it does not ask for itself."""

_SAYERS: Final = {
    AnswerKind.LICENCE: _say_licence,
    AnswerKind.MATERIAL: _say_material,
    AnswerKind.PROCEDURE: _say_procedure,
    AnswerKind.PARAMETER: _say_parameter,
    AnswerKind.CRITERION: _say_criterion,
}
