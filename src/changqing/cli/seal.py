"""`changqing seal`: one file that others can check."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from changqing.cli.shared import (
    NOT_YET,
    READY,
    as_of_option,
    find_own_key_path,
    language_option,
    program,
    read_clock,
    say_help,
)
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.run import Outcome
    from changqing.sealing.bundle import Sealed


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "seal",
        help=say_help(
            language,
            "把项目的记录、规则和结论封成一个文件，别人不装任何东西就能核验。"
            "先把项目文件夹里新写的记进证据日志，再封存。",
            "Seal the records, rules and verdicts of a case into one file that others "
            "can check with nothing installed. What is new in the folder is recorded "
            "first.",
        ),
    )
    @click.argument("case", type=click.Path(path_type=Path))
    @click.option(
        "-o",
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        help=say_help(language, "写到这个文件。", "Write this file."),
    )
    @click.option(
        "--digest",
        "digest_only",
        is_flag=True,
        help=say_help(
            language,
            "只记下结论，打印应印在承诺书上的摘要，不封存。",
            "Only record the verdicts and print the digest for the undertaking.",
        ),
    )
    @click.option(
        "--documents",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help=say_help(
            language,
            "一并封入这个文件夹里的文书；默认是项目的dossier/out。",
            "Seal the documents of this folder too; by default CASE/dossier/out.",
        ),
    )
    @click.option(
        "--time-authority",
        envvar="CHANGQING_TIME_AUTHORITY",
        metavar="URL",
        help=say_help(
            language,
            "向这个时间戳机构（RFC 3161）要时间戳。",
            "Ask this time-stamping authority (RFC 3161) for a token.",
        ),
    )
    @click.option(
        "--full",
        is_flag=True,
        help=say_help(
            language,
            "身份证件、劳动合同、社保等个人材料也放进去；默认隐去。",
            "Include identity papers, contracts and insurance; left out by default.",
        ),
    )
    @as_of_option(
        language,
        "按这一天的情况；默认是最后一次记录的那天。",
        "As of this day; by default that of the latest record.",
    )
    @language_option(language)
    def seal(
        *,
        case: Path,
        out: Path | None,
        full: bool,
        digest_only: bool,
        documents: Path | None,
        time_authority: str | None,
        as_of: datetime | None,
        lang: str | None,
    ) -> int:
        if out is None and not digest_only:
            raise click.UsageError(
                say_help(language, "用-o写明封存包的文件", "name the bundle with -o")
            )
        request = _Wanted(
            out=None if digest_only else out,
            full=full,
            documents=documents or case / "dossier" / "out",
            authority=time_authority,
            as_of=None if as_of is None else as_of.date(),
        )
        if request.out is not None and sys.stdin.isatty():
            lacking = _find_left(case, request)
            if lacking is not None and not _ask_whether(lacking, language):
                return NOT_YET
        sealed = _seal_case(
            case,
            request,
            tell=lambda notice: click.echo(notice.say(language), err=digest_only),
            tell_lacking=lambda says: click.echo(says.say(language)),
        )
        result = (
            sealed if isinstance(sealed, str) else _say_sealed(sealed).say(language)
        )
        click.echo(result)
        return READY

    _add_accept(group, language)

    @group.command(
        "rotate-key",
        help=say_help(
            language,
            "换一把新的签名钥匙，由旧的签名交接；旧的留在旁边。",
            "Make a new signing key, named and signed for by the old one, which is "
            "kept beside it.",
        ),
    )
    @language_option(language)
    def rotate(*, lang: str | None) -> int:
        from changqing.evidence.ledger.note import rotate_key

        new = rotate_key(find_own_key_path())
        public = hashlib.sha256(new.make_verifier("key").public).hexdigest()
        click.echo(
            Text(
                zh=f"已换钥匙，旧钥匙签名交接。新指纹 {public}",
                en=f"The key was changed; the old one signed for it. New fingerprint "
                f"{public}",
            ).say(language)
        )
        return READY


def _add_accept(group: click.Group, language: Language) -> None:
    @group.command(
        "accept",
        help=say_help(
            language,
            "认可项目现在的证据日志：本机以前在这个文件夹里见过的不再算数。"
            "恢复了旧备份、从头记录、或别人接手记录之后用；先查清楚是谁换的。",
            "Accept the evidence of a case as it stands: what this machine saw in its "
            "folder before counts no longer. For an older backup that was put back, "
            "evidence begun anew, or a colleague who went on with it; find out first "
            "who changed it.",
        ),
    )
    @click.argument("case", type=click.Path(path_type=Path, file_okay=False))
    @language_option(language)
    def accept(*, case: Path, lang: str | None) -> int:
        from changqing.integrity import accept_case

        accepted = accept_case(case, key=find_own_key_path())
        size = 0 if accepted.verified is None else accepted.verified.size
        click.echo(
            Text(
                zh=f"已认可：这里的证据日志现在有{size}条，以后从这里比起。",
                en=f"Accepted: the evidence here has {size} entries now; it is "
                "compared with these from now on.",
            ).say(language)
        )
        return READY


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What to seal, and where to; without `out` only the digest is wanted."""

    out: Path | None
    full: bool
    documents: Path
    authority: str | None
    as_of: date | None


