"""Taking a paper out of a case, putting it back, and naming what kind it really is.

Nothing is lost: the item moves from `papers` to `set_aside` in `case.yaml`, with who
moved it and when; its file and what the log says of it stay.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from changqing.case import edit
from changqing.case.edit import CaseData, FieldChange
from changqing.case.read_set_aside import SET_ASIDE
from changqing.errors import CaseError, Issue
from changqing.jsondata import JsonObject
from changqing.law.lookup import list_kinds_for
from changqing.law.model import Catalogue
from changqing.text import Text
from changqing.yamlfile.plain import Writable

_OF_ANY_KIND: Final = ("file", "received_on", "issued_on", "valid_until")
"""What stays true of a paper whose kind was given wrongly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsidePaper:
    """A paper that was taken out of a case. `id` is its place under `set_aside`."""

    id: str
    on: str
    by: str
    paper: JsonObject

    @property
    def kind(self) -> str:
        """The material it was listed as."""
        return str(self.paper.get("kind"))

    @property
    def file(self) -> str:
        """Its path in the case folder."""
        return str(self.paper.get("file"))


def list_set_aside(case_data: CaseData) -> list[SetAsidePaper]:
    """List the papers that were taken out, the last one first."""
    return [
        SetAsidePaper(
            id=str(item.get("id")),
            on=str(item.get("on")),
            by=str(item.get("by")),
            paper=paper,
        )
        for item in reversed(case_data.list_items(SET_ASIDE))
        if isinstance(paper := item.get("paper"), Mapping)
    ]


def set_paper_aside(
    folder: Path, paper: str, *, on: date, by: str, catalogue: Catalogue
) -> SetAsidePaper:
    """Take a paper out of the list of a case; CaseError where it names none."""
    case_data = edit.read(folder)
    item = _find_paper(case_data, paper)
    entry: dict[str, Writable] = {
        "id": edit.find_free_id(case_data, SET_ASIDE, paper),
        "on": on,
        "by": by,
        "paper": item,
    }
    changes = [
        *list_removals(case_data, {paper}),
        FieldChange(at=(SET_ASIDE, str(entry["id"])), value=entry),
    ]
    edit.change(folder, changes, version=case_data.version, catalogue=catalogue)
    return SetAsidePaper(id=str(entry["id"]), on=on.isoformat(), by=by, paper=item)


def take_paper_back(folder: Path, name: str, *, catalogue: Catalogue) -> str:
    """List a paper again that was taken out; gives the id that it has now.

    Where another took its id since, it gets one like it. Raises CaseError where none of
    this name was taken out, and where its file is gone.
    """
    case_data = edit.read(folder)
    set_aside = next(
        (aside for aside in list_set_aside(case_data) if aside.id == name), None
    )
    if set_aside is None:
        raise CaseError(Issue(text=_say_unknown(name, _list_names(case_data))))
    paper = edit.find_free_id(case_data, "papers", str(set_aside.paper.get("id")))
    item = {**set_aside.paper, "id": paper}
    changes = [
        FieldChange(at=(SET_ASIDE, name), value=None),
        FieldChange(at=("papers", paper), value=item),
        *_list_presence(case_data, set_aside.kind, catalogue),
    ]
    edit.change(folder, changes, version=case_data.version, catalogue=catalogue)
    return paper


def change_paper_kind(
    folder: Path, paper: str, kind: str, *, catalogue: Catalogue
) -> str:
    """List a paper as another kind than it was given for; gives its new id.

    Its file and days stay. What it was said to prove and to state was said of another
    kind, and is asked for anew; the log keeps it.
    """
    case_data = edit.read(folder)
    item = _find_paper(case_data, paper)
    if kind not in catalogue.materials:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"没有{kind}这种材料", en=f"there is no kind of paper {kind}"
                )
            )
        )
    if item.get("kind") == kind:
        return paper
    name = edit.find_free_id(case_data, "papers", kind)
    fields_left = {field: item[field] for field in _OF_ANY_KIND if item.get(field)}
    changes = [
        *list_removals(case_data, {paper}),
        FieldChange(
            at=("papers", name), value={"id": name, "kind": kind, **fields_left}
        ),
        *_list_presence(case_data, kind, catalogue),
    ]
    edit.change(folder, changes, version=case_data.version, catalogue=catalogue)
    return name


def list_removals(case_data: CaseData, papers: Collection[str]) -> list[FieldChange]:
    """List what to write so that papers are gone, and what leaned on one of them."""
    changes = [FieldChange(at=("papers", name), value=None) for name in papers]
    closed = case_data.data.get("closed")
    for listed, closing in closed.items() if isinstance(closed, Mapping) else ():
        if isinstance(closing, Mapping) and closing.get("paper") in papers:
            changes.append(FieldChange(at=("closed", listed, "paper"), value=None))
    return changes


def _list_presence(
    case_data: CaseData, kind: str, catalogue: Catalogue
) -> list[FieldChange]:
    """List what takes back the word that there is no paper of this kind."""
    return [
        edit.say_without(case_data, "absent", absent_kind, since=None)
        for absent_kind in edit.find_absences(case_data, "absent")
        if kind in list_kinds_for(catalogue, absent_kind)
    ]


def _find_paper(case_data: CaseData, paper: str) -> dict[str, Any]:
    item = case_data.find_value(("papers", paper))
    if not isinstance(item, dict):
        ids = [str(listed.get("id")) for listed in case_data.list_items("papers")]
        raise CaseError(Issue(text=_say_unknown(paper, ids)))
    return item


def _list_names(case_data: CaseData) -> list[str]:
    return [paper.id for paper in list_set_aside(case_data)]


def _say_unknown(name: str, ids: Sequence[str]) -> Text:
    return Text(
        zh=f"没有{name}这份材料，有：{'、'.join(ids) or '空'}",
        en=f"there is no paper {name}; there are {', '.join(ids) or 'none'}",
    )
