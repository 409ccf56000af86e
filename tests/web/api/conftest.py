"""A workspace of its own in an empty folder of cases, and a program that calls it."""

from __future__ import annotations

import shutil

import pytest
from django.conf import settings

from tests.web.api.api_caller import Caller, make_token
from tests.web.web_world import Place, make_place


@pytest.fixture
def place(db: None) -> Place:
    shutil.rmtree(settings.CASES, ignore_errors=True)
    return make_place("here")


@pytest.fixture
def call(place: Place) -> Caller:
    return Caller(place=place, secret=make_token(place))
