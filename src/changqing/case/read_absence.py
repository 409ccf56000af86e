"""What `case.yaml` says is not there: closed lists, kinds of paper, posts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from changqing.case.model import (
    Closing,
    Member,
    Paper,
)
from changqing.case.pieces import Pieces
from changqing.case.read_members import list_kinds
from changqing.case.subjects import CLOSABLE, Subject
from changqing.jsondata import JsonObject
from changqing.law.kinds.material import list_satisfying_kinds
from changqing.law.subjects import SUBJECTS
from changqing.text import Text
from changqing.yamlfile.read import Loc
from changqing.yamlfile.suggest import suggest_word


def read_closed(
    pieces: Pieces, top: JsonObject, papers: Collection[str]
) -> Mapping[str, Closing]:
    """Read which lists are complete, by the type of their subjects.

    `papers` are the ids of those the case lists, one of which may prove it.
    """
    loc: Loc = ("closed",)
    closings: dict[str, Closing] = {}
    node = pieces.read_mapping(top.get("closed"), loc)
    for name, entry in node.items():
        if name not in CLOSABLE:
            pieces.add_unknown_field(loc, name, CLOSABLE)
        elif isinstance(entry, dict):
            closing = _read_closing(pieces, entry, (*loc, name), papers)
            if closing is not None:
                closings[CLOSABLE[name]] = closing
        else:
            day = pieces.read_day(node, name, loc, needed=False)
            if day is not None:
                closings[CLOSABLE[name]] = Closing(on=day)
    return closings


def read_absent(
    pieces: Pieces,
    top: JsonObject,
    declared_on: date | None,
    papers: Sequence[Paper],
) -> Mapping[str, date]:
    """Read which kinds of paper the applicant says it has not; none may be listed."""
    materials = pieces.catalogue.materials
    labels = {code: item.label for code, item in materials.items()}
    days_by_kind = _read_without(pieces, top, "absent", labels, declared_on)
    for kind in days_by_kind:
        doing = set(list_satisfying_kinds(materials, kind))
        for place, paper in enumerate(papers):
            if paper.kind in doing:
                _refuse_listed(
                    pieces, "absent", labels[kind].zh, ("papers", place), paper.id
                )
    return days_by_kind


def read_nobody(
    pieces: Pieces,
    top: JsonObject,
    declared_on: date | None,
    people: Sequence[Member],
) -> Mapping[str, date]:
    """Read which posts the applicant says nobody holds; nobody listed may hold one."""
    labels = list_kinds(pieces.catalogue, SUBJECTS["person"])
    days_by_post = _read_without(pieces, top, "nobody", labels, declared_on)
    for post in days_by_post:
        for place, person in enumerate(people):
            if post in person.roles:
                loc: Loc = ("people", place)
                _refuse_listed(pieces, "nobody", labels[post].zh, loc, person.name)
    return days_by_post


def _read_without(
    pieces: Pieces,
    top: JsonObject,
    name: str,
    allowed: Mapping[str, Text],
    declared_on: date | None,
) -> Mapping[str, date]:
    """What is said not to be there: a list, as of `declared_on`, or day by day."""
    entry = top.get(name)
    loc: Loc = (name,)
    if isinstance(entry, dict):
        days = [
            (code_typed, pieces.read_day(entry, code_typed, loc, needed=True))
            for code_typed in entry
        ]
    else:
        days = [
            (str(code_typed), declared_on)
            for code_typed in pieces.read_sequence(entry, loc)
        ]
    return {
        code: day
        for code_typed, day in days
        if (code := pieces.read_choice({name: code_typed}, name, (), allowed)) and day
    }


def _refuse_listed(
    pieces: Pieces, name: str, label: str, loc: Loc, listed: str
) -> None:
    line = pieces.file.find_line(loc)
    pieces.add_issue(
        (name,),
        Text(
            zh=f"{pieces.name_field((), name)}说没有{label}，"
            f"第{line}行却列了“{listed}”",
            en=f"{name} says there is no {label}, but line {line} lists “{listed}”",
        ),
        Text(zh="两处留一处", en="keep one of the two"),
    )


def _read_closing(
    pieces: Pieces, node: JsonObject, loc: Loc, papers: Collection[str]
) -> Closing | None:
    for name in node:
        if name not in ("on", "paper"):
            pieces.add_unknown_field(loc, name, ("on", "paper"))
    on = pieces.read_day(node, "on", loc, needed=True)
    paper = pieces.read_word(node, "paper", loc, needed=False)
    if paper is not None and str(Subject("paper", paper)) not in pieces.known:
        pieces.add_issue(
            (*loc, "paper"),
            Text(zh=f"材料（papers）中没有“{paper}”", en=f"papers has no “{paper}”"),
            suggest_word(paper, papers),
        )
    return None if on is None else Closing(on=on, paper=paper)
