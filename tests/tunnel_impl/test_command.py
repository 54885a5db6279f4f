"""The command at a terminal: Ctrl-C at its prompts."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING

import pytest

from .event_loop import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World

COMMAND = "import os, runpy; os.login_tty(0); runpy.run_module('tunnel_impl', run_name='__main__')"


class Terminal:
    """A terminal in which the command runs with ``arguments``."""

    def __init__(self, *arguments: str) -> None:
        self.ours, self.theirs = pty.openpty()
        self.process = subprocess.Popen([sys.executable, "-c", COMMAND, *arguments], stdin=self.theirs)

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def wait_for(self, text: str) -> None:
        """Read what the command prints, up to ``text``."""
        seen, until = b"", time.monotonic() + PATIENCE
        while text.encode() not in seen:
            assert select.select([self.ours], [], [], max(0, until - time.monotonic()))[0], seen
            seen += os.read(self.ours, 1 << 10)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)

    @property
    def echoes(self) -> bool:
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self.theirs)[3] & termios.ECHO)


@pytest.fixture
def terminal(world: World) -> Callable[..., Terminal]:
    """Start the command in a terminal; it ends with the test."""

    def start(*arguments: str) -> Terminal:
        started = Terminal(*arguments)
        world.at_end(started.end)
        return started

    return start


def test_interrupted_at_the_password(terminal: Callable[..., Terminal]) -> None:
    """Ctrl-C at the prompt for the password ends the command, and the terminal echoes again."""
    one = terminal("me@127.0.0.1:1", "127.0.0.1:1")
    one.wait_for("Password for ")
    assert not one.echoes
    one.type("\x03")
    assert (one.process.wait(PATIENCE), one.echoes) == (130, True)


def test_terminated_at_the_password(terminal: Callable[..., Terminal]) -> None:
    """SIGTERM there does the same."""
    one = terminal("me@127.0.0.1:1", "127.0.0.1:1")
    one.wait_for("Password for ")
    one.process.terminate()
    assert (one.process.wait(PATIENCE), one.echoes) == (130, True)


def test_interrupted_at_a_prompt_of_the_server(world: World, terminal: Callable[..., Terminal]) -> None:
    """Ctrl-C at a server's prompt for a secret ends the command, and the terminal echoes again."""
    site = world.site()
    site.rounds = [[("Verification code: ", False)]]
    server = f"me@127.0.0.1:{site.port}"
    one = terminal(server, "127.0.0.1:1", "--interactive", "--known-hosts", str(world.known_hosts))
    one.wait_for("Trust it?")
    one.type("yes\n")
    one.wait_for("Verification code: ")
    assert not one.echoes
    one.type("\x03")
    assert (one.process.wait(PATIENCE), one.echoes) == (0, True)


def test_interrupted_at_a_question_about_a_host_key(world: World, terminal: Callable[..., Terminal]) -> None:
    """Ctrl-C at the question about a host key ends the command as any other does."""
    site = world.site()
    server = f"me@127.0.0.1:{site.port}"
    one = terminal(server, "127.0.0.1:1", "--interactive", "--known-hosts", str(world.known_hosts))
    one.wait_for("Trust it?")
    one.type("\x03")
    assert one.process.wait(PATIENCE) == 0
