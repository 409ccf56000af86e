"""A new case: which licence, the twelve questions, and a first verdict at the end."""

from __future__ import annotations

import re
import shutil

import pytest
from django.conf import settings

from changqing.case import edit
from changqing.case.values import parse_value
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent, CaseRow, Draft
from changqing_web.walls import find_cases_folder
from tests.share import every_so_many
from tests.web.web_world import Place, make_place

_CODE = "91110000600037341L"


def _type(**more: str) -> dict[str, str]:
    return {
        "name": "杭州三川网络有限公司",
        "credit_code": _CODE,
        "licence": "B25",
        "scope": "intra_province",
        "region": "33",
        "registered_capital": "100",
        "charges_users": "yes",
        "urls": "www.example.cn\nhttps://m.example.cn/app",
        "technician": "张三",
        **more,
    }


@pytest.fixture
def place(db: None) -> Place:
    shutil.rmtree(settings.CASES, ignore_errors=True)
    return make_place("here")


@pytest.fixture
def address(place: Place) -> str:
    return f"/w/{place.workspace.slug}/new/"


def _find_made(place: Place) -> CaseRow | None:
    return place.workspace.cases.exclude(pk=place.case.pk).first()


def test_a_case_is_made_and_judged_at_once(place: Place, address: str) -> None:
    answer = place.editor.post(address, _type())
    row = _find_made(place)
    assert row is not None
    assert answer.status_code == 302
    assert answer["Location"] == f"/w/{place.workspace.slug}/c/{row.folder}/"
    assert row.board.readiness in {"not_ready", "open"}
    assert row.board.assessed_on is not None
    assert row.board.credit_code == _CODE
    text = (find_cases_folder(place.workspace) / row.folder / "case.yaml").read_text(
        "utf-8"
    )
    assert '"100万元"' in text
    assert "https://m.example.cn/app" in text
    assert CaseEvent.objects.get(case=row.folder).verb == "new"


def test_two_words_are_enough(place: Place, address: str) -> None:
    answer = place.editor.post(address, {"name": "三川公司", "region": "33"})
    row = _find_made(place)
    assert answer.status_code == 302
    assert row is not None
    assert row.board.licence == "B25"


@pytest.mark.long
def test_every_licence_makes_a_case(place: Place, address: str) -> None:
    known = every_so_many([*catalogue().licences.values()])
    for licence in known:
        typed = _type(licence=licence.id, scope=licence.scopes[0], another="yes")
        assert place.editor.post(address, typed).status_code == 302, licence.id
    licences = set(place.workspace.cases.values_list("licence", flat=True))
    assert licences == {place.case.board.licence, *(licence.id for licence in known)}


@pytest.mark.share
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("region", "99"),
        ("credit_code", "91110000600037341S"),
        ("submit_on", "2001-01-01"),
        ("submit_on", "soon"),
        ("registered_capital", "a lot"),
        ("urls", "not an address"),
        ("scope", "the moon"),
        ("charges_users", "maybe"),
    ],
)
def test_what_cannot_be_used_is_told_and_kept(
    place: Place, address: str, field: str, value: str
) -> None:
    answer = place.editor.post(address, _type(**{field: value}))
    assert answer.status_code == 422
    assert _find_made(place) is None
    assert [wrong.field for wrong in answer.context["faults"]] == [field]
    text = answer.content.decode()
    assert f'href="#{field}"' in text
    assert f'id="{field}"' in text
    assert 'value="张三"' in text


def test_a_company_that_is_there_is_told_before_a_second_case(
    place: Place, address: str
) -> None:
    place.editor.post(address, _type())
    again = place.editor.post(address, _type())
    assert again.status_code == 422
    assert "这家公司已经有项目" in again.content.decode()
    assert place.workspace.cases.filter(credit_code=_CODE).count() == 1
    place.editor.post(address, _type(another="yes"))
    folders = place.workspace.cases.filter(credit_code=_CODE).values_list("folder")
    assert len(set(folders)) == 2


def test_another_workspace_is_not_told_of(place: Place, address: str) -> None:
    other = make_place("other", "local-life")
    other.editor.post(f"/w/{other.workspace.slug}/new/", _type())
    said = place.editor.post(f"{address}code/", {"credit_code": _CODE})
    assert "校验通过" in said.content.decode()
    assert "已经有" not in said.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", ""),
        ("9111", "还差14位"),
        ("9I11", "第2位"),
        (_CODE, "校验通过"),
        ("91110000600037341S", "第18位"),
        ("<script>", "第1位是“S”"),
    ],
)
def test_the_code_is_checked_as_it_is_typed(
    place: Place, address: str, typed: str, said: str
) -> None:
    answer = place.editor.post(f"{address}code/", {"credit_code": typed})
    assert said in answer.content.decode()


def test_what_is_typed_comes_back_after_a_closed_tab(
    place: Place, address: str
) -> None:
    kept = place.editor.post(f"{address}draft/", _type(name="半个名字"))
    assert "草稿已于" in kept.content.decode()
    assert 'value="半个名字"' in place.editor.get(address).content.decode()
    place.editor.post(address, _type())
    assert not Draft.objects.exists()


