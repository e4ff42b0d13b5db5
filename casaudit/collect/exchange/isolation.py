"""The guard of the walk: no error of one question or one entry costs another one its answer."""

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from casaudit.collect.exchange.attributes import AttributeReader, OddEntry
from casaudit.collect.ports import Directory, Query, SearchResult
from casaudit.errors import CollectError
from casaudit.snapshot import Gap, Reason, SectionName
from casaudit.validation import first_mistake

T = TypeVar("T")


class Asker:
    """Puts queries to a directory and counts them; after an interrupt it asks no more.

    Attributes:
        asked: queries put, by section.
        answered: those of them that were answered completely.
        interrupted: whether the operator stopped the collection.
    """

    def __init__(self, directory: Directory) -> None:
        self.asked: Counter[SectionName] = Counter()
        self.answered: Counter[SectionName] = Counter()
        self.interrupted = False
        self._directory = directory

    def ask(self, query: Query) -> SearchResult:
        """Return the answer to one query; whatever goes wrong is a gap of it."""
        self.asked[query.section] += 1
        answer = self._guarded(query)
        self.answered[query.section] += answer.complete
        return answer

    def _guarded(self, query: Query) -> SearchResult:
        if self.interrupted:
            return _failed(query, Reason.INTERRUPTED, "not asked")
        try:
            return self._directory.search(query)
        except CollectError as error:
            hint = f" ({error.hint})" if error.hint else ""
            return _failed(query, Reason(error.reason), f"{error}{hint}")
        except KeyboardInterrupt:
            # A flag and no exception: the walk ends in good order and keeps what it has.
            self.interrupted = True
            return _failed(query, Reason.INTERRUPTED, "stopped while it was asked")
        except Exception as error:
            return _failed(query, Reason.BUG, f"{type(error).__name__}: {error}")


def _failed(query: Query, reason: Reason, detail: str) -> SearchResult:
    gap = Gap(section=query.section, subject=query.base or "rootDSE", reason=reason, detail=detail)
    return SearchResult((), complete=False, gaps=(gap,))


class Mapper:
    """Turns entries into records.

    Attributes:
        gaps: what could not be read in the entries.
        lost: sections of which an entry could not become a record.
    """

    def __init__(self) -> None:
        self.gaps: list[Gap] = []
        self.lost: set[SectionName] = set()

    def records(
        self,
        section: SectionName,
        answer: SearchResult,
        make: Callable[[AttributeReader], T | None],
    ) -> tuple[T, ...]:
        """Return the records of an answer; entries of which none is made are left out."""
        made = (
            self._one(section, AttributeReader(entry, section), make) for entry in answer.entries
        )
        return tuple(record for record in made if record is not None)

    def _one(
        self,
        section: SectionName,
        read: AttributeReader,
        make: Callable[[AttributeReader], T | None],
    ) -> T | None:
        try:
            return make(read)
        except (OddEntry, ValidationError) as error:
            self.lost.add(section)
            told = first_mistake(error) if isinstance(error, ValidationError) else str(error)
            read.gap(Reason.MALFORMED, told)
        except Exception as error:
            self.lost.add(section)
            read.gap(Reason.BUG, f"{type(error).__name__}: {error}")
        finally:
            # Also of an entry that was lost: what was noted before tells why.
            self.gaps += read.gaps
        return None
