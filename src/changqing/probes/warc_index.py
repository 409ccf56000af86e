"""A WARC file of many captures: its head, its index, and what stands for an erased one.

The index says where each page lies, so that one can be read alone. CDXJ, as pywb and
ReplayWeb.page read it: a line a page, sorted by its address with the host turned round,
then by its moment. See https://specs.webrecorder.net/cdxj/0.1.0/.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.warcwriter import WARCWriter

from changqing.probes.warc import MemoryWriter

_GZIP_HEAD: Final = b"\x1f\x8b\x08\x10\0\0\0\0\x02\xff"  # a comment follows
_BLANK_BYTES: Final = 4_000  # readers take in so much of a file at once


def make_archive_head(name: str, software: str) -> bytes:
    """Make the first record of a WARC file called `name`: who wrote it (ISO 28500)."""
    target = BytesIO()
    writer = WARCWriter(target, gzip=True)
    fields = {"software": software, "format": "WARC File Format 1.1"}
    writer.write_record(writer.create_warcinfo_record(name, fields))
    return target.getvalue()


def make_blank_records(length: int) -> bytes:
    """Make records that say nothing, of so many bytes, to write over erased ones.

    Each is a gzip member of its own, filled up by the comment of its header (RFC 1952,
    2.3). Raises ValueError below 500 bytes.
    """
    target = BytesIO()
    writer = MemoryWriter(target, gzip=False)
    writer.write_record(
        writer.create_warc_record(
            "urn:changqing:erased",
            "metadata",
            payload=BytesIO(b"erased"),
            warc_content_type="text/plain",
        )
    )
    plain = target.getvalue()
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(plain) + packer.flush()
    tail = struct.pack("<II", zlib.crc32(plain), len(plain))
    bare = len(_GZIP_HEAD) + 1 + len(packed) + len(tail)
    if length < bare:
        raise ValueError(length)
    count = max(1, length // max(bare, _BLANK_BYTES))
    sizes = [length // count] * count
    sizes[-1] += length - sum(sizes)
    return b"".join(
        _GZIP_HEAD + b" " * (size - bare) + b"\0" + packed + tail for size in sizes
    )


def list_index_lines(archive: Path) -> Iterator[str]:
    """List the lines of the index of a WARC file, sorted, without their line ends.

    The whole file is read. Raises OSError, and ValueError where it is damaged.
    """
    try:
        yield from _list_index_lines(archive)
    except (ArchiveLoadFailed, EOFError, zlib.error) as error:
        raise ValueError(archive) from error


def _list_index_lines(archive: Path) -> Iterator[str]:
    index_lines = []
    with archive.open("rb") as stream:
        records = ArchiveIterator(stream)
        for record in records:
            if record.rec_type != "response":
                continue
            url = record.rec_headers.get_header("WARC-Target-URI")
            at = record.rec_headers.get_header("WARC-Date")
            digest = record.rec_headers.get_header("WARC-Payload-Digest")
            headers = record.http_headers
            mime = headers.get_header("Content-Type", "") if headers else ""
            status = headers.get_statuscode() if headers else ""
            offset = records.get_record_offset()
            record.content_stream().read()
            fields = {
                "url": url,
                "mime": mime.partition(";")[0].strip().lower() or "unk",
                "status": status,
                "digest": digest,
                "length": str(records.get_record_length()),
                "offset": str(offset),
                "filename": archive.name,
            }
            moment = "".join(filter(str.isdigit, at))
            index_lines.append(
                f"{turn_address(url)} {moment} {json.dumps(fields, ensure_ascii=False)}"
            )
    yield from sorted(index_lines)


def turn_address(url: str) -> str:
    """Turn an address round for sorting, as web archives do: `cn,example)/a?b`.

    So the pages of a site and of the names below it stand together.
    """
    parts = urlsplit(url)
    host = ",".join(reversed((parts.hostname or "").split(".")))
    try:
        port = parts.port
    except ValueError:
        port = None
    usual = port is None or (parts.scheme, port) in (("http", 80), ("https", 443))
    path = (parts.path or "/").lower()
    query = f"?{parts.query.lower()}" if parts.query else ""
    return f"{host}{'' if usual else f':{port}'}){path}{query}".replace(" ", "%20")
