"""The world of a failed scenario is kept for a look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.verdict.lattice import Exit

if TYPE_CHECKING:
    from conftest import Tunspec


@pytest.mark.slow
def test_a_card_says_how_to_look_at_what_failed(tunspec: Tunspec) -> None:
    """It stays until a line comes, or the end of input; then the run goes on and ends as ever."""
    done = tunspec("run", "--impl", "faulty:turns_carriage_returns_into_line_feeds", "data/echo", "--hold")
    assert done.returncode == Exit.NONCONFORMANT
    card = done.stderr.partition("HELD  data/echo failed at line ")[2]
    assert all(f"\n  {word} " in card for word in ("expected", "adapter", "tunnel", "bastion", "known hosts", "keys"))
