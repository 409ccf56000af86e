"""The evidence page: files taken in whole or refused, people's papers guarded."""

from __future__ import annotations

import hashlib
import html
import io
import json
import os
import re
import shutil
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings

from changqing.case import edit
from changqing.evidence.ledger.items import Blob
from changqing.evidence.ledger.recorded import Evidence
from changqing.law.compiled import load_compiled
from changqing.masks import mask_numbers
from changqing_web import recorded as recorded_module
from changqing_web.models import CaseEvent, Draft, PaperAccess, Role
from changqing_web.papers import intake, uploads
from tests.web.web_world import EXAMPLES, Place

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
IDENTITY = "legal_rep_id"


@pytest.fixture(autouse=True)
def _nobody_uploaded_before(db: None) -> None:
    cache.clear()


def _make_file(content: bytes, name: str = "scan.pdf") -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def _send(place: Place, content: bytes, name: str = "scan.pdf", **typed: str) -> Any:
    return place.editor.post(
        place.url("evidence/upload/"),
        {"kind": "lease", **typed, "file": _make_file(content, name)},
    )


def _documents(place: Place) -> set[str]:
    return {path.name for path in (place.folder / "documents").iterdir()}


def test_a_paper_is_kept_listed_logged_and_told(place: Place) -> None:
    answer = _send(place, PDF, issued_on="2026-11-01", valid_until="2027-10-31")
    assert answer.status_code == 303
    (paper,) = [
        paper
        for paper in edit.read(place.folder).list_items("papers")
        if paper["id"] == "lease_2"
    ]
    assert (place.folder / str(paper["file"])).read_bytes() == PDF
    assert paper["valid_until"] == "2027-10-31"
    event = CaseEvent.objects.get(verb="upload")
    digest = hashlib.sha256(PDF).hexdigest()
    assert event.detail["digest"] == digest
    said = [
        r for r in Evidence(place.folder).list_records() if r.subject.id == "lease_2"
    ]
    assert digest in {record.digest for record in said}
    page = place.editor.get(answer["Location"]).content.decode()
    assert "iframe" in page


