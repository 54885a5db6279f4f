"""How a scenario's end becomes a verdict, and what becomes of its world; the world is a stand-in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest

from harness import run as runs
from harness.adapter.registry import Launch
from harness.errors import FabricBroken, Failed, Unsupported
from harness.faults.model import Evidence, Fault, Sleep, Stall
from harness.items import held
from harness.scenario.language.model import Scenario, ScenarioFile, Step
from harness.scenario.language.verb import Nature, Verb
from harness.scenario.login.credentials import Credentials
from harness.scenario.runner import Runner
from harness.scenario.stage.family import Family
from harness.scenario.stage.stage import Stage
from harness.text.redaction import Redactor
from harness.verdict.lattice import Verdict
from harness.world import fabric as world
from harness.world.fabric import BastionSetup, ServerEvent
from harness.world.pool import WorldPool
from harness.world.topology import Topology

ADAPTER = """
import json, sys
for number, line in enumerate(sys.stdin):
    request = json.loads(line)
    about = {"protocol": 1, "implementation": {"name": "x", "version": "1", "language": "-"}, "supports": ["auth.key"]}
    reply = [{"ok": about}, {"unsupported": "made-up"}, {"ok": {}}][min(number, 2)]
    print(json.dumps({"id": request["id"], **reply}), flush=True)
    if request["do"] == "bye":
        break
    MORE
