"""Verbs that break the client's side: the laptop sleeps, a name leads elsewhere; and one that takes stock of it."""

from __future__ import annotations

from typing import ClassVar, Literal

from harness.faults import model as faults
from harness.faults.needs import Need, NeedsOfClient
from harness.scenario.language.rehearsal import Rehearsal
from harness.scenario.language.verb import Nature, Verb
from harness.scenario.stage.family import Asleep, Family
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.faults import Heal


class Sleep(Verb):
    """Stop the implementation's processes where they are, as a laptop does when its lid is closed, until ``wake``.

    It does not show what comes of timers: in a suspended machine CLOCK_MONOTONIC stands still (clock_gettime(2)), and
    after the wake a timer runs on for what it had left. Here that clock goes on, and all timers are due at the wake.
    """

    verb: ClassVar[str] = "sleep"
    nature: ClassVar[Nature] = "breaks"

    def run(self, stage: Stage) -> None:
        """Stop them, and look whether they did."""
        stage.adapter.suspend()
        stage.install(faults.Sleep(), Asleep(Family(stage.adapter.pid).stopped(), stage.adapter.resume))

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.inject(faults.Sleep())

    def needs(self) -> frozenset[Need]:
        """Return that the implementation's processes can be looked at."""
        return frozenset({NeedsOfClient("processes")})


class Wake(Verb):
    """Undo ``sleep``: the processes go on, and find that time has passed."""

    verb: ClassVar[str] = "wake"
    nature: ClassVar[Nature] = "heals"

    def run(self, stage: Stage) -> None:
        """Let them go on."""
        stage.heal(faults.Sleep, faults.subject(faults.Sleep()))

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.heal(faults.subject(faults.Sleep()), faults.Sleep)


class ChangeAddress(Verb):
    """Make the name of a bastion lead to another address; at the old address everything falls silent.

    The tunnel must dial it by its name (``dial: name``).
    """

    verb: ClassVar[str] = "change_address"
    nature: ClassVar[Nature] = "breaks"
    shorthand: ClassVar[str | None] = "node"

    node: str

    def run(self, stage: Stage) -> None:
        """Move it."""
        stage.install(faults.ChangeAddress(self.node), stage.profiles.logins.props.names.move(self.node))

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.inject(faults.ChangeAddress(self.node))

    def servers(self) -> tuple[str, ...]:
        return (self.node,)

    def needs(self) -> frozenset[Need]:
        """Return that the scenario has a resolver of its own."""
        return frozenset({NeedsOfClient("names")})


class HideName(Verb):
    """Make a bastion's name ``unknown`` to the client's resolver, or its look-ups ``silent``, until ``show_name``.

    The tunnel must dial it by its name (``dial: name``).
    """

    verb: ClassVar[str] = "hide_name"
    nature: ClassVar[Nature] = "breaks"
    shorthand: ClassVar[str | None] = "node"

    node: str
    how: Literal["unknown", "silent"] = "unknown"

    def run(self, stage: Stage) -> None:
        """Hide it."""
        hidden = stage.profiles.logins.props.names.hide(self.node, self.how)
        stage.install(faults.HideName(self.node, self.how), hidden)

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.inject(faults.HideName(self.node, self.how))

    def servers(self) -> tuple[str, ...]:
        return (self.node,)

    def needs(self) -> frozenset[Need]:
        """Return that the scenario has a resolver of its own."""
        return frozenset({NeedsOfClient("names")})


class ShowName(Heal):
    """Undo ``hide_name``: the name is found again."""

    verb: ClassVar[str] = "show_name"
    undoes: ClassVar[type[faults.Fault | faults.ClientFault]] = faults.HideName


class Decoy(Verb):
    """Listen on the target's port on this machine, where a tunnel arrives if it takes ``localhost`` for this machine.

    ``expect: {decoy: untouched}`` says whether anything connected.
    """

    verb: ClassVar[str] = "decoy"
    nature: ClassVar[Nature] = "acts"

    def run(self, stage: Stage) -> None:
        """Lay it."""
        stage.profiles.logins.props.lay_decoy(stage.world.target_as("localhost").port)

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.has_decoy = True


class Note(Verb):
    """Note what the implementation's processes hold now; ``expect: {grown: …}`` compares with it."""

    verb: ClassVar[str] = "note"
    nature: ClassVar[Nature] = "looks"

    def run(self, stage: Stage) -> None:
        """Take stock."""
        stage.noted = noted = Family(stage.adapter.pid).resources()
        held = f"{noted.processes} processes, {noted.threads} threads, {noted.files} files, {noted.memory >> 20} MiB"
        stage.timeline.add("client", "observation", "note", held)

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.has_note = True

    def needs(self) -> frozenset[Need]:
        """Return that the implementation's processes can be looked at."""
        return frozenset({NeedsOfClient("processes")})
