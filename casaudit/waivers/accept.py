"""Accepting a failure: the entry that binds its present evidence, written into a waiver file."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from casaudit.errors import UsageError
from casaudit.findings import Finding, Verdict
from casaudit.validation import in_words
from casaudit.waivers.file import SCHEMA, WaiverEntry, latest_day
from casaudit.waivers.use import is_same

_MOST_NAMED = 20
# ruamel.yaml keeps comments, but writes sequences with the indentation that it is given: it is
# taken from the first entry of the file, and comments before that are skipped.
_FIRST_DASH = re.compile(r"^waivers:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE)


class _NullInWords(RoundTripRepresenter):
    """Writes what is not known as ``null``, so that it does not look forgotten."""


_NullInWords.add_representer(
    type(None), lambda self, _: self.represent_scalar("tag:yaml.org,2002:null", "null")
)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An entry, and the evidence that it is not bound to.

    Attributes:
        left_out: what changes by itself.
        unknown: what has no value: a later export may bring one, with nothing changed.
    """

    entry: WaiverEntry
    left_out: tuple[str, ...]
    unknown: tuple[str, ...]


def check_day(until: date, as_of: datetime, collected_at: datetime) -> None:
    """Refuse a last day that is over at the reference time, or too long after the snapshot.

    Raises:
        UsageError: it is no day of that span.
    """
    first, last = as_of.date(), latest_day(collected_at)
    if not first <= until <= last:
        raise UsageError("--until", f"{until} is not between {first} and {last}")


def accept(
    rule_id: str,
    wanted: str,
    today: Sequence[Finding],
    tomorrow: Sequence[Finding],
    terms: Mapping[str, str | date | None],
) -> Acceptance:
    """Return the entry that accepts a failure as it is now.

    Args:
        rule_id: the rule.
        wanted: name or id of the object; letter case does not matter.
        today: the verdicts of that rule at the reference time.
        tomorrow: those a day later by the same evidence: what differs then changes by itself.
        terms: who, why and until when, by the keys of an entry.

    Raises:
        UsageError: no or several such objects, one that does not fail, or terms without a word.
    """
    found = _found(rule_id, wanted, today)
    if found.verdict is not Verdict.FAIL:
        raise UsageError(
            found.subject.name,
            f"does not fail {rule_id}: {found.verdict.value.replace('_', ' ')}",
            found.reason or "",
        )
    # An object that tomorrow does not show ticks in no column: it is compared with itself.
    then = next((f for f in tomorrow if f.subject.id == found.subject.id), found)
    value = {name: each for name, each in found.evidence.items() if not _ticks(name, found, then)}
    unknown = tuple(name for name, each in value.items() if each is None)
    # A failure that is all absence, such as a name that is missing, is bound to that.
    if len(unknown) == len(value):
        unknown = ()
    value = {name: each for name, each in value.items() if name not in unknown}
    if not value:
        raise UsageError(found.subject.name, "has no evidence that a waiver could be bound to")
    # By name where that is enough: people read the file, and an id tells them nothing.
    is_shared = sum(f.subject.name == found.subject.name for f in today) > 1
    named = {"id": found.subject.id} if is_shared else {"object": found.subject.name}
    try:
        entry = WaiverEntry.model_validate({"rule": rule_id, **named, "value": value, **terms})
    except ValidationError as error:
        first = error.errors()[0]
        # The keys of an entry are options of the command, so the operator reads what to change.
        raise UsageError(f"--{first['loc'][0]}", in_words(first)) from None
    ticking = {*found.evidence} - {*value, *unknown}
    return Acceptance(entry, tuple(name for name in found.evidence if name in ticking), unknown)


def _ticks(column: str, now: Finding, tomorrow: Finding) -> bool:
    """Tell whether a number is another one tomorrow though nothing was changed."""
    value = now.evidence[column]
    # Such as days_left, which falls by one each day; a bool is an int in Python, and no count.
    counts = isinstance(value, int | float) and not isinstance(value, bool)
    return counts and not is_same(value, tomorrow.evidence.get(column))


def _found(rule_id: str, wanted: str, findings: Sequence[Finding]) -> Finding:
    key = wanted.casefold()
    by_id = [f for f in findings if f.subject.id.casefold() == key]
    exact = [f for f in findings if f.subject.name == wanted]
    # The closest match wins: two objects may differ in the case of their letters alone.
    found = by_id or exact or [f for f in findings if f.subject.name.casefold() == key]
    if not found:
        names = ", ".join(sorted({f.subject.name for f in findings})[:_MOST_NAMED])
        raise UsageError(wanted, f"{rule_id} does not judge it", f"it judges {names or 'nothing'}")
    if len(found) > 1:
        ids = (f"{f.subject.id} ({f.subject.site or 'no site'})" for f in found[:_MOST_NAMED])
        problem = f"{rule_id} judges {len(found)} objects of that name"
        raise UsageError(wanted, problem, f"name one by its id: {', '.join(ids)}")
    return found[0]


def with_entry(entry: WaiverEntry, text: str | None = None) -> str:
    """Return a waiver file with one more entry.

    Args:
        entry: what is added.
        text: the file so far, which must be valid; its comments and order are kept.
    """
    if not text:
        text = f"schema: {SCHEMA}\nwaivers: []\n"
    dashes = _FIRST_DASH.search(text.replace("\r\n", "\n"))
    indent = len(dashes[1]) if dashes else 2
    yaml = YAML(typ="rt")
    yaml.Representer = _NullInWords
    yaml.preserve_quotes = True
    # ruamel.yaml would fold long lines of the whole file, those that somebody wrote among them.
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=indent + 2, offset=indent)
    # The round-trip parser keeps LF only; CRLF comes back below where the file had it.
    document: Any = yaml.load(text.replace("\r\n", "\n"))
    if not document["waivers"]:
        # An empty list is written as ``[]``, and ruamel.yaml would keep that style for its entries.
        document["waivers"].fa.set_block_style()
    document["waivers"].append(_block(entry))
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue().replace("\n", "\r\n" if "\r\n" in text else "\n")


def _block(entry: WaiverEntry) -> CommentedMap:
    keys = {name: getattr(entry, name) for name in WaiverEntry.model_fields}
    keys["value"] = CommentedMap(entry.value)
    # Keys without a word go, but a null in ``value`` stays: there it is all that was accepted.
    return CommentedMap({name: _quoted(each) for name, each in keys.items() if each is not None})


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
