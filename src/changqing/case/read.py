"""Reading and checking `case.yaml`: everything that is wrong, at once, with its line.

What may stand in the file is what the catalogue knows, so the checks follow the
catalogue and not a fixed shape.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Final, TypeVar

from changqing.case.folder import CASE_FILE, find_folder
from changqing.case.looked import build_sought, worth_of
from changqing.case.model import (
    APP_KINDS,
    Application,
    Case,
    Closing,
    IssuerCheck,
    Look,
    Member,
    Paper,
    Statement,
)
from changqing.case.normalise import NotThisKindError, normalise
from changqing.case.pieces import Pieces, about
from changqing.case.shown import Sought
from changqing.case.subjects import APPLICANT, CLOSABLE, Subject
from changqing.case.suffix import registrable_domain
from changqing.case.values import (
    NotAValueError,
    OutOfRangeError,
    nearest,
    parse_date,
    parse_value,
)
from changqing.errors import CaseError, Issue
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import Material, kinds_for
from changqing.law.lookup import STAGES, looks_for
from changqing.law.model import Catalogue
from changqing.law.subjects import LISTED_SUBJECTS, SUBJECTS, SubjectType
from changqing.rules.types import Value
from changqing.text import Text
from changqing.yamlfile.read import Loc, examine

_MEMBERS: Final = tuple(SUBJECTS[code] for code in LISTED_SUBJECTS if code != "paper")
_TOP: Final = (
    *("applicant", "application", "declared_on", "as_of", "delete_personal_on"),
    *(each.listed for each in _MEMBERS),
    *("papers", "looks", "closed", "absent", "nobody"),
)
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
_LOOK_FIELDS: Final = ("id", "what", "on", "by", "file", "url", "backs")
_BACK_FIELDS: Final = ("fact", "subject", "value", "place")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfRange:
    """A value that the file could say before there were ranges; `issue` tells of it."""

    subject: Subject
    fact: str
    value: Value | None
    issue: Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReading:
    """What was read of a case folder; `case` is None where a part of it is missing."""

    case: Case | None
    issues: tuple[Issue, ...]
    out_of_range: tuple[OutOfRange, ...]

    def accept(self, kept: Collection[tuple[Subject, str, Value | None]]) -> Case:
        """Give the case, unless something is wrong with it.

        `kept` are values of facts that were kept before there were ranges: what was
        kept cannot be undone, so a case goes on opening with them. Raises CaseError
        with all that is wrong, in the order of the file.
        """
        issues = list(self.issues)
        for each in self.out_of_range:
            if (each.subject, each.fact, each.value) not in kept:
                issues.append(each.issue)
        if self.case is None or issues:
            raise CaseError(*sorted(issues, key=lambda issue: issue.line or 0))
        return self.case


def read_case(
    path: Path, catalogue: Catalogue, *, draft: Path | None = None
) -> CaseReading:
    """Read the case folder (or its `case.yaml`) at `path`, checked to the last field.

    Reads every listed paper once, for its digest. A `draft` is read in the place of
    `case.yaml`, so that it can be checked before it is kept. Raises CaseError where it
    is no YAML at all. Who opens a case to work on it calls `evidence.open.open_case`.
    """
    folder = find_folder(path)
    source = draft or folder / CASE_FILE
    file, issues = examine(source, inside=folder if draft is None else None)
    if file is None:
        raise CaseError(*issues)
    digest = hashlib.sha256(file.text.encode()).hexdigest()
    reader = _Reader(folder=folder, file=file, catalogue=catalogue, issues=list(issues))
    case = reader.case(digest)
    return CaseReading(
        case=case,
        issues=tuple(reader.issues),
        out_of_range=tuple(reader.out_of_range),
    )


@dataclass(slots=True, kw_only=True)
class _Reader(Pieces):
    """Walks the whole file, after what the catalogue knows."""

    known: dict[str, Subject] = field(default_factory=dict)
    out_of_range: list[OutOfRange] = field(default_factory=list)
    _words: dict[str, frozenset[str]] = field(default_factory=dict)

    # Facts

    def statement(
        self, subject: Subject, name: str, written: object, loc: Loc, place: str
    ) -> Statement | None:
        """One fact of one subject, if the catalogue knows it and the value fits."""
        fact = self.catalogue.facts[(subject.type, name)]
        if written is None:
            return Statement(
                subject=subject, fact=name, value=None, raw=None, place=place
            )
        try:
            parsed = parse_value(fact, written)
        except OutOfRangeError as error:
            parsed = error.parsed
            self.out_of_range.append(
                OutOfRange(
                    subject=subject,
                    fact=name,
                    value=parsed.value,
                    issue=self.issue(loc, about(name, error.text), error.hint),
                )
            )
        except NotAValueError as error:
            self.wrong(loc, about(name, error.text), error.hint)
            return None
        return Statement(
            subject=subject,
            fact=name,
            value=parsed.value,
            raw=parsed.raw,
            place=place,
            hidden=parsed.hidden,
        )

    def facts(
        self,
        subject: Subject,
        node: Mapping[str, object],
        loc: Loc,
        fields: Collection[str],
    ) -> tuple[Statement, ...]:
        """All facts that stand directly in a mapping; `fields` are no facts."""
        found = []
        known = self.words(subject.type)
        for name, written in node.items():
            if (subject.type, name) in self.catalogue.facts and name in known:
                said = self.statement(
                    subject, name, written, (*loc, name), f"{subject}.{name}"
                )
                if said is not None and not (name in fields and written is None):
                    found.append(said)
            elif name not in fields:
                self.unknown_field(loc, name, {*known, *fields})
        return tuple(found)

    def words(self, subject_type: str) -> frozenset[str]:
        """The facts that may be written: neither generated nor known from the list."""
        if subject_type not in self._words:
            self._words[subject_type] = frozenset(
                name
                for (of, name), fact in self.catalogue.facts.items()
                if of == subject_type
                and not fact.generated
                and name not in ("kind", "role", "roles")
            )
        return self._words[subject_type]

    # The parts of the file

    def case(self, digest: str) -> Case | None:
        top = self.mapping(self.file.data, ())
        for key in top:
            if key not in _TOP:
                self.unknown_field((), key, _TOP)
        if not top and isinstance(self.file.data, dict | None):
            self.wrong(
                (),
                Text(zh="文件中没有内容", en="the file holds nothing"),
                Text(zh="用 changqing new 新建一个", en="make one with changqing new"),
            )
        if not top:
            return None
        application = self.application(top)
        declared_on = self.day(top, "declared_on", (), needed=True)
        as_of = self.day(top, "as_of", (), needed=False)
        delete_personal_on = self.day(top, "delete_personal_on", (), needed=False)
        name, credit_code, facts = self.applicant(top)
        lists = {each.code: self.members(top, each) for each in _MEMBERS}
        members = tuple(chain.from_iterable(lists.values()))
        self.know((APPLICANT, *(member.subject for member in members)))
        papers = self.papers(top)
        told = [said for paper in papers for said in paper.backs]
        looks = self.looks(top, build_sought(name or "", facts, members, told))
        closed = self.read_closed(top, {paper.id for paper in papers})
        absent = self.absent(top, declared_on, papers)
        nobody = self.nobody(top, declared_on, lists["person"])
        if application is None or declared_on is None or name is None:
            return None
        return Case(
            path=self.folder,
            digest=digest,
            catalogue=self.catalogue,
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
            declared_on=declared_on,
            as_of=as_of,
            delete_personal_on=delete_personal_on,
        )

    def know(self, subjects: Collection[Subject]) -> None:
        self.known.update({str(one): one for one in subjects})

    def application(self, top: Mapping[str, object]) -> Application | None:
        loc: Loc = ("application",)
        if "application" not in top:
            self.lacks((), "application")
            return None
        node = self.mapping(top["application"], loc)
        fields = ("licence", "scope", "region", "stage", "submit_on", "coverage")
        for name in node:
            if name not in fields:
                self.unknown_field(loc, name, fields)
        licences = {
            code: item.label.zh for code, item in self.catalogue.licences.items()
        }
        licence = self.choice(node, "licence", loc, licences)
        scopes: Collection[str] = ("intra_province", "cross_province")
        if licence is not None and self.catalogue.licences[licence].scopes:
            scopes = self.catalogue.licences[licence].scopes
        scope = self.choice(node, "scope", loc, scopes)
        regions = {code: item.label.zh for code, item in self.catalogue.regions.items()}
        region = self.choice(node, "region", loc, regions)
        stage = self.choice(node, "stage", loc, STAGES)
        submit_on = self.day(node, "submit_on", loc, needed=True)
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

    def coverage(self, top: Mapping[str, object]) -> Iterator[Statement]:
        """The provinces of a cross-province application: codes, names, or 全国."""
        node = top.get("application")
        if not isinstance(node, Mapping) or node.get("coverage") is None:
            return
        fact = self.catalogue.facts.get((APPLICANT.type, "coverage"))
        if fact is None:
            return
        written = node["coverage"]
        named = [str(each) for each in written] if isinstance(written, list) else None
        labels = {label.zh: code for code, label in fact.value_labels.items()}
        codes = [
            next((code for zh, code in labels.items() if zh.startswith(each)), each)
            for each in (named or [str(written)])
            if each
        ]
        said = self.statement(
            APPLICANT,
            fact.id,
            codes,
            ("application", "coverage"),
            "application.coverage",
        )
        if said is not None:
            yield said

    def applicant(
        self, top: Mapping[str, object]
    ) -> tuple[str | None, str | None, tuple[Statement, ...]]:
        loc: Loc = ("applicant",)
        if "applicant" not in top:
            self.lacks((), "applicant")
            return None, None, ()
        node = self.mapping(top["applicant"], loc)
        name = self.word(node, "name", loc, needed=True)
        credit_code = self.word(node, "credit_code", loc, needed=False)
        if credit_code is not None:
            try:
                credit_code = str(normalise("credit_code", credit_code))
            except NotThisKindError as error:
                if ("applicant", "credit_code") not in self.catalogue.facts:
                    self.wrong(
                        (*loc, "credit_code"),
                        about("credit_code", error.text),
                        error.hint,
                    )
        facts = self.facts(APPLICANT, node, loc, ("name", "credit_code"))
        if not any(said.fact == "coverage" for said in facts):
            facts = (*facts, *self.coverage(top))
        return name, credit_code, facts

    def members(
        self,
        top: Mapping[str, object],
        of: SubjectType,
    ) -> tuple[Member, ...]:
        found: list[Member] = []
        taken: dict[str, Loc] = {}
        kind_field, labels = of.kind_field, self.kind_labels(of)
        fields = ("id", "name" if of.named else "url", kind_field)
        for loc, node in self.items(top.get(of.listed), (of.listed,)):
            identity = self.identity(node, loc, taken)
            roles = self.roles(node, loc, labels) if kind_field == "role" else ()
            kind = roles[0] if roles else None
            if kind_field != "role":
                kind = self.choice(node, kind_field, loc, labels)
            address = self.url(node, "url", loc) if "url" in fields else None
            called = self.word(node, "name", loc, needed="name" in fields)
            subject = Subject(of.code, identity or "?")
            facts = self.facts(subject, node, loc, (*fields, "name"))
            url, store_page = address, None
            if of.code == "service" and kind in APP_KINDS:
                store_page = self.url(node, "store_page", loc) or address
                url, facts = None, self.in_store(subject, facts, store_page)
            if url is not None:
                facts = (*facts, *self.domain(subject, facts, url))
            if identity is not None and kind is not None:
                found.append(
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
                self.know((subject,))
        return tuple(found)

    def roles(
        self, node: Mapping[str, object], loc: Loc, labels: Mapping[str, str]
    ) -> tuple[str, ...]:
        """The posts of a person: one, or a list of several."""
        written = node.get("role")
        if not isinstance(written, list) or not written:
            one = self.choice(node, "role", loc, labels)
            return () if one is None else (one,)
        each = [
            self.choice({"role": post}, "role", (*loc, "role", place), labels)
            for place, post in enumerate(written)
        ]
        return tuple(dict.fromkeys(post for post in each if post is not None))

    def kind_labels(self, of: SubjectType) -> Mapping[str, str]:
        fact = self.catalogue.facts.get((of.code, of.kind_field))
        if fact is None or not fact.type.values:
            return {kind: kind for kind in of.kinds}
        return {
            code: fact.value_labels[code].zh if code in fact.value_labels else code
            for code in sorted(fact.type.values)
        }

    def url(self, node: Mapping[str, object], field: str, loc: Loc) -> str | None:
        needed = field == "url" and node.get("kind") == "website"
        url = self.word(node, field, loc, needed=needed)
        if url is None:
            return None
        if not re.fullmatch(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", url):
            self.wrong(
                (*loc, field),
                Text(zh=f"“{url}”不是网址", en=f"“{url}” is not a web address"),
                Text(
                    zh="写成 https://www.example.cn 的样子",
                    en="write it like https://www.example.cn",
                ),
            )
            return None
        return url

    def in_store(
        self, subject: Subject, facts: Sequence[Statement], store_page: str | None
    ) -> tuple[Statement, ...]:
        """What is said of an app; an address given as `url` is its page in a store."""
        said = any(statement.fact == "store_page" for statement in facts)
        kept = tuple(statement for statement in facts if statement.fact != "url")
        if said or store_page is None:
            return kept
        page = Statement(
            subject=subject,
            fact="store_page",
            value=store_page,
            raw=store_page,
            place=f"{subject}.url",
        )
        return (*kept, page)

    def domain(
        self, subject: Subject, facts: Sequence[Statement], url: str
    ) -> Iterator[Statement]:
        said = any(statement.fact == "domain" for statement in facts)
        domain = registrable_domain(url)
        if not said and domain and ("service", "domain") in self.catalogue.facts:
            yield Statement(
                subject=subject,
                fact="domain",
                value=domain,
                raw=url,
                place=f"{subject}.url",
            )

    # Papers and looks

    def papers(self, top: Mapping[str, object]) -> tuple[Paper, ...]:
        items = list(self.items(top.get("papers"), ("papers",)))
        taken: dict[str, Loc] = {}
        named = [(loc, node, self.identity(node, loc, taken)) for loc, node in items]
        self.know([Subject("paper", name) for _, _, name in named if name is not None])
        found = (self.paper(loc, node, name) for loc, node, name in named)
        return tuple(paper for paper in found if paper is not None)

    def paper(
        self, loc: Loc, node: Mapping[str, object], name: str | None
    ) -> Paper | None:
        subject = Subject("paper", name or "?")
        materials = {
            code: item.label.zh for code, item in self.catalogue.materials.items()
        }
        kind = self.choice(node, "kind", loc, materials)
        received_on = self.day(node, "received_on", loc, needed=True)
        issued_on = self.day(node, "issued_on", loc, needed=False)
        valid_until = self.day(node, "valid_until", loc, needed=False)
        self.in_order(loc, "received_on", received_on, "issued_on", issued_on)
        self.in_order(loc, "valid_until", valid_until, "issued_on", issued_on)
        checked = self.issuer_checked(node, loc)
        file = self.file_of(node, loc)
        own = {
            key: value
            for key, value in node.items()
            if key not in _PAPER_FIELDS
            or (
                ("paper", key) in self.catalogue.facts
                and key in ("received_on", "issued_on", "valid_until")
                and _is_day(value)
            )
        }
        facts = self.facts(subject, own, loc, _PAPER_FIELDS)
        backs = self.backs(node, loc, place_needed=True)
        states: tuple[Statement, ...] = ()
        if kind is not None:
            states = self.states(node, loc, subject, self.catalogue.materials[kind])
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

    def in_order(
        self, loc: Loc, late: str, later: date | None, early: str, earlier: date | None
    ) -> None:
        if later is not None and earlier is not None and later < earlier:
            self.wrong(
                (*loc, late),
                Text(
                    zh=f"{late}（{later}）早于 {early}（{earlier}）",
                    en=f"{late} ({later}) is before {early} ({earlier})",
                ),
                Text(zh="核对两个日期", en="check both dates"),
            )

    def issuer_checked(
        self, node: Mapping[str, object], loc: Loc
    ) -> IssuerCheck | None:
        if node.get("issuer_checked") is None:
            return None
        inner = (*loc, "issuer_checked")
        check = self.mapping(node["issuer_checked"], inner)
        for name in check:
            if name not in ("on", "how"):
                self.unknown_field(inner, name, ("on", "how"))
        on = self.day(check, "on", inner, needed=True)
        how = self.word(check, "how", inner, needed=True)
        return None if on is None or how is None else IssuerCheck(on=on, how=how)

    def states(
        self,
        node: Mapping[str, object],
        loc: Loc,
        subject: Subject,
        material: Material,
    ) -> tuple[Statement, ...]:
        inner = (*loc, "states")
        found = []
        elements = {name.removeprefix("states_"): name for name in material.elements}
        for written, place in self.mapping(node.get("states"), inner).items():
            fact = elements.get(written.removeprefix("states_"))
            if fact is None:
                self.wrong(
                    (*inner, written),
                    Text(
                        zh=f"{material.label.zh}没有 {written} 这个要素",
                        en=f"{material.label.en} has no element {written}",
                    ),
                    nearest(written.removeprefix("states_"), elements)
                    or Text(
                        zh="可选：" + ", ".join(sorted(elements)),
                        en="it may be: " + ", ".join(sorted(elements)),
                    ),
                )
            elif place is False:
                found.append(_element(subject, fact, "", stated=False))
            elif isinstance(place, str) and place.strip():
                found.append(_element(subject, fact, place.strip(), stated=True))
            else:
                self.wrong(
                    (*inner, written),
                    Text(
                        zh=f"{written} 没有写明在哪一页哪一条",
                        en=f"{written} does not say on which page and in which clause",
                    ),
                    Text(
                        zh="写成 '第3页第2条'；读过而没有的写 false",
                        en="write it like '第3页第2条'; false if read and not there",
                    ),
                )
        return tuple(found)

    def looks(
        self, top: Mapping[str, object], sought: Mapping[Subject, Sought]
    ) -> tuple[Look, ...]:
        found: list[Look] = []
        taken: dict[str, Loc] = {}
        targets = {
            look for fact in self.catalogue.facts.values() for look in looks_for(fact)
        }
        for loc, node in self.items(top.get("looks"), ("looks",)):
            for key in node:
                if key not in _LOOK_FIELDS:
                    self.unknown_field(loc, key, _LOOK_FIELDS)
            name = self.identity(node, loc, taken)
            what = self.choice(node, "what", loc, targets)
            on = self.day(node, "on", loc, needed=True)
            by = self.word(node, "by", loc, needed=True)
            url = self.word(node, "url", loc, needed=False)
            file = self.file_of(node, loc)
            backs = self.backs(node, loc, place_needed=False)
            if name and what and on and by and file:
                found.append(
                    Look(
                        id=name,
                        what=what,
                        on=on,
                        by=by,
                        file=file,
                        url=url,
                        backs=backs,
                        shown=worth_of(
                            self.folder / file.path,
                            self.folder,
                            what,
                            backs,
                            sought,
                            self.catalogue,
                        ),
                    )
                )
        return tuple(found)

    def backs(
        self, node: Mapping[str, object], loc: Loc, *, place_needed: bool
    ) -> tuple[Statement, ...]:
        """What a paper or look says of others; a paper has to say where."""
        found: list[Statement] = []
        seen: dict[tuple[Subject, str], Loc] = {}
        for inner, item in self.items(node.get("backs"), (*loc, "backs")):
            for key in item:
                if key not in _BACK_FIELDS:
                    self.unknown_field(inner, key, _BACK_FIELDS)
            place = self.word(item, "place", inner, needed=place_needed)
            subject = self.subject(item, inner)
            fact = self.read_fact_backed(item, inner, subject)
            if item.get("value") is None:
                self.lacks(inner, "value")
            elif subject is not None and fact is not None:
                said = self.statement(
                    subject, fact.id, item["value"], (*inner, "value"), place or ""
                )
                first = seen.setdefault((subject, fact.id), inner)
                if first is not inner:
                    self.wrong(
                        inner,
                        Text(
                            zh=f"{fact.id} 在第{self.file.line(first)}行已写过",
                            en=f"{fact.id} is backed already in line "
                            f"{self.file.line(first)}",
                        ),
                        Text(zh="只留一处", en="keep one of them"),
                    )
                elif said is not None:
                    found.append(said)
        return tuple(found)

    def read_fact_backed(
        self, item: Mapping[str, object], loc: Loc, subject: Subject | None
    ) -> Fact | None:
        name = self.word(item, "fact", loc, needed=True)
        if name is None or subject is None:
            return None
        known = self.words(subject.type)
        if name in known:
            return self.catalogue.facts[(subject.type, name)]
        elsewhere = sorted(
            of
            for of, fact in self.catalogue.facts
            if fact == name and of != subject.type
        )
        hint = nearest(name, known)
        if elsewhere:
            hint = Text(
                zh=f"它说的是 {elsewhere[0]}，请写明 subject",
                en=f"it is about a {elsewhere[0]}; say which with subject",
            )
        self.wrong(
            (*loc, "fact"),
            Text(
                zh=f"{subject.type} 没有 {name} 这项事实",
                en=f"{subject.type} has no fact {name}",
            ),
            hint
            or Text(
                zh="见 docs/reference 中的事实表", en="see the facts in docs/reference"
            ),
        )
        return None

    def subject(self, item: Mapping[str, object], loc: Loc) -> Subject | None:
        name = self.word(item, "subject", loc, needed=False)
        if item.get("subject") is not None and name is None:
            return None
        if name in (None, "applicant"):
            return APPLICANT
        if name in self.known:
            return self.known[name]
        self.wrong(
            (*loc, "subject"),
            Text(
                zh=f"subject 的“{name}”不在本案中",
                en=f"the subject “{name}” is not in this case",
            ),
            nearest(str(name), self.known)
            or Text(
                zh="写作 applicant，或 service:<id>、person:<id>、paper:<id> 这样",
                en="write applicant, or service:<id>, person:<id>, paper:<id> and the "
                "like",
            ),
        )
        return None

    def read_closed(
        self, top: Mapping[str, object], papers: Collection[str]
    ) -> Mapping[str, Closing]:
        loc: Loc = ("closed",)
        found: dict[str, Closing] = {}
        node = self.mapping(top.get("closed"), loc)
        for name, written in node.items():
            if name not in CLOSABLE:
                self.unknown_field(loc, name, CLOSABLE)
            elif isinstance(written, dict):
                closing = self.proven_closing(written, (*loc, name), papers)
                if closing is not None:
                    found[CLOSABLE[name]] = closing
            else:
                day = self.day(node, name, loc, needed=False)
                if day is not None:
                    found[CLOSABLE[name]] = Closing(on=day)
        return found

    def absent(
        self,
        top: Mapping[str, object],
        declared_on: date | None,
        papers: Sequence[Paper],
    ) -> Mapping[str, date]:
        """Kinds of paper the applicant says it has not; none may be listed."""
        materials = self.catalogue.materials
        labels = {code: item.label.zh for code, item in materials.items()}
        found = self.without(top, "absent", labels, declared_on)
        for kind in found:
            doing = set(kinds_for(materials, kind))
            for place, paper in enumerate(papers):
                if paper.kind in doing:
                    self.not_absent("absent", labels[kind], ("papers", place), paper.id)
        return found

    def nobody(
        self,
        top: Mapping[str, object],
        declared_on: date | None,
        people: Sequence[Member],
    ) -> Mapping[str, date]:
        """Posts the applicant says nobody holds; nobody listed may hold one."""
        labels = self.kind_labels(SUBJECTS["person"])
        found = self.without(top, "nobody", labels, declared_on)
        for post in found:
            for place, person in enumerate(people):
                if post in person.roles:
                    loc: Loc = ("people", place)
                    self.not_absent("nobody", labels[post], loc, person.name)
        return found

    def without(
        self,
        top: Mapping[str, object],
        name: str,
        allowed: Mapping[str, str],
        declared_on: date | None,
    ) -> Mapping[str, date]:
        """What is said not to be there: a list, as of `declared_on`, or day by day."""
        written = top.get(name)
        loc: Loc = (name,)
        if isinstance(written, dict):
            days = [
                (said, self.day(written, said, loc, needed=True)) for said in written
            ]
        else:
            days = [(str(said), declared_on) for said in self.sequence(written, loc)]
        return {
            code: day
            for said, day in days
            if (code := self.choice({name: said}, name, (), allowed)) and day
        }

    def not_absent(self, name: str, label: str, loc: Loc, listed: str) -> None:
        line = self.file.line(loc)
        self.wrong(
            (name,),
            Text(
                zh=f"{name} 说没有{label}，第{line}行却列了“{listed}”",
                en=f"{name} says there is no {label}, but line {line} lists “{listed}”",
            ),
            Text(zh="两处留一处", en="keep one of the two"),
        )

    def proven_closing(
        self, node: Mapping[str, object], loc: Loc, papers: Collection[str]
    ) -> Closing | None:
        for name in node:
            if name not in ("on", "paper"):
                self.unknown_field(loc, name, ("on", "paper"))
        on = self.day(node, "on", loc, needed=True)
        paper = self.word(node, "paper", loc, needed=False)
        if paper is not None and str(Subject("paper", paper)) not in self.known:
            self.wrong(
                (*loc, "paper"),
                Text(zh=f"papers 中没有“{paper}”", en=f"papers has no “{paper}”"),
                nearest(paper, papers),
            )
        return None if on is None else Closing(on=on, paper=paper)


def _element(subject: Subject, fact: str, place: str, *, stated: bool) -> Statement:
    return Statement(
        subject=subject, fact=fact, value=stated, raw=place or None, place=place
    )


def _is_day(written: object) -> bool:
    try:
        parse_date(written)
    except NotAValueError:
        return False
    return True
