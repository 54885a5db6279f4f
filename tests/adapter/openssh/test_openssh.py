"""The openssh adapter against a server on loopback."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import psutil
import pytest

from harness.adapter.driver import Refused
from harness.adapter.profile import (
    AgentAuth,
    Endpoint,
    GeneratedTotp,
    HostKeys,
    Jump,
    KeepAlive,
    KeyAuth,
    KeyboardInteractiveAuth,
    Local,
    PasswordAuth,
    Target,
)
from harness.adapter.protocol import HostKeyQuestion
from harness.adapters.openssh.ports import reserved
from harness.errors import Unsupported

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator

    from conftest import Bastion, User

    from harness.adapter.driver import Adapter
    from harness.adapter.profile import Profile
    from harness.adapter.protocol import ErrorDetail, OpenOk

    Works = Callable[[str, int], bool]

_OPEN = 15.0


def change(profile: Profile, **fields: object) -> Profile:
    """Return the profile with other values."""
    return profile.model_copy(update=fields)


def refusal(adapter: Adapter, profile: Profile) -> ErrorDetail:
    """Open a tunnel that must fail; return why."""
    with pytest.raises(Refused) as refused:
        adapter.open("t1", profile, _OPEN)
    return refused.value.detail


def write_key(folder: Path, bastion: Bastion, passphrase: str | None = None) -> Path:
    """Write a new private key that the bastion accepts."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    bastion.authorized.add(" ".join(key.export_public_key().decode().split()[:2]))
    path = folder / "id"
    key.write_private_key(str(path), passphrase=passphrase)
    path.chmod(0o600)
    return path


def ssh_processes(adapter: Adapter) -> list[psutil.Process]:
    """Return what the adapter started."""
    return psutil.Process(adapter.pid).children(recursive=True)


def test_a_password_opens_a_tunnel_that_carries_bytes(openssh: Adapter, profile: Profile, works: Works) -> None:
    """The endpoint of the reply is connectable as given, and loopback."""
    endpoint = openssh.open("t1", profile, _OPEN)
    assert endpoint.host == "127.0.0.1"
    assert works(endpoint.host, endpoint.port)


def test_the_states_tell_the_way(openssh: Adapter, profile: Profile) -> None:
    """A tunnel says connecting, connected and closed, in this order."""
    openssh.open("t1", profile, _OPEN)
    openssh.close("t1", _OPEN)
    assert [event.state for _, event in openssh.state_events("t1")] == ["connecting", "connected", "closed"]


def test_ports_are_the_first_free_ones_from_60000(openssh: Adapter, profile: Profile) -> None:
    """Two tunnels get two ports of the range."""
    first, second = (openssh.open(name, profile, _OPEN).port for name in ("t1", "t2"))
    assert 60000 <= first < second <= 65000


def test_a_port_that_another_adapter_chose_is_left_to_it(openssh: Adapter, profile: Profile) -> None:
    """A port that is reserved but not yet listened at is passed over, so that two starts never collide."""
    with reserved("127.0.0.1") as port:
        assert openssh.open("t1", profile, _OPEN).port > port


def test_secrets_are_not_in_arguments_or_environments(openssh: Adapter, profile: Profile, bastion: Bastion) -> None:
    """The password is seen in no process that the adapter started."""
    openssh.open("t1", profile, _OPEN)
    seen = [(process.cmdline(), process.environ()) for process in ssh_processes(openssh)]
    assert seen
    assert bastion.password not in repr(seen)


def test_a_wrong_password_is_tried_once(openssh: Adapter, profile: Profile, bastion: Bastion) -> None:
    """A refused password is auth-failed at its hop, and is not sent again."""
    error = refusal(openssh, change(profile, auth=PasswordAuth(password="wrong-horse")))
    assert (error.code, error.hop) == ("auth-failed", 0)
    assert bastion.passwords_seen == ["wrong-horse"]