def _find_left(folder: Path, request: _Wanted) -> Text | None:
    """What is left before the case can be handed in; None where nothing is."""
    from changqing.judge.assess import find_judge
    from changqing.law.compiled import load_compiled
    from changqing.run import run

    outcome = run(
        folder,
        judge=find_judge(load_compiled()),
        clock=read_clock,
        key=find_own_key_path(),
        as_of=request.as_of,
        offline=True,
    )
    return _say_left(outcome)


def _say_left(outcome: Outcome) -> Text | None:
    handing_in = outcome.report.handing_in
    return None if handing_in is None or handing_in.ready else handing_in.says


def _ask_whether(lacking: Text, language: Language) -> bool:
    """Ask a person at a terminal whether an unfinished dossier is to be sealed."""
    click.echo(lacking.say(language))
    question = Text(
        "还没有备齐，仍要封存吗？", "It is not finished. Seal it all the same?"
    )
    return click.confirm(question.say(language), default=False)


def digest_of(folder: Path, as_of: date | None) -> str:
    """Record what is given and judged, and give the digest for the undertaking."""
    request = _Wanted(
        out=None, full=False, documents=folder, authority=None, as_of=as_of
    )
    bound = _seal_case(folder, request)
    return bound if isinstance(bound, str) else bound.bound


def _seal_case(
    folder: Path,
    request: _Wanted,
    *,
    tell: Callable[[Text], None] = lambda _: None,
    tell_lacking: Callable[[Text], None] = lambda _: None,
) -> Sealed | str:
    """Seal, or give the digest alone; `tell_lacking` hears what is still lacking."""
    from changqing.judge.assess import find_judge
    from changqing.law.compiled import load_compiled
    from changqing.seal_case import bind_case, seal_case

    judge = find_judge(load_compiled())
    key = find_own_key_path()
    if request.out is None:
        return bind_case(
            folder,
            judge=judge,
            key=key,
            now=read_clock(),
            as_of=request.as_of,
            notice=tell,
        )
    sealed, outcome = seal_case(
        folder,
        out=request.out,
        judge=judge,
        key=key,
        now=read_clock(),
        as_of=request.as_of,
        full=request.full,
        documents=request.documents,
        stamp=None if request.authority is None else _make_asker(request.authority),
        notice=tell,
    )
    if not sys.stdin.isatty() and (says := _say_left(outcome)) is not None:
        tell_lacking(says)
    return sealed


def _make_asker(url: str) -> Callable[[bytes], bytes]:
    from changqing.sealing.times import make_asker

    return make_asker(url, read_clock)


def _say_sealed(sealed: Sealed) -> Text:
    """Say what was sealed, and how others check it."""
    size = f"{sealed.size / 1_000_000:.1f} MB"
    left_zh = f"，隐去{sealed.withheld}条" if sealed.withheld else ""
    left_en = f", {sealed.withheld} withheld" if sealed.withheld else ""
    lost_zh = f"，{sealed.absent}份原件没有保存" if sealed.absent else ""
    lost_en = f", {sealed.absent} originals not kept" if sealed.absent else ""
    how = f"{program()} verify {sealed.path}"
    return Text(
        zh=f"已封好：{sealed.path}（{size}，{sealed.entries}条记录{left_zh}{lost_zh}）\n"
        f"清单摘要 {sealed.digest}\n"
        f"承诺书上印的摘要 {sealed.bound}\n"
        f"签名指纹 {sealed.signer}\n"
        f"核验：{how}，或用包里的verify.py",
        en=f"Sealed: {sealed.path} "
        f"({size}, {sealed.entries} entries{left_en}{lost_en})\n"
        f"Manifest digest {sealed.digest}\n"
        f"Digest for the undertaking {sealed.bound}\n"
        f"Signer’s fingerprint {sealed.signer}\n"
        f"To check: {how}, or the verify.py inside",
    )
