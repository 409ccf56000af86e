"""封存包 and 核验: sealed in the background, checked by others, damage named."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.case import edit
from changqing.evidence.ledger.note import load_key
from changqing.sealing.index import NOT_PROVEN, PROVEN
from changqing_web.cases import find_key_path
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent, Draft, Job, Link, Role
from changqing_web.seal.bundles import find_bundle
from tests.sealing.time_authority import make_authority, serving
from tests.web.web_world import Place, make_place, read_sealed_example

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sealing(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Place:
    """A case, and a key of this installation's own."""
    return _make_sealing(tmp_path, monkeypatch)


def _make_sealing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    load_key(find_key_path())
    return make_place("sealing")


def _verify(place: Place, content: bytes, key: str = ""):  # type: ignore[no-untyped-def]
    return place.people[Role.REVIEWER].post(
        place.url("seal/verify/"),
        {"bundle": SimpleUploadedFile("bundle.zip", content), "key": key},
        follow=True,
    )


def test_a_case_is_sealed_and_a_reviewer_verifies_it(sealing: Place) -> None:
    answer = sealing.editor.post(sealing.url("seal/begin/"), {"full": "0"})
    assert answer.status_code == 303
    job = Job.objects.get(kind="seal")
    assert job.state == "done", job.result
    page = sealing.editor.get(answer["Location"]).content.decode()
    for name in ("digest", "bound", "signer", "rules"):
        assert job.result[name] in page
    reviewer = sealing.people[Role.REVIEWER]
    file = reviewer.get(sealing.url(f"seal/{job.pk}/bundle.zip"))
    content = file.getvalue()
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    seen = _verify(sealing, content, key=job.result["signer"]).content.decode()
    assert "已核验" in seen
    assert job.result["digest"] in seen
    assert "损坏" not in seen


def test_one_flipped_byte_is_named(sealing: Place) -> None:
    content = bytearray(read_sealed_example())
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        entry = packed.getinfo("assessment.json")
    at = entry.header_offset + 30 + len(entry.filename) + entry.file_size // 2
    content[at] ^= 1
    seen = _verify(sealing, bytes(content)).content.decode()
    assert "内容和封存时不一样，不可采信" in seen
    assert "assessment.json" in seen
    assert "已核验" not in seen
    assert Job.objects.get(kind="verify").result["code"] == 4


def _make_zip(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.share
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "这不是封存包：文件不是zip"),
        (b"hello", "这不是封存包：文件不是zip"),
        (b"PK\x03\x04" + b"x" * 400, "文件不完整"),
        (read_sealed_example()[:900_000], "文件不完整"),
        (_make_zip("hello.txt", b"x"), "没有封存包的清单"),
        (_make_zip("manifest.txt", bytes(50 << 20)), "内容和封存时不一样"),
    ],
    ids=["nothing", "no zip", "cut", "cut in half", "another zip", "bomb"],
)
def test_what_is_no_bundle_is_told_in_plain_words(
    sealing: Place, content: bytes, told: str
) -> None:
    answer = _verify(sealing, content)
    assert answer.status_code in {200, 422}
    assert told in answer.content.decode()


def test_a_check_is_told_in_words_and_not_in_codes(sealing: Place) -> None:
    text = _verify(sealing, read_sealed_example()).content.decode()
    main = text.split("<main", 1)[1]
    for code in ("intra_province", "not_applicable", "_present", "committed_until"):
        assert code not in main
    sealed = zipfile.ZipFile(io.BytesIO(read_sealed_example())).read("assessment.json")
    verdicts = [finding["verdict"] for finding in json.loads(sealed)["findings"]]
    assert f"已证实 {verdicts.count('met')}、" in main
    assert "浙江省" in main
    assert "没有外来的时间见证" in main


def test_a_wrong_fingerprint_leads_to_its_field(sealing: Place) -> None:
    answer = _verify(sealing, read_sealed_example(), key="12ab")
    assert answer.status_code == 422
    assert "64位十六进制" in answer.content.decode()
    assert 'value="12ab"' in answer.content.decode()


@pytest.mark.long
def test_what_holds_personal_papers_is_not_for_reviewers(sealing: Place) -> None:
    sealing.people[Role.OWNER].post(sealing.url("seal/begin/"), {"full": "1"})
    job = Job.objects.get(kind="seal")
    assert job.state == "done", job.result
    reviewer = sealing.people[Role.REVIEWER]
    for rest in (f"seal/{job.pk}/", f"seal/{job.pk}/bundle.zip"):
        assert reviewer.get(sealing.url(rest)).status_code == 404
    assert f"seal/{job.pk}/" not in reviewer.get(sealing.url("seal/")).content.decode()


