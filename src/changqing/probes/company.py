"""Whose page it is: the legal person named in the footer, else near the contact."""

from __future__ import annotations

import re
from collections.abc import Iterator

from changqing.case.suffix import find_registrable_domain
from changqing.probes.document import PageDocument
from changqing.probes.marks import TextMatch, compile_words, find_lines, find_places

_HAN = "\u4e00-\u9fff"
_ENDING = re.compile(
    r"(?:有限责任|有限責任|股份有限|集团有限|集團有限|有限|股份|集团|集團)公司$"
)
# The rest of the name stands in another element.
_ONLY_AN_ENDING = re.compile(r"(?:有限责任|股份有限|集团有限|有限)公司")
_BRANCH = re.compile(rf"[{_HAN}]{{2,10}}?分公司")
_IN_BRACKETS = re.compile(rf"[(（][{_HAN}]{{2,8}}[)）]$")
_IN_A_NAME = re.compile(rf"[{_HAN}A-Za-z0-9·&]{{1,25}}")
_LATIN_NAME = re.compile(
    r"(?<![A-Za-z])(?:[A-Z][\w&.!'-]{0,30}\s(?:\([A-Z]\w{1,20}(?:\s\w{1,20})?\)\s)?){1,6}"
    r"(?:Co\.?,?\s?(?:Ltd|Limited)|Inc|Corporation|Limited|Ltd|GmbH|LLC)\b\.?"
)
_LATIN_ENDING = re.compile("Ltd|Limited|Inc|Corporation|GmbH|LLC|LTD")
_ANY_ENDING = re.compile(f"公司|{_LATIN_ENDING.pattern}")
_LATIN_BEFORE, _LATIN_AFTER = 120, 12
_LONGEST = 52
_SHORTEST = 6
_MOST_FIRST, _MOST_LAST = 100, 300  # names looked at, from either end of a page
_OWNS = compile_words(
    r"©|&copy;|\(c\)|copy\s*right|版权|版權|著作权|all\s*rights|主办|主辦|运营|"
    r"经营者|公司名称|公司名稱|单位名称|企业名称|备案|備案|公网安备|ICP"
)
_MADE_BY = re.compile(
    r"(?:技术支持|技術支持|网站建设|网站建設|网站制作|设计制作)\W{0,3}$"
)
OTHERS = compile_words(
    "技术支持|技術支持|技术服务|网站建设|网站建設|网站制作|网站設計|网站设计|"
    "设计制作|制作单位|制作维护|友情链接|合作伙伴|合作单位|承办|协办|托管|建设维护|"
    "建站|Powered|Designed|Hosted|服务器|云服务|云计算支持|CDN|加速"
)
# What the company named before did for the site, and is not.
_SERVES = re.compile(r"\s?(?:独家|联合)?(?:提供|承建|制作|设计制作|托管)")
_CONTACT = re.compile(r"地址|电话|電話|邮编|郵編|联系我们|聯繫我們|邮箱|传真")
_LEAD = re.compile(
    r"^.*(?:版权所有|版權所有|版权归|主办单位|主办|运营单位|运营机构|"
    r"运营(?!管理|服务|有限|股份|中心|科技|集团|咨询|发展|投资|商|维护)|公司名称|企业名称"
    r"|单位名称|著作权归|(?<![回当海])归|(?<![自理缘])由|与|是|及其|名称|请联系|欢迎来到|欢迎光临|"
    r"欢迎访问)"
    rf"(?=[{_HAN}]{{2}})"
)
_FOOTER_LINES = 25
_PROSE = 80  # a longer line is running text: only what stands close by counts
_SENTENCE = re.compile("[。，！？；]")
_LONGEST_FOOTER = 400
_CLOSE = 16
_ENOUGH = 3.0
_CLAIMED = 4.0  # of a name that claims the page in its own line, or beside a claim
_ENOUGH_ALONE = 2.5  # of the only one that is named: at the foot, in no running text
# Words that begin no name; 贵阳, 本溪, 和田 and the like are places.
_GENERIC = re.compile(
    r"^(?:本(?!溪)|该|我|贵(?![州阳港溪池安定德南])|某|各|一家|这家|子(?![长洲])|"
    r"分(?!宜)|母|总|与|和(?![田平县政顺林龙静硕])|是|为|在|成为|专业|知名|大型|"
    r"上市|国有|民营|外资|有限|股份|责任)"
)

