"""The plan as scripts for the shell of Exchange 2010, their answers, and ``plan.json``.

PowerShell 2.0, UTF-8 with a byte order mark and CRLF, so that names survive. Values arrive as
literals from the judgement; comments carry them with control characters made visible, never at
the beginning of a line.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from casaudit import shipped
from casaudit.findings import Assessment, Finding
from casaudit.powershell import UnsafeValueError, quote
from casaudit.remediation.answers import answers, checks
from casaudit.remediation.lines import comment, constant, windows_text
from casaudit.remediation.planner import plan_of
from casaudit.remediation.steps import ManualStep, RemediationPlan, ScriptStep
from casaudit.text import count, iso, visible

MOST_OBJECTS = 20
"""Objects of one step by hand that are named with what is wrong; the others only counted."""

# Neither $name nor {name}: PowerShell itself uses both.
_MARK = re.compile(r"#\{(\w+)\}")


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return the two scripts, the file for the operator's answers, and the document."""
    plan = plan_of(assessment)
    return {
        "remediation.ps1": _script("remediation", _remediation(assessment, plan)),
        "rollback.ps1": _script("rollback", _rollback(assessment, plan)),
        # A file of its own: people sign the scripts, and an answer must not break a signature.
        "answers.txt": windows_text("\n".join(answers(plan))),
        "plan.json": plan.document(assessment).dumps(),
    }


def _script(name: str, parts: Mapping[str, str]) -> bytes:
    template = _template(name)
    return windows_text(_MARK.sub(lambda found: parts[found[1]], template))


def _template(name: str) -> str:
    return (shipped.REPORT_TEMPLATES / f"{name}.ps1").read_text(encoding="utf-8")


def _remediation(assessment: Assessment, plan: RemediationPlan) -> dict[str, str]:
    first = (
        "This script changes settings of Exchange when it is run with -Apply; without it, it only"
        " rehearses. Nobody has run it yet: read it before you do."
    )
    how = (
        "Run it in the Exchange Management Shell of Exchange 2010: first without -Apply, then for"
        " one step as a pilot (-Apply -Only 12), then site by site (-Apply -Site NAME)."
        " Start-Transcript keeps a record. A step whose value is not the one in the snapshot any"
        " more refuses to run and is counted; the others go on. What is done by hand can open"
        " further steps: collect again then, and make a new plan. docs/remediation.md says more."
    )
    header = [*_header(assessment, plan, first, how)]
    if assessment.outlook is not None:
        told = f"After the steps that need no answer: {assessment.outlook.sentence()}."
        header += comment(told)
    return {
        "header": "\n".join(header),
        "plan": constant(plan.id),
        "settings": "\n".join(_settings(plan.steps)),
        "kinds": "\n".join(
            f"$Kinds[{constant(a.planned.key)}] = {constant(a.planned.kind)}" for a in plan.answers
        ),
        "checks": ", ".join(map(constant, checks(plan))),
        "shared": _template("shared").strip(),
        "steps": "\n".join(_entries(plan)),
        "leftover": "\n".join(_waived(plan.waived)),
    }


def _rollback(assessment: Assessment, plan: RemediationPlan) -> dict[str, str]:
    first = (
        "This script takes back what a run of remediation.ps1 set, when it is run with -Apply;"
        " without it, it only rehearses."
    )
    how = (
        "Run it in the Exchange Management Shell of Exchange 2010 with -Run and the folder that"
        " remediation.ps1 named. It restores a value only where that run changed it and the present"
        " one is the one that the plan set."
    )
    # Names only: the values to restore stand in the state file of the run that is undone.
    steps = (f"    {_new_step(step, *_NAMED)}" for step in plan.steps)
    return {
        "header": "\n".join(_header(assessment, plan, first, how)),
        "plan": constant(plan.id),
        "settings": "\n".join(_settings(plan.steps, is_rollback=True)),
        "shared": _template("shared").strip(),
        "steps": "\n".join(steps),
    }


def _header(assessment: Assessment, plan: RemediationPlan, first: str, how: str) -> Iterator[str]:
    yield from comment(first)
    yield "#"
    target = f", target {assessment.target}" if assessment.target else ""
    facts = {
        "organisation": assessment.organization,
        "collected": iso(assessment.collected_at),
        "judged": f"{iso(assessment.as_of)}, profile {assessment.profile}{target}",
        "snapshot": f"SHA-256 {assessment.snapshot_sha256}",
        "rules": f"SHA-256 {assessment.rules_sha256}",
        "made by": f"casaudit {assessment.tool_version}",
        "plan": (
            f"{plan.id}: {count(len(plan.steps), 'step')} by script, {len(plan.by_hand)} by hand"
        ),
    }
    for name, value in facts.items():
        yield from comment(f"{name}: {visible(value)}")
    yield "#"
    yield from comment(how)
    yield from comment("Observations (severity info) are not part of the plan.")


