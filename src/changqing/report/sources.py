"""Who says something, in words: the form, a paper by its kind, a probe, a look.

And by which number and how good a grade it is cited.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from changqing.case.subjects import Subject
from changqing.evidence.model import OF_PAPERS, Record, SourceKind
from changqing.text import Text, both

_KEY: Final = re.compile(r"[a-z]+:[\w.-]+")
_SOURCE_NAMES: Mapping[str, Text] = {
    "dns": Text(zh="域名解析", en="name servers"),
    "registration": Text(zh="域名登记", en="domain registration"),
    "tls": Text(zh="网站证书", en="site certificate"),
    "reach": Text(zh="访问网站", en="visit"),
    "page": Text(zh="网站页面", en="page"),
    "publication": Text(zh="发布记录", en="publications"),
    "feedback": Text(zh="服务渠道", en="service channels"),
    "functions": Text(zh="功能入口", en="functions"),
    "hygiene": Text(zh="网站安全设置", en="security settings"),
    "attempts": Text(zh="历次访问", en="attempts"),
    "outlook": Text(zh="到期日推算", en="outlook"),
    "annual_report": Text(zh="年报推算", en="annual reports"),
    "licence_term": Text(zh="许可证有效期", en="term of the licence"),
    "casework": Text(zh="办理记录", en="events of the case"),
    "papers.compared": Text(zh="材料之间的比对", en="papers held against each other"),
    "test_question": Text(zh="测试提问", en="test questions"),
    "dishonesty_list": Text(zh="电信业务经营失信名单", en="telecom dishonesty list"),
    "misconduct_list": Text(zh="电信业务经营不良名单", en="telecom misconduct list"),
    "court_list": Text(zh="法院失信被执行人名单", en="court enforcement list"),
    "filing_lookup": Text(zh="网站备案查询", en="filing look-up"),
    "police_filing_lookup": Text(zh="公安备案查询", en="public-security look-up"),
    "licence_lookup": Text(zh="许可证查询", en="licence look-up"),
    "address_lookup": Text(zh="地址归属查询", en="address look-up"),
    "domain_registration": Text(zh="域名登记查询", en="registration look-up"),
    "service_page": Text(zh="逐页查看网站", en="walk through the site"),
    "hotline_call": Text(zh="拨打服务电话", en="call to the hotline"),
}


def write_source(record: Record, labels: Mapping[Subject, Text]) -> Text:
    """Write the source and the place in it; a paper is called as the case calls it."""
    source = record.source
    if source.kind is SourceKind.FORM:
        return source.kind.text
    inside = source.place.startswith(f"{source.kind.value}:")
    inside = inside or source.name.endswith(f" {source.place}")
    place = f"，{source.place}" if source.place and not inside else ""
    place_en = f", {source.place}" if source.place and not inside else ""
    kind = source.kind.text
    name = labels.get(Subject("paper", source.name)) or find_source_name(source.name)
    text = both(source.name) if name is None else name
    return Text(zh=f"{kind.zh}：{text.zh}{place}", en=f"{kind.en}: {text.en}{place_en}")


def name_source(record: Record, labels: Mapping[Subject, Text]) -> Text:
    """Name who says it, within a sentence: 自述, 《社保证明》, 网站证书."""
    source = record.source
    if source.kind is SourceKind.FORM:
        return OWN_WORD
    source_label = labels.get(Subject("paper", source.name))
    if source_label is None:
        source_label = find_source_name(source.name.partition(" ")[0])
    return both(source.name) if source_label is None else source_label


def place_in(record: Record) -> str:
    """Find the place in a paper; "" for its file, and for what is no paper."""
    source = record.source
    if source.kind not in OF_PAPERS or ":" in source.place or "/" in source.place:
        return ""
    return source.place


def say_place(place: str) -> str:
    """Say a place as people know it; "" for the key of a field in the case file."""
    return "" if _KEY.fullmatch(place) else place


OWN_WORD = Text(zh="自述", en="by the applicant’s own word")


def find_source_name(name: str) -> Text | None:
    """Find what a probe or look is called, and where it looked; None without name."""
    code, _, where = name.partition(" ")
    text = _SOURCE_NAMES.get(code)
    if text is None or not where:
        return text
    return Text(zh=f"{text.zh} {where}", en=f"{text.en} {where}")


def find_number(record: Record) -> str | None:
    """Find the evidence number printed on a page, or None before it is logged."""
    return f"证{record.number:04d}" if record.number else None
