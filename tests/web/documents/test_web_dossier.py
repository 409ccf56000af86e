"""申报材料: states, preview, own copies that lose nothing, files, what does not agree."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document as WordFile

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.case import edit
from changqing.documents import compose_apart
from changqing.documents.made import PORTAL_LIMITS
from changqing.documents.render import render_documents
from changqing.errors import GivenUpError
from changqing.sandbox.pool import READING
from changqing_web.documents.prose import render_prose
from changqing_web.documents.written import Writings, load_writings
from changqing_web.models import CaseEvent, Draft, Job, PaperAccess, Role
from tests.web.web_world import Place, make_place

OWN = "---\nid: emergency\nnumber: '6-6'\ntitle: 应急预案\norder: 140\n---\n"


def _write_own(place: Place, text: str, name: str = "emergency") -> Path:
    """An own copy of a whole document, as they were made before."""
    own = place.folder / "dossier"
    own.mkdir(exist_ok=True)
    (own / f"{name}.md").write_text(text, encoding="utf-8")
    return own


def _send(  # type: ignore[no-untyped-def]
    place: Place, document: str, client: Client | None = None, /, **sent: str
):
    """Keep what was typed on the page of a document, as its form sends it."""
    version = sent.pop("version", "") or edit.read(place.folder).version
    address = place.url(f"dossier/{document}/")
    return (client or place.editor).post(address, {"version": version, **sent})


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
        lacking = {blank.supply for blank in line.document.blanks}
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


def test_nothing_of_templates_is_in_anybody_s_way(place: Place) -> None:
    _write_own(place, f"{OWN}## 预案\n\n{{{{ say('name') }}}}值班。\n")
    for name in ("emergency", "written_application"):
        page = place.editor.get(place.url(f"dossier/{name}/")).content.decode()
        for mark in ("{{", "{%", "made_from", ".md", "yaml"):
            assert mark not in page


@pytest.mark.long
def test_a_content_schedule_is_imported_or_refused_whole(place: Place) -> None:
    kept = place.folder / "schedule.yaml"
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
def test_a_blank_is_filled_in_where_it_stands_and_taken_back(place: Place) -> None:
    page = place.editor.get(place.url("dossier/written_application/"))
    text = page.content.decode()
    assert 'name="applicant.self.contact_phone"' in text
    assert "联系电话" in {lack.what.split("，")[0] for lack in page.context["blanks"]}

    answer = _send(
        place,
        "written_application",
        **{
            "was.applicant.self.contact_phone": "null",
            "applicant.self.contact_phone": "0571-88886666",
            "was.applicant.self.contact_email": "null",
            "applicant.self.contact_email": "",
        },
    )

    assert answer.status_code == 303
    assert (
        edit.read(place.folder).find_value(("applicant", "contact_phone"))
        == "0571-88886666"
    )
    kept = place.editor.get(place.url("dossier/written_application/"))
    assert 'value="0571-88886666"' in kept.content.decode()
    assert kept.context["steps"] == 1
    place.editor.post(place.url("dossier/written_application/undo/"))
    assert edit.read(place.folder).find_value(("applicant", "contact_phone")) is None
    told = CaseEvent.objects.filter(case=place.case.folder, verb="dossier")
    assert {event.what["zh"] for event in told} == {
        "在《申请书》里改了1处",
        "撤销在《申请书》里的上一次改动",
    }


def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(place: Place) -> None:
    answer = _send(
        place,
        "written_application",
        **{
            "was.applicant.self.contact_phone": "null",
            "applicant.self.contact_phone": "不是电话",
            "ot.2": "申请事项",
            "ow.2": "另写一段。",
            "waso.2": "null",
        },
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text
    assert "另写一段。" in text
    assert edit.read(place.folder).find_value(("own_text",)) is None
    assert Draft.objects.filter(form__endswith="dossier:written_application").exists()
    again = place.editor.get(place.url("dossier/written_application/"))
    assert "另写一段。" in again.content.decode()


def test_a_choice_is_made_in_its_place_with_its_sentence_after_it(
    place: Place,
) -> None:
    answer = _send(
        place,
        "service_assurance",
        **{"wasc.exit_data": "null", "a.exit_data": "own_words"},
        **{"w.exit_data": "停止服务前逐户发还数据。"},
    )
    assert answer.status_code == 303
    assert edit.read(place.folder).find_value(("choices", "exit_data")) == {
        "words": "停止服务前逐户发还数据。"
    }
    page = place.editor.get(place.url("dossier/service_assurance/"))
    assert not [blank for blank in page.context["blanks"] if "exit_data" in blank.way]


@pytest.mark.long
def test_own_text_is_kept_printed_and_emptied(place: Place) -> None:
    mine = "# 我们的客服\n\n**三个人**轮班。\n\n- 早班\n- 晚班\n\n| 班 | 人 |\n|---|---|\n| 早 | {{ 1 }} |"
    sent = {"ot.9": "客服排班", "ow.9": mine, "waso.9": "null"}
    assert _send(place, "user_service", **sent).status_code == 303
    shown = {"own_text": {"user_service": {"客服排班": mine}}}
    assert edit.read(place.folder).find_value(("own_text",)) == shown["own_text"]
    page = place.editor.get(place.url("dossier/user_service/")).content.decode()
    assert "<strong>三个人</strong>" in page
    assert "<td>{{ 1 }}</td>" in page
    again = {"ot.9": "客服排班", "ow.9": "", "waso.9": json.dumps(mine)}
    assert _send(place, "user_service", **again).status_code == 303
    assert not edit.read(place.folder).find_value(("own_text", "user_service"))


@pytest.mark.long
def test_two_who_write_the_same_see_both_and_lose_nothing(place: Place) -> None:
    seen = edit.read(place.folder).version
    sent = {"ot.3": "时限", "waso.3": "null", "version": seen}
    owner = place.people[Role.OWNER]
    assert (
        _send(place, "user_service", owner, **sent, **{"ow.3": "甲写的。"}).status_code
        == 303
    )
    second = _send(place, "user_service", **sent, **{"ow.3": "乙写的。"})
    page = second.content.decode()
    assert second.status_code == 409
    assert "甲写的。" in page
    assert "乙写的。" in page
    at = ("own_text", "user_service", "时限")
    assert edit.read(place.folder).find_value(at) == "甲写的。"
    was = {"waso.3": json.dumps("甲写的。"), "version": second.context["version"]}
    third = _send(
        place, "user_service", **sent | was, **{"ow.3": "甲写的。\n\n乙写的。"}
    )
    assert third.status_code == 303
    assert edit.read(place.folder).find_value(at) == "甲写的。\n\n乙写的。"


@pytest.mark.long
def test_nobody_takes_back_what_another_has_changed_since(place: Place) -> None:
    owner = place.people[Role.OWNER]
    first = {"ot.3": "时限", "waso.3": "null", "ow.3": "甲写的。"}
    _send(place, "user_service", owner, **first)
    second = {"ot.3": "时限", "waso.3": json.dumps("甲写的。"), "ow.3": "乙写的。"}
    _send(place, "user_service", **second)
    owner.post(place.url("dossier/user_service/undo/"))
    at = ("own_text", "user_service", "时限")
    assert edit.read(place.folder).find_value(at) == "乙写的。"


def test_a_copy_of_before_still_counts_and_is_put_aside(place: Place) -> None:
    own = _write_own(place, f"{OWN}## 预案\n\n值班电话贴在机房门口。\n")
    page = place.editor.get(place.url("dossier/emergency/")).content.decode()
    assert "值班电话贴在机房门口" in page
    assert "以前改过的整份稿子" in page
    place.editor.post(place.url("dossier/emergency/ours/"))
    assert not (own / "emergency.md").exists()
    (aside,) = own.glob("emergency.*.bak")
    assert "值班电话贴在机房门口" in aside.read_text("utf-8")


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
    _send(place, "emergency", **{"ot.9": "又一节", "ow.9": "改过。", "waso.9": "null"})
    assert (
        "生成Word和PDF"
        in place.editor.get(place.url("dossier/emergency/")).content.decode()
    )


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
    _send(place, "emergency", **{"ot.9": "又一节", "ow.9": "改过。", "waso.9": "null"})
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


def _load_writings(place: Place) -> Writings:
    return load_writings(place.here)


def test_writings_follow_the_folder(place: Place) -> None:
    here = place.here
    first = load_writings(here)
    assert load_writings(here) is first
    _write_own(place, OWN + "## 一\n\n换了。\n")
    document = load_writings(here).find_document("emergency")
    assert document is not None
    assert "换了。" in document.sections[0].markdown


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


@pytest.mark.long
def test_what_the_company_decides_is_kept_and_printed(db: None) -> None:
    place = make_place("decide", "newly-registered")
    address = place.url("choices/")
    page = place.editor.get(address)
    (drill,) = [
        field
        for _, fields in page.context["groups"]
        for field in fields
        if field.asked.choice.id == "restore_test"
    ]
    given = {
        "version": page.context["version"],
        "was.restore_test": "",
        "a.restore_test": drill.asked.choice.answers[0].id,
        "was.exit_data": "",
        "w.exit_data": "停止服务后\n逐户发还数据。",
    }

    answer = place.editor.post(f"{address}keep", given)

    assert answer.status_code == 303
    kept = place.editor.get(place.url("dossier/maintenance/")).content.decode()
    assert drill.asked.choice.answers[0].sentence in kept
    other = place.editor.get(place.url("dossier/service_assurance/")).content.decode()
    assert "停止服务后 逐户发还数据。" in other
    assert CaseEvent.objects.filter(what__zh="选定2项").exists()


@pytest.mark.long
def test_a_decision_that_somebody_changed_meanwhile_is_not_overwritten(
    db: None,
) -> None:
    place = make_place("decided", "newly-registered")
    address = f"{place.url('choices/')}keep"
    seen = place.editor.get(place.url("choices/")).context["version"]
    given = {"version": seen, "was.drill": "", "a.drill": "quarterly"}
    assert place.editor.post(address, given).status_code == 303

    late = place.editor.post(address, given | {"a.drill": "yearly"})

    assert late.status_code == 409
    assert "drill: quarterly" in (place.folder / "case.yaml").read_text("utf-8")


@pytest.mark.long
def test_an_edited_word_file_is_handed_back_compared_and_given_up(
    place: Place,
) -> None:
    found = _load_writings(place)
    clean = found.writing.find_clean("service_assurance")
    assert clean is not None
    (made,) = render_documents(
        [clean], case_name="甲", digest="0" * 64, as_of=date(2026, 11, 24)
    )
    file = WordFile(io.BytesIO(made.docx))
    file.add_paragraph("公司另设应急电话值守。")
    edited = io.BytesIO()
    file.save(edited)
    address = place.url("dossier/service_assurance/word/")

    def send(content: bytes):  # type: ignore[no-untyped-def]
        given = SimpleUploadedFile("a.docx", content)
        return place.editor.post(address, {"word": given})

    refused = send(b"PK no")
    assert refused.status_code == 422
    assert "没有收下" in refused.content.decode()
    assert send(edited.getvalue()).status_code == 303
    compared = place.editor.get(address)
    assert [change.after for change in compared.context["compared"].changes] == [
        "公司另设应急电话值守。"
    ]
    page = place.editor.get(place.url("dossier/service_assurance/")).content.decode()
    assert "公司另设应急电话值守。" in page
    assert "递交的是公司改过的Word" in page
    assert 'name="ow.' not in page
    assert place.editor.post(f"{address}back").status_code == 303
    page = place.editor.get(place.url("dossier/service_assurance/")).content.decode()
    assert "公司另设应急电话值守。" not in page


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


@pytest.mark.long
def test_who_holds_a_post_is_named_where_nobody_does(place: Place) -> None:
    found = _load_writings(place)
    now = edit.read(place.folder)
    people = now.list_items("people")
    wanted = [
        edit.FieldChange(
            at=("people", str(person["id"]), "role"),
            value="technical",
            shown=person["role"],
        )
        for person in people
        if "customer_service" in _list_roles(person)
    ]
    edit.change(
        place.folder,
        wanted,
        version=now.version,
        catalogue=found.outcome.case.catalogue,
    )
    page = place.editor.get(place.url("dossier/user_service/"))
    assert 'name="post.customer_service"' in page.content.decode()
    assert any("#f-post." in blank.way for blank in page.context["blanks"])

    answer = _send(place, "user_service", **{"post.customer_service": "许新来"})

    assert answer.status_code == 303
    after = edit.read(place.folder).list_items("people")
    assert [
        person["name"] for person in after if "customer_service" in _list_roles(person)
    ] == ["许新来"]
    boss = str(after[0]["name"])
    _send(place, "user_service", **{"post.customer_service": boss})
    again = edit.read(place.folder).list_items("people")
    assert len(again) == len(after)
    assert "customer_service" in _list_roles(again[0])


def _list_roles(person: Mapping[str, Any]) -> list[str]:
    role = person.get("role", [])
    return role if isinstance(role, list) else [role]
