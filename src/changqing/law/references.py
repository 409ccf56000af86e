"""What no file can be wrong about alone: the names in it are names of something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from changqing.law.entry import Ref, find_marks
from changqing.law.files import Sources
from changqing.law.kind_folders import KINDS
from changqing.law.kinds.law import PLACE
from changqing.law.kit import Filled
from changqing.law.parts import Data
from changqing.text import Text
from changqing.yamlfile.read import Loc
from changqing.yamlfile.shape import nearest


def check_references(sources: Sources) -> None:
    """Add an issue for every name in an entry that is the name of nothing.

    And for every value of law that a text fills in and that is not there, and whatever
    else an entry finds wrong with itself.
    """
    for folder in KINDS:
        for name, entry in sources.entries[folder].items():
            for loc, ref, word in find_marks(entry, Ref):
                refer(sources, (folder, name, loc), ref.folder, word)
            for loc, _, text in find_marks(entry, Filled):
                check_filled(sources, (folder, name, loc), text)
            for fault in entry.faults():
                sources.say(folder, name, fault.loc, fault.text, hint=fault.hint)


def refer(
    sources: Sources,
    origin: tuple[str, str, Loc],
    target: str,
    name: str,
) -> None:
    """`name` must be in the folder `target`, even when its file there is broken."""
    folder, key, loc = origin
    known = sources.named[target]
    if name in known:
        return
    field = next(step for step in reversed(loc) if isinstance(step, str))
    label = "" if field == name else f"{field} "
    sources.say(
        folder,
        key,
        loc,
        Text(f"{label}{name} 不存在", f"{label}{name} does not exist"),
        hint=meant(name, known - {key})
        or Text(f"请先写入 {target}", f"add it to {target} first"),
    )


def meant(name: str, known: Iterable[str]) -> Text | None:
    """A hint at the nearest known name."""
    close = nearest(name, known)
    if close is None:
        return None
    return Text(f"是否指 {close}？", f"did you mean {close}?")


def citations(
    sources: Sources, folder: str, name: str, loc: Loc, found: Sequence[Data]
) -> None:
    """Every citation names an instrument."""
    for place, citation in enumerate(found):
        origin = (folder, name, (*loc, place, "instrument"))
        refer(sources, origin, "instruments", citation["instrument"])


def check_filled(sources: Sources, origin: tuple[str, str, Loc], filled: Text) -> None:
    """Every `{fact.name}` of a text names a fact of law and one of its values."""
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
                refer(sources, (folder, name, here), "law", place[1])
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
