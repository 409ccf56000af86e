"""A calendar of all clients: law apart from own plans, filtered, exported, one's own."""

from __future__ import annotations

import html
import re
import shutil
from datetime import date, timedelta

from django.utils import timezone
from icalendar import Calendar

from changqing.agency.details import CalendarKind
from changqing_web.cases import assess, open_case_memory
from changqing_web.index import refresh_case
from changqing_web.models import CaseRow, IndexedDay, Role
from changqing_web.walls import Here
from changqing_web.work.outdated import read_outdated_rows
from tests.web.web_world import Place, make_place


def _get_page(place: Place, **asked: str) -> str:
    answer = place.editor.get(f"/w/{place.workspace.slug}/calendar/", asked)
    assert answer.status_code == 200, answer
    return html.unescape(answer.content.decode()).split("<main")[1]


def _list(place: Place, **asked: str) -> list[tuple[date, str, str, bool]]:
    """What the page lists: day, company, kind, and whether it stands with own plans."""
    found = []
    for section in _get_page(place, **asked).split('<section class="agenda-day"')[1:]:
        day = date.fromisoformat(re.findall(r'id="d-([\d-]+)"', section)[0])
        for table in section.split("<table")[1:]:
            own = "plan" in table.split(">")[0]
            for row in table.split("<tbody>")[1].split("<tr>")[1:]:
                cells = re.sub(r"<[^>]+>", "", row.replace("</td>", "|")).split("|")
                words = [" ".join(cell.split()) for cell in cells]
                found.append((day, words[0].split()[0], words[2], own))
    return found


def _make_day(
    case: CaseRow, after: int, kind: CalendarKind, **more: object
) -> IndexedDay:
    values = {"title": {"zh": "事", "en": "thing"}, "does": {"zh": "办", "en": "do"}}
    return IndexedDay.objects.create(
        case=case,
        day=timezone.localdate() + timedelta(days=after),
        kind=kind.value,
        code=f"{kind.value}/{after}",
        **{**values, **more},
    )


def _own_days(place: Place) -> CaseRow:
    """A case with one day of each kind, on one day, and nothing else."""
    IndexedDay.objects.all().delete()
    for kind in CalendarKind:
        party = "" if kind is CalendarKind.EXPIRY else "we"
        _make_day(place.case, 0, kind, party=party)
    return place.case


def _copy(place: Place, name: str) -> CaseRow:
    path = place.folder.parent / name
    shutil.copytree(place.folder, path)
    open_case_memory().forget(path)  # a test before may have had one of this name
    row = refresh_case(place.workspace, name)
    CaseRow.objects.filter(pk=row.pk).update(name=f"{name}公司")
    return CaseRow.objects.get(pk=row.pk)


def test_the_days_of_a_case_come_from_its_folder(place: Place) -> None:
    here = Here(
        user=place.workspace.memberships.get(role=Role.EDITOR).user,
        workspace=place.workspace,
        role=Role.EDITOR,
        case=place.case,
    )
    report = assess(here)
    days = IndexedDay.objects.filter(case=place.case)
    own = days.filter(kind=CalendarKind.OWN.value).values_list("day", flat=True)
    assert set(own) == {report.case.submit_on}
    ends = days.filter(kind=CalendarKind.EXPIRY.value)
    assert ends.count() > 3
    proven = {
        support.proven_until
        for support in report.outlook.endurance.commitments
        if support.proven_until
    }
    assert proven <= set(ends.values_list("day", flat=True))


def test_own_plans_stand_apart_from_what_is_set_by_law(place: Place) -> None:
    case = _own_days(place)
    listed = _list(place)
    assert [(kind, own) for _, _, kind, own in listed] == [
        ("法定期限", False),
        ("预计日期", False),
        ("到期", False),
        ("自定计划", True),
    ]
    assert {name for _, name, _, _ in listed} == {case.name}
    page = _get_page(place)
    assert "3</b>条" in page
    assert "自定1" in re.sub(r"\s+|<[^>]+>", "", page)


