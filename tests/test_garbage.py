"""The cycle collector rests while records and verdicts are made, and only then."""

import gc
from collections.abc import Iterator

import pytest

from casaudit.errors import SourceError
from casaudit.garbage import collector_at_rest
from casaudit.snapshot import loads


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.enable()


def test_it_rests_inside_and_runs_again_behind() -> None:
    with collector_at_rest():
        assert not gc.isenabled()
        with collector_at_rest():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_runs_again_where_a_document_is_refused() -> None:
    with pytest.raises(SourceError):
        loads(b"{}", "x")
    assert gc.isenabled()


def test_who_turned_it_off_finds_it_off() -> None:
    gc.disable()
    with collector_at_rest():
        pass
    assert not gc.isenabled()
