"""What the implementation says of itself: its state, its error, its endpoint, its questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import ClassVar, Literal

from harness.adapter.driver import NoAnswer, Refused
from harness.adapter.protocol import ErrorCode, HostKeyQuestion, State, StateEvent, StatusOk
from harness.errors import Failed
from harness.scenario.language.observation import Observation, Reading
from harness.scenario.language.rehearsal import Rehearsal
from harness.scenario.props import store
from harness.scenario.stage.endpoint import endpoint
from harness.scenario.stage.stage import Stage
from harness.world.host_keys import fingerprint

_STATUS_BOUND = 2.0
"""Seconds in which ``status`` must be answered, also while a peer is frozen (requirement LIV-5)."""


def _status(stage: Stage, tunnel: str) -> StatusOk:
    try:
        status = stage.adapter.status(tunnel, timeout=_STATUS_BOUND)
    except NoAnswer as silent:
        raise Failed(f"status to be answered within {_STATUS_BOUND:g} s", "no answer") from silent
    except Refused as refused:
        raise Failed("status to be answered", f"{refused.detail.code} ({refused.detail.message})") from refused
    if status.host is not None and status.port is not None and tunnel in stage.tunnels:
        endpoint(status.host, status.port, stage.tunnels[tunnel].profile.local)
    return status


class OfTunnel(Observation):
    """An observation of one tunnel."""

    tunnel: str = "main"


class Claim(OfTunnel):
    """An observation of what ``status`` says of one tunnel."""

    def features(self) -> frozenset[str]:
        """Return that there is a status to ask for."""
        return frozenset({"status"})


class Claimed(Claim):
    """The state that the implementation claims."""

    key: ClassVar[str] = "state"

    state: State

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Ask for the status; events that say the same tell since when it is this state, or no longer."""

        def look() -> Reading:
            state = _status(stage, self.tunnel).state
            events = stage.adapter.state_events(self.tunnel)
            met = state == self.state
            entered = [at for at, event in events if event.state == state]
            at = (entered[-1] if entered else None) if met else self._left(events)
            return Reading(met, f"the state is {state}", at)

        return look

    def _left(self, events: tuple[tuple[float, StateEvent], ...]) -> float | None:
        """Return when the state was left for others, None where the events do not tell."""
        if not events or events[-1][1].state == self.state:
            return None
        changes = pairwise(events)
        left = [at for (_, before), (at, after) in changes if before.state == self.state != after.state]
        return left[-1] if left else None

    def expected(self) -> str:
        return f"the state {self.state}"


class Told(Claim):
    """The states that events reported since the tunnel was last requested, in order; a repeated state counts once."""

    key: ClassVar[str] = "told"

    told: tuple[State, ...]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Look at the events."""

        def look() -> Reading:
            new = [(at, one.state) for at, one in stage.adapter.state_events(self.tunnel) if at >= stage.asked_at]
            changes = new[:1] + [after for before, after in pairwise(new) if before[1] != after[1]]
            states = tuple(state for _, state in changes)
            seen = f"the events told {', '.join(states) or 'nothing'}"
            return Reading(states == self.told, seen, changes[-1][0] if states == self.told and changes else None)

        return look

    def expected(self) -> str:
        return f"events that report {', '.join(self.told) or 'nothing'}"


class Error(Claim):
    """The code of the error that ``status`` gives, and the ``hop`` at which it happened, counted from 0."""

    key: ClassVar[str] = "error"

    error: ErrorCode | tuple[ErrorCode, ...]
    hop: int | None = None

    def features(self) -> frozenset[str]:
        """Return that the status has errors, and that their codes mean something, and their hops where one is named."""
        hops = set() if self.hop is None else {"errors.hop"}
        return super().features() | {"errors.code"} | hops

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Ask for the status."""
        wanted = (self.error,) if isinstance(self.error, str) else self.error

        def look() -> Reading:
            detail = _status(stage, self.tunnel).error
            if detail is None:
                return Reading(met=False, seen="no error")
            where = "" if self.hop is None else " without a hop" if detail.hop is None else f" at hop {detail.hop}"
            seen = f"the error is {detail.code}{where} ({detail.message})"
            return Reading(detail.code in wanted and self.hop in {None, detail.hop}, seen)

        return look

    def expected(self) -> str:
        where = "" if self.hop is None else f" at hop {self.hop}"
        return f"the error {self.error if isinstance(self.error, str) else ' or '.join(self.error)}{where}"


