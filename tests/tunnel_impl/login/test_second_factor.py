"""Keyboard-interactive, one-time codes and servers that want several steps."""

from __future__ import annotations

import base64
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tunnel_impl import HostKeyQuestion, PromptQuestion, Tunnel, TunnelError
from tunnel_impl.login.totp import CodeGenerator, code_at
from tunnel_impl.profile import GeneratedTotp

if TYPE_CHECKING:
    from ..bastion import Site
    from ..world import World

KEY = b"12345678901234567890"
GENERATE = {"mode": "generate", "secret": base64.b32encode(KEY).decode()}
PROMPT = {"mode": "prompt"}
PASSWORD, CODE = ("Password: ", False), ("Verification code: ", False)


class Clocked(CodeGenerator):
    """A generator whose time passes when it waits, and only then."""

    time = 0.0

    def now(self) -> float:
        return self.time

    def wait(self, over: threading.Event, seconds: float) -> bool:
        self.time += seconds
        return over.is_set()


class Quick(Tunnel):
    """A tunnel that need not wait for its codes."""

    parts = replace(Tunnel.parts, code_generator=Clocked)


FIRST, SECOND = (code_at(GeneratedTotp(KEY), step) for step in (0, 1))


@pytest.fixture
def site(world: World) -> Site:
    """A server whose host key is known, and which lets nobody in by the password method."""
    site = world.site()
    key = site.host_keys[0].export_public_key().decode()
    world.known_hosts.write_text(f"[127.0.0.1]:{site.port} {key}")
    site.password_offered = False
    return site


def connect(world: World, site: Site, **changes: Any) -> Tunnel:
    """Open a tunnel that logs in by keyboard-interactive unless ``changes`` say otherwise."""
    auth = {"method": "keyboard-interactive", "password": site.password}
    tunnel = world.tunnel(world.profile(site, 1, **({"auth": auth} | changes)), Quick)
    tunnel.open()
    return tunnel


def fails(world: World, site: Site, **changes: Any) -> TunnelError:
    """Return why a tunnel does not open."""
    with pytest.raises(TunnelError) as caught:
        connect(world, site, **changes)
    assert site.channels == []
    return caught.value


def asked(world: World) -> list[str]:
    """Return the prompts that the user was asked."""
    return [question.text for question in world.questions if isinstance(question, PromptQuestion)]


# --- what is answered


@pytest.mark.parametrize(
    ("rounds", "answers"),
    [
        ([[PASSWORD]], ["password"]),
        ([[PASSWORD], [CODE]], ["password", FIRST]),
        ([[PASSWORD, CODE]], ["password", FIRST]),
        ([[CODE], [PASSWORD]], [FIRST, "password"]),
        ([[CODE]], [FIRST]),
        ([[CODE], [CODE]], [FIRST, SECOND]),
        ([[]], []),
        ([[], [PASSWORD], [], [CODE], []], ["password", FIRST]),
        ([[("Password & verification code: ", False)]], ["password" + FIRST]),
        ([[("Passcode or option (1-3): ", False)]], ["user"]),
        ([[("Verification code: ", True)]], [FIRST]),
        ([[("Your pet's name? ", False)]], ["user"]),
        ([[("Password: ", True)]], ["user"]),
        ([[PASSWORD, PASSWORD]], ["password", "user"]),
        ([[PASSWORD], [PASSWORD]], ["password", "user"]),
        ([[("Login: ", True), PASSWORD, CODE]], ["user", "password", FIRST]),
    ],
)
def test_answers(world: World, site: Site, rounds: list[list[tuple[str, bool]]], answers: list[str]) -> None:
    """Each prompt gets what it asks for: the password once, a fresh code each time, the rest is asked of the user."""
    site.password, world.answer = "password", "user"
    site.rounds, site.responses = rounds, answers
    assert connect(world, site, totp=GENERATE).status().state == "connected"
    assert site.credentials == answers


