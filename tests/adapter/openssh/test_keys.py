"""Private keys, certificates and agents."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import pytest

from harness.adapter.profile import (
    AgentAuth,
    KeyAuth,
)

from .profiles import OPEN, change, refusal, write_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.adapter.driver import Adapter
    from harness.adapter.profile import Profile

    from .bastion import Bastion

    Works = Callable[[str, int], bool]


@pytest.mark.parametrize("passphrase", [None, "open sesame"])
def test_a_key_opens_a_tunnel(
    openssh: Adapter, profile: Profile, bastion: Bastion, tmp_path: Path, works: Works, passphrase: str | None
) -> None:
    """A private key works, encrypted or not."""
    file = write_key(tmp_path, bastion, passphrase)
    endpoint = openssh.open("t1", change(profile, auth=KeyAuth(file=str(file), passphrase=passphrase)), OPEN)
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


def test_a_missing_key_file_is_named(openssh: Adapter, profile: Profile, bastion: Bastion, tmp_path: Path) -> None:
    """The message names the file that is not there, once a server wants a key: before that, ssh does not look."""
    bastion.authorized = {"ssh-ed25519 AAAA"}
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
    endpoint = openssh.open("t1", change(profile, auth=AgentAuth(socket=str(agent))), OPEN)
    assert works(endpoint.host, endpoint.port)


def test_an_agent_without_the_key_is_refused(openssh: Adapter, profile: Profile, bastion: Bastion, agent: Path) -> None:
    """Ssh says no more of it than that the login failed."""
    bastion.authorized = {"ssh-ed25519 AAAA"}
    assert refusal(openssh, change(profile, auth=AgentAuth(socket=str(agent)))).code == "auth-failed"


def test_a_certificate_beside_the_key_is_offered(
    openssh: Adapter, profile: Profile, bastion: Bastion, tmp_path: Path, works: Works
) -> None:
    """A server that knows only the authority lets the key in by its certificate."""
    authority, key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    bastion.authorities.add(authority.public_data)
    file = tmp_path / "id"
    key.write_private_key(str(file))
    file.chmod(0o600)
    certificate = authority.generate_user_certificate(key.convert_to_public(), "id", principals=["alice"])
    certificate.write_certificate(f"{file}-cert.pub")
    endpoint = openssh.open("t1", change(profile, auth=KeyAuth(file=str(file))), OPEN)
    assert works(endpoint.host, endpoint.port)
