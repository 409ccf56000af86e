"""Small files that unfold without end: told in a sentence, within limits."""

from __future__ import annotations

import io
import re
import time
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from changqing.agency.workbook import read_clients
from changqing.casework.notice import read_notice
from changqing.documents.schedule_import import import_schedule
from changqing.errors import CaseError
from changqing.law.compiled import load_compiled
from changqing.sandbox.pool import READING
from changqing_web.facts.tables import read_workbook

_PATIENCE = READING.seconds + 10  # a child may have to start first


def _costly_workbook() -> bytes:
    """Under 0.2 MB that unpack to a sheet of one row with millions of cells."""
    from openpyxl import Workbook

    made = io.BytesIO()
    Workbook().save(made)
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(made) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                cells = b"<c><v>1</v></c>" * 3_000_000
                row = b"<sheetData><row>" + cells + b"</row></sheetData>"
                data, found = re.subn(
                    rb"<sheetData */>|<sheetData></sheetData>", row, data
                )
                assert found == 1
            new.writestr(info.filename, data)
    content = changed.getvalue()
    assert len(content) < 200_000
    return content


def _costly_pdf() -> bytes:
    """A few KB whose one page draws a word millions of times."""
    drawn = zlib.compress(b"BT /F1 12 Tf (a) Tj ET\n" * 2_000_000, 9)
    drawn = zlib.compress(drawn, 9)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream"
        % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    content, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(parts) + 1,
        table,
    )
    assert len(content) < 20_000
    return bytes(content)


def _tell(work: Callable[[], object]) -> str:
    """What is said of the file; it took no longer than the limit."""
    began = time.monotonic()
    with pytest.raises(CaseError) as refused:
        work()
    assert time.monotonic() - began < _PATIENCE
    return refused.value.issues[0].text.zh


@pytest.mark.long
def test_a_workbook_that_unfolds_without_end_is_given_up(tmp_path: Path) -> None:
    content = _costly_workbook()
    path = tmp_path / "clients.xlsx"
    path.write_bytes(content)
    catalogue = load_compiled()
    for read in (
        lambda: read_workbook(content),
        lambda: read_clients(path, catalogue, tmp_path, today=date(2026, 11, 27)),
        lambda: import_schedule(path, tmp_path, replace=True),
    ):
        assert "没有做完" in _tell(read)


@pytest.mark.long
def test_a_pdf_that_draws_without_end_is_given_up() -> None:
    content = _costly_pdf()
    # What ends it first, the limit or the reader, depends on the machine.
    said = _tell(lambda: read_notice(content, name="notice.pdf"))
    assert any(words in said for words in ("没有做完", "读不出文字"))
