"""Verdicts of rules about objects, and the causes under which failures fold."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from casaudit.findings.purpose import Purpose

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


COMMAND_PARTS = ("before", "fix", "at_once", "verify", "rollback")
"""The parts of a fix card that hold commands, in the order in which they are used."""


@dataclass(frozen=True, slots=True)
class Remediation:
    """What to do about a finding, as text ready to paste.

    Attributes:
        before: looks, and saves the present state.
        fix: changes of which every one carries ``-WhatIf``.
        at_once: changes for which no rehearsal exists, such as those of ``dnscmd`` and ``setspn``.
        rollback: restores the present state.
        by_hand: why no command is given, where a value cannot be put into one safely.
    """

    before: str | None = None
    fix: str | None = None
    at_once: str | None = None
    verify: str | None = None
    rollback: str | None = None
    impact: str | None = None
    by_hand: str | None = None


FRAMEWORKS = {
    "nist_800_53": "NIST SP 800-53",
    "nist_sp": "NIST SP",
    "disa_exchange_2010_cas": "DISA Exchange 2010 CAS STIG",
    "disa_exchange_2013_cas_analogue": "DISA Exchange 2013 CAS STIG (analogue)",
}
"""Titles of the frameworks whose controls rules name."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A published source of a rule."""

    title: str
    url: str | None = None


_NO_PURPOSE = Purpose()


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a reader of findings needs to know of the rule.

    Attributes:
        title: what is wrong where it fails; ``requirement`` what holds where it passes.
        severity: the base severity.
        confidence: ``verified``, ``recalled`` or ``judgement``: how sure the claim is.
        controls: control ids by framework.
        after: rules whose remediation comes first.
        purpose: what it is for in a plan, in a migration and in the headline.
    """

    id: str
    revision: int
    title: str
    requirement: str
    severity: Severity
    why: str
    confidence: str
    profiles: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    purpose: Purpose = _NO_PURPOSE


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the subject's own record was read: controller, resolver, endpoint or file, and when."""

    origin: str
    at: str
    when_changed: str | None = None
    usn_changed: int | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A failure that its owner accepts, for the value that was seen, until a day.

    Attributes:
        object: name of the subject as the waiver gives it, or its id.
        value: evidence that was accepted, by column; another value makes the waiver void.
        until: last day on which it holds, UTC.
        line: where it begins in its file.
        by_id: whether ``object`` is an id.
    """

    rule: str
    object: str
    value: Mapping[str, Value]
    owner: str
    approver: str
    reason: str
    ticket: str | None
    until: date
    line: int
    by_id: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One verdict of one rule about one object.

    Attributes:
        severity: after adjustment; ``base_severity`` before it, ``severity_reason`` why.
        message: what is wrong; ``None`` unless the verdict is ``fail``.
        reason: why a rule does not apply, or which evidence is missing.
        evidence: the values that the verdict rests on, by column name.
        cause: the id of the cause that this failure belongs to.
        waiver: the one that holds for this failure; it does not change the verdict.
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
    waiver: Waiver | None = None

    @property
    def heading(self) -> str:
        """The title of a failure; of any other verdict the requirement, for nothing failed."""
        rule = self.rule
        # The findings.json of an earlier casaudit has titles only.
        return rule.title if self.verdict is Verdict.FAIL else rule.requirement or rule.title

    @property
    def fingerprint(self) -> str:
        """Identity across runs: depends on the rule's and the subject's id only."""
        # Not of the message or the evidence: a rename or a new value is the same finding, changed.
        return hashlib.sha256(f"{self.rule.id}\n{self.subject.id}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class CardBlock:
    """The part of a cause's card that is for the failures which share every value it uses.

    Attributes:
        places: of these failures, among those that the card is for.
        targets: their objects as PowerShell literals, in this order; joined by commas they are
            the list that the commands hold. None where an object cannot be written safely.
        remediation: the part, as it stands in the card.
    """

    places: tuple[int, ...]
    targets: tuple[str, ...]
    remediation: Remediation


@dataclass(frozen=True, slots=True)
class Cause:
    """Failures with one root: the same rule and the same values of its cause columns.

    Attributes:
        title: the rule's title, ``label`` what tells this cause from others of the rule.
        severity: of the worst failure that is not waived; of the worst when all are.
        findings: the failures, by subject; at least one.
        parent: the cause under which this one folds, because repairing that one comes first.
        remediation: one card for all the findings that are not waived; for all when all are.
        blocks: the parts of that card, where it is for more than one failure.
    """

    id: str
    rule: RuleInfo
    label: str
    severity: Severity
    findings: tuple[Finding, ...]
    parent: str | None
    remediation: Remediation
    blocks: tuple[CardBlock, ...] = ()

    @property
    def open(self) -> tuple[Finding, ...]:
        """The failures that no waiver holds for."""
        return tuple(finding for finding in self.findings if finding.waiver is None)

    @property
    def is_waived(self) -> bool:
        """Whether every failure of it is waived."""
        return not self.open
