"""What a person asks before and beside a case: a first case, a question, an answer."""

from changqing.guide._ask import Answer, Questions, Reply
from changqing.guide._classify import Classified, Classifier, Question, Ruled
from changqing.guide._classify_answers import ask_about, read_answers
from changqing.guide._interview import Answers, interview
from changqing.guide._materials import Checklist, Listed, checklist, checklist_data
from changqing.guide._write import write_case

__all__ = [
    "Answer",
    "Answers",
    "Checklist",
    "Classified",
    "Classifier",
    "Listed",
    "Question",
    "Questions",
    "Reply",
    "Ruled",
    "ask_about",
    "checklist",
    "checklist_data",
    "interview",
    "read_answers",
    "write_case",
]
