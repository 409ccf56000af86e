"""Saying, with file and line, that a name is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from changqing.law.files import Sources
from changqing.law.parts import Data
from changqing.text import Text
from changqing.yamlfile.read import Loc
from changqing.yamlfile.shape import nearest


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
