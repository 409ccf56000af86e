"""`changqing catalogue`: check, list and document what is asked."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from changqing.cli.given import choose_day
from changqing.cli.shared import (
    READY,
    as_of_option,
    json_option,
    language_option,
    print_json,
    say_help,
    working,
)
from changqing.errors import CaseError, CatalogueError, Issue
from changqing.text import Language, Text


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.group(
        "catalogue",
        help=say_help(
            language,
            "判据目录：检查、列出、生成参考页。",
            "Check, list, document rules.",
        ),
    )
    def catalogue() -> None:
        pass

    @catalogue.command(
        "check",
        help=say_help(
            language,
            "检查目录：引用、类型、日期，并在两个引擎上跑完所有示例。",
            "Check references, types and dates; run all examples on both engines.",
        ),
    )
    @click.option(
        "--root",
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(
            language,
            "另一份目录的文件夹；不写检查自带的。",
            "The folder of another catalogue; without it the one that is built in.",
        ),
    )
    @language_option(language)
    def check(root: Path | None, lang: str | None) -> int:
        return _check_catalogue(root, language=language)

    @catalogue.command(
        "list", help=say_help(language, "列出判据。", "List the criteria.")
    )
    @language_option(language)
    def list_(lang: str | None) -> int:
        return _list_criteria(language=language)

    @catalogue.command(
        "coverage",
        help=say_help(
            language,
            "统计目录覆盖了什么、没有用到什么、没人读过什么。",
            "Count what the catalogue covers, does not use, and nobody has read.",
        ),
    )
    @json_option(language)
    @language_option(language)
    def coverage(*, as_json: bool, lang: str | None) -> int:
        return _print_coverage(as_json=as_json, language=language)

    @catalogue.command(
        "diff",
        help=say_help(
            language,
            "两个日子之间法规变了什么，涉及哪些判据、程序、材料和参数。",
            "What changed in law between two days, and which criteria, procedures, "
            "materials and parameters it touches.",
        ),
    )
    @click.option(
        "--from",
        "start",
        required=True,
        type=click.DateTime(["%Y-%m-%d"]),
        help=say_help(language, "较早的一天。", "The earlier day."),
    )
    @click.option(
        "--to",
        "end",
        required=True,
        type=click.DateTime(["%Y-%m-%d"]),
        help=say_help(language, "较晚的一天。", "The later day."),
    )
    @json_option(language)
    @language_option(language)
    def diff(*, start: datetime, end: datetime, as_json: bool, lang: str | None) -> int:
        return _print_diff(start.date(), end.date(), as_json=as_json, language=language)

    @catalogue.command(
        "read",
        help=say_help(
            language,
            "读一份存下来的法规正文（文本或网页），逐条说它证实了目录里的哪些说法、"
            "与哪些不符。",
            "Read a saved text of a law (plain text or a page) and show, article by "
            "article, which statements of the catalogue it confirms or contradicts.",
        ),
    )
    @click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
    @click.option(
        "--instrument",
        help=say_help(
            language,
            "它是目录中的哪一份，如permit_measures；不写按标题认。",
            "Which instrument it is, such as permit_measures; else by its title.",
        ),
    )
    @as_of_option(language, "按这一天的说法。", "The statements of this day.")
    @json_option(language)
    @language_option(language)
    def read(
        *,
        file: Path,
        instrument: str | None,
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        return _read_law_text(
            file, instrument, on=choose_day(as_of), as_json=as_json, language=language
        )

    @catalogue.command(
        "reference",
        help=say_help(language, "生成参考页。", "Write the reference pages."),
    )
    @click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
    @click.option(
        "--check",
        "only_check",
        is_flag=True,
        help=say_help(language, "只比对，不写入。", "Compare only, write nothing."),
    )
    @language_option(language)
    def reference(*, folder: Path, only_check: bool, lang: str | None) -> int:
        return _write_reference(folder, only_check=only_check, language=language)


def _check_catalogue(root: Path | None, *, language: Language) -> int:
    from changqing.guide.procedure_check import check_procedures
    from changqing.law.check import check

    with working(say_help(language, "正在检查目录……", "Checking the catalogue…")):
        checked = check(root)
        if checked.issues or checked.catalogue is None:
            raise CatalogueError(*checked.issues)
        catalogue = checked.catalogue
        wrong = check_procedures(catalogue, root=root)
    if wrong:
        raise CatalogueError(*wrong)
    dates = sum(len(procedure.examples) for procedure in catalogue.procedures.values())
    click.echo(
        Text(
            zh=f"目录{catalogue.edition}版：{len(catalogue.criteria)}项判据、"
            f"{len(catalogue.facts)}个事实，{checked.examples}个示例在"
            f"{'、'.join(checked.engines)}上全部成立；{len(catalogue.procedures)}项程序的"
            f"{dates}个日期示例成立。",
            en=f"Catalogue {catalogue.edition}: {len(catalogue.criteria)} criteria, "
            f"{len(catalogue.facts)} facts; {checked.examples} examples hold on "
            f"{', '.join(checked.engines)}; {dates} examples of "
            f"{len(catalogue.procedures)} procedures hold.",
        ).say(language)
    )
    return READY


def _list_criteria(*, language: Language) -> int:
    from changqing.law.compiled import load_compiled
    from changqing.law.reference import write_listing

    click.echo(write_listing(load_compiled(), language))
    return READY


def _print_coverage(*, as_json: bool, language: Language) -> int:
    from changqing.cli.coverage import as_data, show
    from changqing.law.compiled import load_compiled
    from changqing.law.coverage import count_coverage

    catalogue = load_compiled()
    counted = count_coverage(catalogue)
    if as_json:
        print_json(as_data(counted))
    else:
        show(counted, catalogue, language)
    return READY


def _print_diff(start: date, end: date, *, as_json: bool, language: Language) -> int:
    from changqing.cli.diff import make_diff_data, show_diff
    from changqing.law.compiled import load_compiled
    from changqing.law.diff import compute_changes

    catalogue = load_compiled()
    changes = compute_changes(catalogue, start=start, end=end)
    if as_json:
        data = make_diff_data(
            catalogue, changes, start=start, end=end, language=language
        )
        print_json(data)
    else:
        show_diff(catalogue, changes, start=start, end=end, language=language)
    return READY


def _read_law_text(
    file: Path, instrument: str | None, *, on: date, as_json: bool, language: Language
) -> int:
    from changqing.cli.law_text import make_law_text_data, show_law_text
    from changqing.law.compiled import load_compiled
    from changqing.law.read_text import (
        decode_text,
        extract_text,
        find_instrument,
        read_law,
    )
    from changqing.yamlfile.suggest import suggest_word

    catalogue = load_compiled()
    try:
        content = file.read_bytes()
        text = _read_word_text(content) or extract_text(decode_text(content))
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(
            Issue(text=_UNREADABLE, path=str(file), hint=_SAVE_AS_TEXT)
        ) from error
    instrument_id = instrument or find_instrument(catalogue, text)
    if instrument_id is None or instrument_id not in catalogue.instruments:
        hint = (
            None
            if instrument_id is None
            else suggest_word(instrument_id, catalogue.instruments)
        )
        raise CaseError(
            Issue(text=_WHICH_LAW, path=str(file), hint=hint or _SAY_INSTRUMENT)
        )
    text_read = read_law(catalogue, instrument_id, text, on=on)
    if not text_read.articles:
        raise CaseError(Issue(text=_NO_ARTICLES, path=str(file), hint=_SAVE_AS_TEXT))
    if as_json:
        print_json(make_law_text_data(catalogue, text_read, language))
    else:
        show_law_text(catalogue, text_read, language)
    return READY


def _read_word_text(content: bytes) -> str | None:
    """The paragraphs of a Word document, as the national database gives laws out."""
    if not content.startswith(b"PK"):
        return None
    try:
        from changqing.readers.package import DAMAGED, open_package
        from changqing.readers.word import read_word
    except ImportError:  # the extra that reads papers is not installed
        return None
    try:
        with open_package(content):  # refuses what would unpack to too much
            return "\n".join(span.text for span in read_word(content).spans)
    except DAMAGED:  # a zip, and no Word document
        return None


_UNREADABLE = Text("读不出文字", "no words can be read from it")
_SAVE_AS_TEXT = Text(
    "请把正文另存为UTF-8的文本、网页或者Word文档（docx）",
    "save the text as plain text or a page in UTF-8, or as a Word document (docx)",
)
_WHICH_LAW = Text("认不出是目录里的哪份法规", "it is no instrument of the catalogue")
_SAY_INSTRUMENT = Text(
    "请用--instrument写明，名称见参考页instruments.md",
    "say it with --instrument; the names stand on the page instruments.md",
)
_NO_ARTICLES = Text("文中没有“第…条”", "it has no articles 第…条")


def _write_reference(folder: Path, *, only_check: bool, language: Language) -> int:
    """Write the pages into a folder for each language, or say which are not so."""
    from changqing.law.load import load
    from changqing.law.reference import write_reference

    with working(say_help(language, "正在生成参考页……", "Making the reference pages…")):
        catalogue = load()
        pages = {
            folder / written_in.value / name: page
            for written_in in Language
            for name, page in write_reference(catalogue, written_in).items()
        }
    if only_check:
        stale = [
            target
            for target, page in pages.items()
            if not target.exists() or target.read_text(encoding="utf-8") != page
        ]
        if stale:
            raise CatalogueError(
                *(Issue(text=_STALE, path=str(path)) for path in stale)
            )
        return READY
    for target, page in pages.items():
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(page, encoding="utf-8")
        except OSError as error:
            raise CatalogueError(Issue(text=_UNWRITABLE, path=str(target))) from error
    return READY


_UNWRITABLE = Text(
    zh="参考页写不进这里，换一个文件夹",
    en="this page cannot be written here; choose another folder",
)
_STALE = Text(
    zh="参考页不是最新的，运行make docs",
    en="this reference page is out of date; run make docs",
)
