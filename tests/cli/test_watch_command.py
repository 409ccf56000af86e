"""`changqing watch` on the command line: test questions, and what is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from changqing.agency.desk import Deed, DeskJournal, Note
from changqing.cli.main import main
from changqing.cli.watch import find_case_owner
from changqing.day import BEIJING
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.observations import ObservationKind, Observations
from changqing.law.compiled import load_compiled
from changqing.law.kit import Grade
from changqing.notices.outbox import Outbox
from changqing.papers.open import open_case
from changqing.run import make_situation, read_recorded
from changqing.watch.journal import Watchbook
from changqing.watch.question import REPLY_FACT
from changqing.watch.schedule import open_queue
from changqing.watch.settings import load_shipped_settings
from changqing.watch.signs import read_replies
from tests.casework.casework_sample import write_case
from tests.today import Clock
from tests.watch.watch_sample import EXAMPLE

STARTED = Clock.now(BEIJING)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    hidden = shutil.ignore_patterns("evidence", "site")
    return Path(shutil.copytree(EXAMPLE, tmp_path / "case", ignore=hidden))


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--lang", "zh"])
    return int(ended.value.code or 0)


def moment(ago: timedelta) -> str:
    return (STARTED - ago).strftime("%Y-%m-%d %H:%M")


def test_a_reply_with_its_page_is_observed_and_without_is_word(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = moment(timedelta(hours=30))
    question = ["watch", str(case), "question"]
    told = ["--channel", "邮箱", "--by", "何晚晴", "--on", sent]
    assert call(*question, "send", *told) == 0
    assert "q1" in capsys.readouterr().out
    assert call(*question, "reply", "--on", moment(timedelta(hours=10))) == 0
    (record,) = [r for r in Evidence(case).list_records() if r.fact == REPLY_FACT]
    assert (record.value, record.grade) == (20, Grade.DECLARED)
    assert call(*question, "send", *told) == 0
    page = tmp_path / "reply.html"
    page.write_text("答复", encoding="utf-8")
    answered = ["--page", str(page), "--on", moment(timedelta(hours=5))]
    assert call(*question, "reply", *answered) == 0
    record = [r for r in Evidence(case).list_records() if r.fact == REPLY_FACT][-1]
    assert (record.value, record.grade) == (25, Grade.OBSERVED)
    assert Evidence(case).read_blob(record.digest or "") == page.read_bytes()
    rows = Observations(case).read(kind=ObservationKind.REPLY)
    assert [(row.detail, row.value) for row in rows] == [("q1", 1200), ("q2", 1500)]
    assert Observations(case).verify(Evidence(case)) == ()
    assert call(*question, "reply", "--on", moment(timedelta(hours=1))) == 2
    assert "没有这个等答复的问题" in capsys.readouterr().err


@pytest.mark.long
def test_a_question_left_open_past_the_promise_is_a_lapse(case: Path) -> None:
    sent = moment(timedelta(days=9))
    told = ["--channel", "电话", "--by", "何晚晴", "--on", sent]
    assert call("watch", str(case), "question", "send", *told) == 0
    opened = open_case(case, load_compiled())
    now = Clock.now(UTC)
    found = make_situation(opened, read_recorded(opened), opened.catalogue, now.date())
    questions = Watchbook(case).compute_state().questions.values()
    (late,) = read_replies(questions, found.resolved, now)
    (early,) = read_replies(questions, found.resolved, now - timedelta(days=6))
    assert (late.good, early.good) == (False, True)
    assert "承诺5天内答复" in late.text.zh

    # Answered too late between two looks: a lapse all the same, and told of once.
    reply = ["watch", str(case), "question", "reply", "--on", moment(timedelta())]
    assert call(*reply) == 0
    questions = Watchbook(case).compute_state().questions.values()
    (once,) = read_replies(questions, found.resolved, now)
    (then,) = read_replies(questions, found.resolved, now, {once.key})
    assert (once.good, then.good) == (False, True)
    assert "才有答复" in once.text.zh


@pytest.mark.parametrize("every", ["2", "0h", "2 hours", "-1h"])
def test_an_interval_nobody_understands_is_refused(
    case: Path, every: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("watch", str(case), "--once", f"--every={every}") == 2
    assert "看不懂" in capsys.readouterr().err


def test_a_folder_without_cases_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("watch", str(tmp_path), "--once") == 2
    assert "没有项目" in capsys.readouterr().err


@pytest.mark.usefixtures("case")
def test_notices_go_to_the_folder_that_each_case_stands_in(tmp_path: Path) -> None:
    sent = ["--channel", "电话", "--by", "何晚晴", "--on", moment(timedelta(days=9))]
    homes = [tmp_path / "one", tmp_path / "two"]
    for home in homes:
        file = write_case(home / "case") / "case.yaml"
        text = file.read_text(encoding="utf-8")
        promised = text.replace(
            "application:", "  complaint_reply_days: 5\napplication:"
        )
        now = promised.replace("2025-11-20", str(STARTED.date()))
        file.write_text(now, encoding="utf-8")
        assert call("watch", str(home / "case"), "question", "send", *sent) == 0

    assert call("watch", str(homes[0]), str(homes[1] / "case"), "--once") == 1

    for home in homes:
        assert [notice.kind for notice in Outbox(home).list_all()] == ["lapse"]


def test_settings_that_are_wrong_are_named_by_line(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from changqing.errors import CaseError
    from changqing.watch.settings import load_settings

    (case / "watch").mkdir()
    path = case / "watch" / "settings.yaml"
    path.write_text("no_redress: {fails: 5, passes: 4}\n", encoding="utf-8")
    assert load_settings(case).no_redress.fails == 5
    assert load_settings(case).silence_days == load_shipped_settings().silence_days
    path.write_text("no_redress: {fails: 0, passes: 4}\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"settings\.yaml:1"):
        load_settings(case)
    assert call("watch", str(case), "--once") == 2  # before anything is looked at
    assert "settings.yaml:1" in capsys.readouterr().out.replace("\n", "")
    assert not (case / "evidence").exists()


def test_a_queue_is_sqlite_unless_an_address_says_otherwise(tmp_path: Path) -> None:
    from changqing.errors import ChangqingError

    assert open_queue(None, tmp_path / "state").storage is not None
    assert (tmp_path / "state" / "queue.sqlite3").is_file()
    queues = {
        share: open_queue(None, tmp_path / "state", share=share)
        for share in ("", "1-of-2", "2-of-2")
    }
    queues["1-of-2"].task(name="one")(int)()
    waiting = {share: queue.pending_count() for share, queue in queues.items()}
    assert waiting == {"": 0, "1-of-2": 1, "2-of-2": 0}
    for queue in queues.values():
        queue.storage.close()
    with pytest.raises(ChangqingError, match="CHANGQING_QUEUE"):
        open_queue("amqp://127.0.0.1/", tmp_path)


@pytest.mark.long
@pytest.mark.postgresql
def test_a_round_that_waits_on_postgresql_is_done_once(
    tmp_path: Path, postgresql: Callable[[], str]
) -> None:
    address = postgresql()
    queue, other = open_queue(address, tmp_path), open_queue(address, tmp_path)
    done: list[int] = []
    task = queue.task(name="counted")(lambda: done.append(1))
    task()
    assert other.pending_count() == 1
    waiting = queue.dequeue()
    assert waiting is not None
    queue.execute(waiting)
    assert (done, queue.pending_count()) == ([1], 0)
    for each in (queue, other):
        each.storage.close()
    assert list(tmp_path.iterdir()) == []


def test_a_postgresql_that_is_not_there_is_told(tmp_path: Path) -> None:
    from changqing.errors import ChangqingError

    with pytest.raises(ChangqingError, match="CHANGQING_QUEUE"):
        open_queue(
            f"postgresql://nobody@{quote(str(tmp_path), safe='')}/none", tmp_path
        )


def test_who_looks_after_a_case_is_told_and_else_the_case_itself(case: Path) -> None:
    assert find_case_owner(case) is None
    now = Clock.now(UTC)
    with DeskJournal(case) as desk:
        desk.append(Note(deed=Deed.ASSIGN, by="何晚晴", to="李敏"), now=now)

    assert find_case_owner(case) == "李敏"


def test_a_case_without_an_address_is_not_called_well(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (case / "case.yaml").write_text(
        "applicant: {name: 某公司}\n"
        "application: {licence: B25, scope: intra_province, region: '33',"
        " stage: apply, submit_on: 2026-12-10}\n"
        "declared_on: 2026-11-20\nservices: []\npeople: []\npapers: []\n",
        encoding="utf-8",
    )
    for _ in range(2):
        assert call("watch", str(case), "--once") == 0
        shown = capsys.readouterr().out
        assert "项目里没有网址" in shown
        assert "一切照常" not in shown
        assert "服务中断：未知，网站停更：未知，投诉没人受理：未知" in shown
