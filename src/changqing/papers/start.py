"""A case from nothing but files: what each of them is, whose, and what it says of whom.

`take_files` copies them into the case folder and reads them, `sort_files` tells whose
they are and what a first `case.yaml` needs, and `list_started` says what is added to
it. What no paper says is asked in between, by whoever calls. Values do not become the
company's word here: they are settled like those of any paper that was read.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final

from changqing.case.edit import FieldChange
from changqing.case.normalise import NotThisKindError, normalise
from changqing.case.read_members import list_kinds
from changqing.case.subjects import Subject
from changqing.disk import UNWRITTEN
from changqing.errors import CaseError, make_disk_issue
from changqing.evidence.reading import Reading
from changqing.law.kinds.material import Issuer
from changqing.law.model import Catalogue
from changqing.law.subjects import SUBJECTS
from changqing.papers.gather import GivenFile, spell_path
from changqing.papers.parts import SURE, merge_parts
from changqing.papers.read import Progress
from changqing.papers.settle import are_in_order
from changqing.plainfile import read_plain, write_new
from changqing.readers.capture import capture_paper_apart
from changqing.readers.caveats import DRAFT, ENDED
from changqing.readers.layout import squeeze
from changqing.readers.proposal import (
    CaseNames,
    PaperProposal,
    ProposedFact,
    ProposedPaper,
    SelfCheck,
)
from changqing.readers.propose import look_alike, propose_from
from changqing.rules.types import WHOLE_SHARE, Value
from changqing.text import Text
from changqing.yamlfile.plain import Writable, WritableItem

DOCUMENTS: Final = "documents"
LICENCE_PAPER: Final = "existing_licence"
_LIKELY: Final = 50
"""Of 100: a kind that is less likely is not taken for what a paper is."""
_PERSON: Final = re.compile(
    r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,8})*(?<![司委局厅部府会社厂院所站行校办])"
)
"""A name of so few letters is one of a person, unless it ends like one of an office."""
_PARTNERS: Final = re.compile(r"合伙|\bL\.?L?\.?P\b", re.IGNORECASE)
_COMPANY: Final = re.compile(
    r"公司|集团|会社|\b(?:Limited|Ltd|Inc|Corp|Corporation|Company|GmbH|LLC|PLC)\b"
    r"|\bCo\.|\b(?:S\.?A|B\.?V|A\.?G)\b\.?$",
    re.IGNORECASE,
)
_LIMITED_BY_SHARES: Final = ("股份有限公司", "股份公司")
"""What the name of such a company has to have (公司法 art. 7)."""
_LEGAL_REP: Final = "legal_representative"
_OTHER: Final = "other"
_LEADS: Final = re.compile(
    r"负责|主管|总监|经理|主编|主任|组长|首席|[CＣ][TFEI]O|总$|长$"
)
"""What stands in the name of a post that leads others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFile:
    """A file that was handed over, and where it lies in the case folder.

    `same_as` names the file that has the same bytes; `problem` says why there is
    nothing to be read.
    """

    name: str
    file: str
    digest: str
    reading: Reading | None
    problem: Text | None = None
    same_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedFile:
    """A file with the papers it holds: those of the applicant and those of others."""

    taken: TakenFile
    papers: tuple[ProposedPaper, ...] = ()
    others: tuple[ProposedPaper, ...] = ()

    @property
    def ends_company(self) -> bool:
        """Whether a paper of the register says that the company itself has ended."""
        return any(
            find_void(paper) == ENDED
            and any(
                (fact.subject.type, fact.fact) == ("applicant", "name")
                for fact in paper.unclear
            )
            for paper in self.papers
        )

    @property
    def strange(self) -> bool:
        """Whether it was read, and is no paper of the catalogue."""
        is_explained = self.taken.problem is not None or self.taken.same_as is not None
        return not (is_explained or self.papers or self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedPerson:
    """Somebody whom the papers name, with the posts that they give."""

    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedHolder:
    """A holder of shares whom the papers name, and of which kind it is by its name."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCase:
    """What the files say that a first case needs; empty where none says it.

    `said` are the applicant's facts that some paper shows: nobody is asked for them.
    `all_holders_in` is the paper of an institution that shows `holders` to be all.
    """

    name: str
    credit_code: str
    region: str
    domains: tuple[str, ...]
    people: tuple[StartedPerson, ...]
    holders: tuple[StartedHolder, ...]
    said: frozenset[str]
    files: tuple[SortedFile, ...]
    all_holders_in: ProposedPaper | None = None

    @property
    def holders_open(self) -> tuple[str, ...]:
        """The holders that are no persons or partnerships: what they are is open."""
        return tuple(
            holder.name
            for holder in self.holders
            if holder.kind in ("company", "other")
        )

    @property
    def owners(self) -> frozenset[str] | None:
        """The people who hold shares, by name; None until all holders are known."""
        if self.all_holders_in is None:
            return None
        listed = {squeeze(holder.name) for holder in self.holders}
        return frozenset(
            person.name for person in self.people if squeeze(person.name) in listed
        )


def find_void(paper: ProposedPaper) -> Text | None:
    """Find why a paper shows nothing any more: it says that it ended, or is a draft."""
    return next(
        (fact.why for fact in paper.unclear if fact.why in (ENDED, DRAFT)), None
    )


def take_files(
    given_files: Iterable[GivenFile], folder: Path, progress: Progress
) -> list[TakenFile]:
    """Copy every file into the case folder, under its own name, and read it.

    Raises CaseError where it cannot be written, and GivenUpError where every child
    that could read stays busy.
    """
    files: list[TakenFile] = []
    first: dict[str, str] = {}
    used: set[str] = set()
    for given_file in given_files:
        digest = hashlib.sha256(given_file.content).hexdigest()
        if given_file.problem is not None:
            files.append(
                TakenFile(
                    name=given_file.name,
                    file="",
                    digest=digest,
                    reading=None,
                    problem=given_file.problem,
                )
            )
            continue
        if digest in first:
            files.append(
                TakenFile(
                    name=given_file.name,
                    file="",
                    digest=digest,
                    reading=None,
                    same_as=first[digest],
                )
            )
            continue
        first[digest] = given_file.name
        file = _copy_given(given_file, folder, used)
        files.append(_read_given(given_file, file, digest, progress))
    return files


def _copy_given(given_file: GivenFile, folder: Path, used: set[str]) -> str:
    """Write a file below `documents/`; two names that come out alike are numbered.

    What an earlier attempt has left there with the same bytes is used as it is.
    """
    path = PurePosixPath(DOCUMENTS) / spell_path(given_file.name)
    name, number = str(path), 1
    while name.casefold() in used or not _write_same(folder / name, given_file, folder):
        number += 1
        name = str(path.with_name(f"{path.stem}-{number}{path.suffix}"))
    used.add(name.casefold())
    return name


def _write_same(path: Path, given_file: GivenFile, folder: Path) -> bool:
    """Write a file unless another one stands there; whether it now has these bytes."""
    try:
        write_new(path, given_file.content, inside=folder)
    except FileExistsError:
        return read_plain(path, inside=folder) == given_file.content
    except OSError as error:
        hint = Text(zh="检查磁盘空间和权限", en="check disk space and permissions")
        raise CaseError(make_disk_issue(path, error, UNWRITTEN, hint)) from error
    return True


def _read_given(
    source: GivenFile, file: str, digest: str, progress: Progress
) -> TakenFile:
    name = PurePosixPath(source.name).name
    reading = capture_paper_apart(
        source.content,
        name,
        progress=lambda pages_read, total: progress(source.name, pages_read, total),
    )
    problem = None if reading.problem is None else reading.problem.text
    return TakenFile(
        name=source.name, file=file, digest=digest, reading=reading, problem=problem
    )


# Whose they are, and what they say


def sort_files(taken_files: Sequence[TakenFile], catalogue: Catalogue) -> FoundCase:
    """Tell which company the files are about, what each is, and what they say.

    The applicant is the company of a business licence, or of another paper of the
    register, whom most of the files name.
    """
    name = _find_applicant(taken_files, catalogue)
    first = [_sort(file, CaseNames(applicant=name), catalogue) for file in taken_files]
    facts = [fact for file in first for paper in file.papers for fact in paper.facts]
    code = _find_most_said(facts, "applicant", "credit_code")
    region = _find_region(code, facts, catalogue)
    domains = [
        str(fact.value)
        for fact in facts
        if (fact.subject.type, fact.fact) == ("service", "domain")
    ]
    people, holders = tuple(_find_people(facts, catalogue)), tuple(_find_holders(facts))
    # Whose card it is, or whose licence, is known when everybody is.
    names = _name_found(name, region, people, facts)
    files = [_sort_own(file, names, code, catalogue) for file in taken_files]
    return FoundCase(
        name=name,
        credit_code=code,
        region=region,
        domains=tuple(domain for domain, _ in Counter(domains).most_common()),
        people=people,
        holders=holders,
        said=frozenset(
            fact.fact
            for fact in facts
            if fact.subject.type == "applicant" and fact.confidence >= SURE
        ),
        files=tuple(files),
        all_holders_in=_find_full_list(files, name, code, catalogue),
    )


def _name_found(
    applicant: str,
    region: str,
    people: Sequence[StartedPerson],
    facts: Iterable[ProposedFact],
) -> CaseNames:
    """Put together whom the files name, as a case of them will."""
    subjects = {person.name: Subject("person", person.name) for person in people}
    return CaseNames(
        applicant=applicant,
        members={"person": subjects},
        providers=frozenset(
            str(fact.value) for fact in facts if fact.fact == "hosting_provider"
        ),
        roles={subjects[person.name]: person.roles[0] for person in people},
        region=region,
    )


def _sort(file: TakenFile, names: CaseNames, catalogue: Catalogue) -> SortedFile:
    if file.reading is None:
        return SortedFile(taken=file)
    proposal = propose_from(file.reading, names, catalogue)
    if proposal.problem is not None:
        return SortedFile(taken=replace(file, problem=proposal.problem.text))
    papers = _list_known(proposal)
    return SortedFile(
        taken=replace(file, problem=None),
        papers=tuple(paper for paper in papers if paper.another is None),
        others=tuple(paper for paper in papers if paper.another is not None),
    )


def _sort_own(
    file: TakenFile, names: CaseNames, code: str, catalogue: Catalogue
) -> SortedFile:
    """Sort a file; a licence under a former name is told by the credit code on it."""
    sorted_file = _sort(file, names, catalogue)
    papers = (*sorted_file.papers, *sorted_file.others)
    if len(papers) != 1 or not code or file.reading is None:
        return sorted_file
    former = find_licensee(papers[0])
    if (
        not former
        or not is_telecom_licence(papers[0], catalogue)
        or names.is_applicant(former) is not False
        or squeeze(code) not in join_words(file.reading)
    ):
        return sorted_file
    return _sort(file, replace(names, applicant=former), catalogue)


def is_telecom_licence(paper: ProposedPaper, catalogue: Catalogue) -> bool:
    """Tell whether a paper is a telecom licence, whoever holds it."""
    materials = catalogue.materials
    return look_alike(materials[LICENCE_PAPER], materials[str(paper.kind)])


def find_licensee(paper: ProposedPaper) -> str:
    """Find the company that a licence names; "" where none was read."""
    stated = [
        str(fact.value) for fact in paper.facts if fact.fact == "licence_company_name"
    ]
    stated += [
        element.quote.text
        for element in paper.elements
        if element.element == "states_company_name" and element.quote is not None
    ]
    return next(iter(stated), paper.another or "")


def read_as_holder(
    reading: Reading | None, paper: ProposedPaper, company: str, catalogue: Catalogue
) -> ProposedPaper | None:
    """Read a licence as the company does that it names; None where it is no other."""
    if reading is None or not company or paper.kind == LICENCE_PAPER:
        return None
    proposal = propose_from(reading, CaseNames(applicant=company), catalogue)
    return next(
        (
            own
            for own in _list_known(proposal)
            if own.kind == LICENCE_PAPER and {*own.pages} >= {*paper.pages}
        ),
        None,
    )


def _list_known(proposal: PaperProposal) -> list[ProposedPaper]:
    likely = [
        paper
        for paper in proposal.papers
        if paper.kind is not None and paper.confidence >= _LIKELY
    ]
    return merge_parts(likely)


def _find_applicant(files: Sequence[TakenFile], catalogue: Catalogue) -> str:
    """The company that a licence is of and that most files name; "" if none is."""
    readings = [file.reading for file in files if file.reading is not None]
    texts = [join_words(reading) for reading in readings]
    candidates: Counter[str] = Counter()
    for reading in readings:
        for paper in propose_from(reading, CaseNames(), catalogue).papers:
            for fact in paper.facts:
                if (fact.subject.type, fact.fact) == ("applicant", "name"):
                    candidates[str(fact.value)] += 1
    return max(
        candidates,
        key=lambda name: (
            sum(squeeze(name) in text for text in texts),
            candidates[name],
        ),
        default="",
    )


def join_words(reading: Reading, pages: Collection[int] | None = None) -> str:
    """Join all that was read, or what stands on some pages, without blanks."""
    return squeeze(
        "".join(
            span.text
            for page in reading.pages
            if pages is None or page.number in pages
            for span in page.spans
        )
    )


def _find_most_said(facts: Sequence[ProposedFact], subject: str, name: str) -> str:
    """What most papers say of a fact, read surely by those that count."""
    counted: Counter[Value] = Counter()
    for fact in facts:
        if (fact.subject.type, fact.fact) == (subject, name):
            counted[fact.value] += 2 if fact.checks else 1
    return str(counted.most_common(1)[0][0]) if counted else ""


def _find_region(code: str, facts: Sequence[ProposedFact], catalogue: Catalogue) -> str:
    """The province where the company is registered: by its code, else its address."""
    if code[2:4] in catalogue.regions:
        return code[2:4]
    address = _find_most_said(facts, "applicant", "address")
    for region in catalogue.regions.values():
        if address and address.startswith(region.label.zh[:2]):
            return region.code
    return ""


def _find_people(
    facts: Sequence[ProposedFact], catalogue: Catalogue
) -> Iterator[StartedPerson]:
    """The people to whom a paper gives a post, and who represents the company.

    Who stands on a list of insured alone is nobody whom the case is about. A post that
    somebody leads is theirs: of the others, who work there, no card is asked for.
    """
    roles_known = list_kinds(catalogue, SUBJECTS["person"])
    roles: dict[str, dict[str, None]] = {}
    representative = _find_most_said(facts, "applicant", "registered_legal_rep")
    if representative and _LEGAL_REP in roles_known:
        roles[representative] = {_LEGAL_REP: None}
    posts_told = list(_list_posts(facts, roles_known))
    led = {post for _, post, leads in posts_told if leads}
    for name, post, leads in posts_told:
        role = post if leads or post not in led else _OTHER
        roles.setdefault(name, {})[role] = None
    for name, posts in roles.items():
        real = [post for post in posts if post != _OTHER]
        yield StartedPerson(name=name, roles=tuple(real or [_OTHER]))


def _list_posts(
    facts: Sequence[ProposedFact], posts_known: Mapping[str, Text]
) -> Iterator[tuple[str, str, bool]]:
    """The posts that papers give to people, and whether each is one of a leader."""
    for fact in facts:
        if fact.subject.type != "person" or fact.fact not in ("role", "roles"):
            continue
        values = fact.value if isinstance(fact.value, frozenset) else {fact.value}
        name = _spell_name(fact.subject.id)
        for post in sorted(map(str, values)):
            if name and post in posts_known:
                yield name, post, _LEADS.search(fact.words) is not None


def _find_holders(facts: Sequence[ProposedFact]) -> Iterator[StartedHolder]:
    """The holders, each of the kind that its name tells, else of another kind.

    A company is listed as one whose own holders are open: that it is the state's or
    quoted, where the line would end, a person has to say.
    """
    names: dict[str, str] = {}  # by one spelling: brackets are wide, or are not
    for fact in facts:
        if fact.subject.type == "holder":
            names.setdefault(squeeze(fact.subject.id), fact.subject.id)
    for name in names.values():
        if _PERSON.fullmatch(name):
            kind = "person"
        elif _PARTNERS.search(name):
            kind = "fund"
        else:
            kind = "company" if _COMPANY.search(name) else "other"
        yield StartedHolder(name=name, kind=kind)


def _find_full_list(
    files: Sequence[SortedFile], name: str, code: str, catalogue: Catalogue
) -> ProposedPaper | None:
    """Find a paper of an institution whose shares say which holders are all.

    It names the company by `name` or `code`, its shares add up to the whole, each is
    a person's, and no paper names another holder, as an older extract would: whoever
    holds a share of a company that is a holder stands in no extract of this one. Of a
    company limited by shares the register has the founders alone (公司法 art. 32).
    """
    if any(ending in name for ending in _LIMITED_BY_SHARES):
        return None
    papers = [paper for file in files for paper in file.papers]
    owners = {
        squeeze(subject.id)
        for paper in papers
        for subject in (
            *(fact.subject for fact in paper.facts),
            *(unclear.subject for unclear in paper.unclear),
        )
        if subject.type == "holder"
    }
    for paper in papers:
        if (
            catalogue.materials[str(paper.kind)].issuer is Issuer.INSTITUTION
            and _names(paper, name, code)
            and _list_owners(paper) == owners
        ):
            return paper
    return None


def _names(paper: ProposedPaper, name: str, code: str) -> bool:
    """Whether a paper says itself that it is of a company."""
    names_in_paper = {
        fact.fact: squeeze(str(fact.value))
        for fact in paper.facts
        if fact.subject.type == "applicant"
    }
    return names_in_paper.get("name") == squeeze(name) or (
        code != "" and names_in_paper.get("credit_code") == squeeze(code)
    )


def _list_owners(paper: ProposedPaper) -> set[str] | None:
    """List the people whose shares in a paper make up the whole; None if they do not.

    Namesakes are one subject, and two lists in one file are added up: neither makes
    up the whole once.
    """
    shares = {
        squeeze(fact.subject.id): fact
        for fact in paper.facts
        if (fact.subject.type, fact.fact) == ("holder", "share")
    }
    total = sum(fact.value for fact in shares.values() if isinstance(fact.value, int))
    if (
        not shares
        or abs(total - WHOLE_SHARE) > len(shares)
        or not all(
            SelfCheck.SUM in fact.checks
            and fact.confidence >= SURE
            and _PERSON.fullmatch(fact.subject.id)
            for fact in shares.values()
        )
    ):
        return None
    return set(shares)


def _spell_name(text: str) -> str:
    try:
        spelled = normalise("person", text)
    except NotThisKindError:
        return ""
    return spelled if isinstance(spelled, str) else ""


# What is written


def drop_unlisted(found_case: FoundCase, folder: Path) -> None:
    """Take the files out of the case again that it does not list.

    What is no paper of it, or another company's, may be about persons: nobody would
    think of it when the case is to forget them. It lies where it came from.
    """
    for file in found_case.files:
        if file.taken.file and not file.papers:
            path = folder / file.taken.file
            path.unlink(missing_ok=True)
            for parent in path.relative_to(folder).parents:
                if str(parent) in (".", DOCUMENTS) or any((folder / parent).iterdir()):
                    break
                (folder / parent).rmdir()


def list_started(
    found_case: FoundCase,
    *,
    received_on: date,
    site: str | None = None,
    deciding: Iterable[ProposedFact] = (),
) -> list[FieldChange]:
    """List what the files add to a first case file: people, and every paper.

    What the case says by a paper, its names and the domain of the `site` (its id), is
    written beside that paper, too: it counts by the paper, and not as somebody's word.
    So are the facts that were `deciding` for the stage of the case.
    Where one shows that all holders are listed, the list is closed by it, and of each
    person it is said whether they are one.
    """
    changes = []
    values_taken = _list_taken(found_case, site, deciding)
    for number, person in enumerate(found_case.people, start=1):
        roles = list(person.roles)
        item: dict[str, Writable] = {
            "id": f"person_{number}",
            "name": person.name,
            "role": roles if len(roles) > 1 else roles[0],
        }
        if found_case.owners is not None:
            item["is_holder"] = person.name in found_case.owners
        changes.append(FieldChange(at=("people", str(item["id"])), value=item))
    for number, holder in enumerate(found_case.holders, start=1):
        owner = {"id": f"holder_{number}", "name": holder.name, "kind": holder.kind}
        changes.append(FieldChange(at=("holders", owner["id"]), value=owner))
    used: Counter[str] = Counter()
    for file in found_case.files:
        for paper in file.papers:
            kind = str(paper.kind)
            used[kind] += 1
            name = kind if used[kind] == 1 else f"{kind}_{used[kind]}"
            entry = {
                "id": name,
                "kind": kind,
                "file": file.taken.file,
                "received_on": received_on,
                **_find_days(paper, received_on),
            }
            backs = list(_list_backs(paper, values_taken))
            if backs:
                entry["backs"] = backs
            changes.append(FieldChange(at=("papers", name), value=entry))
            if paper is found_case.all_holders_in:
                closing = {"on": received_on, "paper": name}
                changes.append(FieldChange(at=("closed", "holders"), value=closing))
    return changes


_Taken = Mapping[tuple[str, str, Value], str]
"""What of the papers the case says: by type, fact and value, whom it is about."""


def _list_taken(
    found_case: FoundCase, site: str | None, deciding: Iterable[ProposedFact]
) -> _Taken:
    """List what a case of these files says by its papers."""
    owners_by_value: dict[tuple[str, str, Value], str] = {
        ("applicant", "name", found_case.name): "applicant",
        ("applicant", "credit_code", found_case.credit_code): "applicant",
    }
    owners_by_value |= {
        ("applicant", fact.fact, fact.value): "applicant" for fact in deciding
    }
    for number, person in enumerate(found_case.people, start=1):
        owners_by_value["person", "name", person.name] = f"person:person_{number}"
    for number, holder in enumerate(found_case.holders, start=1):
        owners_by_value["holder", "name", holder.name] = f"holder:holder_{number}"
    if site is not None and found_case.domains:
        owners_by_value["service", "domain", found_case.domains[0]] = f"service:{site}"
    return owners_by_value


def _list_backs(paper: ProposedPaper, owners: _Taken) -> Iterator[WritableItem]:
    """List what a paper shows surely of what the case says by its papers."""
    for fact in paper.facts:
        about = owners.get((fact.subject.type, fact.fact, fact.value))
        sure = min(fact.confidence, fact.quote.confidence) >= SURE or fact.checks
        if about is not None and sure:
            whose = {} if about == "applicant" else {"subject": about}
            yield {
                "fact": fact.fact,
                **whose,
                "value": _list_value(fact.value),
                "place": f"第{fact.page}页",
            }


def _list_value(value: Value) -> Writable:
    return sorted(value) if isinstance(value, frozenset) else value


def _find_days(paper: ProposedPaper, received_on: date) -> Mapping[str, date]:
    """The days that a paper gives of itself, where they follow one another."""
    days = {
        fact.fact: fact.value
        for fact in paper.facts
        if fact.subject.type == "paper"
        and fact.fact in ("issued_on", "valid_until")
        and isinstance(fact.value, date)
        and fact.confidence >= SURE
    }
    return days if are_in_order({**days, "received_on": received_on}) else {}


def find_service(found_case: FoundCase) -> str:
    """Find the address of the site, by its domain; "" where no paper names one."""
    return f"https://{found_case.domains[0]}/" if found_case.domains else ""
