"""What an entry answers on a day, and what that comes to for whom it was asked.

Nothing is written for the occasion: an answer is put together from the texts, numbers
and elements of the catalogue. For a licence and a province the short answer says the
numbers of the law it chiefly rests on, what that law says of this licence alone, and
which authority decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.guide.answerable import Answerable, AnswerKind, Place, main_request
from changqing.law.documents import load_documents
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.law import LawFact
from changqing.law.kinds.material import Material, is_permit
from changqing.law.kinds.parameter import Parameter, ParameterValue
from changqing.law.kinds.topic import Certainty, Topic
from changqing.law.kit import Citation, Confidence, Standing
from changqing.law.law import fill, law_on, say_law
from changqing.law.model import Catalogue
from changqing.law.said import say_number
from changqing.law.words import SCOPE_WORDS
from changqing.text import Text

_PRESENT: Final = re.compile(r"has_([a-z_]+)")
"""The whole test of a criterion that asks for a paper and nothing of it."""
_ELEMENT: Final = re.compile(r"\bstates_[a-z0-9_]+")
_FOR_LICENCES: Final = re.compile(
    r":licence (?P<not>NOT )?(?:= '(?P<one>[^']+)'|IN \((?P<several>[^)]+)\))"
)
_FOR_STAGES: Final = re.compile(r":stage (?:= '[^']+'|IN \([^)]+\))")
_OF_THE_LICENCE: Final = frozenset(
    {
        "authority",
        "capital",
        "change",
        "conditions",
        "documents",
        "fees",
        "long_term_service",
        "procedure",
        "reapply",
        "renewal",
        "staff",
        "testing",
        "time_limit",
        "transfer",
        "validity",
    }
)
"""The subjects of law on which the authority that grants the licence decides."""
_FOREIGN: Final = "foreign"
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
    catalogue: Catalogue, entry: Answerable, *, on: date, licence: str | None = None
) -> Said:
    """Say what an entry answers, its numbers filled in, by the law of a day.

    Where a `licence` is named, what other licences alone have to write is left out.
    """
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
    answer, citations = _SAYERS[entry.kind](catalogue, entry.id, on, licence)
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
        return main_request(catalogue.materials[entry.id]).standing
    if entry.kind is AnswerKind.PARAMETER:
        value = _main_value(catalogue.parameters[entry.id], on)
        return Standing.PRACTICE if value is None else value.standing
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortAnswer:
    """What an answer comes to for a licence and a province, and where that stands."""

    text: Text
    citations: tuple[Citation, ...]


def say_place(
    catalogue: Catalogue, entry: Answerable, place: Place, *, on: date
) -> ShortAnswer | None:
    """Say what an answer comes to for the licence, province and coverage asked for.

    Every number of the entry's law that depends on them is said for them, and what the
    law says of this licence apart from others; a question that names a province hears
    which authority it is. None where nothing was named.
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
    numbers = list(_say_numbers(catalogue, entry, place, on))
    apart = list(_say_apart(catalogue, entry, place, on))
    told = [
        *(text for text, _ in numbers),
        *(text for text, _ in apart),
        *_say_authority(catalogue, entry, place),
    ]
    if not told:
        return None
    return ShortAnswer(
        text=Text(
            "，".join(who_zh) + "：" + "；".join(each.zh for each in told) + "。",
            ", ".join(who_en) + ": " + "; ".join(each.en for each in told) + ".",
        ),
        citations=tuple(
            dict.fromkeys(c for _, cited in (*numbers, *apart) for c in cited)
        ),
    )


