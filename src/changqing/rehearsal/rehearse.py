"""The main job on three fictional companies: look, assess, report, change one fact.

Ends by itself. Nothing outside this machine is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

from rich.console import Console
from rich.padding import Padding

from changqing.case.subjects import Subject
from changqing.evidence.ledger.memory import Memory
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.judge.assess import Judge
from changqing.judge.doubt import make_doubt_line
from changqing.judge.model import Finding
from changqing.judge.verdict import blocks
from changqing.judge.words import say_value
from changqing.papers.open import open_case
from changqing.rehearsal.live import RehearsalStage, WhatIf, stage
from changqing.report.html import render_report
from changqing.rules.types import Kind, Value
from changqing.run import Outcome, change, run
from changqing.sealing import verify
from changqing.sealing.bundle import digest_installed_rules, seal
from changqing.text import Language, Text, both
from changqing.visit import ServiceVisit


def rehearse_examples(
    examples: Path,
    out: Path,
    *,
    judge: Judge,
    clock: Callable[[], datetime],
    console: Console,
    language: Language,
    program: str = "changqing",
) -> Sequence[Outcome]:
    """Run every example under `examples` live and tell what came of it.

    `program` is how the user called us, for the command named last.
    """
    say = _Teller(console=console, language=language)
    say.tell_opening()
    outcomes = []
    for example in sorted(p.parent for p in examples.glob("*/world.yaml")):
        folder = out / example.name
        with stage(example, folder, now=clock()) as staged:
            Memory.open_beside(out / "key").forget(folder)  # another case begins there
            say.tell_company_name(open_case(folder, judge.catalogue).name, folder.name)
            outcome = run(
                folder,
                judge=judge,
                clock=clock,
                key=out / "key",
                net=staged.settings,
            )
        report = folder / "report.html"
        report.write_text(render_report(outcome.report, language), encoding="utf-8")
        say.tell_company(outcome, staged, judge, report)
        outcomes.append(outcome)
    if outcomes:
        say.tell_sealing(*_seal_company(outcomes[0], out, judge))
    say.tell_closing(program)
    return outcomes


def _seal_company(
    outcome: Outcome, out: Path, judge: Judge
) -> tuple[Path, verify.Report, verify.Report]:
    """Seal a company; return what the verifier says, also of one flipped byte."""
    bundle, key = out / "bundle.zip", load_key(out / "key")
    with Store(outcome.case.path, key) as store:
        seal(
            store,
            outcome.case,
            outcome.assessment,
            headline=outcome.report.headline.sentences,
            key=key,
            out=bundle,
        )
    content = bytearray(bundle.read_bytes())
    rules = digest_installed_rules(judge.catalogue)
    whole, _ = verify.check(BytesIO(content), frozenset(), rules)
    content[verify.read_directory(BytesIO(content))["assessment.json"].start] ^= 1
    flipped, _ = verify.check(BytesIO(content), frozenset(), rules)
    return bundle, whole, flipped


class _Teller:
    """Prints headlines in both languages and the rest in one."""

    def __init__(self, *, console: Console, language: Language) -> None:
        self._console = console
        self._language = language

    def tell_opening(self) -> None:
        self._print_heading(
            Text(
                zh="长青演练：三家虚构公司，网站、证书、域名和登记都在本机",
                en="Changqing rehearsal: three fictional companies on this machine",
            )
        )

    def tell_company_name(self, name: str, example: str) -> None:
        """Tell whom the next lines are about, before the look that takes a second."""
        self._print_heading(both(f"{name} ({example})"))

    def tell_company(
        self, outcome: Outcome, staged: RehearsalStage, judge: Judge, report: Path
    ) -> None:
        """Tell what was seen, the two sentences, one change, where the report is."""
        if outcome.looked is not None:
            self._tell_look(outcome.looked)
        headline = outcome.report.headline
        for line in (*headline.sentences, headline.endurance):
            self._print_both(line)
        for finding in [f for f in outcome.assessment.findings if blocks(f)][:4]:
            word, title = finding.verdict.text, finding.criterion.title
            self._print_line(
                Text(
                    zh=f"挡住递交：{title.zh}（{word.zh}）",
                    en=f"blocks: {title.en} ({word.en})",
                ),
                4,
            )
        for finding in outcome.assessment.long_term.doubts[:4]:
            doubt = make_doubt_line(finding)
            self._print_line(Text(zh=f"疑点：{doubt.zh}", en=f"doubt: {doubt.en}"), 4)
        doubts = outcome.assessment.long_term.doubts
        for caution in outcome.assessment.cautions:
            if caution.finding not in doubts and not blocks(caution.finding):
                says = caution.says
                self._print_line(
                    Text(zh=f"提醒：{says.zh}", en=f"caution: {says.en}"), 4
                )
        for finding in outcome.assessment.long_term.strengths[:3]:
            strength = finding.criterion.strength or finding.criterion.title
            self._print_line(
                Text(zh=f"加分：{strength.zh}", en=f"strength: {strength.en}"), 4
            )
        self._tell_change(outcome, staged.world.what_if, judge)
        self._print_line(Text(zh=f"报告：{report}", en=f"Report: {report}"))

    def tell_sealing(
        self, bundle: Path, whole: verify.Report, flipped: verify.Report
    ) -> None:
        """Tell what the verifier says of a bundle, and of it with one byte flipped."""
        self._print_heading(
            Text(zh="封成一个别人能核验的文件", en="Sealed, for anybody to check")
        )
        zh, en = verify.RESULTS[whole.code]
        self._print_both(Text(zh=f"{bundle.name}：{zh}", en=f"{bundle.name}: {en}"))
        zh, en = verify.RESULTS[flipped.code]
        part, (why_zh, why_en) = flipped.damaged[0]
        self._print_both(
            Text(
                zh=f"翻转其中一个字节：{part}{why_zh}。{zh}",
                en=f"One byte of it flipped: {part}: {why_en}. {en}",
            )
        )

    def tell_closing(self, program: str) -> None:
        self._print_heading(Text(zh="换成自己的公司", en="Now your own company"))
        self._print_line(
            Text(
                zh=f"{program} new 我的项目　　回答十二个问题，三分钟得到第一份结论",
                en=f"{program} new my-case    twelve questions, a first verdict",
            )
        )

    def _tell_look(self, service_visit: ServiceVisit) -> None:
        size = f"{service_visit.bytes_kept / 1000:,.0f} kB"
        unseen = len(service_visit.unseen)
        self._print_line(
            Text(
                zh=f"查看{service_visit.requests}次，留存{size}，{unseen}项未能查看",
                en=f"{service_visit.requests} requests, {size} kept, {unseen} not seen",
            )
        )
        for reason, facts in _count_by_reason(service_visit).items():
            self._print_line(
                Text(
                    zh=f"未能查看：{reason.zh}（{facts}项）",
                    en=f"not seen: {reason.en} ({facts})",
                ),
                4,
            )

    def _tell_change(self, outcome: Outcome, what_if: WhatIf, judge: Judge) -> None:
        """Tell of one fact changed, and of each verdict that changes with it."""
        subject_type, _, subject_id = what_if.subject.partition(":")
        subject = Subject(subject_type, subject_id)
        fact = judge.catalogue.facts[subject_type, what_if.fact]
        value = _parse_value(what_if.value, fact.type.kind)
        before = outcome.situation.resolved[subject, what_if.fact]
        after = judge.assess(change(outcome.situation, subject, what_if.fact, value))
        old = say_value(before.best, fact)
        new = say_value(value, fact)
        self._print_line(
            Text(
                zh=f"若{fact.label.zh}由“{old.zh}”变为“{new.zh}”：",
                en=f"If {fact.label.en} went from '{old.en}' to '{new.en}':",
            )
        )
        verdicts = _list_findings_by_key(outcome.assessment.findings)
        for finding in after.findings:
            key = _make_key(finding)
            earlier = verdicts.get(key)
            if earlier is None or earlier.verdict is finding.verdict:
                continue
            text = earlier.verdict.text
            other = finding.verdict.text
            title = finding.criterion.title
            self._print_line(
                Text(
                    zh=f"{title.zh}：{text.zh} → {other.zh}",
                    en=f"{title.en}: {text.en} -> {other.en}",
                ),
                4,
            )

    def _print_heading(self, text: Text) -> None:
        self._console.print()
        first, second = (
            text.say(self._language),
            text.say(_choose_other_language(self._language)),
        )
        self._console.print(first, style="bold")
        if second != first:
            self._console.print(second, style="dim")

    def _print_both(self, text: Text) -> None:
        self._print_line(text)
        other = Text(zh=text.say(Language.EN), en=text.say(Language.ZH))
        self._console.print(
            Padding(other.say(self._language), (0, 0, 0, 4), expand=False), style="dim"
        )

    def _print_line(self, text: Text, indent: int = 2) -> None:
        self._console.print(
            Padding(text.say(self._language), (0, 0, 0, indent), expand=False)
        )


def _choose_other_language(language: Language) -> Language:
    return Language.EN if language is Language.ZH else Language.ZH


def _count_by_reason(service_visit: ServiceVisit) -> Mapping[Text, int]:
    tally: dict[Text, int] = {}
    for gap in service_visit.unseen:
        tally[gap.detail] = tally.get(gap.detail, 0) + 1
    return tally


def _list_findings_by_key(
    findings: Sequence[Finding],
) -> Mapping[tuple[str, str], Finding]:
    return {_make_key(finding): finding for finding in findings}


def _make_key(finding: Finding) -> tuple[str, str]:
    subject = finding.subject
    return finding.criterion.id, "" if subject is None else str(subject)


def _parse_value(value: bool | int | date | str, kind: Kind) -> Value:  # noqa: FBT001
    """Parse a day; YAML gives all else as what the fact holds."""
    if kind is Kind.DATE and isinstance(value, str):
        return date.fromisoformat(value)
    return value
