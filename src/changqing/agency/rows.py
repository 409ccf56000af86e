"""One case as a line of the board: where it stands, the next day, who must act.

`BoardRow` says of each column all that a list needs to know; a new column is a new
field of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import TypeAdapter

from changqing.agency.columns import (
    BoardColumn,
    ColumnFilter,
    ColumnSort,
    collect_columns,
)
from changqing.agency.next_step import (
    DayKind,
    Party,
)
from changqing.casework.events import GRANTED, CaseStage, name_stage
from changqing.jsondata import Json, JsonObject
from changqing.judge.model import Compliance, LongTermState, Readiness
from changqing.law.kinds.procedure import Actor
from changqing.law.model import Catalogue
from changqing.report.words import HandingInState, name_state
from changqing.text import Text, WordedEnum

if TYPE_CHECKING:
    pass


class When(WordedEnum):
    """How near a day is: the headings of the board."""

    OVERDUE = "overdue", Text("已逾期", "overdue")
    SLIPPED = "slipped", Text("自定计划已过", "own plan passed")
    TODAY = "today", Text("今天", "today")
    WEEK = "week", Text("7日内", "within 7 days")
    MONTH = "month", Text("30日内", "within 30 days")
    LATER = "later", Text("更晚", "later")
    UNDATED = "undated", Text("没有期限", "no date")
    ENDED = "ended", Text("已终止", "ended")
    UNREADABLE = (
        "unreadable",
        Text("读不出，要先修好", "cannot be read: correct it first"),
    )


def _name_licences(catalogue: Catalogue) -> Mapping[str, Text]:
    return {
        code: Text(zh=f"{code}{licence.label.zh}", en=f"{code} {licence.label.en}")
        for code, licence in catalogue.licences.items()
    }


def _name_regions(catalogue: Catalogue) -> Mapping[str, Text]:
    return {code: region.label for code, region in catalogue.regions.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A case on the board: a field is a column, and says what lists make of it.

    What is unknown is None or empty. `broken` says why a case cannot be read; the rest
    is empty then. From `readiness` to `assessed_on` it is what the last assessment
    found, all None when there was none. `report_due` is the last day for the next
    annual report of a licensee. Of `open_findings` are criteria not settled, None where
    the assessment was made by an edition that did not tell. `delete_personal_on` is the
    day on which its `personal` papers about persons go. Of `unread_papers` no reading
    is kept; None where nobody counted them, or the log cannot be read.
    """

    folder: Annotated[
        str, BoardColumn(Text("项目编号", "folder"), searched=True, length=120)
    ]
    name: Annotated[
        str,
        BoardColumn(
            Text("企业", "company"),
            listed=10,
            searched=True,
            sort=ColumnSort(),
            length=200,
        ),
    ] = ""
    credit_code: Annotated[
        str | None,
        BoardColumn(Text("统一社会信用代码", "credit code"), searched=True, length=18),
    ] = None
    licence: Annotated[
        str,
        BoardColumn(
            Text("业务", "licence"),
            listed=20,
            least=720,
            filter=ColumnFilter(
                place=30,
                help=Text("只看这种许可证的。", "For this licence."),
                labels=_name_licences,
            ),
            length=10,
        ),
    ] = ""
    scope: Annotated[
        str, BoardColumn(Text("业务覆盖范围", "scope"), exported=False)
    ] = ""
    region: Annotated[
        str | None,
        BoardColumn(
            Text("注册地", "region"),
            listed=30,
            least=1200,
            labels=_name_regions,
            filter=ColumnFilter(
                place=40, help=Text("只看这个省份的。", "Of this province.")
            ),
            length=2,
        ),
    ] = None
    stage: Annotated[
        CaseStage | None,
        BoardColumn(
            Text("阶段", "stage"),
            listed=40,
            sort=ColumnSort(),
            filter=ColumnFilter(
                place=10,
                help=Text(
                    "只看这个阶段的，如补正。", "In this stage, such as correction."
                ),
            ),
        ),
    ] = None
    owner: Annotated[
        str | None,
        BoardColumn(
            Text("经办", "owner"),
            listed=110,
            sort=ColumnSort(),
            filter=ColumnFilter(
                place=50,
                help=Text(
                    "只看这个人的；写-看没有人管的。", "Of this person; - for nobody’s."
                ),
            ),
            length=80,
        ),
    ] = None
    next_day: Annotated[
        date | None,
        BoardColumn(
            Text("下一期限", "next date"),
            key="next.day",
            listed=90,
            sort=ColumnSort(option="day", query="next"),
        ),
    ] = None
    provisional: Annotated[
        bool,
        BoardColumn(
            Text("暂按", "provisional"),
            key="next.provisional",
            exported=False,
            api=False,
        ),
    ] = False
    day_kind: Annotated[
        DayKind | None,
        BoardColumn(
            Text("期限性质", "kind of day"),
            key="next.kind",
            filter=ColumnFilter(
                place=17,
                help=Text(
                    "只看这种期限的：法定期限、预计日期、自定计划。",
                    "With a day of this kind: set by law, expected or own plan.",
                ),
            ),
        ),
    ] = None
    next_what: Annotated[
        Text | None,
        BoardColumn(
            Text("下一件事", "next thing"),
            key="next.what",
            exported=False,
            api=False,
            searched=True,
        ),
    ] = None
    next_actor: Annotated[
        Actor | None,
        BoardColumn(
            Text("由谁进行", "taken by"), key="next.actor", exported=False, api=False
        ),
    ] = None
    must_act: Annotated[
        Party | None,
        BoardColumn(
            Text("该谁办", "who acts"),
            listed=85,
            least=1000,
            printed=True,
            filter=ColumnFilter(
                place=15,
                help=Text(
                    "只看该这一方办的：我方、客户、主管机关。",
                    "Where this party must act: we, client or authority.",
                ),
            ),
        ),
    ] = None
    readiness: Annotated[
        Readiness | None,
        BoardColumn(
            Text("申报条件", "readiness"),
            exported=False,
            filter=ColumnFilter(
                place=20,
                help=Text(
                    "只看申报条件是这样的，如ready。",
                    "With the conditions like this, such as ready.",
                ),
            ),
            length=12,
        ),
    ] = None
    compliance: Annotated[
        Compliance | None,
        BoardColumn(Text("持证后义务", "duties"), exported=False, length=12),
    ] = None
    handing_in: Annotated[
        HandingInState | None,
        BoardColumn(Text("能否递交", "handing in"), exported=False, length=12),
    ] = None
    cautions: Annotated[
        tuple[Text, ...], BoardColumn(Text("提醒", "cautions"), api=False)
    ] = ()
    long_term: Annotated[
        LongTermState | None,
        BoardColumn(Text("长期服务能力", "long term"), exported=False, length=12),
    ] = None
    blocking: Annotated[
        int | None,
        BoardColumn(
            Text("阻断", "blocking"),
            listed=60,
            judged=True,
            sort=ColumnSort(descending=True),
        ),
    ] = None
    claimed: Annotated[
        int | None,
        BoardColumn(Text("自述", "claimed"), listed=70, least=1000, judged=True),
    ] = None
    proven: Annotated[
        int | None,
        BoardColumn(Text("证实", "proven"), listed=80, least=1000, judged=True),
    ] = None
    proven_until: Annotated[
        date | None,
        BoardColumn(
            Text("有证据的最早到期日", "proven until"),
            short=Text("最早到期", "proven until"),
            listed=100,
            least=720,
            sort=ColumnSort(query="proven"),
        ),
    ] = None
    carried_by: Annotated[
        Text | None, BoardColumn(Text("取决于", "carried by"), api=False)
    ] = None
    assessed_on: Annotated[
        date | None,
        BoardColumn(
            Text("最近评估", "assessed as of"),
            sort=ColumnSort(query="assessed", descending=True),
        ),
    ] = None
    lines: Annotated[
        int,
        BoardColumn(
            Text("补正条目", "correction lines"),
            key="correction_lines",
            exported=False,
            api=False,
        ),
    ] = 0
    open_lines: Annotated[
        int,
        BoardColumn(
            Text("未办结补正条目", "open correction lines"),
            key="open_correction_lines",
        ),
    ] = 0
    report_due: Annotated[
        date | None,
        BoardColumn(Text("年报期限", "report due"), exported=False, api=False),
    ] = None
    delete_personal_on: Annotated[
        date | None,
        BoardColumn(Text("个人材料删除日", "personal papers go on"), exported=False),
    ] = None
    personal: Annotated[
        int, BoardColumn(Text("个人材料", "papers about persons"), exported=False)
    ] = 0
    unread_papers: Annotated[
        int | None,
        BoardColumn(Text("待读取材料", "papers to read"), exported=False, api=False),
    ] = None
    open_findings: Annotated[
        int | None,
        BoardColumn(Text("没有解决的结论", "open findings"), exported=False, api=False),
    ] = None
    ended: Annotated[bool, BoardColumn(Text("已终止", "ended"), exported=False)] = False
    granted: Annotated[
        bool,
        BoardColumn(GRANTED, exported=False, api=False),
    ] = False
    archived: Annotated[
        bool, BoardColumn(Text("已归档", "archived"), exported=False)
    ] = False
    broken: Annotated[
        Text | None,
        BoardColumn(Text("读不出的原因", "why unreadable"), exported=False, api=False),
    ] = None

    @property
    def stage_name(self) -> Text | None:
        """Name the stage as the page of the case does; None where it is not known."""
        if self.stage is None:
            return None
        return name_stage(self.stage, granted=self.granted)

    def when(self, today: date) -> When:
        """Tell under which heading of the board it stands on a day."""
        return (
            When.UNREADABLE if self.broken is not None else self.compute_nearness(today)
        )

    def compute_nearness(self, today: date) -> When:
        """Compute how near its next day is, whether the case can be read or not."""
        if self.ended:
            return When.ENDED
        days_left = self.days_left(today)
        if days_left is None:
            return When.UNDATED
        if days_left < 0:
            own = self.day_kind is DayKind.OWN
            return When.SLIPPED if own else When.OVERDUE
        return next((when for when, most in _NEAR if days_left <= most), When.LATER)

    def days_left(self, today: date) -> int | None:
        """Count the days until the next day; negative when it has passed."""
        return None if self.next_day is None else (self.next_day - today).days

    def what(self, _: date) -> Text | None:
        """Say what comes next, or why that cannot be told."""
        return self.broken or self.next_what

    def state(self, _: date) -> Text | None:
        """Tell whether it can be handed in or, with a licence, the duties are done.

        A company whose last assessment took it for an applicant after it got its
        licence is told to hold one: that assessment says nothing of it.
        """
        state_text = name_state(self.readiness, self.compliance, self.handing_in)
        if state_text is None and self.assessed_on and self.stage in _HOLDING:
            return _JUDGED_AS_APPLICANT
        return state_text


