"""What is read from a saved page, of whom, and what is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from changqing.case.model import Case
from changqing.case.page import read_page
from changqing.case.subjects import Subject
from changqing.errors import CaseError
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.readers.saved_page import (
    PageReading,
    read_saved_page,
    say_so,
    select_due_looks,
)
from tests.readers import reader_pages as pages

SITE, APP = Subject("service", "site"), Subject("service", "app")
US = Subject("applicant", "self")


@pytest.fixture
def case(tmp_path: Path, catalogue: Catalogue) -> Case:
    return pages.make_case(tmp_path / "case", catalogue)


def reading(
    case: Case, look: str, text: str | bytes, only: Subject | None = None
) -> PageReading:
    content = text.encode() if isinstance(text, str) else text
    return read_saved_page(
        read_page(content), case.catalogue.looks[look], case, only=only
    )


def values(found: PageReading) -> dict[tuple[Subject, str], object]:
    return {(value.subject, value.fact.id): value.value for value in found.found}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_list_of_filings_is_read(case: Case, encoding: str) -> None:
    found = reading(case, "filing_lookup", pages.FILING_LIST.encode(encoding))
    assert values(found) == {
        (SITE, "filing_found"): True,
        (SITE, "filing_subject"): pages.COMPANY,
        (SITE, "filing_subject_is_applicant"): True,
        (SITE, "filing_covers_domain"): True,
    }
    assert {value.backed.grade for value in found.found} == {Grade.ATTESTED}
    subject = next(e for e in found.found if e.fact.id == "filing_subject")
    assert subject.place == "主办单位名称"
    assert subject.backed.words == f"主办单位名称 {pages.COMPANY}"
    beside = {title.zh: words for title, words in found.beside}
    assert beside["备案号"] == pages.NUMBER
    assert beside["审核日期"] == "2026-10-12"
    assert beside["主办单位性质"] == "企业"
    assert (SITE, "filing_access_provider") in {(s, f.id) for s, f in found.unread}


def test_the_details_of_a_filing_name_the_access_provider(case: Case) -> None:
    found = values(reading(case, "filing_lookup", pages.FILING_DETAIL))
    assert found[SITE, "filing_access_provider"] == pages.PROVIDER
    assert found[SITE, "filing_covers_domain"] is True


def test_a_filing_of_somebody_else_is_read_as_such(case: Case) -> None:
    text = pages.FILING_LIST.replace(pages.COMPANY, "南京远渡网络有限公司")
    found = values(reading(case, "filing_lookup", text))
    assert found[SITE, "filing_subject"] == "南京远渡网络有限公司"
    assert found[SITE, "filing_subject_is_applicant"] is False


def test_a_search_without_result_says_that_there_is_no_filing(case: Case) -> None:
    found = values(reading(case, "filing_lookup", pages.FILING_NONE))
    assert found == {(SITE, "filing_found"): False}


def test_the_domain_searched_for_is_none_that_a_filing_covers(case: Case) -> None:
    text = "ICP备案查询\n网站域名：chutang.example\n未查询到备案信息\n"
    assert values(reading(case, "filing_lookup", text)) == {
        (SITE, "filing_found"): False
    }


def test_a_longer_domain_is_not_the_one_in_use(case: Case) -> None:
    text = pages.FILING_DETAIL.replace("chutang.example", "chutang.example.cn")
    found = values(reading(case, "filing_lookup", text))
    assert found[SITE, "filing_covers_domain"] is False


def test_a_page_about_somebody_else_is_refused(case: Case) -> None:
    text = pages.FILING_LIST.replace(pages.COMPANY, "别家公司")
    text = text.replace("chutang.example", "other.example").replace("初棠到家", "别")
    with pytest.raises(CaseError) as refused:
        reading(case, "filing_lookup", text)
    assert "chutang.example" in "".join(refused.value.args)


def test_a_page_of_another_customer_of_the_provider_is_refused(case: Case) -> None:
    text = pages.FILING_DETAIL.replace(pages.COMPANY, "别家公司")
    with pytest.raises(CaseError):
        reading(case, "filing_lookup", text.replace("chutang.example", "b.example"))


def test_a_page_of_a_branch_is_not_one_of_the_company(case: Case) -> None:
    with pytest.raises(CaseError):
        reading(case, "dishonesty_list", f"{pages.COMPANY}北京分公司：未列入")


def test_a_longer_name_is_somebody_else(case: Case) -> None:
    found = values(
        reading(case, "dishonesty_list", "程初夏生：已列入\n程初夏：未列入\n")
    )
    assert found == {(Subject("person", "cheng"), "dishonesty_list_clear"): True}


def test_a_licence_is_read_with_its_term(case: Case) -> None:
    found = reading(case, "licence_lookup", pages.LICENCE)
    assert values(found) == {(SITE, "hosting_provider_licensed"): True}
    beside = {title.zh: words for title, words in found.beside}
    assert beside["许可证号"] == "B1-20260001"
    assert beside["持证单位"] == pages.PROVIDER
    assert beside["有效期"] == "2024年3月1日至2029年2月28日"
    assert beside["覆盖范围"] == "浙江"


def test_a_name_that_is_not_listed_is_clear(case: Case) -> None:
    found = values(reading(case, "dishonesty_list", pages.DISHONESTY))
    assert found == {(US, "dishonesty_list_clear"): True}


def test_an_entry_in_the_list_is_read_with_its_day(case: Case) -> None:
    found = reading(case, "dishonesty_list", pages.DISHONESTY_LISTED)
    assert values(found) == {(US, "dishonesty_list_clear"): False}
    assert {title.zh: words for title, words in found.beside}[
        "列入日期"
    ] == "2026-05-06"


def test_each_person_is_read_from_the_row_with_the_name(case: Case) -> None:
    found = values(reading(case, "dishonesty_list", pages.DISHONESTY_PEOPLE))
    assert found == {
        (Subject("person", "cheng"), "dishonesty_list_clear"): True,
        (Subject("person", "wen"), "dishonesty_list_clear"): False,
    }


def test_a_page_that_says_both_records_neither(case: Case) -> None:
    text = "杭州初棠信息科技有限公司：未列入\n杭州初棠信息科技有限公司：已列入\n"
    found = reading(case, "misconduct_list", text)
    assert not found.found
    assert [(s, f.id) for s, f, _ in found.unclear] == [(US, "misconduct_list_clear")]


def test_the_registrars_page_is_read(case: Case) -> None:
    found = values(reading(case, "domain_registration", pages.REGISTRAR))
    assert found[SITE, "domain_registrant"] == pages.COMPANY
    assert found[SITE, "domain_registrar"] == "东篱域名服务有限公司"
    assert found[SITE, "domain_registered_on"] == date(2026, 8, 20)
    assert found[SITE, "domain_expires_on"] == date(2028, 8, 20)
    assert found[SITE, "domain_status"] == {"client_transfer_prohibited", "server_hold"}


def test_a_withheld_registrant_is_not_read(case: Case) -> None:
    text = pages.REGISTRAR.replace(pages.COMPANY, "Redacted for privacy")
    found = reading(case, "domain_registration", text)
    assert (SITE, "domain_registrant") not in values(found)


def test_an_app_stores_page_is_read(case: Case) -> None:
    found = values(reading(case, "app_listing", pages.APP))
    assert found == {
        (APP, "app_listed"): True,
        (APP, "listing_name"): "初棠到家",
        (APP, "listing_developer"): pages.COMPANY,
        (APP, "listing_updated_on"): date(2026, 11, 3),
    }


def test_a_person_says_what_a_page_shows_in_other_words(case: Case) -> None:
    page = read_page(
        "<table><tr><th>用户发布</th><td>只有编辑发布</td></tr></table>".encode()
    )
    look = case.catalogue.looks["service_page"]

    def said(place: str) -> Grade:
        return say_so(
            page,
            look,
            case,
            SITE,
            name="users_can_publish",
            written="false",
            place=place,
        ).backed.grade

    assert said("只有编辑发布") is Grade.OBSERVED
    assert said("用户可以随意发布") is Grade.TRANSCRIBED
    assert said("") is Grade.TRANSCRIBED


@pytest.mark.parametrize(
    ("name", "written", "words"),
    [
        ("filing_found", "true", "settles no filing_found"),
        ("users_can_publish", "maybe", "neither yes nor no"),
        ("users_can_publish", "true", "not clear whose"),
    ],
)
def test_what_cannot_be_said_is_told(
    case: Case, name: str, written: str, words: str
) -> None:
    only = SITE if written == "maybe" else None
    with pytest.raises(CaseError) as refused:
        say_so(
            read_page("网页".encode()),
            case.catalogue.looks["service_page"],
            case,
            only,
            name=name,
            written=written,
            place="",
        )
    assert words in str(refused.value)


def test_the_look_that_settles_most_comes_first(catalogue: Catalogue) -> None:
    missing = [(SITE, "filing_found"), (US, "court_list_clear"), (SITE, "domain")]
    missing.append((SITE, "filing_covers_domain"))
    due = select_due_looks(catalogue, missing)
    assert [record.look.id for record in due] == ["filing_lookup", "court_list"]
    assert [fact.id for _, fact in due[0].settles] == [
        "filing_found",
        "filing_covers_domain",
    ]


@pytest.mark.parametrize(
    ("page", "place", "grade"),
    [
        ("客服分机9\n已检查12页\n", "已检查", Grade.TRANSCRIBED),
        ("客服分机9\n已检查9页\n", "已检查", Grade.OBSERVED),
        ("客服分机9\n已检查9页\n", "", Grade.TRANSCRIBED),
        (
            "<table><tr><th>日期</th><th>已检查</th></tr>"
            "<tr><td>11月</td><td>9页</td></tr></table>",
            "已检查",
            Grade.OBSERVED,
        ),
    ],
)
def test_a_number_counts_beside_the_words_that_are_quoted_alone(
    case: Case, page: str, place: str, grade: Grade
) -> None:
    said = say_so(
        read_page(page.encode()),
        case.catalogue.looks["service_page"],
        case,
        SITE,
        name="pages_screened",
        written="9",
        place=place,
    )
    assert said.backed.grade is grade
