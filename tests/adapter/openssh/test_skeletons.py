"""Every skeleton of ``tunspec adapter new`` is an adapter that works."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.adapter.driver import Adapter, Refused
from harness.adapter.profile import Endpoint, KeyAuth
from harness.adapter.registry import resolve
from harness.adapter.skeletons import SKELETONS, files
from harness.command.adapters import new
from harness.errors import UsageError

from .profiles import OPEN, change, refusal, write_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.adapter.profile import Profile
    from harness.timeline import Timeline

    from .bastion import Bastion
    from .conftest import User

    Works = Callable[[str, int], bool]

_TOOLS = {"python": "python3", "node": "node"}


@pytest.fixture(scope="module", params=SKELETONS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adapter of one language, written and built as its user would."""
    language = request.param
    tool = SKELETONS[language].tool or _TOOLS.get(language)
    if tool and shutil.which(tool) is None:
        pytest.skip(f"needs {tool}")
    folder = tmp_path_factory.mktemp("mine") / language
    new.write(language, folder)
    if build := SKELETONS[language].build:
        subprocess.run(build, cwd=folder, check=True)
    return folder / "adapter"


@pytest.fixture
def skeleton(built: Path, tmp_path: Path, timeline: Timeline, user: User) -> Iterator[Adapter]:
    """It runs in the test's folder; the user answers its questions."""
    with Adapter.start(
        resolve(str(built)), folder=tmp_path, environment={"HOME": str(tmp_path)}, timeline=timeline, answer=user
    ) as adapter:
        yield adapter


@pytest.fixture
def key_profile(tmp_path: Path, profile: Profile, bastion: Bastion) -> Profile:
    """A login by key at a host that is not known yet."""
    return change(profile, auth=KeyAuth(file=str(write_key(tmp_path, bastion))))


def test_it_opens_asks_tells_and_closes(skeleton: Adapter, key_profile: Profile, works: Works) -> None:
    """Bytes are carried, the host key was asked about, each state was told."""
    endpoint = skeleton.open("t1", key_profile, OPEN)
    assert works(endpoint.host, endpoint.port)
    assert skeleton.status("t1", OPEN).port == endpoint.port
    skeleton.close("t1", OPEN)
    assert [question.kind for _, question, _ in skeleton.questions("t1")] == ["host-key"]
    assert [event.state for _, event in skeleton.state_events("t1")] == ["connecting", "connected", "closed"]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((endpoint.host, endpoint.port))


def test_a_close_ends_an_open(skeleton: Adapter, key_profile: Profile) -> None:
    """Both are answered while the server says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        nobody = Endpoint(host="127.0.0.1", port=silent.getsockname()[1], user="alice")
        opening = skeleton.begin_open("t1", change(key_profile, ssh=nobody))
        connection, _ = silent.accept()
        with connection:
            skeleton.close("t1", OPEN)
            with pytest.raises(Refused, match="cancelled"):
                opening.wait(OPEN)


def test_a_refused_login_has_a_message(skeleton: Adapter, key_profile: Profile, bastion: Bastion) -> None:
    """Ssh's own, with its code."""
    bastion.authorized = {"ssh-ed25519 AAAA"}
    assert refusal(skeleton, key_profile).code == "auth-failed"


def test_a_lost_tunnel_is_told(skeleton: Adapter, key_profile: Profile, bastion: Bastion, loop: object) -> None:
    """As a state, when it happens."""
    skeleton.open("t1", key_profile, OPEN)
    loop.call_soon_threadsafe(bastion.drop)  # type: ignore[attr-defined]  # an event loop
    assert skeleton.wait_for_state("t1", "failed", timeout=OPEN)


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    """The message says what to name instead."""
    (tmp_path / "mine").write_text("kept")
    with pytest.raises(UsageError, match="name a new or empty folder"):
        new.write("python", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_an_unknown_language_names_those_there_are(tmp_path: Path) -> None:
    """And nothing is written."""
    with pytest.raises(UsageError, match="choose python, go, node, java"):
        new.write("cobol", tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("language", SKELETONS)
def test_a_skeleton_needs_no_package(language: str) -> None:
    """Nothing is downloaded to build or run one."""
    names = set(files(language))
    assert not names & {"package.json", "requirements.txt", "go.sum", "Cargo.toml", "pom.xml"}
