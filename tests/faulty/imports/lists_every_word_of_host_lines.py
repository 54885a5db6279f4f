"""Lists patterns among the hosts to choose from, and looks at one file only."""

from __future__ import annotations

from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports

REJECTED_BY = {
    "imports/config_list[names-in-order]": {"step": "list_hosts", "expected": "the hosts ['web', 'db', 'cache']"},
    "imports/config_list[included]": {"step": "list_hosts", "expected": "the hosts ['first', 'inner', 'last']"},
}


def words(file: Path) -> tuple[str, ...]:
    text = file.read_text()
    return tuple(word for line in text.splitlines() if line.startswith("Host ") for word in line.split()[1:])


if __name__ == "__main__":
    serve(name="lists_every_word_of_host_lines", imports=Imports(hosts=words))
