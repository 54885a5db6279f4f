"""Verbs that ask the implementation for something: open, close, test."""

from __future__ import annotations

import time
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from harness.adapter.driver import NoAnswer, Refused
from harness.adapter.protocol import ErrorDetail
from harness.address import Address
from harness.errors import Failed, UsageError
from harness.faults.needs import Need, NeedsOfClient
from harness.probe import client
from harness.scenario.language.rehearsal import Rehearsal
from harness.scenario.language.tunnel import TunnelSpec, spelled_out
from harness.scenario.language.verb import Nature, Verb, overlaid
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs import outcome
from harness.scenario.verbs.brought import Brought
from harness.units import Duration

_NO_CODE = "wait_for_code needs a bastion with a second factor"


class Ask(Brought):
    """What ``open`` and ``test`` have in common: a tunnel, and what should come of asking for it.

    ``with`` changes the scenario's tunnel for this step. ``from``: as in :class:`Brought`.
    """

    nature: ClassVar[Nature] = "acts"
    shorthand: ClassVar[str | None] = "as"

    name: Annotated[str, Field(alias="as")] = "main"
    tunnel: Annotated[TunnelSpec, Field(alias="with")]

    @classmethod
    def read(cls, argument: Any, tunnel: dict[str, Any]) -> Verb:  # noqa: ANN401 -- raw YAML
        """Make the step, its tunnel laid on the scenario's own."""
        argument = outcome.spelled_out(argument)
        arguments = argument if isinstance(argument, dict) else {} if argument is None else {"as": argument}
        changes = arguments.get("with") or {}
        if not isinstance(changes, dict):
            return cls.model_validate(arguments)
        return cls.model_validate({**arguments, "with": _changed(tunnel, changes)})

    def servers(self) -> tuple[str, ...]:
        """Return the bastions that the tunnel names, and those whose logins the texts give."""
        return (*super().servers(), *self.tunnel.servers())

    def rehearse(self, so_far: Rehearsal) -> None:
        """Ask; the tunnel is there afterwards unless it must fail."""
        so_far.ask(self.tunnel)
        if self.error is None:
            for name in self.opened():
                so_far.tunnels[name] = self.tunnel

    def opened(self) -> tuple[str, ...]:
        """Return the names of the tunnels that are open if it succeeds."""
        return (self.name,)

    def features(self) -> frozenset[str]:
        """Return what an adapter must support to be given this tunnel, and to be judged by what comes of it."""
        return super().features() | self.tunnel.features()

    def needs(self) -> frozenset[Need]:
        """Return what the fabric and the client's machine must have for this tunnel."""
        named = {NeedsOfClient("names")} if self.tunnel.dial == "name" else set()
        apart = {NeedsOfClient("loopback")} if self.tunnel.local.host == "private" else set()
        return self.tunnel.needs() | named | apart


