"""A Word file that the company edited: refused or read, block by block.

It comes from anywhere. Whatever could run, fetch or unfold without end is refused in
words before it is read, and reading goes on in a child process with limits.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from changqing.errors import DocumentError, GivenUpError, Issue
from changqing.sandbox.pool import READING, get_shared_pool
from changqing.text import Text

if TYPE_CHECKING:
    import zipfile
    from xml.etree.ElementTree import Element

MOST_BYTES: Final = 10_000_000
_MOST_BLOCKS: Final = 20_000
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"  # .doc, and what is locked with a password
_MACROS: Final = re.compile(
    r"vbaProject|vbaData|activeX|macrosheet|webextension|customUI", re.IGNORECASE
)
_EMBEDDED: Final = re.compile(r"(^|/)embeddings/|/afchunk|altChunk", re.IGNORECASE)
_LINK: Final = "/hyperlink"
_XML: Final = (".xml", ".vml")
_INNER: Final = "\0"
"""Stands for what a field inside another writes."""
_FETCHES: Final = re.compile(
    r"\s*(?:DDE|DDEAUTO|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|DATABASE|RD)\b"
    # The name of a field that another field writes could be any of these.
    rf"|\s*[^\s={_INNER}]*{_INNER}",
    re.IGNORECASE,
)
_FETCHING: Final = frozenset({"mailMerge", "altChunk", "subDoc"})
"""Elements of Word that take in what stands elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordBlock:
    """One paragraph, heading, item or row of a Word file, in its order.

    `runs` are its words with whether they are bold; a row has them cell by cell.
    `pictures` are what stands for the pictures in it, in words.
    """

    kind: str  # title, heading, paragraph, item, number, row, caption
    cells: tuple[tuple[tuple[str, bool], ...], ...]
    level: int = 0
    table: int = 0
    pictures: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Its words; those of a row with a bar between the cells."""
        return " | ".join("".join(part for part, _ in cell) for cell in self.cells)


def read_word_blocks(content: bytes) -> tuple[WordBlock, ...]:
    """Read the blocks of a Word file. Raises DocumentError with what is wrong."""
    if len(content) > MOST_BYTES:
        raise _make_refusal(_TOO_LARGE)
    if content.startswith(_OLD_OFFICE):
        raise _make_refusal(_OLD)
    try:
        return get_shared_pool().run(READING, _read_blocks, content)
    except GivenUpError as error:
        if error.reason == "busy":
            raise
        raise _make_refusal(_TOO_MUCH) from error


def check_word(content: bytes) -> None:
    """Refuse a Word file that is damaged, or holds what no document has to hold."""
    if len(content) > MOST_BYTES:
        raise _make_refusal(_TOO_LARGE)
    if content.startswith(_OLD_OFFICE):
        raise _make_refusal(_OLD)
    try:
        get_shared_pool().run(READING, _check_content, content)
    except GivenUpError as error:
        if error.reason == "busy":
            raise
        raise _make_refusal(_TOO_MUCH) from error


# ── in the child ─────────────────────────────────────────────────────────────────────


def _check_content(content: bytes) -> None:
    from changqing.readers.package import (
        DAMAGED,
        HostilePackageError,
        TooLargePackageError,
        open_package,
    )

    try:
        with open_package(content) as packed:
            _refuse_hostile(packed)
    except TooLargePackageError as error:
        raise _make_refusal(_TOO_MUCH) from error
    except HostilePackageError as error:
        raise _make_refusal(_DECLARES) from error
    except DAMAGED as error:
        raise _make_refusal(_DAMAGED) from error


def _refuse_hostile(packed: zipfile.ZipFile) -> None:
    """Refuse what runs, embeds or fetches anything, or what Word may read otherwise."""
    from changqing.readers.package import parse_part

    names = packed.namelist()
    # Of two parts of one name, we would look at one and Word read the other.
    is_twice = len({name.lower() for name in names}) < len(names)
    if is_twice or "word/document.xml" not in names:
        raise _make_refusal(_DAMAGED)
    types = packed.read("[Content_Types].xml").decode("utf-8", "replace")
    if "macroEnabled" in types or any(map(_MACROS.search, names)):
        raise _make_refusal(_HAS_MACROS)
    if any(map(_EMBEDDED.search, names)):
        raise _make_refusal(_HAS_EMBEDDED)
    for node in parse_part(packed, "[Content_Types].xml"):
        # What Word reads as XML must be named so, as it is looked through by its name.
        name = node.get("PartName") or f".{node.get('Extension', '')}"
        is_xml = node.get("ContentType", "").lower().endswith("xml")
        if is_xml and not name.lower().endswith((*_XML, ".rels")):
            raise _make_refusal(_DAMAGED)
    for name in names:
        if name.lower().endswith(".rels"):
            for node in parse_part(packed, name).iter():
                kind = node.get("Type", "")
                if node.get("TargetMode") == "External" and not kind.endswith(_LINK):
                    raise _make_refusal(_HAS_OUTSIDE)
                if kind.endswith(("/oleObject", "/aFChunk", "/package")):
                    raise _make_refusal(_HAS_EMBEDDED)
                if kind.endswith("/control"):
                    raise _make_refusal(_HAS_MACROS)
        elif name.lower().endswith(_XML):
            _refuse_fetching(parse_part(packed, name))


def _refuse_fetching(root: Element) -> None:
    """Refuse elements and fields that take in what stands elsewhere."""
    if any(_strip_namespace(node) in _FETCHING for node in root.iter()):
        raise _make_refusal(_HAS_OUTSIDE)
    if any(map(_FETCHES.match, _read_field_codes(root))):
        raise _make_refusal(_HAS_OUTSIDE)


def _read_field_codes(root: Element) -> Iterator[str]:
    """Yield the code of every field, put together from the runs that it is cut into.

    A field inside the code of another stands there as `_INNER`, as only Word knows
    what it writes.
    """
    codes: list[str | None] = [
        None
    ]  # of the open fields; None: in a result, or outside
    for node in root.iter():
        tag = _strip_namespace(node)
        if tag == "instrText" or (tag == "t" and codes[-1] is not None):
            codes[-1] = (codes[-1] or "") + (node.text or "")
        elif tag == "fldChar" and _find_value(node, "fldCharType") != "begin":
            if len(codes) > 1:
                yield codes.pop() or ""
                codes += [None] * (_find_value(node, "fldCharType") == "separate")
        elif tag in {"fldSimple", "fldChar"}:
            if codes[-1] is not None:
                codes[-1] += _INNER
            if tag == "fldChar":
                codes.append("")
            else:
                yield _find_value(node, "instr")
    yield from filter(None, codes)


def _strip_namespace(node: Element) -> str:
    """The name of an element, whatever edition of the format it is in."""
    return str(node.tag).rpartition("}")[2]


def _find_value(node: Element, name: str) -> str:
    """The attribute of an element, whatever edition of the format it is in."""
    return next((v for k, v in node.items() if k.endswith(f"}}{name}")), "")


def _read_blocks(content: bytes) -> tuple[WordBlock, ...]:
    from changqing.readers.package import DAMAGED

    _check_content(content)
    try:
        return _BlockReader(content).read()
    except DAMAGED as error:
        raise _make_refusal(_DAMAGED) from error


class _BlockReader:
    """Reads the body of one Word file, as it stands when its changes are accepted."""

    def __init__(self, content: bytes) -> None:
        from docx import Document
        from docx.oxml.ns import qn

        self._qn = qn
        self._document = Document(io.BytesIO(content))
        self._tables = 0
        self._gone = {qn("w:del"), qn("w:moveFrom"), qn("w:txbxContent")}
        self._styles = self._name_styles()
        self._numbers = self._find_numbers()

    def read(self) -> tuple[WordBlock, ...]:
        blocks: list[WordBlock] = []
        for block in self._read_blocks(self._document.element.body):
            blocks.append(block)
            if len(blocks) > _MOST_BLOCKS:
                raise _make_refusal(_TOO_MUCH)
        return tuple(blocks)

    def _read_blocks(self, parent: Any) -> Iterator[WordBlock]:
        for node in parent.iterchildren():
            if node.tag == self._qn("w:p"):
                yield from self._read_paragraph(node)
            elif node.tag == self._qn("w:tbl"):
                yield from self._read_rows(node)
            elif node.tag == self._qn("w:sdt"):
                if not self._is_contents(node):
                    for inner in node.iterchildren(self._qn("w:sdtContent")):
                        yield from self._read_blocks(inner)
            elif node.tag in {self._qn("w:ins"), self._qn("w:moveTo")}:
                yield from self._read_blocks(node)

    def _is_contents(self, node: Any) -> bool:
        """Whether it is a table of contents, which repeats what stands elsewhere."""
        gallery = node.find(f".//{self._qn('w:docPartGallery')}")
        value = "" if gallery is None else gallery.get(self._qn("w:val"), "")
        return value == "Table of Contents"

    def _read_paragraph(self, node: Any) -> Iterator[WordBlock]:
        runs = self._read_runs(node)
        pictures = tuple(self._list_pictures(node))
        if not runs and not pictures:
            return
        name, level = self._read_style(node)
        if name.startswith("toc"):
            return
        yield WordBlock(
            kind=self._detect_kind(node, name, level),
            cells=(runs,),
            level=level,
            pictures=pictures,
        )

    def _detect_kind(self, node: Any, name: str, level: int) -> str:
        if level:
            return "heading"
        if name in {"title", "subtitle", "author", "date"}:
            return "title"
        if "caption" in name or name == "题注":
            return "caption"
        number = node.find(f"{self._qn('w:pPr')}/{self._qn('w:numPr')}")
        if number is None:
            return "paragraph"
        numbering = number.find(self._qn("w:numId"))
        number_id = "" if numbering is None else numbering.get(self._qn("w:val"), "")
        is_bullet = self._numbers.get(number_id) in {None, "", "bullet", "none"}
        return "item" if is_bullet else "number"

    def _read_rows(self, table: Any) -> Iterator[WordBlock]:
        number = self._tables = self._tables + 1
        for line in table.iterchildren(self._qn("w:tr")):
            cells = []
            for box in line.iterchildren(self._qn("w:tc")):
                inside: list[tuple[str, bool]] = []
                for paragraph in box.iter(self._qn("w:p")):
                    runs = self._read_runs(paragraph)
                    inside += [(" ", False), *runs] if inside and runs else runs
                cells.append(tuple(inside))
            if any(cells):
                yield WordBlock(kind="row", cells=tuple(cells), table=number)

    def _read_runs(self, paragraph: Any) -> tuple[tuple[str, bool], ...]:
        """Read a paragraph as stretches of text, each bold or not."""
        qn = self._qn
        runs: list[tuple[str, bool]] = []
        around = self._list_gone(paragraph)
        for run in paragraph.iter(qn("w:r")):
            # A paragraph of a frame is read with the frame that it stands in.
            if self._list_gone(run) != around:
                continue
            text = ""
            for part in run.iterchildren():
                if part.tag == qn("w:t"):
                    text += part.text or ""
                elif part.tag in {qn("w:tab"), qn("w:br"), qn("w:cr")}:
                    text += " "
            if text:
                runs.append((text, self._is_bold(run)))
        merged: list[tuple[str, bool]] = []
        for text, bold in runs:
            if merged and merged[-1][1] is bold:
                merged[-1] = (merged[-1][0] + text, bold)
            else:
                merged.append((text, bold))
        return tuple(merged) if "".join(text for text, _ in merged).strip() else ()

    def _list_gone(self, node: Any) -> list[Any]:
        return [above for above in node.iterancestors() if above.tag in self._gone]

    def _is_bold(self, run: Any) -> bool:
        bold = run.find(f"{self._qn('w:rPr')}/{self._qn('w:b')}")
        return bold is not None and bold.get(self._qn("w:val")) not in {"0", "false"}

    def _list_pictures(self, paragraph: Any) -> Iterator[str]:
        for drawing in paragraph.iter(self._qn("w:drawing")):
            properties = drawing.find(f".//{self._qn('wp:docPr')}")
            yield (
                ""
                if properties is None
                else properties.get("descr") or properties.get("title") or ""
            )

    def _read_style(self, node: Any) -> tuple[str, int]:
        """Read the name of the style in small letters, and the level of a heading."""
        style = node.find(f"{self._qn('w:pPr')}/{self._qn('w:pStyle')}")
        name, level = self._styles.get(
            "" if style is None else style.get(self._qn("w:val"), ""), ("", 0)
        )
        own = node.find(f"{self._qn('w:pPr')}/{self._qn('w:outlineLvl')}")
        if own is not None and own.get(self._qn("w:val"), "9").isdigit():
            level = (int(own.get(self._qn("w:val"), "9")) + 1) % 10
        return name, level

    def _name_styles(self) -> Mapping[str, tuple[str, int]]:
        qn = self._qn
        styles: dict[str, tuple[str, int]] = {}
        for style in self._document.styles.element.iter(qn("w:style")):
            name = style.find(qn("w:name"))
            style_name = "" if name is None else name.get(qn("w:val"), "").lower()
            heading = re.fullmatch(r"(?:heading|标题) ?([1-6])", style_name)
            styles[style.get(qn("w:styleId"), "")] = (
                style_name,
                int(heading[1]) if heading else 0,
            )
        return styles

    def _find_numbers(self) -> Mapping[str, str]:
        """How each list is numbered on its first level, by its number."""
        qn = self._qn
        try:
            root = self._document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return {}
        formats: dict[str, str] = {}
        for numbering in root.iter(qn("w:abstractNum")):
            level = numbering.find(f"{qn('w:lvl')}/{qn('w:numFmt')}")
            if level is not None:
                formats[numbering.get(qn("w:abstractNumId"))] = level.get(qn("w:val"))
        return {
            numbering.get(qn("w:numId")): formats.get(
                numbering.find(qn("w:abstractNumId")).get(qn("w:val")), ""
            )
            for numbering in root.iter(qn("w:num"))
        }


def _make_refusal(text: Text) -> DocumentError:
    return DocumentError(Issue(text=text, hint=_HOW))


_TOO_LARGE: Final = Text(
    f"文件超过{MOST_BYTES // 1_000_000} MB",
    f"the file is over {MOST_BYTES // 1_000_000} MB",
)
_TOO_MUCH: Final = Text(
    "展开以后太大，没有读", "unfolds to more than is read, and was not read"
)
_OLD: Final = Text(
    "是旧的.doc，或者设了密码", "is an old .doc, or locked with a password"
)
_DAMAGED: Final = Text(
    "不是能读的Word文件（.docx）", "is no Word file that can be read"
)
_DECLARES: Final = Text(
    "里面声明了文档类型，正常的Word文件没有",
    "declares a document type, as no Word file does",
)
_HAS_MACROS: Final = Text("里面有宏或控件", "holds macros or controls")
_HAS_EMBEDDED: Final = Text(
    "里面嵌有别的文件或对象", "holds other files or objects inside"
)
_HAS_OUTSIDE: Final = Text(
    "会去取外面的文件或网页内容", "fetches files or pages from outside"
)
_HOW: Final = Text(
    "在Word或WPS里另存为.docx，去掉宏、嵌入对象和外部链接，再上传",
    "save it as .docx in Word or WPS, without macros, objects and outside links",
)
