"""A snapshot of any size for measurements: many sites like those of the healthy sample.

Per site five servers, an array and fifty databases with two copies each. About one object in
twenty is wrong in a way that the rules look for. The same size gives the same snapshot.
"""

import hashlib
import random
from typing import Any
from uuid import UUID

from casaudit.shipped import SAMPLES
from casaudit.snapshot import Certificate, DnsStatus, DnsView, Record, Snapshot, loads
from tests.forest.servers import AUTODISCOVER_URL
from tests.forest.tree import Tree, below, name_of

SERVERS_PER_SITE = 5
DATABASES_PER_SITE = 50
DOMAIN = "corp.example"
TREE = Tree(DOMAIN, "Example Corp")


def large_snapshot(databases: int, per_site: int = DATABASES_PER_SITE) -> Snapshot:
    """Return an organisation with at least that many databases, so many of them in each site."""
    path = SAMPLES / "healthy" / "snapshot.json"
    sample = loads(path.read_bytes(), path.name)
    world = _World(sample, sites=-(-databases // per_site), per_site=per_site)
    world.grow()
    kept = ("tool_version", "collected_at", "controllers", "organization", "sections")
    parts: dict[str, Any] = {name: getattr(sample, name) for name in kept}
    parts |= {name: tuple(records) for name, records in world.found.items()}
    return Snapshot(schema="casaudit/snapshot/1", **parts)


class _World:
    """Grows an organisation, copying the first record of each kind in a sample."""

    def __init__(self, sample: Snapshot, sites: int, per_site: int) -> None:
        self._sample = sample
        self._root = next(each for each in sample.certificates if each.is_ca)
        self.found: dict[str, list[Record]] = {"certificates": [self._root]}
        self._sites = sites
        self._per_site = per_site
        self._random = random.Random(sites)
        self._made = 0

    def grow(self) -> None:
        """Add all sites."""
        for number in range(self._sites):
            self._add_site(number)

    def _add_site(self, number: int) -> None:
        site, network = f"Site{number:04}", f"10.{number >> 8}.{number & 255}"
        array, mail = f"outlook-{number:04}.{DOMAIN}", f"mail-{number:04}.{DOMAIN}"
        self._object("sites", TREE.site(site), subnets=(f"{network}.0/24",))
        if not self._wrong(0.02):
            self._add_array(array, site)
        leaf = self._add_certificate((mail,) if self._wrong(0.03) else (mail, array))
        servers = [f"EX{number:04}-{at}" for at in range(SERVERS_PER_SITE)]
        for at, server in enumerate(servers):
            self._add_server(server, site, mail)
            self._add_host(f"{server.lower()}.{DOMAIN}", f"{network}.{at + 10}", leaf)
        target = f"{network}.{10 if self._wrong(0.02) else 50}"
        self._add_host(array, target, leaf, is_outside=self._wrong(0.02))
        self._add_host(mail, f"{network}.50", leaf, is_outside=True)
        for at in range(self._per_site):
            hosts = (servers[at % SERVERS_PER_SITE], servers[(at + 1) % SERVERS_PER_SITE])
            self._add_database(f"DB{number:04}-{at:02}", hosts, self._endpoint(array, hosts[0]))

    def _wrong(self, share: float) -> bool:
        return self._random.random() < share

    def _endpoint(self, array: str, server: str) -> str:
        """Mostly the site's array; else a server, another site's array, or nothing known."""
        other = f"outlook-{self._random.randrange(self._sites):04}.{DOMAIN}"
        return self._random.choices([array, server, other, "OLD-CAS"], weights=[95, 3, 1, 1])[0]

    def _add_array(self, fqdn: str, site: str) -> None:
        self._object(
            "arrays",
            TREE.array(fqdn.partition(".")[0]),
            fqdn=fqdn,
            network_addresses=(f"ncacn_ip_tcp:{fqdn}",),
            site_dn=TREE.site(site),
            legacy_exchange_dn=TREE.endpoint(fqdn),
        )

    def _add_server(self, name: str, site: str, mail: str) -> None:
        dn = TREE.server(name)
        fqdn = f"{name}.{DOMAIN}"
        self._object(
            "servers",
            dn,
            fqdn=fqdn,
            network_addresses=(f"ncacn_ip_tcp:{fqdn}",),
            site_dn=TREE.site(site),
            legacy_exchange_dn=TREE.endpoint(name),
            dag_dn=None,
        )
        protocols = below("Protocols", dn)
        for service in ("owa", "ecp", "ews", "eas", "oab"):
            self._object(
                "virtual_directories",
                below(f"{service} (Default Web Site)", below("HTTP", protocols)),
                service=service,
                server_dn=dn,
                internal_url=f"https://{mail}/{service}",
                external_url=None,
            )
        self._object(
            "service_connection_points",
            below(name, below("Autodiscover", protocols)),
            server_dn=dn,
            uris=(f"https://{mail}/Autodiscover/Autodiscover.xml",),
            keywords=(AUTODISCOVER_URL, f"Site={site}"),
            service_dns_name=name,
        )

    def _add_database(self, name: str, hosts: tuple[str, str], endpoint: str) -> None:
        dn = TREE.database(name)
        self._object(
            "databases",
            dn,
            legacy_exchange_dn=f"{TREE.endpoint(endpoint)}/cn=Microsoft Private MDB",
            endpoint_legacy_dn=TREE.endpoint(endpoint),
            owning_server_dn=TREE.server(hosts[0]),
            recovery=self._wrong(0.005),
            kind="mailbox",
        )
        for preference, host in enumerate(hosts, start=1):
            self._object(
                "database_copies",
                below(host, dn),
                database_dn=dn,
                host_server_dn=TREE.server(host),
                activation_preference=preference,
            )

    def _add_certificate(self, names: tuple[str, ...]) -> Certificate:
        text = names[0].encode()
        sha256 = hashlib.sha256(text).hexdigest()
        sha1 = hashlib.sha1(text, usedforsecurity=False).hexdigest().upper()
        proto = next(each for each in self._sample.certificates if not each.is_ca)
        values = {**dict(proto), "sha256": sha256, "sha1": sha1, "common_name": names[0]}
        if self._wrong(0.02):
            values["not_after"] = self._sample.collected_at.replace(year=2026, month=10)
        leaf = Certificate(**{**values, "dns_names": names})
        self.found["certificates"].append(leaf)
        return leaf

    def _add_host(
        self, name: str, address: str, leaf: Certificate, *, is_outside: bool = False
    ) -> None:
        outside = "203.0.113.10" if is_outside else None
        self._add_answer(name, DnsView.INTERNAL, address)
        self._add_answer(name, DnsView.EXTERNAL, outside)
        chain = (leaf.sha256, self._root.sha256)
        self._add("tls_endpoints", host=name, address=address, chain=chain, chain_without_sni=chain)

    def _add_answer(self, name: str, view: DnsView, address: str | None) -> None:
        found = {"status": DnsStatus.ANSWER, "values": (address,), "ttl": 300}
        no_such = {"status": DnsStatus.NO_DATA, "values": (), "ttl": None}
        absent = {**no_such, "status": DnsStatus.NXDOMAIN}
        # Both kinds are asked of every name; no host has an address of IPv6.
        for kind, answer in (("A", found), ("AAAA", no_such)):
            self._add(
                "dns_answers",
                name=name,
                view=view,
                resolver="10.1.0.53:53" if view is DnsView.INTERNAL else "198.51.100.53:53",
                record_type=kind,
                **(absent if address is None else answer),
            )

    def _object(self, field: str, dn: str, **changes: object) -> None:
        self._made += 1
        self._add(field, id=str(UUID(int=self._made)), name=name_of(dn), dn=dn, **changes)

    def _add(self, field: str, **changes: object) -> None:
        prototype: Record = getattr(self._sample, field)[0]
        record = type(prototype)(**{**dict(prototype), **changes})
        self.found.setdefault(field, []).append(record)
