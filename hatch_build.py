"""Puts the compiled catalogue into the wheel, so that a first command need not make it.

It is compiled by the program itself: `require-runtime-dependencies` of the hook in
`pyproject.toml` has its dependencies in every environment that builds a wheel.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledCatalogue(BuildHookInterface):  # type: ignore[type-arg]
    """Compile the catalogue of this checkout into a file beside its texts."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the file; an editable install keeps its own in the user's cache."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root) / "src"))
        self._folder = tempfile.TemporaryDirectory()
        file = Path(self._folder.name) / "compiled.json"
        try:  # what it needs is imported as late as it is needed
            from changqing.law.compiled import write_shipped

            write_shipped(file)
        finally:
            sys.path.pop(0)
        build_data["force_include"][str(file)] = "changqing/law/compiled.json"

    def finalize(
        self, version: str, build_data: dict[str, Any], artifact_path: str
    ) -> None:
        """Take away what was made."""
        if version != "editable" and hasattr(self, "_folder"):
            self._folder.cleanup()
