"""The directory decides what the network is asked: which names, which endpoints, and no more."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.collect.address import host_and_port, ip_literal, split, why_not
from casaudit.collect.ports import TlsTarget
from casaudit.collect.scope import (
    PROBE,
    Endpoint,
    dns_names,
    endpoints,
    parse_connect,
    parse_resolver,
    service_questions,
    targets,
    wildcard_questions,
)
from casaudit.errors import UsageError
from casaudit.shipped import RULES
from casaudit.snapshot import (
    AcceptedDomain,
    Array,
    Database,
    DnsView,
    Reason,
    Server,
    ServiceConnectionPoint,
    Snapshot,
    Source,
    VirtualDirectory,
)
from casaudit.snapshot.directory import Service

NOW = datetime(2026, 11, 15, 6, tzinfo=UTC)
SOURCE = Source(origin="file:export.ldf", at=NOW)
EXCHANGE_2010, EXCHANGE_2016 = 1937866977, 1942126930
MAIL = Endpoint("mail.corp.example", 443)


def array(fqdn: str | None) -> Array:
    return Array(id=f"array {fqdn}", name="array", dn="CN=array", fqdn=fqdn, source=SOURCE)


def server(fqdn: str | None, roles: int | None = 38, version: int = EXCHANGE_2010) -> Server:
    return Server(
        id=f"server {fqdn}",
        name="EX1",
        dn="CN=EX1",
        fqdn=fqdn,
        roles=roles,
        version_number=version,
        source=SOURCE,
    )


def directory(
    internal: str | None,
    external: str | None = None,
    service: Service = "owa",
    name: str = "owa (Default Web Site)",
) -> VirtualDirectory:
    return VirtualDirectory(
        id=f"{service} {internal}",
        name=name,
        dn="CN=owa",
        service=service,
        server_dn="CN=EX1",
        internal_url=internal,
        external_url=external,
        bypass_url="https://bypass.corp.example/ews",
        source=SOURCE,
    )


def point(*uris: str) -> ServiceConnectionPoint:
    return ServiceConnectionPoint(id="scp", name="EX1", dn="CN=scp", uris=uris, source=SOURCE)


def snapshot(
    *,
    arrays: tuple[Array, ...] = (),
    servers: tuple[Server, ...] = (),
    directories: tuple[VirtualDirectory, ...] = (),
    points: tuple[ServiceConnectionPoint, ...] = (),
) -> Snapshot:
    return Snapshot(
        schema="casaudit/snapshot/1",
        tool_version="0",
        collected_at=NOW,
        arrays=arrays,
        servers=servers,
        virtual_directories=directories,
        service_connection_points=points,
    )


WHOLE = snapshot(
    arrays=(array("Outlook.corp.example."), array(None)),
    servers=(server("EX1.corp.example"), server("mb1.corp.example", roles=2), server(None)),
    directories=(
        directory("https://mail.corp.example/owa", "https://mail.example.com:8443/owa"),
        directory(None, "rpc.corp.example", "outlook_anywhere"),
        directory("http://plain.corp.example/oab", service="oab"),
        directory("https://10.0.0.9/ecp", service="ecp"),
        directory("http://ex1.corp.example/powershell", "https://ps.corp.example", "powershell"),
        directory("https://back.corp.example:444/owa", name="owa (Exchange Back End)"),
    ),
    points=(point("https://autodiscover.corp.example/Autodiscover/Autodiscover.xml"),),
)


def test_names_of_arrays_servers_urls_and_points_are_asked_for_once() -> None:
    assert dns_names(WHOLE) == (
        "autodiscover.corp.example",
        "ex1.corp.example",
        "mail.corp.example",
        "mail.example.com",
        "mb1.corp.example",
        "outlook.corp.example",
        "plain.corp.example",
        "rpc.corp.example",
    )


def test_https_endpoints_are_those_that_clients_are_given() -> None:
    assert [str(each) for each in endpoints(WHOLE)[0]] == [
        "10.0.0.9:443",
        "autodiscover.corp.example:443",
        "ex1.corp.example:443",
        "mail.corp.example:443",
        "mail.example.com:8443",
        "outlook.corp.example:443",
        "rpc.corp.example:443",
    ]
    assert endpoints(WHOLE)[1] == ()


@pytest.mark.parametrize(
    ("roles", "version", "listens"),
    [
        (4, EXCHANGE_2010, True),
        (38, EXCHANGE_2010, True),
        (2, EXCHANGE_2010, False),
        (64 | 4, EXCHANGE_2010, False),
        (4096 | 4, EXCHANGE_2010, False),
        (None, EXCHANGE_2010, False),
        (54, EXCHANGE_2016, False),
        (16439, EXCHANGE_2016, True),
    ],
)
def test_which_servers_are_looked_at(roles: int | None, version: int, listens: bool) -> None:
    found, _ = endpoints(snapshot(servers=(server("ex.corp.example", roles, version),)))
    assert (found == (Endpoint("ex.corp.example", 443),)) is listens


def test_one_host_cannot_have_its_ports_scanned() -> None:
    urls = [f"https://mail.corp.example:{number}/" for number in range(440, 446)]
    found, gaps = endpoints(snapshot(points=(point(*urls),)))
    assert [each.port for each in found] == [443, 440, 441, 442]
    assert [(gap.subject, gap.reason) for gap in gaps] == [
        ("mail.corp.example:444", Reason.LIMIT),
        ("mail.corp.example:445", Reason.LIMIT),
    ]


def test_each_address_behind_a_name_is_a_target() -> None:
    found, gaps = targets(MAIL, {"10.0.0.2", "fd00::1"}, None, local_addresses=False)
    assert found == (TlsTarget(*_mail("10.0.0.2")), TlsTarget(*_mail("fd00::1")))
    assert gaps == ()


def _mail(address: str) -> tuple[str, int, str, int]:
    return (MAIL.host, MAIL.port, address, 443)


def test_no_more_than_16_addresses_are_looked_at() -> None:
    found, gaps = targets(MAIL, {f"10.0.1.{n}" for n in range(10, 28)}, None, False)
    assert [each.address for each in found] == [f"10.0.1.{n}" for n in range(10, 26)]
    assert [gap.detail.partition(" ")[0] for gap in gaps] == ["10.0.1.26", "10.0.1.27"]


LOCAL = {
    "127.0.0.1": "loopback",
    "::1": "loopback",
    "::ffff:127.0.0.1": "loopback",
    "169.254.1.1": "link-local",
    "fe80::1": "link-local",
    "224.0.0.1": "multicast",
    "0.0.0.0": "unspecified",
    "::": "unspecified",
    "255.255.255.255": "broadcast",
    "fe80::1%eth0": "not an IP address",
}


@pytest.mark.parametrize(("address", "kind"), LOCAL.items())
def test_a_name_does_not_lead_to(address: str, kind: str) -> None:
    found, (gap,) = targets(MAIL, {address}, None, local_addresses=False)
    assert found == ()
    assert (gap.reason, gap.subject) == (Reason.LIMIT, "mail.corp.example:443")
    assert gap.detail.startswith(f"{address} is {kind}")


def test_the_operator_may_allow_local_addresses() -> None:
    assert targets(MAIL, {"127.0.0.1"}, None, True) == ((TlsTarget(*_mail("127.0.0.1")),), ())


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.1", "fd00::1", "203.0.113.9"])
def test_private_and_public_addresses_are_followed(address: str) -> None:
    assert why_not(address) == ""


def test_connect_goes_before_every_address() -> None:
    there = parse_connect("Mail.corp.example.:443=[::1]:9443")
    assert there == TlsTarget("mail.corp.example", 443, "::1", 9443)
    assert targets(MAIL, {"10.0.0.2", "127.0.0.1"}, (there,), False) == ((there,), ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mail.corp.example",
        "mail.corp.example:443",
        "mail.corp.example=10.0.0.1:443",
        "mail.corp.example:443=10.0.0.1",
        "mail.corp.example:443=other.corp.example:443",
        "mail.corp.example:https=10.0.0.1:443",
        "mail.corp.example:0=10.0.0.1:443",
        "mail.corp.example:443=10.0.0.1:65536",
        "mail.corp.example:443=::1:443",
        ":443=10.0.0.1:443",
    ],
)
def test_a_wrong_connect_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--connect"):
        parse_connect(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("internal=10.0.0.53", (DnsView.INTERNAL, "10.0.0.53:53")),
        ("external=10.0.0.53:5300", (DnsView.EXTERNAL, "10.0.0.53:5300")),
        ("internal=2001:db8::53", (DnsView.INTERNAL, "[2001:db8::53]:53")),
        ("internal=[2001:db8::53]:5300", (DnsView.INTERNAL, "[2001:db8::53]:5300")),
    ],
)
def test_a_resolver_is_view_address_and_port(text: str, expected: tuple[DnsView, str]) -> None:
    assert parse_resolver(text) == expected


@pytest.mark.parametrize(
    "text", ["", "10.0.0.53", "inside=10.0.0.53", "internal=dns.corp", "internal="]
)
def test_a_wrong_resolver_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--resolver"):
        parse_resolver(text)


@given(st.ip_addresses(), st.integers(1, 65535))
def test_an_address_and_port_written_down_are_read_back(address: object, port: int) -> None:
    assert split(host_and_port(str(address), port), "--resolver") == (str(address), port)


@given(st.text(max_size=40))
def test_any_text_is_an_address_and_port_or_refused(text: str) -> None:
    try:
        address, port = split(text, "--connect")
    except UsageError:
        return
    assert ip_literal(address) is not None
    assert 1 <= port <= 65535


@given(st.lists(st.text(max_size=60), max_size=4))
def test_no_url_of_the_directory_makes_the_scope_fail(urls: list[str]) -> None:
    hostile = snapshot(points=(point(*urls),), arrays=tuple(map(array, urls)))
    assert all(ip_literal(name) is None for name in dns_names(hostile))
    assert all(1 <= each.port <= 65535 for each in endpoints(hostile)[0])


def test_a_name_that_only_a_database_points_at_is_asked_too() -> None:
    prefix = "/o=ESP/ou=Group/cn=Configuration/cn=Servers/cn="
    points_at = {"DB1": "gone.corp.example", "DB2": "EX9"}
    databases = tuple(
        Database(
            id=name,
            name=name,
            dn=f"CN={name}",
            kind="mailbox",
            endpoint_legacy_dn=prefix + target,
            source=SOURCE,
        )
        for name, target in points_at.items()
    )
    seen = Snapshot(tool_version="1", collected_at=NOW, databases=databases)
    assert dns_names(seen) == ("gone.corp.example",)


def accepted(domain: str | None) -> AcceptedDomain:
    return AcceptedDomain(
        id=f"{domain}", name="domain", dn="CN=domain", domain=domain, source=SOURCE
    )


def test_autodiscover_of_mail_domains_is_asked_for_outside_as_a_service_too() -> None:
    domains = tuple(map(accepted, ("Corp.Example", "*.corp.example", "*", "Köln.example", None)))
    seen = Snapshot(tool_version="1", collected_at=NOW, accepted_domains=domains)
    assert dns_names(seen) == ("autodiscover.corp.example", "autodiscover.xn--kln-sna.example")
    resolvers = [(DnsView.INTERNAL, "10.1.0.53:53"), (DnsView.EXTERNAL, "198.51.100.53:53")]
    asked = [
        (each.view, each.name, each.record_type) for each in service_questions(seen, resolvers)
    ]
    assert asked == [
        (DnsView.EXTERNAL, "_autodiscover._tcp.corp.example", "SRV"),
        (DnsView.EXTERNAL, "_autodiscover._tcp.xn--kln-sna.example", "SRV"),
    ]


def test_a_name_that_nobody_has_is_asked_for_outside_in_the_zone_of_each_array() -> None:
    fqdns = ("Outlook.corp.example", "b.corp.example", "outlook.local", "a b.x.example", None)
    seen = Snapshot(tool_version="1", collected_at=NOW, arrays=tuple(map(array, fqdns)))
    resolvers = [(DnsView.INTERNAL, "10.1.0.53:53"), (DnsView.EXTERNAL, "198.51.100.53:53")]
    assert [
        (each.view, each.name, each.record_type) for each in wildcard_questions(seen, resolvers)
    ] == [
        (DnsView.EXTERNAL, f"{PROBE}.corp.example", "A"),
        (DnsView.EXTERNAL, f"{PROBE}.corp.example", "AAAA"),
    ]


def test_rules_look_for_the_name_that_the_collection_asks_for() -> None:
    assert f"'{PROBE}.'" in (RULES / "views" / "published" / "v_dns_names.sql").read_text("utf-8")
