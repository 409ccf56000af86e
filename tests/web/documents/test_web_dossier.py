"""申报材料: states, preview, own copies that lose nothing, files, what does not agree."""

from __future__ import annotations

import io
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document as WordFile

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.documents import compose_apart
from changqing.documents.made import PORTAL_LIMITS
from changqing.errors import GivenUpError
from changqing.sandbox.pool import READING
from changqing_web.documents.prose import render_prose
from changqing_web.documents.written import load_writings
from changqing_web.models import Job, PaperAccess, Role
from tests.web.documents.document_form import send_text
from tests.web.web_world import Place, make_place

OWN = "---\nid: emergency\nnumber: '6-6'\ntitle: 应急预案\norder: 140\n---\n"


def _write_own(place: Place, text: str, name: str = "emergency") -> Path:
    """An own copy of a whole document, as they were made before."""
    own = place.folder / "dossier"
    own.mkdir(exist_ok=True)
    (own / f"{name}.md").write_text(text, encoding="utf-8")
    return own


def test_each_document_is_listed_with_its_state(place: Place) -> None:
    page = place.editor.get(place.url("dossier/"))
    text = page.content.decode()
    assert page.status_code == 200
    lines = page.context["lines"]
    assert {line.state for line in lines} <= {"blank", "unsupported", "ready"}
    for line in lines:
        assert bool(line.document.blanks) is (line.state == "blank")
        assert line.document.title in text
    assert "未生成" in text


@pytest.mark.long
def test_overview_errands_and_dossier_say_the_same_of_handing_in(db: None) -> None:
    place = make_place("same", "newly-registered")

    def say() -> str:
        page = place.editor.get(place.url("dossier/"))
        said = str(page.context["left"].text.zh)
        assert said in page.content.decode()
        for address in ("", "errands/"):
            assert said in place.editor.get(place.url(address)).content.decode()
        return said

    before = say()
    assert "份文书待补" in before
    _write_own(place, f"{OWN}## 预案\n\n恢复时限为4小时。\n")
    after = say()
    assert after != before


@pytest.mark.long
def test_what_does_not_agree_is_shown_from_both_places(db: None) -> None:
    place = make_place("apart", "contradictory")
    page = place.editor.get(place.url("dossier/")).content.decode()
    part = page.split('id="apart"')[1]
    assert "28" in part
    assert "35" in part
    assert "怎么改：" in part


def test_what_a_paper_about_a_person_says_is_not_quoted(db: None) -> None:
    place = make_place("apart", "contradictory")
    for name in ("10-staff-id.md", "16-team-structure.md"):
        with (place.folder / "documents" / name).open("a", encoding="utf-8") as file:
            file.write(f"\n## 给{name[:2]}的备注\n\n法定代表人：许小满{name[:2]}\n")
    page = place.editor.get(place.url("dossier/"))
    told = [
        place_said
        for apart in page.context["apart"]
        for place_said in apart.places
        if place_said.place.value.zh == "许小满"
    ]
    assert [place_said.hidden for place_said in told] == [True, False]
    text = page.content.decode()
    assert "给10的备注" not in text
    assert "给16的备注" in text
    assert text.count("许小满") == 1
    assert not PaperAccess.objects.exists()


@pytest.mark.long
def test_what_does_not_agree_leads_to_the_fact_and_to_the_paper(db: None) -> None:
    place = make_place("apart", "contradictory")
    page = place.editor.get(place.url("dossier/"))
    assert "说法不一" in page.content.decode().split('id="apart"')[0]
    assert page.context["usable"] is False
    said = [
        place_said for apart in page.context["apart"] for place_said in apart.places
    ]
    assert any(place_said.declared for place_said in said)
    assert any("/papers/" in place_said.way for place_said in said)
    for place_said in said:
        assert place_said.way or not place_said.place.file, place_said
        if place_said.way:
            answer = place.editor.get(place_said.way)
            assert answer.status_code == 200, place_said.way
            anchor = place_said.way.partition("#")[2]
            assert not anchor or f'id="{anchor}"' in answer.content.decode(), (
                place_said.way
            )


