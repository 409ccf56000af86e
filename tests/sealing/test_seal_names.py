"""A bundle that withholds a paper names nobody from it, wherever one may look."""

from __future__ import annotations

import base64
import html
import io
import json
import lzma
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from pypdf import PdfReader, PdfWriter

from tests.sealing.make_golden import bare_case
from tests.sealing.sealed_bundle import Sealed, broken
from tests.sealing.withheld_case import seal_as_bundle

NAME = "欧阳问渔"
NUMBER = "11010519491231002X"
PHONE = "13912345678"
FILE = f"{NAME}-{PHONE}.md"
ID = "zhong_wei_ming_card"
SECRETS = (NAME, NUMBER, PHONE, FILE, ID)


def _encode_pdf(title: str) -> bytes:
    writer, stream = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=200, height=200)
    writer.add_metadata({"/Title": title})
    writer.write(stream)
    return stream.getvalue()


def _encode_word(inside: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<w:document>申请</w:document>")
        archive.writestr("word/embeddings/book.xlsx", inside)
    return stream.getvalue()


def _write_documents(folder: Path) -> None:
    folder.mkdir()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.xml", f"<a>{NAME} {PHONE}</a>")
    contents = {
        "plain.md": f"目录：{FILE}，持证人{NAME}，电话{PHONE}".encode(),
        "escaped.json": json.dumps({"name": NAME}).encode(),
        "entities.html": "".join(f"&#{ord(letter)};" for letter in NAME).encode(),
        "address.html": f'<a href="{quote(FILE)}">x</a>'.encode(),
        "packed.html": base64.b64encode(f"经办人是{NAME}，电话见附件".encode()),
        "titled.pdf": _encode_pdf(f"{NAME}的申请"),
        "inside.docx": _encode_word(packed.getvalue()),
        f"{NAME}.md": b"nothing",
        "clean.md": "与任何人无关".encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("names")


@pytest.fixture(scope="module")
def case(place: Path) -> Path:
    """A case one of whose identity papers is known by a name, in its file and its id."""
    case = bare_case(place)
    paper = case / "documents" / "10-staff-id.md"
    text = paper.read_text(encoding="utf-8")
    told = f"{text}\n配偶：{NAME}\n公民身份号码：{NUMBER}\n电话：{PHONE}\n"
    (case / "documents" / FILE).write_text(told, encoding="utf-8")
    paper.unlink()
    written = (case / "case.yaml").read_text(encoding="utf-8")
    named = written.replace("id: staff_id", f"id: {ID}")
    assert named != written
    named = named.replace("documents/10-staff-id.md", f"documents/{FILE}")
    (case / "case.yaml").write_text(named, encoding="utf-8")
    _write_documents(place / "made")
    return case


@pytest.fixture(scope="module")
def masked(case: Path, place: Path) -> Sealed:
    return seal_as_bundle(
        case, place / "masked.zip", place, "--documents", str(place / "made")
    )


@pytest.fixture(scope="module")
def whole(masked: Sealed, place: Path) -> Sealed:
    return seal_as_bundle(masked.case, place / "whole.zip", place, "--full")


def _unfold(content: bytes) -> Iterator[str]:
    """List the ways in which bytes may be read, and those of what is packed in them."""
    text = content.decode("utf-8", "ignore")
    letters = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text)
    yield from (text, letters, html.unescape(text))
    yield content.decode("utf-16-be", "ignore")
    for match in re.finditer(rb"[A-Za-z0-9+/]{24,}={0,2}", content):
        run = match[0][: len(match[0]) // 4 * 4]
        yield base64.b64decode(run).decode("utf-8", "ignore")
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                yield info.filename
                yield from _unfold(archive.read(info))
    if content.startswith(b"\xfd7zXZ"):
        yield from _unfold(lzma.decompress(content))
    if content.startswith(b"%PDF"):
        yield str(PdfReader(io.BytesIO(content)).metadata)


@pytest.mark.parametrize("secret", SECRETS)
def test_what_only_a_withheld_paper_tells_stands_nowhere(
    masked: Sealed, whole: Sealed, secret: str
) -> None:
    for name, content in masked.files().items():
        for text in (name, *_unfold(content)):
            assert secret not in text, name
            assert quote(secret) not in text, name
    told = [text for content in whole.files().values() for text in _unfold(content)]
    assert any(secret in text for text in told)  # or nothing was looked for


def test_a_bundle_that_must_not_name_somebody_verifies(
    masked: Sealed, whole: Sealed
) -> None:
    for sealed in (masked, whole):
        report = sealed.check(sealed.files())
        assert (broken(report), report.unfinished) == ([], [])
        assert not any("is not in the log" in en for _, en in report.unchecked)


def test_only_what_tells_of_somebody_is_blacked_out(masked: Sealed) -> None:
    files = masked.files()
    assert "与任何人无关".encode() in files.values()
    told = json.loads(files["withheld.json"])
    papers = {paper["subject"] for paper in told["papers"]}
    assert {"paper:withheld-1", "paper:legal_rep_id"} <= papers
