"""`changqing seal`: one file that others can check."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from changqing.cli._shared import (
    READY,
    as_of_option,
    clock,
    language_option,
    program,
    said,
)
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.evidence import Case, Evidence
    from changqing.sealing import Sealed


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "seal",
        help=said(
            language,
            "把案件的记录、规则和结论封成一个文件，别人不装任何东西就能核验。"
            "先把案件文件夹里新写的存证，再封。",
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
        required=True,
        help=said(language, "写到这个文件。", "Write this file."),
    )
    @click.option(
        "--full",
        is_flag=True,
        help=said(
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
        *, case: Path, out: Path, full: bool, as_of: datetime | None, lang: str | None
    ) -> int:
        day = None if as_of is None else as_of.date()
        sealed = _seal(case, out, full=full, as_of=day)
        click.echo(_told(sealed).say(language))
        return READY


def _seal(folder: Path, out: Path, *, full: bool, as_of: date | None) -> Sealed:
    from changqing.assessment import Judge
    from changqing.catalogue import load_compiled
    from changqing.dossier import headline
    from changqing.evidence import Store, changes, default_key_path, load_key, open_case
    from changqing.run import Known, conclude
    from changqing.sealing import seal

    judge = Judge(load_compiled())
    case = open_case(folder, judge.catalogue)
    key = load_key(default_key_path(os.environ, Path.home()))
    with Store(case.path, key) as store:
        store.append(changes(case, store.items(), clock()))
        outcome = conclude(
            case,
            Known(
                records=tuple(store.records()),
                gaps=tuple(store.gaps()),
                attempts=tuple(store.attempts()),
            ),
            judge=judge,
            as_of=as_of or case.as_of or _last_day(store, case),
            assessed_at=None,
        )
        return seal(
            store,
            case,
            outcome.assessment,
            headline=headline(outcome.document)[:2],
            key=key,
            out=out,
            full=full,
        )


def _last_day(evidence: Evidence, case: Case) -> date:
    """The Beijing day of the latest record, gap or attempt."""
    from changqing.evidence import beijing_day

    moments = [
        *(record.received_at for record in evidence.records()),
        *(gap.at for gap in evidence.gaps()),
        *(attempt.at for attempt in evidence.attempts()),
    ]
    return beijing_day(max(moments)) if moments else case.declared_on


def _told(sealed: Sealed) -> Text:
    """What was sealed, and how others check it."""
    size = f"{sealed.size / 1_000_000:.1f} MB"
    left_zh = f"，隐去{sealed.withheld}条" if sealed.withheld else ""
    left_en = f", {sealed.withheld} withheld" if sealed.withheld else ""
    lost_zh = f"，{sealed.absent}份原件没有保存" if sealed.absent else ""
    lost_en = f", {sealed.absent} originals not kept" if sealed.absent else ""
    how = f"{program()} verify {sealed.path}"
    return Text(
        zh=f"已封好：{sealed.path}（{size}，{sealed.entries}条记录{left_zh}{lost_zh}）\n"
        f"清单摘要 {sealed.digest}\n"
        f"签名指纹 {sealed.signer}\n"
        f"核验：{how}，或用包里的verify.py",
        en=f"Sealed: {sealed.path} "
        f"({size}, {sealed.entries} entries{left_en}{lost_en})\n"
        f"Manifest digest {sealed.digest}\n"
        f"Signer’s fingerprint {sealed.signer}\n"
        f"To check: {how}, or the verify.py inside",
    )
