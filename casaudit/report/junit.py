"""junit.xml: a suite for each rule and a case for each object, for build servers.

A case fails for every open failure. It is skipped where the rule does not apply, where a waiver
holds, where the rule only observes, where a failure is a standing notice, and where no verdict
could be given: none of these looks like a success, and each says why. Evidence that was asked for
and not seen in full is an error of the first suite, which is the coverage, so that the build is not
green as the exit code is not 0.
"""

from collections import Counter
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from casaudit.findings import (
    Assessment,
    Finding,
    RuleInfo,
    Severity,
    Verdict,
    is_about_collection,
    is_standing,
)
from casaudit.report.labels import SECTIONS, plain_value
from casaudit.report.plaintext import evidence, remediation
from casaudit.snapshot import Gap, Section, Status
from casaudit.text import count, iso, visible

_OUTCOMES = ("failure", "error", "skipped")


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return junit.xml: UTF-8, one final newline."""
    root = _root(assessment)
    ElementTree.indent(root, " ")
    return {"junit.xml": ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"}


def _root(assessment: Assessment) -> Element:
    # Coverage comes first: without it the other suites prove little.
    suites = [_coverage(assessment), *_suites(assessment)]
    counts = Counter[str]()
    for suite in suites:
        # The schema counts skipped cases for each suite, and not for all of them together.
        counts.update({name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors")})
    numbers = {name: str(number) for name, number in counts.items()}
    root = Element(
        "testsuites", {"name": f"casaudit {visible(assessment.organization)}", **numbers}
    )
    root.extend(suites)
    return root


def _suites(assessment: Assessment) -> Iterable[Element]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in assessment.findings:
        by_rule.setdefault(finding.rule.id, []).append(finding)
    for rule in assessment.rules:
        found = by_rule.get(rule.id, [])
        # Build servers tell cases apart by class and name; where two objects share one, the id is
        # added.
        names = Counter(_name(finding) for finding in found)
        cases = [_case(finding, names[_name(finding)] == 1) for finding in found]
        yield _suite(f"{rule.id} {rule.requirement}", assessment, _properties(rule), cases)


def _suite(
    name: str, assessment: Assessment, properties: dict[str, str], cases: list[Element]
) -> Element:
    outcomes = Counter(child.tag for case in cases for child in case if child.tag in _OUTCOMES)
    suite = Element(
        "testsuite",
        {
            "name": visible(name),
            "tests": str(len(cases)),
            "failures": str(outcomes["failure"]),
            "errors": str(outcomes["error"]),
            "skipped": str(outcomes["skipped"]),
            # The common JUnit schema has times without a zone; they are UTC.
            "timestamp": iso(assessment.as_of).removesuffix("Z"),
        },
    )
    listed = SubElement(suite, "properties")
    # The schema wants the properties before the cases.
    for key, value in properties.items():
        SubElement(listed, "property", {"name": visible(key), "value": visible(value)})
    suite.extend(cases)
    return suite


def _properties(rule: RuleInfo) -> dict[str, str]:
    controls = {name: ", ".join(ids) for name, ids in sorted(rule.controls.items())}
    return {
        "severity": rule.severity.value,
        "revision": str(rule.revision),
        "confidence": rule.confidence,
        "why": rule.why,
        **controls,
    }


def _name(finding: Finding) -> str:
    subject = finding.subject
    site = f" ({subject.site})" if subject.site and subject.kind != "site" else ""
    return f"{subject.kind} {subject.name}{site}"


def _case(finding: Finding, is_unique: bool) -> Element:
    name = _name(finding) if is_unique else f"{_name(finding)} [{finding.subject.id}]"
    # Jenkins takes what stands before the last dot for a package, and the rule for a class in it.
    case = _element("testcase", classname=f"casaudit.{finding.rule.id}", name=name)
    outcome = _outcome(finding)
    if outcome is not None:
        case.append(outcome)
        SubElement(case, "system-out").text = _details(finding)
    return case


def _outcome(finding: Finding) -> Element | None:
    message, waiver = finding.message or "", finding.waiver
    match finding.verdict:
        case Verdict.PASS:
            return None
        # Skipped, not passed: a waived failure is still one.
        case Verdict.FAIL if waiver:
            until = f"accepted until {waiver.until.isoformat()}: {waiver.reason}"
            return _element("skipped", type="waived", message=f"{until}; {message}")
        # What a rule only observes does not change the exit code, so it breaks no build either.
        case Verdict.FAIL if finding.severity is Severity.INFO:
            return _element("skipped", type="info", message=f"observed: {message}")
        # Nor does what is said of the collection: the coverage suite has an error where it lacks.
        case Verdict.FAIL if is_about_collection(finding):
            return _element("skipped", type="collection", message=message)
        # Nor what no organisation on Exchange 2010 can change in the short run.
        case Verdict.FAIL if is_standing(finding):
            return _element("skipped", type="standing", message=f"standing notice: {message}")
        case Verdict.FAIL:
            return _element("failure", type=finding.severity.value, message=message)
        case Verdict.NOT_EVALUATED:
            # No error each: the coverage suite has one for the section that was not seen.
            told = f"could not be judged: {finding.reason}"
            return _element("skipped", type="not_evaluated", message=told)
        case Verdict.NOT_APPLICABLE:
            told = f"does not apply: {finding.reason}"
            return _element("skipped", type="not_applicable", message=told)


def _details(finding: Finding) -> str:
    lines = [f"{name}: {plain_value(value)}" for name, value in evidence(finding).items()]
    if read := finding.provenance:
        lines.append(visible(f"read from {read.origin} at {read.at}"))
    for part, text in remediation(finding).items():
        lines += ["", f"{part}:", text]
    return "\n".join(lines)


def _coverage(assessment: Assessment) -> Element:
    gaps: dict[str, list[Gap]] = {}
    for gap in assessment.gaps:
        gaps.setdefault(gap.section, []).append(gap)
    cases = [_seen(section, gaps.get(section.name, [])) for section in assessment.coverage]
    cases += [_failed_rule(*each) for each in assessment.problems.items()]
    if not assessment.is_auditable:
        cases.append(_nothing())
    properties = {
        "profile": assessment.profile,
        "target": assessment.target or "none",
        "as_of": iso(assessment.as_of),
        "snapshot_sha256": assessment.snapshot_sha256,
        "rules_sha256": assessment.rules_sha256,
        "tool_version": assessment.tool_version,
    }
    return _suite("coverage: what was asked for, and seen", assessment, properties, cases)


def _seen(section: Section, gaps: list[Gap]) -> Element:
    case = _element("testcase", classname="casaudit.coverage", name=SECTIONS[section.name])
    told = f"{section.answered:,} of {count(section.asked, 'question')} answered"
    if section.status is Status.NOT_COLLECTED:
        # Nobody asked, so nothing failed; the case stays to say that it was not looked at.
        case.append(_element("skipped", type="not_collected", message="not asked for"))
    elif section.status is not Status.COMPLETE or gaps:
        case.append(_element("error", type=section.status.value, message=told))
    if gaps:
        lines = [f"{gap.subject}: {gap.reason.value} {gap.detail}".rstrip() for gap in gaps]
        SubElement(case, "system-out").text = "\n".join(map(visible, lines))
    return case


def _failed_rule(rule_id: str, problem: str) -> Element:
    case = _element("testcase", classname="casaudit.coverage", name=f"rule {rule_id}")
    case.append(_element("error", type="rule_failed", message=f"judged nothing: {problem}"))
    return case


def _nothing() -> Element:
    case = _element("testcase", classname="casaudit.coverage", name="servers or databases")
    case.append(_element("error", type="nothing", message="none in the evidence: nothing audited"))
    return case


def _element(tag: str, **attributes: str) -> Element:
    # XML has no form for most control characters, not even escaped; visible() leaves none.
    return Element(tag, {name: visible(text) for name, text in attributes.items()})
