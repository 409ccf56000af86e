"""A correction on an example, from the notice to the sections that are issued again."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from changqing.case.model import Case
from changqing.casework.events import Act, Journal, NoticeLine
from changqing.casework.handed import (
    Differences,
    find_differences,
    list_passages,
    select_reissued,
)
from changqing.casework.letter import answer_letter
from changqing.casework.notice import read_notice
from changqing.casework.propose import Proposer
from changqing.casework.record import record
from changqing.casework.stages import replay_events
from changqing.casework.walk import write_walk_page
from changqing.documents.document import Document
from changqing.documents.documents import write_documents
from changqing.documents.render import render_documents
from changqing.judge.assess import Judge
from changqing.papers.open import open_case
from changqing.run import conclude, read_recorded
from changqing.text import Language
from tests.casework.casework_sample import catalogue, make_case, make_event, walk
from tests.sealing.sealed_bundle import copied

NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
HANDED_IN, NEXT_DAY = date(2026, 11, 24), date(2026, 11, 25)
NOTICE = """\
补正通知书
杭州初棠信息科技有限公司：
一、社保证明不是近一个月开具，请重新提交；
二、公司章程未加盖公章；
三、业务发展计划中没有写明用户规模和收入预测；
四、域名证书上的域名所有者与申请人不一致；
五、网络与信息安全保障措施中缺少用户信息保护制度。
请于2026年12月18日前补正。
"""


@cache
def judge() -> Judge:
    return Judge(catalogue())


def written(case: Case, on: date) -> tuple[Document, ...]:
    found = conclude(
        case, read_recorded(case), judge=judge(), as_of=on, assessed_at=None
    )
    return write_documents(
        case,
        found.situation,
        found.assessment,
        found.outlook.endurance,
        case.catalogue,
    )


def changed(case: Case, now: tuple[Document, ...]) -> Differences:
    state = replay_events(catalogue(), case, Journal(case.path).list_events())
    return find_differences(case, state, list_passages(case, now))


def test_notice_in_five_lines_answer_out_and_only_what_changed_again(
    tmp_path: Path,
) -> None:
    folder = copied("newly-registered", tmp_path)
    case = open_case(folder, catalogue())
    given = make_event(Act.SUBMIT, HANDED_IN.isoformat())
    record(catalogue(), case, given, now=NOW, documents=written(case, HANDED_IN))
    same = changed(case, written(case, NEXT_DAY))
    # A day went by and nothing else: no section differs, and none is issued again.
    assert (same.papers, same.facts, same.sections) == ((), None, ())
    assert select_reissued(same, written(case, NEXT_DAY)) == ()

    notice = read_notice(NOTICE.encode(), name="notice.txt")
    proposer = Proposer(catalogue(), case, NEXT_DAY)
    lines = tuple(
        proposer.propose_line(number, text, owner="林晓")
        for number, text in enumerate(notice.lines, start=1)
    )
    assert len(lines) == 5
    asked = make_event(Act.CORRECTION, "2026-11-25", lines=lines)
    record(catalogue(), case, asked, now=NOW, notice=NOTICE.encode())

    path = folder / "case.yaml"
    told = path.read_text(encoding="utf-8")
    path.write_text(
        told.replace("charges_users: false", "charges_users: true"), encoding="utf-8"
    )
    case = open_case(folder, catalogue())
    for line in lines:
        done = NoticeLine(
            number=line.number,
            done=date(2026, 11, 26),
            answer="已改正",
            paper="business_plan",
        )
        event = make_event(Act.LINE, "2026-11-26", lines=(done,))
        record(catalogue(), case, event, now=NOW)
    state = replay_events(catalogue(), case, Journal(case.path).list_events())
    now = written(case, NEXT_DAY)
    found = changed(case, now)
    assert found.facts is not None
    names = {difference.name for difference in found.sections}
    assert "dossier:business_plan/2" in names
    assert len(names) < 5
    (plan,) = (
        difference
        for difference in found.sections
        if difference.name.endswith("plan/2")
    )
    assert any(row.mark == "+" for row in plan.rows)

    again = select_reissued(found, now)
    business = next(document for document in again if document.id == "business_plan")
    assert [section.id for section in business.sections] == ["2"]
    (made,) = render_documents(
        [business], case_name=case.name, digest=case.digest, as_of=NEXT_DAY
    )
    assert made.pdf.startswith(b"%PDF-")
    with zipfile.ZipFile(io.BytesIO(made.docx)) as word:
        words = word.read("word/document.xml").decode()
    assert "向用户收费" in words
    assert "重新出具的部分" in words

    letter = answer_letter(catalogue(), case, state, on=NEXT_DAY)
    assert not letter.open
    page = write_walk_page(
        catalogue(),
        case,
        state,
        today=date(2026, 11, 26),
        language=Language.EN,
        documents=now,
    )
    assert "Sections issued again" in page
    assert "<td>向用户收费</td>" in page
    assert "| 向用户收费 |" not in page.split('class="again"')[1].split("</li>")[0]


def test_a_letter_compares_nothing_where_no_copy_was_kept(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    asked = (NoticeLine(number=1, text="股权结构图没有穿透到自然人"),)
    state = walk(
        case,
        make_event(Act.SUBMIT, "2026-11-20"),
        make_event(Act.CORRECTION, "2026-11-24", lines=asked),
    )
    letter = answer_letter(catalogue(), case, state, on=date(2026, 11, 25))
    for written in (letter.render_markdown(), letter.write_page()):
        assert "股权结构图没有穿透到自然人" in written
        assert "与上次递交相比" not in written
        assert "新增" not in written
        assert "证明" not in written  # nothing is attached, and so not spoken of
