"""Events on disk: in order, sealed, and whole after a crash."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from changqing.casework.events import Act, CaseStage, Journal, NoticeLine
from changqing.casework.record import record
from changqing.casework.stages import replay_events
from changqing.disk import Disk
from changqing.errors import CaseError, TamperError
from changqing.papers.open import open_case
from tests.casework.casework_sample import NOW, catalogue, make_case, make_event

FILE = "casework/events.jsonl"
SUBMIT = make_event(Act.SUBMIT, "2026-02-09")
NOTICE = make_event(
    Act.CORRECTION,
    "2026-02-13",
    until=date(2026, 3, 6),
    lines=(
        NoticeLine(number=1, text="补社保", codes=("SI_MONTHS_SHORT",), owner="林晓"),
    ),
)


def test_what_was_recorded_is_read_back_in_order(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        first = journal.append(SUBMIT, now=NOW)
        second = journal.append(NOTICE, now=NOW)
    assert Journal(tmp_path).list_events() == (first, second)
    assert second.number == 2


@pytest.mark.parametrize("line", [0, 1])
def test_an_altered_line_is_named(tmp_path: Path, line: int) -> None:
    with Journal(tmp_path) as journal:
        journal.append(SUBMIT, now=NOW)
        journal.append(NOTICE, now=NOW)
    path = tmp_path / FILE
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[line] = lines[line].replace("林晓", "陈一")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(TamperError, match=f"events.jsonl:{line + 1} "):
        Journal(tmp_path).list_events()


@pytest.mark.parametrize("keep", [[1], [1, 0], [0, 0, 1]])
def test_a_line_taken_out_moved_or_put_in_is_seen(
    tmp_path: Path, keep: list[int]
) -> None:
    with Journal(tmp_path) as journal:
        journal.append(SUBMIT, now=NOW)
        journal.append(NOTICE, now=NOW)
    path = tmp_path / FILE
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[n] for n in keep))
    with pytest.raises(TamperError):
        Journal(tmp_path).list_events()


@pytest.mark.parametrize("line", [b"[]", b"{}", b"\xff", b'{"seal":1}', b"[" * 9999])
def test_what_is_no_event_is_named_and_no_traceback(
    tmp_path: Path, line: bytes
) -> None:
    (tmp_path / "casework").mkdir()
    (tmp_path / FILE).write_bytes(line + b"\n")
    with pytest.raises(TamperError):
        Journal(tmp_path).list_events()


def test_a_well_sealed_line_that_is_no_event_of_ours_is_named(tmp_path: Path) -> None:
    settled = (NoticeLine(number=1, owner="陈一"), NoticeLine(number=2, owner="陈一"))
    wrong = [
        make_event(Act.LINE, "2026-02-14", lines=settled),
        make_event(Act.LINE, "2026-02-14"),
    ]
    for place, event in enumerate(wrong):
        folder = tmp_path / str(place)
        with Journal(folder) as journal:
            journal.append(event, now=NOW)
        with pytest.raises(TamperError):
            Journal(folder).list_events()
    zoneless = tmp_path / "zoneless"
    with Journal(zoneless) as journal:
        journal.append(SUBMIT, now=NOW.replace(tzinfo=None))
    with pytest.raises(TamperError):
        Journal(zoneless).list_events()


def test_what_cannot_be_read_or_written_says_so(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir(parents=True)
    with pytest.raises(CaseError, match=f"{FILE} is no plain file"):
        Journal(tmp_path).list_events()
    (tmp_path / "full").write_bytes(b"")
    with (
        pytest.raises(CaseError, match="cannot be read"),
        Journal(tmp_path / "full"),
    ):
        pass


class _CrashError(Exception):
    pass


def test_a_crash_anywhere_loses_nothing_recorded_and_tells_of_the_torn_end(
    tmp_path: Path,
) -> None:
    steps: list[str] = []
    disk = Disk(step=steps.append, chunk=40)
    with Journal(tmp_path / "whole", disk=disk) as journal:
        journal.append(SUBMIT, now=NOW)
        journal.append(NOTICE, now=NOW, notice=b"notice")
    for at in range(len(steps)):
        folder = tmp_path / str(at)
        with pytest.raises(_CrashError):
            _until(folder, at)
        left = Journal(folder).list_events()
        assert [event.act for event in left] in ([], [Act.SUBMIT], [*_ACTS])
        with Journal(folder) as journal:
            torn = journal.torn
            journal.append(SUBMIT, now=NOW)
        assert len(Journal(folder).list_events()) == len(left) + 1
        aside = folder / "casework" / "set_aside"
        assert (torn is not None) == aside.exists()


_ACTS = (Act.SUBMIT, Act.CORRECTION)


def _until(folder: Path, crash: int) -> None:
    left = crash

    def step(_: str) -> None:
        nonlocal left
        if left == 0:
            raise _CrashError
        left -= 1

    with Journal(folder, disk=Disk(step=step, chunk=40)) as journal:
        journal.append(SUBMIT, now=NOW)
        journal.append(NOTICE, now=NOW, notice=b"notice")


def test_each_torn_end_is_set_aside_beside_the_others(tmp_path: Path) -> None:
    for _ in range(2):
        with Journal(tmp_path):
            pass
        with (tmp_path / FILE).open("ab") as file:
            file.write(b'{"number":1,"act":"sub')
    with Journal(tmp_path) as journal:
        assert journal.torn is not None
    assert len(list((tmp_path / "casework" / "set_aside").iterdir())) == 2


def test_only_one_writes_at_a_time(tmp_path: Path) -> None:
    with (
        Journal(tmp_path),
        pytest.raises(CaseError, match="another changqing is writing"),
        Journal(tmp_path),
    ):
        pass


def test_what_may_not_be_recorded_is_not_written(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    for event in (
        make_event(Act.GRANT, "2026-02-09"),
        make_event(Act.SUBMIT, "2026-12-31"),
        make_event(Act.SUBMIT, "2026-02-09", paper="nowhere"),
    ):
        with pytest.raises(CaseError):
            record(catalogue(), case, event, now=NOW)
    assert Journal(case.path).list_events() == ()


def test_a_case_that_is_about_its_renewal_by_now_keeps_its_past(
    tmp_path: Path,
) -> None:
    case = make_case(tmp_path / "case")
    record(catalogue(), case, make_event(Act.SUBMIT, "2026-02-09"), now=NOW)
    record(catalogue(), case, make_event(Act.ACCEPTANCE, "2026-02-11"), now=NOW)
    path = case.path / "case.yaml"
    text = path.read_text("utf-8").replace("stage: apply", "stage: renew")
    path.write_text(text, "utf-8")
    later = open_case(case.path, catalogue())
    state = replay_events(catalogue(), later, Journal(case.path).list_events())
    assert state.stage is CaseStage.EXAMINATION
    assert state.matter == "apply"


def test_a_procedure_that_is_known_no_more_is_named(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    event = make_event(Act.SUBMIT, "2026-02-09", matter="telegraphy", number=1)
    with pytest.raises(CaseError, match="event 1 is about telegraphy"):
        replay_events(catalogue(), case, [event])


def test_an_event_holds_nothing_that_was_not_set(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    event = make_event(Act.SUBMIT, "2026-02-09", paper="stamped")
    record(catalogue(), case, event, now=NOW)
    (line,) = (case.path / FILE).read_text(encoding="utf-8").splitlines()
    assert set(json.loads(line)) == {
        "number",
        "act",
        "on",
        "by",
        "paper",
        "stage",
        "matter",
        "papers",
        "sections",
        "declared",
        "recorded_at",
        "seal",
    }
