"""The packet filter and the sockets of one container on a link's way: counts, silences, refuses, resets."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from harness.errors import FabricBroken
from harness.world.docker.engine.shell import Shell

PacketMatch = tuple[Literal["INPUT", "OUTPUT"], Literal["dport", "sport"]]

_ARRIVING: tuple[PacketMatch, ...] = (("INPUT", "dport"), ("INPUT", "sport"))
_LEAVING: tuple[PacketMatch, ...] = (("OUTPUT", "dport"), ("OUTPUT", "sport"))


@dataclass(frozen=True)
class FilterChain:
    """A chain of the packet filter (iptables(8)), for the packets of a link that fit one of these ``matches``.

    The last of the rules counts.
    """

    name: str
    rules: tuple[str, ...]
    matches: tuple[PacketMatch, ...]


STALL = FilterChain("stall", ("-j DROP",), (*_ARRIVING, *_LEAVING))
CUT = FilterChain("cut", ("-j REJECT --reject-with tcp-reset",), _ARRIVING)
REFUSE = FilterChain("refuse", ("--syn -j REJECT --reject-with tcp-reset",), (("INPUT", "dport"),))
IGNORE = FilterChain("ignore", ("--syn -j DROP",), (("INPUT", "dport"),))
DATA = FilterChain("data", ("--tcp-flags PSH PSH -j RETURN",), _ARRIVING)
"""Stops nothing, and counts segments with data (those that end what a program wrote)."""


_MET_WITHIN = 5.0
"""Seconds in which a packet from within its container meets the filter; a busy machine starts bash slowly."""
_POLL = 0.02
CANARY_PORT = 20019
"""The source port of connections of our own, which do not count as attempts; no kernel picks one that low by itself."""


def oversize(size: int) -> FilterChain:
    """Return what drops each packet of more than ``size`` bytes, IP header included, both ways.

    Several segments that the kernel still holds as one packet are dropped together; when TCP sends them again, one by
    one, each is judged by its own size.
    """
    return FilterChain("oversize", (f"-m length --length {size + 1}:65535 -j DROP",), (*_ARRIVING, *_LEAVING))


def loss(share: float, *, relayed: bool) -> tuple[FilterChain, FilterChain]:
    """Return what drops this share of the packets in each direction, every nth: n is the whole number nearest to it.

    Where a relay stands in the link, what arrives from either side is dropped; else what arrives and what leaves.
    Source: iptables-extensions(8), ``statistic --mode nth``, which counts and throws no dice.
    """
    few = share <= 1 / 2
    every = round(1 / share) if few else round(1 / (1 - share))
    nth = f"-m statistic --mode nth --every {every} --packet {every - 1} -j {'DROP' if few else 'RETURN'}"
    rules = (nth,) if few else (nth, "-j DROP")
    to_server: PacketMatch = ("INPUT", "dport")
    to_client: PacketMatch = ("INPUT", "sport") if relayed else ("OUTPUT", "sport")
    return FilterChain("lose-to-server", rules, (to_server,)), FilterChain("lose-to-client", rules, (to_client,))


_HOLD_RELAY = """
relay=$(pidof toxiproxy)
kill -STOP $relay
while grep -h ^State: /proc/$relay/task/*/status 2>/dev/null | grep -qv stopped; do sleep 0.01; done
"""
"""One thread takes the signal, and the others run on until it has been scheduled (signal(7))."""
_AFTER = "after"
"""Stands between the sockets that there were and those that are left."""


@dataclass(frozen=True)
class PacketFilter:
    """``port`` is where connections arrive, ``onward`` where they are relayed to (None: they end here).

    Several packet filters may stand in one container when their ports differ.
    """

    shell: Shell
    port: int
    onward: int | None = None

    def begin(self) -> None:
        """Count anew: each connection once, however often its SYN is sent, and none from :data:`CANARY_PORT`."""
        chain = f"attempts-{self.port}"
        once = (
            f"-m hashlimit --hashlimit-name {chain} --hashlimit-mode srcip,srcport "
            "--hashlimit-upto 1/day --hashlimit-burst 1 --hashlimit-htable-expire 86400000"
        )
        self.shell.run(
            f"iptables -w -F {chain} 2>/dev/null || {{ iptables -w -N {chain} && iptables -w -I INPUT -j {chain}; }}\n"
            f"iptables -w -A {chain} ! -i lo -p tcp --dport {self.port} ! --sport {CANARY_PORT} --syn {once}"
        )

    def attempts(self) -> int:
        """Return how many connections were tried since :meth:`begin`."""
        return _packets(self.shell.run(f"iptables -w -nvxL attempts-{self.port} 1"))

    def connections(self) -> int:
        """Return how many connections that arrived here are established."""
        return len(self.shell.run(f"ss -Htn state established 'sport = :{self.port}'"))

    def listens(self) -> bool:
        """Tell whether something listens on the port."""
        return bool(self.shell.run(f"ss -Htln 'sport = :{self.port}'"))

    def provoke(self, chain: FilterChain) -> int | None:
        """Try the port from within the container until ``chain`` meets it, and return what :meth:`counted` does.

        It does not count as an attempt, and ends before this returns.
        """
        (pid,) = self.shell.run(f"bash -c '</dev/tcp/127.0.0.1/{self.port}' >/dev/null 2>&1 & echo $!")
        try:
            end = time.monotonic() + _MET_WITHIN
            while (met := self.counted(chain)) == 0 and time.monotonic() < end:
                time.sleep(_POLL)
            return met
        finally:
            self.shell.ask(f"kill -KILL {pid}")

    def install(self, chain: FilterChain) -> None:
        """Put ``chain`` in force."""
        name = self._name(chain)
        rules = [f"-A {name} -p tcp {rule}" for rule in chain.rules]
        self._restore(f":{name} -", *rules, *self._jumps("A", chain))

    def lift(self, chain: FilterChain) -> None:
        """Take ``chain`` away."""
        name = self._name(chain)
        self._restore(*self._jumps("D", chain), f"-F {name}", f"-X {name}")

    def counted(self, chain: FilterChain) -> int | None:
        """Return how many packets the last rule of ``chain`` has met, None when it is not in force."""
        status, printed = self.shell.ask(f"iptables -w -nvxL {self._name(chain)}")
        return _packets(printed[-1:]) if status == 0 else None

    def reset(self) -> int:
        """Send a TCP reset on every established connection, both sides; return how many sockets are gone by it.

        A relay is held meanwhile, and not before all its threads are: seeing one side end, it would close the other
        in an orderly way.
        Source: ss(8) ``--kill``; the kernel needs CONFIG_INET_DIAG_DESTROY.
        """
        ports = " or ".join(f"sport = :{port} or dport = :{port}" for port in self._ports)
        chosen = f"-Htn state established '( {ports} )'"
        kill = f"ss {chosen}\nss -K {chosen} >/dev/null\necho {_AFTER}\nss {chosen}"
        if self.onward is not None:
            kill = f"{_HOLD_RELAY}\n{kill}\nkill -CONT $relay"
        seen = [" ".join(line.split()[-2:]) for line in self.shell.run(kill)]
        at = seen.index(_AFTER)
        return len(set(seen[:at]) - set(seen[at + 1 :]))

    @property
    def _ports(self) -> tuple[int, ...]:
        return tuple({self.port, self.onward or self.port})

    def _name(self, chain: FilterChain) -> str:
        return f"{chain.name}-{self.port}"

    def _jumps(self, change: Literal["A", "D"], chain: FilterChain) -> list[str]:
        return [
            f"-{change} {direction} -p tcp --{side} {port} -j {self._name(chain)}"
            for direction, side in chain.matches
            for port in self._ports
        ]

    def _restore(self, *lines: str) -> None:
        table = "\n".join(["*filter", *lines, "COMMIT"])
        self.shell.run(f"iptables-restore -w --noflush <<'TABLE'\n{table}\nTABLE")


def _packets(listing: list[str]) -> int:
    try:
        return int(listing[0].split()[0])
    except (IndexError, ValueError) as error:
        raise FabricBroken(f"the packet filter does not show its counters: {listing}") from error
