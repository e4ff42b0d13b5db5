"""The plan as scripts for the shell of Exchange 2010, and as a document for ``verify-fix``.

PowerShell 2.0, UTF-8 with a byte order mark and CRLF, so that names survive. Values arrive as
literals from the judgement; comments carry them with control characters made visible, never at
the beginning of a line.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from casaudit import shipped
from casaudit.findings import Assessment, Finding
from casaudit.remediation.planner import plan_of
from casaudit.remediation.steps import AskedAnswer, ManualStep, RemediationPlan, ScriptStep
from casaudit.text import iso, visible

WIDTH = 96
MOST_OBJECTS = 20
"""Objects of one step by hand that are named with what is wrong; the others only counted."""

# Neither $name nor {name}: PowerShell itself uses both.
_MARK = re.compile(r"#\{(\w+)\}")


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return the two scripts and the document."""
    plan = plan_of(assessment)
    return {
        "remediation.ps1": _script("remediation", _remediation(assessment, plan)),
        "rollback.ps1": _script("rollback", _rollback(assessment, plan)),
        "plan.json": plan.document(assessment).dumps(),
    }


def _script(name: str, parts: Mapping[str, str]) -> bytes:
    template = _template(name)
    filled = _MARK.sub(lambda found: parts[found[1]], template)
    # Parts without content leave gaps in the template.
    lines = re.sub(r"\n{3,}", "\n\n", filled).rstrip("\n").split("\n")
    # Without a byte order mark PowerShell 2.0 reads a script in the ANSI code page of the machine,
    # and names with umlauts would be other names. Notepad before Windows 10 (1809) needs CRLF.
    return ("\ufeff" + "".join(f"{line.rstrip()}\r\n" for line in lines)).encode()


def _template(name: str) -> str:
    return (shipped.REPORT_TEMPLATES / f"{name}.ps1").read_text(encoding="utf-8")


def _remediation(assessment: Assessment, plan: RemediationPlan) -> dict[str, str]:
    first = (
        "This script changes settings of Exchange when $WhatIf below is set to $false; as it is it"
        " only rehearses. Nobody has run it yet: read it before you do."
    )
    how = (
        "Run it in the Exchange Management Shell of Exchange 2010: first as it is, then for one"
        " step as a pilot ($Only), then site by site. Start-Transcript keeps a record. A step whose"
        " value is not the one in the snapshot any more refuses to run and is counted; the others"
        " go on. What is done by hand can open further steps: collect again then, and make a new"
        " plan. docs/remediation.md says more."
    )
    return {
        "header": "\n".join(_header(assessment, plan, first, how)),
        "questions": "\n".join(_questions(plan)),
        "plan": _constant(plan.id),
        "settings": "\n".join(_settings(plan.steps)),
        "kinds": "\n".join(
            f"$Kinds[{_constant(a.planned.key)}] = {_constant(a.planned.kind)}"
            for a in plan.answers
        ),
        "shared": _template("shared").strip(),
        "steps": "\n".join(_entries(plan)),
        "leftover": "\n".join(_waived(plan.waived)),
    }


def _rollback(assessment: Assessment, plan: RemediationPlan) -> dict[str, str]:
    first = (
        "This script takes back what remediation.ps1 set, when $WhatIf below is set to $false; as"
        " it is it only rehearses."
    )
    how = (
        "Name the state file below and run it in the Exchange Management Shell of Exchange 2010."
        " It restores a value only where the present one is the one that the plan set."
    )
    # Names only: the values to restore stand in the state file of the run that is undone.
    steps = (f"    {_new_step(step, *_NAMED)}" for step in plan.steps)
    return {
        "header": "\n".join(_header(assessment, plan, first, how)),
        "plan": _constant(plan.id),
        "settings": "\n".join(_settings(plan.steps)),
        "shared": _template("shared").strip(),
        "steps": "\n".join(steps),
    }


def _header(assessment: Assessment, plan: RemediationPlan, first: str, how: str) -> Iterator[str]:
    yield from _comment(first)
    yield "#"
    target = f", target {assessment.target}" if assessment.target else ""
    facts = {
        "organisation": assessment.organization,
        "collected": iso(assessment.collected_at),
        "judged": f"{iso(assessment.as_of)}, profile {assessment.profile}{target}",
        "snapshot": f"SHA-256 {assessment.snapshot_sha256}",
        "rules": f"SHA-256 {assessment.rules_sha256}",
        "made by": f"casaudit {assessment.tool_version}",
        "plan": f"{plan.id}: {len(plan.steps)} steps by script, {len(plan.by_hand)} by hand",
    }
    for name, value in facts.items():
        yield from _comment(f"{name}: {visible(value)}")
    yield "#"
    yield from _comment(how)
    yield from _comment("Observations (severity info) are not part of the plan.")


def _questions(plan: RemediationPlan) -> Iterator[str]:
    for answer in plan.answers:
        yield from _question(
            answer, [s.number for s in plan.steps if s.planned.answer == answer.planned.key]
        )
    for entry in plan.by_hand:
        if entry.check is not None:
            waiting = [step.number for step in plan.steps if entry.check in step.waits]
            yield ""
            yield from _comment(
                f"{entry.check}: set it to $true when step {entry.number} is done by hand "
                f"({visible(entry.rule.title)}); {_numbers(waiting)} waits for it"
            )
            yield f"$Confirmed[{_constant(entry.check)}] = $false"


