"""The papers of an example as an administrator has them: PDFs, scans, Word, workbooks.

An example keeps its papers as Markdown. Here each is set as such a paper looks: tables,
a red seal; a licence, an identity card or a list of staff, which the Markdown tells in
a sentence, has the form of one, filled in with what the case says. What comes on paper
is drawn, tilted a little and given the noise of a scanner.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pylopdf_fonts_zh_cn
import pypdfium2
import typst
from docx import Document
from openpyxl import Workbook
from PIL import Image

from changqing.case.model import Case

_SCANNED: Final = frozenset(
    {
        *("written_application", "app_form", "business_licence", "articles"),
        *("legal_rep_id", "staff_id", "commitment", "lease", "labour_contract"),
        *("staff_qualification", "capital_report", "business_contract"),
        *("hosting_agreement", "hosting_provider_licence", "facility_proof"),
        *("shareholder_proof", "equity_chart", "security_level_record"),
    }
)
"""Kinds that come on paper, sealed or signed by hand, and are scanned."""
_WORD: Final = frozenset(
    {
        *("business_plan", "tech_plan", "funding_plan", "emergency_plan"),
        *("maintenance_plan", "content_review_rules", "complaint_rules"),
        *("service_assurance", "infosec_measures", "transaction_rules"),
        *("user_agreement", "privacy_policy", "company_profile"),
    }
)
"""What a company writes itself and has as a Word file."""
_WORKBOOKS: Final = frozenset({"content_schedule", "team_structure"})
_PHOTOGRAPHED: Final = frozenset({"legal_rep_id"})
"""Kinds that are handed over as a picture of their own, no PDF."""
_TITLES: Final = {
    "business_licence": "营业执照",
    "legal_rep_id": "",
    "staff_id": "",
    "labour_contract": "劳动合同",
    "hosting_provider_licence": "增值电信业务经营许可证",
}
"""What is printed above, where the example names the paper by what it is for."""
_DOTS_PER_INCH: Final = 200
_TILT: Final = 0.8  # degrees: a page laid on the glass by hand
_NOISE: Final = 7.0  # of 255
_HEADING: Final = re.compile(r"^#+\s*(?:第\d+条\s*)?")
_SEALED: Final = re.compile(r"（[^（）]*(?:盖章|公章)[^（）]*）")
_RULE: Final = re.compile(r"[|:\s-]+")
Piece = str | list[list[str]]
"""A line, or a table of rows."""
_NEW_PAGE: Final = "\f"


def make_papers(case: Case, folder: Path, *, seed: int) -> None:
    """Make a file below `folder` of every paper of a case."""
    folder.mkdir(parents=True)
    chance = np.random.default_rng(seed)
    for paper in case.papers:
        kind = paper.kind
        name, pieces = _split(case.read_file(paper.file.path).decode("utf-8"))
        if kind in _FORMS:
            pieces = list(_FORMS[kind](case))
        place = folder / name
        title = _TITLES.get(kind, name)
        if kind in _WORKBOOKS:
            place.with_suffix(".xlsx").write_bytes(_make_workbook(title, pieces))
        elif kind in _WORD:
            place.with_suffix(".docx").write_bytes(_make_word(title, pieces))
        elif kind in _SCANNED:
            pages = [
                _scan(page, chance) for page in _draw_pages(_set_pdf(title, pieces))
            ]
            stream = io.BytesIO()
            if kind in _PHOTOGRAPHED:
                pages[0].save(stream, "JPEG", quality=85)
                place.with_suffix(".jpg").write_bytes(stream.getvalue())
            else:
                pages[0].save(
                    *(stream, "PDF"),
                    save_all=True,
                    append_images=pages[1:],
                    resolution=_DOTS_PER_INCH,
                )
                place.with_suffix(".pdf").write_bytes(stream.getvalue())
        else:
            place.with_suffix(".pdf").write_bytes(_set_pdf(title, pieces))


# Forms, as their issuers print them


def _list_licence(case: Case) -> Iterator[Piece]:
    paper_said = _Said(case, "business_licence")
    yield "统一社会信用代码：" + paper_said.tell("credit_code")
    yield "名称：" + case.name
    yield "类型：有限责任公司（自然人投资或控股）"
    yield f"法定代表人：{_find_person(case, 'legal_representative')}"
    yield (
        "经营范围：许可项目：第二类增值电信业务；互联网信息服务（依法须经批准的项目，"
        "经相关部门批准后方可开展经营活动）；一般项目：信息技术服务；软件开发"
    )
    yield "注册资本：贰佰万元整"
    yield "成立日期：2024年04月18日"
    yield "营业期限：2024年04月18日至长期"
    yield "住所：" + paper_said.tell("address")
    yield "登记机关：杭州市西湖区市场监督管理局（盖章）"
    yield "2025年09月22日"


def _list_card(name: str, until: date, number: int) -> Iterator[Piece]:
    code = f"990099198{number % 10}0101{number:03d}"
    yield f"姓名　{name}"
    yield "性别　女　民族　汉"
    yield f"出生　198{number % 10}年1月1日"
    yield "住址　浙江省杭州市西湖区青禾路18号"
    yield f"公民身份号码　{code}{_check_digit(code)}"
    yield "中华人民共和国"
    yield "居民身份证"
    yield "签发机关　杭州市公安局西湖分局"
    begun = until.replace(year=until.year - 20)
    yield f"有效期限　{begun:%Y.%m.%d}-{until:%Y.%m.%d}"


def _check_digit(code: str) -> str:
    """The check digit of an identity number, by GB 11643."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(
        int(digit) * weight for digit, weight in zip(code, weights, strict=True)
    )
    return "10X98765432"[total % 11]


