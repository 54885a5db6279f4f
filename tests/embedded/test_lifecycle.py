from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil

import harness
from harness import run as runs
from harness.run import Run
from harness.world.embedded.fabric import EmbeddedFabric
from harness.world.embedded.machines.ports import OF_TUNNELS, Ports
from harness.world.topology import topologies

HARNESS = """
import json, sys, time
from harness import run
from harness.world.embedded.fabric import EmbeddedFabric
from harness.world.topology import topologies
from harness.faults.model import Freeze

with run.start() as one:
    world = EmbeddedFabric(one).build(topologies()["single_bastion"], one.folder, print)
    if "freeze" in sys.argv:
        world.inject(Freeze("bastion"))
    print(json.dumps([node.pid for node in world._nodes]), flush=True)
    time.sleep(60)
"""


def killed_harness(*arguments: str) -> list[psutil.Process]:
    """Return the node processes of a harness that was killed."""
    with subprocess.Popen(
        [sys.executable, "-c", HARNESS, *arguments],
        stdout=subprocess.PIPE,
        cwd=Path(harness.__file__).parent.parent,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        nodes = [psutil.Process(pid) for pid in json.loads(process.stdout.readline())]
        process.send_signal(signal.SIGKILL)
    return nodes


def test_nodes_end_when_the_harness_is_killed() -> None:
    """Every node sees the end of its standard input and exits."""
    _, alive = psutil.wait_procs(killed_harness(), timeout=5)
    assert alive == []


def test_a_frozen_node_of_a_killed_harness_ends_with_the_next_run() -> None:
    """What cannot see that its harness is gone is found by its mark."""
    nodes = killed_harness("freeze")
    with runs.start():
        _, alive = psutil.wait_procs(nodes, timeout=5)
    assert alive == []


def test_a_node_s_port_is_none_that_a_tunnel_picks() -> None:
    """While the node is down a tunnel of another scenario could listen there. One port in thirty would be such."""
    ports = Ports()
    picked = [ports.pick() for _ in range(400)]
    ports.close()
    assert [port for port in picked if port in OF_TUNNELS] == []


def test_a_port_stays_the_worlds_own_until_it_is_given_back() -> None:
    """Two picks never agree, and closing twice is harmless."""
    ports = Ports()
    assert len({ports.pick() for _ in range(50)}) == 50
    ports.close()
    ports.close()


def test_what_nodes_leave_behind_goes_with_the_run(fabric: EmbeddedFabric, run: Run) -> None:
    """Asyncssh looks for libraries with a compiler's help; a node that is killed meanwhile leaves its files."""
    with closing(fabric.build(topologies()["single_bastion"], run.folder, print)) as world:
        folders = {psutil.Process(node.pid).environ()["TMPDIR"] for node in world._nodes}
    assert folders == {str(run.folder)}
