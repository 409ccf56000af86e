"""What tests and benchmarks run apart, as code in a string, imports what is there.

No checker reads such code, and much of it runs only where the dear tests do.
"""

from __future__ import annotations

import ast
import importlib
import warnings
from collections.abc import Iterator

from tests.house.test_house import ROOT

_OWN = ("benchmarks", "changqing", "changqing_web", "tests")


def _read_code(node: ast.AST) -> ast.Module | None:
    """Read the node as code; None where it is no string that could be any."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return None
    if "import" not in node.value:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(node.value)
    except (SyntaxError, ValueError):
        return None


def _list_own_imports(code: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(code):
        if not isinstance(node, ast.ImportFrom) or node.module is None:
            continue
        if node.module.partition(".")[0] in _OWN:
            yield from ((node.module, alias.name) for alias in node.names)


def list_imported_names() -> Iterator[tuple[str, str, str]]:
    """List the file, module and name of each import of ours in a string."""
    for folder in ("benchmarks", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text("utf-8")
            if '"-c"' not in text:  # by which an interpreter is given code
                continue
            for code in filter(None, map(_read_code, ast.walk(ast.parse(text)))):
                for module, name in _list_own_imports(code):
                    yield path.relative_to(ROOT).as_posix(), module, name


def _is_there(module: str, name: str) -> bool:
    try:
        if hasattr(importlib.import_module(module), name):
            return True
        importlib.import_module(f"{module}.{name}")
    except ModuleNotFoundError:
        return False
    return True


def test_code_in_a_string_imports_what_is_there() -> None:
    imported = list(list_imported_names())
    assert len(imported) > 10
    assert [each for each in imported if not _is_there(*each[1:])] == []