@pytest.mark.long
def test_each_lack_of_a_document_leads_to_where_it_is_mended(place: Place) -> None:
    lacks = set()
    for line in place.editor.get(place.url("dossier/")).context["lines"]:
        page = place.editor.get(place.url(f"dossier/{line.document.id}/"))
        found = [*page.context["blanks"], *page.context["unsupported"]]
        lacking = {blank.text for blank in line.document.blanks}
        assert {lack.what for lack in found} == lacking | {
            statement.text for statement in line.document.unsupported
        }
        lacks |= {lack.way for lack in found}
    assert any("#upload" in way for way in lacks)
    assert any("/#c-" in way for way in lacks)
    assert any("/#applicant.self." in way for way in lacks)
    for way in lacks:
        answer = place.editor.get(way)
        assert answer.status_code == 200, way
        anchor = way.partition("#")[2]
        assert not anchor or f'id="{anchor}"' in answer.content.decode(), way


@pytest.mark.long
def test_nothing_of_templates_is_in_anybody_s_way(place: Place) -> None:
    _write_own(place, f"{OWN}## 预案\n\n{{{{ say('name') }}}}值班。\n")
    for name in ("emergency", "written_application"):
        page = place.editor.get(place.url(f"dossier/{name}/")).content.decode()
        for mark in ("{{", "{%", "made_from", ".md", "yaml"):
            assert mark not in page


@pytest.mark.long
def test_a_content_schedule_is_imported_or_refused_whole(place: Place) -> None:
    kept = place.folder / "schedule.yaml"
    page = place.editor.get(place.url("dossier/")).content.decode()
    assert ("没有导入逐日的表" in page) is not kept.exists()
    before = kept.read_bytes() if kept.exists() else None
    bad = SimpleUploadedFile("a.csv", "日期,题材\nsoon,开篇\n".encode())
    answer = place.editor.post(place.url("dossier/schedule"), {"table": bad})
    assert answer.status_code == 422
    assert (kept.read_bytes() if kept.exists() else None) == before
    rows = "日期,题材,责任人\n2026-12-01,开篇一讲,许南枝\n2026-12-08,第二讲,许南枝\n"
    good = SimpleUploadedFile("a.csv", rows.encode())
    place.editor.post(place.url("dossier/schedule"), {"table": good})
    page = place.editor.get(place.url("dossier/")).content.decode()
    assert "2项按日" in page
    text = place.editor.get(place.url("dossier/content_schedule/")).content.decode()
    assert "开篇一讲" in text


def test_a_document_is_shown_with_its_marks_and_drawings(place: Place) -> None:
    page = place.editor.get(place.url("dossier/emergency/")).content.decode()
    assert "<mark>〔" in page
    profile = place.editor.get(place.url("dossier/company_profile/")).content.decode()
    address = place.url("dossier/company_profile/charts/organisation.svg")
    assert address in profile
    drawn = place.editor.get(address)
    assert drawn["Content-Type"] == "image/svg+xml"
    assert "sandbox" in drawn["Content-Security-Policy"]
    assert place.editor.get(place.url("dossier/nothing/")).status_code == 404


