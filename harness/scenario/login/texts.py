"""What users bring along as text, with the places and secrets of this world in it: ``<bastion.host>``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harness.errors import UsageError
from harness.scenario.language.tunnel import KeyFile
from harness.scenario.login.key_files import public_line
from harness.scenario.login.profile import ProfileBuilder
from harness.scenario.props import store

_BLANK = re.compile(r"<([a-z][a-z0-9-]*)\.([a-z]+)>")
_OF_EACH_NODE = ("host", "port")
OF_BASTIONS = ("user", "password", "key", "public", "agent", "alias")
"""What only a server has that somebody logs in to."""


def blanks(text: str) -> Iterator[tuple[str, str]]:
    """Yield node and word of each ``<node.word>``. Raises ValueError for a word that means nothing."""
    for node, word in _BLANK.findall(text):
        if word not in (*_OF_EACH_NODE, *OF_BASTIONS):
            raise ValueError(f"<{node}.{word}>: {word!r} is not one of {', '.join((*_OF_EACH_NODE, *OF_BASTIONS))}")
        yield node, word


@dataclass(frozen=True)
class Texts:
    """Fills in texts for one scenario.

    ``host`` and ``port`` are where the server before ``node`` dials it; ``user`` and ``password`` its login; ``key``
    the text of the private key that it knows, ``public`` the public half; ``agent`` the path (with ``~``) of an agent
    that holds two strange keys and then the right one; ``alias`` the host key alias of ``node``.
    """

    profiles: ProfileBuilder

    def filled(self, text: str, written: Callable[[str], str] = str) -> str:
        """Return ``text`` without blanks, each value as ``written`` has it. Raises UsageError, FabricBroken."""
        return _BLANK.sub(lambda found: written(self._value(found[1], found[2])), text)

    def _value(self, node: str, word: str) -> str:
        world = self.profiles.world
        if word in _OF_EACH_NODE:
            address = self.profiles.dialled(node)
            return address.host if word == "host" else str(address.port)
        if node == world.topology.target:
            raise UsageError(f"<{node}.{word}>: the target has a host and a port only")
        login = self.profiles.login(node)
        match word:
            case "user":
                return login.user
            case "password":
                return login.password
            case "key":
                return login.write_key(KeyFile(), self.profiles.folder_of(node)).read_text()
            case "public":
                return f"{public_line(login.key(KeyFile()))}\n"
            case "agent":
                return self.profiles.logins.agent_among_strangers(login, node)
            case _:
                return store.alias(node)
