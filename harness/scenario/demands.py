"""What a scenario demands of the fabric, of the client's machine, and of the adapter."""

from __future__ import annotations

from harness.faults.needs import Need, NeedsOfClient, NeedsServer
from harness.scenario.language.model import Scenario
from harness.world.topology import topologies


def needs(scenario: Scenario) -> frozenset[Need]:
    """Return what the fabric and the client's machine must be able to do, as the verbs say."""
    files: set[Need] = {NeedsOfClient("files")} if scenario.spec.open_files else set()
    servers = {NeedsServer(node, spec.server) for node, spec in scenario.spec.bastions.items() if spec.server}
    return scenario.spec.tunnel.needs().union(files, servers, *(step.verb.needs() for step in scenario.steps))


def features(scenario: Scenario) -> frozenset[str]:
    """Return what the adapter must support, as the verbs say; who answers prompts must be asked."""
    asks = {"totp.prompt"} if scenario.spec.answers.prompts else set()
    replaces = {"host-keys.replace"} if scenario.spec.answers.changed_host_key == "accept" else set()
    topology = topologies().get(scenario.topology or "")
    jumps = {"jump"} if topology and len(topology.bastions) > 1 else set()
    return frozenset(asks | replaces | jumps).union(*(step.verb.features() for step in scenario.steps))