"""


@dataclass
class SoundWorld:
    """Fulfils as much of World as these scenarios use; its faults take effect."""

    topology: Topology
    proven: ClassVar[bool] = True
    ended: int = 0
    closed: bool = False
    healed: int = 0

    def begin(self, *_: object) -> None:
        """Be ready."""

    def end(self) -> None:
        """Be ready for the next."""
        self.ended += 1

    def check(self) -> None:
        """Work."""

    def prove(self, _node: str) -> None:
        """Reach the target."""

    def events(self, _node: str) -> tuple[ServerEvent, ...]:
        """Tell nothing."""
        return ()

    def close(self) -> None:
        """Be gone."""
        self.closed = True

    def address(self, _node: str) -> world.Address:
        """Be somewhere."""
        return world.Address("127.0.0.1", 22)

    def setup(self, node: str) -> BastionSetup:
        """Name the user."""
        return BastionSetup(user=node)

    def inject(self, _fault: Fault) -> SoundWorld:
        """Break; the world is its own fault."""
        return self

    def evidence(self) -> Evidence:
        """Say what was held."""
        return Evidence(proven=self.proven, summary="12 bytes held" if self.proven else "0 bytes held")

    def heal(self) -> None:
        """Mend."""
        self.healed += 1


class WorldWhoseFaultsDoNothing(SoundWorld):
    """Takes every fault and lets it have no effect."""

    proven = False


class WorldThatCannotBeBegun(SoundWorld):
    """Does not start a scenario."""

    def begin(self, *_: object) -> None:
        """Break."""
        raise FabricBroken("the bastion did not answer")


class WorldThatCannotBeEnded(SoundWorld):
    """Breaks when the scenario is over."""

    def end(self) -> None:
        """Break."""
        raise FabricBroken("the relay is gone")


class WorldWhoseBastionDied(SoundWorld):
    """Has lost a node by itself."""

    def check(self) -> None:
        """Say so."""
        raise FabricBroken("bastion ended, though nothing should have caused that")


class WorldThatDoesNotReachItsTarget(SoundWorld):
    """Works, node by node, and carries nothing."""

    def prove(self, node: str) -> None:
        """Say so."""
        raise FabricBroken(f"{node} itself gets no answer of target")


class WorldWhoseBastionIsDefective(SoundWorld):
    """Has broken off a connection, and goes on as if nothing had happened."""

    def events(self, node: str) -> tuple[ServerEvent, ...]:
        """Say so."""
        return (ServerEvent(1.0, node, "broke", {"reason": "KeyError: 7"}),)


class WorldThatWorksOnlyHealed(SoundWorld):
    """Is broken for as long as its fault is in force."""

    def check(self) -> None:
        """Say so."""
        if not self.healed:
            raise FabricBroken("bastion does not answer")


class WorldThatDoesNotHeal(SoundWorld):
    """Cannot undo its fault."""

    def heal(self) -> None:
        """Say so."""
        raise FabricBroken("the link is still cut")


@dataclass
class Fabric:
    """Builds worlds of one kind and remembers them."""

    kind: type[SoundWorld]
    name: str = "embedded"
    worlds: list[SoundWorld] = field(default_factory=list)

    def missing(self, _topology: Topology, _needs: frozenset[str]) -> None:
        """Nothing."""

    def build(self, topology: Topology, *_: object) -> SoundWorld:
        """Build one."""
        self.worlds.append(self.kind(topology))
        return self.worlds[-1]

    def close(self) -> None:
        """Nothing is shared."""


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    """What knows the secrets."""
    return Redactor()


@pytest.fixture(scope="module")
def credentials(redactor: Redactor) -> Credentials:
    """Credentials, whose keys take a moment to make."""
    return Credentials(redactor)


@pytest.fixture
def runner(redactor: Redactor, credentials: Credentials) -> Iterator[Callable[..., Runner]]:
    """Makes runners on a stand-in fabric; ``more`` is what the adapter does after each line."""
    with runs.start() as run:

        def make(fabric: Fabric, more: str = "") -> Runner:
            launch = Launch("polite", (sys.executable, "-c", ADAPTER.replace("MORE", more)), "program")
            pool = WorldPool(cast("world.Fabric", fabric), run.folder, print)
            return Runner(run, launch, pool, redactor, credentials)

        yield make


def step(nature: Nature, act: Callable[[Stage], object] = lambda _stage: None) -> Step:
    """Return a step that does ``act``."""

    class Acts(Verb):
        verb: ClassVar[str] = nature

        def run(self, stage: Stage) -> None:
            act(stage)

    Acts.nature = nature
    return Step(Acts(), 1, nature)


def scenario(*steps: Step, open_files: int = 0) -> Scenario:
    """Return a scenario of these steps."""
    spec = ScenarioFile(
        title="A sentence for people",
        covers=("LIV-3",),
        topology="single_bastion",
        steps=("open",),
        open_files=open_files,
    )
    return Scenario("mine/one", "mine", Path("one.yaml"), 1, spec, steps, "must", "core")


def stall(stage: Stage) -> None:
    """Break the link."""
    stage.inject(Stall("to-bastion"))


def mend(stage: Stage) -> None:
    """Heal it."""
    stage.heal(Stall, "to-bastion")


def fail(_stage: Stage) -> None:
    """Find the implementation wrong."""
    raise Failed("an echo", "silence")


def refuse(_stage: Stage) -> None:
    """Find a feature missing."""
    raise Unsupported("auth.agent")


def err(_stage: Stage) -> None:
    """Be a defect of the suite."""
    raise ZeroDivisionError("oops")


BREAKS = step("breaks", stall)
PROBES_AND_FAILS = step("probes", fail)


@pytest.mark.parametrize(
    ("kind", "steps", "verdict"),
    [
        (SoundWorld, (step("acts"), BREAKS, step("looks")), Verdict.PASS),
        (SoundWorld, (BREAKS, step("looks", fail)), Verdict.FAIL),
        (SoundWorld, (step("acts", fail), BREAKS), Verdict.FAIL),
        (SoundWorld, (step("probes", fail),), Verdict.FAIL),
        (SoundWorld, (step("probes", fail), BREAKS), Verdict.FAIL),
        (WorldThatDoesNotReachItsTarget, (step("probes", fail), BREAKS), Verdict.ERROR),
        (SoundWorld, (BREAKS, step("probes", fail)), Verdict.FAIL),
        (SoundWorld, (step("acts", refuse),), Verdict.UNSUPPORTED),
        (SoundWorld, (step("acts", err),), Verdict.ERROR),
        (WorldWhoseFaultsDoNothing, (BREAKS, step("looks")), Verdict.INCONCLUSIVE),
        (WorldWhoseFaultsDoNothing, (BREAKS, step("looks", fail)), Verdict.INCONCLUSIVE),
        (WorldWhoseFaultsDoNothing, (BREAKS, step("heals", mend)), Verdict.INCONCLUSIVE),
        (WorldWhoseBastionDied, (step("acts"),), Verdict.ERROR),
        (WorldWhoseBastionDied, (step("acts", fail),), Verdict.ERROR),
        (WorldWhoseBastionDied, (step("probes", fail), BREAKS), Verdict.ERROR),
        (WorldWhoseBastionIsDefective, (step("acts", fail),), Verdict.ERROR),
        (WorldWhoseBastionIsDefective, (step("acts"),), Verdict.PASS),
        (WorldThatWorksOnlyHealed, (BREAKS, step("looks")), Verdict.PASS),
        (WorldThatWorksOnlyHealed, (BREAKS, step("looks", fail)), Verdict.FAIL),
        (WorldThatDoesNotHeal, (BREAKS, step("looks")), Verdict.ERROR),
        (WorldThatDoesNotHeal, (BREAKS, step("looks", fail)), Verdict.ERROR),
        (WorldThatCannotBeBegun, (step("acts"),), Verdict.ERROR),
        (WorldThatCannotBeEnded, (step("acts"),), Verdict.ERROR),
    ],
)
def test_the_end_of_a_scenario_is_its_verdict(
    runner: Callable[..., Runner], kind: type[SoundWorld], steps: tuple[Step, ...], verdict: Verdict
) -> None:
    """A fault without evidence is never a pass, and a tunnel is judged only in a world that works."""
    assert runner(Fabric(kind))(scenario(*steps)).verdict is verdict


def test_a_failure_tells_what_was_expected_seen_and_proved(runner: Callable[..., Runner]) -> None:
    """Evidence, steps and how each ended stand in the result."""
    result = runner(Fabric(SoundWorld))(scenario(BREAKS, step("probes", fail)))
    assert (result.expected, result.observed) == ("an echo", "silence")
    assert result.evidence == ("stall of to-bastion: 12 bytes held",)
    assert [one.ended for one in result.steps] == ["done", "failed"]


@pytest.mark.parametrize(
    ("steps", "broken"), [((PROBES_AND_FAILS, BREAKS), "TUN-1"), ((BREAKS, PROBES_AND_FAILS), "LIV-3")]
)
def test_a_tunnel_that_does_not_work_at_all_breaks_no_promise_about_faults(
    runner: Callable[..., Runner], steps: tuple[Step, ...], broken: str
) -> None:
    """It breaks the requirement that the step shows to be met."""
    result = runner(Fabric(SoundWorld))(scenario(*steps))
    assert (result.verdict, result.broken) == (Verdict.FAIL, (broken,))


def test_a_defect_of_the_suite_is_named_as_such(runner: Callable[..., Runner]) -> None:
    """It is no verdict on the implementation."""
    result = runner(Fabric(SoundWorld))(scenario(step("acts", err)))
    assert result.reason == "a defect of tunspec: ZeroDivisionError: oops"


@pytest.mark.parametrize("nature", ["looks", "probes"])
def test_an_adapter_that_died_meanwhile_is_an_error(runner: Callable[..., Runner], nature: Nature) -> None:
    """Whatever the steps saw of its tunnels: closed connections are no good sign when everything is closed."""
    judge = runner(Fabric(SoundWorld), more="sys.exit('crashed') if number == 2 else None")

    def kill(stage: Stage) -> None:
        stage.adapter.close("main", timeout=5)
        stage.adapter.wait_for_state("main", "closed", timeout=5)

    result = judge(scenario(step("acts", _quietly(kill)), step(nature, fail if nature == "probes" else lambda _: None)))
    assert result.verdict is Verdict.ERROR
    assert "exited with status 1; its standard error ends: crashed" in result.reason


def test_an_adapter_that_is_about_to_die_is_an_error(runner: Callable[..., Runner]) -> None:
    """Its connections end before its process does; a failure is not judged before that is heard."""
    judge = runner(Fabric(SoundWorld), more="number == 2 and (__import__('time').sleep(0.3), sys.exit('crashed'))")

    def dies(stage: Stage) -> None:
        stage.tunnels["main"] = cast("Any", None)
        stage.adapter.close("main", timeout=5)
        fail(stage)

    result = judge(scenario(step("probes", dies)))
    assert result.verdict is Verdict.ERROR
    assert "exited with status 1; its standard error ends: crashed" in result.reason


def test_an_adapter_that_sleeps_is_not_asked_whether_it_lives(runner: Callable[..., Runner]) -> None:
    """It could not answer, and what was seen is judged."""

    def sleeps(stage: Stage) -> None:
        stage.tunnels["main"] = cast("Any", None)
        stage.install(Sleep(), cast("Any", SoundWorld(stage.world.topology)))
        fail(stage)

    result = runner(Fabric(SoundWorld))(scenario(step("breaks", sleeps)))
    assert result.verdict is Verdict.FAIL
    assert not any("status main" in entry.text for entry in result.timeline)


def _quietly(act: Callable[[Stage], Any]) -> Callable[[Stage], None]:
    def quiet(stage: Stage) -> None:
        with pytest.raises(Exception, match="crashed"):
            act(stage)

    return quiet


def test_an_adapter_begins_with_as_many_files_open_as_the_scenario_says(runner: Callable[..., Runner]) -> None:
    """Those that it opens itself have higher numbers."""
    seen: list[int] = []

    def count(stage: Stage) -> None:
        seen.append(Family(stage.adapter.pid).resources().files)

    judge = runner(Fabric(SoundWorld))
    for files in (0, 1100):
        judge(scenario(step("looks", count), open_files=files))
    few, many = seen
    assert many - few == 1100


@pytest.mark.parametrize("steps", [(BREAKS,), (BREAKS, step("looks", fail)), (step("acts", refuse),)])
def test_a_world_that_ended_in_a_verdict_is_used_again(runner: Callable[..., Runner], steps: tuple[Step, ...]) -> None:
    """It was put in order after the first scenario."""
    fabric = Fabric(SoundWorld)
    judge = runner(fabric)
    judge(scenario(*steps))
    judge(scenario(step("acts")))
    assert [(world.ended, world.closed) for world in fabric.worlds] == [(2, False)]


@pytest.mark.parametrize(
    ("kind", "act"), [(WorldThatCannotBeBegun, mend), (WorldThatCannotBeEnded, lambda _: None), (SoundWorld, err)]
)
def test_a_world_in_doubt_is_discarded(
    runner: Callable[..., Runner], kind: type[SoundWorld], act: Callable[[Stage], object]
) -> None:
    """The next scenario gets a new one."""
    fabric = Fabric(kind)
    judge = runner(fabric)
    for _ in range(2):
        judge(scenario(step("acts", act)))
    assert [world.closed for world in fabric.worlds] == [True, True]


def test_an_interrupt_ends_the_world_and_the_adapter(runner: Callable[..., Runner]) -> None:
    """Only the user's interrupt is raised; nothing that was started stays."""
    fabric = Fabric(SoundWorld)
    seen: list[Stage] = []

    def interrupt(stage: Stage) -> None:
        seen.append(stage)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner(fabric)(scenario(step("acts", interrupt)))
    assert fabric.worlds[0].closed
    assert not Path(f"/proc/{seen[0].adapter.pid}").exists()
    assert not seen[0].home.exists()


