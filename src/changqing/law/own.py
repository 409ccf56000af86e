"""An agency's own rules, laid over the shipped catalogue: they only advise.

A folder of criteria of standing `practice`. Their titles say whose they are, so that
no page can show them as anybody else's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from changqing.errors import CatalogueError, Issue, RuleError
from changqing.law.build import own_criterion, under_premise
from changqing.law.crosscheck import crosscheck_criteria
from changqing.law.files import Sources, yaml_files
from changqing.law.kit import Standing
from changqing.law.lookup import vocabulary
from changqing.law.model import Catalogue
from changqing.law.references import citations
from changqing.law.shapes import CriterionShape
from changqing.rules.expression import Expression
from changqing.rules.parse import parse
from changqing.text import Text
from changqing.yamlfile.read import YamlFile, as_mapping, examine
from changqing.yamlfile.shape import check_shape

_MARK: Final = Text("自有规则：", "Own rule: ")
_NAMED: Final = (
    *("instruments", "errands", "parameters", "materials", "defects"),
    *("licences", "regions"),
)


def with_own_rules(catalogue: Catalogue, folder: Path) -> Catalogue:
    """The catalogue with the criteria below `folder` added, under a digest of its own.

    CatalogueError tells every fault with file and line: another standing than
    `practice`, a name that is taken, a fact that does not exist, a bearing on long-term
    capability, and all that is checked of shipped criteria.
    """
    if not folder.is_dir():
        raise CatalogueError(Issue(text=_NO_FOLDER, path=str(folder)))
    sources = _sources(catalogue)
    for path in yaml_files(folder):
        _take(sources, catalogue, path)
    words = vocabulary(catalogue)
    expressions: dict[str, tuple[Expression, Expression]] = {}
    for name, data in sources.folders["criteria"].items():
        citations(sources, "criteria", name, ("citations",), data["citations"])
        read: dict[str, Expression] = {}
        for field in ("applies", "premise", "test"):
            text = data.get(field) or "TRUE"
            try:
                read[field] = parse(
                    text,
                    subject=data["subject"],
                    vocabulary=words,
                    only_given=field == "applies",
                )
            except RuleError as error:
                sources.issues += _locate(sources, name, field, error)
        if len(read) == 3:
            expressions[name] = under_premise(
                read["applies"],
                read["premise"] if data.get("premise") else None,
                read["test"],
            )
    merged = replace(
        catalogue,
        digest=_digest(catalogue, sources),
        criteria={
            **catalogue.criteria,
            **{
                name: own_criterion(
                    sources.folders["criteria"][name],
                    *pair,
                    facts=catalogue.facts,
                    mark=_MARK,
                )
                for name, pair in sorted(expressions.items())
            },
        },
        program=None,
    )
    crosscheck_criteria(sources, merged)
    if sources.issues:
        issues = dict.fromkeys(sources.issues)
        raise CatalogueError(
            *sorted(issues, key=lambda issue: (issue.path or "", issue.line or 0))
        )
    return merged


def _sources(catalogue: Catalogue) -> Sources:
    """Nothing of its own yet, and the names of all that its rules may refer to."""
    sources = Sources()
    for folder in _NAMED:
        sources.named[folder] = set(getattr(catalogue, folder))
        sources.folders[folder] = {}
        sources.files[folder] = {}
    sources.named["facts"] = {f"{of}/{name}" for of, name in catalogue.facts}
    sources.named["criteria"] = set(catalogue.criteria)
    sources.folders["criteria"] = {}
    sources.files["criteria"] = {}
    return sources


def _take(sources: Sources, catalogue: Catalogue, path: Path) -> None:
    file, issues = examine(path, shown=str(path))
    sources.issues += issues
    if file is None:
        return
    shape, found = check_shape(file, CriterionShape)
    sources.issues += found
    if shape is None:
        return
    data = as_mapping(file.data)
    wrong = _find_refusals(sources, catalogue, path.stem, data)
    for field, (text, hint) in wrong.items():
        sources.issues.append(file.issue((field,), text, hint=hint))
    if not wrong:
        _accept(sources, path.stem, file, data)


def _accept(
    sources: Sources, name: str, file: YamlFile, data: Mapping[str, Any]
) -> None:
    sources.named["criteria"].add(name)
    sources.folders["criteria"][name] = data
    sources.files["criteria"][name] = file
    sources.everything[name] = file.data


def _find_refusals(
    sources: Sources, catalogue: Catalogue, name: str, data: Mapping[str, Any]
) -> Mapping[str, tuple[Text, Text]]:
    wrong: dict[str, tuple[Text, Text]] = {}
    if data["id"] != name:
        wrong["id"] = (
            Text(f"和文件名{name}不同", f"is not the file’s name, {name}"),
            Text("改成一致", "make them the same"),
        )
    elif name in catalogue.criteria or name in sources.folders["criteria"]:
        wrong["id"] = (
            Text(f"{name}已经有了", f"{name} is taken"),
            Text("换一个名字；自有规则不能替换目录里的", "choose another name"),
        )
    if data["standing"] != Standing.PRACTICE.value:
        wrong["standing"] = (
            Text("自有规则只能是practice", "an own rule can only be practice"),
            Text("改成practice：它只提建议", "write practice: it only advises"),
        )
    if data.get("long_term"):
        wrong["long_term"] = (
            Text("自有规则不影响长期服务能力", "an own rule bears on no capability"),
            Text("删去long_term", "remove long_term"),
        )
    if data.get("succeeds"):
        wrong["succeeds"] = (
            Text("自有规则不接替别的判据", "an own rule succeeds no criterion"),
            Text("删去succeeds", "remove succeeds"),
        )
    return wrong


def _locate(sources: Sources, name: str, field: str, error: RuleError) -> list[Issue]:
    file = sources.files["criteria"][name]
    line = file.line_at((field,), error.offset)
    return [
        Issue(
            text=Text(f"{field}：{issue.text.zh}", f"{field}: {issue.text.en}"),
            path=file.path,
            line=line,
            hint=issue.hint,
        )
        for issue in error.issues
    ]


def _digest(catalogue: Catalogue, sources: Sources) -> str:
    own = json.dumps(
        sources.everything, ensure_ascii=False, sort_keys=True, default=str
    )
    return hashlib.sha256(f"{catalogue.digest}\n{own}".encode()).hexdigest()


_NO_FOLDER: Final = Text("自有规则的文件夹不存在", "is no folder with own rules")
