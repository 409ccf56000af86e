"""The pages of a register in a browser: named, in view, on a phone and in the dark."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from changqing.screening.lead_journal import ScreenSignal
from changqing.screening.screen import read_run, scan_results
from changqing.screening.signals import write_sample
from tests.shipped import CATALOGUE
from tests.web.register.register_world import AS_OF, LATER, make_run
from tests.web.web_live import (
    Live,
    chromium,
    list_faults,
    open_signed_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.long]

_BEGIN: Final = "/w/examples/register/"
_PAGES: Final = (
    _BEGIN,
    f"{_BEGIN}november/",
    f"{_BEGIN}november/criteria/",
    f"{_BEGIN}november/companies/",
    f"{_BEGIN}november/companies/?criterion=published_recently&verdict=unmet",
    f"{_BEGIN}november/company/?id=made-0000003",
    f"{_BEGIN}may/change/?before=november",
    f"{_BEGIN}november/samples/",
    f"{_BEGIN}november/samples/published_recently.unmet.1.1/",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def office(served: Live) -> Iterator[Live]:
    """The examples with two runs, which are taken away again."""
    root = served.home / "registers"
    for name, as_of in (("november", AS_OF), ("may", LATER)):
        shutil.copytree(make_run(as_of).folder, root / "examples" / name)
    write_sample(
        read_run(root / "examples" / "november"),
        ScreenSignal(criterion="published_recently", verdict="unmet"),
        CATALOGUE,
        size=1,
        seed=1,
    )
    yield served
    shutil.rmtree(root)


@pytest.mark.parametrize("address", _PAGES)
def test_pages_are_named_readable_and_fit(
    browser: Browser, office: Live, address: str
) -> None:
    context = open_signed_in(browser, office)
    page = context.new_page()
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200
    assert list_faults(page, address) == []
    context.close()


def test_one_goes_from_the_figures_to_a_company(browser: Browser, office: Live) -> None:
    context = open_signed_in(browser, office)
    page = context.new_page()
    page.goto(_BEGIN)
    page.get_by_role("link", name="november").click()
    page.get_by_role("link", name="企业").click()
    company = scan_results(make_run(), "sentences").collect()["company"][0]
    page.get_by_label("名称或编号").fill(company)
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("link", name=company).click()
    expect(page.get_by_role("heading", name=company).first).to_be_visible()
    expect(page.get_by_role("button", name="取成项目")).to_be_visible()
    context.close()
