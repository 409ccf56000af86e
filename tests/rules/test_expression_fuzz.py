"""The expression language: what is no rule is refused with its place."""

from __future__ import annotations

import pytest

from changqing.errors import RuleError
from changqing.rules.parse import parse
from tests.fuzzing import fuzz
from tests.rules.expression_language import VOCABULARY

pytestmark = pytest.mark.fuzz
RULES = (
    "capital >= :minimum AND NOT (listed OR capital + 2 * debt < 5)",
    "at_least(2, person WHERE role = 'technical' AND full_time : months >= 6)",
    "days_between(founded_on, lease_until) BETWEEN 0 AND 30 OR has(seen, 'news')",
    "within(offered, seen) AND agree(capital) AND form IN ('limited', 'joint_stock')",
)


@pytest.mark.parametrize(
    ("seeds", "only_given"), [(RULES, False), ((":licence = 'B25'",), True)]
)
def test_a_rule(seeds: tuple[str, ...], only_given: bool, fuzz_seconds: float) -> None:
    def look(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        parse(text, subject="applicant", vocabulary=VOCABULARY, only_given=only_given)

    fuzz(look, [s.encode() for s in seeds], fuzz_seconds, declared=(RuleError,))
