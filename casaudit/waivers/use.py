"""Using waivers: which failures they mark, and what became of every entry."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from casaudit.errors import RuleError
from casaudit.findings import Finding, Value, Verdict, Waiver, WaiverState, WaiverUse
from casaudit.i18n.languages import Language, marked
from casaudit.waivers.file import Waivers, duplicate_error

Key = tuple[str, str, bool]
"""A rule, an object of it, and whether that is named by its id."""

Say = Callable[..., str]
"""Says a sentence in a language."""

_MOST_NAMED = 20
_ENDED = marked("it ended with %(day)s")
_OPEN_AGAIN = marked("it ended with %(day)s, and the failure is open again")
_NO_ID = marked("%(rule)s judges nothing of that id")
_NO_NAME = marked("%(rule)s judges nothing of that name")


def apply(
    findings: Sequence[Finding],
    waivers: Waivers,
    as_of: datetime,
    judged: Collection[str],
    language: Language | None = None,
) -> tuple[tuple[Finding, ...], tuple[WaiverUse, ...]]:
    """Mark the failures that are waived, and say of every entry what it did.

    Args:
        findings: all verdicts; they come back in the same order.
        waivers: the entries.
        as_of: the reference time; a waiver holds to the end of its last day, UTC.
        judged: ids of the rules that were judged, the ones without any object too.
        language: in which to say what became of an entry; English when none is given.

    Raises:
        RuleError: an entry names several objects, or the object of another entry.
    """
    say = (language or Language()).say
    named, blind = _gathered(findings, waivers, judged, say)
    owners: dict[str, Waiver] = {}
    holding: dict[str, Waiver] = {}
    uses = []
    for waiver in waivers.entries:
        found = _one(waiver, named[_key(waiver)], waivers.path)
        # One entry by name and one by id can mean the same object, which only a verdict shows.
        if found is not None and owners.setdefault(found.fingerprint, waiver) is not waiver:
            raise duplicate_error(waivers.path, waiver, owners[found.fingerprint])
        use = _use(waiver, found, blind.get(waiver.rule), as_of, say)
        uses.append(use)
        if use.state is WaiverState.HOLDS and use.fingerprint:
            holding[use.fingerprint] = waiver
    rules = {waiver.rule for waiver in waivers.entries}
    return tuple(_marked(findings, rules, holding)), tuple(uses)


def _gathered(
    findings: Iterable[Finding], waivers: Waivers, judged: Collection[str], say: Say
) -> tuple[dict[Key, list[Finding]], dict[str, str]]:
    """Return the findings that each entry names, and by rule why an object may be hidden."""
    named: dict[Key, list[Finding]] = {_key(waiver): [] for waiver in waivers.entries}
    rules = {rule for rule, _, _ in named}
    blind = {
        rule: say("this profile does not judge %(rule)s", rule=rule) for rule in rules - set(judged)
    }
    for finding in findings:
        rule, subject = finding.rule.id, finding.subject
        if rule not in rules:
            continue
        # By name and by id apart: a database may be named like the GUID of another one.
        for key in ((rule, subject.name, False), (rule, subject.id, True)):
            if key in named:
                named[key].append(finding)
        # A verdict about the collection says that some objects were not seen at all: the one that
        # the entry names may be among them.
        if subject.kind == "collection" and finding.verdict is Verdict.NOT_EVALUATED:
            blind.setdefault(rule, say("not seen: %(reason)s", reason=finding.reason))
    return named, blind


def _key(waiver: Waiver) -> Key:
    return (waiver.rule, waiver.object, waiver.by_id)


def _marked(
    findings: Iterable[Finding], rules: set[str], holding: Mapping[str, Waiver]
) -> Iterable[Finding]:
    for finding in findings:
        # A fingerprint is a hash, so it is made only for rules that some entry names.
        held = holding.get(finding.fingerprint) if finding.rule.id in rules else None
        yield replace(finding, waiver=held) if held else finding


def _one(waiver: Waiver, named: Sequence[Finding], path: str) -> Finding | None:
    """The one object that an entry names, exactly as it is written."""
    if len(named) < 2:
        return named[0] if named else None
    ids = [f"{f.subject.id} ({f.subject.site or 'no site'})" for f in named[:_MOST_NAMED]]
    raise RuleError(
        path,
        f"object: {waiver.rule} judges {len(named)} objects of the name {waiver.object!r}",
        waiver.line,
        f"write 'id:' instead of 'object:', one of {', '.join(ids)}",
    )


def _use(
    waiver: Waiver, found: Finding | None, blind: str | None, as_of: datetime, say: Say
) -> WaiverUse:
    # A day ends at midnight UTC everywhere, so that two auditors come to the same verdict.
    days_left = (waiver.until - as_of.astimezone(UTC).date()).days
    # The end comes first: whatever else holds, somebody has to decide again.
    if days_left < 0:
        fails = found is not None and found.verdict is Verdict.FAIL
        state = WaiverState.ENDED
        because = say(_OPEN_AGAIN if fails else _ENDED, day=waiver.until)
    else:
        state, because = _state(waiver, found, blind, say)
    return WaiverUse(waiver, state, because, days_left, found.fingerprint if found else None)


def _state(
    waiver: Waiver, found: Finding | None, blind: str | None, say: Say
) -> tuple[WaiverState, str]:
    if found is None:
        if blind is not None:
            return WaiverState.UNSEEN, blind
        nothing = _NO_ID if waiver.by_id else _NO_NAME
        return WaiverState.UNUSED, say(nothing, rule=waiver.rule)
    match found.verdict:
        case Verdict.PASS:
            return WaiverState.UNUSED, say("the object passes")
        case Verdict.NOT_APPLICABLE:
            reason = say("the rule does not apply: %(reason)s", reason=found.reason)
            return WaiverState.UNUSED, reason
        case Verdict.NOT_EVALUATED:
            return WaiverState.UNSEEN, say("could not be judged: %(reason)s", reason=found.reason)
    changed = _changed(waiver, found, say)
    if changed:
        return WaiverState.VOID, "; ".join(changed)
    return WaiverState.HOLDS, say("it holds to the end of %(day)s, UTC", day=waiver.until)


def _changed(waiver: Waiver, found: Finding, say: Say) -> list[str]:
    return [
        say(
            "%(column)s is %(now)s, accepted was %(accepted)s",
            column=column,
            now=_as_json(found.evidence.get(column)),
            accepted=_as_json(accepted),
        )
        for column, accepted in waiver.value.items()
        if not is_same(found.evidence.get(column), accepted)
    ]


def is_same(one: Value, other: Value) -> bool:
    """Tell whether two values of evidence are one: of one kind and equal; lists in any order."""
    # Values of an attribute have no order, and need not come in the same one (RFC 4511, 4.1.7).
    if isinstance(one, list) and isinstance(other, list):
        return sorted(one) == sorted(other)
    # In Python True == 1, and YAML has both; an accepted "true" must not cover a count of one.
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _as_json(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)
