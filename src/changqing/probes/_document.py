"""A page as a reader sees it: visible text in lines, and its links."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_PINYIN = re.compile(r"(?<=[\u4e00-\u9fff])\([a-z]{1,6}\)")
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{[a-z]+:[^{}]*\}", re.S)
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u3000]+")
_SPACED = re.compile(r"(?<![^\s])(?:[\u4e00-\u9fff] ){3,}[\u4e00-\u9fff](?![^\s])")
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
    url: str  # absolute, or nothing when it leads nowhere

    @property
    def leads(self) -> bool:
        """Whether it leads to a page."""
        return bool(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One page, parsed. `flaw` tells why "not there" may not be said of it."""

    url: str
    asked: str  # before any redirect
    at: datetime
    title: str
    lines: tuple[str, ...]
    links: tuple[Link, ...]
    source: str
    encoding: str
    clean: bool
    flaw: tuple[str, str] | None  # Chinese, English
    tree: LexborHTMLParser

    @property
    def text(self) -> str:
        """The visible text, a line for each piece."""
        return "\n".join(self.lines)


def parse(exchange: Exchange) -> Document:
    """Parse a page that came back; broken markup is read as a browser reads it."""
    decoded = decode(exchange.body, exchange.header("Content-Type"))
    source = _INVISIBLE.sub("", decoded.text).replace("\x00", "")
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
    lines = tuple(_lines(body.text(separator="\n"))) if body is not None else ()
    length = sum(map(len, lines))
    flaw = _flaw(exchange, decoded.readable, source)
    if flaw is None and framed:
        flaw = ("页面由框架拼成", "the page is made of frames")
    if flaw is None and scripted and length < _DRAWN_AT_MOST:
        flaw = ("页面内容由脚本生成", "the page is drawn by a script")
    return Document(
        url=exchange.final_url,
        asked=exchange.url,
        at=exchange.at,
        title=title,
        lines=lines,
        links=tuple(_links(tree, root)),
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


def _lines(text: str) -> Iterator[str]:
    text = _PLACEHOLDER.sub("", _PINYIN.sub("", text))
    for line in text.split("\n"):
        tidy = _tidy(line)
        if tidy:
            yield tidy


def _tidy(text: str) -> str:
    tidy = _SPACES.sub(" ", text.replace("\n", " ")).strip()
    return _SPACED.sub(lambda match: match.group().replace(" ", ""), tidy)


def _links(tree: LexborHTMLParser, root: str) -> Iterator[Link]:
    for node in tree.css("a, area"):
        href = (node.attributes.get("href") or "").strip()
        text = _tidy(node.text(separator="")) or _label(node)
        yield Link(text=text, href=href, url=_join(root, href))


def _label(node: LexborNode) -> str:
    """What an anchor without text says: its title, or that of its picture."""
    for name in ("title", "alt", "aria-label"):
        text = node.attributes.get(name)
        if text:
            return _tidy(text)
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
