"""Parquet files by the names that they have.

Polars by itself takes `~` for the home of a user, and `[`, `*` and `?` for a pattern: a
folder that is called so would not be found, or another one read in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl


def scan_files(
    files: Sequence[Path], *, file_column: str | None = None
) -> pl.LazyFrame:
    """Scan files as one table; `file_column` says in which of them a row stands."""
    return pl.scan_parquet(
        [file.absolute() for file in files],
        glob=False,
        include_file_paths=file_column,
    )


def read_file(file: Path) -> pl.DataFrame:
    """Read a whole file. Raises OSError and pl.exceptions.PolarsError."""
    return scan_files([file]).collect()