def _say_numbers(
    catalogue: Catalogue, entry: Answerable, place: Place, on: date
) -> Iterator[tuple[Text, Sequence[Citation]]]:
    """The numbers for a place: those that depend on it, and the one chiefly asked."""
    for name, chief in _list_parameters(catalogue, entry).items():
        parameter = catalogue.parameters[name]
        by_scope = any(value.scopes for value in parameter.values)
        scopes: Sequence[str | None] = (place.scope,)
        if by_scope and place.scope is None:
            scopes = tuple(SCOPE_WORDS)
        for scope in scopes:
            value = _find_value(parameter, place, scope, on)
            if value is None or value.value is None:
                continue
            depends = bool(
                by_scope
                or (value.licences and place.licence is not None)
                or value.region is not None
            )
            if not depends and not chief:
                continue
            said = _say_with_standing(parameter, value)
            if by_scope and scope is not None:
                where = SCOPE_WORDS[scope]
                said = Text(
                    f"{where.zh}经营的，{said.zh}",
                    f"{where.en}: {said.en[0].lower()}{said.en[1:]}",
                )
            yield said, value.citations


def _list_parameters(catalogue: Catalogue, entry: Answerable) -> Mapping[str, bool]:
    """List the parameters that an entry says, and whether it is chiefly about them."""
    if entry.kind is AnswerKind.PARAMETER:
        return {entry.id: True}
    found: dict[str, bool] = {}
    for at, name in enumerate(entry.law):
        for value in catalogue.law[name].values.values():
            # A fact of one province states its own number.
            if value.parameter is not None and value.region is None:
                found.setdefault(value.parameter, at == 0)
    return found


def _say_with_standing(parameter: Parameter, value: ParameterValue) -> Text:
    """Say a number, and whose measure it is where it is not the law's."""
    number = say_number(value.value or 0, parameter.unit)
    label = parameter.label
    if value.standing is Standing.CONDITION:
        return Text(f"{label.zh}{number.zh}", f"{label.en} {number.en}")
    standing = value.standing.text
    return Text(
        f"{label.zh}{number.zh}（{standing.zh}）",
        f"{label.en} {number.en} ({standing.en})",
    )


def _find_value(
    parameter: Parameter, place: Place, scope: str | None, on: date
) -> ParameterValue | None:
    """The value for a place; what a province says goes before the nation."""
    found = [
        value
        for value in parameter.values
        if value.region in {None, place.region}
        and value.in_force.covers(on)
        and (scope is None or not value.scopes or scope in value.scopes)
        and (
            place.licence is None
            or not value.licences
            or place.licence in value.licences
        )
    ]
    found.sort(key=lambda value: value.region is None)
    return found[0] if found else None


def _say_apart(
    catalogue: Catalogue, entry: Answerable, place: Place, on: date
) -> Iterator[tuple[Text, Sequence[Citation]]]:
    """What the law of a topic says of this licence apart from others."""
    if entry.kind is not AnswerKind.TOPIC or place.licence is None:
        return
    numbers = _list_parameters(catalogue, entry).keys()
    permits = {name for name in catalogue.licences if is_permit(name)}
    ours = {n for n in permits if n[0] == place.licence[0]}
    for name in entry.law[1:]:
        fact = law_on(catalogue, name, on)
        values = fact.values.values()
        is_said = fact.values and all(value.parameter in numbers for value in values)
        if (
            place.licence in fact.licences
            and not ours <= set(fact.licences)
            and fact.region is None
            and not is_said
        ):
            said = say_law(catalogue, fact, on=on)
            yield Text(said.zh.rstrip("。"), said.en.rstrip(".")), fact.citations


def _say_authority(
    catalogue: Catalogue, entry: Answerable, place: Place
) -> Iterator[Text]:
    """Who decides: the administration of the province, or the ministry."""
    subject = _find_subject(catalogue, entry)
    if subject == _FOREIGN or (place.foreign and subject in _OF_THE_LICENCE):
        yield Text(
            "含外资的，不论覆盖几个省，审批机关都是工业和信息化部",
            "with foreign capital the Ministry of Industry and Information Technology "
            "decides, whatever the coverage",
        )
        return
    if subject is not None and subject not in _OF_THE_LICENCE:
        return
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


