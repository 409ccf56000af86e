"""What a company does itself, beside what a law demands of it.

日志留存不得少于一百八十日，本公司按七个月保存: the company keeps them seven months.
A paper that names one figure alone makes it its own; where a second is said to be what
the company does, the first was only the demand.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from changqing.readers.phrases import TextSpan

_COMPANY: Final = r"(?:本公司|我公司|我司|本单位|我单位|公司|本?平台|本网站|我们)"
_LINK: Final = (
    r"(?:[的均则现对于将]|此类|上述|该等|各类|全部|所有|目前|实际|内部|统一|一律|承诺"
    r"|系统|网络|运行|操作|访问|安全|日志|记录|投诉|期限|时间|周期)*"
)
_DOES: Final = (
    r"(?:[留保]存|保留|存储|存放|[存归留]档|执行|掌握|落实|办结|答复|回复|处理|恢复)"
)
_BY: Final = r"(?:期|[按为是至到满足]|设为|设定|延长|至少|不[少低]于|从严|自行|在)"
_TWO_SENTENCES: Final = re.compile(r"[^。\n]*。?[^。\n]*")
_NEAR: Final = 80  # letters
_DEMAND: Final = re.compile(
    r"(?:高|多|长|优|严|大|短|快)于[^,。;]{0,24}$|超[过出][^,。;]{0,24}$"
)
_OF_LAW: Final = re.compile(r"法[律定规]|》|规定|要求|国家|监管|最低|标准|底线|下限")


def find_own_figure(text: str, start: int, slot: str) -> TextSpan | None:
    """Find the figure that a company says it keeps to, in the sentence or the next.

    They go on from `start`; `slot` is the pattern of the figure.
    """
    end = start + len(_TWO_SENTENCES.findall(text, start, start + _NEAR)[0])
    match = _compile_own(slot).search(text, start, end)
    return None if match is None else match.span("figure")


def is_surpassed(text: str, start: int) -> bool:
    """Tell whether a figure, which begins at `start`, is a demand that is surpassed.

    保存七个月，高于法律规定的|六个月.
    """
    first = max(text.rfind(stop, 0, start) for stop in ",。;\n") + 1
    before = text[first:start]
    demand = _DEMAND.search(before)
    return demand is not None and _OF_LAW.search(before, demand.start()) is not None


@lru_cache(maxsize=16)
def _compile_own(slot: str) -> re.Pattern[str]:
    """Make a pattern of a clause in which the company does something for a time."""
    return re.compile(
        rf"(?<=[,;。]){_COMPANY}{_LINK}(?P<does>{_DOES})?{_BY}*(?P<figure>{slot})"
        rf"(?:[之以]?内)?(?(does)|{_DOES})(?:用户|完毕|的?要求)?(?=[,。;、()\n]|$)"
    )
