"""The files of the dossier that stand in a case, with copies of papers among them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from changqing.plainfile import list_plain

MADE: Final = "dossier/out"
"""Where the files of the dossier stand in a case; they are sealed with it."""
PAPERS: Final = "papers"
"""The folder of the papers of the case, which a bundle has already."""


def remove_paper_copies(case_dir: Path) -> None:
    """Remove the copies of papers that the dossier of a case has: its zips hold some.

    They are made again of what the case then lists. Raises CaseError where a link or
    the like stands in the way, and OSError where one cannot be removed.
    """
    folder = case_dir / MADE
    for path in list_plain(folder, inside=case_dir):
        # A zip that was cut short while it was written has another ending after it.
        if path.parent == folder / PAPERS or ".zip" in path.suffixes:
            path.unlink(missing_ok=True)
