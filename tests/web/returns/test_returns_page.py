"""What came back is counted by province, licence and defect, over one's own cases."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from django.utils import timezone

from changqing.casework.events import Act, Event, Journal, NoticeLine
from changqing.casework.returns import (
    ReturnsBy,
    count_returns,
    read_returned_case,
)
from changqing_web.cases import open_case_memory
from changqing_web.index import catalogue, refresh_case
from tests.web.web_world import Place, make_place


def _receive(place: Place, folder: str, *codes: str) -> None:
    """Record a notice of correction on a case, a line for each defect."""
    lines = tuple(
        NoticeLine(number=n, text=f"第{n}条", codes=(code,) if code else ())
        for n, code in enumerate(codes, start=1)
    )
    today, now = timezone.localdate(), timezone.now()
    with Journal(place.folder.parent / folder) as journal:
        journal.append(Event(act=Act.SUBMIT, on=today, by="顾"), now=now)
        journal.append(
            Event(
                act=Act.CORRECTION,
                on=today,
                by="顾",
                until=today + timedelta(days=5),
                lines=lines,
            ),
            now=now,
        )
    refresh_case(place.workspace, folder)


@pytest.fixture
def returned(place: Place) -> Place:
    """Three cases, one in another province; two of them came back."""
    root = place.folder.parent
    for name in ("second", "third"):
        shutil.copytree(place.folder, root / name)
        open_case_memory().forget(
            root / name
        )  # a test before may have had one of this name
        refresh_case(place.workspace, name)
    _receive(place, place.case.folder, "SI_THIRD_PARTY", "SI_THIRD_PARTY", "")
    file = root / "second" / "case.yaml"
    file.write_text(file.read_text("utf-8").replace("region: '33'", "region: '32'"))
    _receive(place, "second", "SI_THIRD_PARTY", "STAFF_NONE_TECH")
    return place


def test_returns_are_counted_three_ways_each_with_its_n(returned: Place) -> None:
    folders = sorted(path for path in returned.folder.parent.iterdir() if path.is_dir())
    found = count_returns(map(read_returned_case, folders))
    assert (found.cases, found.corrected, found.lines, found.unnamed) == (3, 2, 5, 1)
    defects = {count.code: count for count in found.by[ReturnsBy.DEFECT]}
    third = defects["SI_THIRD_PARTY"]
    assert (third.lines, third.cases, third.most) == (3, 2, (("33", 2), ("32", 1)))
    regions = {c.code: (c.lines, c.cases, c.of) for c in found.by[ReturnsBy.REGION]}
    assert regions == {"33": (2, 1, 2), "32": (2, 1, 1)}
    (licence,) = found.by[ReturnsBy.LICENCE]
    assert (licence.code, licence.lines, licence.of) == ("B25", 4, 3)


def test_the_page_counts_what_fits_and_only_ones_own(returned: Place) -> None:
    address = f"/w/{returned.workspace.slug}/returns/"
    page = returned.editor.get(address).content.decode()
    third, technician = (
        catalogue().defects[code].label.zh
        for code in ("SI_THIRD_PARTY", "STAFF_NONE_TECH")
    )
    assert "3件，其中2件收到过补正通知；通知共5条，1条没有归类" in page
    assert page.index(third) < page.index(technician)
    narrowed = returned.editor.get(f"{address}?region=32").content.decode()
    assert "1件，其中1件收到过补正通知；通知共2条" in narrowed
    english = returned.editor.get(f"{address}?lang=en").content.decode()
    assert "3 cases, 2 of them with a notice of correction" in english
    other = make_place("there", "local-life")
    theirs = other.editor.get("/w/there/returns/").content.decode()
    assert "1件，其中0件收到过补正通知" in theirs


def test_records_that_were_altered_are_named_and_left_out(returned: Place) -> None:
    file = returned.folder / "casework" / "events.jsonl"
    file.write_text(file.read_text("utf-8").replace("第1条", "第9条"), "utf-8")
    page = returned.editor.get(f"/w/{returned.workspace.slug}/returns/")
    assert "1件的记录被改动过，没有计入" in page.content.decode()
