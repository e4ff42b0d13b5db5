"""Changes by LDAP that turn a directory with one export into the directory of another.

The organisations of many tests differ from each other by a few objects. To fill a controller anew
for each of them takes far longer than these changes.
"""

from collections.abc import Iterator, Mapping

from tests.lab.ldif import Entry, key, read, record, replacements
from tests.lab.loading import SET_BY_THE_DIRECTORY
from tests.lab.schema import load


def edits(old: bytes, new: bytes) -> Iterator[str]:
    """Yield one LDIF text for each change, in an order that the directory takes.

    Objects keep their GUID unless they are new: it cannot be chosen by LDAP.
    """
    refused = SET_BY_THE_DIRECTORY | {name.lower() for name in load().backlinks} | {"objectguid"}
    before, after = _by_name(old, refused), _by_name(new, refused)
    for name in sorted(before.keys() - after.keys(), key=_depth, reverse=True):
        yield record(before[name].dn, [("changetype", b"delete")])
    for name in sorted(after.keys() - before.keys(), key=_depth):
        values = ((n, v) for n, each in after[name].attributes.items() for v in each)
        yield record(after[name].dn, [("changetype", b"add"), *values])
    for name in sorted(before.keys() & after.keys()):
        if changed := _changed(before[name].attributes, after[name].attributes):
            yield replacements([Entry(after[name].dn, changed)])


def _depth(name: str) -> tuple[int, str]:
    return name.count(","), name


def _by_name(export: bytes, refused: frozenset[str]) -> dict[str, Entry]:
    return {
        key(each.dn): Entry(
            each.dn, {n: v for n, v in each.attributes.items() if n.lower() not in refused}
        )
        for each in read(export)
    }


def _changed(
    old: Mapping[str, list[bytes]], new: Mapping[str, list[bytes]]
) -> dict[str, list[bytes]]:
    """Return the attributes that differ, no value for those that are gone."""
    names = dict.fromkeys((*old, *new))
    return {n: new.get(n, []) for n in names if sorted(old.get(n, [])) != sorted(new.get(n, []))}
