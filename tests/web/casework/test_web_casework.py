"""办理: recording, a notice line by line, its answer, the report and the watch."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.case import edit
from changqing.casework.events import Act, CaseStage, Event, Journal
from changqing.jsondata import JsonObject
from changqing.watch.journal import Watchbook, What
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent, Draft, Role
from changqing_web.walls import find_cases_folder
from tests.casework.test_notice import make_docx, make_pdf
from tests.web.web_world import Place, reach

NOTICE = """你公司：
经审查，请补正以下内容：
1. 请补充提交主要管理人员和技术人员的社保证明，并加盖公章。
2. 域名注册人与申请公司名称不一致，请说明。
请于2026年12月20日前补正。
""".encode()


def _post(place: Place, rest: str, **data: object):  # type: ignore[no-untyped-def]
    return place.editor.post(place.url(f"casework/{rest}"), data, follow=True)


def _submit(place: Place, day: date | None = None) -> None:
    on = (day or timezone.localdate()).isoformat()
    answer = _post(place, "record/", act="submit", on=on, by="林疏影")
    assert answer.status_code == 200


def _reach_submission(place: Place) -> None:
    reach(place, _submit)


def _reach_notice(place: Place) -> None:
    reach(place, _take_notice)


def _take_notice(place: Place) -> None:
    _submit(place)
    file = SimpleUploadedFile("通知.txt", NOTICE)
    answer = _post(place, "record/", act="correction", by="林疏影", notice=file)
    assert answer.status_code == 200, answer.content.decode()


def test_the_page_says_what_comes_next_and_for_whom(place: Place) -> None:
    page = place.editor.get(place.url("casework/"))
    text = page.content.decode()
    assert page.status_code == 200
    assert "下一步由申请人：递交申请" in text
    assert "过了没有法律后果" in text
    english = place.editor.get(place.url("casework/?lang=en")).content.decode()
    assert "Next, the applicant" in english or "Next, applicant" in english


def test_only_what_the_stage_allows_is_offered(place: Place) -> None:
    text = place.editor.get(place.url("casework/")).content.decode()
    assert "?act=submit" in text
    assert "?act=grant" not in text


@pytest.mark.long
def test_handing_in_is_recorded_and_everybody_sees_who(place: Place) -> None:
    _reach_submission(place)
    (event,) = Journal(place.folder).list_events()
    assert (event.act, event.by) == (Act.SUBMIT, "林疏影")
    assert event.papers
    assert event.sections
    told = CaseEvent.objects.filter(case=place.case.folder, verb="casework").get()
    assert told.actor == f"{Role.EDITOR}@here.example"
    place.case.refresh_from_db()
    assert place.case.board.stage == "submitted"


@pytest.mark.long
def test_the_last_entry_is_undone_and_both_stay_on_record(place: Place) -> None:
    _reach_submission(place)
    page = place.editor.get(place.url("casework/")).content.decode()
    assert "撤销这一条" in page
    assert place.editor.post(place.url("casework/undo/2/")).status_code == 404
    done = _post(place, "undo/1/").content.decode()
    assert "撤销记录：递交" in done
    assert 'class="undone"' in done
    assert "撤销这一条" not in done
    assert Journal(place.folder).list_events() == ()
    stale = place.editor.post(place.url("casework/undo/1/"))
    assert stale.status_code == 409
    assert "没有可以撤销的记录" in stale.content.decode()
    place.case.refresh_from_db()
    assert place.case.board.stage == "prepare"
    told = CaseEvent.objects.filter(case=place.case.folder, verb="casework").first()
    assert told is not None
    assert told.what["zh"].startswith("撤销记录：递交")
    assert (
        place.people[Role.REVIEWER].post(place.url("casework/undo/1/")).status_code
        == 404
    )
    _submit(place)
    stale = place.editor.post(place.url("casework/undo/1/"))
    assert stale.status_code == 409
    assert "第1条已经不是最后一条" in stale.content.decode()


def test_a_day_to_come_is_refused_and_what_was_typed_stays(place: Place) -> None:
    later = (timezone.localdate() + timedelta(days=9)).isoformat()
    answer = place.editor.post(
        place.url("casework/record/"), {"act": "submit", "on": later, "by": "何晚晴"}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "还没有到" in text
    assert "何晚晴" in text
    assert Draft.objects.filter(form__endswith="casework:submit").exists()
    assert Journal(place.folder).list_events() == ()


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"on": "soon", "by": "x"}, "2026-12-31"), ({"on": "", "by": " "}, "写明谁办的")],
)
def test_what_is_wrong_leads_to_its_field(
    place: Place, typed: dict[str, str], said: str
) -> None:
    answer = place.editor.post(
        place.url("casework/record/"), {"act": "submit", **typed}
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'href="#f-' in answer.content.decode()


@pytest.mark.long
def test_a_notice_becomes_lines_with_proposals_and_its_day(place: Place) -> None:
    _reach_notice(place)
    event = Journal(place.folder).list_events()[-1]
    assert [line.number for line in event.lines] == [1, 2]
    assert event.until == date(2026, 12, 20)
    text = place.editor.get(place.url("casework/")).content.decode()
    assert "通知共2条，还有2条没有办结" in text
    assert "社保证明" in text
    kept = place.editor.get(place.url("casework/notice/"))
    assert b"".join(kept) == NOTICE
    kept.close()
    assert kept["Content-Disposition"].startswith("attachment")


@pytest.mark.long
def test_the_page_says_what_the_day_of_a_notice_rests_on(place: Place) -> None:
    _reach_submission(place)
    page = _post(
        place, "record/", act="correction", on=timezone.localdate().isoformat(),
        by="林疏影", until="2026-12-24",
        notice=SimpleUploadedFile("notice.docx", make_docx(NOTICE.decode().splitlines())),
    ).content.decode()  # fmt: skip
    assert "材料上是2026-12-20" in page
    assert "材料上没有读到这一天，是记的人自己的话" in page


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "make", "until"),
    [
        ("通知.docx", make_docx, date(2026, 12, 20)),
        ("通知.pdf", make_pdf, None),  # its font has no Chinese: the day is not read
    ],
)
def test_a_notice_comes_as_word_or_pdf(
    place: Place, name: str, make: Callable[[list[str]], bytes], until: date | None
) -> None:
    _reach_submission(place)
    file = SimpleUploadedFile(name, make(NOTICE.decode().splitlines()))
    answer = _post(place, "record/", act="correction", by="林疏影", notice=file)
    assert answer.status_code == 200
    event = Journal(place.folder).list_events()[-1]
    assert len(event.lines) == 2
    assert event.until == until


@pytest.mark.long
def test_a_pasted_notice_and_one_with_nothing_in_it(place: Place) -> None:
    _reach_submission(place)
    nothing = place.editor.post(
        place.url("casework/record/"), {"act": "correction", "by": "林", "words": " "}
    )
    assert nothing.status_code == 422
    answer = _post(place, "record/", act="correction", by="林", words=NOTICE.decode())
    assert answer.status_code == 200
    assert len(Journal(place.folder).list_events()) == 2


@pytest.mark.long
def test_lines_are_settled_answered_and_handed_in_again(place: Place) -> None:
    _reach_notice(place)
    opened = place.editor.get(place.url("casework/?line=1")).content.decode()
    assert "确认这一条" in opened
    early = _post(place, "record/", act="submit", by="林疏影")
    assert early.status_code == 422
    for number in (1, 2):
        answer = _post(
            place,
            f"line/{number}/",
            by="林疏影",
            owner="林疏影",
            done=timezone.localdate().isoformat(),
            answer="已补充，见附件<b>一</b>。",
        )
        assert answer.status_code == 200
    letter = place.editor.get(place.url("casework/answer/")).content.decode()
    assert "已补充，见附件" in letter
    assert "<b>一</b>" not in letter
    file = place.editor.get(place.url("casework/answer/?as=md"))
    assert file["Content-Disposition"].startswith("attachment")
    assert "已补充" in file.content.decode()
    _submit(place)
    assert Journal(place.folder).list_events()[-1].act is Act.SUBMIT


def _settle(place: Place, number: int, **more: object) -> None:
    answer = _post(
        place,
        f"line/{number}/",
        by="林疏影",
        done=timezone.localdate().isoformat(),
        answer="已补充",
        **more,
    )
    assert answer.status_code == 200


@pytest.mark.long
def test_each_stage_names_one_next_thing_to_do(place: Place) -> None:
    def step() -> str:
        return str(place.editor.get(place.url("casework/")).context["step"].href)

    assert step() == "?act=submit#record"
    _submit(place)
    assert step() == "?act=acceptance#record"
    _post(place, "record/", act="correction", by="林疏影", words=NOTICE.decode())
    assert step() == "?line=1#line-1"
    _settle(place, 1)
    assert step() == "?line=2#line-2"
    _settle(place, 2)
    assert step().endswith("/casework/answer/")
    _submit(place)
    _post(place, "record/", act="acceptance", by="林疏影")
    assert step() == "?act=grant#record"


def _get_page(place: Place) -> str:
    return place.editor.get(place.url("casework/")).content.decode()


@pytest.mark.long
def test_a_correction_is_handed_back_and_what_was_asked_stays_on_record(
    place: Place,
) -> None:
    _reach_notice(place)
    for number in (1, 2):
        _settle(place, number)
    offered = place.editor.get(place.url("casework/")).context["acts"]
    assert dict(offered)["submit"].zh == "交回补正材料"
    today = timezone.localdate().isoformat()
    answer = _post(place, "record/", act="submit", on=today, by="林疏影")
    page = answer.content.decode()
    assert "已记下：交回补正材料" in page
    log = page.partition('id="events"')[2]
    assert log.count("交回补正材料：") == 1
    assert log.count("<b>递交：") == 1
    assert "审查，自" not in page
    _post(place, "record/", act="acceptance", by="林疏影")
    assert "审查，自" in re.sub("<[^>]+>", "", _get_page(place))
    _post(place, "record/", act="grant", by="林疏影")
    assert "已准予，等许可证，自" in re.sub("<[^>]+>", "", _get_page(place))
    overview = place.editor.get(place.url("")).content.decode()
    assert "<li>阶段：已准予，等许可证</li>" in overview
    board = place.editor.get(f"/w/{place.workspace.slug}/").content.decode()
    assert "已准予，等许可证" in board
    until = timezone.localdate() + timedelta(days=1_000)
    _post(place, "record/", act="licence", by="林疏影", until=until.isoformat())
    page = _get_page(place)
    asked = next(
        e for e in Journal(place.folder).list_events() if e.act is Act.CORRECTION
    )
    for line in asked.lines:
        assert escape(f"{line.number} {line.text}") in page
    assert "没有留下底稿" not in page
    assert "这件事已经办完" in page


@pytest.mark.long
def test_handing_in_is_offered_once_every_line_is_settled(place: Place) -> None:
    _reach_notice(place)
    page = place.editor.get(place.url("casework/")).content.decode()
    assert "?act=submit#record" not in page
    for number in (1, 2):
        _settle(place, number)
    page = place.editor.get(place.url("casework/")).content.decode()
    assert "?act=submit#record" in page


@pytest.mark.long
def test_what_was_proposed_wrongly_can_be_taken_out(place: Place) -> None:
    _reach_notice(place)
    (first, _) = Journal(place.folder).list_events()[-1].lines
    assert first.material or first.criterion or first.codes
    _settle(place, 1)  # the form was sent with nothing chosen
    page = place.editor.get(place.url("casework/"))
    line = page.context["asked"][0].line
    assert (line.material, line.criterion, line.codes) == (None, None, ())


def test_a_handing_in_without_a_copy_is_not_said_never_to_have_been(
    place: Place,
) -> None:
    event = Event(act=Act.SUBMIT, on=timezone.localdate(), by="林疏影")
    with Journal(place.folder) as journal:
        journal.append(event, now=timezone.now())
    page = place.editor.get(place.url("casework/")).content.decode()
    assert "没有留下底稿" in page
    assert "还没有记过递交" not in page


@pytest.mark.long
def test_a_step_is_refused_in_the_words_of_the_table(place: Place) -> None:
    granted = place.editor.get(place.url("casework/?act=grant")).content.decode()
    assert "在“准备”阶段不能记“收到准予决定”" in granted
    assert "现在可以记：递交" in granted
    _reach_notice(place)
    answer = place.editor.post(place.url("casework/line/9/"), {"by": "x"})
    assert answer.status_code == 422
    assert "补正通知没有第9条" in answer.content.decode()


@pytest.mark.long
def test_what_changed_since_the_last_handing_in_is_shown(place: Place) -> None:
    _reach_submission(place)
    path = place.folder / "case.yaml"
    text = path.read_text(encoding="utf-8")
    assert "headcount:" in text
    line = next(line for line in text.splitlines() if "headcount:" in line)
    path.write_text(text.replace(line, "  headcount: 77"), encoding="utf-8")
    page = place.editor.get(place.url("casework/")).content.decode()
    assert 'class="r-in"' in page
    assert "77" in page


def test_while_another_writes_nothing_is_lost(place: Place) -> None:
    with Journal(place.folder):
        answer = place.editor.post(
            place.url("casework/record/"), {"act": "submit", "by": "周知白"}
        )
    assert answer.status_code == 422
    assert "周知白" in answer.content.decode()
    assert Journal(place.folder).list_events() == ()


# Annual report


def test_the_report_has_six_sections_beside_last_year(place: Place) -> None:
    page = place.editor.get(place.url("casework/annual/"))
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count('id="s-') == 6
    year = timezone.localdate().year - 1
    assert f"{year}年度年报" in text
    assert f">{year - 1}</th>" in text
    assert "项目里没有许可证，没有年报要报。" in text


def test_the_report_begins_from_what_casework_knows(place: Place) -> None:
    today = timezone.localdate()
    licensed = date(today.year - 2, 5, 12)
    filed = date(today.year, 1, 2)
    begun = Event(
        act=Act.LICENCE,
        on=licensed,
        by="林晓",
        until=date(today.year + 3, 5, 11),
        stage=CaseStage.EXAMINATION,
        matter="apply",
    )
    with Journal(place.folder) as journal:
        journal.append(begun, now=timezone.now())
    waiting = place.editor.get(place.url("casework/annual/")).content.decode()
    assert f"{today.year - 1}年度年报" in waiting
    assert "逾期" not in waiting
    with Journal(place.folder) as journal:
        for act, matter in ((Act.BEGIN, "annual_report"), (Act.SUBMIT, None)):
            event = Event(act=act, on=filed, by="林晓", matter=matter)
            journal.append(event, now=timezone.now())
    page = place.editor.get(place.url("casework/annual/")).content.decode()
    assert f"{today.year}年度年报从{today.year + 1}-01-01起填报" in page
    assert "逾期" not in page
    before = f"casework/annual/?year={today.year - 1}"
    last = place.editor.get(place.url(before)).content.decode()
    assert f"{today.year - 1}年度年报已于{filed}报送" in last


@pytest.mark.parametrize("file", ["report.html", "report.json", "figures.xlsx"])
def test_the_report_is_exported(place: Place, file: str) -> None:
    answer = place.editor.get(place.url(f"casework/annual/{file}"))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert len(answer.content) > 500


@pytest.mark.parametrize("rest", ["nothing.csv", "?year=1999", "?year=9999"])
def test_a_file_or_year_that_is_not_there(place: Place, rest: str) -> None:
    assert place.editor.get(place.url(f"casework/annual/{rest}")).status_code == 404


# Watch


def test_what_was_never_watched_is_unknown(place: Place) -> None:
    text = place.editor.get(place.url("casework/watch/")).content.decode()
    assert "还没有监测过" in text
    for word in ("服务中断", "网站停更", "投诉没人受理"):
        assert word in text
    assert "没有看到" not in text


def test_who_hears_of_a_lapse_is_said(place: Place) -> None:
    address = place.url("casework/watch/")
    assert "没有设置通知" in place.editor.get(address).content.decode()
    settings = find_cases_folder(place.workspace) / "notices.yaml"
    settings.write_text(
        "channels:\n  office: {kind: wecom, webhook: {file: hook.txt}}\n"
        "people:\n  林疏影: {by: [office]}\notherwise: 林疏影\n",
        encoding="utf-8",
    )
    assert "谁也收不到" in place.editor.get(address).content.decode()
    hook = settings.with_name("hook.txt")
    hook.write_text("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x\n")
    hook.chmod(0o600)
    page = place.editor.get(address).content.decode()
    assert "<b>林疏影</b>，经office" in page
    assert "key=x" not in page


def test_a_long_silence_is_not_taken_for_good_news(place: Place) -> None:
    address = place.url("casework/watch/")
    for days, silent in ((5, True), (0, False)):
        at = timezone.now() - timedelta(days=days)
        with Watchbook(place.folder) as book:
            book.append(What.LOOK, {"upto": 0}, at=at)
        page = place.editor.get(address).content.decode()
        assert ("没有消息不等于没有问题" in page) == silent


def test_a_round_that_counted_for_nothing_leaves_all_unknown(place: Place) -> None:
    address = place.url("casework/watch/")
    seen: JsonObject = {
        "upto": 0,
        "well": ["stopped_answering", "stopped_publishing"],
    }
    blind: JsonObject = {**seen, "control": False}

    def count_ticks() -> tuple[int, int]:
        page = place.editor.get(address).content.decode()
        (part,) = re.findall(r'<ul class="three">.*?</ul>', page, re.DOTALL)
        return part.count("没有看到"), part.count("未知")

    for data, ticks in (
        (seen, (2, 1)),
        (blind, (0, 3)),
        ({"upto": 0}, (0, 3)),  # a round of an earlier version says less
    ):
        with Watchbook(place.folder) as book:
            book.append(What.LOOK, data, at=timezone.now())
        assert count_ticks() == ticks
    page = place.editor.get(address).content.decode()
    assert "没有记录到异常，有3项不知道" in page
    assert "没有尚未恢复的异常" not in page


def test_a_question_is_recorded_and_its_reply_becomes_evidence(place: Place) -> None:
    bad = place.editor.post(place.url("casework/watch/ask/"), {"channel": "电话"})
    assert bad.status_code == 422
    assert "这一项要填" in bad.content.decode()
    asked = {"channel": "网页客服", "text": "怎么注销？", "by": "何晚晴"}
    sent = f"{timezone.localtime() - timedelta(hours=3):%Y-%m-%dT%H:%M}"
    place.editor.post(place.url("casework/watch/ask/"), {**asked, "sent": sent})
    (question,) = Watchbook(place.folder).compute_state().questions.values()
    assert question.text == "怎么注销？"
    page = SimpleUploadedFile("reply.html", "<p>在设置里注销</p>".encode())
    answer = place.editor.post(
        place.url("casework/watch/reply/"),
        {"question": question.id, "page": page},
        follow=True,
    )
    assert "页面已存" in answer.content.decode()
    (question,) = Watchbook(place.folder).compute_state().questions.values()
    assert question.page


@pytest.mark.share
@pytest.mark.parametrize(
    "rest",
    [
        "casework/",
        "casework/annual/",
        "casework/watch/",
        "answers/",
        "dossier/",
        "dossier/emergency/",
        "choices/",
        "seal/",
    ],
)
def test_no_page_asks_the_database_more_than_25_times(
    place: Place, rest: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(25):
        assert place.editor.get(place.url(rest)).status_code == 200


def test_reviewer_and_respondent_do_not_see_the_casework(place: Place) -> None:
    for role in (Role.REVIEWER, Role.RESPONDENT):
        for rest in ("casework/", "casework/annual/", "casework/watch/"):
            assert place.people[role].get(place.url(rest)).status_code == 404


@pytest.mark.long
def test_what_is_begun_is_chosen_and_counts_from_the_licence(place: Place) -> None:
    today = timezone.localdate()
    until = today.replace(year=today.year + 3)
    for act, more in (
        ("submit", {}),
        ("acceptance", {}),
        ("grant", {}),
        ("licence", {"until": until.isoformat()}),
    ):
        assert _post(place, "record/", act=act, by="林疏影", **more).status_code == 200
    page = place.editor.get(place.url("casework/?act=begin&matter=renew"))
    assert f'value="{until}"' in page.content.decode()
    nothing = _post(place, "record/", act="begin", by="林疏影")
    assert nothing.status_code == 422
    text = nothing.content.decode()
    assert "先选办什么" in text
    assert "annual_report、" not in text
    begun = _post(place, "record/", act="begin", matter="renew", by="林疏影")
    assert begun.context["step"].href == "?act=submit#record"
    assert Journal(place.folder).list_events()[-1].matter == "renew"


@pytest.mark.long
def test_a_report_is_begun_and_each_figure_leads_to_where_it_is_written(
    place: Place,
) -> None:
    year = timezone.localdate().year - 1
    address = place.url("casework/annual/")
    before = place.editor.get(address).content.decode()
    assert "case.yaml" not in before
    assert f"开始填{year}年度年报" in before
    begun = place.editor.post(f"{address}begin/", {"year": str(year)}, follow=True)
    assert begun.status_code == 200
    page = place.editor.get(address).content.decode()
    assert f"开始填{year}年度年报" not in page
    found = re.search(r'href="([^"#]+)#(report\.\w+\.users)"', page)
    assert found is not None
    form = place.editor.get(found[1].replace("&amp;", "&")).content.decode()
    assert f'id="{found[2]}"' in form
    own = re.search(r'href="([^"#]+)#(applicant\.[\w.]+)"', page)
    assert own is not None
    form = place.editor.get(own[1].replace("&amp;", "&")).content.decode()
    assert f'id="{own[2]}"' in form
    again = place.editor.post(f"{address}begin/", {"year": str(year)})
    assert again.status_code == 302
    ahead = place.editor.post(f"{address}begin/", {"year": str(year + 2)})
    assert ahead.status_code == 404


def test_what_is_due_today_is_said_so(place: Place) -> None:
    today = timezone.localdate()
    change = edit.FieldChange(at=("application", "submit_on"), value=today)
    version = edit.read(place.folder).version
    edit.change(place.folder, [change], version=version, catalogue=catalogue())
    text = place.editor.get(place.url("casework/")).content.decode()
    assert f"递交申请，{today}（今天）" in text
    assert "还有0天" not in text
