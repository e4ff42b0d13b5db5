"""Putting an exported organisation into the lab's directory, object identifiers kept."""

from collections.abc import Iterable, Sequence

from tests.lab.claim import LabError
from tests.lab.database import Database
from tests.lab.ldif import Entry, key, parent, replacements, write
from tests.lab.partitions import Partitions
from tests.lab.schema import Schema

CONTROLLER = "CN=DC1"
FIRST_SITE = "CN=Default-First-Site-Name"
"""The site that a new forest has."""
CHANGED_IN_PLACE = ("cost", "msDS-Behavior-Version", "rangeUpper", "siteList")
"""Attributes of the base schema that objects of a new forest get from an export."""
SET_BY_THE_DIRECTORY = frozenset(
    {
        "distinguishedname",
        "dscorepropagationdata",
        "instancetype",
        "isdeleted",
        "lastknownparent",
        "memberof",
        "name",
        "ntsecuritydescriptor",
        "objectcategory",
        "objectsid",
        "replpropertymetadata",
        "usnchanged",
        "usncreated",
        "whenchanged",
        "whencreated",
    }
)
"""Attributes of an export, in lower case, that no client may set."""


def load(database: Database, schema: Schema, where: Partitions, entries: Sequence[Entry]) -> None:
    """Add what an export holds; objects that exist get its Exchange values only.

    Object links are set when all objects are there. A link to an object that is in neither
    place is refused, as a domain controller does. The controller moves to the export's site.
    """
    present = _present(database, where)
    home = controller_home(where, entries)
    wanted = {key(entry.dn): _storable(entry, schema) for entry in entries if entry.dn}
    # The controller and its NTDS settings are there, elsewhere as yet.
    own = {name for name in wanted if home and f",{name}".endswith(f",{key(home)}")}
    new = {name: wanted[name] for name in wanted.keys() - present - own}
    if home:
        servers = Entry(parent(home), {"objectClass": [b"serversContainer"]})
        new.setdefault(key(servers.dn), servers)
    new |= _missing_parents(new.values(), present)
    links = [_take_links(entry, schema) for entry in wanted.values()]
    _refuse_dangling(links, present | new.keys())
    database.add(write(sorted(new.values(), key=_parents_first)))
    changes = [_known(wanted[name], schema) for name in wanted.keys() & present]
    database.modify(replacements([*changes, *links]))
    if home and key(_first_home(where)) in present:
        database.rename(_first_home(where), home)
        database.delete(f"{FIRST_SITE},{where.sites}")
        database.modify(replacements([_known(wanted[name], schema) for name in sorted(own)]))


def controller_home(where: Partitions, entries: Sequence[Entry]) -> str | None:
    """Return where the export has the controller, or the place for it in its first site."""
    first, below = key(CONTROLLER) + ",", key(where.sites)
    named = [e.dn for e in entries if key(e.dn).startswith(first) and key(e.dn).endswith(below)]
    sites = [e.dn for e in entries if e.has_class("site")]
    return next(iter(named + [f"{CONTROLLER},CN=Servers,{site}" for site in sites]), None)


def _parents_first(entry: Entry) -> tuple[int, str]:
    name = key(entry.dn)
    return name.count(","), name


def _first_home(where: Partitions) -> str:
    return f"{CONTROLLER},CN=Servers,{FIRST_SITE},{where.sites}"


def _storable(entry: Entry, schema: Schema) -> Entry:
    refused = SET_BY_THE_DIRECTORY | {name.lower() for name in schema.backlinks}
    kept = {name: v for name, v in entry.attributes.items() if name.lower() not in refused}
    return Entry(entry.dn, kept)


def _take_links(entry: Entry, schema: Schema) -> Entry:
    lowered = {name.lower() for name in schema.name_valued}
    names = [name for name in entry.attributes if name.lower() in lowered]
    return Entry(entry.dn, {name: entry.attributes.pop(name) for name in names})


def _known(entry: Entry, schema: Schema) -> Entry:
    lowered = {name.lower() for name in (*schema.attributes, *CHANGED_IN_PLACE)}
    kept = {name: v for name, v in entry.attributes.items() if name.lower() in lowered}
    return Entry(entry.dn, kept)


def _present(database: Database, where: Partitions) -> set[str]:
    bases = (where.domain, where.configuration, where.schema)
    return {
        key(entry.dn) for base in bases for entry in database.search(base, "(objectClass=*)", "1.1")
    }


def _missing_parents(entries: Iterable[Entry], present: set[str]) -> dict[str, Entry]:
    known = present | {key(entry.dn) for entry in entries}
    missing: dict[str, Entry] = {}
    for entry in entries:
        dn = parent(entry.dn)
        while key(dn) not in known | missing.keys():
            if not dn:
                raise LabError(f"{entry.dn} belongs to no partition of the lab's directory")
            missing[key(dn)] = Entry(dn, {"objectClass": [b"container"]})
            dn = parent(dn)
    return missing


def _refuse_dangling(links: Iterable[Entry], known: set[str]) -> None:
    dangling = [
        f"{entry.dn}: {name}: {value.decode()}"
        for entry in links
        for name, values in entry.attributes.items()
        for value in values
        if key(value.decode()) not in known
    ]
    if dangling:
        raise LabError("links to objects that do not exist:\n" + "\n".join(dangling))
