"""What is known of every command of the rule book, and the page that tells it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

_FILE = Path(__file__).with_name("commands.yaml")
_DOES = {
    "looks": "looks only",
    "rehearses": "changes; takes `-WhatIf`",
    "at_once": "changes at once: no rehearsal exists",
}
_OF = {
    "exchange": "the shell of Exchange 2010",
    "newer": "a shell of Exchange 2016 or later",
    "powershell": "PowerShell 2.0",
    "windows": "Windows",
    "windows_2008_r2": "Windows Server 2008 R2 and later",
    "windows_2012": "Windows Server 2012 and later",
}


@dataclass(frozen=True)
class Command:
    """Who brings a command, what it does, and what it takes as the object."""

    name: str
    of: str
    does: str
    identity: str


def _read() -> dict[str, Command]:
    found = YAML(typ="safe").load(_FILE.read_text(encoding="utf-8"))
    return {
        name: Command(name, of, does, identity)
        for of, kinds in found.items()
        for does, names in kinds.items()
        for name, identity in names.items()
    }


COMMANDS = _read()


def command_name(name: str, parameters: Sequence[str], source: str) -> str:
    """Return the name in the table: of a program with several uses, its first word too."""
    several = [each for each in COMMANDS if each.startswith(f"{name} ")]
    if not several:
        return name
    words = re.findall(rf"\b{re.escape(name)} ([-/]?\w+)", source)
    return next(each for each in several if each.split(" ")[1] in {*parameters, *words})


def page() -> str:
    """Write the table as a page."""
    lines = [
        "# Commands",
        "",
        "Every command of the rule book's fix cards. What takes no `-WhatIf` stands in a block",
        "of its own, and deletions among it are comments. A test holds the cards to this table.",
        "",
        "| command | brought by | what it does | names the object by |",
        "|---|---|---|---|",
    ]
    for each in sorted(COMMANDS.values(), key=lambda command: command.name.lower()):
        lines.append(f"| `{each.name}` | {_OF[each.of]} | {_DOES[each.does]} | {each.identity} |")
    return "\n".join(lines) + "\n"
