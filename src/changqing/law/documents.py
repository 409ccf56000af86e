"""Templates of the dossier's documents: Markdown with front matter, one file each.

The front matter is YAML; the body is Markdown with Jinja. Law is not written in it:
a citation comes from the material, a number from a parameter.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from changqing.errors import CatalogueError, ChangqingError, Issue
from changqing.law.folders import CATALOGUE_ROOT
from changqing.text import Text

if TYPE_CHECKING:
    from changqing.law.document_shape import DocumentShape
    from changqing.yamlfile.read import YamlFile

FOLDER: Final = "documents"
_LAW_IN_TEXT: Final = re.compile(r"第[〇一二三四五六七八九十百\d]+条")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTemplate:
    """One file of `documents/`, or the applicant's own copy of it.

    `number` is the place among the papers of an application (6), an annex has its own
    behind it (6-2). `materials` are the papers it stands for, `needs` the boolean fact
    of the applicant without which it is left out, as it is where a set fact of `unless`
    holds nothing but the values named there. `made_from` is the digest of the
    template an own copy was made from. `line` is where the body begins in the file.
    """

    id: str
    number: str | None
    title: str
    order: int
    materials: tuple[str, ...]
    needs: str | None
    unless: Mapping[str, tuple[str, ...]]
    signature: bool
    body: str
    digest: str
    path: str
    line: int
    made_from: str | None = None


def load_documents(root: Path | None = None) -> Mapping[str, DocumentTemplate]:
    """Every template below `root`, in the order of the dossier.

    Raises CatalogueError with file and line.
    """
    folder = (CATALOGUE_ROOT if root is None else root) / FOLDER
    found: list[DocumentTemplate] = []
    issues: list[Issue] = []
    for path in sorted(folder.glob("*.md")):
        try:
            found.append(
                read_document(path, f"{FOLDER}/{path.name}", error=CatalogueError)
            )
        except CatalogueError as error:
            issues += error.issues
    if issues:
        raise CatalogueError(*issues)
    return {one.id: one for one in sorted(found, key=lambda each: each.order)}


def read_document(
    path: Path, shown: str, *, error: type[ChangqingError]
) -> DocumentTemplate:
    """One template. `error` is raised, with file and line, when it cannot be used."""
    try:
        content = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise error(Issue(text=_UNREADABLE, path=shown)) from problem
    content = content.replace("\r\n", "\n")
    head, body = _split_front(content)
    if head is None:
        raise error(Issue(text=_NO_FRONT, path=shown, line=1))
    from changqing.law.document_shape import DocumentShape
    from changqing.yamlfile.shape import read_shape

    # A line of its own in front, so that the lines of the head are those of the file.
    file, shape = read_shape(
        path, DocumentShape, text=f"\n{head}", shown=shown, error=error
    )
    _refuse_misnamed(file, shape, path, error)
    return DocumentTemplate(
        id=shape.id,
        number=shape.number,
        title=shape.title,
        order=shape.order,
        materials=tuple(shape.materials),
        needs=shape.needs,
        unless={name: tuple(values) for name, values in shape.unless.items()},
        signature=shape.signature,
        body=body,
        digest=hashlib.sha256(content.encode()).hexdigest(),
        path=shown,
        line=content[: len(content) - len(body)].count("\n") + 1,
        made_from=shape.made_from,
    )


def check_documents(
    root: Path,
    *,
    materials: Mapping[str, object],
    facts: Mapping[tuple[str, str], object],
) -> list[Issue]:
    """Whatever is wrong with the templates: shape, names, and law written in them."""
    try:
        templates = load_documents(root)
    except CatalogueError as error:
        return list(error.issues)
    issues: list[Issue] = []
    for one in templates.values():
        unknown = [name for name in one.materials if name not in materials]
        asked = [*((one.needs,) if one.needs is not None else ()), *one.unless]
        unknown += [name for name in asked if ("applicant", name) not in facts]
        issues += [
            Issue(
                text=Text(f"没有 {name} 这种材料或事实", f"there is no {name}"),
                path=one.path,
                line=1,
            )
            for name in unknown
        ]
        for place, line in enumerate(one.body.splitlines()):
            if _LAW_IN_TEXT.search(line):
                issues.append(
                    Issue(text=_LAW_WRITTEN, path=one.path, line=one.line + place)
                )
    return issues


def _split_front(content: str) -> tuple[str | None, str]:
    """Part front matter and body; no front matter where it is not closed."""
    if not content.startswith("---\n"):
        return None, content
    head, mark, body = content[4:].partition("\n---\n")
    return (head + "\n", body) if mark else (None, content)


def _refuse_misnamed(
    file: YamlFile, shape: DocumentShape, path: Path, error: type[ChangqingError]
) -> None:
    if shape.id != path.stem:
        raise error(
            file.issue(
                ("id",),
                Text(
                    f"id {shape.id} 与文件名 {path.stem} 不同",
                    f"has the id {shape.id}, but the file is {path.stem}",
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
