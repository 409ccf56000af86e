"""The style of our Word files: pandoc's own, with Chinese type, rules and a header.

Song for text and Hei for headings, as every Chinese Word and WPS has them.
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import escape

_EPOCH = (1980, 1, 1, 0, 0, 0)
_SONG = (
    '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" '
    'w:eastAsia="宋体" w:cs="Times New Roman"/>'
)
_HEI = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="黑体" w:cs="Arial"/>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_OFFICE}"'
)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def make_reference(
    base: bytes, *, left: str, middle: str, right: str, foot: str
) -> bytes:
    """Make Pandoc's reference file `base` with our styles, header and footer in it."""
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(base)) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    parts["word/styles.xml"] = _edit_styles(parts["word/styles.xml"].decode()).encode()
    parts["word/header1.xml"] = _write_header(left, middle, right).encode()
    parts["word/footer1.xml"] = _write_footer(foot).encode()
    parts["[Content_Types].xml"] = _insert_before_end(
        parts["[Content_Types].xml"],
        "</Types>",
        f'<Override PartName="/word/header1.xml" ContentType="{_WORD}.header+xml"/>'
        f'<Override PartName="/word/footer1.xml" ContentType="{_WORD}.footer+xml"/>',
    )
    parts["word/_rels/document.xml.rels"] = _insert_before_end(
        parts["word/_rels/document.xml.rels"],
        "</Relationships>",
        f'<Relationship Type="{_OFFICE}/header" Id="rId101" Target="header1.xml"/>'
        f'<Relationship Type="{_OFFICE}/footer" Id="rId102" Target="footer1.xml"/>',
    )
    document = parts["word/document.xml"].decode()
    if "xmlns:r=" not in document[:2000]:
        document = document.replace("<w:document ", f'<w:document xmlns:r="{_OFFICE}" ')
    parts["word/document.xml"] = re.sub(
        r"<w:sectPr>.*?</w:sectPr>", _SECTION, document, flags=re.DOTALL
    ).encode()
    return pack_docx(parts)


def add_missing_styles(template: bytes) -> bytes:
    """Give a company's template the styles of ours that it has not; all else stays."""
    with zipfile.ZipFile(io.BytesIO(template)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    styles = parts.get("word/styles.xml", b"").decode("utf-8", "replace")
    more = "".join(
        style
        for name, style in (("Blank", _BLANK_STYLE), ("Table", _TABLE))
        if f'w:styleId="{name}"' not in styles
    )
    styles = styles.replace("</w:styles>", f"{more}</w:styles>")
    parts["word/styles.xml"] = styles.encode()
    return pack_docx(parts)


def write_contents(headings: list[tuple[str, str]]) -> str:
    """Write a table of contents of (bookmark, words), as Word keeps one, without pages.

    Word lays out on its own, so pages that we counted may be wrong in it; it updates
    the table where somebody asks it to, and asks nobody when the file is opened.
    """
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText '
        'xml:space="preserve"> TOC \\o "1-1" \\n \\h \\z \\u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    lines = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr>{"" if at else begin}'
        f'<w:hyperlink w:anchor="{mark}" w:history="1"><w:r><w:t xml:space="preserve">'
        f"{escape(words)}</w:t></w:r></w:hyperlink></w:p>"
        for at, (mark, words) in enumerate(headings)
    )
    return (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
        f"<w:docPartUnique/></w:docPartObj></w:sdtPr><w:sdtContent>{lines}<w:p><w:r>"
        '<w:fldChar w:fldCharType="end"/></w:r></w:p></w:sdtContent></w:sdt>'
    )