def _changed(tunnel: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Lay ``changes`` on ``tunnel``; another method of logging in replaces all that was said of the first."""
    before, after = (spelled_out(one.get("auth")) for one in (tunnel, changes))
    if before is not None and after is not None and after.get("method", before["method"]) == before["method"]:
        after = overlaid(before, after)
    auth = after or before
    return {**overlaid(tunnel, changes), **({"auth": auth} if auth else {})}


class Open(Ask):
    """Open the tunnel, and see it succeed or fail with the named error; if it may fail and does not, it must echo.

    ``port_of``: with ``local: {port: again}``, the port is the one of that tunnel.
    """

    verb: ClassVar[str] = "open"

    port_of: str | None = None

    def run(self, stage: Stage) -> None:
        """Ask the implementation to open a tunnel."""
        before = stage.tunnel(self.port_of) if self.port_of else stage.tunnels.get(self.name)
        profile = self.profile(stage, self.tunnel, before.address.port if before else 0)
        asked = stage.asked(self.tunnel, profile)
        try:
            opened = stage.adapter.open(self.name, profile, timeout=self.within)
        except Refused as refused:
            self._judge(refused.detail)
            return
        except NoAnswer as silent:
            raise Failed(f"open to end within {self.within:g} s", "no answer") from silent
        self._judge(None)
        stage.opened(self.name, asked, opened)
        if self.may_fail:
            client.echo_once(stage.way(self.name), 64, self.within)

    def rehearse(self, so_far: Rehearsal) -> None:
        if self.port_of:
            so_far.tunnel(self.port_of)
        super().rehearse(so_far)


class Reopen(Open):
    """Open a tunnel that is already open, as a program that asks for it again does: one tunnel is left.

    With the same profile the endpoint stays; ``times`` requests are made at once. Another profile (``with``)
    replaces the tunnel, and only once it has logged in.
    """

    verb: ClassVar[str] = "reopen"

    times: Annotated[int, Field(ge=1, le=100)] = 1

    def run(self, stage: Stage) -> None:
        """Ask, ``times`` times at once, and judge each answer."""
        before = stage.tunnels.get(self.name)
        profile = self.profile(stage, self.tunnel, before.address.port if before else 0)
        asked = stage.asked(self.tunnel, profile)
        pending = [stage.adapter.begin_open(self.name, profile) for _ in range(self.times)]
        deadline = time.monotonic() + self.within
        found: list[Address] = []
        for one in pending:
            refused: ErrorDetail | None = None
            try:
                opened = one.wait(max(0.0, deadline - time.monotonic()))
                found.append(stage.opened(self.name, asked, opened, before).address)
            except Refused as error:
                refused = error.detail
            except NoAnswer as silent:
                raise Failed(f"every open to end within {self.within:g} s", "no answer") from silent
            self._judge(refused)
        if found and (len(set(found)) > 1 or (before and profile == before.profile and found[0] != before.address)):
            known = f", and {before.address.host}:{before.address.port} before" if before else ""
            raise Failed("one endpoint", f"{', '.join(sorted({f'{host}:{port}' for host, port in found}))}{known}")

    def features(self) -> frozenset[str]:
        """Return what an adapter must support for this."""
        return super().features() | {"reopen"}


class OpenTogether(Ask):
    """Open ``count`` tunnels at once, called ``<name>-1`` and so on, and see all of them open."""

    verb: ClassVar[str] = "open_together"
    shorthand: ClassVar[str | None] = "count"

    count: Annotated[int, Field(ge=2, le=50)]

    @model_validator(mode="after")
    def _all_open(self) -> Self:
        if self.error is not None or self.may_fail is not None:
            raise ValueError("open_together sees all tunnels open; it accepts neither error nor may_fail")
        return self

    def run(self, stage: Stage) -> None:
        """Ask for all of them before the first answer."""
        profile = self.profile(stage, self.tunnel)
        asked = stage.asked(self.tunnel, profile)
        pending = {name: stage.adapter.begin_open(name, profile) for name in self.opened()}
        deadline = time.monotonic() + self.within
        for name, one in pending.items():
            try:
                opened = one.wait(max(0.0, deadline - time.monotonic()))
            except Refused as refused:
                said = f"{name}: {refused.detail.code} ({refused.detail.message})"
                raise Failed(f"all of {self.count} tunnels to open", said) from refused
            except NoAnswer as silent:
                raise Failed(f"all of {self.count} to open within {self.within:g} s", f"{name} did not") from silent
            stage.opened(name, asked, opened)

    def opened(self) -> tuple[str, ...]:
        return tuple(f"{self.name}-{number}" for number in range(1, self.count + 1))


class Cycle(Ask):
    """Open and close a tunnel ``times`` times, with an echo in between; with ``error``, each opening must fail so."""

    verb: ClassVar[str] = "cycle"
    shorthand: ClassVar[str | None] = "times"

    times: Annotated[int, Field(ge=1, le=1000)]

    def run(self, stage: Stage) -> None:
        """Open, echo, close."""
        said = {name: value for name, value in self if name != "times"}
        opening = Open.model_construct(**said)
        for _ in range(self.times):
            before = stage.tunnels.get(self.name)
            opening.run(stage)
            if stage.tunnels.get(self.name) is not before:
                client.echo_once(stage.way(self.name), 64, self.within)
                Close(tunnel=self.name).run(stage)


class Test(Ask):
    """Run the profile's Test Connection: every hop up to authentication, then close; nothing is forwarded."""

    verb: ClassVar[str] = "test"

    def run(self, stage: Stage) -> None:
        """Ask the implementation to test a profile; its questions carry the name of this tunnel."""
        profile = self.profile(stage, self.tunnel).model_copy(update={"name": self.name})
        asked = stage.asked(self.tunnel, profile)
        try:
            stage.adapter.test(profile, timeout=self.within)
        except Refused as refused:
            self._judge(refused.detail)
            return
        except NoAnswer as silent:
            raise Failed(f"test to end within {self.within:g} s", "no answer") from silent
        self._judge(None)
        stage.logged_in(asked)

    def opened(self) -> tuple[str, ...]:
        return ()

    def features(self) -> frozenset[str]:
        """Return what an adapter must support for this."""
        return super().features() | {"test"}


class Close(Verb):
    """Stop the tunnel, even while it opens. It must have stopped ``within`` 2 s, whatever the peer does (STOP-1).

    ``finish`` sees what then becomes of an opening that ``begin`` started.
    """

    verb: ClassVar[str] = "close"
    nature: ClassVar[Nature] = "acts"
    shorthand: ClassVar[str | None] = "tunnel"

    tunnel: str = "main"
    within: Duration = 2.0

    def run(self, stage: Stage) -> None:
        """Ask the implementation to stop. Raises UsageError where nothing has this name."""
        if self.tunnel not in stage.opening:
            stage.tunnel(self.tunnel)
        began = time.monotonic()
        try:
            stage.adapter.close(self.tunnel, timeout=self.within)
        except NoAnswer as silent:
            raise Failed(f"close to be done within {self.within:g} s", "no answer by then") from silent
        except Refused as refused:
            raise Failed("close to succeed", f"{refused.detail.code} ({refused.detail.message})") from refused
        stage.timeline.add("client", "observation", "close", f"done after {time.monotonic() - began:.2f} s")

    def rehearse(self, so_far: Rehearsal) -> None:
        if self.tunnel not in so_far.opening:
            so_far.tunnel(self.tunnel)


class WaitForCode(Verb):
    """Wait until the present code of the second factor is valid for at most ``left`` more."""

    verb: ClassVar[str] = "wait_for_code"
    nature: ClassVar[Nature] = "waits"
    shorthand: ClassVar[str | None] = "left"

    left: Duration

    def takes(self) -> float:
        """Return half of the usual period, for nobody knows when the scenario will begin."""
        return 15.0

    def run(self, stage: Stage) -> None:
        """Wait, up to a whole period. Raises UsageError where the bastion has no second factor."""
        totp = stage.world.setup(stage.world.topology.bastions[-1]).totp
        if totp is None:
            raise UsageError(_NO_CODE)
        remaining = totp.period - time.time() % totp.period
        stage.clock.wait((remaining - self.left) % totp.period)

    def rehearse(self, so_far: Rehearsal) -> None:
        if so_far.topology.bastions[-1] not in so_far.codes:
            raise UsageError(_NO_CODE)
