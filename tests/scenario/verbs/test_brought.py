"""Tunnels that are asked for by what the implementation itself imported."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from harness.adapter.driver import NoAnswer, Refused
from harness.adapter.profile import Profile
from harness.adapter.protocol import ErrorDetail, ImportConfigOk, ImportUrlOk, OpenOk
from harness.errors import Failed
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs import tunnel
from harness.scenario.verbs.tunnel import Open

from ..standins import Profiles, profile_of

DATABASE = {"engine": "mysql", "host": "shop.internal", "port": 3306}


@dataclass
class Importing:
    """An adapter that imports this, or refuses; remembers what it was asked for."""

    raises: Exception | None = None
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    opened: list[Profile] = field(default_factory=list)

    def import_config(self, file: Path | None, host: str, timeout: float) -> ImportConfigOk:
        self._import(file, host, timeout)
        return ImportConfigOk(host="imported", port=2200, user="u")

    def import_url(self, url: str, timeout: float) -> ImportUrlOk:
        self._import(url, timeout)
        return ImportUrlOk.model_validate({"ssh": {"host": "imported"}, "method": "password", "database": DATABASE})

    def open(self, _tunnel: str, profile: Profile, timeout: float) -> OpenOk:
        assert timeout > 0
        self.opened.append(profile)
        return OpenOk(host="127.0.0.1", port=60000)

    def _import(self, *asked: Any) -> None:
        self.asked.append(asked)
        if self.raises:
            raise self.raises


def importing(stage: Stage, raises: Exception | None = None) -> Importing:
    """Put such an adapter on the stage."""
    adapter = Importing(raises)
    stage.adapter = adapter  # type: ignore[assignment]
    return adapter


def step(**arguments: Any) -> Any:
    """Return the step as a scenario file would have it."""
    return Open.read(arguments, {})


def test_a_host_is_imported_from_the_user_s_own_file(stage: Stage, profiles: Profiles) -> None:
    """It is laid out before the adapter is asked, and the answer is what is opened."""
    adapter = importing(stage)
    step(**{"from": "config", "host": "db", "files": {"config": "Host db\n", "conf.d/more": "x"}}).run(stage)
    assert adapter.asked == [(None, "db", 20.0)]
    assert (stage.home / ".ssh" / "config").read_text() == "Host db\n"
    assert (stage.home / ".ssh" / "conf.d" / "more").stat().st_mode & 0o777 == 0o600
    assert adapter.opened[0].ssh.host == "imported"
    assert adapter.opened[0].target == profiles.profile.target


def test_files_of_an_earlier_step_are_gone(stage: Stage) -> None:
    """Each step says all that is there."""
    importing(stage)
    for name in ("old", "new"):
        step(**{"from": "config", "host": "db", "files": {name: ""}}).run(stage)
    assert [file.name for file in (stage.home / ".ssh").iterdir()] == ["new"]


def test_a_url_is_imported(stage: Stage) -> None:
    """Its database is the target."""
    adapter = importing(stage)
    step(**{"from": "url", "url": "mysql+ssh://imported/shop"}).run(stage)
    assert adapter.asked == [("mysql+ssh://imported/shop", 20.0)]
    assert adapter.opened[0].target.host == "shop.internal"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("raises", "observed"),
    [
        (Refused(ErrorDetail(code="bad-profile", message="no such host")), "bad-profile"),
        (NoAnswer("silence"), "no answer"),
    ],
)
def test_what_is_not_imported_is_not_opened(stage: Stage, raises: Exception, observed: str) -> None:
    """It fails, whatever the step expects of the opening."""
    adapter = importing(stage, raises)
    with pytest.raises(Failed, match=observed):
        step(**{"from": "config", "host": "db", "files": {}, "error": "any"}).run(stage)
    assert not adapter.opened


@pytest.mark.parametrize(
    "said",
    [
        {"from": "config", "host": "db"},
        {"from": "config", "host": "db", "files": {}, "url": "x"},
        {"from": "url"},
        {"host": "db"},
        {"from": "url", "url": "<bastion.hots>"},
        {"from": "config", "host": "db", "files": {"../config": ""}},
    ],
)
def test_what_is_brought_goes_with_where_from(said: dict[str, Any]) -> None:
    """A mistake of the scenario is found when it is read."""
    with pytest.raises(ValidationError):
        step(**said)


def test_a_step_needs_what_its_texts_name() -> None:
    """The import, an agent, the nodes."""
    one = tunnel.Test.read({"from": "config", "host": "db", "files": {"config": "<last.host> <first.agent>"}}, {})
    assert {"import-config", "auth.agent", "test"} <= one.features()
    assert one.nodes() == ("last", "first")
    assert "import-url" in step(**{"from": "url", "url": "mysql+ssh://h/d"}).features()
    assert not step().features() & {"import-url", "import-config"}


def test_without_a_source_the_profile_is_the_usual_one(stage: Stage, tmp_path: Path) -> None:
    """Nothing is imported."""
    adapter = importing(stage)
    step().run(stage)
    assert adapter.opened == [profile_of(tmp_path)]
    assert not adapter.asked