def pack_docx(parts: dict[str, bytes]) -> bytes:
    """Pack a zip file without a clock in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return stream.getvalue()


def _insert_before_end(part: bytes, end: str, more: str) -> bytes:
    return part.decode().replace(end, more + end).encode()


def _edit_styles(styles: str) -> str:
    head, defaults, body = styles.partition("</w:docDefaults>")
    head = re.sub(r"<w:rFonts[^>]*/>", _SONG, head)
    head = re.sub(r'(<w:szC?s?) w:val="24" />', r'\1 w:val="21" />', head)
    body = re.sub(r"<w:rFonts[^>]*/>", _HEI, body)
    body = re.sub(r"<w:i(Cs)? ?/>", "", body)  # Chinese type has no italics
    body = re.sub(r"<w:color [^>]*/>", '<w:color w:val="1D2733"/>', body)
    for style, size in _SIZES.items():
        body = _set_size(body, style, size)
    for style in ("Caption", "CaptionedFigure"):
        body = _centre_style(body, style)
    body = re.sub(
        r'<w:style w:type="table" w:default="1" w:styleId="Table">.*?</w:style>',
        _TABLE,
        body,
        flags=re.DOTALL,
    )
    body = body.replace("</w:styles>", _OWN + "</w:styles>")
    return head + defaults + body


def _centre_style(styles: str, style: str) -> str:
    """Centre the paragraphs of one style, as the same page has them in PDF."""
    start = styles.find(f'w:styleId="{style}"')
    end = styles.find("</w:pPr>", start)
    if start < 0 or end < 0:
        return styles
    return f'{styles[:end]}<w:jc w:val="center"/>{styles[end:]}'


def _set_size(styles: str, style: str, size: int) -> str:
    """Set the size of one style, in half points."""
    start = styles.find(f'w:styleId="{style}"')
    if start < 0:
        return styles
    end = styles.find("</w:style>", start)
    own = re.sub(
        r'(<w:sz(?:Cs)?) w:val="\d+"', rf'\1 w:val="{size}"', styles[start:end]
    )
    return styles[:start] + own + styles[end:]


def _write_header(left: str, middle: str, right: str) -> str:
    runs = "<w:r><w:tab/></w:r>".join(_make_run(part) for part in (left, middle, right))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:hdr {_NAMES}><w:p><w:pPr>'
        '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="3" w:color="A0A0A0"/>'
        f"</w:pBdr>{_TABS}</w:pPr>{runs}</w:p></w:hdr>"
    )


def _write_footer(foot: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:ftr {_NAMES}><w:p><w:pPr>{_TABS}'
        f"</w:pPr>{_make_run(foot)}<w:r><w:tab/></w:r><w:r><w:tab/></w:r>{_make_run('第')}"
        f"{_write_field('PAGE')}{_make_run('页，共')}{_write_field('NUMPAGES')}{_make_run('页')}"
        "</w:p></w:ftr>"
    )


def _make_run(text: str) -> str:
    return (
        f'<w:r><w:rPr>{_HEI}<w:color w:val="5A5A5A"/><w:sz w:val="16"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    )


def _write_field(code: str) -> str:
    return f'<w:fldSimple w:instr=" {code} ">{_make_run("1")}</w:fldSimple>'


_SIZES = {"Title": 40, "Heading1": 26, "Heading2": 22, "Heading3": 21, "Author": 21}
_TABS = (
    '<w:tabs><w:tab w:val="center" w:pos="4535"/><w:tab w:val="right" w:pos="9070"/>'
    '</w:tabs><w:spacing w:before="0" w:after="0"/>'
)
_SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId101"/>'
    '<w:footerReference w:type="default" r:id="rId102"/>'
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1587" w:right="1418" w:bottom="1361" w:left="1418" '
    'w:header="850" w:footer="737" w:gutter="0"/></w:sectPr>'
)
_EDGES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_TABLE = (
    '<w:style w:type="table" w:default="1" w:styleId="Table"><w:name w:val="Table"/>'
    '<w:basedOn w:val="TableNormal"/><w:qFormat/>'
    '<w:pPr><w:spacing w:before="20" w:after="20"/></w:pPr><w:tblPr>'
    f'<w:tblBorders>{_EDGES}</w:tblBorders><w:tblInd w:w="0" w:type="dxa"/>'
    '<w:tblCellMar><w:top w:w="30" w:type="dxa"/><w:left w:w="108" w:type="dxa"/>'
    '<w:bottom w:w="30" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar>'
    '</w:tblPr><w:tblStylePr w:type="firstRow"><w:rPr>'
    f'{_HEI}</w:rPr><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="F2F4F3"/>'
    "</w:tcPr></w:tblStylePr></w:style>"
)
_BLANK_STYLE = (
    '<w:style w:type="character" w:customStyle="1" w:styleId="Blank">'
    '<w:name w:val="Blank"/><w:qFormat/><w:rPr>'
    '<w:shd w:val="clear" w:color="auto" w:fill="FDF0C8"/></w:rPr></w:style>'
)
_OWN = (
    f'{_BLANK_STYLE}<w:style w:type="paragraph" w:styleId="TOC1">'
    '<w:name w:val="toc 1"/><w:basedOn w:val="Normal"/><w:uiPriority w:val="39"/>'
    "<w:pPr>"
    '<w:spacing w:before="0" w:after="40"/></w:pPr></w:style>'
)
