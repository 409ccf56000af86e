"""From what a document lacks, or what does not agree, to where that is mended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from django.urls import reverse

from changqing.case.folder import CASE_FILE
from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.casework.personal import is_personal
from changqing.documents.crosscheck import Contradiction, PlaceRead
from changqing.documents.document import Blank, Document, DocumentStatement
from changqing.law.kinds.fact import Fact
from changqing.text import Text
from changqing_web.facts.tables import LISTS, MemberList
from changqing_web.findings.mending import (
    find_form_address,
    find_upload_address,
    is_asked,
    list_paper_kinds,
)
from changqing_web.index import catalogue
from changqing_web.walls import Here

_NAMES: Final = frozenset({"name", "url"})  # changed where the members are listed
_FILL: Final = Text("去填写", "Fill in")
_UPLOAD: Final = Text("去上传材料", "Upload a paper")
_DECIDE: Final = Text("去选定", "Decide")
_CONFIRM: Final = Text("去确认", "Confirm what was read")
_WRITE: Final = Text("写进文书", "Write it in")
_SELF: Final = Subject("applicant", "self")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One thing a document lacks: what, in which section, and where it is mended."""

    what: str
    section: str
    way: str
    does: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSaid:
    """What one place says, and the page on which that is changed; empty for none.

    `hidden` where it is text out of a paper about a person: who opens that is noted.
    """

    place: PlaceRead
    declared: bool
    hidden: bool
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Places that cannot all be right, each once, and how to mend it."""

    label: Text
    fix: Text
    places: tuple[PlaceSaid, ...]


def list_lacks(
    here: Here, document: Document, *, placed: Collection[str]
) -> tuple[list[Lack], list[Lack]]:
    """List what is blank in a document, and what only the applicant's word stands for.

    `placed` names what has a field on the page of the document itself.
    """
    titles = {section.id: section.title for section in document.sections}
    page = reverse(
        "dossier_document", args=[here.workspace.slug, here.row.folder, document.id]
    )

    def make_lack(missing: Blank | DocumentStatement, lack_text: str) -> Lack:
        is_word = document.origin == "word"
        own = f"{page}#f-word" if is_word else f"{page}#own-{missing.section}"
        way, does = _find_way(here, missing.subject, missing.fact) or (own, _WRITE)
        field = (
            f"{missing.subject.type}.{missing.subject.id}.{missing.fact}"
            if missing.subject
            else ""
        )
        if isinstance(missing, Blank) and missing.reading is not None:
            paper, _, _ = missing.reading.partition("/")
            at = [here.workspace.slug, here.row.folder, paper]
            lit = quote(missing.reading)
            way = f"{reverse('reading_paper', args=at)}?at={lit}#at"
            does = _CONFIRM
        elif isinstance(missing, Blank) and missing.choice is not None:
            way, does = f"{page}#c-{missing.choice}", _DECIDE
        elif isinstance(missing, Blank) and field in placed:
            way, does = f"{page}#{field}", _FILL
        elif isinstance(missing, Blank) and f"post.{missing.post}" in placed:
            way, does = f"{page}#f-post.{missing.post}", _FILL
        elif missing.fact == "named_contact" and missing.fact in placed:
            way, does = f"{page}#f-{missing.fact}", _FILL
        section = titles.get(missing.section, "")
        return Lack(what=lack_text, section=section, way=way, does=does)

    return (
        [make_lack(blank, blank.text) for blank in document.blanks],
        list(
            dict.fromkeys(
                make_lack(statement, statement.text)
                for statement in document.unsupported
            )
        ),
    )


def _find_way(
    here: Here, subject: Subject | None, name: str | None
) -> tuple[str, Text] | None:
    """Where a fact is proven, else where it is said; None for what is no fact."""
    fact = None if subject is None else _find_fact(subject.type, name or "")
    if fact is None or subject is None:
        return None
    kinds = list_paper_kinds([fact])
    if kinds:
        return find_upload_address(here, kinds[0]), _UPLOAD
    listed = _find_list_of(subject.type)
    if listed is not None and fact.id in {*_NAMES, listed.kind}:
        at = [here.workspace.slug, here.row.folder, listed.code]
        return reverse("facts_list", args=at), _FILL
    if is_asked(fact):
        return find_form_address(here, fact, subject), _FILL
    return None


def _find_list_of(subject: str) -> MemberList | None:
    """The list on which such subjects stand."""
    return next(
        (
            member_list
            for member_list in LISTS.values()
            if member_list.subject == subject
        ),
        None,
    )


def group_contradictions(
    here: Here, case: Case, contradictions: Sequence[Contradiction]
) -> list[Apart]:
    """Group contradictions about the same thing together."""
    groups: dict[tuple[str, str], list[Contradiction]] = {}
    for contradiction in contradictions:
        groups.setdefault((contradiction.check, contradiction.label.zh), []).append(
            contradiction
        )
    return [
        Apart(
            label=group[0].label,
            fix=group[0].fix,
            places=tuple(
                PlaceSaid(
                    place=place,
                    declared=place.file == CASE_FILE,
                    hidden=_is_read_from_personal(case, place),
                    way=_find_page_of_place(here, case, place),
                )
                for place in dict.fromkeys(
                    place
                    for contradiction in group
                    for place in (contradiction.one, contradiction.other)
                )
            ),
        )
        for group in groups.values()
    ]


def _is_read_from_personal(case: Case, place: PlaceRead) -> bool:
    return place.line is not None and any(
        paper.file.path == place.file and is_personal(case.catalogue, paper.kind)
        for paper in case.papers
    )


def _find_page_of_place(here: Here, case: Case, place: PlaceRead) -> str:
    """The page of the fact, the list or the paper that says it."""
    at = [here.workspace.slug, here.row.folder]
    if place.file == CASE_FILE:
        return _find_page_of_key(here, place.place)
    paper = next(
        (paper for paper in case.papers if paper.file.path == place.file), None
    )
    if paper is not None:
        return reverse("paper", args=[*at, paper.id])
    return reverse("evidence", args=at) if place.file else ""


def _find_page_of_key(here: Here, place: str) -> str:
    """Of `headcount`, `service:site.domain`, `people:cheng` or `people`."""
    subject, _, name = place.rpartition(".")
    kind, _, member = (subject or place).partition(":")
    at = [here.workspace.slug, here.row.folder]
    if kind in LISTS:
        if member:
            return reverse("facts_member", args=[*at, kind, member])
        return reverse("facts_list", args=[*at, kind])
    of = Subject(kind, member) if subject else _SELF
    fact = _find_fact(of.type, name or place)
    return "" if fact is None else find_form_address(here, fact, of)


def _find_fact(subject: str, name: str) -> Fact | None:
    return catalogue().facts.get((subject, name))
