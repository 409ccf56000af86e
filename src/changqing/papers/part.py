"""What is found in one paper of a case: what it shows, and how it compares."""

from __future__ import annotations

from dataclasses import dataclass

from changqing.case.comparison import Comparisons
from changqing.evidence.reading import ReadingProblem
from changqing.readers.proposal import ProposedPaper


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPart:
    """The part of a file that is a paper of the case, and what it shows.

    `shown` None: nothing may be taken from it. `looks_like` is the kind the file is
    read as, where it is not the one that was asked for; `another` the company that it
    speaks of instead of the applicant; `beside` the kinds of further papers in the
    file, each with its first page.
    """

    shown: ProposedPaper | None
    problem: ReadingProblem | None = None
    looks_like: str | None = None
    another: str | None = None
    beside: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextComparison:
    """How what was typed of a paper compares with its words.

    Who asked the issuer or saw the original is not in it: that changes by itself.
    `may_be_another`: its words do not speak for the kind of paper that it is listed as.
    """

    found: Comparisons
    may_be_another: bool
