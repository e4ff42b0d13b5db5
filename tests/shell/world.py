"""An Exchange organisation as cmdlets show it: made from a snapshot, and read back into one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from casaudit.dn import norm_dn
from casaudit.engine.evaluate import Question, tables_of
from casaudit.findings import Value
from casaudit.remediation.repairs import cells
from casaudit.remediation.settable import Assignment, with_assignments
from casaudit.snapshot import Snapshot
from tests.support.shipped_rules import book

_READ = re.compile(r"Get-(\w+) -(\w+) \$Identity[^)]*\)+\.(\w+)")
_FROM_NAME = {"VirtualDirectory", "OutlookAnywhere"}


@dataclass(frozen=True)
class Place:
    """Where a setting of the rule book stands: the noun of its cmdlets, its key, and a property."""

    noun: str
    key: str
    property: str
    type: str


def _places() -> dict[str, Place]:
    found = {}
    for name, setting in book().shared.settings.items():
        if read := _READ.search(setting.read):
            noun, key, shown = read.groups()
            # How a DNS name is compared is nothing to its cmdlet: it is a text there.
            kind = "text" if setting.compare == "name" else setting.compare
            found[name] = Place(noun, key, shown, kind)
    return found


PLACES = _places()
"""By setting; the one that makes an array has no property of its own."""


@dataclass
class Object:
    """One object of the organisation; its properties are what JSON can hold."""

    noun: str
    id: str
    name: str
    properties: dict[str, Value]


World = dict[tuple[str, str], Object]
"""By noun and id."""


def world_of(snapshot: Snapshot) -> World:
    """Return what the cmdlets show of the evidence: objects with each value that was seen."""
    world: World = {}
    for cell in cells(tables_of(snapshot, book(), Question()), book().shared.settings):
        subject, place = cell.subject, PLACES.get(cell.setting)
        noun = place.noun if place else "ADSite"
        made = world.setdefault((noun, subject.id), _object(noun, subject.id, subject.name))
        if place and cell.is_known:
            made.properties[place.property] = cell.value
        if noun == "ClientAccessArray":
            made.properties["SiteName"] = subject.site
    for noun, key, name in _others(snapshot):
        world.setdefault((noun, key), _object(noun, key, name))
    return world


def _others(snapshot: Snapshot) -> Iterator[tuple[str, str, str]]:
    """What no setting is known of: sites without servers, and what newer versions hold."""
    # A card names it too, for the shell of its own version.
    yield from (("ADSite", each.id, each.name) for each in snapshot.sites)
    yield from (("ClientAccessServer", each.id, each.name) for each in snapshot.servers)
    yield from (("MailboxDatabase", each.id, each.name) for each in snapshot.databases)
    servers = {norm_dn(each.dn): each.name for each in snapshot.servers}
    for each in snapshot.virtual_directories:
        if each.service in _NOUNS:
            server = servers.get(norm_dn(each.server_dn), "")
            yield _NOUNS[each.service], each.id, f"{server}\\{each.name.rpartition(chr(92))[2]}"


_NOUNS = {
    **{"owa": "OwaVirtualDirectory", "ecp": "EcpVirtualDirectory", "oab": "OabVirtualDirectory"},
    **{"ews": "WebServicesVirtualDirectory", "eas": "ActiveSyncVirtualDirectory"},
    "outlook_anywhere": "OutlookAnywhere",
}


def _object(noun: str, key: str, name: str) -> Object:
    shown: dict[str, Value] = {"Name": name, "Guid": key, "Identity": name}
    if any(noun.endswith(each) for each in _FROM_NAME):
        server, _, own = name.partition("\\")
        shown |= {"Server": server, "Name": own}
    elif any(place.noun == noun and place.key == "Server" for place in PLACES.values()):
        shown["Server"] = name
    return Object(noun, key, name, shown)


def plain(world: World) -> list[dict[str, Any]]:
    """Return a world as JSON holds it."""
    return [
        {"noun": o.noun, "id": o.id, "name": o.name, "properties": dict(o.properties)}
        for _, o in sorted(world.items())
    ]


def read(document: list[dict[str, Any]]) -> World:
    """Return a world that JSON held."""
    return {(each["noun"], each["id"]): Object(**each) for each in document}


def carried_over(snapshot: Snapshot, before: World, after: World) -> Snapshot:
    """Return the evidence with what was done to a world that was made from it."""
    gone = {key for noun, key in before.keys() - after.keys() if noun == "ClientAccessArray"}
    arrays = tuple(each for each in snapshot.arrays if each.id not in gone)
    left = snapshot.model_copy(update={"arrays": arrays})
    return with_assignments(left, [*_made(before, after), *_changed(before, after)])


def _made(before: World, after: World) -> Iterator[Assignment]:
    sites = {each.name: each.id for (noun, _), each in after.items() if noun == "ADSite"}
    for noun, key in sorted(after.keys() - before.keys()):
        shown = after[noun, key].properties
        yield Assignment("site-array", sites[str(shown["SiteName"])], shown["Fqdn"])


def _changed(before: World, after: World) -> Iterator[Assignment]:
    for setting, place in PLACES.items():
        for (noun, key), old in before.items():
            new = after.get((noun, key))
            if noun == place.noun and new is not None:
                value = new.properties.get(place.property)
                if value != old.properties.get(place.property):
                    yield Assignment(setting, key, value)


def differences(one: World, other: World) -> Mapping[str, tuple[object, object]]:
    """Return what differs between two worlds, by noun, name and property; an id is no property."""
    old, new = _flat(one), _flat(other)
    pairs = {key: (old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _flat(world: World) -> dict[str, object]:
    return {
        f"{each.noun} {each.name} {name}": value.upper() if isinstance(value, str) else value
        for each in world.values()
        for name, value in each.properties.items()
        if name != "Guid"
    }
