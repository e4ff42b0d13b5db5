"""What a judgement says: verdicts, findings, causes, and the assessment that holds them all.

Reports read this module and nothing else of the judgement.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from casaudit.snapshot import Controller, Gap, Section

Value = str | int | float | bool | list[str] | None
"""A cell of evidence: text, number, truth, a list of texts, or not known."""


class Verdict(StrEnum):
    """The four answers; what could not be seen is ``not_evaluated``, never ``pass``."""

    PASS = "pass"
    FAIL = "fail"
    NOT_EVALUATED = "not_evaluated"
    NOT_APPLICABLE = "not_applicable"


class Severity(StrEnum):
    """How bad a failure is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical to 4 for info."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Subject:
    """The object that a verdict is about.

    Attributes:
        kind: as in the findings document: ``site``, ``array``, ``database`` ...
        id: objectGUID or natural key; stable while ``name`` may change.
    """

    kind: str
    name: str
    site: str | None
    id: str


@dataclass(frozen=True, slots=True)
class Remediation:
    """What to do about a finding, as text ready to paste.

    Attributes:
        before: saves the present state; ``fix`` carries ``-WhatIf``; ``rollback`` restores.
        by_hand: why no command is given, where a value cannot be put into one safely.
    """

    before: str | None = None
    fix: str | None = None
    verify: str | None = None
    rollback: str | None = None
    impact: str | None = None
    by_hand: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A published source of a rule."""

    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a reader of findings needs to know of the rule.

    Attributes:
        severity: the base severity.
        confidence: ``verified``, ``recalled`` or ``judgement``: how sure the claim is.
        controls: control ids by framework.
        after: rules whose remediation comes first.
    """

    id: str
    revision: int
    title: str
    severity: Severity
    why: str
    confidence: str
    profiles: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the subject's own record was read: controller, resolver, endpoint or file, and when."""

    origin: str
    at: str
    when_changed: str | None = None
    usn_changed: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One verdict of one rule about one object.

    Attributes:
        severity: after adjustment; ``base_severity`` before it, ``severity_reason`` why.
        message: what is wrong; ``None`` unless the verdict is ``fail``.
        reason: why a rule does not apply, or which evidence is missing.
        evidence: the values that the verdict rests on, by column name.
        cause: the id of the cause that this failure belongs to.
    """

    rule: RuleInfo
    subject: Subject
    verdict: Verdict
    severity: Severity
    base_severity: Severity
    severity_reason: str | None
    message: str | None
    reason: str | None
    evidence: Mapping[str, Value]
    provenance: Provenance | None
    remediation: Remediation | None
    cause: str | None

    @property
    def fingerprint(self) -> str:
        """Identity across runs: depends on the rule's and the subject's id only."""
        return hashlib.sha256(f"{self.rule.id}\n{self.subject.id}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Cause:
    """Failures with one root: the same rule and the same values of its cause columns.

    Attributes:
        title: the rule's title, ``label`` what tells this cause from others of the rule.
        findings: the failures, by subject; at least one.
        parent: the cause under which this one folds, because repairing that one comes first.
        remediation: one card for all the findings.
    """

    id: str
    rule: RuleInfo
    label: str
    severity: Severity
    findings: tuple[Finding, ...]
    parent: str | None
    remediation: Remediation


class Readiness(StrEnum):
    """Whether an organisation may set out for a migration target."""

    READY = "ready"
    WARNINGS = "ready with warnings"
    NOT_READY = "not ready"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the road to the target: what to do, and what to know about it."""

    action: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocker:
    """A cause that has to go before the road is free.

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


@dataclass(frozen=True, slots=True)
class Migration:
    """Whether the organisation is ready for a target, the road there, and what stands in the way.

    Attributes:
        because: the verdict's reason, one sentence.
        road: the steps that the target really needs, from what is installed now; empty when there
            is none, or when it cannot be told.
        warnings: what to know of the target itself.
        blockers: in the order of removal.
        others: ids of the causes that remain, worst first.
        missing: those that decide first.
    """

    target: str | None
    verdict: Readiness
    because: str
    road: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    others: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that the reports say, computed once.

    Attributes:
        findings: every verdict, ordered by rule id and subject.
        causes: worst first, then in the order of remediation; parents before children.
        coverage: one section per kind of evidence; ``gaps`` what could not be seen.
        inventory: the published views, by name: rows as the rules saw them.
        rules: the rules that were judged.
        migration: for profile ``migration`` only.
    """

    organization: str
    collected_at: datetime
    as_of: datetime
    profile: str
    target: str | None
    snapshot_sha256: str
    rules_sha256: str
    tool_version: str
    rules: tuple[RuleInfo, ...]
    findings: tuple[Finding, ...]
    causes: tuple[Cause, ...]
    coverage: tuple[Section, ...]
    gaps: tuple[Gap, ...]
    controllers: tuple[Controller, ...]
    inventory: Mapping[str, tuple[Mapping[str, Value], ...]]
    migration: Migration | None = None

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings whose verdict is ``fail``."""
        return tuple(f for f in self.findings if f.verdict is Verdict.FAIL)

    def summary(self) -> dict[str, Any]:
        """Count the verdicts, failures by severity; shaped as in the findings document."""
        failed = Counter(f.severity.value for f in self.failures)
        counts = Counter(f.verdict for f in self.findings)
        return {
            "fail": {s.value: failed[s.value] for s in Severity if failed[s.value]},
            "pass": counts[Verdict.PASS],
            "not_evaluated": counts[Verdict.NOT_EVALUATED],
            "not_applicable": counts[Verdict.NOT_APPLICABLE],
            "waived": 0,
        }


def population(findings: tuple[Finding, ...]) -> dict[str, Counter[Verdict]]:
    """Count verdicts by rule id: every object of a rule's population is in exactly one of them."""
    counts: dict[str, Counter[Verdict]] = {}
    for finding in findings:
        counts.setdefault(finding.rule.id, Counter())[finding.verdict] += 1
    return counts
