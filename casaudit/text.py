"""Texts that every part writes alike: foreign text made visible, times, numbers with nouns.

What comes from outside is kept exactly; whoever shows it replaces what could
move a cursor, reorder a line or act as a key press.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
"""C0, C1, DEL, zero-width and bidi controls, fillers and tags without a shape of their own,
line separators, lone surrogates."""


def visible(text: str) -> str:
    """Return a text with every unsafe character written as ``⟦U+202E⟧``."""
    return UNSAFE.sub(lambda found: f"⟦U+{ord(found.group()):04X}⟧", text)


def iso(moment: datetime) -> str:
    """Write a time as every document of casaudit has it: UTC, to the second, ``...T12:00:00Z``."""
    # No fractions: what databases and controllers add behind the second would differ by source.
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def count(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its English noun: ``1 cause``, ``2 causes``, ``10,000 findings``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def join(parts: Sequence[str]) -> str:
    """Join phrases as an English sentence does: ``a, b and c``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
