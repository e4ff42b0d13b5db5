"""The organisation as the text that ``ldifde -d CN=Configuration,... -f directory.ldf`` writes.

That tool breaks a long line after the attribute's name and folds the rest; values that are not
plain ASCII stand in base64; every record says ``changetype: add``.
"""

import base64
import re
from collections.abc import Iterable, Iterator

from tests.forest.objects import ForestEntry

WIDTH = 78
_SAFE = re.compile(
    rb"[\x01-\x09\x0b\x0c\x0e-\x1f\x21-\x39\x3b\x3d-\x7f][\x01-\x09\x0b\x0c\x0e-\x7f]*"
)


def ldif(entries: Iterable[ForestEntry]) -> bytes:
    """Return the export, lines ended by CR LF."""
    return "".join(f"{line}\r\n" for entry in entries for line in _record(entry)).encode("ascii")


def _record(entry: ForestEntry) -> Iterator[str]:
    yield from _lines("dn", entry.dn.encode())
    yield "changetype: add"
    for name, values in entry.attributes.items():
        for value in values:
            yield from _lines(name, value)
    yield ""


def _lines(name: str, value: bytes) -> Iterator[str]:
    if _SAFE.fullmatch(value) and not value.endswith(b" "):
        head, text = f"{name}: ", value.decode("ascii")
    else:
        head, text = f"{name}:: ", base64.b64encode(value).decode("ascii")
    if len(head) + len(text) <= WIDTH:
        yield head + text
        return
    yield head
    for start in range(0, len(text), WIDTH - 1):
        yield f" {text[start : start + WIDTH - 1]}"
