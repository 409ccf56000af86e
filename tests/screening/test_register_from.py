"""A table into a register: columns become facts, empty cells gaps, the rest is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook

from changqing.case.subjects import APPLICANT
from changqing.errors import CaseError
from changqing.evidence.model import GapReason
from changqing.law.kit import Grade
from changqing.screening.from_table import TableReading, read_table
from changqing.screening.judging import RegisterJudge
from changqing.screening.table_map import read_map
from tests.command_line import run_command
from tests.shipped import CATALOGUE

MAP = """\
id: 许可证编号
name: 企业名称
application:
  licence: {column: 业务种类}
  scope: intra_province
  region: {column: 省份}
  stage: operate
site: {column: 网站}
source: {name: 年报汇总, grade: declared, on: 2026-06-30}
columns:
  注册资本: {fact: registered_capital, unit: 万元, grade: attested}
  热线: {subject: service, fact: shows_hotline, grade: observed, on: {column: 查看日}}
  已申请终止: {fact: deregistration_submitted, closed: true}
"""
HEADS = (
    *("许可证编号", "企业名称", "业务种类", "省份", "网站", "注册资本", "热线"),
    *("查看日", "已申请终止", "备注"),
)
ROWS = (
    *(
        (
            "A1",
            "甲公司",
            "B25",
            "浙江",
            "a.example",
            "200",
            "是",
            "2026-11-01",
            "是",
            "x",
        ),
    ),
    *(("A2", "乙公司", "B21", "33", "", "", "否", "2026-11-01", "", ""),),
    *(("A3", "丙公司", "B25", "火星", "", "1", "", "2026-11-01", "", ""),),
    *(("A4", "丁公司", "B25", "四川", "d.example", "很多", "", "2026-11-01", "", ""),),
    *(("A1", "重复", "B25", "浙江", "", "1", "", "2026-11-01", "", ""),),
)


def write_parquet(path: Path) -> None:
    """Write the rows with cells of a type of their own: numbers, days, yes and no."""
    cells = [[cell or None for cell in row] for row in ROWS]
    frame = pl.DataFrame(cells, schema=dict.fromkeys(HEADS, pl.String), orient="row")
    frame.with_columns(
        pl.col("查看日").str.to_date(), pl.col("热线", "已申请终止") == "是"
    ).write_parquet(path)


def read(
    tmp_path: Path, *, suffix: str = ".csv", encoding: str = "utf-8"
) -> TableReading:
    mapped, table = tmp_path / "map.yaml", tmp_path / f"table{suffix}"
    mapped.write_text(MAP, encoding="utf-8")
    if suffix == ".csv":
        lines = [",".join(row) for row in (HEADS, *ROWS)]
        table.write_text("\n".join(lines) + "\n", encoding=encoding)
    elif suffix == ".parquet":
        write_parquet(table)
    else:
        book = Workbook()
        for row in (HEADS, *ROWS):
            book.active.append(row)
        book.save(table)
    return read_table(table, read_map(mapped, CATALOGUE), CATALOGUE)


@pytest.mark.parametrize(
    ("suffix", "encoding"),
    [(".csv", "utf-8"), (".csv", "gb18030"), (".xlsx", ""), (".parquet", "")],
)
def test_a_column_becomes_records_with_grade_source_and_day(
    tmp_path: Path, suffix: str, encoding: str
) -> None:
    reading = read(tmp_path, suffix=suffix, encoding=encoding)
    assert [case.id for case in reading.cases] == ["A1", "A2", "A4"]
    told = {record.fact: record for record in reading.cases[0].known.records}
    capital = told["registered_capital"]
    assert (capital.value, capital.grade) == (200_000_000, Grade.ATTESTED)
    assert (capital.source.name, capital.source.place) == ("年报汇总", "注册资本")
    assert capital.observed_at.date() == date(2026, 6, 29)  # in UTC, of a Beijing day
    assert told["shows_hotline"].value is True
    assert reading.cases[0].case.services[0].url == "https://a.example"


def test_an_empty_cell_is_a_gap_and_only_a_closed_list_says_no(tmp_path: Path) -> None:
    second = read(tmp_path).cases[1]
    (gap,) = (g for g in second.known.gaps if g.subject == APPLICANT)
    assert (gap.fact, gap.reason) == ("registered_capital", GapReason.NO_RECORD)
    told = {record.fact: record.value for record in second.known.records}
    assert "registered_capital" not in told
    assert told["deregistration_submitted"] is False


def test_what_is_not_understood_is_told_with_its_row(tmp_path: Path) -> None:
    reading = read(tmp_path)
    assert reading.unmapped == ("备注",)
    told = {issue.line: issue.text.zh for issue in reading.faults}
    assert "火星" in told[4]
    assert "注册资本" in told[5]
    assert "第2行" in told[6]


@pytest.mark.long
def test_what_was_taken_from_a_table_is_judged(tmp_path: Path) -> None:
    judge = RegisterJudge(CATALOGUE, date(2026, 11, 24))
    judged = judge.judge_cases(read(tmp_path).cases)
    service = judged.verdicts["service"]
    assert service["complaint_channel_open"].to_list()[0] == "met"
    assert judged.sentences.height == 3


@pytest.mark.parametrize(
    ("was", "is_", "told"),
    [
        ("registered_capital", "registered_capitol", "registered_capital"),
        ("grade: attested", "grade: sworn", "attested"),
        ("closed: true", "closes: true", "closed"),
        ("unit: 万元, grade: attested", "closed: true", "是非"),
    ],
)
def test_a_wrong_map_says_which_line_and_what_to_do(
    tmp_path: Path, was: str, is_: str, told: str
) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(MAP.replace(was, is_), encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        read_map(path, CATALOGUE)
    (issue,) = caught.value.issues
    assert issue.line in (11, 13)
    assert told in issue.text.zh + ("" if issue.hint is None else issue.hint.zh)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    table = tmp_path / "table.csv"
    table.write_text("许可证编号,企业名称\nA1,甲\n", encoding="utf-8")
    with pytest.raises(CaseError, match="业务种类"):
        read_table(table, read_map(tmp_path / "map.yaml", CATALOGUE), CATALOGUE)


def test_the_command_takes_a_table_and_tells_what_it_left(tmp_path: Path) -> None:
    read(tmp_path)
    done = run_command(
        [
            *("register", "from", str(tmp_path / "table.csv")),
            *(
                "--map",
                str(tmp_path / "map.yaml"),
                "--into",
                str(tmp_path / "register"),
            ),
        ],
        settings={"LANG": "zh_CN.UTF-8"},
    )
    assert done.returncode == 1, done.stderr
    assert "3家" in done.stdout
    assert "备注" in done.stdout


def read_text(tmp_path: Path, text: str) -> TableReading:
    mapped, table = tmp_path / "map.yaml", tmp_path / "table.csv"
    mapped.write_text(MAP, encoding="utf-8")
    table.write_text(text, encoding="utf-8")
    return read_table(table, read_map(mapped, CATALOGUE), CATALOGUE)


def test_a_head_that_stands_twice_is_refused_by_name(tmp_path: Path) -> None:
    text = f"{','.join(HEADS)},已申请终止\n{','.join(ROWS[0])},\n"
    with pytest.raises(CaseError) as caught:
        read_text(tmp_path, text)
    assert "已申请终止" in caught.value.issues[0].text.zh


def test_a_torn_row_is_told_and_says_no_to_nothing(tmp_path: Path) -> None:
    lines = [",".join(HEADS), ",".join(ROWS[0][:7]), "", ",".join(ROWS[3])]
    reading = read_text(tmp_path, "\n".join(lines) + "\n")
    assert [case.id for case in reading.cases] == ["A4"]
    assert "7格" in {fault.line: fault.text.zh for fault in reading.faults}[2]


def test_a_column_about_a_site_needs_a_site_in_the_map(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(MAP.replace("site: {column: 网站}\n", ""), encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        read_map(path, CATALOGUE)
    (issue,) = caught.value.issues
    assert issue.line == 11
    assert "site" in issue.text.zh


def test_a_cell_about_a_site_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = [issue.text.zh for issue in read(tmp_path).faults if issue.line == 3]
    assert told == ["热线：这一行没有网站，这一格没有收"]


@pytest.mark.parametrize("site", ["无", "-", "javascript://x", "ftp://a.example"])
def test_what_is_no_address_becomes_no_site(tmp_path: Path, site: str) -> None:
    row = ",".join((*ROWS[0][:4], site, *ROWS[0][5:]))
    reading = read_text(tmp_path, f"{','.join(HEADS)}\n{row}\n")
    assert not reading.cases[0].case.services
    assert f"网站：“{site}”不是网址，没有收" in [e.text.zh for e in reading.faults]


@pytest.mark.parametrize(
    ("site", "url"),
    [
        ("www.a.example/x?y", "https://www.a.example/x?y"),
        ("HTTP://a.example:8080", "HTTP://a.example:8080"),
        ("例子.中国", "https://例子.中国"),
    ],
)
def test_an_address_or_a_host_becomes_a_site(
    tmp_path: Path, site: str, url: str
) -> None:
    row = ",".join((*ROWS[0][:4], site, *ROWS[0][5:]))
    reading = read_text(tmp_path, f"{','.join(HEADS)}\n{row}\n")
    assert reading.cases[0].case.services[0].url == url


def test_merged_cells_are_refused_where_a_column_is_closed(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    book = Workbook()
    for row in (HEADS, *ROWS):
        book.active.append(row)
    book.active.merge_cells("I2:I3")
    book.save(tmp_path / "table.xlsx")
    with pytest.raises(CaseError) as caught:
        read_table(
            tmp_path / "table.xlsx",
            read_map(tmp_path / "map.yaml", CATALOGUE),
            CATALOGUE,
        )
    assert "合并" in caught.value.issues[0].text.zh


QUERY = """
SELECT id AS "许可证编号", name AS "企业名称", 'B25' AS "业务种类", '浙江' AS "省份",
    site AS "网站", capital AS "注册资本", hotline AS "热线", seen AS "查看日",
    ended AS "已申请终止"
