"""The fences around ldap3, tried against a controller that misbehaves on a real socket."""

import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import ldap3
import pytest
import trustme

from casaudit.collect.ldap import (
    Credentials,
    Limits,
    LiveDirectory,
    Password,
    Trust,
    open_directory,
)
from casaudit.collect.ldap.guard import Meter, NotReading, guard
from casaudit.collect.ports import Query, SearchResult
from casaudit.errors import SourceError, UsageError
from casaudit.snapshot import Reason, SectionName
from tests.lab.ldap_message import Message
from tests.support.ldap_peer import Peer, done, entry, peer, with_rootdse, wrapped
from tests.support.listening import refusing_port

SECRET = "canary-4711"
AUDITOR = Credentials("simple", "auditor@corp.example", Password(SECRET))
PLAIN = Trust(allow_plaintext=True)
QUICK = Limits(connect=1, receive=1, operation=0.6, query=3, total=10, answer_bytes=2**20)
PATIENT = Limits(connect=60, receive=60, operation=60, query=120, total=300, answer_bytes=2**20)
"""For peers that answer: a busy machine is no silence."""
QUERY = Query(SectionName.DATABASES, "CN=Databases,DC=corp", "subtree", ("top",), ("cn",))

Script = Callable[[Message], Iterable[bytes]]


def opened(at: Peer, limits: Limits = PATIENT) -> LiveDirectory:
    return open_directory(at.url, AUDITOR, PLAIN, limits)


def asked(script: Script, limits: Limits = PATIENT) -> SearchResult:
    with peer(with_rootdse(script)) as controller, opened(controller, limits) as directory:
        return directory.search(QUERY)


# What leaves


