from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changqing.errors import CatalogueError
from changqing.law.folders import CATALOGUE_ROOT
from changqing.law.kit import Grade
from changqing.law.load import load
from changqing.law.lookup import (
    find_parameter_value,
    list_expressions,
    list_vocabulary,
    load_sqlite_program,
    select_in_force,
)
from changqing.law.model import Catalogue
from changqing.rules.types import Kind
from changqing.text import Language
from tests.shipped import CATALOGUE

SOUND = Path(__file__).parent / "sound"


@pytest.fixture(scope="module")
def sound() -> Catalogue:
    return load(SOUND)


def copy_of(tmp_path: Path) -> Path:
    root = tmp_path / "catalogue"
    shutil.copytree(SOUND, root)
    return root


def test_materials_give_presence_and_elements(sound: Catalogue) -> None:
    has = sound.facts["applicant", "has_plan"]
    states = sound.facts["paper", "states_owner"]
    kind = sound.facts["paper", "kind"]
    assert has.generated
    assert has.type.kind is Kind.BOOLEAN
    assert has.proof is Grade.DOCUMENTED
    assert states.sources == ("form", "paper:plan")
    assert kind.type.values == frozenset({"plan"})


def test_a_fact_for_ever_bears_its_reason() -> None:
    for fact in CATALOGUE.facts.values():
        assert fact.validity.days is not None or fact.validity.reason is not None


def test_examples_hold_typed_values(sound: Catalogue) -> None:
    met, unmet, earlier = sound.criteria["capital_enough"].examples
    assert met.proven == met.claimed == {"capital": 100}
    assert unmet.then == "unmet"
    assert earlier.given == {"as_of": date(2020, 1, 1)}
    (first, second) = sound.criteria["technician"].examples
    assert first.members["person"] == ({"role": "technical", "insured": True},)
    assert second.closed == {"person"}


def test_a_claim_beside_a_proof_differs_only_where_it_says(tmp_path: Path) -> None:
    root = copy_of(tmp_path)
    file = root / "criteria/funding/capital_enough.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace(
            "{proven: {capital: 100}, ",
            "{proven: {capital: 100, form: company}, claimed: {capital: 7}, ",
        ),
        encoding="utf-8",
    )
    example = load(root).criteria["capital_enough"].examples[0]
    assert example.claimed == {"capital": 7, "form": "company"}
    assert example.proven == {"capital": 100, "form": "company"}


def test_the_digest_follows_what_is_said_and_not_how_it_is_laid_out(
    tmp_path: Path,
) -> None:
    root = copy_of(tmp_path)
    before = load(root).digest
    file = root / "errands/bank.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text("# a remark\n" + text + "\n", encoding="utf-8")
    assert load(root).digest == before
    file.write_text(text.replace("去银行", "去一趟银行"), encoding="utf-8")
    assert load(root).digest != before


def test_a_region_overrides_a_parameter_and_may_leave_it_unknown(
    sound: Catalogue,
) -> None:
    def value(scope: str, region: str, on: date) -> int | str | None:
        found = find_parameter_value(
            sound, "least", licence="B25", scope=scope, region=region, on=on
        )
        return "nothing said" if found is None else found.value

    assert value("cross_province", "33", date(2026, 6, 1)) is None
    assert value("cross_province", "11", date(2026, 6, 1)) == 100
    assert value("intra_province", "33", date(2026, 6, 1)) == 100
    assert value("cross_province", "33", date(2025, 12, 31)) == 50
    assert value("cross_province", "33", date(2017, 8, 31)) == "nothing said"


def test_a_successor_takes_over_the_day_after(sound: Catalogue) -> None:
    assert "capital_shown" in select_in_force(sound, date(2025, 12, 31))
    assert "capital_shown_2026" not in select_in_force(sound, date(2025, 12, 31))
    assert "capital_shown" not in select_in_force(sound, date(2026, 1, 1))
    assert "capital_shown_2026" in select_in_force(sound, date(2026, 1, 1))


def test_the_vocabulary_has_facts_parameters_and_givens(sound: Catalogue) -> None:
    words = list_vocabulary(sound)
    assert words.facts["applicant"]["capital"].kind is Kind.NUMBER
    assert words.parameters["least"].kind is Kind.NUMBER
    assert words.givens["licence"].values == frozenset({"B25"})
    assert words.givens["region"].values == frozenset({"33"})


def test_the_program_has_every_test_and_every_applies(sound: Catalogue) -> None:
    names = {
        name for group in load_sqlite_program(sound).rules.values() for name in group
    }
    assert names == set(list_expressions(sound))
    assert {"capital_enough", "applies:capital_enough"} <= names


def test_a_missing_folder_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as caught:
        load(tmp_path / "nowhere")
    (line,) = caught.value.lines(Language.ZH)
    assert "不存在" in line


def test_an_empty_folder_lacks_edition_and_defects(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as caught:
        load(tmp_path)
    assert {issue.path for issue in caught.value.issues} == {
        "defects.yaml",
        "edition.yaml",
    }


@given(content=st.binary(max_size=300))
def test_any_bytes_in_a_file_are_an_error_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    root = copy_of(tmp_path_factory.mktemp("garbage"))
    (root / "errands/bank.yaml").write_bytes(content)
    with pytest.raises(CatalogueError) as caught:
        load(root)
    for language in Language:
        assert all(caught.value.lines(language))
    shutil.rmtree(root)


FIELD = st.sampled_from(
    ["id", "title", "test", "applies", "examples", "in_force", "citations", "remedy"]
)
JUNK = st.recursive(
    st.sampled_from(["x", "''", "3", "true", "~", "2026-01-01", "a.b", "'《》'"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: f"[{', '.join(each)}]"),
        st.lists(inner, max_size=3).map(
            lambda each: "{" + ", ".join(f"k{i}: {v}" for i, v in enumerate(each)) + "}"
        ),
    ),
    max_leaves=6,
)


@given(field=FIELD, junk=JUNK)
def test_a_wrong_value_in_any_field_is_never_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, field: str, junk: str
) -> None:
    root = copy_of(tmp_path_factory.mktemp("junk"))
    file = root / "criteria/funding/capital_enough.yaml"
    kept = [
        line
        for line in file.read_text(encoding="utf-8").split("\n")
        if not line.startswith((f"{field}:", "  - "))
    ]
    kept.append(f"{field}: {junk}")
    file.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(CatalogueError):
        load(root)
    shutil.rmtree(root)


def test_law_stands_in_the_catalogue_and_not_in_the_code() -> None:
    for file in (CATALOGUE_ROOT).glob("*.py"):
        assert not re.search(r"第[一二三四五六七八九十]+条", _code(file)), file.name


def _code(file: Path) -> str:
    """A module without its docstrings, which may show an article as an example."""
    return re.sub(r'""".*?"""', "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
