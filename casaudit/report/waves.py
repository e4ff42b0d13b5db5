"""The gates and waves of a migration as readers meet them: tables, notices, lines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casaudit.findings import (
    Assessment,
    Cause,
    Gate,
    GateState,
    Migration,
    Move,
    Subject,
    Value,
    Wave,
    WaveState,
)
from casaudit.i18n.languages import marked
from casaudit.report.checklist import (
    ChecklistPart,
    affected,
    after_all,
    checklist,
    mailboxes,
)
from casaudit.report.phrases import Phrases, phrases_of
from casaudit.report.proposal import batch_line, batch_rule, pilot_sentence, waits

MOST_WAVES = 100
"""Waves in a report; findings.json and waves.csv have no limit."""

# More names than this make a heading unreadable.
_MOST_NAMED = 5

GATE_STATES = {
    GateState.PASSED: ("pass", marked("passed")),
    GateState.FAILED: ("fail", marked("failed")),
    GateState.CANNOT_TELL: ("not_evaluated", marked("cannot tell")),
    GateState.NOT_APPLICABLE: ("not_applicable", marked("not applicable")),
}
WAVE_STATES = {
    WaveState.CAN_MOVE: ("pass", marked("can move")),
    WaveState.WAITING: ("not_applicable", marked("not yet")),
    WaveState.BLOCKED: ("fail", marked("blocked")),
    WaveState.CANNOT_TELL: ("not_evaluated", marked("cannot tell")),
}
"""The style of a state, and its words."""

COLUMNS = (
    "wave", "wave_state", "after_waves", "database", "site", "state", "because", "endpoint",
    "mailboxes", "repairs_profiles", "wave_sites", "wave_names", "database_id", "batches",
)  # fmt: skip
"""Of waves.csv: a line for each database."""


@dataclass(frozen=True, slots=True)
class WaveView:
    """A wave as a row of the table and a sheet of the annex.

    Attributes:
        title: its number and its sites; ``sites`` these alone.
        waits: what has to be there before, in a few words each.
        mailboxes: counted, with what is not known.
        batches: its name and a line, each.
        style: of its state, a class of report.css; ``state`` the same in words.
        affected: its databases and mailboxes, counted, with what is not known.
        blockers: the causes in its way, in the order of removal.
        moves: its databases, those together of which the same is to say.
        checklist: before, during and after it.
    """

    wave: Wave
    title: str
    sites: str
    style: str
    state: str
    waits: tuple[str, ...]
    mailboxes: str
    batches: tuple[tuple[str, str], ...]
    affected: str
    blockers: tuple[Cause, ...]
    moves: tuple[tuple[Move, ...], ...]
    checklist: tuple[ChecklistPart, ...]


@dataclass(frozen=True, slots=True)
class WavesView:
    """What a report says about gates and waves.

    Attributes:
        gates: each with the style of its state and its words.
        shut: what to do before the first wave: the gates that are not open, as sentences, but
            those of which the waves name what is in their way.
        whose: of which move they are, where that is not the move to the target itself.
        ready: what has to be ready before the first wave, beside the gates.
        last: what to tick off after the last one.
        pilot: which mailboxes go first, and ``batch_rule`` how the others follow.
        repaired: databases whose repair gives their mailboxes another endpoint, and how many
            mailboxes that are.
    """

    gates: tuple[tuple[Gate, str, str], ...]
    shut: tuple[str, ...]
    whose: str | None
    ready: tuple[str, ...]
    last: tuple[str, ...]
    pilot: str | None
    batch_rule: str
    waves: tuple[WaveView, ...]
    repaired: tuple[Subject, ...]
    repaired_count: str


def waves_view(assessment: Assessment) -> WavesView | None:
    """Return what to say of gates and waves, nothing where no migration was asked about."""
    found = assessment.migration
    if found is None:
        return None
    phrases = phrases_of(assessment)
    causes = {cause.id: cause for cause in assessment.causes}
    repaired = [m for wave in found.waves for m in wave.databases if m.repairs_profiles]
    return WavesView(
        gates=tuple((gate, *_styled(GATE_STATES[gate.state], phrases)) for gate in found.gates),
        shut=tuple(_shut(found.gates)),
        whose=_whose(found, phrases),
        ready=tuple(_ready(found, phrases)),
        last=after_all(phrases),
        pilot=pilot_sentence(found.pilot, phrases) if found.pilot else None,
        batch_rule=batch_rule(phrases),
        waves=tuple(_wave_view(wave, found, causes, phrases) for wave in found.waves),
        repaired=tuple(move.database for move in repaired),
        repaired_count=affected(repaired, phrases),
    )


def _whose(found: Migration, phrases: Phrases) -> str | None:
    if found.leg in (None, found.target):
        return None
    if found.target == "exo":
        return phrases.say(
            "Names move to Exchange %(leg)s, the endpoint of the hybrid organisation, and mailboxes"
            " to Exchange Online.",
            leg=found.leg,
        )
    return phrases.say(
        "Gates and waves are those of the move to Exchange %(leg)s, over which the road leads.",
        leg=found.leg,
    )


def _ready(found: Migration, phrases: Phrases) -> Iterator[str]:
    if found.leg:
        yield phrases.say(
            "Exchange %(leg)s holds the arbitration and discovery mailboxes.", leg=found.leg
        )
    # Sentences of a list elsewhere, which end without a full stop there.
    yield from (f"{each[:1].upper()}{each[1:]}." for each in found.preparations)


def wave_rows(assessment: Assessment) -> Iterator[Mapping[str, Value]]:
    """Yield the lines of waves.csv."""
    for wave in assessment.migration.waves if assessment.migration else ():
        batches: dict[str, list[str]] = {}
        for batch in wave.batches:
            for database in batch.databases:
                batches.setdefault(database.id, []).append(batch.name)
        for move in wave.databases:
            yield {
                "wave": wave.number,
                "wave_state": wave.state.value,
                "after_waves": [str(number) for number in wave.after],
                "database": move.database.name,
                "site": move.database.site,
                "state": move.state.value,
                "because": move.because,
                "endpoint": move.endpoint,
                "mailboxes": move.mailboxes,
                "repairs_profiles": move.repairs_profiles,
                "wave_sites": [site.name for site in wave.sites],
                "wave_names": list(wave.names),
                "database_id": move.database.id,
                "batches": batches[move.database.id],
            }


def wave_lines(view: WavesView) -> list[str]:
    """Return the waves for a terminal, a line each."""
    return [
        f"{each.title}: {each.state}, {each.wave.because}; {each.affected}"
        f" ({_named(each.wave.databases)})"
        for each in view.waves
    ]


def gate_lines(view: WavesView) -> list[str]:
    """Return the gates for a terminal, a line each."""
    return [
        f"{gate.title}: {state}, {gate.because}"
        + ("; before all waves" if gate.before_all and _is_shut(gate) else "")
        for gate, _, state in view.gates
    ]


def _named(moves: Sequence[Move]) -> str:
    names = [move.database.name for move in moves[:_MOST_NAMED]]
    more = len(moves) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "") or "none"


def _styled(state: tuple[str, str], phrases: Phrases) -> tuple[str, str]:
    style, words = state
    return style, phrases.say(words)


def _shut(gates: Iterable[Gate]) -> Iterator[str]:
    for gate in gates:
        fails = gate.state is GateState.FAILED
        # The causes of a gate that stops the migration stand under the waves that they hold.
        if (fails and not gate.stops) or (_is_shut(gate) and gate.before_all):
            yield f"{gate.title}: {gate.because}"


def _is_shut(gate: Gate) -> bool:
    # A gate of which it is not known is shut: nobody should begin a wave on a guess.
    return gate.state in (GateState.FAILED, GateState.CANNOT_TELL)


def _alike(moves: Iterable[Move]) -> tuple[tuple[Move, ...], ...]:
    found: dict[tuple[object, ...], list[Move]] = {}
    for move in moves:
        # Known mailbox counts add up; what is not known stays apart.
        key = (move.state, move.because, move.endpoint, move.mailboxes is None)
        found.setdefault(key, []).append(move)
    return tuple(map(tuple, found.values()))


def _wave_view(
    wave: Wave, found: Migration, causes: Mapping[str, Cause], phrases: Phrases
) -> WaveView:
    blockers = tuple(causes[each] for each in wave.blockers)
    style, state = _styled(WAVE_STATES[wave.state], phrases)
    names = [site.name for site in wave.sites[:_MOST_NAMED]]
    if more := len(wave.sites) - len(names):
        names.append(phrases.many("%(number)s more site", "%(number)s more sites", more))
    sites = phrases.listed(names) if names else phrases.say("databases without a known site")
    return WaveView(
        wave=wave,
        title=phrases.say("Wave %(number)s: %(sites)s", number=wave.number, sites=sites),
        sites=sites,
        style=style,
        state=state,
        waits=tuple(waits(wave, {gate.name: gate for gate in found.gates}, phrases)),
        mailboxes=mailboxes(wave.databases, phrases),
        batches=tuple((each.name, batch_line(each, phrases)) for each in wave.batches),
        affected=affected(wave.databases, phrases),
        blockers=blockers,
        moves=_alike(wave.databases),
        checklist=checklist(wave, blockers, found.pilot, phrases),
    )
