"""The facts as tables: published views joined with the verdicts of their objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from casaudit.judge.findings import Assessment, Value, Verdict

Row = Mapping[str, Value]

ROLES: Final = (
    (2, "Mailbox"),
    (4, "Client Access"),
    (16, "Unified Messaging"),
    (32, "Hub Transport"),
    (64, "Edge Transport"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of object: the view of its rows, the kind of its verdicts, and its CSV columns."""

    name: str
    view: str
    kind: str
    columns: tuple[str, ...]


_VERDICTS = ("failed", "not_evaluated", "passed", "not_applicable")
_READ = ("source_origin", "source_at", "source_when_changed", "source_usn_changed")