def _settings(steps: Iterable[ScriptStep], *, is_rollback: bool = False) -> Iterator[str]:
    # One entry for each setting, however many steps: Read and Write are script blocks, since
    # PowerShell 2.0 knows no classes.
    used = {step.cell.setting: step.setting for step in steps}
    for name, setting in sorted(used.items()):
        yield f"$Settings[{constant(name)}] = @{{"
        yield f"    Title = {constant(setting.title)}"
        yield f"    Compare = {constant(setting.compare)}"
        yield f"    Clears = {'$true' if setting.clears else '$false'}"
        yield f"    Read = {{ param($Identity) {setting.read} }}"
        yield f"    Write = {{ param($Identity, $Value, $WhatIf) {setting.write} }}"
        if is_rollback and setting.remove is not None:
            yield f"    Users = {{ param($Identity, $Value) {setting.users} }}"
            yield f"    Remove = {{ param($Identity, $Value, $WhatIf) {setting.remove} }}"
        yield "}"


def _entries(plan: RemediationPlan) -> Iterator[str]:
    for (phase, site), entries in groupby(plan.entries, key=lambda each: (each.phase, each.site)):
        place = f"{phase.value}, site {visible(site)}" if site else phase.value
        yield ""
        yield f"    # --- {place} ---"
        rules: tuple[str, ...] = ()
        for entry in entries:
            if isinstance(entry, ManualStep):
                yield from _by_hand(entry)
                rules = ()
                continue
            found = tuple(dict.fromkeys(finding.rule.id for finding in entry.findings))
            if found != rules:
                yield from _for_what(entry, phase.value == "databases")
            rules = found
            yield f"    {_new_step(entry, *_NAMED, *_VALUES)}"


def _for_what(step: ScriptStep, is_database: bool) -> Iterator[str]:
    """Say which rules the next steps repair, and what that does to people."""
    seen: set[str] = set()
    for finding in step.findings:
        if finding.rule.id not in seen:
            seen.add(finding.rule.id)
            yield from comment(
                f"{finding.rule.id} ({finding.severity.value}): {visible(finding.rule.title)}", 4
            )
            impact = finding.remediation.impact if finding.remediation else None
            if impact:
                yield from comment(f"  Effect: {visible(impact)}", 4)
    if is_database:
        yield from comment("  Empty databases come first, then those with fewer mailboxes.", 4)


def _by_hand(entry: ManualStep) -> Iterator[str]:
    yield from comment(
        f"Step {entry.number}, by hand: {entry.rule.id} ({entry.severity.value}): "
        f"{visible(entry.rule.title)}",
        4,
    )
    for finding in entry.findings[:MOST_OBJECTS]:
        text = finding.message or ""
        yield from comment(f"  Found: {visible(text)}", 4)
    if len(entry.findings) > MOST_OBJECTS:
        yield from comment(f"  and {len(entry.findings) - MOST_OBJECTS} more, see the report", 4)
    if entry.planned.reason:
        yield from comment(f"  To do: {visible(entry.planned.reason)}.", 4)
    for line in entry.commands.split("\n") if entry.commands else ():
        # A card's commands are for reading: behind "#   |" none of them can be run by accident.
        yield f"    #   | {visible(line)}"


_NAMED = ("Number", "Setting", "Identity", "Name")
_VALUES = ("Site", "Seen", "Wanted", "Resolves", "Asked", "Front", "Rear", "Waits")


def _new_step(step: ScriptStep, *names: str) -> str:
    # The value is put together where the script runs: what stands before and behind the answer.
    front, _, rear = step.setting.shape.partition("{}")
    answer = step.planned.answer
    # An asterisk stands for the answer itself, which is not known here.
    resolves = "'*'" if answer and step.asks_for_resolving else step.resolves
    values = {
        "Number": str(step.number),
        "Setting": constant(step.cell.setting),
        "Identity": step.cell.target,
        "Name": step.cell.label if step.cell.label != step.cell.target else None,
        "Site": _site_literal(step.site),
        "Seen": step.cell.source,
        "Wanted": None if answer else step.source,
        "Resolves": resolves,
        "Asked": constant(answer) if answer else None,
        "Front": constant(front) if answer else None,
        "Rear": constant(rear) if answer else None,
        "Waits": ",".join(map(constant, step.waits)) or None,
    }
    given = (f"-{name} {values[name]}" for name in names if values[name] is not None)
    return f"New-Step {' '.join(given)}"


def _site_literal(site: str | None) -> str | None:
    try:
        return quote(site) if site else None
    # Such a site cannot be chosen by its name; its steps run with the others, or by number.
    except UnsafeValueError:
        return None


def _waived(findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield from comment("Left out, because a waiver holds:")
    for finding in findings:
        waiver = finding.waiver
        owner = f", {visible(waiver.owner)}, until {waiver.until}" if waiver else ""
        yield from comment(f"  {finding.rule.id}: {visible(finding.subject.name)}{owner}")