def test_nothing_secret_stands_in_a_reason(runner: Callable[..., Runner]) -> None:
    """Also where an implementation wrote a password into its error."""
    judge = runner(Fabric(SoundWorld))
    password = judge.credentials.login("bastion").password

    def blurt(_stage: Stage) -> None:
        raise Failed("silence", f"password {password}")

    assert password not in judge(scenario(step("acts", blurt))).model_dump_json()


_DAMAGE = {
    "the home is gone": "shutil.rmtree(os.path.realpath(os.environ['HOME']))",
    "the link to the home is a folder": "os.unlink(os.environ['HOME']); os.makedirs(os.environ['HOME'] + '/deep/er')",
    "the link to the home is gone": "os.unlink(os.environ['HOME'])",
    "the folder of the run is gone": "shutil.rmtree(os.path.dirname(os.getcwd()))",
    "the run's folder is a link": "a = os.path.dirname(os.getcwd()); os.rename(a, a + '-x'); os.symlink(a + '-x', a)",
    "the folder of the run is closed": "os.chmod(os.path.dirname(os.getcwd()), 0)",
}


@pytest.mark.parametrize("damage", _DAMAGE.values(), ids=_DAMAGE)
def test_what_an_adapter_does_to_its_folders_breaks_no_later_scenario(
    runner: Callable[..., Runner], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: str
) -> None:
    """Whatever it removes or replaces; nothing stays in the temporary folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with runs.start() as run:
        made = replace(runner(Fabric(SoundWorld), f"if number == 1: import os, shutil; {damage}"), run=run)
        sound = replace(made, launch=runner(Fabric(SoundWorld)).launch)
        made(scenario(step("acts")))
        assert sound(scenario(step("acts"))).verdict is Verdict.PASS
    assert [path.name for path in tmp_path.iterdir() if not path.name.endswith("-x")] == []


def test_the_world_of_a_failure_is_held_until_somebody_has_looked(
    runner: Callable[..., Runner], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A card says where everything is, and what is broken; the verdict is the same."""
    monkeypatch.setattr(sys, "stdin", StringIO("\n"))
    holding = replace(runner(Fabric(SoundWorld)), hold=held.wait)
    assert holding(scenario(step("acts"), BREAKS, PROBES_AND_FAILS)).verdict is Verdict.FAIL
    card = capsys.readouterr().err
    for line in (
        "HELD  mine/one failed at line 1: probes",
        "@127.0.0.1:22, password ",
        "fault       stall of to-bastion",
    ):
        assert line in card
