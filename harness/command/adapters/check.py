"""``tunspec adapter check``: whether an adapter keeps to the protocol, with the whole conversation."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from harness.adapter import registry
from harness.adapter.check import CHECKS, Finding, perform
from harness.text.harmless import harmless_line
from harness.verdict.lattice import Exit

_MARKS = {
    "ok": ("ok", "green"),
    "wrong": ("wrong", "red"),
    "breach": ("breach", "red"),
    "skipped": ("skipped", "yellow"),
}
_STYLES = {"→": "cyan", "←": "default", "log": "dim"}
_LONGEST = 300


def check(name: str, console: Console) -> Exit:
    """Print each check with its conversation, and return the exit status.

    4 when the conversation broke off, 1 when a rule was not kept. Raises UsageError for a name that is not an adapter.
    """
    launch = registry.resolve(name)

    def tell(arrow: str, line: str) -> None:
        shown = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}… ({len(line)} characters)"
        console.print(Text(f"  {arrow:<3} {harmless_line(shown)}", style=_STYLES[arrow]), soft_wrap=True)

    findings: list[Finding] = []
    for one in CHECKS:
        console.print(Text(f"\n{one.title}", style="bold"))
        with tempfile.TemporaryDirectory(prefix="tunspec-") as folder:
            finding = perform(one, launch, Path(folder), tell)
        word, style = _MARKS[finding.verdict]
        console.print(
            Text(f"  {word}: ", style=f"bold {style}").append(harmless_line(finding.text), style="not bold default"),
            soft_wrap=True,
        )
        findings.append(finding)
        if finding.verdict == "breach" and len(findings) == 1:
            break
    return _conclude(findings, console)


def _conclude(findings: list[Finding], console: Console) -> Exit:
    verdicts = {finding.verdict for finding in findings}
    if "breach" in verdicts:
        console.print("\nexit 4: the conversation broke off; the breach names the line, and what was expected instead")
        return Exit.BROKEN
    if "wrong" in verdicts:
        console.print("\nexit 1: the adapter breaks a rule of docs/adapter-protocol.md")
        return Exit.NONCONFORMANT
    console.print("\nexit 0: the adapter keeps to the protocol; next: tunspec run --impl … data/echo")
    return Exit.CONFORMS
