"""A table of somebody else into a register: each column a fact, with grade and day.

`table_map` says what each column is. An empty cell is a gap, never a no, but where the
map says that the list was `closed`: then what is not marked is not so. A column that
the map does not name is told.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from changqing.case.model import Application, Case, Member, RegisterExtract
from changqing.case.values import NotAValueError, parse_date, parse_value
from changqing.casework.derived import Past
from changqing.day import beijing_day, find_day_start, find_last_valid_day
from changqing.errors import CaseError, Issue
from changqing.evidence.model import Gap, GapReason, Record, Source, SourceKind
from changqing.evidence.records import list_structure
from changqing.law.kit import Grade
from changqing.law.lookup import SCOPES, STAGES, find_licence
from changqing.law.model import Catalogue
from changqing.rules.types import Value
from changqing.run import Known
from changqing.screening.judging import RegisterCase
from changqing.screening.parquet import read_file, scan_files
from changqing.screening.table_map import SITE, SUBMIT_ON, MappedColumn, TableMap
from changqing.sheet import SheetLimits, has_merged_apart, read_sheet_apart
from changqing.text import Text
from changqing.yamlfile.suggest import suggest_word

_LIMITS: Final = SheetLimits(
    rows=200_000,
    columns=400,
    packed=60_000_000,
    unpacked=600_000_000,
    hint=Text(zh="存成CSV，或者分成几个文件", en="save it as CSV, or in several files"),
)
_MOST_ROWS: Final = 1_000_000  # of Parquet or a query: each becomes a case in memory
_PATIENCE: Final = 10  # seconds until a database must have answered
LONGEST_QUERY: Final = timedelta(minutes=10)
_EMPTY: Final = Text(zh="表里这一格是空的", en="this cell of the table is empty")
_ADDRESS: Final = re.compile(
    r"(?:https?://)?\w[\w-]*(?:\.\w[\w-]*)+\.?(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE
)
"""A web address, or a host name with a dot in it."""


@dataclass(slots=True, kw_only=True)
class TableReading:
    """What came of a table: cases, cells that are no value, columns nobody mapped."""

    cases: list[RegisterCase] = field(default_factory=list)
    faults: list[Issue] = field(default_factory=list)
    unmapped: tuple[str, ...] = ()
    empty: int = 0


def read_table(
    path: Path,
    table: TableMap,
    catalogue: Catalogue,
    *,
    database: str | None = None,
    longest: timedelta = LONGEST_QUERY,
) -> TableReading:
    """Read a CSV or Parquet file, or the first sheet of a workbook, by its map.

    A file of the name `.sql` holds a query, which is put to the PostgreSQL of the
    address `database`, cannot change anything there, and is ended after `longest`.

    A row of which a cell cannot be what it should is taken without that cell, which is
    told; one that does not say whose it is, is not taken. Raises CaseError where the
    file cannot be read, or lacks a column that the map names.
    """
    heads, rows = _read_rows(path, database, longest)
    _check_heads(path, heads)
    missing = sorted(table.read_columns - {*heads})
    if missing:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"表里没有映射里写的列：{'、'.join(missing)}",
                    en=f"the table lacks columns of the map: {', '.join(missing)}",
                ),
                path=str(path),
                hint=suggest_word(missing[0], heads),
            )
        )
    closed = [column.column for column in table.columns if column.closed]
    if closed and path.suffix.lower() == ".xlsx" and has_merged_apart(path, _LIMITS):
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"表里有合并的单元格，{'、'.join(closed)}不能按closed读",
                    en="the workbook has merged cells, so that "
                    f"{', '.join(closed)} cannot be read as closed",
                ),
                path=str(path),
                hint=Text(
                    zh="取消合并并填好每一格，或者去掉closed",
                    en="unmerge them and fill every cell, or leave out closed",
                ),
            )
        )
    reading = TableReading(
        unmapped=tuple(h for h in heads if h and h not in table.read_columns)
    )
    lines_by_id: dict[str, int] = {}
    width = max((n for n, head in enumerate(heads, start=1) if head), default=0)
    short_is_torn = path.suffix.lower() == ".csv"  # a workbook leaves out empty cells
    for line, cells in rows:
        if not any(cells):
            continue
        if short_is_torn and len(cells) < width:
            reading.faults.append(_make_short_row_issue(path, line, len(cells), width))
            continue
        row = dict(zip(heads, cells, strict=False))
        if not any(row.values()):
            continue
        reader = _TableRowReader(path, line, row, table, catalogue, reading)
        register_case = reader.read()
        if register_case is None:
            continue
        if register_case.id in lines_by_id:
            reader.add_fault(
                table.id,
                Text(
                    zh=f"与第{lines_by_id[register_case.id]}行是同一家，没有收",
                    en=f"is the case of row {lines_by_id[register_case.id]}, "
                    "and was not taken",
                ),
            )
            continue
        lines_by_id[register_case.id] = line
        reading.cases.append(register_case)
    return reading


def _check_heads(path: Path, heads: Sequence[str]) -> None:
    """Refuse a head that stands twice: which of its columns is meant is not known."""
    twice = [head for head in dict.fromkeys(heads) if head and heads.count(head) > 1]
    if twice:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"表头重复：{'、'.join(twice)}",
                    en=f"heads that stand more than once: {', '.join(twice)}",
                ),
                path=str(path),
                line=1,
                hint=Text(
                    zh="改名或者删去多余的列", en="rename or remove the other column"
                ),
            )
        )


def _make_short_row_issue(path: Path, line: int, cells: int, heads: int) -> Issue:
    return Issue(
        text=Text(
            zh=f"这一行只有{cells}格，表头有{heads}列，没有收",
            en=f"the row has {cells} cells under {heads} heads; not taken",
        ),
        path=str(path),
        line=line,
    )


def _read_rows(
    path: Path, database: str | None, longest: timedelta
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The heads, and each row below with its number in the file."""
    if path.suffix.lower() == ".xlsx":
        _, sheet = read_sheet_apart(path, _LIMITS)
        rows = [[_write_cell(cell) for cell in row] for row in sheet]
    elif path.suffix.lower() == ".csv":
        rows = _read_csv(path)
    elif path.suffix.lower() == ".parquet":
        rows = _read_parquet(path)
    elif path.suffix.lower() == ".sql":
        rows = _read_query(path, database, longest)
    else:
        raise CaseError(
            Issue(
                text=Text(
                    zh="只认得CSV、XLSX、Parquet和SQL",
                    en="only CSV, XLSX, Parquet and SQL are read",
                ),
                path=str(path),
                hint=Text(zh="另存为CSV", en="save it as CSV"),
            )
        )
    if not rows:
        raise CaseError(
            Issue(text=Text(zh="表是空的", en="the table is empty"), path=str(path))
        )
    return rows[0], enumerate(rows[1:], start=2)


