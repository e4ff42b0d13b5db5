"""The command line: the only place that prints, writes files or exits."""

import io
import sys
from typing import Annotated

import typer

from casaudit import __version__
from casaudit.cli import (
    collect,
    compare,
    inspect,
    mask,
    report,
    rules,
    summary,
    verify,
    verify_fix,
    waive,
)
from casaudit.errors import CasauditError, SourceError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=(
        "Audit the Client Access arrays of an Exchange 2010 organisation, read-only.\n\n"
        "Start with 'casaudit demo'. For a real organisation:\n"
        "'casaudit audit ldaps://dc1.corp.example --user auditor@corp.example'.\n\n"
        "Exit codes: 0 nothing failed, 1 failures, 2 wrong usage, 3 incomplete evidence, "
        "4 nothing could be audited, 5 a bug, 130 interrupted."
    ),
)
app.command()(report.demo)
app.command()(collect.audit)
app.command("collect", short_help="Take a snapshot, read-only; judge it later.")(collect.collect)
app.command("report")(report.report)
app.command(short_help="Tell what changed between two snapshots, and why.")(compare.diff)
app.command(short_help="Show failures over time, from a folder of snapshots.")(compare.trend)
app.command("summary", short_help="Print a judgement as a message for mail or chat.")(
    summary.summary
)
app.command(short_help="Show why a verdict is what it is.")(inspect.explain)
app.command(short_help="Ask the evidence in read-only SQL.")(inspect.query)
app.command(short_help="Accept a failure as it is now, until a day.")(waive.waive)
app.command(short_help="Check that an auditor pack is whole and unchanged.")(verify.verify)
app.command("verify-fix", short_help="Tell what of a remediation plan was applied.")(
    verify_fix.verify_fix
)
app.command(short_help="Replace the names in a snapshot, to give it away.")(mask.mask)
app.add_typer(rules.app, name="rules")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"casaudit {__version__}")
        raise typer.Exit


@app.callback()
def _global(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; every error becomes a sentence and an exit code."""
    _write_any_character()
    try:
        app()
    except CasauditError as error:
        _fail(error)
    except Exception as error:
        _fail_with_bug(error)


def _write_any_character() -> None:
    """Escape what a stream cannot write: on Windows a pipe has the code page of the country."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _fail(error: CasauditError) -> None:
    from casaudit.cli import console
    from casaudit.cli.exits import ExitCode

    console.show_error(error)
    sys.exit(ExitCode.NO_AUDIT if isinstance(error, SourceError) else ExitCode.USAGE)


def _fail_with_bug(error: Exception) -> None:
    """Name the place and the kind of a bug, never a value that an exception carries."""
    from casaudit.cli import console
    from casaudit.cli.exits import ExitCode

    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown place"
    console.note(f"bug in casaudit {__version__}: {type(error).__name__} at {place}")
    console.note("please report it with the command that you ran")
    sys.exit(ExitCode.BUG)
