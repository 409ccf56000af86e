"""Tables that a registrar or a console exports: what they say of the case, and no more."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from changqing.case.model import Case
from changqing.case.page import UnreadablePageError, read_page
from changqing.case.subjects import Subject
from changqing.errors import CaseError
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.readers.saved_page import PageReading, read_saved_page, say_so
from tests.readers import reader_pages as pages

SITE = Subject("service", "site")
HEADS = ["域名", "域名类型", "注册者", "注册日期", "到期日期", "域名状态", "备注"]
OTHER = ["yuandu.example", "gTLD", "南京远渡网络有限公司", "2020-01-02", "2027-01-02"]
MINE = ["chutang.example", "gTLD", pages.COMPANY, "2026-08-20", "2028-08-20"]
ROWS = [HEADS, [*OTHER, "clientHold", ""], [*MINE, "ok", "主站，勿删"]]


def write_csv(rows: list[list[str]], between: str = ",") -> bytes:
    quoted = (between.join(f'"{cell}"' for cell in row) for row in rows)
    return ("\r\n".join(quoted) + "\r\n").encode("utf-8-sig")


def write_workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def case(tmp_path: Path, catalogue: Catalogue) -> Case:
    return pages.make_case(tmp_path / "case", catalogue)


def read(case: Case, content: bytes) -> PageReading:
    look = case.catalogue.looks["domain_registration"]
    return read_saved_page(read_page(content), look, case)


@pytest.mark.parametrize(
    "content",
    [
        write_csv(ROWS),
        write_csv(ROWS, ";"),
        write_csv(ROWS).decode("utf-8-sig").encode("gb18030"),
        write_workbook([["域名列表"], *ROWS]),
    ],
    ids=["csv", "semicolons", "gb18030", "workbook"],
)
def test_of_a_list_of_domains_the_row_of_the_case_is_read(
    case: Case, content: bytes
) -> None:
    found = read(case, content)
    assert {value.fact.id: value.value for value in found.found} == {
        "domain_registrant": pages.COMPANY,
        "domain_registered_on": date(2026, 8, 20),
        "domain_expires_on": date(2028, 8, 20),
        "domain_status": frozenset({"ok"}),
    }
    assert {value.backed.grade for value in found.found} == {Grade.ATTESTED}
    assert not found.unclear


def test_a_day_that_a_workbook_keeps_as_a_day_is_read(case: Case) -> None:
    mine = [*MINE[:4], date(2028, 8, 20), "ok", None]
    found = read(case, write_workbook([HEADS, mine]))
    days = {value.fact.id: value.value for value in found.found}
    assert days["domain_expires_on"] == date(2028, 8, 20)


def test_the_same_list_as_a_saved_page_is_read_alike(case: Case) -> None:
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS
    )
    found = read(case, f"<html><body><table>{rows}</table></body></html>".encode())
    days = {value.fact.id: value.value for value in found.found}
    assert days["domain_expires_on"] == date(2028, 8, 20)


def test_rows_of_other_domains_alone_say_nothing_of_ours(case: Case) -> None:
    """Even where the company of the case holds them: it names the case, not its site."""
    theirs = ["other.example", "gTLD", pages.COMPANY, "2020-01-02", "2027-01-02"]
    try:
        found = read(case, write_csv([HEADS, [*theirs, "ok", ""]])).found
    except CaseError:
        return
    assert found == ()


@pytest.mark.parametrize("place", ["到期日期", "other.example"])
def test_nobody_proves_ours_by_the_row_of_another_domain(
    case: Case, place: str
) -> None:
    theirs = ["other.example", "gTLD", pages.COMPANY, "2020-01-02", "2027-01-02"]
    page = read_page(write_csv([HEADS, [*theirs, "ok", ""]]))
    look = case.catalogue.looks["domain_registration"]
    name = "domain_expires_on"
    said = say_so(page, look, case, SITE, name=name, written="2027-01-02", place=place)
    assert (said.backed.grade, said.backed.words) == (Grade.TRANSCRIBED, None)
    ours = read_page(write_csv(ROWS))
    said = say_so(
        ours, look, case, SITE, name=name, written="2028-08-20", place="到期日期"
    )
    assert said.backed.grade is Grade.ATTESTED


def test_a_long_list_is_read_in_time_that_grows_with_its_rows(case: Case) -> None:
    rows = [[MINE[0], "gTLD", f"第{n}家", *MINE[3:], "ok", ""] for n in range(4000)]
    begun = time.process_time()
    read(case, write_csv([HEADS, *rows]))
    assert time.process_time() - begun < 5  # row against row it was 12


def test_prose_with_commas_is_no_table(case: Case) -> None:
    del case
    text = "domain, holder\nchutang.example belongs to us, as it did, always\n"
    (first, second) = read_page(text.encode()).rows
    assert first.cells == ("domain, holder",)
    assert len(second.cells) == 1


@pytest.mark.parametrize("content", [b",,,", b" , \n , \n", b";;\r\n", b"\n,\n\n"])
def test_lines_of_empty_cells_are_text_and_no_table(content: bytes) -> None:
    page = read_page(content)
    assert not list(page.find_fields(["域名"]))
    assert all(len(row.cells) == 1 for row in page.rows)


def test_a_zip_that_is_no_workbook_is_told() -> None:
    with pytest.raises(UnreadablePageError) as caught:
        read_page(b"PK\x03\x04 and nothing after it")
    assert caught.value.text.zh
