"""A snapshot with a little less in it: one record gone, one field or a whole record unread.

Each removal leaves what a collection would leave: the record without what it could not read, the
names of those fields in ``unread``, and for a record that is gone a gap and a partial section.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cache
from types import NoneType
from typing import Any, get_args

from casaudit.rulebook.statements import words
from casaudit.rulebook.views import View
from casaudit.snapshot import (
    Certificate,
    DnsAnswer,
    DnsStatus,
    Gap,
    Reason,
    Record,
    SectionName,
    Snapshot,
    Status,
    TlsEndpoint,
    TlsOutcome,
)
from casaudit.snapshot.document import record_kinds, sections_of
from casaudit.snapshot.network import WHOLE_CERTIFICATE

# Two fields that are read from one attribute are lost together.
_TOGETHER = (
    {"network_addresses", "fqdn"},
    {"legacy_exchange_dn", "endpoint_legacy_dn"},
)

Reads = Mapping[str, Set[str]]
"""By kind of record, every word of the views that read it."""


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing that is taken away from a snapshot.

    Attributes:
        name: what is taken away, in words.
        kind: the kind of record.
        at: the place of the record among those of its kind.
        lost: its fields that say less, and what they say; ``None`` where it is gone.
    """

    name: str
    kind: str
    at: int
    lost: Mapping[str, Any] | None = field(repr=False)

    def of(self, snapshot: Snapshot) -> Snapshot:
        """Return the poorer snapshot."""
        records = getattr(snapshot, self.kind)
        if self.lost is not None:
            left = records[self.at].model_copy(update=self.lost)
            poorer = (*records[: self.at], left, *records[self.at + 1 :])
            return snapshot.model_copy(update={self.kind: poorer})
        section = _section(self.kind, records[self.at])
        whole = snapshot.status(section) is Status.COMPLETE
        fewer = {self.kind: (*records[: self.at], *records[self.at + 1 :])}
        if not whole and all(each.section is not section for each in snapshot.gaps):
            # Where no gap says what a section lacks, one more would tell that it is only this.
            return snapshot.model_copy(update=fewer)
        sections = tuple(
            each.model_copy(update={"status": Status.PARTIAL})
            if whole and each.name is section
            else each
            for each in snapshot.sections
        )
        gap = Gap(section=section, subject=_subject(records[self.at]), reason=Reason.MALFORMED)
        gaps = (*snapshot.gaps, gap)
        return snapshot.model_copy(update={**fewer, "sections": sections, "gaps": gaps})


def reads(views: Iterable[View]) -> Reads:
    """Return what some views read, so that nothing else need be taken away."""
    found: dict[str, set[str]] = {kind: set() for kind in record_kinds()}
    for each in views:
        named = words(each.select)
        for kind in named & found.keys():
            found[kind] |= named
    if "certificate_chains" in {name for each in views for name in words(each.select)}:
        # Chains are followed in Python, from these.
        found["tls_endpoints"].add("chain")
        found["certificates"] |= {"subject", "issuer", "self_signed"}
    return {kind: each for kind, each in found.items() if each and sections_of(kind)}


def removals(snapshot: Snapshot, wanted: Reads) -> Iterator[Removal]:
    """Yield each record gone, each field of it unread, and all of its fields unread."""
    for kind, named in wanted.items():
        for at, record in enumerate(getattr(snapshot, kind)):
            name = f"{kind} {' '.join(record.sort_key())[:80]}"
            yield Removal(f"{name}: gone", kind, at, None)
            for how, lost in _poorer(record, named):
                yield Removal(f"{name}: {how}", kind, at, lost)


def _section(kind: str, record: Record) -> SectionName:
    if isinstance(record, DnsAnswer):
        return SectionName(f"dns_{record.view.value}")
    return sections_of(kind)[0]


def _subject(record: Record) -> str:
    if isinstance(record, TlsEndpoint):
        return f"{record.host}:{record.port}"
    return getattr(record, "dn", None) or " ".join(record.sort_key())


def _poorer(record: Record, named: Set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    match record:
        case DnsAnswer():
            lost: dict[str, Any] = {"values": (), "aliases": (), "ttl": None, "authoritative": None}
            for status in (DnsStatus.TIMEOUT, DnsStatus.SERVFAIL):
                yield status.value, {**lost, "status": status}
        case TlsEndpoint():
            lost = {"chain": (), "chain_without_sni": None, "trials": (), "protocol": None}
            for outcome in (TlsOutcome.TIMEOUT, TlsOutcome.HANDSHAKE_FAILED):
                yield outcome.value, {**lost, "outcome": outcome}
            yield "nothing without a name", {"chain_without_sni": None}
            untried = tuple(each.model_copy(update={"accepted": None}) for each in record.trials)
            yield "no version tried", {"trials": untried}
        case _ if "unread" in type(record).model_fields:
            yield from _unread(record, named)


def _unread(record: Record, named: Set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    empty = _empty(type(record))
    for name in empty.keys() & named:
        lost = next((each for each in _TOGETHER if name in each), {name}) & empty.keys()
        yield f"{name} unread", _marked(record, {each: empty[each] for each in lost}, lost)
    whole = {WHOLE_CERTIFICATE} if isinstance(record, Certificate) else empty.keys()
    yield "all unread", _marked(record, empty, whole)


def _marked(record: Record, fields: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    unread = tuple(sorted({*getattr(record, "unread", ()), *names}))
    return {**fields, "unread": unread}


@cache
def _empty(kind: type[Record]) -> Mapping[str, Any]:
    """Return the fields that can be unread, with what they hold then."""
    empty: dict[str, Any] = {}
    for name, info in kind.model_fields.items():
        kinds = get_args(info.annotation)
        # The server above an object is told by its DN: what has no DN has no record.
        if name in ("unread", "server_dn"):
            continue
        if NoneType in kinds:
            empty[name] = None
        elif Ellipsis in kinds:
            empty[name] = ()
    return empty
