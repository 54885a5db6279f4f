"""No output of a run holds a secret of the run, whatever an adapter says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.text.redaction import MARK

if TYPE_CHECKING:
    from conftest import Outputs

_PART = 8
_PUBLIC = ("b3BlbnNzaC1rZXktdjEAAAAA", "Proc-Type: 4,ENCRYPTED")


def secrets(outputs: Outputs) -> list[str]:
    """Return what the adapter was given: the password, the passphrase, each line of the private keys."""
    return (outputs.folder / "secrets.txt").read_text().split("\n")[:-1]


def written(outputs: Outputs) -> dict[str, str]:
    """Return the text of every output of the run."""
    files = [outputs.folder / "report.jsonl", outputs.folder / "junit.xml", *(outputs.folder / "allure").iterdir()]
    return {"the terminal": outputs.terminal, **{file.name: file.read_text() for file in files}}


def test_the_adapter_had_secrets_to_tell_and_told_them(telltale: Outputs) -> None:
    """Otherwise the next test proves nothing."""
    assert len(secrets(telltale)) > 30
    assert all(MARK in text for text in (telltale.terminal, (telltale.folder / "report.jsonl").read_text()))


def test_no_output_holds_one(telltale: Outputs) -> None:
    """Not in results, timelines, logs, exception texts or steps; neither whole nor cut."""
    parts = {one[start : start + _PART] for one in secrets(telltale) for start in (0, max(0, len(one) - _PART))}
    public = {part for part in parts if any(part in known for known in _PUBLIC)}
    leaks = [(name, part) for name, text in written(telltale).items() for part in parts - public if part in text]
    assert leaks == []
