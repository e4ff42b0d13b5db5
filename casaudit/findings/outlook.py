"""What a plan would do to the failures, as far as the evidence tells."""

from dataclasses import dataclass

from casaudit.findings.finding import Finding


@dataclass(frozen=True, slots=True)
class Outlook:
    """Failures before and after, by what becomes of them; each list in the order of the report.

    Attributes:
        gone: failures whose objects pass, or to which the rule does not apply any more.
        unseen: failures of which nobody can tell before the new state is collected.
    """

    gone: tuple[Finding, ...]
    stays: tuple[Finding, ...]
    appears: tuple[Finding, ...]
    unseen: tuple[Finding, ...]

    @property
    def before(self) -> int:
        """How many failures there are without the plan."""
        return len(self.gone) + len(self.stays) + len(self.unseen)

    @property
    def after(self) -> int:
        """How many are seen to fail with it."""
        return len(self.stays) + len(self.appears)

    def sentence(self) -> str:
        """Say it in English: ``17 failures -> 13; 4 go, 0 appear``."""
        unseen = len(self.unseen)
        return (
            f"{self.before} failures -> {self.after}; {len(self.gone)} go,"
            f" {len(self.appears)} appear, {unseen} cannot be told before a new collection"
        )
