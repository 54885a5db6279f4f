from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import InvalidScenario
from harness.faults.needs import NeedsServer
from harness.scenario.demands import needs
from harness.scenario.loader import load
from harness.scenario.recognition import looks_like_scenario
from harness.scenario.verbs.faults import Wait
from harness.scenario.verbs.tunnel import Open
from harness.units import Window

GOOD = """\
title: A title that says what is proved
covers: [TUN-1]
topology: single_bastion
tunnel:
  keepalive: {interval: 1s, count: 3}
steps:
  - open
  - echo
"""


@pytest.fixture
def write(tmp_path: Path) -> object:
    """Write a scenario file and return its path."""

    def write(text: str) -> Path:
        folder = tmp_path / "area"
        folder.mkdir(exist_ok=True)
        file = folder / "name.yaml"
        file.write_text(text)
        return file

    return write


def test_the_id_of_a_scenario_is_its_area_and_name(write) -> None:  # noqa: ANN001 -- the fixture above
    """Ids are paths."""
    (scenario,) = load(write(GOOD))
    assert (scenario.id, scenario.area, scenario.level) == ("area/name", "area", "must")


def test_every_case_is_a_scenario_with_its_values(write) -> None:  # noqa: ANN001
    """Cases override keys, and variables in the steps."""
    cases = "vars: {time: 1s}\ncases:\n  short: {}\n  long: {title: Another title for this one, vars: {time: 2s}}\n"
    short, long = load(write(cases + GOOD + "  - wait: $time\n"))
    assert [short.id, long.id] == ["area/name[short]", "area/name[long]"]
    assert [short.steps[-1].verb, long.steps[-1].verb] == [Wait(time="1s"), Wait(time="2s")]
    assert long.title == "Another title for this one"


AT_EACH_HOP = GOOD.replace("single_bastion", "two_hop\nat: each hop") + "  - stall: $link\n  - freeze: $node\n"


def test_a_file_can_be_tried_at_each_hop(write) -> None:  # noqa: ANN001
    """Each server on the route is a case, with its own name, link and number."""
    first, second = load(write(AT_EACH_HOP + "  - open: {error: jump-failed, hop: $hop}\n"))
    assert [first.id, second.id] == ["area/name[bastion1]", "area/name[bastion2]"]
    assert [first.steps[-3].verb.link, second.steps[-3].verb.link] == ["to-bastion1", "to-bastion2"]
    assert [first.steps[-2].verb.node, second.steps[-2].verb.node] == ["bastion1", "bastion2"]
    assert [first.steps[-1].verb.hop, second.steps[-1].verb.hop] == [0, 1]


def test_each_case_is_tried_at_each_hop(write) -> None:  # noqa: ANN001
    """The name of a case stands before that of the hop."""
    scenarios = load(write("cases: {slow: {}, fast: {}}\n" + AT_EACH_HOP))
    assert [one.id.partition("[")[2] for one in scenarios] == [
        "slow-bastion1]",
        "slow-bastion2]",
        "fast-bastion1]",
        "fast-bastion2]",
    ]


def test_some_hops_can_be_named(write) -> None:  # noqa: ANN001
    """Where a rule is about jump hosts only."""
    (only,) = load(write(AT_EACH_HOP.replace("each hop", "[bastion1]")))
    assert only.id == "area/name[bastion1]"


def test_a_hop_of_another_topology_brings_it(write) -> None:  # noqa: ANN001
    """What is at the ends of the route is known by variables."""
    steps = "  - reset: $first_link\n  - freeze: $first\n  - freeze: $last\n"
    two, three = load(write(AT_EACH_HOP.replace("each hop", "[bastion2, middle]") + steps))
    assert [two.topology, three.topology] == ["two_hop", "three_hop"]
    assert [two.steps[-3].verb.link, three.steps[-3].verb.link] == ["to-bastion1", "to-first"]
    ends = [[step.verb.node for step in one.steps[-2:]] for one in (two, three)]
    assert ends == [["bastion1", "bastion2"], ["first", "last"]]


def test_the_hop_can_be_a_key(write) -> None:  # noqa: ANN001
    """What is special about the server at which it is tried stands under its name."""
    first, second = load(write(AT_EACH_HOP + "bastions: {$node: {policy: {MaxSessions: '1'}}}\n"))
    assert [list(first.spec.bastions), list(second.spec.bastions)] == [["bastion1"], ["bastion2"]]


