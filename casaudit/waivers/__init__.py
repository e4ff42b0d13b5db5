"""Waivers: failures that their owners accept, bound to the value that was seen and to a last day.

A waiver never changes a verdict. It marks the failure of one rule about one object, as long as
the evidence is what was accepted and its last day (UTC) is not over.
"""

from casaudit.waivers.file import MAX_DAYS, NO_WAIVERS, SCHEMA, Waivers, latest_day, read_waivers
from casaudit.waivers.use import apply, is_same

__all__ = [
    "MAX_DAYS",
    "NO_WAIVERS",
    "SCHEMA",
    "Waivers",
    "apply",
    "is_same",
    "latest_day",
    "read_waivers",
]
