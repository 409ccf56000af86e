"""The index of a WARC file: where in it each page lies, so that one can be read alone.

CDXJ, as pywb and ReplayWeb.page read it: a line a page, sorted by its address with the
host turned round, then by its moment. See https://specs.webrecorder.net/cdxj/0.1.0/.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.warcwriter import WARCWriter


def make_archive_head(name: str, software: str) -> bytes:
    """Make the first record of a WARC file called `name`: who wrote it (ISO 28500)."""
    target = BytesIO()
    writer = WARCWriter(target, gzip=True)
    told = {"software": software, "format": "WARC File Format 1.1"}
    writer.write_record(writer.create_warcinfo_record(name, told))
    return target.getvalue()


def list_index_lines(archive: Path) -> Iterator[str]:
    """List the lines of the index of a WARC file, sorted, without their line ends.

    The whole file is read. Raises OSError.
    """
    found = []
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
            told = {
                "url": url,
                "mime": mime.partition(";")[0].strip().lower() or "unk",
                "status": status,
                "digest": digest,
                "length": str(records.get_record_length()),
                "offset": str(offset),
                "filename": archive.name,
            }
            moment = "".join(filter(str.isdigit, at))
            found.append(
                f"{turn_address(url)} {moment} {json.dumps(told, ensure_ascii=False)}"
            )
    yield from sorted(found)


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
