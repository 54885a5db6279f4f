"""An adapter that breaks the protocol ends in one clear message, never in a hang."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.adapter.driver import Adapter, Limits, NoAnswer
from harness.adapter.registry import Launch
from harness.errors import AdapterBroken, HarnessBroken

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Start

    from harness.adapter.profile import Profile
    from harness.timeline import Timeline


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("print('Starting up...', flush=True); receive()", r"sent 'Starting up...'; expected one JSON object a line"),
        ("print('[1]', flush=True); receive()", r"sent '\[1\]'; expected one JSON object"),
        ("print('', flush=True); receive()", r"sent ''; expected one JSON object"),
        (r"os.write(1, b'\xff\xfe\n'); receive()", r"expected a line of UTF-8"),
        ("print('[' * 100_000, flush=True); receive()", r"\(100000 bytes\); expected one JSON object"),
        ("print('x' * (10 << 20), flush=True)", r"more than 1 MiB, which begins 'xxx"),
        ("os.write(1, b'y' * (10 << 20)); receive()", r"more than 1 MiB, which begins 'yyy"),
        ("send(id=999, ok={})", r"sent '\{\"id\": 999, .*a request that waits: 999 was never asked"),
        ("send(id='1', ok={})", r"ReplyOk \(id: "),
        ("send(id=1, ok={}, error={})", r"a reply with an id and one of ok, error, unsupported"),
        ("send(id=1, ok={})", r"an ok to hello in its form \(protocol: Field required"),
        ("send(id=1, ok={'protocol': 2})", r"an ok to hello in its form \(protocol: Input should be 1"),
        ("send(id=1, unsupported='hello')", r"answered hello with unsupported hello"),
        ("send(id=1, error={'code': 'internal', 'message': 'no ssh here'})", r"error internal: no ssh here"),
        ("send(id=1, error={'code': 'oops', 'message': 'x'})", r"error.code: Input should be "),
        ("send(event='state', tunnel='t1', state='connected')", r"'t1' was not"),
        ("send(event='party')", r"expected an event that is one of state, banner"),
        ("send(ask=1, kind='riddle')", r"one of host-key, prompt"),
        ("hello(); send(id=1, ok={})", r"1 was answered before"),
        ("hello(); send(id=receive()['id'], ok={})", r"answered the request 'made-up-\w+', .* with ok \{\}"),
        ("hello(); send(id=receive()['id'], error={'code': 'bad-profile', 'message': 'eh'})", r"with error bad-prof"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_message_breaks_the_adapter(start: Start, body: str, message: str) -> None:
    """Whatever is not the protocol is shown, with what was expected in its place."""
    with pytest.raises(AdapterBroken, match=message):
        start(body + "\nreceive(); receive()")


def test_an_adapter_that_says_nothing_is_broken(start: Start) -> None:
    """Silence in place of an introduction ends at the limit, and shows what was logged."""
    body = "print('waiting for a licence', file=sys.stderr, flush=True)\ntime.sleep(60)"
    with pytest.raises(AdapterBroken, match=r"did not answer hello within 5 s; .*waiting for a licence"):
        start(body, limits=Limits(hello=5, write=1, stop=1))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("sys.exit('no licence')", r"exited with status 1; its standard error ends: no licence; expected"),
        ("os.kill(os.getpid(), 9)", r"was killed by SIGKILL; its standard error is empty"),
        ("os.write(1, b'{\"id\"'); sys.exit(0)", r"exited with status 0.* in the middle of the line"),
        ("os.close(1); time.sleep(60)", r"closed its standard output while it still runs"),
        ("subprocess.Popen(['sleep', '60']); sys.exit(3)", r"exited with status 3"),
    ],
)
def test_an_adapter_that_dies_is_broken(start: Start, body: str, message: str) -> None:
    """Its death is told with its status or signal and its last words, also when a child holds its output."""
    with pytest.raises(AdapterBroken, match=message):
        start(body, limits=Limits(hello=20, write=1, stop=1))


def test_death_ends_every_pending_and_later_request(start: Start) -> None:
    """A request that waits and one that comes later get the same message."""
    adapter = start("greet()\nreceive()\nsys.exit(7)")
    messages = []
    for _ in range(2):
        with pytest.raises(AdapterBroken, match="status 7") as broken:
            adapter.status("t1", timeout=10)
        messages.append(str(broken.value))
    assert messages[0] == messages[1]


def test_silence_is_not_the_same_as_broken(start: Start) -> None:
    """A living adapter that does not answer raises NoAnswer, and its later answer is still taken."""
    adapter = start("greet()\nfirst = receive()\nsecond = receive()\nsend(id=first['id'], ok={})\nreceive()")
    with pytest.raises(NoAnswer, match=r"did not answer close t1 within 0\.1 s"):
        adapter.close("t1", timeout=0.1)
    with pytest.raises(NoAnswer):
        adapter.status("t1", timeout=0.1)


def test_an_adapter_that_does_not_read_is_broken(start: Start) -> None:
    """Requests that nobody takes end in a message, not in a blocked harness."""
    adapter = start("greet()\ntime.sleep(60)", limits=Limits(hello=10, write=0.3, stop=1))
    with pytest.raises(AdapterBroken, match="does not read its standard input"):
        adapter.import_url("x" * (1 << 20), timeout=10)


def test_a_flood_of_events_is_bounded(start: Start, profile: Profile) -> None:
    """More events than any tunnel has are a breach, not a way to fill the memory."""
    body = """
