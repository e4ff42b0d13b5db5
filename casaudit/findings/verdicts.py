"""Verdicts by the million: one column a part of a finding, and findings made when they are read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import overload

from casaudit.findings.finding import Finding, Provenance, RuleInfo, Subject, Value, Verdict
from casaudit.findings.published import Cells, decoded

Places = Mapping[str, tuple[int, str]]
"""Columns of evidence by name: the place of a cell, and the documented type of its column."""

Known = tuple[Subject, Provenance | None]
"""An object, and where its own record was read if its row says so."""


class Evidence(Mapping[str, Value]):
    """The values that a verdict rests on, by column name, taken out of SQLite's form when read."""

    __slots__ = ("_cells", "_places")

    def __init__(self, places: Places, cells: Cells) -> None:
        self._places = places
        self._cells = cells

    def __getitem__(self, name: str) -> Value:
        place, kind = self._places[name]
        return decoded(self._cells[place], kind)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __repr__(self) -> str:
        return repr(dict(self))


@dataclass(slots=True, eq=False)
class RuleVerdicts(Sequence[Finding]):
    """The verdicts of one rule, ordered by subject.

    A large organisation has a million, nearly all of them passes of which one value in ten is
    ever read. So what says nothing but its object, its evidence and a reason is four entries in
    four columns; what says more, a failure above all, is a finding from the start.

    Attributes:
        places: the columns of evidence.
        ready: findings by their position, where they are made already.
    """

    info: RuleInfo
    places: Places = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    ready: dict[int, Finding] = field(default_factory=dict)
    _known: list[Known | None] = field(default_factory=list)
    _cells: list[Cells] = field(default_factory=list)
    _reasons: list[str | None] = field(default_factory=list)

    def add(self, known: Known, verdict: Verdict, reason: str | None, cells: Cells) -> None:
        """Add a verdict in its columns; ``cells`` are those of ``places``."""
        self.verdicts.append(verdict)
        self._known.append(known)
        self._cells.append(cells)
        self._reasons.append(reason)

    def add_ready(self, finding: Finding) -> None:
        """Add a finding as it is."""
        # The columns get a place each all the same, so that one number leads to a verdict
        # everywhere.
        self.ready[len(self.verdicts)] = finding
        self.verdicts.append(finding.verdict)
        self._known.append(None)
        self._cells.append(())
        self._reasons.append(None)

    def of(self, verdict: Verdict) -> Iterator[Finding]:
        """Return the findings with one verdict, without making the others."""
        return (self._made(at) for at, each in enumerate(self.verdicts) if each is verdict)

    def by_kind(self) -> Counter[tuple[str, Verdict]]:
        """Count verdicts by the kind of their subjects, without making any finding."""
        kinds = (
            known[0].kind if known else self.ready[at].subject.kind
            for at, known in enumerate(self._known)
        )
        return Counter(zip(kinds, self.verdicts, strict=True))

    def with_ready(self, changed: Iterable[Finding]) -> "RuleVerdicts":
        """Return the same verdicts with other findings in the place of the ready ones."""
        ready = dict(zip(self.ready, changed, strict=True))
        # Shared with the original: once a rule has run, nobody adds to its columns.
        columns = (self._known, self._cells, self._reasons)
        return RuleVerdicts(self.info, self.places, self.verdicts, ready, *columns)

    def _made(self, at: int) -> Finding:
        known = self._known[at]
        if known is None:
            return self.ready[at]
        rule = self.info
        # By position: names of arguments cost time, and this is run by the hundred thousand.
        return Finding(
            rule,
            known[0],
            self.verdicts[at],
            rule.severity,
            rule.severity,
            None,
            None,
            self._reasons[at],
            Evidence(self.places, self._cells[at]),
            known[1],
            None,
            None,
        )

    @overload
    def __getitem__(self, at: int) -> Finding: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, at: int | slice) -> Finding | tuple[Finding, ...]:
        places = range(len(self.verdicts))[at]
        if isinstance(places, range):
            return tuple(map(self._made, places))
        return self._made(places)

    def __iter__(self) -> Iterator[Finding]:
        return map(self._made, range(len(self.verdicts)))

    def __len__(self) -> int:
        return len(self.verdicts)


class Verdicts(Sequence[Finding]):
    """All verdicts of a judgement, rule by rule; equal to any sequence of equal findings."""

    __slots__ = ("rules",)

    def __init__(self, rules: Iterable[RuleVerdicts]) -> None:
        self.rules = tuple(rules)

    def of(self, verdict: Verdict) -> Iterator[Finding]:
        """Return the findings with one verdict, without making the others."""
        return chain.from_iterable(rule.of(verdict) for rule in self.rules)

    def population(self) -> dict[str, Counter[Verdict]]:
        """Count verdicts by rule id, without making any finding."""
        return {rule.info.id: Counter(rule.verdicts) for rule in self.rules if rule.verdicts}

    def by_kind(self) -> Counter[tuple[str, Verdict]]:
        """Count verdicts by the kind of their subjects, without making any finding."""
        return sum((rule.by_kind() for rule in self.rules), Counter[tuple[str, Verdict]]())

    @overload
    def __getitem__(self, at: int) -> Finding: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, at: int | slice) -> Finding | tuple[Finding, ...]:
        if isinstance(at, slice):
            return tuple(self)[at]
        # Lets range itself deal with negative places and those beyond the end.
        left = range(len(self))[at]
        for rule in self.rules:
            if left < len(rule):
                return rule[left]
            left -= len(rule)
        raise IndexError(at)

    def __iter__(self) -> Iterator[Finding]:
        return chain.from_iterable(self.rules)

    def __len__(self) -> int:
        return sum(map(len, self.rules))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    # Equal to a tuple of equal findings, so it could not have a hash of its own.
    __hash__ = None  # type: ignore[assignment]


def population(findings: Sequence[Finding]) -> dict[str, Counter[Verdict]]:
    """Count verdicts by rule id: every object of a rule's population is in exactly one of them."""
    if isinstance(findings, Verdicts):
        return findings.population()
    counts: dict[str, Counter[Verdict]] = {}
    for finding in findings:
        counts.setdefault(finding.rule.id, Counter())[finding.verdict] += 1
    return counts


def with_verdict(findings: Sequence[Finding], verdict: Verdict) -> Iterator[Finding]:
    """Return the findings with one verdict, without making the others where that can be."""
    if isinstance(findings, Verdicts):
        return findings.of(verdict)
    return (finding for finding in findings if finding.verdict is verdict)
