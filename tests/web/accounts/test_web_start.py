"""A case from nothing but files: sent, read, recognised, made by one button."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks as Commits

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.readings import KeptReadings
from changqing.papers.open import open_case
from changqing_web.accounts.adapter import EXAMPLE_COMPANY
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent, CaseRow, Job, Membership, Role, Workspace
from changqing_web.new.starts import find_start
from changqing_web.walls import find_cases_folder
from changqing_web.work.start import forget_untaken
from tests.papers.settling_sample import HELD, LICENCE, NAME, TELECOM_LICENCE, UNTITLED
from tests.web.web_world import EXAMPLES, Place

_PAPERS = {
    "business_licence": "03-business-licence",
    "lease": "13-lease",
    "hosting_agreement": "22-hosting-agreement",
}
_COMPANY = "杭州初棠信息科技有限公司"


def _list_papers(*names: str) -> list[Path]:
    folder = EXAMPLES / "newly-registered" / "documents"
    return [folder / f"{_PAPERS[name]}.md" for name in names]


def _make_zip(files: list[Path]) -> SimpleUploadedFile:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in files:
            archive.writestr(f"材料/{path.stem}（盖章）.md", path.read_bytes())
    return SimpleUploadedFile("公司材料.zip", packed.getvalue())


def _send_papers(place: Place, *files: SimpleUploadedFile, commits: Commits) -> str:
    """Send files to be read; where the page leads."""
    with commits(execute=True):
        answer = place.editor.post(
            f"/w/{place.workspace.slug}/start/", {"file": list(files), "read": "1"}
        )
    assert answer.status_code == 302
    return str(answer["Location"])


@pytest.fixture
def sent(place: Place, django_capture_on_commit_callbacks: Commits) -> str:
    """The page of three papers in a zip and a note that is no paper."""
    note = SimpleUploadedFile(
        "随手记.txt", ("明天去银行，回来的路上买菜，晚上给客户打电话。" * 5).encode()
    )
    return _send_papers(
        place,
        _make_zip(_list_papers(*_PAPERS)),
        note,
        commits=django_capture_on_commit_callbacks,
    )


def _get_page(place: Place, address: str) -> str:
    return place.editor.get(address).content.decode()


def test_an_empty_home_and_the_page_of_a_new_case_offer_to_drop_papers(
    place: Place,
) -> None:
    assert "data-start-drop" in _get_page(place, f"/w/{place.workspace.slug}/new/")
    board = _get_page(place, f"/w/{place.workspace.slug}/")
    assert "data-start-drop" not in board
    assert 'role="search"' in board
    CaseRow.objects.all().delete()
    page = _get_page(place, f"/w/{place.workspace.slug}/")
    assert "把材料拖进来" in page
    assert 'name="folder" multiple' in " ".join(page.split())
    assert "示例公司" not in page
    examples = Workspace.objects.create(slug=EXAMPLE_COMPANY, name="示例")
    owner = place.workspace.memberships.get(role=Role.EDITOR).user
    Membership.objects.create(workspace=examples, user=owner, role=Role.OWNER)
    made = place.case
    made.pk, made.workspace = None, examples
    made.save(force_insert=True)
    page = _get_page(place, f"/w/{place.workspace.slug}/")
    assert f'href="/w/{EXAMPLE_COMPANY}/">看三家示例公司</a>' in page
    assert "先答十二个问题" in page
    # One card and nothing else: nothing to find, to filter or to import.
    assert 'role="search"' not in page
    assert "tabs quick" not in page
    assert "导入客户表" not in page
    Workspace.objects.filter(pk=place.workspace.pk).update(kind="agency")
    assert "导入客户表" in _get_page(place, f"/w/{place.workspace.slug}/")
    english = _get_page(place, f"/w/{place.workspace.slug}/?lang=en")
    assert "Drop the papers here" in english


def test_papers_that_were_sent_and_left_are_found_from_every_place_to_begin(
    place: Place, sent: str
) -> None:
    link = f'<a href="{sent}">公司材料.zip</a>'
    for address in ("start/", "new/", ""):
        page = _get_page(place, f"/w/{place.workspace.slug}/{address}")
        # A board with cases on it shows them alone.
        assert (link in page) is (address != ""), address
    CaseRow.objects.all().delete()
    assert link in _get_page(place, f"/w/{place.workspace.slug}/")


def test_what_was_sent_is_told_before_anything_is_made(place: Place, sent: str) -> None:
    page = _get_page(place, sent)
    assert _COMPANY in page
    assert "营业执照" in page
    assert "不是目录里的材料" in page
    assert "随手记.txt" in page
    assert "03-business-licence（盖章）" in page
    assert CaseRow.objects.count() == 1
    assert 'value="33" selected' in page


def test_a_paper_known_by_what_it_says_is_said_to_be(
    place: Place, django_capture_on_commit_callbacks: Commits
) -> None:
    (licence,) = _list_papers("business_licence")
    rules = SimpleUploadedFile("意见.txt", UNTITLED.encode())
    address = _send_papers(
        place,
        SimpleUploadedFile("执照.md", licence.read_bytes()),
        rules,
        commits=django_capture_on_commit_callbacks,
    )
    page = _get_page(place, address)
    assert page.count("按内容认的，请核对") == 1
    assert "投诉处理制度" in page[: page.index("按内容认的，请核对")]
    assert "recognised by what it says" in _get_page(place, f"{address}?lang=en")


def test_one_button_makes_the_case_with_its_papers_read(
    place: Place, sent: str, django_capture_on_commit_callbacks: Commits
) -> None:
    form = place.editor.get(sent).context
    given = {
        "do": "make",
        **{name: form["typed"][name] for name in ("name", "region", "credit_code")},
        "licence": form["licence"],
    }
    again = {"another": "yes"}  # the workspace has the example of this company
    with django_capture_on_commit_callbacks(execute=True):
        assert place.editor.post(sent, given | again).status_code == 302
    job = Job.objects.get(kind="make_start")
    assert job.state == Job.State.DONE, job.result
    answer = place.editor.get(sent)
    assert answer["Location"] == job.result["next"]
    folder = find_cases_folder(place.workspace) / job.result["folder"]
    case = open_case(folder, catalogue())
    assert case.name == _COMPANY
    assert {paper.kind for paper in case.papers} == set(_PAPERS)
    assert all("（盖章）" in paper.file.path for paper in case.papers)
    kept = KeptReadings(Evidence(folder))
    assert {paper.file.digest for paper in case.papers} == set(kept)
    assert not list(folder.rglob("*随手记*"))
    page = _get_page(place, job.result["next"])
    assert "待确认" in page
    assert CaseEvent.objects.get(verb="new").actor == "editor@here.example"
    assert find_start(place.workspace, sent.rstrip("/").rpartition("/")[2]) is None


@pytest.mark.parametrize(
    ("chosen", "licence", "stage"),
    [({}, "B25", "renew"), ({"stage": "apply"}, "B21", "apply")],
)
def test_a_licence_near_its_end_proposes_renewal_and_the_board_shows_it_late(
    place: Place,
    chosen: dict[str, str],
    licence: str,
    stage: str,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    end = timezone.localdate() + timedelta(days=13)
    held = TELECOM_LICENCE.format_map({**HELD, "end": f"{end:%Y年%m月%d日}"})
    address = _send_papers(
        place,
        SimpleUploadedFile("执照.txt", LICENCE.encode()),
        SimpleUploadedFile("许可证.txt", held.encode()),
        commits=django_capture_on_commit_callbacks,
    )
    page = _get_page(place, address)
    assert "建议按延续" in page
    assert "离期满还有13天" in page
    assert "renewal was due by" in _get_page(place, f"{address}?lang=en")
    typed = place.editor.get(f"{address}?lang=zh").context["typed"]
    assert typed["stage"] == "renew"
    # The service asked for has to be one that the licence has.
    other = place.editor.post(address, {**typed, "do": "make", "licence": "B21"})
    assert other.status_code == 422
    assert "上没有在线数据处理与交易处理业务" in other.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answers = {**typed, "do": "make", "another": "yes", "licence": licence}
        made = place.editor.post(address, answers | chosen)
        assert made.status_code == 302, made.context["wrong"]
    job = Job.objects.get(kind="make_start")
    folder = find_cases_folder(place.workspace) / job.result["folder"]
    assert open_case(folder, catalogue()).application.stage == stage
    row = CaseRow.objects.get(folder=job.result["folder"])
    assert row.name == NAME
    late = CaseRow.objects.filter(pk=row.pk, next_day__lt=timezone.localdate())
    assert late.exists() is (stage == "renew")
    board = _get_page(place, f"/w/{place.workspace.slug}/")
    assert ("逾期77天" in board) is (stage == "renew")


def test_an_error_loses_nothing_that_was_sent_or_typed(place: Place, sent: str) -> None:
    answer = place.editor.post(
        sent, {"do": "make", "name": _COMPANY, "cash_on_hand": "很多", "region": "33"}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "很多" in page
    assert "营业执照" in page
    assert not Job.objects.filter(kind="make_start").exists()


def test_too_large_and_empty_files_are_refused_and_the_others_kept(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    settings: object,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    settings.UPLOAD_LIMIT = 1 << 20  # type: ignore[attr-defined]
    good = _list_papers("business_licence")[0]
    address = _send_papers(
        place,
        SimpleUploadedFile("大.pdf", b"%PDF-" + b"x" * (1 << 20)),
        SimpleUploadedFile("空.pdf", b""),
        SimpleUploadedFile(good.name, good.read_bytes()),
        commits=django_capture_on_commit_callbacks,
    )
    page = _get_page(place, address)
    assert "“大.pdf”超过1 MB" in page
    assert "“空.pdf”是空的" in page
    assert _COMPANY in page


def test_a_script_sends_a_few_at_a_time_and_the_same_file_is_kept_once(
    place: Place,
) -> None:
    address, token = f"/w/{place.workspace.slug}/start/", ""
    for path in _list_papers("business_licence", "lease", "lease"):
        given = {"file": SimpleUploadedFile(path.name, path.read_bytes())}
        answer = place.editor.post(
            address,
            given | ({"start": token} if token else {}),
            headers={"Accept": "application/json"},
        )
        token = answer.json()["start"]
    start = find_start(place.workspace, token)
    assert start is not None
    assert len(start.list_given()) == 2
    assert not Job.objects.exists()


def test_what_cannot_be_read_is_said_with_what_to_do(
    place: Place, django_capture_on_commit_callbacks: Commits
) -> None:
    broken = SimpleUploadedFile("坏.zip", b"PK\x03\x04 and nothing more")
    address = _send_papers(place, broken, commits=django_capture_on_commit_callbacks)
    page = _get_page(place, address)
    assert "坏.zip" in page
    assert "压缩包打不开" in page
    assert "再传一次" in page


def test_nobody_makes_a_case_of_it_and_it_is_deleted(place: Place, sent: str) -> None:
    token = sent.rstrip("/").rpartition("/")[2]
    start = find_start(place.workspace, token)
    assert start is not None
    forget_untaken.call_local()
    assert start.folder.exists()
    long_ago = (timezone.now() - timedelta(days=9)).timestamp()
    os.utime(start.folder, (long_ago, long_ago))
    forget_untaken.call_local()
    assert not start.folder.exists()
    assert place.editor.get(sent).status_code == 404


def test_others_may_not_see_what_was_sent(place: Place, sent: str) -> None:
    for role in (Role.REVIEWER, Role.RESPONDENT):
        assert place.people[role].get(sent).status_code == 404
    assert not (Path(settings.HOME) / "starts" / "elsewhere").exists()
