"""Which criteria can apply at all, when only part of what a case gives is known."""

from __future__ import annotations

from collections.abc import Mapping

from changqing.law.lookup import APPLIES
from changqing.law.subjects import LISTED_SUBJECTS
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteEngine
from changqing.rules.types import Value

_NOTHING = Rows(
    members={
        subject: [MemberRow(id="any", stance=Stance.PROVEN, values={})]
        for subject in ("applicant", *LISTED_SUBJECTS)
    },
    open_lists={stance: frozenset(LISTED_SUBJECTS) for stance in Stance},
)


def find_applicable(
    engine: SqliteEngine, givens: Mapping[str, Value | None]
) -> frozenset[str]:
    """Find the criteria whose `applies` is not false, whatever the subjects are.

    `engine` runs the catalogue's program (`load_sqlite_program`). What is not given is
    unknown, and so is the kind or role of every subject: a criterion is left out only
    when it cannot apply.
    """
    truths = engine.evaluate(_NOTHING, parameters={}, givens=givens)
    return frozenset(
        rule.removeprefix(APPLIES)
        for (rule, _, _), truth in truths.items()
        if rule.startswith(APPLIES) and truth is not False
    )
