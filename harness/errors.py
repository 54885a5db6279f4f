"""What can end a scenario, in the order in which its life can end.

1. The file is read: :class:`InvalidScenario` (exit 2).
2. The fabric is asked whether it can run it: :class:`NotRun`.
3. The world is built and the adapter is started: :class:`FabricBroken`, :class:`AdapterBroken` (exit 4).
4. The adapter is asked for something it does not do: :class:`Unsupported`.
5. The tunnel is shown to work before anything is broken: :class:`Failed` where it does not and the world does (exit 1).
6. The world is broken on purpose: :class:`Inconclusive` where there is no evidence that it was (exit 3).
7. The tunnel is judged: :class:`Failed` (exit 1).
"""

from __future__ import annotations

from harness.text.harmless import harmless

_LONGEST = 2000
"""Characters of what is said of a file, which may hold anything."""


class TunspecError(Exception):
    """Anything that tunspec raises on purpose; its text is harmless, whatever a program said."""

    def __str__(self) -> str:
        return harmless(super().__str__())


class UsageError(TunspecError):
    """The command line, a file or a name given by the user is wrong (exit 2)."""


class InvalidScenario(UsageError):
    """A scenario file cannot be used; the message starts with ``file:line:``."""

    def __init__(self, message: str) -> None:
        super().__init__(message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…")


class NotRun(TunspecError):
    """The fabric cannot run this scenario; the message is the reason."""


class HarnessBroken(TunspecError):
    """The suite itself, its fabric or the adapter broke; nothing is said about the tunnel (exit 4)."""


class FabricBroken(HarnessBroken):
    """The world could not be built, broke by itself, or did not obey."""


class AdapterBroken(HarnessBroken):
    """The adapter broke the protocol, died, or did not answer; the message says what it sent.

    ``log`` is the end of its standard error, where it never introduced itself.
    """

    log = ""


class AdapterDied(AdapterBroken):
    """The adapter ended before it was told to; ``death`` says how, and its last words."""

    def __init__(self, message: str, death: str = "") -> None:
        super().__init__(message)
        self.death = death


class Unsupported(TunspecError):
    """The adapter says that its implementation cannot do this; the message is the feature."""


class Inconclusive(TunspecError):
    """The run proves nothing: a fault left no evidence, or nobody looked when it mattered."""


class Over(TunspecError):
    """There is nothing more to be seen: the steps that follow are left out, and what was done is judged."""


class Failed(TunspecError):
    """The implementation did wrong.

    ``expected`` and ``observed`` are sentences for a person; both stand in the report. ``requirement`` is the one that
    was broken, None for those that the scenario covers.
    """

    def __init__(self, expected: str, observed: str, requirement: str | None = None) -> None:
        super().__init__(f"expected {expected}; observed {observed}")
        self.expected = expected
        self.observed = observed
        self.requirement = requirement
