"""What is proven, else what is claimed: the same wherever a value is shown or used."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from changqing.case.subjects import APPLICANT, Subject
from changqing.documents.drawings import draw_equity
from changqing.evidence.model import Resolved
from changqing.law.compiled import load_compiled
from changqing.outlook.endurance import compute_endurance
from changqing.rules.types import Value
from changqing.run import Outcome
from changqing.watch.model import ChannelQuestion
from changqing.watch.signs import read_replies
from tests.documents.dossier_case import EXAMPLES, assessed

SOURCE = Path(__file__).parents[2] / "src"
SENT = datetime(2026, 11, 20, 2, tzinfo=UTC)


def known(subject: Subject, fact: str, *, claimed: Value, proven: Value) -> Resolved:
    return Resolved(
        fact=fact,
        subject=subject,
        claimed=claimed,
        claimed_by=None,
        proven=proven,
        proven_by=None,
        gap=None,
        gap_detail=None,
        agree_claimed=None,
        agree_proven=None,
    )


def test_a_holder_proven_to_hold_nothing_is_drawn_with_nothing() -> None:
    outcome: Outcome = assessed(EXAMPLES / "local-life")
    holder = outcome.case.holders[0].subject
    found = known(holder, "share", claimed=6000, proven=0)
    situation = replace(
        outcome.situation,
        resolved={**outcome.situation.resolved, (holder, "share"): found},
    )

    drawn = draw_equity(outcome.case, situation)

    assert drawn is not None
    assert ">0%，" in drawn
    assert ">60%，" not in drawn


def test_a_promise_proven_to_be_the_same_day_is_late_on_the_next() -> None:
    question = ChannelQuestion(
        id="q1", channel="邮箱", by="审核员", text="何时答复", sent_at=SENT
    )
    promise = known(APPLICANT, "complaint_reply_days", claimed=15, proven=0)

    (read,) = read_replies(
        [question],
        {(APPLICANT, "complaint_reply_days"): promise},
        SENT + timedelta(days=1),
    )

    assert read.good is False


def test_a_support_proven_to_have_no_name_does_not_take_the_claimed_one() -> None:
    site = Subject("service", "site")
    named = known(site, "hosting_provider", claimed="云麓", proven="")

    found = compute_endurance(
        {(site, "hosting_provider"): named}, [site], load_compiled(), term=None
    )

    details = {s.commitment.id: s.detail for s in found.commitments}
    assert details["hosting"] is None


def test_nobody_spells_out_proven_else_claimed_again() -> None:
    again = re.compile(
        r"\.proven or \w+\.claimed|\.claimed if \w+\.proven is None"
        r"|\.proven if \w+\.proven is not None else \w+\.claimed\b"
    )
    places = [
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for path in SOURCE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if again.search(line) and path.name not in ("verify.py", "model.py")
    ]
    assert [p for p in places if "lasting" not in p] == []
