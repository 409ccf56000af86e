"""The bound volume: every paper in its place, its pages numbered, and rightly cited."""

from __future__ import annotations

import io
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from changqing.documents.document import DocumentEdition
from changqing.documents.made import MADE, holds_papers, remove_paper_copies
from changqing.documents.package import write_editions
from changqing.documents.render import render_documents
from changqing.documents.render_typst import compile_files
from changqing.documents.volume import bind_volume
from changqing.documents.volume_pages import (
    LeftApart,
    PageRange,
    Volume,
    VolumePart,
    VolumeProof,
    bind_pages,
)
from changqing.run import Outcome
from changqing.seal_case import read_documents
from tests.documents.dossier_case import AS_OF, EXAMPLES, assessed

DAY = date(2026, 11, 24)


def _pdf(*pages: str, lying: bool = False) -> bytes:
    """A PDF that says these words, one on each page."""
    text = "\n#pagebreak()\n".join(pages)
    paper = 'paper: "a4", flipped: true' if lying else 'paper: "a4"'
    source = f'#set page({paper})\n#set text(font: "Noto Sans SC")\n{text}'
    return compile_files({"main.typ": source.encode()}, "pdf", "paper", DAY)


def _scan(colour: str = "white") -> bytes:
    picture = Image.new("RGB", (620, 877), colour)
    ImageDraw.Draw(picture).rectangle((100, 100, 300, 300), fill="red")
    packed = io.BytesIO()
    picture.save(packed, "JPEG")
    return packed.getvalue()


def _changed(content: bytes, *, password: str = "", attack: bool = False) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    if attack:
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {
                NameObject("/S"): NameObject("/JavaScript"),
                NameObject("/JS"): TextStringObject("app.alert('x')"),
            }
        )
        writer.add_attachment("evil.exe", b"MZ")
        seal = DecodedStreamObject()
        seal.set_data(b"1 0 0 rg 0 0 100 100 re f")
        box = ArrayObject(NumberObject(side) for side in (0, 0, 100, 100))
        seal.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Form"),
                NameObject("/BBox"): box,
            }
        )
        field = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Widget"),
                NameObject("/FT"): NameObject("/Sig"),
                NameObject("/F"): NumberObject(4),
                NameObject("/Rect"): box,
                NameObject("/AP"): DictionaryObject(
                    {NameObject("/N"): writer._add_object(seal)}
                ),
            }
        )
        annotations = ArrayObject([writer._add_object(field)])
        writer.pages[0][NameObject("/Annots")] = annotations
    if password:
        writer.encrypt(password)
    packed = io.BytesIO()
    writer.write(packed)
    return packed.getvalue()


def _word() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    return packed.getvalue()


def _part(number: str, name: str, content: bytes) -> VolumePart:
    return VolumePart(
        number=number, title=f"材料{number}", name=name, content=content, head=number
    )


def _bind(*parts: VolumePart, proofs: tuple[VolumeProof, ...] = ()) -> Volume:
    return bind_pages(
        parts, proofs, title="申请材料", company="某公司", lines=(), as_of=DAY
    )


