"""What an entry answers on a day.

Nothing is written for the occasion: an answer is put together from the texts, numbers
and elements of the catalogue. What it comes to for a licence and a province is in
`short_answer`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.guide.answerable import Answerable, AnswerKind, Place, find_main_request
from changqing.law.documents import load_documents
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.law import LawFact
from changqing.law.kinds.material import Material, is_permit
from changqing.law.kinds.parameter import Parameter, ParameterValue
from changqing.law.kinds.topic import Certainty, Topic
from changqing.law.kit import Citation, Confidence, Standing
from changqing.law.law import fill, find_law_on, say_law
from changqing.law.model import Catalogue
from changqing.law.said import say_number
from changqing.rules.partial import could_hold
from changqing.text import Text

_OF_PRACTICE: Final = frozenset(
    {Confidence.PRACTICE_HIGH, Confidence.PRACTICE_MEDIUM, Confidence.PRACTICE_LOW}
)
_PRESENT: Final = re.compile(r"has_([a-z_]+)")
"""The whole test of a criterion that asks for a paper and nothing of it."""
_ELEMENT: Final = re.compile(r"\bstates_[a-z0-9_]+")
_APPLYING: Final[Mapping[str, str]] = {"stage": "apply"}
_ANYWHERE: Final = Place()
_SEVERAL: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer as it stands on a day."""

    answer: Text
    differs: Text | None
    citations: tuple[Citation, ...]
    certainty: Certainty
    unfound: Text | None = None  # looked for in vain


def say_answer(
    catalogue: Catalogue, entry: Answerable, *, on: date, place: Place = _ANYWHERE
) -> Said:
    """Say what an entry answers, its numbers filled in, by the law of a day.

    What other licences or provinces than those of the `place` alone ask to be written
    is left out.
    """
    if entry.kind is AnswerKind.TOPIC:
        return _say_topic(catalogue, catalogue.topics[entry.id], on)
    if entry.kind is AnswerKind.LAW:
        fact = find_law_on(catalogue, entry.id, on)
        return Said(
            answer=say_law(catalogue, fact, on=on),
            differs=None,
            citations=fact.citations,
            certainty=_decide_certainty(fact),
        )
    answer, citations = _SAYERS[entry.kind](catalogue, entry.id, on, place)
    return Said(
        answer=answer,
        differs=None,
        citations=tuple(dict.fromkeys(citations)),
        certainty=_CERTAINTY.get(
            _find_standing(catalogue, entry, on), Certainty.ANSWERED
        ),
    )


def find_paper(catalogue: Catalogue, criterion: str) -> str | None:
    """Find the paper that a criterion asks for, if that is all it asks."""
    test = catalogue.criteria[criterion].test.text.strip()
    present = _PRESENT.fullmatch(test)
    material = None if present is None else catalogue.materials.get(present[1])
    return material.id if material is not None and material.asked else None


def _find_standing(
    catalogue: Catalogue, entry: Answerable, on: date
) -> Standing | None:
    """How binding is what an entry asks for, where it says."""
    if entry.kind is AnswerKind.CRITERION:
        return catalogue.criteria[entry.id].standing
    if entry.kind is AnswerKind.MATERIAL:
        return find_main_request(catalogue.materials[entry.id]).standing
    if entry.kind is AnswerKind.PARAMETER:
        value = _find_main_value(catalogue.parameters[entry.id], on)
        return Standing.PRACTICE if value is None else value.standing
    return None


def _say_topic(catalogue: Catalogue, topic: Topic, on: date) -> Said:
    law = [find_law_on(catalogue, name, on) for name in topic.law]
    citations = dict.fromkeys(citation for fact in law for citation in fact.citations)
    differs = topic.differs
    return Said(
        answer=fill(catalogue, topic.answer, on=on),
        differs=None if differs is None else fill(catalogue, differs, on=on),
        citations=tuple(citations),
        certainty=topic.certainty,
        unfound=topic.unfound,
    )


def _decide_certainty(fact: LawFact) -> Certainty:
    """How far the law answers: what agencies report of practice is none of it."""
    confidences = {citation.confidence for citation in fact.citations}
    if fact.no_rule:
        return Certainty.NO_NATIONAL_RULE
    if confidences <= _OF_PRACTICE:
        return Certainty.PRACTICE
    is_part = confidences & _OF_PRACTICE or confidences == {Confidence.RECALLED}
    return Certainty.PARTLY if is_part else Certainty.ANSWERED


