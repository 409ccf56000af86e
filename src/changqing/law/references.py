"""What no file can be wrong about alone: the names in it are names of something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from changqing.law.entry import Ref, find_marks
from changqing.law.files import Sources
from changqing.law.kind_folders import KINDS
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.law import PLACE
from changqing.law.kinds.look import GUIDED
from changqing.law.kinds.material import FoundBy, Material
from changqing.law.kinds.procedure import Amount, Days
from changqing.law.kit import Filled
from changqing.law.model import Catalogue
from changqing.rules.types import Kind
from changqing.text import Text
from changqing.yamlfile.read import Loc
from changqing.yamlfile.suggest import suggest_word

_COUNTED: Final = ("days", "working_days", "weeks", "months", "years")
"""The units a clock can count."""
_YES_OR_NO = frozenset({"words", "applicant", "domain", "number"})


def check_references(sources: Sources) -> None:
    """Add an issue for every name in an entry that is the name of nothing.

    And for every value of law that a text fills in and that is not there, and whatever
    else an entry finds wrong with itself.
    """
    for folder in (*KINDS, "defects"):
        check_entries(sources, folder)


def check_entries(sources: Sources, folder: str) -> None:
    """Check the entries of one folder, as `check_references` does all."""
    for name, entry in sources.entries[folder].items():
        # All defects stand in one file, under their codes.
        start: Loc = (name,) if folder == "defects" else ()
        for loc, ref, word in find_marks(entry, Ref):
            check_reference(sources, (folder, name, start + loc), ref.folder, word)
        for loc, _, text in find_marks(entry, Filled):
            check_filled(sources, (folder, name, start + loc), text)
        for fault in entry.find_faults():
            sources.say(folder, name, fault.loc, fault.text, hint=fault.hint)


def check_reference(
    sources: Sources,
    origin: tuple[str, str, Loc],
    target: str,
    name: str,
) -> None:
    """Check that `name` is in the folder `target`, be its file there broken."""
    folder, key, loc = origin
    names = sources.named[target]
    if name in names:
        return
    field = next(step for step in reversed(loc) if isinstance(step, str))
    label = "" if field == name else f"{field} "
    sources.say(
        folder,
        key,
        loc,
        Text(f"{label}{name} 不存在", f"{label}{name} does not exist"),
        hint=suggest_word(name, names - {key})
        or Text(f"请先写入 {target}", f"add it to {target} first"),
    )


def check_filled(sources: Sources, origin: tuple[str, str, Loc], filled: Text) -> None:
    """Check that every `{fact.name}` of a text names a fact of law and its value."""
    folder, name, loc = origin
    for language, text in (("zh", filled.zh), ("en", filled.en)):
        for place in PLACE.finditer(text):
            here = (*loc, language)
            if place[2] is None:
                sources.say(
                    folder,
                    name,
                    here,
                    Text(
                        f"{place[0]} 应写成 {{事实.数值}}",
                        f"{place[0]} must be written {{fact.value}}",
                    ),
                )
                continue
            fact = sources.entries["law"].get(place[1])
            if fact is None:
                check_reference(sources, (folder, name, here), "law", place[1])
            elif place[2] not in fact.values:
                sources.say(
                    folder,
                    name,
                    here,
                    Text(
                        f"法规要点 {place[1]} 没有数值 {place[2]}",
                        f"the fact of law {place[1]} has no value {place[2]}",
                    ),
                )


def check_titles(sources: Sources) -> None:
    """Check that no two topics have one title: they could not be told apart."""
    titles: dict[str, str] = {}
    for name, topic in sources.entries["topics"].items():
        other = titles.setdefault(topic.title.zh, name)
        if other != name:
            sources.say(
                "topics",
                name,
                ("title", "zh"),
                Text(f"题目与 {other} 相同", f"has the title of {other}"),
            )


def check_synonyms(sources: Sources) -> None:
    """Check that a word stands in one group of synonyms alone."""
    words: dict[str, str] = {}
    for name, group in sources.entries["synonyms"].items():
        for language, listed in (("zh", group.zh), ("en", group.en)):
            for place, word in enumerate(listed):
                other = words.setdefault(word.casefold(), name)
                if other != name:
                    sources.say(
                        "synonyms",
                        name,
                        (language, place),
                        Text(
                            f"{word} 已在 {other} 中", f"{word} is in {other} already"
                        ),
                        hint=Text("一个词只归一组", "a word belongs to one group"),
                    )


def check_questions(sources: Sources) -> None:
    """Check that no two questions stand in one place.

    Each comes after one that is asked.
    """
    places: dict[tuple[str, str, int], str] = {}
    facts = sources.entries["facts"].values()
    leading = {(fact.subject, fact.id) for fact in facts if fact.ask is not None}
    for name, fact in sources.entries["facts"].items():
        if fact.ask is None:
            continue
        after = fact.ask.after
        if after is not None and (fact.subject, after) not in leading:
            sources.say(
                "facts",
                name,
                ("ask", "after"),
                Text(
                    f"{after} 不是要问申请人的事实",
                    f"{after} is nothing that the applicant is asked",
                ),
            )
        place = (fact.subject, fact.ask.group.value, fact.ask.order)
        other = places.setdefault(place, fact.id)
        if other != fact.id:
            sources.say(
                "facts",
                name,
                ("ask", "order"),
                Text(
                    f"{fact.ask.group} 组的第 {fact.ask.order} 位已是 {other}",
                    f"place {fact.ask.order} of {fact.ask.group} is taken by {other}",
                ),
                hint=Text("换一个序号", "give it another"),
            )


def check_choices(sources: Sources) -> None:
    """Check that what a choice needs, and what keeps it, are facts of a fit type."""
    if sources.find_broken("facts"):
        return
    facts = {
        f"{fact.subject}.{fact.id}": fact for fact in sources.entries["facts"].values()
    }
    for name, choice in sources.entries["choices"].items():
        facts_named: list[tuple[Loc, str, Sequence[Kind]]] = []
        if choice.kept is not None and choice.kept.fact is not None:
            facts_named.append((("kept", "fact"), choice.kept.fact, _MEASURED))
        if choice.kept is not None and choice.kept.newest is not None:
            facts_named.append((("kept", "newest"), choice.kept.newest, (Kind.DATE,)))
        for place, answer in enumerate(choice.answers):
            facts_named += [
                (("answers", place, "needs", fact), f"applicant.{fact}", (Kind.NUMBER,))
                for fact in answer.needs
            ]
            facts_named += [
                (
                    ("answers", place, "against", fact),
                    f"applicant.{fact}",
                    (Kind.BOOLEAN,),
                )
                for fact in answer.against
            ]
        for loc, key, kinds in facts_named:
            if key in facts and facts[key].type.kind in kinds:
                continue
            zh = "、".join(kind.text.zh for kind in kinds)
            en = " or ".join(kind.text.en for kind in kinds)
            fitting = [
                fact_name for fact_name in facts if facts[fact_name].type.kind in kinds
            ]
            sources.say(
                "choices",
                name,
                loc,
                Text(
                    f"{key} 不是类型为{zh}的事实",
                    f"{key} is no fact of type {en}",
                ),
                hint=suggest_word(key, fitting),
            )


_MEASURED: Final = (Kind.NUMBER, Kind.BOOLEAN)
"""By what it can be seen that a promise is kept."""


def check_looks(sources: Sources) -> None:
    """Check that every guided source is described and settles something it can read."""
    settled: dict[str, dict[str, Kind]] = {name: {} for name in sources.named["looks"]}
    for key, fact in sources.entries["facts"].items():
        for place, source in enumerate(fact.sources):
            if not source.startswith(GUIDED):
                continue
            name = source.removeprefix(GUIDED)
            check_reference(sources, ("facts", key, ("sources", place)), "looks", name)
            settled.setdefault(name, {})[fact.id] = fact.type.kind
    for name, look in sources.entries["looks"].items():
        facts = settled[name]
        code_materials = () if look.codes is None else look.codes.materials
        for place, material in enumerate(code_materials):
            where = ("looks", name, ("codes", "materials", place))
            check_reference(sources, where, "materials", material)
        if not facts and not code_materials and not sources.find_broken("facts"):
            sources.say(
                "looks",
                name,
                ("id",),
                Text("没有事实以它为来源", "no fact has it as a source"),
                hint=Text(
                    f"请在事实的 sources 写 {GUIDED}{name}",
                    f"write {GUIDED}{name} in the sources of a fact",
                ),
            )
        texts = {
            fact.id
            for fact in sources.entries["facts"].values()
            if fact.type.kind is Kind.TEXT
        }
        for place, fact in enumerate(look.seeks):
            if fact not in texts and not sources.find_broken("facts"):
                sources.say(
                    "looks",
                    name,
                    ("seeks", place),
                    Text(f"没有文字事实 {fact}", f"there is no text fact {fact}"),
                    hint=suggest_word(fact, texts),
                )
        for fact, reading in look.reads.items():
            if fact not in facts:
                sources.say(
                    "looks",
                    name,
                    ("reads", fact),
                    Text(
                        f"事实 {fact} 不以它为来源",
                        f"the fact {fact} does not have it as a source",
                    ),
                    hint=suggest_word(fact, facts),
                )
            elif reading.by in _YES_OR_NO and facts[fact] is not Kind.BOOLEAN:
                sources.say(
                    "looks",
                    name,
                    ("reads", fact, "by"),
                    Text(
                        f"{fact} 不是布尔值，只能写 value",
                        f"{fact} is no boolean, so only value will do",
                    ),
                )
            elif reading.by.endswith("_day") and facts[fact] is not Kind.DATE:
                sources.say(
                    "looks",
                    name,
                    ("reads", fact, "by"),
                    Text(f"{fact} 不是日期", f"{fact} is no date"),
                )
            elif reading.by == "codes" and facts[fact] is not Kind.SET:
                sources.say(
                    "looks",
                    name,
                    ("reads", fact, "by"),
                    Text(f"{fact} 不是集合", f"{fact} is no set"),
                )
            elif reading.by == "value" and facts[fact] is Kind.BOOLEAN:
                sources.say(
                    "looks",
                    name,
                    ("reads", fact, "by"),
                    Text(
                        f"{fact} 是布尔值，不能写 value",
                        f"{fact} is a boolean, whose value no page prints",
                    ),
                )


def check_materials(sources: Sources) -> None:
    """Check that what is read in a paper can be; `satisfies` is no chain."""
    for name, material in sources.entries["materials"].items():
        _check_read_in(sources, name, material)
        _check_comes_of(sources, name, material)
        _check_shown(sources, name, material)
        for place, satisfied in enumerate(material.satisfies):
            loc: Loc = ("satisfies", place)
            satisfier = sources.entries["materials"].get(satisfied)
            if satisfied == name or (satisfier is not None and satisfier.satisfies):
                sources.say(
                    "materials",
                    name,
                    loc,
                    Text(
                        "satisfies 不能写自己，也不能写另有 satisfies 的材料",
                        "satisfies cannot name itself or a paper that has satisfies",
                    ),
                    hint=Text(
                        "请直接写清单上的那一项", "name the item of the list itself"
                    ),
                )


_ON_PAPER: Final = frozenset({"form", "paper"})


def check_proofs(sources: Sources) -> None:
    """Check that a fact that papers prove has one whose issuer proves enough.

    What a company writes itself never proves what is so. A fact that somebody looks at
    or that is derived needs no paper.
    """
    if sources.find_broken("materials"):
        return
    materials = sources.entries["materials"]
    for name, fact in sources.entries["facts"].items():
        kinds = [source.removeprefix("paper:") for source in fact.sources]
        grades = [materials[kind].issuer.grade for kind in kinds if kind in materials]
        on_paper = all(source.partition(":")[0] in _ON_PAPER for source in fact.sources)
        if on_paper and grades and max(grades) < fact.proof:
            sources.say(
                "facts",
                name,
                ("proof",),
                Text(
                    "proof 高于 sources 里的材料：都是公司自己写的",
                    "proof is beyond the sources: all are papers of the company itself",
                ),
                hint=Text(
                    "这是公司自己的计划或承诺的，写 undertaken；否则加上别人出具的材料",
                    "write undertaken if it is about the company’s own plan or "
                    "promise, else add a paper that somebody else issues",
                ),
            )


def _check_read_in(sources: Sources, name: str, material: Material) -> None:
    """Its own end and what has to be recent are facts that it is a source of."""
    if sources.find_broken("facts"):
        return
    facts_read = [
        fact
        for fact in sources.entries["facts"].values()
        if f"paper:{name}" in fact.sources
    ]
    facts = {fact.id for fact in facts_read}
    dates = {fact.id for fact in facts_read if fact.type.kind is Kind.DATE}
    recent = () if material.freshness is None else material.freshness.facts
    facts_named: list[tuple[Loc, str, set[str], Text]] = [
        (("freshness", "facts", place), fact, facts, Text("事实", "fact"))
        for place, fact in enumerate(recent)
    ]
    if material.own_end is not None:
        facts_named.append(
            (("own_end",), material.own_end, dates, Text("日期", "date"))
        )
    for loc, fact, fitting, kind in facts_named:
        if fact in fitting:
            continue
        sources.say(
            "materials",
            name,
            loc,
            Text(
                f"{loc[0]} {fact} 不是这种材料能证明的{kind.zh}",
                f"{loc[0]} {fact} is no {kind.en} that this kind of paper can prove",
            ),
            hint=suggest_word(fact, fitting)
            or Text(
                f"在一项{kind.zh}的 sources 里写 paper:{name}",
                f"write paper:{name} among the sources of a {kind.en}",
            ),
        )


def _check_comes_of(sources: Sources, name: str, material: Material) -> None:
    """What has to be so before there is such a paper, the applicant can say."""
    facts = sources.entries["facts"].values()
    known = {
        f.id for f in facts if f.subject == "applicant" and f.type.kind is Kind.BOOLEAN
    }
    for place, fact in enumerate(material.exists_once):
        if fact not in known and not sources.find_broken("facts"):
            text = Text(
                f"exists_once {fact} 不是申请人的是非事实",
                f"exists_once {fact} is no yes-or-no fact of the applicant",
            )
            loc: Loc = ("exists_once", place)
            sources.say("materials", name, loc, text, hint=suggest_word(fact, known))


_NAMING: Final = frozenset(
    {"applicant.name", "person.name", "holder.name", "service.domain"}
)
"""Facts that any paper may be read for: they say whom it is about."""


def _check_shown(sources: Sources, name: str, material: Material) -> None:
    """What a program looks for in it is a fact it can prove, or its own element."""
    for element in material.shows:
        if element not in material.elements:
            sources.say(
                "materials",
                name,
                ("shows", element),
                Text(f"没有要素 {element}", f"there is no element {element}"),
                hint=suggest_word(element, material.elements),
            )
    if sources.find_broken("facts"):
        return
    facts = {
        f"{fact.subject}.{fact.id}": fact
        for fact in sources.entries["facts"].values()
        if f"paper:{name}" in fact.sources
        or fact.subject == "paper"
        or f"{fact.subject}.{fact.id}" in _NAMING
    }
    for key, reading in material.reads.items():
        fact = facts.get(key)
        loc: Loc = ("reads", key)
        if fact is None:
            sources.say(
                "materials",
                name,
                loc,
                Text(
                    f"{key} 不是这种材料能证明的事实",
                    f"{key} is no fact that this kind of paper can prove",
                ),
                hint=suggest_word(key, facts)
                or Text(
                    f"在事实的 sources 里写 paper:{name}",
                    f"write paper:{name} among the sources of the fact",
                ),
            )
            continue
        fits, values = _READ_BY.get(reading.by), _list_values(fact)
        if fits is not None and fact.type.kind not in fits:
            sources.say(
                "materials",
                name,
                (*loc, "by"),
                Text(
                    f"{key} 是 {fact.type.kind}，不能由 {reading.by} 读出",
                    f"{key} is a {fact.type.kind} and cannot be read by {reading.by}",
                ),
            )
        for value in reading.words:
            if value not in values:
                sources.say(
                    "materials",
                    name,
                    (*loc, "words", value),
                    Text(f"{key} 没有取值 {value}", f"{key} has no value {value}"),
                    hint=suggest_word(value, values),
                )
    for element, element_shown in material.shows.items():
        for place, key in enumerate(element_shown.facts):
            if key not in material.reads:
                sources.say(
                    "materials",
                    name,
                    ("shows", element, "facts", place),
                    Text(f"reads 中没有 {key}", f"{key} is not among its reads"),
                    hint=suggest_word(key, material.reads),
                )


_READ_BY: Final = {
    FoundBy.VALUE: frozenset(Kind) - {Kind.BOOLEAN},
    FoundBy.WORDS: frozenset({Kind.BOOLEAN, Kind.CATEGORY, Kind.SET}),
    FoundBy.APPLICANT: frozenset({Kind.BOOLEAN}),
    FoundBy.PRESENT: frozenset({Kind.BOOLEAN}),
    FoundBy.FIRST_DAY: frozenset({Kind.DATE}),
    FoundBy.LAST_DAY: frozenset({Kind.DATE}),
    FoundBy.CLOSING_DAY: frozenset({Kind.DATE}),
    FoundBy.DOMAIN: frozenset({Kind.BOOLEAN}),
    FoundBy.COUNT: frozenset({Kind.NUMBER}),
    FoundBy.MONTHS: frozenset({Kind.NUMBER}),
    FoundBy.RELATION: frozenset({Kind.CATEGORY}),
    FoundBy.NO_END: frozenset({Kind.BOOLEAN}),
    FoundBy.PROVINCE: frozenset({Kind.CATEGORY}),
    FoundBy.NAMES: frozenset({Kind.SET}),
    FoundBy.PACE: frozenset({Kind.NUMBER}),
    FoundBy.BALANCE: frozenset({Kind.NUMBER}),
    FoundBy.SPAN: frozenset({Kind.NUMBER}),
}


def _list_values(fact: Fact) -> frozenset[str]:
    if fact.type.kind is Kind.BOOLEAN:
        return frozenset({"true", "false"})
    return fact.type.values or frozenset()


def check_clocks(sources: Sources, catalogue: Catalogue) -> None:
    """Check that what a clock runs for exists and counts days."""
    for name, procedure in sources.entries["procedures"].items():
        for place, step in enumerate(procedure.steps):
            for position, clock in enumerate(step.clocks):
                if clock.amount is not None:
                    loc: Loc = ("steps", place, "clocks", position)
                    _check_amount(
                        sources, catalogue, (name, loc), clock.amount, clock.days
                    )


def _check_amount(
    sources: Sources,
    catalogue: Catalogue,
    origin: tuple[str, Loc],
    amount: Amount,
    days: Days,
) -> None:
    """Check that an amount is there and counts days."""
    name, loc = origin
    unit: str | None = None
    if amount.parameter is not None:
        if amount.parameter not in catalogue.parameters:
            return
        unit = catalogue.parameters[amount.parameter].unit
    elif amount.by_law is not None:
        law, key = amount.by_law
        fact = catalogue.law.get(law)
        if fact is None:
            return
        value = fact.values.get(key)
        if value is None:
            sources.say(
                "procedures",
                name,
                (*loc, "amount", "value"),
                Text(
                    f"法规要点 {fact.id} 没有数值 {key}",
                    f"the fact of law {fact.id} has no value {key}",
                ),
                hint=suggest_word(key, fact.values),
            )
            return
        if value.day is not None or value.month_day is not None:
            return
        unit = value.unit
        if value.parameter is not None:
            parameter = catalogue.parameters.get(value.parameter)
            unit = None if parameter is None else parameter.unit
    if unit not in _COUNTED:
        sources.say(
            "procedures",
            name,
            (*loc, "amount"),
            Text(
                f"单位 {unit} 数不成日子", f"has the unit {unit}, which counts no days"
            ),
            hint=Text(
                f"单位应为 {'、'.join(_COUNTED)}", f"it must be {', '.join(_COUNTED)}"
            ),
        )
    elif days is Days.UNSTATED and unit != "days":
        sources.say(
            "procedures",
            name,
            (*loc, "days"),
            Text(f"unstated 与单位 {unit} 不合", f"unstated does not fit {unit}"),
            hint=Text("只用于按天计的期限", "it is for amounts in days"),
        )
