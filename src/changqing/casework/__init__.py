"""The life of a case: what happened, where it stands, and what comes next.

Most commands need a part of it: each is imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from changqing.casework._annual import (
        AnnualReport,
        SectionState,
        annual_report,
        at_report_stage,
    )
    from changqing.casework._annual_ledgers import (
        Ledgers,
        read_ledgers,
    )
    from changqing.casework._annual_measured import (
        Measured,
        Table,
        csv_of,
        measured,
        tables,
        tables_data,
        workbook,
    )
    from changqing.casework._annual_page import (
        report_data,
        report_page,
    )
    from changqing.casework._dates import Due, Status, status
    from changqing.casework._derived import Past, complete_facts, recall
    from changqing.casework._events import (
        CLEARED,
        Act,
        Event,
        Journal,
        Line,
        Stage,
        encode,
        encode_line,
    )
    from changqing.casework._files import EVENTS, SUMMARY
    from changqing.casework._handed import (
        Change,
        Difference,
        Differences,
        Passage,
        compare,
        differences,
        passages,
        reissued,
        reissued_documents,
    )
    from changqing.casework._letter import Letter, answer_letter
    from changqing.casework._notice import due_day, read_notice, split_notice
    from changqing.casework._offered import allowed_acts
    from changqing.casework._propose import Proposer
    from changqing.casework._reasons import (
        Reason,
        Reasons,
        beside_findings,
        count_reasons,
    )
    from changqing.casework._record import Recorded, record
    from changqing.casework._sealed import SealedLines
    from changqing.casework._stages import (
        MATTERS,
        TRANSITIONS,
        State,
        advance,
        awaits_submission,
        first_state,
        possible_acts,
        replay,
    )
    from changqing.casework._term import (
        NOT_RECORDED,
        Behind,
        TermYear,
        Told,
        look_back,
        of_numbers,
        stage_findings,
        term_years,
    )
    from changqing.casework._walk import walk_page
    from changqing.casework.annual_duty import (
        ReportDuty,
        ReportState,
        find_duty,
        find_year_due,
    )

__all__ = [
    "CLEARED",
    "EVENTS",
    "MATTERS",
    "NOT_RECORDED",
    "SUMMARY",
    "TRANSITIONS",
    "Act",
    "AnnualReport",
    "Behind",
    "Change",
    "Difference",
    "Differences",
    "Due",
    "Event",
    "Journal",
    "Ledgers",
    "Letter",
    "Line",
    "Measured",
    "Passage",
    "Past",
    "Proposer",
    "Reason",
    "Reasons",
    "Recorded",
    "ReportDuty",
    "ReportState",
    "SealedLines",
    "SectionState",
    "Stage",
    "State",
    "Status",
    "Table",
    "TermYear",
    "Told",
    "advance",
    "allowed_acts",
    "annual_report",
    "answer_letter",
    "at_report_stage",
    "awaits_submission",
    "beside_findings",
    "compare",
    "complete_facts",
    "count_reasons",
    "csv_of",
    "differences",
    "due_day",
    "encode",
    "encode_line",
    "find_duty",
    "find_year_due",
    "first_state",
    "look_back",
    "measured",
    "of_numbers",
    "passages",
    "possible_acts",
    "read_ledgers",
    "read_notice",
    "recall",
    "record",
    "reissued",
    "reissued_documents",
    "replay",
    "report_data",
    "report_page",
    "split_notice",
    "stage_findings",
    "status",
    "tables",
    "tables_data",
    "term_years",
    "walk_page",
    "workbook",
]

_HOMES = {
    "CLEARED": "_events",
    "EVENTS": "_files",
    "SUMMARY": "_files",
    "MATTERS": "_stages",
    "TRANSITIONS": "_stages",
    "Act": "_events",
    "AnnualReport": "_annual",
    "Change": "_handed",
    "Difference": "_handed",
    "Differences": "_handed",
    "Due": "_dates",
    "Event": "_events",
    "Journal": "_events",
    "Ledgers": "_annual_ledgers",
    "Letter": "_letter",
    "Line": "_events",
    "Measured": "_annual_measured",
    "Passage": "_handed",
    "Past": "_derived",
    "Proposer": "_propose",
    "Reason": "_reasons",
    "Reasons": "_reasons",
    "Recorded": "_record",
    "ReportDuty": "annual_duty",
    "ReportState": "annual_duty",
    "SealedLines": "_sealed",
    "SectionState": "_annual",
    "Stage": "_events",
    "State": "_stages",
    "Status": "_dates",
    "Table": "_annual_measured",
    "NOT_RECORDED": "_term",
    "TermYear": "_term",
    "Behind": "_term",
    "Told": "_term",
    "stage_findings": "_term",
    "of_numbers": "_term",
    "term_years": "_term",
    "advance": "_stages",
    "awaits_submission": "_stages",
    "allowed_acts": "_offered",
    "annual_report": "_annual",
    "answer_letter": "_letter",
    "at_report_stage": "_annual",
    "compare": "_handed",
    "complete_facts": "_derived",
    "beside_findings": "_reasons",
    "count_reasons": "_reasons",
    "csv_of": "_annual_measured",
    "differences": "_handed",
    "due_day": "_notice",
    "encode": "_events",
    "encode_line": "_events",
    "find_duty": "annual_duty",
    "find_year_due": "annual_duty",
    "first_state": "_stages",
    "look_back": "_term",
    "measured": "_annual_measured",
    "passages": "_handed",
    "possible_acts": "_stages",
    "read_ledgers": "_annual_ledgers",
    "read_notice": "_notice",
    "recall": "_derived",
    "record": "_record",
    "reissued": "_handed",
    "reissued_documents": "_handed",
    "replay": "_stages",
    "report_data": "_annual_page",
    "report_page": "_annual_page",
    "split_notice": "_notice",
    "status": "_dates",
    "tables": "_annual_measured",
    "tables_data": "_annual_measured",
    "walk_page": "_walk",
    "workbook": "_annual_measured",
}


def __getattr__(name: str) -> object:
    """Import a part when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(name)
    value: object = getattr(import_module(f"changqing.casework.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
