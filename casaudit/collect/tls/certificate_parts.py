"""Cutting a certificate apart, so that one odd part takes no other with it.

cryptography opens a certificate whole, and reads its extensions as one list: an odd time, an
explicit ``critical=FALSE``, ``CA:FALSE, pathlen:0`` or an empty list of purposes hides everything
beside it. A part that is put into an otherwise ordinary certificate is read by the same library as
every other certificate, alone.
"""

import ipaddress
from collections.abc import Iterator, Mapping

from cryptography import x509

_SEQUENCE, _SET, _VERSION, _EXTENSIONS = 0x30, 0x31, 0xA0, 0xA3
_UTF8, _OLD_TEXTS = 0x0C, (0x13, 0x14, 0x16)  # PrintableString, T61String, IA5String
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87  # two of the nine kinds of names (RFC 5280, section 4.2.1.6)
_BASIC_CONSTRAINTS = bytes.fromhex("0603551d13")  # 2.5.29.19
_ALTERNATIVE_NAME = bytes.fromhex("0603551d11")  # 2.5.29.17
_VERSION_3, _NO_SIGNATURE = bytes.fromhex("a003020102"), bytes.fromhex("030100")
_ED25519 = bytes.fromhex("300506032b6570")
_ORDINARY = {
    "serial": bytes.fromhex("020101"),
    "algorithm": _ED25519,
    "issuer": bytes.fromhex("3000"),
    "not_before": bytes.fromhex("170d") + b"200101000000Z",
    "not_after": bytes.fromhex("170d") + b"200101000000Z",
    "subject": bytes.fromhex("3000"),
    "key": bytes.fromhex("302a300506032b6570032100") + bytes(32),
}
"""The parts of a certificate in their order, each as small as it can be."""


class CertificateParts:
    """The parts of a certificate as sent, whatever is in them.

    Raises:
        ValueError: the bytes are not built like a certificate.
    """

    def __init__(self, der: bytes) -> None:
        self.der = der
        signed, algorithm, _ = _children(_only(der))
        parts = _children(signed)
        if parts and parts[0][0] == _VERSION:
            del parts[0]
        # The algorithm inside says the same as the one outside, which is read.
        serial, _, issuer, validity, subject, key, *rest = parts
        not_before, not_after = _children(validity)
        self._own = {
            "serial": serial,
            "algorithm": algorithm,
            "issuer": _text(issuer),
            "not_before": not_before,
            "not_after": not_after,
            "subject": _text(subject),
            "key": key,
        }
        lists = [_only(_content(each)) for each in rest if each[0] == _EXTENSIONS]
        self._extensions = [_children(each) for every in lists for each in _children(every)]

    def only(self, *names: str) -> x509.Certificate:
        """Return a certificate, without extensions, in which these parts are the stranger's own.

        Args:
            names: of ``serial``, ``algorithm``, ``issuer``, ``not_before``, ``not_after``,
                ``subject`` and ``key``.

        Raises:
            ValueError: one of them cannot be read.
        """
        return _certificate({name: self._own[name] for name in names})

    def is_ca(self) -> bool | None:
        """Return whether basic constraints make it an authority; ``None`` without them."""
        value = self._extension(_BASIC_CONSTRAINTS)
        if value is None:
            return None
        alone = _certificate({}, _made(_SEQUENCE, _BASIC_CONSTRAINTS + value))
        return alone.extensions.get_extension_for_class(x509.BasicConstraints).value.ca

    def dns_names(self) -> tuple[str, ...] | None:
        """Return the DNS names as stored, bytes that are no text as escapes."""
        names = self._names(_DNS_NAME)
        # Kept, because no client takes such a name for any host, and the others stand beside it.
        if names is None:
            return None
        return tuple(name.decode("utf-8", "backslashreplace") for name in names)

    def ip_addresses(self) -> tuple[str, ...] | None:
        """Return the addresses."""
        names = self._names(_IP_ADDRESS)
        return None if names is None else tuple(str(ipaddress.ip_address(each)) for each in names)

    def _names(self, tag: int) -> tuple[bytes, ...] | None:
        value = self._extension(_ALTERNATIVE_NAME)
        if value is None:
            return None
        listed = _children(_only(_content(value)))
        return tuple(_content(each) for each in listed if each[0] == tag)

    def _extension(self, kind: bytes) -> bytes | None:
        # Without its mark of being critical, which stands between and says nothing of its content.
        found = [each[-1] for each in self._extensions if each[0] == kind]
        if len(found) > 1:
            raise ValueError("the extension stands twice")
        return found[0] if found else None


def _certificate(own: Mapping[str, bytes], extension: bytes = b"") -> x509.Certificate:
    part = {**_ORDINARY, **own}
    signed = (
        _VERSION_3,
        part["serial"],
        part["algorithm"],
        part["issuer"],
        _made(_SEQUENCE, part["not_before"] + part["not_after"]),
        part["subject"],
        part["key"],
        _made(_EXTENSIONS, _made(_SEQUENCE, extension)) if extension else b"",
    )
    whole = _made(_SEQUENCE, b"".join(signed)) + part["algorithm"] + _NO_SIGNATURE
    return x509.load_der_x509_certificate(_made(_SEQUENCE, whole))


def _text(name: bytes) -> bytes:
    """Return a distinguished name with its texts as UTF-8, whatever type they claim.

    Authorities of those years wrote ``*``, ``&`` and ``@`` as PrintableString, which has none of
    them, and Latin-1 as T61String; OpenSSL and Windows read both so.
    """
    parts = [sorted(map(_text_value, _children(each))) for each in _children(name)]
    return _made(_SEQUENCE, b"".join(_made(_SET, b"".join(each)) for each in parts if each))


def _text_value(attribute: bytes) -> bytes:
    kind, value = _children(attribute)
    if value[0] not in _OLD_TEXTS:
        return attribute
    text = _content(value).decode("latin-1").encode()
    return _made(_SEQUENCE, kind + _made(_UTF8, text))


def _elements(data: bytes) -> Iterator[bytes]:
    """Yield the elements that follow one another in DER, each with its tag and length."""
    at = 0
    while at < len(data):
        begin, size = _body(data, at)
        if begin + size > len(data):
            raise ValueError("an element longer than what holds it")
        yield data[at : begin + size]
        at = begin + size


def _body(data: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the element at a place begins, and its length."""
    first = data[at + 1] if at + 1 < len(data) else 0x80
    if first < 0x80:
        return at + 2, first
    octets = first & 0x7F
    if not 1 <= octets <= 4:
        raise ValueError("an element without a length that DER allows")
    begin = at + 2 + octets
    return begin, int.from_bytes(data[at + 2 : begin])


def _content(element: bytes) -> bytes:
    return element[_body(element, 0)[0] :]


def _children(element: bytes) -> list[bytes]:
    return list(_elements(_content(element)))


def _only(data: bytes) -> bytes:
    (element,) = _elements(data)
    return element


def _made(tag: int, content: bytes) -> bytes:
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8) if size >= 0x80 else b""
    return bytes((tag, 0x80 | len(octets) if octets else size)) + octets + content
