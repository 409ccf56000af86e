"""Withholding hides a value, never what it is about."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from changqing.case.subjects import Subject
from changqing.evidence.ledger.items import Blob, UnknownEntry
from changqing.evidence.ledger.merkle import hash_leaf
from changqing.evidence.ledger.note import Checkpoint, SigningKey, Verifier, load_key
from changqing.evidence.ledger.ownership import write_hand_over
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Source, SourceKind
from changqing.jsondata import Json
from changqing.law.kit import Grade
from changqing.sealing import verify
from changqing.sealing.bundle import pack
from tests.evidence.evidence_factory import make_attempt, make_gap, make_record
from tests.sealing.make_golden import bare_case
from tests.sealing.sealed_bundle import (
    Sealed,
    broken,
    changqing,
    commitment_of,
    copied,
    edited,
    entry_of,
    verified,
)
from tests.sealing.withheld_case import (
    count_verdicts,
    find_key,
    hide,
    list_unrecomputed,
    read_lines,
    replace_lines,
    seal_as_bundle,
)
from tests.share import examples

Change = Callable[[Any], None]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("withheld")


@pytest.fixture(scope="module")
def masked(place: Path) -> Sealed:
    """A case whose log was begun by this release, as it is handed out."""
    return seal_as_bundle(bare_case(place), place / "masked.zip", place)


@pytest.fixture(scope="module")
def whole(masked: Sealed, place: Path) -> Sealed:
    return seal_as_bundle(masked.case, place / "whole.zip", place, "--full")


def _records(whole: Sealed) -> list[Any]:
    lines = read_lines(whole.files())
    return [line for line in lines if line["content"]["type"] == "record"]


@pytest.mark.long
def test_nothing_hidden_is_all_recomputed(whole: Sealed) -> None:
    report = whole.check(whole.files())
    assert (report.code, report.unchecked) == (0, [])
    assert all("version" in line for line in read_lines(whole.files()))


def test_what_is_handed_out_names_what_its_verdicts_rest_on(masked: Sealed) -> None:
    report = masked.check(masked.files())
    assert (report.code, report.damaged) == (1, [])
    told = json.loads(masked.files()["assessment.json"])["findings"]
    recomputed, blind = count_verdicts(report)
    assert recomputed + blind == len(told)
    assert blind > 0
    assert re.search(
        r"rests on withheld “[^”]+” \(\w+, no\. \d{4}", list_unrecomputed(report)
    )
    # Whatever is withheld is bound: no first line says that any verdict may rest on it.
    assert not any("any verdict" in en for _, en in report.about)


@pytest.fixture(scope="module")
def looked_at(place: Path) -> Sealed:
    """A case that was looked at: all that its log holds, recorded by this release."""
    case = copied("contradictory", place)
    before = Evidence(case)
    items = before.list_items()
    blobs = {e.digest: before.read_blob(e.digest) for e in items if isinstance(e, Blob)}
    shutil.move(case / "evidence", place / "before")
    with Store(case, load_key(find_key(place))) as store:
        for item in items:
            if isinstance(item, Blob):
                store.append((), blobs=[blobs[item.digest]])
            else:
                store.append([replace(item, number=0)])
    if (place / "before" / "history").exists():
        shutil.copytree(place / "before" / "history", case / "evidence" / "history")
    return seal_as_bundle(case, place / "looked.zip", place, "--full")


@pytest.mark.share
@pytest.mark.parametrize("seed", range(examples(60)))
def test_whatever_is_hidden_is_in_no_verdict_that_counts_as_recomputed(
    whole: Sealed, looked_at: Sealed, seed: int
) -> None:
    """The verdicts stay as they were with everything: one that changed would be damage.

    By subject, by fact, by source, or here and there.
    """
    choose = random.Random(seed)  # noqa: S311 - the same in every run
    sealed = (whole, looked_at)[seed % 2]
    lines = read_lines(sealed.files())
    told = [e for e in lines if e["content"]["type"] in ("record", "attempt", "gap")]
    one = choose.choice(told)["content"]
    share = choose.choice([0.02, 0.1, 0.5])

    def same(content: Any, name: str) -> bool:
        return bool(content.get(name) == one.get(name))

    by: Callable[[Any], bool] = choose.choice(
        [
            lambda content: same(content, "subject"),
            lambda content: same(content, "fact"),
            lambda content: same(content, "source"),
            lambda content: same(content, "digest"),
            lambda content: choose.random() < share,
            lambda content: content.get("fact") in ("kind", "role", "roles"),
        ]
    )
    numbers = {line["number"] for line in told if by(line["content"])}
    files = hide(sealed.files(), numbers)
    report = sealed.check(sealed.resealed(files))
    assert broken(report) == []
    assert report.code == 1
    findings = json.loads(files["assessment.json"])["findings"]
    assert sum(count_verdicts(report)) >= len(findings)


def test_contradicting_records_cannot_be_hidden_under_a_harmless_label(
    whole: Sealed,
) -> None:
    """Five records of facts that decide, called a person's number: refused.

    Called what they are, each verdict that reads them is named.
    """
    criteria = json.loads(whole.files()["rules/criteria.json"])
    findings = json.loads(whole.files()["assessment.json"])["findings"]
    reads = {
        finding["criterion"]: {
            tuple(read) for read in criteria[finding["criterion"]]["reads"]
        }
        for finding in findings
        if finding["verdict"] != "not_applicable"
    }
    hidden = [
        line
        for line in _records(whole)
        if line["content"]["source"]["kind"] != "form"
        and line["content"]["subject"] == "applicant:self"
        and any(("applicant", line["content"]["fact"]) in e for e in reads.values())
    ][:5]
    assert len(hidden) == 5
    honest = hide(whole.files(), {line["number"] for line in hidden})

    def call_them_harmless(told: Any) -> None:
        for each in told["entries"]:
            each |= {"subject": "person:x", "fact": "id_number"}

    lie = {
        **honest,
        "withheld.json": edited(honest["withheld.json"], call_them_harmless),
    }
    assert broken(whole.check(whole.resealed(lie))) == ["withheld.json"]
    report = whole.check(whole.resealed(honest))
    assert (report.code, report.damaged) == (1, [])
    for line in hidden:
        fact = line["content"]["fact"]
        for criterion, each in reads.items():
            if ("applicant", fact) in each:
                assert re.search(
                    rf"^“.*” \({criterion}\).*rests on withheld .*\({fact}, no", list_unrecomputed(report),
                    re.MULTILINE,
                )  # fmt: skip


def _set(name: str, value: object) -> Change:
    return lambda data: data.update({name: value})


HEADS: dict[str, Change] = {
    "the type": _set("type", "gap"),
    "the fact": _set("fact", "id_number"),
    "the grade": _set("grade", "declared"),
    "when it was received": _set("received_at", "2020-01-01T00:00:00+00:00"),
    "when it was true": _set("observed_at", "2020-01-01T00:00:00+00:00"),
    "until when it counts": _set("valid_until", "2020-01-01"),
    "the digest": _set("digest", "0" * 64),
    "no digest": lambda head: head.pop("digest", None) or head.update(digest="0" * 64),
    "the subject": lambda head: head["subject"].update(id="0" * 64),
    "the kind of subject": lambda head: head["subject"].update(type="holder"),
    "the source": lambda head: head["source"].update(id="0" * 64),
    "the kind of source": lambda head: head["source"].update(type="look"),
    "that it withdraws": lambda head: head.update(cleared=not head["cleared"]),
    "something more": _set("what", "document"),
}


def _is_altered(line: Any, name: str) -> bool:
    """Whether a change makes the record of a line, withheld, another than it was."""
    head = copy.deepcopy(line["head"])
    if head["type"] == "record":
        HEADS[name](head)
    return bool(head != line["head"])


@pytest.mark.share
@pytest.mark.parametrize("name", HEADS)
def test_no_part_of_a_head_can_be_altered(masked: Sealed, name: str) -> None:
    files = masked.files()
    lines = read_lines(files)
    altered = [line for line in lines if "head" in line and _is_altered(line, name)]
    for line in random.Random(name).sample(altered, 3):  # noqa: S311
        HEADS[name](line["head"])
    report = masked.check(masked.resealed(replace_lines(files, lines)))
    assert report.code == 4
    assert "log/entries.jsonl 证" in broken(report)[0]


@pytest.mark.parametrize("name", ["rest", "number", "commitment"])
def test_nothing_else_of_a_withheld_line_can_be_altered(
    masked: Sealed, name: str
) -> None:
    files = masked.files()
    lines = read_lines(files)
    at = next(at for at, line in enumerate(lines) if "head" in line)
    line = lines[at]
    entry = verify.commit(line["head"], bytes.fromhex(line["rest"]))
    if name == "commitment":  # as if version 1 had recorded it, which does not say
        for told in (entry.hex(), entry[1:].hex()):
            lines[at] = {"commitment": told, "number": line["number"]}
            report = masked.check(masked.resealed(replace_lines(files, lines)))
            assert report.code == 4
            assert "log/entries.jsonl 证" in broken(report)[0]
        return
    line[name] = "0" * 64 if name == "rest" else line["number"] + 1
    report = masked.check(masked.resealed(replace_lines(files, lines)))
    assert report.code == 4


LABELS: dict[str, Change] = {
    "subject": lambda told: told["entries"][0].update(subject="person:x"),
    "kind": lambda told: told["entries"][0].update(subject="holder:"),
    "nobody": lambda told: told["entries"][0].update(subject=""),
    "fact": lambda told: told["entries"][0].update(fact="id_number"),
    "no fact": lambda told: told["entries"][0].update(fact=""),
    "salt": lambda told: told["subjects"].append(
        {"subject": "person:x", "salt": "00" * 16}
    ),
}


@pytest.mark.share
@pytest.mark.parametrize("change", LABELS.values(), ids=LABELS.keys())
def test_no_label_of_a_withheld_entry_can_be_altered(
    masked: Sealed, change: Change
) -> None:
    files = masked.files()
    files["withheld.json"] = edited(files["withheld.json"], change)
    assert broken(masked.check(masked.resealed(files))) == ["withheld.json"]


def test_hiding_everything_about_somebody_leaves_nobody_in_doubt_of_it(
    whole: Sealed,
) -> None:
    """Whoever is left out whole is somebody: what counts people is not recomputed."""
    records = _records(whole)
    person = next(
        line["content"]["subject"]
        for line in records
        if line["content"]["subject"].startswith("person:")
    )
    numbers = {
        line["number"]
        for line in read_lines(whole.files())
        if line["content"].get("subject") == person
    }
    files = hide(whole.files(), numbers)
    told = json.loads(files["withheld.json"])["entries"]
    assert {each["subject"] for each in told} == {"person:"}
    report = whole.check(whole.resealed(files))
    assert (report.code, report.damaged) == (1, [])
    assert any(
        "somebody (person) whom nobody can name" in en for _, en in report.unchecked
    )
    counting = [
        name
        for name, each in json.loads(files["rules/criteria.json"]).items()
        if "person" in each["counts"]
        and re.search(
            rf"(?m)^“.*” \({name}\).*: not recomputed", list_unrecomputed(report)
        )
    ]
    assert counting


@pytest.mark.long
def test_a_later_record_that_is_shown_takes_the_place_of_one_that_is_withheld(
    whole: Sealed, place: Path, tmp_path: Path
) -> None:
    """What a source said before it said something else is in no row."""
    case = tmp_path / "case"
    shutil.copytree(whole.case, case)
    text = (case / "case.yaml").read_text(encoding="utf-8")
    assert "registered_capital: " in text
    again = re.sub(r"(?m)^(\s+registered_capital:).*$", r"\1 345万元", text, count=1)
    (case / "case.yaml").write_text(again, encoding="utf-8")
    later = seal_as_bundle(case, tmp_path / "later.zip", place, "--full")
    said = [
        line["number"]
        for line in _records(later)
        if line["content"]["fact"] == "registered_capital"
        and line["content"]["source"]["kind"] == "form"
    ]
    assert len(said) == 2
    before, now = (
        later.check(later.resealed(hide(later.files(), {number}))) for number in said
    )
    assert (before.code, before.damaged, list_unrecomputed(before)) == (1, [], "")
    assert (now.code, now.damaged) == (1, [])
    assert "registered_capital" in list_unrecomputed(now)


@pytest.mark.long
def test_a_gap_is_no_value_and_an_attempt_is_one_of_whether_the_service_answers(
    whole: Sealed, place: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(whole.case, case)
    at = datetime(2026, 11, 20, 1, tzinfo=UTC)
    site = Subject("service", "site")
    with Store(case, load_key(find_key(place))) as store:
        tries = [
            make_attempt(0, True, at=at + timedelta(hours=n * 4)) for n in range(3)
        ]
        store.append(replace(attempt, subject=site) for attempt in tries)
        store.append([make_gap(subject=site, fact="service_reachable")])
    with_tries = seal_as_bundle(case, tmp_path / "b.zip", place, "--full")
    numbers: dict[str, set[int]] = {}
    for line in read_lines(with_tries.files()):
        numbers.setdefault(line["content"]["type"], set()).add(line["number"])
    for kind, named in (("gap", False), ("attempt", True)):
        files = hide(with_tries.files(), numbers[kind])
        report = with_tries.check(with_tries.resealed(files))
        assert (report.code, report.damaged) == (1, [])
        assert ("service_reachable" in list_unrecomputed(report)) is named


@pytest.mark.long
def test_whether_a_rule_applies_may_rest_on_what_is_withheld(
    whole: Sealed, place: Path, tmp_path: Path
) -> None:
    """A visit that one paper denies and another, which is hidden, may tell of."""
    case = tmp_path / "case"
    shutil.copytree(whole.case, case)
    with Store(case, load_key(find_key(place))) as store:
        store.append(
            make_record(
                "onsite_visited",
                False,
                source=Source(kind=SourceKind.PROBE, name=name),
                grade=Grade.ATTESTED,
                day=date(2026, 11, 10),
            )
            for name in ("one", "other")
        )
    visited = seal_as_bundle(case, tmp_path / "b.zip", place, "--full")
    numbers = [
        line["number"]
        for line in _records(visited)
        if line["content"]["fact"] == "onsite_visited"
    ]
    findings = json.loads(visited.files()["assessment.json"])["findings"]
    verdicts = {finding["criterion"]: finding["verdict"] for finding in findings}
    assert verdicts["onsite_matches_papers"] == "not_applicable"
    for hidden in (numbers[-1:], numbers):
        report = visited.check(visited.resealed(hide(visited.files(), hidden)))
        assert (report.code, report.damaged) == (1, [])
        assert re.search(
            r"(?m)^“.*” \(onsite_matches_papers\)", list_unrecomputed(report)
        )


@pytest.mark.long
def test_a_note_of_taking_over_cannot_be_hidden_as_something_else(
    whole: Sealed, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(whole.case, case)
    other = seal_as_bundle(case, tmp_path / "other.zip", tmp_path, "--full")
    note = next(
        line["number"]
        for line in read_lines(other.files())
        if line["content"].get("what") == "hand-over"
    )
    assert any("took over" in en for _, en in other.check(other.files()).notes)
    report = other.check(other.resealed(hide(other.files(), {note})))
    assert (report.code, report.damaged) == (1, [])
    assert any("who took the log over is withheld" in en for _, en in report.unchecked)


@pytest.mark.long
def test_the_cost_of_what_is_withheld_grows_with_it_alone() -> None:
    """Everything withdrawn, of everybody, beside as much that is shown."""

    def seconds(many: int) -> float:
        about = [
            verify.About(
                number, "person", str(number % many), "is_employed", f"w{number % many}",
                f"s{number % many}", "form", cleared=number > many, shown=number <= many,
                times=("2026-11-01T00:00:00+00:00", "2026-11-01T00:00:00+00:00"),
            )
            for number in range(1, 2 * many + 1)
        ]  # fmt: skip
        opened = {f"w{number}": f"person:{number}" for number in range(many)}
        withheld = verify.Withheld(
            set(range(many + 1, 2 * many + 1)), {}, opened, about, {}
        )
        begin = process_time()
        unseen = verify.find_unseen(withheld, date(2026, 11, 20))
        criterion: verify.CriterionRule = {
            "subject": "person",
            "counts": ["person"],
            "reads": [["person", "is_employed"]],
            "applies": "is_employed",
        }
        facts: dict[str, Any] = {"person": {"is_employed": {}}}
        for number in range(many):
            assert unseen.rests(criterion, f"person:{number}", facts).applies
        return process_time() - begin

    seconds(1_000)
    assert seconds(16_000) < 40 * max(seconds(1_000), 0.01)


def _with_unknown(whole: Sealed, place: Path, to: Path, **content: Json) -> Path:
    shutil.copytree(whole.case, to)
    with Store(to, load_key(find_key(place))) as store:
        kind = str(content["type"])
        store.append([UnknownEntry(type=kind, content=content)])
    return to


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "words", "options"),
    [
        ("event", "what happened", ()),
        ("later_than_this", "newer one", ("--full",)),
    ],
    ids=["reserved, masked", "never heard of, whole"],
)
def test_a_type_that_is_not_known_is_named_and_ends_with_1(
    whole: Sealed,
    place: Path,
    tmp_path: Path,
    kind: str,
    words: str,
    options: tuple[str, ...],
) -> None:
    case = _with_unknown(
        whole, place, tmp_path / "case",
        type=kind, subject="applicant:self", fact="registered_capital",
        value={"words": "壹佰万元"}, digest="ab" * 32,
        at="2026-11-27T00:00:00+00:00",
    )  # fmt: skip
    assert Evidence(case).verify() is not None
    done = changqing("assess", case, "--offline", "--lang", "en", config=place)
    assert done.returncode in (0, 1), done.stderr
    assert f"1 entries of type {kind}" in done.stdout
    bundle = seal_as_bundle(case, tmp_path / "b.zip", place, *options)
    said = verified(bundle.bundle, "--lang", "en")
    assert said.returncode == 1, said.stdout
    assert f"entries of type {kind}" in said.stdout
    assert words in said.stdout
    assert "registered_capital" in said.stdout  # whatever it says of it, we cannot tell
    # What somebody else's release recorded may be about a person.
    assert ("壹佰万元" in "".join(_text_of(bundle))) is bool(options)


def _text_of(bundle: Sealed) -> list[str]:
    return [content.decode("utf-8", "replace") for content in bundle.files().values()]


def test_what_the_rules_call_a_criterion_can_neither_end_its_quotes_nor_a_line(
    masked: Sealed,
) -> None:
    files = masked.files()
    (first, *_) = re.findall(
        r"^“.*” \((\w+)\)", list_unrecomputed(masked.check(files)), re.MULTILINE
    )

    def rename(told: Any) -> None:
        told[first]["title"] = {
            "zh": "甲”（x）\n已核对\x1b[2K" + "长" * 500,
            "en": "b”\n" * 99,
        }

    renamed = {
        **files,
        "rules/criteria.json": edited(files["rules/criteria.json"], rename),
    }
    report = masked.check(masked.relogged(renamed, lambda _: None))
    lines = [
        line for line in verify.write_lines(report, None, 0) if f"（{first}）" in line
    ]
    assert len(lines) == 1
    assert re.match(rf"  \? “甲�（x）�已核对�\[2K长+…”（{first}）", lines[0])


def test_what_the_rules_do_not_call_anything_is_named_by_its_code(
    masked: Sealed,
) -> None:
    files = masked.files()

    def forget(told: Any) -> None:
        for each in told.values():
            each.pop("title", None)

    bare = {
        **files,
        "rules/criteria.json": edited(files["rules/criteria.json"], forget),
    }
    report = masked.check(masked.relogged(bare, lambda _: None))
    assert broken(report) == []
    assert re.search(
        r"(?m)^[a-z]\w+(, \w+:\w+)*: not recomputed", list_unrecomputed(report)
    )


def _take_over(sealed: Sealed, before: Verifier, root: bytes | None) -> verify.Report:
    """What is said of a log whose signer wrote that it took it over at entry 5."""
    files = sealed.files()
    origin = files["log/checkpoint"].decode().split("\n")[0]
    leaves = [
        hash_leaf(commitment_of(json.loads(line)))
        for line in files["log/entries.jsonl"].splitlines()[:5]
    ]
    at = Checkpoint(origin, 5, verify.compute_root(leaves) if root is None else root)
    note = write_hand_over(at, before, sealed.key.make_verifier(origin))
    digest = hashlib.sha256(note).hexdigest()
    blob = {"type": "blob", "digest": digest, "size": len(note)}
    put_in = sealed.relogged(
        {**files, f"objects/{digest}": note},
        lambda entries: entries.append(entry_of(blob)),
    )
    known = sealed.signers() | {hashlib.sha256(before.public).hexdigest()}
    stream = io.BytesIO(pack(put_in))
    return verify.check(stream, known, sealed.rules())[0]


def test_that_a_known_key_signed_what_was_before_is_the_word_of_who_took_over(
    whole: Sealed,
) -> None:
    somebody = SigningKey(bytes(32)).make_verifier("somebody")
    report = _take_over(whole, somebody, None)
    assert report.damaged == []
    name = hashlib.sha256(somebody.public).hexdigest()
    assert not any(name in en for _, en in report.checked)
    said = (
        f"by the word of who took over, the first 5 entries were signed by key {name}"
    )
    assert any(en.startswith(said) for _, en in report.notes)


def test_a_note_of_taking_over_another_beginning_is_damage(whole: Sealed) -> None:
    somebody = SigningKey(bytes(32)).make_verifier("somebody")
    report = _take_over(whole, somebody, bytes(32))
    (part,) = broken(report)
    assert part.startswith("log/entries.jsonl 证")
