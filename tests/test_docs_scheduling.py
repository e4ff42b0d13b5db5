"""Lines that people paste from the documents: scripts that parse, options that exist."""

import re
import shutil
import subprocess

import pytest
from typer.testing import CliRunner

from casaudit.cli import app
from casaudit.cli.exits import ExitCode
from tests.make_docs import DOCS
from tests.support.powershell import errors

PAGES = {
    name: (DOCS / name).read_text(encoding="utf-8")
    for name in ("scheduling.md", "notify.md", "formats.md", "windows.md")
}


def blocks(language: str) -> list[str]:
    found = re.findall(
        rf"^( *)```{language}\n(.*?)^\1```", "\n".join(PAGES.values()), re.DOTALL | re.MULTILINE
    )
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


@pytest.mark.parametrize("script", blocks("powershell"))
def test_the_lines_for_windows_parse(script: str) -> None:
    assert errors(script) == []


@pytest.mark.parametrize("script", blocks("sh"))
def test_the_lines_for_linux_parse(script: str) -> None:
    shell = shutil.which("sh")
    if shell is None:
        assert blocks("sh")  # Windows has none to ask
        return
    done = subprocess.run([shell, "-n"], input=script, text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_table_of_alarms_has_every_exit_code() -> None:
    rows = re.findall(r"^\| (\d+) \|", PAGES["scheduling.md"], re.MULTILINE)
    assert [int(code) for code in rows] == [code.value for code in ExitCode]


def test_every_option_and_command_that_is_named_exists() -> None:
    text = "\n".join(PAGES.values())
    commands = set(re.findall(r"`casaudit ([a-z-]+)", text)) | {"audit", "summary"}
    helps = {}
    for command in commands:
        found = CliRunner().invoke(app, [command, "--help"], terminal_width=200)
        assert found.exit_code == 0, command
        helps[command] = found.output
    foreign = {
        *("--fail", "--silent", "--show-error", "--config", "--header", "--data-binary", "--now"),
    }
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - foreign
    assert {option for option in named if option not in "".join(helps.values())} == set()


def test_the_password_of_no_example_stands_on_a_command_line() -> None:
    assert not re.search(r"--password(?!-file)|/RP (?!\*)", "".join(PAGES.values()))
