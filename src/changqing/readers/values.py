"""Values that words of a paper say, whatever place they were found in.

Names, amounts, days, shares, addresses, words of a list: each is made of a quote, and
keeps the part of the quote that says it. What is no value of its kind is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from changqing.case.numerals import HAN_NUMERALS
from changqing.evidence.denials import TICKED, UNTICKED
from changqing.evidence.parse import (
    FOREIGN,
    find_amounts,
    find_bound,
    find_credit_codes,
    find_days,
    find_shares,
    normalise_text,
    parse_count,
)
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import FigureBound, PaperFact
from changqing.law.model import Catalogue
from changqing.readers.label_spots import GLOSS
from changqing.readers.layout import PageLayout, Quote, squeeze, squeeze_mapped
from changqing.readers.proposal import CaseNames, PaperPages, SelfCheck
from changqing.readers.surnames import may_be_person
from changqing.readers.value_ends import drop_brackets_of_label
from changqing.rules.types import Kind, Value
from changqing.text import Text

_PERSON: Final = re.compile(
    r"[\u4e00-\u9fff]{2,6}|[\u4e00-\u9fff]{2,8}(?:·[\u4e00-\u9fff]{1,10})+"
    r"|[A-Z][A-Za-z .]{3,40}"
)
_NO_PERSON: Final = re.compile(
    r"签|盖章|甲方|乙方|双方|姓名|性别|日期|号码|本人|员工|职工|公司|单位"
    r"|^(?:为|是|须|需|将|在|与|同意|负责|不|因|如|若|未|自|的|其)"
)
_COMPANY: Final = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9（）()·&\-]{2,60}?(?:公司|合伙\)?）?|中心|事务所|合作社|集团|基金\S*|"
    r"企业（[^）]{2,8}）|学校|大学|学院|医院|研究院|协会|委员会|厂|店|商行|局|院)"
    r"|[A-Z][A-Za-z0-9 .,&\-]{3,60}(?:LIMITED|LTD|INC|LLC|CO|CORP)\.?",
    re.IGNORECASE,
)
_LATIN_COMPANY: Final = re.compile(
    r"[A-Z][A-Za-z0-9 .,&'()\-]{3,80}?(?:LIMITED|LTD|INC|LLC|CORP|CORPORATION|PLC|GMBH)"
    r"\b\.?",
    re.IGNORECASE | re.ASCII,
)
"""A name that is not Chinese: it may hold a comma and brackets."""
_FIGURE: Final = re.compile(rf"\d[\d,]*|[{HAN_NUMERALS}]+")
_MEASURE: Final = re.compile("^(?:个月|[个人名位台套日天年项条次])")
_BLANK_RUN: Final = re.compile(r"[\s_＿]{4,}")
_LONGEST_APART: Final = 4  # letters of a name that may stand apart
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_ONLY_HAN: Final = re.compile("[\u4e00-\u9fff]+")
_HOLDS_DIGIT: Final = re.compile(r"[0-9０-９]")
_UNIT: Final = re.compile(
    rf"单位[:：](?:人民币)?((?:亿|百万|万|千|百)?(?:元|{FOREIGN}))", re.IGNORECASE
)
_TORN_UNIT: Final = re.compile("万(?!元整|圆整|美元)|万元$")
_LABEL_UNIT: Final = re.compile(
    rf"\((?:单位:?)?(?:人民币)?:?((?:亿|百万|万|千|百)?(?:元|{FOREIGN}))(?:人民币)?\)",
    re.IGNORECASE,
)
_CURRENCY: Final = re.compile(rf"(?:币种[:：]?)?{FOREIGN}", re.IGNORECASE)
_YUAN: Final = {
    "元": 1,
    "百元": 100,
    "千元": 1000,
    "万元": 10_000,
    "百万元": 1_000_000,
    "亿元": 100_000_000,
}
ADDRESS: Final = r"\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)"
"""An address on the net, as 203.0.113.5."""
_LARGE_RANGE: Final = 64
UNTOLD: Final = 0
"""The unit of a page that names several, or one that is not counted in yuan."""
REST: Final = "…"
"""The word of a value for whatever else stands there."""
_SURE_REST: Final = 80  # of 100: what is read worse may hold any word
_LEAST_BARE: Final = 10_000_00  # fen: a whole number below may count things, or 万元
_LEAST_REST: Final = 12  # letters: what is shorter may be a scrap of the value


OWED: Final = Text(
    zh="写的是负数或透支，不是存着的钱",
    en="it is a minus or an overdraft, and no money that is there",
)
BOUNDED: Final = Text(
    zh="写的是上限、下限或约数，不是确数",
    en="it is a limit or an estimate, and no exact figure",
)


@dataclass(frozen=True, slots=True)
class ValueRead:
    """A value made of words, which part of the quote says it, and what checks it."""

    value: Value
    quote: Quote
    checks: frozenset[SelfCheck] = frozenset()
    doubtful: bool = False
    why: Text | None = None  # why it is doubtful; None: places differ
    in_words: bool | None = None  # of an amount: in the numerals of amounts, or figures


def read_domain(paper: PaperPages, quote: Quote) -> ValueRead | None:
    """Tell whether a domain that stands there is the service's."""
    mine = is_own_domain(paper.names, quote.text)
    return None if mine is None else ValueRead(value=mine, quote=quote)


