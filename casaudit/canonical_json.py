"""Canonical JSON: sorted keys, one value a line, UTF-8, one final newline.

Two documents can be compared by any tool that compares lines, and the same content has the same
bytes on every machine.
"""

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

Shape = Callable[[Any], object]
_AT_ONCE = 500
"""Elements of a long list that stand in memory as JSON and as text at a time."""
# Python writes 1e+16 where serde writes 1e16. A text may look like that too: it only costs time.
_EXPONENT = re.compile(r"[:,\[]-?[0-9.]+[eE]")


def canonical(document: Mapping[str, object], shape: Shape | None = None) -> bytes:
    """Write a document.

    Args:
        document: what to write; it may hold objects that are no JSON.
        shape: makes JSON of such an object when it is its turn. So 56,000 verdicts become JSON
            a few at a time, and never stand in memory as a document beside the text.

    Raises:
        ValueError: NaN or an infinite number: they are no JSON (RFC 8259).
    """
    written = io.BytesIO()
    before = b"{\n "
    for key in sorted(document):
        written.write(before + _indented(key, None) + b": ")
        for piece in _pieces(document[key], shape):
            written.write(piece)
        before = b",\n "
    written.write(b"\n}\n" if document else b"{}\n")
    return written.getvalue()


def _pieces(value: object, shape: Shape | None) -> Iterator[bytes]:
    if not isinstance(value, list) or len(value) <= _AT_ONCE:
        yield _indented(value, shape).replace(b"\n", b"\n ")
        return
    for start in range(0, len(value), _AT_ONCE):
        # Without the brackets of the part: it goes on with the list.
        text = _indented(value[start : start + _AT_ONCE], shape)[2:-2]
        yield (b",\n " if start else b"[\n ") + text.replace(b"\n", b"\n ")
    yield b"\n ]"


def _indented(value: object, shape: Shape | None) -> bytes:
    """Write a value as ``json`` does with an indent, where it has no accelerator in C."""
    encoder = partial(
        json.JSONEncoder, sort_keys=True, ensure_ascii=False, allow_nan=False, default=shape
    )
    compact = encoder(separators=(",", ":")).encode(value)
    if not _EXPONENT.search(compact):
        # Raised of a lone surrogate: names in a directory hold them.
        with suppress(PydanticSerializationError):
            return to_json(json.loads(compact), indent=1)
    # A lone surrogate has no UTF-8 form; backslashreplace writes it as JSON's own \udXXX.
    return encoder(indent=1).encode(value).encode("utf-8", "backslashreplace")
