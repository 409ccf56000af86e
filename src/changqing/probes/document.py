"""A page as a reader sees it: visible text in lines, and its links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from changqing.net.model import Exchange
from changqing.probes.decode import Decoded, decode, is_garbled
from changqing.probes.marks import find_places

_UNSEEN_TAGS = frozenset(
    {"script", "style", "noscript", "template", "iframe", "svg", "option"}
    | {"textarea", "code", "pre"}
)
_UNSEEN = (
    f"{', '.join(sorted(_UNSEEN_TAGS))}, [style*='none'], [style*='hidden'], [hidden]"
)
_PICTURES = "[alt], [src*='/at.']"
_SHOWS_A_NUMBER = re.compile("备|備|ICP|B2-", re.I)
_A_DIGIT = re.compile(r"\d")
_AT_SIGNS = frozenset({"@", "at", "AT", "At"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# Soft hyphens, zero-width characters, marks of direction: nobody sees them.
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\ufeff\x00]"
)
_READING = r"[a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜü]{1,6}[)）]"
# Two, as a pattern that begins with one letter is far faster.
_PINYIN, _PINYIN_IN_WIDE = re.compile(rf"\({_READING}"), re.compile(rf"（{_READING}")
_TEMPLATE = re.compile(
    r"\{\{.{0,200}?\}\}|\{[a-z]+:[^{}]{0,200}\}|\{%.{0,200}?%\}|\$\{[^{}]{0,200}\}|"
    r"<%.{0,200}?%>",
    re.S,
)
_SPACED = re.compile(r"(?<!\S)(?:[\u4e00-\u9fff] ){3,}[\u4e00-\u9fff](?!\S)")
_MAY_BE_SPACED = re.compile(r" [\u4e00-\u9fff] [\u4e00-\u9fff] ")
_MANY_SPACES = 3
_ENDING = re.compile(rb"</\s{0,9}(?:body|html)\s{0,9}>", re.I)
_NEAR_THE_END = 2000  # bytes
_HEAD = 20_000  # characters
_HARMLESS = 60_000  # characters of a page that may be as deep as it likes
_MOST_OPEN = 12_000  # tags that open and do not close; no browser nests as deeply
_SHALLOW = 25_000  # characters of either end of a page with more
_DRAWN_AT_MOST = 120  # characters of text in a page that scripts have yet to draw
_ROOT = re.compile(  # a word of the names that frameworks give to where they draw
    r"(?:^|[-_])(?:app|root|vue|react|next|nuxt|gatsby|angular|svelte|spa|mount)"
    r"(?:$|[-_])|(?:App|Root)$",
)
_ROOTS = "div[id], main[id], section[id], app-root"
_FOOTERS = "footer, #footer, #foot, #bottom, #copyright, .footer, .site-footer"
_OF_A_FOOTER = ("foot", "Foot", "bottom", "Bottom", "copyright", "beian")
_FROM_ELSEWHERE = re.compile(  # up to the word
    r"""(?:<(?:script|iframe)\b[^>]{0,200}?\ssrc\s{0,9}=\s{0,9}|\.load\(\s{0,9})"""
    r"""["'][^"'>]{0,200}$""",
    re.I,
)
_EMBEDDED = re.compile(
    r"""(?:<(?:script|iframe)\b[^>]{0,300}?\ssrc\s{0,9}=\s{0,9}["']?|"""
    r"""["'](?=(?:https?:)?//))([^"'\s>]{8,300})""",
    re.I,
)
_LONGEST_SOURCE, _MOST_WORDS = 420, 300
_AROUND = ('a:lexbor-contains("{}")', 'a *:lexbor-contains("{}")')
# An anchor with words, and with elements in it that hide nothing and draw nothing.
_PLAIN_ANCHOR = re.compile(
    r"""<a\s(?:[\w-]+=(?:"[^"<>{}]*"|'[^'<>{}]*')\s*)+>"""
    r"""[^<>]*(?:</?(?:span|font|b|strong|em)>[^<>]*)*</a>"""
)
_LONGEST_ANCHOR = 2000  # characters before or behind a number in a plain one
# A number written so is not found in the source where it is shown.
_HIDES_A_DIGIT = re.compile(r"&#(?:x0{0,3}3\d|0{0,3}(?:4[89]|5[0-7]));", re.I)
HIDDEN_MAIL = "cfemail:"
# What is clicked on and is no anchor, nor around one.
_BUTTONS = (
    "button, [onclick]:not(a):not(area), [role='button']:not(a), "
    "input[type='button'], input[type='submit']"
)
_MARKS = ("class", "id", "name", "title", "aria-label", "data-action", "data-type")
_LONGEST_BUTTON, _MOST_BUTTONS = 40, 2000
_CLOSE_TO_A_FORM = 60  # characters of what stands before it and says what it is for
_ADDRESSES = "[href^='tel:' i], [href^='mailto:' i], [href^='maito:' i], [data-cfemail]"
# Asked for at once: each walk over a tree costs as much as all that is sought in it.
_SOUGHT = f"{_UNSEEN}, {_ADDRESSES}, {_PICTURES}"
_MARKUP = re.compile(rb"<(?:!doctype\s{1,9}html|html)[\s>]", re.I)
_AFTER_THE_END = re.compile(
    rb"<!--.*?-->|<(script|style|noscript)\b.*?</\1\s*>|<[^<>]*>|&nbsp;|\s+",
    re.I | re.S,
)
_MOST_AFTER_THE_END = 40  # bytes of text: how long the server took, whose cache it was
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An anchor: what it says, where it leads, how it was written."""

    text: str
    href: str  # as written
    root: str = ""  # what a relative address is relative to
    opens: str = ""  # the script that a click runs, where it leads to no page
    marked: str = ""  # class, id and data of the element, and its title

    @property
    def url(self) -> str:
        """The absolute address, or nothing when it leads to no page."""
        return _join_address(self.root, self.href)

    @property
    def leads(self) -> bool:
        """Whether it leads to a page."""
        return bool(self.url)


class Anchors:
    """The anchors of a page, in order; read only as far as somebody asks."""

    __slots__ = (
        "_addresses",
        "_buttons",
        "_links",
        "_nodes",
        "_root",
        "_source",
        "_tree",
    )

    def __init__(
        self,
        tree: LexborHTMLParser,
        root: str,
        addresses: list[LexborNode],
        source: str,
    ) -> None:
        self._tree = tree
        self._source = source
        self._nodes = addresses
        self._root = root
        self._links: tuple[Link, ...] | None = None
        self._buttons: tuple[Link, ...] | None = None
        self._addresses: tuple[Link, ...] | None = None

    def list_all(self) -> tuple[Link, ...]:
        """List every anchor."""
        if self._links is None:
            self._links = tuple(map(self._make_link, self._tree.css("a, area")))
        return self._links

    def list_buttons(self) -> tuple[Link, ...]:
        """List what else can be clicked on: buttons, what runs a script on a click."""
        if self._buttons is None:
            nodes = islice(self._tree.css(_BUTTONS), _MOST_BUTTONS)
            links = map(self._make_link, nodes)
            self._buttons = tuple(a for a in links if len(a.text) <= _LONGEST_BUTTON)
        return self._buttons

    def list_addresses(self) -> tuple[Link, ...]:
        """List those that dial or write: `tel:`, `mailto:`, mail that is hidden."""
        if self._addresses is None:
            self._addresses = tuple(map(self._make_link, self._nodes))
        return self._addresses

    def find_around(self, text: str) -> Link | None:
        """Find the first anchor around a text, which holds no quotation mark.

        Where the source holds it once, in plain markup, the tree need not be walked.
        """
        source = self._source
        place = source.find(text)
        if place >= 0 and source.find(text, place + 1) < 0:
            link = self._read_plain_anchor(text, place)
            if link is not None:
                return link
        if place >= 0 and not _is_in_an_anchor(source, text, place):
            # Any `&#` is looked for first: far faster than by an expression.
            hides = "&#" in source and _HIDES_A_DIGIT.search(source)
            if not hides and "<A" not in source:
                return None
        for selector in _AROUND:
            for node in self._tree.css(selector.format(text)):
                anchor: LexborNode | None = node
                while anchor is not None and anchor.tag != "a":
                    anchor = anchor.parent
                if anchor is not None:
                    return self._make_link(anchor)
        return None

    def _read_plain_anchor(self, text: str, place: int) -> Link | None:
        """Read the anchor around the text at `place` of the source, where it is plain.

        Plain are most, and what is far from a number is not looked through for them.
        """
        begin = self._source.rfind("<a", max(0, place - _LONGEST_ANCHOR), place)
        end = self._source.find("</a>", place, place + _LONGEST_ANCHOR)
        if begin < 0 or end < 0:
            return None
        piece = self._source[begin : end + 4]
        if _PLAIN_ANCHOR.fullmatch(piece) is None:
            return None
        link = self._make_link(LexborHTMLParser(piece).tags("a")[0])
        return link if text in link.text else None  # and not only in an address

    def _make_link(self, node: LexborNode) -> Link:
        attributes = node.attributes
        hidden = attributes.get("data-cfemail")
        href = attributes.get("href") or ""
        return Link(
            text=_read_anchor(node),
            href=href.strip() if hidden is None else f"{HIDDEN_MAIL}{hidden}",
            root=self._root,
            opens=attributes.get("onclick") or "",
            marked=" ".join([attributes.get(name) or "" for name in _MARKS]).strip(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDocument:
    """One page, parsed."""

    url: str
    asked: str  # before any redirect
    at: datetime
    title: str
    lines: tuple[str, ...]
    text: str  # the visible text, a line for each piece
    anchors: Anchors
    source: str
    decoded: Decoded
    shallow: bool  # else only its beginning and its end were read
    tree: LexborHTMLParser
    fetched: Exchange

    @property
    def links(self) -> tuple[Link, ...]:
        """Every anchor, in order."""
        return self.anchors.list_all()

    @property
    def buttons(self) -> tuple[Link, ...]:
        """What can be clicked on and is no anchor."""
        return self.anchors.list_buttons()

    @property
    def forms(self) -> tuple[Link, ...]:
        """Forms with a `textarea`: what they ask and say, and where they go."""
        return _find_forms(self)

    @property
    def script_addresses(self) -> tuple[str, ...]:
        """Addresses of scripts and frames that it takes from elsewhere, as written."""
        return tuple(match.group(1) for match in _EMBEDDED.finditer(self.source))

    @property
    def legible(self) -> bool:
        """Whether its characters make sense, so that what stands in it may be told."""
        return self.decoded.readable and not is_garbled(self.text)

    @property
    def flaw(self) -> tuple[str, str] | None:
        """Why "not there" may not be said of it, in Chinese and English; or None."""
        return _find_flaw(self)


def parse_page(exchange: Exchange) -> PageDocument:
    """Parse a page that came back; broken markup is read as a browser reads it."""
    decoded = decode(exchange.body, exchange.find_header("Content-Type"))
    source = decoded.text
    shallow = (
        len(source) < _HARMLESS or _count_open(decoded, exchange.body) <= _MOST_OPEN
    )
    if not shallow:  # to build such a tree takes the square of its depth
        source = source[:_SHALLOW] + source[-_SHALLOW:]
    as_sent = shallow and decoded.clean and decoded.encoding == "utf-8"
    tree = LexborHTMLParser(exchange.body if as_sent else source)
    head = tree.head  # looked at first: a walk over all of the tree costs more
    title_node = None if head is None else head.css_first("title")
    title_node = title_node or tree.css_first("title")
    title = _tidy_text(title_node.text()) if title_node is not None else ""
    root = exchange.final_url
    if source.find("<base", 0, _HEAD) >= 0 or source.find("<BASE", 0, _HEAD) >= 0:
        base = tree.css_first("base[href]")
        href = "" if base is None else base.attributes.get("href") or ""
        root = _join_address(root, href) or root
    body = tree.body
    text = ""
    addresses: list[LexborNode] = []
    if body is not None:
        addresses, pictures = _drop_unseen(body)
        for picture in pictures:
            picture.insert_after(_find_drawn(picture.attributes))
        text = _extract_text(body)
    return PageDocument(
        url=exchange.final_url,
        asked=exchange.url,
        at=exchange.at,
        title=title,
        lines=tuple(text.split("\n")) if text else (),
        text=text,
        anchors=Anchors(tree, root, addresses, source),
        source=source,
        decoded=decoded,
        shallow=shallow,
        tree=tree,
        fetched=exchange,
    )


def _is_in_an_anchor(source: str, text: str, place: int) -> bool:
    """Whether the text may stand in an anchor, at `place` of the source or after it."""
    begin, searched = -1, 0  # the last anchor that begins before `searched`
    while place >= 0:
        # Nothing is looked through twice: a page may hold the text at every place.
        begin = max(begin, source.rfind("<a", searched, place))
        if begin >= 0 and source.find("</a>", begin, place) < 0:
            return True
        searched, place = max(place - 1, 0), source.find(text, place + 1)
    return False


def _find_forms(page: PageDocument) -> tuple[Link, ...]:
    """`<textarea>` is taken out of the tree of the page: it is read anew."""
    forms = []
    for form in LexborHTMLParser(page.source).css("form"):
        if form.css_first("textarea") is None:
            continue
        fields = form.css("textarea, input, button")
        attributes = [
            node.attributes.get(name) or ""
            for node in fields
            for name in ("placeholder", "value", "name", "title")
        ]
        action = form.attributes.get("action") or ""
        about = _read_heading(form)
        text = " ".join(
            [about, _tidy_text(form.text(separator=" ")), *attributes, action]
        )
        forms.append(Link(text=text[:400], href=action.strip(), root=page.url))
    return tuple(forms)


def _read_heading(form: LexborNode) -> str:
    """Read the short text that stands right before a form, or before what holds it."""
    place: LexborNode | None = form
    for _ in range(3):
        if place is None or place.tag == "body":
            break
        before = place.prev
        while before is not None and not before.text(strip=True):
            before = before.prev
        if before is not None:
            heading = _tidy_text(before.text(separator=" "))
            return heading if len(heading) <= _CLOSE_TO_A_FORM else ""
        place = place.parent
    return ""


def _count_open(decoded: Decoded, body: bytes) -> int:
    """How many tags open and do not close; counted in the bytes, which is faster.

    Not where characters have two bytes or more: two others may hold those of a tag.
    """
    if body.count(b"<") <= _MOST_OPEN:
        return 0
    if decoded.encoding.startswith("utf-16"):
        return decoded.text.count("<") - 2 * decoded.text.count("</")
    return body.count(b"<") - 2 * body.count(b"</")


def _contains_tag(source: str, tag: str) -> bool:
    return f"<{tag}" in source or f"<{tag.upper()}" in source


def _find_flaw(page: PageDocument) -> tuple[str, str] | None:
    """Find why a page does not show all that it says, in both languages."""
    exchange, source = page.fetched, page.source
    kind = exchange.find_header("Content-Type").lower()
    if exchange.status != _OK:
        return (f"页面返回{exchange.status}", f"the page answered {exchange.status}")
    body = exchange.body
    if exchange.reason is not None:
        return ("页面没有读完整", "the page is not whole")
    if "html" not in kind and (kind or not _MARKUP.search(body[:_NEAR_THE_END])):
        return ("不是网页", "it is no web page")
    if not page.legible:
        return ("文字编码无法识别", "its characters cannot be decoded")
    if not page.shallow:
        return (
            "标签只开不闭，没有全部读取",
            "its tags are not closed, not all was read",
        )
    if not _has_its_end(body):
        return ("页面没有读完整", "the page is not whole")
    if _has_its_footer_elsewhere(source) or (
        _contains_tag(source, "script") and _has_an_empty_footer(page.tree)
    ):
        return ("页脚由脚本生成", "its footer is drawn by a script")
    if _contains_tag(source, "frameset"):
        return ("页面由框架拼成", "the page is made of frames")
    if len(page.text) < _DRAWN_AT_MOST and _contains_tag(source, "script"):
        return ("页面内容由脚本生成", "the page is drawn by a script")
    if _has_empty_slots(page) or (
        _contains_tag(source, "script") and _has_an_empty_root(page.tree)
    ):
        return ("页面内容由脚本生成", "the page is drawn by a script")
    if _contains_tag(source, "iframe") and _has_own_frames(page):
        return ("页面的一部分在框架里", "a part of the page is in a frame")
    return None


def _has_its_end(body: bytes) -> bool:
    """Whether its last end tag is at the end, and not only somewhere on the way."""
    near = body[-_NEAR_THE_END:]
    *_, last = [0, *(match.end() for match in _ENDING.finditer(near))]
    after = _AFTER_THE_END.sub(b"", near[last:])
    return last > 0 and len(after) <= _MOST_AFTER_THE_END


def _has_an_empty_root(tree: LexborHTMLParser) -> bool:
    """Whether it has a place for what its scripts have yet to draw."""
    return any(
        _ROOT.search(place.attributes.get("id") or place.tag or "") is not None
        and not place.text(strip=True)
        for place in tree.css(_ROOTS)
    )


def _has_empty_slots(page: PageDocument) -> bool:
    """Whether slots of a template stand where words should."""
    if "{{" not in page.source or page.tree.body is None:
        return False
    return _TEMPLATE.search(page.tree.body.text(separator="\n")) is not None


def _has_an_empty_footer(tree: LexborHTMLParser) -> bool:
    """Whether there is a place for a footer, and neither words nor pictures in it."""
    return any(
        not place.text(strip=True) and place.css_first("img") is None
        for place in tree.css(_FOOTERS)
    )


def _has_own_frames(page: PageDocument) -> bool:
    """Whether a page of the same host stands in it, which was not read with it."""
    host = find_host(page.url)
    for node in LexborHTMLParser(page.source).css("iframe[src]"):
        attributes = node.attributes
        sizes = {attributes.get("width"), attributes.get("height")}
        hidden = "hidden" in attributes or _HIDDEN.search(attributes.get("style") or "")
        url = _join_address(page.url, (attributes.get("src") or "").strip())
        if url and find_host(url) == host and not (hidden or sizes & {"0", "1"}):
            return True
    return False


def find_host(url: str) -> str:
    """Find the host of an address; empty where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _has_its_footer_elsewhere(source: str) -> bool:
    """Whether a script or a frame is named for a footer, or one is loaded."""
    words = islice(find_places(source, *_OF_A_FOOTER), _MOST_WORDS)
    return any(
        _FROM_ELSEWHERE.search(source, max(0, word - _LONGEST_SOURCE), word)
        for word in words
    )


def _drop_unseen(body: LexborNode) -> tuple[list[LexborNode], list[LexborNode]]:
    """Take out what no reader sees; give the addresses and pictures that are left.

    The last is taken out first, as what is inside comes later.
    """
    unseen: dict[int, LexborNode] = {}
    addresses: dict[int, LexborNode] = {}
    pictures: dict[int, LexborNode] = {}
    for node in body.css(_SOUGHT):
        tag = node.tag
        if tag in _UNSEEN_TAGS:
            unseen[node.mem_id] = node
            continue
        attributes = node.attributes
        hidden = "hidden" in attributes or _HIDDEN.search(attributes.get("style") or "")
        if hidden and tag != "body":
            unseen[node.mem_id] = node
        elif tag == "img":
            if _find_drawn(attributes):
                pictures[node.mem_id] = node
        elif "href" in attributes or "data-cfemail" in attributes:
            addresses[node.mem_id] = node
    visible = (
        [node for node in nodes.values() if not _is_within(node, unseen)]
        for nodes in (addresses, pictures)
    )
    visible_nodes = next(visible), next(visible)
    for node in reversed(unseen.values()):
        node.decompose()
    return visible_nodes


def _is_within(node: LexborNode, places: dict[int, LexborNode]) -> bool:
    place = node.parent
    while place is not None:
        if place.mem_id in places:
            return True
        place = place.parent
    return False


def _find_drawn(attributes: Mapping[str, str | None]) -> str:
    """Find what a picture shows in place of text: a number, the sign of an address."""
    alt = (attributes.get("alt") or "").strip()
    if not alt:
        is_at_sign = (attributes.get("src") or "").endswith(("/at.gif", "/at.png"))
        return "@" if is_at_sign else ""
    if alt in _AT_SIGNS:
        return "@"
    return alt if _SHOWS_A_NUMBER.search(alt) and _A_DIGIT.search(alt) else ""


def _extract_text(body: LexborNode) -> str:
    """Extract the text without what nobody sees: hidden characters, template slots."""
    text = _strip_invisible(body.text(separator="\n", strip=True, skip_empty=True))
    if "{" in text or "<%" in text:
        text = _TEMPLATE.sub("", text)
    text = "\n".join(filter(None, [" ".join(s.split()) for s in text.split("\n")]))
    if _MAY_BE_SPACED.search(text):
        text = _SPACED.sub(lambda match: match.group().replace(" ", ""), text)
    return text


def _strip_invisible(text: str) -> str:
    text = _INVISIBLE.sub("", text)
    if "(" in text:
        text = _PINYIN.sub(_remove_pinyin, text)
    if "（" in text:
        text = _PINYIN_IN_WIDE.sub(_remove_pinyin, text)
    return text.replace("&nbsp;", " ")  # written twice over, `&amp;nbsp;`


def _remove_pinyin(match: re.Match[str]) -> str:
    """Drop a reading in brackets after its character, as spam is annotated."""
    before = match.string[match.start() - 1 : match.start()]
    return "" if "\u4e00" <= before <= "\u9fff" else match.group()


def _tidy_spaces(line: str) -> str:
    """Put one space for many, and none between letter-spaced characters."""
    tidy = " ".join(line.split())
    if tidy.count(" ") < _MANY_SPACES:
        return tidy
    return _SPACED.sub(lambda match: match.group().replace(" ", ""), tidy)


def _tidy_text(text: str) -> str:
    return _tidy_spaces(_strip_invisible(text))


def _read_anchor(node: LexborNode) -> str:
    """Read the text of an anchor; without any, its title or that of its picture."""
    text = _tidy_text(node.text(separator=""))
    if text:
        return text
    for name in ("title", "alt", "aria-label", "value"):
        attribute = node.attributes.get(name)
        if attribute:
            return _tidy_text(attribute)
    image = node.css_first("img")
    if image is not None:
        return _tidy_text(
            image.attributes.get("alt") or image.attributes.get("title") or ""
        )
    return ""


def _join_address(root: str, href: str) -> str:
    if not href or href.startswith("#"):
        return ""
    try:
        url = urljoin(root, href)
    except ValueError:
        return ""
    return url if url.startswith(("http://", "https://")) else ""
