"""What the driver does with an adapter that keeps to the protocol."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from harness.adapter.driver import Adapter, Limits, NoAnswer, Refused
from harness.adapter.processes.process import AdapterProcess
from harness.adapter.protocol import PromptQuestion
from harness.adapter.registry import Launch
from harness.errors import HarnessBroken, Unsupported
from harness.facts import AnyFact, StateClaimed
from harness.text.redaction import Redactor
from harness.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Start

    from harness.adapter.profile import Profile

_SERVING = """
greet()
while True:
    request = receive()
    if request["do"] == "bye":
        send(id=request["id"], ok={})
        break
    %s
"""


def serving(body: str) -> str:
    """Return an adapter that runs ``body`` for each request until bye."""
    return _SERVING % body


def test_the_introduction_is_kept(start: Start) -> None:
    """Name, version and features of hello are there for all who ask."""
    introduction = start(serving("pass")).introduction
    assert (introduction.implementation.name, introduction.supports) == ("scripted", ("auth.key",))


def test_open_returns_the_endpoint(start: Start, profile: Profile) -> None:
    """The reply to open says where the tunnel listens."""
    adapter = start(serving("send(id=request['id'], ok={'host': '127.0.0.1', 'port': 60000})"))
    endpoint = adapter.open("t1", profile, 10)
    assert (endpoint.host, endpoint.port) == ("127.0.0.1", 60000)


def test_the_profile_is_sent_with_null_for_what_was_not_said(start: Start, profile: Profile) -> None:
    """Every key is there, also within its objects; null leaves the choice to the implementation."""
    body = serving("send(id=request['id'], error={'code': 'internal', 'message': json.dumps(request['profile'])})")
    with pytest.raises(Refused) as refused:
        start(body).open("t1", profile, 10)
    sent = json.loads(refused.value.detail.message)
    assert sent == json.loads(profile.model_dump_json())
    assert (sent["totp"], sent["ssh"]["port"], sent["timeouts"]) == (None, None, {"connect": None, "open": None})


def test_an_error_is_refused_with_its_detail(start: Start, profile: Profile) -> None:
    """Code, message and hop of an error reach the caller."""
    adapter = start(serving("send(id=request['id'], error={'code': 'auth-failed', 'message': 'no', 'hop': 1})"))
    with pytest.raises(Refused, match="auth-failed at hop 1: no") as refused:
        adapter.open("t1", profile, 10)
    assert refused.value.detail.hop == 1


def test_unsupported_names_the_feature(start: Start) -> None:
    """What an implementation does not do is no failure of the adapter."""
    with pytest.raises(Unsupported, match="import-url"):
        start(serving("send(id=request['id'], unsupported='import-url')")).import_url("mysql+ssh://x", 10)


def test_replies_may_come_in_any_order(start: Start, profile: Profile) -> None:
    """A close is answered while an open waits, and the open still gets its own answer."""
    body = """
greet()
opening, closing = receive(), receive()
send(id=closing["id"], ok={})
send(id=opening["id"], error={"code": "cancelled", "message": "closed"})
receive()
"""
    adapter = start(body)
    opening = adapter.begin_open("t1", profile)
    adapter.close("t1", 10)
    with pytest.raises(Refused, match="cancelled"):
        opening.wait(10)


def test_a_late_answer_can_still_be_waited_for(start: Start, profile: Profile) -> None:
    """After NoAnswer the same request can be waited for again."""
    body = """
