"""The running lab for the tests below this folder."""

import os
from collections.abc import Iterator

import pytest

from tests.lab import packages
from tests.lab.directory import Directory
from tests.lab.recorder import Recorder
from tests.lab.whole import Lab, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Overlook the socket that Python forgets when a client leaves during a server's handshake.

    See https://github.com/python/cpython/issues/108310 for the code in question.
    """
    forgotten = "ignore:.*<ssl.SSLSocket fd:pytest.PytestUnraisableExceptionWarning"
    for item in items:
        if item.get_closest_marker("lab"):
            item.add_marker(pytest.mark.filterwarnings(forgotten))


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Everything of the lab; without its packages a skip, or a failure where ``CI=true``."""
    if lacking := packages.missing():
        reason = f"the lab needs {', '.join(lacking)}; run: python -m tests.lab install"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with running() as lab:
        yield lab


@pytest.fixture(scope="session")
def crowded(lab: Lab) -> Iterator[Directory]:
    """A second controller with more than 1,000 databases."""
    with lab.crowded_directory() as directory:
        yield directory


@pytest.fixture
def recorder(lab: Lab) -> Iterator[Recorder]:
    """A recording proxy in front of the controller."""
    with lab.recorder() as proxy:
        yield proxy
