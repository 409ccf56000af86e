"""Reading and checking `case.yaml`: everything that is wrong, at once, with its line.

What may stand in the file is what the catalogue knows, so the checks follow the
catalogue and not a fixed shape.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from changqing.case.folder import CASE_FILE, find_folder
from changqing.case.looked import build_sought
from changqing.case.model import (
    Application,
    Case,
    CaseFile,
    Member,
    RegisterExtract,
    Statement,
)
from changqing.case.normalise import NotThisKindError, normalise
from changqing.case.pieces import OutOfRange, Pieces, prefix_name
from changqing.case.read_absence import read_absent, read_closed, read_nobody
from changqing.case.read_choices import read_choices
from changqing.case.read_members import read_members
from changqing.case.read_own_text import read_own_text
from changqing.case.read_papers import read_looks, read_papers
from changqing.case.read_set_aside import SET_ASIDE, check_set_aside
from changqing.case.subjects import APPLICANT, Subject
from changqing.errors import CaseError, Issue
from changqing.jsondata import JsonObject
from changqing.latest import Latest
from changqing.law.lookup import find_licence
from changqing.law.model import Catalogue
from changqing.law.subjects import LISTED_SUBJECTS, SUBJECTS
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.plainfile import digest_plain, read_plain
from changqing.rules.types import Value
from changqing.text import Text
from changqing.yamlfile.read import Loc, read_with_issues

_MEMBERS: Final = tuple(SUBJECTS[code] for code in LISTED_SUBJECTS if code != "paper")
_TOP: Final = (
    *("applicant", "application", "declared_on", "as_of", "delete_personal_on"),
    *(member.listed for member in _MEMBERS),
    *(
        "papers",
        "looks",
        SET_ASIDE,
        "closed",
        "absent",
        "nobody",
        "choices",
        "own_text",
        "register",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReading:
    """What was read of a case folder; `case` is None where a part of it is missing."""

    case: Case | None
    issues: tuple[Issue, ...]
    out_of_range: tuple[OutOfRange, ...]

    def accept(self, confirmed: Collection[tuple[Subject, str, Value | None]]) -> Case:
        """Give the case, unless something is wrong with it.

        `confirmed` are values of facts that were kept before there were ranges: what
        was kept cannot be undone, so a case goes on opening with them. Raises CaseError
        with all that is wrong, in the order of the file.
        """
        issues = list(self.issues)
        for refused in self.out_of_range:
            if (refused.subject, refused.fact, refused.value) not in confirmed:
                issues.append(refused.issue)
        if self.case is None or issues:
            raise CaseError(*sorted(issues, key=lambda issue: issue.line or 0))
        return self.case


def read_case(
    path: Path, catalogue: Catalogue, *, draft: Path | None = None
) -> CaseReading:
    """Read the case folder (or its `case.yaml`) at `path`, checked to the last field.

    Reads every listed paper once, for its digest. A `draft` is read in the place of
    `case.yaml`, so that it can be checked before it is kept. Raises CaseError where it
    is no YAML at all. Who opens a case to work on it calls `papers.open.open_case`.
    """
    folder = find_folder(path)
    source = draft or folder / CASE_FILE
    content = _read_content(source, folder)
    latest = None if content is None else _LATEST.find((folder, content))
    if latest is not None and latest.still_holds(catalogue):
        return latest.reading
    file, issues = read_with_issues(
        source, text=content, inside=folder if draft is None else None
    )
    if file is None:
        raise CaseError(*issues)
    digest = hashlib.sha256(file.text.encode()).hexdigest()
    pieces = Pieces(folder=folder, file=file, catalogue=catalogue, issues=list(issues))
    case = _read_case(pieces, digest)
    reading = CaseReading(
        case=case,
        issues=tuple(pieces.issues),
        out_of_range=tuple(pieces.out_of_range),
    )
    if content is not None and case is not None and not reading.issues:
        _LATEST.keep(
            (folder, content),
            _KeptReading(files=pieces.digests, case=case, reading=reading),
        )
    return reading


def _read_content(source: Path, folder: Path) -> bytes | None:
    """Read `case.yaml`; None where `read_with_issues` has to say what is wrong."""
    try:
        return read_plain(source, inside=folder)
    except (CaseError, OSError, ValueError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptReading:
    """What was read of a case without fault."""

    files: Mapping[str, CaseFile | None]
    case: Case
    reading: CaseReading

    def still_holds(self, catalogue: Catalogue) -> bool:
        """Tell whether to read the same bytes of `case.yaml` again would give the same.

        Every file is digested again, for its bytes may have been changed by anybody at
        any moment, whatever its size and times say.
        """
        case = self.case
        if catalogue is not case.catalogue:
            return False
        try:
            return all(
                file is not None
                and digest_plain(case.path / name, inside=case.path) == file.digest
                for name, file in self.files.items()
            )
        except (CaseError, OSError):
            return False


_LATEST: Final[Latest[tuple[Path, bytes], _KeptReading]] = Latest(most=8)
"""Cases read lately, by folder and bytes: a page asks for the same one several times
over, and what was checked as a draft is read when it took its place."""


def _read_case(pieces: Pieces, digest: str) -> Case | None:
    """Read all of a case file; None where what every case needs is missing."""
    top = pieces.read_mapping(pieces.file.data, ())
    for key in top:
        if key not in _TOP:
            pieces.add_unknown_field((), key, _TOP)
    if not top and isinstance(pieces.file.data, dict | None):
        pieces.add_issue(
            (),
            Text(zh="文件中没有内容", en="the file holds nothing"),
            Text(zh="用 changqing new 新建一个", en="make one with changqing new"),
        )
    if not top:
        return None
    application = _read_application(pieces, top)
    declared_on = pieces.read_day(top, "declared_on", (), needed=True)
    as_of = pieces.read_day(top, "as_of", (), needed=False)
    delete_personal_on = pieces.read_day(top, "delete_personal_on", (), needed=False)
    name, credit_code, facts = _read_applicant(pieces, top)
    lists = {kind.code: read_members(pieces, top, kind) for kind in _MEMBERS}
    members = tuple(chain.from_iterable(lists.values()))
    pieces.add_known((APPLICANT, *(member.subject for member in members)))
    papers = read_papers(pieces, top)
    statements = [statement for paper in papers for statement in paper.backs]
    check_set_aside(pieces, top)
    looks = read_looks(
        pieces, top, build_sought(name or "", facts, members, statements)
    )
    closed = read_closed(pieces, top, {paper.id for paper in papers})
    absent = read_absent(pieces, top, declared_on, papers)
    nobody = read_nobody(pieces, top, declared_on, lists["person"])
    choices = read_choices(pieces, top)
    own_text = read_own_text(pieces, top)
    extract = _read_extract(pieces, top, (*facts, *_list_said(members), *statements))
    if application is None or declared_on is None or name is None:
        return None
    return Case(
        path=pieces.folder,
        digest=digest,
        catalogue=pieces.catalogue,
        name=name,
        credit_code=credit_code,
        facts=facts,
        application=application,
        services=lists["service"],
        people=lists["person"],
        holders=lists["holder"],
        offers=lists["offer"],
        resources=lists["resource"],
        reports=lists["report"],
        papers=papers,
        looks=looks,
        closed=closed,
        absent=absent,
        nobody=nobody,
        choices=choices,
        own_text=own_text,
        declared_on=declared_on,
        as_of=as_of,
        delete_personal_on=delete_personal_on,
        register=extract,
    )


_NAMES: Final = frozenset({"name", "credit_code", "url", "domain", "store_page"})
"""What an extract may say: who it is about, and what follows from an address."""


def _list_said(members: Iterable[Member]) -> Iterator[Statement]:
    for member in members:
        yield from member.facts


def _read_extract(
    pieces: Pieces, top: JsonObject, statements: Sequence[Statement]
) -> RegisterExtract | None:
    """What an extract of a register says of itself; it may say no facts beside it."""
    if "register" not in top:
        return None
    loc: Loc = ("register",)
    node = pieces.read_mapping(top["register"], loc)
    fields = ("holders_shown_from", "holders_shown_until")
    for name in node:
        if name not in fields:
            pieces.add_unknown_field(loc, name, fields)
    typed = [statement for statement in statements if statement.fact not in _NAMES]
    if typed:
        pieces.add_issue(
            loc,
            Text(
                zh="这个文件夹是从登记册里取出的，里面写的"
                f"{_name_fact(pieces.catalogue, typed[0])}不会算数",
                en=f"this folder is an extract of a register; {typed[0].fact}, typed "
                "here, would not count",
            ),
            Text(
                zh="删去自己写的，或者用changqing new新建一个项目",
                en="take out what was typed, or begin a case with changqing new",
            ),
        )
    first, last = (pieces.read_day(node, field, loc, needed=False) for field in fields)
    return RegisterExtract(holders_shown=None if first is None else (first, last))


def _name_fact(catalogue: Catalogue, statement: Statement) -> str:
    fact = catalogue.facts[(statement.subject.type, statement.fact)]
    return f"“{fact.label.zh}”（{statement.fact}）"


def _read_application(pieces: Pieces, top: JsonObject) -> Application | None:
    loc: Loc = ("application",)
    if "application" not in top:
        pieces.add_missing_field((), "application")
        return None
    node = pieces.read_mapping(top["application"], loc)
    fields = ("licence", "scope", "region", "stage", "submit_on", "coverage")
    for name in node:
        if name not in fields:
            pieces.add_unknown_field(loc, name, fields)
    licence = _read_licence(pieces, node, loc)
    scopes: Collection[str] = SCOPE_WORDS
    if licence is not None and pieces.catalogue.licences[licence].scopes:
        scopes = pieces.catalogue.licences[licence].scopes
    words = {code: SCOPE_WORDS[code] for code in scopes}
    scope = pieces.read_choice(node, "scope", loc, words)
    regions = {code: item.label for code, item in pieces.catalogue.regions.items()}
    region = pieces.read_choice(node, "region", loc, regions)
    stage = pieces.read_choice(node, "stage", loc, STAGE_WORDS)
    submit_on = pieces.read_day(node, "submit_on", loc, needed=True)
    if (
        licence is None
        or scope is None
        or region is None
        or stage is None
        or submit_on is None
    ):
        return None
    return Application(
        licence=licence,
        scope=scope,
        region=region,
        stage=stage,
        submit_on=submit_on,
    )


def _read_licence(pieces: Pieces, node: JsonObject, loc: Loc) -> str | None:
    """The licence, by its code, its name, or a short name such as ICP."""
    code = find_licence(pieces.catalogue, str(node.get("licence")))
    if code is not None:
        return code
    labels = {code: item.label for code, item in pieces.catalogue.licences.items()}
    return pieces.read_choice(node, "licence", loc, labels)


def _read_coverage(pieces: Pieces, top: JsonObject) -> Iterator[Statement]:
    """The provinces of a cross-province application: codes, names, or 全国."""
    node = top.get("application")
    if not isinstance(node, Mapping) or node.get("coverage") is None:
        return
    fact = pieces.catalogue.facts.get((APPLICANT.type, "coverage"))
    if fact is None:
        return
    value = node["coverage"]
    regions = value if isinstance(value, list) else [value]
    statement = pieces.read_statement(
        APPLICANT,
        fact.id,
        [str(region) for region in regions if region],
        ("application", "coverage"),
        "application.coverage",
    )
    if statement is not None:
        yield statement


def _read_applicant(
    pieces: Pieces, top: JsonObject
) -> tuple[str | None, str | None, tuple[Statement, ...]]:
    loc: Loc = ("applicant",)
    if "applicant" not in top:
        pieces.add_missing_field((), "applicant")
        return None, None, ()
    node = pieces.read_mapping(top["applicant"], loc)
    name = pieces.read_word(node, "name", loc, needed=True)
    credit_code = pieces.read_word(node, "credit_code", loc, needed=False)
    if credit_code is not None:
        try:
            credit_code = str(normalise("credit_code", credit_code))
        except NotThisKindError as error:
            if ("applicant", "credit_code") not in pieces.catalogue.facts:
                pieces.add_issue(
                    (*loc, "credit_code"),
                    prefix_name(
                        pieces.name_field(loc, "credit_code"),
                        "credit_code",
                        error.text,
                    ),
                    error.hint,
                )
    facts = pieces.read_facts(APPLICANT, node, loc, ("name", "credit_code"))
    if not any(statement.fact == "coverage" for statement in facts):
        facts = (*facts, *_read_coverage(pieces, top))
    return name, credit_code, facts
