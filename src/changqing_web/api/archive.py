"""A case folder as one zip, out and in; what comes in is trusted in nothing.

Each entry is a plain file under a plain name, and there are not too many of them, nor
too large, as they are unpacked and not as they say. The folder then has to open as a
case, and its log has to be whole, before it is put among the others.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from django.core.files.uploadedfile import UploadedFile

from changqing.case.folder import REMADE_FOLDER
from changqing.papers.open import open_case
from changqing.run import read_recorded
from changqing.sandbox.pool import Limits, get_shared_pool
from changqing_web.cases import open_case_memory
from changqing_web.index import catalogue
from changqing_web.papers.uploads import keep_on_disk
from changqing_web.papers.zips import LEFT_OUT, make_archive_error, unpack_case

MOST_FILES: Final = 20_000
MOST_BYTES: Final = 500_000_000
_UNPACKING: Final = Limits(seconds=60, memory=1 << 30, output=MOST_BYTES)


def pack_folder(folder: Path, into: IO[bytes]) -> None:
    """Write the files of a case folder but links, locks and what can be made again."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in _list_files(folder):
            packed.write(path, path.relative_to(folder).as_posix())


def _list_files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - {REMADE_FOLDER})
        for name in sorted(names):
            path = Path(place) / name
            if path.is_symlink() or not path.is_file() or name.endswith(LEFT_OUT):
                continue
            yield path


def unpack_folder(content: UploadedFile[Any], target: Path, *, beside: Path) -> None:
    """Make the folder `target` of a zip, whole or not at all.

    It is unpacked under `beside`, on the same disk, in a child process, and moved when
    it has proven to be a case. Raises CaseError, TamperError where its log was changed,
    and GivenUpError when unpacking it goes beyond a limit.
    """
    beside.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside) as scratch:
        folder = Path(scratch) / "case"
        folder.mkdir(mode=0o700)
        with keep_on_disk(content) as source:
            get_shared_pool().run(
                _UNPACKING,
                unpack_case,
                source,
                folder,
                most_files=MOST_FILES,
                most_bytes=MOST_BYTES,
            )
        read_recorded(open_case(folder, catalogue()))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            raise make_archive_error(
                "这个名字的项目已经有了", "there is a case of that name"
            )
        folder.rename(target)
        open_case_memory().forget(target)
