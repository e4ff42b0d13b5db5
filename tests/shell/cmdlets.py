"""What the cmdlets of Exchange 2010 take and do, over a world: the table, and a shell in Python.

The table is made from the one of the rule book's commands and from the rule book's settings; what
neither says of a cmdlet's parameters stands here.
"""

import copy
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.shell.world import PLACES, Object, World
from tests.support.exchange_commands import COMMANDS, Command

_MORE = {
    "Get-ClientAccessArray": {"Identity", "Site"},
    "Get-ClientAccessServer": {"Identity", "IncludeAlternateServiceAccountCredentialStatus"},
    "Get-MailboxDatabase": {"Identity", "Server", "Status"},
    "Set-ClientAccessServer": {"AutoDiscoverSiteScope"},
    "Set-MailboxDatabase": {"PublicFolderDatabase"},
    "Set-RpcClientAccess": {"BlockedClientVersions", "MaximumConnections"},
    "New-ClientAccessArray": {"Name", "Fqdn", "Site"},
    "Enable-OutlookAnywhere": {
        *("Server", "ExternalHostname", "ClientAuthenticationMethod", "SSLOffloading"),
    },
}
COMMON = {"ErrorAction", "Confirm"}
_BLANK_OR_SIGN = re.compile(r"[^A-Za-z0-9._-]")


class ShellError(Exception):
    """What the shell of Exchange 2010 would refuse."""


@dataclass(frozen=True)
class Cmdlet:
    """A cmdlet with its parameters.

    Attributes:
        key: the parameter that names the object: ``Identity``, ``Server``, or none.
        settable: parameters that give a property a value.
        rehearses: whether it takes ``-WhatIf``.
        is_strict: whether a name with blanks or signs is refused.
        acts: whether it acts on the world; others are only recorded.
    """

    name: str
    key: str
    parameters: frozenset[str]
    settable: Mapping[str, str]
    rehearses: bool
    is_strict: bool
    acts: bool


def cmdlets() -> dict[str, Cmdlet]:
    """Return every cmdlet of Exchange 2010 that a card or a script uses, by its name."""
    return {c.name: _cmdlet(c) for c in COMMANDS.values() if c.of == "exchange"}


def _cmdlet(command: Command) -> Cmdlet:
    verb, _, noun = command.name.partition("-")
    settable = {
        place.property: place.type
        for place in PLACES.values()
        if place.noun == noun and verb == "Set"
    }
    is_world = noun in {place.noun for place in PLACES.values()}
    key = "Server" if command.identity.startswith("-Server") else "Identity"
    more = _MORE.get(command.name, set())
    if verb == "Get" and ("SERVER" in command.identity):
        more = more | {"Server"}
    named = set() if verb == "New" else {key}
    return Cmdlet(
        name=command.name,
        key="" if verb == "New" else key,
        parameters=frozenset(more | named | set(settable) | COMMON),
        settable=settable,
        rehearses=command.does == "rehearses",
        is_strict="without blanks" in command.identity,
        acts=is_world and (verb in {"Get", "Set"} or noun == "ClientAccessArray"),
    )


CMDLETS = cmdlets()


class Url(str):
    """An address as the shell holds it: a text with a host."""

    __slots__ = ()

    @property
    def host(self) -> str | None:
        """The host, as ``System.Uri`` has it."""
        found = re.match(r"https?://(?:[^@/]*@)?([^/:?#]+)", self, re.IGNORECASE)
        return found[1].lower() if found else None


Shown = dict[str, Any]
"""An object as a cmdlet shows it: properties by name, without its methods."""


