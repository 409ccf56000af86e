"""A saved text of a law, held against what the catalogue says of it."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx import Document

from changqing.cli.main import main
from changqing.law.read_text import (
    Agreement,
    StatedAmount,
    TextRead,
    decode_text,
    extract_text,
    find_amounts,
    find_instrument,
    parse_numeral,
    read_law,
    split_articles,
)
from changqing.law.reference import write_reference
from changqing.text import Language
from tests.shipped import CATALOGUE

ON = date(2026, 11, 24)
RULES = "foreign_telecom_rules"
TEXT = """外商投资电信企业管理规定

目录
第一章 总则

第五条 在一个省经营增值业务的，注册资本最低为一百万元；全国或者跨省经营的，最低为1000万元。
第六条　经营基础业务的，外方出资不得超过49%；经营增值业务的，不得超过百分之六十。
第十条 自收到申请之日起六十日内作出决定，依照本规定
第十一条办理的除外。
第十一条 说明书写明投资者的情况。
"""


def held(text: str = TEXT) -> TextRead:
    return read_law(CATALOGUE, RULES, text, on=ON)


def _pack(parts: dict[str, bytes]) -> bytes:
    """A Word document with these parts in place of its own."""
    whole, packed = io.BytesIO(), io.BytesIO()
    Document().save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(packed, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, parts.get(name) or source.read(name))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("十", 10),
        ("十三", 13),
        ("六十", 60),
        ("二百〇五", 205),
        ("一千", 1_000),
        ("一百万", 1_000_000),
        ("一亿二千万", 120_000_000),
        ("42", 42),
    ],
)
def test_numerals_are_read_as_statutes_write_them(written: str, number: int) -> None:
    assert parse_numeral(written) == number


def test_amounts_are_compared_in_one_unit() -> None:
    found = find_amounts(
        "罚款5000元以上三万元以下，九十日或者5个工作日内，期限五年，百分之五十"
    )
    assert found >= {
        StatedAmount(number=500_000, unit="fen"),
        StatedAmount(number=3_000_000, unit="fen"),
        StatedAmount(number=90, unit="days"),
        StatedAmount(number=5, unit="days"),
        StatedAmount(number=5, unit="years"),
        StatedAmount(number=5_000, unit="basis_points"),
    }


def test_a_text_is_split_into_its_articles() -> None:
    articles = split_articles(TEXT)
    assert list(articles) == ["5", "6", "10", "11"]
    assert articles["11"] == "说明书写明投资者的情况。"


@pytest.mark.parametrize(
    "saved",
    [
        TEXT.replace("第五条 ", "- **第五条**　　").replace("第六条　", "* 第六条 "),
        TEXT.replace("\n", " "),
    ],
    ids=["a list", "one line"],
)
def test_articles_are_found_as_pages_and_databases_give_them_out(saved: str) -> None:
    articles = split_articles(saved)
    assert "100万元" in articles["5"] or "一百万元" in articles["5"]
    assert "49%" in articles["6"]
    assert "49%" not in articles["5"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_is_read_as_windows_in_chinese_saves_it(encoding: str) -> None:
    assert decode_text(TEXT.encode(encoding)) == TEXT


def test_a_word_document_of_the_national_database_is_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document = Document()
    for line in TEXT.splitlines():
        document.add_paragraph(line)
    file = tmp_path / "外商投资电信企业管理规定.docx"
    document.save(str(file))
    code, out, _ = run(capsys, str(file), "--as-of", "2026-11-24", "--lang", "zh")
    assert code == 0
    assert "目录说50%，条文是60%" in out


def test_what_agrees_is_confirmed_and_what_differs_is_contradicted() -> None:
    found = {
        statement.name: statement
        for statement in held().statements
        if statement.kind == "law"
    }
    assert found["fie_capital"].agreement is Agreement.CONFIRMED
    assert found["fie_review_60_days"].agreement is Agreement.CONFIRMED
    share = found["fie_share_cap_vat"]
    assert share.agreement is Agreement.CONTRADICTED
    assert share.missing == (StatedAmount(number=5_000, unit="basis_points"),)
    assert share.instead == (StatedAmount(number=6_000, unit="basis_points"),)


def test_words_are_left_to_a_person_and_a_missing_article_is_told() -> None:
    found = {
        statement.name: statement
        for statement in held().statements
        if statement.kind == "law"
    }
    assert found["fie_application_papers"].agreement is Agreement.TO_READ
    assert found["fie_fraud_fine"].agreement is Agreement.NO_ARTICLE
    assert found["fie_fraud_fine"] in held().without_article
    assert "fie_capital" in {each.name for each in held().select_article("5")}


def test_criteria_and_parameters_are_held_against_it_too() -> None:
    kinds = {statement.kind for statement in held().statements}
    assert kinds >= {"law", "parameter", "criterion", "classification"}


def test_an_instrument_is_known_by_its_title() -> None:
    assert find_instrument(CATALOGUE, TEXT) == RULES
    assert find_instrument(CATALOGUE, "某份别的文件") is None
    rests_on_others = (
        "未成年人网络保护条例\n第一条 根据《中华人民共和国个人信息保护法》等法律制定。"
    )
    assert find_instrument(CATALOGUE, rests_on_others) == "minors_regulations"


def test_a_saved_page_is_read_as_its_words() -> None:
    page = "<html><head><script>第九条</script></head><body><p>第五条 满五年</p></body>"
    assert "第九条" not in extract_text(page)
    assert split_articles(extract_text(page)) == {"5": "满五年"}
    assert extract_text(TEXT) == TEXT


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["catalogue", "read", *arguments])
    out, err = capsys.readouterr()
    return ended.value.code, out, err


def test_the_command_shows_it_article_by_article(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "law.txt"
    file.write_text(TEXT, encoding="utf-8")
    code, out, _ = run(capsys, str(file), "--as-of", "2026-11-24", "--lang", "zh")
    assert code == 0
    assert out.index("第五条") < out.index("fie_capital") < out.index("第六条")
    assert "目录说50%，条文是60%" in out
    _, out, _ = run(capsys, str(file), "--lang", "en")
    assert "Catalogue 50%; text 60%" in out
    _, out, _ = run(capsys, str(file), "--json")
    data = json.loads(out)
    assert data["version"] == 1
    assert [each["article"] for each in data["articles"]] == ["5", "6", "10", "11"]


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (b"\xff\xfe\x00", (), "UTF-8"),
        (b"PK\x03\x04\xff\xff\xff", (), "docx"),
        (_pack({"word/document.xml": b"<w:document"}), (), "docx"),
        (_pack({"word/document.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]>"}), (), "docx"),
        ("没有标题的文字".encode(), (), "--instrument"),
        ("文字".encode(), ("--instrument", "permit_measure"), "permit_measures"),
        ("文字".encode(), ("--instrument", "permit_measures"), "第…条"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    content: bytes,
    options: tuple[str, ...],
    says: str,
) -> None:
    file = tmp_path / "law.txt"
    file.write_bytes(content)
    code, out, err = run(capsys, str(file), *options, "--lang", "zh")
    assert (code, out) == (2, "")
    assert says in err


def test_reference_pages_show_all_that_users_are_told_and_what_is_unread() -> None:
    pages = write_reference(CATALOGUE, Language.ZH)
    for topic in CATALOGUE.topics.values():
        assert f"`{topic.id}`" in pages["answers.md"]
    for fact in CATALOGUE.law.values():
        assert f'<a id="{fact.id}"></a>' in pages["law.md"]
    for region in CATALOGUE.regions.values():
        assert region.authority.zh in pages["regions.md"]
    unread = pages["unread.md"]
    assert "content_5240090" in unread
    assert "`validity_vat`" in unread
    assert CATALOGUE.instruments["foreign_telecom_rules"].title.zh not in unread
    assert "问西藏自治区通信管理局" in pages["regions.md"]