def test_a_password_answers_a_hidden_prompt(openssh: Adapter, profile: Profile, bastion: Bastion, works: Works) -> None:
    """Where only keyboard-interactive is offered, the password goes there."""
    bastion.prompts, bastion.responses = (("Password: ", False),), (bastion.password,)
    endpoint = openssh.open("t1", profile, _OPEN)
    assert works(endpoint.host, endpoint.port)


def test_prompts_go_to_the_user(openssh: Adapter, profile: Profile, bastion: Bastion, user: User) -> None:
    """A password prompt gets the password, a code prompt gets what the user says, with the prompt's text."""
    bastion.prompts = (("Password: ", False), ("Verification code: ", False))
    bastion.responses = (bastion.password, "492039")
    user.prompt = "492039"
    openssh.open("t1", change(profile, auth=KeyboardInteractiveAuth(password=bastion.password)), _OPEN)
    asked = [question.text for _, question, _ in openssh.questions("t1") if question.kind == "prompt"]
    assert asked == ["Verification code: "]


def test_a_wrong_code_is_named(openssh: Adapter, profile: Profile, bastion: Bastion, user: User) -> None:
    """A refused code is totp-rejected, not just auth-failed."""
    bastion.prompts, bastion.responses = (("Verification code: ", False),), ("492039",)
    user.prompt = "000000"
    assert refusal(openssh, change(profile, auth=KeyboardInteractiveAuth())).code == "totp-rejected"


def test_a_user_who_cancels_ends_it(openssh: Adapter, profile: Profile, bastion: Bastion) -> None:
    """No answer to a prompt is cancelled, and nothing is sent in its place."""
    bastion.prompts = (("Verification code: ", False),)
    assert refusal(openssh, change(profile, auth=KeyboardInteractiveAuth())).code == "cancelled"
    assert bastion.responses_seen == []


@pytest.mark.parametrize("passphrase", [None, "open sesame"])
def test_a_key_opens_a_tunnel(
    openssh: Adapter, profile: Profile, bastion: Bastion, tmp_path: Path, works: Works, passphrase: str | None
) -> None:
    """A private key works, encrypted or not."""
    file = write_key(tmp_path, bastion, passphrase)
    endpoint = openssh.open("t1", change(profile, auth=KeyAuth(file=str(file), passphrase=passphrase)), _OPEN)
    assert works(endpoint.host, endpoint.port)


@pytest.mark.parametrize("given", ["wrong", None])
def test_a_wrong_passphrase_is_named(
    openssh: Adapter, profile: Profile, bastion: Bastion, tmp_path: Path, given: str | None
) -> None:
    """A passphrase that does not open the key, or none, is wrong-passphrase."""
    file = write_key(tmp_path, bastion, "open sesame")
    assert refusal(openssh, change(profile, auth=KeyAuth(file=str(file), passphrase=given))).code == (
        "wrong-passphrase"
    )


def test_a_key_that_the_server_does_not_know_is_refused(
    openssh: Adapter, profile: Profile, bastion: Bastion, tmp_path: Path
) -> None:
    """Another key is auth-failed."""
    file = write_key(tmp_path, bastion)
    bastion.authorized = {"ssh-ed25519 AAAA"}
    assert refusal(openssh, change(profile, auth=KeyAuth(file=str(file)))).code == "auth-failed"


def test_a_missing_key_file_is_named(openssh: Adapter, profile: Profile, tmp_path: Path) -> None:
    """The message names the file that is not there."""
    error = refusal(openssh, change(profile, auth=KeyAuth(file=str(tmp_path / "nowhere"))))
    assert error.code == "key-not-found"
    assert "nowhere" in error.message


def test_a_key_that_others_can_read_is_refused(
    openssh: Adapter, profile: Profile, bastion: Bastion, tmp_path: Path
) -> None:
    """A key file with open permissions is not used, and the message says what to do."""
    file = write_key(tmp_path, bastion)
    file.chmod(0o644)
    assert refusal(openssh, change(profile, auth=KeyAuth(file=str(file)))).code == "key-unreadable"