# -- holders of the copyright that are no company: authorities, schools, sites

CLAIMS = compile_words("版权|版權|copyright|©|ⓒ|all rights")
_CLAIM = (
    r"(?:版权所有|版權所有|版权归|主办单位|主辦單位|主办方(?=\s?[:：])|"
    r"主办(?!方)|主辦|Copyright|©|ⓒ|\(C\))"
)
_FILLER = r"(?:[\s:：,，.·\d–—-]|©|ⓒ|\(C\)|年|至今|by\s|Copyright|版权所有|版權所有)"
_MAY_CLAIM = re.compile(r"版[权權]|©|ⓒ|opyright|\([Cc]\)|主[办辦]|OPYRIGHT")
_HELD_BY = re.compile(
    rf"{_CLAIM}{_FILLER}{{0,30}}"
    rf"([{_HAN}]{{2,20}}[(（][{_HAN}]{{2,8}}[)）][{_HAN}]{{2,20}}|[{_HAN}]{{3,30}}|[A-Z][\w&.'!]{{1,30}}(?:\s(?!All\b|by\b)[A-Z][\w&.'!]{{0,30}}){{0,4}})",
    re.I,
)
_HOLDS = re.compile(
    rf"([{_HAN}]{{3,30}})\s?(?:©\s?)?(?:版权所有|版權所有|©|Copyright|主办(?!单位|方)|"
    r"主辦(?!單位))",
    re.I,
)
_ONLY_A_CLAIM = re.compile(  # gives nothing back: © is both a claim and a filler
    rf"(?:{_CLAIM}|{_FILLER}|单位|單位|所有|All\s?Rights\s?Reserved|[|｜])++", re.I
)
_MADE_UP = re.compile(r"^(?:某|XX|您的|你的|示例|测试|公司名|企业名)", re.I)
_LEADS_IN = re.compile(r"^(?:本网站|本站|网站|由|是)+(?=[\u4e00-\u9fff]{3})")
_LEADS_ON = (":", "：")  # what is meant comes after it
_FOLLOWS_A_NAME = re.compile(r"\s{0,3}(?:版[权權]|All\s?Rights|©|\(C\)$)", re.I)
_A_NAME = re.compile(rf"[{_HAN}][{_HAN}A-Za-z0-9·（）() ]{{1,28}}[{_HAN}）)]")
_PIECES = re.compile(r"[|｜/·•,，;；:：、\[\]【】()（）©]|\s{1,9}")
_AN_ORGANISATION = re.compile(
    rf"[{_HAN}]{{2,26}}(?:厂|店|社|会|院|所|中心|学校|小学|中学|大学|幼儿园|银行|电台|电视台|"
    r"馆|局|厅|委|署|部|处|办公室|政府|站|公司|集团|工作室|酒店|商行)"
)
_A_SITE = re.compile(rf"[{_HAN}A-Za-z0-9]{{1,16}}(?:网|论坛|社区|商城|网站|在线|博客)")
_NUMBERED = re.compile(r"ICP|备案|備案")
_SAYS_NOTHING = re.compile(
    r"^(?:网站|站内|本站|快速)?导航$|地图|帮助|地址|电话|邮编|邮箱|传真|备案|许可|首页|联系|友情|举报|热线|投诉|所有|保留|权利|翻版|必究|不得|转载|未经|授权|轉載|授權|本站|本网站|版权|版權|声明|技术支持|"
    r"^All |Rights|^Powered|^Theme|^Design|^http|^www|^Since|^Tel|^Email",
    re.I,
)
_HOLDER_LINES = 90
_LONGEST_HOLDER = 30
_TITLE_PIECES = re.compile(r"\s?[-_|｜–—·,，:：]\s?|\s{2,}|\s(?=Powered)")
_NEAR_A_NUMBER = 5  # lines
_BRAND_LENGTHS = range(2, 16)


