"""What a judgement is compared with: an earlier judgement, its snapshot, or both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from casaudit.dn import norm_dn
from casaudit.errors import UsageError
from casaudit.findings import Assessment, Finding, RuleInfo
from casaudit.snapshot import Section, Snapshot


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a comparison needs of a judgement.

    Attributes:
        rules: those that were judged, by id.
    """

    organization: str
    collected_at: datetime
    as_of: datetime
    profile: str
    target: str | None
    snapshot_sha256: str
    rules_sha256: str
    rules: Mapping[str, RuleInfo]
    findings: Sequence[Finding]
    coverage: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier state of an organisation.

    Attributes:
        name: what to call it in errors.
        reported: the judgement that was made then; ``None`` where only the snapshot is left.
        snapshot: the evidence then; ``None`` where only the judgement is left.
    """

    name: str
    reported: Judgement | None
    snapshot: Snapshot | None


def judgement(assessment: Assessment) -> Judgement:
    """Return an assessment as the older side of a comparison."""
    return Judgement(
        organization=assessment.organization,
        collected_at=assessment.collected_at,
        as_of=assessment.as_of,
        profile=assessment.profile,
        target=assessment.target,
        snapshot_sha256=assessment.snapshot_sha256,
        rules_sha256=assessment.rules_sha256,
        rules={rule.id: rule for rule in assessment.rules},
        findings=assessment.findings,
        coverage=assessment.coverage,
    )


def check_comparable(baseline: Baseline, snapshot: Snapshot, assessment: Assessment) -> None:
    """Refuse a baseline that cannot be compared.

    Raises:
        UsageError: it is of another organisation, or was judged for another purpose.
    """
    if is_other(baseline, snapshot):
        raise UsageError(
            baseline.name,
            f"is of another organisation ({_name(baseline)}, not {assessment.organization})",
            "compare snapshots of one organisation",
        )
    then = baseline.reported
    if then and (then.profile, then.target) != (assessment.profile, assessment.target):
        raise UsageError(
            baseline.name,
            f"was judged for {_purpose(then.profile, then.target)},"
            f" not for {_purpose(assessment.profile, assessment.target)}",
            "give its snapshot instead, or the same --profile and --target",
        )


def is_other(baseline: Baseline, snapshot: Snapshot) -> bool:
    """Tell whether a baseline is surely of another organisation than a snapshot.

    Names alone do not tell: many organisations bear the name that setup proposes.
    """
    now = {key for each in snapshot.organization for key in (each.id, norm_dn(each.dn))}
    if baseline.snapshot is not None:
        then = {
            key for each in baseline.snapshot.organization for key in (each.id, norm_dn(each.dn))
        }
    else:
        found = baseline.reported.findings if baseline.reported else ()
        then = {f.subject.id for f in found if f.subject.kind == "organization"}
    return bool(then and now) and not then & now


def _name(baseline: Baseline) -> str:
    if baseline.reported is not None:
        return baseline.reported.organization
    organizations = baseline.snapshot.organization if baseline.snapshot else ()
    return next((each.name for each in organizations), "unknown organisation")


def _purpose(profile: str, target: str | None) -> str:
    return f"profile {profile}" + (f", target {target}" if target else "")
