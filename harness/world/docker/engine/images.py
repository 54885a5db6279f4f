"""Builds the images from ``containers/``, once for each content of a recipe."""

from __future__ import annotations

import hashlib
import io
import os
import queue
import signal
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import docker.errors
import requests

from harness import resources
from harness.errors import FabricBroken
from harness.world.docker.engine.client import lock
from harness.world.docker.engine.obeying import obeying
from harness.world.docker.releases import DEFAULT, Release

BASE = DEFAULT.base
_TIMEOUT = 900
_AT_ONCE = 2
_KEPT = timedelta(hours=12)
_CA_BUNDLE = "ca-bundle.crt"
_BASTIONS = ("bastion", "bastion-totp")
_HAS_DOWNLOADS = "toxiproxy"
_CA_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")


def tag(recipe: str, release: Release = DEFAULT) -> str:
    """Return the image name of the recipe folder ``recipe``; it changes with the content of the folder."""
    digest = hashlib.sha256()
    for name, content in _files(recipe):
        digest.update(f"{name} {len(content)} ".encode() + content)
    suite = _suite(recipe, release)
    return f"{_repository(recipe)}:{digest.hexdigest()[:12]}" + ("" if suite == DEFAULT.suite else f"-{suite}")


def _suite(recipe: str, release: Release) -> str:
    """Return the suite of Debian that an image is made of: a bastion has its OpenSSH from it."""
    return release.suite if recipe in _BASTIONS else DEFAULT.suite


def ensure(
    client: Any,  # noqa: ANN401 -- the docker SDK has no types
    recipes: Iterable[str],
    log: Callable[[str], None],
    release: Release = DEFAULT,
) -> dict[str, str]:
    """Build what is missing and return recipe to image id. Raises FabricBroken with the end of the build's log.

    Bastions have OpenSSH of ``release``.

    Workers that need the same images at the same time wait for the one that builds them. An id is never pulled where
    its image is gone, as a name would be.
    """
    tags = {recipe: tag(recipe, release) for recipe in recipes}
    found = _find(client, tags)
    if found.keys() != tags.keys():
        with lock("images"):
            missing = {recipe: name for recipe, name in tags.items() if _missing(client, name)}
            if missing:
                suites = {recipe: _suite(recipe, release) for recipe in missing}
                for suite in sorted(set(suites.values())):
                    _base(client, suite, log)
                log(f"building {', '.join(missing.values())}")
                _build_all(client, missing, suites)
                _prune(client, tags)
            found = _find(client, tags)
    return found


def _find(client: Any, tags: dict[str, str]) -> dict[str, str]:  # noqa: ANN401 -- the docker SDK has no types
    """Return recipe to image id of what is there, and tag it anew: what is in use is not old.

    The id is written in digits alone: the engine takes that for no name, so that nobody can ask another machine for it.
    """
    found = {}
    for recipe, name in tags.items():
        with obeying(f"looking for the image {name}"), suppress(docker.errors.ImageNotFound):
            image = client.images.get(name)
            image.tag(*name.split(":"))
            found[recipe] = image.id.removeprefix("sha256:")
    return found


def _build_all(client: Any, missing: dict[str, str], suites: dict[str, str]) -> None:  # noqa: ANN401 -- the docker SDK has no types
    """Build two at a time, in threads that an interrupted process leaves: the engine then gives the build up."""
    waiting: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
    done: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()
    for each in missing.items():
        waiting.put(each)

    def work() -> None:
        while not waiting.empty():
            with suppress(queue.Empty):
                recipe, name = waiting.get_nowait()
                done.put(_outcome(client, recipe, name, suites[recipe]))

    for _ in range(_AT_ONCE):
        threading.Thread(target=work, name="image builder", daemon=True).start()
    for failure in [done.get() for _ in missing]:
        if failure is not None:
            raise failure


def _prune(client: Any, wanted: dict[str, str], unused_for: timedelta = _KEPT) -> None:  # noqa: ANN401 -- the docker SDK has no types
    """Remove what the builds left beside the images: their stages, and images of these recipes that nobody used lately.

    Another checkout may have its own. The engine keeps an image that a container has, and the next build tries again.
    """
    with suppress(docker.errors.DockerException, requests.RequestException):
        client.images.prune(filters={"dangling": True, "label": "org.tunspec.stage=build"})
        for recipe, name in wanted.items():
            for older in _tags(client, _repository(recipe), unused_for) - {name}:
                with suppress(docker.errors.APIError):
                    client.images.remove(older)