def find_companies(page: PageDocument) -> Iterator[TextMatch]:
    """Find the legal persons that may own the page, the likeliest first."""
    lines, title = page.lines, page.title
    scored: dict[str, float] = {}
    raws: dict[str, tuple[str, int]] = {}
    for number, name in _find_names(page):
        weight = _weigh_name(lines, number, name)
        if weight > 0.0:
            scored[name] = max(scored.get(name, 0.0), weight)
            raws.setdefault(name, (_find_line(lines, number, name)[0], number))
    if any(character > "\u2e7f" for character in title):
        # Of a Chinese page a name in Chinese is the legal one, if there is any.
        legal = {k: v for k, v in scored.items() if k[0] > "\u2e7f"}
        scored = legal if max(legal.values(), default=0) >= _ENOUGH else scored
    for name in find_company_names(title):
        scored[name] = scored.get(name, 1.5) + 1.5
        raws.setdefault(name, (title, -1))
    unclaimed = {name for name, weight in scored.items() if weight < _CLAIMED}
    if unclaimed:
        for name in unclaimed & _list_linked_elsewhere(page):
            del scored[name]
    chinese = {name for name in scored if name[0] > "\u2e7f"}
    alone = next(iter(chinese)) if len(chinese) == 1 else None
    for name, weight in sorted(scored.items(), key=lambda item: -item[1]):
        raw, number = raws[name]
        if weight >= _ENOUGH or (
            name == alone and weight >= _ENOUGH_ALONE and _may_own_alone(raw, lines)
        ):
            yield TextMatch(value=name, raw=raw[:200], start=number)


def _list_linked_elsewhere(page: PageDocument) -> set[str]:
    """List what is written on links to pages of other domains.

    That of a `<base>`, which addresses of the page's own begin with, is no other.
    """
    own = find_registrable_domain(page.url)
    return {
        link.text
        for link in page.links
        if "公司" in link.text
        and link.leads
        and find_registrable_domain(link.url)
        not in (own, find_registrable_domain(link.root))
    }


def _may_own_alone(line: str, lines: tuple[str, ...]) -> bool:
    """Whether the only name may be the owner's: no sentence, no other claim."""
    if _SENTENCE.search(line):
        return False
    return not any(mark.value > "\u2e80" for mark in _find_claims(lines))


def find_holders(page: PageDocument) -> Iterator[TextMatch]:
    """Find who claims the copyright in the last lines, be it no legal person by name.

    Names in Chinese come first: a name in Latin letters is mostly the brand.
    """
    text_matches = list(_find_claims(page.lines))
    claimed = sorted(text_matches, key=lambda mark: mark.value < "\u2e80")
    yield from (mark for mark in claimed if mark.value > "\u2e80")
    yield from _find_beside_numbers(page.lines)
    yield from _find_brands(page)
    yield from (mark for mark in claimed if mark.value < "\u2e80")


def _find_claims(lines: tuple[str, ...]) -> Iterator[TextMatch]:
    """Find the names beside claims to rights in the last lines of a page."""
    first = max(0, len(lines) - _HOLDER_LINES)
    for place in find_lines("\n".join(lines[first:]), _MAY_CLAIM):
        number = first + place
        line = lines[number]
        if len(line) > 2 * _PROSE:
            continue
        before = lines[number - 1] if number else ""
        if _ONLY_A_CLAIM.fullmatch(line):
            after = lines[number + 1] if number + 1 < len(lines) else ""
            follows_name = _FOLLOWS_A_NAME.match(line) and not line.endswith(_LEADS_ON)
            name = _name_beside_claim(before if follows_name else "", after)
            if name is not None:
                yield TextMatch(
                    value=name, raw=f"{before} {line} {after}", start=number
                )
            continue
        legal = next(
            (name for name in find_company_names(line) if name < "\u2e80"), None
        )
        for pattern in (_HOLDS, _HELD_BY):
            for match in pattern.finditer(line):
                name = _LEADS_IN.sub("", match.group(1).strip(" ."))
                if _SAYS_NOTHING.search(name) or _MADE_UP.search(name):
                    continue
                if name < "\u2e80" and _names_a_program(lines, number):
                    continue
                if legal is not None and legal.startswith(name):
                    name = legal
                yield TextMatch(value=name, raw=line[:200], start=number)
                break