def test_a_file_that_is_no_key_is_named(openssh: Adapter, profile: Profile, bastion: Bastion, tmp_path: Path) -> None:
    """Garbage in a key file is key-unsupported."""
    bastion.authorized = {"ssh-ed25519 AAAA"}
    file = tmp_path / "garbage"
    file.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")
    file.chmod(0o600)
    assert refusal(openssh, change(profile, auth=KeyAuth(file=str(file)))).code == "key-unsupported"


def test_no_agent_is_named(openssh: Adapter, profile: Profile, tmp_path: Path) -> None:
    """The message names the socket where no agent answers."""
    error = refusal(openssh, change(profile, auth=AgentAuth(socket=str(tmp_path / "agent"))))
    assert error.code == "agent-unavailable"
    assert "agent" in error.message


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Path]:
    """The socket of an empty agent."""
    path = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.PIPE)
    process.stdout.readline()
    yield path
    process.terminate()
    process.communicate()


def test_an_agent_opens_a_tunnel(
    openssh: Adapter, profile: Profile, bastion: Bastion, tmp_path: Path, agent: Path, works: Works
) -> None:
    """A key that only the agent holds lets the tunnel in."""
    file = write_key(tmp_path, bastion)
    subprocess.run(["ssh-add", "-q", file], env={"SSH_AUTH_SOCK": str(agent)}, check=True)
    file.unlink()
    endpoint = openssh.open("t1", change(profile, auth=AgentAuth(socket=str(agent))), _OPEN)
    assert works(endpoint.host, endpoint.port)


def test_an_agent_without_the_key_is_named(openssh: Adapter, profile: Profile, bastion: Bastion, agent: Path) -> None:
    """An agent that holds no key for the server is agent-no-match."""
    bastion.authorized = {"ssh-ed25519 AAAA"}
    assert refusal(openssh, change(profile, auth=AgentAuth(socket=str(agent)))).code == "agent-no-match"


def test_an_unknown_host_key_is_asked_with_type_and_fingerprint(
    openssh: Adapter, profile: Profile, bastion: Bastion, tmp_path: Path
) -> None:
    """The question carries what the server showed; accepting stores it."""
    openssh.open("t1", profile, _OPEN)
    [(_, question, answer)] = openssh.questions("t1")
    assert isinstance(question, HostKeyQuestion)
    assert (question.type, question.fingerprint) == ("ssh-ed25519", bastion.host_key.get_fingerprint())
    assert (question.port, question.status, answer) == (bastion.port, "unknown", "accept")
    assert (tmp_path / "known_hosts").read_text().split()[:3] == bastion.known_hosts().split()[:3]


def test_a_rejected_host_key_sends_no_password(
    openssh: Adapter, profile: Profile, bastion: Bastion, user: User, tmp_path: Path
) -> None:
    """Rejecting ends it before any credential, and stores nothing."""
    user.accept = False
    assert refusal(openssh, profile).code == "host-key-unknown"
    assert bastion.passwords_seen == []
    assert not (tmp_path / "known_hosts").exists()


def test_unknown_host_keys_can_be_refused_unasked(openssh: Adapter, profile: Profile) -> None:
    """With unknown: reject, nobody is asked."""
    store = HostKeys(file=profile.host_keys.file, unknown="reject")
    assert refusal(openssh, change(profile, host_keys=store)).code == "host-key-unknown"
    assert openssh.questions("t1") == ()


def test_a_known_host_key_is_not_asked(openssh: Adapter, profile: Profile, bastion: Bastion) -> None:
    """What is in the store is trusted."""
    Path(profile.host_keys.file).write_text(bastion.known_hosts())
    openssh.open("t1", profile, _OPEN)
    assert openssh.questions("t1") == ()


def test_a_changed_host_key_is_refused_before_any_credential(
    openssh: Adapter, profile: Profile, bastion: Bastion
) -> None:
    """Another key of the same type is host-key-changed, with the fingerprint that was sent."""
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    Path(profile.host_keys.file).write_text(f"[127.0.0.1]:{bastion.port} {other}")
    error = refusal(openssh, profile)
    assert error.code == "host-key-changed"
    assert bastion.host_key.get_fingerprint() in error.message
    assert bastion.passwords_seen == []


