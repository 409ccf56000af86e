"""盖章 on the web: print what is signed, send the scan back, and see it filed."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing_web.models import Job
from tests.documents.signed_pages import draw_signed
from tests.web.web_world import make_place


@pytest.mark.long
def test_a_signed_scan_is_sent_back_and_filed(transactional_db: None) -> None:
    place = make_place("stamp")
    assert place.editor.get(place.url("stamp/pack")).status_code == 404
    place.editor.post(place.url("stamp/make"))
    pack = place.editor.get(place.url("stamp/pack")).getvalue()
    assert pack.startswith(b"%PDF")
    nothing = place.editor.post(place.url("stamp/scan"))
    assert nothing.status_code == 303
    assert not Job.objects.filter(kind="stamped")

    scan = SimpleUploadedFile("scan.pdf", draw_signed(pack, only=1))
    place.editor.post(place.url("stamp/scan"), {"scan": scan})

    job = Job.objects.get(kind="stamped")
    assert job.state == "done", job.result
    assert job.result["filed"] == ["undertaking"], job.result
    page = place.editor.get(place.url("dossier/"))
    filed = {
        document.document.id: document.done
        for document in page.context["signing"].documents
    }
    assert filed["undertaking"]
    assert not filed["written_application"]
    assert "依法经营承诺书：已归入" in page.content.decode()
