"""What is printed to be signed, and the scan that comes back, page by page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from changqing.cli.main import main
from changqing.disk import Disk
from changqing.documents.document import DocumentEdition
from changqing.documents.package import DossierText, find_signed
from changqing.documents.render import Rendered, render_documents
from changqing.documents.signed_scan import ScanMatch, file_scan, match_scan
from changqing.documents.stamping import (
    FOLDER,
    PrintedDocument,
    SigningPack,
    keep_signed,
    load_printed,
    load_signed,
    print_for_signing,
)
from changqing.errors import CaseError, DocumentError
from changqing.evidence.reading import (
    WHOLE,
    Box,
    Mark,
    MarkKind,
    PaperPage,
    Reading,
    Span,
)
from changqing.run import Outcome
from tests.documents.dossier_case import (
    AS_OF,
    EXAMPLES,
    assessed,
    copied,
    moved,
    written,
)
from tests.documents.signed_pages import draw_signed

PRINTED = PrintedDocument(
    document="undertaking",
    title="依法经营承诺书",
    file_name="09依法经营承诺书",
    digest="ab" * 32,
    pages=(
        "本公司承诺依法经营增值电信业务，注册资本200万元，第一页的内容到此为止。",
        "法定代表人（签字）：　公司（盖章）：杭州某某有限公司　日期：　年　月　日",
    ),
    sign_page=2,
)
BOX = Box(left=100, top=100, right=9000, bottom=300)
SEAL = Mark(kind=MarkKind.SEAL, box=Box(left=0, top=8000, right=10, bottom=8010))


def _page(
    number: int, text: str, *, code: str = "", seal: bool = False, confidence: int = 98
) -> PaperPage:
    marks = [Mark(kind=MarkKind.CODE, box=BOX, text=code)] if code else []
    return PaperPage(
        number=number,
        width=WHOLE,
        height=WHOLE,
        spans=(Span(text=text, box=BOX, confidence=confidence),),
        marks=(*marks, SEAL) if seal else tuple(marks),
    )


def _match(*pages: PaperPage, signed: Sequence[bool] | None = None) -> ScanMatch:
    reading = Reading(paper="0", reader="ocr", version="1", pages=pages)
    return match_scan(reading, [PRINTED], signed or [False] * len(pages))


def _scan(at: int, **changed: str | int | bool) -> PaperPage:
    """A page as it was printed, but for what is changed."""
    given = {"text": PRINTED.pages[at], "code": PRINTED.find_code(at + 1), **changed}
    return _page(at + 1, **given)  # type: ignore[arg-type]


def test_whole_unaltered_and_signed_pages_are_in_order_however_they_lie() -> None:
    second, first = replace(_scan(1, seal=True), number=1), replace(_scan(0), number=2)

    found = _match(second, first, signed=[True, False])

    (document,) = found.documents
    assert document.is_complete
    assert [page.page for page in document.pages] == [1, 2]
    assert [page.scan_page for page in document.pages] == [2, 1]


def test_a_figure_that_was_changed_is_named_with_both_readings() -> None:
    altered = PRINTED.pages[0].replace("200万元", "900万元")

    found = _match(_scan(0, text=altered), _scan(1, seal=True), signed=[False, True])

    (document,) = found.documents
    (wrong,) = document.wrong
    assert "200万元" in wrong.zh
    assert "900万元" in wrong.zh
    assert not document.is_complete


def test_a_clause_that_was_added_is_an_alteration() -> None:
    longer = PRINTED.pages[0] + "另加一条本公司不承担任何责任"

    found = _match(_scan(0, text=longer), _scan(1, seal=True), signed=[False, True])

    (wrong,) = found.documents[0].wrong
    assert "不承担任何责任" in wrong.zh


@pytest.mark.parametrize(
    ("text", "confidence", "named"),
    [
        (PRINTED.pages[0].replace("200万元", "900万元"), 60, "200万元"),
        (PRINTED.pages[0].replace("200万元", "20万元"), 98, "200万元"),
        (PRINTED.pages[0].replace("200万元", "2000万元"), 98, "200万元"),
        (PRINTED.pages[0].replace("200万元", "200亿元"), 98, "200万元"),
        (PRINTED.pages[0].replace("第一页的内容到此为止", ""), 98, "到此为止"),
    ],
    ids=["not surely read", "a figure less", "a figure more", "a unit", "a line less"],
)
def test_what_was_not_surely_read_is_said_to_be_unread(
    text: str, confidence: int, named: str
) -> None:
    scanned = _scan(0, text=text, confidence=confidence)

    found = _match(scanned, _scan(1, seal=True), signed=[False, True])

    (document,) = found.documents
    assert not document.wrong
    assert named in "".join(told.zh for told in document.untold)
    assert not document.is_complete


_TABLE = replace(
    PRINTED,
    pages=("注册资本 200万元 经营范围 省内 内容", "法定代表人（签字）： 年 月 日"),
    sign_page=2,
)
_CELLS = _TABLE.pages[0].split()


def _match_table(*cells: str) -> ScanMatch:
    spans = tuple(Span(text=cell, box=BOX, confidence=98) for cell in cells)
    first = replace(_page(1, "", code=_TABLE.find_code(1)), spans=spans)
    second = _page(2, _TABLE.pages[1], code=_TABLE.find_code(2), seal=True)
    reading = Reading(paper="0", reader="ocr", version="1", pages=(first, second))
    return match_scan(reading, [_TABLE], [False, True])


@pytest.mark.parametrize(
    "cells",
    [
        ["注册资本", "4200万元", *_CELLS[2:]],
        ["注册资本", "2000万元", *_CELLS[2:]],
        [*_CELLS[:3], "内容"],
        ["内容另定，以上均不适用", *_CELLS],
        [*_CELLS, "无效"],
    ],
    ids=["figure before", "figure behind", "short cell", "words before", "few words"],
)
def test_in_a_table_a_printed_cell_inside_other_words_is_not_found(
    cells: list[str],
) -> None:
    assert not _match_table(*cells).documents[0].is_complete


def test_a_table_is_in_order_however_its_cells_are_read() -> None:
    for cells in (_CELLS, _CELLS[::-1], ["注册资本 200万元", *_CELLS[2:]]):
        (document,) = _match_table(*cells).documents
        assert document.is_complete, (document.wrong, document.untold)


def test_one_letter_that_ocr_errs_in_alters_nothing() -> None:
    slip = PRINTED.pages[0].replace("依法", "衣法")

    found = _match(_scan(0, text=slip), _scan(1, seal=True), signed=[False, True])

    assert found.documents[0].is_complete


def test_a_day_that_is_filled_in_by_hand_is_no_alteration() -> None:
    dated = PRINTED.pages[1].replace("　年　月　日", "2026年12月11日")

    found = _match(_scan(0), _scan(1, text=dated, seal=True), signed=[False, True])

    assert found.documents[0].is_complete


def test_what_is_printed_over_a_page_is_part_of_it(
    local_life: Outcome, undertaking: Rendered, tmp_path: Path
) -> None:
    pack = _print(local_life, undertaking, tmp_path)

    with closing(pypdfium2.PdfDocument(pack.pdf)) as document:
        printed = [page.get_textpage().get_text_range() for page in document][1:]
    for page, kept in zip(printed, pack.documents[0].pages, strict=True):
        assert sorted("".join(page.split())) == sorted("".join(kept.split()))


def test_missing_pages_seals_and_signatures_are_named() -> None:
    (document,) = _match(_scan(1)).documents

    assert [text.zh for text in document.wrong] == ["缺第1页"]
    assert [text.zh for text in document.untold] == [
        "第2页没有看到印章",
        "第2页没有看到签字",
    ]


def test_a_page_whose_code_is_covered_is_known_by_its_words() -> None:
    found = _match(
        _scan(0, code=""),
        _scan(1, seal=True),
        _page(3, "一张完全无关的发票，金额三百元"),
        signed=[False, True, False],
    )

    (document,) = found.documents
    assert [page.by_code for page in document.pages] == [False, True]
    assert found.strange == (3,)
    # The page of a namesake may say the same: a person has to look.
    assert ["方码" in told.zh for told in document.untold] == [True]


def test_a_page_of_a_print_that_is_not_known_is_strange() -> None:
    code = PRINTED.find_code(1)
    for other in (
        code.replace("abab", "cdcd"),
        code.replace("undertaking", "emergency"),
        code.replace("1/2", "1/3"),
        code.replace("1/2", "3/2"),
    ):
        assert other != code
        assert _match(_scan(0, code=other)).strange == (1,), other


def test_a_page_with_the_codes_of_two_is_strange() -> None:
    page = _scan(0)
    other = Mark(kind=MarkKind.CODE, box=BOX, text=PRINTED.find_code(2))

    assert _match(replace(page, marks=(*page.marks, other))).strange == (1,)


@pytest.fixture(scope="module")
def local_life() -> Outcome:
    return assessed(EXAMPLES / "local-life")


@pytest.fixture(scope="module")
def undertaking(local_life: Outcome) -> Rendered:
    document = written(local_life, "undertaking", edition=DocumentEdition.CLEAN)
    (made,) = render_documents(
        list(document.values()), case_name="某公司", digest="0", as_of=AS_OF
    )
    return made


def _print(outcome: Outcome, made: Rendered, folder: Path) -> SigningPack:
    return print_for_signing([made], moved(outcome, folder).case, AS_OF)


@pytest.mark.long
def test_a_scan_is_read_and_filed_in_the_place_of_the_document(
    local_life: Outcome, undertaking: Rendered, tmp_path: Path
) -> None:
    pack = _print(local_life, undertaking, tmp_path)
    (printed,) = pack.documents
    assert load_printed(tmp_path) == pack.documents

    found = file_scan(tmp_path, draw_signed(pack.pdf), "scan.pdf")

    (document,) = found.match.documents
    assert [text.zh for text in (*document.wrong, *document.untold)] == []
    assert [page.by_code for page in document.pages] == [True] * len(printed.pages)
    assert found.filed == (document,)
    assert found.match.strange == (1,)  # the list of where to sign is no document
    signed = load_signed(tmp_path, {"undertaking": printed.digest})
    (copy,) = signed.replace_signed([undertaking])
    with closing(pypdfium2.PdfDocument(copy.pdf)) as scan:
        assert len(scan) == len(printed.pages)


def test_a_scan_of_an_older_text_no_longer_stands_for_the_document(
    local_life: Outcome, undertaking: Rendered, tmp_path: Path
) -> None:
    (printed,) = _print(local_life, undertaking, tmp_path).documents
    keep_signed(tmp_path, printed, b"%PDF-scan")
    document = undertaking.document
    writing = DossierText(clean=(document,), annotated=(), papers={})

    assert find_signed(tmp_path, writing).current == {"undertaking": b"%PDF-scan"}

    changed = replace(document, title="别的承诺书")
    signed = find_signed(tmp_path, replace(writing, clean=(changed,)))
    assert not signed.current
    assert signed.outdated == ("undertaking",)


def test_a_scan_signed_under_another_name_no_longer_stands(
    local_life: Outcome, undertaking: Rendered, tmp_path: Path
) -> None:
    case = moved(local_life, tmp_path).case
    for printed in _print(local_life, undertaking, tmp_path).documents:
        keep_signed(tmp_path, printed, b"%PDF-scan")
    renamed = replace(local_life, case=replace(case, name="杭州改名有限公司"))
    clean = written(renamed, "undertaking", edition=DocumentEdition.CLEAN)
    writing = DossierText(clean=tuple(clean.values()), annotated=(), papers={})

    assert find_signed(tmp_path, writing).outdated == ("undertaking",)


def test_a_scan_whose_filing_was_cut_short_stands_for_nothing(tmp_path: Path) -> None:
    keep_signed(tmp_path, PRINTED, b"%PDF-first")
    older = replace(PRINTED, digest="cd" * 32)

    def die(step: str) -> None:
        if step == "open undertaking.json":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep_signed(
            tmp_path, older, b"%PDF-older", disk=Disk(inside=tmp_path, step=die)
        )

    assert load_signed(tmp_path, {"undertaking": PRINTED.digest}).current == {}


def test_a_record_of_a_print_names_no_file_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    told = {
        "document": "../../../case",
        "title": "",
        "file_name": "",
        "digest": "ab" * 32,
        "pages": ["x"],
        "sign_page": 1,
    }
    (folder / "a.json").write_text(json.dumps(told))
    (folder / "b.json").write_text("[" * 100_000)

    assert load_printed(tmp_path) == ()


@pytest.mark.long
def test_a_changed_document_is_said_to_need_signing_again(
    undertaking: Rendered, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied("local-life", tmp_path)
    printed = replace(PRINTED, digest="0" * 64)
    keep_signed(folder, printed, undertaking.pdf)

    with pytest.raises(SystemExit):
        main(["dossier", str(folder), "--list", "--as-of", "2026-11-24"])

    told = capsys.readouterr()
    assert "《依法经营承诺书》盖章以后又改过" in told.err
    assert "签字盖章3份" in told.out


def test_nothing_is_matched_before_anything_was_printed(
    local_life: Outcome, undertaking: Rendered, tmp_path: Path
) -> None:
    with pytest.raises(CaseError):
        file_scan(tmp_path, b"%PDF-1.7", "scan.pdf")
    unsigned = replace(
        undertaking, document=replace(undertaking.document, signature=False)
    )
    with pytest.raises(DocumentError):
        _print(local_life, unsigned, tmp_path)
