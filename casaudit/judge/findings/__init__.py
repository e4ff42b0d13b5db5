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
    FRAMEWORKS,
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
from casaudit.judge.findings.forecast import (
    Forecast,
    Turn,
)
from casaudit.judge.findings.readiness import (
    Blocker,
    Gate,
    GateState,
    Kept,
    Migration,
    Missing,
    Move,
    Readiness,
    Step,
    Wave,
    WaveState,
)
from casaudit.judge.findings.repair import (
    Cell,
    Decision,
    Phase,
    Repair,
    Repairs,
    Setting,
)
from casaudit.judge.findings.trend import (
    Point,
    Trend,
)
from casaudit.judge.findings.waiving import (
    WaiverState,
    WaiverUse,
)

__all__ = [
    "FRAMEWORKS",
    "Assessment",
    "Blocker",
    "Cause",
    "Cell",
    "Change",
    "ChangeCause",
    "ChangeKind",
    "Comparison",
    "Decision",
    "Finding",
    "Forecast",
    "Gate",
    "GateState",
    "Kept",
    "Migration",
    "Missing",
    "Move",
    "Phase",
    "Point",
    "Provenance",
    "Readiness",
    "Reference",
    "Remediation",
    "Repair",
    "Repairs",
    "RuleInfo",
    "Setting",
    "Severity",
    "Step",
    "Subject",
    "Trend",
    "Turn",
    "Value",
    "Verdict",
    "Waiver",
    "WaiverState",
    "WaiverUse",
    "Wave",
    "WaveState",
    "population",
]
