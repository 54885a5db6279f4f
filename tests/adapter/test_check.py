"""``tunspec adapter check`` finds what breaks a rule, and says which."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from harness.adapter.shelf import installing
from harness.adapter.shelf.catalogue import ShippedAdapter, entries
from harness.command.adapters.check import check
from harness.verdict.lattice import Exit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Script = Callable[[str], Path]

_WITH_MAVEN = [entry for entry in entries().values() if entry.toolchain == "maven"]
_SERVING = """
greet()
while True:
    request = receive()
    id, do = request["id"], request["do"]
    reply = {{"unsupported": do}}
    if do == "close":
        reply = {{"ok": {{}}}}
    if do == "open":
        reply = {{"error": {{"code": "internal", "message": "not today"}}}}
{body}
    send(id=id, **reply)
    if do == "bye":
        break
"""


def checked(adapter: str | Path) -> tuple[int, str]:
    """Return exit status and output."""
    output = io.StringIO()
    status = check(str(adapter), Console(file=output, width=1000))
    return status, output.getvalue()


@pytest.mark.parametrize("name", ["reference", "openssh"])
def test_what_ships_keeps_to_the_protocol(name: str) -> None:
    """Every check is ok."""
    status, output = checked(name)
    assert status == Exit.CONFORMS, output
    assert output.count("  ok: ") == 5


@pytest.mark.toolchain
@pytest.mark.parametrize("entry", _WITH_MAVEN, ids=lambda entry: entry.name)
def test_what_maven_builds_keeps_to_the_protocol(
    entry: ShippedAdapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its library is fetched from Maven Central, and every check is ok."""
    monkeypatch.setattr(installing, "home", lambda name: tmp_path / name)
    installing.install(entry, lambda _: None)
    status, output = checked(entry.name)
    assert status == Exit.CONFORMS, output


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("if do == 'close': reply = {'unsupported': do}", "skipped: it says that it does not do close"),
        (
            "if do == 'open': reply = {'ok': {'host': '127.0.0.1', 'port': 60000}}",
            "wrong: an open that cannot work ends in an error; it answered ok, at 127.0.0.1:60000",
        ),
        ("pass", "wrong: an open dials the profile's server; it ended before, with internal: not today"),
        ("if do == 'bye': send(id=id, ok={}); time.sleep(60)", "wrong: bye is answered with ok, and the adapter exits"),
        ("if do == 'bye': send(id=id, ok={}); sys.exit(3)", "adapter exits with status 0; it was 3"),
    ],
)  # fmt: skip
def test_a_rule_that_is_not_kept_is_named(script: Script, body: str, rule: str) -> None:
    """With what was seen in its place."""
    _, output = checked(script(_SERVING.format(body=f"    {body}")))
    assert rule in output


def test_what_answers_nothing_while_it_opens_is_found(script: Script) -> None:
    """Requests are to be read meanwhile."""
    body = """
    if do == "open":
        import socket
        ssh = request["profile"]["ssh"]
        try:
            socket.create_connection((ssh["host"], ssh["port"])).recv(1)
        except OSError:
            pass
"""
    status, output = checked(script(_SERVING.format(body=body)))
    assert status == Exit.NONCONFORMANT
    assert "wrong: a request, while a tunnel opens, is answered" in output


def test_a_breach_is_explained_with_the_line(script: Script) -> None:
    """And nothing more is looked at when the greeting fails."""
    status, output = checked(script("print('Starting...', flush=True); receive()"))
    assert status == Exit.BROKEN
    assert "←   Starting..." in output
    assert "breach: " in output
    assert "expected one JSON object a line" in output


def test_the_whole_conversation_is_printed(script: Script) -> None:
    """What was sent, what came back, and the log."""
    _, output = checked(script("print('I am awake', file=sys.stderr, flush=True)\n" + _SERVING.format(body="")))
    assert '→   {"id":1,"do":"hello","protocol":1}' in output
    assert '←   {"id": 1, "ok": {"protocol": 1' in output
    assert "log I am awake" in output


def test_nothing_of_the_conversation_acts_on_the_terminal(script: Script) -> None:
    """A line that is no message, and the adapter's log, stand there with their escapes spelled out."""
    log = r'print("\x1b[2J", file=sys.stderr, flush=True)'
    line = r'print("\x1b]0;owned\x07", flush=True)'
    status, text = checked(script(f"receive()\n{log}\n{line}\nreceive()\n"))
    assert status == Exit.BROKEN
    assert "\x1b" not in text
    assert {r"\x1b[2J", r"\x1b]0;owned\x07"} <= set(text.split())
