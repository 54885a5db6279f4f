"""When the watchdog probes, and when it takes the server for dead."""

from __future__ import annotations

import pytest

from tunnel_impl.life import watchdog
from tunnel_impl.life.watchdog import Pack, Watchdog
from tunnel_impl.profile import KeepAlive


class Scene:
    """A peer and a clock that a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, interval: float = 10, count: int = 3) -> None:
        self.time = 0.0
        self.last = 0.0
        self.probes: list[float] = []
        monkeypatch.setattr(watchdog, "now", lambda: self.time)
        self.dog = Watchdog(KeepAlive(interval, count), self)

    def heard(self) -> float:
        return self.last

    def probe(self) -> None:
        self.probes.append(self.time)

    def run(self, until: float, *, answers: bool = False) -> float | None:
        """Run the watchdog when it wants to be; return when it says dead."""
        while (pause := self.dog.pause()) is not None and self.time + pause <= until:
            self.time += pause
            if not self.dog.check():
                return self.time
            if answers:
                self.last = self.time
        return None


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Probes each 10 s, three of them."""
    return Scene(monkeypatch)


def test_dead_after_count_plus_one_intervals(scene: Scene) -> None:
    """With nothing heard, three probes go out an interval apart, and one interval later it is over."""
    assert (scene.run(1000), scene.probes) == (40, [10, 20, 30])


def test_answers_keep_it_alive(scene: Scene) -> None:
    """An answered probe starts the silence afresh; probes stay an interval apart."""
    assert scene.run(55, answers=True) is None
    assert scene.probes == [10, 20, 30, 40, 50]


def test_any_byte_starts_afresh(scene: Scene) -> None:
    """A byte heard after two unanswered probes resets the count and the timer."""
    scene.run(25)
    scene.time = scene.last = 27
    assert (scene.run(1000), scene.probes) == (67, [10, 20, 37, 47, 57])


def test_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interval of 0 never probes and never ends."""
    scene = Scene(monkeypatch, interval=0)
    assert (scene.dog.check(), scene.dog.pause(), scene.probes) == (True, None, [])


def test_after_a_sleep_one_probe_decides(scene: Scene) -> None:
    """After the laptop slept the server is not dead yet, but must answer one probe within 5 s."""
    scene.run(15)
    scene.time = 600
    assert scene.dog.check()
    assert (scene.probes[-1], scene.run(1000)) == (600, 605)


def test_after_a_sleep_an_answer_saves(scene: Scene) -> None:
    """A server that answers after the sleep counts as alive in full."""
    scene.time = 600
    assert scene.dog.check()
    scene.time = scene.last = 601
    assert (scene.dog.check(), scene.dog.pause()) == (True, 10)


class Hop:
    """A peer that answers each probe at once until it is frozen."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.last = 0.0
        self.carriers: list[Hop] = []
        self.frozen = False

    def heard(self) -> float:
        return self.last

    def probe(self) -> None:
        path = [*self.carriers, self]
        if not any(hop.frozen for hop in path):
            for hop in path:
                hop.last = self.scene.time


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("frozen", [0, 1, 2])
def test_each_hop_is_watched(monkeypatch: pytest.MonkeyPatch, frozen: int, count: int) -> None:
    """The hop that no longer answers is named, and within the same budget wherever it stands."""
    scene = Scene(monkeypatch)
    hops = [Hop(scene) for _ in range(3)]
    for index, hop in enumerate(hops):
        hop.carriers = hops[:index]
    pack = Pack([Watchdog(KeepAlive(10, count), hop) for hop in hops])
    dead, froze = None, 25.0
    while dead is None and scene.time < 1000:
        pause = pack.pause()
        assert pause is not None
        if scene.time < froze <= scene.time + pause:
            hops[0].last = froze - 1
            hops[frozen].frozen = True
        scene.time += pause
        dead = pack.check()
    assert (dead, scene.time - froze <= 10 * (count + 1)) == (frozen, True)


def test_no_hop_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """With keep-alives off there is nothing to wait for."""
    scene = Scene(monkeypatch, interval=0)
    pack = Pack([Watchdog(KeepAlive(0, 3), scene) for _ in range(2)])
    assert (pack.check(), pack.pause()) == (None, None)
