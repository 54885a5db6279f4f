"""Somebody else's project, beside which tunspec happens to be installed."""

from __future__ import annotations

import pytest

RECIPE = """\
title: Pancakes for four people
servings: 4
cases: [plain, with apples]
steps: [mix the flour with the eggs, wait, fry]
"""

CONFTEST = """\
import pytest

def pytest_addoption(parser):
    parser.addoption("--impl", default="theirs", choices=["theirs", "ours"])
    parser.addoption("--fabric", default="cotton")

@pytest.fixture
def impl(request):
    return request.config.getoption("--impl")

@pytest.fixture
def fabric(request):
    return request.config.getoption("--fabric")
"""

TESTS = """\
import warnings
import pytest

@pytest.mark.must
def test_options_are_the_projects_own(impl, fabric):
    assert (impl, fabric) == ("ours", "cotton")

@pytest.mark.slow
def test_more():
    pass
"""

INI = """\
[pytest]
markers =
    slow: takes long
    must: has to pass
"""


@pytest.fixture
def cookbook(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with recipes, tests, options and markers of its own."""
    (pytester.path / "recipes").mkdir()
    (pytester.path / "recipes" / "pancakes.yaml").write_text(RECIPE)
    (pytester.path / "test_recipes.yaml").write_text(RECIPE)
    (pytester.path / "conftest.py").write_text(CONFTEST)
    (pytester.path / "test_cookbook.py").write_text(TESTS)
    (pytester.path / "pytest.ini").write_text(INI)
    return pytester
