"""What kind of thing a question asks for: a time, a sum, whom, how, whether one may.

Two questions about one matter differ in little else: 备案几天内办 and 没备案怎么罚
share every word of the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from changqing.guide.words import simplify_text

_KINDS: Final = tuple(
    re.compile(f"{zh}|\\b(?:{en})")
    for zh, en in (
        # when, how long
        (
            r"多久|多长时间|[几多少][几个]*(?:天|日|月|年|周|礼拜|小时|工作日)|什么时候|何时"
            r"|哪一?天|最迟|最晚|期限|时限|提前|截止|时间|哪年",
            r"when|how (?:long|soon|early|late)|deadline|due|days|months|years",
        ),
        # how much money
        (
            r"多少钱|资本|资金|本钱|费用|收费|花钱|收钱|要钱|多少万|几万|价",
            r"capital|cost|fee|how much|charge|price|money",
        ),
        # how many
        (
            r"几个|几[人名位张份套次家]|多少[人名位张份套次家个]|人数|数量",
            r"how many|number of",
        ),
        # how it is punished
        (
            r"罚|后果|下场|追究|会怎|处理|坐牢|犯法",
            r"fine|penalt|punish|happens|consequence",
        ),
        # whether one may
        (
            r"能不能|可以|可不可以|行不行|行[吗么]|能[^力够源].*[吗么不]|允许|合法|违规"
            r"|成不成|算不算|好使",
            r"can|may|could|allowed|possible|legal|ok",
        ),
        # whether one must
        (
            r"要不要|需要|必须|非.+不可|用不用|[要得].*[吗么不]$|是不是要|强制",
            r"must|need|required|have to|should|mandatory",
        ),
        # how it is done
        (
            r"怎么办|怎么|怎样|如何|流程|步骤|手续|程序|先后|操作",
            r"how (?:do|to|can|is)|process|steps|procedure",
        ),
        # who and where
        (
            r"谁|哪里|哪儿|哪个(?:部门|局|网站|机关|单位|地方)|去哪|归哪|向哪|找哪",
            r"who|where|which (?:authority|office|site)",
        ),
        # what it means
        (
            r"什么是|是什么|什么意思|指什么|指的|是干什么|做什么的|区别|差别",
            r"what (?:is|are|does)|mean|difference",
        ),
        # what it holds
        (
            r"写什么|哪些|哪几|包括|包含|什么内容|准备什么|交什么|要什么|什么材料|写些",
            r"what (?:must|should|papers|documents|goes)|contain|list",
        ),
        # of which kind
        (
            r"哪个证|哪种|哪一?类|什么证|哪张|属于|归哪|哪一?项",
            r"which|what (?:kind|licence|permit)",
        ),
        # why
        (r"为什么|凭什么|原因|理由", r"why|reason"),
    )
)


def find_kinds(text: str) -> Sequence[int]:
    """Find what kinds of thing a question asks for, by their places in the list."""
    plain = simplify_text(text)
    return [at for at, kind in enumerate(_KINDS) if kind.search(plain)]


def share_kinds(ways: Iterable[str]) -> Sequence[float]:
    """Tell what share of an entry's ways of asking ask for each kind of thing."""
    kinds_by_way = [find_kinds(way) for way in ways]
    return [
        round(
            sum(at in places for places in kinds_by_way) / max(1, len(kinds_by_way)), 3
        )
        for at in range(len(_KINDS))
    ]
