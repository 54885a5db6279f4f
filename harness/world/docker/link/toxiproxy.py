"""Drives the Toxiproxy server of one link, through toxiproxy-python."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from typing import Any

import requests
from toxiproxy.api import APIConsumer
from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists

from harness.errors import FabricBroken
from harness.world.docker.engine.elsewhere import out_of_reach
from harness.world.fabric import Direction

API_PORT = 8474
_GAUGE_OFFSET = 20_000  # containers/toxiproxy/relay names the relays and puts the gauges there
_TIMEOUT = 10.0
_DIRECT = {"timeout": _TIMEOUT, "proxies": {"http": None, "all": None}}
_LOCK = threading.Lock()  # APIConsumer keeps host and port on the class
_BODY = 16 << 20
_PADDING = 1 << 18

_STREAMS: dict[Direction, str] = {"server": "upstream", "client": "downstream"}
"""What Toxiproxy calls the direction towards each end."""
BOTH: tuple[Direction, ...] = ("server", "client")


class Toxiproxy:
    """The relay of a link, which listens on ``port``, and its gauge, which leads to the API through the same toxics."""

    QUESTION = b"GET /version HTTP/1.1\r\nHost: gauge\r\n\r\n"
    """What the API answers on a connection that :meth:`hold` gave."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._way, self._gauge = f"way-{port}", f"gauge-{port}"
        self.gauge_port = _GAUGE_OFFSET + port

    def await_ready(self, limit: float) -> None:
        """Wait until the API answers. Raises FabricBroken after ``limit`` seconds, or where no packet gets through."""
        end = time.monotonic() + limit
        while True:
            try:
                self.enabled()
                return
            except FabricBroken as broken:
                if isinstance(broken.__cause__, requests.ConnectTimeout):
                    raise out_of_reach(self._host) from broken
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def enabled(self) -> bool:
        """Tell whether the relay listens."""
        with self._api("reading the relay") as api:
            return bool(api.get(f"/proxies/{self._way}", **_DIRECT).json()["enabled"])

    def enable(self, *, on: bool) -> None:
        """Make the relay listen, or close its connections and its listener."""
        with self._api("enable") as api:
            api.post(f"/proxies/{self._way}", json={"enabled": on}, **_DIRECT).json()
        if self.enabled() is not on:
            raise FabricBroken(f"Toxiproxy at {self._host} did not obey: its relay should be {'on' if on else 'off'}")

    def reset(self) -> None:
        """Take all toxics away and make the relay listen."""
        with self._api("reset") as api:
            api.post("/reset", **_DIRECT)

    def add(self, kind: str, attributes: dict[str, int], towards: tuple[Direction, ...] = BOTH) -> None:
        """Add a toxic to the relay and its gauge, for the bytes that go ``towards`` these ends."""
        for relay in (self._way, self._gauge):
            for stream in map(_STREAMS.__getitem__, towards):
                toxic = {"name": f"{kind}_{stream}", "type": kind, "stream": stream, "attributes": attributes}
                with self._api(f"adding {kind}") as api:
                    api.post(f"/proxies/{relay}/toxics", json=toxic, **_DIRECT)

    def take(self, kind: str, towards: tuple[Direction, ...] = BOTH) -> None:
        """Take the toxics that :meth:`add` added away."""
        for relay in (self._way, self._gauge):
            for stream in map(_STREAMS.__getitem__, towards):
                with self._api(f"taking {kind} away") as api:
                    api.delete(f"/proxies/{relay}/toxics/{kind}_{stream}", **_DIRECT)

    def has(self, kind: str, attributes: dict[str, int], towards: tuple[Direction, ...] = BOTH) -> bool:
        """Tell whether the link's relay has this toxic in these directions, for every connection."""
        with self._api("reading toxics") as api:
            toxics: list[dict[str, Any]] = api.get(f"/proxies/{self._way}/toxics", **_DIRECT).json()
        found = {
            toxic["stream"]
            for toxic in toxics
            if toxic["type"] == kind and toxic["toxicity"] == 1 and attributes.items() <= toxic["attributes"].items()
        }
        return found == {_STREAMS[end] for end in towards}

    def measure_round_trip(self, at_most: float) -> float:
        """Return how many seconds a small request and its answer take through the toxics."""
        return self._measure(b"", at_most)

    def measure_rate(self, size: int, at_most: float) -> float:
        """Return at how many bytes a second ``size`` bytes (16 MiB at most) pass through the toxics."""
        size = min(size, _BODY)
        return size / self._measure(b" " * size, at_most)

    def measure_pieces(self, size: int, at_most: float) -> tuple[int, float]:
        """Return how many pieces of ``size`` bytes were sent at once, and how many seconds all of them took."""
        request = b"GET /" + b"x" * min(2 * size, _PADDING) + b" HTTP/1.0\r\n\r\n"
        with self._dial(at_most) as gauge:
            began = time.monotonic()
            gauge.sendall(request)
            gauge.recv(1)
            return math.ceil(len(request) / size), time.monotonic() - began

    def measure_limit(self, size: int, at_most: float) -> int | None:
        """Return after how many bytes towards the client a connection ended; None where more than ``size`` came."""
        request = b"GET /proxies HTTP/1.1\r\nHost: gauge\r\n\r\n"
        received = 0
        with self._dial(at_most) as gauge, suppress(ConnectionResetError, BrokenPipeError):
            while received <= size:
                gauge.sendall(request)
                chunk = gauge.recv(1 << 16)
                if not chunk:
                    break
                received += len(chunk)
        return received if received <= size else None

    def is_silent(self, within: float) -> bool:
        """Tell whether nothing comes back through the toxics ``within`` so many seconds."""
        try:
            self.measure_round_trip(within)
        except FabricBroken as error:
            return isinstance(error.__cause__, TimeoutError)
        return False

    def hold(self) -> socket.socket:
        """Return a connection to the gauge on which nothing is sent. Raises FabricBroken."""
        try:
            return socket.create_connection((self._host, self.gauge_port), _TIMEOUT)
        except OSError as error:
            raise self._silent(error) from error

    def _silent(self, error: Exception) -> FabricBroken:
        return FabricBroken(f"the gauge of the link at {self._host} does not answer: {error}")

    def _measure(self, body: bytes, at_most: float) -> float:
        connection = HTTPConnection(self._host, self.gauge_port, timeout=at_most)
        try:
            connection.connect()
            began = time.monotonic()
            connection.request("POST" if body else "GET", "/populate" if body else "/version", body or None)
            connection.getresponse().read()
            return time.monotonic() - began
        except (OSError, HTTPException) as error:
            raise self._silent(error) from error
        finally:
            connection.close()

    @contextmanager
    def _dial(self, at_most: float) -> Iterator[socket.socket]:
        try:
            with socket.create_connection((self._host, self.gauge_port), at_most) as gauge:
                yield gauge
        except OSError as error:
            raise self._silent(error) from error

    @contextmanager
    def _api(self, what: str) -> Iterator[type[APIConsumer]]:
        with _LOCK:
            APIConsumer.host, APIConsumer.port = self._host, API_PORT
            try:
                yield APIConsumer
            except (requests.RequestException, ValueError, KeyError, NotFound, InvalidToxic, ProxyExists) as error:
                raise FabricBroken(f"Toxiproxy at {self._host} ({what}): {error}") from error
