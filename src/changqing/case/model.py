"""A case folder as somebody wrote it: `case.yaml` and the papers beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from changqing.case.comparison import Comparisons, ReadOutcome
from changqing.case.shown import Backed
from changqing.case.subjects import APPLICANT, Subject
from changqing.day import find_earliest, find_last_valid_day
from changqing.law.lookup import list_kinds_for
from changqing.law.model import Catalogue
from changqing.plainfile import read_plain
from changqing.rules.rows import name_part
from changqing.rules.types import Value
from changqing.text import Text

APP_KINDS = frozenset({"app", "mini_program"})
"""Kinds of services that are had in a store, and have no domain of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One fact as written in `case.yaml`; `place` says where, in it or in a paper.

    `words` are the words of the paper that say it, where somebody pointed at them.
    """

    subject: Subject
    fact: str
    value: Value | None
    raw: str | None  # None: the field was cleared
    place: str
    hidden: Text | None = None  # the source withholds the value, and how
    words: str | None = None

    @property
    def is_in_paper(self) -> bool:
        """Whether it is of what stands in a paper, and not of the paper's fate."""
        return self.subject.type != "paper" or self.fact not in _PAPERS_FATE


_PAPERS_FATE: Final = frozenset(
    {
        *("received_on", "needs_seal", "needs_signature"),
        *("found_false", "found_false_on", "found_false_by"),
    }
)
"""What is said of a paper and stands in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What is applied for."""

    licence: str
    scope: str
    region: str
    stage: str
    submit_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody or something that the case lists, with what it says of it.

    `kind` is what always is known of it: the first post of a person, the kind of any
    other. `more_roles` are the further posts of a person, in the order of the file.
    """

    subject: Subject
    name: str
    kind: str
    facts: tuple[Statement, ...]
    url: str | None = None  # of a website alone: what is looked at
    store_page: str | None = None  # of an app: somebody else's site
    more_roles: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """Every post of a person, the first one first."""
        return (self.kind, *self.more_roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerCheck:
    """Somebody asked the issuer whether a paper is genuine.

    `page` is what the issuer showed, kept; without it this is no more than a word.
    """

    on: date
    how: str
    page: CaseFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A file of the case folder, by its path in it and its SHA-256."""

    path: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper of the case; `kind` is the material it is."""

    id: str
    kind: str
    file: CaseFile
    received_on: date
    issued_on: date | None
    valid_until: date | None
    issuer_checked: IssuerCheck | None
    facts: tuple[Statement, ...]
    backs: tuple[Statement, ...]
    states: tuple[Statement, ...]

    @property
    def subject(self) -> Subject:
        """The paper as something facts are about."""
        return Subject("paper", self.id)

    @property
    def true_on(self) -> date:
        """The day what it says was true: when issued, else when it was received."""
        return self.issued_on or self.received_on

    @property
    def last_believed_on(self) -> date | None:
        """The last day on which it is believed; None: nobody found it false.

        From the day it was found false it proves nothing; without that day it never
        did.
        """
        values = {fact.fact: fact.value for fact in self.facts}
        if values.get("found_false") is not True:
            return None
        found_on = values.get("found_false_on")
        last = found_on if isinstance(found_on, date) else self.true_on
        return last - timedelta(days=1)

    def find_last_day(self, catalogue: Catalogue, *, end_read: bool) -> date | None:
        """Give the last day on which it counts as being there; None: for ever.

        An end that was typed and not read in it (`end_read` false) ends it no later
        than a paper that states none.
        """
        material = catalogue.materials.get(self.kind)
        days = None if material is None else material.validity_days
        believed = self.last_believed_on
        if material is not None and material.freshness is not None:
            return find_earliest(
                believed, self.valid_until, find_last_valid_day(self.true_on, days)
            )
        until = find_last_valid_day(self.received_on, days)
        if self.valid_until is not None:
            until = (
                self.valid_until if end_read else find_earliest(self.valid_until, until)
            )
        return find_earliest(believed, until)

    def list_statements(self) -> Iterator[Statement]:
        """List what is said of the paper, and what stands in it."""
        yield from self.facts
        yield from self.states
        yield from self.backs


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A guided look: a person looked, and kept the page.

    `shown` is what the kept page was found to be worth for each thing it backs, by
    subject and fact.
    """

    id: str
    what: str
    on: date
    by: str
    file: CaseFile
    url: str | None
    backs: tuple[Statement, ...]
    shown: Mapping[tuple[Subject, str], Backed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """From `on`, what is not in the list does not exist; `paper` proves it if named."""

    on: date
    paper: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterExtract:
    """That a case was taken out of a register: its applicant typed nothing of it.

    All that is known of it stands in its evidence. `holders_shown` are the days from
    and until which a paper shows that the list of holders is complete.
    """

    holders_shown: tuple[date, date | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChoice:
    """What the company decided for a plan: an answer that is offered, or own words."""

    answer: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnText:
    """What the company wrote into a section of a document; `instead` of ours, or after.

    Plain text with the marks of Markdown; nothing in it is run or looked up.
    """

    words: str
    instead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case folder that has been read and checked against a catalogue."""

    path: Path
    digest: str  # of case.yaml
    catalogue: Catalogue
    name: str
    credit_code: str | None
    facts: tuple[Statement, ...]  # of the applicant
    application: Application
    services: tuple[Member, ...]
    people: tuple[Member, ...]
    holders: tuple[Member, ...]
    papers: tuple[Paper, ...]
    looks: tuple[Look, ...]
    closed: Mapping[str, Closing]  # by subject type, as in CLOSABLE
    declared_on: date
    as_of: date | None
    offers: tuple[Member, ...] = ()
    resources: tuple[Member, ...] = ()
    reports: tuple[Member, ...] = ()
    delete_personal_on: date | None = None  # the day papers about persons go
    # Kinds of paper that are said not to be there, posts that nobody is said to hold,
    # each with the day of saying so.
    absent: Mapping[str, date] = field(default_factory=dict)
    nobody: Mapping[str, date] = field(default_factory=dict)
    # What was decided for the plans, by the id of the choice.
    choices: Mapping[str, CaseChoice] = field(default_factory=dict)
    # What it wrote into documents itself, by document and title of the section.
    own_text: Mapping[str, Mapping[str, OwnText]] = field(default_factory=dict)
    # By paper, how what was typed of it compares with its reading; a paper that nobody
    # has read is not in it.
    compared: Mapping[str, Comparisons] = field(default_factory=dict)
    # Where it is an extract of a register, what else is known of it.
    register: RegisterExtract | None = None

    def read_file(self, name: str) -> bytes:
        """Read a file of the folder, such as a paper; errors as of `read_plain`."""
        return read_plain(self.path / name, inside=self.path)

    def is_app(self, subject: Subject) -> bool:
        """Tell whether it is a service without a site of its own."""
        return any(
            service.subject == subject and service.kind in APP_KINDS
            for service in self.services
        )

    def list_form_statements(self) -> Iterator[Statement]:
        """List what the applicant itself says, of itself and of its members."""
        yield from self.facts
        for member in self.list_members():
            yield from member.facts

    def list_statements(self) -> Iterator[Statement]:
        """List everything that form, papers and looks say, with what they withhold."""
        yield from self.list_form_statements()
        for paper in self.papers:
            yield from paper.list_statements()
        for look in self.looks:
            yield from look.backs

    def list_members(self) -> tuple[Member, ...]:
        """List every member of every list but the papers, in the order of the file."""
        return (
            *self.services,
            *self.people,
            *self.holders,
            *self.offers,
            *self.resources,
            *self.reports,
        )

    def list_subjects(self) -> tuple[Subject, ...]:
        """List everybody and everything a fact of this case may be about."""
        return (
            APPLICANT,
            *(member.subject for member in self.list_members()),
            *(paper.subject for paper in self.papers),
        )

    def list_subjects_of(self, subject_type: str) -> tuple[Subject, ...]:
        """List the subjects of one type, in the order of the file."""
        return tuple(
            subject for subject in self.list_subjects() if subject.type == subject_type
        )

    def find_closed_by_word(self, as_of: date) -> frozenset[str]:
        """Find the subject types whose list the applicant had closed by that day.

        The services that a case lists are the ones that it is about: that another may
        be found somewhere does not leave open whether these answer.
        """
        closed = {name for name, closing in self.closed.items() if closing.on <= as_of}
        return frozenset(closed | {"service"} if self.services else closed)

    def list_absent_kinds(self, as_of: date) -> frozenset[str]:
        """List the kinds of paper that were said by that day not to be there.

        Who has no paper of a kind has none that would do for it either.
        """
        return frozenset(
            kind
            for absent_kind, since in self.absent.items()
            if since <= as_of
            for kind in list_kinds_for(self.catalogue, absent_kind)
        )

    def find_absent_parts(self, as_of: date) -> frozenset[str]:
        """Find the parts of lists in which, by the applicant's word, there is nothing.

        As with a list that is closed, its word is proof enough.
        """
        posts = (role for role, since in self.nobody.items() if since <= as_of)
        return frozenset(
            {name_part("paper", kind) for kind in self.list_absent_kinds(as_of)}
            | {name_part("person", role) for role in posts}
        )

    def was_read(self, paper: Paper, subject: Subject, fact: str) -> bool:
        """Tell whether what was typed of a paper was read in it."""
        comparison = self.compared.get(paper.id, {}).get((subject, fact))
        return comparison is not None and comparison.outcome is ReadOutcome.READ

    def find_last_day(self, paper: Paper) -> date | None:
        """Give the last day on which a paper counts as being there; None: for ever."""
        end_read = self.was_read(paper, paper.subject, "valid_until")
        return paper.find_last_day(self.catalogue, end_read=end_read)

    def is_in_force(self, paper: Paper, as_of: date) -> bool:
        """Tell whether a paper was received by that day, and still counts on it."""
        until = self.find_last_day(paper)
        has_begun = paper.received_on <= as_of and paper.true_on <= as_of
        return has_begun and (until is None or as_of <= until)

    def find_closed_by_proof(self, as_of: date) -> frozenset[str]:
        """Find the subject types whose list is proven closed on that day.

        For holders a paper has to say so, to be read and to be in force; for every
        other list the applicant's own word is proof enough.
        """
        closed = self.find_closed_by_word(as_of)
        if self._has_holders_shown(as_of):
            return closed
        return closed - {"holder"}

    def find_holders_shown(self) -> tuple[date, date | None] | None:
        """Find from and until when a paper shows that all holders are listed.

        It does only once it was read. None: no paper shows it; no last day: for ever.
        """
        if self.register is not None:
            return self.register.holders_shown
        closing = self.closed.get("holder")
        for paper in self.papers:
            if closing is not None and paper.id == closing.paper:
                if not self.was_read(paper, APPLICANT, f"has_{paper.kind}"):
                    return None
                return max(paper.received_on, paper.true_on), self.find_last_day(paper)
        return None

    def _has_holders_shown(self, as_of: date) -> bool:
        days_shown = self.find_holders_shown()
        if days_shown is None:
            return False
        first, last = days_shown
        return first <= as_of and (last is None or as_of <= last)
