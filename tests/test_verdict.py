from __future__ import annotations

import pytest

from harness.verdict.lattice import Exit, Verdict, exit_status

PASS, FAIL, ERROR = Verdict.PASS, Verdict.FAIL, Verdict.ERROR
UNSUPPORTED, NOT_RUN, INCONCLUSIVE = Verdict.UNSUPPORTED, Verdict.NOT_RUN, Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ([PASS, UNSUPPORTED, NOT_RUN], Exit.CONFORMS),
        ([PASS, FAIL, INCONCLUSIVE], Exit.NONCONFORMANT),
        ([PASS, INCONCLUSIVE], Exit.INCONCLUSIVE),
        ([PASS, FAIL, INCONCLUSIVE, ERROR], Exit.BROKEN),
        ([UNSUPPORTED, NOT_RUN], Exit.NOTHING_RUN),
        ([], Exit.NOTHING_RUN),
    ],
)
def test_the_gravest_cause_is_the_exit_status(verdicts: list[Verdict], status: Exit) -> None:
    """One number tells a person what to look at first."""
    assert exit_status(verdicts) is status


def test_an_invalid_file_is_graver_than_every_verdict() -> None:
    """What was not even read cannot conform."""
    assert exit_status([PASS, FAIL], invalid=True) is Exit.USAGE
