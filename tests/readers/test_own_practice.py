"""What a law demands is not what the company does."""

from __future__ import annotations

import pytest

from tests.readers.test_prose import read

KEPT = ("self", "log_retention_months")
ANSWERED = ("self", "complaint_reply_days")


@pytest.mark.parametrize(
    ("sentence", "months"),
    [
        ("日志留存时间不得少于一百八十日，本公司按七个月保存。", 7),
        ("依法，网络日志留存不少于六个月；我司实际留存12个月。", 12),
        ("日志留存不少于180天。本公司对日志统一保存一年。", 12),
        ("日志按八个月保存，高于法律规定的不少于六个月。", 8),
        # Nothing else is said of what the company does.
        ("按照法律规定，日志留存不少于六个月，公司每3个月检查一次。", 6),
        ("日志留存不少于六个月，公司合同保存10年。", 6),
        ("日志留存不少于六个月，同行某公司保存12个月。", 6),
    ],
)
def test_what_the_company_keeps_goes_before_what_the_law_demands(
    sentence: str, months: int
) -> None:
    assert read("infosec_measures", sentence)[KEPT] == months


def test_a_term_of_answers_is_that_of_the_company() -> None:
    rule = "按规定应在15日内答复投诉用户，本公司在7日内答复。"
    assert read("complaint_rules", rule)[ANSWERED] == 7
