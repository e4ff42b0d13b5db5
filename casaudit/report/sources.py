"""Where the objects that evidence names were read: directory, DNS and TLS side by side."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from casaudit.findings import Finding, Provenance, Value
from casaudit.report.inventory import Row

MOST_SOURCES = 8
"""Sources that a card lists; the CSV files have that of every object."""

_NAMED = {
    "v_sites": ("site", ("name",)),
    "v_arrays": ("array", ("name", "fqdn")),
    "v_servers": ("server", ("name", "fqdn")),
    "v_dns_answers": ("dns_name", ("name",)),
    "v_tls_endpoints": ("tls_endpoint", ("name",)),
    "v_certificates": ("certificate", ("name",)),
}
"""By view: the kind of its objects, and the columns by whose values evidence names them."""


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One record that tells of an object which evidence names.

    Attributes:
        kind: as of a subject; of a DNS answer the section of the snapshot, which tells the view.
    """

    kind: str
    name: str
    read: Provenance


class Sources:
    """The records by the names of what they tell of."""

    def __init__(self, views: Mapping[str, Iterable[Row]]) -> None:
        self._by_name: dict[str, dict[SourceRecord, None]] = {}
        for view, (kind, columns) in _NAMED.items():
            for row in views[view]:
                # Inside and outside are two records of one name.
                place = f"dns_{row['view']}" if view == "v_dns_answers" else kind
                source = SourceRecord(place, str(row["name"]), _read(row))
                for column in columns:
                    self._by_name.setdefault(_key(row[column]), {})[source] = None

    def of(self, findings: Iterable[Finding]) -> list[SourceRecord]:
        """Return the records of what the evidence of some findings names, themselves left out."""
        # A card shows the provenance of its own objects already.
        own = {(finding.subject.kind, finding.subject.name) for finding in findings}
        found = {
            source: None
            for finding in findings
            for name in (finding.subject.name, *_names(finding.evidence))
            for source in self._by_name.get(_key(name), ())
            if (source.kind, source.name) not in own
        }
        return list(found)

    def named(self, value: Value) -> list[SourceRecord]:
        """Return the records of what one value of evidence names."""
        names = _names({"": value})
        return [source for name in names for source in self._by_name.get(_key(name), ())]


def _read(row: Row) -> Provenance:
    changed, usn = row.get("source_when_changed"), row.get("source_usn_changed")
    return Provenance(
        # Rows of DNS answers have no origin of their own: it is the resolver.
        origin=str(row["source_origin"] if "source_origin" in row else f"dns:{row['resolver']}"),
        at=str(row["source_at"]),
        when_changed=changed if isinstance(changed, str) else None,
        usn_changed=usn if isinstance(usn, int) else None,
    )


def _names(evidence: Mapping[str, Value]) -> Iterator[str]:
    for value in evidence.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from value


def _key(name: Value) -> str:
    # DNS names and names of directory objects ignore letter case; a last dot means nothing here.
    return str(name or "").lower().rstrip(".")
