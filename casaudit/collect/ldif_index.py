"""Finding the entries of an export as a controller does: by class and scope, below a base."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from casaudit.collect.ldif_entries import ExportedEntry
from casaudit.collect.ports import Query
from casaudit.dn import is_below, norm_dn, rdns
from casaudit.errors import SourceError

_CONFIGURATION = "cn=configuration,dc="
HINT = "export with: ldifde -f exchange.ldf -d CN=Configuration,DC=... -p subtree"


class ExportIndex:
    """The entries of an export by name, class and parent.

    Attributes:
        stored: the entries by normalised name.
        root: what a controller's rootDSE says of the partitions.
    """

    def __init__(self, stored: Mapping[str, ExportedEntry], name: str) -> None:
        """Index entries.

        Raises:
            SourceError: they lie in no configuration partition, or in several.
        """
        self.stored = stored
        context, self._partitions = _partitions(stored, name)
        self.root = {
            "namingcontexts": tuple(each.encode() for each in self._partitions.values()),
            "configurationnamingcontext": (context.encode(),),
            # The schema's partition has this name in every forest, below the configuration's.
            "schemanamingcontext": (f"CN=Schema,{context}".encode(),),
        }
        self._by_class: dict[bytes, list[ExportedEntry]] = defaultdict(list)
        self._by_parent: dict[str, list[ExportedEntry]] = defaultdict(list)
        # Of a damaged record, anything can lack.
        self._of_no_class: list[ExportedEntry] = []
        for each in stored.values():
            self._by_parent[each.above].append(each)
            for name_of_class in each.classes:
                self._by_class[name_of_class].append(each)
            if each.damaged and not each.classes:
                self._of_no_class.append(each)

    def find(self, query: Query) -> list[ExportedEntry]:
        """Return what a query asks for by class and place, or might.

        Like a controller's, a search does not go down into another partition.
        """
        base = norm_dn(query.base)
        others = [each for each in self._partitions if each != base and is_below(each, base)]
        found = {
            each.dn: each
            for each in self._candidates(query, base)
            if not any(is_below(each.dn, other) for other in others)
        }
        # In the order of their names, whatever the order of the files.
        return [found[dn] for dn in sorted(found)]

    def _candidates(self, query: Query, base: str) -> Iterator[ExportedEntry]:
        if not query.classes:
            yield from (each for each in self._in_scope(query.scope, base))
            return
        wanted = [each.lower().encode() for each in query.classes]
        for each in (
            e for found in (*map(self._of_class, wanted), self._of_no_class) for e in found
        ):
            if _is_in_scope(query.scope, each, base):
                yield each

    def _of_class(self, name: bytes) -> list[ExportedEntry]:
        return self._by_class.get(name, [])

    def _in_scope(self, scope: str, base: str) -> Iterable[ExportedEntry]:
        match scope:
            case "base":
                return [self.stored[base]] if base in self.stored else []
            case "one":
                return self._by_parent.get(base, [])
            case _:
                return (each for each in self.stored.values() if is_below(each.dn, base))


def _is_in_scope(scope: str, each: ExportedEntry, base: str) -> bool:
    match scope:
        case "base":
            return each.dn == base
        case "one":
            return each.above == base
        case _:
            return is_below(each.dn, base)


def _partitions(stored: Mapping[str, ExportedEntry], name: str) -> tuple[str, dict[str, str]]:
    """Return the configuration partition as stored, and all partitions by normalised name."""
    contexts: dict[str, str] = {}
    for dn, each in stored.items():
        # With a comma in front, so that only whole relative names match, the first one too.
        start = f",{dn}".find(f",{_CONFIGURATION}")
        if start >= 0 and dn[start:] not in contexts:
            depth = len(rdns(dn[start:]))
            # As stored: it becomes the base of searches and the subject of gaps.
            contexts[dn[start:]] = ",".join(rdns(each.entry.dn)[-depth:])
    if len(contexts) != 1:
        found = f"entries of {len(contexts)} forests: {', '.join(sorted(contexts.values()))}"
        raise SourceError(
            name, f"holds {found if contexts else 'no configuration partition'}", HINT
        )
    ((key, context),) = contexts.items()
    return context, {key: context, **_domains(stored, key)}


def _domains(stored: Mapping[str, ExportedEntry], configuration: str) -> dict[str, str]:
    """Return the partitions beside the configuration of which a file has entries."""
    found: dict[str, str] = {}
    for dn, each in stored.items():
        if is_below(dn, configuration):
            continue
        parts = dn.split(",")
        # An export does not tell where partitions begin: the DC parts at the end make a domain.
        depth = len(list(takewhile(lambda part: part.startswith("dc="), reversed(parts))))
        key = ",".join(parts[len(parts) - depth :])
        if key and key not in found:
            found[key] = ",".join(rdns(each.entry.dn)[-depth:])
    return found
