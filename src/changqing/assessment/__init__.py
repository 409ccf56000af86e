"""Rows → verdicts → explanation → errands: judgement as a pure function."""

from changqing.assessment._assess import Judge, bound_parameters, rows_of
from changqing.assessment._errands import ANSWER, errand_of, plan
from changqing.assessment._model import (
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
    is_after_licence,
    is_required,
    long_term_of,
    readiness_of,
)
from changqing.assessment._words import say_value

__all__ = [
    "ANSWER",
    "URGENCY",
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
    "errand_of",
    "is_after_licence",
    "is_required",
    "long_term_of",
    "plan",
    "readiness_of",
    "rows_of",
    "say_value",
    "simulate",
]
