"""Lets a later value of a keyword replace an earlier one."""

from __future__ import annotations

from tunnel_impl.adapter import serve
from tunnel_impl.imports.ssh_config import settings
from tunnel_impl.imports.ssh_config.words import Directive

REJECTED_BY = {
    "imports/config_hosts[first-value-counts]": {"step": "import_config", "observed": "user 'third'"},
}

take = settings.take


def replacing(directive: Directive, found: settings.Settings) -> None:
    found.first.pop(directive.keyword, None)
    take(directive, found)


settings.take = replacing


if __name__ == "__main__":
    serve(name="lets_the_last_value_win")
