"""The store of host keys as it is laid out for an implementation."""

from __future__ import annotations

from harness.address import Address
from harness.scenario.language.tunnel import HostKeysSpec
from harness.scenario.props import store
from harness.world import host_keys
from harness.world.fabric import HostKey


def test_a_store_without_an_end_has_all_lines_but_the_last_whole() -> None:
    """Only the last of the server's keys lacks its end."""
    public = [host_keys.make(kind).public for kind in ("ed25519", "rsa")]
    spec = HostKeysSpec(form="unended")
    entries = [(Address("bastion", 22), HostKey("", one)) for one in public]
    laid_out = store.whole([store.text(entries, spec)], spec)
    assert laid_out == "\n".join(f"bastion {one} the last line, without an end" for one in public)
