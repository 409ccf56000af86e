from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from changqing.law.check import check
from changqing.law.kit import Dimension
from changqing.law.load import load
from changqing.law.model import Verdict
from changqing.law.reference import write_listing, write_reference
from changqing.law.said import say_article, say_number
from changqing.law.verdict import decide_verdict
from changqing.text import Language, Text
from tests.shipped import CATALOGUE

SOUND = Path(__file__).parent / "sound"


@pytest.mark.long
def test_the_shipped_catalogue_holds_what_its_examples_say() -> None:
    checked = check()
    assert [issue.say(Language.EN) for issue in checked.issues] == []
    assert checked.catalogue is not None
    assert len(checked.catalogue.criteria) >= 45
    assert checked.questions > 2 * checked.examples


def test_a_faulty_criterion_keeps_no_other_from_being_checked(tmp_path: Path) -> None:
    root = tmp_path / "catalogue"
    shutil.copytree(SOUND, root)
    criteria = sorted((root / "criteria").rglob("*.yaml"))
    broken, wrong = criteria[:2]
    broken.write_text(
        broken.read_text(encoding="utf-8").replace("test:", "tset:"), encoding="utf-8"
    )
    wrong.write_text(
        wrong.read_text(encoding="utf-8").replace("then: met", "then: unmet"),
        encoding="utf-8",
    )
    checked = check(root)
    files = {Path(issue.path or "").name for issue in checked.issues}
    assert files == {broken.name, wrong.name}
    assert checked.examples > 0


def test_every_dimension_is_asked_about() -> None:
    asked = {criterion.dimension for criterion in CATALOGUE.criteria.values()}
    assert asked == set(Dimension)


def test_a_claim_alone_is_unproven_and_a_claim_against_proof_contradicted(
    tmp_path: Path,
) -> None:
    """`claimed` in an unmet example makes it something else, and that is told."""
    root = tmp_path / "catalogue"
    shutil.copytree(SOUND, root)
    file = root / "criteria/funding/capital_enough.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("{capital: 99}", "{capital: 99}, claimed: {capital: 200}"),
        encoding="utf-8",
    )
    (issue,) = check(root).issues
    assert issue.say(Language.ZH).endswith("例子应为 unmet，实为 contradicted")


def test_a_defect_that_names_no_licence_is_detected_for_every_class_of_business(
    tmp_path: Path,
) -> None:
    root = tmp_path / "catalogue"
    shutil.copytree(SOUND, root)
    licence = (root / "licences/B25.yaml").read_text(encoding="utf-8")
    for code, group in (("B21", "second"), ("N95", "numbers")):
        (root / f"licences/{code}.yaml").write_text(
            licence.replace("id: B25", f"id: {code}").replace(
                "class: second", f"class: {group}"
            ),
            encoding="utf-8",
        )
    assert check(root).issues == ()
    defects = root / "defects.yaml"
    text = defects.read_text(encoding="utf-8").replace("  licences: [B25]\n", "")
    defects.write_text(text, encoding="utf-8")
    (issue,) = check(root).issues
    assert issue.say(Language.EN).startswith(
        "defects.yaml:1 no criterion detects CAPITAL_SHORT for B21"
    )


@pytest.mark.parametrize(
    ("proven", "claimed", "verdict"),
    [
        (True, None, Verdict.MET),
        (True, False, Verdict.MET),
        (False, True, Verdict.CONTRADICTED),
        (False, None, Verdict.UNMET),
        (False, False, Verdict.UNMET),
        (None, True, Verdict.UNPROVEN),
        (None, False, Verdict.UNMET),
        (None, None, Verdict.UNDETERMINED),
    ],
)
def test_proven_and_claimed_decide_the_verdict(
    *, proven: bool | None, claimed: bool | None, verdict: Verdict
) -> None:
    assert decide_verdict(proven=proven, claimed=claimed) is verdict


@pytest.mark.parametrize("language", list(Language))
def test_every_criterion_has_its_place_in_the_reference(language: Language) -> None:
    pages = write_reference(CATALOGUE, language)
    for criterion in CATALOGUE.criteria.values():
        page = pages[f"criteria-{criterion.dimension}.md"]
        assert f"`{criterion.id}`" in page
        assert criterion.test.text.strip() in page
    for link in pages["README.md"].split("](")[1:]:
        assert link.split(")")[0] in pages
    listed = write_listing(CATALOGUE, language)
    assert all(criterion in listed for criterion in CATALOGUE.criteria)


def test_pages_say_how_well_a_source_was_read() -> None:
    pages = write_reference(load(SOUND), Language.ZH)
    assert "某法第六条第（四）项【条文已核读】" in pages["criteria-funding.md"]
    assert "须向受理机关确认" in pages["parameters.md"]
    assert "| 法定 | 首次申请、延续 | B25 |" in pages["defects.md"]


@pytest.mark.parametrize(
    ("number", "unit", "zh", "en"),
    [
        (100_000_000, "fen", "100万元", "CNY 1,000,000"),
        (12_345, "fen", "123.45元", "CNY 123.45"),
        (0, "fen", "0元", "CNY 0"),
        (5_100, "basis_points", "51%", "51%"),
        (3, "months", "3个月", "3 months"),
        (3, None, "3", "3"),
    ],
)
def test_numbers_are_said_with_their_unit(
    number: int, unit: str | None, zh: str, en: str
) -> None:
    assert say_number(number, unit) == Text(zh, en)


@pytest.mark.parametrize(
    ("written", "zh"),
    [
        ("6(4)", "第六条第（四）项"),
        ("13", "第十三条"),
        ("20", "第二十条"),
        ("105", "第一百〇五条"),
        ("213(11)", "第二百一十三条第（十一）项"),
        ("附则", "附则"),
    ],
)
def test_articles_are_printed_as_statutes_print_them(written: str, zh: str) -> None:
    assert say_article(written).zh == zh
