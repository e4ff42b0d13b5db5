"""Ctrl-C: at any moment of a run it ends in exit code 130 and leaves no file by half.

Left alone, Python raises ``KeyboardInterrupt`` wherever the main thread happens to be: a
traceback while modules are imported, lost where SQLite or the garbage collector called Python,
and a process killed by the signal while the interpreter shuts down.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

EXIT_CODE = 130
"""128 and the number of SIGINT, as shells report it."""


class _State:
    """What an interrupt does now.

    Attributes:
        came: one came already.
        raises: it is raised as ``KeyboardInterrupt``; else the process ends at once.
        held: the first one is only noted.
    """

    came = False
    raises = False
    held = False


_state = _State()


def run(work: Callable[[], int]) -> NoReturn:
    """Do the work of a whole process and end it with the exit code that the work returns.

    The first interrupt unwinds the work, so that half-written files are removed; a second one
    ends the process at once.
    """
    # Stands where an interrupt comes before the work returns a code.
    code = EXIT_CODE
    try:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # nohup, or a shell's background
            sys.exit(work())
        signal.signal(signal.SIGINT, _on_interrupt)
        sys.unraisablehook = _on_unraisable
        _state.raises = True
        code = work()
        # Nothing is left to unwind: an interrupt from here on ends the process at once.
        _state.raises = False
    except KeyboardInterrupt:
        _state.came = True
    # It may have come where nothing can be raised: in a finaliser, or in a callback of SQLite.
    if _state.came or code == EXIT_CODE:
        _end_at_once()
    # Python gives a handler of its own up while it shuts down, and SIGINT would kill the process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


def came() -> bool:
    """Whether the operator has interrupted the work; an error after that is none of its own."""
    return _state.came


@contextmanager
def held() -> Iterator[None]:
    """Finish a block in spite of a first interrupt, then raise it as ``KeyboardInterrupt``."""
    _state.held = True
    try:
        yield
    finally:
        _state.held = False
    # Behind the finally: an error of the block itself goes first, and is not hidden by this one.
    if _state.came:
        raise KeyboardInterrupt


@contextmanager
def left_to_python() -> Iterator[None]:
    """Let a block handle interrupts: asyncio cancels its task only under Python's own handler."""
    # Under nohup the signal stays ignored, and in tests the handler is another's.
    if signal.getsignal(signal.SIGINT) is not _on_interrupt:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, _on_interrupt)


def _on_interrupt(number: int, frame: FrameType | None) -> None:
    again, _state.came = _state.came, True
    # A second one wins: writing to a dead network share may hang for ever.
    if _state.held and not again:
        return
    if not _state.raises:
        # sys.exit would only raise SystemExit, here in the middle of clean-up or of a shutdown.
        os._exit(EXIT_CODE)
    _state.raises = False
    raise KeyboardInterrupt


def _on_unraisable(problem: "sys.UnraisableHookArgs") -> None:
    """Note an interrupt that fell into a finaliser, where Python would print and forget it."""
    if issubclass(problem.exc_type, KeyboardInterrupt):
        _state.came = True
    else:
        sys.__unraisablehook__(problem)


def _end_at_once() -> NoReturn:
    """End without waiting for threads that still wait for an answer of the network."""
    # os._exit flushes nothing; a closed pipe raises here, and the exit code counts all the same.
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(EXIT_CODE)
