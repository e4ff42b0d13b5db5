"""The readiness for a migration as readers meet it: in words, its causes looked up."""

from collections.abc import Iterable
from dataclasses import dataclass

from casaudit.findings import Assessment, Cause, Missing, Readiness, UpgradeStep
from casaudit.i18n.languages import marked
from casaudit.report.phrases import phrases_of

_STATES = {
    Readiness.NOT_READY: "bad",
    Readiness.WARNINGS: "fair",
    Readiness.CANNOT_TELL: "unseen",
    Readiness.READY: "good",
}
_VERDICTS = {
    Readiness.READY: marked("ready"),
    Readiness.WARNINGS: marked("ready with warnings"),
    Readiness.NOT_READY: marked("not ready"),
    Readiness.CANNOT_TELL: marked("cannot tell"),
}
_TARGETS = {None: marked("Migration"), "se": "Exchange SE", "exo": "Exchange Online"}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A cause to remove before the migration.

    Attributes:
        stage: where in the order of remediation it belongs.
        before: the rules whose causes wait for it; empty when it blocks by itself.
    """

    cause: Cause
    stage: str
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remaining:
    """Causes of one rule that do not stop the migration; ``first`` is the worst."""

    first: Cause
    causes: int


@dataclass(frozen=True, slots=True)
class ReadinessView:
    """What a report says about a migration.

    Attributes:
        target: its name, as in ``Exchange 2016``.
        state: ``bad``, ``fair``, ``unseen`` or ``good``, as the verdict of a summary.
        notes: what to know of the target itself.
        obstacles: in the order of removal.
        open_causes: how many causes remain; ``remaining`` names them by rule.
        needed: missing verdicts on which the readiness rests; ``unseen`` are the others.
    """

    target: str
    verdict: str
    state: str
    because: str
    notes: tuple[str, ...]
    upgrade_path: tuple[UpgradeStep, ...]
    obstacles: tuple[Obstacle, ...]
    open_causes: int
    remaining: tuple[Remaining, ...]
    needed: tuple[Missing, ...]
    unseen: tuple[Missing, ...]


def readiness_view(assessment: Assessment) -> ReadinessView | None:
    """Return what to say about the migration, nothing where none was asked about."""
    found = assessment.migration
    if found is None:
        return None
    causes = {cause.id: cause for cause in assessment.causes}
    return ReadinessView(
        target=phrases_of(assessment).say(_TARGETS.get(found.target, f"Exchange {found.target}")),
        verdict=phrases_of(assessment).say(_VERDICTS[found.verdict]),
        state=_STATES[found.verdict],
        because=found.because,
        notes=found.warnings,
        upgrade_path=found.upgrade_path,
        obstacles=tuple(
            Obstacle(causes[each.cause], each.stage, each.opens) for each in found.blockers
        ),
        open_causes=len(found.others),
        remaining=tuple(_by_rule(causes[each] for each in found.others)),
        needed=tuple(each for each in found.missing if each.decides),
        unseen=tuple(each for each in found.missing if not each.decides),
    )


def _by_rule(causes: Iterable[Cause]) -> Iterable[Remaining]:
    groups: dict[str, list[Cause]] = {}
    for cause in causes:
        groups.setdefault(cause.rule.id, []).append(cause)
    # Causes come worst first, and so does the first of each group.
    return (Remaining(group[0], len(group)) for group in groups.values())
