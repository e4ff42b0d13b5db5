"""The limits that a Windows controller sets and Samba does not: page size and values per answer."""

from tests.lab import ber
from tests.lab.ldap_message import (
    PAGED_RESULTS,
    SEARCH_DONE,
    SEARCH_ENTRY,
    SEARCH_REQUEST,
    Message,
)
from tests.lab.ldap_proxy import LdapProxy, Session

MAX_PAGE_SIZE = 1000
MAX_VALUE_RANGE = 1500
_SIZE_LIMIT_EXCEEDED = 4
_SET = 0x31


class WindowsLimits(LdapProxy):
    """A proxy with MaxPageSize 1000 and MaxValRange 1500, the defaults of Active Directory."""

    def session(self) -> Session:
        """Return a session that holds the limits."""
        return _Limited()


class _Limited(Session):
    """Cuts off what Windows would not send: entries after the first page, values after a range."""

    def __init__(self) -> None:
        self._left: dict[int, int] = {}

    def request(self, message: Message) -> bytes:
        if message.tag != SEARCH_REQUEST:
            return message.data
        controls = [control for part in message.controls for control in ber.children(part)]
        if not any(PAGED_RESULTS in content for _, content in controls):
            self._left[message.number] = MAX_PAGE_SIZE
            return message.data
        return message.rebuilt(message.content, b"".join(map(_small_page, controls)))

    def answer(self, message: Message) -> bytes:
        left = self._left.get(message.number, MAX_PAGE_SIZE)
        if message.tag == SEARCH_ENTRY:
            self._left[message.number] = left - 1
            return message.rebuilt(_short_ranges(message.content)) if left > 0 else b""
        if message.tag == SEARCH_DONE:
            self._left.pop(message.number, None)
            if left < 0:
                return message.rebuilt(_size_limit())
        return message.data


def _size_limit() -> bytes:
    code = ber.integer(_SIZE_LIMIT_EXCEEDED, ber.ENUMERATED)
    empty = ber.element(ber.OCTET_STRING)
    return code + empty + empty


def _small_page(control: tuple[int, bytes]) -> bytes:
    """Ask for no more than the largest page in a paged results control."""
    tag, content = control
    parts = list(ber.children(content))
    if parts[0][1] != PAGED_RESULTS:
        return ber.element(tag, content)
    _, inner = next(ber.children(parts[-1][1]))
    (_, size), (_, cookie) = ber.children(inner)
    small = ber.integer(min(int.from_bytes(size, "big"), MAX_PAGE_SIZE))
    value = ber.element(ber.SEQUENCE, small, ber.element(ber.OCTET_STRING, cookie))
    kept = [ber.element(*part) for part in parts[:-1]]
    return ber.element(tag, *kept, ber.element(ber.OCTET_STRING, value))


def _short_ranges(entry: bytes) -> bytes:
    """Give no attribute of an entry more values than one range."""
    (_, name), (_, attributes) = ber.children(entry)
    short = [_short(attribute) for _, attribute in ber.children(attributes)]
    return ber.element(ber.OCTET_STRING, name) + ber.element(ber.SEQUENCE, *short)


def _short(attribute: bytes) -> bytes:
    (_, name), (_, values) = ber.children(attribute)
    kept = list(ber.children(values))
    if len(kept) <= MAX_VALUE_RANGE:
        return ber.element(ber.SEQUENCE, attribute)
    plain, _, asked = name.decode().partition(";range=")
    first = int(asked.partition("-")[0] or 0)
    ranged = f"{plain};range={first}-{first + MAX_VALUE_RANGE - 1}".encode()
    some = ber.element(_SET, *(ber.element(*value) for value in kept[:MAX_VALUE_RANGE]))
    part = ber.element(ber.SEQUENCE, ber.element(ber.OCTET_STRING, ranged), some)
    if asked:
        return part
    # Active Directory names the attribute a second time, without values.
    empty = ber.element(ber.SEQUENCE, ber.element(ber.OCTET_STRING, name), ber.element(_SET))
    return empty + part