def test_a_reviewer_can_seal_nothing(sealing: Place) -> None:
    answer = sealing.people[Role.REVIEWER].post(sealing.url("seal/begin/"))
    assert answer.status_code == 404
    assert not Job.objects.exists()


@pytest.mark.long
def test_another_case_s_bundle_is_not_reached(sealing: Place) -> None:
    sealing.editor.post(sealing.url("seal/begin/"), {"full": "0"})
    job = Job.objects.get(kind="seal")
    other = make_place("elsewhere", "local-life")
    assert other.editor.get(other.url(f"seal/{job.pk}/")).status_code == 404
    assert other.editor.get(other.url(f"seal/{job.pk}/bundle.zip")).status_code == 404


def test_the_page_says_what_is_withheld_and_why(sealing: Place) -> None:
    page = sealing.editor.get(sealing.url("seal/"))
    assert page.status_code == 200
    text = page.content.decode()
    inside = page.context["inside"]
    assert inside.withheld
    for withheld in inside.withheld:
        assert withheld.file in text
        assert withheld.reason.zh in text
    assert f"封存包会放进{inside.shown}份材料，隐去{len(inside.withheld)}份" in text
    assert "没有外来的时间见证" in text


@pytest.mark.parametrize(
    ("host", "reached"),
    [("127.0.0.1:8000", False), ("localhost", False), ("case.example:443", True)],
)
def test_nobody_is_sent_to_our_own_machine_to_check_a_bundle(
    sealing: Place, host: str, monkeypatch: pytest.MonkeyPatch, *, reached: bool
) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", [host.partition(":")[0]])
    sealing.editor.post(sealing.url("seal/begin/"), {"full": "0"}, HTTP_HOST=host)
    job = Job.objects.get(kind="seal")
    page = sealing.editor.get(sealing.url(f"seal/{job.pk}/"), HTTP_HOST=host)
    text = page.content.decode()
    assert (f"http://{host}/verify/" in text) is reached
    assert ("打开verify.html" in text) is not reached


@pytest.mark.long
def test_what_a_bundle_does_not_prove_stands_beside_what_it_does(
    sealing: Place,
) -> None:
    sealing.editor.post(sealing.url("seal/begin/"), {"full": "0"})
    job = Job.objects.get(kind="seal")
    for rest in ("seal/", f"seal/{job.pk}/"):
        text = sealing.editor.get(sealing.url(rest)).content.decode()
        for line in (*PROVEN, *NOT_PROVEN):
            assert line.zh in text, rest


def _begin_job(place: Place, kind: str, **given: object) -> Job:
    return Job.objects.create(
        workspace=place.workspace,
        case=place.case.folder,
        kind=kind,
        given=given,
        state=Job.State.RUNNING,
        asked_by="x",
    )


def test_nobody_is_led_to_a_bundle_that_holds_more_than_was_asked(
    sealing: Place,
) -> None:
    _begin_job(sealing, "seal", full=True)
    answer = sealing.editor.post(sealing.url("seal/begin/"), {"full": "0"}, follow=True)
    assert answer.redirect_chain == [(sealing.url("seal/"), 303)]
    assert "内容与您选的不同" in answer.content.decode()
    assert not CaseEvent.objects.filter(verb="seal").exists()


def test_a_bundle_that_is_being_checked_is_not_replaced(sealing: Place) -> None:
    job = _begin_job(sealing, "verify", name="theirs.zip")
    find_bundle(job).parent.mkdir(parents=True, exist_ok=True)
    find_bundle(job).write_bytes(b"theirs")
    answer = _verify(sealing, b"ours")
    assert answer.status_code == 409
    assert "正在核验另一份" in answer.content.decode()
    assert find_bundle(job).read_bytes() == b"theirs"
    assert list(find_bundle(job).parent.glob(".taken-*")) == []


def test_reviewers_without_an_account_do_not_use_up_each_other_s_checks(
    sealing: Place,
) -> None:
    _, secret = Link.make(
        Link.Purpose.REVIEW,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=sealing.workspace,
        case=sealing.case,
        role=Role.REVIEWER,
    )
    many, one = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    for reviewer in (many, one):
        reviewer.get(f"/review/{secret}/")
    checks = [many.post(sealing.url("seal/verify/")).status_code for _ in range(21)]
    assert checks[-2:] == [422, 429]
    assert one.post(sealing.url("seal/verify/")).status_code == 422


def test_what_was_handed_in_is_not_kept_after_the_check(sealing: Place) -> None:
    _verify(sealing, b"PK\x03\x04 no bundle")
    job = Job.objects.get(kind="verify")
    assert not job.under_way
    assert not find_bundle(job).exists()


