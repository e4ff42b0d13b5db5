"""Tables of verdicts: every one of them, and the values behind it."""

from collections.abc import Iterator
from dataclasses import dataclass

from casaudit.findings import (
    Assessment,
    Finding,
    RuleInfo,
    Subject,
    Value,
    WaiverUse,
    is_standing,
)
from casaudit.i18n.languages import marked
from casaudit.report.labels import VALUES, label, plain_value, when
from casaudit.report.roles import code_words
from casaudit.report.sources import Sources
from casaudit.report.tables import CellForm, DataTable, TableColumn, named_values
from casaudit.report.tables.waived import ACCEPTANCE

TEXT, NUMBER, TIME, LIST = CellForm.TEXT, CellForm.NUMBER, CellForm.TIME, CellForm.LIST
TRUTH = CellForm.TRUTH


def control_ids(rule: RuleInfo) -> list[str]:
    """Return the control ids of a rule, each behind its framework."""
    return [f"{framework} {each}" for framework, ids in rule.controls.items() for each in ids]


RULE: tuple[TableColumn[RuleInfo], ...] = (
    TableColumn("rule_id", TEXT, "id of the rule; rules.csv describes it", lambda r: r.id),
    TableColumn("revision", NUMBER, "revision of the rule", lambda r: r.revision),
    TableColumn("title", TEXT, "what is wrong where the rule fails", lambda r: r.title),
    TableColumn("requirement", TEXT, "what holds where it passes", lambda r: r.requirement),
)
SUBJECT: tuple[TableColumn[Subject], ...] = (
    TableColumn("object_kind", TEXT,
                "kind of the object; 'collection' stands for what was not seen", lambda s: s.kind),
    TableColumn("object", TEXT, "name of the object", lambda s: s.name),
    TableColumn("site", TEXT, "Active Directory site of the object", lambda s: s.site),
)  # fmt: skip
FINDING: tuple[TableColumn[Finding], ...] = (
    *(column.of(lambda f: f.rule) for column in RULE),
    TableColumn("verdict", TEXT, "pass, fail, not_evaluated or not_applicable",
                lambda f: f.verdict.value),
    TableColumn("severity", TEXT, "critical, high, medium, low or info, after adjustment",
                lambda f: f.severity.value),
    TableColumn("base_severity", TEXT, "severity of the rule", lambda f: f.base_severity.value),
    TableColumn("severity_reason", TEXT, "why the severity was adjusted",
                lambda f: f.severity_reason),
    *(column.of(lambda f: f.subject) for column in SUBJECT),
    TableColumn("message", TEXT, "what is wrong, for failures", lambda f: f.message),
    TableColumn("reason", TEXT, "why the rule does not apply, or which evidence is missing",
                lambda f: f.reason),
    TableColumn("evidence", TEXT,
                "values that the verdict rests on, as name=value; also in evidence.csv",
                lambda f: named_values(f.evidence)),
    TableColumn("confidence", TEXT,
                "how sure the rule's claim is: verified, recalled or judgement",
                lambda f: f.rule.confidence),
    TableColumn("controls", LIST, "controls that the rule belongs to, each behind its framework",
                lambda f: control_ids(f.rule)),
    TableColumn("cause", TEXT, "id of the cause, for failures; causes.csv describes it",
                lambda f: f.cause),
    TableColumn("read_from", TEXT, "where the object's own record was read",
                lambda f: f.provenance.origin if f.provenance else None),
    TableColumn("read_at", TIME, "when it was read",
                lambda f: f.provenance.at if f.provenance else None),
    TableColumn("when_changed", TIME, "whenChanged in the directory",
                lambda f: f.provenance.when_changed if f.provenance else None),
    TableColumn("usn_changed", NUMBER, "uSNChanged on that controller",
                lambda f: f.provenance.usn_changed if f.provenance else None),
    TableColumn("object_id", TEXT, "objectGUID, or the natural key of what has none",
                lambda f: f.subject.id),
    TableColumn("fingerprint", TEXT, "identity of rule and object, the same in the next run",
                lambda f: f.fingerprint),
)  # fmt: skip


def picked(*names: str) -> Iterator[TableColumn[Finding]]:
    """Yield columns of the table of findings, for a table that repeats them."""
    return (column for column in FINDING if column.name in names)


@dataclass(frozen=True, slots=True)
class WaivableFinding:
    """A verdict, and the entry of the waiver file about it: also one that does not hold."""

    finding: Finding
    use: WaiverUse | None


