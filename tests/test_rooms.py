"""The rooms of the code stay small enough to be looked over."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from harness import resources

MOST = 16


@pytest.mark.parametrize("package", ["harness", "tunnel_impl"])
def test_no_folder_holds_more_modules_than_one_looks_over(package: str) -> None:
    """Where there would be more, some of them belong together in a room of their own."""
    held = Counter(file.parent.relative_to(resources.root()) for file in (resources.root() / package).rglob("*.py"))
    assert {str(folder): count for folder, count in held.items() if count > MOST} == {}


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        ("harness.command.run, harness.world.embedded.fabric, harness.items.hooks", {"asyncssh", "paramiko", "allure"}),
        ("harness.world.embedded.bastion.process", {"pydantic", "paramiko"}),
        ("harness.world.embedded.relay.process, harness.probe.target", {"pydantic", "asyncssh"}),
    ],
)
def test_a_process_loads_only_what_it_needs(modules: str, absent: set[str]) -> None:
    """Each of these libraries costs a tenth of a second of processor time, in every worker and every world."""
    code = f"import sys, {modules}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not absent & set(loaded)
