"""Refuses unknown keywords although IgnoreUnknown names them."""

from __future__ import annotations

from tunnel_impl.adapter import serve
from tunnel_impl.imports.ssh_config import settings
from tunnel_impl.imports.ssh_config.words import Directive

REJECTED_BY = {
    "imports/config_unknown[ignored]": {"step": "import_config", "observed": "bad-profile"},
}

is_ignored = settings.is_ignored


def strict(directive: Directive, ignored: tuple[str, ...]) -> bool:
    del ignored
    return is_ignored(directive, ())


settings.is_ignored = strict


if __name__ == "__main__":
    serve(name="refuses_what_is_to_be_ignored")