def test_no_script_comes_through_a_text() -> None:
    made = render_prose(
        "<script>x</script> [a](javascript:x) ![b](data:text/html,x)"
        ' <img src=x onerror="x">\n\n**粗**^E-07^ 〔待补：电话〕'
    )
    assert "<script" not in made
    assert "href" not in made
    assert "<img src=x" not in made
    assert "<strong>粗</strong><sup>E-07</sup>" in made
    assert "<mark>〔待补：电话〕</mark>" in made


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("piece", ["[", "![", "a**b", "|a", "〔待补：", "a\n", "[a]("])
def test_a_long_text_of_marks_alone_keeps_no_page(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "changqing_web.documents.prose.READING", replace(READING, seconds=2)
    )
    begin = time.process_time()
    with suppress(GivenUpError):  # where the machine is slow: the page says so
        assert piece[0] in render_prose(piece * (300_000 // len(piece)))
    assert time.process_time() - begin < 1


@pytest.mark.long
def test_a_copy_of_before_still_counts_and_is_put_aside(place: Place) -> None:
    own = _write_own(place, f"{OWN}## 预案\n\n值班电话贴在机房门口。\n")
    page = place.editor.get(place.url("dossier/emergency/")).content.decode()
    assert "值班电话贴在机房门口" in page
    assert "以前改过的整份稿子" in page
    place.editor.post(place.url("dossier/emergency/ours/"))
    assert not (own / "emergency.md").exists()
    (aside,) = own.glob("emergency.*.bak")
    assert "值班电话贴在机房门口" in aside.read_text("utf-8")


@pytest.mark.long
def test_a_copy_broken_by_hand_is_told_with_its_file(place: Place) -> None:
    own = _write_own(place, OWN + "{{ oh( }}\n")
    page = place.editor.get(place.url("dossier/"))
    assert page.status_code == 200
    assert "文书现在写不出来" in page.content.decode()
    assert "emergency.md" in page.content.decode()
    assert place.url("dossier/emergency/ours/") in page.content.decode()
    back = place.editor.post(place.url("dossier/emergency/ours/"))
    assert back.status_code == 303
    assert list(own.glob("emergency.*.bak"))
    assert (
        "文书现在写不出来"
        not in place.editor.get(place.url("dossier/")).content.decode()
    )


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_document_is_made_and_downloaded(transactional_db: None) -> None:
    place = make_place("made")
    answer = place.editor.post(place.url("dossier/make"), {"only": "emergency"})
    assert answer.status_code == 303
    job = Job.objects.get(kind="dossier")
    assert job.state == "done", job.result
    page = place.editor.get(place.url("dossier/emergency/")).content.decode()
    name = find_file_name(page)
    for suffix, start in ((".pdf", b"%PDF"), (".docx", b"PK")):
        file = place.editor.get(place.url(f"dossier/files/{name}{suffix}"))
        assert file.getvalue()[: len(start)] == start
        assert file["Content-Disposition"].startswith("attachment")
    send_text(
        place, "emergency", **{"ot.9": "又一节", "ow.9": "改过。", "waso.9": "null"}
    )
    assert (
        "生成Word和PDF"
        in place.editor.get(place.url("dossier/emergency/")).content.decode()
    )


def test_a_name_of_no_document_is_refused_and_nothing_begins(place: Place) -> None:
    answer = place.editor.post(place.url("dossier/make"), {"only": "nosuch"})
    assert answer.status_code == 409
    assert "没有nosuch这份文书，有：index" in answer.content.decode()
    assert not Job.objects.filter(kind="dossier").exists()


@pytest.mark.long
def test_all_is_downloaded_only_as_it_stands_now(transactional_db: None) -> None:
    place = make_place("all")
    before = place.editor.get(place.url("dossier/")).content.decode()
    assert "生成全套" in before
    place.editor.post(place.url("dossier/make"))
    assert Job.objects.get(kind="dossier").state == "done"
    made = place.editor.get(place.url("dossier/"))
    address = place.url(f"dossier/files/{quote(made.context['zip'].name)}")
    assert address in made.content.decode()
    assert PORTAL_LIMITS.zh not in before
    assert PORTAL_LIMITS.zh in made.content.decode()
    assert place.editor.get(address).getvalue()[:2] == b"PK"
    send_text(
        place, "emergency", **{"ot.9": "又一节", "ow.9": "改过。", "waso.9": "null"}
    )
    place.editor.post(place.url("dossier/make"), {"only": "emergency"})
    after = place.editor.get(place.url("dossier/"))
    assert after.context["zip"] is None
    assert "生成全套" in after.content.decode()


def find_file_name(page: str) -> str:
    """The name of the file that the page links to."""
    from urllib.parse import unquote

    return unquote(page.split("dossier/files/")[1].split(".docx")[0])


def test_files_outside_are_not_reached(place: Place) -> None:
    for name in ("..%2Fcase.yaml", "case.yaml", ".hidden"):
        found = place.editor.get(place.url(f"dossier/files/{name}"))
        assert found.status_code == 404


def test_writings_follow_the_folder(place: Place) -> None:
    here = place.here
    first = load_writings(here)
    assert load_writings(here) is first
    _write_own(place, OWN + "## 一\n\n换了。\n")
    document = load_writings(here).find_document("emergency")
    assert document is not None
    assert "换了。" in document.sections[0].markdown


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize(
    "text",
    [
        "\ue000s999\ue001 \ue000b7\ue001",
        "{{ '\\ue000s999\\ue001' }}",
        "\ue000s" + "9" * 5000 + "\ue001 \ue000 \ue001 \uf8ff",
    ],
    ids=["typed", "spelt in Jinja", "broken"],
)
def test_marks_of_ours_in_an_own_copy_are_no_fault(place: Place, text: str) -> None:
    _write_own(place, f"{OWN}## 预案\n\n值班{text}电话\n")
    page = place.editor.get(place.url("dossier/emergency/"))
    assert page.status_code == 200
    assert not any(
        "\ue000" <= character <= "\uf8ff" for character in page.content.decode()
    )


_LOOPS = (
    "{% for a in 'x' * 100000 %}{% for b in 'x' * 100000 %}{% endfor %}{% endfor %}"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            "{% set a = 'x' * 1500000000 %}{{ a | length }}",
            "太多",
            marks=pytest.mark.long,
        ),
        ("{{ 'x' * 3000000 }}", "太长"),
    ],
    ids=["string", "output"],
)
def test_a_copy_that_takes_too_much_is_told(place: Place, text: str, told: str) -> None:
    _write_own(place, f"{OWN}## 预案\n\n{text}\n")
    page = place.editor.get(place.url("dossier/"))
    assert page.status_code == 200
    assert told in page.content.decode()