def test_the_questions_end_with_what_is_needed(place: Place, address: str) -> None:
    client, which = place.editor, f"{address}which/"
    asked: list[str] = []
    page = client.get(which)
    for _ in range(30):
        page = client.get(which)
        if page.context.get("question") is None:
            break
        question = page.context["question"]
        asked.append(question.fact.id)
        assert page.context["why"], question.fact.id
        many = page.context["many"]
        given = list(question.options) if many else ["yes"]
        client.post(
            which, {"do": "answer", "question": question.fact.id, "answer": given}
        )
    assert len(asked) == len(set(asked)) < 20
    needs = {need: ruled for need, _, ruled in page.context["groups"]}
    assert needs["needed"] or needs["doubtful"]
    assert "?licence=" in page.content.decode()


def test_going_back_asks_the_same_again_with_its_answer(
    place: Place, address: str
) -> None:
    client, which = place.editor, f"{address}which/"
    first = client.get(which).context["question"]
    client.post(
        which,
        {"do": "answer", "question": first.fact.id, "answer": [first.options[0]]},
    )
    assert client.get(which).context["question"].fact.id != first.fact.id
    client.post(which, {"do": "back"})
    page = client.get(which)
    assert page.context["question"].fact.id == first.fact.id
    assert page.context["before"] == [first.options[0]]


def test_all_unknown_needs_nothing_and_leaves_all_open(
    place: Place, address: str
) -> None:
    client, which = place.editor, f"{address}which/"
    page = client.get(which)
    for _ in range(30):
        page = client.get(which)
        if page.context.get("question") is None:
            break
        client.post(
            which, {"do": "answer", "question": page.context["question"].fact.id}
        )
    needs = {need: ruled for need, _, ruled in page.context["groups"]}
    assert not needs["needed"]
    assert needs["doubtful"]


def test_a_question_that_is_none_is_404(place: Place, address: str) -> None:
    answer = place.editor.post(
        f"{address}which/", {"do": "answer", "question": "no_such", "answer": "yes"}
    )
    assert answer.status_code == 404


def test_the_board_leads_here(place: Place, address: str) -> None:
    board = place.editor.get(f"/w/{place.workspace.slug}/")
    assert f'href="{address}"' in board.content.decode()


def test_a_licence_of_one_scope_says_so_and_offers_it(
    place: Place, address: str
) -> None:
    shown = place.editor.get(f"{address}?licence=N95").content.decode()
    assert 'value="cross_province" checked' in shown
    assert 'value="intra_province"' not in shown
    told = place.editor.post(
        address, _type(licence="N95", scope="intra_province")
    ).content.decode()
    assert "N95只有跨地区一种" in told
    assert 'value="cross_province" checked' in told


def test_what_is_wrong_is_told_on_top_and_leads_to_its_field(
    place: Place, address: str
) -> None:
    page = place.editor.post(
        address, _type(credit_code="9I110000600037341L")
    ).content.decode()
    assert re.search(r'class="summary"[^>]*data-focus', page)
    assert 'href="#credit_code"' in page
    field = re.search(r'<input[^>]*id="credit_code"[^>]*>', page)
    assert field is not None
    assert 'aria-describedby="why-credit_code"' in field[0]
    assert 'id="why-credit_code"' in page


@pytest.mark.share
@pytest.mark.parametrize(
    "written", ["１００", "100", "100.0", "100万元", "1,000,000元", "100万", "一百万"]
)
def test_an_amount_is_read_as_people_type_it(
    place: Place, address: str, written: str
) -> None:
    place.editor.post(address, _type(registered_capital=written))
    made = _find_made(place)
    assert made is not None
    shown = edit.read(find_cases_folder(place.workspace) / made.folder)
    fact = catalogue().facts["applicant", "registered_capital"]
    assert parse_value(fact, shown.find_value(("applicant", fact.id))).value == 10**8


def test_an_amount_in_words_is_told_how_to_be_written(
    place: Place, address: str
) -> None:
    page = place.editor.post(address, _type(registered_capital="一百"))
    assert "“一百”不是数字，只写数字，单位是万元" in page.content.decode()


def test_the_credit_code_tells_the_province_that_was_left_open(
    place: Place, address: str
) -> None:
    typed = _type(credit_code="91330109MA0EXAM1YG", region="", another="yes")
    assert place.editor.post(address, typed).status_code == 302
    row = _find_made(place)
    assert row is not None
    written = edit.read(find_cases_folder(place.workspace) / row.folder)
    assert written.find_value(("application", "region")) == "33"


def test_a_province_is_asked_where_no_code_tells_it(place: Place, address: str) -> None:
    answer = place.editor.post(address, _type(credit_code="", region=""))
    assert answer.status_code == 422
    assert [wrong.field for wrong in answer.context["faults"]] == ["region"]


def test_licences_are_listed_by_what_people_call_them(
    place: Place, address: str
) -> None:
    page = place.editor.get(address).content.decode()
    assert "B25 信息服务业务（ICP、SP许可证）" in page
    assert "EDI许可证" in page
