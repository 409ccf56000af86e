"""The board: what it shows, what its index may and may not do."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from changqing.agency.choose import Wanted, choose_rows
from changqing.agency.desk import Deed, DeskJournal, Note
from changqing.agency.example import make_example
from changqing.agency.index import INDEX, build_board
from changqing.agency.next_step import DayKind, Party
from changqing.agency.outcomes import count_outcomes
from changqing.agency.read_row import read_row
from changqing.agency.rows import FIELDS, BoardRow, When
from changqing.casework.events import Act, CaseStage, Event, Journal
from changqing.casework.personal import set_deletion_day
from changqing.errors import CaseError, TamperError
from changqing.evidence.ledger.memory import Memory
from changqing.evidence.ledger.note import find_default_key_path
from changqing.judge.assess import Judge
from changqing.law.model import Catalogue
from changqing.papers.open import open_case
from changqing.run import conclude, keep_summary, read_recorded
from tests.shipped import CATALOGUE

EXAMPLE = Path(__file__).parents[2] / "examples" / "newly-registered"
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
TODAY = date(2026, 11, 24)
_APPLYING = {
    CaseStage.PREPARE,
    CaseStage.SUBMITTED,
    CaseStage.CORRECTION,
    CaseStage.EXAMINATION,
}
MEMORY = Memory.open_beside(find_default_key_path(os.environ, Path.home()))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


@pytest.fixture(scope="module")
def made(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("agency") / "clients"
    make_example(
        catalogue,
        root,
        now=NOW,
        clients=40,
        in_correction=6,
        with_papers=9,
        memory=MEMORY,
    )
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "clients", copy_function=shutil.copy2)


@pytest.fixture(scope="module")
def listed(
    catalogue: Catalogue, made: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same clients, and the index that a first board left."""
    root = shutil.copytree(made, tmp_path_factory.mktemp("listed") / "clients")
    assert build_board(catalogue, root, TODAY).read == 40
    return root