def _write_cell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return str(cell).strip()


def _read_parquet(path: Path) -> list[list[str]]:
    try:
        count = scan_files([path]).select(pl.len()).collect().item()
        if count > _MOST_ROWS:
            raise _make_many_rows_error(path)
        frame = read_file(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise CaseError(
            Issue(
                text=Text(
                    zh="读不出，不是完好的Parquet", en="cannot be read as Parquet"
                ),
                path=str(path),
            )
        ) from error
    rows = ([_write_cell(cell) for cell in row] for row in frame.iter_rows())
    return [[*map(str.strip, frame.columns)], *rows]


def _make_many_rows_error(path: Path) -> CaseError:
    return CaseError(
        Issue(
            text=Text(
                zh=f"超过{_MOST_ROWS}行", en=f"it has more than {_MOST_ROWS} rows"
            ),
            path=str(path),
            hint=Text(zh="分成几次收", en="take it in several parts"),
        )
    )


def _read_query(
    path: Path, database: str | None, longest: timedelta
) -> list[list[str]]:
    if database is None:
        raise CaseError(
            Issue(
                text=Text(
                    zh="是一条查询，要写明向哪个数据库查",
                    en="is a query, and wants a database",
                ),
                path=str(path),
                hint=Text(
                    zh="加上 --postgresql service=名称",
                    en="add --postgresql service=NAME",
                ),
            )
        )
    import psycopg  # only who asks a database needs it

    try:
        query = path.read_text(encoding="utf-8")
        with psycopg.connect(database, connect_timeout=_PATIENCE) as connection:
            connection.read_only = True
            milliseconds = longest // timedelta(milliseconds=1)
            connection.execute(
                "SELECT set_config('statement_timeout', %s, false)",
                [str(milliseconds)],
            )
            with connection.cursor() as cursor:
                # Prepared, so that it is one statement, and no COMMIT ends read only.
                cursor.execute(query.encode(), prepare=True)
                heads = [column.name for column in cursor.description or ()]
                rows = cursor.fetchmany(_MOST_ROWS + 1) if heads else []
    except psycopg.errors.QueryCanceled as error:
        seconds = longest.total_seconds()
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"查询超过{seconds:g}秒，数据库停下了它",
                    en=f"the query took over {seconds:g} seconds and was ended",
                ),
                path=str(path),
                hint=Text(
                    zh="分成几条查询，每条少取一些",
                    en="make several queries of it, each for less",
                ),
            )
        ) from error
    except (psycopg.Error, OSError, UnicodeDecodeError) as error:
        reason = str(error).strip().split("\n")[0]
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"查询没有成功：{reason}", en=f"the query failed: {reason}"
                ),
                path=str(path),
            )
        ) from error
    if len(rows) > _MOST_ROWS:
        raise _make_many_rows_error(path)
    return [heads, *([_write_cell(cell) for cell in row] for row in rows)]


