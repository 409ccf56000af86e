"""Reading papers: what is proposed from each file of a folder, and what it costs.

Reads every file of DIR/files and DIR/real with what DIR/cases.json says was typed
before, writes one JSON object a line, and has it judged by the scorer that comes with
the folder where DIR/labels.jsonl says what is true. See README.md for the layout.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from benchmarks.effort import measure_effort
from changqing.case.subjects import Subject
from changqing.evidence.parse import normalise_text
from changqing.evidence.reading import (
    WHOLE,
    Box,
    Reading,
    decode_reading,
    encode_reading,
)
from changqing.law.compiled import load_compiled
from changqing.law.kinds.fact import Fact
from changqing.law.model import Catalogue
from changqing.readers.capture import capture_paper
from changqing.readers.ocr import load_ocr
from changqing.readers.proposal import (
    CaseNames,
    PaperProposal,
    ProposedFact,
    ProposedPaper,
)
from changqing.readers.propose import propose_from
from changqing.rules.types import Value

FOLDERS: Final = ("files", "real")
SCORER: Final = Path("../../tools/score_papers.py")
"""Where the scorer stands, seen from the folder."""
_STATES: Final = "states_"
_LABELLED_AS: Final = {"audit_report": "financial_statements"}
"""Kinds that labels do not know apart: an audit, and what is audited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """One file, what was read in it, and the CPU seconds that took."""

    name: str
    reading: Reading
    proposal: PaperProposal
    captured: float
    proposed: float


