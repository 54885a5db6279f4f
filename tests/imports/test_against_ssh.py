"""What the scenarios expect of an OpenSSH configuration is what OpenSSH itself says of it."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.scenario.shipped import shipped_scenarios
from harness.scenario.verbs.imports import ImportConfig

ME = pwd.getpwuid(os.getuid())
NOT_RUN_HERE = ("exec", "ProxyCommand")


def expectations() -> Iterator[Any]:
    """Every import of a configuration that is expected to succeed, and that ssh would read without running programs."""
    for scenario in shipped_scenarios().values():
        for number, step in enumerate(scenario.steps, start=1):
            if isinstance(step.verb, ImportConfig) and step.verb.expect and not _runs_programs(step.verb):
                yield pytest.param(step.verb, id=f"{scenario.id}-{number}")


def _runs_programs(step: ImportConfig) -> bool:
    """Tell whether ssh would run programs for this configuration, which a jump host by ssh -W is to it, too."""
    return any(word in text for word in NOT_RUN_HERE for text in step.files.values())


class Ssh:
    """OpenSSH's reading of a configuration in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.config = home / ".ssh" / "config"

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["ssh", "-F", str(self.config), "-o", "IgnoreUnknown=*", *arguments],
            env={"PATH": os.environ["PATH"], "HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )

    def says(self, *arguments: str) -> dict[str, Any]:
        """Return an answer in the protocol's words; ``arguments`` are ssh's, the host last."""
        printed = self._run("-G", *arguments)
        assert printed.returncode == 0, printed.stderr
        said = dict(line.split(" ", 1) for line in printed.stdout.splitlines() if " " in line)
        return {
            "host": said["hostname"],
            "port": int(said["port"]),
            "user": said["user"],
            "identity_files": self._identity_files(*arguments) if self._names_keys(printed.stdout) else [],
            "identity_agent": self._agent(said.get("identityagent")),
            "identities_only": said["identitiesonly"] == "yes",
            "host_key_alias": said.get("hostkeyalias"),
            "certificate_files": [self._expanded(path) for path in _all(printed.stdout, "certificatefile")],
            "known_hosts_files": self._known_hosts(said["userknownhostsfile"]),
            "jumps": list(self._jumps(said.get("proxyjump"), said["hostname"])),
        }

    def _known_hosts(self, said: str) -> list[str]:
        """Return the files for host keys; where none are configured, ssh prints its default ones."""
        files = [self._expanded(path) for path in said.split()]
        return [] if files == [f"{self.home}/.ssh/known_hosts", f"{self.home}/.ssh/known_hosts2"] else files

    def _names_keys(self, printed: str) -> bool:
        """Tell whether keys are configured; where none are, ssh prints its default ones."""
        usual = subprocess.run(["ssh", "-G", "-F", "/dev/null", "x"], capture_output=True, text=True, check=True)
        keys = re.compile(r"^identityfile .*$", re.MULTILINE)
        return keys.findall(printed) != keys.findall(usual.stdout)

    def _identity_files(self, *arguments: str) -> list[str]:
        """Return the paths that ssh tries, as it expands them; it takes the home from the user database."""
        alone = re.sub(r"-J\n[^\n]*\n", "", "\n".join(arguments)).split("\n")
        told = self._run("-v", "-o", "ProxyCommand=true", "-o", "BatchMode=yes", *alone).stderr
        paths = re.findall(r"^debug1: identity file (.*) type -?\d+$", told, re.MULTILINE)
        return [self._at_home(path) for path in paths if not path.endswith("-cert")]

    def _at_home(self, path: str) -> str:
        return path.replace(ME.pw_dir, str(self.home), 1) if path.startswith(f"{ME.pw_dir}/") else path

    def _expanded(self, path: str) -> str:
        """Return a path that ssh prints as it stands, with the home in place of a tilde."""
        return f"{self.home}{path[1:]}" if path.startswith("~/") else self._at_home(path)

    def _agent(self, path: str | None) -> str | None:
        """Return the agent that is meant in the protocol's words."""
        return None if path in {None, "SSH_AUTH_SOCK"} else self._at_home(str(path))

    def _jumps(self, text: str | None, target: str) -> Iterator[dict[str, Any]]:
        """Follow ProxyJump as ssh does: it starts ``ssh -J <the ones before> <the last one>``, %h being ``target``."""
        if text is None:
            return
        before, _, last = text.replace("%h", target).rpartition(",")
        user, _, place = last.rpartition("@")
        host, port = re.fullmatch(r"\[?([^\]]*?)\]?(?::(\d+))?", place).groups()  # type: ignore[union-attr]  # ssh wrote it
        options = [
            *(("-l", user) if user else ()),
            *(("-p", port) if port else ()),
            *(("-J", before) if before else ()),
        ]
        said = self.says(*options, host)
        yield from said.pop("jumps")
        yield said


def _all(printed: str, key: str) -> list[str]:
    """Return each value that ssh prints for ``key``."""
    return re.findall(rf"^{key} (.*)$", printed, re.MULTILINE)


def assert_contains(said: Any, expected: Any, home: Path) -> None:
    """Compare what is expected with what was said, key by key."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            nobody = key == "user" and value is None
            assert_contains(said[key], ME.pw_name if nobody else value, home)
    elif isinstance(expected, list):
        assert len(said) == len(expected), said
        for one, other in zip(said, expected, strict=True):
            assert_contains(one, other, home)
    elif isinstance(expected, str) and expected.startswith("~/"):
        assert said == f"{home}{expected[1:]}"
    else:
        assert said == expected


@pytest.mark.parametrize("step", tuple(expectations()))
def test_the_expected_values_are_those_of_ssh(step: ImportConfig, tmp_path: Path) -> None:
    """User, host, port, keys, agent and jump hosts are as ``ssh -G`` and ``ssh -v`` print them."""
    for name, text in step.files.items():
        file = tmp_path / ".ssh" / name
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o600)
    expected = {key: value for key, value in (step.expect or {}).items() if key != "warnings"}
    assert_contains(Ssh(tmp_path).says(step.host), expected, tmp_path)
