"""Templates of the dossier's documents: Markdown with front matter, one file each.

The front matter is YAML; the body is Markdown with Jinja. Law is not written in it:
a citation comes from the material, a number from a parameter.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Container, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from changqing.errors import CatalogueError, ChangqingError, Issue
from changqing.latest import Latest
from changqing.law.folders import CATALOGUE_ROOT
from changqing.law.kinds.document import DocumentTemplate
from changqing.text import Text

if TYPE_CHECKING:
    from changqing.yamlfile.read import YamlFile

FOLDER: Final = "documents"
_LAW_IN_TEXT: Final = re.compile(r"第[〇一二三四五六七八九十百\d]+条")


def load_documents(root: Path | None = None) -> Mapping[str, DocumentTemplate]:
    """Load every template below `root`, in the order of the dossier.

    Those that ship are read once, and again when a file of theirs changed. Raises
    CatalogueError with file and line.
    """
    if root is not None:
        return _load_templates(root / FOLDER)
    folder = CATALOGUE_ROOT / FOLDER
    return _shipped.find_or_make(
        _compute_stamp(folder), lambda: _load_templates(folder)
    )


_shipped: Final[Latest[tuple[str, ...], Mapping[str, DocumentTemplate]]] = Latest(
    most=1
)


def _compute_stamp(folder: Path) -> tuple[str, ...]:
    """Names, sizes and times of the templates in a folder."""
    files = {entry.name: entry.stat() for entry in os.scandir(folder)}
    return tuple(
        f"{name} {about.st_size} {about.st_mtime_ns} {about.st_ctime_ns}"
        for name, about in sorted(files.items())
    )


def _load_templates(folder: Path) -> Mapping[str, DocumentTemplate]:
    document_templates: list[DocumentTemplate] = []
    issues: list[Issue] = []
    for path in sorted(folder.glob("*.md")):
        try:
            document_templates.append(
                read_document(path, f"{FOLDER}/{path.name}", error=CatalogueError)
            )
        except CatalogueError as error:
            issues += error.issues
    if issues:
        raise CatalogueError(*issues)
    return {
        template.id: template
        for template in sorted(document_templates, key=lambda template: template.order)
    }


def read_document(
    path: Path, shown: str, *, error: type[ChangqingError]
) -> DocumentTemplate:
    """Read one template; raise `error`, with file and line, when it cannot be used."""
    try:
        content = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise error(Issue(text=_UNREADABLE, path=shown)) from problem
    content = content.replace("\r\n", "\n")
    head, body = _split_front(content)
    if head is None:
        raise error(Issue(text=_NO_FRONT, path=shown, line=1))
    from changqing.yamlfile.shape import read_shape  # brings pydantic with it

    # A line of its own in front, so that the lines of the head are those of the file.
    file, template = read_shape(
        path, DocumentTemplate, text=f"\n{head}", shown=shown, error=error
    )
    _refuse_misnamed(file, template, path, error)
    return replace(
        template,
        body=body,
        digest=hashlib.sha256(content.encode()).hexdigest(),
        path=shown,
        line=content[: len(content) - len(body)].count("\n") + 1,
    )


def check_documents(
    root: Path,
    *,
    materials: Container[str],
    facts: Container[tuple[str, str]],
    licences: Container[str],
) -> list[Issue]:
    """List what is wrong with the templates: shape, names, and law written in them."""
    try:
        templates = load_documents(root)
    except CatalogueError as error:
        return list(error.issues)
    issues: list[Issue] = []
    for template in templates.values():
        unknown = [name for name in template.materials if name not in materials]
        facts_asked = [
            *(name for name in (template.needs, template.when) if name is not None),
            *template.unless,
        ]
        unknown += [name for name in facts_asked if ("applicant", name) not in facts]
        licences_named = [*template.licences, *template.titles]
        unknown += [name for name in licences_named if name not in licences]
        issues += [
            Issue(
                text=Text(f"没有 {name} 这种材料、事实或许可证", f"there is no {name}"),
                path=template.path,
                line=1,
            )
            for name in unknown
        ]
        for place, line in enumerate(template.body.splitlines()):
            if _LAW_IN_TEXT.search(line):
                issues.append(
                    Issue(
                        text=_LAW_WRITTEN,
                        path=template.path,
                        line=template.line + place,
                    )
                )
    return issues


def _split_front(content: str) -> tuple[str | None, str]:
    """Part front matter and body; no front matter where it is not closed."""
    if not content.startswith("---\n"):
        return None, content
    head, mark, body = content[4:].partition("\n---\n")
    return (head + "\n", body) if mark else (None, content)


def _refuse_misnamed(
    file: YamlFile, template: DocumentTemplate, path: Path, error: type[ChangqingError]
) -> None:
    if template.id != path.stem:
        raise error(
            file.issue(
                ("id",),
                Text(
                    f"id {template.id} 与文件名 {path.stem} 不同",
                    f"has the id {template.id}, but the file is {path.stem}",
                ),
            )
        )


_UNREADABLE: Final = Text("读不出来，应为UTF-8文本", "cannot be read as UTF-8 text")
_NO_FRONT: Final = Text(
    "开头应有 --- 括起来的说明", "must begin with front matter between lines of ---"
)
_LAW_WRITTEN: Final = Text(
    "不要在文书里写条号，用 basis()",
    "write no article in a document; basis() prints it",
)
