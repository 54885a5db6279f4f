"""The page of the matrix, as a visitor uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Open

pytestmark = pytest.mark.toolchain

_FAILED = "#REQ-1/tunnel0-embedded"
_SERIOUS = {"serious", "critical"}


def _shown(page: Any) -> int:
    return int(page.locator("tbody tr[id]:visible").count())


def test_it_opens_from_a_file_without_a_complaint(small: str, open_page: Open) -> None:
    """Under its own policy, with a cell and its picture open."""
    page = open_page(small + _FAILED)
    page.wait_for_function("document.querySelector('dialog[open] .timeline img')?.naturalWidth > 0")
    assert page.complaints == []


def test_fifteen_by_six_hundred_cells_open_in_under_a_second(large: str, open_page: Open) -> None:
    """Of processor time, until all is laid out and can be filtered; a busy machine only makes one wait longer."""
    page = open_page(large)
    metrics = {one["name"]: one["value"] for one in page.session.send("Performance.getMetrics")["metrics"]}
    assert page.locator("td a.v").count() == 15 * 600
    assert metrics["LayoutCount"] > 0
    assert metrics["TaskDuration"] < 1


@pytest.mark.parametrize(
    ("choose", "rows"),
    [
        (lambda page: page.get_by_label("Area").select_option("liveness"), 7),
        (lambda page: page.get_by_label("Level").select_option("must"), 40),
        (lambda page: page.get_by_label("Scope").select_option("core"), 60),
        (lambda page: page.get_by_label("Verdict").select_option("error"), 0),
        (lambda page: page.get_by_label("Find").fill("REQ-117"), 1),
    ],
)
def test_a_filter_leaves_what_was_asked_for(small: str, open_page: Open, choose: Any, rows: int) -> None:
    """And all of it again, when it is reset."""
    page = open_page(small)
    choose(page)
    assert _shown(page) == rows
    assert page.get_by_role("status").inner_text() == f"{rows} of 120 requirements"
    page.get_by_role("button", name="Show all").click()
    page.wait_for_function("document.querySelectorAll('tbody tr[id]:not([hidden])').length === 120")


def test_where_they_differ_leaves_rows_with_several_verdicts(small: str, open_page: Open) -> None:
    """A row of three passes has nothing to compare."""
    page = open_page(small)
    page.get_by_label("where they differ").check()
    names = page.locator("tbody tr[id]:visible").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td a')].map(cell => cell.className))"
    )
    assert names
    assert min(len(set(row)) for row in names) > 1


def test_a_cell_opens_all_that_explains_it(small: str, open_page: Open) -> None:
    """Expected, observed, evidence, picture, log, and the command that reproduces it."""
    page = open_page(small)
    page.locator(f"td a[href='{_FAILED}']").click()
    dialog = page.get_by_role("dialog")
    dialog.locator(".timeline img").wait_for()
    text = dialog.inner_text()
    for part in ("the held connections to be closed", "0 of 2 connections closed", "process 7 was stopped"):
        assert part in text
    assert "tunspec run --impl tunnel0 --fabric embedded" in text
    dialog.get_by_text("The adapter's log").click()
    assert dialog.get_by_text("debug1: connected").is_visible()


def test_a_link_leads_to_a_requirement_and_to_its_sources(small: str, open_page: Open) -> None:
    """From an open cell to its row, and out to what it is based on."""
    page = open_page(small + _FAILED)
    dialog = page.get_by_role("dialog")
    assert dialog.get_by_role("link", name="https://example.org/1").get_attribute("href") == "https://example.org/1"
    dialog.get_by_role("link", name="REQ-1", exact=True).click()
    dialog.wait_for(state="hidden")
    assert page.locator("tr:target").get_attribute("id") == "REQ-1"
    assert page.locator("tr:target").is_visible()


def test_a_link_to_a_row_that_is_filtered_out_shows_it(small: str, open_page: Open) -> None:
    """What somebody sent is more urgent than a filter."""
    page = open_page(small)
    page.get_by_label("Find").fill("REQ-117")
    page.evaluate("location.hash = '#REQ-2'")
    page.wait_for_function("!document.getElementById('REQ-2').hidden")


def test_dark_is_dark(small: str, open_page: Open) -> None:
    """It follows the system."""
    grounds = [
        open_page(small, dark=dark).evaluate("getComputedStyle(document.body).backgroundColor")
        for dark in (False, True)
    ]
    assert grounds == ["rgb(255, 255, 255)", "rgb(20, 23, 26)"]


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_sticks_out(small: str, open_page: Open, width: int) -> None:
    """The table scrolls by itself, and so does what a cell opens."""
    page = open_page(small + _FAILED, width=width)
    page.locator("dialog[open] .timeline img").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert (
        page.evaluate("(() => { const d = document.querySelector('dialog'); return d.scrollWidth - d.clientWidth; })()")
        <= 0
    )


def test_all_can_be_done_by_keyboard(small: str, open_page: Open) -> None:
    """To the table, among its cells, into one, and back to where one was."""
    page = open_page(small)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.locator("td a.v").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    focused = "document.activeElement.getAttribute('href')"
    cell = page.evaluate(focused)
    assert cell.endswith("/tunnel1-embedded")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    assert page.evaluate(focused) == cell


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("place", ["", _FAILED], ids=["page", "cell"])
def test_axe_finds_no_serious_fault(small: str, open_page: Open, width: int, place: str, *, dark: bool) -> None:
    """Contrast, names, roles, order of headings, keyboard."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="run `scripts/install browser`").Axe()
    page = open_page(small + place, width=width, dark=dark, bypass_csp=True)
    if place:
        page.locator("dialog[open] .timeline img").wait_for()
    found = axe.run(page).response["violations"]
    assert {one["id"]: one["nodes"][0]["html"] for one in found if one["impact"] in _SERIOUS} == {}
