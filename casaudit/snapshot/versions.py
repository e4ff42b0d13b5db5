"""Snapshots of another minor version: what it did not know is unread, what is new in it left out.

The writer writes every field of every record. So a key that is not in a document tells that the
version which wrote it did not know the field, whatever number it bears, and the evidence for that
field was never looked for: to take it for absent would be a lie about old evidence.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, get_args

from pydantic import ValidationError

from casaudit.snapshot.document import Snapshot, record_kinds, sections_of
from casaudit.snapshot.record import Gap, Reason, Record, SectionName, Status


def mark_unread(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot that was just read, with what its document does not have as unread.

    A field goes into the ``unread`` of its record. Where records of a kind have no such list, and
    where the document lacks a kind of a section that it calls complete, the section is partial
    and has a gap.
    """
    changed: dict[str, tuple[Record, ...]] = {}
    lacking: dict[str, set[str]] = {}
    for kind in record_kinds():
        if kind not in snapshot.model_fields_set:
            lacking[kind] = {kind}
            continue
        records: tuple[Record, ...] = getattr(snapshot, kind)
        missing = {at: found for at, each in enumerate(records) if (found := _missing(each))}
        if not missing:
            continue
        if "unread" in type(records[0]).model_fields:
            changed[kind] = tuple(
                _marked(each, missing[at]) if at in missing else each
                for at, each in enumerate(records)
            )
        else:
            lacking[kind] = {f"{kind}.{name}" for found in missing.values() for name in found}
    return _with_gaps(snapshot.model_copy(update=changed), lacking)


def _missing(record: Record) -> list[str]:
    """Return the fields that a record's document lacks, those of records in it as ``outer.inner``.

    Pydantic notes in ``model_fields_set`` which keys were there.
    """
    fields, nested = _fields(type(record))
    present = record.model_fields_set
    missing: list[str] = []
    # No loop in the usual case: this is asked of every record.
    if len(present) < len(fields):
        missing += (name for name in fields if name not in present)
    for name in nested:
        value = getattr(record, name)
        parts: Iterable[Record | None] = value if isinstance(value, tuple) else (value,)
        missing += (f"{name}.{inner}" for part in parts if part for inner in _missing(part))
    return missing


@cache
def _fields(record: type[Record]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields of a record, and those of them that hold records themselves."""
    # tuple[X, ...] and X | None alike hold X among their arguments.
    nested = [
        name
        for name, info in record.model_fields.items()
        if any(
            isinstance(each, type) and issubclass(each, Record)
            for each in (info.annotation, *get_args(info.annotation))
        )
    ]
    return tuple(record.model_fields), tuple(nested)


def _marked(record: Record, missing: Iterable[str]) -> Record:
    fields = type(record).model_fields
    # Whether an older version could read its own fields cannot be told where it had no list yet.
    added = set(missing) - {"unread"}
    # Its default, such as recovery=False, would pass for a fact that was seen.
    empty = {
        name: None
        for name in added
        if name in fields and type(None) in get_args(fields[name].annotation)
    }
    unread = sorted({*getattr(record, "unread", ()), *added})
    return record.model_copy(update={**empty, "unread": tuple(unread)})


def _with_gaps(snapshot: Snapshot, lacking: dict[str, set[str]]) -> Snapshot:
    """Return a snapshot in which sections that lack something are not complete, and say why."""
    poorer = {section: names for kind, names in lacking.items() for section in sections_of(kind)}
    gaps = {
        Gap(
            section=each.name,
            subject=name,
            reason=Reason.OTHER_VERSION,
            detail="the version of casaudit that wrote the snapshot did not know it",
        )
        for each in snapshot.sections
        # What was not collected lacks for another reason than the version.
        if each.name in poorer and each.status is not Status.NOT_COLLECTED
        for name in poorer[each.name]
    }
    partial = {gap.section for gap in gaps}
    if not gaps:
        return snapshot
    sections = tuple(
        each.model_copy(update={"status": Status.PARTIAL})
        if each.name in partial and each.status is Status.COMPLETE
        else each
        for each in snapshot.sections
    )
    return _adding(snapshot.model_copy(update={"sections": sections}), gaps)


def _adding(snapshot: Snapshot, gaps: Iterable[Gap]) -> Snapshot:
    found = sorted({*snapshot.gaps, *gaps}, key=Gap.sort_key)
    return snapshot.model_copy(update={"gaps": tuple(found)})


def without_unknown(raw: bytes) -> bytes:
    """Return a document of a newer minor version without the keys and sections that are new in it.

    What else is new in it, such as another value of a closed list, stays and is refused.
    """
    try:
        Snapshot.model_validate_json(raw)
    except ValidationError as error:
        document = json.loads(raw)
        # Pydantic names all unknown keys at once, so one pass is enough.
        for path in _unknown_keys(error):
            holder = document
            for step in path[:-1]:
                holder = holder[step]
            del holder[path[-1]]
        known = set(SectionName)
        # The name of a new section is a value and no key; pydantic takes it for a mistake.
        for kind, key in (("sections", "name"), ("gaps", "section")):
            if isinstance(document.get(kind), list):
                document[kind] = [each for each in document[kind] if each.get(key) in known]
        return json.dumps(document).encode()
    return raw


def _unknown_keys(error: ValidationError) -> Iterator[tuple[Any, ...]]:
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        if each["type"] == "extra_forbidden":
            yield each["loc"]


NEWER = "what it knows more is not judged"


def note_newer(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot with a gap that says that a newer version wrote it."""
    detail = f"written by a newer casaudit ({snapshot.tool_version}): {NEWER}"
    gap = Gap(
        section=SectionName.ORGANIZATION,
        subject="snapshot",
        reason=Reason.OTHER_VERSION,
        detail=detail,
    )
    return _adding(snapshot, [gap])


def newer_sentence(snapshot: Snapshot) -> str | None:
    """Return the sentence for the operator when a newer version wrote a snapshot, else nothing."""
    return next(
        (
            gap.detail
            for gap in snapshot.gaps
            if gap.reason is Reason.OTHER_VERSION and gap.subject == "snapshot"
        ),
        None,
    )