@pytest.mark.parametrize("at", ["every hop", "[bastion3]", "[]", "bastion1"])
def test_a_hop_that_is_not_on_the_route_is_a_mistake(write, at: str) -> None:  # noqa: ANN001
    """The message has the line, and what may be written."""
    with pytest.raises(InvalidScenario, match=r"name.yaml:4: at is `each hop`, or a list of .*: .*bastion1, bastion2"):
        load(write(AT_EACH_HOP.replace("each hop", at)))


def test_hops_need_a_topology(write) -> None:  # noqa: ANN001
    """A scenario without servers has no hops."""
    with pytest.raises(InvalidScenario, match="at needs a topology"):
        load(write(GOOD.replace("topology: single_bastion", "at: each hop")))


@pytest.mark.parametrize("text", ["${scheme}://jump/db", "mysql+${more}://jump/db", "${scheme}${more}"])
def test_a_variable_may_stand_anywhere_in_a_text(write, text: str) -> None:  # noqa: ANN001
    """At its beginning too."""
    step = f"  - import_url: {{url: '{text}', error: bad-url}}\n"
    (scenario,) = load(write("vars: {scheme: mysql+ssh, more: ssh}\n" + GOOD + step))
    assert scenario.steps[-1].verb.url == text.replace("${scheme}", "mysql+ssh").replace("${more}", "ssh")


def test_a_step_changes_the_tunnel_of_the_scenario(write) -> None:  # noqa: ANN001
    """``with`` is laid on ``tunnel``."""
    (scenario,) = load(write(GOOD + "  - open: {with: {keepalive: {count: 5}}}\n"))
    changed = scenario.steps[-1].verb
    assert isinstance(changed, Open)
    assert (changed.tunnel.keepalive.interval, changed.tunnel.keepalive.count) == (1.0, 5)


def test_realtime_stretches_the_times_of_the_tunnel_and_the_steps(write) -> None:  # noqa: ANN001
    """By the file's own scale."""
    text = "scale: 60\n" + GOOD + "  - expect: {state: connected, within: 3s..4.5s}\n"
    (scenario,) = load(write(text), realtime=True)
    assert scenario.spec.tunnel.keepalive.interval == pytest.approx(60.0)
    assert scenario.steps[-1].verb.observation.within == Window(180.0, 270.0)


