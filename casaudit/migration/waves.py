"""The waves of a migration in their order: sites that face the Internet first, then the others.

A wave is judged by what is its own, and then by the gates: while one before all is shut no wave can
move, while another is shut those cannot that its failures concern, and each says which.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from casaudit.findings import (
    Assessment,
    Blocker,
    Cause,
    Gate,
    Kept,
    MigrationBearing,
    Missing,
    RuleInfo,
    Severity,
    Subject,
    Wave,
    WaveState,
)
from casaudit.i18n.languages import Language
from casaudit.migration.batches import batches
from casaudit.migration.context import MigrationContext
from casaudit.migration.move_groups import MoveGroup
from casaudit.migration.wave import behind_gates, draft

_STATES = list(WaveState)
# Exchange 2010 proxies to older servers, not to newer ones: the sites that face the Internet go
# first, those of which it is not known next, so that no inner site moves too early.
_FACING = {True: 0, None: 1, False: 2}


def waves(
    assessment: Assessment,
    blockers: Iterable[Blocker],
    missing: Iterable[Missing],
    gates: Iterable[Gate],
    language: Language,
) -> tuple[Wave, ...]:
    """Return the waves in which Exchange 2010 is left.

    Args:
        assessment: of profile ``migration``.
        blockers: what stops the migration.
        missing: the verdicts that could not be given.
        gates: those before all hold every wave that is not open to move, the others those that
            their failures concern.
        language: what to say it in.
    """
    gates = tuple(gates)
    own = {gate.name: gate for gate in gates if not gate.before_all}
    causes = {cause.id: cause for cause in assessment.causes}
    # A cause that only stands before another blocker stops nothing by itself.
    stopping = [causes[each.cause] for each in blockers if not each.opens]
    shutting: dict[Gate, list[Cause]] = {}
    for cause in assessment.causes:
        if cause not in stopping and _gate(cause.rule) in own and _counts(cause):
            shutting.setdefault(own[_gate(cause.rule)], []).append(cause)
    context = MigrationContext(
        assessment,
        language,
        stopping=[cause for cause in stopping if not _concerns_all(cause.rule)],
        shutting=shutting,
        missing=[
            each
            for each in missing
            if (each.decides or _gate(each.rule) in own) and not _concerns_all(each.rule)
        ],
    )
    drafts = sorted(((_facing(context, g), draft(context, g)) for g in context.groups), key=_place)
    # Every wave that may face the Internet stands before the inner ones.
    first = tuple(number for number, (facing, _) in enumerate(drafts, 1) if facing)
    placed = [
        # A group of which it is not known waits for nobody: it may be one of the first.
        replace(wave, number=number, after=first if facing is False else ())
        for number, (facing, wave) in enumerate(drafts, 1)
    ]
    used = _users(placed)
    held = [behind_gates(wave, gates, language) for wave in placed]
    return tuple(
        replace(
            wave,
            batches=batches(wave.number, wave.databases),
            names=tuple(sorted({*wave.names, *_discovery(context, wave)})),
            reasons=(*wave.reasons, *_reasons(context, wave, facing, len(placed))),
            kept=tuple(_kept(context, wave, used)),
        )
        for wave, (facing, _) in zip(held, drafts, strict=True)
    )


def _concerns_all(rule: RuleInfo) -> bool:
    """Tell whether a rule is about versions: its gate stands before the first wave."""
    return rule.purpose.migration is MigrationBearing.TARGET_VERSION


def _gate(rule: RuleInfo) -> str:
    return rule.purpose.gate.name.value if rule.purpose.gate else ""


def _counts(cause: Cause) -> bool:
    """Tell whether a gate counts a cause as a failure; it does so whoever accepted it."""
    return any(finding.severity is not Severity.INFO for finding in cause.findings)


def _facing(context: MigrationContext, group: MoveGroup) -> bool | None:
    """Tell whether some site of a group faces the Internet."""
    facing = [row["internet_facing"] for row in context.where("v_sites", "id", group.sites)]
    # One site that faces the Internet takes along all that share its names.
    if any(facing):
        return True
    return None if None in facing or not facing else False


def _place(drafted: tuple[bool | None, Wave]) -> tuple[bool, int, int, bool, int, str]:
    facing, wave = drafted
    names = ", ".join(site.name for site in wave.sites)
    # Among equals what can move, then the smaller wave: a first mistake meets fewer people.
    state = _STATES.index(wave.state)
    # Databases without a known site come last: nobody can say what moves with them.
    held = bool(wave.waits_for)
    return not wave.sites, _FACING[facing], state, held, len(wave.databases), names


def _discovery(context: MigrationContext, wave: Wave) -> tuple[str, ...]:
    # One Autodiscover serves the whole organisation, so it is no reason to move sites together.
    return context.inventory.discovery if wave.number == 1 else ()


def _reasons(
    context: MigrationContext, wave: Wave, facing: bool | None, waves: int
) -> Iterable[str]:
    """Why a wave has its place."""
    say = context.language.say
    if facing and waves > 1:
        yield say("it faces the Internet: such sites move first")
    if wave.after:
        yield say(
            "it does not face the Internet: clients outside come in through the sites of wave"
            " %(waves)s, and Exchange 2010 there passes nothing on to newer servers",
            waves=", ".join(map(str, wave.after)),
        )
    if names := _discovery(context, wave):
        yield say(
            "%(names)s: Autodiscover of the whole organisation moves with the first wave and ties"
            " no sites",
            names=context.listed(names),
        )


Users = dict[str, list[tuple[int, Subject]]]


def _users(placed: Sequence[Wave]) -> Users:
    """Return the databases by their endpoint, each with the number of its wave."""
    used: Users = {}
    for wave in placed:
        for move in wave.databases:
            if move.endpoint is not None:
                used.setdefault(move.endpoint, []).append((wave.number, move.database))
    return used


def _kept(context: MigrationContext, wave: Wave, used: Users) -> Iterable[Kept]:
    """Endpoints in the sites of a wave that databases of other waves use."""
    # An array or server may be the endpoint of databases whose home is elsewhere.
    rows = context.where("v_databases", "endpoint_site_id", (site.id for site in wave.sites))
    for name in sorted({str(row["endpoint_dns_name"]) for row in rows}):
        others = [each for each in used.get(name, ()) if each[0] != wave.number]
        if others:
            # Until the last of those waves is done, since each of them may hold its last user.
            yield Kept(name, max(number for number, _ in others), tuple(d for _, d in others))
