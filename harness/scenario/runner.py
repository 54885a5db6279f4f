"""Runs one scenario and judges it."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from harness.adapter.driver import Adapter, Answerer, Limits, NoAnswer, Refused
from harness.adapter.processes import crowded
from harness.adapter.profile import Profile
from harness.adapter.protocol import HelloOk
from harness.adapter.registry import Launch, resolve
from harness.address import Address
from harness.errors import (
    AdapterBroken,
    AdapterDied,
    FabricBroken,
    Failed,
    Inconclusive,
    NotRun,
    TunspecError,
    Unsupported,
)
from harness.faults.needs import NeedsOfClient, NeedsTraffic
from harness.probe.setup import TargetSetup
from harness.run import Run
from harness.run.homes import short_link
from harness.run.removal import remove
from harness.scenario.demands import features, needs
from harness.scenario.language.model import BastionSpec, Scenario, Step
from harness.scenario.login.credentials import Credentials
from harness.scenario.login.logins import Logins
from harness.scenario.login.profile import ProfileBuilder
from harness.scenario.login.setups import setup
from harness.scenario.props.names import name_of
from harness.scenario.props.props import Props
from harness.scenario.reproduction import command
from harness.scenario.stage import client_host
from harness.scenario.stage.endpoint import endpoint
from harness.scenario.stage.offline import OfflineStage
from harness.scenario.stage.stage import Stage
from harness.scenario.stage.user import User
from harness.scenario.steps import StepObserver, run_steps
from harness.text.harmless import cut
from harness.text.redaction import Redactor
from harness.timeline import Timeline
from harness.verdict.lattice import Verdict
from harness.verdict.result import Judged, Result, StepResult
from harness.world.fabric import BastionSetup, World
from harness.world.pool import WorldPool
from harness.world.topology import Topology, topologies

_BESIDE_SECONDS = 20.0
_KEY = 32
"""Bytes of the secret by which the probe target proves itself."""


@dataclass
class _Account:
    """What is known of a scenario so far; a result is made of it however the scenario ends."""

    timeline: Timeline
    introduction: HelloOk | None = None
    steps: list[StepResult] = field(default_factory=list)
    waited: float = 0.0
    adapter_log: str = ""


@dataclass(frozen=True)
class _Workspace:
    """Where one scenario is run: its private folder, and what is undone when it ends."""

    scenario: Scenario
    account: _Account
    folder: Path
    stack: ExitStack


@dataclass(frozen=True)
class Runner:
    """Everything that scenarios of one process share.

    ``hold`` is called after a step in which the tunnel failed, and may keep the world as it is for as long as it takes.
    """

    run: Run
    launch: Launch
    worlds: WorldPool
    redactor: Redactor
    credentials: Credentials
    limits: Limits = Limits()  # noqa: RUF009 -- frozen
    realtime: bool = False
    sshd: str | None = None
    hold: Callable[[OfflineStage, Step, Failed], None] | None = None

    def __call__(self, scenario: Scenario, observe: StepObserver = nullcontext) -> Result:
        """Run ``scenario`` and return its verdict; only the user's interrupt is raised."""
        account = _Account(Timeline(self.redactor))
        began = time.monotonic()
        verdict: Verdict = Verdict.PASS
        failure: Exception | None = None
        try:
            self._perform(scenario, account, observe)
        except TunspecError as error:
            verdict, failure = _verdict(error), error
        except Exception as error:  # noqa: BLE001 -- a defect of the suite must not end the run of the others
            verdict, failure = Verdict.ERROR, error
        return self._result(scenario, account, verdict, failure, time.monotonic() - began)

    def _perform(self, scenario: Scenario, account: _Account, observe: StepObserver) -> None:
        topology = None if scenario.topology is None else topologies()[scenario.topology]
        if topology is not None and (reason := self._missing(scenario, topology)):
            raise NotRun(reason)
        with ExitStack() as stack:
            folder = Path(tempfile.mkdtemp(prefix="scenario-", dir=self.run.whole_folder()))
            stack.callback(remove, folder)
            place = _Workspace(scenario, account, folder, stack)
            stage = self._offline(place) if topology is None else self._in_a_world(place, topology)
            stack.callback(stage.close)
            try:
                run_steps(stage, account.steps.append, observe, self.hold)
            except OSError as error:
                if not folder.is_dir():
                    raise AdapterBroken(
                        f"adapter {self.launch.name} removed the folder that it was started in"
                    ) from error
                raise
            finally:
                account.waited = stage.clock.waited

    def _missing(self, scenario: Scenario, topology: Topology) -> str | None:
        here, there = client_host.split(needs(scenario))
        return self.worlds.fabric.missing(topology, there) or client_host.missing(self.launch, here)

    def _offline(self, place: _Workspace) -> OfflineStage:
        home = place.stack.enter_context(_home(place.folder))
        adapter = self._adapter(place, self.launch, {"HOME": str(home)}, _nobody)
        return OfflineStage(scenario=place.scenario, timeline=place.account.timeline, adapter=adapter, home=home)

    def _in_a_world(self, place: _Workspace, topology: Topology) -> Stage:
        scenario, timeline, stack = place.scenario, place.account.timeline, place.stack
        world = stack.enter_context(self.worlds.lease(topology))
        target = TargetSetup(secrets.token_bytes(_KEY), greets=scenario.spec.greets)
        world.begin(timeline, self._setups(scenario, world), target)
        required = needs(scenario)
        for link in sorted(need.link for need in required if isinstance(need, NeedsTraffic)):
            world.watch(link)
        props = Props()
        stack.callback(props.close)
        home = stack.enter_context(_home(place.folder))
        profiles = ProfileBuilder(world, Logins(self.credentials, props, home), place.folder)
        last = profiles.route(scenario.spec.tunnel)[-1]
        launch = self.launch
        if scenario.spec.open_files:
            launch = launch.within(crowded.command(scenario.spec.open_files))
        if NeedsOfClient("names") in required:
            launch = launch.within(props.names.prefix(place.folder))
        adapter = self._adapter(
            place,
            launch,
            {"HOME": str(home), **profiles.environment(scenario.spec.tunnel)},
            User(scenario.spec.answers, profiles.login(last), world.setup(last).totp),
        )
        return Stage(
            scenario=scenario,
            timeline=timeline,
            adapter=adapter,
            home=home,
            world=world,
            profiles=profiles,
            target=target,
            beside=partial(self._beside, place, {"HOME": str(home)}),
        )

    @contextmanager
    def _beside(self, place: _Workspace, environment: dict[str, str], profile: Profile) -> Iterator[Address]:
        """Yield where ``ssh -L`` listens for the same tunnel, for as long as it is compared with."""
        with Adapter.start(
            resolve("openssh"),
            folder=place.folder,
            environment={**self.run.environment, **environment},
            timeline=Timeline(self.redactor),
            answer=_nobody,
            limits=self.limits,
        ) as ssh:
            try:
                opened = ssh.open("beside", profile, _BESIDE_SECONDS)
            except (Refused, NoAnswer, Unsupported) as error:
                raise FabricBroken(f"ssh -L cannot be compared with: {error}") from error
            yield endpoint(opened.host, opened.port, profile.local)

    def _adapter(self, place: _Workspace, launch: Launch, environment: dict[str, str], answer: Answerer) -> Adapter:
        """Start the adapter. Raises AdapterBroken, and Unsupported for a feature that the scenario relies on."""
        try:
            adapter = Adapter.start(
                launch,
                folder=place.folder,
                environment={**self.run.environment, **environment},
                timeline=place.account.timeline,
                answer=answer,
                limits=self.limits,
            )
        except AdapterBroken as broken:
            place.account.adapter_log = broken.log
            raise
        place.stack.callback(_end_adapter, adapter, place.account)
        place.account.introduction = adapter.introduction
        for feature in sorted(features(place.scenario) - set(adapter.introduction.supports)):
            raise Unsupported(feature)
        return adapter

    def _setups(self, scenario: Scenario, world: World) -> dict[str, BastionSetup]:
        specs = scenario.spec.bastions
        return {
            node: setup(
                node, specs.get(node, BastionSpec()), self.credentials, (world.address(node).host, name_of(node))
            )
            for node in world.topology.servers
        }

    def _shown(self, text: str) -> str:
        return cut(self.redactor(text))

    def _result(
        self,
        scenario: Scenario,
        account: _Account,
        verdict: Verdict,
        failure: Exception | None,
        seconds: float,
    ) -> Result:
        told = account.introduction.implementation if account.introduction else None
        fabric = self.worlds.fabric.name
        entries = account.timeline.entries()
        reason = "" if failure is None else str(failure) or type(failure).__name__
        if failure is not None and not isinstance(failure, TunspecError):
            reason = f"a defect of tunspec: {type(failure).__name__}: {reason}"
        return Result(
            scenario=scenario.id,
            title=scenario.title,
            file=os.path.relpath(scenario.path),
            covers=scenario.spec.covers,
            broken=_broken(scenario, failure),
            level=scenario.level,
            scope=scenario.scope,
            topology=scenario.topology,
            fabric=fabric,
            sshd=self.sshd,
            implementation=Judged(
                asked_for=self.launch.name,
                name=told.name if told else self.launch.name,
                version=told.version if told else "unknown",
                language=told.language if told else "unknown",
            ),
            verdict=verdict,
            reason=self._shown(reason),
            expected=self._shown(failure.expected) if isinstance(failure, Failed) else None,
            observed=self._shown(failure.observed) if isinstance(failure, Failed) else None,
            evidence=tuple(entry.text for entry in entries if entry.kind == "evidence"),
            seconds=round(seconds, 3),
            waited=round(account.waited, 3),
            steps=tuple(account.steps),
            reproduce=command(scenario, self.launch.name, fabric, realtime=self.realtime, sshd=self.sshd),
            timeline=entries,
            adapter_log=self.redactor(account.adapter_log),
            death=self._shown(failure.death) if isinstance(failure, AdapterDied) else None,
        )