@pytest.mark.long
def test_a_copy_that_never_ends_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The limit is waited for by each edition that the page asks for.
    soon = replace(compose_apart.LIMITS, processor=1)
    monkeypatch.setattr(compose_apart, "LIMITS", soon)
    _write_own(place, f"{OWN}## 预案\n\n{_LOOPS}\n")
    page = place.editor.get(place.url("dossier/"))
    assert page.status_code == 200
    assert "计算太多（处理器时间超过1秒），没有做完" in page.content.decode()


def test_the_letterhead_of_all_cases_is_the_owner_s_to_set(place: Place) -> None:
    template = io.BytesIO()
    WordFile().save(template)
    address = place.url("dossier/letterhead")

    def send(role: Role) -> None:
        given = SimpleUploadedFile("a.docx", template.getvalue())
        sent = {"template": given, "shared": "1"}
        assert place.people[role].post(address, sent).status_code == 303

    send(Role.EDITOR)
    assert (place.folder / "dossier" / "letterhead.docx").is_file()
    assert not (place.folder.parent / "letterhead.docx").exists()
    place.editor.post(address, {"remove": "1"})
    assert not (place.folder / "dossier" / "letterhead.docx").exists()
    send(Role.OWNER)
    assert place.editor.get(place.url("dossier/")).context["letterhead"] == "shared"
    place.people[Role.OWNER].post(address, {"remove": "1", "shared": "1"})
    assert not (place.folder.parent / "letterhead.docx").exists()


def test_only_where_something_is_blank_it_is_said_that_blanks_stay(db: None) -> None:
    ready, open_still = make_place("whole", "local-life"), make_place("gaps")
    left_open = "空白处会留出来"
    assert left_open not in ready.editor.get(ready.url("dossier/")).content.decode()
    assert (
        left_open in open_still.editor.get(open_still.url("dossier/")).content.decode()
    )
