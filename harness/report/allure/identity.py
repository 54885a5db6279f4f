"""By what Allure recognises a scenario from one run to the next."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def identity(scenario: str, parameters: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Return Allure's ids of the test and of its history, which depend on what was judged and nothing else."""
    return _digest(scenario), _digest(scenario, *(f"{name}={value}" for name, value in sorted(parameters)))


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:32]
