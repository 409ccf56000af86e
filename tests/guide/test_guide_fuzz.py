"""Questions in a person's own words, answers in files, codes and addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from changqing.case.values import NotAValueError, parse_date
from changqing.errors import ChangqingError
from changqing.guide.ask import Questions
from changqing.guide.classify import Classifier
from changqing.guide.classify_answers import read_answers
from changqing.guide.credit_code import spell_credit_code
from changqing.guide.interview import parse_yes_or_no, read_url
from changqing.law.lookup import find_licence
from tests.fuzzing import fuzz
from tests.shipped import CATALOGUE

pytestmark = pytest.mark.fuzz


@pytest.mark.parametrize(
    "read",
    [
        read_url,
        parse_yes_or_no,
        parse_date,
        spell_credit_code,
        lambda text: find_licence(CATALOGUE, text),
    ],
)
def test_what_is_typed(read: Callable[[str], object], fuzz_seconds: float) -> None:
    seeds = [b"https://a.example/", "是".encode(), b"2026-11-27", "明年1月".encode()]

    def look(content: bytes) -> None:
        try:
            read(content.decode("utf-8", "replace"))
        except (ChangqingError, NotAValueError):
            return

    fuzz(look, [*seeds], fuzz_seconds)


def test_a_question(fuzz_seconds: float) -> None:
    questions = Questions(CATALOGUE)

    def look(content: bytes) -> None:
        questions.ask(content.decode("utf-8", "replace"), on=date(2026, 11, 27))

    seeds = [
        "社保要交几个月？",
        "How many staff need insurance?",
        "ICP备案和许可证的区别",
    ]
    fuzz(look, [seed.encode() for seed in seeds], fuzz_seconds)


def test_answers_in_a_file(tmp_path: Path, fuzz_seconds: float) -> None:
    classifier = Classifier(CATALOGUE, on=date(2026, 11, 27))
    path = tmp_path / "answers.yaml"

    def look(content: bytes) -> None:
        path.write_bytes(content)
        read_answers(classifier, path)

    fuzz(look, [b"activities: []\n", b'{"activities": null}'], fuzz_seconds)
