"""The handshake of a session: banner, algorithms, keys (RFC 4253 §4.2, §7), in place of paramiko's."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

from paramiko import Message, SSHException, common

from tunnel_impl.ssh import algorithms
from tunnel_impl.ssh.algorithms import Agreement, Offer
from tunnel_impl.ssh.key_exchanges import KEY_EXCHANGES
from tunnel_impl.ssh.packets import Broken, Compressor, Decompressor, Packets
from tunnel_impl.ssh.protection import MACS, protection
from tunnel_impl.ssh.transport import Transport
from tunnel_impl.ssh.wire import Wire

_OURS = "ACE"
_THEIRS = "BDF"
_DELAYED = "zlib@openssh.com"
_VERSIONS = (b"2.0", b"1.99")
_MOST_EXTENSIONS = 1024
"""As in OpenSSH (kex.c, kex_input_ext_info)."""


class Handshake(Transport):
    """A client's transport that agrees on what :mod:`tunnel_impl.ssh.algorithms` lists."""

    packetizer: Packets  # type: ignore[assignment]  # as much of a packetizer as the transport uses
    _preferred_kex = tuple(KEY_EXCHANGES)
    _preferred_ciphers = algorithms.CIPHERS
    _preferred_macs = tuple(MACS)
    _preferred_compression = algorithms.COMPRESSIONS
    _kex_info: ClassVar[dict[str, type[Any]]] = KEY_EXCHANGES
    _compression_info: ClassVar[dict[str, tuple[Any, Any]]] = {
        "none": (None, None),
        _DELAYED: (Compressor, Decompressor),
    }

    def __init__(self, wire: Wire, host_key_algorithms: tuple[str, ...]) -> None:
        super().__init__(wire, packetizer_class=Packets)  # type: ignore[arg-type]  # as much of a socket as is used
        self._host_key_algorithms = host_key_algorithms
        self._agreed: Agreement | None = None
        self.banner_seen = threading.Event()

    @property
    def preferred_keys(self) -> tuple[str, ...]:
        """The host key algorithms to offer."""
        return self._host_key_algorithms

    def _check_banner(self) -> None:
        """Read the server's banner. Raises Broken when it speaks another version."""
        banner = self.packetizer.read_banner()
        self.remote_version = banner  # type: ignore[assignment]  # hashed as it came, whatever its encoding
        self.banner_seen.set()
        version = banner.removeprefix(b"SSH-").partition(b"-")[0]
        if version not in _VERSIONS:
            raise Broken(f"it speaks version {version.decode('ascii', 'replace')[:20]} of SSH, not 2.0")

    def _parse_kex_init(self, message: Message) -> None:
        """Choose the algorithms. Raises NothingInCommon, or Broken for a server that inserts packets before it."""
        theirs = Offer.read(message)
        if not self.initial_kex_done:
            self.agreed_on_strict_kex = self.advertise_strict_kex and theirs.strict
            if self.agreed_on_strict_kex and message.seqno != 0:
                raise Broken("it sent other packets before its key exchange")
        agreed = algorithms.agree(theirs, self._host_key_algorithms)
        self._agreed = agreed
        self.kex_engine = self._kex_info[agreed.kex](self)
        self.host_key_type = agreed.host_key
        self.local_cipher, self.remote_cipher = agreed.cipher_to_server, agreed.cipher_to_client
        self.local_compression, self.remote_compression = agreed.compression_to_server, agreed.compression_to_client
        self.remote_kex_init = common.cMSG_KEXINIT + message.get_so_far()

    def _verify_key(self, host_key: bytes, signature: bytes) -> None:
        """Check that the server holds its key. Raises SSHException."""
        try:
            super()._verify_key(host_key, signature)
        except SSHException as error:
            raise Broken(f"it did not prove that it holds its {self.host_key_type} host key") from error
        except Exception as error:
            raise Broken(f"its {self.host_key_type} host key is damaged") from error

    def _activate_outbound(self) -> None:
        """Send NEWKEYS, and use the new keys from there on."""
        message = Message()
        message.add_byte(common.cMSG_NEWKEYS)
        self._send_message(message)
        if self.agreed_on_strict_kex:
            self.packetizer.reset_seqno_out()
        agreed = self._keys()
        self.packetizer.protect_sending(
            protection(agreed.cipher_to_server, agreed.mac_to_server, self._compute_key, _OURS)
        )
        if self.authenticated and agreed.compression_to_server == _DELAYED:
            self.packetizer.set_outbound_compressor(Compressor())
        if not self.packetizer.need_rekey():
            self.in_kex = False
        self._expect_packet(common.MSG_NEWKEYS)

    def _activate_inbound(self) -> None:
        """Expect the new keys from the next packet on."""
        agreed = self._keys()
        self.packetizer.protect_receiving(
            protection(agreed.cipher_to_client, agreed.mac_to_client, self._compute_key, _THEIRS)
        )
        if self.authenticated and agreed.compression_to_client == _DELAYED:
            self.packetizer.set_inbound_compressor(Decompressor())
        if self.agreed_on_strict_kex:
            self.packetizer.reset_seqno_in()

    def _keys(self) -> Agreement:
        if self._agreed is None:
            raise Broken("it sent NEWKEYS before any key exchange")
        return self._agreed

    def _parse_ext_info(self, message: Message) -> None:
        """Keep what the server can do (RFC 8308 §2.3). Raises Broken for more than anybody could mean."""
        count = message.get_int()
        if count > _MOST_EXTENSIONS:
            raise Broken(f"it names {count} extensions")
        self.server_extensions = {
            message.get_string().decode(errors="replace"): message.get_string() for _ in range(count)
        }
