"""The fences around ldap3 2.9.1, which by itself sends what it is told and trusts what it gets.

- Only reading leaves: whatever is not a bind, unbind, search, abandon, StartTLS or "who am I"
  is stopped before it reaches the wire, and everything sent is counted.
- Answers stay raw: values are never decoded or guessed, doubled attributes are kept, unknown
  result codes are no error.
- An answer ends: after its time, or when it grew too large, the socket is shut.
"""

import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from casaudit.collect.ldap.paging import RawEntry

_READING = frozenset({"bindRequest", "unbindRequest", "searchRequest", "abandonRequest"})
_START_TLS = "1.3.6.1.4.1.1466.20037"
_WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3"
_EXTENSIONS = {_START_TLS: "startTLS", _WHO_AM_I: "whoAmI"}
_BIND_DONE, _SEARCH_ENTRY, _SEARCH_DONE = 1, 4, 5
_SASL_CREDENTIALS = 7


class NotReading(Exception):
    """Something that does not read was about to be sent; it was not."""


def guard(strategy: Any, operations: Counter[str]) -> None:
    """Let only reading operations through an ldap3 strategy, and count them."""
    send = strategy.sending

    def sending(message: Any) -> None:
        operations[_permitted(message["protocolOp"])] += 1
        send(message)

    # Whatever ldap3 sends passes here. Its own read_only=True only stops add, modify, delete and
    # rename of the Connection class: extended operations get through.
    strategy.sending = sending


def _permitted(operation: Any) -> str:
    """Return the name under which an operation is counted."""
    name = str(operation.getName())
    if name == "extendedReq":
        requested = str(operation.getComponent()["requestName"])
        if requested in _EXTENSIONS:
            return _EXTENSIONS[requested]
        name = f"extended operation {requested}"
    elif name in _READING:
        return name.removesuffix("Request")
    raise NotReading(f"refused to send {name}: this program only reads")


def keep_raw(strategy: Any) -> None:
    """Let an ldap3 strategy give entries as ``RawEntry``, and every result code as its number."""
    decode = strategy.decode_response_fast

    def decode_response_fast(message: dict[str, Any]) -> dict[str, Any]:
        payload = message["payload"]
        # ldap3 would fold the attributes of an entry into a dict, where the second of two equal
        # names is lost, and would look up a result code in a table that need not know it.
        if message["protocolOp"] == _SEARCH_ENTRY:
            return {"type": "searchResEntry", "raw": _entry(payload)}
        if message["protocolOp"] == _BIND_DONE:
            given = (bytes(each[3]) for each in payload[3:] if each[2] == _SASL_CREDENTIALS)
            return {**_result("bindResponse", payload), "saslCreds": next(given, None)}
        if message["protocolOp"] == _SEARCH_DONE:
            controls = [strategy.decode_control_fast(each[3]) for each in message["controls"] or ()]
            return {**_result("searchResDone", payload), "controls": dict(controls)}
        decoded: dict[str, Any] = decode(message)
        return decoded

    strategy.decode_response_fast = decode_response_fast


def _result(kind: str, payload: Any) -> dict[str, Any]:
    # All the keys that ldap3 looks up in a result; its own decoder did not run.
    return {
        "type": kind,
        "result": int(payload[0][3]),
        "description": "",
        "dn": "",
        "message": bytes(payload[2][3]).decode("utf-8", "replace"),
        "referrals": None,
    }


def _entry(payload: Any) -> RawEntry:
    dn, attributes = payload[0][3], payload[1][3]
    pairs = ((each[3][0][3], each[3][1][3]) for each in attributes)
    return RawEntry(
        bytes(dn),
        tuple(
            (bytes(name).decode("ascii", "replace"), tuple(bytes(value[3]) for value in values))
            for name, values in pairs
        ),
    )


class Meter:
    """A socket that counts what it receives and refuses more than one answer may hold."""

    def __init__(self, wrapped: socket.socket, most: int) -> None:
        self.received = 0
        self.full = False
        self._wrapped = wrapped
        self._most = most

    def recv(self, size: int) -> bytes:
        """Receive like the socket."""
        data = self._wrapped.recv(size)
        self.received += len(data)
        if self.received > self._most:
            self.full = True
            raise OSError(f"an answer of more than {self._most // 2**20} MiB")
        return data

    # ldap3 needs more of a socket than recv(): sending, time-outs, the peer's certificate.
    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapped, name)


@contextlib.contextmanager
def watchdog(current: Callable[[], Any], seconds: float) -> Iterator[threading.Event]:
    """Shut a connection's socket when a block of code takes longer than it may.

    Args:
        current: returns the socket, or ``None``.
        seconds: how long the block may take.

    Yields:
        An event that tells whether the time ran out.
    """
    expired = threading.Event()

    def cut() -> None:
        expired.set()
        # Not close(): a thread that waits in recv() wakes up from a shutdown only.
        with contextlib.suppress(Exception):
            current().shutdown(socket.SHUT_RDWR)

    # A socket's own time-out counts from the last piece that came: a peer that sends a byte now
    # and then would never run into it.
    timer = threading.Timer(max(seconds, 0.001), cut)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
