"""通知: who is told of dates and incidents, by which channel, and a test of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from changqing.errors import ChangqingError
from changqing.net.mail_out import MailSafety
from changqing.notices.edit_settings import (
    NewChannel,
    add_person,
    load_shape,
    remove_person,
    set_otherwise,
)
from changqing.notices.outbox import Outbox
from changqing.notices.settings import MailShape, SettingsShape
from changqing.text import Text
from changqing_web import jobs
from changqing_web.errors import list_issues
from changqing_web.facts.drafts import Typed
from changqing_web.language import t
from changqing_web.models import Job, Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute, find_cases_folder
from changqing_web.work.notices import TELL, TEST, find_settings_path

_NEW: Final = {
    "wecom": Text("企业微信群机器人", "a WeCom robot"),
    "dingtalk": Text("钉钉群机器人", "a DingTalk robot"),
    "feishu": Text("飞书群机器人", "a Feishu robot"),
    "mail": Text("邮件，用自己的邮件服务器", "mail, by a mail server of your own"),
}
_SAFETY: Final = {
    MailSafety.TLS.value: Text("一开始就加密（常见465）", "TLS from the start (465)"),
    MailSafety.STARTTLS.value: Text("连上再加密（常见587）", "STARTTLS (587)"),
}
_MOST: Final = 40
_MAIL: Final = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,190}")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,250}")
_PORTS: Final = range(1, 65_536)
_LONGEST: Final = 1_000
Wrong = dict[str, str]


def show_notices(request: HttpRequest, here: Here) -> HttpResponse:
    """Show who is told of what; a POST changes one thing of it."""
    if request.method == "POST":
        typed = Typed.from_post(request.POST)
        wrong: Wrong = {}
        errors: list[str] = []
        try:
            done_text = _carry_out(here, typed, wrong)
        except ChangqingError as error:
            done_text, errors = None, list_issues(error)
        if done_text is not None:
            if done_text.zh:
                add_case_event(here, "notices", done_text)
                messages.success(request, t(f"{done_text.zh}。", f"{done_text.en}."))
            return redirect("notices", workspace=here.workspace.slug)
        typed_values = {name: typed.get_one(name) for name in typed.data}
        return _render_page(request, here, typed_values, wrong, errors, status=422)
    return _render_page(request, here, {}, {}, [])


def _carry_out(here: Here, typed: Typed, wrong: Wrong) -> Text | None:
    """What was done, for the record; empty where there is nothing to tell, None: no."""
    path, now = find_settings_path(here.workspace), timezone.now()
    name = " ".join(typed.get_one("person").split())[:_MOST]
    match typed.get_one("do"):
        case "add":
            by = _read_way(typed, wrong, load_shape(path))
            mail = typed.get_one("mail").strip()
            if not name:
                wrong["person"] = t("写上姓名", "give a name")
            if mail and not _MAIL.fullmatch(mail):
                wrong["mail"] = t("邮箱的写法不对", "this is no mail address")
            if wrong or by is None:
                return None
            add_person(path, name, mail=mail, by=by, now=now)
            return Text(f"有事通知{name}", f"{name} is told from now on")
        case "remove":
            remove_person(path, name, now=now)
            return Text(f"不再通知{name}", f"{name} is told no more")
        case "otherwise":
            set_otherwise(path, name, now=now)
            return Text(
                f"没有指定经办的项目通知{name}",
                f"{name} is told of cases that nobody looks after",
            )
        case "test":
            jobs.begin_job(here, TEST, person=name)
        case "send":
            jobs.begin_job(here, TELL, due=True)
    return Text("", "")


def _read_way(
    typed: Typed, wrong: Wrong, shape: SettingsShape | None
) -> str | NewChannel | None:
    """The channel that was chosen: one that is there, or a new one."""
    way = typed.get_one("way")
    mail = typed.get_one("mail").strip()
    if shape is not None and way in shape.channels:
        if isinstance(shape.channels[way], MailShape) and not mail:
            wrong["mail"] = t("用邮件通知，要写邮箱", "mail needs an address")
        return way
    if way not in _NEW:
        wrong["way"] = t("选一种通知的方式", "choose how")
        return None
    values = {
        n: typed.get_one(n).strip()[:_LONGEST]
        for n in ("webhook", "key", "host", "sender", "user", "password")
    }
    if way != "mail":
        if not values["webhook"].startswith("https://"):
            wrong["webhook"] = t(
                "粘贴机器人的地址，以https://开头",
                "paste the robot’s address, beginning with https://",
            )
        key = "" if way == "wecom" else values["key"]
        return NewChannel(kind=way, webhook=values["webhook"], key=key)
    if not mail:
        wrong["mail"] = t("用邮件通知，要写邮箱", "mail needs an address")
    if not _HOST.fullmatch(values["host"]):
        wrong["host"] = t(
            "写上邮件服务器，如smtp.example.com", "such as smtp.example.com"
        )
    if not _MAIL.fullmatch(values["sender"]):
        wrong["sender"] = t("写上发件的邮箱", "give the address it is sent from")
    port = typed.get_one("port").strip() or "465"
    if not port.isdecimal() or int(port) not in _PORTS:
        wrong["port"] = t("端口是一个数，如465", "a number such as 465")
        return None
    safety = typed.get_one("safety")
    return NewChannel(
        kind="mail",
        host=values["host"],
        port=int(port),
        safety=safety if safety in _SAFETY else MailSafety.TLS.value,
        sender=values["sender"],
        user=values["user"],
        password=values["password"],
    )


def _render_page(
    request: HttpRequest,
    here: Here,
    typed: Mapping[str, str],
    wrong: Wrong,
    errors: list[str],
    *,
    status: int = 200,
) -> HttpResponse:
    shape: SettingsShape | None = None
    try:
        shape = load_shape(find_settings_path(here.workspace))
    except ChangqingError as error:
        errors = [*errors, *list_issues(error)]
    try:
        failed = Outbox(find_cases_folder(here.workspace)).list_failures()
    except ChangqingError as error:
        failed = {}
        errors = [*errors, *list_issues(error)]
    channels = {} if shape is None else shape.channels
    return render(
        request,
        "watching/notices.html",
        {
            "section": "members",
            "people": [] if shape is None else list(shape.people.items()),
            "otherwise": "" if shape is None else shape.otherwise,
            "ways": [*((c, Text(c, c)) for c in channels), *_NEW.items()],
            "safety": _SAFETY.items(),
            "typed": typed,
            "wrong": wrong,
            "errors": errors,
            "failed": list({f.why.zh: f.why for f in failed.values()}.values()),
            "job": _find_last_test(here),
        },
        status=status,
    )


def _find_last_test(here: Here) -> Job | None:
    return here.workspace.jobs.filter(kind__in=(TELL, TEST)).order_by("-pk").first()


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/notices/",
        view=show_notices,
        name="notices",
        least=Role.OWNER,
        methods=("GET", "POST"),
    ),
)