def _list_cards(kind: str) -> Callable[[Case], Iterator[Piece]]:
    def list_cards(case: Case) -> Iterator[Piece]:
        names = {member.subject: member.name for member in case.people}
        paper = next(candidate for candidate in case.papers if candidate.kind == kind)
        cards = [
            (names[statement.subject], statement.value)
            for statement in paper.list_statements()
            if statement.fact == "id_valid_until" and isinstance(statement.value, date)
        ]
        for number, (name, until) in enumerate(cards, start=1):
            if number > 1:
                yield _NEW_PAGE
            yield from _list_card(name, until, number)

    return list_cards


def _list_contracts(case: Case) -> Iterator[Piece]:
    """One contract a page, as they lie in the staff file."""
    number = 0
    for member in case.people:
        if member.kind == "legal_representative":
            continue
        number += 1
        if number > 1:
            yield _NEW_PAGE
            yield "劳动合同"
        yield f"甲方（用人单位）：{case.name}"
        yield f"乙方（劳动者）：{member.name}"
        yield f"一、合同期限：自2025年{number + 1}月1日至2028年{number}月28日止。"
        yield f"二、工作岗位：{_POSTS[member.kind]}，全日制用工，乙方为专职人员。"
        yield "三、乙方在合同期内不得在其他单位任职。"
        yield f"甲方（盖章）　　乙方（签字）{member.name}"
        yield f"2025年{number + 1}月1日"


_POSTS: Final = {
    "manager": "总经理",
    "technical": "技术负责人",
    "customer_service": "客服主管",
    "security": "网络安全负责人",
    "content": "内容主编",
    "legal_representative": "法定代表人",
}


def _list_team(case: Case) -> Iterator[Piece]:
    duties = {
        "manager": "全面管理",
        "technical": "日常技术维护与故障处置",
        "customer_service": "客服与投诉",
        "security": "网络与信息安全",
        "content": "内容安排和审核",
        "legal_representative": "代表公司",
    }
    stand_in = {
        "technical": "陆闻溪",
        "content": "贺新月",
        "customer_service": "苏折柳",
    }
    rows = [["序号", "姓名", "岗位", "岗位职责", "是否专职", "顶替人"]]
    for member in case.people:
        rows.append(
            [
                *(str(len(rows)), member.name, _POSTS[member.kind]),
                *(duties[member.kind], "是", stand_in.get(member.kind, "")),
            ]
        )
    others = ("陆闻溪", "程望舒", "贺新月", "秦暮云", "苏折柳", "顾青岩")
    posts = ("工程师", "工程师", "编辑", "编辑", "客服", "财务")
    for name, post in zip(others, posts, strict=True):
        rows.append([str(len(rows)), name, post, "", "是", ""])
    yield rows
    yield f"合计{len(rows) - 1}人"


def _list_extract(case: Case) -> Iterator[Piece]:
    paper_said = _Said(case, "register_extract")
    yield "企业名称：" + case.name
    yield "统一社会信用代码：" + paper_said.tell("credit_code")
    yield f"法定代表人：{_find_person(case, 'legal_representative')}"
    yield "注册资本：200万元人民币"
    yield "住所：" + paper_said.tell("address")
    yield "登记状态：存续（在营、开业、在册）"
    yield "股东及出资信息"
    yield from _list_holders(case)
    yield "除以上股东外，没有其他股东。"
    yield "打印日期：2026年11月5日"


