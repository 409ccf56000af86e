"""Keeping the page that an issuer showed beside the paper that it is about."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from changqing.case import edit
from changqing.case.model import Case, Paper
from changqing.case.page import UnreadablePageError, read_page
from changqing.errors import CaseError, Issue
from changqing.law.kinds.look import GuidedLook
from changqing.papers.issuer_page import list_looks
from changqing.text import Text


def keep_issuer_page(
    case: Case, paper: str, content: bytes, *, named: str, on: date, by: str
) -> str:
    """Keep a saved page in the case and name it beside its paper; gives its path.

    `named` is how the file was called, `by` who looked. What the page proves follows
    from what it says. Raises CaseError where there is no such paper, the page came
    before the paper or cannot be read, or the file of the case cannot be changed.
    """
    about = find_paper(case, paper)
    if on < about.received_on:
        raise CaseError(Issue(text=_TOO_EARLY, path=named))
    try:
        page = read_page(content)
    except UnreadablePageError as error:
        raise CaseError(Issue(text=error.text, path=named)) from error
    if not page.rows:
        raise CaseError(Issue(text=_NO_WORDS, path=named))
    looks = list_looks(case.catalogue, about.kind)
    file = edit.keep_page(
        case.path, content, what=f"{_OF_PAPER}{paper}", on=on, named=named
    )
    case_data = edit.read(case.path)
    edit.change(
        case.path,
        [
            edit.FieldChange(
                at=("papers", paper, "issuer_checked"),
                value={"on": on, "how": _say_how(looks, by), "file": file},
            )
        ],
        version=case_data.version,
        catalogue=case.catalogue,
    )
    return file


def find_issuer_pages(folder: Path) -> dict[str, list[str]]:
    """Find by paper every page that was kept of it, also those named no more."""
    return {
        page_of.removeprefix(_OF_PAPER): pages
        for page_of, pages in edit.find_kept_pages(folder).items()
        if page_of.startswith(_OF_PAPER)
    }


def find_paper(case: Case, name: str) -> Paper:
    """Find a paper by its id; raises CaseError, which names those there are."""
    for paper in case.papers:
        if paper.id == name:
            return paper
    paper_ids = "、".join(paper.id for paper in case.papers)
    raise CaseError(
        Issue(
            text=Text(zh=f"项目里没有材料{name}", en=f"the case has no paper {name}"),
            hint=Text(zh=f"可选：{paper_ids}", en=f"it may be: {paper_ids}"),
        )
    )


def _say_how(looks: tuple[GuidedLook, ...], by: str) -> str:
    """Say how the issuer was asked, as the case file has it."""
    title = looks[0].title.zh if looks else "查看出具方的页面"
    return f"{by}：{title}"


_OF_PAPER: Final = "issuer-"
_NO_WORDS: Final = Text(zh="页面上没有文字", en="the page has no words")
_TOO_EARLY: Final = Text(
    zh="查看的日子早于收到材料的日子", en="the look was before the paper came"
)
