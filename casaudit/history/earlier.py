"""An earlier judgement, read back from the findings.json that it left."""

from casaudit.findings import Finding, Purpose, RuleInfo, Severity, Subject, Waiver
from casaudit.findings.document import FindingsDocument, RulePart, read_document
from casaudit.findings.document_parts import ResultPart, WaiverPart
from casaudit.history.baseline import Judgement
from casaudit.snapshot import Section, SectionName


def read_findings(data: bytes, name: str) -> Judgement:
    """Read the findings.json of an earlier run.

    Raises:
        SourceError: it is none, or one of another version.
    """
    document = read_document(data, name, FindingsDocument)
    rules = {
        rule.id: _rule(rule, rule.id, rule.requirement, rule.severity, rule.standing)
        for rule in document.rules
    }
    # A section that only a newer casaudit knows can hide nothing that this one compares.
    known = {each.value for each in SectionName}
    return Judgement(
        organization=document.organization,
        collected_at=document.collected_at,
        as_of=document.as_of,
        profile=document.profile,
        target=document.target,
        snapshot_sha256=document.snapshot_sha256,
        rules_sha256=document.rules_sha256,
        rules=rules,
        findings=tuple(_finding(each, rules) for each in document.results),
        coverage=tuple(
            Section(name=SectionName(each.section), status=each.status)
            for each in document.coverage
            if each.section in known
        ),
    )


def _rule(
    part: RulePart | ResultPart,
    rule_id: str,
    requirement: str,
    severity: Severity,
    standing: bool = False,
) -> RuleInfo:
    """Return what a comparison needs of a rule; its reasons and sources are not compared."""
    purpose = Purpose(standing=standing)
    return RuleInfo(
        rule_id, part.revision, part.title, requirement, severity, "", "", (), purpose=purpose
    )


def _finding(result: ResultPart, rules: dict[str, RuleInfo]) -> Finding:
    subject, waiver = result.subject, result.waiver
    return Finding(
        rule=rules.get(result.rule_id) or _rule(result, result.rule_id, "", result.base_severity),
        subject=Subject(subject.kind, subject.name, subject.site, subject.id),
        verdict=result.verdict,
        severity=result.severity,
        base_severity=result.base_severity,
        severity_reason=result.severity_reason,
        message=result.message,
        reason=result.reason,
        evidence=result.evidence,
        provenance=None,
        remediation=None,
        cause=None,
        waiver=_waiver(result, waiver) if waiver else None,
    )


def _waiver(result: ResultPart, waiver: WaiverPart) -> Waiver:
    return Waiver(
        rule=result.rule_id,
        object=result.subject.name,
        value=waiver.value,
        owner=waiver.owner,
        approver=waiver.approver,
        reason=waiver.reason,
        ticket=waiver.ticket,
        until=waiver.until,
        line=0,  # Only the list of waivers names the line of an entry, and no comparison needs it.
    )
