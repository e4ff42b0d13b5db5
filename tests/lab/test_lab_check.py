"""``casaudit check`` against a good set-up and broken ones: what it prints, and what it asks."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab import addresses, ber
from tests.lab.accounts import AUDITOR, BLIND, Account
from tests.lab.addresses import DOMAIN
from tests.lab.ldap_message import SEARCH_REQUEST, Message
from tests.lab.ldap_proxy import LdapProxy, Session
from tests.lab.openldap import ADMIN, PASSWORD, OpenLdap
from tests.lab.whole import Lab
from tests.support.running import casaudit_process

pytestmark = pytest.mark.lab

LDAPS = f"ldaps://{addresses.DIRECTORY}"
INTERNAL = f"{addresses.INTERNAL_DNS}:{addresses.DNS_PORT}"
EXTERNAL = f"{addresses.EXTERNAL_DNS}:{addresses.DNS_PORT}"
NETWORK = (
    *("--resolver", f"internal={INTERNAL}", "--resolver", f"external={EXTERNAL}"),
    "--local-addresses",
)
CERTIFICATE = (
    "  certificate        ok        for dc1.exchangeserverpro.net, dc1, 127.0.0.10, 127.0.0.11, "
    "issued by Lab CA, valid until <time>"
)
OK = [
    "  name               ok        127.0.0.10 at 127.0.0.10",
    "  port               ok        127.0.0.10:636",
    CERTIFICATE,
    "  bind               ok        simple as auditor@exchangeserverpro.net",
    "  partition          ok        CN=Configuration,DC=exchangeserverpro,DC=net",
    "  organization       ok        1: ESP",
    "  servers            ok        3: <names>",
    "  arrays             ok        1: cas-headoffice",
    "  databases          ok        5: <names>",
    "  the rest           ok        sites, domain controllers, database copies, availability "
    "groups, virtual directories, service connection points, accepted domains, mail protocols",
]
NOT_REACHED = {
    stage: f"  {stage:<18} not tried since {{}} failed"
    for stage in ("port", "certificate", "bind", "partition")
}


def check(lab: Lab, source: object, *options: object, account: Account = AUDITOR) -> Any:
    """Run the check as a user of the domain, with the lab's authority unless another is given."""
    words = options if "--ca-file" in options else ("--ca-file", lab.ca_file, *options)
    return casaudit_process(
        *("check", source, "--user", account.user, *words), CASAUDIT_PASSWORD=account.password
    )


def lines(ended: Any) -> list[str]:
    """Return what was printed, without what another run prints otherwise."""
    text = re.sub(r"valid until .*", "valid until <time>", ended.stdout)
    text = re.sub(r"answered [1-9]\d* questions", "answered <some> questions", text)
    # The order of objects is that of their GUIDs, which each controller gives anew.
    return re.sub(r"(servers|databases)( +ok +\d+:) .*", r"\1\2 <names>", text).splitlines()


def test_a_good_set_up_is_ok_from_the_name_to_the_endpoints(lab: Lab) -> None:
    ended = check(lab, LDAPS, *NETWORK)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    *found, endpoints = lines(ended)
    assert found == [
        LDAPS,
        *OK,
        "network",
        f"  internal resolver  ok        {INTERNAL} answered <some> questions",
        f"  external resolver  ok        {EXTERNAL} answered <some> questions",
    ]
    assert endpoints.startswith(
        f"  endpoints          ok        handshakes with br-ex2010-mb.{DOMAIN}"
    )


Ended = tuple[Any, list[str]]
"""How a check ended, and what it should have printed; ``<why>`` stands for another's words."""


def wrong_name(lab: Lab) -> Ended:
    url = "ldaps://dc7.invalid"
    return check(lab, url, "--no-dns", "--no-tls"), [
        url,
        "  name               failed    the name cannot be resolved (<why>)",
        "-> check the name, or give the address that its certificate carries",
        *(line.format("name") for line in NOT_REACHED.values()),
    ]


def closed_port(lab: Lab) -> Ended:
    url = f"ldaps://{addresses.DEAD_CONTROLLER}"
    return check(lab, url, *NETWORK), [
        url,
        "  name               ok        127.0.0.16 at 127.0.0.16",
        "  port               failed    cannot be reached: [Errno 111] Connection refused",
        "-> check that it is a domain controller and that the port is open from here",
        *(NOT_REACHED[each].format("port") for each in ("certificate", "bind")),
        NOT_REACHED["partition"].format("port"),
    ]


def wrong_authority(lab: Lab) -> Ended:
    return check(lab, LDAPS, "--ca-file", lab.wrong_ca_file, *NETWORK), [
        *(LDAPS, *OK[:2]),
        "  certificate        failed    its certificate is not trusted: <why>",
        "-> name the controller as its certificate does, and give the CA that issued it "
        "with --ca-file",
        *(NOT_REACHED[each].format("certificate") for each in ("bind", "partition")),
    ]


def wrong_password(lab: Lab) -> Ended:
    wrong = Account(AUDITOR.name, "canary-4711")
    return check(lab, LDAPS, *NETWORK, account=wrong), [
        *(LDAPS, *OK[:3]),
        "  bind               failed    refused the simple bind: result 49 "
        "(invalidCredentials): <why>",
        "-> the user or the password is wrong: check both before trying again, since each try "
        "counts towards the lockout of the account",
        NOT_REACHED["partition"].format("bind"),
    ]