def unjudged(
    scenario: Scenario, implementation: str, fabric: str, reason: str, *, realtime: bool, sshd: str | None
) -> Result:
    """Return the result of a scenario that nothing could be made ready for: an error."""
    return Result(
        scenario=scenario.id,
        title=scenario.title,
        covers=scenario.spec.covers,
        level=scenario.level,
        scope=scenario.scope,
        topology=scenario.topology,
        fabric=fabric,
        sshd=sshd,
        implementation=Judged(asked_for=implementation, name=implementation, version="unknown", language="unknown"),
        verdict=Verdict.ERROR,
        reason=reason,
        reproduce=command(scenario, implementation, fabric, realtime=realtime, sshd=sshd),
    )


@contextmanager
def _home(folder: Path) -> Iterator[Path]:
    """Yield a home for the adapter: a short link to a private folder."""
    real = folder / "home"
    real.mkdir(mode=0o700)
    with short_link(real) as link:
        yield link


def _nobody(_question: object) -> None:
    """Answer nothing: an import asks no user."""


def _broken(scenario: Scenario, failure: Exception | None) -> tuple[str, ...]:
    """Return the requirements that a failure breaks: the one that it names, or those of the scenario."""
    if not isinstance(failure, Failed):
        return ()
    return scenario.spec.covers if failure.requirement is None else (failure.requirement,)


def _end_adapter(adapter: Adapter, account: _Account) -> None:
    try:
        adapter.stop()
    finally:
        account.adapter_log = adapter.stderr()


def _verdict(error: TunspecError) -> Verdict:
    match error:
        case Failed():
            return Verdict.FAIL
        case Unsupported():
            return Verdict.UNSUPPORTED
        case NotRun():
            return Verdict.NOT_RUN
        case Inconclusive():
            return Verdict.INCONCLUSIVE
        case _:
            return Verdict.ERROR
