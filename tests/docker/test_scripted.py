"""The server for the dialogues that sshd with PAM cannot hold."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from hashlib import sha1, sha256, sha512
from typing import Any

import asyncssh
import paramiko
import pyotp
import pytest

from harness.errors import NotRun
from harness.faults.model import Freeze, Kill, RotateHostKey
from harness.timeline import Timeline
from harness.world import host_keys
from harness.world.delays import Delays
from harness.world.docker.bastion import scripted, sshd
from harness.world.docker.world import DockerWorld
from harness.world.fabric import BastionSetup, Prompt, TotpSetup

pytestmark = pytest.mark.docker

PASSWORD, CODE = Prompt("Password: ", "password"), Prompt("Verification code: ", "code")
MENU = Prompt("Duo two-factor login\n 1. Push\n\nPasscode or option (1-3): ", "=1", echo=True)
SECRET = pyotp.random_base32()
TOTP = TotpSetup(SECRET)
DIGESTS = {"SHA1": sha1, "SHA256": sha256, "SHA512": sha512}
Login = Callable[..., paramiko.Transport]


@pytest.fixture
def topology() -> str:
    """The bastion that has this server."""
    return "pam_totp"


@pytest.fixture
def setup(setup: BastionSetup) -> BastionSetup:
    """Password and code in one round, and no other method."""
    return replace(setup, methods="keyboard-interactive", dialogue=((PASSWORD, CODE),), totp=TOTP)


@pytest.fixture
def begin(world: DockerWorld, setup: BastionSetup) -> Callable[..., None]:
    """Begin again with another setup."""
    return lambda **changes: world.begin(Timeline(), {"totp": replace(setup, **changes)})


@pytest.fixture
def login(transport: Callable[[], paramiko.Transport]) -> Login:
    """Give these answers, which are by round, and return the connection; raises AuthenticationException."""

    def answer(*rounds: list[str]) -> paramiko.Transport:
        waiting = list(rounds)
        connected = transport()
        connected.auth_interactive("alice", lambda _title, _instructions, _prompts: waiting.pop(0))
        assert not waiting
        return connected

    return answer


@pytest.fixture
def conversation(world: DockerWorld) -> Iterator[Callable[[paramiko.Transport], paramiko.Channel]]:
    """Open a channel to the target's probe and give it a verb."""
    with ExitStack() as ends:

        def start(connected: paramiko.Transport, verb: bytes = b"ECHO") -> paramiko.Channel:
            target = world.address("target")
            channel = ends.enter_context(
                closing(connected.open_channel("direct-tcpip", target, ("127.0.0.1", 5), timeout=5))
            )
            channel.settimeout(5)
            channel.sendall(verb + b"\n")
            return channel

        yield start


def code(totp: TotpSetup = TOTP, ahead: float = 3) -> str:
    """Return the code that is good in some seconds; three from now, a bastion takes it now too."""
    generator = pyotp.TOTP(totp.secret, digits=totp.digits, digest=DIGESTS[totp.algorithm], interval=totp.period)
    return generator.at(int(time.time() + ahead))


def matched(world: DockerWorld) -> list[str]:
    """Return what the answers were, in the words of the event."""
    return [event.detail["matched"] for event in world.events("totp") if event.kind == "answer"]


def kinds(world: DockerWorld) -> list[str]:
    """Return the kinds of the events that are not plain log."""
    return [event.kind for event in world.events("totp") if event.kind != "log"]


def hear(channel: paramiko.Channel, size: int) -> bytes:
    """Return the next ``size`` bytes, or less where the channel ends. Raises TimeoutError."""
    received = b""
    while len(received) < size and (chunk := channel.recv(65536)):
        received += chunk
    return received


