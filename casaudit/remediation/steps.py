"""The plan with what its scripts need: PowerShell literals, findings in full, what waits for what.

Each record of ``plan.json`` is held as ``planned``, so that nothing of it is told twice.
"""

from dataclasses import dataclass, replace

from casaudit.findings import Assessment, Cell, Finding, Phase, RuleInfo, Setting, Severity
from casaudit.remediation.plan import (
    SCHEMA,
    PlanAnswer,
    PlanDocument,
    PlanFinding,
    PlanHand,
    PlanObject,
    PlanOutlook,
    PlanStep,
    PlanValue,
)


@dataclass(frozen=True, slots=True)
class AskedAnswer:
    """A value that the operator states before the steps that use it can run.

    Attributes:
        check: key of the confirmation that goes with it, and ``confirms`` what is confirmed.
        used: names that the snapshot shows in its place, with how often, most used first.
    """

    planned: PlanAnswer
    check: str | None
    confirms: str | None
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """How the script sets one value of one object.

    Attributes:
        source: the value wanted as a PowerShell literal; ``resolves`` the name, as one, that has
            to resolve first.
        findings: what it repairs; at least one.
        asks_for_resolving: whether the name in its answer has to resolve first.
        waits: keys of the confirmations without which it does not run.
    """

    planned: PlanStep
    cell: Cell
    setting: Setting
    source: str
    resolves: str | None
    findings: tuple[Finding, ...]
    asks_for_resolving: bool = False
    waits: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """Its place in the plan, from 1."""
        return self.planned.number

    @property
    def phase(self) -> Phase:
        """The part of the plan that it belongs to."""
        return self.setting.phase

    @property
    def site(self) -> str | None:
        """The site to which its object belongs."""
        return self.cell.subject.site

    def numbered(self, number: int) -> "ScriptStep":
        """Return it at its place in the plan."""
        return replace(self, planned=self.planned.model_copy(update={"number": number}))

    def answered(self, answer: str, check: str | None) -> "ScriptStep":
        """Return it with the key of the answer that gives its value, and of that one's check."""
        waits = (*self.waits, check) if check else self.waits
        planned = self.planned.model_copy(update={"answer": answer})
        return replace(self, planned=planned, waits=waits)


@dataclass(frozen=True, slots=True)
class ManualStep:
    """What a person does, with the commands of its card for reading.

    Attributes:
        commands: a card's text; empty where the reason says all.
        check: key of the confirmation on which later steps wait.
    """

    planned: PlanHand
    phase: Phase
    rule: RuleInfo
    severity: Severity
    findings: tuple[Finding, ...]
    commands: str = ""
    check: str | None = None

    @property
    def number(self) -> int:
        """Its place in the plan, from 1."""
        return self.planned.number

    @property
    def site(self) -> str | None:
        """The one site of all its objects."""
        # With objects in several sites it belongs to none, and steps of every site wait for it.
        sites = {finding.subject.site for finding in self.findings}
        return next(iter(sites)) if len(sites) == 1 else None

    def numbered(self, number: int) -> "ManualStep":
        """Return it at its place in the plan."""
        return replace(self, planned=self.planned.model_copy(update={"number": number}))


@dataclass(frozen=True, slots=True)
class RemediationPlan:
    """All steps in order.

    Attributes:
        id: of what the script sets; equal plans have equal ids.
        cells: every value of a setting that the plan sets, and every value of its objects.
    """

    id: str
    entries: tuple[ScriptStep | ManualStep, ...]
    answers: tuple[AskedAnswer, ...]
    waived: tuple[Finding, ...]
    cells: tuple[Cell, ...]

    @property
    def steps(self) -> tuple[ScriptStep, ...]:
        """The steps that the script takes."""
        return tuple(each for each in self.entries if isinstance(each, ScriptStep))

    @property
    def by_hand(self) -> tuple[ManualStep, ...]:
        """The steps that a person takes."""
        return tuple(each for each in self.entries if isinstance(each, ManualStep))

    def document(self, assessment: Assessment) -> PlanDocument:
        """Return it as ``plan.json`` holds it, with what the snapshot saw of its settings."""
        found = {
            "schema": SCHEMA,
            "id": self.id,
            "organization": assessment.organization,
            "collected_at": assessment.collected_at,
            "as_of": assessment.as_of,
            "profile": assessment.profile,
            "target": assessment.target,
            "snapshot_sha256": assessment.snapshot_sha256,
            "rules_sha256": assessment.rules_sha256,
            "tool_version": assessment.tool_version,
            "answers": tuple(each.planned for each in self.answers),
            "steps": tuple(each.planned for each in self.steps),
            "by_hand": tuple(each.planned for each in self.by_hand),
            "waived": tuple(map(PlanFinding.of, self.waived)),
            "seen": tuple(
                PlanValue(
                    setting=cell.setting, object=PlanObject.of(cell.subject), value=cell.value
                )
                for cell in self.cells
                # What was not seen then cannot be seen to have changed.
                if cell.is_known
            ),
        }
        if (outlook := assessment.outlook) is not None:
            found["outlook"] = PlanOutlook(
                failures=outlook.before,
                after=outlook.after,
                goes=len(outlook.gone),
                appears=tuple(map(PlanFinding.of, outlook.appears)),
                unseen=len(outlook.unseen),
            )
        return PlanDocument.model_validate(found)
