"""Lists the hosts of every file beside the configuration, also of those that only a Match block includes."""

from __future__ import annotations

from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports

REJECTED_BY = {
    "imports/config_list[not-of-match-blocks]": {"step": "list_hosts", "expected": "the hosts ['web']"},
}


def everything(file: Path) -> tuple[str, ...]:
    texts = [one.read_text() for one in sorted(file.parent.iterdir())]
    lines = [line for text in texts for line in text.splitlines() if line.startswith("Host ")]
    return tuple(word for line in lines for word in line.split()[1:])


if __name__ == "__main__":
    serve(name="lists_the_hosts_of_every_file", imports=Imports(hosts=everything))
