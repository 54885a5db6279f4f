"""The packet filter and the sockets of one container on a link's way: counts, silences, refuses, resets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.errors import FabricBroken
from harness.world.docker.shell import Shell

_COUNT_EACH_CONNECTION_ONCE = (
    "-m hashlimit --hashlimit-name attempts --hashlimit-mode srcip,srcport "
    "--hashlimit-upto 1/day --hashlimit-burst 1 --hashlimit-htable-expire 86400000"
)


@dataclass(frozen=True)
class Barrier:
    """A rule of the packet filter that stops the link's packets, in a chain of its own."""

    chain: str
    verdict: str
    directions: tuple[str, ...]


STALL = Barrier("stall", "DROP", ("INPUT", "OUTPUT"))
CUT = Barrier("cut", "REJECT --reject-with tcp-reset", ("INPUT",))


@dataclass(frozen=True)
class Gate:
    """``port`` is where connections arrive, ``onward`` where they are relayed to (None: they end here)."""

    shell: Shell
    port: int
    onward: int | None = None

    def begin(self) -> None:
        """Take every rule away and count anew: each connection once, however often its SYN is sent."""
        self.shell.run(
            "iptables -w -F && iptables -w -X && "
            f"iptables -w -A INPUT ! -i lo -p tcp --dport {self.port} --syn {_COUNT_EACH_CONNECTION_ONCE}"
        )

    def attempts(self) -> int:
        """Return how many connections were tried since :meth:`begin`."""
        return _packets(self.shell.run("iptables -w -nvxL INPUT 1"))

    def connections(self) -> int:
        """Return how many connections that arrived here are established."""
        return len(self.shell.run(f"ss -Htn state established 'sport = :{self.port}'"))

    def listens(self) -> bool:
        """Tell whether something listens on the port."""
        return bool(self.shell.run(f"ss -Htln 'sport = :{self.port}'"))

    def silence(self) -> None:
        """Drop every packet of the link, both ways and on both sides."""
        self._change("A", STALL)

    def refuse(self) -> None:
        """Answer every packet that arrives for the link with a TCP reset."""
        self._change("A", CUT)

    def stopped(self, barrier: Barrier) -> int | None:
        """Return how many packets ``barrier`` has stopped, None when it is not in force."""
        status, printed = self.shell.ask(
            f"iptables -w -C INPUT -p tcp --dport {self.port} -j {barrier.chain} && iptables -w -nvxL {barrier.chain} 1"
        )
        return _packets(printed) if status == 0 else None

    def lift(self, barrier: Barrier) -> None:
        """Take ``barrier`` away."""
        self._change("D", barrier)

    def reset(self) -> int:
        """Send a TCP reset on every established connection, both sides; return how many sockets that were.

        A relay is held meanwhile: seeing one side end, it would close the other in an orderly way.
        Source: ss(8) ``--kill``; the kernel needs CONFIG_INET_DIAG_DESTROY.
        """
        ports = " or ".join(f"sport = :{port} or dport = :{port}" for port in self._ports)
        kill = f"ss -K -Htn state established '( {ports} )'"
        if self.onward is None:
            return len(self.shell.run(kill))
        return len(self.shell.run(f"relay=$(pidof toxiproxy)\nkill -STOP $relay\n{kill}\nkill -CONT $relay"))

    @property
    def _ports(self) -> tuple[int, ...]:
        return tuple({self.port, self.onward or self.port})

    def _change(self, change: Literal["A", "D"], barrier: Barrier) -> None:
        chain = barrier.chain
        jumps = [
            f"-{change} {direction} -p tcp --{side} {port} -j {chain}"
            for direction in barrier.directions
            for port in self._ports
            for side in ("dport", "sport")
        ]
        verdict = f"-A {chain} -p tcp -j {barrier.verdict}"
        rules = [f":{chain} -", verdict, *jumps] if change == "A" else [*jumps, f"-F {chain}", f"-X {chain}"]
        table = "\n".join(["*filter", *rules, "COMMIT"])
        self.shell.run(f"iptables-restore -w --noflush <<'TABLE'\n{table}\nTABLE")


def _packets(listing: list[str]) -> int:
    try:
        return int(listing[0].split()[0])
    except (IndexError, ValueError) as error:
        raise FabricBroken(f"the packet filter does not show its counters: {listing}") from error
