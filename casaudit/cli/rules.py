"""The rule book on the command line: list, show, data, test, new, docs, languages."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casaudit import shipped
from casaudit.cli.options import RulesOption
from casaudit.text import count

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
    console.note(count(len(book.rules), "rule"))


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
def data(
    name: Annotated[
        str | None, typer.Argument(metavar="TABLE", help="Its rows; all tables in short if none.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DAY", help="Tell ages on this day, not today.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
) -> None:
    """Print the tables of versions, builds and the like, with their sources and age."""
    from casaudit.cli import console, reference_data
    from casaudit.rulebook.reading import read_tables

    tables = reference_data.chosen_tables(read_tables(shipped.RULES), name)
    today = reference_data.day_of_ages(as_of)
    if as_json:
        console.show_data(reference_data.tables_json(tables, today))
    else:
        for each, table in tables.items():
            for line in reference_data.age_lines(each, table, today):
                console.show_data(line)
        if name is not None:
            console.show_table(tables[name].rows)
    for warning in reference_data.too_old(tables, today):
        console.note(warning)


@app.command()
def test(
    folder: FolderArgument = None,
    word: Annotated[
        str, typer.Option("-k", metavar="WORD", help="Only examples with it in rule id or name.")
    ] = "",
) -> None:
    """Run the examples that the rules carry, each by name."""
    from casaudit.cli import console, files
    from casaudit.cli.exits import ExitCode
    from casaudit.engine.examples import run_examples, with_word
    from casaudit.errors import UsageError

    book, chosen = _chosen(folder)
    chosen = with_word(chosen, word)
    if word and not chosen:
        raise UsageError(f"-k {word}", "no example has this in the id of its rule or its name")
    healthy = json.loads(files.read_file(shipped.SAMPLES / "healthy" / "snapshot.json"))
    failed = number = 0
    for outcome in run_examples(book, healthy, chosen):
        number += 1
        failed += bool(outcome.problems)
        mark = "FAIL" if outcome.problems else "ok  "
        console.show_data(f"{mark} {outcome.rule_id}: {outcome.example}")
        for problem in outcome.problems:
            console.show_data(f"     {problem}")
    told = f"{count(number, 'example')} of {count(len(chosen), 'rule')}"
    console.note(f"{told}, {failed:,} failed")
    raise typer.Exit(ExitCode.FAILED if failed else ExitCode.OK)


@app.command()
def new(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the rule to begin.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FOLDER", help="Folder; that of its group if none."),
    ] = None,
) -> None:
    """Begin a rule: write a file that holds, with four examples, to be changed into yours."""
    from casaudit.cli import console, files
    from casaudit.engine.check import load_rulebook
    from casaudit.rulebook import scaffold

    # The file is named after the id, and some file systems tell letter case apart.
    rule_id = rule_id.upper()
    # Ids that the pack has already are taken, too.
    others = [output] if output and output.is_dir() and not _is_shipped(output) else []
    book = load_rulebook(shipped.RULES, others)
    folder = scaffold.folder_of(rule_id, book) if output is None else output
    scaffold.require_new(rule_id, book)
    path = _short(files.ready_folder(folder) / f"{rule_id}.yaml")
    files.write_file(path, scaffold.template_text(rule_id).encode())
    console.show_data(str(path))
    for step in scaffold.next_steps(path, shipped=_is_shipped(folder)):
        console.note(step)


@app.command()
def docs(
    folder: FolderArgument = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FOLDER", help="Folder for the pages.")
    ] = Path("casaudit-rules"),
) -> None:
    """Write a page for each rule and an index of them, as Markdown."""
    from casaudit.cli import console, files
    from casaudit.cli.file_set import FileSet
    from casaudit.rulebook.pages import pages

    book, chosen = _chosen(folder)
    files.ready_folder(output / "rules")
    written = {name: text.encode() for name, text in pages(book, chosen).items()}
    with FileSet(output) as folder_of_pages:
        folder_of_pages.add(written)
        folder_of_pages.place()
    console.note(f"{count(len(written), 'page')} in {output}")


@app.command()
def languages(
    language: Annotated[
        str | None, typer.Argument(metavar="LANGUAGE", help="Such as de; all there are if none.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say what is missing, exit 2 if any.")
    ] = False,
) -> None:
    """Bring the files of translators up to date with the texts; begin those of a language."""
    from casaudit.cli import console, files
    from casaudit.cli.exits import ExitCode
    from casaudit.cli.languages import catalogs, chosen, content, lacking
    from casaudit.i18n.catalog import outdated

    found: list[str] = []
    for name in chosen(language, begin=not check):
        made = catalogs(name)
        for path in outdated(made):
            if check:
                found.append(f"{_short(path)}: run 'casaudit rules languages'")
            else:
                files.write_file(path, content(made[path]))
                console.note(f"{_short(path)} written")
        found += [f"{_short(path)}: {text}" for path, text in lacking(name, made)]
    for problem in found:
        console.show_data(problem)
    raise typer.Exit(ExitCode.USAGE if check and found else ExitCode.OK)


def _chosen(folder: Path | None) -> tuple["Rulebook", list["Rule"]]:
    """Return the rules in force, and those of a folder: the shipped ones where none is named."""
    from casaudit.engine.check import load_rulebook
    from casaudit.errors import UsageError

    if folder is None or _is_shipped(folder):
        # Whoever tests rules wants them checked now, not remembered as good.
        book, wanted = load_rulebook(shipped.RULES, remembered=False), shipped.RULES
        wanted = (folder or wanted).resolve()
    else:
        book, wanted = load_rulebook(shipped.RULES, [folder], remembered=False), folder.resolve()
    chosen = [rule for rule in book.rules if book.paths[rule.id].resolve().is_relative_to(wanted)]
    if not chosen:
        raise UsageError(str(folder), "there is no rule in this folder")
    return book, chosen


def _short(path: Path) -> Path:
    """Return a path as an operator would type it: what lies below the present folder without it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _is_shipped(folder: Path) -> bool:
    return folder.resolve().is_relative_to(shipped.RULES.resolve())
