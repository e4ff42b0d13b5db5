"""The way in: casaudit alone, -h everywhere, options in groups, completion by Tab."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest
import typer
from typer.testing import CliRunner

from casaudit.cli import app, guidance
from tests.support.running import casaudit, casaudit_process


def commands(group: object, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every command by its words, commands of commands too."""
    for name, each in getattr(group, "commands", {}).items():
        yield (*before, name)
        yield from commands(each, (*before, name))


COMMANDS = [(), *commands(typer.main.get_command(app))]


def test_casaudit_alone_says_what_to_type_for_the_three_uses() -> None:
    run = casaudit()
    assert (run.returncode, run.stderr) == (0, "")
    assert [line[:2] for line in run.stdout.splitlines() if line[:1].isdigit()] == [
        "1.", "2.", "3.",
    ]  # fmt: skip


def test_every_line_that_casaudit_alone_names_can_be_typed() -> None:
    lines = re.findall(r"^  (casaudit .*)|'(casaudit .*?)'", guidance.WAY_IN, re.MULTILINE)
    assert len(lines) > 5
    for line in (first or second for first, second in lines):
        _, name, *words = shlex.split(line)
        # With -h at its end a line is parsed up to there, and does nothing.
        assert CliRunner().invoke(app, [name, *words, "-h"]).exit_code == 0, line
        known = CliRunner().invoke(app, [name, "-h"]).output
        assert {word for word in words if word.startswith("-") and word not in known} == set()


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_short_and_long_help_are_the_same(words: Sequence[str]) -> None:
    short, long = (CliRunner().invoke(app, [*words, option]) for option in ("-h", "--help"))
    assert short.exit_code == long.exit_code == 0
    assert short.output == long.output


@pytest.mark.parametrize("command", ["audit", "collect", "check", "report"])
def test_a_long_help_has_every_option_in_a_group(command: str) -> None:
    text = casaudit(command, "-h").stdout
    blocks = dict(re.findall(r"^(\w+):\n((?:  .*\n)+)", text, re.MULTILINE))
    asked = {guidance.SOURCE, guidance.NETWORK, guidance.JUDGING, guidance.OUTPUT}
    wanted = {
        "audit": asked,
        "collect": asked,
        "check": {guidance.SOURCE, guidance.NETWORK},
        "report": {guidance.JUDGING, guidance.OUTPUT},
    }
    assert set(blocks) == {"Arguments", "Other"} | wanted[command]
    assert re.findall(r"^  (-.*?)  ", blocks["Other"], re.MULTILINE) == ["-h, --help"]
    # Plain text: a log of a scheduled task has no boxes.
    assert text.isascii()


def completed(shell: str, line: str) -> subprocess.CompletedProcess[str]:
    """Ask as the lines of a shell do, the cursor behind the last character."""
    word = line.rpartition(" ")[2]
    asked = {
        "bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)},
        "powershell": {
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_WORD_TO_COMPLETE": word,
        },
        "zsh": {"_TYPER_COMPLETE_ARGS": line},
    }
    return casaudit_process(_CASAUDIT_COMPLETE=f"complete_{shell}", **asked[shell])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("casaudit rep", ["report"]),
        ("casaudit report --fo", ["--format", "--forecast"]),
        ("casaudit report --target ", ["2013", "2016", "2019", "se", "exo"]),
        ("casaudit rules sho", ["show"]),
    ],
)
def test_tab_in_powershell_gives_one_line_a_word(line: str, found: list[str]) -> None:
    run = completed("powershell", line)
    assert (run.returncode, run.stderr) == (0, "")
    assert [each.partition(":::")[0] for each in run.stdout.splitlines()] == found


def test_tab_in_bash_and_zsh() -> None:
    assert completed("bash", "casaudit verif").stdout.split() == ["verify", "verify-fix"]
    assert '"verify-fix"' in completed("zsh", "casaudit verif").stdout


@pytest.mark.parametrize("shell", list(guidance.Shell))
def test_the_lines_of_a_shell_are_printed_and_written_nowhere(shell: guidance.Shell) -> None:
    run = casaudit("--show-completion", shell.value)
    assert run.returncode == 0, run.stderr
    assert "_CASAUDIT_COMPLETE" in run.stdout
    assert "--install-completion" not in casaudit("-h").stdout


def test_completion_loads_nothing_of_an_audit() -> None:
    code = (
        "import os, sys\n"
        "os.environ.update(_CASAUDIT_COMPLETE='complete_powershell',"
        " _TYPER_COMPLETE_ARGS='casaudit report --', _TYPER_COMPLETE_WORD_TO_COMPLETE='--')\n"
        "from casaudit import cli\ncli.run([])\n"
        "heavy = {'rich', 'ldap3', 'dns', 'jinja2', 'cryptography', 'asyncio', 'sqlite3',\n"
        "    'casaudit.engine', 'casaudit.snapshot', 'casaudit.collect', 'casaudit.findings'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.splitlines()[-1] == "[]", run.stderr
