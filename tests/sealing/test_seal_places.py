"""The page of a bundle shows the place in a paper beside each value of a key point."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path

import pytest
from PIL import Image

from changqing.readers.page_view import MOST_CLIP
from changqing.sealing import places, verify
from tests.sealing.drawn_case import seal_drawn
from tests.sealing.sealed_bundle import Sealed, broken


@pytest.fixture(scope="module")
def bundle(drawn: Path) -> Sealed:
    return seal_drawn(drawn, "b.zip")


def _row(page: bytes, fact: str) -> str:
    """The row of the places that says a value."""
    table = page.decode().split('class="places"')[1].split("</table>")[0]
    return next(row for row in table.split("<tr>") if fact in row)


def _digest(folder: Path, name: str) -> str:
    return hashlib.sha256(
        (folder / "documents" / f"{name}.pdf").read_bytes()
    ).hexdigest()


@pytest.mark.long
def test_a_value_of_a_key_point_stands_beside_the_picture_of_its_place(
    bundle: Sealed,
) -> None:
    files = bundle.files()
    row = _row(files["index.html"], "注册资本：")
    assert "注册资本：100万元" in row
    shown = re.search(r'<img src="(crops/[0-9a-f]{64}\.jpg)"', row)
    assert shown is not None
    picture = Image.open(io.BytesIO(files[shown[1]]))
    assert picture.format == "JPEG"
    assert picture.width > 2 * picture.height
    # Something is written there, and most of it is paper.
    greys = picture.convert("L").histogram()
    assert 0 < sum(greys[:100]) < sum(greys[200:])


def test_the_page_says_that_nobody_judged_whether_papers_are_genuine(
    bundle: Sealed,
) -> None:
    files = bundle.files()
    assert "只核对材料上写了什么，不鉴定真伪" in files["index.html"].decode()
    assert "never whether they are genuine" in files["index.en.html"].decode()


def test_text_that_has_no_pages_is_quoted(bundle: Sealed) -> None:
    row = _row(bundle.files()["index.html"], "托管协议到期日：2027-09-14")
    assert "自2026-09-15起至2027-09-14止，到期前三十日可续。" in row
    assert "<img" not in row
    assert "没有图" not in row


@pytest.mark.long
def test_a_withheld_paper_is_neither_shown_nor_quoted(
    bundle: Sealed, drawn: Path
) -> None:
    files = bundle.files()
    hidden = _digest(drawn, "09-legal-rep-id")
    assert f"objects/{hidden}" not in files
    full = seal_drawn(drawn, "full.zip", full=True).files()
    assert f"objects/{hidden}" in full
    handed, everything = (
        {name for name in each if name.startswith(verify.CROPS)}
        for each in (files, full)
    )
    assert handed < everything


@pytest.mark.long
def test_pictures_are_small_and_the_same_each_time(bundle: Sealed, drawn: Path) -> None:
    again = seal_drawn(drawn, "again.zip")
    assert again.bundle.read_bytes() == bundle.bundle.read_bytes()
    crops = [data for name, data in bundle.files().items() if "crops/" in name]
    assert crops
    assert max(map(len, crops)) <= MOST_CLIP


def test_the_verifier_holds_pictures_to_the_manifest_and_says_whose_word_they_are(
    bundle: Sealed,
) -> None:
    files = bundle.files()
    report = bundle.check(files)
    assert not report.damaged
    crop = next(name for name in files if name.startswith(verify.CROPS))
    count = sum(name.startswith(verify.CROPS) for name in files)
    assert any(f"shows {count} pictures" in en for _, en in report.notes)
    assert not any("unknown here" in en for _, en in report.unchecked)
    other = {**files, crop: files[crop] + b"x"}
    assert broken(bundle.check(other)) == [crop]
    # Nor may its sealer put another picture, or none, under that name.
    assert broken(bundle.check(bundle.resealed(other))) == [crop]
    text = b"<script>alert(1)</script>"
    place = f"{verify.CROPS}{hashlib.sha256(text).hexdigest()}.jpg"
    assert broken(bundle.check(bundle.resealed({**files, place: text}))) == [place]


@pytest.mark.long
def test_without_the_libraries_the_page_quotes_and_says_so(
    drawn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("changqing.readers.page_view._LIBRARIES", ("no_such_module",))
    files = seal_drawn(drawn, "bare.zip").files()
    assert not [name for name in files if name.startswith(verify.CROPS)]
    page = files["index.html"].decode()
    assert "没有装papers组件" in page
    assert "注册资本：100万元" in _row(files["index.html"], "注册资本：")
    assert "没有图" in _row(files["index.html"], "注册资本：")


@pytest.mark.long
def test_of_more_values_than_pictures_the_rest_is_quoted(
    drawn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST_CROPS", 1)
    files = seal_drawn(drawn, "one.zip").files()
    assert sum(name.startswith(verify.CROPS) for name in files) == 1
