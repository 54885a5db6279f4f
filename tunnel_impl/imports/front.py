"""What turns text that users bring along into settings; an implementation that differs replaces one."""

from __future__ import annotations

import functools
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

from tunnel_impl.errors import TunnelError

if TYPE_CHECKING:
    from tunnel_impl.imports.ssh_config import HostConfig
    from tunnel_impl.imports.urls import Connection

LONGEST = 10.0
"""Seconds that one import may take."""
_T = TypeVar("_T")


def _url(text: str) -> Connection:
    """Read a URL; its parser is loaded when first needed, for most adapters never do."""
    from tunnel_impl.imports.urls import parse_url

    return parse_url(text)


def _hosts(file: Path) -> tuple[str, ...]:
    """List hosts; their parser is loaded when first needed."""
    from tunnel_impl.imports.ssh_config import list_hosts

    return list_hosts(file)


def _config(file: Path, host: str) -> HostConfig:
    """Read a host; its parser is loaded when first needed."""
    from tunnel_impl.imports.ssh_config import load_host

    return load_host(file, host)


@dataclass(frozen=True)
class Imports:
    """``url`` reads a connection URL, ``config`` a host of an OpenSSH client configuration file, ``hosts`` all names.

    They raise TunnelError, as :func:`~tunnel_impl.imports.urls.parse_url`,
    :func:`~tunnel_impl.imports.ssh_config.load_host` and :func:`~tunnel_impl.imports.ssh_config.list_hosts` say.
    """

    url: Callable[[str], Connection] = _url
    config: Callable[[Path, str], HostConfig] = _config
    hosts: Callable[[Path], tuple[str, ...]] = _hosts


REFERENCE = Imports()


def within_limit(read: Callable[[], _T]) -> _T:
    """Return what ``read`` returns. Raises what it raises, and TunnelError ``timeout`` when it takes too long.

    What takes too long is left behind in its thread.
    """
    done: queue.SimpleQueue[Callable[[], _T]] = queue.SimpleQueue()

    def call() -> None:
        try:
            found = read()
        except Exception as error:  # noqa: BLE001 -- raised where it is waited for
            done.put(functools.partial(_raise, error))
        else:
            done.put(lambda: found)

    threading.Thread(target=call, name="tunnel-import", daemon=True).start()
    try:
        outcome = done.get(timeout=LONGEST)
    except queue.Empty:
        advice = f"Reading it takes longer than {LONGEST:g} s, and was given up; look at what its Include lines name."
        raise TunnelError("timeout", advice) from None
    return outcome()


def _raise(error: Exception) -> NoReturn:
    raise error
