"""A case with papers that are text, and what is read in them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from changqing.case.model import Case
from changqing.evidence.reading import Reading
from changqing.evidence.text_reading import read_text_paper
from changqing.law.compiled import load_shipped
from changqing.papers.open import open_case
from changqing.papers.settle import (
    ReadPaper,
    Settlement,
    list_settlements,
)

ON = date(2026, 11, 27)
NAME = "杭州澄砚信息科技有限公司"
CODE = "91330109MA0EXAM1YG"
LICENCE = f"""\
营业执照
统一社会信用代码：{CODE}
名称：{NAME}
类型：有限责任公司（自然人投资或控股）
法定代表人：梁其安
注册资本：贰佰万元整
成立日期：2024年03月18日
住所：浙江省杭州市萧山区示例路8号
经营范围：许可项目：第二类增值电信业务；互联网信息服务。
登记机关　2024年03月18日
"""
TELECOM_LICENCE = """\
中华人民共和国增值电信业务经营许可证
经营许可证编号：浙B2-20210001
公司名称：{company}
法定代表人：梁其安
注册资本：{capital}
业务种类（服务项目）：{services}
业务覆盖范围：{area}
有效期：{begin}至{end}
发证机关：浙江省通信管理局
发证日期：{begin}
"""
HELD: Mapping[str, str] = {
    "company": NAME,
    "services": "信息服务业务（仅限互联网信息服务）",
    "area": "浙江省",
    "begin": "2021年12月20日",
    "end": "2026年12月20日",
    "capital": "200万元",
}
"""What such a licence says, unless a test has it say something else."""
STATEMENT = f"""\
存款证明书
客户名称：{NAME}
账户余额：人民币1,863,520.47元
大写：壹佰捌拾陆万叁仟伍佰贰拾元肆角柒分
截止日期：2026年11月10日
示例银行杭州萧山支行　2026年11月10日
"""
CASE = """\
applicant:
  name: {name}
{applicant}application: {{licence: B25, scope: intra_province, region: '33', stage: apply,
  submit_on: 2027-01-20}}
declared_on: 2026-11-20
services:
  - {{id: site, kind: website, url: 'https://chengyan.example/'}}
people:
  - {{id: liang, name: 梁其安, role: legal_representative}}
papers:
  - id: licence
    kind: business_licence
    file: documents/执照.txt
    received_on: 2026-11-18
{licence}  - id: cash
    kind: bank_statement
    file: documents/存款.txt
    received_on: 2026-11-18
{cash}"""

UNTITLED = """\
用户有意见时我们这样做
受理：客服统一登记，登记编号。
分类：按业务类、收费类、内容类分类处理。
派单：一小时内转责任部门。
办结时限：七日内办结并答复用户。
回访：办结后两日内回访。
责任人：何晚晴
"""
"""Rules for complaints whose title is no title of any."""


def make_case(
    folder: Path,
    *,
    applicant: str = "",
    licence: str = "",
    cash: str = "",
    **other: str,
) -> Case:
    """Write the case with two papers; lines are added to parts of its file."""
    (folder / "documents").mkdir(parents=True)
    papers = {"执照": LICENCE, "存款": STATEMENT, **other}
    for name, text in papers.items():
        file = name if "." in name else f"{name}.txt"
        (folder / "documents" / file).write_text(text, encoding="utf-8")
    text = CASE.format(name=NAME, applicant=applicant, licence=licence, cash=cash)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return open_case(folder, load_shipped())


def read_all(case: Case) -> Mapping[str, Reading]:
    """Read the papers of a case as text."""
    readings = {}
    for paper in case.papers:
        content = case.read_file(paper.file.path)
        digest = hashlib.sha256(content).hexdigest()
        readings[digest] = read_text_paper(content, paper=digest, path=paper.file.path)
    return readings


def settlements_of(case: Case) -> dict[str, Settlement]:
    """Every value that the papers show, by name."""
    return {
        settlement.name: settlement
        for about in read_papers_of(case)
        for settlement in about.settlements
    }


def read_papers_of(case: Case, *, declared: bool = True) -> tuple[ReadPaper, ...]:
    """What is to be settled, by paper."""
    return list_settlements(case, read_all(case), on=ON, declared=declared)
