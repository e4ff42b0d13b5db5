"""Asking many things at once within one time, and keeping what came back when that is cut short."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from casaudit.errors import CollectError
from casaudit.snapshot import Reason

Progress = Callable[[str, int, int], None]
"""Called with what is being asked, how many are done, and how many there are."""

Q = TypeVar("Q")
A = TypeVar("A")

_SECONDS_TO_CLOSE = 2.0


@dataclass(slots=True)
class Asked(Generic[Q, A]):
    """The answers by question, and why other questions have none.

    Attributes:
        stopped: why the asking ended before its end: ``interrupted`` or ``timeout``.
    """

    answers: dict[Q, A] = field(default_factory=dict)
    problems: dict[Q, tuple[Reason, str]] = field(default_factory=dict)
    stopped: Reason | None = None


async def ask_all(
    what: str,
    asked: Iterable[Q],
    ask: Callable[[Q], Awaitable[A]],
    progress: Progress,
    ends: float,
) -> Asked[Q, A]:
    """Ask everything at once; the port behind ``ask`` bounds how much is really under way.

    Cancelling does not raise: it ends the asking, and is seen in ``stopped``.

    Args:
        what: what is asked, for the progress.
        asked: the questions.
        ask: asks one.
        progress: told of every question that is done.
        ends: when to stop, on the monotonic clock.
    """
    result: Asked[Q, A] = Asked()
    tasks = {each: asyncio.ensure_future(ask(each)) for each in asked}
    done = 0

    def tell(task: asyncio.Future[A]) -> None:
        nonlocal done
        if not task.cancelled():
            done += 1
            progress(what, done, len(tasks))

    for task in tasks.values():
        task.add_done_callback(tell)
    result.stopped = await _wait(list(tasks.values()), ends)
    for each, task in tasks.items():
        _sort_out(each, task, result)
    return result


def give_up(asked: Iterable[Q], stopped: Reason) -> "Asked[Q, A]":
    """Return the result of asking nothing, because an earlier part was stopped already."""
    problem = (stopped, _WHY[stopped])
    return Asked(problems=dict.fromkeys(asked, problem), stopped=stopped)


_WHY = {
    Reason.INTERRUPTED: "stopped by the operator before it was answered",
    Reason.TIMEOUT: "not answered before the time for the whole collection was used up",
}


async def _wait(tasks: list[asyncio.Future[A]], ends: float) -> Reason | None:
    interrupted = await _is_interrupted(tasks, max(0.0, ends - time.monotonic()))
    left = [task for task in tasks if not task.done()]
    for task in left:
        task.cancel()
    # Cancelled tasks close their sockets on the way out; they get a moment for that.
    interrupted |= await _is_interrupted(left, _SECONDS_TO_CLOSE)
    if interrupted:
        return Reason.INTERRUPTED
    return Reason.TIMEOUT if left else None


async def _is_interrupted(tasks: list[asyncio.Future[A]], seconds: float) -> bool:
    """Wait for tasks; true when the operator cut that short, which asyncio tells by cancelling."""
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
    except asyncio.CancelledError:
        # To swallow the error is half of it: since Python 3.11 a task counts its cancellations
        # until they are taken back.
        if current := asyncio.current_task():
            current.uncancel()
        return True
    return False


def _sort_out(each: Q, task: asyncio.Future[A], result: Asked[Q, A]) -> None:
    # exception() below would raise for both.
    if not task.done() or task.cancelled():
        stopped = result.stopped or Reason.INTERRUPTED
        result.problems[each] = (stopped, _WHY[stopped])
        return
    match task.exception():
        case None:
            result.answers[each] = task.result()
        case CollectError() as error:
            result.problems[each] = (Reason(error.reason), error.problem)
        case error:
            result.problems[each] = (Reason.BUG, f"{type(error).__name__}: {error}")
