"""The form of a document's page, and what is made of its case then."""

from __future__ import annotations

from django.test import Client

from changqing.case import edit
from changqing_web.documents.written import Writings, load_writings
from tests.web.web_world import Place


def send_text(  # type: ignore[no-untyped-def]
    place: Place, document: str, client: Client | None = None, /, **sent: str
):
    """Keep what was typed on the page of a document, as its form sends it."""
    version = sent.pop("version", "") or edit.read(place.folder).version
    address = place.url(f"dossier/{document}/")
    return (client or place.editor).post(address, {"version": version, **sent})


def load_place_writings(place: Place) -> Writings:
    return load_writings(place.here)
