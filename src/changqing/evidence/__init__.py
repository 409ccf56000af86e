"""What is known: the case folder, records, gaps, resolution, log and blobs."""

from changqing.evidence._case import (
    APPLICANT,
    Application,
    Case,
    CaseFile,
    Closing,
    IssuerCheck,
    Look,
    Member,
    Paper,
    Statement,
    paper_in_force,
)
from changqing.evidence._day import BEIJING, beijing_day, start_of
from changqing.evidence._model import (
    CLOSED_PAPERS,
    Attempt,
    Conflict,
    Gap,
    GapReason,
    Record,
    Resolved,
    Source,
    SourceKind,
    Subject,
)
from changqing.evidence._normalise import Hidden, NotThisKindError, normalise
from changqing.evidence._open import CASE_FILE, open_case, registrable_domain
from changqing.evidence._reach import REACHABLE, reachability
from changqing.evidence._records import gaps_of, records_of
from changqing.evidence._resolve import conflicts, resolve, unresolved
from changqing.evidence._value import NotAValueError, Parsed, parse_value

__all__ = [
    "APPLICANT",
    "BEIJING",
    "CASE_FILE",
    "CLOSED_PAPERS",
    "REACHABLE",
    "Application",
    "Attempt",
    "Case",
    "CaseFile",
    "Closing",
    "Conflict",
    "Gap",
    "GapReason",
    "Hidden",
    "IssuerCheck",
    "Look",
    "Member",
    "NotAValueError",
    "NotThisKindError",
    "Paper",
    "Parsed",
    "Record",
    "Resolved",
    "Source",
    "SourceKind",
    "Statement",
    "Subject",
    "beijing_day",
    "conflicts",
    "gaps_of",
    "normalise",
    "open_case",
    "paper_in_force",
    "parse_value",
    "reachability",
    "records_of",
    "registrable_domain",
    "resolve",
    "start_of",
    "unresolved",
]
