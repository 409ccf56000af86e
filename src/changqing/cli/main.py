"""The command line: a thin skin that reads arguments, calls, and prints.

Exit codes: 0 ready and shown; 1 anything else assessed; 2 wrong usage or a bad file;
3 could not finish, or unforeseen; 4 evidence tampered with.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from changqing import __version__
from changqing.cli.help_page import TranslatedGroup
from changqing.cli.orders import replace_controls
from changqing.cli.shared import (
    MISUSED,
    READY,
    UNFINISHED,
    language_option,
    say_help,
)
from changqing.errors import ChangqingError, find_exit_code
from changqing.text import Language, Text

COMMANDS: Final = (
    "assess",
    "outlook",
    "read",
    "look",
    "issuer",
    "history",
    "case",
    "dossier",
    "watch",
    "board",
    "clients",
    "register",
    "notices",
    "seal",
    "verify",
    "relook",
    "new",
    "probe",
    "ask",
    "classify",
    "licence",
    "materials",
    "procedure",
    "catalogue",
    "rehearse",
    "serve",
    "mcp",
)
"""The modules of this package that `add` commands."""

_SECTIONS: Final = (
    (
        Text("先用这五条", "Begin with these five"),
        ("new", "read", "assess", "dossier", "case"),
    ),
    (
        Text(
            "一个项目：去查看，往后看，有事通知", "One case: look, ahead, and be told"
        ),
        ("look", "issuer", "probe", "outlook", "history", "watch", "notices"),
    ),
    (
        Text("交给别人核验", "For others to check"),
        ("seal", "verify", "relook", "accept", "rotate-key"),
    ),
    (
        Text("查规定", "Look up the rules"),
        ("ask", "classify", "licence", "materials", "procedure", "catalogue"),
    ),
    (
        Text("许多项目，网页，演练", "Many cases, the web, a rehearsal"),
        ("board", "clients", "register", "screen", "serve", "mcp", "rehearse"),
    ),
)
"""What `--help` lists, in the order in which somebody comes to need it."""
_ADDED_BESIDE: Final = {
    "accept": "seal",
    "rotate-key": "seal",
    "screen": "register",
}
"""Commands that another module adds than the one of their name."""


class _Program(TranslatedGroup):
    """All commands; a module is imported when a command of it is asked for."""

    group_class = TranslatedGroup  # a group below has only the commands added to it

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return sorted((*COMMANDS, *_ADDED_BESIDE))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command by its name; None where there is none of it."""
        module = _ADDED_BESIDE.get(cmd_name, cmd_name)
        if cmd_name not in self.commands and module in COMMANDS:
            import_module(f"changqing.cli.{module}").add(self, self.language)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed; NoSuchCommand names those near it."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as wrong:
            raise click.NoSuchCommand(
                wrong.command_name, possibilities=self.list_commands(ctx), ctx=ctx
            ) from wrong


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `changqing`, and end the process with the right exit code."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    language = choose_language(typed, os.environ)
    try:
        code = _make_group(language).main(
            args=typed, prog_name="changqing", standalone_mode=False
        )
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        _print_complaint(_STOPPED.say(language))
        code = UNFINISHED
    except click.exceptions.NoArgsIsHelpError as bare:
        _print_complaint(bare.format_message())
        code = MISUSED
    except click.ClickException as wrong:
        _print_complaint(_word_usage(wrong, language))
        code = MISUSED
    except ChangqingError as error:
        for line in error.lines(language):
            _print_complaint(line)
        code = find_exit_code(error)
    except ModuleNotFoundError as error:
        code = _complain_of_missing(error, language)
    except Exception as error:  # noqa: BLE001 - the outermost shell
        _print_complaint(_word_unforeseen(error).say(language))
        code = UNFINISHED
    sys.exit(code if isinstance(code, int) else READY)


