"""What an answer comes to for the licence and the province that were named.

The numbers of the law it chiefly rests on, what that law says of this licence alone,
and which authority decides; each as the catalogue has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.guide.answerable import Answerable, AnswerKind, Place
from changqing.guide.form import find_numbers, find_stated
from changqing.law.kinds.law import LawFact
from changqing.law.kinds.material import is_permit
from changqing.law.kinds.parameter import Parameter, ParameterValue
from changqing.law.kit import Citation, Confidence, Standing
from changqing.law.law import find_law_on, say_law
from changqing.law.lookup import MINISTRY_DECIDES
from changqing.law.model import Catalogue
from changqing.law.said import say_number
from changqing.law.words import SCOPE_WORDS
from changqing.text import Text

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
_APART_FROM_LICENCES: Final = frozenset({"classification_of_services", "filing"})
"""Facts of law on what is of a class, and on filing: nothing that a licence asks."""
_NOT_SO: Final = Text("不是这样：", "That is not so:")
_SO: Final = Text("是这样：", "That is so:")
_UNSEEN: Final = frozenset({Confidence.SECONDARY, Confidence.RECALLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortAnswer:
    """What an answer comes to for a licence and a province, and where that stands."""

    text: Text
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Premise:
    """What a statement in a question comes to, and whether a fact of law settles it."""

    text: Text
    settled: bool


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
    authority = list(_say_authority(catalogue, entry, place, on))
    texts = [text for text, _ in (*numbers, *apart, *authority)]
    if not texts:
        return None
    return ShortAnswer(
        text=Text(
            "，".join(who_zh)
            + "："
            + "；".join(sentence.zh for sentence in texts)
            + "。",
            ", ".join(who_en)
            + ": "
            + "; ".join(sentence.en for sentence in texts)
            + ".",
        ),
        citations=tuple(
            dict.fromkeys(
                c for _, cited in (*numbers, *apart, *authority) for c in cited
            )
        ),
    )


def say_premise(
    catalogue: Catalogue, entry: Answerable, place: Place, question: str, *, on: date
) -> Premise:
    """Say what a statement in a question has to be held against.

    What the law on the same subject denies comes first. Numbers that it states are set
    beside those of the entry with the same unit, where none of these is the same; else
    the answer is pointed to.
    """
    subjects = {catalogue.law[name].topic for name in entry.law}
    for fact in catalogue.law.values():
        if fact.topic not in subjects or not _is_in_force(fact, on):
            continue
        for denial in fact.denies:
            words = (*denial.words.zh, *denial.words.en)
            is_stated = find_stated(question, words)
            if is_stated is not None:
                before = _NOT_SO if is_stated else _SO
                zh, en = denial.says.zh, denial.says.en
                return Premise(
                    text=Text(f"{before.zh}{zh}", f"{before.en} {en}"), settled=True
                )
    numbers = [
        (parameter, value)
        for name in _list_parameters(catalogue, entry)
        for parameter in [catalogue.parameters[name]]
        for scope in (tuple(SCOPE_WORDS) if place.scope is None else (place.scope,))
        for value in _find_values(parameter, place, scope, on)
        if value.value is not None
    ]
    for stated, unit, said in find_numbers(question):
        of_unit = [(p, v) for p, v in numbers if p.unit == unit]
        if of_unit and all(value.value != stated for _, value in of_unit):
            texts = list(dict.fromkeys(_say_with_standing(p, v) for p, v in of_unit))
            text = Text(
                f"您说的是{said}；规定的数是：{'；'.join(t.zh for t in texts)}。",
                f"You say {said}; the rule has: {'; '.join(t.en for t in texts)}.",
            )
            return Premise(text=text, settled=False)
    text = Text(
        "您的说法要对照下面的规定，不要当作已定。",
        "Hold what you say against the rule below; do not take it as settled.",
    )
    return Premise(text=text, settled=False)


def _is_in_force(fact: LawFact, on: date) -> bool:
    return fact.in_force is None or fact.in_force.covers(on)


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
            where = SCOPE_WORDS[scope] if by_scope and scope is not None else None
            values = [
                value
                for value in _find_values(parameter, place, scope, on)
                if value.value is not None
                and (by_scope or value.licences or value.region is not None or chief)
            ]
            for sentence, cited in _say_values(catalogue, parameter, values, place):
                if where is None:
                    yield sentence, cited
                    continue
                lower = f"{sentence.en[0].lower()}{sentence.en[1:]}"
                text = Text(f"{where.zh}经营的，{sentence.zh}", f"{where.en}: {lower}")
                yield text, cited


def _say_values(
    catalogue: Catalogue,
    parameter: Parameter,
    values: Iterable[ParameterValue],
    place: Place,
) -> Iterator[tuple[Text, Sequence[Citation]]]:
    """Say the same number once, and for which licences where none was named."""
    same: dict[Text, list[ParameterValue]] = {}
    for value in values:
        same.setdefault(_say_with_standing(parameter, value), []).append(value)
    permits = set(filter(is_permit, catalogue.licences))
    for sentence, of in same.items():
        text = sentence
        names = [name for value in of for name in value.licences]
        is_of_some = all(value.licences for value in of) and not permits <= set(names)
        if place.licence is None and is_of_some:
            text = Text(
                f"办{'、'.join(names)}的，{sentence.zh}",
                f"for {', '.join(names)}: {sentence.en[0].lower()}{sentence.en[1:]}",
            )
        yield text, [citation for value in of for citation in value.citations]


def _list_parameters(catalogue: Catalogue, entry: Answerable) -> Mapping[str, bool]:
    """List the parameters that an entry says, and whether it is chiefly about them."""
    if entry.kind is AnswerKind.PARAMETER:
        return {entry.id: True}
    parameters: dict[str, bool] = {}
    for at, name in enumerate(entry.law):
        for value in catalogue.law[name].values.values():
            # A fact of one province states its own number.
            if value.parameter is not None and value.region is None:
                parameters.setdefault(value.parameter, at == 0)
    return parameters


def _say_with_standing(parameter: Parameter, value: ParameterValue) -> Text:
    """Say a number, whose measure it is where it is not the law's, and how it was read.

    Where its text was not seen, that is said, with the note of the catalogue.
    """
    number = say_number(value.value or 0, parameter.unit)
    beside: list[Text] = []
    if value.standing is not Standing.CONDITION:
        beside.append(value.standing.text)
    elif {citation.confidence for citation in value.citations} <= _UNSEEN:
        beside += dict.fromkeys(
            citation.confidence.text for citation in value.citations
        )
        beside += [] if value.note is None else [value.note]
    zh, en = f"{parameter.label.zh}{number.zh}", f"{parameter.label.en} {number.en}"
    if beside:
        zh += f"（{'；'.join(remark.zh.rstrip('。') for remark in beside)}）"
        en += f" ({'; '.join(remark.en.rstrip('.') for remark in beside)})"
    return Text(zh, en)


def _find_values(
    parameter: Parameter, place: Place, scope: str | None, on: date
) -> Sequence[ParameterValue]:
    """Find the value for a place; where no licence is named, one for each of them.

    What a province says goes before the nation.
    """
    parameter_values: dict[tuple[str, ...], ParameterValue] = {}
    values = sorted(parameter.values, key=lambda value: value.region is None)
    for value in values:
        if (
            value.region in {None, place.region}
            and value.in_force.covers(on)
            and (scope is None or not value.scopes or scope in value.scopes)
            and (
                place.licence is None
                or not value.licences
                or place.licence in value.licences
            )
        ):
            parameter_values.setdefault(value.licences, value)
    return list(parameter_values.values())[: None if place.licence is None else 1]


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
        fact = find_law_on(catalogue, name, on)
        values = fact.values.values()
        is_said = fact.values and all(value.parameter in numbers for value in values)
        if (
            place.licence in fact.licences
            and not ours <= set(fact.licences)
            and fact.region is None
            and fact.topic not in _APART_FROM_LICENCES
            and not is_said
        ):
            text = say_law(catalogue, fact, on=on)
            yield Text(text.zh.rstrip("。"), text.en.rstrip(".")), fact.citations


def _say_authority(
    catalogue: Catalogue, entry: Answerable, place: Place, on: date
) -> Iterator[tuple[Text, Sequence[Citation]]]:
    """Who decides: the administration of the province, or the ministry."""
    subject = _find_subject(catalogue, entry)
    if subject == _FOREIGN or (
        place.foreign and (subject is None or subject in _OF_THE_LICENCE)
    ):
        fact = find_law_on(catalogue, MINISTRY_DECIDES, on)
        if place.licence is None or place.licence in fact.licences:
            text = say_law(catalogue, fact, on=on)
            yield Text(text.zh.rstrip("。"), text.en.rstrip(".")), fact.citations
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
        text = Text(
            f"只在省内经营的，受理和审批机关是{authority.zh}",
            f"within the province the deciding authority is the {authority.en}",
        )
        yield text, ()
    elif place.licence is not None and place.scope is not None:
        authority = catalogue.licences[place.licence].approver[place.scope]
        text = Text(
            f"审批机关是{authority.zh}", f"the deciding authority: {authority.en}"
        )
        yield text, ()


def _find_subject(catalogue: Catalogue, entry: Answerable) -> str | None:
    """Find the subject of the law that an entry rests on, or whose number it is."""
    if entry.law:
        return catalogue.law[entry.law[0]].topic
    if entry.kind is not AnswerKind.PARAMETER:
        return None
    subjects = (
        fact.topic
        for fact in catalogue.law.values()
        if any(value.parameter == entry.id for value in fact.values.values())
    )
    return next(subjects, None)
