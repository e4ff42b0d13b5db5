"""Following the certificate chains that servers sent, so that views only look at the outcome.

What a chain is, by the standards:

- A certificate's issuer name is the subject name of the certificate above it (RFC 5280,
  section 6.1; names compare without regard to case, section 7.1).
- The first certificate sent is the server's own (RFC 5246, section 7.4.2). The others should
  follow in order, but servers send them in any (RFC 8446, section 4.4.2, asks clients to bear
  that), so the issuer is looked for among all that was sent, and a root may be left out.
- Two authorities may certify each other, and one name may have several certificates (cross
  certificates, RFC 5280, section 3.2): the ways upwards branch, and may lead in a circle.
- A certificate that is signed with its own key ends a chain (self-signed, same section); that
  it bears its own name alone proves nothing, which is why the record says both.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from casaudit.engine.functions import fold
from casaudit.signature import is_signed_with
from casaudit.snapshot import Certificate

MOST_STEPS = 8
"""Issuers followed upwards; a chain of more is nobody's, as public ones have two or three."""

COLUMNS = {
    "chain": "TEXT",
    "leaf": "TEXT",
    "issuer_class": "TEXT",
    "broken_link": "TEXT",
    "has_issuer": "INTEGER",
    "is_whole": "INTEGER",
}
"""Of the raw table ``certificate_chains``, with their types in SQL."""

Row = tuple[str, str, str | None, str | None, bool | None, bool]


def rows(
    sent: Iterable[Sequence[str] | None], certificates: Iterable[Certificate], roots: Iterable[str]
) -> Iterator[Row]:
    """Follow each different chain, and give one row for it, in the order of ``COLUMNS``.

    Args:
        sent: SHA-256 fingerprints of the certificates of a handshake, the server's own first;
            ``None`` where none was finished.
        certificates: those that were kept; a chain whose first is not among them has no row.
        roots: subjects of the roots that clients trust, in the form of RFC 4514.

    Returns:
        The chain as the raw tables hold it (a JSON list), the fingerprint of its first
        certificate, where it leads (``self_signed``, ``public``, ``private``; ``None`` when what
        was sent does not show it), the name of a certificate whose issuer was sent and did not
        sign it, whether the issuer of the first was sent at all, and whether every certificate
        that was sent could be read: one that could not may be any issuer.
    """
    kept = {each.sha256: each for each in certificates}
    trusted = frozenset(fold(each) for each in roots)
    for chain in dict.fromkeys(tuple(each or ()) for each in sent):
        leaf = kept.get(chain[0]) if chain else None
        if leaf is not None:
            # Some servers send a certificate twice: it is one link. What was not kept leads
            # nowhere.
            links = [kept[each] for each in dict.fromkeys(chain) if each in kept]
            names = [name for each in links for name in (each.subject, each.issuer)]
            is_whole = None not in names and all(each in kept for each in chain)
            issuer_class = _issuer_class(_upwards(leaf, links), trusted)
            yield (
                json.dumps(chain),
                leaf.sha256,
                issuer_class if is_whole or issuer_class != "private" else None,
                _broken_link(links) if is_whole else None,
                bool(_issuers(leaf, links)) or (False if is_whole else None),
                is_whole,
            )


def _issuers(certificate: Certificate, links: Sequence[Certificate]) -> list[Certificate]:
    """The others that bear the name of the issuer: several where it is cross-certified."""
    name = fold(certificate.issuer)
    return [
        each
        for each in links
        if name is not None and fold(each.subject) == name and each.sha256 != certificate.sha256
    ]


def _upwards(leaf: Certificate, links: Sequence[Certificate]) -> list[Certificate]:
    """The certificate and all that its issuers lead to."""
    found = {leaf.sha256: leaf}
    level = [leaf]
    for _ in range(MOST_STEPS):
        above = {up.sha256: up for each in level for up in _issuers(each, links)}
        # Only what is new goes on: authorities that certify each other would never end.
        level = [each for sha256, each in above.items() if sha256 not in found]
        found |= above
    return list(found.values())


def _issuer_class(path: Sequence[Certificate], trusted: Set[str | None]) -> str | None:
    if path[0].self_signed:
        return "self_signed"
    names = {fold(name) for each in path for name in (each.subject, each.issuer)} - {None}
    # The issuer counts too: servers need not send the root (RFC 5246, section 7.4.2).
    if names & trusted:
        return "public"
    return "private" if any(each.self_signed for each in path) else None


def _broken_link(links: Sequence[Certificate]) -> str | None:
    """The first certificate, by name, that no sent bearer of its issuer's name has signed."""
    broken = []
    for each in links:
        # One that bears its own name as issuer has nobody above it whose signature could be
        # missing.
        if each.subject is None or fold(each.issuer) == fold(each.subject):
            continue
        above = _issuers(each, links)
        # A signature that cannot be checked here is none that is known to be wrong.
        if above and not any(signed_by(each.der, up.der) in (True, None) for up in above):
            broken.append(each.common_name or "unnamed")
    return min(broken, default=None)


# Every server sends the same intermediate: its signature is computed once.
@lru_cache(maxsize=4096)
def signed_by(der: str | None, issuer: str | None) -> bool | None:
    """Tell whether a certificate bears the signature of another one, both DER in base64.

    Returns:
        ``None`` where there is no way to tell: unreadable, or of an unknown algorithm.
    """
    try:
        leaf, above = (
            x509.load_der_x509_certificate(base64.b64decode(each or "")) for each in (der, issuer)
        )
        return is_signed_with(leaf, above.public_key())
    # cryptography reads lazily: bytes, version and key algorithm each fail in a way of their own.
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None
