from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import paramiko
import pyotp
import pytest

from harness.errors import NotRun
from harness.faults.model import Kill, RotateHostKey
from harness.world.fabric import BastionSetup, Prompt, TotpSetup
from harness.world.topology import topologies

SECRET = pyotp.random_base32()
TOTP = TotpSetup(secret=SECRET)
PASSWORD = Prompt("Password: ", "password")
CODE = Prompt("Verification code: ", "code")
MENU = Prompt("Passcode or option (1-3): ", "=1", echo=True)
Asked = list[list[tuple[str, bool]]]


def code(totp: TotpSetup = TOTP, ahead: int = 0) -> str:
    """Return the present code, or one of so many steps later."""
    import hashlib

    digest = getattr(hashlib, totp.algorithm.lower())
    generator = pyotp.TOTP(totp.secret, digits=totp.digits, digest=digest, interval=totp.period)
    return generator.at(int(time.time()), ahead)


class Server:
    """The bastion of the topology with the second factor, and clients that log in by keyboard-interactive."""

    def __init__(self, world: Any, timeline: Any, user: Any, setup: BastionSetup) -> None:
        self.world = world
        self.user = user
        self._timeline = timeline
        self._setup = setup

    def begin(self, *rounds: tuple[Prompt, ...], **differences: Any) -> None:
        setup = replace(self._setup, totp=TOTP, dialogue=rounds, **differences)
        self.world.begin(self._timeline, {"totp": setup})

    def answer(
        self, *answers: list[str], through: paramiko.Transport | None = None, name: str = "alice"
    ) -> tuple[bool, Asked]:
        """Answer the rounds in order; return whether the user is in, and what was asked."""
        asked: Asked = []
        coming = iter(answers)

        def respond(_title: str, _instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
            asked.append(prompts)
            return next(coming, [])

        transport = through or self.user.greet()
        try:
            left = transport.auth_interactive(name, respond)
        except paramiko.AuthenticationException:
            return False, asked
        return not left, asked

    def let_in(self, *answers: list[str], **differences: Any) -> bool:
        return self.answer(*answers, **differences)[0]

    def told(self, kind: str, key: str) -> list[str]:
        return [event.detail[key] for event in self.world.events("totp") if event.kind == kind]

    def offered(self) -> set[str]:
        with pytest.raises(paramiko.BadAuthenticationType) as refused:
            self.user.greet().auth_none("alice")
        return set(refused.value.allowed_types)


@pytest.fixture(scope="module")
def pam(fabric: Any, run: Any) -> Iterator[Any]:
    """Give one world for the module."""
    world = fabric.build(topologies()["pam_totp"], run.folder, print)
    yield world
    world.close()


@pytest.fixture
def server(pam: Any, timeline: Any, user_of: Any, setup: Any) -> Iterator[Server]:
    """Give the bastion."""
    with ExitStack() as cleanup:
        cleanup.callback(pam.end)
        yield Server(pam, timeline, user_of(pam, cleanup), setup)


def test_password_then_code_are_two_rounds(server: Server) -> None:
    """Each is asked hidden, in order; both right let the user in, as one try."""
    server.begin((PASSWORD,), (CODE,))
    good, asked = server.answer(["open sesame"], [code()])
    assert good
    assert asked == [[("Password: ", False)], [("Verification code: ", False)]]
    assert server.told("answer", "matched") == ["password", "code"]
    assert server.told("answer", "prompt") == ["Password: ", "Verification code: "]
    assert server.told("auth-tried", "method") == ["keyboard-interactive"]
    assert server.told("auth-ok", "method") == ["keyboard-interactive"]


def test_both_can_be_asked_in_one_round(server: Server) -> None:
    """Two prompts of one round take two answers, code first where that is the order."""
    server.begin((CODE, PASSWORD))
    assert server.answer([code(), "open sesame"]) == (True, [[("Verification code: ", False), ("Password: ", False)]])


def test_password_and_code_can_be_one_answer(server: Server) -> None:
    """One prompt takes the password with the code behind it, told as two, and neither alone."""
    server.begin((Prompt("Password & verification code: ", "password+code"),))
    assert not server.let_in(["open sesame"])
    assert not server.let_in([code()])
    assert server.let_in(["open sesame" + code(ahead=1)])
    assert server.told("answer", "matched") == ["password", "code", "password", "code"]


def test_a_wrong_answer_is_told_after_the_last_round_only(server: Server) -> None:
    """As with PAM, the code is asked although the password was wrong."""
    server.begin((PASSWORD,), (CODE,))
    good, asked = server.answer(["wrong"], [code()])
    assert (good, len(asked)) == (False, 2)
    assert server.told("answer", "matched") == ["other", "code"]
    assert server.world.sessions("totp") == 0


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_only_the_user_gets_in(server: Server, name: str) -> None:
    """Another user with the same answers does not."""
    server.begin((PASSWORD,))
    assert server.let_in(["open sesame"], name=name) is (name == "alice")


@pytest.mark.parametrize("answers", [[], ["open sesame", "open sesame"]])
def test_a_wrong_number_of_answers_is_wrong(server: Server, answers: list[str]) -> None:
    """One prompt takes one answer (RFC 4256, section 3.4)."""
    server.begin((PASSWORD,))
    assert not server.let_in(answers)


@pytest.mark.parametrize("rounds", [((),), ((), (CODE,), ())], ids=["alone", "around a code"])
def test_a_round_may_have_no_prompts(server: Server, rounds: tuple[tuple[Prompt, ...], ...]) -> None:
    """Such a round takes no answers, and must be answered all the same (RFC 4256, section 3.2)."""
    server.begin(*rounds)
    good, asked = server.answer(*[[code()] if prompts else [] for prompts in rounds])
    assert (good, len(asked)) == (True, len(rounds))


def test_a_menu_takes_its_literal_answer_and_is_shown(server: Server) -> None:
    """A visible prompt has its echo flag, and only the named choice is right."""
    server.begin((MENU,))
    assert not server.let_in(["2"])
    assert server.answer(["1"]) == (True, [[(MENU.text, True)]])


def test_an_unknown_prompt_takes_anything_and_tells_a_password(server: Server) -> None:
    """A client that answers a prompt that it does not know with the password is seen."""
    server.begin((Prompt("Favourite colour: ", "anything"),))
    assert all(server.let_in([answer]) for answer in ("blue", "", "open sesame"))
    assert server.told("answer", "matched") == ["other", "empty", "password"]


def test_no_event_tells_an_answer(server: Server, timeline: Any) -> None:
    """Events and the timeline hold neither right nor wrong answers."""
    server.begin((PASSWORD,), (CODE,))
    answers = code(), "my own secret", "open sesame"
    server.let_in(["my own secret"], [answers[0]])
    server.let_in(["open sesame"], [answers[0]])
    told = str(server.world.events("totp")) + str(timeline.entries())
    assert not [answer for answer in answers if answer in told]


def test_what_is_left_of_the_code_is_told(server: Server) -> None:
    """The event of a code has the seconds until the next one, that of a password has none."""
    server.begin((PASSWORD,), (CODE,))
    server.let_in(["open sesame"], [code()])
    password, passcode = (event.detail for event in server.world.events("totp") if event.kind == "answer")
    assert -1 < float(passcode["left"]) <= 30
    assert "left" not in password


@pytest.mark.parametrize("period", [30, 60])
@pytest.mark.parametrize("digits", [6, 8])
@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256", "SHA512"])
def test_every_kind_of_code_is_taken(server: Server, algorithm: Any, digits: Any, period: Any) -> None:
    """The parameters are the server's."""
    totp = TotpSetup(SECRET, algorithm, digits, period)
    server._setup = replace(server._setup)
    server.world.begin(server._timeline, {"totp": replace(server._setup, totp=totp, dialogue=((CODE,),))})
    assert server.let_in([code(totp)])


def test_a_used_code_is_refused_where_it_may_not_be_used_twice(server: Server) -> None:
    """The second login with it fails and is told as such, a fresh one gets in."""
    server.begin((CODE,))
    totp = replace(TOTP, reuse=False)
    server.world.begin(server._timeline, {"totp": replace(server.world.setup("totp"), totp=totp)})
    present = code()
    assert server.let_in([present])
    assert not server.let_in([present])
    assert server.let_in([code(ahead=1)])
    assert server.told("answer", "matched") == ["code", "used-code", "code"]


def test_a_used_code_is_taken_but_told_where_it_may_be_used_twice(server: Server) -> None:
    """Reuse is seen also by a server that lets it pass."""
    server.begin((CODE,))
    present = code()
    assert server.let_in([present])
    assert server.let_in([present])
    assert server.told("answer", "matched") == ["code", "used-code"]


@pytest.mark.parametrize("fault", [Kill("totp"), RotateHostKey("totp")])
def test_used_codes_are_remembered(server: Server, fault: Any) -> None:
    """Neither a restart nor other host keys make a used code good again; a new beginning does."""
    server.begin((CODE,))
    once = replace(server.world.setup("totp"), totp=replace(TOTP, reuse=False))
    server.world.begin(server._timeline, {"totp": once})
    present = code()
    assert server.let_in([present])
    server.world.inject(fault).heal()
    assert not server.let_in([present])
    server.world.begin(server._timeline, {"totp": once})
    assert server.let_in([present])


def test_too_many_tries_in_30_seconds_are_not_let_through(server: Server) -> None:
    """With two tries, the third is asked and fails with the right code, and the log says why."""
    server.begin((CODE,))
    totp = replace(TOTP, tries=2)
    server.world.begin(server._timeline, {"totp": replace(server.world.setup("totp"), totp=totp)})
    assert [server.let_in([answer]) for answer in ("000", "000")] == [False, False]
    assert server.answer([code()]) == (False, [[("Verification code: ", False)]])
    assert "too many attempts" in " ".join(server.told("log", "text"))


def test_a_failed_dialogue_is_offered_again_up_to_the_limit(server: Server) -> None:
    """On one connection the second try is asked afresh and succeeds; MaxAuthTries failures end it."""
    server.begin((CODE,), policy={"MaxAuthTries": "2"})
    transport = server.user.greet()
    assert server.answer(["wrong"], through=transport)[0] is False
    assert server.answer([code()], through=transport)[0] is True
    transport = server.user.greet()
    server.answer(["wrong"], through=transport)
    with pytest.raises(paramiko.SSHException):
        transport.auth_interactive("alice", lambda *_: ["wrong"])
    assert not transport.is_active()


def test_a_key_and_then_a_code(server: Server) -> None:
    """publickey,keyboard-interactive is a partial success after the key, and the code completes it."""
    server.begin((CODE,), methods="publickey,keyboard-interactive")
    assert server.offered() == {"publickey"}
    transport = server.user.greet()
    assert transport.auth_publickey("alice", server.user.key) == ["keyboard-interactive"]
    assert server.world.sessions("totp") == 0
    assert server.let_in([code()], through=transport)
    assert server.world.sessions("totp") == 1


def test_a_password_and_then_a_code(server: Server) -> None:
    """password,keyboard-interactive turns the password method on and needs both."""
    server.begin((CODE,), methods="password,keyboard-interactive:pam")
    assert server.offered() == {"password"}
    transport = server.user.greet()
    assert transport.auth_password("alice", "open sesame") == ["keyboard-interactive"]
    assert server.let_in([code()], through=transport)


def test_a_failed_second_factor_leaves_the_first_passed(server: Server) -> None:
    """After a partial success a wrong code is a failure, and the code alone is asked again."""
    server.begin((CODE,), methods="publickey,keyboard-interactive")
    transport = server.user.greet()
    transport.auth_publickey("alice", server.user.key)
    assert not server.let_in(["wrong"], through=transport)
    assert server.let_in([code()], through=transport)
    assert server.told("auth-failed", "method") == ["keyboard-interactive"]


def test_with_a_dialogue_the_password_method_is_off(server: Server) -> None:
    """Keys and keyboard-interactive are offered, passwords only where the policy says so."""
    server.begin((PASSWORD,))
    assert server.offered() == {"publickey", "keyboard-interactive"}
    server.begin((PASSWORD,), policy={"PasswordAuthentication": "yes"})
    assert server.offered() == {"publickey", "keyboard-interactive", "password"}


def test_only_keyboard_interactive_may_be_offered(server: Server) -> None:
    """A method that stands in no list is not offered."""
    server.begin((PASSWORD,), methods="keyboard-interactive")
    assert server.offered() == {"keyboard-interactive"}


@pytest.mark.parametrize(
    ("differences", "message"),
    [
        ({"methods": "password", "password": None}, "can never succeed"),
        ({"dialogue": None, "methods": "keyboard-interactive"}, "keyboard-interactive is off"),
        ({"dialogue": ((Prompt("?", "fingerprint"),),)}, "cannot expect 'fingerprint'"),
    ],
)
def test_what_cannot_be_served_is_not_run(server: Server, setup: Any, differences: Any, message: str) -> None:
    """A setup by which nobody could come in is a reason, not a riddle."""
    broken = replace(setup, **{"dialogue": ((CODE,),), **differences})
    with pytest.raises(NotRun, match=message):
        server.world.begin(server._timeline, {"totp": broken})


ASKPASS = """#!/bin/sh
echo "$1" >>"$0.prompts"
case "$1" in *assword*) echo "$PASSWORD" ;; *) echo "$CODE" ;; esac
"""


@pytest.fixture
def ssh(server: Server, tmp_path: Path) -> Callable[..., tuple[bytes, list[str]]]:
    """Give plain ssh, which asks a program: it echoes through the target and tells what it was asked."""

    def run(passcode: str) -> tuple[bytes, list[str]]:
        askpass = tmp_path / "askpass"
        askpass.write_text(ASKPASS)
        askpass.chmod(0o700)
        host, port = server.world.address("totp")
        told = {
            "SSH_ASKPASS": str(askpass),
            "SSH_ASKPASS_REQUIRE": "force",
            "CODE": passcode,
            "PASSWORD": "open sesame",
        }
        options = [
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "IdentityAgent=none",
            "IdentityFile=none",
        ]
        argv = ["ssh", "-F", "none", *(f"-o{option}" for option in options), "-W", "target.internal:7000"]
        done = subprocess.run(
            [*argv, "-p", str(port), f"alice@{host}"],
            input=b"ECHO\nhello",
            capture_output=True,
            timeout=20,
            check=False,
            env={**os.environ, **told},
        )
        return done.stdout, (tmp_path / "askpass.prompts").read_text().splitlines()

    return run


def test_plain_ssh_answers_password_and_code(server: Server, ssh: Any) -> None:
    """OpenSSH's client agrees with the dialogue: it asks both and forwards."""
    server.begin((PASSWORD,), (CODE,), methods="keyboard-interactive")
    stdout, prompts = ssh(code())
    assert stdout == b"hello"
    assert [prompt.rpartition(") ")[2].strip() for prompt in prompts] == ["Password:", "Verification code:"]


def test_plain_ssh_is_asked_three_times_for_a_wrong_code(server: Server, ssh: Any) -> None:
    """The dialogue is offered again after each failure, as long as the client asks for it."""
    server.begin((CODE,), methods="keyboard-interactive")
    stdout, prompts = ssh("wrong")
    assert (stdout, len(prompts)) == (b"", 3)
    assert server.told("auth-failed", "method") == ["keyboard-interactive"] * 3
