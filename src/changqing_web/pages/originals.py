"""The file of a paper: shown to few, kept when another takes its place, erased."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils import timezone

from changqing.catalogue import Material
from changqing.errors import ChangqingError
from changqing.evidence import casefile, replaced_files
from changqing.evidence.casefile import StaleError, Written
from changqing.text import Text
from changqing_web import drafts, intake
from changqing_web.bundles import forget_whole
from changqing_web.cases import key_path
from changqing_web.errors import issues_of
from changqing_web.index import catalogue, refresh
from changqing_web.language import t
from changqing_web.models import Role
from changqing_web.pages.evidence import SANDBOX
from changqing_web.record import record
from changqing_web.said import log_what_is_said
from changqing_web.walls import Here, Route

Json = dict[str, Any]


def item_of(written: Written, paper: str) -> Json:
    """What the case file says of a paper; 404 where it names none."""
    found = written.at(("papers", paper))
    if not isinstance(found, dict):
        raise Http404
    return found


def is_personal(material: Material | None) -> bool:
    """Whether the paper is about a person."""
    return material is not None and material.personal is not None


def earlier_of(here: Here, written: Written, paper: str) -> list[str]:
    """The files that were this paper before others took their place."""
    listed = {
        str(one.get("file")) for of in ("papers", "looks") for one in written.items(of)
    }
    return replaced_files(here.folder, listed=listed).get(paper, [])


def path_in(here: Here, name: str) -> Path | None:
    """A file of the case, if it lies in the case folder."""
    path = here.folder / name
    try:
        real = path.resolve(strict=True)
    except OSError:
        return None
    inside = real.is_relative_to(here.folder.resolve()) and real.is_file()
    return real if inside else None


def file(request: HttpRequest, here: Here, paper: str) -> HttpResponseBase:
    """The file of a paper; what is about a person is shown to few, and audited."""
    written = casefile.read(here.folder)
    item = item_of(written, paper)
    material = catalogue().materials.get(str(item.get("kind")))
    name = str(item.get("file") or "")
    if asked := request.GET.get("earlier"):
        earlier = earlier_of(here, written, paper)
        name = next((one for one in earlier if Path(one).name == asked), "")
    path = path_in(here, name)
    if path is None:
        raise Http404
    if is_personal(material):
        if not here.may(Role.EDITOR):
            raise Http404
        label = material.label if material else Text(paper, paper)
        record(
            here,
            "view_identity",
            Text(zh=f"查看《{label.zh}》原件", en=f"Looked at {label.en}"),
            paper=paper,
            path=name,
        )
    kind = intake.type_of(path)
    inline = kind.inline and request.GET.get("download") != "1"
    answer = FileResponse(
        path.open("rb"),
        content_type=kind.mime,
        as_attachment=not inline,
        filename=path.name,
    )
    answer["Content-Security-Policy"] = SANDBOX
    answer["X-Content-Type-Options"] = "nosniff"
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["Cache-Control"] = "private, no-store"
    return answer


def erase(request: HttpRequest, here: Here, paper: str) -> HttpResponse:
    """Erase a paper about a person; the log goes on proving that it was there."""
    from changqing.casework import Journal
    from changqing.evidence import erase_paper, load_key

    written = casefile.read(here.folder)
    item = item_of(written, paper)
    material = catalogue().materials.get(str(item.get("kind")))
    address = reverse("evidence", args=[here.workspace.slug, here.row.folder])
    if not is_personal(material) or not request.POST.get("sure"):
        messages.error(
            request,
            t(
                "没有抹去：只能抹去关于个人的材料，并须勾选确认。",
                "Nothing was erased: only papers about a person can be, and only when "
                "confirmed.",
            ),
        )
        return HttpResponseRedirect(address, status=303)
    label = material.label if material else Text(paper, paper)
    try:
        earlier = earlier_of(here, written, paper)
        casefile.remove(
            here.folder,
            "papers",
            paper,
            catalogue=catalogue(),
            version=written.version,
        )
        log_what_is_said(here)
        gone = erase_paper(
            here.folder,
            load_key(key_path()),
            paper,
            str(item["file"]),
            timezone.now(),
            earlier=earlier,
        )
        Journal(here.folder).forget(paper)
    except StaleError:
        messages.error(
            request,
            t("别人刚改过，请再试。", "Somebody has just changed it; try again."),
        )
        return HttpResponseRedirect(address, status=303)
    except ChangqingError as error:
        for line in issues_of(error):
            messages.error(request, line)
        return HttpResponseRedirect(address, status=303)
    drafts.erase(here, f"paper:{paper}")
    bundles = forget_whole(
        here,
        Text(
            f"抹去《{label.zh}》时删除：里面可能有它",
            f"Deleted when {label.en} was erased: it may have been inside",
        ),
    )
    record(
        here,
        "erase",
        Text(
            zh=f"抹去《{label.zh}》：文件已删，日志中{gone}条只留摘要和它关于什么",
            en=f"Erased {label.en}: the file is gone, {gone} entries of the log keep "
            "their digest and what they are about",
        ),
        paper=paper,
        entries=gone,
        bundles=bundles,
    )
    refresh(here.workspace, here.row.folder)
    messages.success(
        request,
        t(
            f"已抹去。日志中{gone}条只留摘要和它关于什么，其余仍可复核。",
            f"Erased. {gone} entries of the log keep their digest and what they are "
            "about; the rest can still be verified.",
        ),
    )
    if bundles:
        messages.warning(
            request,
            t(
                f"此前含个人材料的封包{bundles}个里可能有它，也已删除；需要时重新封。"
                "已经发出去的，请通知收到的人删除。",
                f"{bundles} bundles with personal papers may have held it and are "
                "deleted; seal again where one is needed. Ask whoever received one to "
                "delete it.",
            ),
        )
    return HttpResponseRedirect(address, status=303)


ROUTES = (
    Route(
        path="w/<slug:workspace>/c/<str:case>/papers/<slug:paper>/file",
        view=file,
        name="paper_file",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
        sample={"paper": "business_licence"},
    ),
    Route(
        path="w/<slug:workspace>/c/<str:case>/papers/<slug:paper>/erase/",
        view=erase,
        name="paper_erase",
        least=Role.OWNER,
        methods=("POST",),
        sample={"paper": "business_licence"},
    ),
)