greet()
opening, release = receive(), receive()
send(id=opening["id"], ok={"host": "127.0.0.1", "port": 60000})
send(id=release["id"], ok={})
receive()
"""
    adapter = start(body)
    opening = adapter.begin_open("t1", profile)
    with pytest.raises(NoAnswer):
        opening.wait(0.05)
    adapter.close("t1", 10)
    assert opening.wait(10).port == 60000


@pytest.mark.parametrize("for_what", ["the reply", "the event"])
def test_what_came_in_time_counts_when_the_harness_was_held_up(
    start: Start, profile: Profile, timeline: Timeline, monkeypatch: pytest.MonkeyPatch, for_what: str
) -> None:
    """A machine may stand still until the time is over for the waiter, before the reader has read what lay there."""
    held, go_on = threading.Event(), threading.Event()
    tell, catch_up = timeline.tell, AdapterProcess.catch_up

    def tell_late(lane: Any, source: str, fact: AnyFact, *, at: float | None = None) -> bool:
        if isinstance(fact, StateClaimed) and fact.state == "connecting":
            held.set()
            go_on.wait(10)
        return tell(lane, source, fact, at=at)

    def go_on_and_catch_up(process: AdapterProcess, seconds: float) -> None:
        go_on.set()
        catch_up(process, seconds)

    monkeypatch.setattr(timeline, "tell", tell_late)
    monkeypatch.setattr(AdapterProcess, "catch_up", go_on_and_catch_up)
    said = [
        {"event": "state", "tunnel": "t1", "state": "connecting"},
        {"event": "state", "tunnel": "t1", "state": "connected"},
        {"id": 3, "ok": {"host": "127.0.0.1", "port": 60000}},
    ]
    adapter = start(serving(f"os.write(1, {''.join(json.dumps(one) + chr(10) for one in said).encode()!r})"))
    opening = adapter.begin_open("t1", profile)
    assert held.wait(10)
    if for_what == "the reply":
        assert opening.wait(0).port == 60000
    else:
        assert adapter.wait_for_state("t1", "connected", timeout=0)


def test_questions_are_answered_while_others_wait(start: Start, profile: Profile) -> None:
    """A slow user does not keep the driver from hearing; the answer reaches the adapter."""
    body = """
greet()
opening = receive()
send(ask=7, tunnel="t1", kind="prompt", hop=0, text="Code: ")
close = receive()
send(id=close["id"], ok={})
answer = receive()
assert answer == {"answer": 7, "value": "492039"}, answer
send(id=opening["id"], ok={"host": "127.0.0.1", "port": 60000})
receive()
"""
    closed = threading.Event()

    def answer(_question: object) -> str:
        closed.wait(10)
        return "492039"

    adapter = start(body, answer=answer)
    opening = adapter.begin_open("t1", profile)
    adapter.close("t1", 10)
    closed.set()
    assert opening.wait(10).port == 60000
    [(_, question, value)] = adapter.questions("t1")
    assert isinstance(question, PromptQuestion)
    assert (question.text, value) == ("Code: ", "492039")


def test_state_events_can_be_awaited(start: Start, profile: Profile) -> None:
    """Events carry their time, and waiting for one returns as soon as it comes, or None."""
    body = serving("send(event='state', tunnel='t1', state='connecting')")
    adapter = start(body)
    adapter.begin_open("t1", profile)
    found = adapter.wait_for_state("t1", "connecting", "failed", timeout=10)
    assert found
    assert found == adapter.state_events("t1")[0]
    assert adapter.wait_for_state("t1", "connecting", timeout=0.05, since=found[0] + 1e-9) is None


def test_banners_are_kept_and_told(start: Start, profile: Profile, timeline: Timeline) -> None:
    """What a server shows before the login can be asked for, and stands on the timeline."""
    body = serving("send(event='banner', tunnel='t1', hop=1, text='Be good'); send(id=request['id'], unsupported='x')")
    adapter = start(body)
    with pytest.raises(Unsupported):
        adapter.open("t1", profile, 10)
    [(_, banner)] = adapter.banners("t1")
    assert (banner.hop, banner.text) == (1, "Be good")
    assert any("the banner of hop 1: 'Be good'" in entry.text for entry in timeline.entries())


def test_a_prompt_comes_with_its_round(start: Start, profile: Profile, timeline: Timeline) -> None:
    """Name and instruction of the round reach whoever answers, and the timeline."""
    body = """
greet()
opening = receive()
send(ask=1, tunnel="t1", kind="prompt", hop=0, text="Code: ", name="Second factor", instruction="Look at the token.")
answer = receive()
send(id=opening["id"], error={"code": "internal", "message": answer["value"]})
receive()
"""

    def answer(question: object) -> str:
        assert isinstance(question, PromptQuestion)
        return f"{question.name}: {question.instruction}"

    with pytest.raises(Refused, match=r"Second factor: Look at the token\."):
        start(body, answer=answer).open("t1", profile, 10)
    assert any("Look at the token." in entry.text for entry in timeline.entries())


def test_the_timeline_tells_all_and_no_secret(tmp_path: Path, script: Callable[[str], Path], profile: Profile) -> None:
    """Requests, replies, events, questions and log lines are on the timeline, without password or code."""
    body = """
