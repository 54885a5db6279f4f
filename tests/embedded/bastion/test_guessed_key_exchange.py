"""A guessed key exchange packet (RFC 4253, section 7.1), sent by a client that is nothing but bytes."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from typing import Any

import pytest
from asyncssh.packet import Boolean, Byte, NameList, String, UInt32
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

DISCONNECT, KEXINIT, NEWKEYS, ECDH_INIT, ECDH_REPLY = 1, 20, 21, 30, 31
CURVE, NIST = b"curve25519-sha256", b"ecdh-sha2-nistp256"
ED25519, ECDSA = b"ssh-ed25519", b"ecdsa-sha2-nistp256"
PUBLIC = X25519PrivateKey.generate().public_key().public_bytes_raw()


def packet(payload: bytes) -> bytes:
    """Return the payload as an unencrypted packet (RFC 4253, section 6)."""
    padding = 8 - (len(payload) + 5) % 8 + 8
    return UInt32(len(payload) + padding + 1) + Byte(padding) + payload + bytes(padding)


def kexinit(key_exchanges: list[bytes], host_keys: list[bytes]) -> bytes:
    """Return a KEXINIT after which a guess follows."""
    lists = [key_exchanges, host_keys, *[[b"aes128-ctr"]] * 2, *[[b"hmac-sha2-256"]] * 2, *[[b"none"]] * 2, [], []]
    return Byte(KEXINIT) + os.urandom(16) + b"".join(map(NameList, lists)) + Boolean(True) + UInt32(0)


def said(client: socket.socket) -> list[int]:
    """Return the types of the messages that the bastion sends in clear, up to its NEWKEYS or the end."""
    types: list[int] = []
    with client.makefile("rb") as stream:
        assert stream.readline().startswith(b"SSH-2.0-")
        while NEWKEYS not in types and (header := stream.read(4)):
            types.append(stream.read(int.from_bytes(header, "big"))[1])
    return types


@pytest.fixture
def client(world: Any, timeline: Any, setup: Any, user: Any) -> socket.socket:
    """Give a connection to a bastion whose first algorithms are curve25519 and ed25519."""
    policy = {
        "KexAlgorithms": f"{CURVE.decode()},{NIST.decode()}",
        "HostKeyAlgorithms": f"{ED25519.decode()},{ECDSA.decode()}",
        "Ciphers": "aes128-ctr",
    }
    world.begin(timeline, {"bastion": replace(setup, policy=policy)})
    dialled: socket.socket = user.dial("to-bastion", b"SSH-2.0-bytes\r\n")
    dialled.settimeout(5)
    return dialled


def test_a_guess_by_both_first_algorithms_is_taken(client: socket.socket) -> None:
    """Both sides would rather have the same, so that no further packet is needed."""
    client.sendall(packet(kexinit([CURVE], [ED25519])) + packet(Byte(ECDH_INIT) + String(PUBLIC)))
    assert said(client) == [KEXINIT, ECDH_REPLY, NEWKEYS]


@pytest.mark.parametrize(
    ("key_exchanges", "host_keys"),
    [
        ([b"unknown@tunspec.test", CURVE], [ED25519]),
        ([CURVE], [ECDSA, ED25519]),
        ([CURVE], [b"unknown@tunspec.test", ED25519]),
    ],
    ids=["another-key-exchange", "another-host-key", "unknown-host-key"],
)
def test_a_guess_by_another_first_algorithm_is_ignored(
    client: socket.socket, key_exchanges: list[bytes], host_keys: list[bytes]
) -> None:
    """It is not even looked into, and the packet after it is taken."""
    guess = packet(Byte(ECDH_INIT) + String(b"no key"))
    client.sendall(packet(kexinit(key_exchanges, host_keys)) + guess + packet(Byte(ECDH_INIT) + String(PUBLIC)))
    assert said(client) == [KEXINIT, ECDH_REPLY, NEWKEYS]


def test_a_guess_by_what_the_bastion_has_in_second_place_is_ignored(
    world: Any, timeline: Any, setup: Any, user: Any
) -> None:
    """They agree on it, as it is the client's first; dbclient guesses so."""
    policy = {"KexAlgorithms": f"{NIST.decode()},{CURVE.decode()}", "Ciphers": "aes128-ctr"}
    world.begin(timeline, {"bastion": replace(setup, policy=policy)})
    client = user.dial("to-bastion", b"SSH-2.0-bytes\r\n")
    guess = packet(Byte(ECDH_INIT) + String(b"no key"))
    client.sendall(packet(kexinit([CURVE, NIST], [ED25519])) + guess + packet(Byte(ECDH_INIT) + String(PUBLIC)))
    assert said(client) == [KEXINIT, ECDH_REPLY, NEWKEYS]


@pytest.mark.parametrize(
    ("policy", "host_key"),
    [({"Ciphers": "aes256-ctr"}, ED25519), ({}, b"unknown@tunspec.test")],
    ids=["no-common-cipher", "no-common-host-key"],
)
def test_a_guess_behind_lists_without_a_common_algorithm_is_not_looked_into(
    world: Any, timeline: Any, setup: Any, user: Any, policy: dict[str, str], host_key: bytes
) -> None:
    """The bastion says what is missing and ends the connection, which is no defect of its own."""
    world.begin(timeline, {"bastion": replace(setup, policy={"KexAlgorithms": CURVE.decode(), **policy})})
    client = user.dial("to-bastion", b"SSH-2.0-bytes\r\n")
    client.settimeout(5)
    client.sendall(packet(kexinit([CURVE], [host_key])) + packet(Byte(ECDH_INIT) + String(PUBLIC)))
    assert said(client) == [KEXINIT, DISCONNECT]
    assert "broke" not in {event.kind for event in world.events("bastion")}
