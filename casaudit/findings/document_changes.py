"""What findings.json says of changes since a baseline, and of what turns red by itself."""

from typing import Annotated, Literal

from pydantic import Field

from casaudit.findings.changes import ChangeCause, ChangeKind
from casaudit.findings.document_parts import (
    Day,
    DocumentPart,
    Evidence,
    Fingerprint,
    FromText,
    Listed,
    Moment,
    SeverityText,
    Sha256,
    SubjectPart,
    VerdictText,
)


class SidePart(DocumentPart):
    """One finding of a change, as it was or is."""

    verdict: VerdictText
    severity: SeverityText
    waived: bool
    evidence: Evidence


class ChangePart(DocumentPart):
    """What became of a finding since the baseline.

    Attributes:
        cause: why; null for what is still open and unchanged.
        before: null where it was not there; ``after`` likewise.
    """

    kind: Annotated[ChangeKind, FromText]
    cause: Annotated[ChangeCause | None, FromText]
    detail: str
    rule_id: str | None
    subject: SubjectPart | None
    fingerprint: Fingerprint | None
    before: SidePart | None
    after: SidePart | None


class ComparisonPart(DocumentPart):
    """The changes since the judgement of an older snapshot."""

    baseline_sha256: Sha256
    baseline_rules_sha256: Sha256
    baseline_collected_at: Moment
    baseline_as_of: Moment
    changes: Listed[ChangePart]


class DiffDocument(ComparisonPart):
    """What ``casaudit diff --format json`` writes: the changes alone."""

    schema_: Literal["casaudit/diff/1"] = Field(alias="schema")
    organization: str
    snapshot_sha256: str
    rules_sha256: str
    collected_at: Moment
    as_of: Moment


class TurnPart(DocumentPart):
    """A finding that becomes an open failure, or a worse one, by the passage of time alone.

    Attributes:
        on: first day (UTC) on which a run at the hour of this one would find it.
        run: the first of the coming runs that will find it.
        severity_now: of the open failure that it is now; null when it is none.
        waiver_ends: it fails already, and only its waiver comes to its end.
    """

    on: Day
    run: Moment
    rule_id: str
    subject: SubjectPart
    fingerprint: Fingerprint
    severity_now: SeverityText | None
    severity: SeverityText
    message: str | None
    waiver_ends: bool


class ForecastPart(DocumentPart):
    """What turns red by itself before the coming monthly runs, the nearest first."""

    runs: Listed[Moment]
    turns: Listed[TurnPart]
