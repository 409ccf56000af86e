"""Check a bundle in a child process: a hostile one can keep the verifier for hours.

The verifier counts steps of SQLite, but one step over a long text can take as long as
it likes, and its own limit of memory holds for a whole process. Here it has one.
"""

from __future__ import annotations

import contextlib
import io
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from changqing.errors import GivenUpError
from changqing.law.model import Catalogue
from changqing.sandbox.pool import Limits, get_shared_pool
from changqing.sealing import verify
from changqing.sealing.bundle import digest_installed_rules
from changqing.sealing.rules import find_differing_rules, make_rule_files
from changqing.text import Text

LIMITS: Final = Limits(seconds=240, memory=2 << 30, output=0)
"""For a bundle of any honest size."""


def check_apart(
    path: Path,
    keys: frozenset[str],
    rules: Mapping[str, str],
    *,
    limits: Limits | None = None,
    today: date | None = None,
    pool: str = "",
) -> tuple[verify.Report, verify.Listed | None]:
    """Check a bundle as `verify.check` does, time tokens by themselves too.

    `today` is for the line that says how old the verdicts are, `pool` names the
    children that do it. Raises NoBundleError and OSError as it does, and GivenUpError
    when a limit ends it.
    """
    outcome = get_shared_pool(pool).run(
        limits or LIMITS, _check_in_child, path.absolute(), keys, dict(rules), today
    )
    if outcome is None:
        raise verify.NoBundleError
    return outcome


def run_verify_apart(
    arguments: Sequence[str],
    bundles: Sequence[str],
    catalogue: Catalogue,
    *,
    authorities: Sequence[bytes] = (),
) -> int:
    """Check bundles as `verify.main` does, and name them where a limit ends that.

    The rules of `catalogue` are known, and where those of a bundle differ from them is
    told. `authorities` are root certificates of time authorities, as PEM.
    """
    ours = dict(make_rule_files(catalogue))
    rules = dict(digest_installed_rules(catalogue))
    # The child may have been started in another folder.
    paths = [str(Path(bundle).absolute()) for bundle in bundles]
    arguments_in_child = ([*arguments, "--", *paths], rules, ours, tuple(authorities))
    try:
        code, printed, errors = get_shared_pool().run(
            LIMITS, _run_verifier, *arguments_in_child
        )
    except GivenUpError as error:
        issues = [replace(issue, path=" ".join(bundles)) for issue in error.issues]
        raise GivenUpError(*issues, reason=error.reason) from error
    verify.print_lines(printed.decode().splitlines())
    sys.stderr.write(errors)
    return code


def find_differing_apart(
    catalogue: Catalogue, path: Path, *, pool: str = ""
) -> Sequence[Text]:
    """Find where the rules of a checked bundle are not those of the catalogue."""
    ours = dict(make_rule_files(catalogue))
    return get_shared_pool(pool).run(
        LIMITS, find_differing_rules, ours, path.absolute()
    )


def _run_verifier(
    arguments: Sequence[str],
    rules: Mapping[str, str],
    ours: Mapping[str, bytes],
    authorities: Sequence[bytes],
) -> tuple[int, bytes, str]:
    """In the child: the exit code, and what the verifier prints."""
    limit_heap()
    output, errors = io.TextIOWrapper(io.BytesIO()), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        code = verify.main(
            arguments,
            rules,
            _load_witness(authorities),
            lambda path: [
                (rule.zh, rule.en) for rule in find_differing_rules(ours, path)
            ],
        )
    output.flush()
    printed = output.buffer
    printed.seek(0)
    return code, printed.read(), errors.getvalue()


def _check_in_child(
    path: Path, keys: frozenset[str], rules: Mapping[str, str], today: date | None
) -> tuple[verify.Report, verify.Listed | None] | None:
    """In the child: check; None for what is no bundle.

    That is no fault of the child, which goes on with the next one: after an error that
    is none of the program's own it would be replaced.
    """
    limit_heap()
    try:
        with path.open("rb") as stream:
            return verify.check(stream, keys, rules, _load_witness(()), today)
    except verify.NoBundleError:
        return None


def _load_witness(authorities: Sequence[bytes]) -> verify.Witness | None:
    """What judges time tokens; without its library the report says that none did."""
    if not authorities and find_spec("rfc3161_client") is None:
        return None
    from changqing.sealing.times import make_witness, read_authorities

    return make_witness(
        [root for content in authorities for root in read_authorities(content, "")]
    )


def limit_heap() -> None:
    """Bound what SQLite may take in this process, for good, as verify.py does."""
    with sqlite3.connect(":memory:") as database:
        database.execute(f"PRAGMA hard_heap_limit = {verify.HEAP}")
    database.close()
