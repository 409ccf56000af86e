"""The papers and guided looks of `case.yaml`, and what they back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from changqing.case.looked import weigh_look
from changqing.case.model import (
    IssuerCheck,
    Look,
    Paper,
    Statement,
)
from changqing.case.pieces import Pieces
from changqing.case.shown import Sought
from changqing.case.subjects import Subject
from changqing.case.values import (
    NotAValueError,
    parse_date,
    parse_yes_no,
)
from changqing.jsondata import JsonObject
from changqing.law.kinds.material import Material
from changqing.law.lookup import list_looks_for
from changqing.text import Text, both
from changqing.yamlfile.read import Loc
from changqing.yamlfile.suggest import suggest_word

_PAPER_FIELDS: Final = (
    "id",
    "kind",
    "file",
    "received_on",
    "issued_on",
    "valid_until",
    "issuer_checked",
    "backs",
    "states",
)
_CHECK_FIELDS: Final = ("on", "how", "file")
_POINTED_FIELDS: Final = ("place", "words")
_LOOK_FIELDS: Final = ("id", "what", "on", "by", "file", "url", "backs")


def read_papers(pieces: Pieces, top: JsonObject) -> tuple[Paper, ...]:
    """Read the papers of the case; each may be named by another."""
    items = list(pieces.read_items(top.get("papers"), ("papers",)))
    places_by_id: dict[str, Loc] = {}
    items_with_id = [
        (loc, node, pieces.read_identity(node, loc, places_by_id))
        for loc, node in items
    ]
    pieces.add_known(
        [Subject("paper", name) for _, _, name in items_with_id if name is not None]
    )
    papers = (_read_paper(pieces, loc, node, name) for loc, node, name in items_with_id)
    return tuple(paper for paper in papers if paper is not None)


def _read_paper(
    pieces: Pieces, loc: Loc, node: JsonObject, name: str | None
) -> Paper | None:
    subject = Subject("paper", name or "?")
    materials = {code: item.label for code, item in pieces.catalogue.materials.items()}
    kind = pieces.read_choice(node, "kind", loc, materials)
    received_on = pieces.read_day(node, "received_on", loc, needed=True)
    issued_on = pieces.read_day(node, "issued_on", loc, needed=False)
    valid_until = pieces.read_day(node, "valid_until", loc, needed=False)
    _check_order(pieces, loc, "received_on", received_on, "issued_on", issued_on)
    _check_order(pieces, loc, "valid_until", valid_until, "issued_on", issued_on)
    checked = _read_issuer_check(pieces, node, loc)
    file = pieces.find_file(node, loc)
    own = {
        key: value
        for key, value in node.items()
        if key not in _PAPER_FIELDS
        or (
            ("paper", key) in pieces.catalogue.facts
            and key in ("received_on", "issued_on", "valid_until")
            and _is_day(value)
        )
    }
    facts = pieces.read_facts(subject, own, loc, _PAPER_FIELDS)
    backs = pieces.read_backing(node, loc, place_needed=True)
    states: tuple[Statement, ...] = ()
    if kind is not None:
        states = _read_states(
            pieces, node, loc, subject, pieces.catalogue.materials[kind]
        )
    if name is None or kind is None or received_on is None or file is None:
        return None
    return Paper(
        id=name,
        kind=kind,
        file=file,
        received_on=received_on,
        issued_on=issued_on,
        valid_until=valid_until,
        issuer_checked=checked,
        facts=facts,
        backs=backs,
        states=states,
    )


def _check_order(
    pieces: Pieces,
    loc: Loc,
    late: str,
    later: date | None,
    early: str,
    earlier: date | None,
) -> None:
    if later is not None and earlier is not None and later < earlier:
        pieces.add_issue(
            (*loc, late),
            Text(
                zh=f"{pieces.name_field(loc, late)}{later}早于"
                f"{pieces.name_field(loc, early)}{earlier}",
                en=f"{late} ({later}) is before {early} ({earlier})",
            ),
            Text(zh="检查两个日期", en="check both dates"),
        )


def _read_issuer_check(
    pieces: Pieces, node: JsonObject, loc: Loc
) -> IssuerCheck | None:
    if node.get("issuer_checked") is None:
        return None
    inner = (*loc, "issuer_checked")
    check = pieces.read_mapping(node["issuer_checked"], inner)
    for name in check:
        if name not in _CHECK_FIELDS:
            pieces.add_unknown_field(inner, name, _CHECK_FIELDS)
    on = pieces.read_day(check, "on", inner, needed=True)
    how = pieces.read_word(check, "how", inner, needed=True)
    page = None if check.get("file") is None else pieces.find_file(check, inner)
    if on is None or how is None:
        return None
    return IssuerCheck(on=on, how=how, page=page)


def _read_states(
    pieces: Pieces,
    node: JsonObject,
    loc: Loc,
    subject: Subject,
    material: Material,
) -> tuple[Statement, ...]:
    """Read what a paper states, each with its place, or that it does not state it."""
    inner = (*loc, "states")
    statements = []
    elements = {name.removeprefix("states_"): name for name in material.elements}
    for element_typed, state in pieces.read_mapping(node.get("states"), inner).items():
        fact = elements.get(element_typed.removeprefix("states_"))
        if fact is None:
            pieces.add_issue(
                (*inner, element_typed),
                Text(
                    zh=f"{material.label.zh}没有 {element_typed} 这个要素",
                    en=f"{material.label.en} has no element {element_typed}",
                ),
                suggest_word(element_typed.removeprefix("states_"), elements)
                or Text(
                    zh="可选：" + ", ".join(sorted(elements)),
                    en="it may be: " + ", ".join(sorted(elements)),
                ),
            )
        elif state is False or (
            isinstance(state, str) and parse_yes_no(state) is False
        ):
            statements.append(_make_element(subject, fact, "", value=False))
        elif isinstance(state, dict):
            pointed = _read_pointed(pieces, state, (*inner, element_typed))
            if pointed is not None:
                place, words = pointed
                statements.append(
                    _make_element(subject, fact, place, value=True, words=words)
                )
        elif isinstance(state, str) and state.strip() and parse_yes_no(state) is None:
            statements.append(_make_element(subject, fact, state.strip(), value=True))
        else:
            pieces.add_issue(
                (*inner, element_typed),
                Text(
                    zh=f"{element_typed} 没有写明在哪一页哪一条",
                    en=f"{element_typed} does not say on which page and in which "
                    "clause",
                ),
                Text(
                    zh="写成 '第3页第2条'；读过而没有的写 false",
                    en="write it like '第3页第2条'; false if read and not there",
                ),
            )
    return tuple(statements)


def _read_pointed(
    pieces: Pieces, node: JsonObject, loc: Loc
) -> tuple[str, str | None] | None:
    """Where an element stands, and the words there that say it."""
    for name in node:
        if name not in _POINTED_FIELDS:
            pieces.add_unknown_field(loc, name, _POINTED_FIELDS)
    place = pieces.read_word(node, "place", loc, needed=True)
    words = pieces.read_word(node, "words", loc, needed=False)
    return None if place is None else (place, words)


def read_looks(
    pieces: Pieces, top: JsonObject, sought: Mapping[Subject, Sought]
) -> tuple[Look, ...]:
    """Read the guided looks, and what their kept pages are worth."""
    looks: list[Look] = []
    places_by_id: dict[str, Loc] = {}
    looks_known = pieces.catalogue.looks
    targets = {
        look: looks_known[look].title if look in looks_known else both(look)
        for fact in pieces.catalogue.facts.values()
        for look in list_looks_for(fact)
    }
    for loc, node in pieces.read_items(top.get("looks"), ("looks",)):
        for key in node:
            if key not in _LOOK_FIELDS:
                pieces.add_unknown_field(loc, key, _LOOK_FIELDS)
        name = pieces.read_identity(node, loc, places_by_id)
        target = pieces.read_choice(node, "what", loc, targets)
        on = pieces.read_day(node, "on", loc, needed=True)
        by = pieces.read_word(node, "by", loc, needed=True)
        url = pieces.read_word(node, "url", loc, needed=False)
        file = pieces.find_file(node, loc)
        backs = pieces.read_backing(node, loc, place_needed=False)
        if name and target and on and by and file:
            looks.append(
                Look(
                    id=name,
                    what=target,
                    on=on,
                    by=by,
                    file=file,
                    url=url,
                    backs=backs,
                    shown=weigh_look(
                        pieces.folder / file.path,
                        pieces.folder,
                        target,
                        backs,
                        sought,
                        pieces.catalogue,
                    ),
                )
            )
    return tuple(looks)


def _make_element(
    subject: Subject,
    fact: str,
    place: str,
    *,
    value: bool,
    words: str | None = None,
) -> Statement:
    return Statement(
        subject=subject,
        fact=fact,
        value=value,
        raw=place or None,
        place=place,
        words=words,
    )


def _is_day(typed: object) -> bool:
    try:
        parse_date(typed)
    except NotAValueError:
        return False
    return True
