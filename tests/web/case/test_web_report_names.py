"""Pages ask a report only for what it has: a misspelt name would be an empty place."""

from __future__ import annotations

from typing import Final

import pytest
from django.template import engines
from django.template.backends.django import DjangoTemplates

from tests.web.web_world import make_place

_PAGES: Final = (
    "",
    "findings/?open=insurance_paid_by_applicant",
    "findings/?print=all",
    "errands/",
    "evidence/?view=records",
    "evidence/?view=gaps",
    "facts/funding/",
)


class Unknown(str):
    """What stands where a template names nothing: it remembers the name."""

    __slots__ = ("names",)
    names: set[str]

    def __mod__(self, name: object) -> str:
        self.names.add(str(name))
        return ""


@pytest.mark.django_db
def test_pages_ask_a_report_for_nothing_that_it_has_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = make_place("here", "contradictory")
    unknown = Unknown("%s")
    unknown.names = set()
    django = engines["django"]
    assert isinstance(django, DjangoTemplates)
    monkeypatch.setattr(django.engine, "string_if_invalid", unknown)

    for page in _PAGES:
        assert place.editor.get(place.url(page)).status_code == 200

    # What a form or an included piece may go without has no dot, or is of the request.
    names = {name for name in unknown.names if "." in name}
    assert {name for name in names if not name.startswith("request.")} == set()