greet()
receive()
while True:
    send(event="state", tunnel="t1", state="connecting")
"""
    adapter = start(body)
    opening = adapter.begin_open("t1", profile)
    with pytest.raises(AdapterBroken, match="at most 1000 events in a scenario"):
        opening.wait(timeout=30)


def test_a_flood_of_questions_is_bounded(start: Start, profile: Profile, timeline: Timeline) -> None:
    """However soon each of them is answered; what was asked until then is on record."""
    body = """
greet()
receive()
for number in range(1, 100_000):
    send(ask=number, tunnel="t1", kind="prompt", hop=0, text="Code: ")
    receive()
"""
    opening = start(body).begin_open("t1", profile)
    with pytest.raises(AdapterBroken, match="at most 1000 questions in a scenario"):
        opening.wait(timeout=60)
    assert sum(entry.kind == "question" for entry in timeline.entries()) == 2000


def test_a_closed_standard_input_is_named(start: Start) -> None:
    """An adapter that lives but takes no more requests is told what it must do."""
    adapter = start("greet()\nfirst = receive()\nos.close(0)\nsend(id=first['id'], ok={})\ntime.sleep(60)")
    adapter.close("t1", timeout=10)
    with pytest.raises(AdapterBroken, match="closed its standard input while it still runs; it must be read"):
        adapter.close("t1", timeout=10)


def test_a_program_that_cannot_run_is_a_broken_adapter(tmp_path: Path, timeline: Timeline) -> None:
    """An adapter file that is no program is named, by this process or, under root, by the one that starts it."""
    path = tmp_path / "no_interpreter"
    path.write_bytes(b"\x00\x01\x02")
    path.chmod(0o755)
    launch = Launch("mine", (str(path),), "program")
    with pytest.raises(
        AdapterBroken, match=r"adapter mine (cannot be started: .*first line|exited with status 12[67])"
    ):
        Adapter.start(launch, folder=tmp_path, environment={}, timeline=timeline, answer=lambda _: None)


def test_a_failing_answerer_is_the_harness_s_fault(start: Start, profile: Profile) -> None:
    """When the harness cannot answer a question, the request ends as broken, not as the tunnel's failure."""

    def answer(_question: object) -> str:
        raise LookupError("no such code")

    body = "greet(); receive(); send(ask=1, tunnel='t1', kind='prompt', hop=0, text='Code: '); receive()"
    adapter = start(body, answer=answer)
    with pytest.raises(HarnessBroken, match=r"could not be answered: LookupError"):
        adapter.open("t1", profile, timeout=10)


def test_the_timeline_shows_the_breach(start: Start, timeline: Timeline) -> None:
    """What an adapter sent last stands on the timeline."""
    with pytest.raises(AdapterBroken):
        start("hello(); print('oops', flush=True); receive()")
    assert any("sent 'oops'" in entry.text for entry in timeline.entries())
