"""The files for other people's CIs and clusters, checked with the tools and the schemas of those."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness import resources

pytestmark = pytest.mark.toolchain

ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7"
CHECKERS = ("check-jsonschema==0.39.0", "kubernetes-validate==1.37.0")
ROOT = resources.root()
CI = ROOT / "docs" / "ci"


def check(*command: str | Path) -> None:
    """Run a checker, which has nothing to object to."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def checkers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the checkers that are on PyPI, which bring the schemas along."""
    folder = tmp_path_factory.mktemp("checkers")
    check(sys.executable, "-m", "venv", folder)
    check(folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *CHECKERS)
    return folder / "bin"


def test_actionlint_objects_to_nothing() -> None:
    """It knows expressions, the actions' inputs and, where shellcheck is installed, the scripts."""
    check("go", "run", ACTIONLINT, CI / "github.yml")


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-actions", ROOT / "action.yml"),
        ("vendor.github-workflows", CI / "github.yml"),
        ("vendor.gitlab-ci", CI / "gitlab.yml"),
    ],
    ids=["the action", "GitHub", "GitLab"],
)
def test_a_file_is_as_its_schema_wants_it(checkers: Path, schema: str, file: Path) -> None:
    """Those are the schemas that editors use."""
    check(checkers / "check-jsonschema", "--builtin-schema", schema, file)


def test_kubernetes_takes_the_manifests(checkers: Path) -> None:
    """By the schema of its API, in which no unknown key is left alone."""
    check(checkers / "kubernetes-validate", "--strict", CI / "kubernetes.yml", CI / "kubernetes-gate.yml")