def test_weeks_months_and_what_has_passed(place: Place) -> None:
    _own_days(place)
    law = CalendarKind.STATUTORY
    _make_day(place.case, -40, law)
    _make_day(place.case, 40, law)
    today = timezone.localdate()
    later = today + timedelta(days=40)
    assert {day for day, *_ in _list(place)} == {today}
    month = _list(place, by="month", **{"from": later.isoformat()})
    assert {day for day, *_ in month} == {later}
    assert {day for day, *_ in _list(place, by="past")} == {today - timedelta(days=40)}
    assert "已过1条" in _get_page(place)
    for odd in ("2026-13-77", "9999-12-31", "0001-01-01", "<b>"):
        _get_page(place, **{"from": odd, "by": odd})


def test_filters_of_mine_client_party_and_kind(place: Place) -> None:
    _own_days(place)
    other = _copy(place, "second")
    IndexedDay.objects.filter(case=other).delete()
    _make_day(other, 0, CalendarKind.STATUTORY, party="client")
    assert len(_list(place)) == 5
    assert [name for _, name, _, _ in _list(place, client="second")] == ["second公司"]
    assert [name for _, name, _, _ in _list(place, party="client")] == ["second公司"]
    assert len(_list(place, kind="statutory")) == 2
    assert _list(place, mine="1") == []
    me = place.workspace.memberships.get(role=Role.EDITOR).user.username
    CaseRow.objects.filter(pk=other.pk).update(owner=me.partition("@")[0])
    assert [name for _, name, _, _ in _list(place, mine="1")] == ["second公司"]
    CaseRow.objects.filter(pk=other.pk).update(archived=True)
    assert len(_list(place)) == 4


def test_the_calendar_file_has_what_the_page_has(place: Place) -> None:
    _own_days(place)
    _make_day(place.case, -40, CalendarKind.STATUTORY)
    _make_day(place.case, -40, CalendarKind.EXPIRY)
    address = f"/w/{place.workspace.slug}/calendar.ics"
    answer = place.editor.get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert len(events) == 5
    today = [e for e in events if e.decoded("dtstart") == timezone.localdate()]
    assert len(today) == 4
    assert all(place.case.name in str(event["summary"]) for event in events)
    told = [str(entry["description"]) for entry in today]
    assert sum("该谁办：我方" in text for text in told) == 3
    assert sum(text.startswith("法定期限") for text in told) == 1
    again = Calendar.from_ical(place.editor.get(address).content).walk("VEVENT")
    assert [e["uid"] for e in again] == [e["uid"] for e in events]
    own = place.editor.get(address, {"kind": "own"})
    assert len(Calendar.from_ical(own.content).walk("VEVENT")) == 1


def test_two_licences_of_one_company_are_two_events_of_a_day(place: Place) -> None:
    _own_days(place)
    other = _copy(place, "second")
    CaseRow.objects.filter(pk=other.pk).update(name=place.case.name, licence="B21")
    IndexedDay.objects.all().delete()
    for case in (place.case, other):
        _make_day(case, 0, CalendarKind.STATUTORY)
    address = f"/w/{place.workspace.slug}/calendar.ics"
    events = Calendar.from_ical(place.editor.get(address).content).walk("VEVENT")
    assert len(events) == 2
    assert len({str(event["summary"]) for event in events}) == 2


def test_what_holds_no_longer_is_read_again(place: Place) -> None:
    IndexedDay.objects.all().delete()
    CaseRow.objects.update(holds_until=date(2000, 1, 1), stamp="")
    assert read_outdated_rows(0) == 0
    assert read_outdated_rows(30) == 1
    assert IndexedDay.objects.filter(case=place.case).exists()
    IndexedDay.objects.all().delete()
    CaseRow.objects.update(holds_until=date(2000, 1, 1))
    _get_page(place)
    assert IndexedDay.objects.filter(case=place.case).exists()


def test_nobody_else_sees_it(place: Place) -> None:
    other = make_place("there", "local-life")
    _own_days(other)
    for rest in ("calendar/", "calendar.ics"):
        address = f"/w/{place.workspace.slug}/{rest}"
        for client in (other.people[Role.OWNER], place.people[Role.REVIEWER]):
            assert client.get(address).status_code == 404
        assert other.case.name not in place.editor.get(address).content.decode()
