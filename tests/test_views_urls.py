"""What servers publish over HTTPS, as the views show it: directories, names, Autodiscover."""

from typing import Any

import pytest

from tests.support.shipped_rules import rows, viewed

EXCHANGE_2016 = {"version_number": 1942061281, "serial_number": "Version 15.1 (Build 30225.42)"}
GROUP = (
    "CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=Example Corp,"
    "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=corp,DC=example"
)
AUTODISCOVER = "https://autodiscover.corp.example/Autodiscover/Autodiscover.xml"
POINTER = ["67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68", "Domain=other.example"]
OWA, EWS = r"EX1\owa (Default Web Site)", r"EX1\EWS (Default Web Site)"


def directory(given: dict[str, Any], name: str = OWA) -> dict[str, Any]:
    return rows("v_virtual_directories", given)[name]


def changed(kind: str, name: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"change": {kind: {name: fields}}}


@pytest.mark.parametrize(
    ("given", "carries"),
    [
        pytest.param({}, False, id="a shared name"),
        pytest.param(
            changed("virtual_directories", OWA, {"internal_url": "https://ex4.CORP.example/owa"}),
            True,
            id="the FQDN of any server",
        ),
        pytest.param(
            changed("virtual_directories", OWA, {"external_url": "https://EX4/owa"}),
            True,
            id="a short name, outside",
        ),
        pytest.param(
            changed("virtual_directories", OWA, {"internal_url": "https://ex4.other.example/owa"}),
            False,
            id="a name of another domain that begins alike",
        ),
        pytest.param(
            changed("virtual_directories", OWA, {"internal_url": None, "unread": ["internal_url"]}),
            None,
            id="a URL that could not be read",
        ),
        pytest.param({"sections": {"servers": "partial"}}, None, id="perhaps an unread server's"),
        pytest.param(
            changed("servers", "EX4", {"fqdn": None, "unread": ["fqdn"]}),
            None,
            id="perhaps the unread FQDN of a server",
        ),
    ],
)
def test_whether_a_url_carries_the_name_of_a_server(
    given: dict[str, Any], carries: bool | None
) -> None:
    assert directory(given)["carries_server_name"] is carries


def test_back_ends_of_newer_servers_are_no_directories_of_clients() -> None:
    back = {"like": OWA, "server": "EX1"}
    given = {"add": {"virtual_directories": {r"EX1\owa (EXCHANGE back end)": back}}}
    assert not [name for name in rows("v_virtual_directories", given) if "back end" in name]


@pytest.mark.parametrize(
    ("name", "legacy"),
    [("Exchange (Default Web Site)", True), ("public (Two)", True), ("Exchange2 (Two)", False)],
)
def test_directories_for_older_mailboxes_are_told_by_their_name(name: str, legacy: bool) -> None:
    given = {"add": {"virtual_directories": {f"EX1\\{name}": {"like": OWA}}}}
    assert directory(given, f"EX1\\{name}")["is_legacy"] is legacy


def test_methods_of_authentication_are_told_in_words() -> None:
    masks = {"internal_authentication": 8195, "external_authentication": None}
    found = directory(changed("virtual_directories", EWS, masks), EWS)
    assert found["internal_methods"] == "Basic, NTLM, Negotiate"
    assert found["external_methods"] == "none"
    masks["unread"] = ["external_authentication"]  # type: ignore[assignment]
    assert directory(changed("virtual_directories", EWS, masks), EWS)["external_methods"] is None


@pytest.mark.parametrize(
    ("subjects", "known"),
    [
        pytest.param([], [], id="nobody knows what is missing"),
        pytest.param([f"CN=EX4,CN=Servers,{GROUP}"], ["HeadOffice"], id="of one server"),
        pytest.param(
            [f"cn=HTTP, cn=Protocols,CN=ex4,CN=Servers,{GROUP}"], ["HeadOffice"], id="below it"
        ),
        pytest.param(
            [f"CN=EX4,CN=Servers,{GROUP}", f"CN=EX1,CN=Servers,{GROUP}"], [], id="of two servers"
        ),
        pytest.param([f"CN=EX44,CN=Servers,{GROUP}"], [], id="of a server that was not seen"),
        pytest.param([f"CN=EX4,CN=Servers,{GROUP}", GROUP], [], id="of one, and perhaps of all"),
    ],
)
def test_an_unread_server_costs_the_answers_about_its_own_site(
    subjects: list[str], known: list[str]
) -> None:
    section, reason = "virtual_directories", "denied_or_absent"
    given = {
        "sections": {section: "partial"},
        "gaps": [{"section": section, "subject": each, "reason": reason} for each in subjects],
    }
    found = rows("v_site_urls", given)
    assert [name for name, row in found.items() if row["urls_known"]] == known


def test_servers_that_share_hosts_are_told_in_short() -> None:
    other = {"internal_url": "https://other.corp.example/owa"}
    more = {f"EX{number}": {"like": "EX1"} for number in (5, 6)}
    owa = {rf"{name}\owa (Default Web Site)": {"like": OWA, "server": name} for name in more}
    given = {
        "add": {"servers": more, "virtual_directories": owa},
        "change": {"virtual_directories": {r"EX2\owa (Default Web Site)": other}},
    }
    assert rows("v_site_urls", given)["HeadOffice"]["split_hosts"] == [
        "owa InternalUrl: mail.corp.example (EX1 and 2 more)",
        "owa InternalUrl: other.corp.example (EX2)",
    ]


def point(given: dict[str, Any], name: str = "EX1") -> dict[str, Any]:
    return rows("v_service_connection_points", given)[name]


