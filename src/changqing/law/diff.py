"""What changed in law between two days, and which rules the change touches.

Built from the days in force of instruments, their amendments, facts of law, values of
parameters, criteria, procedures, rules of classification and what is asked of papers.
Nothing is written by hand for it: to have a change told, date it where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from changqing.errors import ChangqingError
from changqing.law.kinds.instrument import Instrument
from changqing.law.kinds.law import LawFact
from changqing.law.kinds.parameter import Parameter, ParameterValue
from changqing.law.kit import Citation, Confidence, InForce
from changqing.law.law import fill, say_law
from changqing.law.model import Catalogue
from changqing.law.said import say_number
from changqing.law.touched import Reach, Touched, collect_reach, find_touched
from changqing.law.words import SCOPE_WORDS
from changqing.text import Text, WordedEnum, both

_ONE_DAY: Final = timedelta(days=1)
_UNSET: Final = Text("没有规定", "not set")


class Turn(WordedEnum):
    """How something changed on a day."""

    # an instrument got a new text
    AMENDED = "amended", Text("修改", "amended")
    BEGAN = "began", Text("新增", "new")
    REPLACED = "replaced", Text("更换", "replaced")
    # stands in a text amended that day, and may be no news
    RESTATED = (
        "restated",
        Text("随新文本施行（未必是新规定）", "in the new text; may be no news"),
    )
    ENDED = "ended", Text("不再有效", "ended")


class DiffKind(StrEnum):
    """What changed, in the order it is told."""

    INSTRUMENT = "instrument"
    LAW = "law"
    PARAMETER = "parameter"
    CRITERION = "criterion"
    CLASSIFICATION = "classification"
    PROCEDURE = "procedure"
    MATERIAL = "material"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. `on` is the first day on which the new state holds.

    `precision` (day, month or year) is what is known of it. `before` is None for what
    began, `after` for what ended. `confidence` is that of an amendment's day and
    content; elsewhere the citations carry it.
    """

    on: date
    precision: str
    kind: DiffKind
    id: str
    turn: Turn
    title: Text
    before: Text | None
    after: Text | None
    citations: tuple[Citation, ...]
    touched: Touched
    confidence: Confidence | None = None


def compute_changes(
    catalogue: Catalogue, *, start: date, end: date
) -> tuple[Change, ...]:
    """Compute what differs on `end` than on `start`, the earliest first.

    What carries no day in force is left out. Raises ChangqingError when `start` lies
    after `end`.
    """
    if start > end:
        raise ChangqingError.of(
            Text(f"起始日{start}晚于终止日{end}", f"{start} comes after {end}"),
            hint=Text("请对调两个日子", "swap the two days"),
        )
    span = _Span(start, end)
    order = list(DiffKind)
    return tuple(
        sorted(
            [
                *_list_instrument_changes(catalogue, span),
                *_list_law_changes(catalogue, span),
                *_list_parameter_changes(catalogue, span),
                *_list_rule_changes(catalogue, span),
                *_list_material_changes(catalogue, span),
            ],
            key=lambda change: (change.on, order.index(change.kind), change.id),
        )
    )


@dataclass(frozen=True, slots=True)
class _Span:
    start: date
    end: date

    def has(self, day: date | None) -> bool:
        """Tell whether a state that begins on `day` is new at the end of the span."""
        return day is not None and self.start < day <= self.end


def _find_day_after(force: InForce | None) -> date | None:
    """The first day no longer in force."""
    return None if force is None or force.end is None else force.end + _ONE_DAY


def _list_instrument_changes(catalogue: Catalogue, span: _Span) -> Iterator[Change]:
    for instrument in catalogue.instruments.values():
        reach = Reach(instruments=frozenset({instrument.id}))
        for amendment in instrument.amendments:
            if span.has(amendment.on):
                yield Change(
                    on=amendment.on,
                    precision="day",
                    kind=DiffKind.INSTRUMENT,
                    id=instrument.id,
                    turn=Turn.AMENDED,
                    title=instrument.title,
                    before=None,
                    after=amendment.says,
                    citations=(),
                    touched=find_touched(catalogue, reach, on=amendment.on),
                    confidence=amendment.confidence,
                )
        for turn, day in _list_turns(instrument.in_force, span):
            yield Change(
                on=day,
                precision=_find_precision(instrument.in_force, turn),
                kind=DiffKind.INSTRUMENT,
                id=instrument.id,
                turn=turn,
                title=instrument.title,
                before=_title_with_number(instrument) if turn is Turn.ENDED else None,
                after=_title_with_number(instrument) if turn is Turn.BEGAN else None,
                citations=(),
                touched=find_touched(catalogue, reach, on=day),
            )


