"""Puts the compiled catalogue into the wheel, so that a first command need not make it.

Only where the core's dependencies are at hand, as in `make release`; a wheel that is
built elsewhere compiles the catalogue on first use instead.
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
        try:
            from changqing.law.compiled import write_shipped
        except ImportError:
            self.app.display_warning("the catalogue is not compiled: no dependencies")
            return
        finally:
            sys.path.pop(0)
        self._folder = tempfile.TemporaryDirectory()
        file = Path(self._folder.name) / "compiled.json"
        write_shipped(file)
        build_data["force_include"][str(file)] = "changqing/law/compiled.json"

    def finalize(
        self, version: str, build_data: dict[str, Any], artifact_path: str
    ) -> None:
        """Take away what was made."""
        if version != "editable" and hasattr(self, "_folder"):
            self._folder.cleanup()
