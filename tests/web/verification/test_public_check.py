"""Anybody checks a bundle without an account; nothing of it is kept."""

from __future__ import annotations

import html
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from changqing.sealing.verify import main
from changqing_web.models import CaseEvent, Job
from tests.web.web_world import read_sealed_example

_ADDRESS = "/verify/"


@pytest.fixture(scope="module")
def bundle() -> bytes:
    return read_sealed_example()


def _send(content: bytes, name: str = "bundle.zip", **more: str) -> tuple[int, str]:
    """Hand a file in without an account; gives the status and the page."""
    sent = {"bundle": SimpleUploadedFile(name, content), **more}
    answer = Client().post(_ADDRESS, sent)
    return answer.status_code, html.unescape(answer.content.decode())


def _list_files(folder: Path) -> set[Path]:
    return {
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in {".db", ".db-wal", ".db-shm"}
    }


def test_anybody_checks_a_bundle_and_nothing_is_kept(
    db: None, bundle: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _list_files(settings.HOME)
    status, page = _send(bundle)
    assert status == 200
    # It comes to what the verifier says that travels with a bundle.
    file = tmp_path / "bundle.zip"
    file.write_bytes(bundle)
    code = main([str(file)])
    capsys.readouterr()
    assert code in (0, 1)
    assert "核验过的都没有问题" in page or "核验通过" in page
    assert "封存包不证明" in page
    assert not Job.objects.exists()
    assert not CaseEvent.objects.exists()
    assert _list_files(settings.HOME) == before


def test_a_bundle_that_was_altered_is_not_believed(db: None, bundle: bytes) -> None:
    altered = bytearray(bundle)
    altered[len(altered) // 2] ^= 1
    status, page = _send(bytes(altered))
    assert status == 200
    assert "不可采信" in page


def test_a_form_without_a_file_is_asked_for_one(db: None) -> None:
    answer = Client().post(_ADDRESS, {"key": ""})
    assert answer.status_code == 422
    assert "选择一个封存包文件" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.4 no bundle", "这不是封存包"),
        (b"PK\x03\x04 torn", "文件不完整"),
        (b"", "这不是封存包"),
    ],
)
def test_what_is_no_bundle_is_told_so(db: None, content: bytes, told: str) -> None:
    _, page = _send(content)
    assert told in page


def test_a_fingerprint_says_who_sealed_it(db: None, bundle: bytes) -> None:
    status, page = _send(bundle, key="not a fingerprint")
    assert status == 422
    assert "64位" in page
    _, unknown = _send(bundle, key="0" * 64)
    assert "签名" in unknown


def test_a_file_that_is_too_large_is_refused_unread(db: None, settings: object) -> None:
    settings.PUBLIC_REQUEST_LIMIT = 1000  # type: ignore[attr-defined]
    status, page = _send(b"x" * 5000)
    assert status == 413
    assert "文件太大" in page


@pytest.mark.long
def test_nobody_has_bundles_checked_without_end(db: None) -> None:
    statuses = [_send(b"no bundle")[0] for _ in range(21)]
    assert statuses[-2:] == [200, 429]


def test_a_visitor_reads_english_too(db: None) -> None:
    page = Client().get(f"{_ADDRESS}?lang=en").content.decode()
    assert "Check a bundle" in page
    assert "No account is needed" in page
    assert Client().get("/account/login/").content.decode().count(_ADDRESS) == 1
