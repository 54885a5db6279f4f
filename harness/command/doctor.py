"""``tunspec doctor``: what this machine can run, and what is missing."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness import extras, resources
from harness.errors import FabricBroken, UsageError
from harness.verdict.lattice import Exit
from harness.world import fabrics
from harness.world.topology import topologies


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is there, and what to do where it is not."""

    name: str
    good: bool
    text: str
    needed: bool = True


def examine(console: Console, *, as_json: bool = False) -> int:
    """Print the findings; exit status 4 when something that every run needs is missing."""
    findings = [check() for check in _CHECKS]
    broken = any(finding.needed and not finding.good for finding in findings)
    if as_json:
        console.out(json.dumps([asdict(one) for one in findings], indent=2, ensure_ascii=False), highlight=False)
        return Exit.BROKEN if broken else Exit.CONFORMS
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for finding in findings:
        mark = "[green]yes[/]" if finding.good else "[bold red]no[/]" if finding.needed else "[yellow]no[/]"
        table.add_row(mark, finding.name, Text(finding.text))
    console.print(table)
    return Exit.BROKEN if broken else Exit.CONFORMS


def _python() -> Finding:
    return Finding("Python", sys.version_info >= (3, 11), f"{platform.python_version()} (3.11 or later is needed)")


def _world() -> Finding:
    return Finding("topologies", bool(topologies()), f"{', '.join(topologies())} from {resources.compose_file()}")


def _ssh() -> Finding:
    path = shutil.which("ssh")
    if path is None:
        text = "not found: `--impl openssh` needs OpenSSH's client (Debian: apt-get install openssh-client)"
        return Finding("ssh", good=False, text=text, needed=False)
    banner = subprocess.run([path, "-V"], capture_output=True, text=True, timeout=10, check=False).stderr.strip()
    return Finding("ssh", good=True, text=f"{banner} ({path}), for `--impl openssh`")


def _docker() -> Finding:
    try:
        fabrics.check("docker")
    except (FabricBroken, UsageError) as error:
        return Finding("docker fabric", good=False, text=str(error), needed=False)
    return Finding("docker fabric", good=True, text="an engine answers, for `--fabric docker`")


def _databases() -> Finding:
    reason = extras.missing("databases")
    return Finding("databases", reason is None, reason or "their drivers are installed", needed=False)


def _allure() -> Finding:
    reason = extras.missing("allure")
    return Finding("--allure", reason is None, reason or "what writes the results is installed", needed=False)


_CHECKS: tuple[Callable[[], Finding], ...] = (_python, _world, _ssh, _docker, _databases, _allure)
