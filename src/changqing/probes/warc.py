"""A capture as a WARC file: readable by any web archive tool, and by us years later."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any, cast
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from changqing.errors import CaseError, Issue
from changqing.jsondata import JsonObject
from changqing.net.model import Answer, Dialogue, Exchange, Handshake
from changqing.probes.model import Capture, Control, LookFailure, Part
from changqing.text import Text

_KINDS: Mapping[str, type[Part]] = {
    "answer": Answer,
    "control": Control,
    "dialogue": Dialogue,
    "exchange": Exchange,
    "failure": LookFailure,
    "handshake": Handshake,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {
    name: TypeAdapter(kind) for name, kind in _KINDS.items()
}
_CAPTURE: TypeAdapter[Any] = TypeAdapter(Capture)
_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_ORIGINAL = "X-Archive-Orig-"  # as web archives mark headers that were undone


class MemoryWriter(WARCWriter):  # type: ignore[misc]
    """Computes digests in memory; the library would leave temporary files open."""

    def _create_temp_file(self) -> BytesIO:
        return BytesIO()


def dump(capture: Capture) -> bytes:
    """Dump the capture as a gzipped WARC; the same capture gives the same bytes."""
    target = BytesIO()
    writer = MemoryWriter(target, gzip=True)
    head = _CAPTURE.dump_python(capture, mode="json", exclude={"parts"})
    _write_note(writer, capture, 0, {"capture": head})
    for number, part in enumerate(capture.parts, start=1):
        name = _NAMES[type(part)]
        fields = _ADAPTERS[name].dump_python(
            part, mode="json", exclude={"body", "certificate"}
        )
        certificate = getattr(part, "certificate", None)
        if certificate is not None:
            fields["certificate"] = base64.b64encode(certificate).decode("ascii")
        _write_note(writer, capture, number, {name: fields})
        if isinstance(part, Exchange):
            _write_exchange(writer, part, number)
    return target.getvalue()


def load(data: bytes) -> Capture:
    """Load the capture in a WARC that `dump` wrote.

    Raises CaseError for anything else.
    """
    try:
        return _load_capture(data)
    except (
        ArchiveLoadFailed,
        ValidationError,
        AttributeError,
        EOFError,
        IndexError,
        KeyError,
        OSError,
        RecursionError,
        TypeError,
        ValueError,
        zlib.error,
    ) as error:
        text = Text(
            zh="采集文件损坏，或不是本软件写出的",
            en="the capture is damaged, or was not written by this program",
        )
        raise CaseError(Issue(text=text)) from error


def _load_capture(data: bytes) -> Capture:
    head: JsonObject = {}
    parts: list[Part] = []
    for record in ArchiveIterator(BytesIO(data), no_record_parse=False):
        payload: bytes = record.content_stream().read()
        if record.rec_type == "metadata":
            [(name, fields)] = json.loads(payload).items()
            if name == "capture":
                head = fields
                continue
            if "certificate" in fields:
                fields["certificate"] = base64.b64decode(fields["certificate"])
            elif name == "exchange":
                fields["certificate"] = None
            if name == "exchange":
                fields["body"] = b""
            parts.append(cast("Part", _ADAPTERS[name].validate_python(fields)))
        # Of the archive's own record only the body is read. The note before it holds
        # all else, also what a WARC header cannot: phrases and values beyond ASCII.
        elif record.rec_type == "response":
            last = parts[-1]
            if isinstance(last, Exchange):
                parts[-1] = replace(last, body=payload)
    loaded: Capture = _CAPTURE.validate_python({**head, "parts": ()})
    return replace(loaded, parts=tuple(parts))


def _write_note(
    writer: MemoryWriter, capture: Capture, number: int, fields: JsonObject
) -> None:
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()
    record = writer.create_warc_record(
        capture.site.url,
        "metadata",
        payload=BytesIO(text),
        warc_content_type="application/json",
        warc_headers_dict={
            "WARC-Date": capture.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "WARC-Record-ID": _make_record_id(text, f"note {number}"),
        },
    )
    writer.write_record(record)


def _write_exchange(writer: MemoryWriter, part: Exchange, number: int) -> None:
    shared = {"WARC-Date": part.at.strftime("%Y-%m-%dT%H:%M:%SZ")}
    if part.address is not None:
        shared["WARC-IP-Address"] = part.address
    response = writer.create_warc_record(
        part.final_url,
        "response",
        payload=BytesIO(part.body),
        http_headers=StatusAndHeaders(
            f"{part.status} {_quote_plain(part.phrase)}",
            list(_list_archived_headers(part)),
            protocol="HTTP/1.1",
        ),
        warc_headers_dict={
            **shared,
            "WARC-Record-ID": _make_record_id(part.body, f"response {number}"),
        },
    )
    writer.write_record(response)
    request = writer.create_warc_record(
        part.final_url,
        "request",
        http_headers=StatusAndHeaders(
            "GET / HTTP/1.1", list(part.request_headers), is_http_request=True
        ),
        warc_headers_dict={
            **shared,
            "WARC-Record-ID": _make_record_id(
                part.final_url.encode(), f"request {number}"
            ),
        },
    )
    writer.write_record(request)


def _list_archived_headers(part: Exchange) -> Iterator[tuple[str, str]]:
    # The body is stored unpacked: under its old framing headers an archive tool would
    # unpack it, or count its bytes, once more.
    for key, value in part.headers:
        prefix = _ORIGINAL if key.lower() in _FRAMING else ""
        yield prefix + _quote_plain(key), _quote_plain(value)


def _quote_plain(text: str) -> str:
    """Quote to ASCII for the archive's header; the note beside it has the original."""
    return quote(text, safe=_PRINTABLE)


def _make_record_id(data: bytes, name: str) -> str:
    digest = hashlib.sha256(data).hexdigest()
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{name} {digest}')}>"
