"""Contradictions between documents, papers, `case.yaml` and what was seen.

Pure: the case, its situation and its written documents in, pairs of places out. What is
compared stands in `cross_checks.yaml`. Two places that say nothing of one thing do not
contradict each other, and a translated name is no other name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.case.suffix import find_registrable_domain
from changqing.documents.cross_table import (
    CrossCheck,
    PlaceRole,
    PromiseCheck,
    ValueCheck,
    load_cross_table,
)
from changqing.documents.cross_text import (
    Mention,
    TextPage,
    count_unread,
    find_mentions,
    list_pages,
)
from changqing.documents.cross_values import (
    are_alike,
    is_beginning,
    is_more,
    parse_written,
)
from changqing.documents.document import Document
from changqing.documents.promises import (
    PromisedAmount,
    find_differing_promises,
    join_broken_lines,
)
from changqing.evidence.model import Record, Resolved, SourceKind
from changqing.judge.model import Situation
from changqing.judge.words import say_value
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import Issuer, is_permit
from changqing.law.said import say_number
from changqing.report.sources import find_source_name
from changqing.rules.types import Value
from changqing.text import Text, both

_WHOLE = 10_000  # basis points
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余"
    "杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史"
    "陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_NEVER_IN_NAMES = frozenset("案围序额命期务书部门员级款")
_HAN = "\u4e00-\u9fff"
_NAME = rf"[{_HAN}]{{2,3}}"
_SERVICE = re.compile(r"(?<![0-9A-Za-z])([AB][12][0-9](?:-[0-9])?)(?![0-9A-Za-z])")
"""A class of the catalogue of services, as plans name it: B25, B25-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRead:
    """What one place says: the paper, where in it, and the value."""

    title: Text
    place: str
    value: Text
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two places that cannot both be right, and how to mend it."""

    check: str
    label: Text
    subject: Subject | None
    one: PlaceRead
    other: PlaceRead
    fix: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the cross-checks found; `unread` papers were read by nobody yet."""

    checks: int
    texts: int
    unread: int
    found: tuple[Contradiction, ...]

    @property
    def apart(self) -> int:
        """How many things are said differently, each counted once."""
        return len(
            {
                (contradiction.check, contradiction.label.zh)
                for contradiction in self.found
            }
        )


