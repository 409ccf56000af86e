"""Screenshots on the evidence page: shown to who may see them, and nothing runs."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from changqing.evidence.ledger.items import Blob
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.screenshots import Screenshot, record_screenshot
from changqing_web.cases import find_key_path
from changqing_web.models import Role
from tests.evidence.test_screenshots import make_screenshot
from tests.web.web_world import Place


def _draw(colour: str = "red") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (1280, 2000), colour).save(written, "PNG")
    return written.getvalue()


def _keep(place: Place, png: bytes, **changes: object) -> Screenshot:
    with Store(place.folder, load_key(find_key_path())) as store:
        return record_screenshot(store, make_screenshot(png, **changes), png)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_screenshot_stands_on_the_page_with_what_it_is_of(
    place: Place, language: str
) -> None:
    taken = _keep(place, _draw())
    answer = place.editor.get(place.url(f"evidence/?view=seen&lang={language}"))
    page = answer.content.decode()
    address = place.url(f"evidence/screenshots/{taken.digest}/")
    assert f'<img src="{address}"' in page
    for said in (taken.shown, taken.asked, "2026-11-24 12:00", "1280×800"):
        assert said in page
    assert {
        "zh": "本身不证明页面上的文字",
        "en": "they prove no word of the pages",
    }[language] in page
    assert f"{taken.number:04d}" in page


def test_without_screenshots_nothing_is_said_of_them(place: Place) -> None:
    page = place.editor.get(place.url("evidence/?view=seen")).content.decode()
    assert "网页截图" not in page


def test_the_picture_is_shown_by_itself_and_runs_nowhere(place: Place) -> None:
    png = _draw()
    taken = _keep(place, png)
    address = place.url(f"evidence/screenshots/{taken.digest}/")
    for role in (Role.OWNER, Role.EDITOR, Role.REVIEWER):
        answer = place.people[role].get(address)
        assert (answer.status_code, answer.content) == (200, png)
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert place.people[Role.RESPONDENT].get(address).status_code == 404


def test_other_bytes_of_the_log_are_no_screenshot(place: Place) -> None:
    _keep(place, _draw())
    with Store(place.folder, load_key(find_key_path())) as store:
        other = store.keep(_draw("green"))
    address = place.url(f"evidence/screenshots/{other}/")
    assert place.editor.get(address).status_code == 404


@pytest.mark.long
def test_a_page_with_a_citizens_number_is_for_editors_alone(place: Place) -> None:
    taken = _keep(place, _draw("blue"), personal=True)
    addresses = [
        place.url(f"evidence/screenshots/{taken.digest}/"),
        place.url(f"evidence/objects/{taken.digest}/"),
    ]
    for address in addresses:
        assert place.editor.get(address).status_code == 200
        assert place.people[Role.REVIEWER].get(address).status_code == 404
    seen = place.people[Role.REVIEWER].get(place.url("evidence/?view=seen"))
    page = seen.content.decode()
    assert "只给负责人和编辑看" in page
    assert "<img" not in page.partition('id="screenshots"')[2]


@pytest.mark.parametrize("lost", ["note", "other"])
def test_where_the_log_is_at_fault_such_a_picture_stays_with_editors(
    place: Place, lost: str
) -> None:
    taken = _keep(place, _draw("blue"), personal=True)
    with Store(place.folder, load_key(find_key_path())) as store:
        gone = store.keep(b"another page")
        note = next(
            item.digest
            for item in store.list_items()
            if isinstance(item, Blob) and item.what == "screenshot"
        )
    spoiled = note if lost == "note" else gone
    Evidence(place.folder).find_blob_path(spoiled).write_bytes(b"spoiled")
    address = place.url(f"evidence/objects/{taken.digest}/")
    assert place.people[Role.REVIEWER].get(address).status_code == 404
