"""The command line: a thin skin that reads arguments, calls, and prints.

Exit codes: 0 ready and shown; 1 anything else assessed; 2 wrong usage or a bad file;
3 could not finish, or unforeseen; 4 evidence tampered with.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click
from rich.console import Console

from changqing import __version__
from changqing.errors import CaseError, CatalogueError, ChangqingError, Issue
from changqing.text import Language, Text

READY, NOT_YET, MISUSED, UNFINISHED = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of `changqing`; ends the process with the right exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    language = language_of(given, os.environ)
    try:
        code = _group(language).main(
            args=given, prog_name="changqing", standalone_mode=False
        )
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except click.Abort:
        _complain(_STOPPED.say(language))
        code = UNFINISHED
    except click.exceptions.NoArgsIsHelpError as bare:
        _complain(bare.format_message())
        code = MISUSED
    except click.ClickException as wrong:
        _complain(_usage(wrong, language))
        code = MISUSED
    except ChangqingError as error:
        for line in error.lines(language):
            _complain(line)
        code = error.exit_code
    except Exception as error:  # noqa: BLE001 - the outermost shell
        _complain(_unforeseen(error).say(language))
        code = UNFINISHED
    sys.exit(code if isinstance(code, int) else READY)


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """`--lang`, else the locale, else Chinese."""
    for place, argument in enumerate(arguments):
        value = None
        if argument == "--lang" and place + 1 < len(arguments):
            value = arguments[place + 1]
        elif argument.startswith("--lang="):
            value = argument.removeprefix("--lang=")
        if value in {language.value for language in Language}:
            return Language(value)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        locale = environment.get(name, "")
        if locale:
            return Language.EN if locale.lower().startswith("en") else Language.ZH
    return Language.ZH


def _group(language: Language) -> click.Group:
    """All commands, their help in one language."""
    from changqing.dossier import TOPICS

    def said(zh: str, en: str) -> str:
        return Text(zh=zh, en=en).say(language)

    lang = click.option(
        "--lang",
        type=click.Choice([each.value for each in Language]),
        help=said("输出语言。", "Language of the output."),
    )

    @click.group(
        name="changqing",
        help=said(
            "长青：这项服务能不能长期做下去，拿得出凭据吗？",
            "Changqing: can this service last, and can you prove it?",
        ),
    )
    @click.version_option(__version__, message="changqing %(version)s")
    @lang
    def changqing(lang: str | None) -> None:
        pass

    @changqing.command(
        "assess",
        help=said(
            "评估一个案件文件夹：先查看网站，再逐项判断，写出报告。",
            "Assess a case folder: look at its site, judge, write the report.",
        ),
    )
    @click.argument("case", type=click.Path(path_type=Path))
    @click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        help=said(
            "按这一天评估；不查看网站，不写入证据。",
            "Assess as of this day; looks at nothing, writes no evidence.",
        ),
    )
    @click.option(
        "--offline",
        is_flag=True,
        help=said("不查看网站，不写入证据。", "Look at nothing, write no evidence."),
    )
    @click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=said("以JSON输出全部结论。", "Print everything as JSON."),
    )
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help=said(
            "报告写到这个文件夹，默认写到案件文件夹。",
            "Write the report into this folder instead of the case folder.",
        ),
    )
    @click.option(
        "--about",
        type=click.Choice(TOPICS),
        help=said(
            "只看一个方面：逐条给出结论、来源和办法。",
            "Show one topic only: each verdict, its sources, what to do.",
        ),
    )
    @lang
    def assess(
        *,
        case: Path,
        as_of: datetime | None,
        offline: bool,
        as_json: bool,
        out: Path | None,
        about: str | None,
        lang: str | None,
    ) -> int:
        return _assess(
            case,
            as_of=None if as_of is None else as_of.date(),
            offline=offline,
            as_json=as_json,
            out=out,
            about=about,
            language=language,
        )

    @changqing.command(
        "new",
        help=said(
            "回答十二个问题，三分钟得到第一份结论，并写出case.yaml。",
            "Answer twelve questions, get a first verdict, write case.yaml.",
        ),
    )
    @click.argument("folder", type=click.Path(path_type=Path), default="my-case")
    @lang
    def new(folder: Path, lang: str | None) -> int:
        return _new(folder, language=language)

    @changqing.command(
        "rehearse",
        help=said(
            "在本机演练三个虚构案例：起站、查看、评估、出报告，然后自行结束。",
            "Rehearse three fictional cases on this machine, then end.",
        ),
    )
    @click.option(
        "--examples",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        default="examples",
        show_default=True,
        help=said("案例文件夹。", "Folder of the examples."),
    )
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        default="build/rehearsal",
        show_default=True,
        help=said("副本和报告写到这里。", "Copies and reports go here."),
    )
    @lang
    def rehearse(examples: Path, out: Path, lang: str | None) -> int:
        return _rehearse(examples, out, language=language)

    @changqing.group(
        "catalogue",
        help=said("判据目录：检查、列出、生成参考页。", "Check, list, document rules."),
    )
    def catalogue() -> None:
        pass

    @catalogue.command(
        "check",
        help=said(
            "检查目录：引用、类型、日期，并在两个引擎上跑完所有示例。",
            "Check references, types and dates; run all examples on both engines.",
        ),
    )
    @click.option("--root", type=click.Path(path_type=Path, file_okay=False))
    @lang
    def check(root: Path | None, lang: str | None) -> int:
        return _catalogue_check(root, language=language)

    @catalogue.command("list", help=said("列出判据。", "List the criteria."))
    @lang
    def list_(lang: str | None) -> int:
        return _catalogue_list(language=language)

    @catalogue.command(
        "reference", help=said("生成参考页。", "Write the reference pages.")
    )
    @click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
    @click.option(
        "--check",
        "only_check",
        is_flag=True,
        help=said("只比对，不写入。", "Compare only, write nothing."),
    )
    def reference(*, folder: Path, only_check: bool) -> int:
        return _catalogue_reference(folder, only_check=only_check)

    return changqing


def _assess(
    folder: Path,
    *,
    as_of: date | None,
    offline: bool,
    as_json: bool,
    out: Path | None,
    about: str | None,
    language: Language,
) -> int:
    from changqing.assessment import Judge
    from changqing.catalogue import load_compiled
    from changqing.dossier import print_summary, print_topic, render_report
    from changqing.evidence import default_key_path
    from changqing.run import run

    console = _console()
    notes = Console(stderr=True, highlight=False, emoji=False) if as_json else console
    outcome = run(
        folder,
        judge=Judge(load_compiled()),
        clock=_now,
        key=default_key_path(os.environ, Path.home()),
        as_of=as_of,
        offline=offline,
        progress=lambda step: notes.print(step.say(language), style="dim"),
    )
    for path in outcome.changed_papers:
        notes.print(
            Text(
                zh=f"{path}与存证时不同：这份材料的凭据按现在的文件算，尚未存证。"
                "改回原件，或不带--offline和--as-of再评估一次，把新的存下来。",
                en=f"{path} is not what was recorded: what it proves is taken from the "
                "file as it is now, and not recorded yet. Put the original back, or "
                "assess without --offline and --as-of to record the new one.",
            ).say(language)
        )
    target = (folder if out is None else out) / "report.html"
    page = render_report(outcome.document, language)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CaseError(Issue(text=_UNWRITABLE, path=str(target))) from error
    if as_json:
        click.echo(json.dumps(outcome.document, ensure_ascii=False, indent=2))
    elif about is not None:
        print_topic(outcome.document, console, language, topic=about)
    else:
        print_summary(outcome.document, console, language, report=target)
    return READY if outcome.ready_and_shown else NOT_YET


def _new(folder: Path, *, language: Language) -> int:
    from changqing.assessment import Judge
    from changqing.catalogue import load_compiled
    from changqing.dossier import print_summary, render_report
    from changqing.evidence import default_key_path
    from changqing.guide import interview, write_case
    from changqing.run import run

    catalogue = load_compiled()
    console = _console()
    if (folder / "case.yaml").exists():
        raise CaseError(Issue(text=_EXISTS, path=str(folder / "case.yaml")))
    now = _now()
    answers = interview(catalogue, language, now=now, ask=_ask, tell=click.echo)
    write_case(folder, answers, catalogue, now=now, language=language)
    outcome = run(
        folder,
        judge=Judge(catalogue),
        clock=_now,
        key=default_key_path(os.environ, Path.home()),
        offline=True,
    )
    target = folder / "report.html"
    target.write_text(render_report(outcome.document, language), encoding="utf-8")
    print_summary(outcome.document, console, language, report=target)
    console.print(
        Text(
            zh=f"案件写在{folder}/case.yaml，每一项都有说明。补上材料后运行："
            f"{_program()} assess {folder}",
            en=f"The case is in {folder}/case.yaml, with notes on every field. "
            f"Add papers, then run: {_program()} assess {folder}",
        ).say(language)
    )
    return READY if outcome.ready_and_shown else NOT_YET


def _rehearse(examples: Path, out: Path, *, language: Language) -> int:
    from changqing.assessment import Judge
    from changqing.catalogue import load_compiled
    from changqing.rehearsal import rehearse

    rehearse(
        examples,
        out,
        judge=Judge(load_compiled()),
        clock=_now,
        console=_console(),
        language=language,
        program=_program(),
    )
    return READY


def _catalogue_check(root: Path | None, *, language: Language) -> int:
    from changqing.catalogue import check

    checked = check(root)
    if checked.issues or checked.catalogue is None:
        raise CatalogueError(*checked.issues)
    catalogue = checked.catalogue
    click.echo(
        Text(
            zh=f"目录{catalogue.edition}版：{len(catalogue.criteria)}项判据、"
            f"{len(catalogue.facts)}个事实，{checked.examples}个示例在"
            f"{'、'.join(checked.engines)}上全部成立。",
            en=f"Catalogue {catalogue.edition}: {len(catalogue.criteria)} criteria, "
            f"{len(catalogue.facts)} facts; {checked.examples} examples hold on "
            f"{', '.join(checked.engines)}.",
        ).say(language)
    )
    return READY


def _catalogue_list(*, language: Language) -> int:
    from changqing.catalogue import listing, load_compiled

    click.echo(listing(load_compiled(), language))
    return READY


def _catalogue_reference(folder: Path, *, only_check: bool) -> int:
    """Write the pages into a folder for each language, or say which are not so."""
    from changqing.catalogue import load, reference

    catalogue = load()
    pages = {
        folder / language.value / name: page
        for language in Language
        for name, page in reference(catalogue, language).items()
    }
    if only_check:
        stale = [
            target
            for target, page in pages.items()
            if not target.exists() or target.read_text(encoding="utf-8") != page
        ]
        if stale:
            raise CatalogueError(*(Issue(text=_STALE, path=str(one)) for one in stale))
        return READY
    for target, page in pages.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page, encoding="utf-8")
    return READY


def _console() -> Console:
    return Console(highlight=False, emoji=False)


def _program() -> str:
    """How this program was called, so that the next command can be typed as printed."""
    called, here = Path(sys.argv[0]), Path.cwd()
    if called.name != "changqing":
        return "changqing"
    return str(called.relative_to(here) if called.is_relative_to(here) else called)


def _now() -> datetime:
    return datetime.now(UTC)


def _ask(question: str) -> str:
    return str(click.prompt(question, default="", show_default=False))


def _complain(message: str) -> None:
    click.echo(message, err=True)


def _usage(wrong: click.ClickException, language: Language) -> str:
    """What is wrong with the arguments, and where help is."""
    context = getattr(wrong, "ctx", None)
    command = "changqing" if context is None else context.command_path
    reason: Text
    match wrong:
        case click.NoSuchOption():
            reason = Text(
                zh=f"没有选项{wrong.option_name}",
                en=f"there is no option {wrong.option_name}",
            )
        case click.MissingParameter():
            name = "" if wrong.param is None else (wrong.param.name or "").upper()
            reason = Text(zh=f"还缺参数{name}", en=f"argument {name} is missing")
        case click.BadParameter():
            name = "" if wrong.param is None else (wrong.param.name or "").upper()
            reason = Text(
                zh=f"参数{name}的写法不对（{wrong.message}）",
                en=f"argument {name} is wrong ({wrong.message})",
            )
        case _:
            reason = Text(
                zh=f"命令写得不对（{wrong.format_message()}）",
                en=wrong.format_message(),
            )
    return Text(
        zh=f"{reason.zh}。用法见：{command} --help",
        en=f"{reason.en}. For usage: {command} --help",
    ).say(language)


def _unforeseen(error: Exception) -> Text:
    """A fault of ours: say where its details are, show no traceback."""
    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    trace = folder / "changqing" / "last-fault.txt"
    try:
        trace.parent.mkdir(parents=True, exist_ok=True)
        trace.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return Text(
            zh=f"遇到没有料到的情况：{type(error).__name__}。已记录的证据没有丢失。",
            en=f"Unforeseen: {type(error).__name__}. Nothing recorded is lost.",
        )
    return Text(
        zh=f"遇到没有料到的情况，已记录的证据没有丢失。请把{trace}发给维护者。",
        en=f"Unforeseen; nothing recorded is lost. Please send {trace} to us.",
    )


_STOPPED = Text(
    zh="已中止，已记录的证据没有丢失。", en="Stopped; nothing recorded is lost."
)
_EXISTS = Text(
    zh="这里已经有一个案件，没有改动它。换一个文件夹名再试",
    en="there is a case here already, left as it is; choose another folder",
)
_UNWRITABLE = Text(
    zh="报告写不进这里，用--out换一个文件夹",
    en="the report cannot be written here; choose another folder with --out",
)
_STALE = Text(
    zh="参考页不是最新的，运行make docs",
    en="this reference page is out of date; run make docs",
)
