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
from typing import Final

from changqing.errors import CatalogueError, Issue
from changqing.law.build import type_examples
from changqing.law.crosscheck import check_criteria
from changqing.law.files import Sources, list_yaml_files
from changqing.law.kinds.criterion import Criterion
from changqing.law.kit import Standing
from changqing.law.load import parse_criteria
from changqing.law.lookup import list_vocabulary
from changqing.law.model import Catalogue
from changqing.law.references import check_entries
from changqing.text import Text
from changqing.yamlfile.read import YamlFile, as_mapping, read_with_issues
from changqing.yamlfile.shape import check_shape

_MARK: Final = Text("自有规则：", "Own rule: ")
_NAMED: Final = (
    *("instruments", "errands", "parameters", "materials", "defects"),
    *("licences", "regions"),
)


def add_own_rules(catalogue: Catalogue, folder: Path) -> Catalogue:
    """Add the criteria below `folder` to a catalogue, under a digest of its own.

    Args:
        catalogue: The shipped one; it stays as it is.
        folder: YAML files of criteria, at any depth.

    Returns:
        A catalogue whose added criteria say in their titles that they are own ones.

    Raises:
        CatalogueError: With every fault, each with its file and line: another standing
            than `practice`, a name that is taken, a fact that does not exist, a bearing
            on long-term capability, and all that is checked of shipped criteria.
    """
    if not folder.is_dir():
        raise CatalogueError(Issue(text=_NO_FOLDER, path=str(folder)))
    sources = _prepare_sources(catalogue)
    for path in list_yaml_files(folder):
        _take_rules(sources, catalogue, path)
    check_entries(sources, "criteria")
    criteria = parse_criteria(sources, list_vocabulary(catalogue))
    merged = replace(
        catalogue,
        digest=_compute_digest(catalogue, sources),
        criteria={
            **catalogue.criteria,
            **{
                name: _as_own(type_examples(criterion, lambda: catalogue.facts))
                for name, criterion in sorted(criteria.items())
            },
        },
        program=None,
    )
    check_criteria(sources, merged)
    if sources.issues:
        issues = dict.fromkeys(sources.issues)
        raise CatalogueError(
            *sorted(issues, key=lambda issue: (issue.path or "", issue.line or 0))
        )
    return merged


def _prepare_sources(catalogue: Catalogue) -> Sources:
    """Nothing of its own yet, and the names of all that its rules may refer to."""
    sources = Sources()
    for folder in _NAMED:
        sources.named[folder] = set(getattr(catalogue, folder))
    sources.named["facts"] = {f"{of}/{name}" for of, name in catalogue.facts}
    sources.named["criteria"] = set(catalogue.criteria)
    for folder, names in sources.named.items():
        sources.folders[folder] = {name: {} for name in names}  # none is broken
    sources.entries["criteria"] = {}
    sources.files["criteria"] = {}
    return sources


def _as_own(criterion: Criterion) -> Criterion:
    """Let a criterion say in its title that it is an agency's own."""
    title = Text(_MARK.zh + criterion.title.zh, _MARK.en + criterion.title.en)
    return replace(criterion, title=title, own=True)


def _take_rules(sources: Sources, catalogue: Catalogue, path: Path) -> None:
    file, issues = read_with_issues(path, shown=str(path))
    sources.issues += issues
    if file is None:
        return
    criterion, shape_issues = check_shape(file, Criterion)
    sources.issues += shape_issues
    if criterion is None:
        return
    wrong = _find_refusals(sources, catalogue, path.stem, criterion)
    for field, (text, hint) in wrong.items():
        sources.issues.append(file.issue((field,), text, hint=hint))
    if not wrong:
        _accept_criterion(sources, file, criterion)


def _accept_criterion(sources: Sources, file: YamlFile, criterion: Criterion) -> None:
    name = criterion.id
    sources.named["criteria"].add(name)
    sources.folders["criteria"][name] = as_mapping(file.data)
    sources.entries["criteria"][name] = criterion
    sources.files["criteria"][name] = file
    sources.everything[name] = file.data


def _find_refusals(
    sources: Sources, catalogue: Catalogue, name: str, criterion: Criterion
) -> Mapping[str, tuple[Text, Text]]:
    wrong: dict[str, tuple[Text, Text]] = {}
    if criterion.id != name:
        wrong["id"] = (
            Text(f"和文件名{name}不同", f"is not the file’s name, {name}"),
            Text("改成一致", "make them the same"),
        )
    elif name in catalogue.criteria or name in sources.entries["criteria"]:
        wrong["id"] = (
            Text(f"{name}已经有了", f"{name} is taken"),
            Text("换一个名字；自有规则不能替换目录里的", "choose another name"),
        )
    if criterion.standing is not Standing.PRACTICE:
        wrong["standing"] = (
            Text("自有规则只能是practice", "an own rule can only be practice"),
            Text("改成practice：它只提建议", "write practice: it only advises"),
        )
    if criterion.long_term is not None:
        wrong["long_term"] = (
            Text("自有规则不影响长期服务能力", "an own rule bears on no capability"),
            Text("删去long_term", "remove long_term"),
        )
    if criterion.succeeds is not None:
        wrong["succeeds"] = (
            Text("自有规则不接替别的判据", "an own rule succeeds no criterion"),
            Text("删去succeeds", "remove succeeds"),
        )
    return wrong


def _compute_digest(catalogue: Catalogue, sources: Sources) -> str:
    own = json.dumps(
        sources.everything, ensure_ascii=False, sort_keys=True, default=str
    )
    return hashlib.sha256(f"{catalogue.digest}\n{own}".encode()).hexdigest()


_NO_FOLDER: Final = Text("自有规则的文件夹不存在", "is no folder with own rules")
