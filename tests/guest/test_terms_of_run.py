"""``tunspec run`` takes from tunspec.toml what no flag says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from harness import cli
from harness.command.run import RunSubject
from harness.command.selection import Selection

TERMS = """
implementation = "openssh"
scope = "core"
select = ["data", "own.yaml"]
marker = "must"
"""


@pytest.mark.parametrize(
    ("words", "selection", "judged"),
    [
        ((), Selection(("data", "own.yaml"), "must"), RunSubject("openssh", scope="core")),
        (("--impl", "./mine", "auth"), Selection(("auth",), "must"), RunSubject("./mine", scope="core")),
        (("--scope", "full", "--level", "may"), Selection(("data", "own.yaml"), "must", level="may"), None),
    ],
    ids=["no flags", "another implementation", "another scope"],
)
def test_flags_win_over_the_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    selection: Selection,
    judged: RunSubject | None,
) -> None:
    """What neither says is as usual."""
    (tmp_path / "tunspec.toml").write_text(TERMS)
    (tmp_path / "own.yaml").touch()
    monkeypatch.chdir(tmp_path)
    asked: list[Any] = []
    monkeypatch.setattr("harness.command.run.run", lambda *given, **_: asked.extend(given) or 0)
    monkeypatch.setattr(sys, "argv", ["tunspec", "run", *words])
    with pytest.raises(SystemExit):
        cli.main()
    assert asked[0] == selection
    assert asked[2] == (judged or RunSubject("openssh", scope="full"))
