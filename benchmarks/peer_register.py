"""The rules of a register for databases: the product's own SQLite text, made wider.

That text judges one case. Here each table has a column `case`, and parameters and
givens are columns of a table `known`, so that one query judges every case. SQLite takes
the text as it is; for DuckDB the three spots are rewritten that only SQLite reads, for
Spark also the quotes, and that a truth is no number there.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from changqing.law.lookup import APPLIES, list_vocabulary
from changqing.rules.sqlite import SqliteProgram, compile_sqlite
from changqing.screening.columns import KnownFrames
from changqing.screening.judging import RegisterJudge

Truths = Mapping[str, pl.DataFrame]
"""By type of subject `case`, `id`, `stance` and a truth for each rule."""

_KEYS: Final = ("case", "id", "stance")
_KEY_TYPES: Final = {"case": pl.Int64, "id": pl.String, "stance": pl.String}
_NAME: Final = re.compile(r"(?<=[ (]):([a-z]\w*)")
_ALL_IN: Final = re.compile(
    r"NOT EXISTS \(WITH RECURSIVE cut\(item, rest\) AS \(SELECT '', substr\((.+?), 2\)"
    r" UNION ALL .+? AND instr\((.+?), '\|' \|\| item\) = 0\)"
)
_EARLY: Final = re.compile(
    r"- \((CAST\(substr\([^']+? > [^']+?date\([^']+?'\+1 day'\), 9, 2\) = '01')\)"
)
_MACROS: Final = """
CREATE MACRO julianday(day) AS date_diff('day', DATE '1970-01-01', CAST(day AS DATE));
CREATE MACRO day_after(day, shift) AS
  strftime(CAST(day AS DATE) + INTERVAL 1 DAY, '%Y-%m-%d');
