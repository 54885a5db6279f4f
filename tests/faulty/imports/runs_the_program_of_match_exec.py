"""Runs the program of a Match exec, though it does not use what comes of it."""

from __future__ import annotations

import subprocess

from tunnel_impl.adapter import serve
from tunnel_impl.imports.ssh_config import criteria, settings
from tunnel_impl.imports.ssh_config.words import Directive

REJECTED_BY = {
    "imports/config_match[exec]": {"step": "import_config", "observed": "new files in it: was-run"},
}


def applies(directive: Directive, facts: criteria.Facts, notes: criteria.Notes) -> bool:
    name, *rest = directive.words()
    if name.endswith("exec"):
        subprocess.run(["/bin/sh", "-c", *rest], check=False)
    return criteria.applies(directive, facts, notes)


class Running:
    Facts = criteria.Facts
    applies = staticmethod(applies)


settings.criteria = Running


if __name__ == "__main__":
    serve(name="runs_the_program_of_match_exec")