@pytest.mark.parametrize(
    ("fields", "server"),
    [
        pytest.param({}, "EX1", id="the one above it"),
        pytest.param({"server": None, "service_dns_name": "ex1"}, "EX1", id="the one it names"),
        pytest.param(
            {"server": None, "service_dns_name": "EX1.corp.example."}, "EX1", id="in full"
        ),
        pytest.param({"server": None, "service_dns_name": None}, "EX1", id="whose name it bears"),
        pytest.param(
            {
                "server_dn": f"CN=GONE,CN=Servers,{GROUP}",
                "service_dns_name": "GONE",
                "name": "GONE",
            },
            None,
            id="none that exists",
        ),
    ],
)
def test_server_of_a_connection_point(fields: dict[str, Any], server: str | None) -> None:
    found = changed("service_connection_points", "EX1", fields)
    assert point(found, server or "GONE")["server"] == server


@pytest.mark.parametrize(
    ("fields", "is_address"),
    [
        pytest.param({}, True, id="by its keyword"),
        pytest.param({"keywords": ["77378f46-2c66-4AA9-a6a6-3e7a48b19596"]}, True, id="any case"),
        pytest.param({"keywords": POINTER, "uris": ["LDAP://other.example"]}, False, id="pointer"),
        pytest.param({"uris": ["ldap://other.example"]}, False, id="pointer by its address"),
        pytest.param({"keywords": ["some", "other"]}, False, id="another product's"),
        pytest.param({"keywords": [], "unread": ["keywords"]}, None, id="unread"),
    ],
)
def test_what_a_connection_point_holds(fields: dict[str, Any], is_address: bool | None) -> None:
    assert point(changed("service_connection_points", "EX1", fields))["is_address"] is is_address


@pytest.mark.parametrize(
    ("given", "grave"),
    [
        pytest.param({}, False, id="the certificate bears the name"),
        pytest.param(
            changed("certificates", "mail.corp.example", {"dns_names": ["mail.corp.example"]}),
            True,
            id="it does not",
        ),
        pytest.param(
            {"tls": {"autodiscover.corp.example": "timeout"}}, False, id="the server's own does"
        ),
        pytest.param(
            {"tls": {"autodiscover.corp.example": "timeout", "ex1.corp.example": "refused"}},
            None,
            id="none was seen",
        ),
        pytest.param(
            {
                "tls": {"autodiscover.corp.example": "timeout"},
                "change": {"certificates": {"mail.corp.example": {"dns_names": ["x.example"]}}},
            },
            None,
            id="the server's own lacks it, but a balancer may end TLS",
        ),
        pytest.param(
            changed(
                "certificates", "mail.corp.example", {"dns_names": None, "unread": ["dns_names"]}
            ),
            None,
            id="its names could not be read",
        ),
    ],
)
def test_whether_the_certificate_bears_the_autodiscover_name(
    given: dict[str, Any], grave: bool | None
) -> None:
    assert point(given)["is_grave"] is grave


def test_addresses_of_a_site_stand_in_the_order_in_which_outlook_tries_them() -> None:
    given = changed("service_connection_points", "EX2", {"created": "2009-12-24T00:00:00Z"})
    assert rows("v_autodiscover_sites", given)["HeadOffice"]["addresses"] == [
        f"2009-12-24 EX2: {AUTODISCOVER}",
        f"2011-02-07 EX1: {AUTODISCOVER}",
    ]


def test_newer_servers_are_changed_with_a_cmdlet_of_their_own() -> None:
    given = changed("servers", "EX2", EXCHANGE_2016)
    found = rows("v_autodiscover_sites", given)["HeadOffice"]
    assert (found["point_servers"], found["newer_point_servers"]) == (["EX1"], ["EX2"])


@pytest.mark.parametrize(
    ("domain", "fields", "records", "in_use"),
    [
        pytest.param("corp.example", {}, None, True, id="the default domain, without an export"),
        pytest.param("corp.example", {"flags": 0}, None, None, id="another one"),
        pytest.param(
            "corp.example", {}, [{"domain": "x.example", "count": 1}], False, id="not in the export"
        ),
        pytest.param(
            "corp.example",
            {"flags": 0},
            [{"domain": "CORP.example", "count": 1}],
            True,
            id="in the export",
        ),
        pytest.param(
            "x.example", {}, [{"domain": "x.example", "count": 1}], True, id="in the export alone"
        ),
    ],
)
def test_mail_domains_in_use(
    domain: str, fields: dict[str, Any], records: list[dict[str, Any]] | None, in_use: bool | None
) -> None:
    given = changed("accepted_domains", "corp.example", fields)
    if records is not None:
        given["records"] = {"mail_domains": records}
    found = {row["domain"]: row["is_in_use"] for row in viewed(given).inventory("v_mail_domains")}
    assert found[domain] is in_use


@pytest.mark.parametrize(
    ("given", "found"),
    [
        pytest.param({}, (True, True, True), id="known inside, and needed nowhere else"),
        pytest.param(
            {"dns": {"internal": {"mail-br.corp.example": "nxdomain"}}},
            (False, True, True),
            id="missing inside",
        ),
        pytest.param(
            {"dns": {"internal": {"mail-br.corp.example": "timeout"}}},
            (None, True, True),
            id="not answered inside",
        ),
        pytest.param(
            {"sections": {"virtual_directories": "partial"}},
            (True, None, True),
            id="perhaps needed outside",
        ),
        pytest.param(
            {
                "sections": {"virtual_directories": "partial"},
                "dns": {"external": {"mail-br.corp.example": ["203.0.113.11"]}},
            },
            (True, True, True),
            id="known outside too, needed or not",
        ),
    ],
)
def test_where_a_name_is_found(
    given: dict[str, Any], found: tuple[bool | None, bool | None, bool | None]
) -> None:
    row = rows("v_client_names", given)["mail-br.corp.example"]
    assert (row["found_inside"], row["found_outside"], row["found_for_domain"]) == found
