"""``casaudit waive``: accept a failure as it is now, until a day."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casaudit import shipped
from casaudit.cli.options import (
    AsOfOption,
    Profile,
    ProfileOption,
    RulesOption,
    SettingsOption,
    SnapshotArgument,
    TargetOption,
)

if TYPE_CHECKING:
    from casaudit.findings import Waiver
    from casaudit.rulebook.rule import Rulebook


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
    profile: ProfileOption = Profile.HEALTH,
    target: TargetOption = None,
    rules: RulesOption = None,
    settings: SettingsOption = None,
    as_of: AsOfOption = None,
) -> None:
    """Accept a failure as it is now, until a day: print the waiver, or add it to a file.

    The waiver is bound to the evidence of the snapshot; when that changes, the failure is
    open again. Take lines out of 'value' that do not matter. See docs/waivers.md.
    """
    from casaudit.cli import assessing, console
    from casaudit.engine.check import load_rulebook
    from casaudit.errors import UsageError
    from casaudit.waivers.accept import Terms, accept

    book = load_rulebook(shipped.RULES, rules or ())
    rule = book.rule(rule_id.upper())
    if rule is None:
        raise UsageError(rule_id, "there is no such rule", "see 'casaudit rules list'")
    asked = assessing.question(profile, target, settings, as_of)
    terms = Terms(owner, approver, reason, ticket, until.date())
    accepted = accept(rule, object_name, assessing.read_snapshot(snapshot), book, asked, terms)
    if accepted.left_out:
        console.note(f"left out, since it changes by itself: {', '.join(accepted.left_out)}")
    if file is None:
        console.show_data(
            _checked(accepted.waiver, None, "waiver", book).partition("waivers:\n")[2]
        )
    else:
        _add(accepted.waiver, file, book)
        console.note(f"written: {file}")


def _add(waiver: "Waiver", file: Path, book: "Rulebook") -> None:
    """Add an entry to a file, which is made when there is none; what it has is kept."""
    from casaudit.cli import assessing, files
    from casaudit.errors import UsageError

    text = None
    if file.exists():
        text = assessing.read_text(file)
        for each in assessing.waivers(file, book).entries:
            if (each.rule, each.object) == (waiver.rule, waiver.object):
                raise UsageError(
                    f"{file}:{each.line}",
                    f"{waiver.rule} is waived for {waiver.object} already",
                    "change that entry",
                )
    files.write_file(file, _checked(waiver, text, str(file), book).encode("utf-8"))


def _checked(waiver: "Waiver", text: str | None, path: str, book: "Rulebook") -> str:
    """Return the file with the entry, after reading it again as it will be read."""
    from casaudit.errors import UsageError
    from casaudit.waivers import read_waivers
    from casaudit.waivers.accept import written

    added = written(waiver, text)
    evidence = {rule.id: rule.evidence for rule in book.rules}
    entry = read_waivers(added, path, evidence).entries[-1]
    if replace(entry, line=waiver.line) != waiver:
        raise UsageError(waiver.object, "has evidence that cannot be written as YAML")
    return added
