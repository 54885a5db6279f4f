"""Takes a negated pattern of Host for one that matches nothing, and no more."""

from __future__ import annotations

from collections.abc import Iterable

from tunnel_impl import patterns
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "imports/config_hosts[negated-pattern]": {"step": "import_config", "observed": "user 'others'"},
    "imports/config_hosts[negated-wildcard]": {"step": "import_config", "observed": "user 'office'"},
}


def matches_any(name: str, wanted: Iterable[str]) -> bool:
    return any(patterns.matches(name, one) for one in wanted if not one.startswith("!"))


patterns.matches_any = matches_any


if __name__ == "__main__":
    serve(name="ignores_negated_patterns")
