"""The files of the dossier that stand in a case, with copies of papers among them."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import Final

from changqing.plainfile import list_plain
from changqing.text import Text

MADE: Final = "dossier/out"
"""Where the files of the dossier stand in a case; they are sealed with it."""
PAPERS: Final = "papers"
"""The folder of the papers of the case, which a bundle has already."""
VOLUME: Final = "合订本-"
"""How the name of a bound volume begins: the papers are among its pages."""
PORTAL_LIMITS: Final = Text(
    "申报平台收多大、哪种格式的文件，目录里没有依据可查，这里没有核实：以平台的页面为准。",
    "The catalogue has no rule on the size and type of files that a portal takes, and "
    "none is checked here: go by the portal’s own page.",
)
"""What is said beside the file to upload, as long as no source gives limits."""


def name_safely(case_name: str) -> str:
    """Spell the name of a company as part of the name of a file."""
    return (re.sub(r'[\\/:*?"<>|\s]', "", case_name) or "公司")[:60]


def name_volume(case_name: str) -> str:
    """Name the file of a bound volume: 合订本-公司名称.pdf."""
    return f"{VOLUME}{name_safely(case_name)}.pdf"


def holds_papers(folder: PurePath) -> bool:
    """Tell whether a file that was made, by its name below its folder, holds papers."""
    # A file that was cut short while it was written has another ending after it.
    zipped, bound = (
        ".zip" in folder.suffixes,
        folder.name.lstrip(".").startswith(VOLUME),
    )
    return zipped or bound or (folder.parts[0] == PAPERS and len(folder.parts) > 1)


def remove_paper_copies(case_dir: Path) -> None:
    """Remove the copies of papers that the dossier of a case has: zips and volumes too.

    They are made again of what the case then lists. Raises CaseError where a link or
    the like stands in the way, and OSError where one cannot be removed.
    """
    folder = case_dir / MADE
    for path in list_plain(folder, inside=case_dir):
        if holds_papers(path.relative_to(folder)):
            path.unlink(missing_ok=True)