@pytest.mark.parametrize(
    ("totp", "prompt"),
    [
        (PROMPT, CODE),
        (None, CODE),
        (PROMPT, ("Passcode or option (1-3): ", True)),
        (PROMPT, ("Password & code: ", False)),
    ],
)
def test_codes_of_the_user(world: World, site: Site, totp: object, prompt: tuple[str, bool]) -> None:
    """Without a secret each prompt for a code is one question, with the server's text and echo."""
    world.answer = "123456"
    site.rounds, site.responses = [[prompt]], ["123456"]
    connect(world, site, totp=totp)
    assert world.questions == [PromptQuestion(0, *prompt)]


def test_no_password_in_the_profile(world: World, site: Site) -> None:
    """Where the profile has no password, the user is asked for it."""
    world.answer = "secret"
    site.rounds, site.responses = [[PASSWORD]], ["secret"]
    connect(world, site, auth={"method": "keyboard-interactive"})
    assert asked(world) == ["Password: "]


def test_name_and_instruction_are_told(world: World, site: Site) -> None:
    """The name and the instruction of a round come with each of its questions (RFC 4256 section 3.2)."""
    world.answer = "x"
    site.name, site.instruction = "Sphinx", "Answer the riddle.\n"
    site.rounds, site.responses = [[("Answer: ", True)]], ["x"]
    connect(world, site)
    assert world.questions[-1] == PromptQuestion(0, "Answer: ", True, "Sphinx", "Answer the riddle.\n")


def test_menu_in_the_instruction(world: World, site: Site) -> None:
    """A menu above the prompt makes a "passcode" one that the user answers."""
    world.answer = "2"
    site.instruction = "1. Push\n2. Passcode\n"
    site.rounds, site.responses = [[("Passcode: ", False)]], ["2"]
    connect(world, site, totp=GENERATE)
    assert asked(world) == ["Passcode: "]


def test_a_new_password_is_asked_for(world: World, site: Site) -> None:
    """A password that has expired is not sent as the new one: the user chooses that."""
    site.password, world.answer = "password", "user"
    site.instruction = "Your password has expired."
    site.rounds = [[("Current password: ", False)], [("New password: ", False)], [("Retype new password: ", False)]]
    site.responses = ["password", "user", "user"]
    connect(world, site)
    assert site.credentials == ["password", "user", "user"]


def test_code_is_made_after_the_user_answered(world: World, site: Site) -> None:
    """A code does not grow old while the user thinks about another prompt of its round."""
    order: list[str] = []

    class Noting(Clocked):
        def next_code(self, session: Any) -> str:
            order.append("code")
            return super().next_code(session)

    class NotingTunnel(Tunnel):
        parts = replace(Tunnel.parts, code_generator=Noting)

    site.rounds, site.responses = [[CODE, ("Reason: ", True)]], [FIRST, "because"]
    profile = world.profile(site, 1, auth={"method": "keyboard-interactive"}, totp=GENERATE)
    tunnel = NotingTunnel(profile, lambda _: order.append("user") or "because")
    world.at_end(tunnel.close)
    tunnel.open()
    assert order == ["user", "code"]


def test_cancel_sends_nothing_more(world: World, site: Site) -> None:
    """A cancelled prompt ends the attempt as cancelled; not even the other answers of its round are sent."""
    world.answer = None
    site.rounds = [[PASSWORD, ("Anything else? ", True)]]
    assert (fails(world, site).code, site.credentials) == ("cancelled", [])


def test_endless_questions(world: World, site: Site) -> None:
    """A server that asks on and on is auth-failed in the end."""
    site.rounds = [[]] * 1000
    assert fails(world, site).code == "auth-failed"


# --- what a refusal is called


@pytest.mark.parametrize(
    ("rounds", "code"),
    [
        ([[PASSWORD]], "auth-failed"),
        ([[PASSWORD], [CODE]], "totp-rejected"),
        ([[CODE], [PASSWORD]], "auth-failed"),
        ([[("Password & verification code: ", False)]], "totp-rejected"),
        ([[("Riddle: ", False)]], "auth-failed"),
        ([[]], "auth-failed"),
    ],
)
def test_refusal(world: World, site: Site, rounds: list[list[tuple[str, bool]]], code: str) -> None:
    """A refusal is named after what was asked last, and ends the attempt."""
    site.rounds, site.decide = rounds, lambda _: False
    error = fails(world, site, totp=GENERATE)
    assert (error.code, error.hop, error.passing) == (code, 0, False)


