"""Compares Match originalhost with the name that HostName gives."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl.adapter import serve
from tunnel_impl.imports.ssh_config import criteria
from tunnel_impl.imports.ssh_config.words import Directive

REJECTED_BY = {
    "imports/config_match[originalhost-means-the-name-asked-for]": {
        "step": "import_config",
        "observed": "user 'wrong'",
    },
}

applies = criteria.applies


def confused(directive: Directive, facts: criteria.Facts, notes: criteria.Notes) -> bool:
    return applies(directive, replace(facts, original=facts.host), notes)


criteria.applies = confused


if __name__ == "__main__":
    serve(name="takes_the_real_name_for_the_original_one")
