"""Whose page it is: the legal person named in the footer, else near the contact."""

from __future__ import annotations

import re
from collections.abc import Iterator

from changqing.probes._marks import Mark

_HAN = "\u4e00-\u9fff"
_ENDINGS = (
    r"有限责任公司|有限責任公司|股份有限公司|集团有限公司|有限公司|股份公司|集团公司"
)
_NAME = re.compile(
    rf"(?:[{_HAN}][{_HAN}A-Za-z0-9·&]{{1,24}}(?:[(（][{_HAN}]{{2,8}}[)）])?"
    rf"[{_HAN}A-Za-z0-9]{{0,16}}?(?:{_ENDINGS})(?:[{_HAN}]{{2,10}}分公司)?)"
)
_LATIN_NAME = re.compile(
    r"(?<![A-Za-z])(?:[A-Z][\w&.'-]*\s+){1,6}"
    r"(?:Co\.?,?\s*(?:Ltd|Limited)|Inc|Corporation|Limited|Ltd|GmbH|LLC)\b\.?"
)
_OWNS = re.compile(
    r"©|&copy;|\(c\)|copy\s*right|版权|版權|著作权|all\s*rights|主办|主辦|运营|"
    r"经营者|公司名称|公司名稱|单位名称|企业名称|备案|備案|公网安备|ICP",
    re.I,
)
_MADE_BY = re.compile(r"(?:技术支持|技術支持|网站建设|网站建設|网站制作|设计制作)\W*$")
_OTHERS = re.compile(
    r"技术支持|技術支持|技术服务|网站建设|网站建設|网站制作|网站設計|网站设计|"
    r"设计制作|制作单位|友情链接|合作伙伴|合作单位|承办|协办|托管|建设维护|Powered",
    re.I,
)
_CONTACT = re.compile(r"地址|电话|電話|邮编|郵編|联系我们|聯繫我們|邮箱|传真")
_LEAD = re.compile(
    rf"^(?:.*(?:版权所有|版權所有|版权归|主办单位|主办|运营单位|运营|公司名称|企业名称"
    rf"|单位名称|著作权归|归|由|与|是|及其|名称|请联系|欢迎来到|欢迎光临|欢迎访问))"
    rf"(?=[{_HAN}]{{2}})"
)
_FOOTER_LINES = 25
_PROSE = 80  # a longer line is running text: only what stands close by counts
_CLOSE = 16
_ENOUGH = 3.0
_GENERIC = re.compile(
    r"^(?:本|该|我|贵|某|各|一家|这家|子|分|母|总|与|和|是|为|在|成为|专业|知名|大型|"
    r"上市|国有|民营|外资|有限|股份|责任)"
)


def companies(lines: tuple[str, ...], title: str) -> Iterator[Mark]:
    """The names that may own the page, the likeliest first."""
    scored: dict[str, float] = {}
    raws: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(lines):
        for name in _names(line):
            weight = _weigh(lines, number, name)
            if weight > 0.0:
                scored[name] = max(scored.get(name, 0.0), weight) + 0.1
                raws.setdefault(name, (line, number))
    if any(character > "\u2e7f" for character in title):
        # Of a Chinese page, only a name in Chinese is the legal one.
        scored = {k: v for k, v in scored.items() if k[0] > "\u2e7f"}
    for name in _names(title):
        scored[name] = scored.get(name, 1.5) + 1.5
        raws.setdefault(name, (title, -1))
    for name, weight in sorted(scored.items(), key=lambda item: -item[1]):
        if weight >= _ENOUGH:
            raw, number = raws[name]
            yield Mark(value=name, raw=raw[:200], start=number)


def _weigh(lines: tuple[str, ...], number: int, name: str) -> float:
    """How much speaks for `name` as the owner; nothing when it is somebody else's."""
    line = lines[number]
    position = max(0, line.find(name))
    end = position + len(name)
    before = line[max(0, position - _CLOSE) : position]
    previous = lines[number - 1] if number else ""
    following = lines[number + 1] if number + 1 < len(lines) else ""
    if _OTHERS.search(before) or (not before.strip() and _MADE_BY.search(previous)):
        return 0.0
    weight = 1.0 if name[0] > "\u2e7f" else 0.0  # the legal name is in Chinese
    here = line if len(line) <= _PROSE else before + line[end : end + _CLOSE]
    if _OWNS.search(here):
        weight += 4.0
    elif len(line) <= _PROSE and (
        _OWNS.search(previous[-_PROSE:]) or _OWNS.search(following[:_PROSE])
    ):
        weight += 2.5
    if len(line) <= _PROSE and _CONTACT.search(here + previous + following[:_PROSE]):
        weight += 1.5
    if number >= len(lines) - _FOOTER_LINES:
        weight += 1.5 if len(line) <= _PROSE else 0.5
    if line == name:
        weight += 0.5
    return weight


def _names(line: str) -> Iterator[str]:
    if "公司" in line:
        for match in _NAME.finditer(line):
            name = _LEAD.sub("", match.group())
            if len(name) >= 6 and not _GENERIC.match(name):
                yield name
    if "." in line or "Lim" in line or "Inc" in line:
        for match in _LATIN_NAME.finditer(line):
            yield re.sub(r"^(?:Copyright|All Rights Reserved)\s+", "", match.group())
