"""Drives the Toxiproxy server of one link, through toxiproxy-python."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from typing import Any

import requests
from toxiproxy.api import APIConsumer
from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists

from harness.errors import FabricBroken

API_PORT = 8474
_GAUGE_PORT = 8475
_WAY, _GAUGE = "way", "gauge"  # the names that containers/toxiproxy/relay gives
_TIMEOUT = 10.0
_DIRECT = {"timeout": _TIMEOUT, "proxies": {"http": None, "all": None}}
_LOCK = threading.Lock()  # APIConsumer keeps host and port on the class
_BODY = 16 << 20


class Toxiproxy:
    """The relay ``way`` of a link, and ``gauge``, which leads to the API through the same toxics."""

    def __init__(self, host: str) -> None:
        self._host = host

    def await_ready(self, limit: float) -> None:
        """Wait until the API answers. Raises FabricBroken after ``limit`` seconds."""
        end = time.monotonic() + limit
        while True:
            try:
                self.enabled()
                return
            except FabricBroken:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def enabled(self) -> bool:
        """Tell whether the relay listens."""
        with self._api(f"/proxies/{_WAY}") as api:
            return bool(api.get(f"/proxies/{_WAY}", **_DIRECT).json()["enabled"])

    def enable(self, *, on: bool) -> None:
        """Make the relay listen, or close its connections and its listener."""
        with self._api("enable") as api:
            api.post(f"/proxies/{_WAY}", json={"enabled": on}, **_DIRECT).json()
        if self.enabled() is not on:
            raise FabricBroken(f"Toxiproxy at {self._host} did not obey: its relay should be {'on' if on else 'off'}")

    def reset(self) -> None:
        """Take all toxics away and make the relay listen."""
        with self._api("reset") as api:
            api.post("/reset", **_DIRECT)

    def add(self, kind: str, attributes: dict[str, int]) -> None:
        """Add a toxic to each direction of both relays."""
        for relay in (_WAY, _GAUGE):
            for stream in ("upstream", "downstream"):
                toxic = {"name": f"{kind}_{stream}", "type": kind, "stream": stream, "attributes": attributes}
                with self._api(f"adding {kind}") as api:
                    api.post(f"/proxies/{relay}/toxics", json=toxic, **_DIRECT)

    def take(self, kind: str) -> None:
        """Take the toxics that :meth:`add` added away."""
        for relay in (_WAY, _GAUGE):
            for stream in ("upstream", "downstream"):
                with self._api(f"taking {kind} away") as api:
                    api.delete(f"/proxies/{relay}/toxics/{kind}_{stream}", **_DIRECT)

    def has(self, kind: str, attributes: dict[str, int]) -> bool:
        """Tell whether the link's relay has this toxic in both directions."""
        with self._api("reading toxics") as api:
            toxics: list[dict[str, Any]] = api.get(f"/proxies/{_WAY}/toxics", **_DIRECT).json()
        streams = {
            toxic["stream"]
            for toxic in toxics
            if toxic["type"] == kind and attributes.items() <= toxic["attributes"].items()
        }
        return streams == {"upstream", "downstream"}

    def measure_round_trip(self, at_most: float) -> float:
        """Return how many seconds a small request and its answer take through the toxics."""
        return self._measure(b"", at_most)

    def measure_rate(self, size: int, at_most: float) -> float:
        """Return at how many bytes a second ``size`` bytes (16 MiB at most) pass through the toxics."""
        size = min(size, _BODY)
        return size / self._measure(b" " * size, at_most)

    def _measure(self, body: bytes, at_most: float) -> float:
        connection = HTTPConnection(self._host, _GAUGE_PORT, timeout=at_most)
        try:
            connection.connect()
            began = time.monotonic()
            connection.request("POST" if body else "GET", "/populate" if body else "/version", body or None)
            connection.getresponse().read()
            return time.monotonic() - began
        except (OSError, HTTPException) as error:
            raise FabricBroken(f"the gauge of the link at {self._host} does not answer: {error}") from error
        finally:
            connection.close()

    @contextmanager
    def _api(self, what: str) -> Iterator[type[APIConsumer]]:
        with _LOCK:
            APIConsumer.host, APIConsumer.port = self._host, API_PORT
            try:
                yield APIConsumer
            except (requests.RequestException, ValueError, KeyError, NotFound, InvalidToxic, ProxyExists) as error:
                raise FabricBroken(f"Toxiproxy at {self._host} ({what}): {error}") from error
