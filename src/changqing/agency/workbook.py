"""Clients in from a workbook and out to one: each row checked, each fault with place.

Cells are only ever read and written as values: no formula is run, and what begins like
one is written as the text it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from changqing.agency.desk import Deed, DeskJournal, Note
from changqing.agency.rows import COLUMNS as BOARD_COLUMNS
from changqing.agency.rows import BoardRow
from changqing.agency.tabulate import tabulate_rows
from changqing.case.edit import write_new_case
from changqing.case.fitting import check_submit_on
from changqing.case.values import NotAValueError, find_codes, parse_date
from changqing.casework.events import CaseStage
from changqing.errors import CaseError, Issue
from changqing.evidence.ledger.memory import Memory
from changqing.law.lookup import STAGES, find_licence, is_after_licence
from changqing.law.model import Catalogue
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS
from changqing.report.workbook import write_workbook
from changqing.sheet import SheetLimits, read_sheet_apart
from changqing.text import Language, Text
from changqing.yamlfile.edit import quote

_COLUMNS: Final[Mapping[str, Text]] = {
    "name": Text("公司名称", "company"),
    "credit_code": Text("统一社会信用代码", "credit code"),
    "licence": Text("许可证", "licence"),
    "scope": Text("业务覆盖范围", "scope"),
    "region": Text("省份", "province"),
    "stage": Text("阶段", "stage"),
    "submit_on": Text("计划递交日", "hand in on"),
    "url": Text("网址", "website"),
    "owner": Text("负责人", "owner"),
}
_NAMED_ON_BOARD: Final[Mapping[str, tuple[str, str]]] = {
    column.name: (column.label.zh, column.label.en)
    for column in BOARD_COLUMNS
    if column.name in _COLUMNS
}
"""What the list of cases and its export call the same columns."""
_UNDER_WAY: Final = (
    CaseStage.SUBMITTED,
    CaseStage.CORRECTION,
    CaseStage.EXAMINATION,
)
_STEPS: Final[Mapping[CaseStage, str]] = {
    **dict.fromkeys(_UNDER_WAY, "apply"),
    CaseStage.LICENSED: "operate",
    CaseStage.AMENDMENT: "amend",
    CaseStage.RENEWAL: "renew",
    CaseStage.STOPPED: "stop",
}
"""The step that is applied for, by where the board says that a case stands, where the
two are not called alike."""
_NEEDED: Final = ("name", "credit_code", "licence", "region", "submit_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRow:
    """One row of the workbook, as a case folder will have it."""

    row: int
    folder: str
    name: str
    credit_code: str
    licence: str
    scope: str
    region: str
    stage: str
    submit_on: date
    url: str = ""
    owner: str = ""
    there: bool = False  # a folder of this name exists, and stays as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault:
    """What is wrong with one cell, or to be minded of it."""

    sheet: str
    row: int
    column: str
    text: Text
    hint: Text

    def say(self, language: Language) -> str:
        """Say sheet, cell, what is wrong and what to do."""
        joint = "，" if language is Language.ZH else "; "
        cell = f"{self.sheet}!{self.column}{self.row}"
        return f"{cell} {self.text.say(language)}{joint}{self.hint.say(language)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a workbook would make of a folder; nothing is written yet.

    `notes` say what is to be recorded once the cases are there.
    """

    clients: tuple[ClientRow, ...]
    faults: tuple[CellFault, ...]
    notes: tuple[CellFault, ...] = ()


def make_template(language: Language) -> bytes:
    """Make an empty workbook with the columns that `read_clients` reads."""
    heads = [text.say(language) for text in _COLUMNS.values()]
    return write_workbook(_CLIENTS.say(language), heads, ())


