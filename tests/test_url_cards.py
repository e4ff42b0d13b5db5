"""Fix cards of the rules on URLs and Autodiscover: the right cmdlet, and only what is wrong."""

from typing import Any

import pytest

from casaudit.engine.examples import example_findings
from casaudit.rulebook.rule import Example, Expected
from tests.support.shipped_rules import book, sample

EXCHANGE_2016 = {"version_number": 1942061281, "serial_number": "Version 15.1 (Build 30225.42)"}
OWN = "https://ex1.corp.example"
INTERNAL, EXTERNAL = "$urls.InternalUrl = 'FILL-IN'", "$urls.ExternalUrl = 'FILL-IN'"
CLEARED = "$urls.ExternalUrl = $null"


def fixes(rule_id: str, given: dict[str, Any]) -> dict[str, str]:
    """The fix of each failure, by the object's name."""
    rule = book().rule(rule_id)
    assert rule is not None
    example = Example(name="card", given=given, expect=Expected())
    found = example_findings(book(), sample(), rule, example)
    return {f.subject.name: f.remediation.fix or "" for f in found if f.remediation is not None}


def directories(**changes: dict[str, Any]) -> dict[str, Any]:
    return {"change": {"virtual_directories": changes}}


def asked(card: str) -> list[str]:
    return [each for each in (INTERNAL, EXTERNAL, CLEARED) if each in card]


@pytest.mark.parametrize(
    ("name", "path", "cmdlet"),
    [
        ("owa", "/owa", "Set-OwaVirtualDirectory"),
        ("ecp", "/ecp", "Set-EcpVirtualDirectory"),
        ("EWS", "/EWS/Exchange.asmx", "Set-WebServicesVirtualDirectory"),
        ("OAB", "/OAB", "Set-OabVirtualDirectory"),
        (
            "Microsoft-Server-ActiveSync",
            "/Microsoft-Server-ActiveSync",
            "Set-ActiveSyncVirtualDirectory",
        ),
    ],
)
def test_each_service_is_changed_with_its_own_cmdlet(name: str, path: str, cmdlet: str) -> None:
    target = rf"EX1\{name} (Default Web Site)"
    card = fixes("CAS-URL-002", directories(**{target: {"internal_url": OWN + path}}))[target]
    assert f"'{target}'" in card
    line = (
        f"if ($ready) {{ $directories | ForEach-Object {{ {cmdlet} -Identity $_ @urls -WhatIf }} }}"
    )
    assert line in card.splitlines()
    assert asked(card) == [INTERNAL]


def test_outlook_anywhere_has_a_host_and_no_url() -> None:
    target = r"EX1\Rpc (Default Web Site)"
    card = fixes("CAS-URL-002", directories(**{target: {"external_url": "ex1.corp.example"}}))
    assert "Set-OutlookAnywhere -Identity $_ -ExternalHostname $mail -WhatIf" in card[target]
    assert asked(card[target]) == []


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"internal_url": f"{OWN}/owa"}, [INTERNAL]),
        ({"external_url": f"{OWN}/owa"}, [EXTERNAL]),
        ({"internal_url": f"{OWN}/owa", "external_url": f"{OWN}/owa"}, [INTERNAL, EXTERNAL]),
    ],
)
def test_only_the_url_with_a_servers_name_is_changed(
    fields: dict[str, str], wanted: list[str]
) -> None:
    target = r"EX1\owa (Default Web Site)"
    assert asked(fixes("CAS-URL-002", directories(**{target: fields}))[target]) == wanted


def test_an_external_url_is_set_in_a_front_site_and_taken_away_in_an_inner_one() -> None:
    front, inner = r"EX2\owa (Default Web Site)", r"EX3\owa (Default Web Site)"
    urls: dict[str, dict[str, Any]] = {
        front: {"external_url": None},
        inner: {"external_url": "https://br.corp.example/owa"},
    }
    given = directories(**urls) | {
        "settings": {"sites": {"BranchOffice": {"internet_facing": False}}}
    }
    cards = fixes("CAS-URL-003", given)
    assert {name: asked(card) for name, card in cards.items()} == {
        front: [EXTERNAL],
        inner: [CLEARED],
    }


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"internal_url": "http://mail.corp.example/owa"}, [INTERNAL]),
        ({"external_url": "https://mail.corp.example/exchange"}, [EXTERNAL]),
    ],
)
def test_only_the_faulty_url_is_changed(fields: dict[str, str], wanted: list[str]) -> None:
    target = r"EX1\owa (Default Web Site)"
    assert asked(fixes("CAS-URL-004", directories(**{target: fields}))[target]) == wanted


def test_of_two_names_the_operator_says_which_one_to_give_up() -> None:
    given = directories(
        **{r"EX2\OAB (Default Web Site)": {"internal_url": "https://webmail.corp.example/OAB"}}
    )
    card = fixes("CAS-URL-001", given)["HeadOffice"]
    assert card.startswith("$old = 'FILL-IN'  # DNS name to give up")
    assert "$servers = 'EX1','EX2'" in card


@pytest.mark.parametrize(
    ("server", "cmdlet", "other"),
    [
        ({}, "Set-ClientAccessServer", "Set-ClientAccessService"),
        (EXCHANGE_2016, "Set-ClientAccessService", "Set-ClientAccessServer"),
    ],
)
def test_newer_servers_take_their_autodiscover_address_from_a_cmdlet_of_another_name(
    server: dict[str, Any], cmdlet: str, other: str
) -> None:
    given = {
        "change": {"servers": {"EX1": server}, "service_connection_points": {"EX1": {"uris": []}}}
    }
    card = fixes("CAS-SCP-002", given)["EX1"]
    assert f"{cmdlet} -Identity $_ -AutoDiscoverServiceInternalUri $uri -WhatIf" in card
    assert f"{other} " not in card


def test_a_scope_is_written_as_a_whole() -> None:
    scope = ["77378F46-2C66-4aa9-A6A6-3E7A48B19596", "Site=HeadOffice", "Site=Zentrale"]
    given = {
        "add": {"sites": {"Warehouse": {"like": "BranchOffice", "subnets": ["10.3.0.0/16"]}}},
        "change": {"service_connection_points": {"EX1": {"keywords": scope}}},
    }
    card = fixes("CAS-SCP-004", given)["Example Corp"]
    assert "$unknown = 'Zentrale'\n$servers = 'EX1'" in card
    assert ".AutoDiscoverSiteScope) + @('Warehouse')" in card
    assert "Warehouse" not in fixes("CAS-SCP-004", {"change": given["change"]})["Example Corp"]
