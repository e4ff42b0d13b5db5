"""Reading what the shell wrote with ``Export-Csv`` or ``ConvertTo-Csv``: lists of a few cmdlets.

A row becomes an object as CLIXML would have it, with less in it: Export-Csv writes every value as
a text, and of a list the name of its type. What a table is of, its header tells.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from casaudit.collect.clixml.reader import DAMAGED
from casaudit.collect.clixml.values import Exported, Unreadable, Value
from casaudit.collect.ldif import Problem
from casaudit.snapshot import Reason

MAX_TABLE = 64 * 2**20
HEAD = 2**16
"""Bytes by which the kind of a file is told."""
_DELIMITERS = ",;\t|"
_EXCHANGE = "Microsoft.Exchange.Data.Directory."
# By the columns that no table of another cmdlet has, the most telling one first.
_HEADERS = (
    (
        "SystemConfiguration.MailboxDatabase",
        ({"name", "rpcclientaccessserver"}, {"name", "masterserveroravailabilitygroup"}),
    ),
    (
        "Management.ExchangeServer",
        ({"name", "serverrole"}, {"name", "fqdn", "admindisplayversion"}),
    ),
    ("SystemConfiguration.ExchangeRpcClientAccess", ({"server", "encryptionrequired"},)),
    (
        "SystemConfiguration.ClientAccessArray",
        ({"name", "fqdn", "members"}, {"name", "fqdn", "sitename"}, {"name", "fqdn", "site"}),
    ),
)
# The same in another selection: Format-Table of the classic article shows the identity, and of an
# array the shell shows the short name of its site beside the long one.
_ALIASES = {"name": "identity", "site": "sitename"}
_LIST = re.compile(r"(?:System|Microsoft)\.[\w.]+(?:\[\]|`\d+\[.*)")
_LOST = Unreadable(Reason.MALFORMED, "Export-Csv writes the type of a list and not what is in it")


def is_table(head: bytes) -> bool:
    """Tell by the first bytes of a file whether it is a table that is read."""
    return columns(beginning(head)) is not None


def is_table_file(path: Path) -> bool:
    """Tell whether a file is a table that is read; nothing else is, and no pipe."""
    try:
        # A pipe would give its beginning once only.
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return is_table(stream.read(HEAD))
    except OSError:
        return False


def beginning(head: bytes) -> str:
    """Return the first bytes of a file as text."""
    # A character may be cut where the piece ends.
    text = next(codecs.iterdecode([head], _encoding(head), errors="replace"), "")
    return text.replace("\r\n", "\n")


def columns(head: str) -> tuple[str, str, list[str]] | None:
    """Return delimiter, type and lower-case column names of a table that is read.

    Args:
        head: the beginning of a text, or all of it.
    """
    line = next((each for each in head.splitlines() if each and not _is_type(each)), "")
    for delimiter in _DELIMITERS:
        found = _cells(line, delimiter)
        named = {*found, *(name for name, other in _ALIASES.items() if other in found)}
        for kind, headers in _HEADERS:
            if len({*found}) == len(found) and any(header <= named for header in headers):
                return delimiter, f"{_EXCHANGE}{kind}", found
    return None


def read_rows(stream: IO[bytes]) -> Iterator[Value | Problem]:
    """Yield the rows of a table as objects, and a problem for each that cannot be read."""
    try:
        data = stream.read(MAX_TABLE + 1)
    except DAMAGED:
        yield Problem(1, Reason.UNREACHABLE, "the file cannot be read further")
        return
    if len(data) > MAX_TABLE:
        yield Problem(1, Reason.LIMIT, f"a table of more than {MAX_TABLE // 2**20} MiB")
        return
    try:
        text = _decoded(data)
    except UnicodeDecodeError as error:
        yield Problem(1, Reason.MALFORMED, f"not valid {error.encoding} text")
        return
    found = columns(text)
    if found is None:
        yield Problem(1, Reason.MALFORMED, "no table that is read: its header names none")
        return
    yield from _rows(text, *found)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [each.strip().lower() for each in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:  # longer than any header
        return []


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _encoding(data: bytes) -> str:
    return next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")


def _decoded(data: bytes) -> str:
    try:
        # Each of several files that were joined brought its own mark.
        return data.decode(_encoding(data)).replace("\ufeff", "")
    except UnicodeDecodeError:
        if _encoding(data) != "utf-8":
            raise
        # -Encoding Default on a western Windows; names in another script are not guessed at.
        return data.decode("cp1252")


def _rows(text: str, delimiter: str, kind: str, names: list[str]) -> Iterator[Value | Problem]:
    # Strict, because a quote in the wrong place moves the rest of a file into one cell.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells):
                continue
            if _is_type(cells[0]) and len(cells) != len(names):
                continue
            if [each.strip().lower() for each in cells] == names:
                continue  # also between two files that were joined
            if len(cells) != len(names):
                detail = f"a row of {len(cells)} cells under a header of {len(names)}"
                yield Problem(number, Reason.MALFORMED, detail)
                continue
            yield _object(kind, dict(zip(names, cells, strict=True)), number)
    except csv.Error:
        yield Problem(
            number + 1, Reason.MALFORMED, "quotes that do not match; the rest is not read"
        )


def _object(kind: str, cells: dict[str, str], row: int) -> Exported:
    properties: dict[str, Value] = {
        name: _LOST if _LIST.fullmatch(cell) else cell for name, cell in cells.items()
    }
    for name, other in _ALIASES.items():
        if not cells.get(name) and other in cells:
            properties[name] = cells[other]
    return Exported((kind,), properties=properties, row=row)


def _is_type(cell: str) -> bool:
    # Windows PowerShell writes the type in front unless -NoTypeInformation says otherwise.
    return cell.lstrip('"').startswith("#TYPE")