def _question(answer: AskedAnswer, steps: Sequence[int]) -> Iterator[str]:
    planned = answer.planned
    scope = f", {visible(planned.scope)}" if planned.scope else ""
    yield ""
    yield from _comment(f"{planned.key}: {planned.question}{scope} ({_numbers(steps)})")
    if answer.used:
        yield from _comment(f"  in use there now: {visible(', '.join(answer.used))}")
    # Empty and never a guess: the script refuses a step whose answer was not given.
    yield f"$Answer[{_constant(planned.key)}] = ''"
    if answer.check is not None:
        yield from _comment(f"{answer.check}: set it to $true when {answer.confirms}")
        yield f"$Confirmed[{_constant(answer.check)}] = $false"


def _settings(steps: Iterable[ScriptStep]) -> Iterator[str]:
    # One entry for each setting, however many steps: Read and Write are script blocks, since
    # PowerShell 2.0 knows no classes.
    used = {step.cell.setting: step.setting for step in steps}
    for name, setting in sorted(used.items()):
        yield f"$Settings[{_constant(name)}] = @{{"
        yield f"    Title = {_constant(setting.title)}"
        yield f"    Compare = {_constant(setting.compare)}"
        yield f"    Clears = {'$true' if setting.clears else '$false'}"
        yield f"    Read = {{ param($Identity) {setting.read} }}"
        yield f"    Write = {{ param($Identity, $Value, $WhatIf) {setting.write} }}"
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
            yield from _comment(
                f"{finding.rule.id} ({finding.severity.value}): {visible(finding.rule.title)}", 4
            )
            impact = finding.remediation.impact if finding.remediation else None
            if impact:
                yield from _comment(f"  Effect: {visible(impact)}", 4)
    if is_database:
        yield from _comment("  Empty databases come first, then those with fewer mailboxes.", 4)


def _by_hand(entry: ManualStep) -> Iterator[str]:
    yield from _comment(
        f"Step {entry.number}, by hand: {entry.rule.id} ({entry.severity.value}): "
        f"{visible(entry.rule.title)}",
        4,
    )
    for finding in entry.findings[:MOST_OBJECTS]:
        text = finding.message or ""
        yield from _comment(f"  Found: {visible(text)}", 4)
    if len(entry.findings) > MOST_OBJECTS:
        yield from _comment(f"  and {len(entry.findings) - MOST_OBJECTS} more, see the report", 4)
    if entry.planned.reason:
        yield from _comment(f"  To do: {visible(entry.planned.reason)}.", 4)
    for line in entry.commands.split("\n") if entry.commands else ():
        # A card's commands are for reading: behind "#   |" none of them can be run by accident.
        yield f"    #   | {visible(line)}"


_NAMED = ("Number", "Setting", "Identity", "Name")
_VALUES = ("Seen", "Wanted", "Resolves", "Asked", "Front", "Rear", "Waits")


def _new_step(step: ScriptStep, *names: str) -> str:
    # The value is put together where the script runs: what stands before and behind the answer.
    front, _, rear = step.setting.shape.partition("{}")
    answer = step.planned.answer
    # An asterisk stands for the answer itself, which is not known here.
    resolves = "'*'" if answer and step.asks_for_resolving else step.resolves
    values = {
        "Number": str(step.number),
        "Setting": _constant(step.cell.setting),
        "Identity": step.cell.target,
        "Name": step.cell.label if step.cell.label != step.cell.target else None,
        "Seen": step.cell.source,
        "Wanted": None if answer else step.source,
        "Resolves": resolves,
        "Asked": _constant(answer) if answer else None,
        "Front": _constant(front) if answer else None,
        "Rear": _constant(rear) if answer else None,
        "Waits": ",".join(map(_constant, step.waits)) or None,
    }
    given = (f"-{name} {values[name]}" for name in names if values[name] is not None)
    return f"New-Step {' '.join(given)}"


def _waived(findings: Sequence[Finding]) -> Iterator[str]:
    if findings:
        yield from _comment("Left out, because a waiver holds:")
    for finding in findings:
        waiver = finding.waiver
        owner = f", {visible(waiver.owner)}, until {waiver.until}" if waiver else ""
        yield from _comment(f"  {finding.rule.id}: {visible(finding.subject.name)}{owner}")


def _comment(text: str, indent: int = 0) -> Iterator[str]:
    """Wrap a text whose first word is ours into comment lines, none of which begins with data."""
    lead = " " * indent
    inner = text[: len(text) - len(text.lstrip())]
    # Data may hold a line break, which would end the comment and begin a command: visible() has
    # made it a mark already, and the split removes what is left of blank space.
    # No break behind a hyphen: a name in two parts cannot be found by a search.
    lines = textwrap.wrap(" ".join(text.split()), WIDTH - indent, break_on_hyphens=False) or [""]
    yield f"{lead}# {inner}{lines[0]}"
    yield from (f"{lead}# {inner}  {line}" for line in lines[1:])


def _numbers(steps: Sequence[int]) -> str:
    return f"step{'s' if len(steps) > 1 else ''} {', '.join(map(str, steps))}"


def _constant(text: str) -> str:
    """Quote a text of ours."""
    # Only the straight quote is doubled: our own texts hold none of the four typographic ones that
    # PowerShell takes for it. Values of the directory come quoted by rulebook.templates.
    return "'" + text.replace("'", "''") + "'"
