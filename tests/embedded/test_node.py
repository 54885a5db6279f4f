"""The process of a node, as the harness talks to it."""

from __future__ import annotations

import threading

import psutil
import pytest

from harness.errors import FabricBroken
from harness.world.embedded.machines.node import Node


def node(program: str) -> Node:
    """Return a node that runs a line of Python."""
    return Node("node", ("-c", program), {}, on_event=lambda _: None, log=lambda _: None)


def test_one_that_is_killed_while_it_writes_has_only_ended() -> None:
    """Half of a line is not a message, and no thread dies of it."""
    killed = node("import os, sys; os.write(1, b'{\"rea'); os.kill(os.getpid(), 9)")
    with pytest.raises(FabricBroken, match="ended; its standard error ends with: nothing"):
        killed.wait_ready()
    killed.kill()


def test_an_interrupt_while_it_starts_leaves_neither_process_nor_a_thread_that_dies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ctrl-C may come between the starts of its two readers."""
    start, begun = threading.Thread.start, []

    def interrupted(thread: threading.Thread) -> None:
        if begun:
            raise KeyboardInterrupt
        begun.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    before = psutil.Process().children()
    with pytest.raises(KeyboardInterrupt):
        node("import sys; sys.stdin.read()")
    assert psutil.Process().children() == before
    begun[0].join()
