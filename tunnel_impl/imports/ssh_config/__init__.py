"""Reads OpenSSH client configuration files, as ssh_config(5) of OpenSSH 9.2 describes them.

Nothing is run and nothing is looked up in the network: ``Match exec`` never matches, and names are not
canonicalised. Both, and every keyword that means nothing here, are named in the warnings.
"""

from __future__ import annotations

from tunnel_impl.imports.ssh_config.hosts import Hop, HostConfig, load_host
from tunnel_impl.imports.ssh_config.listing import list_hosts

__all__ = ["Hop", "HostConfig", "list_hosts", "load_host"]
