"""What a field of a row says of itself is enough for every list."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from changqing.agency.choose import Wanted, choose_rows
from changqing.agency.columns import BoardColumn, Content, collect_columns
from changqing.agency.next_step import DayKind
from changqing.agency.rows import COLUMNS, FIELDS, SORTS, BoardRow, pack, unpack
from changqing.agency.tabulate import make_row_data, tabulate_rows
from changqing.casework.events import CaseStage
from changqing.judge.model import Readiness
from changqing.law.kinds.procedure import Actor
from changqing.text import Language, Text
from tests.shipped import CATALOGUE

TODAY = date(2026, 11, 24)
FULL = BoardRow(
    folder="a",
    name="甲公司",
    licence="B25",
    region="33",
    stage=CaseStage.CORRECTION,
    owner="陆",
    next_day=date(2026, 12, 1),
    day_kind=DayKind.STATUTORY,
    next_what=Text("交回补正材料", "hand in the correction"),
    next_actor=Actor.APPLICANT,
    readiness=Readiness.OPEN,
    cautions=(Text("提醒一", "caution 1"), Text("提醒二", "caution 2")),
    blocking=0,
    proven_until=date(2027, 1, 1),
    open_lines=2,
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A row of three columns."""

    day: Annotated[date | None, BoardColumn(Text("日", "day"))] = None
    count: Annotated[int, BoardColumn(Text("数", "count"))] = 0
    step: Annotated[CaseStage | None, BoardColumn(Text("步", "step"))] = None


def test_a_row_is_read_back_as_it_was_kept() -> None:
    for row in (FULL, BoardRow(folder="b", broken=Text("坏了", "broken"))):
        assert unpack(pack(row)) == row


def test_a_column_follows_from_its_field() -> None:
    left = BoardColumn(Text("余", "left"), after="day")
    columns = collect_columns(Sample, {"left": left})
    assert [column.name for column in columns] == ["day", "left", "count", "step"]
    day, _, count, step = columns
    assert (day.content, day.optional) == (Content.DAY, True)
    assert (count.content, count.optional) == (Content.NUMBER, False)
    assert (step.content, step.values) == (Content.WORD, CaseStage)


def test_a_table_says_every_cell_in_words() -> None:
    for language, cells in (
        (Language.ZH, ("浙江省", "补正", "尚待证实", 7, 0)),
        (Language.EN, ("Zhejiang", "correction", "Not yet proven", 7, 0)),
    ):
        heads, [row] = tabulate_rows([FULL], TODAY, language, CATALOGUE)
        found = dict(zip(heads, row, strict=True))
        assert len(heads) == sum(column.exported for column in COLUMNS)
        names = ("region", "stage", "state", "days_left", "blocking")
        assert [found[_label(name, language)] for name in names] == list(cells)
        assert found[_label("credit_code", language)] is None


def _label(name: str, language: Language) -> str:
    return next(c.label for c in COLUMNS if c.name == name).say(language)


def test_the_json_has_every_field_and_null_for_what_is_unknown() -> None:
    data = make_row_data(FULL, TODAY)
    assert json.loads(json.dumps(data, default=str))["next"] == {
        "day": "2026-12-01",
        "days_left": 7,
        "provisional": False,
        "kind": "statutory",
        "what": {"zh": "交回补正材料", "en": "hand in the correction"},
        "actor": "applicant",
    }
    empty = make_row_data(BoardRow(folder="b"), TODAY)
    assert empty.keys() == data.keys()
    assert (empty["licence"], empty["next"], empty["blocking"]) == (None, None, None)
    kept = {column.key or column.name for column in FIELDS}
    assert {key for key in kept if not key.startswith("next.")} <= data.keys()


def test_whatever_is_sorted_by_rows_without_it_come_last() -> None:
    bare = BoardRow(folder="0")
    for column in SORTS:
        assert column.sort is not None
        rows = choose_rows((bare, FULL), Wanted(), column.sort.option)
        assert [row.folder for row in rows][-1] == "0", column.name
