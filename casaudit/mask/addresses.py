"""Replacing IP addresses so that networks stay networks.

Two addresses share as many leading bits after the replacement as before, so an address is in the
same subnet still. What kind of address it is stays too: private, loopback, link-local, multicast.
"""

import hashlib
import hmac
import ipaddress
from functools import lru_cache

# Of version 4, 224.0.0.0/3 is multicast and reserved; of version 6, 2000::/3 is what is given out.
_KINDS = (
    "0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
    "224.0.0.0/3", "0.0.0.0/32", "::/128", "::1/128", "::/96", "::ffff:0:0/96", "2000::/3",
    "fc00::/7", "fe80::/16", "ff00::/8",
)  # fmt: skip
_BITS = {4: 32, 6: 128}


def _bits(value: int, width: int, length: int) -> str:
    return f"{value:0{width}b}"[:length]


def _ancestors() -> dict[int, frozenset[str]]:
    """Leading bits that have to stay, because the kinds of addresses part below them."""
    found: dict[int, set[str]] = {4: set(), 6: set()}
    for network in map(ipaddress.ip_network, _KINDS):
        bits = _bits(int(network[0]), _BITS[network.version], network.prefixlen)
        found[network.version] |= {bits[:length] for length in range(len(bits))}
    return {version: frozenset(prefixes) for version, prefixes in found.items()}


_FIXED = _ancestors()


class Addresses:
    """Replaces addresses by a secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        # One HMAC for a prefix, which all addresses of a network share.
        self._turn = lru_cache(maxsize=1 << 16)(self._turns)

    def replaced(self, text: str) -> str | None:
        """Return the replacement of an address or a network; ``None`` when the text is neither."""
        address, slash, prefix = text.partition("/")
        try:
            known = ipaddress.ip_address(address)
            network = ipaddress.ip_network(text, strict=False) if slash else None
        except ValueError:
            return None
        if known.is_loopback:
            return text
        width = _BITS[known.version]
        # The host bits of a network are zero and stay so.
        kept = width if network is None else network.prefixlen
        value = int(self._bits(_bits(int(known), width, kept), known.version).ljust(width, "0"), 2)
        found = ipaddress.ip_address(value.to_bytes(width // 8, "big"))
        return f"{found}{slash}{prefix}"

    def _bits(self, bits: str, version: int) -> str:
        turned = ""
        for at, bit in enumerate(bits):
            # As in Crypto-PAn the bits before decide if a bit turns: equal prefixes stay equal.
            before = bits[:at]
            is_fixed = before in _FIXED[version]
            turned += bit if is_fixed else str(int(bit) ^ self._turn(before, version))
        return turned

    def _turns(self, before: str, version: int) -> int:
        text = f"address {version} {before}".encode()
        return hmac.digest(self._secret, text, hashlib.sha256)[0] & 1
