"""The first case of what papers say and people answered, written once.

`list_known` says which questions the papers answer; `start_case` writes the case file
with all that they add, and keeps what was read in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from changqing.case import edit
from changqing.case.model import Case
from changqing.day import beijing_day
from changqing.evidence.ledger.memory import Memory
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.readings import keep_readings
from changqing.guide.interview import FACTS, InterviewAnswers
from changqing.guide.stage import FIRST, list_deciding, propose_stage
from changqing.guide.write import write_case
from changqing.law.model import Catalogue
from changqing.papers.open import open_case
from changqing.papers.start import FoundCase, find_service, list_started
from changqing.text import Language


def list_known(found_case: FoundCase) -> Mapping[str, str]:
    """List the answers that the files give, by question; "" where a paper backs it."""
    answers = {name: "" for name in FACTS if name in found_case.said}
    values = {
        "name": found_case.name,
        "credit_code": found_case.credit_code,
        "region": found_case.region,
        "url": find_service(found_case),
    }
    answers |= {name: value for name, value in values.items() if value}
    if any("technical" in person.roles for person in found_case.people):
        answers["technician"] = ""
    return answers


def start_case(
    folder: Path,
    found_case: FoundCase,
    answers: InterviewAnswers,
    catalogue: Catalogue,
    *,
    key: Path,
    now: datetime,
    language: Language,
) -> Case:
    """Write the first `case.yaml` with all that the files add, and keep what was read.

    Raises CaseError where there is a case already, or it cannot be written.
    """
    here = {str(paper.kind) for file in found_case.files for paper in file.papers}
    write_case(folder, answers, catalogue, now=now, language=language, here=here)
    Memory.open_beside(key).forget(folder)
    with Store(folder, load_key(key)) as store:
        listed = [file.taken.reading for file in found_case.files if file.papers]
        keep_readings(store, filter(None, listed), now)
    # The site is the one that the papers name unless a person said otherwise.
    is_own_site = bool(found_case.domains) and found_case.domains[0] in answers.url
    proposal = propose_stage(
        found_case, catalogue, on=beijing_day(now), licence=answers.licence
    )
    # Who begins as a holder of the licence has taken what it says of itself.
    deciding = () if answers.stage == FIRST else list_deciding(found_case, proposal)
    changes = list_started(
        found_case,
        received_on=beijing_day(now),
        site="site" if is_own_site else None,
        deciding=deciding,
    )
    case_data = edit.read(folder)
    edit.change(folder, changes, version=case_data.version, catalogue=catalogue)
    return open_case(folder, catalogue)