def no_rights_on_arrays(lab: Lab) -> Ended:
    group = "CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups"
    hidden = f"CN=cas-headoffice,CN=Arrays,{group},CN=ESP,CN=Microsoft Exchange,CN=Services"
    return check(lab, LDAPS, "--no-dns", "--no-tls", account=BLIND), [
        *(LDAPS, *OK[:3], OK[3].replace("auditor", "blind"), *OK[4:7]),
        f"  arrays             failed    0 seen; {hidden},{OK[4][31:]}: a site names this "
        "array among its members, but it cannot be read",
        "-> Let the account read this part of the configuration partition, then collect again.",
        *OK[8:],
        "network",
        "  resolvers          not tried nothing is asked: --no-dns and --no-tls, or "
        "sources that bring their own answers",
    ]


def dead_resolver(lab: Lab) -> Ended:
    dead = f"{addresses.SILENT_DNS}:{addresses.DNS_PORT}"
    options = ("--resolver", f"internal={dead}", "--no-tls", "--timeout", "1")
    return check(lab, LDAPS, *options), [
        *(LDAPS, *OK, "network"),
        f"  internal resolver  failed    {dead}: br-ex2010-mb.{DOMAIN}: A, AAAA at {dead}: "
        "timeout (and 3 more)",
        "-> Collect again; raise --timeout when the target is slow.",
        "  endpoints          not tried --no-tls",
    ]


BROKEN: dict[str, tuple[int, Callable[[Lab], Ended]]] = {
    "a name that nobody has": (4, wrong_name),
    "a closed port": (4, closed_port),
    "an authority that is not trusted": (4, wrong_authority),
    "a wrong password": (4, wrong_password),
    "no rights on arrays": (3, no_rights_on_arrays),
    "a dead resolver": (3, dead_resolver),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_set_up_is_told_where_it_breaks_and_what_to_do(lab: Lab, kind: str) -> None:
    code, run = BROKEN[kind]
    ended, wanted = run(lab)
    assert ended.returncode == code, ended.stderr
    assert "canary" not in ended.stdout + ended.stderr
    found = [line.strip() if "-> " in line else line for line in lines(ended)]
    reasons = [re.escape(line).replace("<why>", ".+") for line in wanted]
    assert len(found) == len(wanted), found
    for line, reason in zip(found, reasons, strict=True):
        assert re.fullmatch(reason, line), (line, reason)


def test_an_ldap_server_that_is_no_controller_is_told_from_one(lab: Lab) -> None:
    identity = lab.authority.issue("openldap", [addresses.OTHER_LDAP])
    url = f"ldaps://{addresses.OTHER_LDAP}"
    options = ("check", url, "--ca-file", lab.ca_file, "--no-dns", "--no-tls", "--user")
    with OpenLdap(addresses.OTHER_LDAP, identity):
        administrator = casaudit_process(*options, ADMIN, CASAUDIT_PASSWORD=PASSWORD)
        auditor = casaudit_process(*options, AUDITOR.user, CASAUDIT_PASSWORD=PASSWORD)
    assert (administrator.returncode, auditor.returncode) == (4, 4)
    assert lines(administrator)[-3:] == [
        f"  bind               ok        simple as {ADMIN}",
        "  partition          failed    no configuration partition: the rootDSE names none",
        f"{'':31}-> only a domain controller of Active Directory has one; or export with ldifde "
        "there",
    ]
    assert lines(auditor)[-3:-1] == [
        "  bind               failed    refused the simple bind: result 34 (invalidDNSyntax): "
        "invalid DN",
        f"{'':31}-> a domain controller of Active Directory takes user@domain: this is another "
        "LDAP server",
    ]


class _Listening(Session):
    def __init__(self, heard: set[tuple[bytes, ...]]) -> None:
        self._heard = heard

    def request(self, message: Message) -> bytes:
        if message.tag == SEARCH_REQUEST:
            parts = [content for _, content in ber.children(message.content)]
            # The fifth part is the time limit: what is left of it.
            self._heard.add((*parts[:4], *parts[5:]))
        return message.data


class SearchListener(LdapProxy):
    """A proxy that keeps every search as it was asked."""

    def __enter__(self) -> "SearchListener":
        self.heard: set[tuple[bytes, ...]] = set()
        super().__enter__()
        return self

    def session(self) -> Session:
        return _Listening(self.heard)


@pytest.fixture
def listener(lab: Lab) -> Iterator[SearchListener]:
    address = addresses.RECORDER
    with SearchListener(address, addresses.DIRECTORY, lab.controller, lab.ca_file) as proxy:
        yield proxy


def test_a_check_asks_the_controller_nothing_that_a_collection_would_not(
    lab: Lab, listener: SearchListener, tmp_path: Path
) -> None:
    url = f"ldaps://{addresses.RECORDER}"
    options = ("--ca-file", lab.ca_file, "--no-dns", "--no-tls", "--user", AUDITOR.user)
    casaudit_process(
        *("collect", url, "-o", tmp_path / "s.json", *options), CASAUDIT_PASSWORD=AUDITOR.password
    )
    collected = set(listener.heard)
    listener.heard.clear()
    ended = casaudit_process("check", url, *options, CASAUDIT_PASSWORD=AUDITOR.password)
    assert ended.returncode == 0, ended.stdout
    assert len(listener.heard) > 10
    assert listener.heard <= collected
