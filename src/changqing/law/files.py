"""The files of a catalogue: found by scanning, read strictly, checked by shape."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, get_args

from changqing.errors import Issue
from changqing.jsondata import Json, JsonObject
from changqing.law.entry import Data, YamlEntry
from changqing.law.folders import CATALOGUE_ROOT
from changqing.law.kind_folders import KINDS, find_range_kind
from changqing.law.kinds.defect import Defect
from changqing.law.kinds.edition import Edition
from changqing.law.kit import Unit
from changqing.text import Text
from changqing.yamlfile.read import Loc, YamlFile, as_mapping, read_with_issues
from changqing.yamlfile.shape import check_shape

_DEFECTS: Final = "defects.yaml"
_EDITION: Final = "edition.yaml"
_RANGES: Final = "ranges.yaml"


@dataclass(slots=True)
class Sources:
    """What stands in the files, where, and what is wrong with it so far.

    `folders` holds the data of the files that are in shape, `entries` what they say;
    `named` also the names of those that are not, so that nobody is told a broken file's
    thing does not exist.
    """

    edition: str = ""
    folders: dict[str, dict[str, Data]] = field(default_factory=dict)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, YamlFile]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    everything: dict[str, Json] = field(default_factory=dict)

    def say(
        self, folder: str, name: str, loc: Loc, text: Text, *, hint: Text | None = None
    ) -> None:
        """Add an issue about a place in a file."""
        self.issues.append(self.files[folder][name].issue(loc, text, hint=hint))

    def find_broken(self, folder: str) -> set[str]:
        """Find names whose file is there and cannot be used."""
        return self.named[folder] - set(self.folders[folder])

    def compute_digest(self) -> str:
        """Compute the SHA-256 of what the files say.

        Not of their comments or layout.
        """
        text = json.dumps(
            self.everything, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(text.encode()).hexdigest()


def gather(root: Path) -> Sources:
    """Read every file below `root`."""
    sources = Sources()
    for folder, model in KINDS.items():
        sources.folders[folder] = {}
        sources.entries[folder] = {}
        sources.files[folder] = {}
        sources.named[folder] = set()
        for path in list_yaml_files(root / folder):
            _take_file(sources, root, path, folder, model)
    _load_defects(sources, root)
    _load_edition(sources, root)
    _load_ranges(sources, root)
    folder_names = {*KINDS, "calendar", "__pycache__"}
    for path in sorted(root.glob("*.yaml")):
        if path.name not in {_DEFECTS, _EDITION, _RANGES}:
            sources.issues.append(_make_stray_issue(path.name))
    for path in sorted(root.rglob("*.yml")):
        sources.issues.append(_make_stray_issue(path.relative_to(root).as_posix()))
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        if (
            path.is_dir()
            and path.name not in folder_names
            and any(path.rglob("*.yaml"))
        ):
            sources.issues.append(_make_stray_issue(path.name))
    return sources


def list_yaml_files(folder: Path) -> Iterator[Path]:
    """List the YAML files below a folder, in the order of their paths."""
    return iter(sorted(folder.rglob("*.yaml")))


def _make_stray_issue(name: str) -> Issue:
    return Issue(
        text=Text("不属于目录的任何一类", "is no part of a catalogue"),
        path=name,
        hint=Text(
            f"请放进 {'、'.join(KINDS)} 之一，以 .yaml 结尾",
            f"put it in one of {', '.join(KINDS)}, ending in .yaml",
        ),
    )


def _take_file(
    sources: Sources,
    root: Path,
    path: Path,
    folder: str,
    model: type[YamlEntry],
) -> None:
    short_path = path.relative_to(root).as_posix()
    name = path.stem
    parent = path.parent.name
    key = f"{parent}/{name}" if folder == "facts" else name
    if key in sources.named[folder]:
        other = sources.files[folder].get(key)
        where = "" if other is None else other.path
        sources.issues.append(
            Issue(
                text=Text(f"{name} 已在 {where} 中", f"{name} is already in {where}"),
                path=short_path,
                hint=Text("请改名或删去其一", "rename one of them"),
            )
        )
        return
    sources.named[folder].add(key)
    file, issues = read_with_issues(path, shown=short_path)
    sources.issues += issues
    if file is None:
        return
    sources.files[folder][key] = file
    sources.everything[short_path] = file.data
    value, shape_issues = check_shape(file, model)
    sources.issues += shape_issues
    data = as_mapping(file.data)
    _check_place(sources, file, data, path, folder)
    if value is not None:
        sources.folders[folder][key] = data
        sources.entries[folder][key] = value


def _check_place(
    sources: Sources, file: YamlFile, data: JsonObject, path: Path, folder: str
) -> None:
    """Check that the `id`, `subject` and `dimension` are those of file and folder."""
    field_name = "code" if folder == "regions" else "id"
    value = data.get(field_name)
    if isinstance(value, str) and value != path.stem:
        sources.issues.append(
            file.issue(
                (field_name,),
                Text(
                    f"{field_name} {value} 与文件名 {path.stem} 不同",
                    f"has the {field_name} {value}, but the file is {path.stem}",
                ),
                hint=Text("请改成一致", "make them the same"),
            )
        )
    parent = {"facts": "subject", "criteria": "dimension", "law": "topic"}.get(folder)
    if parent is None:
        return
    value = data.get(parent)
    if isinstance(value, str) and value != path.parent.name:
        sources.issues.append(
            file.issue(
                (parent,),
                Text(
                    f"{parent} {value} 与文件夹 {path.parent.name} 不同",
                    f"has the {parent} {value}, but the folder is {path.parent.name}",
                ),
                hint=Text("请改成一致", "make them the same"),
            )
        )


def _load_defects(sources: Sources, root: Path) -> None:
    sources.folders["defects"] = {}
    sources.entries["defects"] = {}
    sources.files["defects"] = {}
    sources.named["defects"] = set()
    file, issues = read_with_issues(root / _DEFECTS, shown=_DEFECTS)
    sources.issues += issues
    if file is None:
        return
    sources.everything[_DEFECTS] = file.data
    for code in as_mapping(file.data):
        sources.named["defects"].add(code)
        sources.files["defects"][code] = file
        value, shape_issues = check_shape(file, Defect, at=(code,))
        sources.issues += shape_issues
        if value is not None:
            sources.folders["defects"][code] = as_mapping(as_mapping(file.data)[code])
            sources.entries["defects"][code] = replace(value, code=code)


def _load_ranges(sources: Sources, root: Path) -> None:
    """The usual range of each unit and type; a catalogue without the file has none."""
    sources.folders["ranges"] = {}
    sources.entries["ranges"] = {}
    if not (root / _RANGES).is_file():
        return
    file, issues = read_with_issues(root / _RANGES, shown=_RANGES)
    sources.issues += issues
    if file is None:
        return
    sources.everything[_RANGES] = file.data
    units = {*get_args(Unit), "number", "date"}
    for name, data in as_mapping(file.data).items():
        if name not in units:
            hint = Text("写单位、number或date", "write a unit, number or date")
            text = Text(f"{name} 不是单位", f"{name} is no unit")
            sources.issues.append(file.issue((name,), text, hint=hint))
            continue
        value, shape_issues = check_shape(file, find_range_kind(name), at=(name,))
        sources.issues += shape_issues
        if value is not None:
            sources.folders["ranges"][name] = as_mapping(data)
            sources.entries["ranges"][name] = value


def _load_edition(sources: Sources, root: Path) -> None:
    file, issues = read_with_issues(root / _EDITION, shown=_EDITION)
    sources.issues += issues
    if file is None:
        return
    sources.everything[_EDITION] = file.data
    value, shape_issues = check_shape(file, Edition)
    sources.issues += shape_issues
    if value is not None:
        sources.edition = value.edition


def find_root(root: Path | None) -> Path:
    """Give the folder that was named, or the one that ships with the package."""
    return CATALOGUE_ROOT if root is None else root
