"""Adapters that ship are described, built in a folder of the user's cache, and found there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from harness.adapter import registry
from harness.adapter.shelf import installing, toolchains
from harness.adapter.shelf.catalogue import ShippedAdapter, entries
from harness.adapter.shelf.toolchains import TOOLCHAINS, Toolchain
from harness.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_INSTALLED = [entry for entry in entries().values() if entry.toolchain != "machine"]


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ShippedAdapter:
    """An adapter whose toolchain copies its source, with a cache of its own."""
    copying = Toolchain(
        tools=(sys.executable,),
        build=((sys.executable, "-c", "import shutil; shutil.copy('adapter.py', 'built')"),),
        start=("{folder}/built",),
        advice="install Python",
    )
    monkeypatch.setattr(installing, "TOOLCHAINS", {"python": copying})
    monkeypatch.setattr(installing, "home", lambda name: tmp_path / name)
    return entries()["asyncssh"]


@pytest.mark.parametrize("entry", _INSTALLED, ids=lambda entry: entry.name)
def test_the_version_that_is_listed_is_the_one_that_is_fetched(entry: ShippedAdapter) -> None:
    """Its package client's own manifest pins it."""
    manifests = [text.decode() for name, text in entry.sources().items() if name != "adapter.toml"]
    assert any(entry.version is not None and entry.version in text for text in manifests)


@pytest.mark.parametrize("entry", entries().values(), ids=lambda entry: entry.name)
def test_each_has_a_page_and_a_toolchain(entry: ShippedAdapter) -> None:
    """The page says how it was built and what was left to the library."""
    assert entry.toolchain in {*TOOLCHAINS, "machine"}
    assert entry.name == "openssh" or (entry.folder / "README.md").is_file()


def test_what_is_installed_can_be_judged(entry: ShippedAdapter, tmp_path: Path) -> None:
    """Its name is an implementation's, as a path is."""
    told: list[str] = []
    installing.install(entry, told.append)
    assert registry.resolve("asyncssh").argv == (f"{tmp_path}/asyncssh/built",)
    assert len(told) == 1


@pytest.mark.usefixtures("entry")
def test_sources_of_rust_are_where_cargo_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of a few files becomes a crate."""
    looking = Toolchain(("sh",), (("sh", "-c", "test -f Cargo.toml && test -f src/main.rs"),), (), "install Rust")
    monkeypatch.setattr(installing, "TOOLCHAINS", {"cargo": looking})
    installing.install(entries()["russh"], lambda _: None)
    assert installing.state(entries()["russh"]) == "installed"


def test_what_is_not_installed_says_how(entry: ShippedAdapter) -> None:
    """The command to type is in the message."""
    with pytest.raises(UsageError, match="run: tunspec adapter install asyncssh"):
        installing.argv(entry)


def test_a_source_that_changed_is_outdated(entry: ShippedAdapter, tmp_path: Path) -> None:
    """A verdict on an older adapter would be taken for one on this."""
    installing.install(entry, lambda _: None)
    (tmp_path / "asyncssh" / "installed-from").write_text("something else", encoding="utf-8")
    assert installing.state(entry) == "outdated"


def test_a_tool_that_is_missing_is_named(entry: ShippedAdapter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fetched before all tools are there."""
    lacking = Toolchain(tools=("no-such-tool",), build=(), start=(), advice="install it so")
    monkeypatch.setattr(installing, "TOOLCHAINS", {"python": lacking})
    with pytest.raises(UsageError, match="no-such-tool, which is not found; install it so"):
        installing.install(entry, lambda _: None)


def test_a_build_that_fails_shows_what_was_said(entry: ShippedAdapter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package client's own words are the best there are; and a half-built adapter is not installed."""
    failing = Toolchain(("sh",), (("sh", "-c", "echo no such version; exit 1"),), (), "look at the network")
    monkeypatch.setattr(installing, "TOOLCHAINS", {"python": failing})
    with pytest.raises(UsageError, match="no such version"):
        installing.install(entry, lambda _: None)
    assert installing.state(entry) == "not installed"


def test_a_name_that_does_not_ship_lists_those_that_do() -> None:
    """A slip of the pen is seen at once."""
    with pytest.raises(UsageError, match="asyncssh, "):
        installing.find("assyncssh")


def test_python_adapters_do_not_see_the_user_s_python_settings() -> None:
    """PYTHONPATH is passed on to adapters, and would put another library before the pinned one."""
    assert "-E" in toolchains.TOOLCHAINS["python"].start