def test_a_refused_connection_is_named(openssh: Adapter, profile: Profile) -> None:
    """Nothing listens at port 1."""
    nobody = Endpoint(host="127.0.0.1", port=1, user="alice")
    error = refusal(openssh, change(profile, ssh=nobody))
    assert (error.code, error.hop) == ("connection-refused", 0)


def test_an_unknown_name_is_named(openssh: Adapter, profile: Profile) -> None:
    """RFC 6761 keeps .invalid from resolving."""
    nobody = Endpoint(host="bastion.invalid", user="alice")
    assert refusal(openssh, change(profile, ssh=nobody)).code == "dns-failed"


def test_a_server_that_is_not_ssh_is_named(openssh: Adapter, profile: Profile, web_port: int) -> None:
    """A web server does not do the handshake."""
    web = Endpoint(host="127.0.0.1", port=web_port, user="alice")
    assert refusal(openssh, change(profile, ssh=web)).code == "handshake-failed"


def test_a_busy_local_port_is_named(openssh: Adapter, profile: Profile, target_port: int) -> None:
    """A fixed port that someone holds is never shared or replaced."""
    assert refusal(openssh, change(profile, local=Local(port=target_port))).code == "port-in-use"


def test_a_refused_target_is_a_status_and_not_the_end(openssh: Adapter, profile: Profile, works: Works) -> None:
    """A target that refuses is told by status, and the tunnel stays connected."""
    endpoint = openssh.open("t1", change(profile, target=Target(host="127.0.0.1", port=1)), _OPEN)
    with pytest.raises((ConnectionError, AssertionError)):
        assert works(endpoint.host, endpoint.port)
    status = openssh.status("t1", _OPEN)
    assert status.state == "connected"
    assert status.error
    assert status.error.code == "forward-refused"


def test_a_prohibited_target_is_told_apart(openssh: Adapter, profile: Profile, bastion: Bastion, works: Works) -> None:
    """A server that forbids forwarding is forward-prohibited."""
    bastion.forwards = False
    endpoint = openssh.open("t1", profile, _OPEN)
    with pytest.raises((ConnectionError, AssertionError)):
        assert works(endpoint.host, endpoint.port)
    status = openssh.status("t1", _OPEN)
    assert status.error
    assert status.error.code == "forward-prohibited"


def test_a_lost_connection_is_a_failure_event(
    openssh: Adapter, profile: Profile, bastion: Bastion, loop: asyncio.AbstractEventLoop
) -> None:
    """When ssh ends, the tunnel is failed with connection-lost, and status says so."""
    openssh.open("t1", profile, _OPEN)
    loop.call_soon_threadsafe(bastion.drop)
    found = openssh.wait_for_state("t1", "failed", timeout=10)
    assert found
    assert found[1].error
    assert found[1].error.code == "connection-lost"
    assert openssh.status("t1", _OPEN).state == "failed"


def test_ssh_sleeps_with_its_adapter(openssh: Adapter, profile: Profile) -> None:
    """The processes of a tunnel are in the adapter's group, so that suspending it stops them too."""
    openssh.open("t1", profile, _OPEN)
    assert {os.getpgid(process.pid) for process in ssh_processes(openssh)} == {openssh.pid}


def test_a_frozen_server_is_lost_by_keep_alive(
    openssh: Adapter, profile: Profile, bastion: Bastion, loop: asyncio.AbstractEventLoop
) -> None:
    """With one second and a count of one, a server that says nothing is connection-lost."""
    openssh.open("t1", change(profile, keepalive=KeepAlive(interval=0.4, count=1)), _OPEN)
    loop.call_soon_threadsafe(bastion.hold_still)
    found = openssh.wait_for_state("t1", "failed", timeout=10)
    assert found
    assert found[1].error
    assert "not responding" in found[1].error.message


