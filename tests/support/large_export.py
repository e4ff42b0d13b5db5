"""An export of any size, as ldifde writes it: what casaudit reads, among far more that it does not.

A configuration partition is mostly display specifiers, roles with long lists of cmdlets and links
back to mailboxes. Of a hundred objects here about a third are servers, databases and what lies
below them. The same size gives the same file.
"""

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tests.forest import Array, Copy, Database, Forest, ForestEntry, Group, Site, entries, ldif
from tests.forest.objects import Object, Value, Values, entry
from tests.forest.tree import below
from tests.support.organisations import add_server

_OBJECTS_A_SITE = 660
"""What one site of 8 servers and 40 databases adds, with its share of other objects."""
_SERVERS, _DATABASES, _OTHERS = 8, 40, 390


def write_export(path: Path, objects: int) -> int:
    """Write an export of about that many objects, and return how many they are."""
    sites = max(1, objects // _OBJECTS_A_SITE)
    made = entries(_organisation(sites))
    rest = _others(sites * _OTHERS)
    written = 0
    with path.open("wb") as stream:
        every: Iterator[ForestEntry] = (each for part in (map(_full, made), rest) for each in part)
        while batch := list(islice(every, 500)):
            stream.write(ldif(batch))
            written += len(batch)
    return written


def _organisation(sites: int) -> Forest:
    forest = Forest("corp.example", "Example Corp")
    forest.accepted_domains = {"corp.example": 4}
    for number in range(sites):
        site, group, fqdn = (
            f"Site{number:03}",
            f"DAG{number:03}",
            f"outlook-{number:03}.corp.example",
        )
        forest.sites.append(Site(site, (f"10.{number}.0.0/16",)))
        forest.groups.append(Group(group))
        forest.arrays.append(Array(f"outlook-{number:03}", fqdn, site))
        names = [f"EX{number:03}-{at}" for at in range(_SERVERS)]
        for at, name in enumerate(names):
            server = add_server(forest, name, site, f"10.{number}.0.{at}")
            server.group = group
            server.publish(f"mail-{number:03}.corp.example")
        for at in range(_DATABASES):
            hosts = names[at % _SERVERS], names[(at + 1) % _SERVERS]
            copies = [Copy(hosts[0]), Copy(hosts[1], 2)]
            forest.databases.append(Database(f"DB{number:03}-{at:02}", fqdn, copies, group=group))
    return forest


def _full(found: ForestEntry) -> ForestEntry:
    """Return an entry with what a real one has beside: certificates, links back, settings."""
    chance = random.Random(found.dn)
    more: dict[str, tuple[bytes, ...]] = {
        "dSCorePropagationData": (b"20110207090000.0Z", b"16010101000000.0Z"),
        "showInAdvancedViewOnly": (b"TRUE",),
        "systemFlags": (b"1610612736",),
    }
    classes = found.attributes["objectClass"]
    if b"msExchPrivateMDB" in classes:
        users = (f"CN=User {n:05},OU=People,DC=corp,DC=example".encode() for n in range(150))
        more["homeMDBBL"] = tuple(users)
    elif b"msExchExchangeServer" in classes:
        more["msExchServerInternalTLSCert"] = (chance.randbytes(1_400),)
    return ForestEntry(found.dn, {**found.attributes, **more})


def _others(count: int) -> Iterator[ForestEntry]:
    """Yield roles, each with the cmdlets that it allows, and display specifiers."""
    forest = Forest("corp.example", "Example Corp")
    roles = below("Roles", below("RBAC", forest.tree.top))
    specifiers = below("409", below("DisplaySpecifiers", forest.tree.configuration))
    for number in range(count):
        if number % 2:
            cmdlets: Iterator[Value] = (
                f"c,Set-Mailbox{number + each},Confirm,Debug,ErrorAction,Identity,Verbose,WhatIf"
                for each in range(40)
            )
            values: Values = {"msExchRoleEntries": tuple(cmdlets), "msExchRoleType": number}
            found = Object(below(f"Role {number}", roles), ("msExchRole",), values)
        else:
            menu = tuple(f"{each},{{{each:032x}}}" for each in range(12))
            dn = below(f"class-{number}-Display", specifiers)
            found = Object(dn, ("displaySpecifier",), {"adminPropertyPages": menu})
        yield entry(found, 900_000 + number)
