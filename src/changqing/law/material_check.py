"""What no material can be wrong about alone."""

from __future__ import annotations

from changqing.law.files import Sources
from changqing.law.parts import Data, text_of
from changqing.law.references import check_filled, citations, meant, refer
from changqing.text import Text
from changqing.yamlfile.read import Loc


def check_materials(sources: Sources) -> None:
    """References of every entry, what is read in it, that `satisfies` is no chain."""
    for name, data in sources.folders["materials"].items():
        cited = (data.get("freshness") or {}).get("citations") or ()
        citations(sources, "materials", name, ("freshness", "citations"), cited)
        _check_read_in(sources, name, data)
        for place, entry in enumerate(data.get("asked") or ()):
            _asked(sources, name, place, entry)
        for place, other in enumerate(data.get("satisfies") or ()):
            loc: Loc = ("satisfies", place)
            refer(sources, ("materials", name, loc), "materials", other)
            beyond = sources.folders["materials"].get(other, {}).get("satisfies")
            if other == name or beyond:
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


def _check_read_in(sources: Sources, name: str, data: Data) -> None:
    """Its own end and what has to be recent are facts that it is a source of."""
    if sources.broken("facts"):
        return
    read = [
        fact
        for fact in sources.folders["facts"].values()
        if f"paper:{name}" in fact["sources"]
    ]
    facts = {fact["id"] for fact in read}
    dates = {fact["id"] for fact in read if fact["type"] == "date"}
    recent = (data.get("freshness") or {}).get("facts") or ()
    wanted: list[tuple[Loc, str, set[str], Text]] = [
        (("freshness", "facts", place), fact, facts, Text("事实", "fact"))
        for place, fact in enumerate(recent)
    ]
    if data.get("own_end") is not None:
        wanted.append((("own_end",), data["own_end"], dates, Text("日期", "date")))
    for loc, fact, fitting, kind in wanted:
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
            hint=meant(fact, fitting)
            or Text(
                f"在一项{kind.zh}的 sources 里写 paper:{name}",
                f"write paper:{name} among the sources of a {kind.en}",
            ),
        )


def _asked(sources: Sources, name: str, place: int, entry: Data) -> None:
    here: Loc = ("asked", place)
    citations(sources, "materials", name, (*here, "citations"), entry["citations"])
    for field in ("licences", "regions"):
        for position, code in enumerate(entry.get(field) or ()):
            loc = (*here, field, position)
            refer(sources, ("materials", name, loc), field, code)
    for field in ("requirement", "note"):
        if entry.get(field) is not None:
            check_filled(
                sources, ("materials", name, (*here, field)), text_of(entry[field])
            )
    for field in ("accepts", "refuses"):
        for position, said in enumerate(entry.get(field) or ()):
            loc = (*here, field, position)
            check_filled(sources, ("materials", name, loc), text_of(said))
