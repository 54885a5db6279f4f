"""What stands in private key files, as other programs read it."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from typing import Any, cast

import asyncssh
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from harness.scenario.language.tunnel import KeyFile
from harness.scenario.login.credentials import Credentials, Login
from harness.scenario.login.key_files import PrivateKey, content, public_line
from harness.text.redaction import Redactor


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    """What knows the secrets."""
    return Redactor()


@pytest.fixture(scope="module")
def login(redactor: Redactor) -> Login:
    """Who may log in, with a key of each type."""
    return Credentials(redactor).login("bastion")


def form(**said: Any) -> KeyFile:
    """Return how a key is kept."""
    return KeyFile.model_validate(said)


def public_of(file: Path, passphrase: str = "") -> str:
    """Return the type and the key that ssh-keygen(1) finds in a private key file; raises where it finds none."""
    command = ["ssh-keygen", "-y", "-P", passphrase, "-f", str(file)]
    words = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.split()
    return " ".join(words[:2])


@pytest.mark.parametrize(
    "kept",
    [
        {"type": "ed25519"},
        {"type": "rsa", "format": "pem"},
        {"type": "rsa", "format": "pkcs8"},
        {"type": "ecdsa-256", "format": "pem"},
        {"type": "ecdsa-521"},
    ],
    ids=lambda kept: "-".join(kept.values()),
)
def test_a_file_holds_the_key_that_the_bastion_knows(login: Login, tmp_path: Path, kept: dict[str, Any]) -> None:
    """In each format."""
    assert public_of(login.write_key(form(**kept), tmp_path)) in login.authorized_keys


def test_the_last_line_may_have_no_end(login: Login, tmp_path: Path) -> None:
    """As editors leave it; the rest is all there."""
    text = login.write_key(form(ending="cut"), tmp_path).read_text()
    assert text.endswith("-----END OPENSSH PRIVATE KEY-----")
    public = asyncssh.import_private_key(f"{text}\n").export_public_key()
    assert public.decode().split() == public_line(login.keys["ed25519"]).split()


def test_lines_may_end_as_on_windows(login: Login, tmp_path: Path) -> None:
    """Each of them, and the key is the same."""
    file = login.write_key(form(ending="crlf"), tmp_path)
    assert all(line.endswith(b"\r\n") for line in file.read_bytes().splitlines(keepends=True))
    plain = asyncssh.import_private_key(file.read_bytes().replace(b"\r", b""))
    assert plain.export_public_key().decode().split()[:2] == public_line(login.keys["ed25519"]).split()


@pytest.mark.parametrize("kept", [{}, {"cipher": "aes256-gcm@openssh.com"}, {"format": "pkcs8", "type": "rsa"}])
def test_an_encrypted_key_needs_its_passphrase(login: Login, tmp_path: Path, kept: dict[str, Any]) -> None:
    """Whatever it is encrypted with."""
    file = login.write_key(form(**{"encrypted": True, **kept}), tmp_path)
    assert public_of(file, login.passphrase) in login.authorized_keys
    with pytest.raises(subprocess.CalledProcessError):
        public_of(file, "wrong")


def test_a_named_cipher_is_the_one_that_is_used(login: Login, tmp_path: Path) -> None:
    """It stands in the file (PROTOCOL.key of OpenSSH)."""
    text = login.write_key(form(cipher="aes128-ctr"), tmp_path).read_text()
    assert b"aes128-ctr" in base64.b64decode("".join(text.splitlines()[1:-1]))


def test_what_people_take_for_a_private_key_is_none(login: Login, tmp_path: Path) -> None:
    """A public key, half a key, noise: nobody can read them."""
    for kind in ("public", "half", "noise"):
        with pytest.raises(subprocess.CalledProcessError):
            public_of(login.write_key(form(content=kind), tmp_path))


def test_a_public_key_in_the_place_of_the_private_one_is_the_right_one(login: Login) -> None:
    """As when somebody chose the file beside it."""
    text = content(login.keys["ed25519"], form(content="public"), None).decode()
    assert text.startswith(f"{public_line(login.keys['ed25519'])} ")


def test_a_dsa_key_is_one(login: Login) -> None:
    """Whole, so that only its type is wrong."""
    assert load_pem_private_key(content(login.keys["ed25519"], form(content="dsa"), None), None).key_size == 1024  # type: ignore[union-attr]


def test_putty_s_format_holds_the_key(login: Login) -> None:
    """Its private part has d, p, q and the inverse of q (the PuTTY manual, appendix C)."""
    key: PrivateKey = login.keys["rsa"]
    lines = content(key, form(format="ppk", type="rsa"), None).decode().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("Private-Lines: "))
    count = int(lines[at].split()[1])
    rest = base64.b64decode("".join(lines[at + 1 : at + 1 + count]))
    numbers = []
    while rest:
        size = int.from_bytes(rest[:4], "big")
        numbers.append(int.from_bytes(rest[4 : 4 + size], "big", signed=True))
        rest = rest[4 + size :]
    _, p, q, inverse = numbers
    assert p * q == cast("rsa.RSAPrivateKey", key).public_key().public_numbers().n
    assert q * inverse % p == 1


@pytest.mark.parametrize("other", [{"type": "ed25519"}, {"type": "rsa", "encrypted": True}])
def test_putty_s_format_is_for_plain_rsa_keys(other: dict[str, Any]) -> None:
    """Of others nothing would be written that PuTTY reads."""
    with pytest.raises(ValueError, match="ppk is for keys of type rsa"):
        form(format="ppk", **other)


def test_a_key_file_is_for_its_owner_only(login: Login, tmp_path: Path) -> None:
    """Or for nobody, or not there."""
    assert login.write_key(form(), tmp_path).stat().st_mode & 0o777 == 0o600
    assert login.write_key(form(unreadable=True), tmp_path).stat().st_mode & 0o777 == 0
    assert not login.write_key(form(missing=True), tmp_path).exists()


def test_nothing_of_a_private_key_is_shown(login: Login, redactor: Redactor, tmp_path: Path) -> None:
    """Not a line of it, in any format."""
    for kept in ({}, {"format": "ppk", "type": "rsa"}, {"ending": "crlf", "format": "pem", "type": "ecdsa-256"}):
        middle = login.write_key(form(**kept), tmp_path).read_text().splitlines()[-3]
        assert middle not in redactor(f"the file says {middle}")


@pytest.mark.parametrize(
    "form", [KeyFile(content="public"), KeyFile(type="rsa", format="ppk"), KeyFile()], ids=["public", "ppk", "openssh"]
)
def test_what_every_key_has_in_common_stays_readable(
    login: Login, redactor: Redactor, tmp_path: Path, form: KeyFile
) -> None:
    """Host keys begin like user keys of their type; their lines in logs tell what a verdict rests on."""
    login.write_key(form, tmp_path)
    other = asyncssh.generate_private_key("ssh-rsa" if form.type == "rsa" else "ssh-ed25519")
    line = other.export_public_key().decode()
    assert redactor(line) == line


def test_a_certificate_lets_in_a_key_that_no_bastion_knows(login: Login, tmp_path: Path) -> None:
    """It stands beside the key, and is signed for the user by the authority that the bastion trusts."""
    file = login.write_key(form(certificate=True), tmp_path)
    certificate = asyncssh.read_certificate(file.with_name(f"{file.name}-cert.pub"))
    public = public_of(file)
    assert public not in login.authorized_keys
    assert " ".join(certificate.key.export_public_key().decode().split()[:2]) == public
    signer = " ".join(certificate.signing_key.export_public_key().decode().split()[:2])
    assert f"cert-authority {signer}" in login.authorized_keys
    assert certificate.principals == [login.user]


def test_the_certificate_goes_with_its_key(login: Login, tmp_path: Path) -> None:
    """Beside the key that is written next in the same place, it would be a wrong one."""
    login.write_key(form(certificate=True), tmp_path)
    file = login.write_key(form(), tmp_path)
    assert not file.with_name(f"{file.name}-cert.pub").exists()
