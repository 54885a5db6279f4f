from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha1, sha256, sha512
from typing import Any

import paramiko
import pyotp
import pytest

from harness.errors import NotRun
from harness.timeline import Timeline
from harness.world.docker.bastion import pam
from harness.world.docker.world import DockerWorld
from harness.world.fabric import BastionSetup, Prompt, TotpSetup

pytestmark = pytest.mark.docker

PASSWORD, CODE = Prompt("Password: ", "password"), Prompt("Verification code: ", "code")
MENU = Prompt("Duo two-factor login\n 1. Push\n\nPasscode or option (1-3): ", "=1", echo=True)
SECRET = pyotp.random_base32()
TOTP = TotpSetup(SECRET)
DIGESTS = {"SHA1": sha1, "SHA256": sha256, "SHA512": sha512}
Login = Callable[..., list[str]]


@pytest.fixture
def topology() -> str:
    """These tests need PAM."""
    return "pam_totp"


@pytest.fixture
def setup(setup: BastionSetup) -> BastionSetup:
    """Password and code, one after the other, and no other method."""
    return replace(setup, methods="keyboard-interactive", dialogue=((PASSWORD,), (CODE,)), totp=TOTP)


@pytest.fixture
def begin(world: DockerWorld, setup: BastionSetup) -> Callable[..., BastionSetup]:
    """Begin again with another setup."""

    def again(**changes: Any) -> BastionSetup:
        changed = replace(setup, **changes)
        world.begin(Timeline(), {"totp": changed})
        return changed

    return again


