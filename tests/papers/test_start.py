"""A heap of files tells whose it is, what each file is, and whom it names."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

from changqing.case.subjects import APPLICANT
from changqing.law.compiled import load_shipped
from changqing.papers.gather import GivenFile, gather_files
from changqing.papers.parts import merge_parts
from changqing.papers.start import (
    FoundCase,
    find_service,
    list_started,
    sort_files,
    take_files,
)
from changqing.readers.layout import Quote
from changqing.readers.proposal import ProposedFact, ProposedPaper
from changqing.text import both
from tests.papers.settling_sample import CODE, LICENCE, NAME, STATEMENT

OTHER = "成都别家网络科技有限公司"
TEAM = "团队结构表\n姓名,岗位\n梁其安,总经理\n何一,技术总监\n方晓,合计\n"
DAY = date(2026, 11, 18)
DOMAIN = f"""\
顶级国际域名注册证书
域名：chengyan.example
域名所有者：{NAME}
注册时间：2024年04月02日
到期时间：2028年04月02日
"""

EXTRACT = f"""\
# 企业登记信息查询单

名称：{NAME}。统一社会信用代码：{CODE}。登记状态：存续。

| 股东名称 | 认缴出资额 | 持股比例 |
| --- | --- | --- |
| 梁其安 | 120万元 | 60% |
| 何一 | 80万元 | 40% |

