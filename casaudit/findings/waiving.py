"""What became of the entries of a waiver file, the ones without effect among them."""

from dataclasses import dataclass
from enum import StrEnum

from casaudit.findings.finding import Waiver


class WaiverState(StrEnum):
    """Whether a waiver holds, and if not, why not."""

    HOLDS = "holds"
    ENDED = "ended"
    VOID = "void"
    """The accepted value is not the present one any more."""
    UNUSED = "unused"
    """The object does not fail the rule."""
    UNSEEN = "unseen"
    """Whether the object fails the rule could not be seen."""


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """One entry of the waiver file, and what it did.

    Attributes:
        because: why it does not hold, or when it ends; one sentence.
        days_left: from the reference day to its last one, 0 on that day itself; negative when over.
        fingerprint: of the finding that it is about; ``None`` when there is none.
    """

    waiver: Waiver
    state: WaiverState
    because: str
    days_left: int
    fingerprint: str | None
