"""Labels that nobody listed, read as the listed one that says the same.

No list of labels is ever complete: 公司注册地址 says what 注册地址 says, 设立时间 what
成立日期 says. Two labels are compared by their words, of which some mean the same; rare
words of a kind of paper weigh more than common ones.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log
from typing import Final

Words = tuple[str, ...]
_NEAR: Final = 0.66
"""How much of two labels, by weight, must be the same: Dice's coefficient."""
_WHAT_MARK: Final = "?"
_SHORTEST, _LONGEST = 2, 12  # letters of a label
_WHAT: Final = (
    "日期|时间|年月日|日|date|time",
    "编号|号码|号|no",
    "名称|全称|姓名|名字|户名|name",
    "地址|住所|住址|坐落|座落|地点|场所|位置|处所|address",
    "金额|数额|款额|额",
    "期限|期间|期|term|period",
    "人数|人员数量",
    "方式",
    "状态",
    "类型|类别|性质",
)
"""Words for what stands beside a label, of which two labels that are near have one.

A label of such words alone, as 编号, may be of anything.
"""
_SAME: Final = (
    "到期|过期|届满|截止|终止|失效|期满|结束|expiration|expiry|expires",
    "开始|起始|生效",
    "开通|启用|上线|投入使用|开办|投用",
    "注册|登记|registration|registered|register",
    "成立|设立|创立",
    "单位|公司|企业|机构|主体|组织",
    "余额|结余|结存",
    "合计|总计|共计|总额|总数",
    "负责人|责任人|主管人",
    "职务|岗位|职位",
    "资本|资金",
    "提供商|服务商|供应商|提供方|提供者|provider",
    "人员|员工|职工",
    "证书|证照",
    "所有者|持有者|持有人|所有人|注册人|注册者|registrant|holder",
    "发证|颁发|核发|签发",
    "物业|房屋|房产",
    "租赁|承租|租用",
    "公安机关|公安",
    "社会保险|社保",
    "每月|月度|月均|月",
    "签订|签署|签约",
)
"""Words that mean the same on a form."""
_OTHER_MATTERS: Final = (
    *("注销", "变更", "冻结", "证明", "经营", "大写", "币种", "比例"),
    *("停用", "停止", "撤销", "吊销", "作废", "过户", "转让", "转移", "赎回", "通知"),
    *("母公司", "子公司", "分公司", "总公司", "上级", "下属", "下级", "关联", "集团"),
    *("对方", "客户", "股东", "配偶", "家属", "中介", "见证", "监督"),
    *("代理", "委托", "受托", "担保", "保证", "助理", "候选", "替补"),
    *("上年", "上月", "上期", "去年", "昨日", "期初", "历史", "历任", "首次", "临时"),
    *("计划", "预计", "预期", "目标", "认缴", "预留", "参考", "示例"),
    *("最低", "最高", "最长", "最短", "平均", "日均"),
    *("部分", "剩余", "新增", "其他", "其中"),
    *("备用", "试用", "装修", "保密", "质保", "违约", "缴费", "续费", "付款", "开票"),
    *("经理", "代表", "联系", "电话", "手机", "邮箱", "邮件"),
    *("签章", "盖章", "签字", "签名", "意见", "须知", "说明", "备注"),
)
_COMPANY: Final = "公司"
"""By itself no label that is near another: the end of a name broken over two lines."""
_OF_FORM: Final = frozenset({"的", "之", "其", "of", "the"})
_GROUPS: Final = {
    word: f"{mark}{group}"
    for mark, listed in ((_WHAT_MARK, _WHAT), ("=", _SAME))
    for group, words in enumerate(listed)
    for word in words.split("|")
}
_OPPOSITE: Final = frozenset(
    _GROUPS.get(word, word)
    for word in (
        *"甲乙丙受收付借贷减起止初末未不非免原前拟曾被副次续应欠旧父",
        *_OTHER_MATTERS,
        *("负责人", "资本"),
    )
)
"""What makes another thing of a label: 应收账款 and 应付账款, 账户余额证明."""
_TOKEN: Final = re.compile(
    "|".join(
        [
            *sorted([*_GROUPS, *_OTHER_MATTERS], key=len, reverse=True),
            "[a-z]+",
            r"\S",
        ]
    )
)
_BESIDE: Final = re.compile(
    r"\([^()]*\)|^[0-9一二三四五六七八九十]+[、.)]|[:/*#&'’\-·]"
)
"""What is printed of a label beside its words: notes, numbers, marks."""


@dataclass(frozen=True)
class NearLabels:
    """The labels that a kind of paper lists, by the words they are made of."""

    listed: tuple[str, ...]

    def find(self, label: str) -> str | None:
        """Find the listed label that an unlisted one, squeezed, says otherwise."""
        words = _split(label)
        if not _SHORTEST <= len(label) <= _LONGEST or not any(map(_is_of_what, words)):
            return None
        if words == _split(_COMPANY):
            return None
        near = [
            (self._measure(words, _split(other)), other)
            for other in {other for word in words for other in self._by_word[word]}
            if _are_of_one(words, _split(other))
        ]
        likeness, best = max(near, default=(0.0, ""))
        return best if likeness >= _NEAR else None

    @cached_property
    def _by_word(self) -> Mapping[str, Sequence[str]]:
        """The labels that have a word which says of what something is.

        A note is listed where it tells labels apart: 人民币（大写） is no 人民币.
        """
        labels_by_word: defaultdict[str, list[str]] = defaultdict(list)
        for label in self.listed:
            if "(" in label:
                continue
            for word in filter(_is_of_what, _split(label)):
                labels_by_word[word].append(label)
        return labels_by_word

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        """The weight of each word: what few labels have tells most."""
        counts = Counter(word for label in self.listed for word in _split(label))
        whole = len(self.listed)
        return {word: log(1 + whole / times) for word, times in counts.items()}

    def _measure(self, words: Words, others: Words) -> float:
        """Measure how much of two labels is the same, from 0 to 1."""
        return (
            2
            * self._add_up({*words} & {*others})
            / (self._add_up(words) + self._add_up(others))
        )

    def _add_up(self, words: Iterable[str]) -> float:
        unknown = log(1 + len(self.listed))
        return sum(self._weights.get(word, unknown) for word in words)


def _is_of_what(word: str) -> bool:
    """Whether a word says of what something is the day, the number or the name."""
    return not word.startswith(_WHAT_MARK)


def _are_of_one(words: Words, others: Words) -> bool:
    """Whether two labels may be of the same.

    Both name a day, or neither does, and both end alike, as what somebody is asked for
    stands last: 单位负责人 is no 单位. One says no more than the other and a word
    besides, and nothing opposite.
    """
    what, others_what = (
        {word for word in label if not _is_of_what(word)} for label in (words, others)
    )
    if (what or others_what) and not what & others_what:
        return False
    if words[-1] != others[-1]:
        return False
    more, less = {*words} - {*others}, {*others} - {*words}
    if more and less:
        return False
    both = {*words} & {*others}
    return any(map(_is_of_what, both)) and not _OPPOSITE & (more | less)


@lru_cache(maxsize=16_384)
def _split(label: str) -> Words:
    """Split a squeezed label into words, of those that mean the same one for all."""
    plain = _BESIDE.sub("", label)
    return tuple(
        dict.fromkeys(
            _GROUPS.get(word, word)
            for word in _TOKEN.findall(plain)
            if word not in _OF_FORM
        )
    )
