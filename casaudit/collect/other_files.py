"""Files that people bring and that hold no evidence as they are, and what gives it instead."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from casaudit.collect.clixml.tables import HEAD, beginning
from casaudit.collect.lists import ARRAYS, DATABASES
from casaudit.errors import SourceError

_LDIFDE = 'ldifde -f exchange.ldf -d "CN=Configuration,DC=corp,DC=example" -p subtree'
_SHELL = f"in the Exchange Management Shell run: {ARRAYS}; {DATABASES}"
_DIRECTORY = f"export the directory, with the DN of your forest: {_LDIFDE}"
# Of what Format-List and Format-Table print, values may be cut and lists shortened.
_LIST_LINE = re.compile(r"^\w+ +: ", re.MULTILINE)
_RULER = re.compile(r"^-{2,}(?: +-{2,})* *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class OtherKind:
    """A kind of file that is not read.

    Attributes:
        name: what it is, to follow "is".
        is_one: tells it by its first bytes and by its beginning as text.
        instead: what to do.
    """

    name: str
    is_one: Callable[[bytes, str], bool]
    instead: str


def _starts(*marks: bytes) -> Callable[[bytes, str], bool]:
    return lambda data, text: data.startswith(marks)


def _first_line(text: str) -> str:
    return text.lstrip().partition("\n")[0].lower()


KINDS = (
    OtherKind(
        "a JSON document under another name",
        lambda data, text: text.lstrip().startswith("{"),
        "the name of a snapshot ends in .json or .json.gz",
    ),
    OtherKind(
        "an export of Export-Clixml under another name",
        lambda data, text: "schemas.microsoft.com/powershell" in text,
        "give it a name that ends in .xml",
    ),
    OtherKind("a file of Active Directory Explorer", _starts(b"win-ad-ob"), _DIRECTORY),
    OtherKind(
        "an event log",
        _starts(b"ElfFile\x00"),
        f"events hold no settings; {_DIRECTORY}",
    ),
    OtherKind(
        "an Excel workbook or another document of Office",
        lambda data, text: (
            data.startswith(b"\xd0\xcf\x11\xe0")
            or (data.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in data)
        ),
        f"save its sheets as CSV, or {_SHELL}",
    ),
    OtherKind(
        "an archive", _starts(b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"), "unpack it"
    ),
    OtherKind(
        "a web page",
        lambda data, text: _first_line(text).startswith(("<!doctype html", "<html")),
        f"a report shows results and no evidence; {_SHELL}",
    ),
    OtherKind("a PDF", _starts(b"%PDF-"), f"a report shows results and no evidence; {_SHELL}"),
    OtherKind(
        "an LDIF export under another name",
        lambda data, text: _first_line(text).startswith(("dn:", "version: 1", "# extended ldif")),
        "give it a name that ends in .ldf",
    ),
    OtherKind(
        "a table of csvde",
        lambda data, text: _first_line(text).startswith(("dn,", '"dn",', "dn;")),
        f"csvde loses what has several values; {_DIRECTORY}",
    ),
    OtherKind(
        "text that Format-List printed",
        lambda data, text: len(_LIST_LINE.findall(text)) > 1,
        f"values in it may be cut; {_SHELL}",
    ),
    OtherKind(
        "text that Format-Table printed",
        lambda data, text: bool(_RULER.search(text)),
        f"values in it may be cut; {_SHELL}",
    ),
    OtherKind(
        "a table of something else",
        lambda data, text: any(mark in _first_line(text) for mark in ",;\t"),
        f"of tables those of two commands are read; {_SHELL}",
    ),
)
"""In the order in which they are tried."""


def refusal(path: Path) -> SourceError:
    """Return the error that says what a file is and what gives the evidence that it lacks."""
    try:
        with path.open("rb") as stream:
            data = stream.read(HEAD)
    except OSError as error:
        return SourceError(str(path), f"cannot be read: {error.strerror or error}")
    text = beginning(data)
    found = next((kind for kind in KINDS if kind.is_one(data, text)), None)
    if found is None:
        return SourceError(str(path), "is of no kind that is read", f"{_DIRECTORY}; or {_SHELL}")
    return SourceError(str(path), f"is {found.name}, which is not read", found.instead)
