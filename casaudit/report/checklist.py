"""What to tick off before, during and after a wave of a migration."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from casaudit.findings import Cause, Move, Pilot, Wave, WaveState
from casaudit.report.phrases import Phrases
from casaudit.report.proposal import pilot_sentence, ranges

MOST_MOVES = 40
"""Rows of a table or a list about one wave; findings.json and waves.csv have no limit."""


@dataclass(frozen=True, slots=True)
class ChecklistPart:
    """A part of a wave's checklist, its items as sentences."""

    title: str
    items: tuple[str, ...]


def checklist(
    wave: Wave, blockers: Iterable[Cause], pilot: Pilot | None, phrases: Phrases
) -> tuple[ChecklistPart, ...]:
    """Return the checklist of a wave; ``blockers`` are the causes in its way."""
    own = pilot if pilot and pilot.wave == wave.number else None
    return (
        ChecklistPart(phrases.say("Before"), tuple(_before(wave, blockers, phrases))),
        ChecklistPart(phrases.say("During"), tuple(_during(wave, own, phrases))),
        ChecklistPart(phrases.say("Afterwards"), tuple(_afterwards(wave, phrases))),
    )


def mailboxes(moves: Sequence[Move], phrases: Phrases) -> str:
    """Count the mailboxes of databases for a table, and say of how many they are not known."""
    known = [move.mailboxes for move in moves if move.mailboxes is not None]
    if not known:
        return phrases.say("not known")
    number, unknown = phrases.number(sum(known)), len(moves) - len(known)
    if not unknown:
        return number
    return phrases.many(
        "%(mailboxes)s, and of %(number)s database not known",
        "%(mailboxes)s, and of %(number)s databases not known",
        unknown,
        mailboxes=number,
    )


def affected(moves: Sequence[Move], phrases: Phrases) -> str:
    """Count databases and their mailboxes, and say where the number is not known."""
    databases = phrases.objects(len(moves), "database")
    # Mailboxes are known for databases whose counts were exported, and for no others.
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


def _before(wave: Wave, blockers: Iterable[Cause], phrases: Phrases) -> Iterator[str]:
    say, names = phrases.say, ", ".join(wave.names)
    if wave.after:
        yield phrases.many(
            "Wave %(waves)s is done.",
            "Waves %(waves)s are done.",
            len(wave.after),
            waves=", ".join(ranges(wave.after, phrases)),
        )
    if wave.waits_for:
        yield say("The gates that the wave waits for are open.")
    for cause in blockers:
        yield say(
            "%(rule)s is repaired: %(title)s (%(label)s).",
            rule=cause.rule.id,
            title=cause.rule.title,
            label=cause.label,
        )
    # What is not known has to be found out by somebody before the day.
    for each in wave.missing:
        yield say("Found out: %(unknown)s.", unknown=each.removesuffix("."))
    if wave.names:
        yield say("The newer servers have a certificate that stands for %(names)s.", names=names)
        yield say(
            # A resolver may give the old address until the TTL of its record ends, there and back.
            "The present addresses of %(names)s, inside and outside, are written down as the way"
            " back, and the lifetime of their records (TTL) is short.",
            names=names,
        )
    yield say(
        "A new snapshot was judged: no gate before the first wave is shut, and nothing blocks this"
        " wave."
    )
    yield say("The users were told (%(affected)s).", affected=affected(wave.databases, phrases))


def _during(wave: Wave, pilot: Pilot | None, phrases: Phrases) -> Iterator[str]:
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
    if pilot:
        yield say(
            "The pilot was moved, and its people have worked for some days: %(pilot)s",
            pilot=pilot_sentence(pilot, phrases),
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
    # What the whole wave waits for is said once, before.
    if move.state not in (WaveState.CAN_MOVE, WaveState.WAITING):
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


def after_all(phrases: Phrases) -> tuple[str, ...]:
    """Return what to tick off when every wave is done."""
    say = phrases.say
    return (
        say("Public folders were moved too, and no system mailbox is left behind."),
        say("Offline address books are generated by newer servers."),
        say(
            "The Autodiscover addresses of Exchange 2010 are gone, then its arrays, and their DNS"
            " names when no Outlook asks for them any more."
        ),
        say(
            "Setup removed the servers of Exchange 2010; nothing else bore their names and"
            " addresses before."
        ),
    )


def _afterwards(wave: Wave, phrases: Phrases) -> Iterator[str]:
    say = phrases.say
    # Exchange 2013 and later take no RPC/TCP: such a connection leads to the old server.
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
            # Profiles keep the endpoint that they were made with, as long as it answers.
            "%(arrays)s and the DNS names stay until no database refers to them and no Outlook"
            " asks for them any more.",
            arrays=", ".join(array.name for array in wave.arrays),
        )
    yield say("A new snapshot was taken, and casaudit diff shows nothing that was not intended.")
