"""The summary as a message for mail or chat: Markdown that no name can turn into something else.

Every text from outside stands in a code span, where no reader sees markup, links or mentions.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from casaudit.findings import ChangeKind, GateState, Severity, WaiverState, WaveState
from casaudit.findings.document import CausePart, Overview
from casaudit.findings.document_changes import ChangePart
from casaudit.findings.document_migration import MigrationPart
from casaudit.report.labels import SECTIONS, STATUSES, is_counted
from casaudit.snapshot import Status
from casaudit.text import count, iso, visible

LIMIT = 4000
"""Characters of a message; some chat servers take no more."""

_MOST = 5
_WIDEST = 160
_LONGEST = 600
# The longest month: what ends before the next monthly message is told in this one.
_SOON = 31
# What CommonMark, GFM and chats act on; the last two are bare addresses, with and without scheme.
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~&]|:(?=//)|(?<=[wW])\.")
_SHORTENED = "Shortened: {} more in the report."
_WEB = re.compile(r"https?://[\w!#$%&'*+,./:;=?@~-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Style:
    """How a message writes: Markdown, or plain text where it is ``is_plain``."""

    is_plain: bool = False

    def data(self, text: str) -> str:
        """Write a text from outside, at most so long that a line can be read."""
        return self._code(_cut(visible(text), _WIDEST))

    def words(self, text: str) -> str:
        """Write a text of ours or of a rule; what could be markup in it is escaped."""
        # Before the escapes, else a cut could fall between a backslash and its character.
        shown = _cut(visible(text), _LONGEST)
        if self.is_plain:
            return shown
        # A backslash does not stop a mention, and @all would wake a whole team.
        return _MARKUP.sub(r"\\\g<0>", shown).replace("@", "⟦U+0040⟧")

    def strong(self, text: str) -> str:
        """Write a heading, which is words."""
        return self.words(text) if self.is_plain else f"**{self.words(text)}**"

    def link(self, place: str) -> str:
        """Write where the report lies: an address, or the path of a file."""
        # Angle brackets make a link of an address in every Markdown; a path stays text.
        is_address = _WEB.fullmatch(place) and not self.is_plain
        return f"<{place}>" if is_address else self._code(visible(place))

    def _code(self, text: str) -> str:
        # Inside a code span nothing escapes a backtick, so it is written by its number.
        # CommonMark takes two backticks with nothing between for text, so a blank stands there.
        return text if self.is_plain else f"`{text.replace('`', '⟦U+0060⟧') or ' '}`"


def message(found: Overview, style: Style, link: str | None = None) -> str:
    """Return the summary; where it is longer than ``LIMIT``, causes and changes are shortened."""
    head = list(_head(found, style))
    tail = list(_unseen(found, style))
    tail += ["", f"Report: {style.link(link)}"] if link else []
    # What could not be seen and where the report lies are never what is cut.
    room = LIMIT - sum(len(line) + 1 for line in (*head, *tail)) - len(_SHORTENED) - 10
    body: list[str] = []
    lines = [*_first(found, style), *_changes(found, style), *_ahead(found, style)]
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            body += ["", _SHORTENED.format(count(len(lines) - number, "line"))]
            break
        body.append(line)
    return "\n".join([*head, *body, *tail]) + "\n"


def _head(found: Overview, style: Style) -> Iterator[str]:
    judged = found.judgement
    yield f"{style.strong(judged.verdict)}: {style.words(judged.sentence)}"
    yield ""
    when = iso(found.as_of).replace("T", " ").replace("Z", " UTC")
    yield f"Organisation {style.data(found.organization)}, as of {style.data(when)}."
    yield from _counts(found, style)
    if readiness := found.migration:
        title = style.strong(f"Migration to {readiness.target or 'no target named'}")
        blockers = count(len(readiness.blockers), "blocker")
        yield ""
        yield f"{title}: {style.words(readiness.verdict)}, {blockers}."
        yield style.data(readiness.because)
        yield from _waves(readiness, style)


def _waves(readiness: MigrationPart, style: Style) -> Iterator[str]:
    shut = [g.title for g in readiness.gates if g.before_all and g.state is GateState.FAILED]
    if shut:
        yield f"Gates before all waves that are shut: {style.words(', '.join(shut))}."
    states = Counter(wave.state for wave in readiness.waves)
    if states:
        told = ", ".join(f"{states[each]:,} {each}" for each in WaveState if states[each])
        yield f"{count(len(readiness.waves), 'wave')}: {told}."


def _counts(found: Overview, style: Style) -> Iterator[str]:
    # A document of an earlier version counts them together only.
    n = found.summary.organization or found.summary
    parts = [f"{number:,} {severity}" for severity, number in _ranked(n.fail)]
    parts += [f"{n.waived:,} of them waived"] if n.waived else []
    failed = ", ".join(parts)
    yield (
        f"{sum(n.fail.values()):,} failed{f' ({failed})' if failed else ''}, {n.passed:,} passed,"
        f" {n.not_evaluated:,} could not be judged, {n.not_applicable:,} not applicable:"
        f" {count(n.total, 'check')}."
    )
    if apart := found.summary.collection:
        yield (
            f"Apart from these, about the collection itself: {sum(apart.fail.values()):,} failed,"
            f" {apart.passed:,} passed, {apart.not_evaluated:,} could not be judged."
        )
    if found.judgement.standing:
        yield style.words(found.judgement.standing)
    soon = [w for w in found.waivers if w.state is WaiverState.HOLDS and w.days_left <= _SOON]
    if soon:
        yield f"{count(len(soon), 'waiver')} will end within {_SOON} days."


def _first(found: Overview, style: Style) -> Iterator[str]:
    titles = {rule.id: rule.title for rule in found.rules}
    causes = _open_causes(found)
    if causes:
        yield from ("", style.strong("What to do first"), "")
    for number, (cause, failures) in enumerate(causes[:_MOST], 1):
        title = style.words(titles.get(cause.rule_id, ""))
        yield (
            f"{number}. {cause.severity}, {style.data(cause.rule_id)} {title}:"
            f" {style.data(cause.label)} ({count(failures, 'failure')})"
        )
    if len(causes) > _MOST:
        yield f"{_MOST + 1}. and {count(len(causes) - _MOST, 'more cause')}"


def _open_causes(found: Overview) -> list[tuple[CausePart, int]]:
    """Return the causes that fold under no other, each with its failures that are not waived.

    Those of standing notices are left out: the head names them, and nothing is to do first there.
    """
    # The document's causes hold waived failures too; only its waivers say which.
    waived = {use.fingerprint for use in found.waivers if use.state is WaiverState.HOLDS}
    standing = {rule.id for rule in found.rules if rule.standing}
    causes = {cause.id: cause for cause in found.causes if cause.rule_id not in standing}
    counted = ((cause, len({*cause.fingerprints} - waived)) for cause in causes.values())
    return [(cause, number) for cause, number in counted if number and cause.parent not in causes]


def _changes(found: Overview, style: Style) -> Iterator[str]:
    compared = found.comparison
    if compared is None:
        return
    kinds = Counter(change.kind for change in compared.changes)
    told = ", ".join(f"{number:,} {kind}" for kind, number in kinds.items()) or "nothing changed"
    since = iso(compared.baseline_as_of).partition("T")[0]
    yield from ("", f"{style.strong(f'Since {since}')}: {style.words(told)}.")
    lines: list[str] = []
    # What is still open stands among the causes already.
    for kind in (ChangeKind.NEW, ChangeKind.FIXED, ChangeKind.UNSEEN):
        alike = [change for change in compared.changes if change.kind is kind]
        lines += [f"- {kind}: {_change(change, style)}" for change in alike[:_MOST]]
        if len(alike) > _MOST:
            lines.append(f"- {kind}: {len(alike) - _MOST:,} more")
    if lines:
        yield from ("", *lines)


def _ahead(found: Overview, style: Style) -> Iterator[str]:
    turns = found.forecast.turns if found.forecast else ()
    if turns:
        yield from ("", style.strong("What turns red by itself"), "")
    for turn in turns[:_MOST]:
        named = style.data(f"{turn.subject.kind} {turn.subject.name}")
        yield f"- {turn.on}: {turn.severity}, {style.data(turn.rule_id)} on {named}"
    if len(turns) > _MOST:
        yield f"- and {len(turns) - _MOST:,} more"


def _change(change: ChangePart, style: Style) -> str:
    subject = change.subject
    named = f"{subject.kind} {subject.name}" if subject else "no object"
    why = f" ({change.cause})" if change.cause else ""
    return f"{style.data(change.rule_id or '')} on {style.data(named)}{style.words(why)}"


def _unseen(found: Overview, style: Style) -> Iterator[str]:
    lines = [
        f"- {style.words(SECTIONS.get(seen.section, seen.section))}: {STATUSES[seen.status]},"
        f" {seen.answered:,} of {count(seen.asked, 'question')} answered"
        for seen in found.coverage
        if seen.status in (Status.PARTIAL, Status.FAILED)
    ]
    if len(lines) > _MOST:
        lines[_MOST:] = [f"- and {count(len(lines) - _MOST, 'more kind')} of evidence"]
    kinds = [seen for seen in found.coverage if is_counted(seen.section, seen.status)]
    never = sum(seen.status is Status.NOT_COLLECTED for seen in kinds)
    if never:
        lines.append(f"- not asked for: {never:,} of {len(kinds):,} kinds of evidence")
    n = found.summary.organization or found.summary
    if n.not_evaluated:
        lines.append(f"- {n.not_evaluated:,} of {count(n.total, 'check')} could not be judged")
    lines += [
        f"- {style.data(rule.id)} failed and judged nothing: {style.data(rule.problem)}"
        for rule in found.rules
        if rule.problem is not None
    ][:_MOST]
    if found.gaps:
        lines.append(f"- {count(len(found.gaps), 'gap')}, each with its reason in the report")
    if lines:
        yield from ("", style.strong("What could not be seen"), "", *lines)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _ranked(failed: Mapping[Severity, int]) -> list[tuple[Severity, int]]:
    return [(severity, failed[severity]) for severity in Severity if failed.get(severity)]
