"""What programs may import from the reference tunnel."""

from __future__ import annotations

import pytest

import tunnel_impl

NAMES = [
    "Ask", "Banner", "Endpoint", "HostKeyQuestion", "Parts", "Profile", "PromptQuestion", "Question", "State", "Status",
    "Tunnel", "TunnelError",
]  # fmt: skip


def test_the_public_names_stay() -> None:
    """One that goes, or comes, is a change that CHANGELOG.md tells."""
    assert tunnel_impl.__all__ == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_loaded_when_it_is_asked_for(name: str) -> None:
    """From the room in which it lives."""
    assert getattr(tunnel_impl, name) is not None


def test_another_name_is_not_there() -> None:
    """And the error says so, as for any module."""
    with pytest.raises(AttributeError, match="no attribute 'Session'"):
        tunnel_impl.Session  # noqa: B018 -- looking is what fails