def save_workbook(content: bytes, path: Path) -> None:
    """Write a workbook. CaseError where the place cannot be written to."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CaseError(Issue(text=_UNWRITABLE, path=str(path))) from error


def read_clients(
    path: Path, catalogue: Catalogue, into: Path, *, today: date
) -> Preview:
    """Read the first sheet. CaseError when it is no workbook or has not the columns.

    A day of handing in before `today` is a fault, but for those who run already.
    """
    sheet, rows = read_sheet_apart(path, _LIMITS)
    if not rows:
        raise CaseError(Issue(text=_NO_HEADS, path=str(path), hint=_TEMPLATE))
    columns = _find_heads(rows[0], path)
    clients: list[ClientRow] = []
    faults: list[CellFault] = []
    notes: list[CellFault] = []
    rows_by_code: dict[str, int] = {}
    for number, cells in enumerate(rows[1:], start=2):
        values = {
            name: cells[place] if place < len(cells) else None
            for name, place in columns.items()
        }
        if all(value in (None, "") for value in values.values()):
            continue
        reader = _RowReader(catalogue, sheet, number, columns, values, today)
        client = reader.read_client(into)
        if client is not None and client.credit_code in rows_by_code:
            first = rows_by_code[client.credit_code]
            reader.add_fault(
                "credit_code",
                Text(f"和第{first}行是同一家", f"is the company of row {first}"),
                Text("只留一行", "keep one of the rows"),
            )
            client = None
        faults += reader.faults
        if client is not None:
            rows_by_code[client.credit_code] = number
            clients.append(client)
            notes += reader.notes
    return Preview(clients=tuple(clients), faults=tuple(faults), notes=tuple(notes))


def make_clients(
    clients: Iterable[ClientRow], into: Path, *, by: str, now: datetime, memory: Memory
) -> int:
    """Make a case folder of each client that has none; returns how many were made.

    `memory` forgets what was seen in a folder of that name before: that case is gone.
    """
    count = 0
    for client in clients:
        folder = into / client.folder
        if client.there:
            continue
        try:
            write_new_case(folder, _write_case_text(client, now.date()))
        except FileExistsError:
            continue
        except OSError as error:
            raise CaseError(Issue(text=_UNWRITABLE, path=str(folder))) from error
        memory.forget(folder)
        if client.owner:
            with DeskJournal(folder) as desk:
                desk.append(Note(deed=Deed.ASSIGN, by=by, to=client.owner), now=now)
        count += 1
    return count


def export_rows(
    rows: Iterable[BoardRow], today: date, language: Language, catalogue: Catalogue
) -> bytes:
    """Write the board as a workbook, one row a case."""
    heads, cells = tabulate_rows(rows, today, language, catalogue)
    return write_workbook(_CASES.say(language), heads, cells, fixed=2)


class _RowReader:
    def __init__(
        self,
        catalogue: Catalogue,
        sheet: str,
        row: int,
        columns: Mapping[str, int],
        values: Mapping[str, float | str | date | None],
        today: date,
    ) -> None:
        self.faults: list[CellFault] = []
        self.notes: list[CellFault] = []
        self._catalogue = catalogue
        self._sheet = sheet
        self._row = row
        self._columns = columns
        self._given = values
        self._today = today

    def add_fault(self, column: str, text: Text, hint: Text) -> None:
        self.faults.append(self._make_fault(column, text, hint))

    def _make_fault(self, column: str, text: Text, hint: Text) -> CellFault:
        from openpyxl.utils import get_column_letter

        place = get_column_letter(self._columns.get(column, 0) + 1)
        return CellFault(
            sheet=self._sheet, row=self._row, column=place, text=text, hint=hint
        )

    def read_client(self, into: Path) -> ClientRow | None:
        for name in _NEEDED:
            if not self._read_word(name):
                label = _COLUMNS[name]
                self.add_fault(
                    name,
                    Text(f"缺{label.zh}", f"{label.en} is missing"),
                    Text("填上这一格", "fill in this cell"),
                )
        code = self._read_credit_code()
        licence, region = self._read_licence(), self._read_region()
        scope = self._read_known_word("scope", SCOPE_WORDS, "intra_province")
        stage = self._read_stage()
        submit_on, url = self._read_day(stage), self._read_url()
        if self.faults:
            return None
        assert submit_on is not None  # noqa: S101 - else there is a fault
        return ClientRow(
            row=self._row,
            folder=code.lower(),
            name=self._read_word("name"),
            credit_code=code,
            licence=licence,
            scope=scope,
            region=region,
            stage=stage,
            submit_on=submit_on,
            url=url,
            owner=self._read_word("owner"),
            there=(into / code.lower()).exists(),
        )

    def _read_word(self, name: str) -> str:
        value = self._given.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else " ".join(str(value).split())

    def _read_credit_code(self) -> str:
        typed = self._read_word("credit_code")
        if not typed:
            return ""
        try:
            return str(uscc.validate(typed))
        except ValidationError:
            self.add_fault(
                "credit_code",
                Text(f"“{typed}”校验不通过", f"“{typed}” does not check"),
                Text(
                    "对照营业执照改正18位代码", "copy all 18 from the business licence"
                ),
            )
            return ""

    def _read_licence(self) -> str:
        typed = self._read_word("licence")
        code = find_licence(self._catalogue, typed) or typed.upper()
        if typed and code not in self._catalogue.licences:
            codes = "、".join(self._catalogue.licences)
            self.add_fault(
                "licence",
                Text(f"没有“{typed}”这种许可证", f"there is no licence “{typed}”"),
                Text(
                    f"可以写：{codes}，或者它的名称",
                    f"write one of {codes.replace('、', ', ')}, or its name",
                ),
            )
        return code

    def _read_region(self) -> str:
        typed = self._read_word("region")
        regions = self._catalogue.regions.items()
        codes = find_codes(typed, {code: region.label for code, region in regions})
        if len(codes) == 1:
            return codes[0]
        if typed:
            self.add_fault(
                "region",
                Text(f"没有“{typed}”这个省份", f"there is no province “{typed}”"),
                Text("写名称或两位代码，如四川、51", "write a name or two digits: 51"),
            )
        return ""

    def _read_stage(self) -> str:
        """The step that is applied for; the words of the board are taken too.

        What was handed in, corrected or examined is recorded with its days, which a
        workbook has not.
        """
        typed = self._read_word("stage")
        case_stage = next(
            (s for s in CaseStage if typed in (s.text.zh, s.text.en)), None
        )
        if case_stage is None:
            words = {name: STAGE_WORDS[name] for name in STAGES}
            return self._read_known_word("stage", words, "apply")
        if case_stage in _UNDER_WAY:
            self.notes.append(
                self._make_fault(
                    "stage",
                    Text(
                        f"写着“{typed}”，按首次申请新建",
                        f"says “{typed}”; a first application is made",
                    ),
                    Text(
                        "导入后在“办理”里记下哪天递交、哪天收到通知",
                        "then record under Casework when it was handed in and what "
                        "came since",
                    ),
                )
            )
        return _STEPS.get(case_stage, case_stage.value)

    def _read_known_word(
        self, column: str, words: Mapping[str, Text], otherwise: str
    ) -> str:
        typed = self._read_word(column)
        if not typed:
            return otherwise
        codes = find_codes(typed, words)
        if len(codes) == 1:
            return codes[0]
        known_zh = "、".join(text.zh for text in words.values())
        known_en = ", ".join(text.en for text in words.values())
        self.add_fault(
            column,
            Text(f"没有“{typed}”", f"there is no “{typed}”"),
            Text(f"可以写：{known_zh}", f"write one of {known_en}"),
        )
        return otherwise

    def _read_day(self, stage: str) -> date | None:
        value = self._given.get("submit_on")
        day = value.date() if isinstance(value, datetime) else None
        typed = self._read_word("submit_on")
        if day is None and not typed:
            return None
        try:
            day = parse_date(typed) if day is None else day
            if not is_after_licence(stage):
                check_submit_on(day, self._today)
        except NotAValueError as error:
            hint = error.hint or Text(
                "写成2027-01-15的样子", "write it like 2027-01-15"
            )
            self.add_fault("submit_on", error.text, hint)
            return None
        return day

    def _read_url(self) -> str:
        typed = self._read_word("url")
        if typed and not typed.startswith(("http://", "https://")):
            self.add_fault(
                "url",
                Text(f"“{typed}”不是网址", f"“{typed}” is not a web address"),
                Text("以https://开头", "begin it with https://"),
            )
        return typed


def _write_case_text(client: ClientRow, declared_on: date) -> str:
    services = "services: []"
    if client.url:
        item = f"{{id: site, kind: website, url: {quote(client.url)}}}"
        services = f"services:\n  - {item}"
    return f"""applicant:
  name: {quote(client.name)}
  credit_code: {client.credit_code}
