"""The errors casaudit reports to its operator, each with a hint on what to do next.

::

    CasauditError
    ├── UsageError        a flag or a combination of flags that cannot work (exit code 2)
    │   └── RuleError     a rule, waiver or settings file that is not valid, with its line
    ├── SourceError       no directory, an unreadable file or snapshot (exit code 4)
    ├── DeliveryError     a message that nobody took (exit code 4)
    └── CollectError      one question to a directory, resolver or endpoint failed; becomes a gap
"""

import difflib
from collections.abc import Iterable


class CasauditError(Exception):
    """Root of everything casaudit raises on purpose.

    Attributes:
        subject: the host, file or object that the error is about.
        problem: what went wrong, one sentence without the subject.
        hint: what the operator can do next, or an empty string.
    """

    def __init__(self, subject: str, problem: str, hint: str = "") -> None:
        # Without the hint, which stands on a line of its own and is no part of gaps and reports.
        super().__init__(f"{subject}: {problem}")
        self.subject = subject
        self.problem = problem
        self.hint = hint


class UsageError(CasauditError):
    """The command was called in a way that cannot work."""


class RuleError(UsageError):
    """A file that people write (rule, waiver, settings) is not valid.

    ``subject`` is ``FILE:LINE`` when the line is known, else the file.
    """

    def __init__(self, path: str, problem: str, line: int | None = None, hint: str = "") -> None:
        super().__init__(path if line is None else f"{path}:{line}", problem, hint)
        self.path = path
        self.line = line


class SourceError(CasauditError):
    """Nothing can be audited: the directory, file or snapshot cannot be used at all."""


class DeliveryError(CasauditError):
    """A message was not taken by the server that it was for.

    Attributes:
        again: whether the same may be sent once more: it was surely not taken, and perhaps only
            for now.
        wait: seconds that the server asked to wait before, or ``None``.
    """

    def __init__(
        self,
        subject: str,
        problem: str,
        hint: str = "",
        *,
        again: bool = False,
        wait: float | None = None,
    ) -> None:
        super().__init__(subject, problem, hint)
        self.again = again
        self.wait = wait


class CollectError(CasauditError):
    """One question could not be answered; the guard turns it into a gap.

    Attributes:
        reason: a value of ``casaudit.snapshot.Reason``, as text.
    """

    def __init__(self, subject: str, reason: str, problem: str, hint: str = "") -> None:
        super().__init__(subject, problem, hint)
        self.reason = reason


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``: did you mean 'X'?`` to follow a problem; what is known where nothing is near."""
    # A set has another order in each process; the same mistake has to get the same sentence.
    names = sorted(known)
    found = difflib.get_close_matches(word, names, n=1)
    return f": did you mean {found[0]!r}?" if found else f": known are {', '.join(names)}"
