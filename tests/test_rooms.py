"""The rooms of the code stay small enough to be looked over."""

from __future__ import annotations

from collections import Counter

import pytest

from harness import resources

MOST = 16


@pytest.mark.parametrize("package", ["harness", "tunnel_impl"])
def test_no_folder_holds_more_modules_than_one_looks_over(package: str) -> None:
    """Where there would be more, some of them belong together in a room of their own."""
    held = Counter(file.parent.relative_to(resources.root()) for file in (resources.root() / package).rglob("*.py"))
    assert {str(folder): count for folder, count in held.items() if count > MOST} == {}
