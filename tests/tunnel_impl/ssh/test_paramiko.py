"""What the reference overrides or uses of paramiko's inside: an upgrade breaks here, and not in a user's night."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import paramiko
import pytest
from paramiko import Message, common, kex_curve25519, kex_mlkem, packet
from paramiko.kex_mlkem import KexMLKEM768X25519

import tunnel_impl
from tunnel_impl.ssh.packets import Packets

_OVERRIDDEN = {
    "_activate_inbound": ["self"],
    "_activate_outbound": ["self"],
    "_check_banner": ["self"],
    "_parse_debug": ["self", "m"],
    "_parse_disconnect": ["self", "m"],
    "_parse_ext_info": ["self", "msg"],
    "_parse_kex_init": ["self", "m"],
    "_parse_newkeys": ["self", "m"],
    "_verify_key": ["self", "host_key", "sig"],
}
_CALLED = {
    "_auth_trigger": ["self"],
    "_compute_key": ["self", "id", "nbytes"],
    "_expect_packet": ["self", "ptypes"],
    "_next_channel": ["self"],
    "_send_message": ["self", "data"],
    "_unlink_channel": ["self", "chanid"],
}
_ATTRIBUTES = {
    "_active_check_timeout",
    "_channel_handler_table",
    "_compression_info",
    "_kex_info",
    "_preferred_ciphers",
    "_preferred_compression",
    "_preferred_kex",
    "_preferred_macs",
}
_OF_INSTANCES = {"_channels", "_handler_table", "advertise_strict_kex", "agreed_on_strict_kex", "channels_seen"}
_OF_PACKETIZERS = {"_initial_kex_done"}
_OF_HYBRIDS = {"_MLKEM_CIPHERTEXT_BYTES", "_S_REPLY_BYTES", "_parse_hybrid_reply"}


@pytest.mark.parametrize(("name", "parameters"), sorted((_OVERRIDDEN | _CALLED).items()))
def test_method(name: str, parameters: list[str]) -> None:
    """The transport has each method, with the same parameters."""
    assert [*inspect.signature(getattr(paramiko.Transport, name)).parameters] == parameters


@pytest.mark.parametrize("name", sorted(_OVERRIDDEN))
def test_method_is_called(name: str) -> None:
    """What is overridden is what the transport still calls."""
    modules = (paramiko.transport, kex_curve25519, kex_mlkem)
    assert any(re.search(rf"self\.(transport\.)?{name}\b", inspect.getsource(module)) for module in modules)


@pytest.mark.parametrize("name", sorted(_ATTRIBUTES))
def test_attribute_of_the_class(name: str) -> None:
    """The transport reads each table and limit."""
    assert hasattr(paramiko.Transport, name)
    assert f"self.{name}" in inspect.getsource(paramiko.transport) or name.startswith("_preferred_")


def test_attributes_of_instances() -> None:
    """The transport keeps its state under these names."""
    source = inspect.getsource(paramiko.Transport.__init__)
    assert not {name for name in _OF_INSTANCES if f"self.{name}" not in source}


def test_attributes_of_the_hybrid_key_exchange() -> None:
    """The exchange that sntrup761 is built of has these."""
    assert not {name for name in _OF_HYBRIDS if not hasattr(KexMLKEM768X25519, name)}


def test_the_packet_layer_has_all_that_is_asked_of_it() -> None:
    """Every member of its packetizer that the transport uses is there in ours, unless it is about what we never do."""
    source = inspect.getsource(paramiko.transport)
    used = {piece.split("(")[0].split(")")[0].split()[0] for piece in source.split("self.packetizer.")[1:]}
    never = {"set_keepalive", "set_hexdump", "get_hexdump", "set_inbound_cipher", "set_outbound_cipher", "readline"}
    ours = {*dir(Packets), *_OF_PACKETIZERS}
    assert used - never <= ours
    assert issubclass(packet.NeedRekeyException, Exception)


def test_messages_carry_their_sequence_number() -> None:
    """The transport answers unknown messages by ``seqno``, and reads what a KEXINIT was up to ``get_so_far``."""
    message = Message(b"\x00\x00\x00\x01rest")
    assert (message.get_int(), message.get_so_far()) == (1, b"\x00\x00\x00\x01")
    assert "m.seqno" in inspect.getsource(paramiko.transport)
    assert common.cMSG_KEXINIT == b"\x14"


def test_no_other_private_member_is_used() -> None:
    """Every private name that the package uses and does not define stands above, or is another library's."""
    known = {*_OVERRIDDEN, *_CALLED, *_ATTRIBUTES, *_OF_INSTANCES, *_OF_PACKETIZERS, *_OF_HYBRIDS}
    used: set[str] = set()
    defined: set[str] = set()
    for file in Path(tunnel_impl.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Attribute(attr=name, ctx=ast.Load()):
                    used.add(name)
                case ast.Attribute(attr=name, ctx=ast.Store()):
                    defined.add(name)
                case ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                    defined.add(name)
                case ast.Assign(targets=targets):
                    defined.update(one.id for one in targets if isinstance(one, ast.Name))
    private = {name for name in used if name.startswith("_") and not name.startswith("__")}
    assert private - defined - known <= {"_inner_sig_type"}
