"""The catalogue from its texts: everything checked, every fault told at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from changqing.errors import CatalogueError, Issue, RuleError
from changqing.law.build import apply_premise, build
from changqing.law.crosscheck import check_catalogue
from changqing.law.documents import check_documents
from changqing.law.files import Sources, find_root, gather
from changqing.law.kind_folders import WITH_RULES, Entries
from changqing.law.kinds.criterion import Criterion
from changqing.law.kit import ALWAYS
from changqing.law.lookup import list_given_types, list_vocabulary
from changqing.law.model import Catalogue
from changqing.rules.expression import Expression
from changqing.rules.parse import parse
from changqing.rules.types import Vocabulary
from changqing.text import Text


@dataclass(frozen=True, slots=True)
class LoadedCatalogue:
    """A catalogue and the files it was made from.

    What is wrong with the files stands in `sources.issues`; the catalogue holds what is
    in shape all the same.
    """

    catalogue: Catalogue
    sources: Sources


def load(root: Path | None = None) -> Catalogue:
    """Read and check a whole catalogue.

    Args:
        root: The folder with its texts; None for the one that ships with the package.

    Returns:
        The catalogue, in which every name is the name of something and every rule is
        parsed. Its examples were not run: see `check.check`.

    Raises:
        CatalogueError: With every fault of every file, each with its file and line.
    """
    return load_sources(find_root(root)).catalogue


def load_sources(root: Path) -> LoadedCatalogue:
    """Do as `load`, and keep the files for whoever has to name lines in them.

    Raises CatalogueError as `load` does.
    """
    loaded = read_sources(root)
    if loaded.sources.issues:
        raise CatalogueError(*sort_issues(loaded.sources.issues))
    return loaded


def read_sources(root: Path) -> LoadedCatalogue:
    """Do as `load_sources`, whatever is wrong with single files.

    Returns what is in shape; the faults of the rest stand in `sources.issues`. Raises
    CatalogueError only when there is no such folder.
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
    digest = sources.compute_digest()
    words = build(
        {**sources.entries, **{folder: {} for folder in WITH_RULES}},
        edition=sources.edition,
        digest=digest,
    )
    vocabulary = replace(
        list_vocabulary(words),
        # A licence whose file is broken is still a licence.
        givens=list_given_types(
            frozenset(sources.named["licences"]), frozenset(sources.named["regions"])
        ),
    )
    catalogue = build(
        {**sources.entries, **parse_rules(sources, vocabulary)},
        edition=sources.edition,
        digest=digest,
    )
    check_catalogue(sources, catalogue)
    sources.issues += check_documents(
        root,
        materials=catalogue.materials,
        facts=catalogue.facts,
        licences=catalogue.licences,
    )
    return LoadedCatalogue(catalogue, sources)


def sort_issues(issues: Iterable[Issue]) -> list[Issue]:
    """Sort by file and line, each once."""
    return sorted(
        dict.fromkeys(issues), key=lambda issue: (issue.path or "", issue.line or 0)
    )


def parse_rules(sources: Sources, words: Vocabulary) -> Entries:
    """Put the parsed rules into the entries that have some.

    What cannot be parsed is an issue, and its entry is left out.
    """
    classification = {
        name: replace(entry, test=test)
        for name, entry in sources.entries["classification"].items()
        if (test := _parse_test(sources, words, ("classification", name), "offer"))
    }
    recent_changes = {
        name: replace(entry, test=test)
        for name, entry in sources.entries["recent_changes"].items()
        if (
            test := _parse_test(sources, words, ("recent_changes", name), entry.subject)
        )
    }
    return {
        "criteria": parse_criteria(sources, words),
        "classification": classification,
        "recent_changes": recent_changes,
    }


def _parse_test(
    sources: Sources, words: Vocabulary, origin: tuple[str, str], subject: str
) -> Expression | None:
    text = sources.entries[origin[0]][origin[1]].test.text
    return _parse_rule(sources, words, (*origin, "test"), (subject, text))


def parse_criteria(sources: Sources, words: Vocabulary) -> Mapping[str, Criterion]:
    """Put the parsed rules, with the premise, into criteria where all can be parsed."""
    criteria: dict[str, Criterion] = {}
    for name, entry in sources.entries["criteria"].items():
        subject = entry.subject
        applies = _parse_rule(
            sources,
            words,
            ("criteria", name, "applies"),
            (subject, entry.applies.text),
            only_given=True,
        )
        test = _parse_rule(
            sources, words, ("criteria", name, "test"), (subject, entry.test.text)
        )
        premise = _parse_rule(
            sources,
            words,
            ("criteria", name, "premise"),
            (subject, entry.premise or ALWAYS.text),
        )
        if applies is not None and test is not None and premise is not None:
            applies, test = apply_premise(
                applies, premise if entry.premise else None, test
            )
            criteria[name] = replace(entry, applies=applies, test=test)
    return criteria


def _parse_rule(
    sources: Sources,
    words: Vocabulary,
    origin: tuple[str, str, str],
    subject_and_text: tuple[str, str],
    *,
    only_given: bool = False,
) -> Expression | None:
    """Parse the text of a rule about a subject; None, and issues, when it cannot be."""
    folder, name, field = origin
    subject, text = subject_and_text
    try:
        return parse(text, subject=subject, vocabulary=words, only_given=only_given)
    except RuleError as error:
        if not _names_a_broken_file(sources, text):
            file = sources.files[folder][name]
            line = file.find_line_at((field,), error.offset)
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
