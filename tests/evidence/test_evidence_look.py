"""What a look proves is what stands in the page that was kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from changqing.case.edit import add_look, keep_page
from changqing.case.looked import collect_sought
from changqing.case.model import Case
from changqing.case.subjects import APPLICANT
from changqing.errors import CaseError
from changqing.evidence.model import GapReason, Record, SourceKind
from changqing.evidence.records import list_gaps, list_records
from changqing.evidence.resolve import resolve
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.look import GuidedLook, LookReading, ShownBy, YesNoWords
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.papers.open import open_case
from changqing.rules.types import Kind, ValueType
from changqing.text import both
from changqing.yamlfile.plain import WritableItem
from tests.evidence.evidence_factory import (
    AS_OF,
    CASE,
    SITE,
    make_catalogue,
    make_fact,
    write_case,
)

SOURCES = ("guided:filing_query",)


def filing_catalogue(grade: Grade = Grade.ATTESTED) -> Catalogue:
    facts: list[Fact] = [
        make_fact("filing_found", "service", sources=SOURCES, proof=Grade.OBSERVED),
        make_fact(
            "filing_subject",
            "service",
            sources=SOURCES,
            type=ValueType(Kind.TEXT),
            text_kind="company_name",
        ),
        make_fact("reviewed_on", "service", sources=SOURCES, type=ValueType(Kind.DATE)),
        make_fact(
            "sites",
            "applicant",
            sources=SOURCES,
            type=ValueType(Kind.NUMBER),
            unit="count",
        ),
        make_fact("restricted", "service", sources=SOURCES),
    ]
    look = GuidedLook(
        id="filing_query",
        title=both("look"),
        where=both("there"),
        address=None,
        steps=(both("look"),),
        keep=both("the page"),
        grade=grade,
        reads={
            "filing_found": LookReading(
                shown=both("number"),
                by=ShownBy.NUMBER,
                labels=("备案号",),
                words=YesNoWords(false=("没有记录",)),
            )
        },
        seeks=(),
        beside=(),
    )
    return replace(make_catalogue(*facts), looks={"filing_query": look})


def opened(
    folder: Path, page: str, backs: str, catalogue: Catalogue | None = None
) -> Case:
    found = FOUND
    assert found in CASE
    text = CASE.replace(found, backs)
    write_case(folder, text, {"documents/filing.html": page.encode()})
    return open_case(folder, catalogue or filing_catalogue())


def looked(case: Case) -> dict[str, Record]:
    return {
        record.fact: record
        for record in list_records(case)
        if record.source.kind is SourceKind.LOOK
    }


PAGE = """<html><p>oasis.com.cn</p><table>
<tr><td>备案号</td><td>浙ICP备2024000001号-1</td></tr>
<tr><td>主办单位</td><td>杭州绿洲科技有限公司</td></tr>
<tr><td>审核日期</td><td>2024年3月5日</td></tr>
<tr><td>网站数量</td><td>3</td></tr>
<tr><td>接入</td><td>已限制</td></tr></table></html>"""

FOUND = "- {fact: filing_found, subject: 'service:site', value: true, place: 备案号}"


def test_what_stands_in_the_page_is_attested_with_its_words(tmp_path: Path) -> None:
    backs = f"""{FOUND}
      - {{fact: filing_subject, subject: 'service:site', value: 杭州绿洲科技有限公司}}
      - {{fact: reviewed_on, subject: 'service:site', value: 2024-03-05,
         place: 审核日期}}
      - {{fact: sites, value: 3, place: 网站数量}}"""
    page = PAGE.replace("</html>", "<p>查询人：杭州绿洲网络科技有限公司</p>")
    case = opened(tmp_path, page, backs)
    found = looked(case)
    facts = ("filing_found", "filing_subject", "reviewed_on", "sites")
    assert {name: each.grade for name, each in found.items()} == dict.fromkeys(
        facts, Grade.ATTESTED
    )
    assert found["filing_found"].raw == "备案号 浙ICP备2024000001号-1"
    assert found["reviewed_on"].raw == "审核日期 2024年3月5日"
    assert not [gap for gap in list_gaps(case) if gap.reason is GapReason.NOT_SHOWN]


@pytest.mark.parametrize(
    "back",
    [
        "{fact: filing_subject, subject: 'service:site', value: 杭州绿洲科技}",
        "{fact: filing_subject, subject: 'service:site', value: 绿洲科技有限公司}",
        "{fact: reviewed_on, subject: 'service:site', value: 2024-03-06}",
        "{fact: sites, value: 4}",
        "{fact: sites, value: 3}",
        "{fact: reviewed_on, subject: 'service:site', value: 2024-03-05}",
        "{fact: restricted, subject: 'service:site', value: true}",
        "{fact: restricted, subject: 'service:site', value: true, place: 没有限制}",
        "{fact: filing_found, subject: 'service:site', value: false}",
    ],
)
def test_what_the_page_does_not_say_proves_nothing(tmp_path: Path, back: str) -> None:
    case = opened(
        tmp_path, PAGE.replace("oasis", "杭州绿洲科技有限公司 oasis"), f"- {back}"
    )
    (record,) = looked(case).values()
    assert record.grade is Grade.TRANSCRIBED
    (gap,) = [gap for gap in list_gaps(case) if gap.reason is GapReason.NOT_SHOWN]
    assert gap.fact == record.fact


def test_words_that_a_person_judged_are_observed_where_they_stand(
    tmp_path: Path,
) -> None:
    back = "{fact: restricted, subject: 'service:site', value: true, place: 已限制}"
    record = looked(opened(tmp_path, PAGE, f"- {back}"))["restricted"]
    assert (record.grade, record.raw) == (Grade.OBSERVED, "接入 已限制")


def test_a_page_of_ones_own_is_observed_at_most(tmp_path: Path) -> None:
    case = opened(tmp_path, PAGE, FOUND, filing_catalogue(Grade.OBSERVED))
    assert looked(case)["filing_found"].grade is Grade.OBSERVED


def test_a_page_about_somebody_else_attests_nothing(tmp_path: Path) -> None:
    case = opened(tmp_path, PAGE.replace("oasis.com.cn", "other.cn"), FOUND)
    (record,) = looked(case).values()
    assert record.grade is Grade.TRANSCRIBED
    assert "名称、域名或号码" in list_gaps(case)[0].detail.zh


def test_a_picture_of_the_page_proves_nothing_and_says_why(tmp_path: Path) -> None:
    case = opened(tmp_path, PAGE, FOUND)
    (tmp_path / "documents/filing.html").write_bytes(b"\x89PNG\r\n\0\xff\xfe")
    case = open_case(tmp_path, case.catalogue)
    found = resolve(list_records(case), list_gaps(case), case.catalogue, AS_OF)
    filing = found[SITE, "filing_found"]
    assert filing.proven is None
    assert filing.gap is GapReason.NOT_SHOWN
    assert filing.gap_detail is not None
    assert "PDF" in filing.gap_detail.zh


def test_a_better_page_ends_the_gap(tmp_path: Path) -> None:
    poor = opened(tmp_path, PAGE.replace("浙ICP备", "鲁备"), FOUND)
    better = opened(tmp_path, PAGE, FOUND)
    gaps = [*list_gaps(poor), *list_gaps(better)]
    assert [gap.reason for gap in gaps] == [GapReason.NOT_SHOWN]
    found = resolve(list_records(better), gaps, better.catalogue, AS_OF)
    assert found[SITE, "filing_found"].proven is True


# Adding a look


LOOK: WritableItem = {
    "id": "filing",
    "what": "filing_query",
    "on": date(2026, 11, 22),
    "by": "林晓: 'a' # b",
    "file": "documents/filing.html",
    "backs": [
        {
            "fact": "filing_found",
            "subject": "service:site",
            "value": True,
            "place": "“备案号”: '1'",
        },
        {"fact": "filing_subject", "subject": "service:site", "value": "1,2: #{}"},
    ],
}


@pytest.mark.parametrize(
    ("looks", "after"),
    [
        ("", "people: []\n"),
        ("looks:\n", ""),
        ("looks: []   # 还没有\n", "closed: {papers: 2026-11-20}\n"),
        ("looks:\n- id: filing\n  what: x\n\n# 说明\n", "closed: {}\n"),
        (
            "looks:\n    -   id: filing\n        what: |\n          x\n\n          y\n",
            "a: b\n",
        ),
        ("looks:\n  - id: filing\n    what: x   # 末行没有换行", ""),
    ],
)
def test_a_look_is_added_and_every_byte_kept(
    tmp_path: Path, looks: str, after: str
) -> None:
    before = f"# 开头\na_fact:   'x'\n{looks}{after}"
    (tmp_path / "case.yaml").write_text(before, encoding="utf-8")
    add_look(tmp_path, LOOK)
    text = (tmp_path / "case.yaml").read_text(encoding="utf-8")
    kept = [line for line in before.splitlines() if "[]   #" not in line]
    lines = iter(text.splitlines())
    assert all(line in lines for line in kept)
    taken = "id: filing\n" in before
    assert ("id: filing_2" in text) is taken
    assert [path.name for path in tmp_path.iterdir()] == ["case.yaml"]


def test_crlf_stays_crlf(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(b"a: b\r\nlooks:\r\n  - id: x\r\nc: d\r\n")
    add_look(tmp_path, LOOK)
    content = path.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert content.endswith(b"c: d\r\n")


def test_what_cannot_be_kept_whole_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    before = "a: b\nlooks: [{id: x, what: y}]\n"
    path.write_text(before, encoding="utf-8")
    with pytest.raises(CaseError) as refused:
        add_look(tmp_path, LOOK)
    assert path.read_text(encoding="utf-8") == before
    assert "filing_query" in str(refused.value)
    assert [one.name for one in tmp_path.iterdir()] == ["case.yaml"]


def test_a_kept_page_takes_no_other_files_place(tmp_path: Path) -> None:
    def keep(content: bytes, name: str = "a.html") -> str:
        return keep_page(tmp_path, content, what="filing_query", on=AS_OF, named=name)

    first = keep(b"one")
    assert first == f"documents/look-filing_query-{AS_OF}.html"
    assert keep(b"one") == first
    assert keep(b"two") == f"documents/look-filing_query-{AS_OF}-2.html"
    assert keep(b"three", "../../etc/passwd").endswith("-3.html")
    assert (tmp_path / first).read_bytes() == b"one"


def test_marks_tell_whose_a_page_is(tmp_path: Path) -> None:
    case = opened(tmp_path, PAGE, FOUND)
    sought = collect_sought(case)
    assert "oasis.com.cn" in sought[SITE].domains
    assert case.name in sought[APPLICANT].names
