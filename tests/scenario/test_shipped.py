from __future__ import annotations

from harness.killing import never_said_no
from harness.scenario.language.verb import Verb
from harness.scenario.requirements import catalogue
from harness.scenario.shipped import shipped_scenarios
from harness.scenario.verbs.probes.recovery import WorksAgain
from harness.scenario.verbs.probes.traffic import Dial, Knock


def test_there_are_at_least_25_scenarios() -> None:
    """Files, not cases."""
    assert len({name.partition("[")[0] for name in shipped_scenarios()}) >= 25


def test_every_requirement_has_a_scenario() -> None:
    """The catalogue promises nothing that is not tested."""
    covered = {name for scenario in shipped_scenarios().values() for name in scenario.spec.covers}
    assert set(catalogue()) - covered == set()


def test_every_scenario_has_a_faulty_tunnel_that_it_rejects() -> None:
    """A scenario that never said no proves nothing."""
    assert never_said_no() == ()


def test_titles_are_unlike_each_other() -> None:
    """A title alone tells which scenario it is, cases apart."""
    titles: dict[str, set[str]] = {}
    for name, scenario in shipped_scenarios().items():
        titles.setdefault(scenario.title, set()).add(name.partition("[")[0])
    assert {title: names for title, names in titles.items() if len(names) > 1} == {}


def test_who_may_be_refused_dials_where_no_other_tunnel_listens() -> None:
    """A port that the tunnel has left may be another tunnel's at once, of another worker."""
    hosts = {
        name: scenario.spec.tunnel.local.host
        for name, scenario in shipped_scenarios().items()
        if any(_may_be_refused(step.verb) for step in scenario.steps)
    }
    assert set(hosts.values()) == {"private"}, hosts


def _may_be_refused(verb: Verb) -> bool:
    match verb:
        case WorksAgain():
            return True
        case Dial(outcome=outcome):
            return outcome != "closed"
        case Knock(may_be_refused=may_be):
            return may_be
        case _:
            return False
