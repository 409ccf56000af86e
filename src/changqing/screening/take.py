"""Case folders into a register: the log of each is checked before it is believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from changqing.case.folder import CASE_FILE
from changqing.errors import CaseError, ChangqingError, Issue, TamperError
from changqing.law.model import Catalogue
from changqing.papers.open import open_case
from changqing.run import read_recorded
from changqing.screening.judging import RegisterCase
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFolder:
    """A folder that was looked at, with its case, or `why` it was not taken."""

    folder: Path
    case: RegisterCase | None = None
    why: tuple[Issue, ...] = ()


def take_folders(
    folders: Path, catalogue: Catalogue, *, key: Path | None
) -> Iterator[TakenFolder]:
    """Read each case folder below `folders`; what cannot be taken says why.

    A case is called by the name of its folder. Raises TamperError where anything
    recorded was altered: a register is not made of that.
    """
    paths = sorted(path.parent for path in folders.glob(f"*/{CASE_FILE}"))
    if not paths:
        raise CaseError(
            Issue(
                text=Text(zh="没有项目文件夹", en="there are no case folders"),
                path=str(folders),
                hint=Text(
                    zh="每个项目一个文件夹，里面有case.yaml",
                    en="one folder a case, with its case.yaml",
                ),
            )
        )
    for folder in paths:
        try:
            yield _take_folder(folder, catalogue, key)
        except TamperError:
            raise
        except ChangqingError as error:
            yield TakenFolder(folder=folder, why=error.issues)


def _take_folder(folder: Path, catalogue: Catalogue, key: Path | None) -> TakenFolder:
    case = open_case(folder, catalogue)
    recorded = read_recorded(case, key=key)
    past = recorded.past
    if past is not None and (past.events or past.faults):
        return TakenFolder(folder=folder, why=(Issue(text=_IS_HANDED_IN),))
    if recorded.unread:
        return TakenFolder(folder=folder, why=(Issue(text=_HISTORY_UNREAD),))
    return TakenFolder(
        folder=folder, case=RegisterCase(id=folder.name, case=case, known=recorded)
    )


_IS_HANDED_IN = Text(
    zh="已经递交或者附有故障台账；登记册还装不下办理的经过",
    en="it was handed in, or holds a ledger of faults: a register has no room yet for "
    "what happened to a case",
)
_HISTORY_UNREAD = Text(
    zh="存有历次观察的记录，这里没有装Polars，读不出来",
    en="it keeps a history of observations, which cannot be read without Polars",
)
