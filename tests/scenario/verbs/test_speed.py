"""What a tunnel is compared with must work."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.address import Address
from harness.errors import FabricBroken
from harness.probe.target import pattern
from harness.scenario.stage.stage import Stage, Tunnel
from harness.scenario.verbs.probes.speed import Compare

from ..standins import Serve


def test_a_download_that_ssh_does_not_carry_is_not_the_tunnel_s_failure(stage: Stage, serve: Serve) -> None:
    """Nothing is said about the tunnel, which carries every byte."""

    def send(client: Any) -> None:
        with client.makefile("rb") as reader:
            _, size, seed = reader.readline().split()
        client.sendall(pattern(int(seed), 0, int(size)))

    works, beside = serve(send), serve(lambda client: client.recv(64))
    stage.tunnels["main"] = Tunnel(cast("Any", SimpleNamespace()), works, works)
    stage.beside = lambda _profile: nullcontext(Address(*beside))
    with pytest.raises(FabricBroken, match="ssh -L cannot be compared with: expected 1024 bytes; observed 0 bytes"):
        Compare.read({"size": "1KiB", "floor": 0.4}, {}).run(stage)
