"""What is disliked in a house of code becomes no more: the lists here only shrink.

A new one is not added to `known/*.txt` but put right; `python -m tests.house.test_house`
takes out of them what no longer holds, and is part of `make golden`.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = ROOT / "src"
KNOWN: Final = Path(__file__).parent / "known"

_PARTICIPLE: Final = re.compile(
    r"(?:[a-z]+ed|said|told|kept|shown|written|given|held|found|seen|known|made|put|sent"
    r"|spoken|taken|chosen|drawn|broken|begun|gone|laid|meant|left|lost|led|built|brought"
    r"|cut|done|heard|hidden|met|paid|sought|sold|struck|understood|worn)"
)
_LOOKED_AT: Final = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Dict),
    *(ast.If, ast.Import, ast.ImportFrom),
)
_NO_PARTICIPLE: Final = frozenset(
    {"need", "feed", "speed", "embed", "seed", "exceed", "proceed", "shed", "red"}
)


@cache
def modules() -> Mapping[str, ast.Module]:
    """Parse every module of the product, by its path below `src`."""
    return {
        path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(SOURCE.rglob("*.py"))
        if "migrations" not in path.parts
    }


@cache
def nodes() -> Mapping[str, Sequence[ast.AST]]:
    """List the nodes that some rule looks at, by module: to walk them takes seconds."""
    return {
        path: [node for node in ast.walk(tree) if isinstance(node, _LOOKED_AT)]
        for path, tree in modules().items()
    }


def find_participles() -> Iterator[str]:
    """Functions named by what was done instead of what they do: `_told`, `_kept`."""
    for looked_at in nodes().values():
        for node in looked_at:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.name.strip("_").split("_")[0]
                if first not in _NO_PARTICIPLE and _PARTICIPLE.fullmatch(first):
                    yield node.name


def find_private_modules() -> Iterator[str]:
    """Modules behind a door that has to be opened elsewhere: `_x.py`."""
    for path in modules():
        name = path.rpartition("/")[2]
        if name.startswith("_") and not name.startswith("__"):
            yield path


def find_shared_class_names() -> Iterator[str]:
    """Names that mean several classes."""
    places = defaultdict(set)
    for path, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                places[node.name].add(path)
    for name, paths in places.items():
        if len(paths) > 1:
            yield name


def find_enums_worded_elsewhere() -> Iterator[str]:
    """Tables of words for the members of an enum, outside its class."""
    for path, looked_at in nodes().items():
        for node in looked_at:
            if not isinstance(node, ast.Dict) or not node.keys:
                continue
            worded = all(
                isinstance(value, ast.Call)
                and isinstance(value.func, ast.Name)
                and value.func.id in ("Text", "both")
                for value in node.values
            )
            enums = {
                key.value.id
                for key in node.keys
                if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name)
            }
            if worded and len(enums) == 1 and len(node.keys) > 1:
                yield f"{path} {enums.pop()}"


def find_facades() -> Iterator[str]:
    """Packages whose `__init__.py` hands out what stands in their modules."""
    for path, tree in modules().items():
        if path.endswith("/__init__.py") and any(
            isinstance(node, ast.Assign | ast.AnnAssign)
            and "__all__" in ast.unparse(node)
            for node in tree.body
        ):
            yield path


def find_imports(path: str) -> Iterator[str]:
    """The paths of the modules that one imports, inside functions too.

    What is imported for a checker of types alone is not imported.
    """
    unread = {
        inner
        for node in nodes()[path]
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in nodes()[path]:
        if node in unread:
            continue
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names.append(node.module)
        for name in names:
            target = name.replace(".", "/")
            for found in (f"{target}.py", f"{target}/__init__.py"):
                if found in modules() and found != path:
                    yield found


def find_import_circles() -> Iterator[str]:
    """Modules of the core that import each other, and what stands between them."""
    left = {
        path: set(find_imports(path))
        for path in modules()
        if path.startswith("changqing/")
    }
    shrunk = True
    while shrunk:  # what imports none that is left, or is imported by none, is in none
        imported = set().union(*left.values())
        ends = {path for path in left if not left[path] or path not in imported}
        left = {path: left[path] - ends for path in left.keys() - ends}
        shrunk = bool(ends)
    yield from left


RULES: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "participles": find_participles,
    "private_modules": find_private_modules,
    "shared_class_names": find_shared_class_names,
    "enums_worded_elsewhere": find_enums_worded_elsewhere,
    "facades": find_facades,
    "import_circles": find_import_circles,
}


@pytest.mark.parametrize("rule", RULES)
def test_nothing_disliked_becomes_more(rule: str) -> None:
    known = Counter((KNOWN / f"{rule}.txt").read_text("utf-8").splitlines())
    assert Counter(RULES[rule]()) - known == Counter(), "put it right"


if __name__ == "__main__":
    for rule, find in RULES.items():
        path = KNOWN / f"{rule}.txt"
        now = Counter(find())
        if path.exists():
            now &= Counter(path.read_text("utf-8").splitlines())
        lines = (f"{line}\n" for line in sorted(now.elements()))
        path.write_text("".join(lines), "utf-8")
