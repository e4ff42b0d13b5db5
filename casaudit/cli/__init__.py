"""The command line: the only place that prints, writes files or exits."""

import io
import sys
from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from casaudit import __version__, interrupts
from casaudit.cli import (
    check,
    collect,
    compare,
    export_script,
    guidance,
    inspect,
    mask,
    notify,
    report,
    rules,
    settings,
    summary,
    verify,
    verify_fix,
    waive,
    whatif,
)
from casaudit.errors import CasauditError, SourceError

app = typer.Typer(
    cls=guidance.CompletedGroup,
    invoke_without_command=True,
    context_settings=guidance.CONTEXT,
    # Would offer to write into the start files of the operator's shell.
    add_completion=False,
    # typer's own tracebacks print local variables, and a password may be one of them.
    pretty_exceptions_enable=False,
    # "HOST[:PORT]" in a help text is no markup.
    rich_markup_mode=None,
    help=(
        "Audit the Client Access arrays of an Exchange 2010 organisation, read-only.\n\n"
        "Start with 'casaudit demo'. For a real organisation:\n"
        "'casaudit audit ldaps://dc1.corp.example --user auditor@corp.example',\n"
        "and before it the same with 'check' instead of 'audit'.\n\n"
        "Exit codes: 0 nothing failed, 1 failures, 2 wrong usage, 3 incomplete evidence, "
        "4 nothing could be audited, 5 a bug, 130 interrupted."
    ),
)
# Completion itself writes nothing: the lines for the shell are printed by --show-completion.
guidance.offer_completion()
command = partial(app.command, cls=guidance.GroupedCommand)
command()(report.demo)
command("check", short_help="Try a collection step by step, before the first run.")(
    check.check_collection
)
command()(collect.audit)
command("collect", short_help="Take a snapshot, read-only; judge it later.")(collect.collect)
command("export-script", short_help="Write the script that exports from the shell.")(
    export_script.export_script
)
command("report")(report.report)
command(short_help="Tell what changed between two snapshots, and why.")(compare.diff)
command(short_help="Show failures over time, from a folder of snapshots.")(compare.trend)
command("summary", short_help="Print a judgement as a message for mail or chat.")(summary.summary)
command("notify", short_help="Send what is new: by mail, to Teams, to a webhook.")(notify.notify)
command(short_help="Show why a verdict is what it is.")(inspect.explain)
command(short_help="Ask the evidence in read-only SQL.")(inspect.query)
command(short_help="Accept a failure as it is now, until a day.")(waive.waive)
command(short_help="Check that an auditor pack is whole and unchanged.")(verify.verify)
command("verify-fix", short_help="Tell what of a remediation plan was applied.")(
    verify_fix.verify_fix
)
command(short_help="Try a plan on the evidence: which failures go, stay, appear.")(whatif.whatif)
command(short_help="Replace the names in a snapshot, to give it away.")(mask.mask)
app.add_typer(rules.app, name="rules")
app.add_typer(settings.app, name="settings")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"casaudit {__version__}")
        raise typer.Exit


def _print_completion(shell: guidance.Shell | None) -> None:
    if shell is not None:
        typer.echo(guidance.completion_script(shell))
        raise typer.Exit


@app.callback()
def _global(
    context: typer.Context,
    version: Annotated[
        # Eager: answered before typer asks for a command.
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Version.")
    ] = False,
    completion: Annotated[
        guidance.Shell | None,
        typer.Option(
            "--show-completion",
            callback=_print_completion,
            is_eager=True,
            help="Print the lines that complete commands by Tab in a shell; docs/completion.md.",
        ),
    ] = None,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(guidance.WAY_IN, nl=False)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every error becomes a sentence.

    Args:
        arguments: what follows the name of the program; else those of this process.
    """
    _write_any_character()
    try:
        # Else "python -m casaudit", which the lines for completion do not know.
        app(arguments, prog_name="casaudit")
    # typer ends each command so, also one that went well.
    except SystemExit as end:
        return int(end.code or 0)
    except Exception as error:
        # SQLite turns an interrupt of a function that it called into an error of its own.
        if interrupts.came():
            return interrupts.EXIT_CODE
        return _code_of(error) if isinstance(error, CasauditError) else _code_of_bug(error)
    return 0


def _write_any_character() -> None:
    """Escape what a stream cannot write: on Windows a pipe has the code page of the country."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _code_of(error: CasauditError) -> int:
    # Only now: console brings rich with it, which help and version do without.
    from casaudit.cli import console
    from casaudit.cli.exits import ExitCode

    console.show_error(error)
    return ExitCode.NO_AUDIT if isinstance(error, SourceError) else ExitCode.USAGE


def _code_of_bug(error: Exception) -> int:
    """Name the place and the kind of a bug, never a value that an exception carries."""
    from casaudit.cli import console
    from casaudit.cli.exits import ExitCode

    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown place"
    console.note(f"bug in casaudit {__version__}: {type(error).__name__} at {place}")
    console.note("please report it with the command that you ran")
    return ExitCode.BUG
