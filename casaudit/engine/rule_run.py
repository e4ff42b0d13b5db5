"""Verdicts: one rule put to its population, every object answered exactly once."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from casaudit.engine.loading import Row
from casaudit.engine.rule_plan import Decision, RulePlan
from casaudit.engine.tables import Tables
from casaudit.errors import RuleError
from casaudit.findings import Cells, Evidence, Finding, Known, RuleVerdicts, Subject, Verdict
from casaudit.i18n.languages import Language, marked
from casaudit.rulebook.rule import Condition, Rule
from casaudit.snapshot import SectionName, Snapshot, Status
from casaudit.text import visible


@dataclass(frozen=True, slots=True)
class Shared:
    """What many verdicts of one judgement have in common, each kept once.

    Attributes:
        known: objects with their provenance: by kind and parts of provenance, then by their cells.
        texts: those in evidence, names and ids.
    """

    known: dict[tuple[str, ...], dict[Cells, Known]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


class RuleRun:
    """One rule's verdicts, and the rows that its failures came from.

    A rule that cannot be run costs its own verdicts: one that is not evaluated says why.

    Attributes:
        problem: why the rule could not be run; ``None`` where it could.
    """

    def __init__(
        self,
        rule: Rule,
        plan: Callable[[], RulePlan],
        snapshot: Snapshot,
        tables: Tables,
        language: Language,
        shared: Shared | None = None,
    ) -> None:
        """Run a rule.

        Args:
            rule: the rule.
            plan: makes it ready; what it raises is the reason why there are no verdicts.
            snapshot: the evidence that the tables hold.
            tables: where the rule is run.
            language: of reasons.
            shared: what the runs of one judgement have in common.
        """
        self.rule = rule
        self.info = rule.info
        self._language = language
        self._shared = shared or Shared()
        self._rows: list[Cells] = []
        self.problem: str | None = None
        try:
            self._plan = plan()
            self.findings = RuleVerdicts(self.info, self._plan.evidence)
            self._judge(snapshot, tables)
            for section in self._hiding(snapshot):
                reason = _in_words(section, snapshot, language)
                self.findings.add_ready(self._unjudged(section.value, reason))
        # Verdicts until then go too: half of a rule's objects would pass for all of them.
        except RuleError as error:
            self._rows = []
            self.problem = error.problem
            problem = language.say("the rule failed: %(problem)s", problem=error.problem)
            self.findings = RuleVerdicts(self.info)
            self.findings.add_ready(self._unjudged(rule.id, problem))

    @property
    def failed(self) -> Iterator[tuple[Finding, Row]]:
        """The failures, each with its row."""
        if not self._rows:
            return iter(())
        return zip(self.findings.of(Verdict.FAIL), map(self._plan.row, self._rows), strict=True)

    def context(self, row: Row) -> dict[str, Any]:
        """Return a row as templates see it."""
        return self._plan.cards.context(row, self._plan.columns)

    @property
    def meanings(self) -> dict[str, str]:
        """What the values of its evidence mean; of a rule that could not be run nothing is told."""
        if self.problem is not None:
            return {}
        described = {name: column.meaning for name, column in self._plan.columns.items()}
        return {
            n: m for n, m in (described | self.rule.computed).items() if n in self.rule.evidence
        }

    def cause_id(self, row: Row) -> str:
        """Return the id of the cause to which a failure of this row belongs."""
        key = [row[column] for column in self.rule.cause] or [row["id"]]
        text = "\n".join([self.rule.id, *(str(each) for each in key)])
        # Not Python's hash, which is another in each process; names may hold lone surrogates.
        return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]

    def _judge(self, snapshot: Snapshot, tables: Tables) -> None:
        plan, shared, findings = self._plan, self._shared, self.findings
        width, keep, evidence = plan.width, shared.texts.setdefault, plan.picked(plan.evidence)
        objects = shared.known.setdefault((self.rule.subject, *plan.source), {})
        # What a verdict rests on was not seen in full: even a clear row must not become a pass.
        blind = "; ".join(_incomplete(self.rule.needs, snapshot, self._language))
        decisions: dict[Cells, Decision] = {}
        reason_of = _Reasons(plan, self._language)
        for row in plan.rows(tables):
            # Rows by the hundred thousand give the same few answers: each is thought over once.
            answers = row[width:]
            reason: str | None = blind
            if blind:
                verdict = Verdict.NOT_EVALUATED
            else:
                if answers not in decisions:
                    decisions[answers] = plan.decided(answers)
                verdict, condition = decisions[answers]
                reason = None
                if verdict is not Verdict.PASS and verdict is not Verdict.FAIL:
                    reason = reason_of(condition, row)
            key = plan.object_cells(row)
            known = objects.get(key)
            if known is None:
                # SQLite gives a new text for every cell; an id would be in memory once a rule.
                key = tuple([keep(c, c) if type(c) is str else c for c in key])
                known = objects[key] = plan.object_of(key)
            cells = tuple([keep(c, c) if type(c) is str else c for c in evidence(row)])
            if verdict is Verdict.FAIL:
                # Only failures need their rows again, for causes and cards; passes are far too
                # many.
                self._rows.append(row[:width])
                findings.add_ready(self._failure(row, known, cells))
            else:
                findings.add(known, verdict, reason, cells)

    def _failure(self, row: Cells, known: Known, cells: Cells) -> Finding:
        """Return a failure with what is said of failures only."""
        plan, rule = self._plan, self.rule
        context = plan.context(row)
        adjusted = plan.adjusted(row[plan.width :])
        return Finding(
            rule=self.info,
            subject=known[0],
            verdict=Verdict.FAIL,
            severity=adjusted.severity if adjusted else rule.severity,
            base_severity=rule.severity,
            severity_reason=adjusted.because if adjusted else None,
            message=plan.cards.wording.message(rule.message, context),
            reason=None,
            evidence=Evidence(plan.evidence, cells),
            provenance=known[1],
            remediation=plan.cards.card(rule, context, [context]),
            cause=self.cause_id(plan.row(row)),
        )

    def _hiding(self, snapshot: Snapshot) -> Iterator[SectionName]:
        """The sections not seen in full that would have given more objects."""
        rule = self.rule
        # Where there are objects, sections that were not seen may only hide more of them.
        sections = rule.population if self.findings else (*rule.needs, *rule.population)
        for section in dict.fromkeys(sections):
            if snapshot.status(section) is not Status.COMPLETE:
                yield section

    def _unjudged(self, name: str, reason: str) -> Finding:
        return Finding(
            rule=self.info,
            subject=Subject("collection", name, None, name),
            verdict=Verdict.NOT_EVALUATED,
            severity=self.rule.severity,
            base_severity=self.rule.severity,
            severity_reason=None,
            message=None,
            reason=reason,
            evidence={},
            provenance=None,
            remediation=None,
            cause=None,
        )


class _Reasons:
    """Words reasons; rows that agree in what a reason names get one text."""

    def __init__(self, plan: RulePlan, language: Language) -> None:
        self._plan = plan
        self._language = language
        self._named: dict[str, Callable[[Cells], Cells]] = {}
        self._texts: dict[Cells, str] = {}

    def __call__(self, condition: Condition | None, row: Cells) -> str:
        if condition is None:
            text = self._plan.missing(row, self._language)
            return self._texts.setdefault((text,), text)
        because = condition.because
        if because not in self._named:
            self._named[because] = self._plan.named(because)
        key = (because, *self._named[because](row))
        if key not in self._texts:
            context = self._plan.context(row)
            self._texts[key] = self._plan.cards.wording.message(because, context)
        return self._texts[key]


def _incomplete(needs: Iterable[SectionName], snapshot: Snapshot, language: Language) -> list[str]:
    return [
        _in_words(section, snapshot, language)
        for section in needs
        if snapshot.status(section) is not Status.COMPLETE
    ]


_SEEN = {
    Status.COMPLETE: marked("section %(section)s is complete"),
    Status.PARTIAL: marked("section %(section)s is partial"),
    Status.FAILED: marked("section %(section)s is failed"),
    Status.NOT_COLLECTED: marked("section %(section)s is not collected"),
}


def _in_words(section: SectionName, snapshot: Snapshot, language: Language) -> str:
    status = language.say(_SEEN[snapshot.status(section)], section=section.value)
    # One gap says why; the report lists all of them.
    gap = next((each for each in snapshot.gaps if each.section == section), None)
    if gap is None:
        return status
    reason = language.value("reason", gap.reason.value.replace("_", " "))
    return f"{status} ({reason}: {visible(gap.subject)})"
