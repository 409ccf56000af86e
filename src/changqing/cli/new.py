"""`changqing new`: twelve questions and a first verdict, or a case from files alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from changqing.cli.shared import (
    NOT_YET,
    READY,
    ask,
    find_own_key_path,
    language_option,
    open_terminal,
    read_clock,
    say_help,
    spell_command,
)
from changqing.errors import CaseError, Issue
from changqing.plainfile import write_plain
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.law.model import Catalogue


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "new",
        help=say_help(
            language,
            "回答十二个问题，三分钟得到第一份结论，并写出case.yaml；已有项目的接着问；"
            "或用--from从一堆材料直接建项目。",
            "Answer twelve questions, get a first verdict, write case.yaml; go on "
            "where there is a case; or make one from papers with --from.",
        ),
    )
    @click.argument("folder", type=click.Path(path_type=Path), default="my-case")
    @click.option(
        "--from",
        "source",
        type=click.Path(path_type=Path, exists=True),
        help=say_help(
            language,
            "材料所在的文件夹或zip，文件名和次序随意；只问材料里没有的。",
            "A folder or zip of papers, in any order, under any names; asks only for "
            "what no paper says.",
        ),
    )
    @click.option(
        "--like",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help=say_help(
            language,
            "同一家公司再办一种许可证：公司、人员、网站和材料照这个项目，同--licence一起写。",
            "Another licence of the same company: company, people, sites and papers as "
            "in this case; together with --licence.",
        ),
    )
    @click.option(
        "--licence",
        help=say_help(
            language,
            "办哪种许可证，如EDI、呼叫中心、B21；同--like一起写。",
            "Which licence, such as EDI or B21; together with --like.",
        ),
    )
    @language_option(language)
    def new(
        folder: Path,
        source: Path | None,
        like: Path | None,
        licence: str | None,
        lang: str | None,
    ) -> int:
        if like is None and licence is None:
            return _make_case(folder, source=source, language=language)
        if like is None or licence is None or source is not None:
            raise CaseError(Issue(text=_TOGETHER))
        return _begin_like(like, folder, licence, language=language)


def _make_case(folder: Path, *, source: Path | None, language: Language) -> int:
    from changqing.evidence.ledger.memory import Memory
    from changqing.guide.interview import run_interview
    from changqing.guide.write import write_case
    from changqing.law.compiled import load_shipped

    catalogue = load_shipped()
    if (folder / "case.yaml").exists():
        if source is None and sys.stdin.isatty():
            return _go_on(folder, catalogue, language=language)
        raise CaseError(Issue(text=_EXISTS, path=str(folder / "case.yaml")))
    now = read_clock()
    if source is not None:
        from changqing.cli.new_from import start_from

        start_from(source, folder, catalogue, now=now, language=language)
    else:
        answers_before = _load_begun(folder)
        if answers_before:
            click.echo(_BEGUN.say(language))
        try:
            answers = run_interview(
                catalogue,
                language,
                now=now,
                ask=ask,
                tell=click.echo,
                begun=answers_before,
                keep=lambda answers: _keep_begun(folder, answers),
            )
        except click.Abort:
            click.echo(f"\n{_KEPT.say(language)}")
            click.echo(f"  {spell_command('new', folder)}")
            raise
        write_case(folder, answers, catalogue, now=now, language=language)
        (folder / _BEGUN_FILE).unlink(missing_ok=True)
        Memory.open_beside(find_own_key_path()).forget(folder)
    return _assess_new_case(folder, catalogue, language=language)


def _begin_like(like: Path, folder: Path, licence: str, *, language: Language) -> int:
    """Write a case of the same company for another licence, and judge it."""
    from changqing.case.another import write_another_case
    from changqing.cli.given import GivenOptions
    from changqing.day import beijing_day
    from changqing.evidence.ledger.memory import Memory
    from changqing.guide.interview import SUBMIT_AFTER
    from changqing.law.compiled import load_shipped

    catalogue = load_shipped()
    write_another_case(
        like,
        folder,
        licence=GivenOptions(catalogue, language).parse_licence(licence),
        submit_on=beijing_day(read_clock()) + SUBMIT_AFTER,
        catalogue=catalogue,
    )
    Memory.open_beside(find_own_key_path()).forget(folder)
    click.echo(_BEGUN_LIKE.say(language))
    return _assess_new_case(folder, catalogue, language=language)


def _go_on(folder: Path, catalogue: Catalogue, *, language: Language) -> int:
    """Ask what is still open of a case that is there, and judge it again."""
    from changqing.cli.new_questions import ask_on

    click.echo(_GOES_ON.say(language))
    try:
        ask_on(folder, catalogue, language)
    except click.Abort:
        click.echo(f"\n{_KEPT.say(language)}")
        click.echo(f"  {spell_command('new', folder)}")
        raise
    return _assess_new_case(folder, catalogue, language=language)


def _load_begun(folder: Path) -> dict[str, str]:
    """What was answered before the person left; nothing where it cannot be read."""
    try:
        saved = json.loads((folder / _BEGUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(saved, dict):
        return {}
    return {str(name): str(answer) for name, answer in saved.items()}


def _keep_begun(folder: Path, answers: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(dict(answers), ensure_ascii=False, indent=1)
    write_plain(folder / _BEGUN_FILE, text.encode(), inside=folder)


def _assess_new_case(folder: Path, catalogue: Catalogue, *, language: Language) -> int:
    from changqing.judge.assess import find_judge
    from changqing.report.html import render_report
    from changqing.report.terminal import print_summary
    from changqing.run import run

    console = open_terminal()
    outcome = run(
        folder,
        judge=find_judge(catalogue),
        clock=read_clock,
        key=find_own_key_path(),
        offline=True,
    )
    target = folder / "report.html"
    page = render_report(outcome.report, language)
    write_plain(target, page.encode(), inside=folder)
    print_summary(outcome.report, console, language, paths=(target,))
    console.print(
        Text(
            zh=f"项目写在{folder}/case.yaml，每一项都有说明。补上材料后运行：",
            en=f"The case is in {folder}/case.yaml, with notes on every field. "
            "Add papers, then run:",
        ).say(language)
    )
    console.print(f"  {spell_command('assess', folder)}", soft_wrap=True)
    if count := len(outcome.report.questions):
        console.print(
            Text(
                zh=f"还有{count}个问题，材料里没有的接着答（随时可停，答过的都在）：",
                en=f"{count} questions are left; go on where no paper tells "
                "(answers are kept, stop at any time):",
            ).say(language)
        )
        console.print(f"  {spell_command('new', folder)}", soft_wrap=True)
    return READY if outcome.ready_and_shown else NOT_YET


_BEGUN_FILE = ".new.json"
_BEGUN = Text(
    zh="接着上次的往下答。填<可以回到上一题",
    en="Going on where you left off. < goes back to the question before",
)
_GOES_ON = Text(
    zh="这里已有项目。接着问还没有答的；已经写下的不动，填<可以回到上一题",
    en="There is a case here. What is open is asked; what is there stays. < goes back",
)
_KEPT = Text(
    zh="已经答的都存下了。接着答：",
    en="What was answered is kept. To go on:",
)
_EXISTS = Text(
    zh="这里已经有一个项目，没有改动它。换一个文件夹名再试",
    en="there is a case here already, left as it is; choose another folder",
)
_TOGETHER = Text(
    zh="--like和--licence要一起写，不同--from一起写",
    en="--like and --licence go together, and not with --from",
)
_BEGUN_LIKE = Text(
    zh="公司、人员、网站和材料都带过来了；材料要在这里再读一遍：changqing read。",
    en="Company, people, sites and papers came along; papers are read again here: "
    "changqing read.",
)