@pytest.mark.parametrize("totp", [GENERATE, PROMPT])
def test_hanging_up_on_a_wrong_code(world: World, site: Site, totp: dict[str, str]) -> None:
    """A server that hangs up on a wrong code, having seen enough, has rejected it just the same."""

    def hang_up(_: object) -> bool:
        site.sessions[0].disconnect(11, "Too many authentication failures")
        return False

    site.rounds, site.decide = [[CODE]], hang_up
    assert fails(world, site, totp=totp).code == "totp-rejected"


def test_not_offered(world: World, site: Site) -> None:
    """Keyboard-interactive where it is not offered is auth-failed, and nothing is sent."""
    site.password_offered = True
    error = fails(world, site)
    assert (error.code, "password" in error.message, site.credentials) == ("auth-failed", True, [])


def test_patience_of_the_server(world: World, site: Site) -> None:
    """A server whose time for the login ends while the user thinks is a timeout that is not tried again."""
    site.stop()
    site.login_timeout = 3
    site.start(*site.host_keys)
    site.rounds = [[CODE]]
    over = threading.Event()
    world.at_end(over.set)
    profile = world.profile(site, 1, auth={"method": "keyboard-interactive"})
    tunnel = Tunnel(profile, lambda _: over.wait(10) and None)
    with pytest.raises(TunnelError) as caught:
        tunnel.open()
    tunnel.close()
    over.set()
    world.eventually(lambda: all(thread.name != "tunnel-question" for thread in threading.enumerate()))
    assert (caught.value.code, caught.value.passing) == ("timeout", False)
    assert "LoginGraceTime" in caught.value.message


def test_thinking_is_not_counted(world: World, site: Site) -> None:
    """The user may take longer than the timeouts."""
    site.rounds, site.responses = [[CODE]], ["now"]
    profile = world.profile(site, 1, auth={"method": "keyboard-interactive"}, timeouts={"connect": 3})
    tunnel = Tunnel(profile, lambda _: time.sleep(4) or "now")  # the delay is what the test is about
    world.at_end(tunnel.close)
    tunnel.open()
    assert tunnel.status().state == "connected"


# --- the password method


def test_password_with_a_second_factor(world: World, site: Site) -> None:
    """A password with a second factor goes by keyboard-interactive where both are offered: PAM asks only there."""
    site.password_offered = True
    site.rounds, site.responses = [[PASSWORD], [CODE]], [site.password, FIRST]
    connect(world, site, auth={"method": "password", "password": site.password}, totp=GENERATE)
    assert site.credentials == [site.password, FIRST]


def test_password_twice(world: World, site: Site) -> None:
    """Where a refused password is asked for again, the user is asked, and it is not sent a second time."""
    site.rounds, site.decide = [[PASSWORD], [PASSWORD]], lambda _: False
    world.answer = "other"
    error = fails(world, site, auth={"method": "password", "password": "wrong"})
    assert (error.code, site.credentials, asked(world)) == ("auth-failed", ["wrong", "other"], ["Password: "])


# --- several steps


def login(world: World, site: Site, method: str) -> dict[str, Any]:
    """Return a credential that is right."""
    if method == "key":
        key, file = world.key()
        site.authorize(key)
        return {"method": "key", "file": str(file)}
    return {"method": method, "password": site.password}


