"""Addresses as people write them in options, and which of them a probe may contact."""

import ipaddress

from casaudit.errors import UsageError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def host_and_port(address: str, port: int) -> str:
    """Return ``address:port``, with brackets around an IPv6 address."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def split(text: str, option: str, default_port: int | None = None) -> tuple[str, int]:
    """Return address and port of ``ADDRESS[:PORT]``.

    Args:
        text: as given on the command line.
        option: the option's name, for the error.
        default_port: the port where none is written; ``None`` when one must be.

    Raises:
        UsageError: not an address literal, or not a port.
    """
    # First of all, because any colon of a bare IPv6 address could be the one before a port.
    bare = ip_literal(text)
    if bare is not None and default_port is not None:
        return str(bare), default_port
    host, colon, port = text.rpartition(":")
    address = ip_literal(host)
    bracketed = host.startswith("[")
    # 2001:db8::1:53 has two readings, so an IPv6 address with a port needs its brackets (RFC 3986,
    # section 3.2.2).
    if not colon or address is None or (address.version == 6 and not bracketed):
        raise UsageError(
            f"{option} {text}",
            "not ADDRESS:PORT",
            "write an IP address such as 10.0.0.53:53 or [2001:db8::53]:53, not a name",
        )
    return str(address), port_number(port, option)


def port_number(text: str, option: str) -> int:
    """Return a TCP or UDP port.

    Raises:
        UsageError: not a number from 1 to 65535.
    """
    # isdigit() alone takes superscripts, which int() refuses.
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise UsageError(f"{option} {text}", "not a port number from 1 to 65535")
    return int(text)


def ip_literal(text: str) -> IPAddress | None:
    """Return the address that a text spells, in brackets or not; ``None`` for anything else.

    Addresses with a zone (``fe80::1%eth0``) mean something on one machine only: ``None``.
    """
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        return None if "%" in inner else ipaddress.ip_address(inner)
    except ValueError:
        return None


def why_not(address: str) -> str:
    """Say why a probe must not follow a name to this address; an empty text when it may."""
    found = ip_literal(address)
    # ::ffff:127.0.0.1 leads to loopback as well, and only the address inside tells.
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found is None:
        return "not an IP address"
    kinds = {
        "unspecified": found.is_unspecified,
        "loopback": found.is_loopback,
        "link-local": found.is_link_local,
        "multicast": found.is_multicast,
        # ipaddress has no property for the limited broadcast address (RFC 919).
        "broadcast": str(found) == "255.255.255.255",
    }
    return next((kind for kind, is_so in kinds.items() if is_so), "")
