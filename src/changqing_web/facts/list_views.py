"""人员、网站与应用、股东: tables, one member at a time, pasted or imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from changqing.case import edit
from changqing.case.edit import CaseData, FieldChange, StaleError
from changqing.case.model import APP_KINDS
from changqing.case.subjects import Subject
from changqing.errors import ChangqingError
from changqing.report.counting import select_asked
from changqing.report.model import CaseReport
from changqing.report.words import DIMENSIONS
from changqing.text import Text
from changqing_web.cases import load_report, make_case_context
from changqing_web.downloads import XLSX
from changqing_web.errors import list_issues
from changqing_web.facts import questions, tables
from changqing_web.facts.fact_field import FieldEvidence
from changqing_web.facts.said import check_log, settle_changes
from changqing_web.facts.tables import LISTS, Column, MemberList, MemberSheet
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute


def show_list(request: HttpRequest, here: Here, listed: str) -> HttpResponse:
    """Show a list as a table; a POST adds one, pastes, previews or imports."""
    which = _find_list(listed)
    case_data = edit.read(here.folder)
    if request.method == "POST":
        return _take_form(request, here, which, case_data)
    return _render_page(request, here, which, case_data)


def download_template(request: HttpRequest, here: Here, listed: str) -> HttpResponse:
    """Give a workbook with the columns that matter, to be filled in and imported."""
    which = _find_list(listed)
    case_data = edit.read(here.folder)
    codes = frozenset(column.code for column in _list_columns(here, which, case_data))
    content = tables.write_template(
        catalogue(), which, case_data, page_language(), codes
    )
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{which.code}.xlsx"'
    return answer


def _find_list(code: str) -> MemberList:
    if code not in LISTS:
        raise Http404
    return LISTS[code]


def _list_columns(
    here: Here, which: MemberList, case_data: CaseData
) -> list[tables.Column]:
    """The columns that decide something, or that somebody filled in."""
    criteria_asked = {f.criterion for f in select_asked(load_report(here).findings)}
    reading = questions.map_readers(catalogue())
    used = {key for item in case_data.list_items(which.code) for key in item}
    return [
        column
        for column in tables.list_columns(catalogue(), which)
        if column.code != "id"
        and (
            column.fact is None
            or column.code in used
            or column.code == which.kind
            or criteria_asked & set(reading.get((which.subject, column.code), ()))
        )
    ]


def _take_form(
    request: HttpRequest, here: Here, which: MemberList, case_data: CaseData
) -> HttpResponse:
    step = request.POST.get("step", "")
    if step in ("close", "open") and which.closable:
        return _close_list(request, here, which, case_data, whole=step == "close")
    pasted = request.POST.get("pasted", "")
    try:
        if step == "add":
            typed = ["name" if which.named else "url", which.kind]
            line = [request.POST.get(name, "").strip() for name in typed]
            of_app = which.code == "services" and line[1] in APP_KINDS
            head = ["store_page" if of_app else typed[0], typed[1]]
            cells = [head, line]
        else:
            cells = _read_cells(request, pasted)
        sheet = tables.parse_members(cells, catalogue(), which, case_data)
    except ChangqingError as error:
        error_lines = list_issues(error)
        return _render_page(
            request,
            here,
            which,
            case_data,
            errors=error_lines,
            pasted=pasted,
            status=422,
        )
    if step == "preview" or sheet.broken:
        text = tables.format_as_pasted(cells)
        return _render_page(
            request,
            here,
            which,
            case_data,
            sheet=sheet,
            pasted=text,
            status=422 if sheet.broken else 200,
        )
    return _import_sheet(request, here, which, case_data, sheet, pasted)


def _close_list(
    request: HttpRequest,
    here: Here,
    which: MemberList,
    case_data: CaseData,
    *,
    whole: bool,
) -> HttpResponse:
    """Say that the list is complete as of today, or that it no longer is said to be."""
    today = timezone.localdate()
    paper = request.POST.get("paper", "")
    value: object = None
    if whole:
        value = {"on": today, "paper": paper} if paper else today
    before = load_report(here)
    try:
        check_log(here)
        edit.change(
            here.folder,
            [
                FieldChange(
                    at=("closed", which.code),
                    value=value,
                    shown=case_data.find_value(("closed", which.code)),
                )
            ],
            version=request.POST.get("version", ""),
            catalogue=catalogue(),
        )
    except StaleError as stale:
        error_lines = [
            t("别人刚改过，请检查后再试。", "Somebody has just changed it; check it.")
        ]
        return _render_page(
            request, here, which, stale.now, errors=error_lines, status=409
        )
    except ChangqingError as error:
        error_lines = list_issues(error)
        return _render_page(
            request, here, which, case_data, errors=error_lines, status=422
        )
    label = which.label
    event_text = (
        Text(
            zh=f"{label.zh}已列全，截至{today}",
            en=f"{label.en}: the list is complete as of {today}",
        )
        if whole
        else Text(
            zh=f"{label.zh}不再说已列全",
            en=f"{label.en}: no longer said to be complete",
        )
    )
    add_case_event(here, "list", event_text)
    settle_changes(request, here, before, done=_end_sentence(event_text))
    address = reverse(
        "facts_list", args=[here.workspace.slug, here.row.folder, which.code]
    )
    return HttpResponseRedirect(address, status=303)


def _read_cells(request: HttpRequest, pasted: str) -> list[list[str]]:
    file = request.FILES.get("file")
    if file is None:
        return tables.read_pasted(pasted)
    if (file.size or 0) > settings.UPLOAD_LIMIT:
        most = settings.UPLOAD_LIMIT // 1024 // 1024
        raise ChangqingError.of(
            Text(zh=f"文件超过{most} MB", en=f"the file is over {most} MB"),
            hint=Text(zh="分成几份再导入", en="import it in parts"),
        )
    content = file.read()
    if content[:2] == b"PK":
        return tables.read_workbook(content)
    return tables.read_pasted(_decode_text(content))


def _decode_text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def _import_sheet(
    request: HttpRequest,
    here: Here,
    which: MemberList,
    case_data: CaseData,
    sheet: MemberSheet,
    pasted: str,
) -> HttpResponse:
    changes: Sequence[FieldChange] = tables.list_changes(sheet, which, case_data)
    before = load_report(here)
    try:
        check_log(here)
        edit.change(
            here.folder,
            changes,
            version=request.POST.get("version", ""),
            catalogue=catalogue(),
        )
    except StaleError as stale:
        error_lines = [
            t(
                f"{'.'.join(c.at[1:])}：表中是“{c.mine}”，别人刚改为“{c.theirs}”",
                f"{'.'.join(c.at[1:])}: the table has “{c.mine}”, somebody has just "
                f"made it “{c.theirs}”",
            )
            for c in stale.clashes
        ]
        return _render_page(
            request,
            here,
            which,
            stale.now,
            sheet=sheet,
            errors=error_lines,
            pasted=pasted,
            status=409,
        )
    except ChangqingError as error:
        error_lines = list_issues(error)
        return _render_page(
            request,
            here,
            which,
            case_data,
            sheet=sheet,
            errors=error_lines,
            pasted=pasted,
            status=422,
        )
    fresh = [row for row in sheet.rows if row.fresh]
    changed = [row for row in sheet.rows if not row.fresh and row.changed]
    event_text = Text(
        zh=f"{which.label.zh}：新增{len(fresh)}，更新{len(changed)}",
        en=f"{which.label.en}: {len(fresh)} added, {len(changed)} updated",
    )
    if changes:
        add_case_event(
            here, "list", event_text, rows=[row.id for row in (*fresh, *changed)]
        )
        settle_changes(request, here, before, done=_end_sentence(event_text))
    else:
        messages.info(request, t("没有改动。", "Nothing was changed."))
    address = reverse(
        "facts_list", args=[here.workspace.slug, here.row.folder, which.code]
    )
    if len(sheet.rows) == 1 and len(fresh) == 1:
        address = reverse(
            "facts_member",
            args=[here.workspace.slug, here.row.folder, which.code, fresh[0].id],
        )
    return HttpResponseRedirect(address, status=303)


def _end_sentence(text: Text) -> str:
    return text.say(page_language()) + t("。", ".")


def _render_page(
    request: HttpRequest,
    here: Here,
    which: MemberList,
    case_data: CaseData,
    *,
    sheet: MemberSheet | None = None,
    errors: Sequence[str] = (),
    pasted: str = "",
    status: int = 200,
) -> HttpResponse:
    columns = _list_columns(here, which, case_data)
    report = load_report(here)
    kind = next(column for column in columns if column.code == which.kind)
    values = () if kind.fact is None else kind.fact.value_labels.items()
    return render(
        request,
        "facts/list.html",
        make_case_context(
            here,
            "facts",
            listed=which,
            columns=columns,
            rows=list(_list_rows(which, case_data, columns, report)),
            kind=kind,
            kinds=list(values),
            version=case_data.version,
            sheet=sheet,
            previews=[] if sheet is None else _preview_rows(sheet),
            errors=list(errors),
            pasted=pasted,
            lists=[(k, v, len(case_data.list_items(k))) for k, v in LISTS.items()],
            closed=_find_closing_day(case_data, which),
            posts=_empty_posts(case_data, which),
            papers=[
                (paper["id"], material.label)
                for paper in case_data.list_items("papers")
                if (material := catalogue().materials.get(str(paper.get("kind"))))
            ],
            sides=questions.summarise_dimensions(
                catalogue(), case_data, report, DIMENSIONS
            ),
        ),
        status=status,
    )


def _list_rows(
    which: MemberList,
    case_data: CaseData,
    columns: Sequence[Column],
    report: CaseReport,
) -> Iterator[tuple[str, list[tuple[Column, str, FieldEvidence | None]]]]:
    """List the members cell by cell: what is typed, else the best evidence."""
    evidence = questions.group_evidence_by_label(report)
    for item in case_data.list_items(which.code):
        if not item.get("id"):
            continue
        about = f"{which.subject}:{item['id']}"
        cells = []
        for column, cell in tables.list_cells(columns, item, page_language()):
            label = "" if column.fact is None else column.fact.label.zh
            rows = [] if cell else evidence.get((about, label), [])
            cells.append((column, cell, rows[0] if rows else None))
        yield str(item["id"]), cells


def _find_closing_day(case_data: CaseData, which: MemberList) -> str:
    """Since when the list is said to be complete; empty where it is not."""
    closing = case_data.find_value(("closed", which.code))
    return str(closing.get("on") if isinstance(closing, dict) else closing or "")


def _empty_posts(case_data: CaseData, which: MemberList) -> list[tuple[str, Text, str]]:
    """The posts that nobody listed holds, and since when nobody is said to."""
    if which.code != "people":
        return []
    roles_held: set[object] = set()
    for person in case_data.list_items("people"):
        role = person.get("role")
        roles_held |= set(role) if isinstance(role, list) else {role}
    nobody = edit.find_absences(case_data, "nobody")
    return [
        (code, label, str(nobody.get(code) or ""))
        for code, label in catalogue().facts["person", "roles"].value_labels.items()
        if code not in roles_held
    ]


def _preview_rows(
    sheet: MemberSheet,
) -> list[tuple[tables.SheetRow, list[tuple[str, bool]]]]:
    """Each row with its cells, and whether each would change something."""
    return [
        (
            row,
            [(row.said.get(c.code, ""), c.code in row.changed) for c in sheet.columns],
        )
        for row in sheet.rows
    ]


def show_member(
    request: HttpRequest, here: Here, listed: str, member: str
) -> HttpResponse:
    """Show one member of a list, as a form like those of the dimensions."""
    from changqing_web.facts import views as facts

    which = _find_list(listed)
    case_data = edit.read(here.folder)
    item = case_data.find_value((which.code, member))
    if not isinstance(item, dict):
        raise Http404
    fields = questions.list_fields_about(
        catalogue(),
        case_data,
        load_report(here),
        [Subject(which.subject, member)],
        every=request.GET.get("all") == "1",
    )
    about = facts.FormScope(
        form=f"facts:{which.code}:{member}",
        label=Text(zh=_name_member(item, member), en=_name_member(item, member)),
        listed=which.code,
    )
    return facts.answer_form(request, here, about, case_data, fields)


def _name_member(item: dict[str, object], member: str) -> str:
    return str(item.get("name") or item.get("url") or member)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/lists/<slug:listed>/",
        view=show_list,
        name="facts_list",
        least=Role.EDITOR,
        methods=("GET", "POST"),
        sample={"listed": "people"},
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/lists/<slug:listed>/template.xlsx",
        view=download_template,
        name="facts_template",
        least=Role.EDITOR,
        sample={"listed": "people"},
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/lists/<slug:listed>/<slug:member>/",
        view=show_member,
        name="facts_member",
        least=Role.EDITOR,
        methods=("GET", "POST"),
        sample={"listed": "people", "member": "lin"},
    ),
)
