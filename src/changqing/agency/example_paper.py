"""A paper of an invented case as text that says what the case says stands in it.

A typed value proves nothing unless it is read in its paper, so an invented paper has a
line for each thing, with the words of the catalogue where it knows by what a paper of
its kind shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import FoundBy, Material, PaperFact
from changqing.law.model import Catalogue
from changqing.law.said import say_number
from changqing.rules.types import Kind

Written = dict[str, Any]
"""A case, or a part of it, as `case.yaml` has it."""
_LISTS: Final = {
    "service": "services",
    "person": "people",
    "holder": "holders",
    "offer": "offers",
    "resource": "resources",
    "report": "reports",
}
_DAYS: Final = {"issued_on": "出具日期", "valid_until": "有效期至"}
_MARKS: Final = {"sealed": "（盖章）", "signed": "法定代表人（手签）"}


def print_paper(case: Written, paper: Written, catalogue: Catalogue) -> str:
    """Print what a case says of one paper, as Markdown.

    Where no rule finds the words, the paper's entry is made to point at them.
    """
    material = catalogue.materials[paper["kind"]]
    lines = [f"# {material.label.zh}", ""]
    for name, state in (paper.get("states") or {}).items():
        element = f"states_{name.removeprefix('states_')}"
        if state is not False:
            words = f"本件写明{material.elements[element].zh}"
            place = state["place"] if isinstance(state, Mapping) else state
            lines += [str(place), f"{words}。"]
            paper["states"][name] = {"place": place, "words": words}
    for back in paper.get("backs") or ():
        back.pop("words", None)
        lines += [
            str(back.get("place") or ""),
            _print_value(case, back, material, catalogue),
        ]
    lines += _print_dates(paper)
    lines += [
        f"{label}：{paper[fact]}" for fact, label in _DAYS.items() if paper.get(fact)
    ]
    lines += [mark for fact, mark in _MARKS.items() if paper.get(fact) is True]
    return "\n".join(lines) + "\n"


def _print_value(
    case: Written, back: Written, material: Material, catalogue: Catalogue
) -> str:
    kind, _, member = str(back.get("subject", "applicant")).partition(":")
    fact = catalogue.facts[kind, back["fact"]]
    rule = material.reads.get(f"{kind}.{fact.id}")
    name = _find_name(case, kind, member)
    if fact.type.kind in (Kind.BOOLEAN, Kind.CATEGORY):
        words = _say_choice(case, fact, rule, back["value"])
        if rule is not None and rule.by is FoundBy.RELATION:
            back["words"] = words  # who a name is to the applicant, no paper says
    elif fact.type.kind is Kind.SET:
        members = (_say_member(fact, item) for item in back["value"])
        words = f"{fact.label.zh}：{'、'.join(members)}"
    else:
        words = f"{fact.label.zh}：{_say_value_on_paper(fact, back['value'])}"
    about = f"{name}，" if kind in ("person", "holder") and name else ""
    return f"{about}{words}。"


def _say_choice(
    case: Written, fact: Fact, rule: PaperFact | None, value: object
) -> str:
    """Say a yes or no, or one of several, as the kind of paper says it."""
    applicant = case["applicant"]["name"]
    if rule is not None and rule.by in (FoundBy.APPLICANT, FoundBy.RELATION):
        label = (*rule.labels, *rule.columns)[0]
        mine = value in (True, "applicant")
        return f"{label}：{applicant if mine else '南京别家网络有限公司'}"
    words_by_value = {} if rule is None else rule.words
    key = str(value).lower() if isinstance(value, bool) else str(value)
    if words_by_value.get(key):
        return words_by_value[key][0]
    if isinstance(value, bool):
        return f"{fact.label.zh}：{'是' if value else '否'}"
    return f"{fact.label.zh}：{_say_member(fact, value)}"


def _say_member(fact: Fact, value: object) -> str:
    label = fact.value_labels.get(str(value))
    return str(value) if label is None else label.zh


def _say_value_on_paper(fact: Fact, value: object) -> str:
    """A value as a paper prints it: a count with what is counted."""
    if isinstance(value, int) and fact.unit is not None:
        return say_number(value, fact.unit).zh
    return f"{value}个" if isinstance(value, int) else str(value)


def _print_dates(paper: Written) -> Iterator[str]:
    """A dated plan that covers so many months, or goes on until a day."""
    months, until = paper.get("plan_months"), paper.get("schedule_until")
    undated = (paper.get("states") or {}).get("dated_items") is False
    if undated or (months is None and until is None):
        return
    begins = date(2027, 1, 1)
    last = until
    if months is not None:
        year, month = divmod(months - 1, 12)
        last = date(begins.year + year, month + 1, 28)
    yield "| 日期 | 事项 |"
    yield "|---|---|"
    if last is not None and begins < last:
        yield f"| {begins} | 开始 |"
    yield f"| {last} | 结束 |"


def _find_name(case: Written, kind: str, member: str) -> str:
    for entry in case.get(_LISTS.get(kind, ""), None) or ():
        if entry["id"] == member:
            return str(entry.get("name", member))
    return ""
