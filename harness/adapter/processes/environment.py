"""What an adapter has of the environment of the person who runs the suite.

A list of what is passed on, not of what is left out: agents, proxies, keyrings, XDG folders and tokens have no end,
and each that was forgotten would be state that leaks into a verdict, or a secret that reaches an untrusted program.
What finds runtimes and libraries is passed on, for an adapter is written in any language; one that needs more sets
it itself, or is started by a script that does. ``HOME`` is each scenario's own.
"""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = frozenset(
    {
        *("PATH", "LANG", "LANGUAGE", "TZ", "TZDIR", "TMPDIR", "TMP", "TEMP", "TERM"),
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "NIX_LD", "NIX_LD_LIBRARY_PATH"),
        *("VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_ROOT"),
        *("JAVA_HOME", "CLASSPATH", "SDKMAN_DIR", "DOTNET_ROOT"),
        *("NODE_PATH", "NVM_DIR", "VOLTA_HOME"),
        *("GOPATH", "GOROOT", "GOCACHE", "GOMODCACHE", "CARGO_HOME", "RUSTUP_HOME"),
        *("GEM_HOME", "GEM_PATH", "RUBYLIB", "RBENV_ROOT", "PERL5LIB"),
        *("ASDF_DIR", "ASDF_DATA_DIR", "MISE_DATA_DIR"),
    }
)
_BEGINNINGS = ("LC_", "PYTHON")
_OF_THE_ENGINE = "DOCKER_"


def inherited(environment: Mapping[str, str], *, engine: bool) -> dict[str, str]:
    """Return what is passed on of ``environment``; to docker's command (``engine``) also how it reaches its engine."""
    beginnings = (*_BEGINNINGS, _OF_THE_ENGINE) if engine else _BEGINNINGS
    return {key: value for key, value in environment.items() if key in _NAMES or key.startswith(beginnings)}
