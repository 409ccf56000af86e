"""A crash or a full disk while a key is changed, a token kept, a bundle sealed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from errno import ENOSPC
from itertools import pairwise
from pathlib import Path

import pytest

from changqing.disk import Disk
from changqing.errors import CaseError
from changqing.evidence.ledger.note import load_key, read_rotation, rotate_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from tests.sealing.sealed_bundle import Sealed, changqing


@dataclass
class _Ends:
    """A disk on which something happens before its n-th step."""

    left: int
    how: Callable[[], BaseException]

    def __call__(self, step: str) -> None:
        self.left -= 1
        if self.left < 0:
            raise self.how()


def _killed() -> BaseException:
    return KeyboardInterrupt()


def _full() -> BaseException:
    return OSError(ENOSPC, "No space left on device")


HOWS = pytest.mark.parametrize("how", [_killed, _full], ids=["killed", "full disk"])


@HOWS
def test_a_key_whose_change_is_cut_short_is_the_old_or_the_new(
    how: Callable[[], BaseException], tmp_path: Path
) -> None:
    for steps in range(30):
        path = tmp_path / str(steps) / "signing-key"
        first = load_key(path)
        second = rotate_key(path)
        try:
            rotate_key(path, disk=Disk(step=_Ends(steps, how)))
        except (KeyboardInterrupt, CaseError):
            assert load_key(path) == second
        else:
            break
        third = rotate_key(path)
        assert load_key(path) == third
        led = [read_rotation(note) for note in third.succeeds]
        publics = [key.make_verifier("any").public for key in (first, second, third)]
        assert led == list(pairwise(publics))
        kept = [load_key(path.with_name(f"signing-key.{n}.old")).seed for n in (1, 2)]
        assert kept == [first.seed, second.seed]
    else:
        pytest.fail("it never ended")
    assert steps > 4


@HOWS
def test_a_token_whose_keeping_is_cut_short_is_kept_the_next_time(
    how: Callable[[], BaseException], full: Sealed, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(full.case, case)
    checkpoint = (case / "evidence" / "log" / "checkpoint").read_bytes()
    before = Evidence(case).verify()
    shutil.rmtree(case / "evidence" / "log" / "times", ignore_errors=True)
    for steps in range(30):
        with Store(case, full.key, disk=Disk(step=_Ends(steps, how))) as store:
            try:
                store.stamp(checkpoint, b"token")
            except (KeyboardInterrupt, CaseError):
                assert set(Evidence(case).list_tokens()) <= {(checkpoint, b"token")}
                assert Evidence(case).verify() == before
            else:
                break
    else:
        pytest.fail("it never ended")
    assert set(Evidence(case).list_tokens()) == {(checkpoint, b"token")}
    assert Evidence(case).verify() == before


@pytest.mark.long
@HOWS
def test_records_cut_short_while_sealing_leave_a_log_that_can_be_sealed(
    how: Callable[[], BaseException], full: Sealed, desk: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(full.case, case)
    ended = 0
    for steps in range(0, 24, 3):
        try:
            with Store(case, full.key, disk=Disk(step=_Ends(steps, how))) as store:
                store.keep(f"original {steps}".encode())
        except (KeyboardInterrupt, CaseError):
            ended += 1
        assert Evidence(case).verify() is not None
    assert ended > 4
    done = changqing(
        "seal", case, "-o", tmp_path / "b.zip", "--full", config=desk / "config"
    )
    assert done.returncode == 0, done.stderr
    assert full.check_bytes((tmp_path / "b.zip").read_bytes()).damaged == []
    assert not list(tmp_path.glob("*.new"))
