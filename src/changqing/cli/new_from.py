"""`changqing new --from`: a case from nothing but files, and what no paper says."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from changqing.cli.read import collect, report_pages, show_papers
from changqing.cli.settling import settle_all
from changqing.cli.shared import ask, find_own_key_path
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError, Issue
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.guide.interview import InterviewAnswers
    from changqing.guide.stage import StageProposal
    from changqing.law.model import Catalogue
    from changqing.papers.start import FoundCase, SortedFile
    from changqing.readers.proposal import ProposedPaper


def start_from(
    source: Path,
    folder: Path,
    catalogue: Catalogue,
    *,
    now: datetime,
    language: Language,
) -> None:
    """Make the case in `folder` from the files of `source`, and settle what they say.

    Raises CaseError where no file says whom the case is about and nobody can be asked.
    """
    from changqing.guide.from_papers import start_case
    from changqing.papers.gather import gather_files
    from changqing.papers.start import drop_unlisted, sort_files, take_files

    sheet = Sheet(language)
    with report_pages(sheet) as progress:
        files = take_files(gather_files(source), folder, progress)
        found_case = sort_files(files, catalogue)
    drop_unlisted(found_case, folder)
    _show_files(found_case, catalogue, sheet)
    answers = _ask_stage_and_rest(found_case, catalogue, sheet, now=now)
    case = start_case(
        folder,
        found_case,
        answers,
        catalogue,
        key=find_own_key_path(),
        now=now,
        language=language,
    )
    papers = collect(case, None, declared=False)
    interactive = sys.stdin.isatty()
    show_papers(case, papers, sheet, values=not interactive)
    settle_all(case, papers, sheet, by=getpass.getuser(), singly=interactive)


def _ask_stage_and_rest(
    found_case: FoundCase, catalogue: Catalogue, sheet: Sheet, *, now: datetime
) -> InterviewAnswers:
    """Settle at which stage the case begins, then ask what no paper says.

    Where the answers make the licences stand otherwise, the stage is settled again.
    """
    from changqing.day import beijing_day
    from changqing.guide.stage import propose_stage

    proposal = propose_stage(found_case, catalogue, on=beijing_day(now))
    stage = _settle_stage(proposal, sheet)
    accepted = proposal.answers if stage == proposal.stage else {}
    answers = _ask_rest(found_case, catalogue, sheet, now=now, accepted=accepted)
    again = propose_stage(
        replace(found_case, name=answers.facts["name"], region=answers.region),
        catalogue,
        on=beijing_day(now),
        licence=answers.licence,
    )
    if again.stage != proposal.stage:
        stage = _settle_stage(again, sheet)
        if stage == again.stage and again.submit_on is not None:
            answers = replace(answers, submit_on=again.submit_on)
    return replace(answers, stage=stage)


def _settle_stage(proposal: StageProposal, sheet: Sheet) -> str:
    """Say which stage the licences suggest, and why; one key accepts it.

    Where nobody is there it is taken, and said. Of a first application that no licence
    speaks against nothing is said.
    """
    from changqing.law.words import STAGE_WORDS

    if not proposal.tells:
        return proposal.stage
    name = proposal.stage_name
    sheet.print_heading(
        sheet.t(f"办理阶段：建议按{name.zh}", f"Stage: {name.en} is suggested")
    )
    for text in (proposal.reason, *proposal.notes):
        if text is not None:
            sheet.print_line(text.say(sheet.language))
    if not sys.stdin.isatty() or (proposal.is_first and not proposal.asks):
        return proposal.stage
    stages = [stage for stage in STAGE_WORDS if stage != _PREPARE]
    choices = sheet.join(
        f"{number} {STAGE_WORDS[stage].say(sheet.language)}"
        for number, stage in enumerate(stages, start=1)
    )
    for _ in range(_TRIES):
        sheet.print_line(
            sheet.t(
                f"按{name.zh}办直接回车；不是的选：{choices}",
                f"Enter for {name.en}; otherwise choose: {choices}",
            )
        )
        typed = ask(">").strip()
        if not typed:
            return proposal.stage
        if typed.isdecimal() and 1 <= int(typed) <= len(stages):
            return stages[int(typed) - 1]
    return proposal.stage


def _ask_rest(
    found_case: FoundCase,
    catalogue: Catalogue,
    sheet: Sheet,
    *,
    now: datetime,
    accepted: Mapping[str, str],
) -> InterviewAnswers:
    """Ask what no paper says; where nobody is there, go by what is usual and say so.

    `accepted` are the answers that came with the stage.
    """
    from changqing.guide.from_papers import list_known
    from changqing.guide.interview import QUESTIONS, run_interview

    answers_known = {**list_known(found_case), **accepted}
    if sys.stdin.isatty():
        if found_case.name:
            sheet.print_heading(
                sheet.t("材料里没有的，请回答：", "What no paper says, please answer:")
            )
        return run_interview(
            catalogue,
            sheet.language,
            now=now,
            ask=ask,
            tell=click.echo,
            known=answers_known,
        )
    if not found_case.name or not found_case.region:
        raise CaseError(Issue(text=_WHOSE, hint=_GIVE_LICENCE))
    usual = dict.fromkeys(QUESTIONS, "")
    usual |= {"scope": "intra_province", **answers_known}
    if not accepted.get("licence") or not accepted.get("scope"):
        sheet.print_line(
            sheet.t(
                "没有人可以问：材料没有写明的，许可证先按B25、范围先按省内，不对的在case.yaml里改。",
                "Nobody can be asked: where no paper says it, licence B25 and one "
                "province are taken for now; correct them in case.yaml.",
            ),
            style="yellow",
        )
    if not usual["submit_on"]:
        del usual["submit_on"]
    return run_interview(
        catalogue,
        sheet.language,
        now=now,
        ask=lambda _: "",
        tell=lambda _: None,
        known=usual,
    )


# What is told of the files


def _show_files(found_case: FoundCase, catalogue: Catalogue, sheet: Sheet) -> None:
    count = len(found_case.files)
    sheet.print_line(
        sheet.t(
            f"读了{count}个文件，是{found_case.name or '哪家公司的还不清楚'}。",
            f"Files read: {count}. The company: {found_case.name or 'not clear yet'}.",
        ),
        style="bold",
    )
    for file in found_case.files:
        words, style = _say_file(file, catalogue, sheet)
        sheet.print_title(file.taken.name, "", right=(words, style))
    if any(file.ends_company for file in found_case.files):
        sheet.print_line(_COMPANY_ENDED.say(sheet.language), style="red")
    if found_case.people:
        names = sheet.join(person.name for person in found_case.people)
        sheet.print_line(sheet.t(f"人员：{names}", f"People: {names}"))
    if found_case.holders:
        names = sheet.join(holder.name for holder in found_case.holders)
        sheet.print_line(sheet.t(f"股东：{names}", f"Holders: {names}"))
    if found_case.holders_open:
        names = sheet.join(found_case.holders_open)
        sheet.print_line(
            sheet.t(
                f"其中{names}不是自然人，先按公司列，它们的股东另要列明；是国有的、"
                f"上市的，在case.yaml里改kind",
                f"Of them {names}: no persons, listed as companies whose own holders "
                f"are open; correct kind in case.yaml where one is the state’s or "
                f"listed",
            ),
            style="yellow",
        )
    if found_case.all_holders_in is not None:
        label = catalogue.materials[str(found_case.all_holders_in.kind)].label
        sheet.print_line(
            sheet.t(
                f"股份合计正好是全部，股东已列全，依据《{label.zh}》",
                f"Their shares make up the whole: all are listed, by “{label.en}”",
            )
        )
    if found_case.owners:
        names = sheet.join(sorted(found_case.owners))
        sheet.print_line(
            sheet.t(f"也是股东的：{names}", f"Holders among them: {names}")
        )
    if len(found_case.domains) > 1:
        sheet.print_line(
            sheet.t(
                f"材料写了几个域名，先用第一个：{sheet.join(found_case.domains)}",
                f"Several domains are named; the first is taken: "
                f"{sheet.join(found_case.domains)}",
            ),
            style="yellow",
        )


def _say_file(
    sorted_file: SortedFile, catalogue: Catalogue, sheet: Sheet
) -> tuple[str, str]:
    """What became of a file, and in which style it is said."""

    from changqing.papers.start import find_void

    def name_kind(paper: ProposedPaper) -> str:
        label = catalogue.materials[str(paper.kind)].label.say(sheet.language)
        void = find_void(paper)
        if void is not None:
            label += sheet.t(f"（{void.zh}）", f" ({void.en})")
        return label if paper.titled else f"{label}{_UNTITLED.say(sheet.language)}"

    taken_file = sorted_file.taken
    if taken_file.same_as is not None:
        return sheet.t(
            f"与{taken_file.same_as}相同", f"same as {taken_file.same_as}"
        ), "dim"
    if taken_file.problem is not None:
        why = taken_file.problem.say(sheet.language)
        return sheet.t(f"读不出：{why}", f"not read: {why}"), "red"
    parts = []
    if sorted_file.papers:
        parts.append(sheet.join(map(name_kind, sorted_file.papers)))
    for paper in sorted_file.others:
        kind = name_kind(paper)
        parts.append(
            sheet.t(
                f"{paper.another}的{kind}，没有列入",
                f"{kind} of {paper.another}, not listed",
            )
        )
    if parts:
        doubted = sorted_file.others or any(map(find_void, sorted_file.papers))
        return "；".join(parts), "yellow" if doubted else ""
    return sheet.t("不是目录里的材料", "no paper of the catalogue"), "yellow"


_PREPARE: Final = "prepare"
_TRIES: Final = 10
_UNTITLED: Final = Text(
    zh="（题目没见过，按内容认的，请核对）",
    en=" (its title is not known; recognised by what it says, please check)",
)
_COMPANY_ENDED: Final = Text(
    zh="登记材料写着公司已经注销或吊销。先在国家企业信用信息公示系统查它现在的状态："
    "确已注销的不能再申请，用现存的公司；材料旧了或拿错了的，换成现在的",
    en="A paper of the register says that the company was dissolved or its licence "
    "revoked. Look up its present state in the register: a dissolved company cannot "
    "apply, use one that exists; replace the paper if it is old or of another",
)
_WHOSE: Final = Text(
    zh="看不出是哪家公司、在哪个省",
    en="it is not clear which company this is, and in which province",
)
_GIVE_LICENCE: Final = Text(
    zh="放入看得清的营业执照，或在终端里运行，由人回答",
    en="add a business licence that can be read, or run this in a terminal",
)
