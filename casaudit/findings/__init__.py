"""What a judgement says: verdicts, findings, causes, and the assessment that holds them all.

Reports read this room and nothing else of the judgement.
"""

from casaudit.findings.assessment import (
    Assessment,
)
from casaudit.findings.changes import (
    Change,
    ChangeCause,
    ChangeKind,
    Comparison,
)
from casaudit.findings.counts import (
    Counts,
    VerdictTally,
    is_about_collection,
    is_of_answer,
    is_standing,
    tally,
)
from casaudit.findings.finding import (
    COMMAND_PARTS,
    FRAMEWORKS,
    CardBlock,
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
)
from casaudit.findings.forecast import (
    Forecast,
    Turn,
)
from casaudit.findings.letterhead import (
    Letterhead,
)
from casaudit.findings.outlook import (
    Outlook,
)
from casaudit.findings.published import (
    Cells,
    PublishedViews,
    ViewRows,
    decoded,
)
from casaudit.findings.purpose import (
    EndpointText,
    GateMembership,
    GateName,
    Headline,
    MigrationBearing,
    Phase,
    Purpose,
    RemediationStage,
)
from casaudit.findings.readiness import (
    MOST_IN_BATCH,
    Batch,
    Blocker,
    Gate,
    GateState,
    Kept,
    Migration,
    Missing,
    Move,
    Pilot,
    Readiness,
    UpgradeStep,
    Wave,
    WaveState,
)
from casaudit.findings.repair import (
    Cell,
    Decision,
    Repair,
    Repairs,
    Setting,
)
from casaudit.findings.trend import (
    Point,
    Trend,
)
from casaudit.findings.verdicts import (
    Evidence,
    Known,
    RuleVerdicts,
    Verdicts,
    population,
    with_verdict,
)
from casaudit.findings.waiving import (
    WaiverState,
    WaiverUse,
)

__all__ = [
    "COMMAND_PARTS",
    "FRAMEWORKS",
    "MOST_IN_BATCH",
    "Assessment",
    "Batch",
    "Blocker",
    "CardBlock",
    "Cause",
    "Cell",
    "Cells",
    "Change",
    "ChangeCause",
    "ChangeKind",
    "Comparison",
    "Counts",
    "Decision",
    "EndpointText",
    "Evidence",
    "Finding",
    "Forecast",
    "Gate",
    "GateMembership",
    "GateName",
    "GateState",
    "Headline",
    "Kept",
    "Known",
    "Letterhead",
    "Migration",
    "MigrationBearing",
    "Missing",
    "Move",
    "Outlook",
    "Phase",
    "Pilot",
    "Point",
    "Provenance",
    "PublishedViews",
    "Purpose",
    "Readiness",
    "Reference",
    "Remediation",
    "RemediationStage",
    "Repair",
    "Repairs",
    "RuleInfo",
    "RuleVerdicts",
    "Setting",
    "Severity",
    "Subject",
    "Trend",
    "Turn",
    "UpgradeStep",
    "Value",
    "Verdict",
    "VerdictTally",
    "Verdicts",
    "ViewRows",
    "Waiver",
    "WaiverState",
    "WaiverUse",
    "Wave",
    "WaveState",
    "decoded",
    "is_about_collection",
    "is_of_answer",
    "is_standing",
    "population",
    "tally",
    "with_verdict",
]
