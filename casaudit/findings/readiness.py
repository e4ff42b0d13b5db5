"""Whether an organisation may set out for a newer Exchange, and what stands in the way."""

from dataclasses import dataclass
from enum import StrEnum

from casaudit.findings.finding import RuleInfo, Subject


class Readiness(StrEnum):
    """Whether an organisation may set out for a migration target."""

    READY = "ready"
    WARNINGS = "ready with warnings"
    NOT_READY = "not ready"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class UpgradeStep:
    """One part of the upgrade path to the target: what to do, and what to know about it."""

    action: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocker:
    """A cause that has to go before the migration can begin.

    Attributes:
        cause: id of the cause.
        stage: where in the order of remediation it belongs, for people.
        opens: ids of the rules whose blockers wait for it; empty when it blocks by itself.
    """

    cause: str
    stage: str
    opens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """Verdicts of one rule that could not be given, for one reason.

    Attributes:
        decides: whether the readiness rests on them.
    """

    rule: RuleInfo
    reason: str
    subjects: tuple[Subject, ...]
    decides: bool


class GateState(StrEnum):
    """Whether a gate on the way to a migration target is open."""

    PASSED = "passed"
    FAILED = "failed"
    CANNOT_TELL = "cannot tell"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Gate:
    """Some rules that have to hold on the way to a target.

    Attributes:
        name: for scripts; ``title`` for people.
        because: the state's reason, one sentence.
        rules: ids of its rules that were judged.
        failed: verdicts of those rules, and so the three counts behind it.
        stops: whether a failure of it stands in the way of the migration.
        before_all: whether it stands before the first wave; what is wrong at the others holds
            the waves that it concerns.
    """

    name: str
    title: str
    state: GateState
    because: str
    rules: tuple[str, ...]
    failed: int
    passed: int
    not_evaluated: int
    not_applicable: int
    stops: bool
    before_all: bool

    @property
    def checks(self) -> int:
        """How many verdicts it rests on."""
        return self.failed + self.passed + self.not_evaluated + self.not_applicable


class WaveState(StrEnum):
    """Whether a wave, or a database in it, can set out; those that can stand first."""

    CAN_MOVE = "can move"
    WAITING = "waiting"
    CANNOT_TELL = "cannot tell"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Move:
    """A database whose mailboxes move with a wave.

    Attributes:
        endpoint: the normalised name that Outlook profiles of its mailboxes hold.
        mailboxes: how many, when known.
        repairs_profiles: whether a repair before the move gives its mailboxes another endpoint,
            which Outlook profiles do not follow.
    """

    database: Subject
    endpoint: str | None
    mailboxes: int | None
    state: WaveState
    because: str
    repairs_profiles: bool


MOST_IN_BATCH = 250
"""Mailboxes of a batch: our proposal; neither Exchange nor its vendor sets such a limit."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Mailboxes of a wave that are moved together, as a proposal.

    Attributes:
        name: of its wave and its own number: ``W2-B1``.
        databases: those that it empties; one alone where it is emptied in several parts.
        mailboxes: how many; ``None`` when not known.
        state: of all its databases.
        part: which of the ``parts`` of its database; 1 of 1 where it takes databases whole.
    """

    name: str
    databases: tuple[Subject, ...]
    mailboxes: int | None
    state: WaveState
    part: int = 1
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Pilot:
    """The mailboxes with which the move begins, as a proposal; their batch counts them too.

    Attributes:
        wave: number of the wave of its database.
        most: how many mailboxes at most.
        state: of the database.
    """

    wave: int
    database: Subject
    most: int
    state: WaveState


@dataclass(frozen=True, slots=True)
class Kept:
    """A name of a wave's sites that has to answer until databases of other waves are empty.

    Attributes:
        until: number of the last wave with such databases.
    """

    name: str
    until: int
    databases: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Wave:
    """What has to move together: sites, their HTTPS names, certificates, arrays and databases.

    Attributes:
        number: its place in the order, from 1.
        because: the state's reason, one sentence.
        names: HTTPS names that move to the newer servers with it.
        certificates: those that stand for its names, or that its servers present.
        after: numbers of the waves that come first.
        reasons: why these belong together, and why they have this place.
        blockers: ids of the causes that stand in its way.
        missing: what is not known about it, as sentences.
        waits_for: names of the gates that are shut before all waves, or for what is its own.
        batches: its mailboxes in the portions and the order in which to move them.
    """

    number: int
    state: WaveState
    because: str
    sites: tuple[Subject, ...]
    names: tuple[str, ...]
    certificates: tuple[Subject, ...]
    arrays: tuple[Subject, ...]
    databases: tuple[Move, ...]
    kept: tuple[Kept, ...]
    after: tuple[int, ...]
    reasons: tuple[str, ...]
    blockers: tuple[str, ...]
    missing: tuple[str, ...]
    waits_for: tuple[str, ...] = ()
    batches: tuple[Batch, ...] = ()


@dataclass(frozen=True, slots=True)
class Migration:
    """Whether the organisation is ready for a target, the upgrade path, and what stands in the way.

    Attributes:
        because: the verdict's reason, one sentence.
        upgrade_path: the steps that the target really needs, from what is installed now; empty
            when there is none, or when it cannot be told.
        warnings: what to know of the target itself.
        blockers: in the order of removal.
        others: ids of the causes that remain, worst first.
        missing: those that decide first.
        gates: in the order in which they are opened.
        waves: in the order of the move off Exchange 2010; empty where nothing can be said of one.
        leg: the version that Exchange 2010 is left for: the target, or one on the way to it.
        preparations: what has to be ready there before the first wave.
        pilot: where to begin; ``None`` where there is nothing to move.
    """

    target: str | None
    verdict: Readiness
    because: str
    upgrade_path: tuple[UpgradeStep, ...] = ()
    warnings: tuple[str, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    others: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    gates: tuple[Gate, ...] = ()
    waves: tuple[Wave, ...] = ()
    leg: str | None = None
    preparations: tuple[str, ...] = ()
    pilot: Pilot | None = None