def _read_csv(path: Path) -> list[list[str]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CaseError(
            Issue(text=Text(zh="读不出", en="cannot be read"), path=str(path))
        ) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            lines = csv.reader(io.StringIO(text, newline=""), strict=True)
            return [[cell.strip() for cell in row] for row in lines]
        except csv.Error as error:
            raise CaseError(
                Issue(
                    text=Text(zh="不是完好的CSV", en="is no sound CSV"), path=str(path)
                )
            ) from error
    raise CaseError(
        Issue(
            text=Text(
                zh="文字编码认不出", en="the encoding of its text is not recognised"
            ),
            path=str(path),
            hint=Text(zh="另存为UTF-8的CSV", en="save it as CSV in UTF-8"),
        )
    )


class _TableRowReader:
    def __init__(
        self,
        path: Path,
        line: int,
        row: Mapping[str, str],
        table: TableMap,
        catalogue: Catalogue,
        reading: TableReading,
    ) -> None:
        self._path, self._line, self._row = path, line, row
        self._table, self._catalogue, self._reading = table, catalogue, reading

    def add_fault(self, column: str, text: Text, hint: Text | None = None) -> None:
        message = Text(zh=f"{column}：{text.zh}", en=f"{column}: {text.en}")
        self._reading.faults.append(
            Issue(text=message, path=str(self._path), line=self._line, hint=hint)
        )

    def read(self) -> RegisterCase | None:
        """Read the row as a case; None where it has no name or no cell can be read."""
        table, row = self._table, self._row
        name, called = row.get(table.id, ""), row.get(table.name, "")
        for column, value in ((table.id, name), (table.name, called)):
            if not value:
                self.add_fault(
                    column, Text(zh="是空的，没有收", en="is empty; not taken")
                )
        if not name or not called:
            return None
        records: list[Record] = []
        gaps: list[Gap] = []
        for mapped_column in table.columns:
            item = self._read_cell(mapped_column)
            if isinstance(item, Record):
                records.append(item)
            elif item is not None:
                gaps.append(item)
        days = [beijing_day(record.observed_at) for record in records]
        days += [beijing_day(gap.at) for gap in gaps]
        if not days:
            self.add_fault(
                table.id,
                Text(
                    zh="没有一格读得出，没有收", en="no cell could be read; not taken"
                ),
            )
            return None
        declared_on = min(days)
        application = self._read_application(declared_on)
        if application is None:
            return None
        url = self._read_site()
        services = (Member(subject=SITE, name=url, kind="website", facts=(), url=url),)
        case = Case(
            path=Path(name),
            digest="0" * 64,
            catalogue=self._catalogue,
            name=called,
            credit_code=None,
            facts=(),
            application=application,
            services=services if url else (),
            people=(),
            holders=(),
            papers=(),
            looks=(),
            closed={},
            declared_on=declared_on,
            as_of=None,
            register=RegisterExtract(),
        )
        structure = [
            Record(
                fact=fact,
                subject=subject,
                value=value,
                source=Source(kind=SourceKind.FORM, name=table.source),
                observer=table.source,
                grade=Grade.DECLARED,
                digest=None,
                observed_at=find_day_start(declared_on),
                received_at=find_day_start(declared_on),
                valid_until=None,
            )
            for subject, fact, value in list_structure(case)
        ]
        members = {*case.list_subjects()}
        return RegisterCase(
            id=name,
            case=case,
            known=Known(
                records=tuple(
                    r for r in (*structure, *records) if r.subject in members
                ),
                gaps=tuple(gap for gap in gaps if gap.subject in members),
                attempts=(),
                past=Past(),
            ),
        )

    def _read_site(self) -> str:
        """The address of the site, or none; what is told of a site then, is told."""
        site = self._table.site
        address = "" if site is None else site.read(self._row)
        if _ADDRESS.fullmatch(address):
            return address if "://" in address else f"https://{address}"
        if site is not None and address:
            self.add_fault(
                site.column or "site",
                Text(
                    zh=f"“{address}”不是网址，没有收",
                    en=f"“{address}” is no web address; not taken",
                ),
            )
        for column in self._table.columns:
            if column.subject == SITE and self._row.get(column.column):
                self.add_fault(
                    column.column,
                    Text(
                        zh="这一行没有网站，这一格没有收",
                        en="the row has no site; the cell was not taken",
                    ),
                )
        return ""

    def _read_application(self, day: date) -> Application | None:
        """What it is about; `day` stands in for a day of handing in, where none is."""
        catalogue = self._catalogue
        words = {n: word.read(self._row) for n, word in self._table.application.items()}
        licence = (
            find_licence(catalogue, words["licence"]) if words["licence"] else None
        )
        region = next(
            (
                code
                for code, region in catalogue.regions.items()
                if words["region"] == code
                or (
                    len(words["region"]) > 1
                    and region.label.zh.startswith(words["region"])
                )
            ),
            None,
        )
        codes = {
            "licence": licence,
            "region": region,
            "scope": words["scope"] if words["scope"] in SCOPES else None,
            "stage": words["stage"] if words["stage"] in STAGES else None,
        }
        for name, value in codes.items():
            if value is None:
                column = self._table.application[name].column or name
                self.add_fault(
                    column,
                    Text(
                        zh=f"“{words[name]}”认不出，没有收",
                        en=f"“{words[name]}” is not known; not taken",
                    ),
                )
        licence, region, scope, stage = (
            codes[name] for name in ("licence", "region", "scope", "stage")
        )
        if licence is None or region is None or scope is None or stage is None:
            return None
        submit_on = day
        if words.get(SUBMIT_ON):
            try:
                submit_on = parse_date(words[SUBMIT_ON])
            except NotAValueError as error:
                self.add_fault(SUBMIT_ON, error.text, error.hint)
                return None
        return Application(
            licence=licence,
            scope=scope,
            region=region,
            stage=stage,
            submit_on=submit_on,
        )

    def _read_cell(self, mapped: MappedColumn) -> Record | Gap | None:
        cell_text = self._row.get(mapped.column, "")
        try:
            on = parse_date(mapped.on.read(self._row))
        except NotAValueError as error:
            if cell_text:
                self.add_fault(
                    mapped.on.column or mapped.column, error.text, error.hint
                )
            return None
        declared = mapped.grade is Grade.DECLARED
        source = Source(
            kind=SourceKind.FORM if declared else SourceKind.LOOK,
            name=self._table.source,
            place=mapped.column,
        )
        if not cell_text and not mapped.closed:
            self._reading.empty += 1
            return Gap(
                fact=mapped.fact.id,
                subject=mapped.subject,
                source=source,
                reason=GapReason.NO_RECORD,
                detail=_EMPTY,
                at=find_day_start(on),
            )
        value: Value = False  # where the list is closed, what is not marked is not so
        if cell_text:
            try:
                parsed = parse_value(mapped.fact, cell_text + mapped.unit)
            except NotAValueError as error:
                self.add_fault(mapped.column, error.text, error.hint)
                return None
            if parsed.value is None:
                return None
            value = parsed.value
        return Record(
            fact=mapped.fact.id,
            subject=mapped.subject,
            value=value,
            source=source,
            observer=self._table.source,
            grade=mapped.grade,
            digest=None,
            observed_at=find_day_start(on),
            received_at=find_day_start(on),
            valid_until=find_last_valid_day(on, mapped.fact.validity.days),
        )
