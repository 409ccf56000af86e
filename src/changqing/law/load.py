"""The catalogue from its texts: everything checked, every fault told at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from changqing.errors import CatalogueError, Issue, RuleError
from changqing.law.build import build, under_premise
from changqing.law.crosscheck import crosscheck
from changqing.law.documents import check_documents
from changqing.law.files import Sources, gather, root_of
from changqing.law.folders import CATALOGUE_ROOT
from changqing.law.lookup import list_given_types, vocabulary
from changqing.law.model import Catalogue
from changqing.rules.expression import Expression
from changqing.rules.parse import parse
from changqing.rules.types import Vocabulary
from changqing.text import Text

__all__ = ["CATALOGUE_ROOT", "Loaded", "load", "load_sources", "sort_issues"]

_ALWAYS: Final = "TRUE"
_WITH_TESTS: Final = ("criteria", "classification", "recent_changes")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A catalogue and the files it was made from.

    What is wrong with the files stands in `sources.issues`; the catalogue holds what is
    in shape all the same.
    """

    catalogue: Catalogue
    sources: Sources


def load(root: Path | None = None) -> Catalogue:
    """Read and check the catalogue below `root`; CatalogueError tells all faults."""
    return load_sources(root_of(root)).catalogue


def load_sources(root: Path) -> Loaded:
    """As `load`, keeping the files, for whoever has to name lines in them."""
    loaded = read_sources(root)
    if loaded.sources.issues:
        raise CatalogueError(*sort_issues(loaded.sources.issues))
    return loaded


def read_sources(root: Path) -> Loaded:
    """As `load_sources`, whatever is wrong with single files.

    Raises CatalogueError only when there is no such folder.
    """
    if not root.is_dir():
        raise CatalogueError(
            Issue(
                text=Text("判据目录的文件夹不存在", "is no folder with a catalogue"),
                path=str(root),
                hint=Text("请检查路径", "check the path"),
            )
        )
    sources = gather(root)
    digest = sources.digest()
    words = build(
        {**sources.folders, **{folder: {} for folder in _WITH_TESTS}},
        sources.entries,
        {},
        tests={},
        edition=sources.edition,
        digest=digest,
    )
    known = replace(
        vocabulary(words),
        # A licence whose file is broken is still a licence.
        givens=list_given_types(
            frozenset(sources.named["licences"]), frozenset(sources.named["regions"])
        ),
    )
    catalogue = build(
        sources.folders,
        sources.entries,
        _expressions(sources, known),
        tests=_tests(sources, known),
        edition=sources.edition,
        digest=digest,
    )
    crosscheck(sources, catalogue)
    sources.issues += check_documents(
        root, materials=catalogue.materials, facts=catalogue.facts
    )
    return Loaded(catalogue, sources)


def sort_issues(issues: Iterable[Issue]) -> list[Issue]:
    """Sort by file and line, each once."""
    return sorted(
        dict.fromkeys(issues), key=lambda issue: (issue.path or "", issue.line or 0)
    )


def _expressions(
    sources: Sources, words: Vocabulary
) -> Mapping[str, tuple[Expression, Expression]]:
    """`applies` and `test` of every criterion whose both can be read."""
    found: dict[str, tuple[Expression, Expression]] = {}
    for name, data in sources.folders["criteria"].items():
        origin, subject = ("criteria", name), data["subject"]
        applies = _expression(
            sources, words, (*origin, "applies"), subject, only_given=True
        )
        test = _expression(sources, words, (*origin, "test"), subject)
        premise = _expression(sources, words, (*origin, "premise"), subject)
        if applies is not None and test is not None and premise is not None:
            found[name] = under_premise(
                applies, premise if data.get("premise") else None, test
            )
    return found


def _tests(sources: Sources, words: Vocabulary) -> Mapping[str, Expression]:
    """`test` of every rule that is no criterion and can be read."""
    found: dict[str, Expression] = {}
    for name in sources.folders["classification"]:
        test = _expression(sources, words, ("classification", name, "test"), "offer")
        if test is not None:
            found[name] = test
    for name, data in sources.folders["recent_changes"].items():
        origin = ("recent_changes", name, "test")
        test = _expression(sources, words, origin, data["subject"])
        if test is not None:
            found[f"recent_changes/{name}"] = test
    return found


def _expression(
    sources: Sources,
    words: Vocabulary,
    origin: tuple[str, str, str],
    subject: str,
    *,
    only_given: bool = False,
) -> Expression | None:
    folder, name, field = origin
    text: str = sources.folders[folder][name].get(field) or _ALWAYS
    try:
        return parse(text, subject=subject, vocabulary=words, only_given=only_given)
    except RuleError as error:
        if not _names_a_broken_file(sources, text):
            file = sources.files[folder][name]
            line = file.line_at((field,), error.offset)
            sources.issues += [
                Issue(
                    text=Text(
                        f"{field}：{issue.text.zh}",
                        f"{field}: {issue.text.en}",
                    ),
                    path=file.path,
                    line=line,
                    hint=issue.hint,
                )
                for issue in error.issues
            ]
    return None


def _names_a_broken_file(sources: Sources, text: str) -> bool:
    """Whether the rule rests on a word whose own file is already reported."""
    broken = {name.rpartition("/")[2] for name in sources.find_broken("facts")}
    broken |= sources.find_broken("parameters")
    broken |= {f"has_{name}" for name in sources.find_broken("materials")}
    if any(word in broken for word in re.findall(r"[a-z_0-9]+", text)):
        return True
    # An element could stand in any broken material.
    return bool(sources.find_broken("materials")) and "states_" in text
