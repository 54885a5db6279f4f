"""The probe target, one process for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .control import Control


@pytest.fixture(scope="module")
def process() -> Iterator[Control]:
    """Give one target process for all tests."""
    control = Control()
    yield control
    control.close()


@pytest.fixture
def target(process: Control) -> Control:
    """Give the target, reset."""
    assert process.ask(do="reset") == {"ok": {}}
    return process
