"""Python's cycle collector, which costs much where many objects are made and none is in a cycle."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Keep the cycle collector from walking again and again what is being made.

    Records and verdicts hold no cycles, but each of its runs visits all that there are: the
    records of 10,000 databases are made in 0.78 s instead of 1.75 s, and judged in a tenth less
    (CPU, CPython 3.11). A decorator too.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