def test_close_ends_ssh_within_two_seconds(openssh: Adapter, profile: Profile) -> None:
    """After close no ssh is left, also when ssh was stopped."""
    openssh.open("t1", profile, _OPEN)
    children = ssh_processes(openssh)
    for child in children:
        child.suspend()
    began = time.monotonic()
    openssh.close("t1", _OPEN)
    assert time.monotonic() - began < 2
    assert children
    assert not [child for child in children if child.is_running()]


def test_close_cancels_an_open_that_waits(openssh: Adapter, profile: Profile, bastion: Bastion, user: User) -> None:
    """A tunnel that waits for the user can be closed; its open is then cancelled."""
    user.may_answer.clear()
    opening = openssh.begin_open("t1", profile)
    assert user.was_asked.wait(10)
    openssh.close("t1", _OPEN)
    user.may_answer.set()
    with pytest.raises(Refused, match="cancelled"):
        opening.wait(_OPEN)
    assert bastion.passwords_seen == []


def test_a_jump_is_passed(openssh: Adapter, profile: Profile, bastion: Bastion, works: Works) -> None:
    """A chain of two servers works, each host key asked under its own hop."""
    jump = Jump(host="127.0.0.1", port=bastion.port, user="alice", auth=profile.auth)
    last = Endpoint(host="localhost", port=bastion.port, user="alice")
    endpoint = openssh.open("t1", change(profile, ssh=last, jumps=(jump,)), _OPEN)
    assert works(endpoint.host, endpoint.port)
    assert [(question.hop, question.host) for _, question, _ in openssh.questions("t1")] == [
        (0, "127.0.0.1"),
        (1, "localhost"),
    ]


@pytest.mark.parametrize(
    ("jump", "last", "code", "hop"),
    [
        ({"port": 1}, {}, "connection-refused", 0),
        ({"user": "mallory"}, {}, "auth-failed", 0),
        ({}, {"port": 1}, "connection-refused", 1),
        ({}, {"user": "mallory"}, "auth-failed", 1),
    ],
)
def test_a_failure_names_its_hop(
    openssh: Adapter,
    profile: Profile,
    jump: dict[str, object],
    last: dict[str, object],
    code: str,
    hop: int,
) -> None:
    """What goes wrong on the way is told with the hop where it went wrong."""
    first = Jump(host="127.0.0.1", port=profile.ssh.port, user="alice", auth=profile.auth)
    chain = change(profile, jumps=(first.model_copy(update=jump),), ssh=profile.ssh.model_copy(update=last))
    error = refusal(openssh, chain)
    assert (error.code, error.hop) == (code, hop)


def test_what_ssh_cannot_do_is_unsupported(openssh: Adapter, profile: Profile) -> None:
    """Generated codes, connection tests and imports are answered as such."""
    with pytest.raises(Unsupported, match=r"totp\.generate"):
        openssh.open("t1", change(profile, totp=GeneratedTotp(secret="JBSWY3DPEHPK3PXP")), _OPEN)
    with pytest.raises(Unsupported, match="test"):
        openssh.test(profile, _OPEN)
    with pytest.raises(Unsupported, match="import-url"):
        openssh.import_url("postgresql+ssh://a@b/c@d/e", _OPEN)
    with pytest.raises(Unsupported, match="import-config"):
        openssh.import_config(Path("config"), "db", _OPEN)


def test_stopping_leaves_nothing(openssh: Adapter, profile: Profile, tmp_path: Path, works: Works) -> None:
    """After stop there is no ssh, no listener and no file but the known hosts."""
    endpoint: OpenOk = openssh.open("t1", profile, _OPEN)
    children = ssh_processes(openssh)
    openssh.stop()
    assert not [child for child in children if child.is_running()]
    assert [path.name for path in tmp_path.iterdir()] == ["known_hosts"]
    with pytest.raises(ConnectionRefusedError):
        works(endpoint.host, endpoint.port)
