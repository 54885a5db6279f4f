"""A tunnel as sshtunnel's README shows it: one ``SSHTunnelForwarder``."""

from __future__ import annotations

from importlib.metadata import version

from paramiko_login import login
from sshtunnel import SSHTunnelForwarder
from talk import Tunnel, serve

ABOUT = {"name": "sshtunnel", "version": version("sshtunnel"), "language": "Python"}
SUPPORTS = ["auth.password", "auth.key", "auth.agent"]


class SshtunnelTunnel(Tunnel):
    """One forwarder; it logs nothing, as its default is, and checks no host key, for it reads no known_hosts."""

    forwarder: SSHTunnelForwarder | None = None

    def connect(self) -> tuple[str, int]:
        ssh, target, given = self.profile["ssh"], self.profile["target"], login(self.profile["auth"])
        interval = self.profile["keepalive"]["interval"]
        self.forwarder = SSHTunnelForwarder(
            (ssh["host"], ssh["port"] or 22),
            ssh_username=ssh["user"],
            ssh_password=given.get("password"),
            ssh_pkey=given.get("key_filename"),
            ssh_private_key_password=given.get("passphrase"),
            allow_agent=given["allow_agent"],
            remote_bind_address=(target["host"], target["port"]),
            local_bind_address=(self.local_host, self.profile["local"]["port"]),
            **({} if interval is None else {"set_keepalive": float(interval)}),
        )
        self.forwarder.start()
        return self.local_host, self.forwarder.local_bind_port

    def disconnect(self) -> None:
        if self.forwarder is not None:
            self.forwarder.stop(force=True)


serve(ABOUT, SUPPORTS, SshtunnelTunnel)
