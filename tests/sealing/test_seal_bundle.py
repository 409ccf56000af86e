"""What is in a bundle, and what is left out of it."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace

import pytest
from stdnum.cn import ric

from changqing.evidence.ledger.entry import LogLine
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.model import Record
from changqing.law.compiled import load_compiled
from changqing.sealing import verify, withheld
from changqing.sealing.bundle import pack
from changqing.sealing.index import NOT_PROVEN, PROVEN
from changqing.sealing.rules import make_rule_files
from tests.sealing.sealed_bundle import (
    VERIFIER,
    Sealed,
)
from tests.shipped import CATALOGUE


def test_the_verifier_is_in_the_bundle_and_says_it_is_a_convenience(
    sealed: Sealed,
) -> None:
    copy = sealed.files()["verify.py"]
    assert copy == VERIFIER.read_bytes()
    assert b"is a\nconvenience" in copy or b"convenience" in copy


def test_the_verifier_needs_python_3_9_and_its_library_alone() -> None:
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= {
        "__future__", "argparse", "base64", "binascii", "collections", "datetime",
        "hashlib", "io", "json", "lzma", "os", "pathlib", "re", "sqlite3", "struct", "sys", "typing",
        "unicodedata", "zlib",
    }  # fmt: skip


def test_personal_papers_are_left_out_and_listed(sealed: Sealed) -> None:
    files = sealed.files()
    told = json.loads(files["withheld.json"])
    listed = {each["subject"] for each in told["papers"]}
    assert {"paper:legal_rep_id", "paper:staff_id", "paper:labour_contract"} <= listed
    records = Evidence(sealed.case).list_records()
    for paper in ("legal_rep_id", "staff_id", "labour_contract", "social_insurance"):
        digests = {e.digest for e in records if e.source.name == paper}
        for digest in digests:
            assert digest is not None
            assert f"objects/{digest}" not in files
            assert all(digest.encode() not in data for data in files.values())
    # The day an identity card ends is only in the paper, and so nowhere here.
    assert all(b"2037-05-16" not in data for data in files.values())


def test_with_everything_nothing_is_left_out(full: Sealed) -> None:
    assert json.loads(full.files()["withheld.json"])["entries"] == []


def test_a_citizens_number_is_left_out_wherever_it_stands(sealed: Sealed) -> None:
    number = "11010519491231002X"
    assert ric.is_valid(number)
    line = next(
        line
        for line in Evidence(sealed.case).list_lines()
        if isinstance(line.decode_item(), Record) and line.decode_item().digest  # type: ignore[union-attr]
    )
    assert line.content is not None
    told = LogLine(
        number=1,
        salt=line.salt,
        content={**line.content, "raw": f"号码{number}。"},
        commitment=line.commitment,
    )
    assert withheld.hide_personal([told], lambda _: None, {}).lines[0].content is None
    shown = withheld.hide_personal([line], lambda _: f"号码{number}。".encode(), {})
    assert shown.lines[0].content is None
    assert withheld.hide_personal(
        [line], lambda _: b"1101051949123100210", {}
    ).lines == (line,)


def test_identity_and_salary_are_personal_in_the_catalogue() -> None:
    materials = load_compiled().materials
    personal = {name for name, each in materials.items() if each.personal is not None}
    assert {
        "legal_rep_id",
        "staff_id",
        "labour_contract",
        "social_insurance",
    } <= personal
    assert materials["business_licence"].personal is None


@pytest.mark.parametrize("page", ["index.html", "index.en.html"])
def test_the_first_page_has_two_lists_of_equal_size(sealed: Sealed, page: str) -> None:
    text = sealed.files()[page].decode()
    pair = text[text.index('<div class="pair">') : text.index("</div>")]
    one, other = pair.split("</section>")[:2]
    assert one.count("<li>") == other.count("<li>") == len(PROVEN) == len(NOT_PROVEN)
    assert json.loads(sealed.files()["bound.json"])["digest"] in text
    assert "http" not in re.sub(r"<td>.*?</td>", "", text)  # nothing is fetched


def test_each_record_on_the_page_says_who_looked(sealed: Sealed) -> None:
    text = sealed.files()["index.html"].decode()
    shown = [json.loads(e) for e in sealed.files()["log/entries.jsonl"].splitlines()]
    looks = [
        each
        for each in shown
        if each.get("content", {}).get("source", {}).get("kind") == "look"
    ]
    assert looks
    for look in looks:
        number, who = look["number"], look["content"]["observer"]
        row = f'<tr id="r{number}"><td>{number:04d}</td><td>{who}</td>'
        assert row in text
        assert f"{who}（" in text  # among those who looked, on the first page


def test_the_verifier_asks_the_clock_once_for_the_line_of_the_age() -> None:
    text = VERIFIER.read_text(encoding="utf-8")
    clock = r"\.now\(|\.today\(|time\.time|perf_counter|monotonic"
    asking = [line for line in text.splitlines() if re.search(clock, line)]
    assert len(asking) == 1
    assert asking[0].startswith("    today = beijing_day(datetime.now(timezone.utc))")


def test_the_container_opens_in_any_unzip(sealed: Sealed) -> None:
    from zipfile import ZipFile

    with ZipFile(sealed.bundle) as opened:
        assert opened.testzip() is None
        names = opened.namelist()
    assert names == sorted(names) == sorted(sealed.files())
    assert pack(sealed.files()) == sealed.bundle.read_bytes()
    assert verify.MANIFEST in names


def test_the_files_of_the_rules_are_made_once_for_a_catalogue() -> None:
    """Half a second of writing JSON, twice for each seal and once for each check."""
    files = make_rule_files(CATALOGUE)
    assert make_rule_files(CATALOGUE) is files
    assert make_rule_files(replace(CATALOGUE)) is not files
    assert make_rule_files(replace(CATALOGUE)) == files
