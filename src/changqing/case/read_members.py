"""The lists of `case.yaml`: services, people, holders and the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from changqing.case.model import (
    APP_KINDS,
    Member,
    Statement,
)
from changqing.case.pieces import Pieces
from changqing.case.subjects import Subject
from changqing.case.suffix import find_registrable_domain
from changqing.jsondata import JsonObject
from changqing.law.kept import keep_by_catalogue
from changqing.law.model import Catalogue
from changqing.law.subjects import SubjectType
from changqing.text import Text, both
from changqing.yamlfile.read import Loc


def read_members(
    pieces: Pieces,
    top: JsonObject,
    of: SubjectType,
) -> tuple[Member, ...]:
    """Read one list of the case; a member of which too much is missing is left out."""
    members: list[Member] = []
    places_by_id: dict[str, Loc] = {}
    kind_field, labels = of.kind_field, list_kinds(pieces.catalogue, of)
    fields = ("id", "name" if of.named else "url", kind_field)
    for loc, node in pieces.read_items(top.get(of.listed), (of.listed,)):
        identity = pieces.read_identity(node, loc, places_by_id)
        roles = _read_roles(pieces, node, loc, labels) if kind_field == "role" else ()
        kind = roles[0] if roles else None
        if kind_field != "role":
            kind = pieces.read_choice(node, kind_field, loc, labels)
        address = None
        if "url" in fields:
            needed = kind == "website"
            address = _read_url(pieces, node, "url", loc, needed=needed)
        called = pieces.read_word(node, "name", loc, needed="name" in fields)
        subject = Subject(of.code, identity or "?")
        facts = pieces.read_facts(subject, node, loc, (*fields, "name"))
        url, store_page = address, None
        if of.code == "service" and kind in APP_KINDS:
            page = _read_url(pieces, node, "store_page", loc, needed=False)
            store_page = page or address
            url, facts = None, _complete_app(pieces, subject, facts, store_page)
        if url is not None:
            facts = (*facts, *_find_domain(pieces, subject, facts, url))
        if identity is not None and kind is not None:
            members.append(
                Member(
                    subject=subject,
                    name=called or url or store_page or identity,
                    kind=kind,
                    facts=facts,
                    url=url,
                    store_page=store_page,
                    more_roles=roles[1:],
                )
            )
        elif identity is not None:
            # A broken item still is one that papers may refer to.
            pieces.add_known((subject,))
    return tuple(members)


def _read_roles(
    pieces: Pieces, node: JsonObject, loc: Loc, labels: Mapping[str, Text]
) -> tuple[str, ...]:
    """The posts of a person: one, or a list of several."""
    entry = node.get("role")
    if not isinstance(entry, list) or not entry:
        role = pieces.read_choice(node, "role", loc, labels)
        return () if role is None else (role,)
    roles = [
        pieces.read_choice({"role": post}, "role", (*loc, "role", place), labels)
        for place, post in enumerate(entry)
    ]
    return tuple(dict.fromkeys(post for post in roles if post is not None))


@keep_by_catalogue
def list_kinds(catalogue: Catalogue, of: SubjectType) -> Mapping[str, Text]:
    """List the kinds that members of a list may be of, each with its label."""
    fact = catalogue.facts.get((of.code, of.kind_field))
    if fact is None or not fact.type.values:
        return {kind: both(kind) for kind in of.kinds}
    return {
        code: fact.value_labels.get(code, both(code))
        for code in sorted(fact.type.values)
    }


def _read_url(
    pieces: Pieces,
    node: JsonObject,
    field: str,
    loc: Loc,
    *,
    needed: bool,
) -> str | None:
    url = pieces.read_word(node, field, loc, needed=needed)
    if url is None:
        return None
    if not re.fullmatch(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", url):
        pieces.add_issue(
            (*loc, field),
            Text(zh=f"“{url}”不是网址", en=f"“{url}” is not a web address"),
            Text(
                zh="写成 https://www.example.cn 的样子",
                en="write it like https://www.example.cn",
            ),
        )
        return None
    return url


def _complete_app(
    pieces: Pieces, subject: Subject, facts: Sequence[Statement], store_page: str | None
) -> tuple[Statement, ...]:
    """What is said of an app; an address given as `url` is its page in a store."""
    names_page = any(statement.fact == "store_page" for statement in facts)
    without_url = tuple(statement for statement in facts if statement.fact != "url")
    if names_page or store_page is None:
        return without_url
    page = Statement(
        subject=subject,
        fact="store_page",
        value=store_page,
        raw=store_page,
        place=f"{subject}.url",
    )
    return (*without_url, page)


def _find_domain(
    pieces: Pieces, subject: Subject, facts: Sequence[Statement], url: str
) -> Iterator[Statement]:
    states_domain = any(statement.fact == "domain" for statement in facts)
    domain = find_registrable_domain(url)
    if not states_domain and domain and ("service", "domain") in pieces.catalogue.facts:
        yield Statement(
            subject=subject,
            fact="domain",
            value=domain,
            raw=url,
            place=f"{subject}.url",
        )
