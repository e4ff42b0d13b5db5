"""Make the generated documents: run ``python -m tests.make_docs`` (or ``make docs``)."""

from pathlib import Path

from casaudit import shipped
from casaudit.judge.rules import Rulebook, read_rulebook
from casaudit.snapshot import json_schema

DOCS = Path(__file__).resolve().parent.parent / "docs"


def documents() -> dict[str, str]:
    """Return every generated document by its name under ``docs/``."""
    book = read_rulebook(shipped.RULES)
    return {
        "data-dictionary.md": data_dictionary(book),
        "rules.md": rule_table(book),
        "snapshot.schema.json": json_schema(),
    }


def data_dictionary(book: Rulebook) -> str:
    """Describe the published views, column by column, from their own comments."""
    lines = [
        "# Data dictionary",
        "",
        "What rules, `casaudit query` and the reports read. Generated from `rules/views.sql`.",
        "NULL always means: not known. A *list* is JSON text in SQL, *identities*",
        "are JSON pairs of name and id, and an *identity* is a name whose object has the id in the",
        "named column.",
    ]
    for view in book.views:
        if not view.is_published:
            continue
        lines += ["", f"## {view.name}", "", view.meaning[0].upper() + view.meaning[1:], ""]
        lines += ["| column | type | meaning |", "|---|---|---|"]
        for column in view.columns:
            kind = f"{column.type} ({column.id_column})" if column.id_column else column.type
            meaning = column.meaning.replace("|", "\\|")
            lines.append(f"| `{column.name}` | {kind} | {meaning} |")
    return "\n".join(lines) + "\n"


def rule_table(book: Rulebook) -> str:
    """List the rules with severity, subject and title."""
    lines = [
        "# Rules",
        "",
        f"{len(book.rules)} rules. `casaudit rules show ID` prints one whole: logic, texts,",
        "sources and examples.",
        "",
        "| id | severity | judges each | title |",
        "|---|---|---|---|",
    ]
    for rule in book.rules:
        path = book.paths[rule.id].relative_to(shipped.RULES).as_posix()
        link = f"[{rule.id}](../rules/{path})"
        kind = rule.subject.replace("_", " ")
        lines.append(f"| {link} | {rule.severity.value} | {kind} | {rule.title} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for name, text in documents().items():
        (DOCS / name).write_text(text, encoding="utf-8", newline="\n")
