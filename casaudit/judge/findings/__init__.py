"""What a judgement says: verdicts, findings, causes, and the assessment that holds them all.

Reports read this room and nothing else of the judgement.
"""

from casaudit.judge.findings.assessment import (
    Assessment,
)
from casaudit.judge.findings.changes import (
    Change,
    ChangeCause,
    ChangeKind,
    Comparison,
)
from casaudit.judge.findings.finding import (
    Cause,
    Finding,
    Provenance,
    Reference,
    Remediation,
    RuleInfo,
    Severity,
    Subject,
    Value,
    Verdict,
    Waiver,
    population,
)
from casaudit.judge.findings.readiness import (
    Blocker,
    Migration,
    Missing,
    Readiness,
    Step,
)
from casaudit.judge.findings.waiving import (
    WaiverState,
    WaiverUse,
)

__all__ = [
    "Assessment",
    "Blocker",
    "Cause",
    "Change",
    "ChangeCause",
    "ChangeKind",
    "Comparison",
    "Finding",
    "Migration",
    "Missing",
    "Provenance",
    "Readiness",
    "Reference",
    "Remediation",
    "RuleInfo",
    "Severity",
    "Step",
    "Subject",
    "Value",
    "Verdict",
    "Waiver",
    "WaiverState",
    "WaiverUse",
    "population",
]
