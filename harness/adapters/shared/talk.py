"""The talk with tunspec, for adapters around Python libraries: needs nothing but Python, and knows no SSH.

Each request has a thread of its own, so that none holds up another.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
import traceback
from abc import ABC, abstractmethod
from concurrent.futures import Future
from typing import Any

_out = threading.Lock()
_answers: dict[int, Future[str | None]] = {}
_numbers = itertools.count(1)
_tunnels: dict[str, Tunnel] = {}


class Unsupported(Exception):
    """The library cannot be asked for ``args[0]``, a feature of the protocol."""


class Tunnel(ABC):
    """One tunnel of a library: a subclass connects and disconnects, and calls :meth:`lost` when its session ends."""

    def __init__(self, name: str, profile: dict[str, Any]) -> None:
        self.name = name
        self.profile = profile
        self.local_host = profile["local"]["host"] or "127.0.0.1"
        self.state = "connecting"
        self.error: dict[str, Any] | None = None
        self._place: dict[str, Any] = {}
        self._opened: Future[dict[str, Any]] = Future()
        self._state_lock = threading.RLock()

    @abstractmethod
    def connect(self) -> tuple[str, int]:
        """Open the tunnel; return where it listens. Raises whatever the library raises."""

    @abstractmethod
    def disconnect(self) -> None:
        """End the listener and every session, also while they open."""

    @property
    def hops(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """The servers on the way, each with its login."""
        jumps = [(jump, jump["auth"]) for jump in self.profile["jumps"]]
        return [*jumps, (self.profile["ssh"], self.profile["auth"])]

    def ask(self, **question: Any) -> str | None:
        """Put a question to the user; return the answer, None for cancel."""
        number = next(_numbers)
        answer = _answers[number] = Future()
        _send({"ask": number, "tunnel": self.name, **question})
        return answer.result()

    def lost(self, why: object) -> None:
        """Tell that the session has ended by itself."""
        self._become("failed", {"code": "internal", "message": str(why) or "the session has ended"})

    def open(self) -> dict[str, Any]:
        """Return the reply to an ``open``, without its id."""
        self._tell()
        threading.Thread(target=self._try_to_connect, daemon=True).start()
        return self._opened.result()

    def _try_to_connect(self) -> None:
        try:
            host, port = self.connect()
        except Unsupported as unsupported:
            self.disconnect()
            self._opened.set_result({"unsupported": unsupported.args[0]})
        except Exception as error:  # whatever a library raises is the reply
            traceback.print_exc()
            self.disconnect()
            failure = {"code": "internal", "message": f"{type(error).__name__}: {error}"}
            if self._become("failed", failure):
                self._opened.set_result({"error": failure})
        else:
            self._place = {"host": "127.0.0.1" if host == "localhost" else host, "port": port}
            if self._become("connected"):
                self._opened.set_result({"ok": self._place})
            else:
                self.disconnect()

    def close(self) -> dict[str, Any]:
        """Return the reply to a ``close``, which ends a waiting ``open`` at once, whatever the library still does."""
        if self._become("closed") and not self._opened.done():
            self._opened.set_result({"error": _CANCELLED})
        try:
            self.disconnect()
        except Exception as error:  # whatever a library raises is the reply
            traceback.print_exc()
            return {"error": {"code": "internal", "message": f"{type(error).__name__}: {error}"}}
        return {"ok": {}}

    def status(self) -> dict[str, Any]:
        """Return the reply to a ``status``."""
        place = self._place if self.state == "connected" else {}
        return {"ok": {"state": self.state, "error": self.error, **place}}

    def _become(self, state: str, error: dict[str, Any] | None = None) -> bool:
        """Take a new state and tell it, unless the tunnel is closed; return whether it was taken."""
        with self._state_lock:
            if self.state in {"closed", state}:
                return False
            self.state, self.error = state, error
            self._tell()
            return True

    def _tell(self) -> None:
        event = {"event": "state", "tunnel": self.name, "state": self.state}
        _send({**event, "error": self.error} if self.error else event)


_CANCELLED = {"code": "cancelled", "message": "the tunnel was closed while it opened"}


def key_file(auth: dict[str, Any]) -> str | None:
    """Return the path of the profile's private key, None where the login needs none."""
    return os.path.expanduser(auth["file"]) if auth["method"] == "key" else None


def agent_socket(auth: dict[str, Any]) -> str | None:
    """Return the path of the agent that the profile names, None for that of SSH_AUTH_SOCK."""
    if auth["socket"] == "1password":
        return os.path.expanduser("~/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock")
    return os.path.expanduser(auth["socket"]) if auth["socket"] else None


def serve(about: dict[str, str], supports: list[str], tunnel: type[Tunnel]) -> None:
    """Answer requests until bye or the end of the input."""
    hello = {"protocol": 1, "implementation": about, "supports": supports}
    for line in sys.stdin:
        request = json.loads(line)
        if "answer" in request:
            _answers.pop(request["answer"]).set_result(request["value"])
        else:
            if request["do"] == "open" and _missing(request["profile"], supports) is None:
                _tunnels[request["tunnel"]] = tunnel(request["tunnel"], request["profile"])
            threading.Thread(target=_reply, args=(request, hello), daemon=True).start()
    os._exit(0)


def _reply(request: dict[str, Any], hello: dict[str, Any]) -> None:
    _send({"id": request["id"], **_handle(request, hello)})
    if request["do"] == "bye":
        os._exit(0)


def _handle(request: dict[str, Any], hello: dict[str, Any]) -> dict[str, Any]:
    one = _tunnels.get(request.get("tunnel", ""))
    match request["do"]:
        case "hello":
            return {"ok": hello}
        case "open":
            feature = _missing(request["profile"], hello["supports"])
            return {"unsupported": feature} if feature or one is None else one.open()
        case "close":
            return {"ok": {}} if one is None else one.close()
        case "status":
            unknown = {"code": "bad-profile", "message": "there is no such tunnel; open it first"}
            return {"error": unknown} if one is None else one.status()
        case "bye":
            for each in list(_tunnels.values()):
                each.close()
            return {"ok": {}}
    return {"unsupported": request["do"]}


def _missing(profile: dict[str, Any], supports: list[str]) -> str | None:
    """Return what the profile needs and the library does not do."""
    needs = [f"auth.{auth['method']}" for auth in (*(jump["auth"] for jump in profile["jumps"]), profile["auth"])]
    if profile["jumps"]:
        needs.append("jump")
    if profile["totp"]:
        needs.append(f"totp.{profile['totp']['mode']}")
    if "path" in profile["target"]:
        needs.append("target.socket")
    return next((feature for feature in needs if feature not in supports), None)


def _send(message: dict[str, Any]) -> None:
    with _out:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()
