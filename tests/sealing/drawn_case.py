"""An example two of whose papers are PDF, which can be drawn."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from changqing.evidence.ledger.note import load_key
from changqing.judge.assess import Judge
from changqing.law.compiled import load_compiled
from changqing.papers.open import open_case
from changqing.papers.read import read_papers
from changqing.seal_case import seal_case
from tests.readers.paper_files import make_pdf
from tests.sealing.sealed_bundle import ROOT, Sealed

DOCUMENTS = ROOT / "examples" / "newly-registered" / "documents"
DRAWN = ("03-business-licence", "09-legal-rep-id")
NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)


def set_as_pdf(markdown: str) -> bytes:
    """Set the same words on a page of a PDF."""
    lines = [line.lstrip("# ") for line in markdown.splitlines()]
    return make_pdf("\n\n".join(f"#{json.dumps(s, ensure_ascii=False)}" for s in lines))


def make_drawn_case(folder: Path, names: Sequence[str] = DRAWN) -> Path:
    """Copy the example, the papers of these names as PDF, nothing recorded yet."""
    shutil.copytree(DOCUMENTS.parent, folder)
    shutil.rmtree(folder / "evidence")
    text = (folder / "case.yaml").read_text("utf-8")
    for name in names:
        old = folder / "documents" / f"{name}.md"
        content = set_as_pdf(old.read_text("utf-8"))
        (folder / "documents" / f"{name}.pdf").write_bytes(content)
        old.unlink()
        text = text.replace(f"documents/{name}.md", f"documents/{name}.pdf")
    (folder / "case.yaml").write_text(text, "utf-8")
    return folder


def read_case_papers(folder: Path) -> None:
    """Read the papers of a case and keep the readings."""
    read_papers(
        open_case(folder, load_compiled()),
        key=folder.parent / "key",
        clock=lambda: NOW,
        progress=lambda *_: None,
    )


def seal_drawn(folder: Path, name: str, *, full: bool = False) -> Sealed:
    """Seal the case into a file beside it."""
    key, out = folder.parent / "key", folder.parent / name
    judge = Judge(load_compiled())
    seal_case(folder, out=out, judge=judge, key=key, now=NOW, full=full)
    return Sealed(case=folder, bundle=out, key=load_key(key))