def _tags(client: Any, repository: str, unused_for: timedelta) -> set[str]:  # noqa: ANN401 -- the docker SDK has no types
    """Return the tags of images that were not tagged for so long."""
    images = [client.images.get(image.id) for image in client.images.list(repository)]
    tags = {tagged for image in images if _since_tagged(image) >= unused_for for tagged in image.tags}
    return {tagged for tagged in tags if tagged.startswith(f"{repository}:")}


def _since_tagged(image: Any) -> timedelta:  # noqa: ANN401 -- the docker SDK has no types
    return datetime.now(UTC) - datetime.fromisoformat(image.attrs["Metadata"]["LastTagTime"])


def _repository(recipe: str) -> str:
    return f"tunspec/{recipe}"


def _outcome(client: Any, recipe: str, name: str, suite: str) -> Exception | None:  # noqa: ANN401 -- the docker SDK has no types
    try:
        _build(client, recipe, name, suite)
    except Exception as error:  # noqa: BLE001 -- it is raised again by the thread that waits
        return error
    return None


def _files(recipe: str) -> list[tuple[str, bytes]]:
    folder = resources.containers() / recipe
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    if not found:
        raise FabricBroken(f"{folder} is missing: reinstall tunspec")
    return [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in found]


def _missing(client: Any, name: str) -> bool:  # noqa: ANN401 -- the docker SDK has no types
    with obeying(f"looking for the image {name}"):
        try:
            client.images.get(name)
        except docker.errors.ImageNotFound:
            return True
    return False


def _build(client: Any, recipe: str, name: str, suite: str) -> None:  # noqa: ANN401 -- the docker SDK has no types
    files = _files(recipe)
    if recipe == _HAS_DOWNLOADS and (bundle := _host_bundle()):
        files.append((_CA_BUNDLE, bundle.read_bytes()))
    with obeying(f"building {name}"):
        try:
            client.images.build(
                fileobj=_context(files),
                custom_context=True,
                tag=name,
                rm=True,
                forcerm=True,
                timeout=_TIMEOUT,
                buildargs={"SUITE": suite} if recipe in _BASTIONS else {},
            )
        except docker.errors.BuildError as error:
            said = "".join(str(line.get("stream") or line.get("error") or "") for line in error.build_log)
            raise FabricBroken(f"building {name} failed: {said.strip()[-2000:]}") from error


def _host_bundle() -> Path | None:
    named = (os.environ.get(variable) for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"))
    return next((Path(path) for path in (*named, *_CA_BUNDLES) if path and Path(path).is_file()), None)


def _context(files: list[tuple[str, bytes]]) -> io.BytesIO:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o755 if content.startswith(b"#!") else 0o644
            tar.addfile(entry, io.BytesIO(content))
    packed.seek(0)
    return packed


def _base(client: Any, suite: str, log: Callable[[str], None]) -> None:  # noqa: ANN401 -- the docker SDK has no types
    base = f"debian:{suite}-slim"
    if not _missing(client, base):
        return
    repository, _, version = base.partition(":")
    try:
        client.images.pull(repository, tag=version)
    except docker.errors.DockerException as error:
        log(f"{base} cannot be pulled; making it with debootstrap")
        _make_base(client, suite, f"{error}")


def _make_base(client: Any, suite: str, why: str) -> None:  # noqa: ANN401 -- the docker SDK has no types
    base = f"debian:{suite}-slim"
    recipe = resources.containers() / "base" / "rootfs"
    repository, _, version = base.partition(":")
    with tempfile.TemporaryFile() as rootfs, tempfile.TemporaryFile() as said:
        if _run_to_its_end(["sh", str(recipe), suite], rootfs, said) != 0:
            said.seek(0)
            tail = said.read().decode(errors="replace").strip()[-1000:]
            raise FabricBroken(
                f"{base} can neither be pulled ({why}) nor made ({tail}); "
                "install debootstrap and be root, or bring the image with `docker load`"
            )
        rootfs.seek(0)
        with obeying(f"importing {base}"):
            client.api.import_image_from_data(rootfs, repository=repository, tag=version, changes=['CMD ["bash"]'])


def _run_to_its_end(command: list[str], out: IO[bytes], err: IO[bytes]) -> int:
    """Run ``command`` in its own process group and return its status; interrupted, let the group clean up first."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True)
    try:
        return process.wait(_TIMEOUT)
    except subprocess.TimeoutExpired as error:
        raise FabricBroken(f"{command[-1]} took more than {_TIMEOUT} s: is the Debian mirror reachable?") from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
