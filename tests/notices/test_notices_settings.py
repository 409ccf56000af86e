"""Settings name what is wrong with file and line; delivery and calendar use them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from changqing.errors import CaseError
from changqing.notices.calendar import write_calendar
from changqing.notices.deliver import deliver_pending
from changqing.notices.due import EVER, list_due_notices
from changqing.notices.outbox import Outbox
from changqing.notices.settings import NoticeSettings, read_settings
from changqing.text import Language, Text, both
from tests.notices.notices_servers import KEY, Robots, mail_box, robots
from tests.notices.test_notices_outbox import notice

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
TODAY = date(2026, 11, 24)
GOOD = """\
channels:
  post: {kind: mail, host: 127.0.0.1, port: 2525, safety: none, sender: a@example.com}
  group: {kind: dingtalk, webhook: {env: ROBOT}, key: {file: key.txt}}
people:
  李敏: {mail: li@example.com, by: [post, group]}
  王芳: {by: [group]}
cases: {beta: 王芳}
otherwise: 李敏
opened: ["127.0.0.1:2525", "127.0.0.1:8080"]
"""


def settings(
    folder: Path, text: str, robot: str = "https://x.example/"
) -> NoticeSettings:
    path = folder / "notices.yaml"
    path.write_text(text)
    (folder / "key.txt").write_text(f"{KEY}\n")
    return read_settings(path, environment={"ROBOT": robot}, clock=lambda: NOW)


def to_servers(folder: Path, server: Robots, mail_port: int) -> NoticeSettings:
    text = GOOD.replace("2525", str(mail_port)).replace("8080", str(server.port))
    return settings(folder, text, server.url("dingtalk"))


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("{env: ROBOT}", "{env: NOBODY}", "3 环境变量 NOBODY 没有设置"),
        ("key.txt", "none.txt", "3 none.txt 读不到，或者是空的"),
        ("{env: ROBOT}", "{env: ROBOT, file: x}", "3 channels.group.webhook 要写env"),
        ("{env: ROBOT}", "https://x/secret", "3 channels.group.webhook"),
        ("otherwise: 李敏", "otherwise: 李明", "8 people 中没有李明"),
        ("by: [post, group]", "by: [phone]", "5 channels 中没有phone"),
        ("王芳: {by: [group]}", "王芳: {by: [post]}", "6 王芳没有填邮箱"),
        ('"127.0.0.1:8080"', "localhost", "9 opened 要写成 主机:端口"),
        ("dingtalk", "wecom", "3 channels.group.key ：企业微信机器人没有加签密钥"),
        ("sender", "sendr", "2 "),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, good: str, bad: str, told: str
) -> None:
    with pytest.raises(CaseError) as caught:
        settings(tmp_path, GOOD.replace(good, bad))
    lines = list(caught.value.lines(Language.ZH))
    assert any(f"notices.yaml:{told}" in line for line in lines), lines
    assert all(KEY not in line and "x/secret" not in line for line in lines)


def test_a_file_that_is_not_there_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(CaseError):
        read_settings(tmp_path / "no.yaml", environment={}, clock=lambda: NOW)


def test_each_notice_goes_once_by_each_channel_of_its_reader(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    beta = notice("b", case="beta", person="王芳")
    box.add([notice("a"), beta, notice("c", person="陌生人")], NOW)
    with robots() as server, mail_box() as mail:
        read = to_servers(tmp_path, server, mail.port)
        first = deliver_pending(box, read, NOW)
        again = deliver_pending(box, read, NOW + timedelta(days=1))
    assert first.sent == {"post": 2, "group": 3}
    assert first.unsent == again.unsent == ()
    assert again.sent == {}
    (message,) = mail.got
    assert "递交a" in message.get_content()
    assert "递交c" in message.get_content()
    assert "递交b" not in message.get_content()
    assert len(server.texts) == 2


def test_a_channel_that_fails_keeps_no_other_waiting_and_is_tried_again(
    tmp_path: Path,
) -> None:
    box = Outbox(tmp_path)
    box.add([notice("a")], NOW)
    with robots() as server, mail_box() as mail:
        read = to_servers(tmp_path, server, mail.port)
        server.refuses = (200, {"errcode": 130101, "errmsg": f"too fast {KEY}"})
        first = deliver_pending(box, read, NOW)
        soon = deliver_pending(box, read, NOW + timedelta(minutes=1))
        server.refuses = None
        later = deliver_pending(box, read, NOW + timedelta(minutes=5))
    assert first.sent == {"post": 1}
    (unsent,) = first.unsent
    assert (unsent.channel, unsent.person, unsent.notices) == ("group", "李敏", 1)
    assert "130101 too fast" in unsent.why.zh
    assert soon.sent == {}
    assert soon.unsent == ()
    assert later.sent == {"group": 1}
    assert KEY not in box.path.read_text()


def test_two_do_not_send_at_the_same_time(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.add([notice("a")], NOW)
    with robots() as server, mail_box() as mail:
        read = to_servers(tmp_path, server, mail.port)
        with Outbox(tmp_path).lock_sending(), pytest.raises(CaseError):
            deliver_pending(box, read, NOW)
        assert server.texts == []
        assert deliver_pending(box, read, NOW).sent == {"post": 1, "group": 1}


class Coming:
    """A date as casework has it."""

    def __init__(self, day: date | None, *, passed: bool = False) -> None:
        self.procedure, self.step = "grant", "correct"
        self.title, self.does = Text("补正", "correct"), both("…")
        self.day, self.passed, self.provisional = day, passed, True
        self.runs_out: Text | None = None


def told(day: date | None, today: date, *, passed: bool = False) -> int:
    cases = [("alpha", [Coming(day, passed=passed)])]
    return len(list_due_notices(cases, lambda _: "李敏", today))


def test_a_date_is_told_at_each_of_its_days_once_and_once_after() -> None:
    day, ids = date(2026, 12, 31), set()
    for left in range(40, -5, -1):
        today = day - timedelta(days=left)
        cases = [("alpha", [Coming(day, passed=left < 0)])]
        ids |= {each.id for each in list_due_notices(cases, lambda _: "李敏", today)}
    assert len(ids) == len(("30", "7", "1", "0", "passed"))
    assert told(day, day - timedelta(days=31)) == 0
    assert told(None, TODAY) == 0
    assert told(day, day + timedelta(days=90), passed=True) == 1


def test_the_calendar_has_one_event_a_date_and_keeps_its_name(tmp_path: Path) -> None:
    day = date(2027, 6, 30)
    cases = [("alpha", [Coming(day), Coming(None)])]
    far = list_due_notices(cases, lambda _: "李敏", TODAY, ahead=EVER)
    near = list_due_notices(cases, lambda _: "李敏", day)
    first = write_calendar([*far, *near], Language.ZH, NOW)
    later = write_calendar(near, Language.ZH, NOW + timedelta(days=9))
    (event,) = Calendar.from_ical(first).walk("VEVENT")
    (moved,) = Calendar.from_ical(later).walk("VEVENT")
    assert event["UID"] == moved["UID"]
    assert event.decoded("DTSTART") == day
    assert event.decoded("DTEND") == day + timedelta(days=1)
    assert "暂按" in str(event["DESCRIPTION"])
    assert event["SUMMARY"] == "alpha · 补正"
    triggers = [alarm.decoded("TRIGGER") for alarm in event.walk("VALARM")]
    assert triggers == [timedelta(days=-7), timedelta(days=-1)]