_WHOLE_DOMAIN: Final = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,}")


def choose_domain(paper: PaperPages, quote: Quote) -> Quote | None:
    """Choose which of the lines under a label is the domain: a list has one a line.

    The service's own of several. None where a list names others alone, or where
    nobody can tell it from one long name over two lines.
    """
    parts = [squeeze(piece.text) for piece in quote.pieces]
    if len(parts) < 2 or not all(map(_WHOLE_DOMAIN.fullmatch, parts)):
        return quote
    own = paper.names.members.get("service", {})
    if "".join(parts) in own:
        return quote
    return next(
        (
            replace(quote, pieces=(piece,))
            for piece, part in zip(quote.pieces, parts, strict=True)
            if part in own
        ),
        None,
    )


def is_own_domain(names: CaseNames, words: str) -> bool | None:
    """Tell whether words name a domain of the case's services.

    None where none is named.
    """
    plain = squeeze(words)
    if plain.endswith(("-", ".")):
        return None  # it goes on in another line
    domains = re.findall(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+", plain)
    own_domains = names.members.get("service", {})
    if not domains or not own_domains:
        return None
    return any(
        name == domain or name.endswith(f".{domain}")
        for name in domains
        for domain in own_domains
    )


def find_unit(page: PageLayout) -> int | None:
    """Find in how many yuan a page counts, as the head of a statement says: 单位：万元.

    None where it does not say; `UNTOLD` where nobody can tell in what.
    """
    if any(_CURRENCY.fullmatch(squeeze(span.text)) for span in page.spans):
        return UNTOLD
    units = {_YUAN.get(unit[1], UNTOLD) for unit in _UNIT.finditer(page.text)}
    if not units:
        return None
    return units.pop() if len(units) == 1 else UNTOLD


def find_label_unit(note: str, value: str = "") -> int | None:
    """Find in how many yuan a label counts by its brackets: 注册资本(万元).

    They may go on with `value`: 注册资本 | (万元)人民币2600. Where a 万 has no bracket,
    the label was torn, so that nobody can tell.
    """
    before = re.split(r"\d", squeeze(value), maxsplit=1)[0]
    words = squeeze(note) + before
    match = _LABEL_UNIT.search(words)
    if match is None:
        return UNTOLD if _TORN_UNIT.search(words) else None
    return _YUAN.get(match[1], UNTOLD)


def read_plain_value(
    fact: Fact,
    quote: Quote,
    *,
    unit: int | None = None,
    bound: FigureBound | None = None,
) -> ValueRead | None:
    """Make the value of a fact of words that say it as it is.

    `unit` is what figures without one are counted in, in yuan; see `find_unit`. `bound`
    is the one that is as good as the figure: 不少于.
    """
    match fact.type.kind:
        case Kind.TEXT:
            return _read_text(fact, quote)
        case Kind.DATE:
            days = find_days(quote.raw)
            if len(days) != 1:
                return None
            return ValueRead(days[0].value, quote.narrow(days[0].start, days[0].end))
        case Kind.NUMBER:
            return _read_number(fact, quote, unit, bound)
        case _:
            return None


def _read_number(
    fact: Fact, quote: Quote, unit: int | None, bound: FigureBound | None
) -> ValueRead | None:
    if fact.unit == "fen":
        return read_amount(quote, unit=unit, bound=bound)
    if fact.unit == "basis_points":
        shares = find_shares(quote.raw)
        return ValueRead(shares[0], quote) if len(shares) == 1 else None
    number = parse_count(quote.text)
    if number is None:
        return None
    figure = _FIGURE.search(quote.text)
    before, after = ("", "") if figure is None else _split_around(quote.text, figure)
    figure_bound = find_bound(before, _MEASURE.sub("", after))
    if figure_bound not in (None, bound):
        return ValueRead(number, quote, doubtful=True, why=BOUNDED)
    return ValueRead(number, quote)


def _split_around(text: str, match: re.Match[str]) -> tuple[str, str]:
    return text[: match.start()], text[match.end() :]


def read_amount(
    quote: Quote, *, unit: int | None = None, bound: FigureBound | None = None
) -> ValueRead | None:
    """Make the amount that words say; doubtful where words and figures differ.

    So it is where it is owed, or a bound other than `bound`: 不超过1000万元.
    """
    amounts = [
        amount
        for amount in find_amounts(quote.raw, unit=unit or None, owed=True)
        if amount.unit
        or (unit != UNTOLD and (amount.fen >= _LEAST_BARE or "." in quote.raw))
    ]
    if not amounts:
        return None
    first = amounts[0]
    part = quote.narrow(first.start, first.end)
    if any(amount.negative for amount in amounts):
        return ValueRead(first.fen, quote, doubtful=True, why=OWED)
    if any(amount.bound not in (None, bound) for amount in amounts):
        return ValueRead(first.fen, quote, doubtful=True, why=BOUNDED)
    figures = {amount.fen for amount in amounts if not amount.words}
    words = {amount.fen for amount in amounts if amount.words}
    if words and figures:
        if words != figures:
            return ValueRead(first.fen, quote, doubtful=True)
        return ValueRead(first.fen, part, frozenset({SelfCheck.WORDS_AND_FIGURES}))
    if len(words | figures) != 1:
        return None
    return ValueRead(first.fen, part, in_words=bool(words))


def _read_text(fact: Fact, quote: Quote) -> ValueRead | None:
    """Read a text as its kind has it; None where there is no such."""
    match fact.text_kind:
        case "credit_code":
            for code, right in find_credit_codes(quote.raw):
                if right:
                    checks = frozenset({SelfCheck.CHECK_DIGIT})
                    return ValueRead(code, quote, checks)
                return ValueRead(code, quote, doubtful=True)
            return None
        case "person":
            part = take_person(quote)
        case "company_name":
            part = take_company(quote)
        case "domain":
            part = take_part(quote, r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+")
        case "email":
            part = take_part(quote, r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
        case "address":
            # 住所某路1号，企业类型为…: the address ends with its clause.
            clause = re.split("[，。；;]|,(?!\\s*\\d)", quote.raw)[0]
            verb = _STANDS_AT.match(clause)
            part = quote.narrow(0 if verb is None else verb.end(), len(clause))
            part = part if _is_address(part.text) and _ENDS.search(part.text) else None
        case _:
            part = _take_stated(quote)
    if part is None:
        return None
    value = normalise_text(fact.text_kind, part.text)
    if value is not None and fact.text_kind == "domain":
        value = value.removeprefix("www.")
    return None if value is None else ValueRead(value, part)


def _take_stated(quote: Quote) -> Quote:
    """What a clause says its subject is, without the verb and the stop: 为…。"""
    quote = drop_brackets_of_label(quote)
    raw = quote.raw
    verb = _IS.match(raw)
    end = len(raw.rstrip().rstrip("。；;，,"))
    return quote.narrow(0 if verb is None else verb.end(), end) if end else quote


_LEFT_OUT: Final = re.compile(r"\((?:不含|不包括|不包含|除)[^()]*\)")
"""What a list leaves out."""
_ENDS: Final = re.compile(
    r"[省市区县镇乡道村路街号楼室巷弄栋幢座层院园厦场心城里组内侧间房铺店库厂屯苑址处]\s*$|单元\s*$"
    r"|[)）0-9０-９A-Za-z#]\s*$|[号楼室层元]之[一二三四五六七八九十]{1,3}\s*$"
)
"""What an address ends with; one that ends within a word goes on elsewhere."""
_STANDS_AT: Final = re.compile(
    r"\s*(?:位于|坐落于|座落于|坐落在|座落在|于(?![洪都田])|在)"
)


def _is_address(text: str) -> bool:
    if _BLANK_RUN.search(text.strip()):  # a form that nobody filled in
        return False
    plain = squeeze(text)
    # The second line of an address alone has no place, or begins within a word.
    return (
        len(plain) >= 6
        and re.search("[省市区县旗镇乡村路街道巷弄园]", plain) is not None
        and re.match("[区路街号座层室楼]", plain) is None
    )


def take_part(quote: Quote, pattern: str) -> Quote | None:
    """Take the part of the words that matches a pattern once blanks are out of them."""
    plain, where = squeeze_mapped(quote.raw)
    match = re.search(pattern, plain)
    if match is None:
        return None
    return quote.narrow(where[match.start()], where[match.end() - 1] + 1)


def take_person(quote: Quote) -> Quote | None:
    """Take the name of a person that the words begin with; None if they are no name.

    Letters may stand apart (张 三); what follows a whole name is not of it.
    """
    head = re.split(r"[（(,，;；、:：/]|\s{2,}", quote.raw.strip())[0]
    parts = head.split()
    if not head.isascii() and len(parts) > 1:
        letters = "".join(parts)
        if len(letters) > _LONGEST_APART or min(map(len, parts)) > 1:
            head = parts[0]
    name = re.sub(r"\s+", "", head) if not head.isascii() else head.strip()
    if not _PERSON.fullmatch(name) or _HOLDS_DIGIT.search(name):
        return None
    if _NO_PERSON.search(name) or not may_be_person(name):
        return None
    if GLOSS.fullmatch(squeeze(name)):
        return None  # the English of a label: Full Name
    start = quote.raw.find(head)
    return quote.narrow(start, start + len(head))


_BEFORE_NOTE: Final = re.compile(
    r"[^（(]*(?:[（(][^（()）]{2,8}[)）][^（(]*)?公司(?=\s*[（(])"
)
_IS: Final = re.compile(r"\s*(?:应?为|是|系)(?=.*公司)")
_DOES: Final = re.compile(
    "负责|应当|应于|应按|须|需|不得|提供|同意|承担|有权|保证|的|或者|以及|将|双方|甲方|乙方|使用|"
    "支付|签字|盖章|出具|如下|信息|情况|名称|序号|姓名|性别|编号|号码|证件|合计|日期|时间|类型|"
    "状态|备注|公司|企业|代表|代理|负责|经办|联系人|签章"
)


def take_company(quote: Quote) -> Quote | None:
    """Take the name of a company or person that the words begin with."""
    quote = drop_brackets_of_label(quote)
    raw = quote.raw
    latin = _LATIN_COMPANY.match(raw)
    if latin is not None and _is_closed(latin[0]):
        return quote.narrow(0, latin.end())
    head = re.split(
        r"[,，;；、:：。]|（(?:以下|盖章|公章|签)|\((?:以下|盖章|公章|签)", raw
    )[0]
    start = raw.find(head)
    # 承租人为某某公司 is a sentence, and so is 服务商负责机房.
    verb = _IS.match(head)
    if verb is not None:
        head, start = head[verb.end() :], start + verb.end()
    name = re.sub(r"\s+", "", head) if not head.isascii() else head.strip()
    person = (
        _PERSON.fullmatch(name)
        and (len(name) <= _LONGEST_APART or not _ONLY_HAN.fullmatch(name))
        and verb is None
        and not _DOES.search(name)
        and may_be_person(name)
    )
    if (_COMPANY.fullmatch(name) or person) and _is_closed(name):
        return quote.narrow(start, start + len(head))
    # …有限公司（增值电信业务经营许可证编号: what stands in brackets is no name.
    noted = re.match(
        r"[^（(]*(?:[（(][^（()）]{2,8}[)）][^（(]*)?公司(?=\s*[（(])", head
    )
    if noted is not None:
        name = re.sub(r"\s+", "", noted[0])
        if _COMPANY.fullmatch(name) and _is_closed(name):
            return quote.narrow(start, start + noted.end())
    # The mark of a heading, or a speck, that a line below or beside it left behind.
    longest = re.match(r".*公司(?=[\s·.、。*'`一二三四五六七八九十]{1,4}$)", head)
    if longest is None or not _COMPANY.fullmatch(re.sub(r"\s+", "", longest[0])):
        return None
    return quote.narrow(start, start + longest.end())


def _is_closed(name: str) -> bool:
    """Whether it is one whole name: no bracket without its other half, no two names."""
    opened = len(re.findall("[（(]", name))
    two = name.count("公司") > 1 and not name.endswith("分公司")
    return opened == len(re.findall("[)）]", name)) and not two


def read_whose(paper: PaperPages, quote: Quote) -> ValueRead | None:
    """Tell whether the name that words begin with is the applicant's.

    None: who knows.
    """
    name = take_company(quote)
    if name is None:
        return None
    mine = paper.names.is_applicant(name.text, sure=name.confidence)
    if mine is False and has_applicant_within(paper, name.text):
        return None
    return None if mine is None else ValueRead(mine, name)


def has_applicant_within(paper: PaperPages, name: str) -> bool:
    """Tell whether a name is the applicant's with figures of what stands beside it."""
    applicant, plain = squeeze(paper.names.applicant), squeeze(name)
    rest = plain.replace(applicant, "", 1)
    return bool(applicant) and rest != plain and not _HAN.search(rest)


def read_province(
    paper: PaperPages, reading: PaperFact, quote: Quote
) -> ValueRead | None:
    """Read where an address is: in the province of the case, in another, or abroad."""
    text = squeeze(quote.text)
    for value, words in reading.words.items():
        if any(squeeze(word) in text for word in words):
            return ValueRead(value, quote)
    code = find_region(text, paper.catalogue)
    if code is None or not paper.names.region:
        return None
    same = code == paper.names.region
    return ValueRead("same_province" if same else "other_province", quote)


def find_region(address: str, catalogue: Catalogue) -> str | None:
    """Find the code of the region in which an address is.

    By its begin, else by its city.
    A road that is named after a place says nothing, nor do places of two regions.
    """
    words_by_region: dict[str, tuple[str, ...]] = {}
    for code, region in catalogue.regions.items():
        short = re.sub(r"(省|市|(?:壮族|回族|维吾尔)?自治区)$", "", region.label.zh)
        if address.startswith(short):
            return code
        key = region.label.en.lower().replace(" ", "_")
        synonyms = catalogue.synonyms.get(key)
        words_by_region[code] = (short, *(synonyms.zh if synonyms is not None else ()))
    places = {
        code
        for code, words in words_by_region.items()
        if any(
            re.search(rf"{word}(?![东西南北中]{{0,2}}[路街道巷])", address)
            for word in words
        )
    }
    return places.pop() if len(places) == 1 else None


def read_relation(paper: PaperPages, quote: Quote) -> ValueRead | None:
    """Read who the name that words begin with is to the applicant, as the case has it.

    Somebody else for certain is only a company, where the case has every holder: a
    person may manage the applicant without being listed.
    """
    name = take_company(quote)
    if name is None or not paper.names.applicant:
        return None
    if paper.names.is_applicant(name.text):
        return ValueRead("applicant", name)
    if paper.names.find("holder", name.text):
        return ValueRead("holder", name)
    person = paper.names.find("person", name.text)
    if person is not None:
        leads = paper.names.roles.get(person) == "legal_representative"
        return ValueRead("principal", name) if leads else None
    misread = paper.names.is_misread("holder", name.text, sure=name.confidence)
    if not _HAN.search(name.text):
        return None  # A name in another script may be the applicant's own.
    if not paper.names.all_holders or misread or not _A_COMPANY.search(name.text):
        return None
    mine = paper.names.is_applicant(name.text, sure=name.confidence)
    return ValueRead("unrelated", name) if mine is False else None


_A_COMPANY: Final = re.compile(
    "公司|合伙|企业|集团|事务所|中心|基金|厂|店|商行|[A-Za-z]{4}"
)


_HOW_TO_TICK: Final = re.compile(
    r"[(（](?=[^()（）]*+[)）])[^()（）]*?(?:勾选|打[“\"]?[√✓]|请选择)[^()（）]*+[)）]"
)


def drop_unticked(text: str) -> str | None:
    """Keep what is ticked where there are boxes; None where not one of them is."""
    text = _HOW_TO_TICK.sub("", text)
    if not any(sign in text for sign in UNTICKED + TICKED):
        return text
    ticked = re.findall(rf"[{TICKED}]([^{TICKED}{UNTICKED}]*)", text)
    return ticked[0] if len(ticked) == 1 else None


def read_words(
    fact: Fact, words: Mapping[str, tuple[str, ...]], quote: Quote
) -> ValueRead | None:
    """Make the value whose words stand there; the longest where one holds another."""
    ticked = quote.text if fact.type.kind is Kind.SET else drop_unticked(quote.text)
    if ticked is None:
        return None
    plain = squeeze(ticked)
    # 软件开发(不含增值电信业务) says the one; the whole of it may be a word as well.
    counted = _LEFT_OUT.sub("", plain)
    length_by_value: dict[str, int] = {}
    for value, listed in words.items():
        squeezed = [squeeze(word) for word in listed]
        longest = max(
            (
                len(word)
                for word in squeezed
                if word in (plain if "(" in word else counted)
            ),
            default=0,
        )
        if longest:
            length_by_value[value] = longest
    if fact.type.kind is Kind.SET and length_by_value:
        return ValueRead(frozenset(length_by_value), quote)
    catch_all = next((value for value, listed in words.items() if REST in listed), None)
    if (
        not length_by_value
        and catch_all is not None
        and len(plain) >= _LEAST_REST
        and (quote.confidence >= _SURE_REST)
    ):
        length_by_value[catch_all] = 1
    if not length_by_value:
        return None
    if fact.type.kind is Kind.SET:
        return ValueRead(frozenset(length_by_value), quote)
    best = max(length_by_value, key=lambda value: length_by_value[value])
    if list(length_by_value.values()).count(length_by_value[best]) > 1:
        return None
    if fact.type.kind is Kind.BOOLEAN:
        return ValueRead(best == "true", quote)
    return ValueRead(best, quote)


def read_addresses(text: str) -> frozenset[str]:
    """Read the addresses of a list; a range counts with all between, a net not."""
    if re.search(r"/\d{1,3}(?![\d.])", text):
        return frozenset()
    addresses = set()
    for match in re.finditer(rf"({ADDRESS})(?:[-~至到]({ADDRESS}))?", text):
        first, last = match[1], match[2] or match[1]
        head, _, low = first.rpartition(".")
        other, _, high = last.rpartition(".")
        parts = [int(part) for part in (*first.split("."), *last.split("."))]
        if max(parts) > 255 or first.startswith(("255.", "0.", "127.")):
            continue
        if head == other and 0 <= int(high) - int(low) < _LARGE_RANGE:
            addresses |= {f"{head}.{n}" for n in range(int(low), int(high) + 1)}
        else:
            addresses |= {first, last}
    return frozenset(addresses)
