"""One case, every criterion: our engine beside CEL and GoRules, in one run.

Prints ratios and how many verdicts differ. Also: the compiled catalogue beside the
text. See README.md for what is timed and what is not.
"""

from __future__ import annotations

import argparse
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks.peer_cel import CelRules
from benchmarks.peer_data import (
    Reads,
    Verdicts,
    month_parts,
    names,
    questions,
)
from benchmarks.peer_zen import ZenRules
from benchmarks.rounds import Times, milliseconds, ratio, take_turns
from changqing.judge.assess import bound_parameters, list_givens, make_rows
from changqing.law.compiled import load_compiled
from changqing.law.load import load
from changqing.law.lookup import list_expressions, load_sqlite_program
from changqing.law.model import Catalogue
from changqing.papers.open import open_case
from changqing.rules.rows import Rows
from changqing.rules.sqlite import SqliteEngine, encode_value
from changqing.rules.types import Value
from changqing.run import make_situation, read_recorded

OURS, CEL, ZEN = "changqing (SQLite)", "CEL (C++)", "GoRules (ZEN)"
_EXAMPLE = Path(__file__).parent.parent / "examples" / "local-life"


def main() -> int:
    """Run it; 1 when the engines do not agree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path, nargs="?", default=_EXAMPLE)
    parser.add_argument("--as-of", type=date.fromisoformat, default="2026-11-24")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--seconds", type=float, default=0.25, help="a turn, at least")
    options = parser.parse_args()
    _machine()
    catalogue = load_compiled()
    differing = _engines(
        catalogue,
        options.case,
        as_of=options.as_of,
        rounds=options.rounds,
        least=options.seconds,
    )
    _catalogue(rounds=options.rounds)
    return 1 if differing else 0


def _machine() -> None:
    peers = ("cel-expr-python", "zen-engine")
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}", end=""
    )
    print("".join(f", {name} {version(name)}" for name in peers))
    print()


def _engines(
    catalogue: Catalogue, folder: Path, *, as_of: date, rounds: int, least: float
) -> int:
    case = open_case(folder, catalogue)
    situation = make_situation(case, read_recorded(case), catalogue, as_of)
    parameters = bound_parameters(catalogue, case.application, as_of)
    givens = list_givens(case.application, as_of)
    contest = _Contest(catalogue, make_rows(situation), parameters, givens)

    agreed = contest.ours()
    differing = sum(_different(agreed, peer()) for peer in (contest.cel, contest.zen))
    print(
        f"{folder.name} as of {as_of}: {len(catalogue.criteria)} criteria"
        f" ({len(contest.rules)} expressions), {len(situation.subjects)} subjects in"
        f" 2 stances: {len(agreed)} truths. Differing from ours: {differing}."
    )
    print("\nFrom the rows of the case to all truths (each engine takes the rows in):")
    _report(
        take_turns(
            {OURS: contest.ours, CEL: contest.cel, ZEN: contest.zen},
            rounds=rounds,
            least=least,
        )
    )
    print("\nRows taken in beforehand (tables filled, activations and contexts made):")
    _report(take_turns(contest.prepared(), rounds=rounds, least=least))
    return differing


class _Contest:
    """The same rules, rows and names in the hands of each engine."""

    def __init__(
        self,
        catalogue: Catalogue,
        rows: Rows,
        parameters: Mapping[str, Value | None],
        givens: Mapping[str, Value | None],
    ) -> None:
        program = load_sqlite_program(catalogue)
        self.rules = list_expressions(catalogue)
        self._rows, self._parameters, self._givens = rows, parameters, givens
        self._engine = SqliteEngine(program)
        self._cel, self._zen = CelRules(self.rules), ZenRules(self.rules)
        self._reads = Reads.of(self.rules, program)
        known = {**parameters, **givens}
        self._known = names(known) | month_parts(known, self._reads)

    def ours(self) -> Verdicts:
        return self._engine.evaluate(
            self._rows, parameters=self._parameters, givens=self._givens
        )

    def cel(self) -> Verdicts:
        questions_of_rows = questions(self._rows, self._known, self._reads)
        return self._cel.judge(questions_of_rows, self._cel.activate(questions_of_rows))

    def zen(self) -> Verdicts:
        return self._zen.judge(questions(self._rows, self._known, self._reads))

    def prepared(self) -> dict[str, Callable[[], Verdicts]]:
        questions_of_rows = questions(self._rows, self._known, self._reads)
        activations = self._cel.activate(questions_of_rows)
        bound = {
            name: encode_value({**self._parameters, **self._givens}.get(name))
            for name in self._engine._program.names
        }
        self._engine._fill(self._rows)
        return {
            OURS: lambda: self._engine._read(bound),
            CEL: lambda: self._cel.judge(questions_of_rows, activations),
            ZEN: lambda: self._zen.judge(questions_of_rows),
        }


def _different(ours: Verdicts, theirs: Verdicts) -> int:
    return sum(
        key not in ours or key not in theirs or ours[key] is not theirs[key]
        for key in {*ours, *theirs}
    )


def _report(times: Times) -> None:
    for name in times:
        print(f"  {name:20} {milliseconds(times, name):8.2f} ms CPU", end="")
        print("" if name == OURS else f"   ours × {ratio(times, name, OURS)}")


def _catalogue(*, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as cache:
        load_compiled(cache_dir=Path(cache))
        times = take_turns(
            {
                "compiled": lambda: load_compiled(cache_dir=Path(cache)),
                "text": load,
            },
            rounds=rounds,
            least=0.0,
        )
    print("\nThe catalogue, warm process:")
    for name in times:
        print(f"  {name:20} {milliseconds(times, name):8.1f} ms CPU")
    print(f"  text / compiled      {ratio(times, 'text', 'compiled')}")


if __name__ == "__main__":
    sys.exit(main())