def _list_holders(case: Case) -> Iterator[Piece]:
    rows = [["序号", "股东名称", "股东类型", "国籍", "认缴出资额", "持股比例"]]
    shares = {
        statement.subject: statement.value
        for statement in case.list_form_statements()
        if statement.fact == "share" and isinstance(statement.value, int)
    }
    for holder in case.holders:
        share = shares[holder.subject]
        rows.append(
            [
                *(str(len(rows)), holder.name, "自然人股东", "中国"),
                *(f"{200 * share / 10_000:g}万元", f"{share / 100:g}%"),
            ]
        )
    rows.append(["合计", "", "", "", "200万元", "100%"])
    yield rows


def _list_chart(case: Case) -> Iterator[Piece]:
    yield "公司名称：" + case.name
    yield from _list_holders(case)
    yield (
        "以上股东均为中国籍自然人，上面没有其他层级，也没有代持；终点股东持股合计100%。"
    )
    yield f"{case.name}（盖章）　法定代表人（手签）　2026-11-05"


def _list_provider_licence(case: Case) -> Iterator[Piece]:
    paper_said = _Said(case, "hosting_agreement")
    yield "经营许可证编号：浙B1-20259999"
    yield "公司名称：" + paper_said.tell("hosting_provider")
    yield "法定代表人：云松年"
    yield "注册资本：5000万元"
    yield "业务种类：互联网数据中心业务（B11）、互联网接入服务业务（B14）"
    yield "业务覆盖范围：浙江省"
    yield "发证机关：浙江省通信管理局（盖章）"
    yield "发证日期：2025年06月16日"
    yield "有效期至：2030年06月15日"


def _list_capital(case: Case) -> Iterator[Piece]:
    yield "回单类型：收款"
    yield "收款人户名：" + case.name
    yield "付款人户名：林疏影、周知白"
    yield "金额（大写）：人民币贰佰万元整"
    yield "金额（小写）：¥2,000,000.00"
    yield "用途：投资款（缴入注册资本）"
    yield "截至2024年05月06日，股东累计缴入注册资本200万元。"
    yield "杭州银行西湖支行（盖章）　2024年05月06日"


def _list_domain(case: Case) -> Iterator[Piece]:
    paper_said = _Said(case, "domain_cert")
    yield f"域名：{_find_domain(case)}"
    yield "域名注册者：" + case.name
    yield "注册服务机构：" + paper_said.tell("domain_registrar")
    yield f"注册日期：{paper_said.tell('domain_registered_on')}"
    yield f"到期日期：{paper_said.tell('domain_expires_on')}"


def _list_hosting(case: Case) -> Iterator[Piece]:
    paper_said = _Said(case, "hosting_agreement")
    yield "甲方（用户）：" + case.name
    yield "乙方（服务商）：" + paper_said.tell("hosting_provider")
    paper = next(
        candidate for candidate in case.papers if candidate.kind == "hosting_agreement"
    )
    yield from _split(case.read_file(paper.file.path).decode("utf-8"))[1]


def _list_statement(case: Case) -> Iterator[Piece]:
    yield "户名：" + case.name
    yield "账号：3301040160000000001　币种：人民币"
    yield "账单期间：2026年10月11日至2026年11月10日"
    yield [
        ["日期", "摘要", "借方", "贷方", "余额"],
        ["2026-10-15", "服务费收入", "", "350,000.00", "2,790,000.00"],
        ["2026-11-05", "工资", "160,000.00", "", "2,630,000.00"],
    ]
    yield "截至2026年11月10日，账户余额：人民币2,630,000.00元"


@dataclass(frozen=True, slots=True)
class _Said:
    """What a paper of one kind says in the example."""

    case: Case
    kind: str

    def tell(self, fact: str) -> str:
        paper = next(
            candidate for candidate in self.case.papers if candidate.kind == self.kind
        )
        stated = next(
            statement for statement in paper.list_statements() if statement.fact == fact
        )
        return str(stated.value)


def _find_person(case: Case, post: str) -> str:
    return next(person.name for person in case.people if post in person.roles)


def _find_domain(case: Case) -> str:
    statements = (
        statement
        for statement in case.list_form_statements()
        if statement.fact == "domain"
    )
    return str(next(statements).value)


_FORMS: Final[dict[str, Callable[[Case], Iterator[Piece]]]] = {
    "business_licence": _list_licence,
    "legal_rep_id": _list_cards("legal_rep_id"),
    "staff_id": _list_cards("staff_id"),
    "labour_contract": _list_contracts,
    "team_structure": _list_team,
    "register_extract": _list_extract,
    "equity_chart": _list_chart,
    "hosting_provider_licence": _list_provider_licence,
    "capital_report": _list_capital,
    "domain_cert": _list_domain,
    "hosting_agreement": _list_hosting,
    "bank_statement": _list_statement,
}


