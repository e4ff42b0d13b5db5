"""Lines of the plan's files: comments that no name can break out of, constants, Windows text."""

import re
import textwrap
from collections.abc import Iterator, Sequence

WIDTH = 96
# PowerShell reads a comment that begins with "SIG # Begin signature block", letter case and blanks
# aside, as the end of the script: a name must not be able to begin one.
_PLAIN_START = re.compile(r"[A-RT-Za-rt-z]|[Ss]([A-HJ-Za-hj-z]|[Ii][A-FH-Za-fh-z])")


def windows_text(text: str) -> bytes:
    """Return a text as a file that PowerShell 2.0 and Notepad read: UTF-8 with mark, CRLF."""
    # Parts without content leave gaps in the template.
    lines = re.sub(r"\n{3,}", "\n\n", text).rstrip("\n").split("\n")
    # Without a byte order mark PowerShell 2.0 reads a script in the ANSI code page of the machine,
    # and names with umlauts would be other names. Notepad before Windows 10 (1809) needs CRLF.
    return ("\ufeff" + "".join(f"{line.rstrip()}\r\n" for line in lines)).encode()


def comment(text: str, indent: int = 0) -> Iterator[str]:
    """Wrap a text whose first word is ours into comment lines, none of which begins with data."""
    lead = " " * indent
    inner = text[: len(text) - len(text.lstrip())]
    # Data may hold a line break, which would end the comment and begin a command: visible() has
    # made it a mark already, and the split removes what is left of blank space.
    # No break behind a hyphen: a name in two parts cannot be found by a search.
    lines = textwrap.wrap(" ".join(text.split()), WIDTH - indent, break_on_hyphens=False) or [""]
    yield f"{lead}# {inner}{lines[0]}"
    for line in lines[1:]:
        yield f"{lead}# {inner}  {line if _PLAIN_START.match(line) else f'| {line}'}"


def numbers(steps: Sequence[int]) -> str:
    """Name steps of the plan: ``steps 3, 4``."""
    return f"step{'s' if len(steps) > 1 else ''} {', '.join(map(str, steps))}"


def constant(text: str) -> str:
    """Quote a text of ours."""
    # Only the straight quote is doubled: our own texts hold none of the four typographic ones that
    # PowerShell takes for it. Values of the directory come quoted by rulebook.templates.
    return "'" + text.replace("'", "''") + "'"
