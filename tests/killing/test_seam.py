"""What faulty tunnels may know of the reference: its public names (``tunnel_impl/life/parts.py``)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from harness import resources

OF_PARAMIKO = {
    "_channel_handler_table",
    "_handler_table",
    "_next_channel",
    "_preferred_ciphers",
    "_preferred_compression",
    "_preferred_kex",
    "_preferred_macs",
}
"""``tests/tunnel_impl/ssh/test_paramiko.py`` sees that they are there."""


def private(name: str) -> bool:
    """Tell whether a name has one underscore before it."""
    return name.startswith("_") and not name.startswith("__")


def defined(tree: ast.AST) -> Iterator[str]:
    """Yield the private names that a file gives to something of its own."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def used(tree: ast.AST) -> Iterator[str]:
    """Yield the private names that a file takes from elsewhere, or overrides."""
    own = set(defined(tree))
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name, decorator_list=[ast.Name(id="override"), *_]) if private(name):
                yield name
            case ast.Attribute(attr=name) if private(name) and name not in own:
                yield name
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("tunnel_impl"):
                yield from (one.name for one in names if private(one.name))


def test_faulty_tunnels_use_public_names_only() -> None:
    """Private ones change without notice, and the defect would silently go with them."""
    found = {file.stem: set(used(ast.parse(file.read_text()))) - OF_PARAMIKO for file in resources.faulty_tunnels()}
    assert {name: names for name, names in found.items() if names} == {}


def test_private_names_are_noticed() -> None:
    """Those of the reference, not a file's own."""
    lines = (
        "from tunnel_impl.life import _a",
        "self._own = other._b._own",
        "super()._c()",
        "@override\ndef _d(): ...",
    )
    tree = ast.parse("\n".join(lines))
    assert set(used(tree)) == {"_a", "_b", "_c", "_d"}
