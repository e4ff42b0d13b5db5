"""The settings file on the command line: begin one."""

from pathlib import Path
from typing import Annotated

import typer

from casaudit import shipped
from casaudit.cli.options import SnapshotArgument

app = typer.Typer(help="The settings file: what no directory, resolver or endpoint can show.")


@app.callback()
def _settings() -> None:
    """Keep ``init`` a command of its own: typer makes one command alone the whole."""


@app.command()
def init(
    snapshot: SnapshotArgument,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="A new file; printed if none."),
    ] = None,
) -> None:
    """Write a settings file for an organisation, all statements commented out.

    It names sites, servers, databases and addresses, and what the rules would ask of
    each. Take the comment sign away from what is so, and give it with --settings.
    """
    from casaudit.cli import console, files, inputs
    from casaudit.engine.check import load_rulebook
    from casaudit.engine.evaluate import Judge, Question
    from casaudit.engine.settings_template import settings_template
    from casaudit.errors import UsageError

    # A file that is there may hold what somebody once found out and nobody remembers.
    if output is not None and output.exists():
        raise UsageError(str(output), "exists already", "choose another with -o")
    evidence, book = inputs.read_snapshot(snapshot), load_rulebook(shipped.RULES)
    judge = Judge(book, Question().profile, {view.name for view in book.views})
    found = judge.verdicts(evidence, Question())
    text = settings_template(judge.tables, found, book.rules)
    if output is None:
        console.show_data(text)
    else:
        console.note(f"written: {files.write_file(output, text.encode())}")
