"""Over all cases: what lapsed first, unknown kept apart from well, nobody else's."""

from __future__ import annotations

import html
import re
import shutil
from datetime import timedelta

from django.utils import timezone

from changqing.jsondata import JsonObject
from changqing.text import Text
from changqing.watch.journal import Watchbook, What, encode_incident
from changqing.watch.model import THREE, Incident
from changqing_web.cases import open_case_memory
from changqing_web.index import refresh_case
from changqing_web.models import CaseRow, Role
from tests.web.web_world import Place, make_place

_WELL: JsonObject = {"upto": 0, "well": [lapse.value for lapse in THREE]}


def _look(place: Place, folder: str, data: JsonObject, *, days: int = 0) -> None:
    """Record a round of a case, which is made where it is not there."""
    path = place.folder.parent / folder
    if not path.is_dir():
        shutil.copytree(place.folder, path)
        open_case_memory().forget(path)  # a test before may have had one of this name
        refresh_case(place.workspace, folder)
        named = CaseRow.objects.filter(workspace=place.workspace, folder=folder)
        named.update(name=f"{folder}公司")
    with Watchbook(path) as book:
        book.append(What.LOOK, data, at=timezone.now() - timedelta(days=days))


def _page(place: Place, query: str = "") -> str:
    answer = place.editor.get(f"/w/{place.workspace.slug}/watch/{query}")
    return html.unescape(answer.content.decode())


def test_what_lapsed_comes_first_and_unknown_is_not_called_well(place: Place) -> None:
    since = timezone.now() - timedelta(days=3, hours=1)
    incident = Incident(
        id="one",
        lapse=THREE[0],
        key="site",
        text=Text("首页打不开", "the home page does not open"),
        since=since,
        opened_at=since,
    )
    _look(place, "well", _WELL)
    _look(place, "silent", _WELL, days=5)
    _look(place, "blind", {**_WELL, "control": False})
    _look(place, "down", {"upto": 0, "opened": [encode_incident(incident)]})
    page = _page(place)
    names = re.findall(r">(\w+)公司</a>", page)
    assert names == ["down", "blind", "silent", "well"]
    assert "首页打不开" in page
    assert "已3天1小时" in re.sub(r"\s+|<[^>]+>", "", page)
    assert "没有监测过的1个" in page
    rows = {name: page.split(f">{name}公司</a>")[1].split("</tr>")[0] for name in names}
    assert rows["well"].count("没有看到") == 3
    for name in ("blind", "silent"):
        assert "没有看到" not in rows[name]
    assert "已有5天" in re.sub(r"\s+|<[^>]+>", "", rows["silent"])
    assert "never watched: 1" in _page(place, "?lang=en")


def test_a_record_that_was_altered_is_unknown_and_says_so(place: Place) -> None:
    _look(place, place.case.folder, _WELL)
    file = next((place.folder / "watch").glob("*.jsonl"))
    file.write_text(file.read_text("utf-8").replace('"upto":0', '"upto":1'), "utf-8")
    page = _page(place)
    row = page.split(f">{place.case.name}</a>")[1].split("</tr>")[0]
    assert "没有看到" not in row
    assert "改动" in row


def test_nobody_else_sees_them(place: Place) -> None:
    other = make_place("there", "local-life")
    _look(place, place.case.folder, _WELL)
    address = f"/w/{place.workspace.slug}/watch/"
    for client in (other.people[Role.OWNER], place.people[Role.REVIEWER]):
        assert client.get(address).status_code == 404
    assert place.case.name not in _page(other)
