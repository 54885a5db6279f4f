"""The implementation's store of host keys, as the suite lays it out and reads it: known_hosts of sshd(8)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable
from pathlib import Path

from harness.address import Address
from harness.scenario.language.tunnel import HostKeysSpec
from harness.world import host_keys
from harness.world.fabric import HostKey

_SSH_PORT = 22
_ELSEWHERE = "elsewhere.tunspec.test"
"""Another host, below a domain that no resolver serves (RFC 6761, section 6.2)."""


def alias(node: str) -> str:
    """Return the host key alias of ``node``, below a domain that no resolver serves (RFC 6761, section 6.2)."""
    return f"{node}.alias.tunspec.test"


def entry_name(address: Address) -> str:
    """Return the host as known_hosts names it: ``[host]:port`` unless the port is 22."""
    return address.host if address.port == _SSH_PORT else f"[{address.host}]:{address.port}"


def whole(parts: Iterable[str], spec: HostKeysSpec) -> str:
    """Return the store that the ``parts`` make up, with or without a newline at its end."""
    together = "".join(parts)
    return together.removesuffix("\n") if spec.form == "unended" else together


def text(entries: Iterable[tuple[Address, HostKey]], spec: HostKeysSpec) -> str:
    """Return the lines that know these keys, or other ones of the same types, as ``spec`` says."""
    lines = []
    for address, key in entries:
        key_type = host_keys.type_of(key)
        if spec.types is None or key_type in spec.types:
            known = host_keys.make(key_type) if spec.known == "other" else key
            there = Address(_ELSEWHERE, address.port) if spec.known == "elsewhere" else address
            write = _authority if spec.known == "authority" else _line
            lines.append(write(entry_name(there), known.public, spec.form))
    return "".join(lines)


def _authority(name: str, public: str, form: str) -> str:
    """Return the line that trusts an authority's certificates for ``name``, and what revokes it where it is."""
    revoked = f"@revoked * {public}\n" if form == "revoked-too" else ""
    return f"@cert-authority {name} {public}\n{revoked}"


def _line(name: str, public: str, form: str) -> str:
    bare = name.removeprefix("[").partition("]")[0]
    key_type = public.split(maxsplit=1)[0]
    if form == "stale-type":
        return f"{name} {host_keys.make('rsa').public}\n{name} {public}\n"
    return {
        "plain": f"{name} {public}\n",
        "hashed": f"{_hashed(name)} {public}\n",
        "revoked": f"@revoked {name} {public}\n",
        "revoked-too": f"{name} {public}\n@revoked * {public}\n",
        "wildcard": f"{name.replace(bare, f'{bare[:-1]}?')} {public}\n",
        "negated": f"!{name},!{bare},* {public}\n",
        "listed": f"{_ELSEWHERE},192.0.2.1,{name} {public}\n",
        "damaged": f"{name}\n{name} {key_type} not/base64!\n\x00\xff {name}\n{name} {public}\n",
        "cert-authority": f"@cert-authority {name} {public}\n",
        "unended": f"{name} {public} the last line, without an end\n",
        "commented": f"# a comment\n\n{name} {public} the comment  of a key\n",
    }[form]


def _hashed(name: str, with_salt: str | None = None) -> str:
    """Return ``|1|salt|hash`` (sshd(8), HashKnownHosts), with a fresh salt or the one of another name."""
    salt = secrets.token_bytes(20) if with_salt is None else base64.b64decode(with_salt)
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


def _is(token: str, address: Address) -> bool:
    """Tell whether ``token`` is the host's own name, in clear or hashed."""
    name = entry_name(address)
    return token == (_hashed(name, token.split("|")[2]) if token.startswith("|1|") else name)


def others(text: str, addresses: Collection[Address]) -> frozenset[str]:
    """Return what the store's ``text`` says of others than ``addresses``: each name with its key and comment.

    A line that names nobody stands for itself.
    """
    found = set()
    for line in text.splitlines():
        marker, _, unmarked = line.partition(" ") if line.startswith("@") else ("", "", line)
        names, _, rest = unmarked.partition(" ")
        if not rest.strip() or line.startswith("#"):
            found.add(line)
        theirs = (name for name in names.split(",") if marker or not any(_is(name, one) for one in addresses))
        found |= {f"{marker} {name} {rest.strip()}" for name in theirs}
    return frozenset(found)


def keys_of(file: Path, address: Address) -> frozenset[str]:
    """Return the ``type base64`` keys stored in clear for ``address``; empty when the file is not there."""
    return keys_in(file.read_text(), address) if file.exists() else frozenset()


def keys_in(text: str, address: Address) -> frozenset[str]:
    """Return the ``type base64`` keys that the store's ``text`` has in clear for ``address``."""
    found = set()
    for line in text.splitlines():
        names, _, rest = line.partition(" ")
        if not line.startswith(("#", "@")) and any(_is(token, address) for token in names.split(",")):
            found.add(" ".join(rest.split()[:2]))
    return frozenset(found)