WRITES: dict[str, Callable[[Any], object]] = {
    "add": lambda c: c.add("CN=x", "top"),
    "delete": lambda c: c.delete("CN=x"),
    "modify": lambda c: c.modify("CN=x", {"cn": [(ldap3.MODIFY_REPLACE, ["y"])]}),
    "rename": lambda c: c.modify_dn("CN=x", "CN=y"),
    "compare": lambda c: c.compare("CN=x", "cn", "y"),
    "password change": lambda c: c.extend.standard.modify_password("CN=x", "a", "b"),
    "another extension": lambda c: c.extended("1.3.6.1.4.1.1466.101.119.1"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_what_does_not_read_never_reaches_the_wire(write: Callable[[Any], object]) -> None:
    with peer(with_rootdse(lambda _: [])) as controller:
        port = int(controller.url.rpartition(":")[2])
        connection = ldap3.Connection(ldap3.Server("127.0.0.1", port, get_info=ldap3.NONE))
        operations: Counter[str] = Counter()
        guard(connection.strategy, operations)
        connection.bind()
        with pytest.raises(NotReading):
            write(connection)
        connection.unbind()
    assert set(controller.received) <= {"bind", "unbind"}
    assert operations == Counter(bind=1, unbind=1)


def test_without_the_guard_the_same_write_would_leave() -> None:
    with peer(with_rootdse(lambda _: [])) as controller:
        port = int(controller.url.rpartition(":")[2])
        server = ldap3.Server("127.0.0.1", port, get_info=ldap3.NONE)
        connection = ldap3.Connection(server, read_only=True, receive_timeout=1)
        connection.bind()
        with pytest.raises(ldap3.core.exceptions.LDAPException):
            connection.extend.standard.modify_password("CN=x", "a", "b")
    assert any(each.startswith("extended") for each in controller.received)


def test_a_collection_counts_what_it_sent() -> None:
    with peer(with_rootdse(lambda m: [done(m)])) as controller:
        with opened(controller) as directory:
            directory.search(QUERY)
            found = directory.controller()
        controller.wait_for("unbind")
    assert (found.bind, found.protection) == ("simple", "plaintext")
    assert found.operations == {"bind": 1, "search": 3}
    assert Counter(controller.received) == Counter(bind=1, search=3, unbind=1)


# What comes back


def test_values_stay_as_they_came_and_doubled_attributes_are_kept() -> None:
    def script(message: Message) -> Iterable[bytes]:
        attributes = [(b"cn", [b"\xff\xfe"]), (b"member", []), (b"cn", [b"2"])]
        return [entry(message, b"CN=a", *attributes), done(message)]

    (found,) = asked(script).entries
    assert found.attributes == {"cn": (b"\xff\xfe", b"2"), "member": ()}


def test_an_unknown_result_code_is_recorded_by_its_number() -> None:
    answer = asked(lambda m: [entry(m, b"CN=a"), done(m, code=4711)])
    assert [each.dn for each in answer.entries] == ["CN=a"]
    assert [gap.detail for gap in answer.gaps] == ["result 4711 (unknown)"]


def drip(message: Message) -> Iterable[bytes]:
    for byte in entry(message, b"CN=a" * 500):
        time.sleep(0.05)
        yield bytes((byte,))


def flood(message: Message) -> Iterable[bytes]:
    while True:
        yield entry(message, b"CN=a", (b"cn", [b"x" * 1_000])) * 50


def silence(message: Message) -> Iterable[bytes]:
    return []


def huge(message: Message) -> Iterable[bytes]:
    yield b"\x30\x84\x7f\xff\xff\xff"
    while True:
        yield bytes(65536)


def another_number(message: Message) -> Iterable[bytes]:
    message.number += 7
    return [done(message)]


HOSTILE: dict[str, tuple[Script, set[Reason]]] = {
    "silence": (silence, {Reason.TIMEOUT}),
    "one byte now and then": (drip, {Reason.TIMEOUT}),
    "entries for ever": (flood, {Reason.LIMIT, Reason.TIMEOUT}),
    "an answer of two gigabytes": (huge, {Reason.LIMIT, Reason.TIMEOUT}),
    "noise": (lambda _: [bytes(range(48, 148))], {Reason.MALFORMED, Reason.TIMEOUT}),
    "an answer to another question": (another_number, {Reason.UNREACHABLE}),
    "half an entry": (lambda m: [wrapped(m, 0x64, b"\x04")], {Reason.MALFORMED}),
    "a control that is none": (
        lambda m: [wrapped(m, 0x65, b"\x0a\x01\x00\x04\x00\x04\x00", b"\xa0\x02\x30\x00")],
        {Reason.MALFORMED},
    ),
}


@pytest.mark.parametrize(("script", "reasons"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_answer_costs_its_query_alone(script: Script, reasons: set[Reason]) -> None:
    answer = asked(script, QUICK if Reason.TIMEOUT in reasons else PATIENT)
    assert not answer.complete
    assert {gap.reason for gap in answer.gaps} <= reasons


def test_the_next_query_is_answered_over_a_new_connection() -> None:
    misbehaving = iter([True, False])

    def script(message: Message) -> Iterable[bytes]:
        return [] if next(misbehaving) else [entry(message, b"CN=b"), done(message)]

    limits = Limits(connect=60, receive=3, operation=3, query=9, total=120)
    with peer(with_rootdse(script)) as controller, opened(controller, limits) as directory:
        assert [gap.reason for gap in directory.search(QUERY).gaps] == [Reason.TIMEOUT]
        assert [each.dn for each in directory.search(QUERY).entries] == ["CN=b"]
    assert controller.received.count("bind") == 2


def test_a_meter_refuses_more_than_an_answer_may_hold() -> None:
    class Endless:
        def recv(self, size: int) -> bytes:
            return b"x" * size

    meter = Meter(Endless(), 100)  # type: ignore[arg-type]
    assert meter.recv(100) == b"x" * 100
    with pytest.raises(OSError, match="more than"):
        meter.recv(1)
    assert meter.full


# The bind


@pytest.mark.parametrize(("code", "words"), [(8, "StartTLS"), (49, "user@domain"), (4711, "")])
def test_a_refused_bind_ends_with_a_hint(code: int, words: str) -> None:
    with (
        peer(with_rootdse(lambda _: []), bind_code=code) as controller,
        pytest.raises(SourceError, match=f"refused the simple bind: result {code} ") as caught,
    ):
        opened(controller)
    assert words in caught.value.hint
    assert SECRET not in f"{caught.value!r} {caught.value} {caught.value.hint}"


def test_the_password_is_forgotten_after_the_bind() -> None:
    with peer(with_rootdse(lambda m: [done(m)])) as controller:
        directory = opened(controller)
        wire: Any = directory._connection
        kept = wire._connection
        assert SECRET not in repr(kept) + str(vars(kept))
        assert kept.password is None
        directory.close()


def test_nothing_secret_is_sent_before_tls() -> None:
    with peer(with_rootdse(lambda _: [])) as controller:
        limits = Limits(connect=1, receive=1, operation=0.5)
        with pytest.raises(SourceError):
            open_directory(controller.url, AUDITOR, Trust(), limits)
    assert set(controller.received) <= {"extended 1.3.6.1.4.1.1466.20037"}


def test_a_port_where_nobody_listens_is_said_to_be_unreachable() -> None:
    with refusing_port() as port, pytest.raises(SourceError, match="cannot be reached") as caught:
        open_directory(f"ldap://127.0.0.1:{port}", AUDITOR, PLAIN, PATIENT)
    assert "port" in caught.value.hint


def test_a_ca_file_without_certificates_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("nothing")
    with pytest.raises(UsageError, match="holds no certificates"):
        open_directory("ldaps://127.0.0.1", AUDITOR, Trust(ca_file=empty))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def ldaps(authority: trustme.CA, name: str, **settings: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    for setting, value in settings.items():
        setattr(context, setting, value)
    return context


def trusting(authority: trustme.CA, folder: Path, **settings: Any) -> Trust:
    path = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return Trust(path, **settings)


def test_a_controller_is_trusted_under_its_own_name(authority: trustme.CA, tmp_path: Path) -> None:
    script, context = with_rootdse(lambda m: [done(m)]), ldaps(authority, "127.0.0.1")
    with peer(script, context=context) as controller:
        url = controller.url.replace("ldap:", "ldaps:")
        with open_directory(url, AUDITOR, trusting(authority, tmp_path), PATIENT) as directory:
            assert directory.search(QUERY).complete
            assert directory.controller().protection == "ldaps"


UNTRUSTED: dict[str, tuple[str, bool, str]] = {
    "another name": ("dc9.corp.example", True, "IP address mismatch"),
    "another authority": ("127.0.0.1", False, "unable to get local issuer certificate"),
}


@pytest.mark.parametrize(("name", "known", "problem"), UNTRUSTED.values(), ids=UNTRUSTED)
def test_a_controller_that_is_not_trusted_never_gets_the_password(
    authority: trustme.CA, tmp_path: Path, name: str, known: bool, problem: str
) -> None:
    trust = trusting(authority if known else trustme.CA(), tmp_path)
    with peer(with_rootdse(lambda _: []), context=ldaps(authority, name)) as controller:
        url = controller.url.replace("ldap:", "ldaps:")
        with pytest.raises(SourceError, match=problem) as caught:
            open_directory(url, AUDITOR, trust, PATIENT)
    assert "--ca-file" in caught.value.hint
    assert controller.received == []


@pytest.mark.filterwarnings("ignore:.*TLSv1_1 is deprecated:DeprecationWarning")
@pytest.mark.parametrize("legacy", [True, False])
def test_old_tls_is_accepted_on_request_only(
    authority: trustme.CA, tmp_path: Path, legacy: bool
) -> None:
    old = ldaps(authority, "127.0.0.1", maximum_version=ssl.TLSVersion.TLSv1_1)
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    trust = trusting(authority, tmp_path, legacy_tls=legacy)
    with peer(with_rootdse(lambda _: []), context=old) as controller:
        url = controller.url.replace("ldap:", "ldaps:")
        if legacy:
            open_directory(url, AUDITOR, trust, PATIENT).close()
        else:
            with pytest.raises(SourceError, match="no TLS") as caught:
                open_directory(url, AUDITOR, trust, PATIENT)
            assert "2008 R2" in caught.value.hint
