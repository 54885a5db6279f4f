"""Host keys: the verdict of ssh on files of every kind, damaged ones included."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncssh
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tunnel_impl import TunnelError
from tunnel_impl.profile import Hop, HostKeys, NoAuth
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import StoredKey

from ..bastion import Site
from ..event_loop import Loop
from ..real_ssh import needs_ssh, verdict_on_host_key
from ..world import World

CASES = Path(__file__).parent / "cases" / "known_hosts"
HOST = "db.example.com"
_SIGNED_BY = {"ssh-ed25519": "ssh-ed25519", "ecdsa-sha2-nistp256": "ecdsa-sha2-nistp256", "rsa-sha2-512": "ssh-rsa"}


def verdict(known_hosts: Path, held: dict[str, bytes], port: int) -> str:
    """Return what the reference makes of a server that holds these keys (blobs by type)."""
    hop = Hop(HOST, port, "nobody", NoAuth())
    asked: list[str] = []

    def put(question: Any, _: object) -> str:
        asked.append(question.status)
        return "reject"

    checker = HostKeyChecker(HostKeys(known_hosts), SimpleNamespace(put=put))  # type: ignore[arg-type]
    chosen = next(name for name in checker.algorithms(hop) if _SIGNED_BY.get(name) in held)
    shown = StoredKey(_SIGNED_BY[chosen], held[_SIGNED_BY[chosen]])
    session = SimpleNamespace(host_key_seen=lambda: shown, host_certificate_seen=lambda: None)
    try:
        checker.check(session, hop, 0)  # type: ignore[arg-type]
    except TunnelError:
        return asked[0] if asked else "revoked"
    return "accepted"


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("rsa_changed_ed_ok", "accepted"),
        ("type_sha2", "accepted"),
        ("type_mismatch", "unknown"),
        ("hash_list", "unknown"),
        ("nbsp", "unknown"),
    ],
)
def test_cases_from_the_world(name: str, right: str) -> None:
    """Files that were held against ssh by hand."""
    lines = [file.read_text().split() for file in CASES.glob("*.pub")]
    assert verdict(CASES / name, {kind: base64.b64decode(blob) for kind, blob in lines}, 22) == right


class Server:
    """An SSH server with a key of each type, and keys that it had before."""

    def __init__(self) -> None:
        self.keys = [_made(kind) for kind in ("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa")]
        self.stale = [_made(kind) for kind in ("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa")]
        self.held = {key.get_algorithm(): key.public_data for key in self.keys}
        self._loop = Loop()
        self._site = Site(self._loop, *self.keys)
        self.port = self._site.port

    def stop(self) -> None:
        self._site.stop()
        World.eventually(lambda: not self._site.sessions)
        self._loop.stop()


def _made(kind: str) -> asyncssh.SSHKey:
    return asyncssh.generate_private_key(kind, **({"key_size": 2048} if kind == "ssh-rsa" else {}))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for all files."""
    running = Server()
    yield running
    running.stop()


def hashed(name: str, salt: bytes = b"0123456789abcdef0123") -> str:
    """Return ``name`` as HashKnownHosts writes it."""
    digest = hmac.digest(salt, name.encode(), "sha1")
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


MARKERS = ("", "", "", "", "@revoked ", "@cert-authority ", "@cert-authority\t", "@other ", "@", " ", "\t")
NAMES = (
    HOST, HOST, HOST.upper(), "*", "db.*", "d?.example.com", f"!{HOST},*", f"other,{HOST}", f"{HOST},!{HOST}",
    f"[{HOST}]:22", f"[{HOST}]:2222", f"[{HOST}]:*", "[*]:2222", "[d]b.example.com", "other", "", ",", f",{HOST},",
    hashed(HOST), hashed(f"[{HOST}]:2222"), f"{hashed(HOST)},x", f"x,{hashed(HOST)}", hashed(HOST, b"short"),
    hashed(HOST).rstrip("="), hashed(HOST) + "=", "x" * 1030 + "," + HOST, f"{HOST},{'x' * 1030}", f"{HOST}.",
)  # fmt: skip
GAPS = (" ", " ", " ", "\t", "  \t", "\u00a0", "\v", "\f", "\r", "")
TYPES = ("", "", "", "", "ssh-ed25519", "ssh-rsa", "rsa-sha2-512", "rsa-sha2-256", "ecdsa-sha2-nistp256",
         "ecdsa-sha2-nistp384", "ssh-dss", "SSH-RSA", "ssh-ed25519-cert-v01@openssh.com", "1024", "#")  # fmt: skip