def cross_check(
    case: Case,
    situation: Situation,
    documents: Sequence[Document],
) -> Compared:
    """Compare everything that the case says of itself, by every check of the table."""
    table = load_cross_table()
    pages = tuple(list_pages(case, documents, case.catalogue))
    comparing = _Comparing(case, situation, pages)
    contradictions: list[Contradiction] = []
    for name, check in table.checks.items():
        fix = table.fixes[check.fix].make_text()
        contradictions += (
            Contradiction(
                check=name,
                label=pair.label if check.label is None else check.label.make_text(),
                subject=pair.subject,
                one=pair.one,
                other=pair.other,
                fix=fix,
            )
            for pair in comparing.compare_by(check)
        )
    return Compared(
        checks=len(table.checks),
        texts=len(pages),
        unread=count_unread(case),
        found=tuple(contradictions),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    label: Text
    subject: Subject | None
    one: PlaceRead
    other: PlaceRead


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stands:
    """A value a fact has in the case, and where it is said."""

    value: Value
    place: PlaceRead
    subject: Subject | None
    label: Text


class _Comparing:
    """All checks over one case."""

    def __init__(
        self,
        case: Case,
        situation: Situation,
        pages: Sequence[TextPage],
    ) -> None:
        self._case = case
        self._situation = situation
        self._pages = pages
        plans = load_cross_table().plans
        self._plans = [
            join_broken_lines(page)
            for page in pages
            if page.is_document or page.id in plans
        ]
        self._facts = case.catalogue.facts
        self._posts: dict[str, set[str]] = {}
        for person in case.people:
            self._posts.setdefault(person.name, set()).update(person.roles)
        self._resolved: dict[tuple[str, str], list[tuple[Subject, Resolved]]] = {}
        for (subject, name), resolved in situation.resolved.items():
            of_name = self._resolved.setdefault((subject.type, name), [])
            of_name.append((subject, resolved))
        self._differ: dict[tuple[str, str], list[tuple[Record, Record]]] = {}
        for pair in situation.conflicts:
            key = (pair.subject.type, pair.fact)
            self._differ.setdefault(key, []).append((pair.one, pair.other))
        self._told: set[tuple[str, Value]] = {
            (fact, record.value)
            for (_, fact), pairs in self._differ.items()
            for pair in pairs
            for record in pair
            if record.value is not None
        }

    def compare_by(self, check: CrossCheck) -> Iterator[_Pair]:
        """Find the pairs that contradict each other by one check."""
        if check.same is not None:
            yield from self._compare_same(check.same)
        elif check.written is not None:
            yield from self._compare_value(check.written)
        elif check.promised is not None:
            yield from self._compare_promises(check.promised)
        elif check.agree is not None:
            yield from self._compare_facts(*check.agree)
        elif check.at_most is not None:
            yield from self._compare_at_most(*check.at_most)
        elif check.role is not None:
            yield from self._compare_role(check.role)
        elif check.host:
            yield from self._compare_host()
        elif check.shares:
            yield from self._compare_shares()
        elif check.licence:
            yield from self._compare_licence()
        elif check.foreign:
            yield from self._compare_foreign()

    def _compare_same(self, fact: str) -> Iterator[_Pair]:
        """Compare every other value against the declared one, or against the first."""
        kind, _, name = fact.partition(".")
        by_subject: dict[Subject, list[tuple[Record, Record]]] = {}
        for pair in self._differ.get((kind, name), []):
            by_subject.setdefault(pair[0].subject, []).append(pair)
        for subject, differing in by_subject.items():
            sources_paired: set[tuple[SourceKind, str]] = set()
            for pair in sorted(differing, key=_find_first_declared):
                first, second = sorted(pair, key=_rank_form_first)
                source = (second.source.kind, second.source.name)
                if source in sources_paired:
                    continue
                sources_paired |= {source, (first.source.kind, first.source.name)}
                yield _Pair(
                    label=self._make_label(subject, name),
                    subject=subject,
                    one=self._find_record_place(first),
                    other=self._find_record_place(second),
                )

    def _compare_value(self, check: ValueCheck) -> Iterator[_Pair]:
        """Compare each mention of a value with what is stated, else with the first."""
        standing = list(self._list_values(check.fact)) if check.fact else []
        fact = self._find_fact(check.fact) if check.fact else None
        label = standing[0].label if standing else both("")
        first: Mention | None = None
        for page in self._pages:
            if not check.concerns(page.id) or not page.names(check.words):
                continue
            if check.own_papers and not self._is_own(page):
                continue
            mentions = find_mentions(page, check.words, check.shape, after=check.after)
            values = [
                (mention, parse_written(fact, check.shape, mention.value))
                for mention in mentions
            ]
            if standing:
                wrong = [
                    (mention, value)
                    for mention, value in values
                    if not any(
                        are_alike(statement.value, value, fact)
                        or is_beginning(mention, value, statement.value)
                        for statement in standing
                    )
                ]
                if check.one_is_enough:
                    wrong = wrong[:1] if len(wrong) == len(values) else []
                name = check.fact.partition(".")[2]
                for mention, value in wrong:
                    if (name, value) not in self._told:
                        yield _Pair(
                            label=label,
                            subject=standing[0].subject,
                            one=standing[0].place,
                            other=_place_mention(mention),
                        )
                continue
            for mention, value in values:
                first = first or mention
                stands = parse_written(fact, check.shape, first.value)
                if not (
                    are_alike(stands, value, fact)
                    or is_beginning(mention, value, stands)
                    or is_beginning(first, stands, value)
                ):
                    yield _Pair(
                        label=label,
                        subject=None,
                        one=_place_mention(first),
                        other=_place_mention(mention),
                    )

    def _is_own(self, page: TextPage) -> bool:
        """Whether the company itself wrote it."""
        material = self._case.catalogue.materials.get(page.id)
        return material is None or material.issuer is Issuer.COMPANY

    def _compare_promises(self, check: PromiseCheck) -> Iterator[_Pair]:
        """What the plans promise of one thing, each against what most of them say."""
        not_promised = load_cross_table().not_promised
        for promise, other_promise in find_differing_promises(
            check, self._plans, not_promised
        ):
            yield _Pair(
                label=both(""),
                subject=None,
                one=_place_promise(promise),
                other=_place_promise(other_promise),
            )

    def _compare_facts(self, first_fact: str, second_fact: str) -> Iterator[_Pair]:
        fact = self._find_fact(first_fact)
        for first in self._list_values(first_fact):
            for second in self._list_values(second_fact):
                if _are_of_one_service(first, second) and not are_alike(
                    first.value, second.value, fact
                ):
                    yield _pair_values(first, second)

    def _compare_at_most(self, lesser: str, greater: str) -> Iterator[_Pair]:
        for first in self._list_values(lesser):
            for second in self._list_values(greater):
                if _are_of_one_service(first, second) and is_more(
                    first.value, second.value
                ):
                    yield _pair_values(first, second)

    def _compare_role(self, check: PlaceRole) -> Iterator[_Pair]:
        """Find who is named in a text with a post that the case gives to others."""
        holders = [person for person in self._case.people if check.post in person.roles]
        if not holders:
            return
        names = [re.escape(name) for name in sorted(self._posts, key=len, reverse=True)]
        any_name = "|".join(names)
        words = "|".join(map(re.escape, sorted(check.words, key=len, reverse=True)))
        pattern = re.compile(
            rf"(?:{words})[：:为是由\s|]{{0,12}}({any_name})"
            rf"|({any_name})(?:任|担任|为|是|[\s|]{{1,12}})(?:{words})"
            rf"|(?:{words})\s?[：:]\s?({_NAME})(?![{_HAN}])"
            rf"|^\|\s?(?:{words})\s?\|\s?({_NAME})\s?\|$"
        )
        fact = self._facts["person", "roles"]
        for page in self._pages:
            if not page.names(check.words):
                continue
            for line in page.lines:
                for match in pattern.finditer(line.text):
                    name = next(group for group in match.groups() if group)
                    posts = self._posts.get(name)
                    if posts is None and not _is_name(name):
                        continue
                    if posts is not None and check.post in posts:
                        continue
                    label = fact.value_labels[check.post]
                    yield _Pair(
                        label=label,
                        subject=holders[0].subject,
                        one=PlaceRead(
                            title=_CASE,
                            place=f"people:{holders[0].subject.id}",
                            value=both("、".join(holder.name for holder in holders)),
                            file="case.yaml",
                        ),
                        other=_place_mention(Mention(page=page, line=line, value=name)),
                    )

    def _compare_host(self) -> Iterator[_Pair]:
        domains = {
            domain.subject: domain for domain in self._list_values("service.domain")
        }
        for url in self._list_values("service.url"):
            if url.subject is None or url.subject not in domains:
                continue
            domain = domains[url.subject]
            host = urlsplit(str(url.value)).hostname or ""
            name = str(domain.value)
            if host and host != name and not host.endswith(f".{name}"):
                registered = find_registrable_domain(host)
                if registered is None or registered != find_registrable_domain(name):
                    yield _pair_values(url, domain)

    def _compare_foreign(self) -> Iterator[_Pair]:
        """A share of foreign investors where nobody can hold it, or the other way.

        The share counts what is held indirectly, too: only a list that is closed and
        names persons alone, none of them foreign, leaves nobody who could hold it.
        """
        holders = list(self._list_values("holder.is_foreign"))
        foreign = [holder for holder in holders if holder.value is True]
        kinds = [kind.value for kind in self._list_values("holder.kind")]
        is_nobody_left = (
            "holder" in self._case.find_closed_by_word(self._situation.as_of)
            and not foreign
            and len(holders) == len(self._case.holders)
            and kinds == ["person"] * len(self._case.holders)
        )
        for share in self._list_values("applicant.foreign_share"):
            if not holders or not isinstance(share.value, int):
                continue
            if share.value > 0 and is_nobody_left:
                yield _pair_values(share, holders[0])
            elif share.value == 0 and foreign:
                yield _pair_values(share, foreign[0])

    def _compare_licence(self) -> Iterator[_Pair]:
        """Plans that speak of other services than the one that is applied for.

        A number is used for some service: whoever applies for one may name any.
        """
        licence = self._case.application.licence
        if not is_permit(licence):
            return
        for page in self._plans:
            if page.is_document:
                continue  # it repeats what the plans say
            codes = [
                (line, code)
                for line in page.lines
                for code in _SERVICE.findall(line.text)
                if any(map(code.startswith, self._case.catalogue.licences))
            ]
            if not codes or any(code.startswith(licence) for _, code in codes):
                continue
            line, code = codes[0]
            yield _Pair(
                label=both(""),
                subject=None,
                one=PlaceRead(
                    title=_CASE,
                    place="application.licence",
                    value=both(licence),
                    file="case.yaml",
                ),
                other=_place_mention(Mention(page=page, line=line, value=code)),
            )

    def _compare_shares(self) -> Iterator[_Pair]:
        standing = list(self._list_values("holder.share"))
        total = sum(share.value for share in standing if isinstance(share.value, int))
        if total <= _WHOLE:
            return
        yield _Pair(
            label=standing[0].label,
            subject=None,
            one=PlaceRead(
                title=standing[0].place.title,
                place=standing[0].place.place,
                value=say_number(total, "basis_points"),
                file=standing[0].place.file,
            ),
            other=PlaceRead(
                title=_WHOLE_WORD,
                place="",
                value=say_number(_WHOLE, "basis_points"),
            ),
        )

    def _list_values(self, reference: str) -> Iterator[_Stands]:
        """List what the case declares of a fact, else what is proven of it."""
        kind, _, name = reference.partition(".")
        if kind == "person" and name == "count":
            if self._case.people:
                yield _Stands(
                    value=len({person.name for person in self._case.people}),
                    place=PlaceRead(
                        title=_CASE,
                        place="people",
                        value=say_number(len(self._posts), "persons"),
                        file="case.yaml",
                    ),
                    subject=None,
                    label=_LISTED,
                )
            return
        if kind == "person" and ("person", name) not in self._facts:
            for member in self._case.people:
                if name in member.roles:
                    yield _Stands(
                        value=member.name,
                        place=PlaceRead(
                            title=_CASE,
                            place=f"people:{member.subject.id}",
                            value=both(member.name),
                            file="case.yaml",
                        ),
                        subject=None,
                        label=self._facts["person", "roles"].value_labels[name],
                    )
            return
        for subject, resolved in self._resolved.get((kind, name), ()):
            value, record = resolved.claimed, resolved.claimed_by
            if value is None or record is None:
                value, record = resolved.proven, resolved.proven_by
            if value is not None and record is not None:
                yield _Stands(
                    value=value,
                    place=self._find_record_place(record),
                    subject=subject,
                    label=self._make_label(subject, name),
                )

    def _find_fact(self, reference: str) -> Fact | None:
        kind, _, name = reference.partition(".")
        if kind == "person" and ("person", name) not in self._facts:
            return self._facts["person", "name"]
        return self._facts.get((kind, name))

    def _make_label(self, subject: Subject, name: str) -> Text:
        label = self._facts[subject.type, name].label
        who = self._situation.labels.get(subject)
        if subject.type == "applicant" or who is None:
            return label
        return Text(f"{who.zh}：{label.zh}", f"{who.en}: {label.en}")

    def _find_record_place(self, record: Record) -> PlaceRead:
        """Where a record was said, as a person finds it."""
        fact = self._facts.get((record.subject.type, record.fact))
        value = say_value(record.value, fact)
        case, name = self._case, record.source.name
        file: str | None = None
        title: Text | None = None
        match record.source.kind:
            case SourceKind.FORM:
                title, file = _CASE, "case.yaml"
            case SourceKind.PAPER | SourceKind.READING:
                paper = next((paper for paper in case.papers if paper.id == name), None)
                if paper is not None:
                    label = case.catalogue.materials[paper.kind].label
                    title = Text(f"《{label.zh}》", f"“{label.en}”")
                    file = paper.file.path
            case SourceKind.LOOK:
                if name in case.catalogue.looks:
                    title = case.catalogue.looks[name].title
                file = next(
                    (look.file.path for look in case.looks if look.what == name), None
                )
            case _:
                title = find_source_name(name.split()[0]) if name else None
        return PlaceRead(
            title=title or both(name),
            place=record.source.place.removeprefix("applicant:self."),
            value=value,
            file=file,
        )


def _is_name(word: str) -> bool:
    """Whether two or three characters may be somebody's name."""
    return word[0] in _SURNAMES and not _NEVER_IN_NAMES & set(word)


def _find_first_declared(pair: tuple[Record, Record]) -> int:
    return min(_rank_form_first(record) for record in pair)


def _rank_form_first(record: Record) -> int:
    return 0 if record.source.kind is SourceKind.FORM else 1


def _place_mention(mention: Mention) -> PlaceRead:
    return PlaceRead(
        title=mention.page.title,
        place=mention.line.place,
        value=both(mention.value),
        file=mention.page.file,
        line=mention.line.number,
    )


def _place_promise(promised: PromisedAmount) -> PlaceRead:
    words = f"{promised.kind}：{promised.text}" if promised.kind else promised.text
    return PlaceRead(
        title=promised.page.title,
        place=promised.line.place,
        value=both(words),
        file=promised.page.file,
        line=promised.line.number,
    )


def _pair_values(first: _Stands, second: _Stands) -> _Pair:
    joined = Text(
        f"{first.label.zh}和{second.label.zh}", f"{first.label.en}; {second.label.en}"
    )
    return _Pair(
        label=joined, subject=first.subject, one=first.place, other=second.place
    )


def _are_of_one_service(first: _Stands, second: _Stands) -> bool:
    """Tell whether two facts are of one service, or one of the company."""
    one, other = first.subject, second.subject
    return one is None or other is None or one.type != other.type or one == other


_CASE = both("case.yaml")
_WHOLE_WORD = Text("全部股权", "the whole")
_LISTED = Text("列出的人员", "The people listed")
