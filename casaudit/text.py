"""Making invisible characters visible: controls, bidi overrides and lone surrogates.

What comes from outside is kept exactly; whoever shows it replaces what could
move a cursor, reorder a line or act as a key press.
"""

import re

UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
"""C0, C1, DEL, zero-width and bidi controls, fillers and tags without a shape of their own,
line separators, lone surrogates."""


def visible(text: str) -> str:
    """Return a text with every unsafe character written as ``⟦U+202E⟧``."""
    return UNSAFE.sub(lambda found: f"⟦U+{ord(found.group()):04X}⟧", text)
