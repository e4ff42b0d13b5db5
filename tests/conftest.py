"""What all tests share: golden files, the flag that accepts them, and who runs beside whom.

With pytest-xdist (``-n 2 --dist loadgroup --no-loadscope-reorder``) a group of tests runs in one
process, so that what they share is made once. A group is a shipped rule, the lab, or a file.
"""

import gc
import os
import random
import signal
from collections.abc import Callable
from importlib import import_module

import pytest
from hypothesis import HealthCheck, settings

from casaudit.rulebook.rule import Rule
from casaudit.shipped import SAMPLES


def pytest_configure(config: pytest.Config) -> None:
    """Let tests interrupt, leave the user's cache folder alone, and the width to each command.

    A shell that starts the run in the background has interrupts ignored. A console that is made
    where the environment names a width has it for good: it would be that of the first test.
    """
    os.environ["CASAUDIT_CACHE"] = str(config.rootpath / ".pytest_cache" / "casaudit")
    os.environ.pop("COLUMNS", None)
    import_module("casaudit.cli.console")
    # How long an example takes says how busy the machine is, and nothing about casaudit.
    settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("busy")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="accept the reports as they are")
    parser.addoption("--random-order", type=int, metavar="SEED", help="shuffle the tests")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Name the group of every test, and bring the tests of a group together."""
    places: dict[str, int] = {}
    groups = {item: _group(item) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
        places.setdefault(group, len(places))
    items.sort(key=lambda item: (groups[item] not in FIRST, places[groups[item]]))
    if (seed := config.getoption("--random-order")) is not None:
        random.Random(seed).shuffle(items)


def pytest_collection_finish() -> None:
    """Spare the cycle collector what stays to the end: modules, and eight thousand tests."""
    gc.collect()
    gc.freeze()


FIRST = ("lab", "test_mutation", "test_interrupts", "test_determinism", "test_packaging")
"""Groups that are long to run: they begin first, so that no worker is left with one at the end."""


def _group(item: pytest.Item) -> str:
    """Return the shipped rule that a test is about, the lab, or its file."""
    call = getattr(item, "callspec", None)
    about = {**call.params} if call else {}
    if isinstance(rule := about.get("rule", about.get("pair", (None,))[0]), Rule):
        return rule.id
    if item.get_closest_marker("lab"):
        return "lab"
    return item.path.stem


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the one part that may be missing: what else is not there fails where ``CI=true``."""
    skipped = terminalreporter.stats.get("skipped", [])
    if count := sum("pwsh" in getattr(each, "keywords", ()) for each in skipped):
        terminalreporter.write_line(f"PowerShell is missing: its {count} tests were not run")


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
