"""A server of the lab that runs as a process of its own and never outlives the lab."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.lab.claim import RUN, LabError, birth, end_group
from tests.lab.packages import PATH


class Child:
    """One process: started, waited for until it answers, stopped, killed or frozen."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        ports: Sequence[tuple[str, int]],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Describe a process, which serves once all of its ports answer."""
        self.name = name
        self._argv = argv
        self._ports = ports
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """The file with everything that the process printed."""
        return RUN / "logs" / f"{self.name}.log"

    @property
    def pid(self) -> int:
        """The process id."""
        if self._process is None:
            raise LabError(f"{self.name} is not running")
        return self._process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, patience: float = 600.0) -> None:
        """Start the process and wait until it serves."""
        if self._serves():
            raise LabError(f"something else already serves in the place of {self.name}")
        self._launch()
        deadline = time.monotonic() + patience
        while not self._serves():
            if self._process is None or self._process.poll() is not None:
                self._fail("ended at once")
            if time.monotonic() > deadline:
                self._fail(f"did not serve within {patience:.0f} s")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the process; nothing happens when it has ended already."""
        if self._process is not None:
            end_group(self._process.pid)
            self._process.wait()
            self._process = None
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the process as a power failure would."""
        os.killpg(self.pid, signal.SIGKILL)
        self.stop()

    def freeze(self) -> None:
        """Hold the process: its connections stay open and nothing answers."""
        os.killpg(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen process go on."""
        os.killpg(self.pid, signal.SIGCONT)

    def _serves(self) -> bool:
        return all(_answers(address, port) for address, port in self._ports)

    @property
    def _pid_file(self) -> Path:
        return RUN / "pids" / f"{self.name}.pid"

    def _launch(self) -> None:
        self.log.parent.mkdir(exist_ok=True)
        self._pid_file.parent.mkdir(exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *self._argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PATH": PATH, **self._environment},
                start_new_session=True,
            )
        self._pid_file.write_text(f"{self.pid} {birth(self.pid)}")

    def _fail(self, what: str) -> None:
        self.stop()
        tail = self.log.read_text(errors="replace")[-2000:]
        raise LabError(f"{self.name} {what}; the end of its log:\n{tail}")


def _answers(address: str, port: int) -> bool:
    """Tell whether something accepts TCP connections there."""
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True