def _list_turns(force: InForce | None, span: _Span) -> Iterator[tuple[Turn, date]]:
    if force is not None and span.has(force.start):
        yield Turn.BEGAN, force.start
    after = _find_day_after(force)
    if after is not None and span.has(after):
        yield Turn.ENDED, after


def _find_precision(force: InForce | None, turn: Turn) -> str:
    """What is known of the day; the end of a rule is known to the day."""
    return "day" if force is None or turn is Turn.ENDED else force.precision


def _title_with_number(instrument: Instrument) -> Text:
    if instrument.number is None:
        return instrument.title
    return Text(
        f"{instrument.title.zh}（{instrument.number}）",
        f"{instrument.title.en} ({instrument.number})",
    )


def _list_law_changes(catalogue: Catalogue, span: _Span) -> Iterator[Change]:
    begins = {
        fact.succeeds: fact.in_force.start
        for fact in catalogue.law.values()
        if fact.succeeds is not None and fact.in_force is not None
    }
    for fact in catalogue.law.values():
        for turn, day in _list_turns(fact.in_force, span):
            if turn is Turn.ENDED:
                if begins.get(fact.id) != day:
                    yield _describe_law_change(catalogue, fact, turn, day, former=fact)
            elif fact.succeeds is not None:
                former = catalogue.law[fact.succeeds]
                yield _describe_law_change(
                    catalogue, fact, Turn.REPLACED, day, former=former
                )
            else:
                turn = _find_turn(catalogue, fact.citations, day)
                yield _describe_law_change(catalogue, fact, turn, day, former=None)


def _find_turn(catalogue: Catalogue, citations: Iterable[Citation], day: date) -> Turn:
    """Tell if it began, or is restated as an instrument it cites is new that day."""
    cited = {citation.instrument for citation in citations}
    again = not cited.isdisjoint(_find_amended(catalogue, day))
    return Turn.RESTATED if again else Turn.BEGAN


def _find_amended(catalogue: Catalogue, day: date) -> Iterator[str]:
    """Find the instruments that got a new text on a day."""
    for name, instrument in catalogue.instruments.items():
        if any(amendment.on == day for amendment in instrument.amendments):
            yield name


def _find_changed_whole(catalogue: Catalogue, day: date) -> Iterator[str]:
    """Find the instruments that got a new text, began or ended on a day."""
    yield from _find_amended(catalogue, day)
    for name, instrument in catalogue.instruments.items():
        force = instrument.in_force
        if force is not None and day in (force.start, _find_day_after(force)):
            yield name


def _describe_law_change(
    catalogue: Catalogue,
    fact: LawFact,
    turn: Turn,
    day: date,
    *,
    former: LawFact | None,
) -> Change:
    law_facts = [fact] if former is None or former is fact else [fact, former]
    reach = collect_reach(law_facts, _find_changed_whole(catalogue, day))
    return Change(
        on=day,
        precision=_find_precision(fact.in_force, turn),
        kind=DiffKind.LAW,
        id=fact.id,
        turn=turn,
        title=both(fact.id),
        before=None
        if former is None
        else say_law(catalogue, former, on=day - _ONE_DAY),
        after=None if turn is Turn.ENDED else say_law(catalogue, fact, on=day),
        citations=fact.citations,
        touched=find_touched(catalogue, reach, on=day),
    )


def _list_parameter_changes(catalogue: Catalogue, span: _Span) -> Iterator[Change]:
    for parameter in catalogue.parameters.values():
        reach = Reach(parameters=frozenset({parameter.id}))
        for value in parameter.values:
            for turn, day in _list_turns(value.in_force, span):
                former, later = _find_values_around(parameter, value, turn)
                if former is not None and later is not None:
                    if turn is Turn.ENDED or former.value == later.value:
                        continue
                    turn = Turn.REPLACED
                elif turn is Turn.BEGAN:
                    turn = _find_turn(catalogue, value.citations, day)
                yield Change(
                    on=day,
                    precision=_find_precision(value.in_force, turn),
                    kind=DiffKind.PARAMETER,
                    id=parameter.id,
                    turn=turn,
                    title=_title_value(catalogue, parameter, value),
                    before=_say_value(parameter, former),
                    after=_say_value(parameter, later),
                    citations=value.citations,
                    touched=find_touched(catalogue, reach, on=day),
                )