def _find_subject(catalogue: Catalogue, entry: Answerable) -> str | None:
    """The subject of the law that an entry chiefly rests on."""
    return catalogue.law[entry.law[0]].topic if entry.law else None


def _say_topic(catalogue: Catalogue, topic: Topic, on: date) -> Said:
    law = [law_on(catalogue, name, on) for name in topic.law]
    citations = dict.fromkeys(each for fact in law for each in fact.citations)
    differs = topic.differs
    return Said(
        answer=fill(catalogue, topic.answer, on=on),
        differs=None if differs is None else fill(catalogue, differs, on=on),
        citations=tuple(citations),
        certainty=topic.certainty,
        unfound=topic.unfound,
    )


def _certainty(fact: LawFact) -> Certainty:
    if fact.no_rule:
        return Certainty.NO_NATIONAL_RULE
    read = {each.confidence for each in fact.citations}
    return Certainty.PARTLY if read == {Confidence.RECALLED} else Certainty.ANSWERED


def _say_licence(
    catalogue: Catalogue, name: str, on: date, licence: str | None
) -> tuple[Text, Iterable[Citation]]:
    asked = catalogue.licences[name]
    names = (name, *asked.known_as)
    return (
        Text(
            f"{asked.label.zh}（{'、'.join(names)}）：{asked.definition.zh}"
            f"要办的：{asked.who_needs.zh}不用办的：{asked.not_needed_for.zh}",
            f"{asked.label.en} ({', '.join(names)}): {asked.definition.en} "
            f"Needed by: {asked.who_needs.en} "
            f"Not needed for: {asked.not_needed_for.en}",
        ),
        asked.citations,
    )


def _say_material(
    catalogue: Catalogue, name: str, on: date, licence: str | None
) -> tuple[Text, Iterable[Citation]]:
    material = catalogue.materials[name]
    request = main_request(material)

    def join_texts(texts: Iterable[Text]) -> tuple[str, str]:
        filled = [fill(catalogue, text, on=on) for text in texts]
        return "；".join(t.zh.rstrip("。") for t in filled), " ".join(
            t.en for t in filled
        )

    looked_for = [
        each
        for each in _list_elements(catalogue, material, on)
        if licence is None or not each.licences or licence in each.licences
    ]
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
    told = _say_elements(material, looked_for)
    zh, en = f"{told.zh}{zh}", f"{told.en}{en}"
    drafts = [
        each
        for each in load_documents().values()
        if name in each.materials and not each.internal
    ]
    if drafts:
        titles = "、".join(f"《{each.title}》" for each in drafts)
        zh += f"本程序按项目里的事实起草：{titles}。"
        en += f" This program drafts it from the facts of a case ({titles})."
    cited = [each.citations for each in looked_for]
    return Text(zh, en), (*request.citations, *(c for each in cited for c in each))


@dataclass(frozen=True, slots=True, kw_only=True)
class _LookedFor:
    """What one criterion looks for in a paper, and for which licences alone."""

    elements: tuple[str, ...]
    licences: tuple[str, ...]
    standing: Standing
    citations: tuple[Citation, ...]


def _list_elements(
    catalogue: Catalogue, material: Material, on: date
) -> Iterator[_LookedFor]:
    """List what criteria look for in a paper at application, each element once."""
    named: set[str] = set()
    found = [
        criterion
        for criterion in catalogue.criteria.values()
        if _concerns(criterion, material)
        and criterion.in_force.covers(on)
        and _is_of_application(criterion)
    ]
    # What is asked of everybody first; by how binding it is.
    found.sort(
        key=lambda each: (
            bool(_find_licences(each)),
            list(Standing).index(each.standing),
        )
    )
    for criterion in found:
        elements = dict.fromkeys(_ELEMENT.findall(criterion.test.text))
        new = [e for e in elements if e in material.elements and e not in named]
        if new:
            named |= set(new)
            yield _LookedFor(
                elements=tuple(new),
                licences=_find_licences(criterion),
                standing=criterion.standing,
                citations=criterion.citations,
            )


