"""A case that goes from a register goes from its journals and archives too."""

from __future__ import annotations

import gzip
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from changqing.disk import Disk
from changqing.errors import BusyError
from changqing.probes.warc_index import make_blank_records
from changqing.screening.erase import erase_from_register
from changqing.screening.layout import read_head
from changqing.screening.look import look_at_register
from changqing.screening.look_erase import erase_looks, lock_looks
from changqing.screening.look_journal import (
    ERASED,
    LookJournal,
    LookKind,
    list_journals,
    list_looks,
    read_capture,
)
from changqing.screening.look_plan import list_sites
from changqing.screening.look_taken import take_looks
from changqing.screening.look_workers import look_and_take
from changqing.shard import Shard
from tests.screening.look_world import (
    DAY,
    GOOD,
    NOW,
    SiteWorld,
    append_look,
    check_archives,
    count_looks,
    list_all_looks,
    make_job,
    make_register,
    read_cases,
)
from tests.shipped import CATALOGUE


def test_an_erased_case_goes_from_journals_and_archives(
    tmp_path: Path, world: SiteWorld
) -> None:
    gone, kept = "erased.cn", GOOD[0]
    register = make_register(tmp_path / "register", (gone, kept))
    look_and_take(make_job(register, world))
    before = read_cases(register)[kept]
    bodies = (gone.encode(), b"registrant")
    assert [sum(_count(register, word)) > 0 for word in bodies] == [True, True]

    def erase() -> None:
        erase_from_register(
            register, gone, CATALOGUE, member=None, by="\u7532", now=NOW
        )

    with LookJournal(register, Shard()), pytest.raises(BusyError):
        erase()
    erase()
    assert sum(_count(register, gone.encode())) == 1  # that it was erased
    assert set(count_looks(register)) == {(kept, kind) for kind in LookKind}
    assert read_cases(register) == {kept: before}

    # The others are where they were, and what comes next goes on.
    (register / "looks" / "taken.json").unlink()
    look_and_take(make_job(register, world, at=NOW + DAY))
    check_archives(register)
    assert take_looks(register, CATALOGUE).looks == 0
    assert len(read_cases(register)[kept].known.attempts) == 2


def test_nobody_begins_a_share_while_a_case_is_erased(
    tmp_path: Path, world: SiteWorld
) -> None:
    register = make_register(tmp_path / "register", GOOD[:1])
    with lock_looks(register):
        for shard in (Shard(), Shard(number=1, count=2), Shard(number=2, count=2)):
            with pytest.raises(BusyError):
                look_at_register(make_job(register, world, shard=shard))
    assert not count_looks(register)
    assert look_at_register(make_job(register, world)).done == 2


def test_half_a_look_that_a_crash_left_is_erased_with_its_case(
    tmp_path: Path, world: SiteWorld
) -> None:
    gone, kept = "erased.cn", GOOD[0]
    register = make_register(tmp_path / "register", (gone, kept))
    job = make_job(register, world)
    look_and_take(job)

    def die(step: str) -> None:
        if step.startswith("sync 2026-11-25-pages"):
            raise KeyboardInterrupt

    with LookJournal(register, Shard(), disk=Disk(step=die)) as journal:
        [of] = [
            site
            for site in list_sites(register, read_head(register), Shard())
            if site.case == gone
        ]
        with pytest.raises(KeyboardInterrupt):
            append_look(journal, of, at=NOW + DAY)
    [half] = list_journals(register, since=(NOW + DAY).date())
    half.write_bytes(half.read_bytes()[:-1])  # all but the end of its line came
    with lock_looks(register):
        assert erase_looks(register, gone) == 2
    assert not half.read_bytes()
    assert [path.name for path in half.parent.glob("2026-11-25-*.gz")] == []
    assert {seen.of.case for _, seen in list_all_looks(register)} == {kept}


def test_the_name_of_a_deleted_archive_is_not_given_again(
    tmp_path: Path, world: SiteWorld
) -> None:
    register = make_register(tmp_path / "register", GOOD[:3])
    with LookJournal(register, Shard(), most_bytes=1) as journal:
        for number, of in enumerate(list_sites(register, read_head(register), Shard())):
            if number == 2:  # somebody makes room
                min(journal.folder.glob("*.warc.gz")).unlink()
            append_look(journal, of)
    looks = {seen.of.case: (path, seen) for path, seen in list_all_looks(register)}
    names = {
        place.archive for _, seen in looks.values() for place in seen.captures.values()
    }
    assert names == {f"2026-11-24-{number:04d}.warc.gz" for number in (1, 2, 3)}

    # All are deleted, and another process goes on: nothing lies at an old place.
    for archive in (register / "looks").rglob("*.warc.gz"):
        archive.unlink()
    gone, kept = sorted(looks)[:2]
    with LookJournal(register, Shard()) as journal:
        append_look(journal, looks[kept][1].of)
    with lock_looks(register):
        erase_looks(register, gone)
    *_, (path, seen) = list_all_looks(register)
    assert {place.archive for place in seen.captures.values()} == {
        "2026-11-24-0004.warc.gz"
    }
    assert read_capture(path, seen, "page") == kept.encode() * 1_000


def _count(register: Path, word: bytes) -> list[int]:
    """Count how often a word stands in each file, unpacked."""
    return [
        (gzip.decompress(data) if path.suffix == ".gz" else data).count(word)
        for path in register.rglob("*")
        if path.is_file() and path.suffix != ".parquet"
        for data in (path.read_bytes(),)
    ]


def test_half_an_erasure_is_gone_on_with(tmp_path: Path, world: SiteWorld) -> None:
    register = make_register(tmp_path / "register", GOOD[:2])
    look_and_take(make_job(register, world))
    [journal] = list_journals(register, LookKind.PAGES)
    first = next(iter(list_looks(journal)))
    content = bytearray(journal.read_bytes())
    content[first.first : first.first + len(ERASED)] = ERASED  # and then it was killed
    journal.write_bytes(content)
    assert len(list(list_looks(journal))) == 1
    assert look_and_take(make_job(register, world)).progress.done == 1
    with lock_looks(register):
        erase_looks(register, first.case)
    assert {seen.of.case for _, seen in list_all_looks(register)} == (
        set(GOOD[:2]) - {first.case}
    )
    assert first.case.encode() not in journal.read_bytes()


@pytest.mark.parametrize("length", [500, 501, 3_999, 4_001, 9_000, 100_003])
def test_blank_records_fill_a_place_and_are_read(length: int) -> None:
    blank = make_blank_records(length)
    assert len(blank) == length
    records = [
        (record.rec_type, record.content_stream().read())
        for record in ArchiveIterator(BytesIO(blank))
    ]
    assert records
    assert set(records) == {("metadata", b"erased")}


def test_a_look_at_a_case_that_went_is_told_and_not_taken(
    tmp_path: Path, world: SiteWorld
) -> None:
    register = make_register(tmp_path / "register", GOOD[:1])
    look_at_register(make_job(register, world))
    other = make_register(tmp_path / "other", GOOD[1:2])
    (register / "looks").rename(other / "looks")
    taken = take_looks(other, CATALOGUE)
    assert (taken.looks, taken.without_case) == (2, 2)
