"""Run casaudit and interrupt it at one call of a Python function, the same on every machine.

    python -m tests.support.interrupting NUMBER ARGUMENTS...

sends itself SIGINT at the call of that number; the first is that of casaudit's entry, and what
comes before it is Python's own. With 0 it writes how many calls there were to the file that
``CALLS`` names. Where ``SINCE`` names a function, such as ``FileSet.add``, its first call is the
first that counts.
"""

import atexit
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from casaudit.__main__ import main


class _Counter:
    def __init__(self, number: int) -> None:
        self.calls = 0
        self._number = number
        self._since = os.environ.get("SINCE")

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        if event != "call" or self._since not in (None, frame.f_code.co_qualname):
            return
        self._since = None
        self.calls += 1
        if self.calls == self._number:
            os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    counter = _Counter(int(sys.argv[1]))
    sys.argv = ["casaudit", *sys.argv[2:]]
    if "CALLS" in os.environ:
        calls = Path(os.environ["CALLS"])
        atexit.register(lambda: calls.write_text(str(counter.calls)))
    sys.setprofile(counter)
    main()