def test_several_prompts_in_one_round(world: DockerWorld, transport: Any) -> None:
    """The prompts of a round come together, each with its text and whether it may be shown."""
    asked = []

    def respond(_title: str, _instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
        asked.append(prompts)
        return ["open sesame", code()]

    transport().auth_interactive("alice", respond)
    assert asked == [[("Password: ", False), ("Verification code: ", False)]]
    assert matched(world) == ["password", "code"]


def test_an_empty_round_first(begin: Any, login: Login) -> None:
    """A round without prompts is answered with nothing, and the next one follows."""
    begin(dialogue=((), (MENU,), (PASSWORD,)))
    assert login([], ["1"], ["open sesame"]).is_authenticated()


@pytest.mark.parametrize("answers", [["not the password", code()], ["open sesame", "000000"], ["open sesame"]])
def test_one_wrong_answer_refuses_the_login(login: Login, answers: list[str]) -> None:
    """A wrong password, a wrong code and an answer too few are refused."""
    with pytest.raises(paramiko.AuthenticationException):
        login(answers)


def test_another_user_is_refused(transport: Any) -> None:
    """The right answers let in no one but the user of the setup."""
    with pytest.raises(paramiko.AuthenticationException):
        transport().auth_interactive("bob", lambda *_: ["open sesame", code()])


def test_a_wrong_answer_is_not_told_before_the_last_round(begin: Any, world: DockerWorld, login: Login) -> None:
    """All rounds are asked after a wrong password too, and then the login is refused."""
    begin(dialogue=((), (PASSWORD,), (CODE,)))
    with pytest.raises(paramiko.AuthenticationException):
        login([], ["not the password"], [code()])
    assert matched(world) == ["other", "code"]


@pytest.mark.parametrize("period", [30, 60])
@pytest.mark.parametrize("digits", [6, 8])
@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256", "SHA512"])
def test_every_kind_of_code(begin: Any, algorithm: Any, digits: Any, period: Any, login: Login) -> None:
    """Each algorithm, length and period logs in."""
    totp = TotpSetup(SECRET, algorithm, digits, period)
    begin(totp=totp)
    assert login(["open sesame", code(totp)]).is_authenticated()


def test_the_code_of_the_step_before_is_taken_and_an_older_one_is_not(begin: Any, login: Login) -> None:
    """One step beside the present one is good, two are not; the step is long enough to log in within it."""
    totp = TotpSetup(SECRET, period=60)
    begin(totp=totp)
    login(["open sesame", code(totp, ahead=-55)])
    with pytest.raises(paramiko.AuthenticationException):
        login(["open sesame", code(totp, ahead=-125)])


def test_password_and_code_in_one_answer(begin: Any, world: DockerWorld, login: Login) -> None:
    """One prompt takes the password with the code after it, and neither alone."""
    begin(dialogue=((), (Prompt("Password & code: ", "password+code"),)))
    login([], [f"open sesame{code()}"])
    for alone in ("open sesame", code()):
        with pytest.raises(paramiko.AuthenticationException):
            login([], [alone])
    assert matched(world) == ["code", "password", "used-code"]


def test_a_code_is_taken_once(begin: Any, world: DockerWorld, login: Login) -> None:
    """The same code is refused on the next connection, and told as used."""
    begin(totp=TotpSetup(SECRET, reuse=False))
    once = code()
    login(["open sesame", once])
    with pytest.raises(paramiko.AuthenticationException):
        login(["open sesame", once])
    assert matched(world) == ["password", "code", "password", "used-code"]


def test_attempts_are_limited(begin: Any, login: Login) -> None:
    """After as many tries as the setup lets through, the right code is refused too."""
    begin(totp=TotpSetup(SECRET, tries=2))
    for answer in ("000000", "000000", code()):
        with pytest.raises(paramiko.AuthenticationException):
            login(["open sesame", answer])


def test_a_key_logs_in_where_methods_leave_the_choice(begin: Any, transport: Any, user_key: paramiko.PKey) -> None:
    """Without ``methods`` any one will do, and with keyboard-interactive a key will not."""
    with pytest.raises(paramiko.BadAuthenticationType):
        transport().auth_publickey("alice", user_key)
    begin(methods=None)
    assert transport().auth_publickey("alice", user_key) == []


def test_the_answers_are_in_no_event(world: DockerWorld, login: Login) -> None:
    """An answer is told by what it is, its prompt and the seconds left of the code; never as it is."""
    answers = ["open sesame", code()]
    login(answers)
    [_, told] = [event.detail for event in world.events("totp") if event.kind == "answer"]
    assert told["prompt"] == "Verification code: "
    assert -30 < float(told["left"]) <= 60
    said = " ".join(str(event.detail) for event in world.events("totp"))
    assert all(answer not in said for answer in answers)


def test_events_tell_a_session_from_its_beginning_to_its_end(
    world: DockerWorld, login: Login, conversation: Any, until: Any
) -> None:
    """Coming, answers, login, channel, keep-alive and end are told as sshd's are."""
    connected = login(["open sesame", code()])
    conversation(connected)
    connected.global_request("keepalive@openssh.com", wait=True)
    connected.close()
    until(lambda: "disconnected" in kinds(world))
    expected = ["connected", "answer", "answer", "auth-tried", "auth-ok", "channel", "global-request", "disconnected"]
    assert kinds(world) == expected


def test_the_names_are_those_of_the_container(login: Login, conversation: Any) -> None:
    """The target is found by the name that only the bastion knows, and what is sent comes back."""
    channel = conversation(login(["open sesame", code()]))
    channel.sendall(b"hello")
    assert hear(channel, 5) == b"hello"


def test_a_name_that_does_not_exist_fails_its_channel_alone(login: Login, conversation: Any) -> None:
    """The channel is refused as a failed connection, and the session goes on."""
    connected = login(["open sesame", code()])
    with pytest.raises(paramiko.ChannelException) as refused:
        connected.open_channel("direct-tcpip", ("nowhere.invalid", 1), ("127.0.0.1", 5), timeout=5)
    assert refused.value.code == 2
    conversation(connected)


def test_half_close_is_passed_on(login: Login, conversation: Any) -> None:
    """The target sees the end of what it is sent, and its reply still arrives whole."""
    channel = conversation(login(["open sesame", code()]))
    channel.sendall(b"x" * 300_000)
    channel.shutdown_write()
    assert hear(channel, 300_001) == b"x" * 300_000


def test_a_closed_channel_ends_the_connection_to_the_target(
    world: DockerWorld, login: Login, conversation: Any, until: Any
) -> None:
    """The target's connection is closed with its channel, while the session stays."""
    connected = login(["open sesame", code()])
    channel = conversation(connected)
    channel.sendall(b"hello")
    hear(channel, 5)
    assert [one.open for one in world.target_connections()] == [True]
    channel.close()
    until(lambda: [one.open for one in world.target_connections()] == [False])
    assert connected.is_active()


def test_sessions_are_counted_and_ended(world: DockerWorld, login: Login, transport: Any, until: Any) -> None:
    """Who is in counts, who has only connected does not, and the end of the scenario ends both."""
    inside, outside = login(["open sesame", code()]), transport()
    assert world.sessions("totp") == 1
    world.end()
    until(lambda: not inside.is_active())
    assert world.sessions("totp") == 0
    until(lambda: not outside.is_active())


def test_a_frozen_server_is_silent_until_it_is_thawed(world: DockerWorld, login: Login, conversation: Any) -> None:
    """Listener and session are stopped, nothing passes, and afterwards the same connection goes on."""
    channel = conversation(login(["open sesame", code()]))
    fault = world.inject(Freeze("totp"))
    channel.sendall(b"during")
    channel.settimeout(0.5)
    with pytest.raises(TimeoutError):
        hear(channel, 6)
    evidence = fault.evidence()
    assert evidence.proven
    assert evidence.summary.count(" T") == 2
    fault.heal()
    channel.settimeout(5)
    assert hear(channel, 6) == b"during"


def test_a_killed_server_comes_back_with_the_same_dialogue(world: DockerWorld, login: Login, until: Any) -> None:
    """Sessions end, and after the heal a new process asks the same."""
    connected = login(["open sesame", code()])
    fault = world.inject(Kill("totp"))
    until(lambda: not connected.is_active())
    assert fault.evidence().proven
    fault.heal()
    assert login(["open sesame", code()]).is_authenticated()


def test_a_rotated_host_key_is_shown_to_new_connections_only(
    world: DockerWorld, login: Login, conversation: Any, transport: Any
) -> None:
    """The session goes on, a new connection sees the new key, and the heal brings the old ones."""
    channel = conversation(login(["open sesame", code()]))
    before = world.setup("totp").host_keys
    fault = world.inject(RotateHostKey("totp", ("ecdsa",)))
    assert fault.evidence().proven
    served = transport().get_remote_server_key()
    assert [f"{served.get_name()} {served.get_base64()}"] == [key.public for key in world.setup("totp").host_keys]
    channel.sendall(b"still")
    assert hear(channel, 5) == b"still"
    fault.heal()
    assert world.setup("totp").host_keys == before


def test_the_next_setup_has_sshd_again(begin: Any, transport: Any) -> None:
    """A dialogue that PAM can hold is asked by sshd, before and after."""
    versions = []
    for dialogue in (((CODE,),), ((PASSWORD, CODE),), ((CODE,),)):
        begin(dialogue=dialogue)
        versions.append(transport().remote_version.split("-")[2].partition("_")[0])
    assert versions == ["OpenSSH", "AsyncSSH", "OpenSSH"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"methods": "publickey,keyboard-interactive"}, "one by one.*keyboard-interactive only"),
        ({"policy": {"MaxAuthTries": "2"}}, "one by one.*no policy.*MaxAuthTries"),
        ({"methods": "password,keyboard-interactive", "dialogue": ((), (CODE,))}, "as the last one.*only"),
    ],
)
def test_what_neither_server_can_do_is_not_run(begin: Any, changes: Any, reason: str) -> None:
    """The reason names what sshd cannot ask, and what the scripted server cannot do beside."""
    with pytest.raises(NotRun, match=reason):
        begin(**changes)