# Files


def _split(markdown: str) -> tuple[str, list[Piece]]:
    """Split a paper into its title, and lines and tables without marks of Markdown."""
    lines = [line.strip() for line in markdown.splitlines()]
    title = _HEADING.sub("", lines[0])
    pieces: list[Piece] = []
    for line in lines[1:]:
        if line.startswith("|"):
            if _RULE.fullmatch(line):
                continue
            row = [cell.strip() for cell in line.strip("|").split("|")]
            last = pieces[-1] if pieces else None
            if isinstance(last, list):
                last.append(row)
            else:
                pieces.append([row])
        elif line and line != "---":
            heading = line.startswith("#")
            pieces.append(f"#{_HEADING.sub('', line)}" if heading else line)
    return title, pieces


def _list_sentences(line: str) -> Iterator[str]:
    """A form has one label and value a line; other papers flow."""
    parts = [part for part in line.split("。") if part]
    if len(parts) > 1 and all("：" in part for part in parts):
        yield from parts
    else:
        yield line


def _set_pdf(title: str, pieces: Sequence[Piece]) -> bytes:
    """Set a PDF with a text layer; a seal is drawn where the paper says it has one."""
    body = [
        '#set page(width: 210mm, height: 297mm, margin: 24mm)\n#set text(lang: "zh", '
        f"size: 11pt)\n#align(center, text(size: 18pt, {_quote(title)}))\n"
    ]
    for piece in pieces:
        if isinstance(piece, list):
            cells = ", ".join(_quote(cell) for row in piece for cell in row)
            columns = len(piece[0])
            body.append(f"#table(columns: {columns}, {cells})\n")
        elif piece == _NEW_PAGE:
            body.append("#pagebreak()\n")
        elif piece.startswith("#"):
            body.append(f"#text(size: 12.5pt, {_quote(piece[1:])})\n")
        else:
            body += [_set_line(line) for line in _list_sentences(piece)]
            if _SEALED.search(piece):
                body.append(
                    "#place(dx: 90mm, dy: -12mm, circle(radius: 18mm, "
                    "stroke: 1.2mm + rgb(200, 20, 30), align(center + horizon, "
                    'text(fill: rgb(200, 20, 30), size: 20pt, "★"))))\n'
                )
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder)],
    )
    pdf = typst.compile("\n".join(body).encode(), font_paths=fonts)
    if not isinstance(pdf, bytes):
        raise TypeError
    return pdf


def _set_line(line: str) -> str:
    """Set a line; what is long beside a label hangs under its beginning."""
    label, colon, value = line.partition("：")
    if colon and len(label) < 10 and len(line) > 40 and "。" not in value[:-1]:
        return (
            f"#grid(columns: (26mm, 1fr), {_quote(label + colon)}, {_quote(value)})\n"
        )
    return f"#text({_quote(line)})\n"


def _quote(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _draw_pages(content: bytes) -> Iterator[Image.Image]:
    document = pypdfium2.PdfDocument(content)
    try:
        for page in document:
            yield page.render(scale=_DOTS_PER_INCH / 72).to_pil().convert("RGB")
    finally:
        document.close()


def _scan(page: Image.Image, chance: np.random.Generator) -> Image.Image:
    """Tilt a page, grey its paper and add the noise of a scanner."""
    tilt = float(chance.uniform(-_TILT, _TILT))
    turned = page.rotate(
        tilt, resample=Image.Resampling.BICUBIC, fillcolor=(250, 250, 248)
    )
    pixels = np.asarray(turned, dtype=np.float32) * 0.96
    pixels += chance.normal(0.0, _NOISE, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _make_word(title: str, pieces: Sequence[Piece]) -> bytes:
    document = Document()
    document.add_heading(title, level=0)
    for piece in pieces:
        if isinstance(piece, list):
            table = document.add_table(rows=0, cols=len(piece[0]))
            for row in piece:
                for cell, words in zip(table.add_row().cells, row, strict=True):
                    cell.text = words
        elif piece.startswith("#"):
            document.add_heading(piece[1:], level=1)
        else:
            document.add_paragraph(piece)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _make_workbook(title: str, pieces: Sequence[Piece]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([title])
    for piece in pieces:
        rows = piece if isinstance(piece, list) else [[piece.lstrip("#")]]
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
