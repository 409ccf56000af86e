"""One case folder and one person at it: what they record, and what they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict, cast

import click

from changqing.cli.given import choose_day
from changqing.cli.running import (
    Running,
    collect_running,
    make_running_data,
    show_running,
)
from changqing.cli.shared import READY, find_own_key_path, print_json, read_clock
from changqing.cli.sheet import Sheet
from changqing.cli.status_data import CaseStatusData, encode_status
from changqing.errors import CaseError, Issue
from changqing.jsondata import JsonObject, write_day
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.case.model import Case
    from changqing.casework.dates import CaseDue, Status
    from changqing.casework.event_papers import (
        EventCheck,
        EventCheckData,
        ListedEvent,
    )
    from changqing.casework.events import Event, NoticeLine
    from changqing.casework.record import Recorded
    from changqing.casework.state import CaseState
    from changqing.documents.document import Document, DocumentEdition
    from changqing.law.model import Catalogue


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A case with the catalogue it is read by."""

    catalogue: Catalogue
    case: Case


class Desk:
    """One case folder, and one person at it."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.folder = folder
        self.language = language

    @cached_property
    def opened(self) -> Opened:
        """The case, read when it is first asked for."""
        from changqing.law.compiled import load_compiled
        from changqing.papers.open import open_case

        catalogue = load_compiled()
        case = open_case(self.folder, catalogue)
        self.check()
        return Opened(catalogue=catalogue, case=case)

    def check(self) -> None:
        """See that all that was recorded is there; TamperError names what is not.

        What cannot be read is told, and is no reason not to record what was done.
        """
        from changqing.errors import ChangqingError, TamperError
        from changqing.integrity import check_integrity
        from changqing.run import check_log_kept

        try:
            check_log_kept(self.folder)
            checked = check_integrity(self.folder, key=find_own_key_path())
        except TamperError:
            raise
        except ChangqingError as error:
            click.echo("\n".join(error.lines(self.language)), err=True)
            return
        for notice in (*checked.notices, *checked.copies):
            click.echo(notice.say(self.language), err=True)

    def show(self, today: date, *, as_json: bool) -> None:
        """Show where the case stands on a day."""
        self._print_state(self.compute_state(today), today, as_json=as_json)

    def compute_state(self, on: date = date.max) -> CaseState:
        """Compute what the events up to a day add up to."""
        from changqing.casework.events import Journal
        from changqing.casework.stages import replay_events

        opened = self.opened
        events = [e for e in Journal(self.folder).list_events() if e.on <= on]
        return replay_events(opened.catalogue, opened.case, events)

    def compose_documents(
        self, on: date, edition: DocumentEdition | None = None
    ) -> tuple[Document, ...]:
        """Compose the dossier of an application as it would be written for a day.

        None for what is not an application, and, with a word, where it cannot be
        written: that is no reason not to record what was done. Without `edition` the
        annotated copies, which tell what changed behind the words.
        """
        from changqing.documents.document import DocumentEdition
        from changqing.documents.documents import write_documents
        from changqing.errors import ChangqingError, TamperError
        from changqing.judge.assess import find_judge
        from changqing.run import conclude, read_recorded

        opened = self.opened
        if opened.case.application.stage not in ("apply", "prepare"):
            return ()
        try:
            recorded = read_recorded(opened.case)
            judge = find_judge(opened.catalogue)
            case = _set_submit_on(opened.case, on)
            outcome = conclude(case, recorded, judge=judge, as_of=on, assessed_at=None)
            return write_documents(
                case,
                outcome.situation,
                outcome.assessment,
                outcome.outlook.endurance,
                opened.catalogue,
                edition=edition or DocumentEdition.ANNOTATED,
            )
        except TamperError:
            raise
        except ChangqingError as error:
            why = "\n".join(error.lines(self.language))
            click.echo(
                Text(
                    zh=f"申报文书没有写成，没有一并留存：{why}",
                    en=f"The dossier could not be written and is not kept: {why}",
                ).say(self.language),
                err=True,
            )
            return ()

    def list_events(self, *, as_json: bool) -> None:
        """List everything that was recorded."""
        from changqing.casework.events import Act, Journal, find_undone, name_act

        self.check()
        events = Journal(self.folder).list_entries()
        checks = self._check_days(events)
        undone = find_undone(events)
        if as_json:
            print_json([_encode_event(event, checks, undone) for event in events])
            return
        sheet = Sheet(self.language)
        if not events:
            sheet.print_line(sheet.t("还没有记过什么。", "Nothing was recorded yet."))
        for event in events:
            sheet.print_title(
                name_act(event.act, event.stage).say(self.language),
                f"{event.on} · {event.by}",
                number=event.number,
            )
            by = undone.get(event.number)
            rows = [
                (
                    sheet.t("撤销", "Undone"),
                    by and f"{by.on} · {by.by} · {_name_entry(sheet, by.number)}",
                ),
                (
                    sheet.t("撤销的是", "Takes back"),
                    event.undoes and _name_entry(sheet, event.undoes),
                ),
                (
                    sheet.t("办的事", "Matter"),
                    event.matter if event.act is Act.BEGIN else None,
                ),
                (sheet.t("许可证编号", "Licence number"), event.licence_number),
                (sheet.t("材料", "Paper"), event.paper),
                (sheet.t("到", "Until"), event.until and event.until.isoformat()),
            ]
            rows += [
                (
                    check.day.text.say(self.language),
                    f"{check.value} · {check.say().say(self.language)}",
                )
                for check in checks
                if check.event == event.number
            ]
            rows += [(name, day.isoformat()) for name, day in event.days.items()]
            rows += [
                (
                    sheet.t(f"第{line.number}条", f"Line {line.number}"),
                    _word_line(line),
                )
                for line in event.lines
            ]
            sheet.print_rows(
                [(label, text) for label, text in rows if text],
                label_width=12,
                indent=4,
            )

    def _check_days(self, events: Sequence[Event]) -> Sequence[EventCheck]:
        """Hold the days of events against their papers; none where the case is broken.

        What was recorded is listed all the same.
        """
        from changqing.casework.event_papers import check_events
        from changqing.errors import CaseError

        try:
            return check_events(self.opened.case, events)
        except CaseError:
            return ()

    def record(
        self,
        act: str,
        *,
        on: datetime | None,
        by: str,
        paper: str | None,
        as_json: bool,
        until: datetime | None = None,
        licence_number: str | None = None,
        matter: str | None = None,
        starts: Sequence[str] = (),
    ) -> int:
        """Record an event, and show where the case stands then."""
        from changqing.casework.events import Act, Event

        now = read_clock()
        event = Event(
            act=Act(act),
            on=choose_day(on),
            by=by,
            paper=paper,
            until=None if until is None else until.date(),
            licence_number=(licence_number or "").strip() or None,
            matter=matter,
            days=self._read_starts(matter, starts),
        )
        self.settle(event, now, as_json=as_json)
        return READY

    def settle(
        self, event: Event, now: datetime, *, as_json: bool, notice: bytes = b""
    ) -> Recorded:
        """Write the event; tell of a torn one before it, and where the case stands."""
        from changqing.casework.events import Act
        from changqing.casework.record import record
        from changqing.day import beijing_day
        from changqing.evidence.ledger.memory import Memory

        opened = self.opened
        recorded = record(
            opened.catalogue,
            opened.case,
            event,
            now=now,
            notice=notice,
            memory=Memory.open_beside(find_own_key_path()),
            documents=self.compose_documents(event.on)
            if event.act is Act.SUBMIT
            else (),
        )
        if recorded.torn is not None:
            click.echo(recorded.torn.say(self.language), err=True)
        self._print_state(recorded.state, beijing_day(now), as_json=as_json)
        return recorded

    def undo(self, by: str, *, as_json: bool) -> int:
        """Take back the last entry that counts, and show where the case stands then."""
        from changqing.casework.events import name_act
        from changqing.casework.record import undo_last
        from changqing.day import beijing_day
        from changqing.evidence.ledger.memory import Memory

        opened, now = self.opened, read_clock()
        memory = Memory.open_beside(find_own_key_path())
        recorded = undo_last(
            opened.catalogue, opened.case, by=by, now=now, memory=memory
        )
        if recorded.torn is not None:
            click.echo(recorded.torn.say(self.language), err=True)
        if recorded.undone is not None and not as_json:
            undone = recorded.undone
            name, on = name_act(undone.act, undone.stage), undone.on
            text = Text(
                zh=f"已撤销：{name.zh}，{on}。它和这次撤销都留在记录里。",
                en=f"Undone: {name.en}, {on}. It stays on record, with this undoing.",
            )
            click.echo(text.say(self.language))
        self._print_state(recorded.state, beijing_day(now), as_json=as_json)
        return READY

    def start_operating(self) -> int:
        """Set the stage of a case whose licence was received, and say why."""
        from changqing.casework.operating import say_operating, start_operating

        event = start_operating(self.opened.catalogue, self.opened.case)
        click.echo(say_operating(event).say(self.language))
        return READY

    def archive(self, by: str, *, restore: bool, as_json: bool) -> int:
        """Put the case away or list it again, and say so."""
        from changqing.agency.desk import archive_case

        self.check()
        archive_case(self.folder, by=by, now=read_clock(), restore=restore)
        if as_json:
            data: ArchivedData = {"case": self.folder.name, "archived": not restore}
            print_json(data)
            return READY
        text = _LISTED_AGAIN if restore else _PUT_AWAY
        click.echo(text.say(self.language))
        return READY

    def _read_starts(
        self, matter: str | None, starts: Sequence[str]
    ) -> dict[str, date]:
        """The days typed as KEY=DATE, for a procedure that counts from them."""
        procedures = self.opened.catalogue.procedures
        procedure = None if matter is None else procedures.get(matter)
        starts_known = {} if procedure is None else procedure.starts
        days: dict[str, date] = {}
        for start in starts:
            name, _, day_text = start.partition("=")
            try:
                days[name] = date.fromisoformat(day_text)
            except ValueError:
                raise self._make_usage_error(
                    f"--start {start}应写成KEY=DATE，如planned=2026-12-31",
                    f"--start {start} must be KEY=DATE, such as planned=2026-12-31",
                ) from None
            if procedure is not None and name not in starts_known:
                raise self._make_usage_error(
                    f"{procedure.id}没有{name}这个日子，可以写：{'、'.join(starts_known)}",
                    f"{procedure.id} has no day {name}; there are "
                    f"{', '.join(starts_known)}",
                )
        return days

    def _make_usage_error(self, zh: str, en: str) -> CaseError:
        return CaseError(Issue(text=Text(zh=zh, en=en)))

    def _print_state(self, state: CaseState, today: date, *, as_json: bool) -> None:
        from changqing.casework.dates import compute_status
        from changqing.casework.event_papers import encode_check, find_licence_check
        from changqing.casework.events import Journal

        opened = self.opened
        status = compute_status(opened.catalogue, opened.case, state, today)
        under = self.collect_running(state, today)
        events = [e for e in Journal(self.folder).list_events() if e.on <= today]
        term = find_licence_check(events, self._check_days(events))
        if as_json:
            checked = None if term is None else encode_check(term)
            data: CaseStatusData = {
                **encode_status(opened.case, opened.catalogue, status, self.language),
                **make_running_data(under, opened.case, self.language),
                "valid_until_check": cast("EventCheckData | None", checked),
            }
            print_json(data)
        else:
            _StatusPage(opened, Sheet(self.language), term).show(status, under)

    def collect_running(self, state: CaseState, today: date) -> Running:
        """Collect what runs under the licence: papers, findings, the term behind."""
        opened = self.opened
        return collect_running(
            opened.catalogue, opened.case, state, today, self.language
        )


class _StatusPage:
    """Where a case stands, for a person."""

    def __init__(self, opened: Opened, sheet: Sheet, term: EventCheck | None) -> None:
        self._opened = opened
        self._sheet = sheet
        self._term = term

    def show(self, status: Status, under: Running) -> None:
        sheet, state = self._sheet, status.state
        case = self._opened.case
        stage = state.stage_name.say(sheet.language)
        since = sheet.t("起始日未记", "since an unrecorded day")
        if state.since is not None:
            since = sheet.t(f"自{state.since}起", f"since {state.since}")
        sheet.print_title(stage, since)
        sheet.print_line(f"{case.name} · {case.application.licence}", style="dim")
        if state.valid_until is not None:
            sheet.print_line(
                sheet.t(
                    f"许可证有效期至{state.valid_until}",
                    f"The licence runs until {state.valid_until}",
                )
            )
        if self._term is not None:
            sheet.print_line(
                self._term.say().say(sheet.language), indent=2, style="dim"
            )
        for note in status.notes:
            sheet.print_line(note.say(sheet.language))
        following = status.next
        passed = [due for due in status.over if due is not following]
        ahead = [] if following is None else [following]
        others = [due for due in status.dues if due not in (*passed, *ahead)]
        for heading, dues in (
            (sheet.t("已过", "Passed"), passed),
            (sheet.t("下一步", "Next"), ahead),
            (sheet.t("其他日子", "Other days"), others),
        ):
            if dues:
                sheet.print_heading(heading)
            for due in dues:
                self._print_due(due, whole=dues is not others)
        show_running(under, case, sheet)
        sheet.print_gap()
        sheet.print_line(NO_AUTHORITY.say(sheet.language), style="dim")

    def _print_due(self, due: CaseDue, *, whole: bool) -> None:
        from changqing.law.cited import say_citation

        sheet = self._sheet
        language = sheet.language
        right = (self._format_day(due), "red" if due.passed else "bold")
        actor = due.actor.text.say(language)
        sheet.print_title(due.title.say(language), actor, right=right)
        if not whole:
            return
        rows = [(sheet.t("做什么", "What"), due.does.say(language))]
        if due.runs_out is not None:
            rows.append((sheet.t("逾期", "Then"), due.runs_out.say(language)))
        sources = [
            say_citation(self._opened.catalogue, citation).say(language)
            for citation in due.citations
        ]
        if sources:
            text = "\n".join(dict.fromkeys(sources))
            rows.append((sheet.t("来源", "Source"), text))
        sheet.print_rows(rows, label_width=7, indent=4)

    def _format_day(self, due: CaseDue) -> str:

        sheet = self._sheet
        if due.day is None:
            return "" if due.unset is None else due.unset.say(sheet.language)
        word = "" if due.bound is None else due.bound.text.say(sheet.language)
        day = f"{word} {due.day}".strip()
        if due.provisional:
            day += sheet.t("（暂按）", " (provisional)")
        return day + (sheet.t(" 已过", " passed") if due.passed else "")


class ArchivedData(TypedDict):
    """Whether a case was put away."""

    case: str
    archived: bool


def _encode_event(
    event: Event, checks: Sequence[EventCheck], undone: Mapping[int, Event]
) -> ListedEvent:
    from changqing.casework.event_papers import encode_check
    from changqing.casework.events import encode

    mine = [encode_check(check) for check in checks if check.event == event.number]
    by = undone.get(event.number)
    listed: JsonObject = {
        **encode(event),
        **({} if by is None else {"undone_by": by.number}),
        **({"checks": mine} if mine else {}),
    }
    return cast("ListedEvent", listed)


def _name_entry(sheet: Sheet, number: int) -> str:
    return sheet.t(f"第{number}条", f"entry {number}")


def _word_line(line: NoticeLine) -> str:
    """What an event says of a line, in the words and ids it was recorded with."""
    parts = [
        line.text,
        *line.codes,
        line.criterion,
        line.material,
        line.owner,
        write_day(line.done),
        line.answer,
        line.paper,
    ]
    return " · ".join(part for part in parts if part)


NO_AUTHORITY: Final = Text(
    zh="日子按所列规定推算，不代表任何机关的意见；“暂按”的日子等放假安排公布后可能变动。",
    en="Days are worked out by the rules listed; no authority’s opinion. A provisional "
    "day may move when the holidays are announced.",
)


_PUT_AWAY: Final = Text(
    zh="已归档，不再列出；文件夹里什么也不少，--back放回。",
    en="Put away and listed no longer; nothing in its folder is gone, and --back lists "
    "it again.",
)
_LISTED_AGAIN: Final = Text(zh="已放回列表。", en="It is listed again.")


def _set_submit_on(case: Case, on: date) -> Case:
    """Give the case its day of handing in, where the plan was earlier."""
    application = case.application
    return replace(
        case,
        application=replace(application, submit_on=max(on, application.submit_on)),
    )
