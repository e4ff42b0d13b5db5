"""A live controller behind the port: retried once, reopened once, bounded, and never lied about."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from casaudit.collect.ldap import Credentials, Limits, LiveDirectory, Password
from casaudit.collect.ldap.codes import Trouble, exchange_hint, hint
from casaudit.collect.ldap.credentials import Address
from casaudit.collect.ldap.paging import ConnectionLost, Page, RawEntry
from casaudit.collect.ports import Query
from casaudit.errors import CollectError, UsageError
from casaudit.snapshot import Controller, Reason, SectionName

ABOUT = Controller(origin="ldaps://dc1", bind="simple", protection="ldaps")
BASE = "CN=Databases,DC=corp"
QUERY = Query(SectionName.DATABASES, BASE, "subtree", ("msExchPrivateMDB",), ("cn", "member"))
BROKEN = Trouble(Reason.UNREACHABLE, "the connection broke", again=True)

Reply = Page | BaseException
Request = tuple[str, str, tuple[str, ...], bytes | None]


def entry(name: str, *attributes: tuple[str, tuple[bytes, ...]]) -> RawEntry:
    return RawEntry(name.encode(), (("cn", (name.encode(),)), *attributes))


def page(*names: str, code: int = 0, cookie: bytes = b"") -> Page:
    return Page(code, "", tuple(map(entry, names)), cookie=cookie)


class FakeWire:
    """A connection that answers searches from a script, the rootDSE as a controller does."""

    address = "10.0.0.10"

    def __init__(self, replies: list[Reply]) -> None:
        self.asked: list[Request] = []
        self.closed = False
        self.usn = 100
        self._replies = replies

    def search(
        self,
        base: str,
        scope: str,
        search_filter: str,
        attributes: Sequence[str],
        cookie: bytes | None,
        seconds: float,
    ) -> Page:
        if not base:
            return Page(0, "", (self._root(),))
        self.asked.append((base, scope, tuple(attributes), cookie))
        reply = self._replies.pop(0)
        if isinstance(reply, BaseException):
            raise reply
        return reply

    def _root(self) -> RawEntry:
        self.usn += 1
        now = (datetime.now(UTC) + timedelta(seconds=400)).strftime("%Y%m%d%H%M%S.0Z")
        return RawEntry(
            b"",
            (
                ("dnsHostName", (b"dc1.corp.example",)),
                ("highestCommittedUSN", (str(self.usn).encode(),)),
                ("currentTime", (now.encode(),)),
            ),
        )

    def close(self) -> None:
        self.closed = True


class Lines:
    """Opens the connections that a test gives, in order; ``opened`` are the addresses asked for."""

    def __init__(self, *scripts: list[Reply] | CollectError) -> None:
        self.opened: list[str | None] = []
        self.wires = [
            each if isinstance(each, CollectError) else FakeWire(each) for each in scripts
        ]

    def __call__(self, known: str | None) -> FakeWire:
        wire = self.wires[len(self.opened)]
        self.opened.append(known)
        if isinstance(wire, CollectError):
            raise wire
        return wire


def directory(lines: Lines, limits: Limits | None = None) -> LiveDirectory:
    return LiveDirectory(ABOUT, lines, Counter({"search": 3}), limits or Limits())


def test_every_page_is_asked_for_from_its_cookie() -> None:
    lines = Lines([page("a", cookie=b"1"), page("b", cookie=b"2"), page("c")])
    answer = directory(lines).search(QUERY)
    assert [each.dn for each in answer.entries] == ["a", "b", "c"]
    assert (answer.complete, answer.gaps) == (True, ())
    wire = lines.wires[0]
    assert isinstance(wire, FakeWire)
    assert [cookie for *_, cookie in wire.asked] == [b"", b"1", b"2"]
    assert answer.entries[0].source.origin == "ldaps://dc1"


def test_a_look_at_one_entry_asks_for_no_pages() -> None:
    lines = Lines([page("a")])
    directory(lines).search(Query(SectionName.SERVERS, BASE, "base", (), ("objectClass",)))
    wire = lines.wires[0]
    assert isinstance(wire, FakeWire)
    assert wire.asked == [(BASE, "base", ("objectClass",), None)]


def test_a_busy_controller_is_asked_once_more_from_the_first_page() -> None:
    lines = Lines([page("a", cookie=b"1"), page(code=51), page("a", cookie=b"9"), page("b")])
    answer = directory(lines).search(QUERY)
    assert [each.dn for each in answer.entries] == ["a", "b"]
    assert answer.complete


@pytest.mark.parametrize("code", [1, 51, 52])
def test_a_controller_that_stays_busy_gives_a_partial_answer(code: int) -> None:
    lines = Lines([page("a", cookie=b"1"), page(code=code), page(code=code)])
    answer = directory(lines).search(QUERY)
    assert [each.dn for each in answer.entries] == ["a"]
    assert not answer.complete
    ((subject, reason, detail),) = [(g.subject, g.reason, g.detail) for g in answer.gaps]
    assert (subject, reason) == (BASE, Reason.SERVER_FAILURE)
    assert detail.startswith(f"result {code} ")


@pytest.mark.parametrize("code", [3, 4, 11, 32, 50])
def test_other_codes_are_not_asked_again(code: int) -> None:
    answer = directory(Lines([page("a", code=code)])).search(QUERY)
    assert [each.dn for each in answer.entries] == ["a"]
    assert not answer.complete


def test_a_broken_connection_is_opened_once_more_at_the_same_address() -> None:
    lines = Lines(
        [page("a", cookie=b"1"), ConnectionLost(BROKEN)], [page("a", cookie=b"2"), page("b")]
    )
    answer = directory(lines).search(QUERY)
    assert [each.dn for each in answer.entries] == ["a", "b"]
    assert answer.complete
    assert lines.opened == [None, "10.0.0.10"]


def test_a_controller_that_is_gone_is_not_waited_for_again() -> None:
    gone = CollectError("ldaps://dc1", Reason.UNREACHABLE, "cannot be reached")
    lines = Lines([page("a", cookie=b"1"), ConnectionLost(BROKEN)], gone)
    live = directory(lines)
    first, second = live.search(QUERY), live.search(QUERY)
    assert [each.dn for each in first.entries] == ["a"]
    assert [(g.reason, g.detail) for g in first.gaps] == [
        (Reason.UNREACHABLE, "the connection broke")
    ]
    detail = "the connection broke; then: ldaps://dc1: cannot be reached"
    assert [(g.reason, g.detail) for g in second.gaps] == [(Reason.UNREACHABLE, detail)]
    assert len(lines.opened) == 2


def test_a_query_that_took_too_long_costs_no_other_one() -> None:
    slow = ConnectionLost(Trouble(Reason.TIMEOUT, "no complete answer within 30 s"))
    live = directory(Lines([slow], [page("b")]))
    assert [gap.reason for gap in live.search(QUERY).gaps] == [Reason.TIMEOUT]
    assert [each.dn for each in live.search(QUERY).entries] == ["b"]


def test_the_whole_directory_has_a_limit_of_its_own() -> None:
    live = directory(Lines([page("a")]), Limits(total=0.2))
    assert live.search(QUERY).complete
    time.sleep(0.2)
    answer = live.search(QUERY)
    detail = "the 0.2 s for the whole directory are used up"
    assert [(gap.reason, gap.detail) for gap in answer.gaps] == [(Reason.TIMEOUT, detail)]


def test_an_interrupt_passes_through_and_the_connection_is_not_used_again() -> None:
    lines = Lines([KeyboardInterrupt()])
    live = directory(lines)
    with pytest.raises(KeyboardInterrupt):
        live.search(QUERY)
    assert live.controller().usn_end is None
    assert lines.opened == [None]


def test_ranges_are_read_to_their_end() -> None:
    first = entry("a", ("member;range=0-1", (b"x", b"y")))
    more = RawEntry(b"a", (("member;range=2-*", (b"z",)),))
    lines = Lines([Page(0, "", (first,)), Page(0, "", (more,))])
    answer = directory(lines).search(QUERY)
    assert answer.entries[0].attributes["member"] == (b"x", b"y", b"z")
    wire = lines.wires[0]
    assert isinstance(wire, FakeWire)
    assert wire.asked[1] == ("a", "base", ("member;range=2-*",), None)


def test_a_broken_range_leaves_its_attribute_unread() -> None:
    first = entry("a", ("member;range=0-1", (b"x", b"y")))
    answer = directory(Lines([Page(0, "", (first,)), page(code=51)])).search(QUERY)
    assert answer.entries[0].unread == {"member"}
    assert [(g.subject, g.detail) for g in answer.gaps] == [("a", "result 51 (busy)")]
    assert not answer.complete


def test_references_to_other_places_are_noted_and_not_followed() -> None:
    elsewhere = "ldap://evil.example/CN=Configuration"
    lines = Lines([Page(0, "", (entry("a"),), (elsewhere,))])
    answer = directory(lines).search(QUERY)
    assert [(g.reason, g.detail) for g in answer.gaps] == [
        (Reason.REFERRAL, f"not followed: {elsewhere}")
    ]
    assert lines.opened == [None]


def test_an_entry_without_a_readable_name_costs_itself() -> None:
    lines = Lines([Page(0, "", (RawEntry(b"\xff", ()), entry("b")))])
    answer = directory(lines).search(QUERY)
    assert [each.dn for each in answer.entries] == ["b"]
    assert [(g.subject, g.detail) for g in answer.gaps] == [(BASE, "a DN below it: /w==")]


def test_an_entry_of_excessive_size_costs_itself() -> None:
    large = entry("a", ("member", (b"x" * 2_000,)))
    lines = Lines([Page(0, "", (large, entry("b")))])
    answer = directory(lines, Limits(entry_bytes=1_000)).search(QUERY)
    assert [each.dn for each in answer.entries] == ["b"]
    assert [(g.subject, g.reason) for g in answer.gaps] == [("a", Reason.LIMIT)]


def test_the_controller_is_recorded_as_it_was_before_and_after() -> None:
    found = directory(Lines([])).controller()
    assert (found.usn_start, found.usn_end) == (101, 102)
    assert found.dns_host_name == "dc1.corp.example"
    assert found.address == "10.0.0.10"
    assert found.clock_offset_seconds in range(398, 402)
    assert (found.bind, found.protection, found.operations) == ("simple", "ldaps", {"search": 3})


def test_leaving_closes_the_connection() -> None:
    lines = Lines([])
    with directory(lines):
        pass
    wire = lines.wires[0]
    assert isinstance(wire, FakeWire)
    assert wire.closed


# What the operator gives


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("ldaps://dc1.corp.example", "ldaps://dc1.corp.example"),
        ("LDAP://DC1:389", "ldap://dc1"),
        ("ldap://dc1:3890/", "ldap://dc1:3890"),
        ("ldaps://[2001:db8::1]:6360", "ldaps://[2001:db8::1]:6360"),
    ],
)
def test_an_address_is_host_and_port(url: str, origin: str) -> None:
    assert Address.parse(url).origin == origin


@pytest.mark.parametrize(
    "url",
    [
        *("dc1", "http://dc1", "ldap://", "ldap://dc1/dc=x", "ldap://dc1:0x", "ldap://dc1?x"),
        *("ldap://user:secret@dc1", "ldap://dc1:3268", "ldaps://dc1:3269", "ldap://[::1"),
    ],
)
def test_other_urls_are_refused_without_repeating_a_password(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Address.parse(url)
    assert "secret" not in str(caught.value)
    assert caught.value.hint


def test_a_password_shows_nowhere() -> None:
    credentials = Credentials("simple", "auditor@corp.example", Password("hunter2"))
    assert "hunter2" not in f"{credentials!r} {credentials} {credentials.password}"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Credentials("simple", "auditor@corp.example"),
        lambda: Credentials("simple", "auditor@corp.example", Password("")),
        lambda: Credentials("simple", None, Password("x")),
        lambda: Credentials("ntlm", "CORP\\auditor", Password("")),
    ],
)
def test_half_given_credentials_are_refused(make: Callable[[], Credentials]) -> None:
    with pytest.raises(UsageError):
        make()


@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        (8, "00002028: LdapErr: ... requires binds to turn on integrity checking", "ldaps://"),
        (7, "", "--auth simple"),
        (8, "SASL:[GSSAPI]: Sign or Seal are required.", "--auth simple"),
        (8, "SASL:[GSS-SPNEGO]: not allowed if TLS is used.", "--auth simple"),
        (34, "invalid DN", "another LDAP server"),
        (49, "80090346: LdapErr: DSID-0C090597, data 80090346, v4f7c", "channel binding"),
        (49, "80090308: LdapErr: DSID-0C09042A, data 525, v3839", "no such user"),
        (49, "8009030C: LdapErr: DSID-0C0905DC, data 52e, v3839", "check both before trying"),
        (49, "8009030C: LdapErr: DSID-0C0905DC, data 52f, v3839", "--auth kerberos"),
        (49, "80090308: LdapErr: DSID-0C09042A, data 530, v3839", "logon hours"),
        (49, "80090308: LdapErr: DSID-0C09042A, data 531, v3839", "from here"),
        (49, "80090308: LdapErr: DSID-0C09042A, data 532, v3839", "change it"),
        (49, "80090308: LdapErr: DSID-0C09042A, data 533, v3839", "have it enabled"),
        (49, "8009030C: LdapErr: DSID-0C0905DC, data 569, v3839", "over the network"),
        (49, "8009030C: LdapErr: DSID-0C0905DC, data 576, v3839", "clock"),
        (49, "80090308: LdapErr: DSID-0C09042A, data 701, v3839", "end date"),
        (49, "80090308: LdapErr: DSID-0C09042A, data 773, v3839", "log on once"),
        (49, "80090308: LdapErr: DSID-0C09042A, data 775, v3839", "have it unlocked"),
        (49, "8009030C: LdapErr: DSID-0C0905DC, data 791, v3839", "forbids NTLM"),
        (49, "Invalid credentials", "user@domain"),
        (50, "", "may read the configuration partition"),
        (51, "", "busy"),
        (52, "", "not available"),
        (9999, "", ""),
    ],
)
def test_a_refused_bind_says_what_to_do(code: int, message: str, words: str) -> None:
    assert words in hint(code, message)


# As MIT Kerberos 1.20 words it, and as Windows numbers what it says in its own language.
KERBEROS = {
    "No credentials were supplied, ... No Kerberos credentials available (...)": "kinit",
    "Minor (2529638919): Server not found in Kerberos database": "full name",
    'Minor (2529639068): Cannot find KDC for realm "CORP.EXAMPLE"': "krb5.conf",
    "Minor (2529638936): Ticket expired": "kinit again",
    "Minor (2529638949): Clock skew too great": "clock",
    "the controller demands a security layer": "--auth simple over TLS",
    "[WinError -2146893042] Keine Anmeldeinformationen verfügbar": "log on",
    "[WinError -2146893053] Das angegebene Ziel ist unbekannt": "full name",
    "[WinError -2146893039] Es konnte keine Stelle kontaktiert werden": "gives tickets",
    "[WinError -2146893020] Die Uhren stimmen nicht überein": "clock",
    "something else": "klist",
}


@pytest.mark.parametrize(("problem", "words"), KERBEROS.items())
def test_a_kerberos_bind_that_failed_here_says_what_to_do(problem: str, words: str) -> None:
    assert words in exchange_hint("kerberos", problem)


def test_ldap3_is_not_loaded_before_a_controller_is_opened() -> None:
    program = "import sys, casaudit.collect.ldap; sys.exit('ldap3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
