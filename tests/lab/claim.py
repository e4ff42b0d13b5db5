"""One lab at a time on a machine: wait for a running one, clear away what a dead one left."""

import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

if sys.platform != "win32":
    import fcntl

HOME = Path(tempfile.gettempdir()) / "casaudit-lab"
"""Where the lab's lock and its folder for running servers are."""
RUN = HOME / "run"


class LabError(Exception):
    """The lab cannot do what was asked; the text says what to look at."""


def birth(pid: int) -> str | None:
    """Return when the process started, in the kernel's ticks, or None when there is none.

    Together with the process id this names one process for good: ids are used again.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *fields = text.rpartition(")")[2].split()
    return None if state == "Z" else fields[18]


class Claim:
    """The right to run the lab on this machine; held by one process at a time."""

    def __init__(self, patience: float = 3600.0) -> None:
        """Prepare a claim that waits at most ``patience`` seconds for a running lab."""
        self._patience = patience
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        HOME.mkdir(mode=0o700, exist_ok=True)
        self._lock = (HOME / "lock").open("a+")
        deadline = time.monotonic() + self._patience
        while not _try_lock(self._lock):
            if time.monotonic() > deadline:
                raise LabError(f"another lab has been running for {self._patience:.0f} s")
            time.sleep(0.2)
        clear_away(RUN)
        RUN.mkdir(mode=0o700)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        clear_away(RUN)
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def is_claimed() -> bool:
    """Tell whether a living process holds the lab."""
    if not HOME.is_dir():
        return False
    with (HOME / "lock").open("a+") as lock:
        return not _try_lock(lock)


def clear_away(run: Path) -> None:
    """Stop the processes that left a pid file in the folder, then remove the folder."""
    for file in sorted((run / "pids").glob("*.pid")):
        pid, _, born = file.read_text().partition(" ")
        if born and birth(int(pid)) == born:
            end_group(int(pid))
    shutil.rmtree(run, ignore_errors=True)


def end_group(pid: int, patience: float = 5.0) -> None:
    """End a process and its children: politely first, then by force."""
    for number in (signal.SIGCONT, signal.SIGTERM):
        _signal_group(pid, number)
    deadline = time.monotonic() + patience
    while birth(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    _signal_group(pid, signal.SIGKILL)


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
