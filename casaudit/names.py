"""Normalising and comparing the names that clients use: DNS names, URLs, certificate names.

Every comparison of names in casaudit goes through ``norm``; the rules see only
the normalised columns, the reports show the value as it was stored.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

import idna


def norm(name: str | None) -> str | None:
    """Return the form of a DNS name in which equal names are equal texts.

    Trimmed, lower case, one trailing dot removed, international labels as A-labels.
    A text that is no valid international name is lowered only, so that it still
    equals itself. ``None`` and blank text give ``None``.
    """
    if name is None:
        return None
    text = name.strip()
    # One dot only: a second one makes an empty label, which no name has.
    text = text[:-1] if text.endswith(".") else text
    if not text:
        return None
    # idna refuses underscores, which ASCII names in DNS do have.
    if text.isascii():
        return text.lower()
    try:
        # UTS 46 first folds capitals, full-width letters and other full stops, as browsers do.
        return idna.encode(text, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        return text.lower()


def host(url: str | None) -> str | None:
    """Return the normalised host of a URL, without port; a bare host is taken as it is.

    Outlook Anywhere stores a URL or a bare host name, so both forms are read.
    ``None``, blank text and text without a host give ``None``.
    """
    if url is None or not url.strip():
        return None
    text = url.strip()
    try:
        # Without the slashes urlsplit takes a bare host for a path, and host:port for a scheme.
        found = urlsplit(text if "://" in text else f"//{text}").hostname
    except ValueError:
        return None
    return norm(found)


def port(url: str | None) -> int | None:
    """Return the TCP port that a URL names or implies (443 for https, 80 for http)."""
    if url is None or host(url) is None:
        return None
    text = url.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        return parts.port or {"https": 443, "http": 80}.get(parts.scheme.lower())
    except ValueError:
        return None


def is_address(text: str | None) -> bool:
    """Tell whether a text is an IPv4 or IPv6 address literal."""
    try:
        ipaddress.ip_address((text or "").strip("[]"))
    except ValueError:
        return False
    return True


_PATHS = {
    "owa": "/owa",
    "ecp": "/ecp",
    "ews": "/EWS/Exchange.asmx",
    "eas": "/Microsoft-Server-ActiveSync",
    "oab": "/OAB",
    "outlook_anywhere": "/rpc",
    "scp": "/Autodiscover/Autodiscover.xml",
}
"""The path of each service's URL; IIS compares it without regard to letter case."""


def url_problem(url: str | None, service: str) -> str | None:
    """Return what is wrong with the form of a URL that clients are given, or ``None``.

    Whether it is encrypted is another question. Outlook Anywhere stores a bare host as well.

    Args:
        url: as stored; no URL is nothing wrong.
        service: what it leads to; the path is looked at where the service has one of its own.
    """
    if url is None:
        return None
    if re.search(r"\s", url):
        return "it has white space in it"
    is_rpc = service == "outlook_anywhere"
    try:
        parts = urlsplit(f"https://{url}" if is_rpc and "://" not in url else url)
        # Reading the port raises where it is no number that a port can have.
        name, _ = parts.hostname, parts.port
    except ValueError:
        return "it cannot be read as a URL"
    if parts.scheme not in {"http", "https"} or not name:
        return "it cannot be read as a URL"
    if "@" in parts.netloc:
        return "it carries a user name"
    if not is_address(name) and "." not in name:
        return "its host has no domain part"
    path, wanted = parts.path.rstrip("/"), _PATHS.get(service)
    if wanted is None or path.lower() == wanted.lower() or (is_rpc and not path):
        return None
    return f"its path is not {wanted}"


def covers(presented: Iterable[str], name: str | None) -> bool | None:
    """Tell whether a certificate stands for the name or address that a client asks for.

    As RFC 9525, section 6, has it, which follows RFC 6125: the client's name is normalised, what
    the certificate presents is compared as it stands there, letter case apart. ``*`` counts as the
    whole left-most label only, stands for exactly one, and needs two labels behind it, as OpenSSL
    and curl demand. An address is compared with addresses only.

    Args:
        presented: the DNS names of a certificate (its common name only where it has no DNS name),
            and its addresses in brackets, of whatever version; ``[]`` for some that were not read.
        name: a host name or address.

    Returns:
        ``None`` when there is no name to look for, or when it may be an address that was not read.
    """
    wanted = norm(name)
    if wanted is None:
        return None
    if is_address(wanted):
        return _covers_address(set(presented), wanted)
    label, _, parent = wanted.partition(".")
    patterns = {each.lower() for each in presented if each.isascii()}
    if "." in parent and _LABEL_IN_DNS.fullmatch(label) and f"*.{parent}" in patterns:
        return True
    return "*" not in wanted and wanted in patterns


def _covers_address(presented: set[str], wanted: str) -> bool | None:
    spelt = {each[1:-1] for each in presented if each.startswith("[") and each.endswith("]")}
    same = ipaddress.ip_address(wanted.strip("[]"))
    if any(is_address(each) and ipaddress.ip_address(each) == same for each in spelt):
        return True
    return None if "" in spelt else False


# What a name in DNS is made of in practice: with the underscore, which no host name has.
_LABEL_IN_DNS = re.compile(r"[a-z0-9_-]+")
# RFC 1123, section 2.1: letters, digits and inner hyphens. DNS itself would take more.
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.IGNORECASE)


def fqdn_problem(name: str | None) -> str | None:
    """Return why a text cannot serve as a fully qualified host name, or ``None`` when it can."""
    if name is None or not name.strip():
        return "it is empty"
    if name != name.strip():
        return "it has white space around it"
    if is_address(name):
        return "it is an IP address"
    wanted = norm(name) or ""
    if "." not in wanted:
        return "it has no domain part"
    # RFC 1035, section 3.1: 255 octets on the wire, two of them the first length and the root.
    if len(wanted) > 253:
        return "it is longer than 253 characters"
    bad = next((label for label in wanted.split(".") if not _LABEL.fullmatch(label)), None)
    return None if bad is None else f"the label {bad!r} is not a host name label"


_ODD = re.compile(r"[^a-z0-9]+")


def plain_label(text: str | None) -> str | None:
    """Return a name as ASCII letters, digits and hyphens; ``None`` where nothing would be left.

    Marks fall off letters, and what else a directory allows becomes a hyphen: a command line, a
    file name and DNS take the result as it is.
    """
    plain = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode().lower()
    # At most 63 octets go into one label of a DNS name (RFC 1035), with room for a prefix.
    return _ODD.sub("-", plain).strip("-")[:50].rstrip("-") or None
