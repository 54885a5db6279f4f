"""Credentials that scenarios ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from harness.adapter.profile import AgentAuth, GeneratedTotp
from harness.scenario.language.tunnel import AgentSpec, TotpSpec
from harness.scenario.login.credentials import Credentials
from harness.scenario.login.logins import NOT_BASE32, Logins
from harness.scenario.props.props import Props
from harness.text.redaction import Redactor


@pytest.fixture
def redactor() -> Redactor:
    """One that knows nothing yet."""
    return Redactor()


@pytest.fixture
def logins(tmp_path: Path, redactor: Redactor) -> Iterator[Logins]:
    """Those of a scenario whose home has a short path."""
    props = Props()
    yield Logins(Credentials(redactor), props, tmp_path)
    props.close()


@pytest.mark.parametrize("socket", ["given", "environment"])
def test_agents_have_short_paths(logins: Logins, tmp_path: Path, socket: str) -> None:
    """A socket's path has 107 bytes (unix(7)), however long that of the scenario's folder is."""
    folder = tmp_path / ("long" * 25) / "bastion"
    folder.mkdir(parents=True)
    spec = AgentSpec.model_validate({"method": "agent", "socket": socket})
    login = logins.credentials.login("bastion")
    auth = logins.auth(spec, login, folder)
    assert isinstance(auth, AgentAuth)
    path = auth.socket or logins.environment(spec, login)["SSH_AUTH_SOCK"]
    assert Path(path).is_socket()


def test_every_hop_s_agent_is_another(logins: Logins) -> None:
    """They hold different keys."""
    spec = AgentSpec.model_validate({"method": "agent", "socket": "given"})
    hops = ("entry", "bastion")
    given = [logins.auth(spec, logins.credentials.login(hop), logins.home / hop) for hop in hops]
    assert len({auth.socket for auth in given if isinstance(auth, AgentAuth)}) == len(hops)


@pytest.mark.parametrize("form", get_args(TotpSpec.model_fields["secret"].annotation))
def test_secrets_are_kept_out_of_reports_as_they_are_written(logins: Logins, redactor: Redactor, form: Any) -> None:
    """In small letters and in groups too."""
    totp = logins.totp(TotpSpec.model_validate({"mode": "generate", "secret": form}), None)
    assert isinstance(totp, GeneratedTotp)
    told = totp.secret in {"", NOT_BASE32}
    assert (redactor(f"<{totp.secret}>") == f"<{totp.secret}>") is told
    assert told or redactor(f"<{totp.secret}>") == "<[redacted]>"
