"""What only the operator knows: the settings file, strict, every key optional.

What is not stated stays unknown; rules never take silence for a no.
"""

import ipaddress
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from casaudit.days import Day
from casaudit.names import fqdn_problem, norm
from casaudit.strict_yaml import read

SCHEMA = "casaudit/settings/1"


def _address(text: str) -> str:
    # One spelling for each address: views compare texts, and 2001:DB8::0 is 2001:db8::.
    return str(ipaddress.ip_address(text))


def _dns_name(text: str) -> str:
    problem = fqdn_problem(text)
    if problem is not None:
        raise ValueError(f"not a DNS name: {problem}")
    return norm(text) or text


def _each_once(named: Any) -> Any:
    """Refuse keys that name one thing twice: the directory and DNS ignore letter case."""
    seen: set[str] = set()
    for name in named if isinstance(named, dict) else ():
        # Names of the directory and of DNS ignore letter case, and a last dot changes no DNS name.
        key = str(name).strip().removesuffix(".").casefold()
        if key in seen:
            raise ValueError(f"{name!r} is there twice; letter case makes no difference")
        seen.add(key)
    return named


Address = Annotated[str, AfterValidator(_address)]
DnsName = Annotated[str, AfterValidator(_dns_name)]
EachOnce = BeforeValidator(_each_once)


SqlTable = tuple[dict[str, str], list[tuple[Any, ...]]]
"""Columns with their SQL types, and rows."""


class _SettingsPart(BaseModel):
    # A misspelt key would be taken for silence, and nobody would hear of it.
    model_config = ConfigDict(frozen=True, extra="forbid")


class SiteSettings(_SettingsPart):
    """What the operator says of a site.

    Attributes:
        internet_facing: clients from the Internet come in here.
        exchange_clients: users with Outlook work here.
    """

    internet_facing: bool | None = None
    exchange_clients: bool | None = None


class ServerSettings(_SettingsPart):
    """What the operator says of a server.

    Attributes:
        state: it is under maintenance, or on its way out.
        until: last day (UTC) on which that holds; for good when nothing is said.
        https: ``balancer_only`` where a balancer ends TLS and speaks plain HTTP to the server.
        nlb: member of a Windows NLB cluster.
        autodiscover: ``emptied`` where its service connection point has no address on purpose.
    """

    state: Literal["maintenance", "removal"] | None = None
    until: Day | None = None
    https: Literal["balancer_only"] | None = None
    nlb: bool | None = None
    autodiscover: Literal["emptied"] | None = None


class CertificatePolicy(_SettingsPart):
    """How certificates are meant to be.

    Attributes:
        array_name_on_certificate: whether the array's name belongs on a private certificate.
        internal_suffixes: suffixes that are internal beside the well-known ones.
        wildcard_clients: ``outlook_2010_sp1_or_newer`` when no older client is in use.
    """

    array_name_on_certificate: Literal["advise", "require", "ignore"] = "advise"
    internal_suffixes: tuple[str, ...] = ()
    wildcard_clients: Literal["outlook_2010_sp1_or_newer"] | None = None


class Settings(_SettingsPart):
    """The settings file.

    Attributes:
        sites: by site name.
        servers: by short name.
        balancers: addresses of load balancers.
        balancer_names: DNS names that a load balancer manages, as targets of aliases.
        pools: servers that the balancer really sends clients to, by array FQDN.
        planned_arrays: DNS name of the array that a site is to get, by site name.
        manual_records: array FQDNs whose record somebody moves when the server behind it fails.
        switchover_until: last day (UTC) of a datacentre switchover under way.
        migration_batches: databases whose mailboxes are all in an approved migration batch.
    """

    # "schema" is a method of pydantic's models.
    schema_: Literal["casaudit/settings/1"] = Field(default="casaudit/settings/1", alias="schema")
    sites: Annotated[dict[str, SiteSettings], EachOnce] = Field(default_factory=dict)
    servers: Annotated[dict[str, ServerSettings], EachOnce] = Field(default_factory=dict)
    balancers: tuple[Address, ...] = ()
    balancer_names: tuple[DnsName, ...] = ()
    pools: Annotated[dict[DnsName, tuple[str, ...]], EachOnce] = Field(default_factory=dict)
    planned_arrays: Annotated[dict[str, DnsName], EachOnce] = Field(default_factory=dict)
    manual_records: tuple[DnsName, ...] = ()
    switchover_until: Day | None = None
    migration_batches: tuple[str, ...] = ()
    certificates: CertificatePolicy = Field(default_factory=CertificatePolicy)

    def tables(self, as_of: str) -> dict[str, SqlTable]:
        """Return the settings for the views; what has ended by ``as_of`` is left out."""
        # as_of is in UTC and its day stands first; the last day of a statement counts in full.
        today = date.fromisoformat(as_of[:10])
        policy = self.certificates
        switching = self.switchover_until is not None and self.switchover_until >= today
        return {
            "settings_sites": (
                {"name": "TEXT", "internet_facing": "INTEGER", "exchange_clients": "INTEGER"},
                [(k, s.internet_facing, s.exchange_clients) for k, s in self.sites.items()],
            ),
            "settings_servers": (
                {
                    "name": "TEXT",
                    "state": "TEXT",
                    "https": "TEXT",
                    "nlb": "INTEGER",
                    "autodiscover": "TEXT",
                },
                [
                    (name, each.state, each.https, each.nlb, each.autodiscover)
                    for name, each in self.servers.items()
                    if each.until is None or each.until >= today
                ],
            ),
            "settings_pools": (
                {"array_name": "TEXT", "server": "TEXT"},
                [(name, server) for name, pool in self.pools.items() for server in pool],
            ),
            "settings_planned_arrays": (
                {"site": "TEXT", "fqdn": "TEXT"},
                list(self.planned_arrays.items()),
            ),
            "settings_balancers": ({"address": "TEXT"}, [(each,) for each in self.balancers]),
            "settings_balancer_names": ({"name": "TEXT"}, [(n,) for n in self.balancer_names]),
            "settings_manual_records": ({"name": "TEXT"}, [(n,) for n in self.manual_records]),
            "settings_migration": ({"database": "TEXT"}, [(d,) for d in self.migration_batches]),
            "settings_suffixes": ({"suffix": "TEXT"}, [(s,) for s in policy.internal_suffixes]),
            "settings_general": (
                {
                    "switchover": "INTEGER",
                    "array_name_on_certificate": "TEXT",
                    "wildcard_clients": "TEXT",
                },
                [(switching, policy.array_name_on_certificate, policy.wildcard_clients)],
            ),
        }


def read_settings(text: str, path: str) -> Settings:
    """Read a settings file.

    Raises:
        RuleError: an unknown or duplicate key, or a value of the wrong kind, with its line.
    """
    return read(text, path, Settings)
