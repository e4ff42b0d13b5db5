"""The recording directory: which LDAP operations a client really sent."""

from collections import Counter
from pathlib import Path
from typing import Self

from tests.lab.ldap_message import START_TLS, Message
from tests.lab.ldap_proxy import LdapProxy, Session
from tests.lab.pki import Identity

READ_ONLY = frozenset(
    (
        "bind",
        "unbind",
        "search",
        "abandon",
        f"extended {START_TLS}",
        "extended 1.3.6.1.4.1.4203.1.11.3",  # who am I
    )
)
"""Everything that a read-only client may send."""


class Recorder(LdapProxy):
    """A proxy that counts the client's messages by operation."""

    def __init__(self, address: str, upstream: str, identity: Identity, ca_file: Path) -> None:
        """Describe a recorder in front of the controller at ``upstream``."""
        super().__init__(address, upstream, identity, ca_file)
        self._operations: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._operations.clear()
        return super().__enter__()

    @property
    def operations(self) -> Counter[str]:
        """How often each operation came; clients that have gone are counted to their end."""
        self.settle()
        return Counter(self._operations)

    @property
    def forbidden(self) -> Counter[str]:
        """The operations that a read-only client must not send."""
        seen = self.operations
        return Counter({name: seen[name] for name in seen.keys() - READ_ONLY})

    def session(self) -> Session:
        """Return a session that counts."""
        return _Counting(self._operations)


class _Counting(Session):
    def __init__(self, operations: Counter[str]) -> None:
        self._operations = operations

    def request(self, message: Message) -> bytes:
        self._operations[message.operation] += 1
        return message.data

    def garbage(self) -> None:
        self._operations["garbage"] += 1
