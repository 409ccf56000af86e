"""Telling people: what is due, what lapsed, and a test that they can be told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from huey import crontab

from changqing.agency.coming import collect_due_notices, collect_dues
from changqing.day import beijing_day
from changqing.errors import ChangqingError, NetError
from changqing.jsondata import JsonObject
from changqing.notices.deliver import deliver_pending
from changqing.notices.digest import Digest
from changqing.notices.outbox import Notice, Outbox
from changqing.notices.settings import SETTINGS_FILE, NoticeSettings, read_settings
from changqing.text import Text
from changqing_web import jobs
from changqing_web.index import catalogue
from changqing_web.jobs import huey, work
from changqing_web.models import Job, Role, Workspace
from changqing_web.walls import Here, find_cases_folder

TELL: Final = "notices"
TEST: Final = "notices_test"


def find_settings_path(workspace: Workspace) -> Path:
    """Find where the settings of a workspace stand, whether or not there are any."""
    return find_cases_folder(workspace) / SETTINGS_FILE


def load_settings(workspace: Workspace) -> NoticeSettings:
    """Load the settings with their secrets; CaseError with what is wrong."""
    return read_settings(
        find_settings_path(workspace), environment=os.environ, clock=timezone.now
    )


@huey.periodic_task(crontab(hour="0", minute="5"))  # type: ignore[untyped-decorator]
def tell_what_is_due() -> None:
    """Tell every morning at five past eight, Beijing time, what is due."""
    begin_telling(due=True)


@huey.periodic_task(crontab(minute="*/10"))  # type: ignore[untyped-decorator]
def tell_what_waits() -> None:
    """Tell every ten minutes what lapsed, and what could not be sent before."""
    begin_telling(due=False)


def begin_telling(*, due: bool) -> list[Job]:
    """Begin to tell the people of each workspace that has set up who is told."""
    jobs_begun = []
    for workspace in Workspace.objects.iterator():
        if not find_settings_path(workspace).is_file():
            continue
        try:
            waits = bool(Outbox(find_cases_folder(workspace)).list_pending())
        except ChangqingError:
            continue  # its page says what is wrong
        if due or waits:
            here = Here(user=AnonymousUser(), workspace=workspace, role=Role.EDITOR)
            jobs_begun.append(jobs.begin_job(here, TELL, due=due))
    return jobs_begun


@work(TELL, seconds=300)
def tell_people(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Send what was not sent yet; with `due`, what is due today is added first."""
    settings, now = load_settings(job.workspace), timezone.now()
    outbox = Outbox(find_cases_folder(job.workspace))
    if job.given.get("due"):
        tell(Text("正在找出到期的事", "Finding what is due"))
        outbox.add(_collect_notices(job.workspace, settings), now)
    tell(Text("正在发出", "Sending"))
    delivery = deliver_pending(outbox, settings, now)
    sent_count = sum(delivery.sent.values())
    missed = sum(failure.notices for failure in delivery.unsent)
    whys = {failure.channel: failure.why for failure in delivery.unsent}
    zh = "".join(f"{name}：{why.zh}。" for name, why in whys.items())
    en = "".join(f" {name}: {why.en}." for name, why in whys.items())
    told_zh = f"发出{sent_count}件" + (
        f"，{missed}件没有发出，稍后再试" if missed else ""
    )
    told_en = f"{sent_count} told" + (f", {missed} to be tried again" if missed else "")
    return {"said": {"zh": f"{told_zh}。{zh}", "en": f"{told_en}.{en}"}}


def _collect_notices(
    workspace: Workspace, settings: NoticeSettings
) -> tuple[Notice, ...]:
    today = beijing_day(timezone.now())
    dues = {}
    for row in workspace.cases.filter(archived=False, ended=False).iterator():
        folder = find_cases_folder(workspace) / row.folder
        try:
            dues[folder] = collect_dues(folder, catalogue(), today)
        except ChangqingError:
            continue  # the board says that it cannot be read
    return collect_due_notices(dues, settings, today)


@work(TEST, seconds=120)
def send_test(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Send a person a line by each of their channels, and say which took it."""
    settings, person = load_settings(job.workspace), str(job.given["person"])
    today = beijing_day(timezone.now())
    notice = Notice(
        id="test",
        case="",
        person=person,
        day=today,
        kind="test",
        title=Text(zh="长青能用这个渠道通知您", en="Changqing can reach you this way"),
        body=Text(zh="不用做什么。", en="Nothing is to be done."),
    )
    zh, en = [], []
    for name in settings.people.get(person, ()):
        tell(Text(f"正在试{name}", f"Trying {name}"))
        try:
            settings.channels[name].send(
                Digest(person=person, on=today, notices=(notice,))
            )
        except NetError as error:
            why = error.issues[0].text
            zh.append(f"{name}没有发出：{why.zh}。")
            en.append(f"{name} did not take it: {why.en}.")
        else:
            zh.append(f"{name}已发出。")
            en.append(f"{name} took it.")
    return {"said": {"zh": "".join(zh), "en": " ".join(en)}}