def choose_language(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> Language:
    """Choose `--lang`, else the locale, else Chinese."""
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


def _make_group(language: Language) -> click.Group:
    """All commands, their help in one language."""

    @click.group(
        name="changqing",
        cls=_Program,
        language=language,
        sections=_SECTIONS,
        help=say_help(
            language,
            "长青：这项服务能不能长期做下去，拿得出证据吗？",
            "Changqing: can this service last, and can you prove it?",
        ),
    )
    @click.version_option(
        __version__,
        message="changqing %(version)s",
        help=say_help(language, "显示版本。", "Show the version."),
    )
    @language_option(language)
    def changqing(lang: str | None) -> None:
        pass

    return changqing


def _print_complaint(message: str) -> None:
    """Show what is wrong; a name in it gives a terminal no orders."""
    click.echo(replace_controls(message), err=True)


def _complain_of_missing(error: ModuleNotFoundError, language: Language) -> int:
    """Name the extra that installs what a command lacks; a fault of ours otherwise."""
    package = (error.name or "").partition(".")[0]
    extra = EXTRAS.get(package)
    if extra is None:
        _print_complaint(_word_unforeseen(error).say(language))
        return UNFINISHED
    _print_complaint(
        Text(
            zh=f"这条命令要用{package}，还没有安装。请安装："
            f"pip install 'changqing[{extra}]'",
            en=f"this command needs {package}, which is not installed: "
            f"pip install 'changqing[{extra}]'",
        ).say(language)
    )
    return MISUSED


def _word_usage(wrong: click.ClickException, language: Language) -> str:
    """What is wrong with the arguments, and where help is."""
    context = getattr(wrong, "ctx", None)
    command = "changqing" if context is None else context.command_path
    reason: Text
    match wrong:
        case click.NoSuchCommand():
            near = wrong.possibilities or ()
            reason = Text(
                zh=f"没有命令{wrong.command_name}"
                + (f"，最接近的是{'、'.join(near)}" if near else ""),
                en=f"there is no command {wrong.command_name}"
                + (f"; the nearest is {', '.join(near)}" if near else ""),
            )
        case click.NoSuchOption():
            reason = Text(
                zh=f"没有选项{wrong.option_name}",
                en=f"there is no option {wrong.option_name}",
            )
        case click.MissingParameter():
            name = _name_parameter(wrong.param)
            reason = Text(zh=f"还缺{name.zh}", en=f"{name.en} is missing")
        case click.BadParameter() if (missing := _find_missing_path(wrong)) is not None:
            reason = Text(
                zh=f"没有{missing}这个文件或文件夹，查一查名字和所在的位置",
                en=f"there is no file or folder {missing}; check its name and place",
            )
        case click.BadParameter():
            name, expected = _name_parameter(wrong.param), _say_expected(wrong)
            reason = Text(
                zh=f"{name.zh}的写法不对（{expected.zh}）",
                en=f"{name.en} is wrong ({expected.en})",
            )
        case click.BadOptionUsage():
            takes_none = "does not take" in wrong.message
            reason = Text(
                zh=f"选项{wrong.option_name}"
                + ("后面不写值" if takes_none else "后面还缺值"),
                en=wrong.format_message(),
            )
        case _ if (extra := _EXTRA.search(wrong.message)) is not None:
            reason = Text(
                zh=f"命令写得不对，多了{extra[1]}", en=f"too much was typed: {extra[1]}"
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


def _find_missing_path(wrong: click.BadParameter) -> str | None:
    """Find the file or folder that was named and is not there."""
    is_path = wrong.param is not None and isinstance(wrong.param.type, click.Path)
    quoted = _QUOTED.search(wrong.message) if is_path else None
    return None if quoted is None or Path(quoted[1]).exists() else quoted[1]


def _name_parameter(parameter: click.Parameter | None) -> Text:
    """An option as it is typed, an argument as `--help` shows it."""
    if isinstance(parameter, click.Option):
        return Text(zh=f"选项{parameter.opts[0]}", en=f"option {parameter.opts[0]}")
    name = "" if parameter is None else (parameter.name or "").upper()
    return Text(zh=f"参数{name}", en=f"argument {name}")


def _say_expected(wrong: click.BadParameter) -> Text:
    """Say what should have been typed; click's own words where we know no better."""
    match None if wrong.param is None else wrong.param.type:
        case click.DateTime():
            return Text(
                zh="应为日期，如2027-05-01，年份不早于1900、不晚于2199",
                en="write a day such as 2027-05-01, from 1900 to 2199",
            )
        case click.ParamType() as choice_type if choices := getattr(
            choice_type, "choices", ()
        ):
            names = [str(choice) for choice in choices]
            return Text(
                zh=f"可以写：{'、'.join(names)}", en=f"write one of {', '.join(names)}"
            )
        case click.IntRange(min=int(least), max=int(most)):
            return Text(
                zh=f"应为{least}到{most}的整数",
                en=f"write a whole number from {least} to {most}",
            )
        case click.IntRange(min=int(least)):
            return Text(
                zh=f"应为整数，不小于{least}",
                en=f"write a whole number of {least} or more",
            )
        case click.types.IntParamType():
            return Text(zh="应为整数", en="write a whole number")
        case click.Path() if (quoted := _QUOTED.search(wrong.message)) is not None:
            path = quoted[1]
            if Path(path).exists() and not os.access(path, os.R_OK):
                return Text(
                    zh=f"{path}读不出，检查权限",
                    en=f"{path} cannot be read; check its permissions",
                )
            if Path(path).is_dir():
                return Text(zh=f"{path}是文件夹", en=f"{path} is a folder")
            if Path(path).is_file():
                return Text(zh=f"{path}是文件，不是文件夹", en=f"{path} is no folder")
            return Text(zh=wrong.message, en=wrong.message)
        case _:
            return Text(zh=wrong.message, en=wrong.message)


def _word_unforeseen(error: Exception) -> Text:
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


EXTRAS: Final[Mapping[str, str]] = {
    "PIL": "papers",
    "aiodns": "look",
    "aiohttp": "look",
    "allauth": "oidc",
    "cv2": "papers",
    "django": "web",
    "dns": "look",
    "docx": "papers",
    "feedparser": "look",
    "htmldate": "look",
    "httptools": "look",
    "httpx2": "mcp",
    "huey": "watch",
    "icalendar": "watch",
    "jwt": "oidc",
    "markdown_it": "documents",
    "mcp": "mcp",
    "numpy": "papers",
    "onnxruntime": "papers",
    "openpyxl": "office",
    "playwright": "screenshot",
    "polars": "bulk",
    "protego": "look",
    "pycares": "look",
    "pypandoc": "documents",
    "pypdf": "papers",
    "pypdfium2": "papers",
    "pyspark": "spark",
    "rapidocr": "papers",
    "ray": "ray",
    "requests": "oidc",
    "rfc3161_client": "seal",
    "selectolax": "look",
    "typst": "documents",
    "uvloop": "look",
    "warcio": "look",
    "whois": "look",
    "yarl": "look",
    "zxingcpp": "papers",
}
"""By which extra a package is installed that some commands alone import."""
_QUOTED: Final = re.compile(r"'(.+)'")
_EXTRA: Final = re.compile(r"unexpected extra arguments? \((.*)\)", re.DOTALL)
"""Click has no class of its own for what was typed beyond its arguments."""
_STOPPED = Text(
    zh="已中止，已记录的证据没有丢失。", en="Stopped; nothing recorded is lost."
)
