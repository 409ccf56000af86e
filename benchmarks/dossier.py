"""PDF of a dossier: milliseconds a page, ours and LibreOffice from our Word files.

    .venv/bin/python benchmarks/dossier.py [ROUNDS]

Both start from the same documents of an example, the runs alternate, and LibreOffice is
started once a round for all of them, as it is at its best. Time is of the processor,
of all threads and processes, for on a busy machine the clock on the wall measures the
neighbours; it is printed beside.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter, process_time

from changqing.documents.document import Document
from changqing.documents.documents import write_documents
from changqing.documents.render_docx import render_docx
from changqing.documents.render_typst import render_pdf
from changqing.judge.assess import Judge
from changqing.law.compiled import load_compiled
from changqing.run import run

EXAMPLE = Path(__file__).parents[1] / "examples" / "local-life"
AS_OF = date(2026, 11, 24)


def written() -> tuple[tuple[Document, ...], str, str]:
    """The documents of the example, its name and digest."""
    with tempfile.TemporaryDirectory() as scratch:  # what a run remembers stays there
        folder = Path(shutil.copytree(EXAMPLE, Path(scratch) / EXAMPLE.name))
        outcome = run(
            folder,
            judge=Judge(load_compiled()),
            clock=lambda: datetime(2026, 11, 24, tzinfo=UTC),
            key=folder / "no-key",
            as_of=AS_OF,
        )
        documents = write_documents(
            outcome.case,
            outcome.situation,
            outcome.assessment,
            outcome.outlook.endurance,
            outcome.case.catalogue,
        )
    return documents, outcome.case.name, outcome.case.digest


def pages(file: Path) -> int:
    """How many pages a PDF has, by poppler."""
    done = subprocess.run(  # noqa: S603 # a PDF we have just written
        ["pdfinfo", str(file)],  # noqa: S607
        capture_output=True,
        check=True,
    )
    (line,) = [
        output_line
        for output_line in done.stdout.splitlines()
        if output_line.startswith(b"Pages:")
    ]
    return int(line.split()[1])


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds a page: of the processor, and by the clock on the wall."""

    processor: float
    wall: float


def ours(made: tuple[Document, ...], name: str, digest: str, folder: Path) -> Spent:
    """What a page of ours takes."""
    begin, worked = perf_counter(), process_time()
    for document in made:
        content = render_pdf(document, case_name=name, digest=digest, as_of=AS_OF)
        (folder / f"{document.id}.pdf").write_bytes(content)
    worked, begin = process_time() - worked, perf_counter() - begin
    count = sum(pages(file) for file in folder.glob("*.pdf"))
    return Spent(worked / count, begin / count)


def theirs(office: str, papers: list[Path], profile: Path, folder: Path) -> Spent:
    """What a page of LibreOffice takes, all papers in one start."""
    begin, worked = perf_counter(), processor_of_children()
    subprocess.run(  # noqa: S603 # the office that was found
        [
            office,
            "--headless",
            f"-env:UserInstallation={profile.as_uri()}",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *map(str, papers),
        ],
        capture_output=True,
        check=True,
        timeout=600,
    )
    worked, begin = processor_of_children() - worked, perf_counter() - begin
    count = sum(pages(file) for file in folder.glob("*.pdf"))
    return Spent(worked / count, begin / count)


def processor_of_children() -> float:
    """Seconds of the processor that the processes which ended have taken so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(rounds: int = 5) -> None:
    """Print both medians and their ratio."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        sys.exit("LibreOffice is not installed: libreoffice-writer-nogui")
    documents, name, digest = written()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        word, profile = root / "word", root / "profile"
        word.mkdir()
        papers: list[Path] = []
        for document in documents:
            paper = word / f"{document.id}.docx"
            paper.write_bytes(
                render_docx(document, case_name=name, digest=digest, as_of=AS_OF)
            )
            papers.append(paper)
        first, second = root / "ours", root / "theirs"
        first.mkdir()
        second.mkdir()
        # Fonts and profile are made once, outside the measure.
        ours(documents, name, digest, first)
        theirs(office, papers, profile, second)
        spent: list[tuple[Spent, Spent]] = []
        for _ in range(rounds):
            one_page = ours(documents, name, digest, first)
            spent.append((one_page, theirs(office, papers, profile, second)))
    print(f"{len(documents)} documents, {rounds} rounds, alternating; processor (wall)")
    for place, who in enumerate(("ours", "LibreOffice")):
        worked = 1000 * statistics.median(pair[place].processor for pair in spent)
        waited = 1000 * statistics.median(pair[place].wall for pair in spent)
        print(f"{who:11}  {worked:7.1f} ({waited:.1f}) ms a page")
    ratios = sorted(other.processor / own.processor for own, other in spent)
    wall = statistics.median(other.wall / own.wall for own, other in spent)
    print(
        f"ratio        {statistics.median(ratios):7.1f} × "
        f"({ratios[0]:.1f} to {ratios[-1]:.1f}; wall {wall:.1f})   (goal: at least 4)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