@pytest.fixture
def root_listed(listed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(listed, tmp_path / "clients", copy_function=shutil.copy2)


@pytest.mark.long
def test_every_example_client_is_read_and_has_a_next_thing_to_do(
    catalogue: Catalogue, root: Path
) -> None:
    found = build_board(catalogue, root, TODAY)
    assert len(found.rows) == 40
    assert [row.broken for row in found.rows if row.broken] == []
    assert all(row.next_what is not None for row in found.rows)
    assert sum(row.stage is CaseStage.CORRECTION for row in found.rows) == 6
    assert {row.stage for row in found.rows} == set(CaseStage)
    # Who holds a licence is neither asked to apply nor told to set its stage.
    held = [row for row in found.rows if row.stage not in _APPLYING]
    assert held
    assert any(row.compliance for row in held)
    assert not any(row.readiness or row.handing_in for row in held)
    assert not any("先把阶段" in row.next_what.zh for row in held if row.next_what)


def test_a_licensee_judged_as_an_applicant_is_told_to_hold_its_licence(
    catalogue: Catalogue, root: Path
) -> None:
    before = build_board(catalogue, root, TODAY).rows
    held = next(row for row in before if row.compliance and row.next_day)
    folder = root / held.folder
    file = folder / "case.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("stage: operate", "stage: apply"), encoding="utf-8")
    case = open_case(folder, catalogue)
    known, judge = read_recorded(case), Judge(catalogue)
    outcome = conclude(case, known, judge=judge, as_of=TODAY, assessed_at=None)
    keep_summary(folder, outcome)
    rows = build_board(catalogue, root, TODAY).rows
    row = next(row for row in rows if row.folder == held.folder)
    assert (row.readiness, row.handing_in, row.blocking) == (None, None, None)
    said = row.state(TODAY)
    assert said is not None
    assert said.zh == "持证，还没有按持证评估"
    assert row.next_what is not None
    assert row.next_what.zh.endswith("；先把阶段改为持证经营")
    assert (row.next_day, row.must_act) == (held.next_day, Party.WE)
    # Its stage is set, and it was not assessed since: nothing is said of handing in.
    file.write_text(text, encoding="utf-8")
    rows = build_board(catalogue, root, TODAY).rows
    row = next(row for row in rows if row.folder == held.folder)
    assert row.state(TODAY) == said
    assert row.next_what == held.next_what


@pytest.mark.long
def test_one_example_client_in_three_is_really_assessed(
    catalogue: Catalogue, root: Path
) -> None:
    rows = build_board(catalogue, root, TODAY).rows
    assessed = [row for row in rows if row.assessed_on is not None]
    assert len(assessed) == 13
    assert {row.assessed_on for row in assessed} == {TODAY}
    without_papers = [row for row in assessed if row.folder > "client-0009"]
    assert {row.readiness for row in without_papers} <= {"open", "not_ready", None}
    assert not any(row.proven_until for row in without_papers)
    with_papers = [row for row in assessed if row not in without_papers]
    assert all(row.proven_until for row in with_papers)


@pytest.mark.long
def test_an_example_agency_has_every_readiness_and_few_long_overdue(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    root = tmp_path / "clients"
    make_example(
        catalogue,
        root,
        now=NOW,
        clients=60,
        in_correction=8,
        memory=MEMORY,
    )
    rows = build_board(catalogue, root, TODAY).rows
    assessed = [row for row in rows if row.readiness is not None]
    assert {row.readiness for row in assessed} == {"ready", "open", "not_ready"}
    assert any(row.blocking for row in assessed)
    assert len({row.proven_until for row in assessed}) > len(assessed) / 2
    overdue = [row.next_day for row in rows if row.when(TODAY) is When.OVERDUE]
    assert len(overdue) <= 6
    assert sum(TODAY - day > timedelta(days=30) for day in overdue if day) <= 1


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize(
    "day", [date(2027, 1, 1), date(2027, 3, 31), date(2027, 7, 15), date(2028, 2, 29)]
)
def test_an_example_can_be_made_on_any_day(
    catalogue: Catalogue, tmp_path: Path, day: date
) -> None:
    root = tmp_path / "clients"
    now = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    make_example(
        catalogue,
        root,
        now=now,
        clients=120,
        in_correction=16,
        with_papers=0,
        assessed=0,
        memory=MEMORY,
    )
    rows = build_board(catalogue, root, day).rows
    assert [row.broken for row in rows if row.broken] == []
    overdue = [row for row in rows if row.when(day) is When.OVERDUE]
    assert len(overdue) < len(rows) / 10


@pytest.mark.long
def test_the_same_clients_are_made_every_time(
    catalogue: Catalogue, made: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    make_example(
        catalogue,
        again,
        now=NOW,
        clients=40,
        in_correction=6,
        with_papers=9,
        memory=MEMORY,
    )
    for file in ("case.yaml", "casework/desk.jsonl"):
        one, other = made / "client-0001" / file, again / "client-0001" / file
        assert one.read_bytes() == other.read_bytes()


def test_an_example_is_never_made_over_something(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("x", encoding="utf-8")
    with pytest.raises(CaseError):
        make_example(
            catalogue, tmp_path, now=NOW, clients=1, in_correction=0, memory=MEMORY
        )
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.long
def test_a_second_board_reads_no_case_and_shows_the_same(
    catalogue: Catalogue, root: Path
) -> None:
    first = build_board(catalogue, root, TODAY)
    second = build_board(catalogue, root, TODAY)
    assert (first.read, second.read) == (40, 0)
    assert second.rows == first.rows


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("days", [1, 3, 8, 30, 37, 38, 130, 400])
def test_the_index_never_changes_what_another_day_shows(
    catalogue: Catalogue, root_listed: Path, days: int
) -> None:
    later = TODAY + timedelta(days=days)
    through_index = build_board(catalogue, root_listed, later).rows
    shutil.rmtree(root_listed / INDEX.parent)
    assert build_board(catalogue, root_listed, later).rows == through_index


@pytest.mark.long
def test_a_case_whose_files_change_is_read_again(
    catalogue: Catalogue, root_listed: Path
) -> None:
    file = root_listed / "client-0001" / "case.yaml"
    text = file.read_text(encoding="utf-8").replace("有限公司", "股份有限公司")
    file.write_text(text, encoding="utf-8")
    with DeskJournal(root_listed / "client-0002") as desk:
        desk.append(Note(deed=Deed.ASSIGN, by="甲", to="乙"), now=NOW)
    found = build_board(catalogue, root_listed, TODAY)
    assert found.read == 2
    assert found.rows[0].name.endswith("股份有限公司")
    assert found.rows[1].owner == "乙"


def test_a_case_that_was_only_touched_is_not_read_again(
    catalogue: Catalogue, root_listed: Path
) -> None:
    (root_listed / "client-0001" / "case.yaml").touch()
    assert build_board(catalogue, root_listed, TODAY).read == 0


@pytest.mark.long
def test_a_damaged_index_is_made_again(catalogue: Catalogue, root: Path) -> None:
    first = build_board(catalogue, root, TODAY)
    (root / INDEX).write_bytes(b"no database at all" * 400)
    assert build_board(catalogue, root, TODAY).rows == first.rows
    assert build_board(catalogue, root, TODAY).read == 0


def test_a_case_that_is_gone_is_gone_from_the_board(
    catalogue: Catalogue, root_listed: Path
) -> None:
    shutil.rmtree(root_listed / "client-0001")
    assert "client-0001" not in {
        row.folder for row in build_board(catalogue, root_listed, TODAY).rows
    }


def test_a_broken_case_is_a_row_that_says_why(catalogue: Catalogue, root: Path) -> None:
    (root / "client-0003" / "case.yaml").write_text("applicant: [", encoding="utf-8")
    row = build_board(catalogue, root, TODAY).rows[2]
    assert row.when(TODAY) is When.UNREADABLE
    assert row.broken is not None
    assert "case.yaml" in row.broken.zh


@pytest.mark.long
def test_the_last_assessment_is_shown_and_nothing_is_made_up(
    catalogue: Catalogue, root: Path
) -> None:
    said = {
        "as_of": "2026-11-20",
        "readiness": "not_ready",
        "blocking": 3,
        "proven_until": "2027-03-01",
    }
    summary = root / "client-0001" / "assessment.json"
    summary.write_text(json.dumps(said), encoding="utf-8")
    (root / "client-0002" / "assessment.json").write_text("{", encoding="utf-8")
    first, second, *_ = build_board(catalogue, root, TODAY).rows
    assert (first.readiness, first.blocking) == ("not_ready", 3)
    assert first.proven_until == date(2027, 3, 1)
    assert first.assessed_on == date(2026, 11, 20)
    assert (second.readiness, second.blocking, second.assessed_on) == (None,) * 3


def test_no_folder_is_an_error(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(CaseError):
        build_board(catalogue, tmp_path / "nowhere", TODAY)


@pytest.mark.parametrize(
    ("left", "when"),
    [
        (-1, When.OVERDUE),
        (0, When.TODAY),
        (1, When.WEEK),
        (7, When.WEEK),
        (8, When.MONTH),
        (30, When.MONTH),
        (31, When.LATER),
    ],
)
def test_headings_by_days_left(left: int, when: When) -> None:
    assert (
        BoardRow(folder="a", next_day=TODAY + timedelta(days=left)).when(TODAY) is when
    )


def test_filters_and_orders() -> None:
    rows = (
        BoardRow(folder="a", name="甲", owner="陆", licence="B25", blocking=1),
        BoardRow(folder="b", name="乙", licence="B21", region="51", blocking=4),
        BoardRow(folder="c", name="丙", owner="陆", stage=CaseStage.CORRECTION),
    )

    def folders(wanted: Wanted, order: str = "day") -> str:
        return "".join(row.folder for row in choose_rows(rows, wanted, order))

    assert folders(Wanted(equal={"owner": "陆"})) == "ac"
    assert folders(Wanted(equal={"owner": ""})) == "b"
    assert folders(Wanted(equal={"stage": CaseStage.CORRECTION})) == "c"
    assert folders(Wanted(equal={"licence": "B25"})) == "a"
    assert folders(Wanted(equal={"region": "51"}, text="乙")) == "b"
    assert folders(Wanted(), "blocking") == "bac"
    assert folders(Wanted(), "owner") == "acb"
    away = BoardRow(folder="z", archived=True)
    assert choose_rows((*rows, away), Wanted(archived=True)) == (away,)
    assert len(choose_rows((*rows, away), Wanted())) == len(rows)


@pytest.mark.long
def test_an_altered_note_is_seen(root: Path) -> None:
    file = root / "client-0001" / "casework" / "desk.jsonl"
    file.write_bytes(file.read_bytes().replace("示例".encode(), "别人".encode()))
    with pytest.raises(TamperError):
        DeskJournal(root / "client-0001").list_notes()


def _event(act: Act, day: int) -> Event:
    return Event(act=act, on=date(2026, 3, day), by="甲")


def test_outcomes_are_counted_with_n(tmp_path: Path) -> None:
    lives = {
        "at-once": [(Act.SUBMIT, 1), (Act.ACCEPTANCE, 5), (Act.GRANT, 30)],
        "returned": [
            *((Act.SUBMIT, 1), (Act.CORRECTION, 4), (Act.SUBMIT, 10)),
            (Act.ACCEPTANCE, 12),
        ],
        "waiting": [(Act.SUBMIT, 2)],
        "nothing": [],
    }
    for name, life in lives.items():
        (tmp_path / name).mkdir()
        with Journal(tmp_path / name) as journal:
            for act, day in life:
                journal.append(_event(act, day), now=NOW)
    found = count_outcomes(tmp_path / name for name in lives)
    assert (found.cases, found.handed_in) == (4, 3)
    assert (found.at_once, found.returned, found.waiting) == (1, 1, 1)
    assert (found.to_acceptance.n, found.to_acceptance.most) == (2, 11)
    assert (found.to_grant.n, found.to_grant.median) == (1, 29)
    assert (found.answering.n, found.answering.median) == (1, 6)
    assert count_outcomes([]).to_grant.median is None

    events = tmp_path / "waiting" / "casework" / "events.jsonl"
    events.write_bytes(events.read_bytes().replace(b"2026-03-02", b"2026-03-03"))
    found = count_outcomes(tmp_path / name for name in lives)
    assert (found.cases, found.handed_in, found.altered) == (3, 2, ("waiting",))


def test_the_day_of_deletion_is_known_to_the_board(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    target = tmp_path / "one"
    shutil.copytree(EXAMPLE, target)
    set_deletion_day(target, date(2026, 12, 5), catalogue=catalogue)
    for _ in range(2):  # read, and from the index
        [row] = build_board(catalogue, tmp_path, date(2026, 12, 1)).rows
        assert row.delete_personal_on == date(2026, 12, 5)
        assert row.personal > 3
        assert row.next_what is not None
        assert row.next_what.zh == "删除个人材料"


@pytest.mark.long
def test_another_column_makes_every_row_anew(
    catalogue: Catalogue, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = build_board(catalogue, root, TODAY).rows
    monkeypatch.setattr("changqing.agency.index.FIELDS", FIELDS[:-1])
    again = build_board(catalogue, root, TODAY)
    assert (again.read, again.rows) == (len(rows), rows)


def test_a_day_says_whether_law_sets_it(catalogue: Catalogue, tmp_path: Path) -> None:
    root = tmp_path / "clients"
    folder = shutil.copytree(EXAMPLE, root / "one")

    def read(today: date) -> BoardRow:
        return read_row(catalogue, root, "one", today).row

    assert read(TODAY).day_kind is DayKind.OWN
    passed = read(date(2027, 6, 1))
    assert (passed.day_kind, passed.when(date(2027, 6, 1))) == (
        DayKind.OWN,
        When.SLIPPED,
    )
    with Journal(folder) as journal:
        journal.append(Event(act=Act.SUBMIT, on=TODAY, by="顾"), now=NOW)
    examined = read(TODAY)
    assert examined.day_kind is DayKind.STATUTORY
    assert examined.next_day is not None
    over = examined.next_day + timedelta(days=1)
    assert read(over).when(over) is When.OVERDUE


def test_who_must_act_follows_what_was_asked_and_what_came(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    root = tmp_path / "clients"
    folder = shutil.copytree(EXAMPLE, root / "one")

    def party(today: date = TODAY) -> Party | None:
        return read_row(catalogue, root, "one", today).row.must_act

    assert party() is Party.WE
    with DeskJournal(folder) as desk:
        desk.append(Note(deed=Deed.ASK, by="顾", to="甲公司", items=("租约",)), now=NOW)
    assert party() is Party.CLIENT
    assert party(TODAY - timedelta(days=1)) is Party.WE  # nothing was asked by then
    case_file = folder / "case.yaml"
    written = case_file.read_text("utf-8")
    later = TODAY + timedelta(days=2)
    paper = (
        f"{{id: more, kind: tech_plan, file: documents/more.md, received_on: {later}}}"
    )
    (folder / "documents" / "more.md").write_text("租约", "utf-8")
    more = written.replace("\npapers:", f"\npapers:\n  - {paper}", 1)
    case_file.write_text(more, "utf-8")
    kept = read_row(catalogue, root, "one", TODAY)
    assert kept.row.broken is None
    assert (kept.row.must_act, kept.until) == (Party.CLIENT, later - timedelta(days=1))
    assert party(later) is Party.WE
    case_file.write_text(written, "utf-8")
    with Journal(folder) as journal:
        journal.append(
            Event(act=Act.SUBMIT, on=TODAY, by="顾"), now=NOW + timedelta(hours=1)
        )
    assert party() is Party.AUTHORITY
