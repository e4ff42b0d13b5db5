"""What all tests share: golden files and the flag that accepts them."""

import os
import signal
from collections.abc import Callable

import pytest

from casaudit.shipped import SAMPLES


def pytest_configure(config: pytest.Config) -> None:
    """Let tests interrupt, and leave the user's cache folder alone.

    A shell that starts the run in the background has interrupts ignored.
    """
    os.environ["CASAUDIT_CACHE"] = str(config.rootpath / ".pytest_cache" / "casaudit")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="accept the reports as they are")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """Compare bytes with a report that is shipped beside its sample, or write it when asked to."""

    def compare(name: str, found: bytes) -> None:
        sample, _, file = name.partition("/")
        path = SAMPLES / sample / "report" / file
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(found)
        assert path.is_file(), f"no golden file {name}: run pytest --update-golden"
        assert found == path.read_bytes(), f"{name} changed: see it, then pytest --update-golden"

    return compare