FROM holders ORDER BY id
"""


@pytest.mark.long
@pytest.mark.postgresql
def test_a_query_to_postgresql_is_read_as_a_table_and_changes_nothing(
    tmp_path: Path, postgresql: Callable[[], str]
) -> None:
    import psycopg

    address = postgresql()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE holders (id text, name text, site text, capital numeric,"
            " hotline boolean, seen date, ended boolean)"
        )
        connection.execute(
            "INSERT INTO holders VALUES ('A1', '甲公司', 'a.example', 200, true,"
            " '2026-11-01', NULL), ('A2', '乙公司', NULL, NULL, NULL, NULL, true)"
        )
    mapped, query = tmp_path / "map.yaml", tmp_path / "holders.sql"
    mapped.write_text(MAP, encoding="utf-8")
    query.write_text(QUERY, encoding="utf-8")
    table = read_map(mapped, CATALOGUE)
    reading = read_table(query, table, CATALOGUE, database=address)
    assert [case.id for case in reading.cases] == ["A1", "A2"]
    told = {record.fact: record.value for record in reading.cases[0].known.records}
    assert told["registered_capital"] == 200_000_000
    assert told["shows_hotline"] is True
    for wrong in ("DELETE FROM holders", "SELECT nothing FROM holders"):
        query.write_text(wrong, encoding="utf-8")
        with pytest.raises(CaseError, match="the query failed"):
            read_table(query, table, CATALOGUE, database=address)
    query.write_text("SELECT pg_sleep(60)", encoding="utf-8")
    with pytest.raises(CaseError, match=r"took over 0\.2 seconds") as caught:
        read_table(
            query,
            table,
            CATALOGUE,
            database=address,
            longest=timedelta(milliseconds=200),
        )
    assert caught.value.issues[0].hint is not None
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM holders").fetchone() == (2,)


def test_a_query_without_a_database_or_with_one_that_is_away_is_told(
    tmp_path: Path,
) -> None:
    mapped, query = tmp_path / "map.yaml", tmp_path / "holders.sql"
    mapped.write_text(MAP, encoding="utf-8")
    query.write_text(QUERY, encoding="utf-8")
    table = read_map(mapped, CATALOGUE)
    with pytest.raises(CaseError, match="wants a database"):
        read_table(query, table, CATALOGUE)
    with pytest.raises(CaseError, match="the query failed"):
        read_table(query, table, CATALOGUE, database=f"host={tmp_path} dbname=x")
