"""Leaves out a ProxyCommand that is a jump host, with a warning that says nothing of it."""

from __future__ import annotations

from collections.abc import Mapping

from tunnel_impl.adapter import serve
from tunnel_impl.imports.ssh_config import proxy_command
from tunnel_impl.imports.ssh_config.jumps import Stop
from tunnel_impl.imports.ssh_config.settings import Settings
from tunnel_impl.imports.ssh_config.words import Directive

REJECTED_BY = {
    "imports/config_proxy_command[plain]": {"step": "import_config", "observed": "jumps"},
    "imports/config_proxy_command[with-a-port-and-a-user]": {"step": "import_config", "observed": "jumps"},
    "imports/config_proxy_command[with-a-key]": {"step": "import_config", "observed": "jumps"},
    "imports/config_proxy_command[without-its-block]": {"step": "import_config", "observed": "jumps"},
    "imports/config_proxy_command[another-program]": {"step": "import_config", "expected": "a warning that names aws"},
}


def none(directive: Directive, settings: Settings, known: Mapping[str, str]) -> tuple[Stop, ...]:
    del known
    settings.warn(directive, "it is not imported")
    return ()


proxy_command.stops = none


if __name__ == "__main__":
    serve(name="leaves_every_proxy_command_out")