@pytest.fixture
def login(transport: Callable[[], paramiko.Transport]) -> Login:
    """Answer prompts in this order, and return those that came; raises AuthenticationException."""

    def answer(*answers: str, connected: paramiko.Transport | None = None) -> list[str]:
        waiting = list(answers)
        asked: list[str] = []

        def respond(_title: str, _instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
            asked.extend(f"{text}{' (shown)' if shown else ''}" for text, shown in prompts)
            return [waiting.pop(0) for _ in prompts]

        (connected or transport()).auth_interactive("alice", respond)
        return asked

    return answer


def code(totp: TotpSetup) -> str:
    """Return the code that is good in three seconds, which a bastion takes now too."""
    generator = pyotp.TOTP(totp.secret, digits=totp.digits, digest=DIGESTS[totp.algorithm], interval=totp.period)
    return generator.at(int(time.time()) + 3)


def matched(world: DockerWorld) -> list[str]:
    """Return what the answers were, in the words of the event."""
    return [event.detail["matched"] for event in world.events("totp") if event.kind == "answer"]


def test_password_then_code(world: DockerWorld, login: Login) -> None:
    """pam_unix and google-authenticator ask in this order, and the answers are told by what they are."""
    assert login("open sesame", code(TOTP)) == ["Password: ", "Verification code: "]
    assert matched(world) == ["password", "code"]


def test_the_event_tells_how_long_the_code_was_good_for(world: DockerWorld, login: Login) -> None:
    """An answer comes with its prompt and the seconds that were left of the code, never with the answer."""
    login("open sesame", code(TOTP))
    [_, answer] = [event for event in world.events("totp") if event.kind == "answer"]
    assert answer.detail["prompt"] == "Verification code: "
    assert -30 < float(answer.detail["left"]) <= 60
    said = " ".join(str(event.detail) for event in world.events("totp"))
    assert "open sesame" not in said
    assert code(TOTP) not in said


def test_a_wrong_code_is_refused(world: DockerWorld, login: Login) -> None:
    """google-authenticator refuses another code; it is told as other."""
    with pytest.raises(paramiko.AuthenticationException):
        login("open sesame", "000000")
    assert matched(world) == ["password", "other"]


@pytest.mark.parametrize("algorithm", ["SHA1", "SHA512"], ids=["google-authenticator", "dialogue"])
def test_a_wrong_password_is_not_told_before_the_code(
    world: DockerWorld, begin: Any, algorithm: Any, login: Login
) -> None:
    """The code is asked for after a wrong password too, and then the login is refused."""
    totp = begin(totp=TotpSetup(SECRET, algorithm)).totp
    with pytest.raises(paramiko.AuthenticationException):
        login("not the password", code(totp))
    assert matched(world) == ["other", "code"]


def test_code_then_password(begin: Any, login: Login) -> None:
    """The order is the dialogue's."""
    begin(dialogue=((CODE,), (PASSWORD,)))
    assert login(code(TOTP), "open sesame") == ["Verification code: ", "Password: "]


def test_key_then_code(begin: Any, transport: Any, login: Login, user_key: Any) -> None:
    """The key alone is a partial success, and the code completes it."""
    begin(methods="publickey,keyboard-interactive", dialogue=((CODE,),))
    connected = transport()
    assert connected.auth_publickey("alice", user_key) == ["keyboard-interactive"]
    assert login(code(TOTP), connected=connected) == ["Verification code: "]
    assert connected.is_authenticated()


def test_password_method_then_code(world: DockerWorld, begin: Any, transport: Any, login: Login) -> None:
    """Where ``methods`` name it, the password method asks pam_unix alone, and the code comes after it."""
    begin(methods="password,keyboard-interactive", dialogue=((CODE,),))
    connected = transport()
    assert connected.auth_password("alice", "open sesame", fallback=False) == ["keyboard-interactive"]
    assert login(code(TOTP), connected=connected) == ["Verification code: "]
    assert matched(world) == ["code"]


def test_a_password_over_keyboard_interactive_only(begin: Any, transport: Any, login: Login) -> None:
    """A bastion without the password method asks for the password in a prompt."""
    begin(dialogue=((PASSWORD,),), totp=None)
    with pytest.raises(paramiko.BadAuthenticationType) as refused:
        transport().auth_none("alice")
    assert refused.value.allowed_types == ["keyboard-interactive"]
    assert login("open sesame") == ["Password: "]


def test_the_password_method_is_no_way_around_the_code(begin: Any, transport: Any) -> None:
    """Where ``methods`` do not name it, the password method is not offered beside a dialogue."""
    begin(methods=None)
    with pytest.raises(paramiko.BadAuthenticationType) as refused:
        transport().auth_none("alice")
    assert "password" not in refused.value.allowed_types


@pytest.mark.parametrize(
    "totp",
    [
        TotpSetup(SECRET, reuse=False),
        TotpSetup(SECRET, digits=8, reuse=False),
        TotpSetup(SECRET, "SHA256", reuse=False),
    ],
    ids=["google-authenticator", "oath", "dialogue"],
)
def test_a_code_is_taken_once(world: DockerWorld, begin: Any, totp: TotpSetup, login: Login) -> None:
    """The same code is refused the second time, and told as used."""
    begin(dialogue=((CODE,),), totp=totp)
    once = code(totp)
    login(once)
    with pytest.raises(paramiko.AuthenticationException):
        login(once)
    assert matched(world) == ["code", "used-code"]


@pytest.mark.parametrize("algorithm", ["SHA1", "SHA512"], ids=["google-authenticator", "dialogue"])
def test_attempts_are_limited(begin: Any, algorithm: Any, login: Login) -> None:
    """After as many tries as the setup lets through, the right code is refused too."""
    totp = begin(dialogue=((CODE,),), totp=TotpSetup(SECRET, algorithm, tries=2)).totp
    for _ in range(2):
        with pytest.raises(paramiko.AuthenticationException):
            login("000000")
    with pytest.raises(paramiko.AuthenticationException):
        login(code(totp))


@pytest.mark.parametrize("reuse", [True, False], ids=["again", "once"])
@pytest.mark.parametrize("period", [30, 60])
@pytest.mark.parametrize("digits", [6, 8])
@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256", "SHA512"])
def test_every_kind_of_code(
    world: DockerWorld, begin: Any, algorithm: Any, digits: Any, period: Any, reuse: bool, login: Login
) -> None:
    """Each algorithm, length and period logs in, by whichever module checks it, under the usual prompt."""
    totp = TotpSetup(SECRET, algorithm, digits, period, reuse=reuse)
    begin(totp=totp)
    assert login("open sesame", code(totp)) == ["Password: ", "Verification code: "]
    assert matched(world) == ["password", "code"]


def test_a_menu_and_a_visible_prompt(world: DockerWorld, begin: Any, login: Login) -> None:
    """A prompt of several lines that may be shown takes its literal answer and no other."""
    begin(dialogue=((MENU,),))
    assert login("1") == [f"{MENU.text} (shown)"]
    with pytest.raises(paramiko.AuthenticationException):
        login("2")
    assert [event.detail["prompt"] for event in world.events("totp") if event.kind == "answer"] == [MENU.text] * 2


def test_password_and_code_in_one_answer(world: DockerWorld, begin: Any, login: Login) -> None:
    """One prompt takes the password with the code after it, and neither alone."""
    begin(dialogue=((Prompt("Password & code: ", "password+code"),),))
    login(f"open sesame{code(TOTP)}")
    with pytest.raises(paramiko.AuthenticationException):
        login("open sesame")
    assert matched(world) == ["code", "password"]


def test_an_unknown_prompt_tells_what_it_was_given(world: DockerWorld, begin: Any, login: Login) -> None:
    """A prompt that takes anything tells whether it got the password."""
    begin(dialogue=((Prompt("Favourite colour? ", "anything"),), (Prompt("Tenant: ", "anything"),)))
    login("open sesame", "")
    assert matched(world) == ["password", "empty"]


def test_no_prompt_at_all(begin: Any, login: Login) -> None:
    """A dialogue of one round without prompts lets in who answers it with nothing."""
    begin(dialogue=((),))
    assert login() == []


def test_begin_forgets_used_codes(begin: Any, login: Login) -> None:
    """A code that was used in one scenario is new in the next."""
    totp = TotpSetup(SECRET, reuse=False)
    once = code(totp)
    for _ in range(2):
        begin(dialogue=((CODE,),), totp=totp)
        login(once)


def test_a_dialogue_needs_the_topology_with_pam(warm_worlds: Any, setup: BastionSetup) -> None:
    """Elsewhere the scenario is not run, and the reason names the topology."""
    with pytest.raises(NotRun, match="pam_totp"):
        warm_worlds("single_bastion").begin(Timeline(), {"bastion": setup})


def test_the_secrets_files_are_closed(setup: BastionSetup) -> None:
    """What holds a secret can be read by root alone."""
    for totp in (TotpSetup(SECRET), TotpSetup(SECRET, digits=8, reuse=False), TotpSetup(SECRET, "SHA256")):
        files = pam.render(replace(setup, totp=totp))
        modes = [mode for path, (_, mode) in files.items() if path != "/etc/pam.d/sshd"]
        assert modes
        assert all(mode & 0o077 == 0 for mode in modes)
