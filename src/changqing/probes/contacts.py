"""How a page says it can be reached: telephones, mail addresses, chat names."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from enum import Enum

import phonenumbers

from changqing.probes.marks import TextMatch, compile_words, find_places, fold

# -- mail

_SIGNS = ("@", "＠", "[@]", "【@】", "◎", "(a)", "#")
_SPELT_SIGNS = (
    *("(at)", "[at]", "{at}", "（at）", "【at】", "(AT)", "[AT]", " at ", " AT "),
)
_HASH = "#"
_IN_LOCAL = frozenset(string.ascii_letters + string.digits + "_.+-")
_LONGEST_LOCAL = 64
_HOST = re.compile(
    r"\s?([A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,4}[A-Za-z]{2,10})(?![\w-]|\.\w|:\w|/(?![\w.+-]{1,40}@|\s|$))",
    re.ASCII,
)
_SPELT_DOT = re.compile(
    r"\s?[\[({（【]\s?dot\s?[\])}）】]\s?|\sdot\s|[．。](?=(?:com|cn|net|org)\b)",
    re.I,
)
_LONGEST_HOST = 80
_HASHED = re.compile(r"[a-z0-9-]{1,63}\.(?:com|cn|net|org)\b")
_SPEAKS_OF_MAIL = compile_words("mail|邮|郵")
_A_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|ico|css|js|html?|php)$", re.I)
_MADE_UP_MAIL = re.compile(
    r"^(?:x+|your[\w.-]*|name|user(?:name)?)@|@(?:x{2,}|example)\.", re.I
)

# -- telephones

_RUN = re.compile(
    r"[0-9+(（](?<![A-Za-z0-9._=*@#$￥¥-].)(?<![A-Za-z]/.)"
    r"[0-9 ()+\-转轉分机－—–（）‐‑−﹣]{4,38}"
)
_A_START = re.compile(r"(?<![0-9+(])[0-9+(]")
_DAY = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}(?!\d)(?:\s\d\d?$)?")
_COUNTRY = (
    r"(?:\(?(?:\+|00)\s?86\)?[- ]?|\(86\)[- ]?|\(86[- ](?=0?\d{2,3}\))|86[- ](?=\d)|"
    r"86(?=1[3-9]\d{9}))"
)
_GAP = r"(?:\s-\s|[- ])?"
_EXTENSION = r"(?:\s?(?:-|转|转接|分机)\s?\d{1,5})?"
_AREA, _LOCAL = r"(?:10|2\d|[3-9]\d{2})", r"[1-9]\d{2,3}[- ]?\d{4}"
_SHAPES = re.compile(
    rf"(?P<free>{_COUNTRY}?[48]00(?:{_GAP}\d){{7}}(?:\s?转\s?\d{{1,6}}|-\d{{1,6}})?)"
    rf"|(?P<mobile>{_COUNTRY}?\(?0?1[3-9]\d\)?(?:{_GAP}\d){{8}})"
    rf"|(?P<land>(?:(?:\+?86[- ]?)?\(0{_AREA}\)\s?-?\s?"
    rf"|{_COUNTRY}\(?0?\)?{_AREA}\)?[- ]{{0,3}}"
    rf"|0{_AREA}[- )]{{0,3}}){_LOCAL}{_EXTENSION})"
    r"|(?P<short>9[56]\d{3,4}(?:-\d(?!\d))?|1010\s?\d{4}|12[135]\d{2}|100(?:86|10|00))"
    r"|(?P<abroad>\+(?!86)[1-9](?:[- ]?\d){9,13}|00(?:852|853|886)(?:[- ]?\d){8,10})"
    r"|(?P<odd>\(?\d{3}\)?[- ]\d{3}[- ]\d{4}"
    rf"|\(0\d{{2,3}}\)\s?\d{{6,8}}{_EXTENSION}"
    rf"|(?:10|2\d|[3-9]\d{{2}})-[2-8]\d{{6,7}}{_EXTENSION})"
    rf"|(?P<bare>[2-9]\d{{2,3}}-?\d{{4}}{_EXTENSION})"
)
_EXTENDED = re.compile(r"(?:(?<=\d{7})\s?-|(?<=\d{4})\s?(?:转接?|分机))\s?\d{1,6}$")
_ENDS = re.compile(r"(?![\d*@A-Za-z])(?!-\d)(?!\s?[元万亿年月])")
_CALLED = compile_words(
    "电话|热线|客服|手机|咨询|垂询|联系|服务|投诉|举报|拨打|致电|订购|加盟|招商|"
    "专线|固话|座机|总机|值班|联络|Tel|Phone|Mobile|Call|Hotline|☎|📞|✆|☏|📱"
)
_OF_A_PERSON = re.compile(r"(?:经理|先生|女士|小姐|老师|主任|总)\s?[:：]?\s?$")
_CALLED_PLAINLY = compile_words(
    "电话|热线|座机|固话|总机|Tel|Phone|☎|☏|📞", then=r"[^\d]{0,12}$"
)
_OTHER_NUMBER = compile_words(
    r"传\s?真|Fax|F(?=\s?[:：])|QQ|Q群|微信|wechat|weixin|群号?|邮编|邮政编码|"
    "账号|帐号|编号|证号|许可证|执照|代码|税号|订单|版本|ISBN|ISSN",
    then=r"[^\d\n]{0,6}\n?[^\d\n]{0,4}$",
)
_ALSO_A_PHONE = re.compile(
    r"(?:电话|手机|Tel)\s?(?:[/、&和及与|(（]|兼)\s?(?:传\s?真|微信|QQ|Fax)|"
    r"微信同号|(?:传真|微信|Fax)\s?[/、&和及与|]\s?(?:电话|手机|Tel)",
    re.I,
)
_MAY_BE_DOTTED = re.compile(r"\.(?:\d{3,4}\.\d{4}|[2-8]\d{6})")
_DOTTED = re.compile(
    r"(?<![\d.])(?:(?:1[3-9]\d|[48]00|0\d{2,3})\.\d{3,4}\.\d{4}|0\d{2,3}\.[2-8]\d{6,7})"
    r"(?![\d.])"
)
_WIDE_DIGITS = "０１２３４５６７８９"
# A service number of which each part stands in an element of its own.
_SPLIT = re.compile(
    r"[048](?<![\d.-].)(?:(?<=[48])00(?:[\n-]{0,3}\d){7}|"
    r"(?<=0)\d{2,3}\n?-\n?[2-9]\d{6,7})(?![\n-]*\d)"
)
_SIGNS_OF_A_SPLIT = ("00\n", "\n-\n")
_BEFORE = 30  # characters before a number in which it is said what it is
_JOINT = 5  # characters between two numbers of one list
_CLOSE = 14  # the same for a short number, which might be anything
_ALONE = 30  # characters of a line that holds a number and little else
_SHORTEST = 0  # the number alone
_FEW = 3
# The head of a column of telephones.
_COLUMN = re.compile(r"电\s?话(?:号码)?\s?(?:\n|$)")
_BEGINS_A_LINE = re.compile(r"(?:^|\n)(?:办公|联系|咨询|固定)?\s?$")

# -- chat

_CHAT_NUMBER = re.compile(
    r"(?:QQ|企鹅|微\s?信|WeChat)\s?(?:客服|咨询|交流|在线|号|同号|群)?\s?(?:号码)?\s?(?:"
    r"[:(]?\s?([1-9]\d{4,10})|[:(]\s?([A-Za-z][\w-]{5,19}))(?![\w@-])",
    re.IGNORECASE | re.ASCII,
)
_SWAPS_LINKS = re.compile(r"链接|交换|友链")


def match_emails(text: str) -> Iterator[TextMatch]:
    """Find mail addresses, also those written with `(at)` or `#` for the sign.

    Names of files, and those of templates (`your@…`, `…@example.com`), are none.
    """
    text_matches = [
        mark
        for sign in (*_SIGNS, *(_SPELT_SIGNS if "at" in text or "AT" in text else ()))
        for place in find_places(text, sign)
        if (mark := _match_email(text, place, place + len(sign))) is not None
    ]
    yield from sorted(text_matches, key=lambda mark: mark.start)


def _match_email(text: str, place: int, after: int) -> TextMatch | None:
    """Read the address whose sign stands from `place` to `after`."""
    end = place - 1 if text[place - 1 : place] == " " else place
    if text[place - 1 : place] == "\n" == text[after : after + 1]:
        end = place - 1  # the sign stands in an element of its own, or is a picture
    start = end
    while start and end - start <= _LONGEST_LOCAL and text[start - 1] in _IN_LOCAL:
        start -= 1
    local = text[start:end].lstrip("_.+-")
    if not local or local[-1] == ".":
        return None
    host = _HOST.match(text, after)
    if host is None and text[place:after] != "@":  # who hides the sign hides the dots
        host = _HOST.match(_SPELT_DOT.sub(".", text[after : after + _LONGEST_HOST]))
    if host is None or len(local) > _LONGEST_LOCAL:
        return None
    if text[place] == _HASH and not _HASHED.match(text, after):
        return None
    spelt = host.string is not text  # with a `dot` for each dot: it can be nothing else
    before = text[max(0, start - 20) : start]
    if text[place] == " " and not (spelt or _SPEAKS_OF_MAIL.search(before)):
        return None  # "look at example.com"
    value = f"{local}@{host.group(1)}"
    end = host.end() + (0 if host.string is text else after)
    if _A_FILE.search(value) or _MADE_UP_MAIL.search(value):
        return None
    return TextMatch(value=value, raw=text[start:end].strip(), start=start)


def decode_email(hexadecimal: str) -> str | None:
    """Decode a `data-cfemail` attribute: each byte is XORed with the first."""
    try:
        key, *masked = bytes.fromhex(hexadecimal)
        address = bytes(byte ^ key for byte in masked).decode("utf-8")
    except ValueError:
        return None
    return next((mark.value for mark in match_emails(address)), None)


def match_phones(text: str) -> Iterator[TextMatch]:
    """Find telephone numbers: those called so, and others that can be nothing else.

    A number that is called none must be a valid Chinese one. Fax and chat numbers are
    no telephones, nor is a number cut from a longer one. Mobile numbers that stand in
    lines of their own are the site's where they are few; many are a list of people.
    """
    lone = []
    for number, digit in enumerate(_WIDE_DIGITS):  # few pages have any
        text = text.replace(digit, str(number))
    if _MAY_BE_DOTTED.search(text):
        text = _DOTTED.sub(lambda match: match.group().replace(".", "-"), text)
    for mark, how in _match_numbers(_join_split(text)):
        if how is _How.LONE:
            lone.append(mark)
        else:
            yield mark
    if len({mark.value for mark in lone}) <= _FEW:
        yield from lone


def _join_split(text: str) -> str:
    """Write the parts of a service number in one, and make up for the length."""
    if not any(sign in text for sign in _SIGNS_OF_A_SPLIT):
        return text
    return _SPLIT.sub(
        lambda match: match.group().replace("\n", "").ljust(len(match.group())), text
    )


class _How(Enum):
    """What speaks for a number."""

    CALLED = 1
    LONE = 2


def _match_numbers(text: str) -> Iterator[tuple[TextMatch, _How]]:
    """Find numbers with what speaks for each; those of one list share it."""
    column = next(filter(_begins_a_line, _COLUMN.finditer(text)), None)
    last, how = -_BEFORE, None
    for start, match in _find_candidates(text):
        before = fold(text[max(0, start - _BEFORE) : start])
        if _OTHER_NUMBER.search(before) and not _ALSO_A_PHONE.search(before):
            continue
        if start - last > _JOINT:
            in_column = column is not None and column.end() <= start + 1
            how = _decide_how(text, match, before, start, in_column=in_column)
        if how is not None:
            last = start + len(match.group())
            raw = text[start:last].strip()
            yield TextMatch(value=raw, raw=raw, start=start), how


def _begins_a_line(word: re.Match[str]) -> bool:
    start = word.start()
    return _BEGINS_A_LINE.search(word.string, max(0, start - 4), start) is not None


def _find_candidates(text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Find where in the text something has the shape of a number and ends as one."""
    for run in _RUN.finditer(text):
        folded = run.group() if run.group().isascii() else fold(run.group())
        day = _DAY.match(folded)
        place = 0 if day is None else day.end()
        while place < len(folded):
            match = _SHAPES.match(folded, place)
            if match is None or not _is_end_of_number(text, run.start(), match):
                place = _find_next_start(folded, place)
            else:
                yield run.start() + place, match
                place = match.end()