def _name_beside_claim(before: str, after: str) -> str | None:
    """The name in the line before a claim that stands alone, else in that after it."""
    holder = _HOLDS.search(f"{before[-_PROSE:]} 版权所有") if before else None
    for name in (holder.group(1) if holder is not None else "", after):
        is_name = len(name) <= _LONGEST_HOLDER and _A_NAME.fullmatch(name)
        if is_name and not _SAYS_NOTHING.search(name):
            return name
    return None


def _find_beside_numbers(lines: tuple[str, ...]) -> Iterator[TextMatch]:
    """Find organisations named in or near the line of a filing number; then sites."""
    places_by_piece: dict[str, tuple[int, str]] = {}
    for number in range(max(0, len(lines) - _FOOTER_LINES), len(lines)):
        if not _NUMBERED.search(lines[number]):
            continue
        above = lines[number - 1] if number else ""
        further = (number - 2,) if _CONTACT.search(above) else ()
        for place in (number, number - 1, *further, number + 1):
            if 0 <= place < len(lines) and len(lines[place]) <= 2 * _PROSE:
                own_part = OTHERS.split(lines[place])[0]
                for piece in _PIECES.split(own_part):
                    places_by_piece.setdefault(piece, (place, lines[place]))
    for kind in (_AN_ORGANISATION, _A_SITE):
        for piece, (place, line) in places_by_piece.items():
            if _MADE_UP.search(piece) or _ONLY_AN_ENDING.fullmatch(piece):
                continue
            if kind.fullmatch(piece) and not _SAYS_NOTHING.search(piece):
                yield TextMatch(value=piece, raw=line[:200], start=place)


def _find_brands(page: PageDocument) -> Iterator[TextMatch]:
    """What the title names and the line of a filing number, or one beside it, too."""
    brands = [
        brand
        for piece in _TITLE_PIECES.split(page.title)
        if len(brand := piece.strip()) in _BRAND_LENGTHS and brand > "\u2e80"
    ]
    lines = page.lines
    for number in range(max(0, len(lines) - _FOOTER_LINES), len(lines)):
        if not _NUMBERED.search(lines[number]):
            continue
        for place in range(number, max(-1, number - _NEAR_A_NUMBER), -1):
            line = lines[place]
            for brand in brands:
                if len(line) <= 2 * _PROSE and brand in _PIECES.split(line):
                    yield TextMatch(value=brand, raw=line[:200], start=place)


def _find_names(page: PageDocument) -> list[tuple[int, str]]:
    """Find names by line; of a page with hundreds, the first and the last."""
    names_by_line = []
    for number in find_lines(page.text, _ANY_ENDING):
        line = page.lines[number]
        names = list(find_company_names(line))
        if not names and _ONLY_AN_ENDING.match(line):
            names = list(find_company_names(_find_line(page.lines, number, "")[0]))
        names_by_line += [(number, name) for name in names]
    if len(names_by_line) > _MOST_FIRST + _MOST_LAST:
        return names_by_line[:_MOST_FIRST] + names_by_line[-_MOST_LAST:]
    return names_by_line


def _find_line(lines: tuple[str, ...], number: int, name: str) -> tuple[str, int]:
    """Find the line that holds a name, and the number of the line above it.

    Where only the ending of a name stands in a line, the line above is joined to it.
    """
    line, above = lines[number], number - 1
    if above >= 0 and _ONLY_AN_ENDING.match(line) and (not name or name not in line):
        return lines[above][-_LONGEST:] + line, above - 1
    return line, above