class Exchange:
    """The cmdlets over one world."""

    def __init__(self, world: World) -> None:
        """Act on this world; what is changed in it counts at once."""
        self.world = world
        self.calls: list[str] = []

    def run(self, name: str, given: Mapping[str, Any]) -> list[Shown]:
        """Run a cmdlet.

        Raises:
            ShellError: a parameter that the cmdlet lacks, or an object that is not there.
        """
        cmdlet = CMDLETS[name]
        is_trial = bool(given.get("WhatIf"))
        if "WhatIf" in given and not cmdlet.rehearses:
            raise ShellError(f"{name} has no -WhatIf")
        given = {key: value for key, value in given.items() if key != "WhatIf"}
        self.calls.append(name + (" -WhatIf" if is_trial else ""))
        if not cmdlet.acts:
            return []
        if unknown := given.keys() - cmdlet.parameters:
            raise ShellError(f"{name} has no parameter {', '.join(sorted(unknown))}")
        verb, _, noun = name.partition("-")
        if verb == "Get":
            return [shown(each) for each in self._chosen(noun, cmdlet, given)]
        if verb == "New":
            return self._new(given, is_trial)
        (target,) = self._chosen(noun, cmdlet, given)
        if verb == "Remove" and not is_trial:
            self._remove(target)
        for key, value in given.items():
            if key in cmdlet.settable and not is_trial:
                target.properties[key] = _kept(value, cmdlet.settable[key])
        return []

    def _chosen(self, noun: str, cmdlet: Cmdlet, given: Mapping[str, Any]) -> list[Object]:
        every = [each for (kind, _), each in sorted(self.world.items()) if kind == noun]
        if cmdlet.key in given:
            return [self._one(every, str(given[cmdlet.key]), cmdlet)]
        if "Server" in given:
            server = str(given["Server"]).lower()
            return [e for e in every if str(e.properties.get("Server")).lower() == server]
        if "Site" in given:
            site = self._site(str(given["Site"])).name
            return [e for e in every if e.properties["SiteName"] == site]
        if not cmdlet.name.startswith("Get-"):
            raise ShellError(f"{cmdlet.name} names no object")
        return every

    def _one(self, every: Sequence[Object], key: str, cmdlet: Cmdlet) -> Object:
        found = [each for each in every if key.lower() in {each.id.lower(), each.name.lower()}]
        is_name = key.lower() not in {each.id.lower() for each in found}
        if cmdlet.is_strict and is_name and _BLANK_OR_SIGN.search(key):
            raise ShellError(f"{cmdlet.name} takes no name with blanks or signs: {key}")
        if len(found) != 1:
            raise ShellError(f"{cmdlet.name}: the object {key!r} could not be found")
        return found[0]

    def _site(self, key: str) -> Object:
        sites = [each for (kind, _), each in self.world.items() if kind == "ADSite"]
        found = [each for each in sites if key.lower() in {each.id.lower(), each.name.lower()}]
        if len(found) != 1:
            raise ShellError(f"there is no site {key!r}")
        return found[0]

    def _new(self, given: Mapping[str, Any], is_trial: bool) -> list[Shown]:
        site, name, fqdn = self._site(str(given["Site"])), str(given["Name"]), str(given["Fqdn"])
        if name.lower() in {each.name.lower() for each in self._arrays()}:
            raise ShellError(f"there is an array {name} already")
        if is_trial:
            return []
        key = str(uuid.uuid5(uuid.NAMESPACE_DNS, fqdn))
        shown_as = {"Name": name, "Guid": key, "Identity": name, "Fqdn": fqdn}
        made = Object("ClientAccessArray", key, name, {**shown_as, "SiteName": site.name})
        self.world["ClientAccessArray", key] = made
        return [shown(made)]

    def _arrays(self) -> Iterator[Object]:
        return (each for (kind, _), each in self.world.items() if kind == "ClientAccessArray")

    def _remove(self, target: Object) -> None:
        fqdn = str(target.properties["Fqdn"]).lower()
        for (kind, _), each in self.world.items():
            shown_as = str(each.properties.get("RpcClientAccessServer")).lower()
            if kind == "MailboxDatabase" and shown_as == fqdn:
                raise ShellError(f"database {each.name} points at the array {target.name}")
        del self.world[target.noun, target.id]


def shown(target: Object) -> Shown:
    """Return an object as its cmdlet shows it."""
    types = {place.property: place.type for place in PLACES.values() if place.noun == target.noun}
    return {
        name: Url(value) if types.get(name) == "url" and value else copy.copy(value)
        for name, value in target.properties.items()
    }


def _kept(value: Any, kind: str) -> Any:
    if value is None or kind == "truth":
        return value
    if kind == "list":
        return [str(each) for each in (value if isinstance(value, list) else [value])]
    if kind == "url" and value == "":
        raise ShellError("an empty text is no address; what takes a value away is $null")
    return str(value)
