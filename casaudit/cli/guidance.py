"""What leads people through the command line: the way in, help in groups, completion by Tab."""

from enum import StrEnum
from typing import Any

from typer import completion
from typer.core import TyperCommand, TyperGroup

SOURCE, NETWORK, JUDGING, OUTPUT = "Source", "Network", "Judging", "Output"
"""The groups of options in a help text, given as ``rich_help_panel``."""

CONTEXT = {"help_option_names": ["-h", "--help"]}

WAY_IN = """\
casaudit audits the Client Access arrays of an Exchange 2010 organisation, read-only.

See what it does, without a network:
  casaudit demo

1. Is everything in order? The second line collects, judges and writes casaudit-report:
  casaudit check ldaps://dc1.corp.example --user auditor@corp.example
  casaudit audit ldaps://dc1.corp.example --user auditor@corp.example
  No way to a controller? 'casaudit audit exchange.ldf' takes what ldifde exported.

2. Can we migrate?
  casaudit report casaudit-report --target 2016

3. What can we show an auditor?
  casaudit report casaudit-report --profile audit --format html,pack -o audit

All commands: casaudit -h. One of them: casaudit report -h.
"""


class Shell(StrEnum):
    """The shells whose completion casaudit knows."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"
    PWSH = "pwsh"


class CompletedGroup(TyperGroup):
    """A group whose names are completed without their help texts."""

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Return what may stand where the cursor is."""
        return _without_help(super().shell_complete(ctx, incomplete))


class GroupedCommand(TyperCommand):
    """A command whose help has its options in groups, completed without their help texts.

    typer draws groups as boxes of rich only, which no log shows well.
    """

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Return what may stand where the cursor is."""
        return _without_help(super().shell_complete(ctx, incomplete))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments, then the options of each group in the order of their first ones."""
        groups: dict[str, list[tuple[str, str]]] = {"Arguments": []}
        for each in self.get_params(ctx):
            if (record := each.get_help_record(ctx)) is None:
                continue
            is_argument = each.param_type_name == "argument"
            name = "Arguments" if is_argument else getattr(each, "rich_help_panel", None)
            groups.setdefault(name or "Other", []).append(record)
        # Last, since what everybody knows is in it.
        groups["Other"] = groups.pop("Other", [])
        for name, records in groups.items():
            if records:
                with formatter.section(name):
                    formatter.write_dl(records)


def _without_help(items: Any) -> Any:
    # typer loads rich for each, and folds long ones: PowerShell takes each line for a word.
    for each in items:
        each.help = None
    return items


def completion_script(shell: Shell) -> str:
    """Return the lines for the start file of a shell that complete commands and options."""
    script: str = _typer("get_completion_script")(
        prog_name="casaudit", complete_var="_CASAUDIT_COMPLETE", shell=shell.value
    )
    return script


def offer_completion() -> None:
    """Let those lines ask casaudit what may stand where the cursor is.

    typer does this itself only where it may also offer ``--install-completion``, which writes into
    the start file of the shell, and in PowerShell loosens the user's execution policy for good.
    """
    _typer("completion_init")()


def _typer(name: str) -> Any:
    # Names that typer.completion has in every version, yet does not declare as its own.
    return getattr(completion, name)
