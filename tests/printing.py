"""Papers of test cases that contain what a case says stands in them.

A typed value proves nothing unless it is read in its paper. A test whose case backs a
value by a paper therefore prints the paper, as those of the invented agency are.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

from changqing.agency.example_paper import Written, print_paper
from changqing.case.folder import CASE_FILE
from changqing.law.model import Catalogue
from tests.quick_yaml import dump_yaml, load_yaml
from tests.shipped import CATALOGUE


def print_papers(folder: Path, *only: str, catalogue: Catalogue = CATALOGUE) -> None:
    """Print every paper of the case in `folder`, or those named, to its own file.

    `case.yaml` is written anew where a file is named otherwise, or words are pointed at.
    """
    path = folder / CASE_FILE
    case: Written = load_yaml(path.read_text(encoding="utf-8"))
    before = deepcopy(case)
    write_papers(folder, case, *only, catalogue=catalogue)
    if case != before:
        path.write_text(dump_yaml(case), encoding="utf-8")


def write_papers(
    folder: Path, case: Written, *only: str, catalogue: Catalogue = CATALOGUE
) -> None:
    """Print the papers of a case, or those named, and name their files in it."""
    papers = case.get("papers") or ()
    files = [paper.get("file") for paper in papers]
    for paper in papers:
        if only and paper["id"] not in only:
            continue
        file = str(paper.get("file"))
        if not file.endswith(".md") or files.count(file) > 1:
            paper["file"] = f"documents/{paper['id']}.md"
        text = print_paper(case, paper, catalogue)
        place = folder / paper["file"]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
