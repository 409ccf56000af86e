"""From what a rule marked to what a person does: samples, precision, leads, SQL."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from changqing.cli.result_tables import print_table, write_table
from changqing.cli.screening_leads import MARKED, STEPS
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError
from changqing.law.model import Verdict
from changqing.screening.layout import write_register
from changqing.screening.lead_journal import LeadStep, ScreenSignal, read_journal
from changqing.screening.leads import (
    go_on_with_lead,
    list_companies,
    open_lead,
)
from changqing.screening.make import RegisterMaker
from changqing.screening.query import LIMITS, answer_query, query_run
from changqing.screening.results import Asked, ResultTable, count_verdicts
from changqing.screening.screen import ScreenJob, ScreenRun, run_in_process, screen
from changqing.screening.signals import (
    MeasuredSignal,
    measure_signals,
    write_sample,
)
from changqing.text import Language
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
DEADLINE = date(2026, 12, 20)
LATER = datetime(2026, 12, 21, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> ScreenRun:
    folder = tmp_path_factory.mktemp("made")
    with write_register(folder / "register", CATALOGUE, cases=9) as writer:
        list(RegisterMaker(CATALOGUE, seed=3, as_of=AS_OF).make_all(9, writer))
    job = ScreenJob(register=folder / "register", out=folder / "run", as_of=AS_OF)
    return screen(job, map_buckets=run_in_process)


@pytest.fixture
def run(screened: ScreenRun, tmp_path: Path) -> ScreenRun:
    """The run without anything that another test did with it."""
    from shutil import copytree

    copytree(screened.folder, tmp_path / "run")
    return replace(screened, folder=tmp_path / "run")


@pytest.fixture
def signal(run: ScreenRun) -> ScreenSignal:
    """The signal that marks most cases."""
    table = count_verdicts(run, Asked(), CATALOGUE)
    criterion, verdict, cases, _ = table.rows[0]
    assert isinstance(cases, int)
    assert cases >= 3
    return ScreenSignal(criterion=str(criterion), verdict=str(verdict))


def fill_in(path: Path, answer: Callable[[int], str], by: str = "") -> list[str]:
    """Fill in what was found of each case, by its place; the cases."""
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    place, looker = rows[0].index("right"), rows[0].index("looked_by")
    for number, row in enumerate(rows[1:]):
        row[place], row[looker] = answer(number), by
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8-sig")
    return [row[0] for row in rows[1:]]


def test_a_sample_is_the_same_for_its_seed_and_what_was_filled_in_stays(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    path = write_sample(run, signal, CATALOGUE, size=2, seed=7)
    fill_in(path, lambda _: "是")
    filled = path.read_bytes()
    assert write_sample(run, signal, CATALOGUE, size=2, seed=7) == path
    assert path.read_bytes() == filled


def test_no_second_sample_is_drawn_before_the_first_is_looked_through(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    first = write_sample(run, signal, CATALOGUE, size=2, seed=1)
    fill_in(first, lambda number: "是" if number else "")
    with pytest.raises(CaseError, match="not looked through: 1 left"):
        write_sample(run, signal, CATALOGUE, size=2, seed=2)
    assert write_sample(run, signal, CATALOGUE, size=2, seed=1) == first
    fill_in(first, lambda _: "是")
    assert write_sample(run, signal, CATALOGUE, size=2, seed=2) != first


def test_the_commands_know_every_step_and_every_verdict_that_marks() -> None:
    assert tuple(LeadStep) == STEPS
    good = {Verdict.MET, Verdict.NOT_APPLICABLE}
    assert {*MARKED} == {*Verdict} - good


def test_nobody_is_listed_before_people_have_looked(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    with pytest.raises(CaseError, match="not enough"):
        list_companies(run, signal, CATALOGUE)
    write_sample(run, signal, CATALOGUE, size=10_000, seed=1)
    (measured,) = measure_signals(run, CATALOGUE)
    assert (measured.looked, measured.waiting) == (0, measured.cases)
    assert measured.precision is None
    with pytest.raises(CaseError, match="not enough"):
        list_companies(run, signal, CATALOGUE)


def test_companies_are_listed_once_all_were_looked_at_and_right(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    path = write_sample(run, signal, CATALOGUE, size=10_000, seed=1)
    cases = fill_in(path, lambda _: "yes")
    (measured,) = measure_signals(run, CATALOGUE)
    assert (measured.right, measured.cases) == (len(cases), len(cases))
    listed = list_companies(run, signal, CATALOGUE)
    assert [row[0] for row in listed.rows] == sorted(cases)
    fill_in(path, lambda number: "否" if number == 0 else "是")
    with pytest.raises(CaseError, match="not enough"):
        list_companies(run, signal, CATALOGUE)


def test_a_long_name_is_shown_whole(capsys: pytest.CaptureFixture[str]) -> None:
    name = "广西壮族自治区虚构企业0000067"
    row = ("made-0000067", name, "B25", "45", "intra_province", "operate")
    columns = ("case", "company", "licence", "region", "scope", "stage")
    print_table(
        Sheet(Language.ZH),
        ResultTable(columns=columns, rows=(row,), numbers=frozenset()),
    )
    shown = capsys.readouterr().out
    assert "…" not in shown
    assert "0067" in shown.replace("made-0000067", "")


def test_a_half_filled_sample_does_not_count(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    path = write_sample(run, signal, CATALOGUE, size=3, seed=1)
    fill_in(path, lambda number: "是" if number < 2 else "")
    (measured,) = measure_signals(run, CATALOGUE)
    assert (measured.looked, measured.waiting) == (0, 3)


def test_a_no_counts_before_its_sample_is_finished(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    path = write_sample(run, signal, CATALOGUE, size=3, seed=1)
    fill_in(path, lambda number: ("是", "否", "")[number])
    (measured,) = measure_signals(run, CATALOGUE)
    assert (measured.looked, measured.right, measured.waiting) == (1, 0, 2)


def test_a_sample_from_which_a_case_was_taken_is_refused(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    path = write_sample(run, signal, CATALOGUE, size=3, seed=1)
    fill_in(path, lambda _: "是")
    whole = path.read_text("utf-8-sig")
    path.write_text("".join(whole.splitlines(keepends=True)[:-1]), "utf-8-sig")
    with pytest.raises(CaseError, match="cases that were drawn"):
        measure_signals(run, CATALOGUE)
    lines = whole.splitlines(keepends=True)
    twice = [lines[0], lines[1].replace("是", "否"), *lines[1:]]
    path.write_text("".join(twice), "utf-8-sig")
    with pytest.raises(CaseError, match="cases that were drawn"):
        measure_signals(run, CATALOGUE)
    path.write_text(whole.replace("是", "大概"), "utf-8-sig")
    with pytest.raises(CaseError, match="neither yes nor no"):
        measure_signals(run, CATALOGUE)


@pytest.mark.parametrize(
    ("right", "looked", "listed"),
    [(58, 58, False), (59, 59, True), (92, 93, True), (91, 92, False), (0, 0, False)],
)
def test_a_signal_lists_once_luck_does_not_explain_it(
    right: int, looked: int, listed: bool
) -> None:
    measured = MeasuredSignal(
        signal=ScreenSignal(criterion="a", verdict="unmet"),
        cases=5_000,
        looked=looked,
        right=right,
        waiting=0,
    )
    assert measured.is_listed is listed


def test_a_lead_takes_a_look_a_notice_a_deadline_and_a_second_person(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    path = write_sample(run, signal, CATALOGUE, size=2, seed=1)
    case = fill_in(path, lambda _: "")[0]

    def start() -> Path:
        return open_lead(
            run, case, signal, CATALOGUE, deadline=DEADLINE, by="甲", now=NOW
        )

    def go_on(step: LeadStep, by: str, now: datetime = NOW) -> None:
        go_on_with_lead(run, case, signal, step, by=by, now=now)

    with pytest.raises(CaseError, match="nobody has looked"):
        start()
    fill_in(path, lambda _: "是")
    notice = start().read_text(encoding="utf-8")
    assert DEADLINE.isoformat() in notice
    assert "不是认定" in notice
    assert CATALOGUE.criteria[signal.criterion].title.zh in notice
    with pytest.raises(CaseError, match="open already"):
        start()
    with pytest.raises(CaseError, match="has not answered"):
        go_on(LeadStep.CONFIRMED, "乙")
    with pytest.raises(CaseError, match="another person"):
        go_on(LeadStep.CONFIRMED, "甲", LATER)
    with pytest.raises(CaseError, match="second look"):
        go_on(LeadStep.PASSED_ON, "乙", LATER)
    go_on(LeadStep.ANSWERED, "甲")
    go_on(LeadStep.CONFIRMED, "乙")
    go_on(LeadStep.PASSED_ON, "甲")
    with pytest.raises(CaseError, match="settled already"):
        go_on(LeadStep.CLOSED, "甲")
    assert [entry.step for entry in read_journal(run)] == [
        LeadStep.OPENED,
        LeadStep.ANSWERED,
        LeadStep.CONFIRMED,
        LeadStep.PASSED_ON,
    ]


def test_a_lead_that_is_refuted_is_not_passed_on(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    path = write_sample(run, signal, CATALOGUE, size=2, seed=1)
    case = fill_in(path, lambda _: "是")[0]
    with pytest.raises(CaseError, match="after today"):
        open_lead(run, case, signal, CATALOGUE, deadline=AS_OF, by="甲", now=NOW)
    open_lead(run, case, signal, CATALOGUE, deadline=DEADLINE, by="甲", now=NOW)
    after = NOW + timedelta(days=60)
    for step in (LeadStep.REFUTED, LeadStep.PASSED_ON):
        if step is LeadStep.REFUTED:
            go_on_with_lead(run, case, signal, step, by="乙", now=after)
        else:
            with pytest.raises(CaseError, match="second look"):
                go_on_with_lead(run, case, signal, step, by="乙", now=after)


def test_whom_a_person_found_marked_wrongly_is_neither_listed_nor_told(
    run: ScreenRun, signal: ScreenSignal, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So few cases are all looked at; of a hundred, one may be wrong.
    monkeypatch.setattr("changqing.screening.signals.LEAST_PRECISION", 0.5)
    path = write_sample(run, signal, CATALOGUE, size=10_000, seed=1)
    wrong, *right = fill_in(path, lambda number: "否" if number == 0 else "是")
    listed = list_companies(run, signal, CATALOGUE)
    assert [row[0] for row in listed.rows] == sorted(right)
    with pytest.raises(CaseError, match="found that it is not so"):
        open_lead(run, wrong, signal, CATALOGUE, deadline=DEADLINE, by="甲", now=NOW)
    open_lead(run, right[0], signal, CATALOGUE, deadline=DEADLINE, by="甲", now=NOW)


def test_a_second_look_that_refutes_a_drawn_case_makes_its_signal_less_precise(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    path = write_sample(run, signal, CATALOGUE, size=10_000, seed=1)
    cases = fill_in(path, lambda _: "是")
    open_lead(run, cases[0], signal, CATALOGUE, deadline=DEADLINE, by="甲", now=NOW)
    go_on_with_lead(run, cases[0], signal, LeadStep.REFUTED, by="乙", now=LATER)
    (measured,) = measure_signals(run, CATALOGUE)
    assert (measured.looked, measured.right) == (len(cases), len(cases) - 1)
    assert (measured.second_looks, measured.refuted) == (1, 1)
    go_on_with_lead(run, cases[0], signal, LeadStep.CONFIRMED, by="乙", now=LATER)
    (measured,) = measure_signals(run, CATALOGUE)
    assert (measured.right, measured.refuted) == (len(cases), 0)


def test_a_lead_of_a_case_that_was_not_drawn_is_counted_apart(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    whole = write_sample(run, signal, CATALOGUE, size=10_000, seed=1)
    cases = fill_in(whole, lambda _: "是")
    part = write_sample(run, signal, CATALOGUE, size=2, seed=2)
    drawn = fill_in(part, lambda _: "是")
    other = next(case for case in cases if case not in drawn)
    open_lead(run, other, signal, CATALOGUE, deadline=DEADLINE, by="甲", now=NOW)
    go_on_with_lead(run, other, signal, LeadStep.REFUTED, by="乙", now=LATER)
    whole.unlink()  # what is left was drawn without it
    (measured,) = measure_signals(run, CATALOGUE)
    assert (measured.looked, measured.right) == (2, 2)
    assert (measured.second_looks, measured.refuted) == (1, 1)


def test_whom_a_second_look_refuted_is_listed_no_more(
    run: ScreenRun, signal: ScreenSignal, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So few cases are all looked at; of a hundred, one may be wrong.
    monkeypatch.setattr("changqing.screening.signals.LEAST_PRECISION", 0.5)
    path = write_sample(run, signal, CATALOGUE, size=10_000, seed=1)
    cases = sorted(fill_in(path, lambda _: "是"))
    for case, step in zip(cases, (LeadStep.REFUTED, LeadStep.CONFIRMED), strict=False):
        open_lead(run, case, signal, CATALOGUE, deadline=DEADLINE, by="甲", now=NOW)
        go_on_with_lead(run, case, signal, step, by="乙", now=LATER)
    listed = list_companies(run, signal, CATALOGUE)
    assert [row[0] for row in listed.rows] == cases[1:]
    first = cases[0]  # looked at once more: it is so after all
    go_on_with_lead(run, first, signal, LeadStep.CONFIRMED, by="乙", now=LATER)
    listed = list_companies(run, signal, CATALOGUE)
    assert [row[0] for row in listed.rows] == cases


def test_two_people_who_differ_about_a_case_open_no_lead(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    case = fill_in(
        write_sample(run, signal, CATALOGUE, size=1, seed=1), lambda _: "是"
    )[0]
    path = write_sample(run, signal, CATALOGUE, size=10_000, seed=1)
    cases = fill_in(path, lambda _: "")
    assert case in cases
    place = cases.index(case)
    fill_in(path, lambda number: "否" if number == place else "")
    with pytest.raises(CaseError, match="wrong in another"):
        open_lead(run, case, signal, CATALOGUE, deadline=DEADLINE, by="甲", now=NOW)


@pytest.mark.parametrize(
    "again", ["张三", " 张三", "张　三", "Zhang San", "ＺＨＡＮＧ san"]
)
def test_whoever_looked_first_is_not_the_second_however_spelled(
    run: ScreenRun, signal: ScreenSignal, again: str
) -> None:
    first = "张三" if "张" in again else "zhang san"
    path = write_sample(run, signal, CATALOGUE, size=2, seed=1)
    one, other = fill_in(path, lambda _: "是", by=first)
    for case, opener in ((one, first), (other, "李四")):
        open_lead(run, case, signal, CATALOGUE, deadline=DEADLINE, by=opener, now=NOW)
        with pytest.raises(CaseError, match="another person"):
            go_on_with_lead(run, case, signal, LeadStep.CONFIRMED, by=again, now=LATER)
    for nobody in ("", " ", "*"):
        with pytest.raises(CaseError, match="no whole name"):
            go_on_with_lead(run, one, signal, LeadStep.CONFIRMED, by=nobody, now=LATER)
    go_on_with_lead(run, one, signal, LeadStep.CONFIRMED, by="王五", now=LATER)


def test_whoever_opened_by_name_is_not_the_second_by_an_account(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    one, other, third = fill_in(
        write_sample(run, signal, CATALOGUE, size=3, seed=1), lambda _: "是"
    )

    def start(case: str, by: str, account: str = "") -> None:
        open_lead(
            run,
            case,
            signal,
            CATALOGUE,
            deadline=DEADLINE,
            by=by,
            account=account,
            now=NOW,
        )

    def look(case: str, by: str, account: str = "") -> None:
        go_on_with_lead(
            run, case, signal, LeadStep.REFUTED, by=by, account=account, now=LATER
        )

    def refuse(case: str, by: str, account: str = "") -> None:
        with pytest.raises(CaseError, match="another person"):
            look(case, by, account)

    start(one, "李四")
    refuse(one, "李四", "lisi")
    look(one, "王五", "wangwu")  # from here on wangwu is known as 王五
    start(other, "王五")
    refuse(other, "Wang Wu", "wangwu")
    refuse(other, "wangwu")
    start(third, "赵六", "zhaoliu")
    refuse(third, "Zhao Liu", "zhaoliu")
    refuse(third, "赵六")
    look(third, "李四", "lisi")
    assert [entry.account for entry in read_journal(run)] == [
        *("", "wangwu", "", "zhaoliu", "lisi"),
    ]


def test_whoever_looked_by_an_account_in_a_sample_is_not_the_second(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    path = write_sample(run, signal, CATALOGUE, size=2, seed=1)
    case = fill_in(path, lambda _: "是", by="孙七")[0]
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    for row in rows[1:]:
        row[rows[0].index("account")] = "sunqi"
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8-sig")
    open_lead(run, case, signal, CATALOGUE, deadline=DEADLINE, by="李四", now=NOW)
    for by, account in (("周八", "sunqi"), ("孙七", ""), ("sunqi", "")):
        with pytest.raises(CaseError, match="another person"):
            go_on_with_lead(
                run,
                case,
                signal,
                LeadStep.CONFIRMED,
                by=by,
                account=account,
                now=LATER,
            )


def test_a_name_writes_no_line_of_a_notice(tmp_path: Path) -> None:
    maker = RegisterMaker(CATALOGUE, seed=3, as_of=AS_OF)
    made = maker.make(1)
    forged = replace(made, case=replace(made.case, name="甲\n\n已经认定"))
    with write_register(tmp_path / "register", CATALOGUE, cases=1) as writer:
        writer.add([forged])
    job = ScreenJob(register=tmp_path / "register", out=tmp_path / "run", as_of=AS_OF)
    run = screen(job, map_buckets=run_in_process)
    criterion, verdict, *_ = count_verdicts(run, Asked(), CATALOGUE).rows[0]
    signal = ScreenSignal(criterion=str(criterion), verdict=str(verdict))
    fill_in(write_sample(run, signal, CATALOGUE, size=1, seed=1), lambda _: "是")
    notice = open_lead(
        run, made.id, signal, CATALOGUE, deadline=DEADLINE, by="乙", now=NOW
    )
    first = notice.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"甲 已经认定（{made.id}）："


def test_no_note_makes_the_journal_unreadable(
    run: ScreenRun, signal: ScreenSignal
) -> None:
    path = write_sample(run, signal, CATALOGUE, size=1, seed=1)
    case = fill_in(path, lambda _: "是")[0]
    note = "a\n\r\x0b\x1c\x85\u2028\u2029b"
    open_lead(
        *(run, case, signal, CATALOGUE),
        deadline=DEADLINE,
        by="甲",
        now=NOW,
        note=note,
    )
    assert [entry.note for entry in read_journal(run)] == [note]


def test_a_damaged_line_of_the_journal_is_named(run: ScreenRun) -> None:
    path = run.folder / "leads" / "journal.jsonl"
    path.parent.mkdir()
    path.write_text('{"case": 1}\n', encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        read_journal(run)
    assert caught.value.issues[0].line == 1


def test_sql_asks_the_tables_of_a_run_and_nothing_else(
    run: ScreenRun, tmp_path: Path
) -> None:
    table = query_run(run, "SELECT stage, count(*) AS n FROM sentences GROUP BY stage")
    assert sum(int(str(row[1])) for row in table.rows) == 9
    joined = query_run(
        run,
        "SELECT s.company, r.criterion, r.not_proven FROM reasons r "
        "JOIN sentences s ON s.case = r.case LIMIT 3",
    )
    assert len(joined.rows) == 3
    (tmp_path / "other.csv").write_text("a\n1\n")
    for refused in (
        "DROP TABLE sentences",
        "SELECT * FROM read_csv('PLACE')",
        "SELECT * FROM READ_CSV /**/ ('PLACE')",
        "SELECT * FROM read_csv -- a comment\n('PLACE')",
        "SELECT * FROM \"read_csv\"('PLACE')",
        "SELECT * FROM `read_csv`('PLACE')",
        "SELECT * FROM sentences WHERE 'a' IN (SELECT a FROM `read_csv`('PLACE'))",
        "SELECT * FROM 'PLACE'",
        'SELECT * FROM "PLACE"',
        "SELECT 1; SELECT 2",
        "WITH a AS (SELECT 1) DELETE FROM sentences",
        "SELECT * INTO other FROM sentences",
        "EXPLAIN SELECT * FROM sentences",
        "SELECT nothing FROM sentences",
        "SELECT * FROM others",
        "SELEC",
    ):
        with pytest.raises(CaseError) as caught:
            query_run(run, refused.replace("PLACE", str(tmp_path / "other.csv")))
        hint = caught.value.issues[0].hint
        assert hint is not None
        assert "sentences" in hint.en


def test_what_a_query_names_and_a_run_has_not_is_told_in_our_words(
    run: ScreenRun,
) -> None:
    for query, told in (
        ("SELECT * FROM others", "there is no table “others”"),
        ("SELECT 1 FROM sentences s JOIN more m ON 1 = 1", "no table “more”"),
        ("SELECT nothing FROM sentences", "there is no column “nothing”"),
        ("SELECT s.nothing FROM sentences s", "there is no column “nothing”"),
    ):
        with pytest.raises(CaseError, match=told):
            answer_query(run, query)


@pytest.mark.long
def test_a_query_that_takes_too_long_is_ended(run: ScreenRun) -> None:
    endless = "SELECT count(*) FROM reasons a, reasons b, reasons c, reasons d"
    began = time.monotonic()
    with pytest.raises(
        CaseError, match=r"too long|too much memory|too large|limits"
    ) as caught:
        query_run(run, endless, limits=replace(LIMITS, seconds=1))
    assert time.monotonic() - began < 30
    hint = caught.value.issues[0].hint
    assert hint is not None
    assert "JOIN" in hint.en
    assert query_run(run, "SELECT count(*) AS n FROM sentences").rows == ((9,),)


def test_a_table_becomes_a_workbook_in_which_nothing_is_a_formula(
    tmp_path: Path,
) -> None:
    table = ResultTable(
        columns=("company", "cases"), rows=(("=1+1", 3),), numbers=frozenset({"cases"})
    )
    write_table(tmp_path / "t.xlsx", table, Language.ZH)
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    rows = list(sheet.iter_rows())
    assert rows[1][0].data_type == "s"
    assert rows[1][1].value == 3
    assert "不是认定" in rows[1][2].value
