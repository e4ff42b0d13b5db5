"""What a migration report proposes: a pilot, batches, and for what each wave waits."""

from collections.abc import Iterator, Mapping, Sequence

from casaudit.findings import MOST_IN_BATCH, Batch, Gate, Pilot, Wave
from casaudit.report.phrases import Phrases

_MOST_DATABASES = 8


def waits(wave: Wave, gates: Mapping[str, Gate], phrases: Phrases) -> Iterator[str]:
    """Yield what has to be there before a wave, in a few words each."""
    many = phrases.many
    if wave.waits_for:
        titles = ", ".join(gates[name].title for name in wave.waits_for)
        yield many("gate %(gates)s", "gates %(gates)s", len(wave.waits_for), gates=titles)
    if wave.blockers:
        yield many(
            "%(number)s cause in its way", "%(number)s causes in its way", len(wave.blockers)
        )
    if wave.missing:
        yield many("%(number)s thing not known", "%(number)s things not known", len(wave.missing))
    if wave.after:
        numbers = ", ".join(ranges(wave.after, phrases))
        yield many("wave %(waves)s", "waves %(waves)s", len(wave.after), waves=numbers)


def ranges(numbers: Sequence[int], phrases: Phrases) -> Iterator[str]:
    """Yield rising numbers in short: ``1 to 15``."""
    first = last = numbers[0]
    for number in (*numbers[1:], None):
        if number == last + 1:
            last = number
            continue
        text = phrases.say("%(first)s to %(last)s", first=first, last=last)
        yield str(first) if first == last else text
        first = last = number or 0


def pilot_sentence(pilot: Pilot, phrases: Phrases) -> str:
    """Say which mailboxes go first."""
    return phrases.many(
        "%(number)s mailbox of %(database)s (wave %(wave)s).",
        "Up to %(number)s mailboxes of %(database)s (wave %(wave)s).",
        pilot.most,
        database=pilot.database.name,
        wave=pilot.wave,
    )


def batch_rule(phrases: Phrases) -> str:
    """Say how batches were made."""
    return phrases.say(
        "Batches are proposed: at most %(most)s mailboxes each, a figure of ours that Exchange does"
        " not ask for. What is held up shares no batch with what can move. A larger database is"
        " moved in parts, and one whose mailboxes nobody counted is a batch of its own.",
        most=phrases.number(MOST_IN_BATCH),
    )


def batch_line(batch: Batch, phrases: Phrases) -> str:
    """Write a batch in one line."""
    text = ", ".join(database.name for database in batch.databases[:_MOST_DATABASES])
    if (more := len(batch.databases) - _MOST_DATABASES) > 0:
        text += f" {phrases.many('and %(number)s more', 'and %(number)s more', more)}"
    if batch.parts > 1:
        text = phrases.say(
            "%(database)s, part %(part)s of %(parts)s",
            database=text,
            part=batch.part,
            parts=batch.parts,
        )
    if batch.mailboxes is None:
        counted = phrases.say("mailboxes not known")
    else:
        counted = phrases.many("%(number)s mailbox", "%(number)s mailboxes", batch.mailboxes)
    return f"{text} ({counted})"
