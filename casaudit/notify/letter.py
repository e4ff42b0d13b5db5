"""The words of a message, before mail, card or page give them their form.

Every text in a letter is one line without hidden characters; whoever writes it escapes what is
markup in its own format.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from casaudit.findings import ChangeCause, ChangeKind, Severity
from casaudit.i18n.languages import ENGLISH, marked
from casaudit.notify.news import SOON, News, NewsItem
from casaudit.report.html.since import CAUSES
from casaudit.report.phrases import Phrases
from casaudit.text import visible

_WIDEST = 160
_NAMES = 10
"""Objects of one rule that a line names; the others are counted."""

_HEADINGS = {
    ChangeKind.NEW: marked("New"),
    ChangeKind.CHANGED: marked("Changed"),
    ChangeKind.UNSEEN: marked("Not seen any more, which is no repair"),
    ChangeKind.FIXED: marked("Fixed"),
    ChangeKind.STILL_OPEN: marked("Open failures"),
}
_SUBJECTS = {
    ChangeKind.NEW: marked("%(number)s new"),
    ChangeKind.CHANGED: marked("%(number)s changed"),
    ChangeKind.UNSEEN: marked("%(number)s not seen any more"),
    ChangeKind.FIXED: marked("%(number)s fixed"),
    ChangeKind.STILL_OPEN: marked("%(number)s open"),
}


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One rule and its objects, or one sentence.

    Attributes:
        label: the severity in words; empty for a sentence.
        lead: the objects by name, which come first.
        text: what is said of them.
    """

    label: str
    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class LetterBlock:
    """Lines under a heading, the worst first; ``more`` says what was left out."""

    heading: str
    lines: tuple[LetterLine, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says.

    Attributes:
        subject: one line that says what is new.
        answer: the verdict; in English with the sentence that says why.
        facts: sentences with organisation, time and numbers.
        link: where the report lies; empty where nobody said.
        phrases: the words of its language.
    """

    subject: str
    answer: str
    facts: tuple[str, ...]
    blocks: tuple[LetterBlock, ...]
    link: str
    phrases: Phrases


def letter(news: News, phrases: Phrases, link: str = "", most: int = 20) -> Letter:
    """Word a message.

    Args:
        news: what there is to tell.
        phrases: the words of the language.
        link: where the report lies.
        most: lines under each heading.
    """
    judged = news.document.judgement
    answer = _said(judged.verdict, phrases)
    # The sentence is composed in findings.json, where nothing can translate it any more.
    if phrases.language.name == ENGLISH:
        answer = f"{answer}: {judged.sentence}"
    return Letter(
        subject=_subject(news, phrases),
        answer=visible(answer),
        facts=tuple(_facts(news, phrases)),
        blocks=tuple(_blocks(news, phrases, most)),
        link=visible(link),
        phrases=phrases,
    )


def plain_text(written: Letter) -> str:
    """Write a letter as text without any markup."""
    lines = [written.answer, "", *written.facts]
    for block in written.blocks:
        lines += ["", block.heading, ""]
        for line in block.lines:
            label = f"{line.label}: " if line.label else ""
            lead = f"{line.lead}: " if line.lead else ""
            lines.append(f"- {label}{lead}{line.text}")
        lines += [f"- {block.more}"] if block.more else []
    if written.link:
        lines += ["", written.phrases.say("Report: %(place)s", place=written.link)]
    return "\n".join(lines) + "\n"


def _subject(news: News, phrases: Phrases) -> str:
    whose = _short(news.document.organization, 60)
    if news.document.judgement.state == "nothing":
        told = phrases.say("nothing could be audited")
    else:
        counts = [(kind, len(list(alike))) for kind, alike in _by_kind(news.items)]
        words = [phrases.say(_SUBJECTS[k], number=phrases.number(n)) for k, n in counts]
        told = ", ".join(words) or phrases.say("nothing new")
    return f"casaudit {whose}: {told}"


def _facts(news: News, phrases: Phrases) -> Iterator[str]:
    found = news.document
    values = {"organization": _short(found.organization), "moment": _moment(found.as_of)}
    if news.since is None:
        yield phrases.say(
            "Organisation %(organization)s, as of %(moment)s. There is no earlier run to compare"
            " with: every open failure is named.",
            **values,
        )
    else:
        yield phrases.say(
            "Organisation %(organization)s, as of %(moment)s, compared with %(then)s.",
            then=_moment(news.since),
            **values,
        )
    numbers = [phrases.severity(news.open[s], s) for s in Severity if news.open[s]]
    counted = ", ".join(numbers) or phrases.say("none")
    yield phrases.say("Open failures: %(numbers)s.", numbers=counted)
    if news.since is not None and news.still_open:
        yield phrases.many(
            "%(number)s of them was there before, unchanged.",
            "%(number)s of them were there before, unchanged.",
            news.still_open,
        )


def _blocks(news: News, phrases: Phrases, most: int) -> Iterator[LetterBlock]:
    for kind, items in _by_kind(news.items):
        lines = [_line(alike, phrases) for alike in _by_rule(items)]
        yield _block(phrases.say(_HEADINGS[kind]), lines, phrases, most)
    titles = {rule.id: rule.title for rule in news.document.rules}
    turns = [
        LetterLine(
            phrases.severities[turn.severity],
            _short(turn.subject.name),
            f"{turn.on}, {_rule(turn.rule_id, titles.get(turn.rule_id, ''), phrases)}",
        )
        for turn in news.turns
    ]
    waivers = [
        LetterLine("", _short(use.object), f"{use.until}, {_short(use.rule_id)}")
        for use in news.ending
    ]
    days = phrases.number(SOON)
    others = {
        phrases.say("Turns red by itself within %(days)s days", days=days): turns,
        phrases.say("Waivers that end within %(days)s days", days=days): waivers,
        phrases.say("What could not be seen"): _unseen(news, phrases),
        phrases.say("About the collection itself"): [
            _line(alike, phrases)
            for _, items in _by_kind(news.collection)
            for alike in _by_rule(items)
        ],
    }
    for heading, lines in others.items():
        if lines:
            yield _block(heading, lines, phrases, most)


def _unseen(news: News, phrases: Phrases) -> list[LetterLine]:
    lines = [
        LetterLine(
            "",
            phrases.sections.get(seen.section, _short(seen.section)),
            phrases.say(
                "%(status)s, %(answered)s of %(asked)s questions answered",
                status=phrases.statuses[seen.status],
                answered=phrases.number(seen.answered),
                asked=phrases.number(seen.asked),
            ),
        )
        for seen in news.unseen
    ]
    failed = phrases.say("this rule failed and judged nothing")
    return lines + [LetterLine("", _short(rule.id), failed) for rule in news.broken]


def _block(heading: str, lines: Sequence[LetterLine], phrases: Phrases, most: int) -> LetterBlock:
    left = len(lines) - most
    more = phrases.many("%(number)s more", "%(number)s more", left) if left > 0 else ""
    return LetterBlock(heading, tuple(lines[:most]), more)


def _line(items: Sequence[NewsItem], phrases: Phrases) -> LetterLine:
    first = items[0]
    names = [_short(item.subject.name) for item in items[:_NAMES]]
    if (left := len(items) - _NAMES) > 0:
        names.append(phrases.many("%(number)s more", "%(number)s more", left))
    whose = phrases.objects(len(items), first.subject.kind)
    text = f"{_rule(first.rule_id, first.title, phrases)}, {whose}"
    # What was configured is the ordinary cause; that casaudit's own rules changed, say, is not.
    if first.cause not in (None, ChangeCause.CONFIGURATION):
        text += f", {phrases.say(CAUSES[first.cause])}"
    return LetterLine(phrases.severities[first.severity], ", ".join(names), text)


def _rule(rule_id: str, title: str, phrases: Phrases) -> str:
    return f"{_short(_said(title, phrases))} ({_short(rule_id)})".strip()


def _said(english: str, phrases: Phrases) -> str:
    # To gettext the empty text is the head of the catalog.
    return phrases.say(english) if english else ""


def _by_kind(items: Iterable[NewsItem]) -> Iterator[tuple[ChangeKind, Iterable[NewsItem]]]:
    return groupby(items, lambda item: item.kind)


def _by_rule(items: Iterable[NewsItem]) -> Iterator[list[NewsItem]]:
    """Bring together the objects of a rule that are alike; they stand beside each other."""
    for _, alike in groupby(
        items, lambda each: (each.severity, each.rule_id, each.cause, each.subject.kind)
    ):
        yield list(alike)


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _short(text: str, width: int = _WIDEST) -> str:
    shown = visible(text)
    return shown if len(shown) <= width else shown[: width - 1] + "…"
