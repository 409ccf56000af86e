"""How likely each entry is what a question asks for, or that none is.

The candidates of an index compete with each other and with no answer at all: each gets
the weighed sum of its measures, and the share of its exponential is its chance
(conditional logistic regression). The weights were estimated on questions that no entry
lists, a third of them with no answer, and on the ways of asking that entries do list,
each asked of an index without it (`benchmarks/questions.py` does both, and tells what
the weights do on questions left out).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

ANSWER_MEASURES: Final = (
    "cosine_small",
    "share_small",
    "cosine_large",
    "share_large",
    "nearest_way",
    "second_way",
    "asked_with",
    "only_said",
    "missed",
    "other_name",
    "same_name",
    "unasked_name",
    "topic",
    "licence",
    "paper_or_procedure",
    "number_or_criterion",
    "ways",
    "asked_for_kind",
    "never_asked_for_kind",
)
"""What is measured of every candidate, in order; see `Index.find`."""

QUESTION_MEASURES: Final = (
    "constant",
    "like_unanswered",
    "cosine_small_of_unanswered",
    "unanswered_is_likelier",
    "strange",
    "elsewhere",
    "other_licence",
    "length",
    "words_of_the_field",
    "outside",
)
"""What is measured of the question alone, and speaks for no answer."""

ANSWER_WEIGHTS: Final = (
    8.18,  # cosine_small
    4.39,  # share_small
    -3.42,  # cosine_large
    3.05,  # share_large
    3.79,  # nearest_way
    3.53,  # second_way
    1.66,  # asked_with
    1.56,  # only_said
    -2.95,  # missed
    -2.5,  # other_name
    0.71,  # same_name
    -1.31,  # unasked_name
    1.31,  # topic
    0.5,  # licence
    -0.89,  # paper_or_procedure
    -0.49,  # number_or_criterion
    0.05,  # ways
    1.1,  # asked_for_kind
    -0.65,  # never_asked_for_kind
)

QUESTION_WEIGHTS: Final = (
    10.7,  # constant
    3.11,  # like_unanswered
    9.75,  # cosine_small_of_unanswered
    8.36,  # unanswered_is_likelier
    1.28,  # strange
    3.5,  # elsewhere
    3.0,  # other_licence
    -8.36,  # length
    -3.92,  # words_of_the_field
    0.8,  # outside
)
"""`other_name`, `other_licence`, `licence` and `elsewhere` are set by hand: questions
say little of them. The two measures of what is asked for were added to the estimate of
before, whose other weights do better on questions kept aside than a new one. So were
`outside` and what the constant gained with it: by what they refuse and answer of the
estimate's questions, each told by weights that were learnt without it."""


def share_odds(
    candidates: Sequence[Sequence[float]], question: Sequence[float]
) -> Sequence[float]:
    """Share the odds among candidates by their measures; what is missing is none's."""
    sums = [_weigh_measures(measures, ANSWER_WEIGHTS) for measures in candidates]
    none = _weigh_measures(question, QUESTION_WEIGHTS)
    most = max((none, *sums))
    shares = [math.exp(score - most) for score in sums]
    whole = math.exp(none - most) + sum(shares)
    return [share / whole for share in shares]


def _weigh_measures(measures: Sequence[float], weights: Sequence[float]) -> float:
    return sum(m * w for m, w in zip(measures, weights, strict=True))