def main() -> None:
    """Read the folder of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR")
    parser.add_argument("--predictions", type=Path, metavar="FILE")
    parser.add_argument(
        "--effort",
        action="store_true",
        help="count what a person types and confirms from an empty case: of the ready "
        "example, or of each case in DIR",
    )
    parser.add_argument(
        "--readings", type=Path, metavar="DIR", help="keep readings here by digest"
    )
    parser.add_argument("--only", default="", help="files whose path has this in it")
    options = parser.parse_args()
    if options.effort:
        measure_effort(options.folder)
        return
    if options.folder is None or options.predictions is None:
        parser.error("DIR and --predictions are needed")
    catalogue = load_compiled()
    load_ocr()  # what is loaded once is no cost of a page
    files_read: list[ReadFile] = []
    with options.predictions.open("w", encoding="utf-8") as stream:
        for path, names in list_files(options.folder, catalogue):
            name = path.relative_to(options.folder).as_posix()
            if options.only not in name:
                continue
            file_read = read_file(path, name, names, catalogue, options.readings)
            files_read.append(file_read)
            line = json.dumps(describe(file_read, catalogue), ensure_ascii=False)
            stream.write(line + "\n")
            if sys.stderr.isatty():
                print(f"\r{len(files_read)} {name[:60]:60}", end="", file=sys.stderr)
    print_costs(files_read)
    scorer = (options.folder / SCORER).resolve()
    if (options.folder / "labels.jsonl").exists() and scorer.exists():
        subprocess.run(  # noqa: S603 - the scorer of the folder that was named
            [sys.executable, scorer, options.folder, options.predictions], check=True
        )
    else:
        print_counts(files_read)


def list_files(folder: Path, catalogue: Catalogue) -> Iterator[tuple[Path, CaseNames]]:
    """Give every file, and whom its case names: files/CASE/… belongs to CASE."""
    known = folder / "cases.json"
    cases = json.loads(known.read_text("utf-8")) if known.exists() else {}
    for part in FOLDERS:
        for path in sorted((folder / part).rglob("*")):
            if path.is_file():
                case = path.relative_to(folder / part).parts[0]
                typed = cases.get(case) if part == "files" else None
                yield path, make_names(typed or {}, catalogue)


def make_names(typed: Mapping[str, Any], catalogue: Catalogue) -> CaseNames:
    """Make the names of a case of what a person typed before dropping the folder."""
    members: dict[str, dict[str, Subject]] = {}
    roles: dict[Subject, str] = {}
    for kind, listed in (("person", "people"), ("holder", "holders")):
        for entry in typed.get(listed, ()):
            subject = Subject(kind, entry["name"])
            spelled = normalise_text("company_name", entry["name"])
            if spelled:
                members.setdefault(kind, {})[spelled] = subject
            if "role" in entry:
                roles[subject] = entry["role"]
    for entry in typed.get("services", ()):
        members.setdefault("service", {})[entry["domain"]] = Subject(
            "service", entry["domain"]
        )
    return CaseNames(
        applicant=typed.get("applicant", ""),
        members=members,
        roles=roles,
        region=str(typed.get("region", "")),
        all_holders=bool(typed.get("holders")),  # cases.json lists every one
    )


def read_file(
    path: Path, name: str, names: CaseNames, catalogue: Catalogue, kept: Path | None
) -> ReadFile:
    """Read one file, or take up its reading where one is kept."""
    content = path.read_bytes()
    begin = time.process_time()
    place = None
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        place = kept / f"{hashlib.sha256(content).hexdigest()}.json"
    if place is not None and place.exists():
        reading = decode_reading(place.read_bytes())
    else:
        reading = capture_paper(content, path.name)
        if place is not None:
            place.write_bytes(encode_reading(reading))
    middle = time.process_time()
    proposal = propose_from(reading, names, catalogue)
    return ReadFile(
        name=name,
        reading=reading,
        proposal=proposal,
        captured=middle - begin,
        proposed=time.process_time() - middle,
    )


UNLABELLED: Final = frozenset(
    {
        *("insured_people", "plan_people", "schedule_people"),
        *("planned_items", "plan_investment"),
    }
)
"""Facts of which the labels of the corpora tell neither that a paper says them nor that
it does not."""


def describe(read: ReadFile, catalogue: Catalogue) -> dict[str, object]:
    """Write what is proposed of a file in the form that the scorer takes."""
    proposal = read.proposal
    line: dict[str, object] = {
        "file": read.name,
        "pages": len(read.reading.pages),
        "seconds": round(read.captured + read.proposed, 3),
    }
    if proposal.problem is not None:
        return {
            **line,
            "kind": None,
            "unreadable": True,
            "problem": proposal.problem.value,
        }
    turned = {page.number: page.turned for page in read.reading.pages}
    line["facts"] = [
        describe_fact(fact, catalogue, turned.get(fact.page, 0))
        for paper in proposal.papers
        for fact in paper.facts
        if fact.fact not in UNLABELLED
    ]
    line["unclear"] = [
        unclear.fact for paper in proposal.papers for unclear in paper.unclear
    ]
    if len(proposal.papers) != 1:
        line["documents"] = [
            {"kind": name_kind(paper), "pages": list(paper.pages)}
            for paper in proposal.papers
        ]
        return line
    return {**line, **describe_paper(proposal.papers[0])}


def describe_paper(paper: ProposedPaper) -> dict[str, object]:
    """Write what is said of a paper as a whole."""
    return {
        "kind": name_kind(paper),
        "other_company": paper.another is not None,
        "states": [
            element.element.removeprefix(_STATES)
            for element in paper.elements
            if element.stated
        ],
        "sealed": paper.sealed,
        "signed": paper.signed,
    }


def describe_fact(
    proposed: ProposedFact, catalogue: Catalogue, turned: int
) -> dict[str, object]:
    """Write one value as a case is typed, with its place on the page as it came."""
    subject = proposed.subject
    whose = subject.type
    if subject.type in ("person", "holder"):
        whose = f"{subject.type}:{subject.id}"
    line: dict[str, object] = {
        "fact": proposed.fact,
        "subject": whose,
        "value": write_value(
            catalogue.facts[subject.type, proposed.fact], proposed.value
        ),
        "page": proposed.page,
        "confidence": proposed.confidence / 100,
        "words": proposed.words,
    }
    if proposed.box is not None:
        line["bbox"] = turn_back(proposed.box, turned)
    return line


def write_value(fact: Fact, value: Value) -> object:
    """Write a value as somebody types it."""
    match value:
        case bool():
            return value
        case date():
            return value.isoformat()
        case frozenset():
            return sorted(value)
        case int() if fact.unit == "fen":
            return f"{value / 100:.2f}元"
        case int() if fact.unit == "basis_points":
            return f"{value / 100:g}%"
        case _:
            return value


def name_kind(paper: ProposedPaper) -> str | None:
    """Name the kind of a paper as the labels do."""
    return _LABELLED_AS.get(str(paper.kind), paper.kind)


def turn_back(box: Box, turned: int) -> list[float]:
    """Return a box as shares of the page as it came, before it was turned upright."""
    left, top, right, bottom = (
        side / WHOLE for side in (box.left, box.top, box.right, box.bottom)
    )
    match turned:
        case 90:
            return [top, 1 - right, bottom, 1 - left]
        case 180:
            return [1 - right, 1 - bottom, 1 - left, 1 - top]
        case 270:
            return [1 - bottom, left, 1 - top, right]
        case _:
            return [left, top, right, bottom]


def print_costs(read: Sequence[ReadFile]) -> None:
    """Print CPU seconds a page by the reader that read it, and the most memory held."""
    for reader in sorted({name_reader(file.reading) for file in read}):
        files = [file for file in read if name_reader(file.reading) == reader]
        pages = sum(len(file.reading.pages) for file in files) or 1
        captured = sum(file.captured for file in files) / pages
        proposed = sum(file.proposed for file in files) / pages
        worst = max(file.captured / (len(file.reading.pages) or 1) for file in files)
        print(
            f"{reader:10} {len(files):4} files {pages:5} pages"
            f"  captured {captured:.3f} s (worst file {worst:.3f})"
            f"  proposed {proposed:.3f} s a page"
        )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    print(f"most memory {most:.0f} MB")


def name_reader(reading: Reading) -> str:
    """Name what read a paper; pages of a PDF that were seen cost what pictures cost."""
    if reading.reader != "pdf":
        return reading.reader
    return "pdf, seen" if " " in reading.version else "pdf, text"


def print_counts(read: Sequence[ReadFile]) -> None:
    """Print what was proposed, where nobody says what is true."""
    kinds = Counter(str(paper.kind) for file in read for paper in file.proposal.papers)
    problems = Counter(
        file.proposal.problem.value
        for file in read
        if file.proposal.problem is not None
    )
    facts = sum(len(paper.facts) for file in read for paper in file.proposal.papers)
    print(f"{len(read)} files, {sum(kinds.values())} papers, {facts} facts")
    for name, count in [*kinds.most_common(), *problems.most_common()]:
        print(f"  {count:4} {name}")


if __name__ == "__main__":
    main()