@pytest.mark.parametrize(
    ("bad", "line", "message"),
    [
        (GOOD.replace("echo", "ecko"), 8, "unknown verb 'ecko' (did you mean 'echo'?)"),
        (GOOD.replace("TUN-1", "TUN-999"), 2, "unknown requirement 'TUN-999'"),
        (GOOD.replace("single_bastion", "single"), 3, "unknown topology 'single'"),
        (GOOD.replace("1s", "1"), 5, "tunnel.keepalive.interval: 1 is not a duration"),
        (GOOD.replace("count", "tries"), 5, "tunnel.keepalive.tries: unknown key"),
        (GOOD + "colour: red\n", 9, "colour: unknown key"),
        (GOOD + "  - freeze: bastian\n", 9, "single_bastion has no node 'bastian'"),
        (GOOD + "  - cut: to-nowhere\n", 9, "single_bastion has no link 'to-nowhere'"),
        (GOOD + "  - expect: {colour: red}\n", 9, "expect takes exactly one of"),
        (GOOD + "  - expect: {state: connected, within: 4s..3s}\n", 9, "ends before it starts"),
        (GOOD + "  - echo: {size: 1MB}\n", 9, "echo: size: '1MB' is not a size"),
        (GOOD + "  - {echo: {}, open: {}}\n", 9, "a step is one verb"),
        (GOOD + "  - wait: $time\n", 9, "$time is not among vars"),
        (GOOD + "  - wait: 1s\n - x\n", 10, "not YAML"),
        ("- a list\n", 1, "a scenario is a mapping"),
        (GOOD.replace("title: A", "title: A\ntitle: A"), 2, "the key 'title' appears twice"),
        ("title: too bare but long enough\ncovers: [TUN-1]\n", 1, "steps: Field required"),
    ],
)
def test_a_mistake_is_named_with_its_line(write, bad: str, line: int, message: str) -> None:  # noqa: ANN001
    """One message, which an editor can jump to."""
    file = write(bad)
    with pytest.raises(InvalidScenario) as caught:
        load(file)
    text = str(caught.value)
    assert text.startswith(f"{file}:{line}: ")
    assert message in text


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("echo: {tunnel: other}", "no tunnel 'other' was opened before this step"),
        ("open: {as: other, error: any}\n  - echo: {tunnel: other}", "no tunnel 'other' was opened"),
        ("open: {as: other, port_of: second}", "no tunnel 'second' was opened"),
        ("open_together: {count: 2, as: other}\n  - echo: {tunnel: other-3}", "no tunnel 'other-3' was opened"),
        ("begin: other\n  - echo: {tunnel: other}", "no tunnel 'other' was opened"),
        ("begin: other\n  - finish: other\n  - finish: other", "no tunnel 'other' was begun"),
        ("close: other", "no tunnel 'other' was opened"),
        ("dial: {outcome: closed, tunnel: other}", "no tunnel 'other' was opened"),
        ("echo: held", "no connections are held as 'held' at this step; `connect` holds some"),
        ("talk", "no connections are held as 'held'"),
        ("settle", "no connections are held as 'held'"),
        ("connect: {as: some}\n  - disconnect: some\n  - echo: some", "no connections are held as 'some'"),
        ("connect: {as: some}\n  - expect: {connections: open, held: others}", "no connections are held as 'others'"),
        ("connect: 2\n  - half_close", "half_close takes one connection, and 'held' holds 2"),
        ("stream: {size: 1KiB}\n  - drain\n  - drain", "no stream 'stream' was begun before this step"),
        ("mend: to-bastion", "there is no cut of to-bastion to undo at this step"),
        ("cut: to-bastion\n  - mend: to-bastion\n  - mend: to-bastion", "there is no cut of to-bastion to undo"),
        ("stall: to-bastion\n  - mend: to-bastion", "there is no cut of to-bastion to undo"),
        ("restore: to-bastion", "to-bastion has no fault to undo at this step"),
        ("wake", "there is no sleep of client to undo"),
        ("expect: {decoy: untouched}", "no decoy was laid before this step"),
        ("expect: {grown: {threads: 1}}", "note the resources before this step"),
        ("wait_for_code: 5s", "wait_for_code needs a bastion with a second factor"),
        ("open: {as: other, with: {via: [bastian]}}", "single_bastion has no bastion 'bastian'; its bastions: bastion"),
        ("open: {as: other, with: {logins: {bastian: key}}}", "single_bastion has no bastion 'bastian'"),
        ("revoke_host_key: target", "single_bastion has no bastion 'target'"),
        ("expect: {credentials: none, at: target}", "single_bastion has no bastion 'target'"),
        (
            "open: {as: other, with: {target: loopback}}\n  - expect: {looked_up: never, tunnel: other}",
            "has no name that could be looked up",
        ),
        (
            "open: {as: other, with: {target: socket}}\n  - expect: {forwarded: verbatim, tunnel: other}",
            "forwarded looks at a target with a host and a port",
        ),
    ],
)
def test_what_no_step_before_makes_is_a_mistake(write, steps: str, message: str) -> None:  # noqa: ANN001
    """It is found in the file, on the line of the step that needs it."""
    text = f"{GOOD}  - {steps}\n"
    with pytest.raises(InvalidScenario) as caught:
        load(write(text))
    assert f"name.yaml:{len(text.splitlines())}: " in str(caught.value)
    assert message in str(caught.value)


def test_a_server_beside_the_route_was_asked_nothing(write) -> None:  # noqa: ANN001
    """Only what the tunnel passes can be asked about."""
    steps = "  - open\n  - expect: {asked: nothing, at: neighbour}\n"
    text = GOOD.replace("single_bastion", "rotated_host_keys").replace("  - open\n  - echo\n", steps)
    with pytest.raises(InvalidScenario, match="the tunnel does not pass neighbour; it passes rotated"):
        load(write(text))


@pytest.mark.parametrize("look", ["asked: nothing", "stored: unchanged"])
def test_what_is_compared_with_the_last_tunnel_needs_one(write, look: str) -> None:  # noqa: ANN001
    """Before the first there is nothing to compare with."""
    text = GOOD.replace("  - open\n  - echo\n", f"  - expect: {{{look}}}\n")
    with pytest.raises(InvalidScenario, match=r"name\.yaml:7: no tunnel was asked for before this step"):
        load(write(text))


