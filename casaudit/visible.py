"""Making invisible characters visible: controls, bidi overrides and lone surrogates.

What comes from outside is kept exactly; whoever shows it replaces what could
move a cursor, reorder a line or act as a key press.
"""

import re

UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""C0, C1, DEL, zero-width and bidi controls, line separators, lone surrogates."""


def visible(text: str) -> str:
    """Return a text with every unsafe character written as ``⟦U+202E⟧``."""
    return UNSAFE.sub(lambda found: f"⟦U+{ord(found.group()):04X}⟧", text)
