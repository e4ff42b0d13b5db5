"""Accepting a failure: the waiver that binds its present evidence, written into its file."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from casaudit.engine.evaluate import Question, findings_of
from casaudit.errors import UsageError
from casaudit.findings import Finding, Value, Verdict, Waiver
from casaudit.rulebook.rule import Rule, Rulebook
from casaudit.rulebook.statements import views_behind
from casaudit.snapshot import Snapshot
from casaudit.waivers import SCHEMA, is_same, latest_day

_MOST_NAMED = 20
_FIRST_DASH = re.compile(r"^waivers:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE)


class _NullInWords(RoundTripRepresenter):
    """Writes what is not known as ``null``, so that it does not look forgotten."""


_NullInWords.add_representer(
    type(None), lambda self, _: self.represent_scalar("tag:yaml.org,2002:null", "null")
)


@dataclass(frozen=True, slots=True)
class Terms:
    """Who accepts a failure, why, and to which day (UTC)."""

    owner: str
    approver: str
    reason: str
    ticket: str | None
    until: date


@dataclass(frozen=True, slots=True)
class Accepted:
    """A waiver, and the evidence that it cannot be bound to because it changes by itself."""

    waiver: Waiver
    left_out: tuple[str, ...]


def accept(
    rule: Rule, wanted: str, snapshot: Snapshot, book: Rulebook, question: Question, terms: Terms
) -> Accepted:
    """Return the waiver of a failure as the snapshot shows it now.

    Args:
        rule: the rule.
        wanted: name or id of the object; letter case does not matter.
        snapshot: the evidence.
        book: the rules.
        question: reference time, profile, target and settings.
        terms: who, why and until when.

    Raises:
        UsageError: no or several such objects, one that does not fail, or a day too early or late.
    """
    as_of = question.as_of or snapshot.collected_at
    _check_day(terms.until, as_of.date(), latest_day(snapshot.collected_at))
    alone = replace(book, rules=(rule,), views=views_behind(rule, book.views))
    profile = question.profile if question.profile in rule.profiles else rule.profiles[0]
    asked = replace(question, profile=profile)
    findings = findings_of(snapshot, alone, asked)
    found = _found(rule, wanted, findings)
    if found.verdict is not Verdict.FAIL:
        raise UsageError(
            found.subject.name,
            f"does not fail {rule.id}: {found.verdict.value.replace('_', ' ')}",
            found.reason or "",
        )
    later = findings_of(snapshot, alone, replace(asked, as_of=as_of + timedelta(days=1)))
    then = next((f for f in later if f.subject.id == found.subject.id), found)
    value = {name: each for name, each in found.evidence.items() if not _ticks(name, found, then)}
    if not value:
        raise UsageError(found.subject.name, "has no evidence that a waiver could be bound to")
    is_shared = sum(f.subject.name == found.subject.name for f in findings) > 1
    waiver = Waiver(
        rule=rule.id,
        object=found.subject.id if is_shared else found.subject.name,
        value=value,
        owner=terms.owner,
        approver=terms.approver,
        reason=terms.reason,
        ticket=terms.ticket,
        until=terms.until,
        line=0,
        by_id=is_shared,
    )
    return Accepted(waiver, tuple(name for name in found.evidence if name not in value))


def _check_day(until: date, first: date, last: date) -> None:
    if not first <= until <= last:
        raise UsageError("--until", f"{until} is not between {first} and {last}")


def _ticks(column: str, now: Finding, tomorrow: Finding) -> bool:
    """Tell whether a number is another one tomorrow though nothing was changed."""
    value = now.evidence[column]
    counts = isinstance(value, int | float) and not isinstance(value, bool)
    return counts and not is_same(value, tomorrow.evidence.get(column))


def _found(rule: Rule, wanted: str, findings: Sequence[Finding]) -> Finding:
    key = wanted.casefold()
    by_id = [f for f in findings if f.subject.id.casefold() == key]
    exact = [f for f in findings if f.subject.name == wanted]
    found = by_id or exact or [f for f in findings if f.subject.name.casefold() == key]
    if not found:
        names = ", ".join(sorted({f.subject.name for f in findings})[:_MOST_NAMED])
        raise UsageError(wanted, f"{rule.id} does not judge it", f"it judges {names or 'nothing'}")
    if len(found) > 1:
        ids = (f"{f.subject.id} ({f.subject.site or 'no site'})" for f in found[:_MOST_NAMED])
        problem = f"{rule.id} judges {len(found)} objects of that name"
        raise UsageError(wanted, problem, f"name one by its id: {', '.join(ids)}")
    return found[0]


def written(waiver: Waiver, text: str | None = None) -> str:
    """Return a waiver file with one more entry.

    Args:
        waiver: the entry.
        text: the file so far, which must be valid; its comments and order are kept.
    """
    if not text:
        text = f"schema: {SCHEMA}\nwaivers: []\n"
    dashes = _FIRST_DASH.search(text.replace("\r\n", "\n"))
    indent = len(dashes[1]) if dashes else 2
    yaml = YAML(typ="rt")
    yaml.Representer = _NullInWords
    yaml.preserve_quotes = True
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=indent + 2, offset=indent)
    document: Any = yaml.load(text.replace("\r\n", "\n"))
    if not document["waivers"]:
        document["waivers"].fa.set_block_style()
    document["waivers"].append(_entry(waiver))
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue().replace("\n", "\r\n" if "\r\n" in text else "\n")


def _entry(waiver: Waiver) -> CommentedMap:
    key = "id" if waiver.by_id else "object"
    entry: dict[str, Value | date | CommentedMap] = {
        "rule": waiver.rule,
        key: waiver.object,
        "value": CommentedMap(waiver.value),
        "owner": waiver.owner,
        "approver": waiver.approver,
        "reason": waiver.reason,
        "ticket": waiver.ticket,
        "until": waiver.until,
    }
    return CommentedMap({name: _quoted(each) for name, each in entry.items() if each is not None})


def _quoted(value: Any) -> Any:
    """Put texts with characters that cannot be seen into quotes, where YAML escapes them."""
    match value:
        case str():
            return value if value.isprintable() else DoubleQuotedScalarString(value)
        case list():
            return [_quoted(each) for each in value]
        case CommentedMap():
            return CommentedMap({name: _quoted(each) for name, each in value.items()})
    return value
