"""What the docstring of a package names as its way in is there."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import changqing

PACKAGES = [
    module.name
    for module in pkgutil.walk_packages(changqing.__path__, "changqing.")
    if module.ispkg
]
_NAMED = re.compile(r"`([a-z_]+)(?:\.(?!yaml`)([A-Za-z_]+))?`")


@pytest.mark.parametrize("package", PACKAGES)
def test_what_a_package_names_as_its_way_in_is_there(package: str) -> None:
    folder = importlib.import_module(package)
    modules = {module.name for module in pkgutil.iter_modules(folder.__path__)}
    for module, name in _NAMED.findall(folder.__doc__ or ""):
        if name:
            assert hasattr(importlib.import_module(f"{package}.{module}"), name), name
        else:
            assert module in modules | {"data", "changqing"}, module