"""


def compile_register(judge: RegisterJudge) -> SqliteProgram:
    """Compile the rules that a register is judged by as SQLite text."""
    rules = {name: criterion.test for name, criterion in judge.criteria.items()}
    rules |= {
        APPLIES + name: criterion.applies for name, criterion in judge.criteria.items()
    }
    return compile_sqlite(rules, vocabulary=list_vocabulary(judge.catalogue))


def widen(query: str) -> str:
    """Make a query that judges one case judge each of many."""
    known = 'JOIN "known" ON "known"."case" = {0}."case"'
    query = re.sub(r'FROM ("\w+") AS q\b', rf"FROM \1 AS q {known.format('q')}", query)
    query = query.replace('SELECT "stance"', 'SELECT q."case", q."stance"')
    query = query.replace('GROUP BY "stance"', 'GROUP BY q."case", q."stance"')
    query = query.replace('  m."id",', '  m."case", m."id",', 1)
    query = re.sub(r'FROM ("\w+") AS m\b', rf"FROM \1 AS m {known.format('m')}", query)
    query = query.replace(
        'closed."stance" = m."stance"',
        'closed."stance" = m."stance" AND closed."case" = m."case"',
    )
    query = re.sub(
        r'LEFT JOIN ("\w+") ON \1."stance" = m."stance"',
        r'LEFT JOIN \1 ON \1."stance" = m."stance" AND \1."case" = m."case"',
        query,
    )
    return _NAME.sub(r'"known__\1"', query)


def write_for_duckdb(query: str) -> str:
    """Rewrite what DuckDB reads otherwise than SQLite."""
    query = _ALL_IN.sub(
        r"list_has_all(string_split(\2, '|'), string_split(\1, '|'))", query
    )
    query = _EARLY.sub(r"- CAST((\1) AS INTEGER)", query)
    return query.replace("substr(date(", "substr(day_after(")


_SPARK_FUNCTIONS: Final = (
    "julianday(day STRING) RETURNS INT RETURN unix_date(CAST(day AS DATE))",
    "day_after(day STRING, shift STRING) RETURNS STRING"
    " RETURN CAST(date_add(CAST(day AS DATE), 1) AS STRING)",
    "string_split(words STRING, mark STRING) RETURNS ARRAY<STRING>"
    " RETURN split(words, '[|]')",
    "list_has_all(whole ARRAY<STRING>, part ARRAY<STRING>) RETURNS BOOLEAN"
    " RETURN size(array_except(part, whole)) = 0",
)


def write_for_spark(query: str) -> str:
    """Rewrite what Spark reads otherwise than DuckDB: quotes, and truths as numbers."""
    query = write_for_duckdb(query).replace('"', "`").replace("SUM(", "count_if(")
    return query.replace("THEN 1 ", "THEN TRUE ").replace("THEN 0 ", "THEN FALSE ")


def make_tables(frames: KnownFrames) -> Mapping[str, pl.DataFrame]:
    """Make the tables that the queries read: days as text, as SQLite has them."""
    lists = frames.lists.rename(lambda name: name.removeprefix("closed__"))
    tables = {**frames.members, "stances": lists, "known": frames.values}
    return {
        name: table.with_columns(pl.col(pl.Date).dt.to_string("iso"))
        for name, table in tables.items()
    }


class SqliteRegister:
    """The tables of a register in SQLite, in memory."""

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        self._connection = sqlite3.connect(":memory:")
        for name, table in tables.items():
            columns = ", ".join(f'"{column}"' for column in table.columns)
            places = ", ".join("?" * table.width)
            self._connection.execute(f'CREATE TABLE "{name}" ({columns})')
            whole = table.with_columns(pl.col(pl.Boolean).cast(pl.Int64))
            self._connection.executemany(
                f'INSERT INTO "{name}" VALUES ({places})',  # noqa: S608 - our names
                whole.iter_rows(),
            )
            if "stance" in table.columns:
                self._connection.execute(
                    f'CREATE INDEX "by {name}" ON "{name}" ("case", "stance")'
                )
            else:
                self._connection.execute(
                    f'CREATE INDEX "by {name}" ON "{name}" ("case")'
                )

    def judge(self, queries: Mapping[str, str]) -> Truths:
        """Ask each query, by type of subject."""
        truths = {}
        for subject, query in queries.items():
            rows = self._connection.execute(query)
            schema = {
                **_KEY_TYPES,
                **{name: pl.Int64 for (name, *_) in rows.description[3:]},
            }
            truths[subject] = pl.DataFrame(rows.fetchall(), schema=schema, orient="row")
        return truths


class DuckdbRegister:
    """The tables of a register in DuckDB, in memory, on one thread."""

    def __init__(self, tables: Mapping[str, pl.DataFrame], folder: Path) -> None:
        self._connection = duckdb.connect(":memory:", config={"threads": 1})
        self._connection.execute(_MACROS)
        self._out = folder / "duckdb"
        self._out.mkdir(exist_ok=True)
        for name, table in tables.items():
            file = folder / f"{name}.parquet"
            table.write_parquet(file)
            self._connection.execute(
                f'CREATE TABLE "{name}" AS FROM read_parquet(?)', [str(file)]
            )

    def judge(self, queries: Mapping[str, str]) -> Truths:
        """Ask each query, by type of subject; an answer goes through a Parquet file."""
        truths = {}
        for subject, query in queries.items():
            file = self._out / f"{subject}.parquet"
            self._connection.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")
            truths[subject] = pl.read_parquet(file)
        return truths


class SparkRegister:
    """The tables of a register in Spark, kept in memory, on one thread.

    Each is judged twice, the first time to compile; `seconds` is what the second took
    of the processor, in Java.
    """

    def __init__(self, tables: Mapping[str, pl.DataFrame], folder: Path) -> None:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[1]").config(
            "spark.ui.enabled", "false"
        )
        # A bucket is small: by default Spark would cut it into 200 pieces.
        builder = builder.config("spark.sql.shuffle.partitions", "1")
        self._spark = builder.getOrCreate()
        self._out = folder / "spark"
        for function in _SPARK_FUNCTIONS:
            self._spark.sql(f"CREATE OR REPLACE TEMPORARY FUNCTION {function}")
        for name, table in tables.items():
            file = folder / f"spark-{name}.parquet"
            table.write_parquet(file)
            frame = self._spark.read.parquet(str(file)).cache()
            frame.count()
            frame.createOrReplaceTempView(name)
        self.seconds = 0.0

    def judge(self, queries: Mapping[str, str]) -> Truths:
        """Ask each query, by type of subject; an answer goes through a Parquet file."""
        for _ in range(2):
            began = self._read_processor()
            for subject, query in queries.items():
                frame = self._spark.sql(query)
                frame.write.mode("overwrite").parquet(str(self._out / subject))
            self.seconds = self._read_processor() - began
        return {
            subject: pl.read_parquet(self._out / subject / "*.parquet")
            for subject in queries
        }

    def _read_processor(self) -> float:
        """Read the processor seconds that Java has taken (`man proc_pid_stat`)."""
        pid = self._spark._jvm.java.lang.ProcessHandle.current().pid()
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks = int(after_name[11]) + int(after_name[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def count_differing(truths: Truths, answers: Truths) -> tuple[int, int]:
    """Count the truths that were compared, and those that differ."""
    compared = differ = 0
    for subject, answer in answers.items():
        ours = truths[subject].sort(_KEYS)
        theirs = answer.select(ours.columns).sort(_KEYS)
        rules = [name for name in ours.columns if name not in _KEYS]
        if not ours.select(_KEYS).equals(theirs.select(_KEYS)):
            raise ValueError(subject)  # not the same rows
        compared += ours.height * len(rules)
        differ += sum(
            int(ours[rule].ne_missing(theirs[rule].cast(pl.Boolean)).sum())
            for rule in rules
        )
    return compared, differ
