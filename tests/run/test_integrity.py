"""What a case recorded does not vanish without a word, and has one owner."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.agency.desk import Deed, DeskJournal, Note
from changqing.casework.events import Act, Event, Journal
from changqing.casework.files import SUMMARY
from changqing.casework.record import record
from changqing.cli.main import main
from changqing.errors import TamperError
from changqing.evidence.ledger.anchors import ANCHOR, anchor_heads
from changqing.evidence.ledger.log import Tiles
from changqing.evidence.ledger.memory import Memory
from changqing.evidence.ledger.note import SigningKey, load_key, make_key, rotate_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.ledger.tokens import check_tokens
from changqing.integrity import accept_case, check_integrity
from changqing.papers.open import open_case
from changqing.run import check_log_kept
from changqing.watch.journal import Watchbook, What
from tests.evidence.evidence_factory import make_record
from tests.shipped import CATALOGUE

EXAMPLE = Path(__file__).parents[2] / "examples" / "newly-registered"
NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This machine's own key, which the commands use too."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "config" / "changqing" / "signing-key"
    load_key(path)
    return path


def submit(folder: Path, *, memory: Memory | None = None) -> None:
    case = open_case(folder, CATALOGUE)
    for act, day in ((Act.SUBMIT, 25), (Act.ACCEPTANCE, 26)):
        event = Event(act=act, on=date(2026, 11, day), by="林晓")
        record(CATALOGUE, case, event, now=NOW, memory=memory)


@pytest.fixture
def case(tmp_path: Path, key: Path) -> Path:
    """A case that was handed in and accepted, watched, stamped, and asked about."""
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "case"))
    memory = Memory.open_beside(key)
    submit(folder, memory=memory)
    with DeskJournal(folder) as desk:
        note = Note(deed=Deed.ASK, by="李姐", to="客户")
        desk.append(note, now=NOW, sent="请提供租约")
    with Watchbook(folder, memory=memory) as book:
        data = {"upto": 1, "control": True}
        book.append_with_page(What.LOOK, data, b"<p>page</p>", at=NOW)
        digest = hashlib.sha256(b"<p>page</p>").hexdigest()
        told = {
            "id": "q1",
            "channel": "phone",
            "by": "林晓",
            "sent_at": NOW.isoformat(),
        }
        book.append(What.QUESTION, {**told, "page": digest}, at=NOW)
    with Store(folder, load_key(key)) as store:
        store.keep(b"page")
        checkpoint = (store.log_folder / "checkpoint").read_bytes()
        store.stamp(checkpoint, _token(checkpoint))
    check_integrity(folder, key=key)
    return folder


def _token(checkpoint: bytes) -> bytes:
    """What the check of a folder reads of a token: the digest that it is of."""
    return b"\x30\x04\x20" + hashlib.sha256(checkpoint).digest() + b"and a signature"


def cut_last_line(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))


def flip_last_byte(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def flip_a_bit_inside(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


HARM: dict[str, Callable[[Path], None]] = {
    "deleted": Path.unlink,
    "last line cut": cut_last_line,
    "last byte flipped": flip_last_byte,
    "bit flipped": flip_a_bit_inside,
}
LINES = ("casework/events.jsonl", "casework/desk.jsonl", "watch/incidents.jsonl")
FILES = (
    "casework/handed_in/*",
    "casework/requests/*",
    "watch/pages/*",
    "evidence/history/*.parquet",
    "evidence/log/times/*.tsr",
    "evidence/log/times/*.checkpoint",
)


@pytest.mark.share
@pytest.mark.parametrize("harm", HARM)
@pytest.mark.parametrize("name", LINES)
def test_lines_that_were_harmed_are_named(
    name: str, harm: str, case: Path, key: Path
) -> None:
    HARM[harm](case / name)
    with pytest.raises(TamperError) as told:
        check_integrity(case, key=key)
    assert str(case / name) in {issue.path for issue in told.value.issues}


@pytest.mark.share
@pytest.mark.parametrize("harm", ["deleted", "last byte flipped", "bit flipped"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_harmed_is_named(
    name: str, harm: str, case: Path, key: Path
) -> None:
    path = sorted(case.glob(name))[0]
    HARM[harm](path)
    with pytest.raises(TamperError) as told:
        check_integrity(case, key=key)
    assert str(path) in {issue.path for issue in told.value.issues}


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("harm", HARM)
@pytest.mark.parametrize("name", LINES)
def test_the_log_knows_the_end_of_the_lines_on_any_machine(
    name: str, harm: str, case: Path, key: Path, tmp_path: Path
) -> None:
    with Store(case, load_key(key)) as store:
        anchor_heads(store, case)
        size = len(store.list_items())
        anchor_heads(store, case)  # nothing new: nothing is recorded
        assert len(store.list_items()) == size
    elsewhere = Path(shutil.copytree(case, tmp_path / "elsewhere"))
    other = tmp_path / "laptop" / "signing-key"
    check_integrity(elsewhere, key=other)
    shutil.rmtree(other.parent)
    HARM[harm](elsewhere / name)
    with pytest.raises(TamperError) as told:
        check_integrity(elsewhere, key=other)
    assert str(elsewhere / name) in {issue.path for issue in told.value.issues}


def test_lines_and_files_only_grow_and_nobody_is_alarmed(case: Path, key: Path) -> None:
    event = Event(act=Act.GRANT, on=date(2026, 11, 26), by="林晓")
    record(CATALOGUE, open_case(case, CATALOGUE), event, now=NOW)
    check_integrity(case, key=key)
    cut_last_line(case / "casework" / "events.jsonl")
    with pytest.raises(TamperError, match="3 were recorded, 2 are whole"):
        check_integrity(case, key=key)


def test_an_event_is_remembered_when_it_is_recorded(tmp_path: Path, key: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "case"))
    submit(folder, memory=Memory.open_beside(key))  # and nothing was checked since
    cut_last_line(folder / "casework" / "events.jsonl")
    with pytest.raises(TamperError, match=r"events\.jsonl"):
        check_integrity(folder, key=key)
    with (
        pytest.raises(TamperError),
        Journal(folder, memory=Memory.open_beside(key)),
    ):
        pass


def test_a_copy_that_was_erased_is_not_missed(case: Path, key: Path) -> None:
    journal = Journal(case)
    paper, digest = next(iter(journal.list_events()[0].papers.items()))
    assert journal.forget(paper) == 1
    assert not journal.find_handed_in_path(digest).exists()
    check_integrity(case, key=key)
    cut_last_line(case / "casework" / "erased.jsonl")
    with pytest.raises(TamperError):
        check_integrity(case, key=key)


def _main(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


@pytest.mark.share
@pytest.mark.parametrize(
    "name",
    [
        "casework/events.jsonl",
        "casework/handed_in/*",
        "evidence/history/*.parquet",
        "evidence/log/times/*.tsr",
    ],
)
def test_every_command_ends_with_4_and_names_the_file(
    name: str, case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = sorted(case.glob(name))[0]
    path.unlink()
    for command in (
        ("assess", case, "--offline"),
        ("case", case),
        ("case", case, "events"),
        ("seal", case, "-o", tmp_path / "b.zip"),
        ("dossier", case, "check"),
    ):
        assert _main(*command) == 4, command
        assert str(path) in capsys.readouterr().err
    assert not (tmp_path / "b.zip").exists()


# Damage, which is no replacement

WRITTEN_BY_THE_LOG = ("evidence/log/**/*", "evidence/entries.jsonl")


def list_damages(content: bytes) -> dict[str, bytes]:
    """Give what becomes of a file whose disk or copy was at fault."""

    def flip(place: int) -> bytes:
        return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]

    places = {0, len(content) // 3, len(content) // 2, len(content) - 2}
    return {
        **{f"bit flipped at {place}": flip(place) for place in sorted(places)},
        "cut short": content[: len(content) // 2],
        "emptied": b"",
        "a sector of zeros": bytes(len(content)),
    }


@pytest.mark.long
def test_each_damaged_file_of_the_log_is_named_and_never_called_replaced(
    tmp_path: Path, key: Path
) -> None:
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "case"))
    check_integrity(folder, key=key)  # this machine has seen the log
    tried = 0
    paths = [
        path
        for pattern in WRITTEN_BY_THE_LOG
        for path in sorted(folder.glob(pattern))
        if path.is_file()
    ]
    for path in paths:
        whole = path.read_bytes()
        for harm, damaged in list_damages(whole).items():
            path.write_bytes(damaged)
            with pytest.raises(TamperError) as told:
                check_integrity(folder, key=key)
            said = "\n".join(issue.text.en for issue in told.value.issues)
            assert "replaced" not in said, (path, harm)
            assert "removed" not in said or "moved or removed" in said, (path, harm)
            name = path.relative_to(folder / "evidence").as_posix()
            if path.name != "entries.jsonl":  # of which the entry is named
                assert name in said or "log/checkpoint" in said, (path, harm, said)
            tried += 1
        path.write_bytes(whole)
    check_integrity(folder, key=key)
    assert tried > 60


# Whose history it is


def _rewritten(folder: Path, key: SigningKey, *, more: int = 0) -> None:
    """Another history in the place of the old one, under a key of its own."""
    before = Evidence(folder).list_items()
    shutil.rmtree(folder / "evidence")
    with Store(folder, key) as store:
        store.append(before[: len(before) - 2 + more])
        for number in range(max(more, 0)):
            store.keep(b"%d" % number)


@pytest.mark.long
@pytest.mark.parametrize("more", [0, 9])
def test_another_history_in_a_folder_that_was_seen_is_an_alarm(
    more: int,
    case: Path,
    key: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _rewritten(case, make_key(), more=more)
    (case / "assessment.json").unlink(missing_ok=True)
    for command in (
        ("assess", case, "--offline"),
        ("case", case),
        ("seal", case, "-o", tmp_path / "b.zip"),
    ):
        assert _main(*command, "--lang", "en") == 4
        assert "another log stands here" in capsys.readouterr().err
    with pytest.raises(TamperError):
        Store(case, load_key(key))
    assert len(Evidence(case).list_signers()) == 1  # the owner's key signed nothing


def _restored(case: Path, to: Path) -> None:
    shutil.rmtree(case)
    shutil.copytree(to, case)


def test_an_older_log_is_an_alarm_until_it_is_accepted(
    case: Path, key: Path, tmp_path: Path
) -> None:
    backup = Path(shutil.copytree(case, tmp_path / "backup"))
    with Store(case, load_key(key)) as store:
        store.keep(b"later")
    _restored(case, backup)
    with pytest.raises(TamperError, match="now there are"):
        check_integrity(case, key=key)
    assert _main("accept", case) == 0
    check_integrity(case, key=key)
    with Store(case, load_key(key)) as store:
        store.keep(b"again")


def test_another_root_under_the_same_key_is_an_alarm(
    case: Path, key: Path, tmp_path: Path
) -> None:
    backup = Path(shutil.copytree(case, tmp_path / "backup"))
    with Store(case, load_key(key)) as store:
        store.keep(b"one way")
    shutil.rmtree(key.parent / "known")
    with Store(backup, load_key(key)) as store:
        store.keep(b"another way")
        store.keep(b"and more")
    check_integrity(case, key=key)
    _restored(case, backup)
    with pytest.raises(TamperError, match="not those that this machine saw"):
        check_integrity(case, key=key)


def test_another_signer_who_goes_on_is_an_alarm_until_accepted(
    case: Path, key: Path
) -> None:
    with Store(case, make_key()) as store:
        store.keep(b"by somebody else")
    with pytest.raises(TamperError, match="signed by another key"):
        check_integrity(case, key=key)
    accept_case(case, key=key)
    notices = check_integrity(case, key=key).notices
    assert "it was taken over by key" in "".join(notice.en for notice in notices)


def test_what_a_crash_left_is_not_missed_once_it_was_accepted(
    tmp_path: Path, case: Path, key: Path
) -> None:
    with Store(case, load_key(key)) as store:
        store.keep(b"another page")
        left = Path(shutil.copytree(case, tmp_path / "left"))
    (left / SUMMARY).parent.mkdir(parents=True, exist_ok=True)
    (left / SUMMARY).write_text('{"recorded": 1}')
    accept_case(left, key=key)
    check_log_kept(left)


def test_tokens_are_checked_while_the_log_is_folded(
    case: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = Evidence(case)
    store = Store(case, load_key(key))
    store.keep(b"another page")
    open_tiles = evidence._open_tiles

    def open_late(size: int) -> Tiles:
        store.close()  # which removes the tiles that were to be opened
        return open_tiles(size)

    monkeypatch.setattr(evidence, "_open_tiles", open_late)
    assert check_tokens(evidence) == []


def test_what_does_not_hold_in_itself_is_not_accepted(case: Path, key: Path) -> None:
    flip_a_bit_inside(case / "evidence" / "entries.jsonl")
    with pytest.raises(TamperError):
        accept_case(case, key=key)


@pytest.mark.long
def test_a_log_of_a_stranger_opens_and_says_whose_it_is(
    tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "case"))
    first = hashlib.sha256(Evidence(folder).list_signers()[0].public).hexdigest()
    assert _main("assess", folder, "--offline", "--lang", "en") in (0, 1)
    shown = capsys.readouterr().out
    begun = f"The evidence was begun by key {first[:16]}…, unknown here"
    assert shown.splitlines()[0] == begun
    assert _main("assess", folder, "--offline", "--json") in (0, 1)
    told = json.loads(capsys.readouterr().out)
    assert [each["en"] for each in told["evidence_notices"]] == [begun]
    size = len(Evidence(folder).list_items())
    bundle = tmp_path / "b.zip"
    assert _main("seal", folder, "-o", bundle, "--lang", "en") == 0
    assert capsys.readouterr().out.splitlines()[0] == begun
    assert len(Evidence(folder).list_items()) > size
    notices = [notice.en for notice in check_integrity(folder, key=key).notices]
    own = hashlib.sha256(load_key(key).make_verifier("k").public).hexdigest()
    assert notices == [
        begun,
        f"From entry no. {size + 1:04d} on it was taken over by this machine’s key "
        f"{own[:16]}…",
    ]
    # Every check of the bundle says so, whoever's key is given.
    assert _main("verify", bundle, "--key", own, "--lang", "en") == 1
    checked = capsys.readouterr().out.replace("\n", " ")
    assert f"were signed by key {first}, then {own} took over" in checked
    assert "the first is unknown" in checked


def test_who_began_a_log_hears_nothing_of_owners(tmp_path: Path, key: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    with Store(folder, load_key(key)) as store:
        store.keep(b"page")
    assert check_integrity(folder, key=key).notices == ()
    rotate_key(key)
    with Store(folder, load_key(key)) as store:
        store.keep(b"by the new key")
        assert len(store.list_items()) == 2  # the old key signed for the new one
    assert check_integrity(folder, key=key).notices == ()


def test_a_new_laptop_without_the_key_takes_over_and_says_so(
    tmp_path: Path, key: Path
) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    with Store(folder, load_key(key)) as store:
        store.keep(b"page")
    new = tmp_path / "laptop" / "signing-key"
    moved = Path(shutil.copytree(folder, tmp_path / "moved"))
    assert len(check_integrity(moved, key=new).notices) == 1
    with Store(moved, load_key(new)) as store:
        store.keep(b"more")
    notices = "".join(notice.en for notice in check_integrity(moved, key=new).notices)
    assert "unknown here" in notices
    assert "entry no. 0002 on it was taken over by this machine’s key" in notices


def test_a_lost_key_goes_on_in_the_same_folder(tmp_path: Path, key: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    with Store(folder, load_key(key)) as store:
        store.keep(b"page")
    key.unlink()
    check_integrity(folder, key=key)
    with Store(folder, load_key(key)) as store:
        store.keep(b"more")
    notices = "".join(notice.en for notice in check_integrity(folder, key=key).notices)
    assert "taken over by this machine’s key" in notices


def test_a_copy_elsewhere_is_a_notice_and_no_alarm(
    case: Path, key: Path, tmp_path: Path
) -> None:
    older = Path(shutil.copytree(case, tmp_path / "older"))
    with Store(case, load_key(key)) as store:
        store.keep(b"later")
    checked = check_integrity(older, key=key)
    said = "".join(copy.en for copy in checked.copies)
    assert f"saw the same evidence in {case}" in said


def test_evidence_that_is_gone_is_missed_without_a_summary(
    case: Path, key: Path
) -> None:
    shutil.rmtree(case / "evidence")
    shutil.rmtree(case / "casework")
    with pytest.raises(TamperError, match="now there is none"):
        check_integrity(case, key=key)


def test_a_memory_that_cannot_be_read_is_told(case: Path, key: Path) -> None:
    for path in (key.parent / "known" / "cases").iterdir():
        path.write_text("{")
    with pytest.raises(TamperError, match="what this machine remembers") as told:
        check_integrity(case, key=key)
    assert str(told.value).endswith("remembered anew: changqing accept CASE")
    accept_case(case, key=key)
    check_integrity(case, key=key)


@pytest.mark.parametrize(
    "page",
    [
        ANCHOR + b'{"casework/events.jsonl":{"digest":"00","lines":9}}',
        b'{"type":"changqing/observations","digest":"00","merged":[]}',
    ],
)
def test_a_page_that_reads_like_a_note_of_ours_is_none(
    page: bytes, tmp_path: Path, key: Path
) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    digest = hashlib.sha256(page).hexdigest()
    with Store(folder, load_key(key)) as store:
        store.append([make_record(digest=digest)], blobs=[page])
    check_integrity(folder, key=key)
