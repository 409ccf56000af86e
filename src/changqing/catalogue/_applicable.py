"""Which criteria can apply at all, when only part of what a case gives is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from changqing.catalogue._lookup import APPLIES, SUBJECT_LISTS, sqlite_program
from changqing.catalogue._model import Catalogue
from changqing.expression import Member, Rows, SqliteEngine, Stance, Value

_NOTHING = Rows(
    members={
        subject: [Member(id="any", stance=Stance.PROVEN, values={})]
        for subject in ("applicant", *SUBJECT_LISTS)
    },
    open_lists={stance: frozenset(SUBJECT_LISTS) for stance in Stance},
)


def applicable(
    catalogue: Catalogue, cases: Iterable[Mapping[str, Value]]
) -> list[frozenset[str]]:
    """For each set of givens, the criteria whose `applies` is not false.

    What is not given is unknown, and so is the kind or role of every subject: a
    criterion is left out only when it cannot apply.
    """
    with SqliteEngine(sqlite_program(catalogue)) as engine:
        return [
            frozenset(
                rule.removeprefix(APPLIES)
                for (rule, _, _), truth in engine.evaluate(
                    _NOTHING, parameters={}, givens=givens
                ).items()
                if rule.startswith(APPLIES) and truth is not False
            )
            for givens in cases
        ]
