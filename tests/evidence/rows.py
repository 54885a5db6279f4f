"""Every fault, a scenario that a sound tunnel passes with and without it, and what takes its effect away.

None of the scenarios asks for a consequence of the fault, so only its evidence can tell whether it happened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from harness.faults import model as faults

from . import numb_client, numb_docker, numb_embedded

Numb = Callable[[pytest.MonkeyPatch], None]
"""Takes the effect of a fault away, from the step that breaks on."""

RECONNECTS = "{reconnect: {attempts: 30, first_delay: 100ms, max_delay: 200ms}, timeouts: {connect: 5s}}"
BY_NAME = "{dial: name}"


@dataclass(frozen=True)
class Row:
    """``steps`` are YAML; ``embedded`` and ``docker`` take the effect away, None where the fabric has no such fault."""

    fault: faults.Fault | faults.ClientFault
    steps: tuple[str, ...]
    embedded: Numb | None
    docker: Numb | None
    tunnel: str = RECONNECTS
    topology: str = "single_bastion"

    @property
    def id(self) -> str:
        """The fault's kind, its part, and what it breaks."""
        part = f"-{self.fault.part}" if isinstance(self.fault, faults.Kill) else ""
        return f"{type(self.fault).__name__}{part}-{faults.subject(self.fault)}-{self.topology}"


_relay = numb_embedded.without_grip
_filter = numb_docker.without_packet_filter
_toxic = numb_docker.with_toxics_for_nobody

ROWS = (
    Row(
        faults.Cut("to-bastion"),
        ("cut: to-bastion", "mend: to-bastion"),
        _relay,
        numb_docker.with_a_relay_that_stays_on,
    ),
    Row(faults.Cut("to-target"), ("cut: to-target", "mend: to-target"), _relay, _filter),
    Row(
        faults.Stall("to-bastion"),
        ("connect: 1", "stall: to-bastion", "knock: {as: late}", "wait: 3s", "resume: to-bastion"),
        _relay,
        _filter,
    ),
    Row(
        faults.Reset("to-bastion"),
        ("reset: to-bastion",),
        _relay,
        numb_docker.without_killing_sockets,
    ),
    Row(
        faults.Reset("to-target"),
        ("connect: 1", "reset: to-target"),
        _relay,
        numb_docker.without_killing_sockets,
    ),
    Row(
        faults.Latency("to-bastion", 0.05),
        ("latency: {link: to-bastion, delay: 50ms}", "echo:", "restore: to-bastion"),
        _relay,
        _toxic,
    ),
    Row(
        faults.Bandwidth("to-bastion", 1 << 18),
        ("bandwidth: {link: to-bastion, rate: 256KiB}", "echo:", "restore: to-bastion"),
        _relay,
        _toxic,
    ),
    Row(
        faults.Slice("to-bastion", 64, 0.001),
        ("slice: {link: to-bastion, size: 64B, delay: 1ms}", "echo:", "restore: to-bastion"),
        _relay,
        _toxic,
    ),
    Row(
        faults.Limit("to-bastion", 600),
        ("limit: {link: to-bastion, size: 600B}", "begin: late", "wait: 3s", "restore: to-bastion"),
        _relay,
        _toxic,
    ),
    Row(
        faults.Swallow("to-bastion"),
        ("connect: 1", "swallow: to-bastion", "knock: {as: late}", "wait: 3s", "restore: to-bastion"),
        _relay,
        _toxic,
    ),
    Row(
        faults.Lose("to-bastion", 0.5),
        ("lose: {link: to-bastion, share: 0.5}", "knock: {as: late}", "wait: 3s", "restore: to-bastion"),
        None,
        _filter,
    ),
    Row(
        faults.Forget("to-bastion", 0.5),
        ("forget: {link: to-bastion, after: 500ms}", "wait: 3s", "restore: to-bastion"),
        _relay,
        numb_docker.with_a_table_that_drops_nothing,
    ),
    Row(
        faults.Oversize("to-bastion", 70),
        (
            "connect: 1",
            "oversize: {link: to-bastion, size: 70B}",
            "knock: {as: late}",
            "wait: 3s",
            "restore: to-bastion",
        ),
        _relay,
        _filter,
    ),
    Row(
        faults.Mtu("to-bastion", 1280),
        ("mtu: {link: to-bastion, size: 1280B}", "restore: to-bastion"),
        None,
        numb_docker.with_interfaces_that_stay,
    ),
    Row(
        faults.Freeze("bastion"),
        ("freeze: bastion", "thaw: bastion"),
        numb_embedded.without_signals,
        numb_docker.without_signals,
    ),
    Row(
        faults.Freeze("target"),
        ("freeze: target", "thaw: target"),
        numb_embedded.without_signals,
        numb_docker.without_signals,
    ),
    Row(
        faults.Kill("bastion"),
        ("kill: bastion", "restart: bastion"),
        numb_embedded.without_kills,
        numb_docker.without_kills,
    ),
    Row(
        faults.Kill("target"),
        ("kill: target", "restart: target"),
        numb_embedded.without_kills,
        numb_docker.without_kills,
    ),
    Row(
        faults.Kill("far-target"),
        ("kill: far-target", "restart: far-target"),
        numb_embedded.without_kills,
        numb_docker.with_a_relay_that_stays_on,
        topology="flaky_network",
    ),
    Row(
        faults.Kill("bastion", "sessions"),
        ("kill: {node: bastion, part: sessions}",),
        numb_embedded.without_requests,
        numb_docker.without_kills,
    ),
    Row(
        faults.Kill("bastion", "listener"),
        ("kill: {node: bastion, part: listener}", "restart: bastion"),
        numb_embedded.without_requests,
        numb_docker.without_kills,
    ),
    Row(
        faults.RotateHostKey("bastion"),
        ("rotate_host_key: bastion", "restore_host_key: bastion"),
        numb_embedded.without_requests,
        numb_docker.with_the_old_host_keys,
    ),
    Row(
        faults.Refuse("target"),
        ("refuse: target", "listen: target"),
        numb_embedded.without_requests,
        numb_docker.with_a_target_that_listens,
    ),
    Row(
        faults.Refuse("far-target"),
        ("refuse: far-target", "listen: far-target"),
        numb_embedded.without_requests,
        _filter,
        topology="flaky_network",
    ),
    Row(
        faults.Ignore("target"),
        ("ignore: target", "attend: target"),
        numb_embedded.without_requests,
        _filter,
    ),
    Row(
        faults.RevokeKey("bastion"),
        ("revoke_key: bastion", "restore_key: bastion"),
        numb_embedded.without_requests,
        numb_docker.without_new_files,
    ),
    Row(
        faults.ChangeAddress("bastion"),
        ("change_address: bastion",),
        numb_client.with_relays_that_go_on,
        numb_client.with_relays_that_go_on,
        tunnel=BY_NAME,
    ),
    Row(faults.Sleep(), ("sleep:", "wake:"), numb_client.awake, numb_client.awake),
)