def _say_licence(
    catalogue: Catalogue, name: str, on: date, place: Place
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
    catalogue: Catalogue, name: str, on: date, place: Place
) -> tuple[Text, Iterable[Citation]]:
    """Say what a paper has to be and to state, and on what law that stands."""
    material = catalogue.materials[name]
    request = find_main_request(material)

    def join_texts(texts: Iterable[Text]) -> tuple[str, str]:
        filled = [fill(catalogue, text, on=on) for text in texts]
        return "；".join(t.zh.rstrip("。") for t in filled), " ".join(
            t.en for t in filled
        )

    looked_for = list(_list_elements(catalogue, material, place, on))
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
    elements_text = Text("", "")
    if looked_for or not any(_list_elements(catalogue, material, _ANYWHERE, on)):
        elements_text = _say_elements(catalogue, material, looked_for)
    zh, en = f"{elements_text.zh}{zh}", f"{elements_text.en}{en}"
    drafts = [
        document
        for document in load_documents().values()
        if name in document.materials and not document.internal
    ]
    if drafts:
        titles = "、".join(f"《{draft.title}》" for draft in drafts)
        zh += f"本程序按项目里的事实起草：{titles}。"
        en += f" This program drafts it from the facts of a case ({titles})."
    cited = [element.citations for element in looked_for]
    return Text(zh, en), (
        *request.citations,
        *(c for citations in cited for c in citations),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _LookedFor:
    """What one criterion looks for in a paper, and for whom alone; empty: everybody."""

    elements: tuple[str, ...]
    licences: tuple[str, ...]
    regions: tuple[str, ...]
    standing: Standing
    citations: tuple[Citation, ...]


def _list_elements(
    catalogue: Catalogue, material: Material, place: Place, on: date
) -> Iterator[_LookedFor]:
    """List what criteria look for in a paper at application, each element once."""
    listed_elements: set[str] = set()
    known_place = {"licence": place.licence, "region": place.region}
    givens = {
        **_APPLYING,
        **{name: value for name, value in known_place.items() if value},
    }
    looking = [
        (criterion, _find_licences(catalogue, criterion), regions)
        for criterion in catalogue.criteria.values()
        if _is_about_material(criterion, material)
        and criterion.in_force.covers(on)
        and could_hold(criterion.applies.root, givens)
        for regions in [_find_regions(catalogue, criterion)]
    ]
    # What is asked of everybody first; by how binding it is.
    looking.sort(
        key=lambda entry: (
            bool(entry[2]),
            bool(entry[1]),
            list(Standing).index(entry[0].standing),
        )
    )
    for criterion, licences, regions in looking:
        elements = dict.fromkeys(_ELEMENT.findall(criterion.test.text))
        new = [
            e for e in elements if e in material.elements and e not in listed_elements
        ]
        if new:
            listed_elements |= set(new)
            yield _LookedFor(
                elements=tuple(new),
                licences=licences,
                regions=regions,
                standing=criterion.standing,
                citations=criterion.citations,
            )


def _is_about_material(criterion: Criterion, material: Material) -> bool:
    """Tell whether a criterion looks into papers of a kind."""
    rule_text = f"{criterion.applies.text} {criterion.test.text}"
    return f"kind = '{material.id}'" in " ".join(rule_text.split())


def _find_licences(catalogue: Catalogue, criterion: Criterion) -> tuple[str, ...]:
    """Find the licences that alone a criterion concerns; empty for every permit."""
    concerned = tuple(
        name
        for name in catalogue.licences
        if could_hold(criterion.applies.root, {**_APPLYING, "licence": name})
    )
    return (
        ()
        if set(filter(is_permit, catalogue.licences)) <= set(concerned)
        else concerned
    )


def _find_regions(catalogue: Catalogue, criterion: Criterion) -> tuple[str, ...]:
    """Find the provinces that alone a criterion concerns; empty for every one."""
    concerned = tuple(
        name
        for name in catalogue.regions
        if could_hold(criterion.applies.root, {**_APPLYING, "region": name})
    )
    return () if len(concerned) == len(catalogue.regions) else concerned


def _say_elements(
    catalogue: Catalogue, material: Material, looked_for: Sequence[_LookedFor]
) -> Text:
    """Say what a paper has to state, for everybody and for some licences."""
    if not looked_for:
        if len(material.elements) < _SEVERAL:
            return Text("", "")
        labels = list(material.elements.values())
        return Text(
            f"本程序在其中核对：{_join_labels(labels).zh}。",
            f"This program looks in it for {_join_labels(labels).en}. ",
        )
    parts: dict[Text, list[Text]] = {}
    for look in looked_for:
        joined_labels = _join_labels(
            [material.elements[element] for element in look.elements]
        )
        standing = look.standing.text
        with_standing = Text(
            f"{joined_labels.zh}（{standing.zh}）",
            f"{joined_labels.en} ({standing.en})",
        )
        parts.setdefault(_say_whom(catalogue, look), []).append(with_standing)
    zh = en = ""
    for whom, texts in parts.items():
        also = Text("另写" if zh else "写", "also " if zh else "")
        before = (
            Text(whom.zh + also.zh, whom.en + also.en)
            if whom.zh
            else Text("要写明", "It has to state ")
        )
        zh += f"{before.zh}{'；'.join(text.zh for text in texts)}。"
        en += f"{before.en}{'; '.join(text.en for text in texts)}. "
    return Text(zh, en)


def _say_whom(catalogue: Catalogue, looked_for: _LookedFor) -> Text:
    """Say whom alone a criterion concerns; nothing where it is everybody."""
    where = [catalogue.regions[name].label for name in looked_for.regions]
    zh = f"在{'、'.join(place.zh for place in where)}" if where else ""
    en = f"In {', '.join(place.en for place in where)}: " if where else ""
    if looked_for.licences:
        zh += f"办{'、'.join(looked_for.licences)}的"
        en += f"For {', '.join(looked_for.licences)}: "
    elif where:
        zh += "申请的"
    return Text(zh, en)


def _join_labels(labels: Sequence[Text]) -> Text:
    return Text(
        "、".join(label.zh for label in labels),
        ", ".join(f"{label.en[0].lower()}{label.en[1:]}" for label in labels),
    )


def _say_procedure(
    catalogue: Catalogue, name: str, on: date, place: Place
) -> tuple[Text, Iterable[Citation]]:
    procedure = catalogue.procedures[name]
    steps = [step.title for step in procedure.steps]
    text = Text(
        "依次是：" + "；".join(step.zh for step in steps) + "。",
        "The steps: " + "; ".join(step.en for step in steps) + ".",
    )
    if procedure.about is not None:
        about = fill(catalogue, procedure.about, on=on)
        text = Text(about.zh + text.zh, f"{about.en} {text.en}")
    steps_cite = [citation for step in procedure.steps for citation in step.citations]
    return text, (*procedure.citations, *steps_cite)


def _find_main_value(parameter: Parameter, on: date) -> ParameterValue | None:
    """Find the value of a parameter on a day, the nation's first; None if not set."""
    values = [value for value in parameter.values if value.in_force.covers(on)]
    return values[0] if values and values[0].value is not None else None


def _say_parameter(
    catalogue: Catalogue, name: str, on: date, place: Place
) -> tuple[Text, Iterable[Citation]]:
    parameter = catalogue.parameters[name]
    value = _find_main_value(parameter, on)
    if value is None:
        return Text(
            f"{parameter.label.zh}：没有全国规定的数，向受理机关确认。",
            f"{parameter.label.en}: no national rule sets it; ask the authority.",
        ), [
            citation
            for parameter_value in parameter.values
            if parameter_value.in_force.covers(on)
            for citation in parameter_value.citations
        ]
    text = _say_value(parameter, value)
    return Text(f"{text.zh}。", f"{text.en}."), value.citations


def _say_value(parameter: Parameter, value: ParameterValue) -> Text:
    """Say a number and how binding it is."""
    number = say_number(value.value or 0, parameter.unit)
    return Text(
        f"{parameter.label.zh}：{number.zh}（{value.standing.text.zh}）",
        f"{parameter.label.en}: {number.en} ({value.standing.text.en})",
    )


def _say_criterion(
    catalogue: Catalogue, name: str, on: date, place: Place
) -> tuple[Text, Iterable[Citation]]:
    criterion = catalogue.criteria[name]
    paper = find_paper(catalogue, name)
    if paper is not None:
        text, citations = _say_material(catalogue, paper, on, place)
        label = catalogue.materials[paper].label
        return (
            Text(f"要交{label.zh}。{text.zh}", f"{label.en} is asked for. {text.en}"),
            (*criterion.citations, *citations),
        )
    remedy = criterion.remedy.text
    sought_text = _say_sought(catalogue, criterion)
    parameters = [catalogue.parameters[p] for p in sorted(criterion.test.parameters)]
    numbers = [
        _say_value(parameter, value)
        for parameter in parameters
        if (value := _find_main_value(parameter, on)) is not None
    ]
    zh = "".join(f"{number.zh}。" for number in numbers)
    en = "".join(f" {number.en}." for number in numbers)
    return (
        Text(
            f"要求是：{criterion.title.zh}{sought_text.zh}。{zh}没有做到的：{remedy.zh}",
            f"What is asked: {criterion.title.en}{sought_text.en}.{en} "
            f"Where it is not so: {remedy.en}",
        ),
        criterion.citations,
    )


def _say_sought(catalogue: Catalogue, criterion: Criterion) -> Text:
    """What a criterion looks for in a paper, where it looks for several things."""
    rule_text = criterion.test.text
    labels = [
        material.elements[element]
        for material in catalogue.materials.values()
        if _is_about_material(criterion, material)
        for element in dict.fromkeys(_ELEMENT.findall(rule_text))
        if element in material.elements
    ]
    if len(labels) < _SEVERAL:
        return Text("", "")
    joined = _join_labels(labels)
    return Text(f"（{joined.zh}）", f" ({joined.en})")


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