def _weigh_name(lines: tuple[str, ...], number: int, name: str) -> float:
    """How much speaks for `name` as the owner; nothing when it is somebody else's."""
    line, above = _find_line(lines, number, name)
    position = max(0, line.find(name))
    end = position + len(name)
    before = line[max(0, position - _CLOSE) : position]
    previous = lines[above] if above >= 0 else ""
    following = lines[number + 1] if number + 1 < len(lines) else ""
    if name < "\u2e80" and _names_a_program(lines, number):
        return 0.0
    if _SERVES.match(line, end):
        return 0.0
    if OTHERS.search(before) or (
        not before.strip() and _MADE_BY.search(previous[-_CLOSE:])
    ):
        return 0.0
    weight = 1.0 if name[0] > "\u2e7f" else 0.0  # the legal name is in Chinese
    is_prose = _is_prose(line)
    here = before + line[end : end + _CLOSE] if is_prose else line
    if _OWNS.search(here.replace(name, " ")):
        weight += 4.0
    elif not is_prose and (
        _leaves_owner_open(previous[-_PROSE:])
        or (
            _leaves_owner_open(following[:_PROSE]) and not following.endswith(_LEADS_ON)
        )
    ):
        weight += 2.5
    if not is_prose and _CONTACT.search(here + previous[-_PROSE:] + following[:_PROSE]):
        weight += 1.5
    if number >= len(lines) - _FOOTER_LINES:
        weight += 1.5 if not is_prose else 0.5
    if line == name:
        weight += 0.5
    return weight


def _leaves_owner_open(line: str) -> bool:
    """Whether a line claims the page and does not say for whom."""
    if not _OWNS.search(line):
        return False
    holder = _HELD_BY.search(line)
    name = "" if holder is None else _LEADS_IN.sub("", holder.group(1))
    return not (name > "\u2e80") or _SAYS_NOTHING.search(name) is not None


def _is_prose(line: str) -> bool:
    """Whether a line is running text: long, and with sentences.

    A footer may be long too, but has marks of a footer and no full stops.
    """
    if len(line) <= _PROSE:
        return False
    if line.count("。") + line.count("，") > 1 or len(line) > _LONGEST_FOOTER:
        return True
    return not (_OWNS.search(line) or _CONTACT.search(line))


def _names_a_program(lines: tuple[str, ...], number: int) -> bool:
    """Whether a claim is of who made the program of the site: `Powered by Discuz!`."""
    return any("Powered" in line for line in lines[max(0, number - 5) : number + 1])


def find_company_names(line: str) -> Iterator[str]:
    """Find legal persons named in a line of text, in Chinese, then in Latin letters."""
    last = 0
    for place in find_places(line, "公司"):
        end = place + len("公司")
        ending = _ENDING.search(line, max(last, place - 4), end)
        if ending is None:
            continue
        start = _find_beginning(line, last, ending.start())
        branch = _BRANCH.match(line, end)
        end = branch.end() if branch is not None else end
        last = end
        name = _LEAD.sub("", line[start:end])
        if len(name) >= _SHORTEST and not _GENERIC.match(name):
            yield name
    until = 0
    for latin_ending in _LATIN_ENDING.finditer(line):
        place = latin_ending.start()
        if place < until:
            continue
        match = _LATIN_NAME.search(
            line, max(until, place - _LATIN_BEFORE), place + _LATIN_AFTER
        )
        if match is not None and match.end() > place:
            until = match.end()
            name = re.sub(r"^(?:Copyright|All Rights Reserved)\s+", "", match.group())
            yield name.removesuffix(".") if name.endswith("Limited.") else name


def _find_beginning(line: str, last: int, end: int) -> int:
    """Find where the name that ends before `end` begins, with one place in brackets."""
    first = max(last, end - _LONGEST)
    start = _find_name_before(line, first, end)
    brackets = _IN_BRACKETS.search(line, first, start)
    if brackets is not None:
        before = _find_name_before(line, first, brackets.start())
        start = before if before < brackets.start() else start
    while start < end and not "\u4e00" <= line[start] <= "\u9fff":
        start += 1
    return start


def _find_name_before(line: str, first: int, end: int) -> int:
    """Find where what may be in a name begins that goes on up to `end`, or `end`.

    Read backwards: a search for what ends there would try each beginning from `first`.
    """
    match = _IN_A_NAME.match(line[first:end][::-1])
    return end if match is None else end - match.end()
