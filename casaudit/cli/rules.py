"""The rule book on the command line: list, show, test, docs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casaudit import shipped
from casaudit.cli.options import RulesOption

if TYPE_CHECKING:
    from casaudit.rulebook.rule import Rule, Rulebook

app = typer.Typer(help="The rule book: list it, show a rule, run the examples, write its pages.")

FolderArgument = Annotated[
    Path | None,
    typer.Argument(metavar="DIR", help="Folder with rules of your own; the shipped ones if none."),
]


@app.command("list")
def list_rules(rules: RulesOption = None) -> None:
    """List all rules with severity and title."""
    from casaudit.cli import console
    from casaudit.engine.check import load_rulebook

    book = load_rulebook(shipped.RULES, rules or ())
    for rule in book.rules:
        console.show_data(f"{rule.id:<18} {rule.severity.value:<9} {rule.title}")
    console.note(f"{len(book.rules)} rules")


@app.command()
def show(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Rule id, such as CAS-DB-001.")],
    rules: RulesOption = None,
) -> None:
    """Show one rule as it is written: logic, texts, sources and examples."""
    from casaudit.cli import console
    from casaudit.engine.check import load_rulebook
    from casaudit.errors import UsageError

    book = load_rulebook(shipped.RULES, rules or ())
    path = book.paths.get(rule_id.upper())
    if path is None:
        raise UsageError(rule_id, "there is no such rule", "see 'casaudit rules list'")
    console.show_data(path.read_text(encoding="utf-8"))


@app.command()
def test(folder: FolderArgument = None) -> None:
    """Run the examples that the rules carry, each by name."""
    from casaudit.cli import console, files
    from casaudit.cli.exits import ExitCode
    from casaudit.engine.examples import run_examples

    book, chosen = _chosen(folder)
    healthy = json.loads(files.read_file(shipped.SAMPLES / "healthy" / "snapshot.json"))
    outcomes = run_examples(book, healthy, chosen)
    for outcome in outcomes:
        console.show_data(
            f"{'FAIL' if outcome.problems else 'ok  '} {outcome.rule_id}: {outcome.example}"
        )
        for problem in outcome.problems:
            console.show_data(f"     {problem}")
    failed = sum(bool(outcome.problems) for outcome in outcomes)
    console.note(f"{len(outcomes)} examples of {len(chosen)} rules, {failed} failed")
    raise typer.Exit(ExitCode.FAILED if failed else ExitCode.OK)


@app.command()
def docs(
    folder: FolderArgument = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FOLDER", help="Folder for the pages.")
    ] = Path("casaudit-rules"),
) -> None:
    """Write a page for each rule and an index of them, as Markdown."""
    from casaudit.cli import console, files
    from casaudit.rulebook.pages import pages

    book, chosen = _chosen(folder)
    files.ready_folder(output / "rules")
    written = {name: text.encode() for name, text in pages(book, chosen).items()}
    files.write_files(output, written)
    console.note(f"{len(written)} pages in {output}")


def _chosen(folder: Path | None) -> tuple["Rulebook", list["Rule"]]:
    """Return the rules in force, and those of a folder: the shipped ones where none is named."""
    from casaudit.engine.check import load_rulebook

    book = load_rulebook(shipped.RULES, [folder] if folder else ())
    wanted = folder or shipped.RULES
    return book, [rule for rule in book.rules if book.paths[rule.id].is_relative_to(wanted)]
