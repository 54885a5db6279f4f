"""How the probe target is told to serve a scenario."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class TargetSetup:
    """How the probe target serves one scenario; ``harness/probe/target.py`` says what both mean.

    ``key`` is what it proves itself by, empty for no proof. ``greets``: it speaks before its client does.
    """

    key: bytes = field(default=b"", repr=False)
    greets: bool = False

    def document(self) -> dict[str, str | bool]:
        """Return it as the target reads it."""
        return {"key": self.key.hex(), "greets": self.greets}
