"""How the source of an adapter becomes a program, in each language: its ordinary package client, and nothing else."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Toolchain:
    """The ``tools`` on the path that it needs; ``build`` are run in the adapter's folder; ``start`` starts the adapter.

    ``{folder}`` in a word is the adapter's folder. ``advice`` says how to get the tools.
    """

    tools: tuple[str, ...]
    build: tuple[tuple[str, ...], ...]
    start: tuple[str, ...]
    advice: str

    def missing(self) -> str | None:
        """Return the first tool that this machine lacks."""
        return next((tool for tool in self.tools if shutil.which(tool) is None), None)

    def builds(self, folder: Path) -> list[list[str]]:
        """Return the commands that make the program in ``folder``."""
        return [[word.replace("{folder}", str(folder)) for word in command] for command in self.build]

    def argv(self, folder: Path) -> tuple[str, ...]:
        """Return what starts the adapter that was built in ``folder``."""
        return tuple(word.replace("{folder}", str(folder)) for word in self.start)


_PYTHON = "{folder}/env/bin/python"
_SHORT_LIVED = (
    "-XX:+UseSerialGC",
    "-XX:Tier4InvocationThreshold=50000",
    "-XX:Tier4MinInvocationThreshold=6000",
    "-XX:Tier4CompileThreshold=150000",
    "-XX:Tier4BackEdgeThreshold=400000",
)
"""Each scenario starts a new Java machine. The optimizing compiler takes what is ten times hotter than usual: that is
still what encrypts, and a first login costs three quarters of the processor's time."""

TOOLCHAINS: Mapping[str, Toolchain] = {
    "python": Toolchain(
        tools=(sys.executable,),
        build=(
            (sys.executable, "-m", "venv", "{folder}/env"),
            (_PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"),
        ),
        start=(_PYTHON, "-E", "-s", "{folder}/adapter.py"),
        advice="Debian has what makes environments in python3-venv",
    ),
    "node": Toolchain(
        tools=("node", "npm"),
        build=(("npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"),),
        start=("node", "{folder}/adapter.js"),
        advice="install Node.js 18 or later with npm",
    ),
    "go": Toolchain(
        tools=("go",),
        build=(("go", "build", "-mod=mod", "-o", "adapter", "."),),
        start=("{folder}/adapter",),
        advice="install Go 1.25 or later",
    ),
    "cargo": Toolchain(
        tools=("cargo", "cc"),
        build=(("cargo", "build", "--quiet", "--release"),),
        start=("{folder}/target/release/adapter",),
        advice="install Rust 1.89 or later with cargo, and a C compiler",
    ),
    "maven": Toolchain(
        tools=("java", "javac", "mvn"),
        build=(
            (
                "mvn",
                "--quiet",
                "--batch-mode",
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                "-DoutputDirectory={folder}/lib",
            ),
            ("javac", "-cp", "{folder}/lib/*", "-sourcepath", "{folder}", "-d", "classes", "Adapter.java"),
        ),
        start=("java", *_SHORT_LIVED, "-cp", "{folder}/classes:{folder}/lib/*", "Adapter"),
        advice="install a JDK 17 or later, and Maven",
    ),
}
