"""One box finds projects, what the open project holds, and pages of the guide."""

from __future__ import annotations

import html
import re
import shutil

import pytest

from changqing.evidence.ledger.recorded import Evidence
from changqing_web.index import refresh_case
from changqing_web.models import Role
from tests.web.web_world import Place, make_place


def _find(place: Place, words: str, *, inside: bool = True, lang: str = "zh") -> str:
    asked = {
        "q": words,
        "lang": lang,
        **({"case": place.case.folder} if inside else {}),
    }
    answer = place.editor.get(f"/w/{place.workspace.slug}/find/", asked)
    assert answer.status_code == 200, answer
    return html.unescape(answer.content.decode()).split("<main")[1]


def _links(page: str) -> set[str]:
    return set(re.findall(r'href="([^"?#]+)', page))


def test_findings_papers_and_the_guide_are_found_from_a_case(place: Place) -> None:
    page = _find(place, "社保证明")
    links = _links(page)
    assert place.url("papers/social_insurance/") in links
    assert place.url("findings/") in links
    assert "/guide/materials/social_insurance/" in links
    assert page.index("的结论") < page.index("的材料") < page.index("指南")
    assert "Findings of" in _find(place, "社保证明", lang="en")


def test_a_number_of_evidence_leads_to_its_record(place: Place) -> None:
    listed = place.editor.get(place.url()).context["report"].evidence
    number = re.search(r"证(\d{4})", " ".join(line.number or "" for line in listed))
    assert number is not None
    for asked in (f"证{number[1]}", str(int(number[1]))):
        assert place.url("evidence/") in _links(_find(place, asked))


def test_a_number_of_evidence_is_found_over_all_cases(place: Place) -> None:
    record = Evidence(place.folder).list_records()[0]
    shutil.copytree(place.folder, place.folder.parent / "second")
    second = refresh_case(place.workspace, "second")
    there = make_place("there", "local-life")
    address = f"/w/{place.workspace.slug}/c/second/evidence/"
    for asked in (f"证{record.number:04d}", f"E-{record.number}"):
        page = _find(place, asked, inside=False)
        assert {place.url("evidence/"), address} <= _links(page), asked
        assert second.name in page
        assert there.url("evidence/") not in _links(page)
        assert f"?q=证{record.number:04d}#records" in page
    assert "没有找到" in _find(place, "证99999", inside=False)
    assert "各项目的证据，按编号" not in _find(place, "证0", inside=False)
    first = _find(place, f"证{record.number:04d}")
    assert address in _links(first)


def test_the_very_name_of_a_case_leads_to_it(place: Place) -> None:
    for words in (
        place.case.name,
        place.case.folder,
        place.case.board.credit_code or "",
    ):
        answer = place.editor.get(f"/w/{place.workspace.slug}/find/", {"q": words})
        assert answer["Location"] == place.url()
    answer = place.editor.get(f"/w/{place.workspace.slug}/find/", {"q": " "})
    assert answer["Location"] == f"/w/{place.workspace.slug}/"


def test_nothing_of_another_workspace_is_found(place: Place) -> None:
    other = make_place("there", "local-life")
    asked = {"q": "社保", "case": other.case.folder}
    page = place.editor.get(f"/w/{place.workspace.slug}/find/", asked).content.decode()
    assert other.url() not in page
    assert other.case.name not in page
    address = f"/w/{place.workspace.slug}/find/"
    for client in (other.people[Role.OWNER], place.people[Role.REVIEWER]):
        assert client.get(address, {"q": "社保"}).status_code == 404


@pytest.mark.long
def test_odd_words_find_nothing_and_break_nothing(place: Place) -> None:
    for words in ("<script>alert(1)</script>", "%' OR 1=1 --", "证99999", "😀" * 300):
        _find(place, words)
    address = f"/w/{place.workspace.slug}/find/"
    raw = place.editor.get(address, {"q": "<b>x</b>"}).content.decode()
    assert "<b>x</b>" not in raw
    assert "没有找到" in _find(place, "zzqqxxyy")
