"""What no material can be wrong about alone."""

from __future__ import annotations

from changqing.catalogue._files import Sources
from changqing.catalogue._law_check import check_filled
from changqing.catalogue._parts import Data
from changqing.catalogue._refer import citations, refer
from changqing.text import Text
from changqing.yamlfile import Loc


def check_materials(sources: Sources) -> None:
    """References of every entry, and that `satisfies` is no chain."""
    for name, data in sources.folders["materials"].items():
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


def _asked(sources: Sources, name: str, place: int, entry: Data) -> None:
    here: Loc = ("asked", place)
    citations(sources, "materials", name, (*here, "citations"), entry["citations"])
    for field in ("licences", "regions"):
        for position, code in enumerate(entry.get(field) or ()):
            loc = (*here, field, position)
            refer(sources, ("materials", name, loc), field, code)
    for field in ("requirement", "note"):
        if entry.get(field) is not None:
            check_filled(sources, ("materials", name, (*here, field)), entry[field])
    for field in ("accepts", "refuses"):
        for position, said in enumerate(entry.get(field) or ()):
            loc = (*here, field, position)
            check_filled(sources, ("materials", name, loc), said)