def _concerns(criterion: Criterion, material: Material) -> bool:
    """Whether a criterion looks into papers of a kind."""
    said = f"{criterion.applies.text} {criterion.test.text}"
    return f"kind = '{material.id}'" in " ".join(said.split())


def _is_of_application(criterion: Criterion) -> bool:
    stages = _FOR_STAGES.search(criterion.applies.text)
    return stages is None or "'apply'" in stages[0]


def _find_licences(criterion: Criterion) -> tuple[str, ...]:
    """Find the licences that alone a criterion names; empty where it names none."""
    found = _FOR_LICENCES.search(criterion.applies.text)
    if found is None or found["not"]:
        return ()
    return tuple(re.findall(r"[A-Z]\w+(?:-\d)?", found["one"] or found["several"]))


def _say_elements(material: Material, looked_for: Sequence[_LookedFor]) -> Text:
    """Say what a paper has to state, for everybody and for some licences."""
    if not looked_for:
        if len(material.elements) < _SEVERAL:
            return Text("", "")
        labels = list(material.elements.values())
        return Text(
            f"本程序在其中核对：{_join_labels(labels).zh}。",
            f"This program looks in it for {_join_labels(labels).en}. ",
        )
    parts: dict[tuple[str, ...], list[Text]] = {}
    for each in looked_for:
        said = _join_labels([material.elements[element] for element in each.elements])
        standing = each.standing.text
        with_standing = Text(
            f"{said.zh}（{standing.zh}）", f"{said.en} ({standing.en})"
        )
        parts.setdefault(each.licences, []).append(with_standing)
    zh = en = ""
    for licences, texts in parts.items():
        names = "、".join(licences)
        of_whom = Text(f"办{names}的", f"For {names.replace('、', ', ')}: ")
        also = Text("另写" if zh else "写", "also " if zh else "")
        before = (
            Text(of_whom.zh + also.zh, of_whom.en + also.en)
            if licences
            else Text("要写明", "It has to state ")
        )
        zh += f"{before.zh}{'；'.join(text.zh for text in texts)}。"
        en += f"{before.en}{'; '.join(text.en for text in texts)}. "
    return Text(zh, en)


def _join_labels(labels: Sequence[Text]) -> Text:
    return Text(
        "、".join(each.zh for each in labels),
        ", ".join(f"{each.en[0].lower()}{each.en[1:]}" for each in labels),
    )


def _say_procedure(
    catalogue: Catalogue, name: str, on: date, licence: str | None
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
    catalogue: Catalogue, name: str, on: date, licence: str | None
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
    catalogue: Catalogue, name: str, on: date, licence: str | None
) -> tuple[Text, Iterable[Citation]]:
    criterion = catalogue.criteria[name]
    paper = find_paper(catalogue, name)
    if paper is not None:
        told, citations = _say_material(catalogue, paper, on, licence)
        label = catalogue.materials[paper].label
        return (
            Text(f"要交{label.zh}。{told.zh}", f"{label.en} is asked for. {told.en}"),
            (*criterion.citations, *citations),
        )
    remedy = criterion.remedy.text
    sought = _say_sought(catalogue, criterion)
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
            f"要求是：{criterion.title.zh}{sought.zh}。{zh}没有做到的：{remedy.zh}",
            f"What is asked: {criterion.title.en}{sought.en}.{en} "
            f"Where it is not so: {remedy.en}",
        ),
        criterion.citations,
    )


def _say_sought(catalogue: Catalogue, criterion: Criterion) -> Text:
    """What a criterion looks for in a paper, where it looks for several things."""
    said = criterion.test.text
    labels = [
        material.elements[element]
        for material in catalogue.materials.values()
        if _concerns(criterion, material)
        for element in dict.fromkeys(_ELEMENT.findall(said))
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
