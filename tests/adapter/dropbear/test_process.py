"""What dbclient asks, played by programs that ask as it does (cli-kex.c, cli-authinteract.c)."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.adapters.dropbear.process import Process

if TYPE_CHECKING:
    from pathlib import Path

_KEY = """
import sys
sys.stderr.write("\\nHost 'bastion' is not in the trusted hosts file.\\n(ssh-ed25519 fingerprint SHA256:abc)\\n")
sys.stderr.write("Do you want to continue connecting? (y/n) ")
sys.stderr.flush()
print("said", open("/dev/tty").read(1), file=sys.stderr)
"""
_HIDDEN = "import getpass, sys; print('said', getpass.getpass('Code: '), file=sys.stderr)"
_VISIBLE = """
import sys
sys.stderr.write("Your name: ")
sys.stderr.flush()
print("said", open("/dev/tty").readline().strip(), file=sys.stderr)
"""
_HIDDEN_AFTER_WORDS = "import sys; sys.stderr.write('Duo. '); sys.stderr.flush(); " + _HIDDEN


@dataclass
class Somebody:
    """Accepts every key, answers ``42`` to every prompt, and remembers what was asked."""

    asked: list[tuple[str, object]] = field(default_factory=list)

    async def about_key(self, kind: str, fingerprint: str) -> bool:
        self.asked.append((kind, fingerprint))
        return True

    async def about_prompt(self, text: str, *, hidden: bool) -> str | None:
        self.asked.append((text, hidden))
        return "42"


def play(script: str, folder: Path) -> tuple[list[tuple[str, object]], str]:
    """Run a script as dbclient is run; return what it asked, and its last words."""

    async def run() -> tuple[list[tuple[str, object]], str]:
        person = Somebody()
        process = Process("test", person)
        await process.start([sys.executable, "-c", script], folder, None, {}, None)
        await asyncio.wait_for(process.wait(), 20)
        return person.asked, process.lines[-1]

    return asyncio.run(run())


def test_a_question_about_a_key_is_answered_by_a_letter(tmp_path: Path) -> None:
    """The type and the fingerprint are the question's own."""
    assert play(_KEY, tmp_path) == ([("ssh-ed25519", "SHA256:abc")], "said y")


def test_a_hidden_prompt_is_what_stands_on_the_terminal(tmp_path: Path) -> None:
    """getpass(3) asks on /dev/tty."""
    assert play(_HIDDEN, tmp_path) == ([("Code: ", True)], "said 42")


def test_a_visible_prompt_is_what_stands_on_standard_error(tmp_path: Path) -> None:
    """An unfinished line is a prompt once the terminal is read without a word on it."""
    assert play(_VISIBLE, tmp_path) == ([("Your name: ", False)], "said 42")


def test_words_before_a_hidden_prompt_are_no_question(tmp_path: Path) -> None:
    """An instruction stands on standard error without an end of line, too."""
    asked, _ = play(_HIDDEN_AFTER_WORDS, tmp_path)
    assert asked == [("Code: ", True)]
