"""What the fields of `case.yaml` are called in Chinese, for messages about them.

Facts are called by their labels in the catalogue; these are the fields that hold them.
In English a field is called by its name, which is English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from changqing.law.model import Catalogue
from changqing.law.subjects import SUBJECTS
from changqing.yamlfile.read import Loc

_NAMES: Final[Mapping[str, str]] = {
    **{of.listed: of.title.zh for of in SUBJECTS.values() if of.listed},
    "absent": "没有的材料",
    "applicant": "申请人",
    "application": "申请事项",
    "as_of": "评估截至日",
    "backs": "证明的内容",
    "by": "由谁",
    "choices": "文件里的选择",
    "closed": "已列全的清单",
    "coverage": "覆盖的省份",
    "credit_code": "统一社会信用代码",
    "declared_on": "填报日期",
    "delete_personal_on": "个人材料的删除日期",
    "fact": "事实",
    "file": "文件",
    "holders_shown_from": "股东信息的起始日",
    "holders_shown_until": "股东信息的截止日",
    "how": "怎样核实的",
    "id": "编号",
    "instead": "是否代替原文",
    "issued_on": "出具日期",
    "issuer_checked": "向出具方核实",
    "kind": "种类",
    "licence": "许可证",
    "looks": "公开查询",
    "name": "名称",
    "nobody": "无人担任的岗位",
    "on": "日期",
    "own_text": "自己的段落",
    "paper": "材料",
    "place": "原文位置",
    "received_on": "收到日期",
    "region": "省份",
    "register": "登记册摘录",
    "role": "岗位",
    "scope": "业务覆盖范围",
    "set_aside": "移出的材料",
    "stage": "申请类型",
    "states": "写明的要素",
    "store_page": "应用商店页面",
    "subject": "说的是谁",
    "submit_on": "计划递交日",
    "url": "网址",
    "valid_until": "有效期至",
    "value": "值",
    "what": "查询的种类",
    "words": "原话",
}
_SUBJECTS: Final[Mapping[str, str]] = {
    "applicant": "applicant",
    **{of.listed: code for code, of in SUBJECTS.items() if of.listed},
}
"""Whose facts stand in which part of the file."""


def name_field(catalogue: Catalogue, loc: Loc, name: str) -> str:
    """Name the field of a part of the file in Chinese, as it is written in brackets."""
    label = _find_label(catalogue, loc, name)
    return name if label is None else f"“{label}”（{name}）"


def describe_loc(loc: Loc) -> str:
    """Describe a place of the file, counted from 1: `材料第2项（papers[2]）`."""
    words, has_name = "", False
    for step in loc:
        if isinstance(step, int):
            words += f"第{step + 1}项"
            continue
        has_name = has_name or step in _NAMES
        words += "的" if words else ""
        words += _NAMES.get(step, step)
    return f"{words}（{write_loc(loc)}）" if has_name else write_loc(loc)


def write_loc(loc: Loc) -> str:
    """Write `papers[2].backs` for people who count from 1."""
    text = ""
    for step in loc:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        else:
            text += f".{step}" if text else step
    return text


def _find_label(catalogue: Catalogue, loc: Loc, name: str) -> str | None:
    part = str(loc[0]) if loc else ""
    if part == "choices" and name in catalogue.choices:
        return catalogue.choices[name].title.zh
    subject = _SUBJECTS.get(part)
    fact = None if subject is None else catalogue.facts.get((subject, name))
    return _NAMES.get(name) if fact is None else fact.label.zh