@pytest.mark.parametrize(
    ("method", "steps", "rounds", "answers"),
    [
        ("key", ("publickey", "keyboard-interactive"), [[CODE]], [FIRST]),
        ("key", ("publickey", "keyboard-interactive"), [[PASSWORD], [CODE]], ["user", FIRST]),
        ("key", ("publickey", "password"), [], ["user"]),
        ("key", ("publickey", "password", "keyboard-interactive"), [[CODE]], ["user", FIRST]),
        ("password", ("password", "keyboard-interactive"), [[CODE]], ["user", FIRST]),
        ("password", ("password", "keyboard-interactive"), [[PASSWORD], [CODE]], ["user", "user", FIRST]),
        ("password", ("keyboard-interactive", "password"), [[CODE]], [FIRST, "user"]),
        ("keyboard-interactive", ("keyboard-interactive", "password"), [[CODE]], [FIRST, "user"]),
    ],
)
def test_steps(
    world: World,
    site: Site,
    method: str,
    steps: tuple[str, ...],
    rounds: list[list[tuple[str, bool]]],
    answers: list[str],
) -> None:
    """Each step that the server wants is taken; a password that the profile lacks is asked of the user."""
    site.password = world.answer = "user"
    site.steps, site.rounds, site.decide = steps, rounds, lambda _: True
    tunnel = connect(world, site, auth=login(world, site, method), totp=GENERATE)
    sent = [credential for credential in site.credentials if not credential.startswith("SHA256:")]
    assert (tunnel.status().state, sent) == ("connected", answers)


@pytest.mark.parametrize(
    ("method", "steps", "code"),
    [
        ("key", ("publickey", "publickey"), "auth-failed"),
        ("password", ("password", "publickey"), "auth-failed"),
        ("key", ("publickey", "keyboard-interactive"), "totp-rejected"),
        ("password", ("password", "keyboard-interactive"), "totp-rejected"),
    ],
)
def test_step_that_fails(world: World, site: Site, method: str, steps: tuple[str, ...], code: str) -> None:
    """A step that cannot be taken, or is refused, is an error, and the tunnel is never connected."""
    site.steps, site.rounds, site.decide = steps, [[CODE]], lambda _: False
    error = fails(world, site, auth=login(world, site, method), totp=GENERATE)
    assert (error.code, error.hop) == (code, 0)
    assert "connected" not in [state for state, _ in world.states]


def test_first_step_refused(world: World, site: Site) -> None:
    """A wrong password at the first of two steps is auth-failed; no code is sent after it."""
    site.steps, site.rounds = ("password", "keyboard-interactive"), [[CODE]]
    error = fails(world, site, auth={"method": "password", "password": "wrong"}, totp=GENERATE)
    assert (error.code, site.credentials) == ("auth-failed", ["wrong"])


# --- reconnecting


def lose(world: World, site: Site) -> None:
    """End the session of the server."""
    world.loop.loop.call_soon_threadsafe(site.sessions[0].abort)


def test_reconnecting_takes_a_new_code(world: World, site: Site) -> None:
    """A reconnect never sends a code that was used before."""
    site.rounds, site.decide = [[CODE]], lambda _: True
    connect(world, site, totp=GENERATE)
    lose(world, site)
    world.wait_for_state("connected", times=2)
    assert site.credentials == [FIRST, SECOND]


def test_reconnecting_asks_once(world: World, site: Site) -> None:
    """With prompted codes a reconnect asks the user once; the answer connects."""
    world.answer = "123456"
    site.rounds, site.responses = [[CODE]], ["123456"]
    connect(world, site, totp=PROMPT)
    lose(world, site)
    world.wait_for_state("connected", times=2)
    assert asked(world) == ["Verification code: "] * 2


def test_cancelled_reconnect(world: World, site: Site) -> None:
    """A cancel during a reconnect ends it as cancelled: nobody is asked again."""
    world.answer = "123456"
    site.rounds, site.responses = [[CODE]], ["123456"]
    connect(world, site, totp=PROMPT)
    world.answer = None
    lose(world, site)
    world.wait_for_state("failed")
    assert (world.states[-1], len(asked(world))) == (("failed", "cancelled"), 2)


def test_bad_secret_sends_nothing(world: World, site: Site) -> None:
    """A secret that is no base32 is bad-profile, names the field and not the secret, and nobody is connected."""
    error = fails(world, site, totp={"mode": "generate", "secret": "not-base32-018"})
    assert (error.code, error.message.partition(":")[0]) == ("bad-profile", "totp.secret")
    assert "018" not in error.message
    assert not any(isinstance(question, HostKeyQuestion) for question in world.questions)
