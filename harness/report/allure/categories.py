"""Allure has fewer statuses than there are verdicts; categories tell them apart by how a message begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from harness.verdict.lattice import Verdict

KNOWN_FAIL: Final = "known-fail"
FIXED: Final = "fixed"
COVERAGE_LOST: Final = "coverage-lost"
"""What the gate makes of verdicts, beside the verdicts themselves."""

STATUSES: Mapping[str, str] = {
    Verdict.FAIL: "failed",
    KNOWN_FAIL: "failed",
    FIXED: "passed",
    Verdict.ERROR: "broken",
    Verdict.INCONCLUSIVE: "broken",
    COVERAGE_LOST: "skipped",
    Verdict.UNSUPPORTED: "skipped",
    Verdict.NOT_RUN: "skipped",
}
"""The status of each result that needs a category."""

_NAMES: Mapping[str, str] = {
    Verdict.FAIL: "Nonconformant",
    KNOWN_FAIL: "Known failure",
    FIXED: "Fixed: remove the waiver",
    Verdict.INCONCLUSIVE: "Inconclusive: nothing proved",
    Verdict.ERROR: "Broken: harness, fabric, adapter",
    COVERAGE_LOST: "Coverage lost",
    Verdict.UNSUPPORTED: "Unsupported, by feature",
    Verdict.NOT_RUN: "Not run, by reason",
}

CATEGORIES: Sequence[Mapping[str, object]] = tuple(
    {"name": name, "matchedStatuses": [STATUSES[verdict]], "messageRegex": rf"^{verdict}: [\s\S]*"}
    for verdict, name in _NAMES.items()
)
"""No message is in two of them. The expressions mean the same to Java (Allure 2) and to JavaScript (Allure 3)."""
