"""Make the generated documents: run ``python -m tests.make_docs`` (or ``make docs``)."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from casaudit import shipped
from casaudit.findings.document import findings_schema
from casaudit.notify.document import notification_schema
from casaudit.remediation.plan import plan_schema
from casaudit.rulebook.pages import pages
from casaudit.rulebook.reading import read_rulebook
from casaudit.rulebook.rule import Rulebook
from casaudit.snapshot import json_schema
from tests.support.exchange_commands import page as commands
from tests.support.reference_page import page as reference_data
from tests.support.worlds import page as situations

DOCS = Path(__file__).resolve().parent.parent / "docs"


@cache
def makers() -> dict[str, Callable[[], str]]:
    """Return what makes every generated document, by its name under ``docs/``."""
    book = read_rulebook(shipped.RULES)
    return {
        "data-dictionary.md": partial(data_dictionary, book),
        "situations.md": situations,
        "commands.md": commands,
        "reference-data.md": reference_data,
        "findings.schema.json": findings_schema,
        "notification.schema.json": notification_schema,
        "plan.schema.json": plan_schema,
        "snapshot.schema.json": json_schema,
        **{name: partial(str, text) for name, text in pages(book, book.rules).items()},
    }


def data_dictionary(book: Rulebook) -> str:
    """Describe the published views, column by column, from their own comments."""
    lines = [
        "# Data dictionary",
        "",
        "What rules, `casaudit query` and the reports read. Generated from `rules/views`.",
        "NULL always means: not known. A *list* is JSON text in SQL, *identities*",
        "are JSON pairs of name and id, and an *identity* is a name whose object has the id in the",
        "named column.",
    ]
    published = (view for view in book.views if view.is_published)
    for view in sorted(published, key=lambda view: view.name):
        lines += ["", f"## {view.name}", "", view.meaning[0].upper() + view.meaning[1:], ""]
        lines += ["| column | type | meaning |", "|---|---|---|"]
        for column in view.columns:
            kind = f"{column.type} ({column.id_column})" if column.id_column else column.type
            meaning = column.meaning.replace("|", "\\|")
            lines.append(f"| `{column.name}` | {kind} | {meaning} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write every document, and take away the page of a rule that is gone."""
    found = {name: make() for name, make in makers().items()}
    (DOCS / "rules").mkdir(exist_ok=True)
    for page in (DOCS / "rules").glob("*.md"):
        if f"rules/{page.name}" not in found:
            page.unlink()
    for name, text in found.items():
        (DOCS / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
