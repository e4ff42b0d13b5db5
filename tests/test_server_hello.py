"""The reader of a server hello takes what is right and refuses all else by ValueError."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casaudit.collect.tls.server_hello import FatalAlert, ServerHello, looks_like_tls

LEAF, ROOT = b"\x30leaf", b"\x30root"


def record(kind: int, body: bytes) -> bytes:
    return bytes((kind, 3, 1)) + len(body).to_bytes(2) + body


def message(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + len(body).to_bytes(3) + body


def server_hello(version: bytes = b"\x03\x01", tail: bytes = b"") -> bytes:
    return message(2, version + bytes(32) + b"\x02id" + b"\x00\x2f" + b"\x00" + tail)


def certificates(*chain: bytes) -> bytes:
    listed = b"".join(len(each).to_bytes(3) + each for each in chain)
    return message(11, len(listed).to_bytes(3) + listed)


GOOD = record(22, server_hello()) + record(22, certificates(LEAF, ROOT))
IN_PIECES = server_hello() + certificates(LEAF, ROOT)


def read(data: bytes) -> ServerHello:
    answer = ServerHello()
    answer.feed(data)
    return answer


@given(st.integers(1, len(GOOD)))
def test_the_size_of_the_pieces_that_arrive_does_not_matter(size: int) -> None:
    answer = ServerHello()
    for at in range(0, len(GOOD), size):
        answer.feed(GOOD[at : at + size])
    assert (answer.version, answer.cipher, answer.chain) == ((3, 1), 0x2F, (LEAF, ROOT))


@given(st.integers(1, len(IN_PIECES)))
def test_messages_may_be_spread_over_records(size: int) -> None:
    pieces = [IN_PIECES[at : at + size] for at in range(0, len(IN_PIECES), size)]
    assert read(b"".join(record(22, piece) for piece in pieces)).chain == (LEAF, ROOT)


def test_tls_1_3_says_its_version_in_an_extension() -> None:
    tail = b"\x00\x0a" + b"\x00\x33\x00\x00" + b"\x00\x2b\x00\x02\x03\x04"
    answer = read(record(22, server_hello(b"\x03\x03", tail)))
    assert (answer.version, answer.chain) == ((3, 4), None)


def test_a_warning_before_the_hello_is_passed_over() -> None:
    unrecognised_name = record(21, b"\x01\x70")
    assert read(unrecognised_name + GOOD).chain == (LEAF, ROOT)


def test_what_follows_the_certificates_is_not_read() -> None:
    assert read(GOOD + b"garbage").chain == (LEAF, ROOT)


def test_a_fatal_alert_carries_its_number() -> None:
    with pytest.raises(FatalAlert) as caught:
        read(record(21, b"\x02\x46"))
    assert caught.value.description == 70


BAD = {
    "plain HTTP": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "an empty record": b"\x16\x03\x01\x00\x00",
    "a record that is too long": b"\x16\x03\x01\x48\x01",
    "a record of SSL 2": b"\x16\x02\x00\x00\x05",
    "an alert that closes": record(21, b"\x01\x00"),
    "an alert of one byte": record(21, b"\x01"),
    "warnings without end": record(21, b"\x01\x70") * 9,
    "application data": record(23, b"x"),
    "a message over 1 MiB": record(22, b"\x02\x10\x00\x01"),
    "certificates before the hello": record(22, certificates(LEAF)),
    "two hellos": record(22, server_hello() + server_hello()),
    "another message instead": record(22, server_hello() + message(14, b"")),
    "a version that does not exist": record(22, server_hello(b"\x03\x05")),
    "a hello cut short": record(22, message(2, b"\x03\x01" + bytes(31))),
    "a session id longer than the hello": record(22, message(2, b"\x03\x01" + bytes(32) + b"\xff")),
    "half an extension": record(22, server_hello(tail=b"\x00\x01\x00")),
    "no certificate": record(22, server_hello() + certificates()),
    "an empty certificate": record(22, server_hello() + certificates(b"")),
    "33 certificates": record(22, server_hello() + certificates(*[LEAF] * 33)),
    "a list longer than its message": record(22, server_hello() + message(11, b"\x00\xff\xff")),
    "a certificate longer than its list": record(
        22, server_hello() + message(11, b"\x00\x00\x04\x00\x00\x09x")
    ),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        read(data)


@given(st.binary(max_size=300))
@example(b"")
def test_any_bytes_give_a_hello_or_a_value_error(data: bytes) -> None:
    try:
        assert read(data).chain is None
    except ValueError:
        assert data


@settings(max_examples=1000)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=6))
def test_a_mutated_hello_gives_certificates_or_a_value_error(edits: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for at, value in edits:
        data[at] = value
    try:
        answer = read(bytes(data))
    except ValueError:
        return
    assert answer.chain is None or all(answer.chain)


def test_a_megabyte_of_records_of_one_byte_is_refused_quickly() -> None:
    answer, begun = ServerHello(), time.thread_time()
    head = message(2, bytes(2**20 - 1))[:4]
    with pytest.raises(ValueError, match="1 MiB"):
        for byte in head + bytes(2**18):
            answer.feed(record(22, bytes((byte,))))
    assert time.thread_time() - begun < 20  # of the processor; a second copy a byte is hours


def test_only_an_alert_or_a_handshake_looks_like_tls() -> None:
    assert [looks_like_tls(each) for each in (b"\x15", b"\x16\x03", b"H", b"")] == [
        True,
        True,
        False,
        False,
    ]
