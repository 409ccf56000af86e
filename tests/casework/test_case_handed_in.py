"""What was handed in is kept, and only what changed since is issued again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import process_time

from changqing.case.model import Case
from changqing.casework.events import Act, Journal
from changqing.casework.handed import (
    DifferenceKind,
    Differences,
    compare_lines,
    find_differences,
    list_passages,
    write_reissue,
)
from changqing.casework.record import record
from changqing.casework.stages import replay_events
from changqing.papers.open import open_case
from tests.casework.casework_sample import NOW, catalogue, make_event, write_case

PLAN = "# 目标\n\n三年服务一百家商户。\n\n# 人员\n\n技术负责人一名。\n"


@dataclass(frozen=True, kw_only=True)
class Part:
    id: str
    title: str
    markdown: str


@dataclass(frozen=True, kw_only=True)
class Written:
    id: str
    title: str
    sections: tuple[Part, ...]


def write_plan(folder: Path, words: str) -> Case:
    (folder / "documents" / "plan.md").write_text(words, encoding="utf-8")
    return open_case(folder, catalogue())


def handed_in(folder: Path, *documents: Written) -> Case:
    write_case(folder)
    case = write_plan(folder, PLAN)
    event = make_event(Act.SUBMIT, "2026-02-09")
    record(catalogue(), case, event, now=NOW, documents=documents)
    return case


def found(case: Case, *documents: Written) -> Differences:
    state = replay_events(catalogue(), case, Journal(case.path).list_events())
    return find_differences(case, state, list_passages(case, documents))


def test_nothing_differs_right_after_handing_in(tmp_path: Path) -> None:
    changes = found(handed_in(tmp_path / "case"))
    assert changes.known
    assert (changes.papers, changes.facts, changes.sections) == ((), None, ())
    assert "没有需要重新出具的部分" in write_reissue(changes)


def test_only_the_section_that_changed_is_issued_again(tmp_path: Path) -> None:
    handed_in(tmp_path / "case")
    changes = found(write_plan(tmp_path / "case", PLAN.replace("一名", "两名")))
    assert [(section.name, section.change) for section in changes.sections] == [
        ("stamped/人员", DifferenceKind.REPLACED)
    ]
    assert "两名" in write_reissue(changes)
    assert "商户" not in write_reissue(changes)


def test_a_paper_that_can_be_read_shows_which_words_changed(tmp_path: Path) -> None:
    handed_in(tmp_path / "case")
    (paper,) = found(write_plan(tmp_path / "case", PLAN.replace("一名", "两名"))).papers
    assert paper.change is DifferenceKind.REPLACED
    shown = {
        row.mark: [word for word, differs in row.spans if differs]
        for row in paper.rows
        if row.mark in "-+"
    }
    assert shown == {"-": ["一"], "+": ["两"]}


def test_a_paper_without_its_copy_says_that_it_only_knows_of_a_change(
    tmp_path: Path,
) -> None:
    case = handed_in(tmp_path / "case")
    digest = case.papers[0].file.digest
    Journal(case.path).find_handed_in_path(digest).write_bytes(b"altered")
    (paper,) = found(write_plan(tmp_path / "case", "另写")).papers
    assert paper.rows == ()
    assert paper.unread is not None
    assert "no copy" in paper.unread.en


def test_a_changed_fact_is_shown_by_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    handed_in(folder)
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    changed = text.replace("declared_on: 2025-11-20", "declared_on: 2025-12-20")
    (folder / "case.yaml").write_text(changed, encoding="utf-8")
    facts = found(open_case(folder, catalogue())).facts
    assert facts is not None
    assert [row.mark for row in facts.rows] == [" ", "-", "+", " "]


def test_documents_of_a_dossier_are_compared_by_section(tmp_path: Path) -> None:
    def plan(words: str) -> Written:
        parts = (
            Part(id="aim", title="目标", markdown="不变\n"),
            Part(id="staff", title="人员", markdown=words),
        )
        return Written(id="plan", title="发展计划", sections=parts)

    case = handed_in(tmp_path / "case", plan("一名\n"))
    changes = found(case, plan("两名\n"))
    assert [section.name for section in changes.sections] == ["dossier:plan/staff"]
    assert [section.change for section in found(case).sections] == [
        DifferenceKind.REMOVED
    ] * 2


def test_the_number_of_an_evidence_alone_is_no_change(tmp_path: Path) -> None:
    handed_in(tmp_path / "case")
    numbered = PLAN.replace("一名。", "一名^E-07^。")
    assert found(write_plan(tmp_path / "case", numbered)).sections == ()


def test_a_heading_inside_code_and_one_said_twice_do_not_mix_sections(
    tmp_path: Path,
) -> None:
    write_case(tmp_path / "case")
    case = write_plan(
        tmp_path / "case", "# 甲\n```\n# 不是标题\n```\n# 乙\n一\n# 乙\n二\n"
    )
    assert [passage.id for passage in list_passages(case)] == ["甲", "乙", "乙 (2)"]


def test_lines_far_from_a_change_are_left_out() -> None:
    old = [f"第{n}行" for n in range(20)]
    new = ["开头", *old[1:-1], "结尾"]
    marks = [row.mark for row in compare_lines(old, new)]
    assert marks == ["-", "+", " ", "…", " ", "-", "+"]


def test_copies_of_a_paper_can_be_forgotten_and_the_case_still_reads(
    tmp_path: Path,
) -> None:
    case = handed_in(tmp_path / "case")
    journal = Journal(case.path)
    (event,) = (each for each in journal.list_events() if each.papers)
    paper, digest = next(iter(event.papers.items()))
    assert journal.find_handed_in_path(digest).is_file()
    assert journal.forget(paper) == 1
    assert not journal.find_handed_in_path(digest).exists()
    assert journal.forget(paper) == 0
    assert journal.list_events()
    found(case)


def test_texts_of_many_equal_words_and_lines_are_compared_at_once() -> None:
    words = ["甲乙 " * 20_000]
    lines = [f"{n % 3} 甲乙" for n in range(4_000)]
    many = [" ".join(str(n % 150) for n in range(300))] * 1_000
    for old, new in (
        (words, ["乙甲 " * 20_000]),
        (lines, [f"{n * n % 3} 甲乙" for n in range(4_000)]),
        (many, [f"{line[::-1]} {n}" for n, line in enumerate(many)]),
    ):
        begin = process_time()
        rows = list(compare_lines(old, new))
        assert process_time() - begin < 5
        shown = ["".join(text for text, _ in row.spans) for row in rows]
        assert set(shown) <= {*old, *new, ""}
        assert {row.mark for row in rows} >= {"-", "+"}