def test_the_settings_are_closed(setup: BastionSetup) -> None:
    """What holds a secret can be read by root alone."""
    public = sshd.authorized_keys_file(setup.user)
    assert all(mode & 0o077 == 0 for path, (_, mode) in scripted.render(setup, 22).items() if path != public)


def test_host_keys_are_in_the_form_that_the_server_always_reads(setup: BastionSetup) -> None:
    """Host keys are PKCS #8: of ECDSA keys in OpenSSH's form asyncssh 2.10 refuses about every second."""
    keys = tuple(host_keys.make(key_type) for key_type in setup.key_types)
    files = scripted.render(replace(setup, host_keys=keys), 22)
    contents = [content for path, (content, _) in files.items() if path.endswith("_key")]
    assert len(contents) == 3
    assert all(content.startswith("-----BEGIN PRIVATE KEY-----") for content in contents)


# --- slow servers, expired passwords, compression


@pytest.mark.parametrize("stage", ["version", "kex", "auth"])
def test_a_slow_server_is_slow_at_that_stage_alone(begin: Any, login: Login, stage: str) -> None:
    """All of it takes one delay longer, and the login is a login."""
    begin(delays=Delays(**{stage: 0.7}))
    began = time.monotonic()
    assert login(["open sesame", code()]).is_authenticated()
    assert time.monotonic() - began >= 0.7


