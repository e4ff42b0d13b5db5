"""The assessment: everything that the reports say, computed once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casaudit.findings.changes import Comparison
from casaudit.findings.counts import VerdictTally, tally
from casaudit.findings.finding import Cause, Finding, RuleInfo, Value, Verdict
from casaudit.findings.forecast import Forecast
from casaudit.findings.letterhead import Letterhead
from casaudit.findings.outlook import Outlook
from casaudit.findings.readiness import Migration
from casaudit.findings.repair import Repairs
from casaudit.findings.verdicts import population, with_verdict
from casaudit.findings.waiving import WaiverUse
from casaudit.i18n.languages import Language
from casaudit.snapshot import Controller, Gap, Section, is_incomplete


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that the reports say, computed once.

    Attributes:
        findings: every verdict, ordered by rule id and subject.
        causes: worst first, then in the order of remediation; parents before children.
        coverage: one section per kind of evidence; ``gaps`` what could not be seen.
        inventory: the published views, by name: rows as the rules saw them; empty where nobody
            wanted them.
        rules: the rules that were judged.
        meanings: what the values of evidence say, by rule and column, as the views describe them;
            a rule of somebody's own may leave some out.
        migration: for profile ``migration`` only.
        waivers: every entry of the waiver file, with what it did.
        comparison: with a baseline, where one was given.
        forecast: of the coming runs, where one was asked for.
        language: of the texts.
        repairs: what a remediation plan is made from; empty where nobody wanted one.
        outlook: what the steps of the plan that need no answer would do; where it was asked for.
        problems: rules that could not be run and so judged nothing, by id, each with why.
        is_auditable: whether the evidence holds servers or databases at all.
        letterhead: what the papers for people bear at their head.
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
    findings: Sequence[Finding]
    causes: tuple[Cause, ...]
    coverage: tuple[Section, ...]
    gaps: tuple[Gap, ...]
    controllers: tuple[Controller, ...]
    inventory: Mapping[str, tuple[Mapping[str, Value], ...]]
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    migration: Migration | None = None
    waivers: tuple[WaiverUse, ...] = ()
    comparison: Comparison | None = None
    forecast: Forecast | None = None
    language: Language = field(default_factory=Language)
    repairs: Repairs = field(default_factory=Repairs)
    outlook: Outlook | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    is_auditable: bool = True
    letterhead: Letterhead = field(default_factory=Letterhead)

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings whose verdict is ``fail``."""
        return tuple(with_verdict(self.findings, Verdict.FAIL))

    @property
    def open_failures(self) -> tuple[Finding, ...]:
        """The failures that no waiver holds for."""
        return tuple(f for f in self.failures if f.waiver is None)

    @property
    def tally(self) -> VerdictTally:
        """The verdicts, counted."""
        return tally(self.findings)

    @property
    def is_incomplete(self) -> bool:
        """Whether something that was asked for was not seen, or a rule could not be run."""
        return bool(self.problems) or is_incomplete(self.coverage, self.gaps)

    @property
    def empty_rules(self) -> int:
        """How many rules found no object of their kind, and so say nothing."""
        return len(self.rules) - len(population(self.findings))

    def summary(self) -> dict[str, Any]:
        """Count the verdicts, failures by severity; shaped as in the findings document."""
        counted = self.tally
        return counted.every.document() | {
            "organization": counted.organization.document(),
            "standing": counted.standing.document(),
            "collection": counted.collection.document(),
            "rules_failed": len(self.problems),
            "rules_without_objects": self.empty_rules,
        }
