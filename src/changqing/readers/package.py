"""Files that are zips of XML: Word, Excel and OFD, opened with bounds.

A few KB can unfold without end, and XML can name files and addresses to be fetched, or
entities that multiply. So what a package would unfold to is bounded before anything is
unpacked, and one that declares a document type is refused: none of these formats does.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from xml.etree import ElementTree

MOST_UNPACKED: Final = 200 << 20
MOST_MEMBERS: Final = 10_000
_XML: Final = (".xml", ".rels", ".vml")
_DECLARES: Final = tuple(
    mark.encode(name)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for name in ("ascii", "utf-16-le", "utf-16-be")
)
DAMAGED: Final = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError),
    *(OSError, RecursionError, RuntimeError, SyntaxError, TypeError, ValueError),
    *(lzma.LZMAError, zipfile.BadZipFile, zlib.error),
)
"""What libraries raise of files that are damaged, or not what they seem."""


class TooLargePackageError(ValueError):
    """A package would unfold to more than is read."""


class HostilePackageError(ValueError):
    """A package declares what no honest one does."""


@contextmanager
def open_package(content: bytes) -> Iterator[zipfile.ZipFile]:
    """Open a package; raises one of `DAMAGED`, of which the errors above are."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        members = packed.infolist()
        if (
            len(members) > MOST_MEMBERS
            or sum(member.file_size for member in members) > MOST_UNPACKED
        ):
            raise TooLargePackageError
        for member in members:
            if member.filename.lower().endswith(_XML):
                part = packed.read(member)
                if any(mark in part for mark in _DECLARES):
                    raise HostilePackageError(member.filename)
        yield packed


def parse_part(packed: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """Parse one part of an open package."""
    return ElementTree.fromstring(packed.read(name))  # noqa: S314 - declares nothing
