"""Numbers, names and contacts as they stand in the text of a page.

Literal first, then a regular expression anchored to it: most pages hold few of the
literals, and none of the expressions can run away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FOLD = str.maketrans(
    "備號證證網閩滬蘇贛魯遼陝雲貴晉瓊寧粵內聯電話務諮詢訴舉報饋見意廳傳ＩＣＰｉｃｐ０１２３４５６７８９－—–‐：［］（）【】",
    "备号证证网闽沪苏赣鲁辽陕云贵晋琼宁粤内联电话务咨询诉举报馈见意厅传ICPicp0123456789----:[]()[]",
)
_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀贵黔云滇藏陕陇甘青宁新"

_FILING = re.compile(
    rf"([{_PROVINCES}])\s*ICP\s*备\s*(?:案\s*)?(?:[证号]+\s*)?:?\s*[\[(]?\s*"
    r"(20\d{8}|\d{8})(?!\d)\s*[\])]?\s*(?:"
    r"-\s*(\d{1,3})(?!\d)\s*号?|号\s*(?:-\s*(\d{1,3})(?!\d))?)?",
    re.IGNORECASE,
)
_CLASSED = re.compile(
    rf"(?:([{_PROVINCES}]|合字)\s*)?((?:[AB][12][.,、\s]{{0,2}}){{0,3}}[AB][12])\s*-\s*"
    r"((?:19|20)\d{6})(?!\d)"
)
_OLD_LICENCE = re.compile(
    rf"([{_PROVINCES}])\s*ICP\s*证\s*(?:号\s*)?:?\s*[\[(]?\s*(\d{{6}})(?!\d)\s*[\])]?\s*号?",
    re.IGNORECASE,
)
_OLDEST_LICENCE = re.compile(
    rf"许可证(?:编号|号)?\s*:?\s*([{_PROVINCES}])\s*ICP\s*(\d{{8}})(?!\d)\s*号?",
    re.IGNORECASE,
)
_POLICE = re.compile(
    r"(?:公\s*网\s*安|公\s*安\s*网|公\s*安|网\s*安|网\s*保\s*安)\s*备\s*(?:案\s*)?"
    r"(?:(?:编\s*)?[号证]\s*){0,2}:?\s*[\[(]?\s*(?:第\s*)?(\d{10,14})(?!\d)(-\d{1,3})?"
)
_EMAIL = re.compile(
    r"(?<![\w.+-])([A-Za-z0-9][\w.+-]{0,63})\s?"
    r"(?:@|＠|\(at\)|\[at\]|\s+at\s+|#(?=[a-z0-9-]+\.(?:com|cn|net|org)\b))\s?"
    r"([A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,4}[A-Za-z]{2,10})(?![\w-])",
    re.ASCII,
)
_PHONE = re.compile(
    r"(?<![A-Za-z\d._=*-])(?<![A-Za-z]/)(?:"
    r"(?P<free>[48]00[-\s]?\d{3}[-\s]?\d{4}|[48]00[-\s]?\d{4}[-\s]?\d{3})"
    r"|(?P<mobile>(?:\+?86[-\s]?)?1[3-9]\d(?:-?\d{4}-?\d{4}))"
    r"|(?P<land>(?:\+?86[-\s]?\(?0?|\(?0)[1-9]\d{1,2}\)?\s?[-\s]?\s?\d{7,8}"
    r"(?:\s?(?:-|转|轉)\s?\d{1,5})?)"
    r"|(?P<short>9[56]\d{3,4})"
    r"|(?P<bare>[2-9]\d{6,7})"
    r")(?![\d*])(?!-\d)"
)
_SPEAKS_OF_PHONE = re.compile(
    r"电话|热线|客服|手机|咨询|垂询|联系|服务|投诉|举报|拨打|致电|订购|加盟|招商|"
    r"Tel|Phone|Mobile|Call|Hotline|TEL|☎|📞|✆"
)
_SPEAKS_PLAINLY = re.compile(r"(?:电话|热线|Tel|TEL|Phone|☎)[^\d]{0,12}$")
_OTHER_NUMBER = re.compile(
    r"(?:传\s*真|Fax|QQ|微信(?!同号)|wechat|群|邮编|账号|帐号|编号|证号)[^\d]{0,6}$",
    re.I,
)
_BEFORE = 30  # characters before a number in which it is said what it is
_JOINT = 4  # characters between two numbers of one list
_CHAT_NUMBER = re.compile(
    r"(?:QQ|微\s*信)\s*(?:客服|咨询|交流|在线|号|同号|群)?\s*(?:号码)?\s*(?:"
    r"[:(]?\s*([1-9]\d{4,10})|[:(]\s*([A-Za-z][\w-]{5,19}))(?![\w@-])",
    re.IGNORECASE | re.ASCII,
)
_SWAPS_LINKS = re.compile(r"链接|交换|友链")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something recognised: its one spelling, how it stood there, and where."""

    value: str
    raw: str
    start: int


