"""The gates and waves of a migration as readers meet them: tables, notices, lists to tick off."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casaudit.findings import (
    Assessment,
    Cause,
    Gate,
    GateState,
    Move,
    Subject,
    Value,
    Wave,
    WaveState,
)
from casaudit.i18n.languages import marked
from casaudit.report.phrases import Phrases, phrases_of

MOST_WAVES = 100
MOST_MOVES = 40
"""Rows of a table or a list about one wave; findings.json and waves.csv have no limit."""

_MOST_NAMED = 5

GATE_STATES = {
    GateState.PASSED: ("pass", marked("passed")),
    GateState.FAILED: ("fail", marked("failed")),
    GateState.CANNOT_TELL: ("not_evaluated", marked("cannot tell")),
    GateState.NOT_APPLICABLE: ("not_applicable", marked("not applicable")),
}
WAVE_STATES = {
    WaveState.CAN_MOVE: ("pass", marked("can move")),
    WaveState.BLOCKED: ("fail", marked("blocked")),
    WaveState.CANNOT_TELL: ("not_evaluated", marked("cannot tell")),
}
"""The style of a state, and its words."""

COLUMNS = (
    "wave", "wave_state", "after_waves", "database", "site", "state", "because", "endpoint",
    "mailboxes", "repairs_profiles", "wave_sites", "wave_names", "database_id",
)  # fmt: skip
"""Of waves.csv: a line for each database."""


@dataclass(frozen=True, slots=True)
class ChecklistPart:
    """A part of a wave's checklist, its items as sentences."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaveView:
    """A wave as a section of the report.

    Attributes:
        title: its number and its sites.
        style: of its state, a class of report.css; ``state`` the same in words.
        affected: its databases and mailboxes, counted, with what is not known.
        blockers: the causes in its way, in the order of removal.
        checklist: before, during and after it.
    """

    wave: Wave
    title: str
    style: str
    state: str
    affected: str
    blockers: tuple[Cause, ...]
    checklist: tuple[ChecklistPart, ...]


@dataclass(frozen=True, slots=True)
class WavesView:
    """What a report says about gates and waves.

    Attributes:
        gates: each with the style of its state and its words.
        shut: what to do before the first wave: the gates that are not open, as sentences, but
            those of which the waves name what is in their way.
        repaired: databases whose repair gives their mailboxes another endpoint, and how many
            mailboxes that are.
    """

    gates: tuple[tuple[Gate, str, str], ...]
    shut: tuple[str, ...]
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
        waves=tuple(_wave_view(wave, causes, phrases) for wave in found.waves),
        repaired=tuple(move.database for move in repaired),
        repaired_count=affected(repaired, phrases),
    )


def wave_rows(assessment: Assessment) -> Iterator[Mapping[str, Value]]:
    """Yield the lines of waves.csv."""
    for wave in assessment.migration.waves if assessment.migration else ():
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


def affected(moves: Sequence[Move], phrases: Phrases) -> str:
    """Count databases and their mailboxes, and say where the number is not known."""
    databases = phrases.objects(len(moves), "database")
    known = [move.mailboxes for move in moves if move.mailboxes is not None]
    if not moves or not known:
        return phrases.say("%(databases)s, mailboxes not known", databases=databases)
    mailboxes = phrases.many("%(number)s mailbox", "%(number)s mailboxes", sum(known))
    unknown = len(moves) - len(known)
    if not unknown:
        return f"{databases}, {mailboxes}"
    return phrases.many(
        "%(databases)s, %(mailboxes)s and those of %(number)s database that are not known",
        "%(databases)s, %(mailboxes)s and those of %(number)s databases that are not known",
        unknown,
        databases=databases,
        mailboxes=mailboxes,
    )


def _styled(state: tuple[str, str], phrases: Phrases) -> tuple[str, str]:
    style, words = state
    return style, phrases.say(words)


def _shut(gates: Iterable[Gate]) -> Iterator[str]:
    for gate in gates:
        fails = gate.state is GateState.FAILED
        if (fails and not gate.stops) or (_is_shut(gate) and gate.before_all):
            yield f"{gate.title}: {gate.because}"


def _is_shut(gate: Gate) -> bool:
    return gate.state in (GateState.FAILED, GateState.CANNOT_TELL)