application:
  licence: {client.licence}
  scope: {client.scope}
  region: '{client.region}'
  stage: {client.stage}
  submit_on: {client.submit_on}
declared_on: {declared_on}
{services}
people: []
papers: []
"""


def _find_heads(cells: Sequence[object], path: Path) -> Mapping[str, int]:
    typed = ["" if cell is None else str(cell).strip().casefold() for cell in cells]
    places = {
        name: place
        for name, label in _COLUMNS.items()
        for place, head in enumerate(typed)
        if head in (label.zh, label.en, name) or head in _NAMED_ON_BOARD.get(name, ())
    }
    missing = [_COLUMNS[name] for name in _NEEDED if name not in places]
    if missing:
        text = Text(
            "第1行缺这些列：" + "、".join(label.zh for label in missing),
            "row 1 lacks the columns " + ", ".join(label.en for label in missing),
        )
        raise CaseError(Issue(text=text, path=str(path), line=1, hint=_TEMPLATE))
    return places


_CASES: Final = Text("项目", "cases")
_CLIENTS: Final = Text("客户", "clients")
_NO_HEADS: Final = Text("第一张表是空的", "the first sheet is empty")
_TEMPLATE: Final = Text(
    "用changqing clients template FILE.xlsx写一份空表",
    "changqing clients template FILE.xlsx writes an empty one",
)
_LIMITS: Final = SheetLimits(
    rows=20_000,
    columns=256,
    packed=20_000_000,
    unpacked=300_000_000,
    hint=Text(
        f"{_TEMPLATE.zh}；太大的分成几份再导入",
        f"{_TEMPLATE.en}; import a large one in parts",
    ),
)
_UNWRITABLE: Final = Text("写不进这里", "cannot be written")
