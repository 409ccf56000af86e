"""After something was said of a case: logged, judged again, and what that turned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from changqing.errors import ChangqingError
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.ownership import check_log_seen, list_keys
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.sync import record_changes
from changqing.papers.open import open_case
from changqing.report.model import CaseReport, FindingView
from changqing.report.words import name_verdict
from changqing.text import Text
from changqing_web.cases import find_key_path, list_tabs, load_report, open_case_memory
from changqing_web.errors import list_issues
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import page_language, t
from changqing_web.walls import Here

_SHOWN: Final = 6  # turned verdicts that are named one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictTurn:
    """A criterion whose verdict is another than before, each by what it rests on."""

    criterion: str
    title: Text
    before: Text
    after: Text


def check_log(here: Here) -> None:
    """Raise TamperError unless the log is the one that this installation saw last.

    Asked before something is written: what the log would refuse is not to stand in the
    case file.
    """
    memory = open_case_memory().recall(here.folder)
    check_log_seen(Evidence(here.folder), memory, list_keys(load_key(find_key_path())))


def log_what_is_said(here: Here) -> None:
    """Record in the evidence log what the case file now says."""
    case = open_case(here.folder, catalogue())
    with Store(here.folder, load_key(find_key_path())) as store:
        record_changes(store, case, timezone.now())


def settle_changes(
    request: HttpRequest, here: Here, before: CaseReport, *, done: str
) -> None:
    """Log and judge what the case file says now; tell what is done and what it turned.

    `before` is the assessment the person had seen. What cannot be logged is told.
    """
    try:
        log_what_is_said(here)
        after = load_report(here)
    except ChangqingError as error:
        for line in list_issues(error):
            messages.warning(request, line)
        messages.success(request, done)
    else:
        turns_text = _tell_turns(here, list(list_turns(before, after)))
        messages.success(request, format_html("{}{}{}", done, t("", " "), turns_text))
    refresh_case(here.workspace, here.row.folder)


def list_turns(before: CaseReport, after: CaseReport) -> Iterator[VerdictTurn]:
    """List the criteria that are judged otherwise, in the order of the assessment."""
    old_findings = {_make_key(finding): finding for finding in before.findings}
    for finding in after.findings:
        old = old_findings.get(_make_key(finding), finding)
        if finding.verdict is not old.verdict:
            yield VerdictTurn(
                criterion=finding.criterion,
                title=finding.title,
                before=_name_verdict_of(old),
                after=_name_verdict_of(finding),
            )


def _name_verdict_of(finding: FindingView) -> Text:
    return name_verdict(finding.verdict, finding.rests_on, vacuous=finding.vacuous)


def _make_key(finding: FindingView) -> tuple[str, str, str | None]:
    return finding.criterion, finding.subject.type, finding.subject.id


def _tell_turns(here: Here, turns: Sequence[VerdictTurn]) -> SafeString:
    if not turns:
        return format_html("{}", t("结论没有变化。", "No verdict changed."))
    findings = next((tab.url for tab in list_tabs(here) if tab.code == "findings"), "")
    # Of several papers or people the same is said once, with how many they are.
    counted = Counter(turns)
    turns_text = format_html_join(
        t("；", "; "),
        '<a href="{}?open={}">{}</a>{} {}',
        (
            (
                findings,
                turn.criterion,
                turn.title.say(page_language()),
                t(f"（{count}处）", f" ({count} times)") if count > 1 else "",
                _describe_turn(turn),
            )
            for turn, count in list(counted.items())[:_SHOWN]
        ),
    )
    head = t(f"结论变了{len(turns)}条：", f"{len(turns)} verdicts changed: ")
    others = sum(list(counted.values())[_SHOWN:])
    tail = (
        t(f"；另有{others}条。", f"; and {others} more.")
        if others > 0
        else t("。", ".")
    )
    return format_html("{}{}{}", head, turns_text, tail)


def _describe_turn(turn: VerdictTurn) -> str:
    old, new = (name.say(page_language()) for name in (turn.before, turn.after))
    return t(f"由{old}变为{new}", f"from {old} to {new}")
