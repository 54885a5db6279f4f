"""A middlebox that forgets idle connections: a table of nftables(8) that knows each for a while after its last bytes.

The client's address is put into the table by its SYN, and what is written either way keeps it there (the segment that
ends a write has PSH). An acknowledgement does not: the relay's kernel sends TCP keep-alives of its own, which would
keep every connection known. What is not in the table is dropped. Only the client's side of the link is judged, and the
gauge beside it, on which the harness holds an idle connection of its own.
"""

from __future__ import annotations

import socket
import struct
import time
from typing import TYPE_CHECKING

from harness.faults.installed import Installed
from harness.faults.model import Evidence
from harness.world.docker.link.packet_filter import PacketFilter

if TYPE_CHECKING:
    from harness.world.docker.link.toxiproxy import Toxiproxy

_MARGIN = 0.1  # seconds in which the kernel's timers have surely run
_WAIT = 2.0  # a byte of ours meets the packet filter in far less
_ANSWERS_WITHIN = 0.3  # the relay's API needs a few milliseconds
_NO_LINGER = struct.pack("ii", 1, 0)


def inject(packet_filter: PacketFilter, relay: Toxiproxy, after: float) -> Installed:
    """Forget connections on which nothing passed for ``after`` seconds. Raises FabricBroken."""
    table = _Table(packet_filter, relay.gauge_port)
    table.install(round(after * 1000))
    canary = relay.hold()
    idle_since = time.monotonic()

    def prove() -> Evidence:
        idle = time.monotonic() - idle_since
        if idle <= after + _MARGIN:
            return Evidence(
                proven=False, summary=f"an idle connection had {idle:.1f} s only, and {after:g} s are needed"
            )
        canary.send(relay.QUESTION)
        forgotten = table.await_canary() > 0 and _hears_nothing(canary)
        of_link = table.dropped("link")
        return Evidence(
            proven=forgotten,
            summary=f"what a connection sent that was idle for {idle:.1f} s "
            f"{'was dropped' if forgotten else 'still passed'}, and {of_link} packets of the link",
        )

    def undo() -> None:
        table.lift()
        canary.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        canary.close()

    return Installed(prove, undo)


def _hears_nothing(canary: socket.socket) -> bool:
    canary.settimeout(_ANSWERS_WITHIN)
    try:
        canary.recv(1)
    except TimeoutError:
        return True
    return False


class _Table:
    """The connections that are known at the client's side of ``packet_filter``."""

    def __init__(self, packet_filter: PacketFilter, gauge_port: int) -> None:
        self._shell = packet_filter.shell
        self._port, self._gauge_port = packet_filter.port, gauge_port
        self._name = f"ip forget-{packet_filter.port}"

    def install(self, milliseconds: int) -> None:
        """Learn the connections that there are; then drop what is not known."""
        ports = f"{{ {self._port}, {self._gauge_port} }}"
        there, back = "ip saddr . tcp sport", "ip daddr . tcp dport"
        learn = f'nft add element {self._name} known "{{ $peer }}" || exit 1'
        drops = "".join(
            f"add rule {self._name} {chain} tcp {side} {port} counter name {counter} drop\n"
            for chain, side in (("arriving", "dport"), ("leaving", "sport"))
            for counter, port in (("link", self._port), ("canary", self._gauge_port))
        )
        self._shell.run(
            f"nft -f - <<'TABLE' || exit 1\n"
            f"table {self._name} {{\n"
            f"set known {{ type ipv4_addr . inet_service; flags dynamic,timeout; timeout {milliseconds}ms; }}\n"
            "counter link { }\n"
            "counter canary { }\n"
            "chain arriving { type filter hook input priority -10;\n"
            f"tcp dport {ports} tcp flags & (syn|ack) == syn update @known {{ {there} }} accept\n"
            f"tcp dport {ports} tcp flags & psh == psh {there} @known update @known {{ {there} }} accept\n"
            f"tcp dport {ports} {there} @known accept\n"
            "}\n"
            "chain leaving { type filter hook output priority -10;\n"
            f"tcp sport {ports} tcp flags & psh == psh {back} @known update @known {{ {back} }} accept\n"
            f"tcp sport {ports} {back} @known accept\n"
            "}\n}\n"
            "TABLE\n"
            f"{self._each_peer(learn)}\n"
            f"nft -f - <<'DROPS'\n{drops}DROPS"
        )

    def await_canary(self) -> int:
        """Return how many packets of the harness' connection were dropped, as soon as there are any."""
        end = time.monotonic() + _WAIT
        while not (dropped := self.dropped("canary")) and time.monotonic() < end:
            time.sleep(0.02)
        return dropped

    def dropped(self, counter: str) -> int:
        """Return how many packets of forgotten connections were dropped."""
        words = " ".join(self._shell.run(f"nft list counter {self._name} {counter}")).split()
        return int(words[words.index("packets") + 1])

    def lift(self) -> None:
        """Take the table away, and reset the connections that were forgotten."""
        kill = f'ss -K -Htn state synchronized "dst ${{peer%% *}} and dport = :${{peer##* }} and sport = :{self._port}"'
        forgotten = f'nft get element {self._name} known "{{ $peer }}" >/dev/null 2>&1 || printf \'%s\\n\' "$peer"'
        self._shell.run(
            f"forgotten=$({self._each_peer(forgotten)})\n"
            f"nft delete table {self._name} || exit 1\n"
            f'printf \'%s\\n\' "$forgotten" | while read -r peer; do [ -z "$peer" ] || {kill} >/dev/null; done'
        )

    def _each_peer(self, do: str) -> str:
        """Return the script that does ``do`` for each client, ``$peer``, as nft(8) writes it: ``address . port``."""
        return (
            f"ss -Htn state synchronized 'sport = :{self._port}' | while read -r _ _ _ _ peer _; do\n"
            f'peer="${{peer%:*}} . ${{peer##*:}}"; {do}\ndone'
        )