def fold(text: str) -> str:
    """Traditional and full-width forms of the fixed words made one; same length."""
    return text.translate(_FOLD)


def filings(folded: str) -> Iterator[Mark]:
    """Ministry filing numbers, `浙ICP备20261234号-1`; impossible ones are left out."""
    if "ICP" not in folded.upper():
        return
    for match in _FILING.finditer(folded):
        branch = match.group(3) or match.group(4)
        value = f"{match.group(1)}ICP备{match.group(2)}号"
        if branch:
            value += f"-{int(branch)}"
        yield Mark(value=value, raw=match.group().strip(), start=match.start())


def licences(folded: str) -> Iterator[Mark]:
    """Telecom licence numbers: `浙B2-20260001`, `京ICP证260001号`."""
    if "-" in folded:
        for match in _CLASSED.finditer(folded):
            classes = ".".join(re.findall(r"[AB][12]", match.group(2)))
            value = f"{match.group(1) or ''}{classes}-{match.group(3)}"
            yield Mark(value=value, raw=match.group().strip(), start=match.start())
    if "ICP" in folded.upper():
        for match in _OLD_LICENCE.finditer(folded):
            value = f"{match.group(1)}ICP证{match.group(2)}号"
            yield Mark(value=value, raw=match.group().strip(), start=match.start())
        for match in _OLDEST_LICENCE.finditer(folded):
            value = f"{match.group(1)}ICP{match.group(2)}号"
            yield Mark(value=value, raw=match.group().strip(), start=match.start())


def police_numbers(folded: str) -> Iterator[Mark]:
    """Public-security filing numbers, digits only."""
    if "备" not in folded:
        return
    for match in _POLICE.finditer(folded):
        value = match.group(1) + (match.group(2) or "")
        yield Mark(value=value, raw=match.group().strip(), start=match.start())


def emails(text: str) -> Iterator[Mark]:
    """Mail addresses, also those written with `(at)` or `#` for the sign."""
    for match in _EMAIL.finditer(text):
        value = f"{match.group(1)}@{match.group(2)}"
        yield Mark(value=value, raw=match.group(), start=match.start())


def phones(folded: str) -> Iterator[Mark]:
    """Telephone numbers that the words before them call such, and toll-free ones.

    A fax number is none, nor is a number cut from a longer one.
    """
    last = -_BEFORE
    for match in _PHONE.finditer(folded):
        before = folded[max(0, match.start() - _BEFORE) : match.start()]
        if _OTHER_NUMBER.search(before):
            continue
        kind = match.lastgroup
        listed = match.start() - last <= _JOINT
        if kind == "bare":
            fine = listed or _SPEAKS_PLAINLY.search(before) is not None
        elif kind in ("mobile", "short"):
            fine = listed or _SPEAKS_OF_PHONE.search(before) is not None
        else:
            fine = True
        if fine:
            last = match.end()
            raw = match.group().strip()
            yield Mark(value=raw, raw=raw, start=match.start())


def chat_numbers(folded: str) -> Iterator[Mark]:
    """QQ numbers and WeChat names given for talking to the service."""
    for match in _CHAT_NUMBER.finditer(folded):
        if _SWAPS_LINKS.search(folded[max(0, match.start() - _BEFORE) : match.start()]):
            continue
        raw = " ".join(match.group().split())
        value = match.group(1) or match.group(2)
        yield Mark(value=value, raw=raw, start=match.start())
