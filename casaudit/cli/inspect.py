"""Looking closer: why a verdict is what it is, and questions of one's own."""

import json
from typing import Annotated

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


def explain(
    rule_id: Annotated[str, typer.Argument(metavar="RULE", help="Rule id, such as CAS-DB-001.")],
    object_name: Annotated[
        str, typer.Argument(metavar="OBJECT", help="Name or id of the object, as in the report.")
    ],
    snapshot: SnapshotArgument,
    profile: ProfileOption = None,
    target: TargetOption = None,
    rules: RulesOption = None,
    settings: SettingsOption = None,
    as_of: AsOfOption = None,
) -> None:
    """Show the row that a verdict came from, the condition, and what each value means."""
    from casaudit.cli import assessing, console, inputs
    from casaudit.engine.check import load_rulebook
    from casaudit.errors import UsageError
    from casaudit.explain.verdict import explain_verdict

    book = load_rulebook(shipped.RULES, rules or ())
    # Ids have no small letters (see Rule.id).
    rule = book.rule(rule_id.upper())
    if rule is None:
        raise UsageError(rule_id, "there is no such rule", "see 'casaudit rules list'")
    asked = assessing.question(profile, target, settings, as_of)
    lines = explain_verdict(rule, object_name, inputs.read_snapshot(snapshot), book, asked)
    for line in lines:
        console.show_data(line)


def query(
    snapshot: SnapshotArgument,
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help="A SELECT over the published views (v_...).")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not a table.")] = False,
) -> None:
    """Ask the evidence a question of your own, in read-only SQL.

    The views and their columns: docs/data-dictionary.md. Example:
    casaudit query snapshot.json "SELECT name, rpc_client_access_server FROM v_databases"
    """
    from casaudit.cli import console, inputs
    from casaudit.engine.check import load_rulebook
    from casaudit.engine.evaluate import Question, tables_of
    from casaudit.errors import UsageError
    from casaudit.rulebook.statements import require_select

    require_select(sql)
    book = load_rulebook(shipped.RULES)
    tables = tables_of(inputs.read_snapshot(snapshot), book, Question())
    try:
        # Three times what a rule gets: somebody sits and waits, and may press Ctrl-C.
        rows = tables.select(sql, seconds=60.0)
    except UsageError as error:
        raise UsageError("query", error.problem, f"views: {', '.join(tables.names)}") from None
    if as_json:
        console.show_data(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        console.show_table(rows)
