"""Ctrl-C at any moment: exit code 130, no traceback, and a whole snapshot or none."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from casaudit.shipped import SAMPLES
from casaudit.snapshot import loads
from tests.support.running import WATCHDOG

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent the POSIX way here")


def collecting(number: int, out: Path, port: int, **more: str) -> subprocess.CompletedProcess[str]:
    """Collect from an export and a resolver that is silent; interrupted at a call's number."""
    command = [
        *(sys.executable, "-m", "tests.support.interrupting", str(number), "collect"),
        *(str(SAMPLES / "article-a/directory.ldf"), "-o", str(out), "--no-tls"),
        *("--resolver", f"internal=127.0.0.1:{port}", "--timeout", "0.3"),
    ]
    environment = {**os.environ, **more}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=WATCHDOG
    )


@pytest.fixture(scope="module")
def silent() -> Iterator[int]:
    """The port of a resolver that never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture(scope="module")
def calls(silent: int, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many functions a collection calls from its first line to the end of the process."""
    folder = tmp_path_factory.mktemp("whole")
    run = collecting(0, folder / "s.json", silent, CALLS=str(folder / "calls"))
    assert run.returncode == 3, run.stderr
    return int((folder / "calls").read_text())


MOMENTS = [0.0, 0.001, 0.01, 0.33, 0.9, 0.99]
MORE_MOMENTS = [0.03, *(n / 20 for n in range(2, 20) if n != 18), 0.995, 0.999, 0.9999, 1.0]


@pytest.mark.parametrize(
    "part", [*MOMENTS, *(pytest.param(each, marks=pytest.mark.slow) for each in MORE_MOMENTS)]
)
def test_an_interrupt_ends_in_130_with_a_whole_snapshot_or_none(
    part: float, calls: int, silent: int, tmp_path: Path
) -> None:
    out = tmp_path / "snapshot.json"
    run = collecting(max(2, int(part * calls)), out, silent)
    assert run.returncode in ({130} if part < 0.9 else {130, 3}), run.stderr
    assert "Traceback" not in run.stderr and "bug" not in run.stderr, run.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"snapshot.json"}
    if out.exists():
        assert loads(out.read_bytes(), "out").databases
    assert out.exists() or run.returncode == 130


BEGIN = "import gc, os, signal, sqlite3, sys\nfrom casaudit import interrupts\n"
STOP = "os.kill(os.getpid(), signal.SIGINT)"
WORKS = {
    "where SQLite calls Python": f"""
def work():
    database = sqlite3.connect(":memory:")
    database.create_function("f", 0, lambda: {STOP})
    try:
        database.execute("SELECT f()")
    except sqlite3.OperationalError:
        return 5
    return 0
""",
    "in a finaliser": f"""
class Fleeting:
    def __del__(self):
        {STOP}
def work():
    Fleeting()
    return 0
""",
    "in work that goes on": f"""
def work():
    try:
        {STOP}
    except BaseException:
        return 0
    return 1
""",
    "while a file is written": f"""
def work():
    with interrupts.held():
        {STOP}
        print("whole")
    print("more")
    return 0
""",
    "twice": f"""
def work():
    try:
        {STOP}
    finally:
        {STOP}
        print("never reached")
    return 0
""",
}


@pytest.mark.parametrize("place", WORKS)
def test_an_interrupt_is_not_lost(place: str) -> None:
    run = _run(BEGIN + WORKS[place] + "interrupts.run(work)")
    assert (run.returncode, run.stderr) == (130, "")
    assert run.stdout == ("whole\n" if place == "while a file is written" else "")


def test_an_interrupt_after_the_end_changes_nothing() -> None:
    late = f"import atexit\natexit.register(lambda: {STOP})\ninterrupts.run(lambda: 3)"
    run = _run(BEGIN + late)
    assert (run.returncode, run.stderr) == (3, "")


def test_an_interrupt_that_the_caller_ignores_is_ignored() -> None:
    ignored = "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    work = f"def work():\n    {STOP}\n    return 3\n"
    run = _run(BEGIN + ignored + work + "interrupts.run(work)")
    assert (run.returncode, run.stderr) == (3, "")


def test_a_storm_of_interrupts_never_kills_by_the_signal() -> None:
    work = "def work():\n    print('up', flush=True)\n    while True:\n        pass\n"
    command = [sys.executable, "-c", BEGIN + work + "interrupts.run(work)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.readline()
        while running.poll() is None:
            running.send_signal(signal.SIGINT)
        assert (running.returncode, running.stderr.read()) == (130, b"")


def _run(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=WATCHDOG)