def _find_values_around(
    parameter: Parameter, value: ParameterValue, turn: Turn
) -> tuple[ParameterValue | None, ParameterValue | None]:
    """The values for the same place just before and from the turn on."""
    same = [
        parameter_value
        for parameter_value in parameter.values
        if _identify_place(parameter_value) == _identify_place(value)
    ]
    if turn is Turn.BEGAN:
        starts = value.in_force.start
        former = [
            parameter_value
            for parameter_value in same
            if _find_day_after(parameter_value.in_force) == starts
        ]
        return (former[0] if former else None), value
    ends = _find_day_after(value.in_force)
    later = [
        parameter_value
        for parameter_value in same
        if parameter_value.in_force.start == ends
    ]
    return value, (later[0] if later else None)


def _identify_place(value: ParameterValue) -> tuple[object, ...]:
    return value.region, value.scopes, value.licences


def _say_value(parameter: Parameter, value: ParameterValue | None) -> Text | None:
    if value is None:
        return None
    return _UNSET if value.value is None else say_number(value.value, parameter.unit)


def _title_value(
    catalogue: Catalogue, parameter: Parameter, value: ParameterValue
) -> Text:
    """Return the parameter's label, with whom and where the value is for."""
    words = [both(licence) for licence in value.licences]
    words += [SCOPE_WORDS[scope] for scope in value.scopes]
    if value.region is not None:
        words.append(catalogue.regions[value.region].label)
    if not words:
        return parameter.label
    return Text(
        f"{parameter.label.zh}（{'、'.join(word.zh for word in words)}）",
        f"{parameter.label.en} ({', '.join(word.en for word in words)})",
    )


class _Rule(NamedTuple):
    """What criteria, rules of classification and procedures have in common."""

    kind: DiffKind
    id: str
    title: Text
    in_force: InForce
    succeeds: str | None
    citations: tuple[Citation, ...]


def _list_rules(catalogue: Catalogue) -> Iterator[_Rule]:
    for name, criterion in catalogue.criteria.items():
        yield _Rule(
            DiffKind.CRITERION,
            name,
            criterion.title,
            criterion.in_force,
            criterion.succeeds,
            criterion.citations,
        )
    for name, rule in catalogue.classification.items():
        yield _Rule(
            DiffKind.CLASSIFICATION,
            name,
            rule.title,
            rule.in_force,
            rule.succeeds,
            rule.citations,
        )
    for name, procedure in catalogue.procedures.items():
        yield _Rule(
            DiffKind.PROCEDURE,
            name,
            procedure.title,
            procedure.in_force,
            None,
            procedure.citations,
        )


def _list_rule_changes(catalogue: Catalogue, span: _Span) -> Iterator[Change]:
    rules = {(rule.kind, rule.id): rule for rule in _list_rules(catalogue)}
    begins = {
        (rule.kind, rule.succeeds): rule.in_force.start for rule in rules.values()
    }
    for key, rule in rules.items():
        for turn, day in _list_turns(rule.in_force, span):
            if turn is Turn.ENDED:
                if begins.get(key) != day:
                    yield _describe_rule_change(rule, turn, day, before=rule.title)
            elif rule.succeeds is not None:
                former = rules[rule.kind, rule.succeeds]
                yield _describe_rule_change(
                    rule, Turn.REPLACED, day, before=former.title
                )
            else:
                turn = _find_turn(catalogue, rule.citations, day)
                yield _describe_rule_change(rule, turn, day, before=None)


def _describe_rule_change(
    rule: _Rule, turn: Turn, day: date, *, before: Text | None
) -> Change:
    return Change(
        on=day,
        precision=_find_precision(rule.in_force, turn),
        kind=rule.kind,
        id=rule.id,
        turn=turn,
        title=rule.title,
        before=before,
        after=None if turn is Turn.ENDED else rule.title,
        citations=rule.citations,
        touched=_NOTHING,
    )


def _list_material_changes(catalogue: Catalogue, span: _Span) -> Iterator[Change]:
    for material in catalogue.materials.values():
        for request in material.asked:
            for turn, day in _list_turns(request.in_force, span):
                on = day - _ONE_DAY if turn is Turn.ENDED else day
                says = fill(catalogue, request.requirement, on=on)
                yield Change(
                    on=day,
                    precision=_find_precision(request.in_force, turn),
                    kind=DiffKind.MATERIAL,
                    id=material.id,
                    turn=turn,
                    title=material.label,
                    before=says if turn is Turn.ENDED else None,
                    after=None if turn is Turn.ENDED else says,
                    citations=request.citations,
                    touched=_NOTHING,
                )


_NOTHING: Final = Touched(
    criteria=(),
    procedures=(),
    materials=(),
    parameters=(),
    classification=(),
    licences=(),
    topics=(),
)
"""For rules of ours: what rests on the law they cite is told with the law."""
