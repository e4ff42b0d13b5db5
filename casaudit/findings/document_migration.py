"""What findings.json says of a migration: road, gates, waves, and what stands in the way."""

from typing import Annotated, Literal

from pydantic import Field

from casaudit.findings.document_parts import (
    Count,
    DocumentPart,
    FromText,
    Listed,
    Number,
    SubjectPart,
    Target,
)
from casaudit.findings.readiness import GateState, Readiness, WaveState

WaveStateText = Annotated[WaveState, FromText]


class RoadStepPart(DocumentPart):
    """One step from what is installed to the target."""

    action: str
    notes: Listed[str]


class BlockerPart(DocumentPart):
    """What has to go before the road is free.

    Attributes:
        cause: id of the cause.
        stage: where in the order of remediation it belongs.
        opens: ids of the rules whose blockers wait for it; empty when it blocks by itself.
    """

    cause: str
    stage: str
    opens: Listed[str]


class MissingPart(DocumentPart):
    """Verdicts that could not be given, by rule and reason.

    Attributes:
        decides: whether the readiness rests on them.
    """

    rule_id: str
    reason: str
    subjects: Annotated[Listed[SubjectPart], Field(min_length=1)]
    decides: bool


class GatePart(DocumentPart):
    """What has to hold on the way to the target; what could not be judged does not pass.

    Attributes:
        because: the state's reason, counted.
        rules: ids of its rules that were judged.
        failed: verdicts of these rules, and so the three counts behind it.
        stops: a failure of it is among the blockers, or the target cannot be reached directly.
        before_all: it stands before the first wave; what is wrong at the others holds the waves
            that it concerns.
    """

    # A closed list: scripts wait for a gate by its name.
    name: Literal[
        "versions",
        "arrays",
        "databases",
        "namespaces",
        "certificates",
        "outlook_anywhere",
        "offline_address_book",
        "evidence",
    ]
    title: str
    state: Annotated[GateState, FromText]
    because: str
    rules: Listed[str]
    failed: Count
    passed: Count
    not_evaluated: Count
    not_applicable: Count
    stops: bool
    before_all: bool


class MovePart(DocumentPart):
    """A database whose mailboxes move.

    Attributes:
        endpoint: normalised name that Outlook profiles of its mailboxes hold.
        mailboxes: from an export; null when not known.
        repairs_profiles: a repair that the findings ask for gives its mailboxes another
            endpoint, which Outlook profiles do not follow.
    """

    database: SubjectPart
    endpoint: str | None
    mailboxes: Count | None
    state: WaveStateText
    because: str
    repairs_profiles: bool


class BatchPart(DocumentPart):
    """Mailboxes of a wave that are moved together, as a proposal.

    Attributes:
        name: of its wave and its own number, ``W2-B1``.
        databases: those that it empties; one alone where it is emptied in several parts.
        mailboxes: null when not known.
        state: of all its databases.
        part: which of the parts of its database; 1 of 1 where it takes databases whole.
    """

    name: str
    databases: Listed[SubjectPart]
    mailboxes: Count | None
    state: WaveStateText
    part: Number
    parts: Number


class PilotPart(DocumentPart):
    """The mailboxes with which the move begins, as a proposal; their batch counts them too.

    Attributes:
        wave: number of the wave of its database.
        most: how many mailboxes at most.
        state: of the database.
    """

    wave: Number
    database: SubjectPart
    most: Count
    state: WaveStateText


class KeptPart(DocumentPart):
    """An endpoint of a wave's sites that databases of other waves use.

    Attributes:
        until: number of the last wave with such databases.
    """

    name: str
    until: Number
    databases: Listed[SubjectPart]


class WavePart(DocumentPart):
    """What moves off Exchange 2010 together.

    Attributes:
        state: ``waiting`` while a gate is shut, before all waves or for it, and nothing of its own
            blocks it.
        because: the state's reason.
        sites: empty for databases of which no site is known.
        names: HTTPS names that move with it.
        certificates: presented by its servers or under its names.
        after: numbers of the waves that come first.
        reasons: why these belong together, and why they have this place.
        blockers: ids of the causes in its way.
        missing: what is not known about it.
        waits_for: names of the gates that are shut before all waves, or for what is its own.
        batches: its mailboxes in the portions and the order in which to move them.
    """

    # Waves are numbered from 1, since people call them wave 1 and wave 2.
    number: Number
    state: WaveStateText
    because: str
    sites: Listed[SubjectPart]
    names: Listed[str]
    certificates: Listed[SubjectPart]
    arrays: Listed[SubjectPart]
    databases: Listed[MovePart]
    kept: Listed[KeptPart]
    after: Listed[Number]
    reasons: Listed[str]
    blockers: Listed[str]
    missing: Listed[str]
    # Documents of earlier versions lack these, as they do the last three of the migration.
    waits_for: Listed[str] = ()
    batches: Listed[BatchPart] = ()


class MigrationPart(DocumentPart):
    """Whether the organisation is ready for the target.

    Attributes:
        because: the verdict's reason.
        road: steps from what is installed to the target; empty when there is no road, or when no
            target is given.
        warnings: what to know of the target itself.
        blockers: in the order of removal.
        others: ids of the causes that remain, worst first.
        waves: in the order of the move off Exchange 2010; empty where no road leads there.
        leg: the version that Exchange 2010 is left for, with these gates and waves: the target, or
            one on the way to it; a hybrid organisation's endpoint.
        preparations: what has to be ready there before the first wave.
        pilot: where to begin; null where there is nothing to move.
    """

    target: Target | None
    verdict: Annotated[Readiness, FromText]
    because: str
    road: Listed[RoadStepPart]
    warnings: Listed[str]
    blockers: Listed[BlockerPart]
    others: Listed[str]
    gates: Listed[GatePart]
    waves: Listed[WavePart]
    missing: Listed[MissingPart]
    leg: Target | None = None
    preparations: Listed[str] = ()
    pilot: PilotPart | None = None
