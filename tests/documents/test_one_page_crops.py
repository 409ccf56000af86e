"""The one page shows the place in a paper that speaks against the applicant."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from changqing.documents.one_page_pdf import render_one_page_pdf
from changqing.report.build_one_page import build_one_page
from changqing.report.html import render_report
from changqing.report.one_page_crops import crop_quotes
from changqing.run import Outcome
from changqing.text import Language
from tests.documents.dossier_case import assessed
from tests.sealing.drawn_case import make_drawn_case, read_case_papers, seal_drawn

CONTRACT = "15-labour-contract"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An example whose labour contract is a PDF, its papers read and recorded."""
    folder = make_drawn_case(tmp_path_factory.mktemp("crops") / "case", [CONTRACT])
    read_case_papers(folder)
    seal_drawn(folder, "recorded.zip")
    return folder


@pytest.fixture(scope="module")
def outcome(drawn: Path) -> Outcome:
    return assessed(drawn)


def test_report_and_pdf_show_the_picture_of_what_the_contract_says(
    outcome: Outcome,
) -> None:
    page = build_one_page(outcome.report)
    (doubt,) = (
        point
        for point in page.doubts.shown
        if point.criterion == "technician_full_time"
    )
    (paper,) = (says for says in doubt.says if not says.claimed)
    assert "非专职" in (paper.quote or "")

    crops = crop_quotes(outcome.case, outcome.assessment, page)

    assert set(crops) == {paper.evidence}
    (crop,) = crops.values()
    assert Image.open(io.BytesIO(crop)).format == "JPEG"
    html = render_report(outcome.report, Language.ZH, crops=crops)
    assert html.count('<img src="data:image/jpeg;base64,') == 1
    printed = render_one_page_pdf(page, Language.ZH, crops=crops)
    with pypdfium2.PdfDocument(printed) as pdf:
        assert len(pdf) == 1
        assert sum(1 for _ in pdf[0].get_objects(filter=[3])) == 1


@pytest.mark.long
def test_a_paper_that_is_no_longer_what_was_read_has_no_picture(
    outcome: Outcome, drawn: Path
) -> None:
    file = drawn / "documents" / f"{CONTRACT}.pdf"
    content = file.read_bytes()
    page = build_one_page(outcome.report)
    file.write_bytes(content + b"%")
    assert crop_quotes(outcome.case, outcome.assessment, page) == {}
    file.unlink()
    assert crop_quotes(outcome.case, outcome.assessment, page) == {}
    file.write_bytes(content)