def _make_zip(*names: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (PDF, ".pdf"),
        (PNG, ".png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 20, ".jpg"),
        (_make_zip("[Content_Types].xml", "word/document.xml"), ".docx"),
        (_make_zip("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"),
    ],
)
def test_a_type_is_known_by_its_content_not_its_name(
    content: bytes, suffix: str
) -> None:
    kind = intake.sniff_type(content)
    assert kind is not None
    assert kind.suffix == suffix


@pytest.mark.share
@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script>",
        b"MZ\x90\0 a program",
        b"",
        _make_zip("any.txt"),
        _make_zip("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        b"PK\x03\x04 broken",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_is_not_taken_leaves_nothing(place: Place, content: bytes) -> None:
    before, papers = _documents(place), edit.read(place.folder)
    answer = _send(place, content, "looks-like.pdf")
    assert answer.status_code == 422
    assert "上传没有成功" in answer.content.decode()
    assert _documents(place) == before
    assert edit.read(place.folder) == papers


def test_a_file_over_the_limit_is_refused_in_words(place: Place) -> None:
    with override_settings(UPLOAD_LIMIT=1024 * 1024):
        answer = _send(place, PDF + b"\0" * 1_100_000)
        assert answer.status_code == 422
        assert "超过1 MB" in answer.content.decode()


@pytest.mark.long
def test_the_same_bytes_are_not_taken_twice(place: Place) -> None:
    assert _send(place, PDF).status_code == 303
    before = _documents(place)
    answer = _send(place, PDF)
    assert answer.status_code == 422
    assert "已经收过，就是《场地租赁合同》（" in answer.content.decode()
    assert _documents(place) == before


def test_a_refused_form_keeps_what_was_typed(place: Place) -> None:
    answer = _send(place, PDF, issued_on="2026-11-20", valid_until="2026-01-01")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="2026-01-01"' in page
    assert '<option value="lease" selected>' in page


def test_too_many_uploads_are_slowed_down(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST", 2)
    codes = [_send(place, b"no paper").status_code for _ in range(3)]
    assert codes == [422, 422, 429]


@pytest.mark.long
def test_an_uploaded_file_runs_nowhere(place: Place) -> None:
    _send(place, _make_zip("[Content_Types].xml", "word/document.xml"), "a.docx")
    answer = place.editor.get(place.url("papers/lease_2/file"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    # The examples' papers are text, and are shown as nothing but text.
    answer.getvalue()
    text = place.editor.get(place.url("papers/business_licence/file"))
    assert text["Content-Disposition"].startswith("inline")
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert text["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in text["Content-Security-Policy"]
    text.getvalue()


def test_a_paper_about_a_person_is_masked_and_each_look_is_recorded(
    place: Place,
) -> None:
    page = place.editor.get(place.url(f"papers/{IDENTITY}/")).content.decode()
    assert "<iframe" not in page
    assert "<img" not in page
    assert not PaperAccess.objects.exists()
    for _ in range(2):
        answer = place.editor.get(place.url(f"papers/{IDENTITY}/file"))
        assert b"".join(answer)
    seen = PaperAccess.objects.all()
    assert [access.actor for access in seen] == ["editor@here.example"] * 2
    for role in (Role.REVIEWER, Role.RESPONDENT):
        client = place.people[role]
        assert client.get(place.url(f"papers/{IDENTITY}/file")).status_code == 404
    assert seen.count() == 2


@pytest.mark.long
def test_a_paper_about_a_person_can_be_erased_and_the_log_still_recomputes(
    place: Place,
) -> None:
    url = place.url(f"papers/{IDENTITY}/erase/")
    assert place.editor.post(url, {"sure": "1"}).status_code == 404
    owner = place.people[Role.OWNER]
    file = place.folder / str(
        edit.read(place.folder).find_value(("papers", IDENTITY, "file"))
    )
    owner.post(url)  # not confirmed
    assert file.exists()
    _send(place, PDF)  # something is on record first
    assert owner.post(url, {"sure": "1"}).status_code == 303
    assert not file.exists()
    verified = Evidence(place.folder).verify()
    assert verified is not None
    assert verified.withheld.entries
    assert CaseEvent.objects.get(verb="erase").detail["entries"] > 0
    page = owner.get(place.url("evidence/?view=log")).content.decode()
    assert "只留摘要" in page
    assert (
        owner.post(place.url("papers/lease/erase/"), {"sure": "1"}).status_code == 303
    )
    assert edit.read(place.folder).find_value(("papers", "lease")) is not None


@pytest.mark.long
def test_what_a_paper_proves_is_written_with_its_place(place: Place) -> None:
    page = place.editor.get(place.url("papers/business_licence/")).content.decode()
    assert "第2条 注册资本" in page
    name = "applicant.self.registered_capital"
    version = edit.read(place.folder).version
    sent = {
        "version": version,
        "received_on": "2026-11-13",
        f"was.{name}": '"100万元"',
        name: "120",
        f"{name}~unit": "万元",
        f"{name}~place": "",
    }
    url = place.url("papers/business_licence/")
    refused = place.editor.post(url, sent)
    assert refused.status_code == 422
    assert 'value="120"' in refused.content.decode()
    kept = place.editor.post(url, {**sent, f"{name}~place": "第2条"})
    assert kept.status_code == 303
    backs: Any = edit.read(place.folder).find_value(
        ("papers", "business_licence", "backs")
    )
    assert {
        "fact": name.rpartition(".")[2],
        "value": "120万元",
        "place": "第2条",
    } in backs
    assert len(backs) > 3


@pytest.mark.long
def test_a_form_keeps_the_words_pointed_at_until_their_value_changes(
    place: Place,
) -> None:
    url = place.url("papers/business_licence/")
    at = ("papers", "business_licence", "backs")

    def find() -> Any:
        backs: Any = edit.read(place.folder).find_value(at)
        return next(back for back in backs if back["fact"] == "registered_capital")

    before: Any = edit.read(place.folder)
    backs = [
        {**back, "words": "壹佰万元整"}
        if back["fact"] == "registered_capital"
        else back
        for back in before.find_value(at)
    ]
    edit.change(
        place.folder,
        [edit.FieldChange(at=at, value=backs)],
        version=before.version,
        catalogue=load_compiled(),
    )
    name, found = "applicant.self.registered_capital", find()
    sent = {
        "version": edit.read(place.folder).version,
        "received_on": "2026-11-12",
        f"was.{name}": json.dumps(found["value"]),
        name: found["value"].removesuffix("万元"),
        f"{name}~unit": "万元",
        f"{name}~place": found["place"],
    }
    assert place.editor.post(url, sent).status_code == 303
    assert find()["words"] == "壹佰万元整"
    sent["version"] = edit.read(place.folder).version
    assert place.editor.post(url, {**sent, name: "3"}).status_code == 303
    assert "words" not in find()


def test_the_page_shows_log_checkpoint_and_records(place: Place) -> None:
    page = place.editor.get(place.url("evidence/?view=log")).content.decode()
    checkpoint = Evidence(place.folder).read_checkpoint()
    assert checkpoint is not None
    assert re.search(rf"<dd>\s*{checkpoint.size}\s*</dd>", page)
    assert "复算一致" in page
    assert "签名者指纹" in page
    found = place.editor.get(place.url("evidence/?q=证0045")).content.decode()
    assert "证0045" in found
    english = place.editor.get(place.url("evidence/?lang=en")).content.decode()
    assert "It recomputes" in english


def test_only_bytes_of_the_log_are_given_out(place: Place) -> None:
    assert place.editor.get(
        place.url("evidence/objects/" + "a" * 64 + "/")
    ).status_code == (404)
    log = Evidence(place.folder)
    digest = next(item.digest for item in log.list_items() if isinstance(item, Blob))
    answer = place.editor.get(place.url(f"evidence/objects/{digest}/"))
    assert hashlib.sha256(answer.content).hexdigest() == digest
    assert answer["Content-Disposition"].startswith("attachment")


def test_what_a_killed_server_left_is_not_shown_as_a_file(place: Place) -> None:
    (place.folder / "documents" / "lease.pdf.new").write_bytes(b"half")
    (place.folder / "documents" / "beside.pdf").write_bytes(PDF)
    page = place.editor.get(place.url("evidence/")).content.decode()
    assert "lease.pdf.new" not in page
    assert "documents/beside.pdf" in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("身份证110105194912310021", "身份证110*************21"),
        ("电话13800001234转2", "电话138****1234转2"),
        ("统一代码91320105MA0EXAM2XG", "统一代码91320105MA0EXAM2XG"),
        ("0571-55500188", "0571-55500188"),
    ],
)
def test_personal_numbers_are_masked_and_others_are_not(text: str, shown: str) -> None:
    assert mask_numbers(text) == shown


def test_what_altered_the_log_is_told_at_once_however_often_it_was_verified(
    place: Place,
) -> None:
    entries = place.folder / "evidence" / "entries.jsonl"
    old = time.time() - 3600
    for path in (place.folder / "evidence").rglob("*"):
        os.utime(path, (old, old))
    for _ in range(2):
        page = place.editor.get(place.url("evidence/")).content.decode()
        assert "复算一致" in page
    told, content = entries.stat(), entries.read_bytes()
    at = content.rindex(b"salt") + 12
    other = b"0" if content[at : at + 1] != b"0" else b"1"
    with entries.open("r+b") as stream:  # the same file, size and time of writing
        stream.seek(at)
        stream.write(other)
    os.utime(entries, ns=(told.st_atime_ns, told.st_mtime_ns))
    page = place.editor.get(place.url("evidence/")).content.decode()
    assert "复算一致" not in page
    assert "先不要再用这些证据" in page
    entries.write_bytes(content)
    assert "复算一致" in place.editor.get(place.url("evidence/")).content.decode()


def test_verified_evidence_is_kept_until_a_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "case"
    shutil.copytree(EXAMPLES / "newly-registered" / "evidence", folder / "evidence")
    monkeypatch.setattr(recorded_module, "_SETTLED", 0.0)
    first = recorded_module.read_recorded_evidence(folder)
    assert first.log is not None
    assert first.log.issues == ()
    assert recorded_module.read_recorded_evidence(folder) is first
    blob = next(p for p in (folder / "evidence/objects").rglob("*") if p.is_file())
    blob.write_bytes(blob.read_bytes() + b" ")
    again = recorded_module.read_recorded_evidence(folder)
    assert again.log is not None
    assert again.log.issues


@pytest.mark.long
def test_a_replaced_file_is_kept_named_and_reached_by_erasing(place: Place) -> None:
    first = str(edit.read(place.folder).find_value(("papers", IDENTITY, "file")))
    _send(place, PDF)  # what the papers say is on record
    answer = _send(place, PNG, kind=IDENTITY, replaces=IDENTITY)
    assert answer.status_code == 303
    now = str(edit.read(place.folder).find_value(("papers", IDENTITY, "file")))
    assert now != first
    assert (place.folder / first).exists()
    bare = first.rpartition("/")[2]
    url = place.url(f"papers/{IDENTITY}/")
    assert f"earlier={bare}" in place.editor.get(url).content.decode()
    assert bare not in place.editor.get(place.url("evidence/")).content.decode()
    before = (place.folder / first).read_bytes()
    kept = place.editor.get(f"{url}file?download=1&earlier={bare}")
    assert b"".join(kept) == before
    assert PaperAccess.objects.get().digest == hashlib.sha256(before).hexdigest()
    other = place.editor.get(f"{url}file?earlier=case.yaml")
    assert other.status_code == 404
    place.people[Role.OWNER].post(f"{url}erase/", {"sure": "1"})
    assert not (place.folder / first).exists()
    assert not (place.folder / now).exists()
    assert Evidence(place.folder).verify() is not None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("房屋租赁合同1.pdf", "lease"),
        ("服务器托管协议.pdf", "hosting_agreement"),
        ("业务发展计划.docx", "business_plan"),
        ("应急预案.pdf", "emergency_plan"),
        ("社保证明-2026年11月 最新（盖章）.pdf", "social_insurance"),
        ("用户善后承诺书.pdf", "aftercare_commitment"),
        ("合同.pdf", ""),
        ("法人身份证正面.jpg", ""),  # whose it is decides between two kinds
    ],
)
def test_a_file_is_known_by_what_people_call_such_papers(name: str, kind: str) -> None:
    assert uploads.guess_kind(name) == kind


def test_no_kind_is_taken_from_another_by_its_own_label() -> None:
    materials = load_compiled().materials
    assert [
        code
        for code, material in materials.items()
        if uploads.guess_kind(f"{material.label.zh}.pdf") != code
    ] == []


@pytest.mark.long
def test_several_files_are_known_by_their_names_and_the_others_told(
    place: Place,
) -> None:
    answer = place.editor.post(
        place.url("evidence/upload/"),
        {
            "kind": "",
            "file": [
                _make_file(PDF, "青禾场地租赁合同2026.pdf"),
                _make_file(PDF + b"%", "scan0001.pdf"),
            ],
        },
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "scan0001.pdf：文件名看不出是哪种材料" in page
    assert "已收《场地租赁合同》" in page
    papers = {paper["id"] for paper in edit.read(place.folder).list_items("papers")}
    assert "lease_2" in papers


@pytest.mark.long
def test_a_script_is_told_where_to_go_or_what_is_wrong(place: Place) -> None:
    url, wants = place.url("evidence/upload/"), {"Accept": "application/json"}
    refused = place.editor.post(
        url, {"kind": "lease", "file": _make_file(b"MZ")}, headers=wants
    )
    assert refused.status_code == 422
    assert "按内容看不是PDF" in refused.json()["errors"]["file"]
    kept = place.editor.post(
        url,
        {"kind": "lease", "file": _make_file(PDF), "dimension": "infrastructure"},
        headers=wants,
    )
    assert kept.json()["to"] == place.url("facts/infrastructure/") + "#paper-lease"
    assert "摘要" in kept.json()["said"]


@pytest.mark.long
def test_what_ends_first_stands_first(place: Place) -> None:
    _send(place, PDF, valid_until="2099-01-01")
    _send(place, PNG, valid_until="2020-01-01")
    page = place.editor.get(place.url("evidence/")).content.decode()
    assert 0 < page.index("papers/lease_3/") < page.index("papers/lease_2/")
    assert "已过期 1" in page


def test_a_visit_is_summed_up_and_one_is_open(place: Place) -> None:
    page = place.editor.get(place.url("evidence/?view=seen")).content.decode()
    assert page.count('aria-expanded="true"') == 1
    visits = recorded_module.read_recorded_evidence(place.folder).visits
    assert page.count("aria-expanded") == len(visits)
    shut = place.editor.get(place.url("evidence/?view=seen&visit=none"))
    assert "下载原始字节" not in shut.content.decode()


@pytest.mark.long
def test_what_a_replaced_paper_proved_is_a_draft_for_the_new_one(place: Place) -> None:
    paper = "business_licence"
    old: Any = edit.read(place.folder).find_value(("papers", paper, "backs"))
    _send(place, PDF, kind=paper, replaces=paper)
    assert edit.read(place.folder).find_value(("papers", paper, "backs")) is None
    url = place.url(f"papers/{paper}/")
    page = place.editor.get(url).content.decode()
    assert "第2条 注册资本" in page
    assert "已于" in page
    sent = {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(
            r'name="((?:was\.|version)[^"]*)"\s+value="([^"]*)"', page
        )
    }
    draft = Draft.objects.get(form__endswith=f"paper:{paper}").data
    kept = place.editor.post(url, {**draft, **sent})
    assert kept.status_code == 303
    now: Any = edit.read(place.folder).find_value(("papers", paper, "backs"))
    assert {back["fact"]: back["value"] for back in now} == {
        back["fact"]: back["value"] for back in old
    }


@pytest.mark.long
def test_the_second_to_keep_a_paper_is_told_what_changed(place: Place) -> None:
    url = place.url("papers/lease/")
    written = edit.read(place.folder)
    seen = {
        "version": written.version,
        "shown": json.dumps(written.find_value(("papers", "lease"))),
    }
    first = {**seen, "received_on": "2026-11-01"}
    assert place.editor.post(url, first).status_code == 303
    second = {**seen, "received_on": "2026-11-05"}
    answer = place.people[Role.OWNER].post(url, second)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "别人刚把“收到日期”改为“2026-11-01”" in page
    assert 'value="2026-11-05"' in page


@pytest.mark.long
def test_personal_numbers_are_masked_wherever_they_were_written(place: Place) -> None:
    number, phone = "110105194912310021", "13800001234"
    file = place.folder / "case.yaml"
    text = file.read_text(encoding="utf-8")
    assert "第2条 注册资本" in text
    said = f"第2条 {number} 电话{phone}"
    file.write_text(text.replace("第2条 注册资本", said), encoding="utf-8")
    _send(place, PDF)  # recorded, and assessed again
    reviewer = place.people[Role.REVIEWER]
    for client, rest in (
        (place.editor, "evidence/?view=records"),
        (place.editor, "facts/funding/"),
        (place.editor, "lists/people/"),
        (reviewer, "evidence/?view=records"),
        (reviewer, "papers/business_licence/"),
    ):
        page = client.get(place.url(rest)).content.decode()
        assert number not in page, rest
        assert phone not in page, rest
    shown = reviewer.get(place.url("papers/business_licence/")).content.decode()
    assert "138****1234" in shown
