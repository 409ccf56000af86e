"""What a person asks before and beside a case: a first case, a question, an answer."""

from changqing.guide._ask import Answer, Questions, Reply
from changqing.guide._classify import Classified, Classifier, Question, Ruled
from changqing.guide._classify_answers import ask_about, read_answers
from changqing.guide._interview import Answers, interview
from changqing.guide._licence import (
    LicenceNumber,
    LicencePage,
    Stated,
    describe_licence,
    licence_data,
)
from changqing.guide._materials import Checklist, Listed, checklist, checklist_data
from changqing.guide._procedure import DatedStep, Givens, Reckoning, dated
from changqing.guide._procedure_check import check_procedures
from changqing.guide._procedure_data import procedure_data
from changqing.guide._write import write_case

__all__ = [
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
    "Stated",
    "ask_about",
    "check_procedures",
    "checklist",
    "checklist_data",
    "dated",
    "describe_licence",
    "interview",
    "licence_data",
    "procedure_data",
    "read_answers",
    "write_case",
]