def _read(pdf: bytes) -> list[str]:
    """The words of each page."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        return [page.get_textpage().get_text_range() for page in document]


def _find_red(content: bytes, at: int) -> tuple[float, float]:
    """Where on a page the middle of what is red is, in shares of its sides."""
    with closing(pypdfium2.PdfDocument(content)) as document:
        picture = np.asarray(document[at].render(scale=0.3).to_pil().convert("RGB"))
    red = (picture[..., 0] > 200) & (picture[..., 1:] < 120).all(axis=2)
    down, across = np.nonzero(red)
    return float(across.mean() / red.shape[1]), float(down.mean() / red.shape[0])


@pytest.fixture(scope="module")
def local_life() -> Outcome:
    return assessed(EXAMPLES / "local-life")


def test_each_page_is_numbered_and_the_contents_name_the_right_one() -> None:
    found = _bind(
        _part("一", "a.pdf", _pdf("ALPHA", "BETA")),
        _part("二", "scan.jpg", _scan()),
        _part("三", "b.pdf", _pdf("GAMMA", lying=True)),
    )

    words = _read(found.pdf)
    assert found.ranges == (
        PageRange(first=2, last=3),
        PageRange(first=4, last=4),
        PageRange(first=5, last=5),
    )
    assert found.pages == len(words) == 5
    for at, page in enumerate(words, start=1):
        assert f"合订本　{at} / 5" in page
    assert "ALPHA" in words[1]
    assert "BETA" in words[2]
    assert "GAMMA" in words[4]
    assert "第2页，共2页" in words[2]
    contents = words[0].split()
    assert contents[contents.index("材料二") + 1] == "4"
    assert contents[contents.index("材料三") + 1] == "5"


def test_a_proof_is_cited_by_its_page_in_the_volume() -> None:
    def prove(part: int | None, page: int | None) -> VolumeProof:
        return VolumeProof(
            what="账上现金", proof="对账单", part=part, page=page, issuer="某银行",
            until="–",
        )  # fmt: skip

    found = _bind(
        _part("一", "a.pdf", _pdf("ALPHA", "BETA")),
        _part("二", "b.docx", _word()),
        proofs=(prove(0, 2), prove(0, None), prove(0, 9), prove(1, 1), prove(None, 1)),
    )

    table = _read(found.pdf)[-1].split()
    cited = [word for word in table if word.startswith(("第", "另附", "–"))]
    assert [word for word in cited if word != "–"] == [
        "第3页",
        "第2–3页",
        "第2–3页",
        "另附",
    ]


def test_what_cannot_be_bound_stays_apart_and_is_listed_with_the_reason() -> None:
    good = _pdf("GOOD")
    found = _bind(
        _part("1", "a.docx", _word()),
        _part("2", "b.pdf", _changed(good, password="x")),
        _part("3", "c.pdf", b"%PDF-1.7 nonsense"),
        _part("4", "d.jpg", b"\xff\xd8\xff nonsense"),
        _part("5", "e.pdf", good),
        _part("6", "f.bin", b"\0\1\2"),
    )

    assert found.apart == {
        0: LeftApart.OFFICE,
        1: LeftApart.LOCKED,
        2: LeftApart.BROKEN,
        3: LeftApart.BROKEN,
        5: LeftApart.FOREIGN,
    }
    front = _read(found.pdf)[0]
    for at, reason in found.apart.items():
        assert reason.text.zh in front
        assert f"材料{at + 1}" not in front
    assert found.ranges[4] == PageRange(first=2, last=2)


def test_nothing_but_what_shows_is_taken_over_from_a_paper() -> None:
    paper = _changed(_pdf("PAPER"), attack=True)
    assert b"JavaScript" in paper

    found = _bind(_part("1", "a.pdf", paper))

    assert _find_red(found.pdf, 1)[1] > 0.8  # the seal of a field is seen, and drawn
    for mark in (b"/JS", b"JavaScript", b"evil", b"/Annots", b"/AcroForm"):
        assert mark not in found.pdf


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_stands_as_its_viewer_shows_it(turn: int) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(_pdf("#place(square(fill: red))")))
    writer.pages[0].rotate(turn)
    packed = io.BytesIO()
    writer.write(packed)

    found = _bind(_part("1", "a.pdf", packed.getvalue()))

    assert _find_red(found.pdf, 1) == pytest.approx(
        _find_red(packed.getvalue(), 0), abs=0.06
    )


@pytest.mark.long
def test_the_dossier_is_bound_in_the_order_of_the_authority(
    local_life: Outcome,
) -> None:
    given = local_life.case, local_life.situation
    writing = write_editions(
        *given,
        local_life.assessment,
        local_life.outlook.endurance,
        local_life.case.catalogue,
    )
    few = [
        document
        for document in writing.clean
        if document.id in ("index", "business_licence", "funds_and_runway")
    ]
    clean = render_documents(few, case_name="某公司", digest="0", as_of=AS_OF)

    bound = bind_volume(clean, writing.attachments, *given, local_life.case.catalogue)

    titles = [(part.number, part.title) for part in bound.parts]
    assert titles[:2] == [("2", "营业执照登记事项"), ("附件2", "营业执照")]
    assert titles[2:4] == [("6-1", "资金与持续经营期"), ("附件10", "资金投入计划")]
    assert len(titles) == 2 + len(writing.attachments.by_paper)
    words = _read(bound.volume.pdf)
    statement = writing.attachments.find("bank_statement")
    assert statement is not None
    cash = bound.volume.ranges[bound.attachments[statement.number]]
    assert cash is not None
    assert statement.name in words[cash.first - 1]
    table = "".join(words[-2:]).replace("\r\n", "")
    assert f"第{cash.first}页" in table
    assert all(document.edition is DocumentEdition.CLEAN for document in few)


def test_attachments_are_numbered_as_they_lie_in_the_volume(
    local_life: Outcome,
) -> None:
    given = local_life.case, local_life.situation
    writing = write_editions(
        *given,
        local_life.assessment,
        local_life.outlook.endurance,
        local_life.case.catalogue,
    )
    lies = [
        attachment.number
        for document in (*(one.id for one in writing.clean), None)
        for attachment in writing.attachments
        if attachment.document == document
    ]

    assert lies == list(range(1, len(local_life.case.papers) + 1))
    assert list(writing.papers) == sorted(writing.papers)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    out = tmp_path / MADE
    for name in ("clean/01申请书.pdf", "papers/附件01.pdf", "合订本-某.pdf", "全.zip"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(b"x")
    return out


def test_a_volume_goes_with_an_erased_paper_and_is_not_sealed(
    made: Path, tmp_path: Path
) -> None:
    assert list(read_documents(made, tmp_path)) == ["clean/01申请书.pdf"]

    remove_paper_copies(tmp_path)

    left = [path.name for path in made.rglob("*.*")]
    assert left == ["01申请书.pdf"]
    assert not holds_papers(Path("clean/01申请书.pdf"))
