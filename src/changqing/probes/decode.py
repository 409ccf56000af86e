"""Bytes of a page to text; what is declared is a hint, what decodes is the answer."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,30})""", re.I)
_XML = re.compile(rb"""<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9_.:-]{2,30})""")
_LOOK_FOR_DECLARATION = 4096

_WIDER = {  # the standard that contains the one declared
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "hz": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
}

# The commonest characters of running text, in either script; a wrong decoding of
# Chinese bytes gives rare ones.
_COMMON = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去"
    "這來國個說們為時會著對開過還後發經麼學進動實現點種從業網電話務公司版權所聯系關於"
    "对开过还后发经么学进动实现点种从业网电话务权联关于新闻产品服务首页信息技术"
)
_WIDE = re.compile("[\u2e80-\uffff]+")
_SAMPLE = 40_000  # characters
_LEAST_COMMON = 0.06  # of running Chinese; real pages have .14 and more
_ENOUGH = 80  # wide characters to judge by
_TOLERATED = 0.002  # of the characters may be undecodable in a clean page


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text, the encoding used, and whether every byte made sense.

    `certain` is False where letters of ASCII may stand for others: the page declares an
    encoding that nobody here knows, or one that writes them so (UTF-7, ISO 2022).
    """

    text: str
    encoding: str
    clean: bool
    certain: bool = True

    @property
    def readable(self) -> bool:
        """Whether so little was lost that "not there" may be said of it."""
        lost = self.text.count("\ufffd")
        return self.certain and lost <= len(self.text) * _TOLERATED


def decode(body: bytes, content_type: str = "") -> Decoded:
    """Decode a page, whatever it declares. Never raises."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _decode_lossily(body, name)
    if body.isascii():
        return Decoded(
            text=body.decode("ascii"),
            encoding="utf-8",
            clean=True,
            certain=_is_only_ascii(body, content_type),
        )
    try:
        return Decoded(text=body.decode("utf-8"), encoding="utf-8", clean=True)
    except UnicodeDecodeError:
        pass
    declared = _find_encodings(body, content_type)
    whole = [
        Decoded(text=text, encoding=name, clean=True)
        for name in dict.fromkeys([*declared, "gb18030", "big5hkscs"])
        if (text := _decode_strictly(body, name)) is not None
    ]
    nearly = _decode_lossily(body, "utf-8")
    if nearly.readable:  # cut off, or with a byte of something else in it
        whole.append(nearly)
    if len(whole) == 1:
        return whole[0]
    if whole:
        return max(whole, key=lambda decoded: _score_decoding(decoded, declared))
    tried = [
        _decode_lossily(body, name)
        for name in dict.fromkeys([*declared, "utf-8", "gb18030", "big5hkscs"])
    ]
    return min(tried, key=lambda decoded: decoded.text.count("\ufffd"))


def is_garbled(text: str) -> bool:
    """Tell whether the wide characters of a text are none that a Chinese page has.

    Bytes may make sense in an encoding that is not theirs.
    """
    wide = "".join(_WIDE.findall(text[:_SAMPLE]))
    common = sum(map(_COMMON.__contains__, wide))
    return len(wide) >= _ENOUGH and common < len(wide) * _LEAST_COMMON


def _is_only_ascii(body: bytes, content_type: str) -> bool:
    """Tell whether letters of ASCII stand for themselves in what a page declares."""
    for declared in _list_declared(body, content_type):
        try:
            if body.decode(declared) != body.decode("ascii"):
                return False
        except (UnicodeError, LookupError):
            return False
    return b"\0" not in body


def _list_declared(body: bytes, content_type: str) -> list[str]:
    sources = (content_type.encode("ascii", "ignore"), body[:_LOOK_FOR_DECLARATION])
    matches = [_DECLARED.search(source) or _XML.search(source) for source in sources]
    return [match.group(1).decode("ascii") for match in matches if match is not None]


def _find_encodings(body: bytes, content_type: str) -> list[str]:
    names: list[str] = []
    for declared in _list_declared(body, content_type):
        try:
            name = codecs.lookup(declared).name
        except LookupError:
            continue
        name = _WIDER.get(name, name)
        if name != "utf-8" and name not in names:
            names.append(name)
    return names


def _decode_strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeError, LookupError):
        return None


def _decode_lossily(body: bytes, name: str) -> Decoded:
    try:
        text = body.decode(name, "replace")
    except (UnicodeError, LookupError):
        text, name = body.decode("utf-8", "replace"), "utf-8"
    return Decoded(text=text, encoding=name, clean="\ufffd" not in text)


def _score_decoding(decoded: Decoded, declared: list[str]) -> float:
    """The share of common characters in a sample; what was declared is preferred."""
    wide = "".join(_WIDE.findall(decoded.text[:_SAMPLE]))
    common = sum(map(_COMMON.__contains__, wide))
    share = common / len(wide) if wide else 0.0
    return share + (0.05 if decoded.encoding in declared else 0.0)
