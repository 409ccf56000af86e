"""成员: who is in a workspace, in which role; invitations and links for reviewers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from changqing.text import Text
from changqing_web.accounts.invitations import describe_invitation
from changqing_web.language import t
from changqing_web.models import CaseRow, Link, Membership, Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute

_INVITED_FOR: Final = timedelta(days=14)
_LONGEST_NUMBER: Final = 18  # digits that every database takes
_REVIEW_DAYS: Final = (7, 30, 90)
_SHOWN: Final = 50
_OFFERED: Final = 300  # names of cases, to be completed as they are typed
_SCOPED: Final = frozenset({Role.RESPONDENT, Role.REVIEWER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What somebody else is about to be let see, as it is said before it is done.

    `given` are the fields of the form that was sent, to be sent again.
    """

    title: Text
    says: Text
    button: Text
    given: tuple[tuple[str, str], ...]


def show_members(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the people of a workspace and the links that are open.

    A POST changes one thing, which `do` names.
    """
    if request.method == "POST":
        return _apply_change(request, here)
    return _render_page(request, here)


def _render_page(
    request: HttpRequest, here: Here, *, address: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    links = Link.objects.filter(
        workspace=here.workspace, expires_at__gt=now, withdrawn_at=None, used_at=None
    ).select_related("case")
    return render(
        request,
        "accounts/members.html",
        {
            "section": "members",
            "memberships": here.workspace.memberships.select_related("user")
            .prefetch_related("cases")
            .order_by("user__username"),
            "links": links.exclude(purpose=Link.Purpose.SIGN_IN).order_by("-pk"),
            "roles": [(role, role.text, role.meaning) for role in reversed(Role)],
            "names": here.workspace.cases.order_by("name").values_list(
                "name", flat=True
            )[:_OFFERED],
            "scoped": _SCOPED,
            "typed": {} if address else request.POST,
            "days": _REVIEW_DAYS,
            "events": here.workspace.events.filter(case="")[:_SHOWN],
            "address": address,
        },
        status=status,
    )


def _apply_change(request: HttpRequest, here: Here) -> HttpResponse:
    match request.POST.get("do"):
        case "invite":
            return _invite_person(request, here)
        case "review":
            return _make_review_link(request, here)
        case "withdraw":
            _withdraw_link(request, here)
        case "role":
            _set_role(request, here)
        case "unname":
            _take_case_away(request, here)
        case "remove":
            _remove_member(request, here)
        case _:
            raise Http404
    owners = here.workspace.memberships.filter(role=Role.OWNER)
    if not owners.filter(user__username=here.name).exists():
        return redirect("start")  # this page is no longer for them
    return redirect("members", workspace=here.workspace.slug)


def _parse_number(text: str | None) -> int:
    if text is None or not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        raise Http404
    return int(text)


def _find_case(request: HttpRequest, here: Here) -> CaseRow | None:
    """The one case that is meant: by folder, credit code, or enough of its name."""
    words = request.POST.get("case", "").strip()
    if not words:
        return None
    rows = here.workspace.cases
    exact = rows.filter(Q(folder=words) | Q(credit_code=words) | Q(name=words))[:2]
    rows_found = list(exact) or list(rows.filter(name__icontains=words)[:2])
    return rows_found[0] if len(rows_found) == 1 else None


def _ask_which_case(request: HttpRequest, here: Here) -> HttpResponse:
    """Ask again for which case it is; nothing typed is lost."""
    messages.error(
        request,
        t(
            "要指定一个项目：填企业全称、信用代码或项目编号。",
            "Name one case, by its company, credit code or folder.",
        ),
    )
    return _render_page(request, here, status=422)


_SENT_AGAIN: Final = ("do", "role", "case", "days", "label")


def _ask_whether_sure(
    request: HttpRequest, here: Here, *, title: Text, says: Text, button: Text
) -> HttpResponse:
    """Say who gets to see what until when; nothing is made before it is answered."""
    fields_sent = tuple(
        (name, request.POST[name]) for name in _SENT_AGAIN if name in request.POST
    )
    share = Sharing(title=title, says=says, button=button, given=fields_sent)
    context = {"section": "members", "share": share}
    return render(request, "accounts/share.html", context)


def _say_invitation(
    label: str, role: Role, case: CaseRow | None, until: datetime
) -> Text:
    """Say what the invited come to see, and how long."""
    name, means, day = role.text, role.meaning, _format_day(until)
    of = Text("", "") if case is None else Text(f"《{case.name}》", f" of {case.name}")
    who = Text("第一个打开链接的人", "whoever opens the link first")
    if label:
        who = Text(f"{label}（{who.zh}）", f"{label} ({who.en})")
    return Text(
        zh=f"{who.zh}，到{day}为止可以加入，成为{of.zh}{name.zh}（{means.zh}），"
        "加入以后一直能看，直到您把他移出。",
        en=f"Until {day} {who.en} may join as {name.en}{of.en} ({means.en}), and sees "
        "it from then on until you remove them.",
    )


def _say_review(label: str, case: CaseRow, until: datetime) -> Text:
    """Say what a review link shows, to whom, and how long."""
    day = _format_day(until)
    who = Text("拿到链接的人", "whoever has the link")
    if label:
        who = Text(f"{label}（{who.zh}）", f"{label} ({who.en})")
    return Text(
        zh=f"{who.zh}不用账号就能看《{case.name}》的情况、结论、申报材料和不涉及个人的原件，只看不改，"
        f"到{day}为止；您可以随时收回。",
        en=f"Until {day} {who.en} sees facts, findings, dossier and papers "
        f"(none about persons) of {case.name} without an account and changes nothing; "
        "you can withdraw it at any time.",
    )


def _format_day(until: datetime) -> str:
    return timezone.localdate(until).isoformat()


def _read_label(request: HttpRequest) -> str:
    return request.POST.get("label", "").strip()[:120]


def _invite_person(request: HttpRequest, here: Here) -> HttpResponse:
    role = request.POST.get("role", "")
    if role not in Role.values:
        raise Http404
    case = _find_case(request, here) if Role(role) in _SCOPED else None
    if Role(role) in _SCOPED and case is None:
        return _ask_which_case(request, here)
    label, until = _read_label(request), timezone.now() + _INVITED_FOR
    if not request.POST.get("sure"):
        return _ask_whether_sure(
            request,
            here,
            title=Text("邀请", "Invite"),
            says=_say_invitation(label, Role(role), case, until),
            button=Text("确认，生成邀请链接", "Yes, make the invitation"),
        )
    _, secret = Link.make(
        Link.Purpose.INVITE,
        expires_at=until,
        workspace=here.workspace,
        case=case,
        role=role,
        made_by=here.name,
        label=label,
    )
    name = Role(role).text
    add_case_event(here, "invite", Text(zh=f"邀请{name.zh}", en=f"invited: {name.en}"))
    return _render_page(
        request, here, address=request.build_absolute_uri(f"/join/{secret}/")
    )


def _make_review_link(request: HttpRequest, here: Here) -> HttpResponse:
    case = _find_case(request, here)
    days = _parse_number(request.POST.get("days"))
    if days not in _REVIEW_DAYS:
        raise Http404
    if case is None:
        return _ask_which_case(request, here)
    label, until = _read_label(request), timezone.now() + timedelta(days=days)
    if not request.POST.get("sure"):
        return _ask_whether_sure(
            request,
            here,
            title=Text("审阅链接", "Review link"),
            says=_say_review(label, case, until),
            button=Text("确认，生成审阅链接", "Yes, make the review link"),
        )
    _, secret = Link.make(
        Link.Purpose.REVIEW,
        expires_at=until,
        workspace=here.workspace,
        case=case,
        role=Role.REVIEWER,
        made_by=here.name,
        label=label,
    )
    within = Here(user=here.user, workspace=here.workspace, role=here.role, case=case)
    add_case_event(
        within,
        "review_link",
        Text(
            zh=f"给审阅人开了{days}天的只读链接",
            en=f"opened a read-only link for {days} days",
        ),
    )
    address = request.build_absolute_uri(f"/review/{secret}/")
    return _render_page(request, here, address=address)


def _withdraw_link(request: HttpRequest, here: Here) -> None:
    link = Link.objects.filter(
        workspace=here.workspace,
        pk=_parse_number(request.POST.get("link")),
        withdrawn_at=None,
    ).first()
    if link is None:
        raise Http404
    link.withdrawn_at = timezone.now()
    link.save(update_fields=["withdrawn_at"])
    of = link.label or t("没有写给谁", "for nobody named")
    add_case_event(
        replace(here, case=link.case),
        "withdraw",
        Text(zh=f"收回链接（{of}）", en=f"withdrew a link ({of})"),
    )
    messages.success(
        request,
        t("链接已收回，再也打不开。", "The link is withdrawn and opens nothing."),
    )


def _has_other_owner(here: Here, without: Membership) -> bool:
    owners = here.workspace.memberships.filter(role=Role.OWNER)
    return owners.exclude(pk=without.pk).exists()


def _find_membership(request: HttpRequest, here: Here) -> Membership:
    membership = here.workspace.memberships.filter(
        pk=_parse_number(request.POST.get("member"))
    ).first()
    if membership is None:
        raise Http404
    return membership


def _set_role(request: HttpRequest, here: Here) -> None:
    role = request.POST.get("role", "")
    if role not in Role.values:
        raise Http404
    with transaction.atomic():
        member = _find_membership(request, here)
        if role in _SCOPED and not member.cases.exists():
            messages.error(
                request,
                t(
                    "这个角色只看指定的项目，还没有指定。请用下面的邀请，"
                    "写明项目，由对方用同一账号打开。",
                    "This role sees named cases only, and none is named. Invite them "
                    "below to a case, to be opened with the same account.",
                ),
            )
            return
        if role != Role.OWNER and not _has_other_owner(here, member):
            messages.error(request, t("至少要有一位负责人。", "One owner must remain."))
            return
        member.role = role
        member.save(update_fields=["role"])
        name, who = Role(role).text, member.user.get_username()
        add_case_event(
            here,
            "role",
            Text(zh=f"{who}改为{name.zh}", en=f"{who} is now: {name.en}"),
        )
        messages.success(
            request, t(f"{who}现在是{name.zh}。", f"{who} is now: {name.en}.")
        )


def _take_case_away(request: HttpRequest, here: Here) -> None:
    """Take from somebody a case that was named for them."""
    member, case = _find_membership(request, here), _find_case(request, here)
    if case is None or case not in member.cases.all():
        raise Http404
    member.cases.remove(case)
    who = member.user.get_username()
    add_case_event(
        replace(here, case=case),
        "unname",
        Text(zh=f"{who}不再看这个项目", en=f"{who} sees this case no longer"),
    )
    messages.success(
        request,
        t(f"{who}不再看{case.name}。", f"{who} sees {case.name} no longer."),
    )


def _remove_member(request: HttpRequest, here: Here) -> None:
    with transaction.atomic():
        member = _find_membership(request, here)
        if not _has_other_owner(here, member):
            messages.error(request, t("至少要有一位负责人。", "One owner must remain."))
            return
        who = member.user.get_username()
        add_case_event(here, "remove", Text(zh=f"移出{who}", en=f"removed {who}"))
        member.delete()
        messages.success(request, t(f"{who}已移出。", f"{who} is removed."))


def join_workspace(request: HttpRequest, user: User, secret: str) -> HttpResponse:
    """Become a member by an invitation, which is used up by it."""
    link = Link.find(secret, Link.Purpose.INVITE, now=timezone.now())
    if link is None or link.used_at is not None or link.workspace is None:
        return render(request, "accounts/link_over.html", status=410)
    if link.user is not None and link.user != user:  # somebody signed up by it
        return render(request, "accounts/link_over.html", status=410)
    if request.method == "GET":
        return render(
            request,
            "accounts/join.html",
            {"invitation": describe_invitation(link)},
        )
    with transaction.atomic():
        used = Link.objects.filter(pk=link.pk, used_at=None)
        if not used.update(used_at=timezone.now()):
            return render(request, "accounts/link_over.html", status=410)
        member, fresh = Membership.objects.get_or_create(
            workspace=link.workspace, user=user, defaults={"role": link.role}
        )
        if not fresh and Role(link.role).rank > Role(member.role).rank:
            member.role = link.role
            member.save(update_fields=["role"])
        if link.case is not None:
            member.cases.add(link.case)
    if link.case is not None and Role(member.role) in _SCOPED:
        return redirect("start")
    return redirect("board", workspace=link.workspace.slug)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/members/",
        view=show_members,
        name="members",
        least=Role.OWNER,
        methods=("GET", "POST"),
    ),
    PageRoute(
        path="join/<str:secret>/",
        view=join_workspace,
        name="join",
        methods=("GET", "POST"),
        sample={"secret": "no-such-secret"},
    ),
)
