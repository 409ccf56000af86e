"""What a person asks before and beside a case: a first case, a question, an answer."""

from changqing.guide._ask import Answer, Questions, Reply
from changqing.guide._interview import Answers, interview
from changqing.guide._materials import Checklist, Listed, checklist, checklist_data
from changqing.guide._write import write_case

__all__ = [
    "Answer",
    "Answers",
    "Checklist",
    "Listed",
    "Questions",
    "Reply",
    "checklist",
    "checklist_data",
    "interview",
    "write_case",
]
