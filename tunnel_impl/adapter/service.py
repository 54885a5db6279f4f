"""Speaks the adapter protocol, version 1, on standard input and output: one JSON object a line.

A tunnel that differs in one respect is a subclass and one call: ``serve(MyTunnel, name="mine")``.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TextIO

from tunnel_impl import __version__
from tunnel_impl.adapter.asking import Asker, Questions
from tunnel_impl.adapter.slot import TunnelSlot
from tunnel_impl.errors import PARAMIKO_LOG, TunnelError
from tunnel_impl.imports.front import REFERENCE, Imports, within_limit
from tunnel_impl.profile import Profile
from tunnel_impl.status import OnState, State

if TYPE_CHECKING:
    from tunnel_impl.life.tunnel import Tunnel

PROTOCOL: Final = 1
SUPPORTS: Final = (
    "auth.password",
    "auth.key",
    "auth.agent",
    "auth.keyboard-interactive",
    "auth.none",
    "auth.certificate",
    "banner",
    "errors.code",
    "errors.hop",
    "status",
    "timeouts.connect",
    "timeouts.open",
    "totp.generate",
    "totp.prompt",
    "jump",
    "target.socket",
    "host-keys.alias",
    "host-keys.ask",
    "host-keys.replace",
    "keepalive",
    "keepalive.default",
    "reconnect",
    "reopen",
    "test",
    "import-url",
    "import-config",
)
_LONGEST_LINE = 1 << 22
_LONGEST_STOP = 3.0
_Request = Mapping[str, object]


class Malformed(Exception):
    """The harness sent a line that is not a message."""


class Unsupported(Exception):
    """The request or profile needs what this implementation does not do; the message is the feature."""


class Adapter:
    """Answers requests; whatever may take time runs in a thread of its own, so that replies may overtake others."""

    def __init__(self, tunnel_class: Callable[[], type[Tunnel]], name: str, output: TextIO, imports: Imports) -> None:
        self._tunnel_class = tunnel_class
        self._imports = imports
        self._name = name
        self._output = output
        self._writing = threading.Lock()
        self._questions = Questions(self.say)
        self._slots: dict[str, TunnelSlot] = {}
        self._tests: set[Tunnel] = set()
        self._quick: dict[str, Callable[[_Request], object]] = {
            "hello": self._hello,
            "status": self._status,
        }
        self._slow: dict[str, Callable[[_Request], Callable[[], object]]] = {
            "open": self._open,
            "close": self._close,
            "test": self._test,
            "import-url": self._import_url,
            "import-config": self._import_config,
        }

    def say(self, message: Mapping[str, object]) -> None:
        """Write one line."""
        line = json.dumps(message)
        with self._writing:
            self._output.write(line + "\n")
            self._output.flush()

    def serve(self, lines: BinaryIO) -> None:
        """Answer until the input ends or says ``bye``, then stop every tunnel. Raises Malformed."""
        try:
            while line := lines.readline(_LONGEST_LINE):
                message = _message(line)
                if "answer" in message:
                    self._questions.answer(message["answer"], message.get("value"))
                elif message.get("do") == "bye":
                    self._stop()
                    self.say({"id": message.get("id"), "ok": {}})
                    return
                else:
                    self._take(message)
        finally:
            self._stop()

    def _take(self, request: _Request) -> None:
        number, do = request.get("id"), request.get("do")
        if not isinstance(number, int) or not isinstance(do, str):
            raise Malformed(f"a request has a number as its id, and says what to do: {dict(request)}")
        if do in self._quick:
            self._reply(number, lambda: self._quick[do](request))
        elif do in self._slow:
            self._reply_later(number, lambda: self._slow[do](request))
        else:
            self.say({"id": number, "unsupported": do})

    def _reply_later(self, number: int, prepare: Callable[[], Callable[[], object]]) -> None:
        """Prepare now, in the order of the requests; do the rest in a thread."""

        def start() -> None:
            action = prepare()
            thread = threading.Thread(target=self._reply, args=(number, action), name="adapter-reply", daemon=True)
            thread.start()

        self._answered(number, start)

    def _reply(self, number: int, action: Callable[[], object]) -> None:
        self._answered(number, lambda: self.say({"id": number, "ok": action()}))

    def _answered(self, number: int, call: Callable[[], None]) -> None:
        """Run ``call``; whatever it raises becomes the reply, for a request without one would hang the harness."""
        try:
            call()
        except Unsupported as feature:
            self.say({"id": number, "unsupported": str(feature)})
        except TunnelError as error:
            self.say({"id": number, "error": detail(error)})
        except Exception as error:
            logging.getLogger(__name__).exception("a request failed")
            self.say({"id": number, "error": {"code": "internal", "message": f"{type(error).__name__}: {error}"}})

    # --- requests --------------------------------------------------------------------------------------------

    def _hello(self, request: _Request) -> object:
        if request.get("protocol") != PROTOCOL:
            raise Unsupported(f"protocol {request.get('protocol')}")
        implementation = {"name": self._name, "version": __version__, "language": "Python"}
        return {"protocol": PROTOCOL, "implementation": implementation, "supports": SUPPORTS}

    def _open(self, request: _Request) -> Callable[[], object]:
        name = _text(request, "tunnel")
        profile = _profile(request)
        slot = self._slots.setdefault(name, TunnelSlot(self._new_tunnel, lambda: self._questions.asker(name)))
        open_slot = slot.admit(profile, lambda state, error: self._on_state(name, state, error))

        def open_it() -> object:
            endpoint = open_slot()
            return {"host": endpoint.host, "port": endpoint.port}

        return open_it

    def _close(self, request: _Request) -> Callable[[], object]:
        slot = self._slots.get(_text(request, "tunnel"))

        def close_it() -> object:
            if slot:
                slot.close()
            return {}

        return close_it

    def _status(self, request: _Request) -> object:
        status = self._find(request).status()
        reply: dict[str, object] = {"state": status.state}
        if status.endpoint:
            reply |= {"host": status.endpoint.host, "port": status.endpoint.port}
        if status.error:
            reply["error"] = detail(status.error)
        return reply

    def _test(self, request: _Request) -> Callable[[], object]:
        profile = _profile(request)
        asker = self._questions.asker(profile.name)
        tunnel = self._tunnel_class()(profile, asker)
        tunnel.on_banner = asker.show
        self._tests.add(tunnel)

        def test_it() -> object:
            try:
                tunnel.test()
            finally:
                self._tests.discard(tunnel)
                asker.close()
            return {}

        return test_it

    def _import_url(self, request: _Request) -> Callable[[], object]:
        url = _text(request, "url")
        return lambda: asdict(within_limit(lambda: self._imports.url(url)))

    def _import_config(self, request: _Request) -> Callable[[], object]:
        given = request.get("file")
        file = Path("~/.ssh/config").expanduser() if given is None else Path(_text(request, "file"))
        if request.get("host") is None:
            return lambda: {"hosts": within_limit(lambda: self._imports.hosts(file))}
        host = _text(request, "host")
        may_lack = given is None
        return lambda: asdict(within_limit(lambda: self._imports.config(_or_empty(file, may_lack), host)))

    # --- inside ----------------------------------------------------------------------------------------------

    def _on_state(self, name: str, state: State, error: TunnelError | None) -> None:
        event: dict[str, object] = {"event": "state", "tunnel": name, "state": state}
        if error:
            event["error"] = detail(error)
        self.say(event)

    def _new_tunnel(self, profile: Profile, asker: Asker, on_state: OnState) -> Tunnel:
        tunnel = self._tunnel_class()(profile, asker, on_state)
        tunnel.on_banner = asker.show
        return tunnel

    def _find(self, request: _Request) -> TunnelSlot:
        name = _text(request, "tunnel")
        found = self._slots.get(name)
        if found is None:
            raise TunnelError("bad-profile", f"tunnel: there is no tunnel called {name}; open it first")
        return found

    def _stop(self) -> None:
        """Stop all at once; a tunnel that does not stop in time is left to the end of the process."""
        closes = [*(slot.close for slot in self._slots.values()), *(tunnel.close for tunnel in self._tests)]
        closing = [threading.Thread(target=close, name="adapter-stop", daemon=True) for close in closes]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join(_LONGEST_STOP)
        self._questions.close()


def detail(error: TunnelError) -> dict[str, object]:
    """Return an error as the protocol writes it."""
    where = {} if error.hop is None else {"hop": error.hop}
    return {"code": error.code, "message": error.message, **where}


def _message(line: bytes) -> _Request:
    try:
        message = json.loads(line)
    except ValueError as error:
        raise Malformed(f"not a JSON object: {line[:200]!r} ({error})") from error
    if not isinstance(message, dict):
        raise Malformed(f"not a JSON object: {line[:200]!r}")
    return message


def _text(request: _Request, name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str):
        raise TunnelError("bad-profile", f"{name}: it is missing or not a text")
    return value


def _or_empty(file: Path, may_lack: bool) -> Path:
    """Return ``file``, or one in which nothing stands where it is not there and ``may_lack``."""
    return Path(os.devnull) if may_lack and not file.exists() else file


def _profile(request: _Request) -> Profile:
    data = request.get("profile")
    if not isinstance(data, dict):
        raise TunnelError("bad-profile", "profile: it is missing or not an object")
    return Profile.parse(data)


def _reference() -> type[Tunnel]:
    """Return the reference tunnel; loading its SSH takes longer than everything that an import does."""
    # paramiko loads invoke, a third of its own weight, for the Match exec of its configuration parser, unused here
    sys.modules.setdefault("invoke", None)  # type: ignore[arg-type]  # None bars an import (sys.modules)
    from tunnel_impl.life.tunnel import Tunnel

    return Tunnel


def serve(tunnel_class: type[Tunnel] | None = None, name: str = "reference", imports: Imports = REFERENCE) -> None:
    """Be an adapter for ``tunnel_class`` (the reference without one) and ``imports`` until standard input ends.

    Exits with 1 when the harness sends garbage.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    logging.getLogger(PARAMIKO_LOG).setLevel(logging.CRITICAL)
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as output:
        sys.stdout = sys.stderr
        try:
            choice = _reference if tunnel_class is None else lambda: tunnel_class
            Adapter(choice, name, output, imports).serve(sys.stdin.buffer)
        except Malformed as error:
            sys.exit(f"malformed line: {error}")
