"""A folder of saved pages, filed in a case at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

from changqing.cli.look_page import (
    LookedData,
    encode_page,
    file_page,
    read_page_bytes,
    show_page,
)
from changqing.cli.shared import NOT_YET, READY, open_terminal, print_json
from changqing.errors import CaseError
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.law.kinds.look import GuidedLook
    from changqing.papers.keep_look_page import TakenPage

_WHICH_LOOK: Final = Text(
    zh="看不出是哪一种查看，没有记录：文件名以查看的名称开头，名称见look --all",
    en="not filed: name the file after its look; look --all names them",
)
_FILED_BEFORE: Final = Text(
    zh="这一页已经记在项目里，没有再记", en="this page is in the case already"
)


class FiledPageData(TypedDict):
    """A file of a folder: what was taken of it, or why nothing was."""

    page: str
    taken: LookedData | None
    why: Sequence[str]


class FiledData(TypedDict):
    """What became of the pages of a folder."""

    pages: Sequence[FiledPageData]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledPage:
    """A file of a folder: what was taken of it, or why nothing was."""

    name: str
    taken: TakenPage | None = None
    why: Sequence[Text] = ()


def file_folder(
    case: Path,
    folder: Path,
    *,
    by: str,
    on: date,
    subject: str | None,
    dry_run: bool,
) -> list[FiledPage]:
    """File the pages of a folder, each by itself.

    One that cannot be filed keeps none back, and says why.
    A page whose very bytes the case has of that look is not filed again. No link is
    followed out of the folder, which somebody else may have filled.
    """
    from changqing.law.compiled import load_compiled
    from changqing.papers.open import open_case

    catalogue = load_compiled()
    filed_before = {
        (look.what, look.file.digest) for look in open_case(case, catalogue).looks
    }
    filed = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or (path.is_dir() and not path.is_symlink()):
            continue
        look_name = _name_look(path.stem, catalogue.looks)
        if look_name is None:
            filed.append(FiledPage(name=path.name, why=(_WHICH_LOOK,)))
            continue
        try:
            content = read_page_bytes(path, inside=folder)
            look_and_digest = look_name, hashlib.sha256(content).hexdigest()
            if look_and_digest in filed_before:
                filed.append(FiledPage(name=path.name, why=(_FILED_BEFORE,)))
                continue
            taken_page = file_page(
                case,
                look_name,
                page=path,
                content=content,
                by=by,
                on=on,
                subject=subject,
                says=(),
                dry_run=dry_run,
            )
        except CaseError as error:
            why = tuple(issue.text for issue in error.issues)
            filed.append(FiledPage(name=path.name, why=why))
        else:
            filed.append(FiledPage(name=path.name, taken=taken_page))
            if taken_page.found:
                filed_before.add(look_and_digest)
    return filed


def _name_look(stem: str, looks: Mapping[str, GuidedLook]) -> str | None:
    """Find the look after which a file is named; the longest name counts."""
    for name in sorted(looks, key=len, reverse=True):
        ending = stem.removeprefix(name)
        if ending != stem and not ending[:1].isalpha():
            return name
    return None


def tell_filed(
    case: Path, filed: Sequence[FiledPage], *, as_json: bool, language: Language
) -> int:
    """Say what became of each file of a folder."""
    not_filed = [page for page in filed if page.taken is None or not page.taken.found]
    if as_json:
        data: FiledData = {
            "pages": [
                {
                    "page": page.name,
                    "taken": None
                    if page.taken is None
                    else encode_page(page.taken, language),
                    "why": [text.say(language) for text in page.why],
                }
                for page in filed
            ]
        }
        print_json(data)
    else:
        console = open_terminal()
        for filed_page in filed:
            console.print(filed_page.name, style="bold", markup=False, soft_wrap=True)
            if filed_page.taken is not None:
                show_page(console, filed_page.taken, language)
            for text in filed_page.why:
                console.print(f"  {text.say(language)}", markup=False, soft_wrap=True)
    return NOT_YET if not_filed or not filed else READY