TAILS = ("", "", " a comment", "\r", "\0rest", "#", " #", "\t", "\v")
ENDS = ("\n", "\n", "\n", "\r\n", "", "\n\n")


def _harmed(blob: bytes, harm: str) -> str:
    """Return the blob as text, with one thing wrong."""
    text = base64.b64encode(_HARM_TO_BLOB.get(harm, _unharmed)(blob)).decode()
    return _HARM_TO_TEXT.get(harm, _unharmed)(text)


def _unharmed(data: Any) -> Any:
    return data


def _compressed(blob: bytes) -> bytes:
    return blob[:-69] + (33).to_bytes(4, "big") + b"\2" + blob[-64:-32]


def _longer_number(blob: bytes) -> bytes:
    """Put a zero before the modulus of an RSA key, which leaves it the same number."""
    if not blob.startswith(b"\0\0\0\x07ssh-rsa"):
        return blob
    end = 15 + int.from_bytes(blob[11:15], "big")
    number = b"\0" + blob[end + 4 :]
    return blob[:end] + len(number).to_bytes(4, "big") + number


def _other_bits(text: str) -> str:
    """Set bits that belong to no byte."""
    body = text.rstrip("=")
    return text if body == text else body[:-1] + chr(ord(body[-1]) + 1) + text[len(body) :]


_HARM_TO_BLOB: dict[str, Any] = {
    "cut": lambda blob: blob[:-1],
    "more": lambda blob: blob + b"x",
    "compressed": _compressed,
    "off-curve": lambda blob: blob[:-1] + bytes([blob[-1] ^ 1]),
    "leading-zero": _longer_number,
}
_HARM_TO_TEXT: dict[str, Any] = {
    "unpadded": lambda text: text.rstrip("="),
    "blank": lambda text: f"{text[:8]}\v{text[8:]}",
    "bits": _other_bits,
    "garbage": lambda text: f"{text[:20]}*{text[20:]}",
    "comment": lambda _: "#",
}


HARMS = ("none",) * 8 + (*_HARM_TO_BLOB, *_HARM_TO_TEXT)
LINE = st.tuples(
    st.sampled_from(MARKERS), st.sampled_from(NAMES), st.sampled_from(GAPS), st.sampled_from(TYPES),
    st.sampled_from(GAPS),
    st.integers(0, 5), st.sampled_from(HARMS), st.sampled_from(TAILS), st.sampled_from(ENDS),
)  # fmt: skip
_PLAIN = ("", HOST, " ", "", " ")


def _text(server: Server, line: tuple[str, str, str, str, str, int, str, str, str]) -> str:
    marker, names, gap, kind, second_gap, number, harm, tail, end = line
    key = (server.keys + server.stale)[number]
    return f"{marker}{names}{gap}{kind or key.get_algorithm()}{second_gap}{_harmed(key.public_data, harm)}{tail}{end}"


@needs_ssh
@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=st.lists(LINE, min_size=1, max_size=5), port=st.sampled_from((22, 22, 22, 2222)))
@example(lines=[(*_PLAIN, 1, "compressed", "", "\n")], port=22)
@example(lines=[(*_PLAIN, 2, "leading-zero", "", "\n")], port=22)
@example(lines=[(*_PLAIN, 2, "none", "", "\n"), (*_PLAIN, 3, "none", "", "\n")], port=22)
@example(lines=[(*_PLAIN, 1, "none", "", "\n"), (*_PLAIN, 5, "none", "", "\n")], port=22)
@example(lines=[(*_PLAIN, 2, "none", "", "\n"), (*_PLAIN, 5, "none", "", "\n")], port=2222)
def test_verdict(server: Server, tmp_path: Path, lines: list[Any], port: int) -> None:
    """Ssh and the reference say the same, but that the reference hears of revoked keys in more ways."""
    file = tmp_path / "known_hosts"
    file.write_bytes("".join(_text(server, line) for line in lines).encode())
    ours, theirs = verdict(file, server.held, port), verdict_on_host_key(file, server.port, HOST, port)
    assert ours == theirs or (ours == "revoked" and "@revoked" in file.read_text())