def test_what_a_client_sends_during_a_delay_is_not_lost(world: DockerWorld, begin: Any) -> None:
    """A client that does not wait for the server's KEXINIT has sent its own and a key before."""
    begin(delays=Delays(version=0.5, kex=0.5))
    with closing(socket.create_connection(world.address("totp"), 5)) as client:
        client.sendall(b"SSH-2.0-hasty\r\n")
        client.settimeout(5)
        assert client.recv(8) == b"SSH-2.0-"


def test_a_banner_of_the_scripted_server(begin: Any, login: Login) -> None:
    """It is there before the first question, also where the server is slow."""
    begin(banner="Visit https://login.test/\n", delays=Delays(auth=0.3))
    assert login(["open sesame", code()]).get_banner() == b"Visit https://login.test/\n"


class Changing(asyncssh.SSHClient):
    """Logs in with the old password and gives a new one."""

    def password_auth_requested(self) -> str:
        return "open sesame"

    def password_change_requested(self, _prompt: str, _lang: str) -> tuple[str, str]:
        return "open sesame", "a new one"


def test_an_expired_password_is_asked_for_anew(world: DockerWorld, begin: Any) -> None:
    """By SSH_MSG_USERAUTH_PASSWD_CHANGEREQ (RFC 4252, section 8); what it is answered with is told."""
    begin(methods=None, dialogue=None, totp=None, password_expired=True)

    async def log_in() -> None:
        async with asyncssh.connect(
            *world.address("totp"), username="alice", client_factory=Changing, client_keys=None, known_hosts=None
        ):
            pass

    asyncio.run(log_in())
    assert kinds(world)[:4] == ["connected", "auth-tried", "answer", "auth-tried"]
    assert matched(world) == ["other"]


def test_compression_may_be_required(begin: Any, login: Login) -> None:
    """The scripted server offers nothing else, and paramiko takes it where it must."""
    begin(compression="required")
    with pytest.raises(paramiko.SSHException, match="compression"):
        login(["open sesame", code()])
