"""Tables of rules: how many objects each judged, the controls that it bears on, what it says."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from casaudit.findings import FRAMEWORKS, Assessment, Cause, Finding, RuleInfo, Verdict
from casaudit.i18n.languages import marked
from casaudit.report.tables import CellForm, DataTable, TableColumn
from casaudit.report.tables.verdicts import RULE, control_ids

TEXT, NUMBER, LIST = CellForm.TEXT, CellForm.NUMBER, CellForm.LIST


@dataclass(frozen=True, slots=True)
class VerdictCounts:
    """How many objects got which verdict; waived ones are among those that failed."""

    failed: int
    waived: int
    passed: int
    not_evaluated: int
    not_applicable: int

    @property
    def result(self) -> str:
        """The worst that holds for some object, a waiver being better than what is not known."""
        counts = {
            "failed": self.failed - self.waived,
            "not evaluated": self.not_evaluated,
            "waived": self.waived,
            "passed": self.passed,
            "not applicable": self.not_applicable,
        }
        # An empty cell would be read as nothing wrong.
        return next((word for word, count in counts.items() if count), "no object")


COUNTS: tuple[TableColumn[VerdictCounts], ...] = (
    TableColumn("failed", NUMBER, "objects that fail, waived ones among them", lambda c: c.failed),
    TableColumn("waived", NUMBER, "those of them that a waiver holds for", lambda c: c.waived),
    TableColumn("passed", NUMBER, "objects that meet the requirement", lambda c: c.passed),
    TableColumn("not_evaluated", NUMBER, "objects that could not be judged",
                lambda c: c.not_evaluated),
    TableColumn("not_applicable", NUMBER, "objects that the rule does not apply to",
                lambda c: c.not_applicable),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class JudgedKind:
    """A rule and the objects of one kind that it judged; none at all have the kind ``""``."""

    rule: RuleInfo
    kind: str
    objects: int
    counts: VerdictCounts


POPULATION: tuple[TableColumn[JudgedKind], ...] = (
    *(column.of(lambda j: j.rule) for column in RULE),
    TableColumn("severity", TEXT, "severity of the rule", lambda j: j.rule.severity.value),
    TableColumn("object_kind", TEXT,
                "kind of the objects; 'collection' stands for what was not seen", lambda j: j.kind),
    TableColumn("objects", NUMBER,
                "how many were judged: failed, passed and the other two together",
                lambda j: j.objects),
    *(column.of(lambda j: j.counts) for column in COUNTS),
)  # fmt: skip


def population_table(assessment: Assessment) -> DataTable[JudgedKind]:
    """Return the table with a line for every rule and kind of object, rules without any too."""
    items = []
    for rule, judged in by_rule(assessment).values():
        # A rule without objects keeps its line, so that none judged is not read as none failed.
        for kind in dict.fromkeys(finding.subject.kind for finding in judged) or {"": None}:
            alike = [finding for finding in judged if finding.subject.kind == kind]
            items.append(JudgedKind(rule, kind, len(alike), counted_verdicts(alike)))
    return DataTable("population", marked("a rule and a kind of object"), POPULATION, items)


@dataclass(frozen=True, slots=True)
class RuleControl:
    """A control of a framework, and a rule that bears on it with what it judged."""

    framework: str
    control: str
    rule: RuleInfo
    counts: VerdictCounts
    failing: list[str]


CONTROLS: tuple[TableColumn[RuleControl], ...] = (
    TableColumn("framework", TEXT, "id of the control framework", lambda c: c.framework),
    TableColumn("framework_title", TEXT, "its name",
                lambda c: FRAMEWORKS.get(c.framework, c.framework)),
    TableColumn("control_id", TEXT, "id of the control", lambda c: c.control),
    TableColumn("rule_id", TEXT, "a rule that bears on it", lambda c: c.rule.id),
    TableColumn("title", TEXT, "what is wrong where the rule fails", lambda c: c.rule.title),
    TableColumn("requirement", TEXT, "what holds where it passes", lambda c: c.rule.requirement),
    TableColumn("severity", TEXT, "severity of the rule", lambda c: c.rule.severity.value),
    TableColumn("result", TEXT, "failed, not evaluated, waived, passed or not applicable: the first"
                " of these that holds for some object; no object where the rule found none",
                lambda c: c.counts.result),
    *(column.of(lambda c: c.counts) for column in COUNTS),
    TableColumn("failing_objects", LIST, "objects that fail without a waiver",
                lambda c: c.failing),
)  # fmt: skip


def control_table(assessment: Assessment) -> DataTable[RuleControl]:
    """Return the table with a line for every control and rule."""
    items = []
    for rule, judged in by_rule(assessment).values():
        counts = counted_verdicts(judged)
        failing = [f.subject.name for f in judged if f.verdict is Verdict.FAIL and not f.waiver]
        items += [
            RuleControl(framework, control, rule, counts, failing)
            for framework, ids in rule.controls.items()
            for control in ids
        ]
    items.sort(key=lambda each: (each.framework, each.control, each.rule.id))
    return DataTable("controls", marked("a control and a rule"), CONTROLS, items)


def by_rule(assessment: Assessment) -> dict[str, tuple[RuleInfo, list[Finding]]]:
    """Return the verdicts of every rule that was judged, in the order of the rules."""
    found: dict[str, tuple[RuleInfo, list[Finding]]] = {r.id: (r, []) for r in assessment.rules}
    for finding in assessment.findings:
        if finding.rule.id in found:
            found[finding.rule.id][1].append(finding)
    return found


def counted_verdicts(judged: Iterable[Finding]) -> VerdictCounts:
    """Count verdicts; a waived failure is a failure too."""
    counts = Counter((each.verdict, each.waiver is not None) for each in judged)
    waived = counts[Verdict.FAIL, True]
    number = {verdict: counts[verdict, True] + counts[verdict, False] for verdict in Verdict}
    return VerdictCounts(
        failed=number[Verdict.FAIL],
        waived=waived,
        passed=number[Verdict.PASS],
        not_evaluated=number[Verdict.NOT_EVALUATED],
        not_applicable=number[Verdict.NOT_APPLICABLE],
    )


RULES: tuple[TableColumn[RuleInfo], ...] = (
    TableColumn("id", TEXT, "id of the rule", lambda r: r.id),
    TableColumn("revision", NUMBER, "revision of the rule; another one may judge otherwise",
                lambda r: r.revision),
    TableColumn("title", TEXT, "what is wrong where the rule fails", lambda r: r.title),
    TableColumn("requirement", TEXT, "what holds where it passes", lambda r: r.requirement),
    TableColumn("severity", TEXT, "severity of a failure before adjustment",
                lambda r: r.severity.value),
    TableColumn("why", TEXT, "why it matters", lambda r: r.why),
    TableColumn("confidence", TEXT, "how sure the claim is: verified, recalled or judgement",
                lambda r: r.confidence),
    TableColumn("controls", LIST, "controls that it belongs to, each behind its framework",
                control_ids),
    TableColumn("profiles", LIST, "profiles in which it is judged", lambda r: list(r.profiles)),
    TableColumn("after", LIST, "rules whose remediation comes first", lambda r: list(r.after)),
    TableColumn("references", LIST, "published sources", lambda r: [
        each.title if each.url is None else f"{each.title} <{each.url}>" for each in r.references
    ]),
    TableColumn("standing", CellForm.TRUTH,
                "whether its failures are standing notices, and no part of the answer",
                lambda r: r.purpose.standing),
)  # fmt: skip


def rule_table(assessment: Assessment) -> DataTable[RuleInfo]:
    """Return the table with a line for every rule that was judged."""
    return DataTable("rules", marked("a rule that was judged"), RULES, assessment.rules)


CAUSES: tuple[TableColumn[Cause], ...] = (
    TableColumn("id", TEXT, "id of the cause, as in findings.csv", lambda c: c.id),
    TableColumn("rule_id", TEXT, "rule that its objects fail", lambda c: c.rule.id),
    TableColumn("label", TEXT, "what tells it from the other causes of its rule",
                lambda c: c.label),
    TableColumn("severity", TEXT, "severity of the worst failure that is not waived",
                lambda c: c.severity.value),
    TableColumn("parent", TEXT, "cause to repair first; empty when there is none",
                lambda c: c.parent),
    TableColumn("failures", NUMBER, "failures of this cause", lambda c: len(c.findings)),
    TableColumn("waived", NUMBER, "how many of them are waived",
                lambda c: len(c.findings) - len(c.open)),
    TableColumn("impact", TEXT, "what clients notice of the repair",
                lambda c: c.remediation.impact),
)  # fmt: skip


def cause_table(assessment: Assessment) -> DataTable[Cause]:
    """Return the table with a line for every cause of failures."""
    return DataTable("causes", marked("a cause of failures"), CAUSES, assessment.causes)