IN_CASES = """\
title: A title that says what is proved
covers: [TUN-1]
topology: single_bastion
cases:
  own:
    tunnel: {keepalive: {count: 1}}
    steps:
      - open
      - echo:
          size: 1KiB
  shared: {}
tunnel:
  keepalive: {interval: 1s}
steps:
  - open
"""


def test_each_step_is_on_the_line_on_which_it_stands(write) -> None:  # noqa: ANN001
    """Those of a case too, and those that all cases have."""
    own, shared = load(write(IN_CASES))
    assert [[step.line for step in one.steps] for one in (own, shared)] == [[8, 9], [15]]


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        (IN_CASES.replace("size: 1KiB", "size: 1MB"), 10),
        (IN_CASES.replace("count: 1", "tries: 1"), 6),
        (IN_CASES.replace("interval: 1s", "interval: 1"), 13),
    ],
)
def test_a_mistake_in_a_case_is_named_with_its_line(write, bad: str, line: int) -> None:  # noqa: ANN001
    """Also where it is merged with what all cases have."""
    with pytest.raises(InvalidScenario, match=rf"name\.yaml:{line}: "):
        load(write(bad))


AT_A_DESK = """\
title: An import needs no network at all
covers: [URL-1]
steps:
  - import_url: {url: "mysql+ssh://jump/db", expect: {ssh: {host: jump}}}
"""


def test_imports_need_no_topology(write) -> None:  # noqa: ANN001
    """A scenario whose steps all ask the adapter only may do without a world."""
    (scenario,) = load(write(AT_A_DESK))
    assert scenario.topology is None


@pytest.mark.parametrize(
    ("bad", "line", "message"),
    [
        (AT_A_DESK + "  - open\n", 5, "open needs a topology"),
        (AT_A_DESK + "tunnel: {auth: key}\n", 5, "tunnel needs a topology"),
        (AT_A_DESK + "bastions: {bastion: {}}\n", 5, "bastions needs a topology"),
        (AT_A_DESK.replace("host:", "hots:"), 4, "ssh.hots: an answer has no such key"),
        (AT_A_DESK.replace("}}}", "}}, error: bad-url}"), 4, "say either what is expected"),
        (AT_A_DESK.replace("expect: {ssh: {host: jump}}", "names: [jump]"), 4, "say either what is expected"),
        (
            AT_A_DESK.replace('import_url: {url: "mysql+ssh://jump/db",', "import_config: {files: {../x: y}, host: a,"),
            4,
            "must be the name of a file inside ~/.ssh",
        ),
    ],
)
def test_a_mistake_without_a_topology_is_named_with_its_line(write, bad: str, line: int, message: str) -> None:  # noqa: ANN001
    """What needs a world is told from what does not when the file is read."""
    file = write(bad)
    with pytest.raises(InvalidScenario) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert message in str(caught.value)


def test_other_yaml_files_are_left_alone(tmp_path: Path) -> None:
    """A project's own YAML is not taken for a scenario."""
    other = tmp_path / "deployment.yaml"
    other.write_text("title: not ours\nspec: {}\n")
    assert not looks_like_scenario(other)


OTHER_SERVER = GOOD + "bastions: {bastion: {server: dropbear}}\n"


def test_another_server_is_a_need(write) -> None:  # noqa: ANN001
    """Fabrics that have none say so, and nothing else changes."""
    (scenario,) = load(write(OTHER_SERVER))
    assert NeedsServer("bastion", "dropbear") in needs(scenario)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (OTHER_SERVER.replace("dropbear", "dropbear, policy: {MaxStartups: '1'}"), "dropbear cannot be told policy"),
        (
            OTHER_SERVER.replace("  - echo\n", "  - expect: {session_channels: 0}\n"),
            "name.yaml:8: expect: session_channels: 0: the log of dropbear does not show that",
        ),
    ],
)
def test_what_another_server_does_not_know_is_a_mistake(write, text: str, complaint: str) -> None:  # noqa: ANN001
    """A scenario would else judge by a record that cannot be there."""
    with pytest.raises(InvalidScenario, match=complaint):
        load(write(text))
