"""``casaudit waive``: accept a failure as it is now, until a day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casaudit import shipped
from casaudit.cli.options import (
    AsOfOption,
    ProfileOption,
    RulesOption,
    SettingsOption,
    SnapshotArgument,
    TargetOption,
)

if TYPE_CHECKING:
    from casaudit.engine.evaluate import Question
    from casaudit.findings import Finding
    from casaudit.rulebook.rule import Rule, Rulebook
    from casaudit.snapshot import Snapshot
    from casaudit.waivers.file import WaiverEntry


def waive(
    rule_id: Annotated[str, typer.Argument(metavar="RULE", help="Rule id, such as CAS-DB-001.")],
    object_name: Annotated[
        str, typer.Argument(metavar="OBJECT", help="Name or id of the object, as in the report.")
    ],
    snapshot: SnapshotArgument,
    owner: Annotated[str, typer.Option("--owner", help="Who answers for the object.")],
    approver: Annotated[str, typer.Option("--approver", help="Who accepted the failure.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, one sentence.")],
    until: Annotated[
        datetime,
        typer.Option("--until", metavar="DAY", formats=["%Y-%m-%d"], help="Last day, UTC."),
    ],
    ticket: Annotated[str | None, typer.Option("--ticket", help="Where it was decided.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="Waiver file to add to; else it is printed."),
    ] = None,
    profile: ProfileOption = None,
    target: TargetOption = None,
    rules: RulesOption = None,
    settings: SettingsOption = None,
    as_of: AsOfOption = None,
) -> None:
    """Accept a failure as it is now, until a day: print the waiver, or add it to a file.

    The waiver is bound to the evidence of the snapshot; when that changes, the failure is
    open again. Take lines out of 'value' that do not matter. See docs/waivers.md.
    """
    from casaudit.cli import assessing, console, inputs
    from casaudit.engine.check import load_rulebook
    from casaudit.errors import UsageError
    from casaudit.waivers.accept import accept, check_day

    book = load_rulebook(shipped.RULES, rules or ())
    rule = book.rule(rule_id.upper())
    if rule is None:
        raise UsageError(rule_id, "there is no such rule", "see 'casaudit rules list'")
    evidence = inputs.read_snapshot(snapshot)
    asked = assessing.question(profile, target, settings, as_of)
    check_day(until.date(), asked.as_of or evidence.collected_at, evidence.collected_at)
    terms = {"owner": owner, "approver": approver, "reason": reason, "ticket": ticket}
    # What is another tomorrow, such as days left, would end the waiver by itself in a day.
    today, tomorrow = judged_twice(rule, evidence, book, asked)
    accepted = accept(rule.id, object_name, today, tomorrow, {**terms, "until": until.date()})
    if accepted.left_out:
        console.note(f"left out, since it changes by itself: {', '.join(accepted.left_out)}")
    if accepted.unknown:
        console.note(f"left out, since it has no value: {', '.join(accepted.unknown)}")
    if file is None:
        alone = _checked(accepted.entry, None, "waiver", book)
        # Without the head of the file: what is printed is pasted into one that has it.
        console.show_data(alone.partition("waivers:\n")[2])
    else:
        _add(accepted.entry, file, book)
        console.note(f"written: {file}")


def judged_twice(
    rule: "Rule", snapshot: "Snapshot", book: "Rulebook", question: "Question"
) -> tuple[Sequence["Finding"], Sequence["Finding"]]:
    """Return the verdicts of a rule at the reference time, and those of a day later.

    A rule that is not part of the profile is judged in the first one that it is part of.
    """
    from casaudit.engine.evaluate import findings_of
    from casaudit.rulebook.statements import views_behind

    # Only this rule and the views behind it: the others have no say in the matter.
    alone = replace(book, rules=(rule,), views=views_behind(rule, book.views))
    profile = question.profile if question.profile in rule.profiles else rule.profiles[0]
    as_of = question.as_of or snapshot.collected_at
    asked = replace(question, profile=profile, as_of=as_of)
    later = replace(asked, as_of=as_of + timedelta(days=1))
    return findings_of(snapshot, alone, asked), findings_of(snapshot, alone, later)


def _add(entry: "WaiverEntry", file: Path, book: "Rulebook") -> None:
    """Add an entry to a file, which is made when there is none; what it has is kept."""
    from casaudit.cli import assessing, files
    from casaudit.errors import UsageError

    text, wanted = None, entry.waiver(line=0)
    if file.exists():
        text = assessing.read_text(file)
        for each in assessing.waivers(file, book).entries:
            # Of two entries about one failure nobody could tell which holds.
            if (each.rule, each.object) == (wanted.rule, wanted.object):
                raise UsageError(
                    f"{file}:{each.line}",
                    f"{wanted.rule} is waived for {wanted.object} already",
                    "change that entry",
                )
    files.write_file(file, _checked(entry, text, str(file), book).encode("utf-8"))


def _checked(entry: "WaiverEntry", text: str | None, path: str, book: "Rulebook") -> str:
    """Return the file with the entry, after reading it again as it will be read."""
    from casaudit.errors import UsageError
    from casaudit.waivers import read_waivers
    from casaudit.waivers.accept import with_entry

    added = with_entry(entry, text)
    evidence = {rule.id: rule.evidence for rule in book.rules}
    # YAML has no form for some texts, such as lone surrogates.
    again = read_waivers(added, path, evidence).entries[-1]
    if again != entry.waiver(again.line):
        raise UsageError(again.object, "has evidence that cannot be written as YAML")
    return added
