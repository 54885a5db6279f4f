"""Does not know that ssh takes single quotes for quotes too (ssh_config(5))."""

from __future__ import annotations

from pathlib import Path

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.ssh_config import HostConfig, load_host

REJECTED_BY = {
    "imports/config_forms[single-quotes]": {
        "step": "import_config",
        "expected": "it to be imported",
        "observed": "bad-profile",
    },
}


def load(file: Path, host: str) -> HostConfig:
    copy = Path("config-without-single-quotes")
    copy.write_text(file.read_text().replace("'", "\\'"))
    return load_host(copy, host)


if __name__ == "__main__":
    serve(name="takes_single_quotes_for_letters", imports=Imports(config=load))