def findings_table(assessment: Assessment) -> DataTable[WaivableFinding]:
    """Return the table with a line for every verdict; the CSV format has the same one."""
    uses = {use.fingerprint: use for use in assessment.waivers}
    columns: tuple[TableColumn[WaivableFinding], ...] = (
        *(column.of(lambda j: j.finding) for column in FINDING),
        TableColumn("waiver_state", TEXT,
                    "holds, ended, void, unused or unseen; empty without a waiver",
                    lambda j: j.use.state.value if j.use else None),
        *(TableColumn(f"waiver_{column.name}", column.form, column.meaning,
                      column.of(lambda j: j.use.waiver if j.use else None).value)
          for column in ACCEPTANCE),
        TableColumn("standing", TRUTH,
                    "whether it is a standing notice: a failure that is not part of the answer",
                    lambda j: is_standing(j.finding)),
    )  # fmt: skip
    # Fingerprints are hashes: they are asked for only where some waiver could need them.
    items = [WaivableFinding(f, uses.get(f.fingerprint) if uses else None)
             for f in assessment.findings]  # fmt: skip
    return DataTable("findings", marked("a verdict: one rule, one object"), columns, items)


@dataclass(frozen=True, slots=True)
class EvidenceValue:
    """One value that a verdict rests on; ``fingerprint`` is that of the verdict."""

    finding: Finding
    fingerprint: str
    column: str
    sources: Sources

    @property
    def value(self) -> Value:
        """The value."""
        return self.finding.evidence[self.column]


EVIDENCE: tuple[TableColumn[EvidenceValue], ...] = (
    TableColumn("evidence_id", TEXT, "fingerprint and column; unique",
                lambda e: f"{e.fingerprint}/{e.column}"),
    TableColumn("fingerprint", TEXT, "the verdict that it belongs to, as in findings.csv",
                lambda e: e.fingerprint),
    TableColumn("rule_id", TEXT, "id of the rule", lambda e: e.finding.rule.id),
    TableColumn("object", TEXT, "name of the object", lambda e: e.finding.subject.name),
    TableColumn("column", TEXT, "name of the value, as in the published views",
                lambda e: e.column),
    TableColumn("value", TEXT, "the value; empty: not known", lambda e: e.value),
    TableColumn("read_from", TEXT, "where the object's own record was read",
                lambda e: e.finding.provenance.origin if e.finding.provenance else None),
    TableColumn("read_at", TIME, "when that record was read",
                lambda e: e.finding.provenance.at if e.finding.provenance else None),
    TableColumn("when_changed", TIME, "whenChanged of that record in the directory",
                lambda e: e.finding.provenance.when_changed if e.finding.provenance else None),
    TableColumn("usn_changed", NUMBER, "uSNChanged of that record on that controller",
                lambda e: e.finding.provenance.usn_changed if e.finding.provenance else None),
    TableColumn("names_records", LIST, "records of other objects that the value names, each with"
                " where and when it was read",
                lambda e: [f"{each.kind} {each.name}: {each.read.origin} {each.read.at}"
                           for each in e.sources.named(e.value)] or None),
    TableColumn("label", TEXT, "name of the value in words; evidence-dictionary.csv says more",
                lambda e: label(e.column)),
    TableColumn("in_words", TEXT, "the value in words: codes and closed lists by their names, times"
                " as people write them, 'not known' where it is not",
                lambda e: in_words(e.column, e.value)),
)  # fmt: skip


def evidence_table(assessment: Assessment) -> DataTable[EvidenceValue]:
    """Return the table with a line for every value that a verdict rests on."""
    sources = Sources(assessment.inventory)
    items = [
        EvidenceValue(finding, fingerprint, column, sources)
        for finding in assessment.findings
        # A loop over one value: the hash is made once a verdict, not once a column.
        for fingerprint in [finding.fingerprint]
        for column in finding.evidence
    ]
    return DataTable("evidence", marked("a value that a verdict rests on"), EVIDENCE, items)


def in_words(column: str, value: Value) -> str:
    """Write a value of evidence for readers who do not know its codes."""
    if isinstance(value, str):
        return VALUES.get(column, {}).get(value) or when(value)
    return code_words(column, value) or plain_value(value)


@dataclass(frozen=True, slots=True)
class EvidenceName:
    """A name of evidence with one meaning; rules that mean another thing by it have a line more."""

    column: str
    meaning: str
    rules: list[str]


EVIDENCE_NAMES: tuple[TableColumn[EvidenceName], ...] = (
    TableColumn("column", TEXT, "name of the value, as in evidence.csv", lambda n: n.column),
    TableColumn("label", TEXT, "the same in words", lambda n: label(n.column)),
    TableColumn("meaning", TEXT, "what it says", lambda n: n.meaning),
    TableColumn("rules", LIST, "rules whose verdicts rest on it", lambda n: n.rules),
)


def evidence_dictionary(assessment: Assessment) -> DataTable[EvidenceName]:
    """Return the table that says what the values of evidence mean."""
    rules: dict[tuple[str, str], list[str]] = {}
    for rule, meanings in assessment.meanings.items():
        for column, meaning in meanings.items():
            rules.setdefault((column, meaning), []).append(rule)
    items = [EvidenceName(column, meaning, of) for (column, meaning), of in sorted(rules.items())]
    about = marked("a value that verdicts rest on, and what it says")
    return DataTable("evidence-dictionary", about, EVIDENCE_NAMES, items)
