"""What a check says first: whose key, whose case, sealed when, how old, how much."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import termios
import unicodedata
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from changqing.evidence.ledger.note import make_key
from changqing.sealing import verify
from changqing.sealing.bundle import pack
from tests.sealing.made_entry import AT, made_attempt, made_record
from tests.sealing.made_token import stamped
from tests.sealing.sealed_bundle import (
    VERIFIER,
    Files,
    Sealed,
    broken,
    changqing,
    edited,
    entry_of,
    verified,
    withhold,
)

COMPANY = "杭州初棠信息科技有限公司"
OTHER = "中国移动通信集团有限公司"
CODE = "91330109MA0EXAM1YG"
AS_OF = date(2026, 11, 24)
Entries = list[dict[str, Any]]


def _about(report: verify.Report, language: int = 1) -> str:
    return "\n".join(each[language] for each in report.about)


def _said(report: verify.Report) -> str:
    return "\n".join(en for _, en in report.unchecked)


def _check(
    sealed: Sealed, files: Files, *keys: str, today: date | None = None
) -> verify.Report:
    report, _ = verify.check(
        io.BytesIO(pack(files)), frozenset(keys), sealed.rules(), None, today
    )
    return report


def _given(files: Files, **case: Any) -> Files:
    given = edited(files["given.json"], lambda told: told["case"].update(case))
    return {**files, "given.json": given}


def _unchanged(entries: Entries) -> None:
    """Nothing: only what was given is logged anew."""


# The order


@pytest.mark.parametrize("language", [0, 1])
def test_key_case_time_age_and_count_stand_before_the_sentences(
    language: int, full: Sealed
) -> None:
    report = _check(full, full.files(), today=AS_OF + timedelta(days=3))
    heads = [re.split("[：:]", each[language])[0] for each in report.about]
    expected = {
        0: ["签名", "项目", "申请", "封存", "日期", "结论"],
        1: ["Key", "Case", "Applies for", "Sealed", "Judged", "Verdicts"],
    }[language]
    assert [head for head in heads if head in expected] == expected
    last = next(n for n, head in enumerate(heads) if head == expected[-1])
    assert ("申报条件", "readiness")[language] in report.about[last + 1][language]


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_tick_stands_before_a_doubt(language: str, sealed: Sealed) -> None:
    lines = verified(sealed.bundle, "--lang", language).stdout.splitlines()
    marks = [line.strip()[0] for line in lines if line.startswith("  ")]
    shown = [mark for mark in marks if mark in "?·✓"]
    assert shown == sorted(shown, key="?·✓".index)
    assert {"?", "✓"} <= set(shown)


def test_what_is_damaged_stands_first(full: Sealed) -> None:
    files = {**full.files(), "given.json": b"{}"}
    lines = list(verify.write_lines(_check(full, full.resealed(files)), None, 1))
    assert lines[0] == "Damaged"
    assert lines[-1] == verify.RESULTS[4][1]


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return len(text) + wide


@pytest.mark.long
@pytest.mark.parametrize("language", [0, 1])
def test_the_first_screen_fits_into_eighty_columns(
    language: int, full: Sealed, sealed: Sealed
) -> None:
    for each in (full, sealed):
        for keys in ((), tuple(each.signers())):
            report = _check(each, each.files(), *keys, today=AS_OF)
            for line in _about(report, language).splitlines():
                assert _width(line) <= 80, line


# Whose key


def test_the_fingerprint_is_shown_also_where_it_is_known(full: Sealed) -> None:
    files = full.files()
    sealer = files[verify.MANIFEST].decode().split("\n")[2]
    mine = verify.read_key(sealer, "x").fingerprint
    unknown = _about(_check(full, files))
    known = _about(_check(full, files, *full.signers()))
    assert f"{mine}, unknown" in unknown
    assert f"{mine}, known" in known
    assert "unknown" not in known


def test_one_key_is_named_once(full: Sealed) -> None:
    files = full.relogged(full.files(), _unchanged)
    report = _check(full, files)
    assert report.about[0][1].startswith("Key: ")
    assert report.about[1][1].startswith("Case: ")


# Whose case


def test_a_name_that_no_record_has_is_damage(full: Sealed) -> None:
    files = full.relogged(_given(full.files(), name=OTHER), _unchanged)
    report = full.check(files)
    assert (report.code, broken(report)) == (4, ["given.json"])
    said = report.damaged[0][1][1]
    assert OTHER in said
    assert COMPANY in said


def test_a_credit_code_that_no_record_has_is_damage(full: Sealed) -> None:
    other = CODE.replace("EXAM1", "EXAM2")
    files = full.relogged(_given(full.files(), credit_code=other), _unchanged)
    assert broken(full.check(files)) == ["given.json"]


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize(
    "name",
    [
        "杭州初棠 信息科技有限公司",
        "杭州初棠信息科技有限公司 ",
        "杭州初棠（信息科技）有限公司",
    ],
)
def test_spaces_width_and_brackets_make_no_other_name(name: str, full: Sealed) -> None:
    files = full.relogged(_given(full.files(), name=name), _unchanged)
    assert broken(full.check(files)) == []


@pytest.mark.long
def test_a_name_that_only_the_sealer_declares_stands_beside_that_of_the_papers(
    full: Sealed,
) -> None:
    """The holder of the key declares another name and takes it for the case."""

    def declare(entries: Entries) -> None:
        for entry in entries:
            content = entry["content"]
            named = (content.get("fact"), content.get("subject"))
            form = content.get("source", {}).get("kind") == "form"
            if named == ("name", "applicant:self") and form:
                content.update(value={"text": OTHER}, raw=OTHER)

    report = full.check(full.relogged(_given(full.files(), name=OTHER), declare))
    # The verdicts are not those of such a log; whose it is stands among the doubts.
    assert report.code == 4
    assert f"the name of the case differs: papers have “{COMPANY}”" in _said(report)


def test_a_case_of_which_the_log_has_no_name_is_the_word_of_its_sealer(
    full: Sealed,
) -> None:
    def forget(entries: Entries) -> None:
        for entry in entries:
            content = entry["content"]
            if (content.get("fact"), content.get("subject")) == (
                "credit_code", "applicant:self",
            ):  # fmt: skip
                content["fact"] = "unheard_of"

    report = full.check(full.relogged(full.files(), forget))
    assert "the credit code of the case is the sealer’s word" in _said(report)


@pytest.mark.long
def test_a_change_of_name_is_no_damage_for_a_day_before_it(
    full: Sealed, desk: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(full.case, case)
    file = case / "case.yaml"
    text = file.read_text(encoding="utf-8").replace(
        COMPANY, "杭州新棠信息科技有限公司", 1
    )
    file.write_text(text, encoding="utf-8")
    bundle = tmp_path / "b.zip"
    done = changqing(
        "seal", case, "-o", bundle, "--full", "--as-of", "2026-11-22",
        config=desk / "config",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = full.check_bytes(bundle.read_bytes())
    assert report.damaged == []
    assert f"papers have “{COMPANY}”" in _about(report)


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("name", ["杭州初棠***有限公司", "Private Island Ltd"])
def test_a_name_that_is_hidden_in_the_case_can_still_be_sealed(
    name: str, full: Sealed, desk: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(full.case, case)
    file = case / "case.yaml"
    text = file.read_text(encoding="utf-8").replace(COMPANY, name, 1)
    file.write_text(text, encoding="utf-8")
    bundle = tmp_path / "b.zip"
    done = changqing("seal", case, "-o", bundle, "--full", config=desk / "config")
    assert done.returncode == 0, done.stderr
    report = full.check_bytes(bundle.read_bytes())
    assert report.damaged == []
    assert f"papers have “{COMPANY}”" in _about(report)


def test_a_record_without_a_name_is_no_record_of_that_name(full: Sealed) -> None:
    files = full.relogged(_given(full.files(), name="None"), _unchanged)
    assert broken(full.check(files)) == ["given.json"]


def test_without_a_declaration_the_papers_still_contradict_the_name(
    full: Sealed,
) -> None:
    def withdraw(entries: Entries) -> None:
        for entry in entries:
            content = entry["content"]
            form = content.get("source", {}).get("kind") == "form"
            if form and content.get("fact") == "name" and content["raw"] == COMPANY:
                content["fact"] = "unheard_of"

    report = full.check(full.relogged(_given(full.files(), name=OTHER), withdraw))
    assert f"papers have “{COMPANY}”" in _said(report)


@pytest.mark.parametrize("field", ["name", "credit_code"])
def test_long_names_are_cut_and_control_characters_shown(
    field: str, full: Sealed
) -> None:
    evil = "\x1b[2J" + "可信" * 1700 + "”，核验通过。“\n"
    stream = io.BytesIO(full.bundle.read_bytes())
    given = verify.read_given(verify.Bundle(stream))
    named = given._replace(name=evil)
    given = named if field == "name" else given._replace(credit_code=evil)
    counted = verify.Counted(1, 0, [("x", "x")])
    log = verify.check_bundle(stream, frozenset(), {}).log
    assert log is not None
    report = verify.Report()
    report.about += verify.write_first_screen(given, [], log, [], counted, None)
    for language in (0, 1):
        for line in verify.write_lines(report, None, language):
            assert line.isprintable()
            assert len(line) < 120
        assert "…" in "".join(verify.write_lines(report, None, language))


def test_every_word_of_the_application_is_cut(full: Sealed) -> None:
    files = full.files()
    long = edited(
        files["given.json"],
        lambda told: told["application"].update(licence="B25" + "x" * 5000),
    )
    report = full.check({**files, "given.json": long})
    for line in verify.write_lines(report, None, 1):
        assert len(line) <= verify.MOST_LINE_SHOWN + 1


# Sealed when, and how old


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize(
    ("days", "told"),
    [
        (0, "2026-11-24, today by this machine’s clock"),
        (1, "1 day ago"),
        (3, "3 days ago"),
        (3653, "3653 days ago"),
        (-1, "a day to come"),
        (-30000, "a day to come"),
    ],
)
def test_the_age_is_by_the_clock_of_the_checker_and_changes_nothing_else(
    days: int, told: str, full: Sealed
) -> None:
    files, keys = full.files(), full.signers()
    then = _check(full, files, *keys, today=AS_OF + timedelta(days=days))
    bare = _check(full, files, *keys)
    assert told in _about(then)
    assert (then.code, then.unchecked, then.checked) == (0, [], bare.checked)
    differing = [
        (one, other)
        for one, other in zip(then.about, bare.about, strict=True)
        if one != other
    ]
    assert len(differing) == 1


def test_without_a_witness_the_time_is_the_word_of_the_sealer(full: Sealed) -> None:
    said = _about(full.check(full.files()))
    assert (
        "Sealed: newest record 2026-11-24 09:00 UTC, by the sealer’s own word" in said
    )
    assert "no outside witness of time" in said


def test_a_token_that_nobody_checked_is_no_witness(full: Sealed) -> None:
    files = full.relogged(full.files(), _unchanged)
    size = len(files["log/entries.jsonl"].splitlines())
    said = _about(full.check(stamped(full, files, (size, AT))))
    told = f"{size} of {size} entries by 2026-11-25 12:00 UTC, authority not checked"
    assert told in said


@pytest.mark.long
def test_records_younger_than_the_chosen_day_are_counted(
    full: Sealed, desk: Path, tmp_path: Path
) -> None:
    case, bundle = tmp_path / "case", tmp_path / "b.zip"
    shutil.copytree(full.case, case)
    done = changqing(
        "seal", case, "-o", bundle, "--full", "--as-of", "2026-11-22",
        config=desk / "config",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    looked = 0
    for line in full.files()["log/entries.jsonl"].splitlines():
        content = json.loads(line)["content"]
        at = content.get("received_at") or content.get("at")
        # A reading proves from when the paper came, and a gap is no record.
        told = content["type"] not in ("reading", "gap")
        if told and at is not None and content.get("fact") not in verify.STRUCTURAL:
            moments = [at, content.get("observed_at") or at]
            days = [verify.beijing_day(datetime.fromisoformat(e)) for e in moments]
            looked += max(days) > date(2026, 11, 22)
    assert looked > 100
    said = _about(full.check_bytes(bundle.read_bytes()))
    assert f"{looked} younger records are left out" in said
    assert "younger" not in _about(full.check(full.files()))


@pytest.mark.long
def test_a_day_after_the_newest_record_is_said(
    full: Sealed, desk: Path, tmp_path: Path
) -> None:
    case, bundle = tmp_path / "case", tmp_path / "b.zip"
    shutil.copytree(full.case, case)
    done = changqing(
        "seal", case, "-o", bundle, "--full", "--as-of", "2027-01-05",
        config=desk / "config",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = full.check_bytes(bundle.read_bytes())
    late = (date(2027, 1, 5) - AS_OF).days
    assert f"{late} days after the newest record: nothing was seen since" in _about(
        told
    )


# How much was recomputed


def test_a_bundle_with_everything_has_every_verdict_recomputed(full: Sealed) -> None:
    count = len(json.loads(full.files()["assessment.json"])["findings"])
    said = _about(full.check(full.files()))
    assert f"Verdicts: {count}, all recomputed here" in said
    assert "as the sealer says" not in said


@pytest.mark.long
def test_what_rests_on_the_word_of_the_sealer_is_counted_and_worded(
    sealed: Sealed,
) -> None:
    report = sealed.check(sealed.files())
    said = _about(report)
    found = re.search(r"Verdicts: (\d+) recomputed here, (\d+) rest on", said)
    assert found is not None
    total = len(json.loads(sealed.files()["assessment.json"])["findings"])
    assert int(found[1]) + int(found[2]) == total
    assert int(found[2]) > 0
    assert "as the sealer says, readiness: " in said


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("grade", ["documented", "observed", "attested"])
@pytest.mark.parametrize("digest", [None, "ab" * 32])
def test_records_without_an_original_are_counted(
    grade: str, digest: str | None, full: Sealed
) -> None:
    def add(entries: Entries) -> None:
        kind = "probe" if grade == "observed" else "paper"
        entries += [
            entry_of({**made_record(AT, kind, grade), "digest": digest})
            for _ in range(3)
        ]

    files = full.files()
    if digest is not None:
        listed = edited(
            files["withheld.json"],
            lambda told: told["absent"].append({"digest": digest}),
        )
        files = {**files, "withheld.json": listed}
    report = full.check(full.relogged(files, add))
    assert report.damaged == []
    assert "3 have no original inside" in _said(report)


def test_a_declaration_needs_no_original(full: Sealed) -> None:
    def add(entries: Entries) -> None:
        entries += [
            entry_of(made_record(AT, "form", "declared")),
            entry_of({**made_record(AT), "value": None}),
            entry_of(made_attempt(AT)),
        ]

    assert "no original" not in _said(full.check(full.relogged(full.files(), add)))


# What is withheld about whom a criterion is


def _hide(full: Sealed, subject: str, fact: str) -> Files:
    """The bundle with the entries of one fact of one subject withheld."""
    numbers: list[int] = []

    def change(entries: Entries) -> None:
        for entry in entries:
            content = entry["content"]
            if (content.get("subject"), content.get("fact")) == (subject, fact):
                numbers.append(entry["number"])
                left = withhold(entry)
                entry.clear()
                entry.update(left)

    files = full.relogged(full.files(), change)
    listed = edited(
        files["withheld.json"],
        lambda told: told["entries"].extend(
            {"number": n, "subject": subject, "fact": fact, "reason": "identity"}
            for n in numbers
        ),
    )
    assert numbers
    return full.resealed({**files, "withheld.json": listed})


def test_a_hidden_kind_decides_no_longer_that_a_criterion_does_not_apply(
    full: Sealed,
) -> None:
    """An older role is still seen: what it would exclude is not taken for certain."""
    subject = "person:meng"
    report = full.check(_hide(full, subject, "roles"))
    criteria = json.loads(full.files()["rules/criteria.json"])
    persons = {
        each["criterion"]
        for each in json.loads(full.files()["assessment.json"])["findings"]
        if criteria[each["criterion"]]["subject"] == "person"
        and each["subject"] in (subject, None)
    }
    said = "\n".join(en for _, en in report.unchecked if "not recomputed" in en)
    assert persons
    assert all(name in said for name in persons)


def test_a_stranger_s_key_is_unknown_on_the_first_screen(full: Sealed) -> None:
    files = full.resealed(full.files(), make_key())
    report = full.check(files)
    assert ", unknown" in report.about[1][1]
    assert ", known" in report.about[0][1]


@pytest.mark.long
def test_the_line_of_the_age_is_printed_by_the_command(full: Sealed) -> None:
    done = verified(full.bundle, "--lang", "en")
    assert f"Judged: as of {AS_OF}, " in done.stdout
    assert " by this machine’s clock\n" in done.stdout


# In a terminal


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("language", [0, 1])
@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_long_line_is_folded_and_loses_nothing(
    width: int, language: int, sealed: Sealed
) -> None:
    report = sealed.check(sealed.files())
    for line in verify.write_lines(report, None, language):
        parts = verify.fold(line, width)
        assert "".join("".join(parts).split()) == "".join(line.split())
        for part in parts:
            words = max(len(word) for word in re.split("[^!-~]+", part))
            assert _width(part) <= width or words > width - 10, part
            assert not part.strip().startswith(("，", "。", "、", "；"))
        if _width(line) <= width:
            assert parts == [line.rstrip()]


def test_somebody_at_a_terminal_of_eighty_columns_reads_lines_of_eighty(
    full: Sealed,
) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    command = [sys.executable, "-I", str(VERIFIER), str(full.bundle), "--lang", "zh"]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        printed = b""
        with contextlib.suppress(OSError):  # how Linux says that the other end closed
            while piece := os.read(ours, 4096):
                printed += piece
        assert running.wait() == 1
    os.close(ours)
    lines = printed.decode().splitlines()
    assert lines[0].startswith("签名：")
    assert len(lines) > 20
    assert all(_width(line) <= 80 for line in lines)
