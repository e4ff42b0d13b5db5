"""The terminal's report on a migration, whole: each sample on the way to each target."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from casaudit import shipped
from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.report.terminal import run_summary
from casaudit.snapshot import loads
from tests.support.shipped_rules import judge

GOLDEN = Path(__file__).resolve().parent / "golden"
SAMPLES = ("healthy", "article-a", "article-b")
TARGETS = ("2013", "2016", "2019", "se", "exo")


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the one that was read and found right, or take it when asked to."""

    def compare(name: str, found: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(found, encoding="utf-8", newline="\n")
        assert path.is_file(), f"no golden file {name}: run pytest --update-golden"
        assert found == path.read_text(encoding="utf-8"), "see it, then pytest --update-golden"

    return compare


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("target", TARGETS)
def test_the_terminal_report(name: str, target: str, told: Callable[[str, str], None]) -> None:
    path = shipped.SAMPLES / name / "snapshot.json"
    question = Question(profile="migration", target=target)
    assessment = assess(loads(path.read_bytes(), path.name), judge("migration"), question)
    stream = io.StringIO()
    Console(file=stream, width=100, soft_wrap=True).print(run_summary(assessment))
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    told(f"migration-{name}-{target}.txt", "\n".join(lines) + "\n")


def test_every_golden_text_is_that_of_a_sample() -> None:
    expected = {f"migration-{name}-{target}.txt" for name in SAMPLES for target in TARGETS}
    assert {path.name for path in GOLDEN.glob("migration-*.txt")} == expected