class SamePort(Claim):
    """The endpoint is still the one at which the tunnel was opened."""

    key: ClassVar[str] = "port"

    port: Literal["same"]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Ask for the status."""
        first = stage.tunnel(self.tunnel).first_address

        def look() -> Reading:
            status = _status(stage, self.tunnel)
            return Reading((status.host, status.port) == tuple(first), f"the endpoint is {status.host}:{status.port}")

        return look

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.tunnel(self.tunnel)

    def expected(self) -> str:
        return "the endpoint it had at first"


class Secrets(OfTunnel):
    """No secret in anything that the implementation has said so far, including its log and, if it has one, its status.

    Secrets are the passwords, passphrases, private keys and second factors that the harness made.
    """

    key: ClassVar[str] = "secrets"

    secrets: Literal["hidden"]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Ask for the status, and look at what was said."""

        def look() -> Reading:
            if "status" in stage.adapter.introduction.supports:
                _status(stage, self.tunnel)
            shown = stage.adapter.with_secrets()
            return Reading(not shown, f"a secret in {', '.join(dict.fromkeys(shown))}" if shown else "none")

        return look

    def expected(self) -> str:
        return "no secret in what the implementation says"


class Asked(OfTunnel):
    """What the user was asked about host keys since the tunnel was last requested, with true fingerprints.

    ``unknown``: the bastion's present key, as unknown. ``changed``: that key, and the one known before. The question
    names the host and port as the profile has them, and the type of the key.
    """

    key: ClassVar[str] = "asked"

    asked: Literal["nothing", "unknown", "changed"]
    at: str | None = None

    def servers(self) -> tuple[str, ...]:
        """Return the bastion, where one is named."""
        return (self.at,) if self.at else ()

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.see_asked(self.at)

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        route = stage.route
        node = self.at or route[-1]
        hop = route.index(node)
        before = stage.store_before
        dialled = stage.profiles.dialled(node)

        def look() -> Reading:
            new = [
                (at, question)
                for at, question, _ in stage.adapter.questions(self.tunnel)
                if at >= stage.asked_at and isinstance(question, HostKeyQuestion) and question.hop == hop
            ]
            questions = [question for _, question in new]
            if self.asked == "nothing":
                return Reading(not new, f"{len(new)} questions about host keys", new[0][0] if new else None)
            if not questions:
                return Reading(met=False, seen="no question about host keys")
            last = questions[-1]
            real = _fingerprints(key.public for key in stage.world.setup(node).host_keys)
            seen = f"asked about the {last.status} key {last.fingerprint}, known {last.known}"
            if last.status != self.asked:
                return Reading(met=False, seen=seen)
            if last.fingerprint not in real:
                return Reading(met=False, seen=f"{seen}, which is not the bastion's")
            if (last.host, last.port) != tuple(dialled):
                told = f"{last.host} port {last.port}, and the profile {dialled.host} port {dialled.port}"
                return Reading(met=False, seen=f"{seen}, and it says {told}")
            if last.type != real[last.fingerprint]:
                return Reading(met=False, seen=f"{seen}, of the type {last.type}, and it is {real[last.fingerprint]}")
            if self.asked == "changed":
                kept = _fingerprints(store.keys_in(before.decode(), stage.kept_as(node)))
                return Reading(last.known in kept, seen if last.known in kept else f"{seen}, which was never stored")
            return Reading(met=True, seen=seen)

        return look

    def expected(self) -> str:
        if self.asked == "nothing":
            return "no question about host keys"
        return f"a question about the {self.asked} host key with its true fingerprint"


def _fingerprints(public_keys: Iterable[str]) -> dict[str, str]:
    """Return the type of each key by its fingerprint."""
    return {fingerprint(key): key.split()[0] for key in public_keys}