def _find_next_start(run: str, place: int) -> int:
    """Find where another number may begin: after a space, a bracket or a dash."""
    match = _A_START.search(run, place + 1)
    return len(run) if match is None else match.start()


def _is_end_of_number(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the number ends there, or exactly another follows without a gap."""
    if _ENDS.match(text, start + match.end()):
        return True
    if match.lastgroup not in ("mobile", "free"):
        return False
    following = _SHAPES.match(match.string, match.end())
    return (
        following is not None
        and following.lastgroup in ("land", "mobile", "free")
        and _ENDS.match(text, start + following.end()) is not None
    )


def _decide_how(
    text: str, match: re.Match[str], before: str, start: int, *, in_column: bool
) -> _How | None:
    """Decide how a number is called on the page; None where it may be no number."""
    kind = match.lastgroup
    if kind in ("bare", "odd"):
        fine = _CALLED_PLAINLY.search(before) is not None or (
            in_column and _is_alone(text, start, len(match.group()), _SHORTEST)
        )
    elif kind == "short":
        fine = _CALLED.search(before[-_CLOSE:]) is not None
    elif kind != "abroad" and _CALLED.search(before):
        fine = True
    elif kind == "mobile" and _OF_A_PERSON.search(before):
        return _How.LONE
    elif kind == "mobile":
        return _How.LONE if _is_alone(text, start, len(match.group()), _ALONE) else None
    else:
        fine = _is_valid(match.group())
    return _How.CALLED if fine else None


def _is_alone(text: str, start: int, length: int, most: int) -> bool:
    """Whether the line that holds the number is no longer than `most`, or than it."""
    reach = max(most, length)
    left = text.rfind("\n", max(0, start - reach), start) + 1
    right = text.find("\n", start + length, start + length + reach)
    if right < 0:
        right = len(text)
    return (left > 0 or start <= reach) and right - left <= reach


def _is_valid(number: str) -> bool:
    try:
        parsed = phonenumbers.parse(_EXTENDED.sub("", number), "CN")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed)


def match_chat_numbers(text: str) -> Iterator[TextMatch]:
    """Find QQ numbers and WeChat names given for talking to the service."""
    for place in sorted(set(find_places(text, "QQ", "qq", "微", "企鹅", "WeChat"))):
        window = fold(text[place : place + 60])
        match = _CHAT_NUMBER.match(window)
        if match is None or _SWAPS_LINKS.search(text[max(0, place - _BEFORE) : place]):
            continue
        raw = " ".join(text[place : place + match.end()].split())
        value = match.group(1) or match.group(2)
        yield TextMatch(value=value, raw=raw, start=place)