登记机关（盖章）　2026-11-02
"""


def sort(folder: Path, **files: str) -> FoundCase:
    given = [
        GivenFile(name=name.replace("_", "."), content=text.encode())
        for name, text in files.items()
    ]
    pages: list[tuple[str, int, int]] = []
    taken = take_files(given, folder, lambda *page: pages.append(page))
    assert {name for name, _, _ in pages} == {
        file.name for file in taken if file.reading is not None and file.reading.pages
    }
    return sort_files(taken, load_shipped())


def test_the_company_that_most_files_name_is_the_applicant(tmp_path: Path) -> None:
    found = sort(
        tmp_path,
        甲_txt=LICENCE.replace(NAME, OTHER).replace(CODE, "91510100MA6DEM0001"),
        乙_txt=LICENCE,
        丙_txt=STATEMENT,
    )
    assert (found.name, found.credit_code, found.region) == (NAME, CODE, "33")
    others = [paper.another for file in found.files for paper in file.others]
    assert others == [OTHER]
    kinds = [entry.value for entry in list_started(found, received_on=DAY)]
    assert [
        kind["kind"] for kind in kinds if isinstance(kind, dict) and "kind" in kind
    ] == [*("business_licence", "bank_statement")]


def test_the_region_comes_from_the_address_where_no_code_is_read(
    tmp_path: Path,
) -> None:
    found = sort(tmp_path, 照_txt=LICENCE.replace(CODE, "看不清"))
    assert (found.credit_code, found.region) == ("", "33")


def test_posts_of_a_staff_list_make_people_and_the_licence_its_representative(
    tmp_path: Path,
) -> None:
    found = sort(tmp_path, 照_txt=LICENCE, 花名册_csv=TEAM, 域名_txt=DOMAIN)
    assert {person.name: person.roles for person in found.people} == {
        "梁其安": ("legal_representative", "manager"),
        "何一": ("technical",),
    }
    assert find_service(found) == "https://chengyan.example/"
    changes = {
        change.at: change.value for change in list_started(found, received_on=DAY)
    }
    assert changes["people", "person_1"] == {
        "id": "person_1",
        "name": "梁其安",
        "role": ["legal_representative", "manager"],
    }


CARD = """\
中华人民共和国居民身份证
姓名　{name}
性别　女　民族　汉
出生　1984年1月1日
住址　浙江省杭州市萧山区示例路8号
公民身份号码　990099198401010011
签发机关　杭州市公安局萧山分局
有效期限　2016.03.18-2036.03.18
"""


def test_a_card_is_of_the_kind_that_its_owners_post_makes_it(tmp_path: Path) -> None:
    found = sort(
        tmp_path,
        照_txt=LICENCE,
        花名册_csv=TEAM,
        甲_txt=CARD.format(name="梁其安"),
        乙_txt=CARD.format(name="何一"),
    )
    kinds = {
        file.taken.name: [paper.kind for paper in file.papers] for file in found.files
    }
    assert (kinds["甲.txt"], kinds["乙.txt"]) == (["legal_rep_id"], ["staff_id"])


def test_where_somebody_leads_a_post_the_others_only_work_there(tmp_path: Path) -> None:
    led = "团队结构表\n姓名,岗位\n何一,技术负责人\n方晓,工程师\n王五,编辑\n"
    found = sort(tmp_path, 照_txt=LICENCE, 花名册_csv=led)
    assert {person.name: person.roles for person in found.people} == {
        "梁其安": ("legal_representative",),
        "何一": ("technical",),
        "方晓": ("other",),
        "王五": ("content",),
    }


def test_days_that_do_not_follow_one_another_are_left_to_a_person(
    tmp_path: Path,
) -> None:
    def find_days(folder: Path, day: str) -> dict[str, object]:
        text = LICENCE.replace("登记机关　2024年03月18日", f"登记机关　{day}")
        (change,) = [
            field_change
            for field_change in list_started(sort(folder, 照_txt=text), received_on=DAY)
            if field_change.at[0] == "papers"
        ]
        assert isinstance(change.value, dict)
        return change.value

    assert find_days(tmp_path / "a", "2024年03月18日")["issued_on"] == date(2024, 3, 18)
    assert "issued_on" not in find_days(tmp_path / "b", "2027年03月18日")


def test_a_file_that_cannot_be_taken_says_why_and_stops_nothing(tmp_path: Path) -> None:
    given = [
        GivenFile(name="锁.pdf", content=b"", problem=both("locked")),
        GivenFile(name="照.txt", content=LICENCE.encode()),
        GivenFile(name="又.txt", content=LICENCE.encode()),
    ]
    taken = take_files(given, tmp_path, lambda *_: None)
    assert [taken_file.file for taken_file in taken] == ["", "documents/照.txt", ""]
    assert taken[2].same_as == "照.txt"
    assert not any(file.strange for file in sort_files(taken, load_shipped()).files)


def test_every_holder_is_listed_and_of_companies_the_kind_is_open(
    tmp_path: Path,
) -> None:
    extract = (
        LICENCE.replace("营业执照", "企业登记信息查询单")
        + "股东信息\n股东名称,出资比例\n"
        + "梁其安,60%\n杭州示例投资合伙企业（有限合伙）,20%\n"
        + "Sample Holdings Pte. Ltd.,15%\n浙江示例科技开发研究中心,5%\n"
    )
    found = sort(tmp_path, 登记_csv=extract)
    assert {holder.name: holder.kind for holder in found.holders} == {
        "梁其安": "person",
        "杭州示例投资合伙企业（有限合伙）": "fund",
        "Sample Holdings Pte. Ltd.": "company",
        "浙江示例科技开发研究中心": "other",
    }
    assert found.holders_open == (
        "Sample Holdings Pte. Ltd.",
        "浙江示例科技开发研究中心",
    )
    changes = {
        change.at: change.value for change in list_started(found, received_on=DAY)
    }
    assert changes["holders", "holder_1"] == {
        "id": "holder_1",
        "name": "梁其安",
        "kind": "person",
    }


def test_a_holder_in_wide_and_in_narrow_brackets_is_one(tmp_path: Path) -> None:
    extract = (
        LICENCE.replace("营业执照", "企业登记信息查询单")
        + "股东信息\n股东名称,出资比例\n杭州示例投资合伙企业（有限合伙）,25%\n"
    )
    found = sort(
        tmp_path,
        甲_csv=extract,
        乙_csv=extract.replace("（有限合伙）", "(有限合伙)"),
    )
    assert [holder.kind for holder in found.holders] == ["fund"]


def test_folders_and_zips_in_chinese_keep_their_names_in_the_case(
    tmp_path: Path,
) -> None:
    source, folder = tmp_path / "给的", tmp_path / "项目"
    (source / "一、证照").mkdir(parents=True)
    folder.mkdir()
    (source / "一、证照" / "营业执照（副本）.txt").write_text(LICENCE, "utf-8")
    with zipfile.ZipFile(source / "银行材料.zip", "w") as packed:
        packed.writestr("十一月/存款证明.txt", STATEMENT)
        packed.writestr("别家/执照.txt", LICENCE.replace(NAME, OTHER))
    taken = take_files(gather_files(source), folder, lambda *_: None)
    found = sort_files(taken, load_shipped())
    entries = [change.value for change in list_started(found, received_on=DAY)]
    assert {
        entry["file"]
        for entry in entries
        if isinstance(entry, dict) and "file" in entry
    } >= {
        "documents/一、证照/营业执照（副本）.txt",
        "documents/银行材料/十一月/存款证明.txt",
    }
    others = [paper.another for file in found.files for paper in file.others]
    assert others == [OTHER]


def test_several_papers_of_a_kind_in_one_file_are_one_entry(tmp_path: Path) -> None:
    pages = [
        ProposedPaper(kind="bank_statement", pages=(page,), confidence=90, facts=facts)
        for page, facts in ((1, (tell(5_00),)), (2, (tell(7_00),)), (3, ()))
    ]
    strange = ProposedPaper(kind="lease", pages=(4,), confidence=90, another=OTHER)
    merged, other = merge_parts([*pages, strange])
    assert (merged.kind, merged.pages, other.another) == (
        *("bank_statement", (1, 2, 3)),
        OTHER,
    )
    assert not merged.facts
    (unclear,) = merged.unclear
    assert (unclear.fact, len(unclear.quotes)) == ("cash_on_hand", 2)


def tell(fen: int) -> ProposedFact:
    return ProposedFact(
        subject=APPLICANT,
        fact="cash_on_hand",
        value=fen,
        quote=Quote(page=1, pieces=()),
        confidence=95,
    )


def test_an_extract_whose_shares_make_up_the_whole_closes_the_list_of_holders(
    tmp_path: Path,
) -> None:
    found = sort(tmp_path, 照_txt=LICENCE, 查询单_md=EXTRACT)
    assert [holder.name for holder in found.holders] == ["梁其安", "何一"]
    closed = {
        change.at: change.value
        for change in list_started(found, received_on=DAY)
        if change.at[0] == "closed"
    }
    assert closed == {("closed", "holders"): {"on": DAY, "paper": "register_extract"}}


def test_whoever_is_named_among_all_holders_is_not_asked_whether_they_are_one(
    tmp_path: Path,
) -> None:
    team = f"{TEAM}唐砚,客服\n"
    files = {"照_txt": LICENCE, "花名册_csv": team}
    known = sort(tmp_path / "1", **files, 查询单_md=EXTRACT)
    open_list = sort(tmp_path / "2", **files)
    said = [
        {
            str(change.value["name"]): change.value.get("is_holder")
            for change in list_started(case, received_on=DAY)
            if change.at[0] == "people" and isinstance(change.value, dict)
        }
        for case in (known, open_list)
    ]
    assert said[0] == {"梁其安": True, "何一": True, "唐砚": False}
    assert said[1] == dict.fromkeys(said[0])


def test_a_list_stays_open_where_a_share_lacks_or_a_company_holds_one(
    tmp_path: Path,
) -> None:
    for number, (old, new) in enumerate(
        [("| 何一 | 80万元 | 40% |\n", ""), ("| 何一 |", f"| {OTHER} |")]
    ):
        extract = EXTRACT.replace(old, new)
        found = sort(tmp_path / str(number), 照_txt=LICENCE, 查询单_md=extract)
        assert found.holders
        changes = list_started(found, received_on=DAY)
        assert not [change for change in changes if change.at[0] == "closed"]


def list_closed(folder: Path, **files: str) -> list[object]:
    found = sort(folder, 照_txt=LICENCE, **files)
    changes = list_started(found, received_on=DAY)
    return [change.value for change in changes if change.at[0] == "closed"]


def test_a_list_stays_open_where_another_extract_names_another_holder(
    tmp_path: Path,
) -> None:
    other = EXTRACT.replace("| 何一 |", f"| {OTHER} |").replace("11-02", "11-20")
    assert not list_closed(tmp_path / "1", 旧_md=EXTRACT, 新_md=other)
    person = EXTRACT.replace("| 何一 |", "| 唐砚 |").replace("11-02", "11-20")
    assert not list_closed(tmp_path / "2", 旧_md=EXTRACT, 新_md=person)
    assert not list_closed(tmp_path / "3", 两份_md=f"{EXTRACT}\n\f\n{person}")
    again = EXTRACT.replace("11-02", "11-20")
    assert list_closed(tmp_path / "4", 旧_md=EXTRACT, 新_md=again)


def test_namesakes_and_an_extract_that_names_no_company_close_no_list(
    tmp_path: Path,
) -> None:
    alike = EXTRACT.replace("何一", "梁其安")
    assert not list_closed(tmp_path / "1", 查询单_md=alike)
    even = alike.replace("60%", "50%").replace("40%", "50%")
    assert not list_closed(tmp_path / "2", 查询单_md=even)
    nameless = EXTRACT.replace(f"名称：{NAME}。统一社会信用代码：{CODE}。", "")
    assert not list_closed(tmp_path / "3", 查询单_md=nameless)


def test_the_founders_of_a_company_limited_by_shares_close_no_list(
    tmp_path: Path,
) -> None:
    name = NAME.replace("有限公司", "股份有限公司")
    extract, licence = (text.replace(NAME, name) for text in (EXTRACT, LICENCE))
    found = sort(tmp_path, 照_txt=licence, 查询单_md=extract)
    assert (found.name, len(found.holders)) == (name, 2)
    assert found.all_holders_in is None


def test_an_extract_of_a_dissolved_company_is_said_to_end_it(tmp_path: Path) -> None:
    dissolved = EXTRACT.replace("登记状态：存续", "登记状态：注销")
    found = sort(tmp_path, 照_txt=LICENCE, 查询单_md=dissolved)
    ends = {file.taken.name: file.ends_company for file in found.files}
    assert ends == {"照.txt": False, "查询单.md": True}
    found = sort(tmp_path, 照_txt=LICENCE, 查询单_md=EXTRACT)
    assert not any(file.ends_company for file in found.files)
