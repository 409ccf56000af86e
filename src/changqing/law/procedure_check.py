"""What no procedure can be wrong about alone; its examples run above the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from changqing.law.files import Sources
from changqing.law.model import Catalogue
from changqing.law.parts import Data, text_of
from changqing.law.references import check_filled, citations, meant, refer
from changqing.text import Text
from changqing.yamlfile.read import Loc

COUNTED: Final = ("days", "working_days", "weeks", "months", "years")
"""The units a clock can count."""

_FOLDER: Final = "procedures"


def check_procedures(sources: Sources, catalogue: Catalogue) -> None:
    """References, the order of steps, amounts, the names in examples."""
    for name, data in sources.folders[_FOLDER].items():
        citations(sources, _FOLDER, name, ("citations",), data["citations"])
        _placed(sources, name, (), data)
        _filled(sources, name, (), data)
        known: list[str] = list(data["starts"])
        for place, step in enumerate(data["steps"]):
            _step(sources, catalogue, name, ("steps", place), step, known)
            if step["id"] in known:
                sources.say(
                    _FOLDER,
                    name,
                    ("steps", place, "id"),
                    Text(f"{step['id']} 已用过", f"{step['id']} is taken already"),
                    hint=Text("请改名", "give it another name"),
                )
            known.append(step["id"])
        for place, example in enumerate(data["examples"]):
            _example(sources, name, ("examples", place), example, data)


def _placed(sources: Sources, name: str, loc: Loc, data: Data) -> None:
    for field, folder in (("licences", "licences"), ("regions", "regions")):
        for place, each in enumerate(data.get(field) or ()):
            refer(sources, (_FOLDER, name, (*loc, field, place)), folder, each)


def _filled(sources: Sources, name: str, loc: Loc, data: Data) -> None:
    for field in ("about", "does", "runs_out", "because"):
        if data.get(field) is not None:
            check_filled(sources, (_FOLDER, name, (*loc, field)), text_of(data[field]))


def _step(
    sources: Sources,
    catalogue: Catalogue,
    name: str,
    loc: Loc,
    step: Data,
    known: Sequence[str],
) -> None:
    _placed(sources, name, loc, step)
    _filled(sources, name, loc, step)
    citations(sources, _FOLDER, name, (*loc, "citations"), step.get("citations") or ())
    for place, fact in enumerate(step.get("law") or ()):
        refer(sources, (_FOLDER, name, (*loc, "law", place)), "law", fact)
    for place, clock in enumerate(step.get("clocks") or ()):
        here = (*loc, "clocks", place)
        _placed(sources, name, here, clock)
        _filled(sources, name, here, clock)
        _named(sources, name, (*here, "from"), clock["from"], known)
        _amount(sources, catalogue, name, here, clock)
        if place and clock.get("because") is None:
            sources.say(
                _FOLDER,
                name,
                here,
                Text("不是第一个 clock，应写 because", "is no first clock"),
                hint=Text(
                    "写明这个期限从哪里来，与前一个有何不同",
                    "say in because where it comes from and how it differs",
                ),
            )


def _named(
    sources: Sources, name: str, loc: Loc, word: str, known: Iterable[str]
) -> None:
    names = list(known)
    if word not in names:
        sources.say(
            _FOLDER,
            name,
            loc,
            Text(
                f"{word} 不是 starts 之一，也不是前面的步骤",
                f"{word} is no start and no earlier step",
            ),
            hint=meant(word, names)
            or Text(f"可用的有 {'、'.join(names)}", f"there are {', '.join(names)}"),
        )


def _amount(
    sources: Sources, catalogue: Catalogue, name: str, loc: Loc, clock: Data
) -> None:
    amount = clock.get("amount")
    if amount is None:
        return
    unit: object = None
    if amount.get("parameter") is not None:
        origin = (_FOLDER, name, (*loc, "amount", "parameter"))
        refer(sources, origin, "parameters", amount["parameter"])
        if amount["parameter"] not in catalogue.parameters:
            return
        unit = catalogue.parameters[amount["parameter"]].unit
    else:
        refer(sources, (_FOLDER, name, (*loc, "amount", "law")), "law", amount["law"])
        fact = catalogue.law.get(amount["law"])
        if fact is None:
            return
        value = fact.values.get(amount["value"])
        if value is None:
            sources.say(
                _FOLDER,
                name,
                (*loc, "amount", "value"),
                Text(
                    f"法规要点 {fact.id} 没有数值 {amount['value']}",
                    f"the fact of law {fact.id} has no value {amount['value']}",
                ),
                hint=meant(amount["value"], fact.values),
            )
            return
        if value.day is not None or value.month_day is not None:
            return
        unit = value.unit
        if value.parameter is not None:
            named = catalogue.parameters.get(value.parameter)
            unit = None if named is None else named.unit
    if unit not in COUNTED:
        sources.say(
            _FOLDER,
            name,
            (*loc, "amount"),
            Text(
                f"单位 {unit} 数不成日子", f"has the unit {unit}, which counts no days"
            ),
            hint=Text(
                f"单位应为 {'、'.join(COUNTED)}", f"it must be {', '.join(COUNTED)}"
            ),
        )
    elif clock.get("days") == "unstated" and unit != "days":
        sources.say(
            _FOLDER,
            name,
            (*loc, "days"),
            Text(f"unstated 与单位 {unit} 不合", f"unstated does not fit {unit}"),
            hint=Text("只用于按天计的期限", "it is for amounts in days"),
        )


def _example(sources: Sources, name: str, loc: Loc, example: Data, data: Data) -> None:
    given: Mapping[str, object] = example["given"]
    licence, region = given["licence"], given.get("region")
    refer(
        sources,
        (_FOLDER, name, (*loc, "given", "licence")),
        "licences",
        str(licence),
    )
    if region is not None:
        origin = (_FOLDER, name, (*loc, "given", "region"))
        refer(sources, origin, "regions", str(region))
    steps = [step["id"] for step in data["steps"]]
    names = [*data["starts"], *steps]
    for word in example["given"]["days"]:
        _named(sources, name, (*loc, "given", "days", word), word, names)
    for field in ("then", "provisional"):
        for place, word in enumerate(example.get(field) or ()):
            where = word if field == "then" else place
            if word not in steps:
                sources.say(
                    _FOLDER,
                    name,
                    (*loc, field, where),
                    Text(f"{word} 不是步骤", f"{word} is no step"),
                    hint=meant(word, steps),
                )
