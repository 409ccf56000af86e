"""Who is told, and how, is set on a page; secrets are shown nowhere."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.notices.outbox import Notice, Outbox
from changqing.notices.settings import read_settings
from changqing.text import Text
from changqing_web.models import CaseEvent, Job, Role
from changqing_web.walls import find_cases_folder
from changqing_web.work.notices import (
    begin_telling,
    find_settings_path,
    load_settings,
    send_test,
    tell_people,
)
from tests.notices.notices_servers import Robots
from tests.web.web_world import Place

HOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret-of-the-robot"
ROBOT = {"do": "add", "person": "林疏影", "way": "wecom", "webhook": HOOK}


def post(place: Place, **data: str) -> tuple[int, str]:
    url = f"/w/{place.workspace.slug}/notices/"
    answer = place.people[Role.OWNER].post(url, data, follow=True)
    return answer.status_code, answer.content.decode()


@pytest.fixture
def robots() -> Iterator[Robots]:
    with Robots() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def write_settings(place: Place, robots: Robots) -> None:
    """A robot on this machine, which only the file may open."""
    path = find_settings_path(place.workspace)
    (path.parent / "hook.txt").write_text(robots.url("wecom"), "utf-8")
    path.write_text(
        "channels:\n  群: {kind: wecom, webhook: {file: hook.txt}}\n"
        f'opened: ["127.0.0.1:{robots.port}"]\n'
        "people:\n  林疏影: {by: [群]}\notherwise: 林疏影\n",
        "utf-8",
    )


def say(result: Mapping[str, object]) -> str:
    said = result["said"]
    assert isinstance(said, dict)
    return str(said["zh"])


def make_job(place: Place, kind: str, **given: object) -> Job:
    return Job.objects.create(
        workspace=place.workspace, kind=kind, given=given, asked_by="x"
    )


def test_the_first_person_is_told_of_everything_and_the_secret_is_kept(
    place: Place,
) -> None:
    status, page = post(place, **ROBOT)
    assert status == 200
    assert "有事通知林疏影" in page
    assert "企业微信群" in page
    found = load_settings(place.workspace)
    assert (found.otherwise, found.people) == ("林疏影", {"林疏影": ("企业微信群",)})
    text = find_settings_path(place.workspace).read_text("utf-8")
    event = CaseEvent.objects.get(workspace=place.workspace, verb="notices")
    told = json.dumps([event.what, event.detail], ensure_ascii=False)
    assert "secret-of-the-robot" not in text + page + told
    (secret,) = (find_cases_folder(place.workspace) / "notices" / "secrets").iterdir()
    assert secret.read_text("utf-8") == HOOK
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    watch = place.editor.get(place.url("casework/watch/")).content.decode()
    assert "<b>林疏影</b>，经企业微信群" in watch


def test_people_are_added_changed_and_removed(place: Place) -> None:
    post(place, **ROBOT)
    mail = {"way": "mail", "host": "smtp.example.com", "sender": "n@example.com"}
    status, _ = post(place, do="add", person="陆", mail="lu@example.com", **mail)
    assert status == 200
    post(place, do="add", person="林疏影", way="邮件", mail="lin@example.com")
    found = load_settings(place.workspace)
    assert found.people == {"林疏影": ("企业微信群", "邮件"), "陆": ("邮件",)}
    post(place, do="otherwise", person="陆")
    assert load_settings(place.workspace).otherwise == "陆"
    post(place, do="remove", person="陆")
    assert load_settings(place.workspace).otherwise == "林疏影"
    _, page = post(place, do="remove", person="林疏影")
    assert "还没有人会收到通知" in page
    path = find_settings_path(place.workspace)
    assert not path.exists()
    assert path.with_name("notices.yaml.off").is_file()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"person": " "}, "写上姓名"),
        ({"webhook": "http://robot"}, "以https://开头"),
        ({"way": "pigeon"}, "选一种通知的方式"),
        ({"way": "mail", "mail": "a"}, "邮箱的写法不对"),
        ({"way": "mail"}, "用邮件通知，要写邮箱"),
        ({"way": "mail", "mail": "a@b.cn", "port": "x"}, "端口是一个数"),
        ({"way": "mail", "mail": "a@b.cn", "host": "a b"}, "写上邮件服务器"),
    ],
)
def test_what_cannot_work_is_refused_and_nothing_is_kept(
    place: Place, wrong: dict[str, str], told: str
) -> None:
    status, page = post(place, **{**ROBOT, **wrong})
    assert status == 422
    assert told in page
    assert "secret-of-the-robot" not in page
    assert not find_settings_path(place.workspace).exists()
    assert not (find_cases_folder(place.workspace) / "notices").exists()


def test_a_file_written_by_hand_keeps_its_words(place: Place) -> None:
    path = find_settings_path(place.workspace)
    own = (
        "# 我们的\nchannels:\n  群: {kind: wecom, webhook: {env: NO_SUCH_NAME}}\n"
        "people:\n  陆: {by: [群]}  # 值班\notherwise: 陆\n"
    )
    path.write_text(own, "utf-8")
    status, _ = post(place, do="add", person="林疏影", way="群")
    assert status == 200
    text = path.read_text("utf-8")
    assert "# 我们的" in text
    assert "env: NO_SUCH_NAME" in text
    path.write_text("channels: 1\n", "utf-8")
    status, page = post(place, **ROBOT)
    assert status == 422
    assert "notices.yaml" in page
    assert path.read_text("utf-8") == "channels: 1\n"


def test_a_test_and_what_is_due_are_sent(place: Place, robots: Robots) -> None:
    write_settings(place, robots)
    said = send_test(make_job(place, "notices_test", person="林疏影"), lambda _: None)
    assert said["said"] == {"zh": "群已发出。", "en": "群 took it."}
    assert "能用这个渠道" in robots.texts[0]
    notice = Notice(
        id="lapse",
        case=place.case.folder,
        person="x",
        day=date(2026, 11, 27),
        kind="lapse",
        title=Text("服务中断", "stopped answering"),
        body=Text("没有应答", "no answer"),
    )
    Outbox(find_cases_folder(place.workspace)).add([notice], timezone.now())
    said = tell_people(make_job(place, "notices", due=True), lambda _: None)
    assert "服务中断" in "".join(robots.texts[1:])
    assert say(said).startswith("发出")
    again = tell_people(make_job(place, "notices", due=True), lambda _: None)
    assert say(again) == "发出0件。"


def test_what_a_robot_refuses_waits_and_is_said(place: Place, robots: Robots) -> None:
    write_settings(place, robots)
    robots.refuses = (200, {"errcode": 45009, "errmsg": "too often"})
    said = send_test(make_job(place, "notices_test", person="林疏影"), lambda _: None)
    assert "群没有发出" in say(said)
    notice = Notice(
        id="x",
        case=place.case.folder,
        person="林疏影",
        day=date(2026, 11, 27),
        kind="lapse",
        title=Text("服务中断", "stopped answering"),
        body=Text("", ""),
    )
    Outbox(find_cases_folder(place.workspace)).add([notice], timezone.now())
    said = tell_people(make_job(place, "notices", due=False), lambda _: None)
    assert "1件没有发出，稍后再试" in say(said)
    _, page = post(place, do="nothing")
    assert "有没发出去的，会再试" in page
    assert [job.given for job in begin_telling(due=False)] == [{"due": False}]


def test_nothing_is_begun_where_nobody_is_told(place: Place) -> None:
    assert begin_telling(due=True) == []
    post(place, **ROBOT)
    assert begin_telling(due=False) == []
    assert len(begin_telling(due=True)) == 1


def test_only_an_owner_sets_it(place: Place) -> None:
    url = f"/w/{place.workspace.slug}/notices/"
    assert place.editor.get(url).status_code == 404
    assert place.people[Role.OWNER].get(url).status_code == 200


def test_a_secret_of_the_environment_is_read_when_sending(tmp_path: Path) -> None:
    path = tmp_path / "notices.yaml"
    path.write_text(
        "channels:\n  群: {kind: wecom, webhook: {env: ROBOT}}\n"
        "people:\n  陆: {by: [群]}\notherwise: 陆\n",
        "utf-8",
    )
    found = read_settings(path, environment={"ROBOT": HOOK}, clock=timezone.now)
    assert "secret" not in repr(found.channels)
