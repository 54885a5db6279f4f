"""What the self-tests of ``tunspec repro`` share: runners of both fabrics, for all tests of one process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.scenario.runner import Runner
from harness.session import open_runner


@pytest.fixture(scope="session")
def embedded() -> Iterator[Runner]:
    """What plays reports on the embedded fabric."""
    with open_runner("reference", "embedded") as runner:
        yield runner


@pytest.fixture(scope="session")
def docker() -> Iterator[Runner]:
    """What plays reports on the docker fabric."""
    with open_runner("reference", "docker") as runner:
        yield runner
