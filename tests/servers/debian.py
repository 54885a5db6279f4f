"""Debian's servers, installed or unpacked by ``scripts/servers``; each takes its connections from inetd."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from .inetd import NOBODY, Inetd
from .server import USER, Credential, Server

_UNPACKED = Path(__file__).parents[2] / ".servers"
_PROGRAMS = [_UNPACKED / "usr/sbin", _UNPACKED / "usr/bin", Path("/usr/sbin"), Path("/usr/bin")]
_WRAPPER = "libnss_wrapper.so"
_OTHERS_WRITE = 0o022


def _find(program: str) -> str | None:
    return shutil.which(program, path=os.pathsep.join(map(str, _PROGRAMS)))


def _found(program: str) -> str:
    path = _find(program)
    assert path, f"{program} is gone"
    return path


def _libraries(root: Path) -> list[Path]:
    return [*root.glob("usr/lib/*-linux-gnu*")]


def _wrapper() -> Path | None:
    places = (folder / _WRAPPER for folder in [*_libraries(_UNPACKED), *_libraries(Path("/"))])
    return next((path for path in places if path.exists()), None)


def _missing(*programs: str) -> list[str]:
    return [each for each in programs if _find(each) is None]


def _unpack(missing: list[str]) -> str | None:
    return f"needs {', '.join(missing)}: run scripts/servers" if missing else None


def _keygen(file: Path) -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(file)], check=True)
    return file.with_suffix(".pub").read_text().strip()


class Dropbear:
    """Its user's home is in the folder."""

    name = "dropbear"

    def why_not(self) -> str | None:
        """Return what this machine lacks for it, or None."""
        return _unpack([*_missing("dropbear", "dropbearconvert", "ssh-keygen"), *([] if _wrapper() else [_WRAPPER])])

    def start(self, folder: Path, user: Credential, stack: ExitStack) -> Server:
        """Let inetd serve."""
        host_key = _keygen(folder / "host_key")
        converted = str(folder / "dropbear_key")
        convert = ["dropbearconvert", "openssh", "dropbear", str(folder / "host_key"), converted]
        subprocess.run(convert, check=True, capture_output=True)
        inetd = Inetd([_found("dropbear"), "-i", "-r", converted], _only_user(folder, user, os.getuid()))
        stack.callback(inetd.stop)
        return Server(inetd.port, host_key)


class TinySsh:
    """It takes keys from no home below a folder that others can write, such as /tmp."""

    name = "TinySSH"

    def why_not(self) -> str | None:
        """Return what this machine lacks for it, or None."""
        missing = _missing("tinysshd", "tinysshd-makekey", "tinysshd-printkey")
        if missing or not _wrapper():
            return _unpack([*missing, *([] if _wrapper() else [_WRAPPER])])
        return None if _trusted_folder() else f"needs {_UNPACKED} in a place that only its user can write"

    def start(self, folder: Path, user: Credential, stack: ExitStack) -> Server:
        """Let inetd serve; the home goes where TinySSH trusts it."""
        keys = str(folder / "keys")
        subprocess.run([_found("tinysshd-makekey"), keys], check=True)
        printed = subprocess.run([_found("tinysshd-printkey"), keys], check=True, capture_output=True, text=True)
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="home-", dir=_trusted_folder())))
        inetd = Inetd([_found("tinysshd"), keys], _only_user(home, user, os.getuid()))
        stack.callback(inetd.stop)
        return Server(inetd.port, printed.stdout.strip())


class OpenSsh:
    """Where the tests are root it runs as nobody: it needs neither a user nor a folder of the system then."""

    name = "OpenSSH"

    def why_not(self) -> str | None:
        """Return what this machine lacks for it, or None."""
        return _unpack([*_missing("sshd", "ssh-keygen"), *([] if _wrapper() else [_WRAPPER])])

    def start(self, folder: Path, user: Credential, stack: ExitStack) -> Server:
        """Let inetd serve, with everything in a folder that nobody can read."""
        del folder
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        host_key = _keygen(place / "host_key")
        program = shutil.copy(_found("sshd"), place)
        for library in (library for each in _libraries(_UNPACKED) for library in each.glob("*.so*")):
            shutil.copy(library, place)
        as_nobody = os.getuid() == 0
        environment = _only_user(place, user, NOBODY if as_nobody else os.getuid())
        if as_nobody:
            for path in (place, *place.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        command = [program, "-i", "-e", "-f", "/dev/null", "-h", str(place / "host_key"), "-oUsePAM=no"]
        inetd = Inetd(command, {**environment, "LD_LIBRARY_PATH": str(place)}, as_nobody=as_nobody)
        stack.callback(inetd.stop)
        return Server(inetd.port, host_key)


def _only_user(folder: Path, user: Credential, number: int) -> Mapping[str, str]:
    """Return what lets a program see one user only: dropbear and TinySSH look in its home for keys.

    They know no other way to name the file. nss_wrapper(1) answers for the databases of the system.
    """
    home = folder / "home"
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    shutil.copy(user.authorized, home / ".ssh" / "authorized_keys")
    wrapper = shutil.copy(_wrapper() or "", folder)
    users, groups = folder / "passwd", folder / "group"
    users.write_text(f"{USER}:x:{number}:{number}::{home}:/bin/sh\n")
    groups.write_text(f"{USER}:x:{number}:\n")
    return {"LD_PRELOAD": wrapper, "NSS_WRAPPER_PASSWD": str(users), "NSS_WRAPPER_GROUP": str(groups)}


def _trusted_folder() -> Path | None:
    places = [_UNPACKED, *(Path(place) for place in [os.environ.get("XDG_RUNTIME_DIR")] if place)]
    return next((place for place in places if place.is_dir() and not any(map(_others_write, _way_to(place)))), None)


def _way_to(place: Path) -> list[Path]:
    return [place.resolve(), *place.resolve().parents]


def _others_write(folder: Path) -> bool:
    return bool(folder.stat().st_mode & _OTHERS_WRITE)