def _find_personal_paper(place: Place) -> str:
    return next(
        str(paper["id"])
        for paper in edit.read(place.folder).list_items("papers")
        if catalogue().materials[str(paper["kind"])].personal
    )


@pytest.mark.long
def test_an_erased_paper_is_in_no_bundle_that_can_be_downloaded(sealing: Place) -> None:
    name = _find_personal_paper(sealing)
    sealing.editor.post(sealing.url("draft/"), {"form": f"paper:{name}", "x": "typed"})
    owner = sealing.people[Role.OWNER]
    for full in ("1", "0"):
        owner.post(sealing.url("seal/begin/"), {"full": full})
    whole, masked = Job.objects.filter(kind="seal").order_by("pk")
    before = owner.get(sealing.url(f"seal/{whole.pk}/bundle.zip"))
    assert before.status_code == 200
    before.close()
    answer = owner.post(
        sealing.url(f"papers/{name}/erase/"), {"sure": "1"}, follow=True
    )
    page = answer.content.decode()
    assert "已抹去" in page
    assert "封存包1个里可能有它，也已删除" in page
    assert not Draft.objects.exists()
    assert not find_bundle(whole).exists()
    assert owner.get(sealing.url(f"seal/{whole.pk}/bundle.zip")).status_code == 404
    told = owner.get(sealing.url(f"seal/{whole.pk}/")).content.decode()
    assert "里面可能有它" in told
    assert whole.result["digest"] in told
    listed = owner.get(sealing.url("seal/")).content.decode()
    assert f"seal/{whole.pk}/bundle.zip" not in listed
    assert f"seal/{masked.pk}/bundle.zip" in listed


@pytest.mark.long
def test_what_was_sealed_masked_still_verifies_after_an_erasure(sealing: Place) -> None:
    owner = sealing.people[Role.OWNER]
    owner.post(sealing.url("seal/begin/"), {"full": "0"})
    masked = Job.objects.get(kind="seal")
    owner.post(
        sealing.url(f"papers/{_find_personal_paper(sealing)}/erase/"), {"sure": "1"}
    )
    file = owner.get(sealing.url(f"seal/{masked.pk}/bundle.zip"))
    _verify(sealing, file.getvalue(), key=masked.result["signer"])
    assert Job.objects.get(kind="verify").result["code"] in {0, 1}
    owner.post(sealing.url("seal/begin/"), {"full": "1"})
    again = Job.objects.filter(kind="seal").latest("pk")
    assert again.state == "done", again.result
    file = owner.get(sealing.url(f"seal/{again.pk}/bundle.zip"))
    with zipfile.ZipFile(find_bundle(again)) as packed:
        left = json.loads(packed.read("withheld.json"))["entries"]
    assert {paper["reason"] for paper in left} == {"erased"}
    _verify(sealing, file.getvalue(), key=again.result["signer"])
    checked = Job.objects.filter(kind="verify").latest("pk")
    assert not checked.result["damaged"]


@pytest.mark.long
def test_a_time_authority_that_is_set_witnesses_each_seal(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The authority goes by the clock of the machine, and sealing has to, too.
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC))
    sealing = _make_sealing(tmp_path, monkeypatch)
    now, day = timezone.now(), timedelta(days=1)
    with serving(make_authority(tmp_path / "a", now - day, now + day)) as url:
        monkeypatch.setattr(settings, "TIME_AUTHORITY", url)
        assert (
            "封的时候会请" in sealing.editor.get(sealing.url("seal/")).content.decode()
        )
        sealing.editor.post(sealing.url("seal/begin/"), {"full": "0"})
    job = Job.objects.get(kind="seal")
    assert job.state == "done", job.result
    page = sealing.editor.get(sealing.url(f"seal/{job.pk}/")).content.decode()
    assert "日志有外来的时间戳" in page
    with zipfile.ZipFile(find_bundle(job)) as packed:
        assert any(name.endswith(".tsr") for name in packed.namelist())


@pytest.mark.long
def test_a_time_authority_that_does_not_answer_is_told(
    sealing: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "TIME_AUTHORITY", "http://127.0.0.1:9/")
    sealing.editor.post(sealing.url("seal/begin/"), {"full": "0"})
    job = Job.objects.get(kind="seal")
    assert job.state == "failed"
    page = sealing.editor.get(sealing.url(f"seal/{job.pk}/")).content.decode()
    assert "没有办成" in page
    assert "再封一次" in page
    assert job.result["error"]["zh"][0] in page
