"""What is known: the case folder, records, gaps, resolution, log and blobs."""

from changqing.evidence._add_look import add_look, keep_page
from changqing.evidence._case import (
    APP_KINDS,
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
from changqing.evidence._day import BEIJING, beijing_day, last_valid_day, start_of
from changqing.evidence._disk import Disk, only_writer
from changqing.evidence._entry import (
    Blob,
    Item,
    Line,
    Made,
    MadeKind,
    UnknownEntry,
    canonical,
    encode,
    withheld,
    write_line,
)
from changqing.evidence._erase import erase_paper, replaced_files
from changqing.evidence._fitting import (
    check_days,
    check_declared_on,
    check_submit_on,
)
from changqing.evidence._history import History, Spell, history, history_data
from changqing.evidence._log import BrokenTileError, Tiles
from changqing.evidence._looked import kept_page
from changqing.evidence._merkle import (
    consistency_proof,
    consistent,
    included,
    inclusion_proof,
    leaf_hash,
)
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
from changqing.evidence._note import (
    Checkpoint,
    SigningKey,
    Verifier,
    default_key_path,
    load_key,
    make_key,
    rotate_key,
)
from changqing.evidence._observations import (
    Observation,
    ObservationKind,
    Observations,
)
from changqing.evidence._open import CASE_FILE, open_case
from changqing.evidence._page import (
    MAX_PAGE_BYTES,
    Field,
    Page,
    Row,
    UnreadablePageError,
    read_page,
)
from changqing.evidence._reach import REACHABLE, reachability, without_internet
from changqing.evidence._recorded import FOLDER, Evidence, Verified, Withheld
from changqing.evidence._records import gaps_of, records_of
from changqing.evidence._resolve import conflicts, resolve, unresolved
from changqing.evidence._shown import Backed, Shown, Sought, back, shown
from changqing.evidence._store import Store
from changqing.evidence._suffix import registrable_domain
from changqing.evidence._sync import changes, together
from changqing.evidence._value import (
    NotAValueError,
    Parsed,
    parse_date,
    parse_value,
)

__all__ = [
    "APPLICANT",
    "APP_KINDS",
    "BEIJING",
    "CASE_FILE",
    "CLOSED_PAPERS",
    "FOLDER",
    "MAX_PAGE_BYTES",
    "REACHABLE",
    "Application",
    "Attempt",
    "Backed",
    "Blob",
    "BrokenTileError",
    "Case",
    "CaseFile",
    "Checkpoint",
    "Closing",
    "Conflict",
    "Disk",
    "Evidence",
    "Field",
    "Gap",
    "GapReason",
    "Hidden",
    "History",
    "IssuerCheck",
    "Item",
    "Line",
    "Look",
    "Made",
    "MadeKind",
    "Member",
    "NotAValueError",
    "NotThisKindError",
    "Observation",
    "ObservationKind",
    "Observations",
    "Page",
    "Paper",
    "Parsed",
    "Record",
    "Resolved",
    "Row",
    "Shown",
    "SigningKey",
    "Sought",
    "Source",
    "SourceKind",
    "Spell",
    "Statement",
    "Store",
    "Subject",
    "Tiles",
    "UnknownEntry",
    "UnreadablePageError",
    "Verified",
    "Verifier",
    "Withheld",
    "add_look",
    "back",
    "beijing_day",
    "canonical",
    "changes",
    "check_days",
    "check_declared_on",
    "check_submit_on",
    "conflicts",
    "consistency_proof",
    "consistent",
    "default_key_path",
    "encode",
    "erase_paper",
    "gaps_of",
    "history",
    "history_data",
    "included",
    "inclusion_proof",
    "keep_page",
    "kept_page",
    "last_valid_day",
    "leaf_hash",
    "load_key",
    "make_key",
    "normalise",
    "only_writer",
    "open_case",
    "paper_in_force",
    "parse_date",
    "parse_value",
    "reachability",
    "read_page",
    "records_of",
    "registrable_domain",
    "replaced_files",
    "resolve",
    "rotate_key",
    "shown",
    "start_of",
    "together",
    "unresolved",
    "withheld",
    "without_internet",
    "write_line",
]
