"""A page as a reader sees it: visible text in lines, and its links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from changqing.net import Exchange
from changqing.probes._decode import decode

_UNSEEN_TAGS = [
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "svg",
    "option",
    "textarea",
    "code",
    "pre",
]
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# Soft hyphens, zero-width characters, marks of direction: nobody sees them.
_INVISIBLE = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\ufeff\x00"
)
_PINYIN = re.compile(r"[(（][a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜü]{1,6}[)）]")
_TEMPLATE = re.compile(
    r"\{\{.{0,200}?\}\}|\{[a-z]+:[^{}]{0,200}\}|\{%.{0,200}?%\}|\$\{[^{}]{0,200}\}|"
    r"<%.{0,200}?%>",
    re.S,
)
_SPACED = re.compile(r"(?<!\S)(?:[\u4e00-\u9fff] ){3,}[\u4e00-\u9fff](?!\S)")
_MANY_SPACES = 3
_ENDING = re.compile(rb"</\s*(?:body|html)\s*>", re.I)
_DRAWN_AT_MOST = 120  # characters of text in a page that scripts have yet to draw
_ELSEWHERE = re.compile(
    r"""<script[^>]+src\s*=\s*["'][^"']*(?:foot|bottom|copyright|beian)[^"']*["']""",
    re.I,
)
_HTML = ("html", "text/plain", "octet-stream")
_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An anchor: what it says, where it leads, how it was written."""

    text: str
    href: str  # as written
    root: str = ""  # what a relative address is relative to

    @property
    def url(self) -> str:
        """The absolute address, or nothing when it leads to no page."""
        return _join(self.root, self.href)

    @property
    def leads(self) -> bool:
        """Whether it leads to a page."""
        return bool(self.url)


class Anchors:
    """The anchors of a page, in order; read only as far as somebody asks."""

    __slots__ = ("_links", "_root", "_tree")

    def __init__(self, tree: LexborHTMLParser, root: str) -> None:
        self._tree = tree
        self._root = root
        self._links: tuple[Link, ...] | None = None

    def all(self) -> tuple[Link, ...]:
        """Every anchor."""
        if self._links is None:
            self._links = tuple(map(self._link, self._tree.css("a, area")))
        return self._links

    def _link(self, node: LexborNode) -> Link:
        return Link(
            text=_said_by(node),
            href=(node.attributes.get("href") or "").strip(),
            root=self._root,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One page, parsed. `flaw` tells why "not there" may not be said of it."""

    url: str
    asked: str  # before any redirect
    at: datetime
    title: str
    lines: tuple[str, ...]
    text: str  # the visible text, a line for each piece
    anchors: Anchors
    source: str
    encoding: str
    clean: bool
    flaw: tuple[str, str] | None  # Chinese, English
    tree: LexborHTMLParser

    @property
    def links(self) -> tuple[Link, ...]:
        """Every anchor, in order."""
        return self.anchors.all()


def parse(exchange: Exchange) -> Document:
    """Parse a page that came back; broken markup is read as a browser reads it."""
    decoded = decode(exchange.body, exchange.header("Content-Type"))
    source = decoded.text
    tree = LexborHTMLParser(source)
    title_node = tree.css_first("title")
    title = _tidy(title_node.text()) if title_node is not None else ""
    base = tree.css_first("base[href]")
    root = exchange.final_url
    if base is not None:
        root = _join(root, base.attributes.get("href") or "") or root
    framed = tree.css_first("frameset") is not None
    scripted = tree.css_first("script") is not None
    tree.strip_tags(_UNSEEN_TAGS)
    _drop_hidden(tree)
    body = tree.body
    lines = _lines(body.text(separator="\n")) if body is not None else ()
    flaw = _flaw(exchange, decoded.readable, source)
    text = "\n".join(lines)
    if flaw is None and framed:
        flaw = ("页面由框架拼成", "the page is made of frames")
    if flaw is None and scripted and len(text) < _DRAWN_AT_MOST:
        flaw = ("页面内容由脚本生成", "the page is drawn by a script")
    return Document(
        url=exchange.final_url,
        asked=exchange.url,
        at=exchange.at,
        title=title,
        lines=lines,
        text=text,
        anchors=Anchors(tree, root),
        source=source,
        encoding=decoded.encoding,
        clean=decoded.clean,
        flaw=flaw,
        tree=tree,
    )


def _flaw(exchange: Exchange, readable: object, source: str) -> tuple[str, str] | None:
    kind = exchange.header("Content-Type").lower()
    if exchange.status != _OK:
        return (f"页面返回{exchange.status}", f"the page answered {exchange.status}")
    if kind and not any(word in kind for word in _HTML):
        return ("不是网页", "it is no web page")
    if not readable:
        return ("文字编码无法识别", "its characters cannot be decoded")
    if not _ENDING.search(exchange.body):
        return ("页面没有读完整", "the page is not whole")
    if _ELSEWHERE.search(source):
        return ("页脚由脚本生成", "its footer is drawn by a script")
    return None


def _drop_hidden(tree: LexborHTMLParser) -> None:
    for node in tree.css("[style*='none'], [style*='hidden'], [hidden]"):
        attributes = node.attributes
        if node.tag in ("body", "html"):
            continue
        if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
            node.decompose()


def _lines(text: str) -> tuple[str, ...]:
    """Lines without what nobody sees: invisible characters, slots of templates."""
    text = _seen(text)
    if "{" in text or "<%" in text:
        text = _TEMPLATE.sub("", text)
    return tuple(tidy for line in text.split("\n") if (tidy := _spaced(line)))


def _seen(text: str) -> str:
    for character in _INVISIBLE:
        if character in text:
            text = text.replace(character, "")
    if "(" in text or "（" in text:
        text = _PINYIN.sub(_without_pinyin, text)
    return text.replace("&nbsp;", " ")  # written twice over, `&amp;nbsp;`


def _without_pinyin(match: re.Match[str]) -> str:
    """Nothing for the reading of the character before, as spam is annotated."""
    before = match.string[match.start() - 1 : match.start()]
    return "" if "\u4e00" <= before <= "\u9fff" else match.group()


def _spaced(line: str) -> str:
    """One space for many, and none between letter-spaced characters."""
    tidy = " ".join(line.split())
    if tidy.count(" ") < _MANY_SPACES:
        return tidy
    return _SPACED.sub(lambda match: match.group().replace(" ", ""), tidy)


def _tidy(text: str) -> str:
    return _spaced(_seen(text))


def _said_by(node: LexborNode) -> str:
    """The text of an anchor; without any, its title or that of its picture."""
    text = _tidy(node.text(separator=""))
    if text:
        return text
    for name in ("title", "alt", "aria-label"):
        said = node.attributes.get(name)
        if said:
            return _tidy(said)
    image = node.css_first("img")
    if image is not None:
        return _tidy(image.attributes.get("alt") or image.attributes.get("title") or "")
    return ""


def _join(root: str, href: str) -> str:
    if not href or href.startswith("#"):
        return ""
    try:
        url = urljoin(root, href)
    except ValueError:
        return ""
    return url if url.startswith(("http://", "https://")) else ""
