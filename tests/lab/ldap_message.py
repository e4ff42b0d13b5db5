"""What one LDAP message is: its number, its operation, and the parts that the proxies look at."""

from functools import cached_property

from tests.lab import ber

START_TLS = "1.3.6.1.4.1.1466.20037"
PAGED_RESULTS = b"1.2.840.113556.1.4.319"

SEARCH_REQUEST = 0x63
SEARCH_ENTRY = 0x64
SEARCH_DONE = 0x65
EXTENDED_REQUEST = 0x77
CONTROLS = 0xA0
_EXTENDED_NAME = 0x80

NAMES = {
    0x42: "unbind",
    0x4A: "delete",
    0x50: "abandon",
    0x60: "bind",
    SEARCH_REQUEST: "search",
    0x66: "modify",
    0x68: "add",
    0x6C: "modify DN",
    0x6E: "compare",
    EXTENDED_REQUEST: "extended",
}


class Message:
    """One whole LDAP message as it came."""

    def __init__(self, data: bytes) -> None:
        """Take a message apart as far as its three parts."""
        self.data = data
        found = ber.header(data)
        if found is None or found[0] != ber.SEQUENCE:
            raise ber.BerError("not an LDAP message")
        parts = list(ber.children(data[found[1] : found[2]]))
        if len(parts) < 2:
            raise ber.BerError("not an LDAP message")
        self.number = int.from_bytes(parts[0][1], "big")
        self.tag, self.content = parts[1]
        self.controls = [content for tag, content in parts[2:] if tag == CONTROLS]

    @property
    def operation(self) -> str:
        """The operation's name; an extended one carries its identifier."""
        name = NAMES.get(self.tag, f"0x{self.tag:02x}")
        return f"{name} {self.extended_name}" if self.extended_name else name

    @cached_property
    def extended_name(self) -> str | None:
        """The identifier of an extended request."""
        if self.tag != EXTENDED_REQUEST:
            return None
        parts = dict(ber.children(self.content))
        return parts.get(_EXTENDED_NAME, b"").decode("ascii", "backslashreplace")

    @property
    def result_code(self) -> int:
        """The result code of an answer that has one."""
        return int.from_bytes(next(ber.children(self.content))[1], "big")

    def rebuilt(self, content: bytes, controls: bytes | None = None) -> bytes:
        """Return the message with other content, and other controls when some are given."""
        kept = [ber.element(CONTROLS, part) for part in self.controls]
        changed = kept if controls is None else [ber.element(CONTROLS, controls)]
        number = ber.integer(self.number)
        return ber.element(ber.SEQUENCE, number, ber.element(self.tag, content), *changed)
