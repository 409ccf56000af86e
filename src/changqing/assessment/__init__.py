"""Rows → verdicts → explanation → errands: judgement as a pure function."""

from changqing.assessment._assess import Judge, bound_parameters, rows_of
from changqing.assessment._errands import plan
from changqing.assessment._model import (
    Aim,
    Assessment,
    Caution,
    Certainty,
    Compliance,
    Finding,
    FindingGap,
    LongTermState,
    LongTermView,
    Plan,
    PlannedErrand,
    Readiness,
    Side,
    Situation,
    Term,
)
from changqing.assessment._simulate import simulate
from changqing.assessment._verdict import (
    URGENCY,
    blocks,
    cautions_of,
    compliance_of,
    count,
    is_required,
    long_term_of,
    readiness_of,
)
from changqing.assessment._words import say_value
from changqing.assessment.advice import ANSWER, LOOK_AGAIN, Advice, Adviser
from changqing.assessment.doubt import doubt_line

__all__ = [
    "ANSWER",
    "LOOK_AGAIN",
    "URGENCY",
    "Advice",
    "Adviser",
    "Aim",
    "Assessment",
    "Caution",
    "Certainty",
    "Compliance",
    "Finding",
    "FindingGap",
    "Judge",
    "LongTermState",
    "LongTermView",
    "Plan",
    "PlannedErrand",
    "Readiness",
    "Side",
    "Situation",
    "Term",
    "blocks",
    "bound_parameters",
    "cautions_of",
    "compliance_of",
    "count",
    "doubt_line",
    "is_required",
    "long_term_of",
    "plan",
    "readiness_of",
    "rows_of",
    "say_value",
    "simulate",
]
