"""`changqing history`: how owner, registrar, filing and addresses went over time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

import click

from changqing.cli.shared import (
    READY,
    language_option,
    open_terminal,
    print_json,
    say_help,
)
from changqing.errors import CaseError, Issue
from changqing.text import Language, Text, both

if TYPE_CHECKING:
    from changqing.evidence.history import HistoryData, Spell
    from changqing.law.kinds.fact import Fact
    from changqing.law.model import Catalogue

KEPT_IN_VIEW: Final = (
    "domain_registrant",
    "domain_registrar",
    "domain_expires_on",
    "filing_subject",
    "filing_access_provider",
    "hosting_provider",
    "resolved_addresses",
    "hosting_addresses",
)
"""What is shown when no fact is named: whose the service is, and where it stands."""


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "history",
        help=say_help(
            language,
            "按证据日志列出事实的历次取值：来源、首末日期和变化。默认看域名注册人、"
            "注册商、备案主体、接入服务商和地址。",
            "List what the evidence log says of facts over time: source, first and "
            "last day, and what changed. By default registrant, registrar, filing "
            "subject, access provider and addresses.",
        ),
    )
    @click.argument("case", type=click.Path(path_type=Path))
    @click.argument("fact", nargs=-1)
    @click.option(
        "--all",
        "everything",
        is_flag=True,
        help=say_help(language, "全部事实。", "Every fact."),
    )
    @click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=say_help(language, "以JSON输出。", "Print JSON."),
    )
    @language_option(language)
    def history(
        *,
        case: Path,
        fact: tuple[str, ...],
        everything: bool,
        as_json: bool,
        lang: str | None,
    ) -> int:
        return _print_history(
            case,
            fact,
            everything=everything,
            as_json=as_json,
            language=language,
        )


class HistoriesData(TypedDict):
    """How what is known of facts went over time."""

    history: Sequence[HistoryData]


def _print_history(
    folder: Path,
    names: Sequence[str],
    *,
    everything: bool,
    as_json: bool,
    language: Language,
) -> int:
    from changqing.evidence.history import collect_histories, make_history_data
    from changqing.evidence.ledger.recorded import Evidence
    from changqing.law.compiled import load_compiled
    from changqing.papers.open import open_case

    catalogue = load_compiled()
    case = open_case(folder, catalogue)
    for name in names:
        _require_fact(catalogue, name)
    log = Evidence(case.path)
    log.verify()
    facts = None if everything and not names else frozenset(names or KEPT_IN_VIEW)
    histories = collect_histories(log.list_items(), facts)
    if as_json:
        listed = [
            make_history_data(catalogue, history, language) for history in histories
        ]
        data: HistoriesData = {"history": listed}
        print_json(data)
        return READY
    console = open_terminal()
    called = {member.subject: member.name for member in case.list_members()}
    for history in histories:
        fact = catalogue.facts.get((history.subject.type, history.fact))
        label = both(history.fact) if fact is None else fact.label
        name = called.get(history.subject, case.name)
        console.print(
            f"{name}  {label.say(language)}  {history.fact}", style="bold", markup=False
        )
        for spell in history.spells:
            line = _word_spell(spell, fact).say(language)
            style = "yellow" if spell.is_change else "dim" if spell.gap else ""
            console.print(f"  {line}", style=style, markup=False, soft_wrap=True)
    if not histories:
        console.print(_NOTHING.say(language), markup=False)
    return READY


def _require_fact(catalogue: Catalogue, name: str) -> None:
    from changqing.yamlfile.suggest import suggest_word

    names = {fact for _, fact in catalogue.facts}
    if name in names:
        return
    raise CaseError(
        Issue(
            text=Text(zh=f"没有“{name}”这项事实", en=f"there is no fact “{name}”"),
            hint=suggest_word(name, names)
            or Text(
                zh="见 docs/reference 中的事实表", en="see the facts in docs/reference"
            ),
        )
    )


def _word_spell(spell: Spell, fact: Fact | None) -> Text:
    """One spell: days, value or gap, source, and what was so before."""
    days = (
        str(spell.first)
        if spell.first == spell.last
        else f"{spell.first} – {spell.last}"
    )
    source, value, before = (
        _word_source(spell),
        _word_value(spell, fact),
        _word_change(spell, fact),
    )
    times = Text("", "")
    if spell.looks > 1:
        times = Text(zh=f"，{spell.looks}次", en=f", {spell.looks} times")
    return Text(
        zh=f"{days}  {value.zh}（{source.zh}{times.zh}）{before.zh}",
        en=f"{days}  {value.en} ({source.en}{times.en}){before.en}",
    )


def _word_source(spell: Spell) -> Text:
    from changqing.evidence.model import SourceKind

    kind, name = spell.source.kind.text, spell.source.name
    if spell.source.kind is SourceKind.FORM:
        return kind
    return Text(zh=f"{kind.zh} {name}", en=f"{kind.en} {name}")


def _word_value(spell: Spell, fact: Fact | None) -> Text:
    from changqing.judge.words import say_value

    if spell.gap is not None:
        detail = spell.detail or both(spell.gap.value)
        return Text(zh=f"未能取得：{detail.zh}", en=f"not seen: {detail.en}")
    if spell.value is None:
        return Text(zh="撤回", en="withdrawn")
    return say_value(spell.value, fact)


def _word_change(spell: Spell, fact: Fact | None) -> Text:
    from changqing.judge.words import say_value

    if spell.before is None:
        return Text("", "")
    if isinstance(spell.before, frozenset) and isinstance(spell.value, frozenset):
        removed, new = (
            sorted(spell.before - spell.value),
            sorted(spell.value - spell.before),
        )
        parts_zh = [f"增加{'、'.join(new)}"] if new else []
        parts_en = [f"added {', '.join(new)}"] if new else []
        parts_zh += [f"减少{'、'.join(removed)}"] if removed else []
        parts_en += [f"gone {', '.join(removed)}"] if removed else []
        return Text(
            zh=f"  变化：{'，'.join(parts_zh)}", en=f"  changed: {'; '.join(parts_en)}"
        )
    was = say_value(spell.before, fact)
    return Text(zh=f"  变化：原为{was.zh}", en=f"  changed: it was {was.en}")


_NOTHING = Text(
    zh="证据日志里还没有这些事实。先运行 assess，或用 --all 看全部事实。",
    en="The evidence log holds none of these facts yet. Run assess first, or see every "
    "fact with --all.",
)
