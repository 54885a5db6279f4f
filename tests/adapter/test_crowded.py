"""A process that begins with many files open."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from harness.adapter.processes import crowded

REPORT = """
import json, os, resource, sys
print(json.dumps([os.open(os.devnull, os.O_RDONLY), resource.getrlimit(resource.RLIMIT_NOFILE)[0], sys.argv[1:]]))
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)


def test_the_next_file_has_a_number_that_select_cannot_hold() -> None:
    """And there is room for more; arguments reach the command as they were."""
    done = run(*crowded.command(1100), sys.executable, "-c", REPORT, "two words", "--")
    number, limit, arguments = json.loads(done.stdout)
    assert number >= 1100
    assert limit >= 1100 + 1000
    assert arguments == ["two words", "--"]


def test_it_becomes_its_command() -> None:
    """So that its end and its process id are the command's own."""
    assert run(*crowded.command(1), "sh", "-c", "exit 7").returncode == 7


def test_a_machine_that_allows_too_few_files_says_so() -> None:
    """And what to do."""
    done = run("prlimit", "--nofile=64:64", *crowded.command(100), "true")
    assert "100 files cannot be open here" in done.stderr
    assert "ulimit -Hn), now 64" in done.stderr


@pytest.mark.parametrize("arguments", [("5", "--"), ("5", "++", "true")])
def test_without_a_command_it_says_how_it_is_used(arguments: tuple[str, ...]) -> None:
    """Rather than open files for nothing."""
    assert "usage: crowded.py COUNT -- COMMAND" in run(*crowded.command(5)[:2], *arguments).stderr
