"""What a person asks before and beside a case: a first case, a question, an answer.

A command needs one of them: each is imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from changqing.guide._ask import Answer, Questions, Reply
    from changqing.guide._classify import Classified, Classifier, Question, Ruled
    from changqing.guide._classify_answers import ask_about, read_answers
    from changqing.guide._credit_code import Spelling, spell_credit_code
    from changqing.guide._interview import (
        SUBMIT_AFTER,
        Answers,
        interview,
        read_url,
        yes_or_no,
    )
    from changqing.guide._licence import (
        LicenceNumber,
        LicencePage,
        Stated,
        describe_licence,
        licence_data,
        licence_named,
    )
    from changqing.guide._materials import Checklist, Listed, checklist, checklist_data
    from changqing.guide._procedure import DatedStep, Givens, Reckoning, dated
    from changqing.guide._procedure_check import check_procedures
    from changqing.guide._procedure_data import procedure_data
    from changqing.guide._words import Words, language_of
    from changqing.guide._write import write_case

__all__ = [
    "SUBMIT_AFTER",
    "Answer",
    "Answers",
    "Checklist",
    "Classified",
    "Classifier",
    "DatedStep",
    "Givens",
    "LicenceNumber",
    "LicencePage",
    "Listed",
    "Question",
    "Questions",
    "Reckoning",
    "Reply",
    "Ruled",
    "Spelling",
    "Stated",
    "Words",
    "ask_about",
    "check_procedures",
    "checklist",
    "checklist_data",
    "dated",
    "describe_licence",
    "interview",
    "language_of",
    "licence_data",
    "licence_named",
    "procedure_data",
    "read_answers",
    "read_url",
    "spell_credit_code",
    "write_case",
    "yes_or_no",
]

_HOMES = {
    "SUBMIT_AFTER": "_interview",
    "Answer": "_ask",
    "Answers": "_interview",
    "Checklist": "_materials",
    "Classified": "_classify",
    "Classifier": "_classify",
    "DatedStep": "_procedure",
    "Givens": "_procedure",
    "LicenceNumber": "_licence",
    "LicencePage": "_licence",
    "Listed": "_materials",
    "Question": "_classify",
    "Questions": "_ask",
    "Reckoning": "_procedure",
    "Reply": "_ask",
    "Ruled": "_classify",
    "Spelling": "_credit_code",
    "Stated": "_licence",
    "Words": "_words",
    "ask_about": "_classify_answers",
    "check_procedures": "_procedure_check",
    "checklist": "_materials",
    "checklist_data": "_materials",
    "dated": "_procedure",
    "describe_licence": "_licence",
    "interview": "_interview",
    "language_of": "_words",
    "licence_data": "_licence",
    "licence_named": "_licence",
    "procedure_data": "_procedure_data",
    "read_answers": "_classify_answers",
    "read_url": "_interview",
    "spell_credit_code": "_credit_code",
    "write_case": "_write",
    "yes_or_no": "_interview",
}


def __getattr__(name: str) -> object:
    """Import a part when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(name)
    value: object = getattr(import_module(f"changqing.guide.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