greet()
opening = receive()
print("dialling with", opening["profile"]["auth"]["password"], file=sys.stderr, flush=True)
send(event="state", tunnel="t1", state="connecting")
send(ask=1, tunnel="t1", kind="prompt", hop=0, text="Code: ")
receive()
send(id=opening["id"], error={"code": "auth-failed", "message": "refused"})
receive()
"""
    redactor = Redactor()
    redactor.learn("correct horse")
    timeline = Timeline(redactor)
    launch = Launch("mine", (str(script(body)),), "program")
    with (
        Adapter.start(launch, folder=tmp_path, environment={}, timeline=timeline, answer=lambda _: "492039") as adapter,
        pytest.raises(Refused),
    ):
        adapter.open("t1", profile, 10)
    text = "\n".join(f"{entry.kind} {entry.text}" for entry in timeline.entries())
    for part in ("claim request 3: open t1", "log dialling", "t1 is connecting", "question asks 1", "auth-failed: re"):
        assert part in text
    assert "correct horse" not in text
    assert "492039" not in text


def test_stderr_is_kept_and_bounded(start: Start) -> None:
    """The last 64 KiB of the log are kept, whatever it holds."""
    body = serving("os.write(2, b'\\xff' * (1 << 20) + b'the end\\n'); send(id=request['id'], ok={})")
    adapter = start(body)
    adapter.close("t1", 10)
    adapter.stop()
    assert adapter.stderr().endswith("the end\n")
    assert len(adapter.stderr()) <= 64 << 10


def test_a_suspended_adapter_is_silent_until_resumed(start: Start) -> None:
    """Suspending stops the whole group; resuming lets it answer what was asked meanwhile."""
    adapter = start(serving("send(id=request['id'], ok={'state': 'closed'})"))
    adapter.suspend()
    with pytest.raises(NoAnswer):
        adapter.status("t1", 0.3)
    assert psutil.Process(adapter.pid).status() == psutil.STATUS_STOPPED
    adapter.resume()
    assert adapter.status("t1", 10).state == "closed"


@pytest.mark.parametrize(
    "body",
    [
        serving("pass"),
        "greet(); signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(60)",
        "greet(); child = subprocess.Popen(['sleep', '60']); receive()",
    ],
    ids=["polite", "stubborn", "with a child"],
)
@pytest.mark.parametrize("suspended", [False, True])
def test_stop_leaves_nothing(start: Start, body: str, *, suspended: bool) -> None:
    """After stop no process of the group and no thread is left, whatever the adapter does; twice is fine."""
    threads = set(threading.enumerate())
    adapter = start(body, limits=Limits(hello=10, write=1, stop=0.5))
    group = [psutil.Process(adapter.pid), *psutil.Process(adapter.pid).children(recursive=True)]
    if suspended:
        adapter.suspend()
    adapter.stop()
    adapter.stop()
    psutil.wait_procs(group, timeout=5)
    assert not [process for process in group if process.is_running()]
    assert set(threading.enumerate()) <= threads


def test_bye_lets_an_adapter_clean_up(start: Start, tmp_path: Path) -> None:
    """An adapter that obeys bye is not killed."""
    body = serving("pass") + f"open({str(tmp_path / 'clean')!r}, 'w').close()"
    adapter = start(body, limits=Limits(hello=10, write=1, stop=10))
    adapter.stop()
    assert (tmp_path / "clean").exists()


def test_a_stopped_adapter_takes_no_requests(start: Start) -> None:
    """Asking after stop is the harness's mistake."""
    adapter = start(serving("pass"))
    adapter.stop()
    with pytest.raises(HarnessBroken, match="was stopped"):
        adapter.status("t1", 10)


def test_the_user_s_own_environment_is_not_inherited(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """An implementation under test never sees the agent or the proxy of the person who runs the suite."""
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/user/agent")
    monkeypatch.setenv("https_proxy", "http://proxy")
    body = serving("send(id=request['id'], error={'code': 'internal', 'message': str(os.environ)})")
    with pytest.raises(Refused) as refused:
        start(body).close("t1", 10)
    assert "SSH_AUTH_SOCK" not in str(refused.value)
    assert "https_proxy" not in str(refused.value)
