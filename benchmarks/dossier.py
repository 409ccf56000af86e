"""PDF of a dossier: milliseconds a page, ours and LibreOffice from our Word files.

    .venv/bin/python benchmarks/dossier.py [ROUNDS]

Both start from the same documents of an example, the runs alternate, and LibreOffice is
started once a round for all of them, as it is at its best.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

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
    outcome = run(
        EXAMPLE,
        judge=Judge(load_compiled()),
        clock=lambda: datetime(2026, 11, 24, tzinfo=UTC),
        key=EXAMPLE / "no-key",
        as_of=AS_OF,
    )
    made = write_documents(
        outcome.case,
        outcome.situation,
        outcome.assessment,
        outcome.outlook.endurance,
        outcome.case.catalogue,
    )
    return made, outcome.case.name, outcome.case.digest


def pages(file: Path) -> int:
    """How many pages a PDF has, by poppler."""
    done = subprocess.run(  # noqa: S603 # a PDF we have just written
        ["pdfinfo", str(file)],  # noqa: S607
        capture_output=True,
        check=True,
    )
    (line,) = [each for each in done.stdout.splitlines() if each.startswith(b"Pages:")]
    return int(line.split()[1])


def ours(made: tuple[Document, ...], name: str, digest: str, folder: Path) -> float:
    """Seconds a page of ours."""
    begin = perf_counter()
    for document in made:
        content = render_pdf(document, case_name=name, digest=digest, as_of=AS_OF)
        (folder / f"{document.id}.pdf").write_bytes(content)
    spent = perf_counter() - begin
    return spent / sum(pages(file) for file in folder.glob("*.pdf"))


def theirs(office: str, papers: list[Path], profile: Path, folder: Path) -> float:
    """Seconds a page of LibreOffice, all papers in one start."""
    begin = perf_counter()
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
    spent = perf_counter() - begin
    return spent / sum(pages(file) for file in folder.glob("*.pdf"))


def main(rounds: int = 5) -> None:
    """Print both medians and their ratio."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        sys.exit("LibreOffice is not installed: libreoffice-writer-nogui")
    made, name, digest = written()
    with tempfile.TemporaryDirectory() as kept:
        root = Path(kept)
        word, profile = root / "word", root / "profile"
        word.mkdir()
        papers: list[Path] = []
        for document in made:
            paper = word / f"{document.id}.docx"
            paper.write_bytes(
                render_docx(document, case_name=name, digest=digest, as_of=AS_OF)
            )
            papers.append(paper)
        first, second = root / "ours", root / "theirs"
        first.mkdir()
        second.mkdir()
        # Fonts and profile are made once, outside the measure.
        ours(made, name, digest, first)
        theirs(office, papers, profile, second)
        spent: list[tuple[float, float]] = []
        for _ in range(rounds):
            one_page = ours(made, name, digest, first)
            spent.append((one_page, theirs(office, papers, profile, second)))
        ours_median = statistics.median(pair[0] for pair in spent)
        theirs_median = statistics.median(pair[1] for pair in spent)
        ratio = statistics.median(pair[1] / pair[0] for pair in spent)
    print(f"{len(made)} documents, {rounds} rounds, alternating")
    print(f"ours         {1000 * ours_median:7.1f} ms a page")
    print(f"LibreOffice  {1000 * theirs_median:7.1f} ms a page")
    print(f"ratio        {ratio:7.1f} ×   (goal: at least 3)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