def _wave_view(wave: Wave, causes: Mapping[str, Cause], phrases: Phrases) -> WaveView:
    blockers = tuple(causes[each] for each in wave.blockers)
    style, state = _styled(WAVE_STATES[wave.state], phrases)
    sites = [site.name for site in wave.sites[:_MOST_NAMED]]
    if more := len(wave.sites) - len(sites):
        sites.append(phrases.many("%(number)s more site", "%(number)s more sites", more))
    return WaveView(
        wave=wave,
        title=phrases.say(
            "Wave %(number)s: %(sites)s",
            number=wave.number,
            sites=phrases.listed(sites) if sites else phrases.say("databases without a known site"),
        ),
        style=style,
        state=state,
        affected=affected(wave.databases, phrases),
        blockers=blockers,
        checklist=(
            ChecklistPart(phrases.say("Before"), tuple(_before(wave, blockers, phrases))),
            ChecklistPart(phrases.say("During"), tuple(_during(wave, phrases))),
            ChecklistPart(phrases.say("Afterwards"), tuple(_afterwards(wave, phrases))),
        ),
    )


def _before(wave: Wave, blockers: Iterable[Cause], phrases: Phrases) -> Iterator[str]:
    say, names = phrases.say, ", ".join(wave.names)
    if wave.after:
        numbers = ", ".join(map(str, wave.after))
        yield say("Wave %(waves)s is done.", waves=numbers)
    for cause in blockers:
        yield say(
            "%(rule)s is repaired: %(title)s (%(label)s).",
            rule=cause.rule.id,
            title=cause.rule.title,
            label=cause.label,
        )
    for each in wave.missing:
        yield say("Found out: %(unknown)s.", unknown=each.removesuffix("."))
    if wave.names:
        yield say("The newer servers have a certificate that stands for %(names)s.", names=names)
        yield say(
            "The present addresses of %(names)s, inside and outside, are written down as the way"
            " back, and the lifetime of their records (TTL) is short.",
            names=names,
        )
    yield say(
        "A new snapshot was judged: no gate before the first wave is shut, and nothing blocks this"
        " wave."
    )
    yield say("The users were told (%(affected)s).", affected=affected(wave.databases, phrases))


def _during(wave: Wave, phrases: Phrases) -> Iterator[str]:
    say = phrases.say
    if wave.names:
        yield say(
            "DNS gives the addresses of the newer servers for %(names)s, inside and outside.",
            names=", ".join(wave.names),
        )
        yield say(
            "Tried with a mailbox that is still on Exchange 2010: Outlook inside and outside,"
            " browser, phone, calendar of somebody else, offline address book."
        )
    for move in wave.databases[:MOST_MOVES]:
        yield _moved(move, phrases)
    if (more := len(wave.databases) - MOST_MOVES) > 0:
        yield phrases.many(
            "%(number)s more database is emptied; findings.json names it.",
            "%(number)s more databases are emptied; findings.json names them.",
            more,
        )


def _moved(move: Move, phrases: Phrases) -> str:
    name = move.database.name
    if move.state is not WaveState.CAN_MOVE:
        return phrases.say(
            "%(name)s only when this is settled: %(because)s. Its mailboxes are moved.",
            name=name,
            because=move.because,
        )
    if move.mailboxes is None:
        return phrases.say("The mailboxes of %(name)s are moved.", name=name)
    return phrases.many(
        "The mailbox of %(name)s is moved.",
        "The %(number)s mailboxes of %(name)s are moved.",
        move.mailboxes,
        name=name,
    )


def _afterwards(wave: Wave, phrases: Phrases) -> Iterator[str]:
    say = phrases.say
    yield say("Outlook of moved mailboxes shows HTTPS connections only in its connection status.")
    for kept in wave.kept:
        yield say(
            "%(name)s keeps answering until wave %(wave)s is done: %(databases)s use it.",
            name=kept.name,
            wave=kept.until,
            databases=phrases.listed(database.name for database in kept.databases[:8])
            + (" …" if len(kept.databases) > 8 else ""),
        )
    if wave.arrays:
        yield say(
            "%(arrays)s and the DNS names stay until no database refers to them and no Outlook"
            " asks for them any more.",
            arrays=", ".join(array.name for array in wave.arrays),
        )
    yield say("A new snapshot was taken, and casaudit diff shows nothing that was not intended.")
