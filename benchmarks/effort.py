"""How much a person has to do from an empty case to one that is ready and shown.

A case is made of nothing but files as `changqing new --from` makes it. Whoever sits
there is played by what the example says: a question is answered as the example has it,
a value that was read is taken where it is true and put right where it is not, and what
the findings still lack is typed. What is asked is decided by the product alone; each
answer is counted. Nobody looks: what machines saw of the site comes from the evidence
of the example, and the pages of guided looks that it keeps are read by the program.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.effort_papers import make_papers
from benchmarks.effort_truth import Truth, name_whose
from changqing.case import edit
from changqing.case.edit import FieldChange, find_place
from changqing.case.model import Case, Look, Paper
from changqing.case.page import read_page
from changqing.case.subjects import APPLICANT, Subject
from changqing.case.values import spell_for_file
from changqing.day import BEIJING
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Attempt, Record, SourceKind
from changqing.evidence.tolerance import Sameness, compare_for
from changqing.guide.from_papers import list_known, start_case
from changqing.guide.interview import QUESTIONS, run_interview
from changqing.judge.assess import Judge
from changqing.judge.model import Assessment, Finding
from changqing.judge.verdict import is_required
from changqing.law.compiled import load_compiled
from changqing.law.kinds.criterion import Route
from changqing.law.kinds.fact import Fact
from changqing.law.model import Catalogue, Verdict
from changqing.papers.accept import Decision, find_rejected, settle_paper
from changqing.papers.gather import gather_files
from changqing.papers.open import open_case
from changqing.papers.open_settlements import (
    group_by_look,
    list_open,
    list_unasked,
)
from changqing.papers.read import read_papers
from changqing.papers.settle import (
    ReadPaper,
    Settlement,
    list_settlements,
)
from changqing.papers.start import (
    FoundCase,
    drop_unlisted,
    sort_files,
    take_files,
)
from changqing.readers.saved_page import read_saved_page
from changqing.rules.types import Value
from changqing.run import Outcome, run
from changqing.text import Language, Text
from changqing.yamlfile.plain import Writable, WritableItem

EXAMPLE: Final = Path(__file__).parent.parent / "examples" / "local-life"
_SEED: Final = 17
_ROUNDS: Final = 12
_WHO: Final = "somebody"


@dataclass(slots=True)
class Tally:
    """What a person did: each thing typed, each confirmation, what nobody could say."""

    typed: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    taken: int = 0
    by_itself: int = 0
    from_pages: int = 0


@dataclass(slots=True)
class Desk:
    """A case that somebody fills in, and what they do."""

    folder: Path
    key: Path
    now: datetime
    truth: Truth
    catalogue: Catalogue
    judge: Judge
    tally: Tally = field(default_factory=Tally)

    def open(self) -> Case:
        """Open the case as it is now."""
        return open_case(self.folder, self.catalogue)

    def change(self, changes: Sequence[FieldChange]) -> None:
        """Write what was typed."""
        written = edit.read(self.folder)
        edit.change(
            *(self.folder, list(changes)),
            version=written.version,
            catalogue=self.catalogue,
        )

    def assess(self) -> Outcome:
        """Judge the case without a look at the network."""
        return run(
            self.folder,
            judge=self.judge,
            clock=lambda: self.now,
            key=self.key,
            offline=True,
        )


def measure_effort(folder: Path | None) -> None:
    """Count it for the ready example, or for each case of a folder with labels."""
    catalogue = load_compiled()
    if folder is not None:
        _measure_cases(folder, catalogue)
        return
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        example = open_case(EXAMPLE, catalogue)
        make_papers(example, work / "papers", seed=_SEED)
        desk = fill_case(work, work / "papers", Truth.of(example), catalogue)
        print_tally(desk.tally, desk.assess())


def _measure_cases(folder: Path, catalogue: Catalogue) -> None:
    cases = json.loads((folder / "cases.json").read_text("utf-8"))
    labels: dict[str, list[Mapping[str, Any]]] = {}
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        labels.setdefault(str(label.get("case")), []).append(label)
    for name, typed in sorted(cases.items()):
        print(f"\n{name}")
        with tempfile.TemporaryDirectory() as place:
            truth = Truth.of_labels(typed, labels.get(name, ()))
            papers = folder / "files" / name
            desk = fill_case(Path(place), papers, truth, catalogue)
            print_tally(desk.tally, desk.assess())


def fill_case(work: Path, papers: Path, truth: Truth, catalogue: Catalogue) -> Desk:
    """Go from files alone to a case in which nothing more can be done by hand."""
    day = truth.day
    desk = Desk(
        folder=work / "case",
        key=work / "key",
        now=datetime(day.year, day.month, day.day, 9, tzinfo=BEIJING),
        truth=truth,
        catalogue=catalogue,
        judge=Judge(catalogue),
    )
    _begin(desk, papers)
    _settle(desk, declared=False)
    if truth.source is not None:
        _take_observations(desk, truth.source)
        _take_pages(desk, truth.source)
    for _ in range(_ROUNDS):
        outcome = desk.assess()
        if outcome.ready_and_shown or not _type_missing(desk, outcome.assessment):
            break
    return desk


def _begin(desk: Desk, papers: Path) -> None:
    """Make the case, and answer what no paper says."""
    desk.folder.mkdir()
    taken_files = take_files(gather_files(papers), desk.folder, lambda *_: None)
    found_case = sort_files(taken_files, desk.catalogue)
    drop_unlisted(found_case, desk.folder)
    _show_files(found_case)
    lines: list[str] = []
    known = list_known(found_case)
    steps = [name for name in QUESTIONS if name not in known]

    def ask(_: str) -> str:
        question = next(line for line in reversed(lines) if _NUMBER.match(line.strip()))
        number = int(question.split("/")[0])
        answer = desk.truth.answers.get(steps[number - 1], "")
        if answer:
            desk.tally.typed.append(f"new: {question.strip()} {answer}")
        return answer

    collect_line: Callable[[str], object] = lines.append
    first = run_interview(
        *(desk.catalogue, Language.ZH),
        now=desk.now,
        ask=ask,
        tell=collect_line,
        known=known,
    )
    start_case(
        *(desk.folder, found_case, first, desk.catalogue),
        key=desk.key,
        now=desk.now,
        language=Language.ZH,
    )


_NUMBER: Final = re.compile(r"\d+/\d+ ")


# Settling what was read


def _collect(desk: Desk, case: Case, *, declared: bool) -> list[ReadPaper]:
    readings = read_papers(
        case, key=desk.key, clock=lambda: desk.now, progress=lambda *_: None
    )
    day = desk.now.astimezone(BEIJING).date()
    gone = find_rejected(case)
    return [
        about
        for about in list_settlements(case, readings, on=day, declared=declared)
        if not all(
            (about.paper.file.digest, settlement.subject, settlement.fact.id) in gone
            for settlement in about.settlements
        )
    ]


def _settle(desk: Desk, *, declared: bool) -> None:
    """Take what needs no look, and answer what is asked, paper by paper."""
    case = desk.open()
    papers = _collect(desk, case, declared=declared)
    if any(settlement.in_bulk for about in papers for settlement in about.settlements):
        desk.tally.settled.append("all that was read surely")
    for about in papers:
        decisions = [
            Decision(settlement=settlement, value=settlement.value)
            for settlement in about.settlements
            if settlement.in_bulk
        ]
        desk.tally.by_itself += len(decisions)
        for group in group_by_look(list_open([about])):
            decisions += _decide(desk, case, about, group)
        if decisions:
            _record(desk, case, about, decisions)
    _settle_unasked(desk, case, papers)


def _settle_unasked(desk: Desk, case: Case, papers: Sequence[ReadPaper]) -> None:
    """Take what no criterion reads in one look, as it is offered: where all is true."""
    unasked = list_unasked(papers)
    named = {about.paper.id: about for about in papers}
    if unasked:
        desk.tally.settled.append(f"what no criterion reads ×{len(unasked)}")
    for paper in dict.fromkeys(settlement.paper for settlement in unasked):
        about = named[paper]
        mine = [settlement for settlement in unasked if settlement.paper == paper]
        _record(
            desk,
            case,
            about,
            [
                decision
                for settlement in mine
                for decision in _take(about, settlement, settlement.value)
            ],
        )


def _record(
    desk: Desk, case: Case, about: ReadPaper, decisions: Sequence[Decision]
) -> None:
    settle_paper(
        *(case, about.paper, about.reading, decisions),
        by=_WHO,
        key=desk.key,
        now=desk.now,
    )
    desk.tally.taken += sum(decision.value is not None for decision in decisions)


def _decide(
    desk: Desk, case: Case, about: ReadPaper, group: Sequence[Settlement]
) -> Iterator[Decision]:
    """One key for a group of which all is true; else each by itself."""
    truths = [_find_truth(desk, case, about.paper, settlement) for settlement in group]
    right = [
        truth is None or _is_same(settlement, truth)
        for settlement, truth in zip(group, truths, strict=True)
    ]
    if all(right) and all(settlement.value is not None for settlement in group):
        desk.tally.settled.append(f"{_say(group[0])} ×{len(group)}")
        for settlement in group:
            yield from _take(about, settlement, settlement.value)
        return
    if len(group) > 1:
        desk.tally.settled.append(f"{_say(group[0])} ×{len(group)}: one by one")
    for settlement, truth, fits in zip(group, truths, right, strict=True):
        desk.tally.settled.append(_say(settlement))
        if fits and settlement.value is not None:
            yield from _take(about, settlement, settlement.value)
        elif truth is not None:
            desk.tally.typed.append(f"read: {_say(settlement)}, is {truth}")
            yield from _take(about, settlement, truth)


def _take(
    about: ReadPaper, settlement: Settlement, value: Value | None
) -> Iterator[Decision]:
    yield Decision(settlement=settlement, value=value)
    for other in about.settlements:
        if other.follows == settlement.name:
            yield Decision(settlement=other, value=other.value)


def _find_truth(
    desk: Desk, case: Case, paper: Paper, settlement: Settlement
) -> Value | None:
    whose = name_whose(case, settlement.subject)
    return desk.truth.find(paper.kind, whose, settlement.fact.id)


def _is_same(settlement: Settlement, truth: Value) -> bool:
    return compare_for(settlement.fact, settlement.value, truth) is Sameness.SAME


def _say(settlement: Settlement) -> str:
    return f"{settlement.name} = {settlement.value} ({settlement.state.value})"


# What is seen, not read


def _take_observations(desk: Desk, source: Case) -> None:
    """Take what machines saw of the site from the evidence of the example."""
    items = [
        item
        for item in Evidence(source.path).list_items()
        if isinstance(item, Attempt)
        or (isinstance(item, Record) and item.source.kind is SourceKind.PROBE)
    ]
    with Store(desk.folder, load_key(desk.key)) as store:
        store.append(items)


def _take_pages(desk: Desk, source: Case) -> None:
    """Read the pages that were saved at guided looks, as `changqing look` does."""
    for look in source.looks:
        case = desk.open()
        content = source.read_file(look.file.path)
        guided = desk.catalogue.looks[look.what]
        page_reading = read_saved_page(read_page(content), guided, case)
        desk.tally.from_pages += len(page_reading.found)
        backs = [
            _write_back(value.fact, value.subject, value.value, value.place)
            for value in page_reading.found
        ]
        _add_look(desk, look, content, backs)


def _add_look(
    desk: Desk, look: Look, content: bytes, backs: Sequence[WritableItem]
) -> None:
    file = edit.keep_page(
        desk.folder, content, what=look.what, on=look.on, named=look.file.path
    )
    item: WritableItem = {
        "id": look.id,
        "what": look.what,
        "on": look.on,
        "by": _WHO,
        "file": file,
        "backs": list(backs),
    }
    edit.add_look(desk.folder, item)


def _write_back(
    fact: Fact, subject: Subject, value: Value | None, place: str
) -> WritableItem:
    line: dict[str, Writable] = {"fact": fact.id}
    if subject != APPLICANT:
        line["subject"] = str(subject)
    line["value"] = spell_for_file(fact, value)
    if place:
        line["place"] = place
    return line


# What is typed


def _list_wanted(assessment: Assessment) -> list[Finding]:
    """The findings in the way: of the first sentence, and of the route of ability."""
    open_ = (Verdict.UNDETERMINED, Verdict.UNPROVEN)
    blocking = [
        finding
        for finding in assessment.findings
        if is_required(finding) and finding.verdict in open_
    ]
    cores = assessment.long_term.cores.get(Route.ABILITY, ())
    return [*blocking, *(finding for finding in cores if finding.verdict in open_)]


def _type_missing(desk: Desk, assessment: Assessment) -> bool:
    """Type what the open findings lack; whether there was anything to be typed."""
    case = desk.open()
    changes: dict[tuple[str, ...], FieldChange] = {}
    for finding in _list_wanted(assessment):
        for lack in finding.missing:
            for change, label in _type_one(
                desk, case, finding, lack.subject, lack.type, lack.fact
            ):
                if change.at not in changes:
                    changes[change.at] = change
                    desk.tally.typed.append(f"{finding.criterion.id}: {label}")
    if not changes:
        return False
    desk.change(list(changes.values()))
    return True


def _type_one(
    desk: Desk,
    case: Case,
    finding: Finding,
    subject: Subject | None,
    kind: str,
    name: str | None,
) -> Iterator[tuple[FieldChange, str]]:
    """What a person types where a finding lacks a fact, or a member of a list."""
    if subject is None or name is None:
        yield from _close(desk, case, kind)
        return
    fact = desk.catalogue.facts[subject.type, name]
    whose = name_whose(case, subject)
    if subject.type == "paper":
        paper = next(
            candidate for candidate in case.papers if candidate.subject == subject
        )
        truth = desk.truth.papers.get((paper.kind, whose, name))
        if truth is not None:
            at = ("papers", paper.id, *_place_in_paper(name))
            value = "第1页" if truth is True and at[2] == "states" else truth
            yield FieldChange(at=at, value=spell_for_file(fact, value)), f"{at} {truth}"
        return
    truth = desk.truth.forms.get((whose, name))
    at = find_place(subject, name)
    if truth is not None and edit.read(case.path).find_value(at) is None:
        yield FieldChange(at=at, value=spell_for_file(fact, truth)), f"{at} {truth}"
        return
    desk.tally.untold.append(f"{finding.criterion.id}: {subject}.{name}")


def _place_in_paper(name: str) -> tuple[str, ...]:
    bare = name.removeprefix("states_")
    return ("states", bare) if bare != name else (name,)


def _close(desk: Desk, case: Case, kind: str) -> Iterator[tuple[FieldChange, str]]:
    """Say that a list is complete, where that is what is missing."""
    day: date = desk.now.astimezone(BEIJING).date()
    listed = {"paper": "papers", "person": "people", "holder": "holders"}.get(kind)
    if listed is not None and kind not in case.closed:
        value: object = day
        extract = [paper for paper in case.papers if paper.kind == "register_extract"]
        if kind == "holder" and extract:
            value = {"on": day, "paper": extract[0].id}
        yield FieldChange(at=("closed", listed), value=value), f"closed: {listed}"


# What is printed


def _show_files(found_case: FoundCase) -> None:
    for file in found_case.files:
        kinds = [str(paper.kind) for paper in file.papers]
        problem = file.taken.problem
        summary = ", ".join(kinds) or (problem.en if problem else "no paper")
        print(f"  {file.taken.name:40} {summary}")
    people = Counter(role for person in found_case.people for role in person.roles)
    print(
        f"  people {dict(people)}, holders {len(found_case.holders)}, "
        f"{found_case.domains}"
    )


def print_tally(tally: Tally, outcome: Outcome) -> None:
    """Print what was done, and where the case stands."""
    for title, lines in (("typed", tally.typed), ("settled", tally.settled)):
        print(f"\n{title}:")
        for line in lines:
            print(f"  {line}")
    print("\nnobody says:" if tally.untold else "")
    for line in dict.fromkeys(tally.untold):
        print(f"  {line}")
    sentences: Sequence[Text] = outcome.report.headline.sentences
    print("\n".join(sentence.en for sentence in sentences))
    for finding in _list_wanted(outcome.assessment):
        print(f"  open: {finding.criterion.id} {finding.subject} {finding.verdict}")
    print(
        f"typed {len(tally.typed)} (goal 40), settled {len(tally.settled)} (goal 60); "
        f"values taken from papers {tally.taken}, {tally.by_itself} of them without a "
        f"look, from saved pages {tally.from_pages}; looks of machines: from the "
        "example's evidence"
    )
