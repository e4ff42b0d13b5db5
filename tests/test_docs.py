"""Documents that cannot drift: each is compared with the code that it describes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from casaudit.cli import app
from casaudit.cli.exits import ExitCode
from casaudit.engine import example_dns, example_exports, example_world, examples
from tests.make_docs import DOCS, makers

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", makers())
def test_a_generated_document_is_current(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == makers()[name](), "run 'make docs'"


def test_every_page_is_that_of_a_rule() -> None:
    pages = {f"rules/{page.name}" for page in (DOCS / "rules").iterdir()}
    assert pages == {name for name in makers() if name.startswith("rules/")}


def test_the_table_of_exit_codes_is_the_enumeration() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+?) \|$", README, re.MULTILINE)
    assert {int(code) for code, _ in rows} == {code.value for code in ExitCode}


def test_every_command_of_the_readme_exists() -> None:
    blocks = "".join(re.findall(r"```\n.*?```", README, re.DOTALL))
    commands = set(re.findall(r"^\s*(?:\.venv\S+)?casaudit ([a-z-]+)", blocks, re.MULTILINE))
    for command in commands:
        assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0, command


def test_every_option_that_the_readme_names_exists() -> None:
    commands = getattr(typer.main.get_command(app), "commands", {})
    helps = "".join(
        CliRunner().invoke(app, [command, "--help"], terminal_width=200).output
        for command in commands
    )
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README))
    assert {option for option in named if option not in helps} == set()


def test_links_inside_the_documents_lead_somewhere() -> None:
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")):
        prose = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\((?!<?https?:)([^)#]+)", prose):
            assert (document.parent / target).exists(), (document.name, target)


def _keys(code: ast.AST) -> Iterator[str]:
    """Texts that code looks up in what an example gives, or lists as known."""
    read = {"answer", "fields", "given", "kinds", "parts", "shown"}
    for node in ast.walk(code):
        match node:
            case ast.MatchValue(ast.Constant(str(text))):
                yield text
            case ast.Call(ast.Attribute(ast.Name(name), "get"), [ast.Constant(str(text)), *_]):
                yield from [text] * (name in read)
            case ast.Subscript(ast.Name(name), ast.Constant(str(text))):
                yield from [text] * (name in read)
            case ast.Compare(ast.Constant(str(text)), [ast.In() | ast.NotIn()], [ast.Name(name)]):
                yield from [text] * (name in read)
            case ast.Assign([ast.Name("_OWN_KEYS" | "_CHANGES" | "_EXPORTS" | "_OUTCOMES")]):
                listed = (n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant))
                yield from (text for text in listed if isinstance(text, str))


def test_the_page_on_rules_names_every_key_that_an_example_may_give() -> None:
    modules = (examples, example_world, example_dns, example_exports)
    sources = [Path(str(m.__file__)).read_text("utf-8") for m in modules]
    keys = {key for source in sources for key in _keys(ast.parse(source))}
    assert keys > {"remove", "exports", "settings", "like", "copies", "alias", "accepts", "part"}
    page = (DOCS / "rule-format.md").read_text("utf-8").partition("### What `given` knows")[2]
    told = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`]+`", page))))
    assert sorted(keys - told) == []
