"""What turns text that users bring along into settings; an implementation that differs replaces one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tunnel_impl.ssh_config import HostConfig, load_host
from tunnel_impl.urls import Connection, parse_url


@dataclass(frozen=True)
class Imports:
    """``url`` reads a connection URL, ``config`` a host of an OpenSSH client configuration file.

    Both raise TunnelError, as :func:`parse_url` and :func:`load_host` say.
    """

    url: Callable[[str], Connection] = parse_url
    config: Callable[[Path, str], HostConfig] = load_host


REFERENCE = Imports()