_HOLDING: Final = frozenset(CaseStage) - {
    CaseStage.PREPARE,
    CaseStage.SUBMITTED,
    CaseStage.CORRECTION,
    CaseStage.EXAMINATION,
}
_JUDGED_AS_APPLICANT: Final = Text(
    zh="持证，还没有按持证评估", en="licensed, not assessed as a licensee yet"
)
_NEAR: Final = ((When.TODAY, 0), (When.WEEK, 7), (When.MONTH, 30))
_RECKONED: Final = {
    "when": BoardColumn(Text("远近", "when"), after="stage", exported=False),
    "days_left": BoardColumn(
        Text("剩余天数", "days left"), key="next.days_left", after="next_day"
    ),
    "what": BoardColumn(Text("要办的事", "what"), key=None, after="next_day"),
    "state": BoardColumn(
        Text("申报条件或义务", "readiness or duties"),
        key=None,
        listed=50,
        judged=True,
        after="next_actor",
    ),
}
COLUMNS: Final = collect_columns(BoardRow, _RECKONED)
"""All columns in the order of a workbook."""
FIELDS: Final = tuple(column for column in COLUMNS if column.is_stored)
FILTERS: Final = tuple(
    sorted(
        (column for column in COLUMNS if column.filter is not None),
        key=lambda column: column.filter.place if column.filter else 0,
    )
)
SORTS: Final = tuple(column for column in COLUMNS if column.sort is not None)
LISTED: Final = tuple(
    sorted(
        (column for column in COLUMNS if column.listed is not None),
        key=lambda column: column.listed or 0,
    )
)
_CODEC: Final = TypeAdapter(BoardRow)


def dump_row(row: BoardRow) -> dict[str, Json]:
    """Write a row as plain JSON, field by field."""
    data: dict[str, Json] = _CODEC.dump_python(row, mode="json")
    return data


def load_row(fields: JsonObject) -> BoardRow:
    """Make the row that `dump_row` wrote; ValueError if it is none."""
    return _CODEC.validate_python(fields)


def pack(row: BoardRow) -> str:
    """Write a row as one line of JSON, for the index."""
    return _CODEC.dump_json(row, exclude_defaults=True).decode()


def unpack(packed: str) -> BoardRow:
    """Make the row that `pack` wrote; ValueError if it is none."""
    return _CODEC.validate_json(packed)
