"""Papers that are text are read by the core alone, and only where they are text."""

from __future__ import annotations

import hashlib

import pytest

from changqing.evidence.reading import Reading, ReadingProblem
from changqing.evidence.text_reading import read_text_paper


def read(content: bytes, path: str = "documents/a.md") -> Reading:
    digest = hashlib.sha256(content).hexdigest()
    return read_text_paper(content, paper=digest, path=path)


def words(reading: Reading) -> list[str]:
    return [span.text for page in reading.pages for span in page.spans]


def test_lines_stand_as_written_without_the_marks_of_markdown() -> None:
    found = read("# 租赁合同\n\n## 第1条 租期\n\n至**2028-08-16**止\n".encode())
    assert words(found) == ["租赁合同", "第1条 租期", "至2028-08-16止"]
    assert found.problem is None


def test_rows_of_a_table_are_cells() -> None:
    found = read("| 姓名 | 月数 |\n|---|---|\n| 程初夏 | 3 |\n".encode())
    cells = [
        (span.text, span.cell.row, span.cell.column)
        for span in found.pages[0].spans
        if span.cell is not None
    ]
    assert cells == [("姓名", 0, 0), ("月数", 0, 1), ("程初夏", 1, 0), ("3", 1, 1)]


def test_a_list_of_values_is_cells_too() -> None:
    found = read("姓名,月数\n程初夏,3\n".encode("gb18030"), "documents/a.csv")
    assert words(found) == ["姓名", "月数", "程初夏", "3"]
    assert all(span.cell is not None for span in found.pages[0].spans)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", ReadingProblem.EMPTY),
        (b" \n\n", ReadingProblem.BLANK),
        (b"\xff\xfe\x00\xd8", ReadingProblem.BROKEN),
        (bytes(range(256)) * 4, ReadingProblem.BROKEN),
        (b"%PDF-1.7\x00\x01", ReadingProblem.BROKEN),
    ],
)
def test_what_is_no_text_is_said_to_be_none(
    content: bytes, problem: ReadingProblem
) -> None:
    found = read(content)
    assert found.problem is problem
    assert words(found) == []


def test_utf16_with_its_mark_is_text() -> None:
    assert words(read("余额88万元".encode("utf-16"))) == ["余额88万元"]
