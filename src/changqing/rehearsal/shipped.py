"""Where the example cases stand that come with the program."""

from __future__ import annotations

from pathlib import Path

import changqing


def find_examples() -> Path:
    """Find the folder of the examples: in an installed package, or in a checkout."""
    package = Path(changqing.__file__).parent
    installed = package / "examples"
    return installed if installed.is_dir() else package.parents[1] / "examples"
