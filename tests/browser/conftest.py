"""Debian's Chromium, driven by playwright, and pages to look at in it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from .matrices import synthetic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BINARIES = ("chromium", "chromium-browser", "google-chrome")
_WAIT = 30_000
"""Milliseconds for which something may take to appear."""


class Open(Protocol):
    """Opens a page in a window of its own, and returns it as playwright's Page."""

    def __call__(self, address: str, *, width: int = 1280, dark: bool = False, bypass_csp: bool = False) -> Any:
        """Return the page.

        What its console says of errors is in ``page.complaints``; ``page.session`` is a session of Chrome's DevTools,
        whose ``Performance`` counts the seconds of processor time of the page's thread.
        """


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for all tests; each has windows of its own."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="needs playwright: run `scripts/install browser` (it downloads no browser)"
    )
    binary = next(filter(None, map(shutil.which, _BINARIES)), None)
    if binary is None:
        pytest.skip("needs Chromium (Debian: apt install chromium)")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=binary, args=sandbox)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Open]:
    """Opens pages, and closes their windows after the test."""
    contexts = []

    def opened(address: str, *, width: int = 1280, dark: bool = False, bypass_csp: bool = False) -> Any:
        scheme = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=bypass_csp
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(_WAIT)
        page.complaints = []
        page.on("console", lambda one: page.complaints.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda one: page.complaints.append(str(one)))
        page.session = context.new_cdp_session(page)
        page.session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a page with three implementations and real requirements."""
    return _written(tmp_path_factory.mktemp("small"), columns=3, scenarios=120)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a page with fifteen implementations and six hundred requirements."""
    return _written(tmp_path_factory.mktemp("large"), columns=15, scenarios=600)


def _written(folder: Path, *, columns: int, scenarios: int) -> str:
    from harness.report.matrix.page import render

    file = folder / "index.html"
    file.write_text(render(synthetic(columns, scenarios), "tunspec: many tunnels"), encoding="utf-8")
    return file.as_uri()
