"""The English words for closed lists: verdicts, severities, evidence, reasons of gaps."""

import re

from casaudit.judge.findings import Severity, Value, Verdict
from casaudit.visible import visible

VERDICTS = {
    Verdict.FAIL: "failed",
    Verdict.PASS: "passed",
    Verdict.NOT_EVALUATED: "could not be judged",
    Verdict.NOT_APPLICABLE: "not applicable",
}

SEVERITIES = {
    Severity.CRITICAL: "Critical",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.INFO: "Info",
}

CONFIDENCES = {
    "verified": "Verified against a published source",
    "recalled": "Known from a published source, its exact wording not checked again",
    "judgement": "Recommendation",
}

STATUSES = {
    "complete": "seen in full",
    "partial": "seen in part",
    "failed": "not seen",
    "not_collected": "not asked for",
}

SECTIONS = {
    "organization": "Organisation",
    "sites": "Sites and subnets",
    "servers": "Exchange servers",
    "arrays": "Client Access arrays",
    "databases": "Databases",
    "database_copies": "Database copies",
    "availability_groups": "Availability groups",
    "virtual_directories": "Virtual directories",
    "service_connection_points": "Autodiscover service connection points",
    "accepted_domains": "Accepted domains",
    "mail_protocols": "POP and IMAP settings",
    "principals": "Service principal names",
    "dns_internal": "DNS as seen inside",
    "dns_external": "DNS as seen outside",
    "tls": "TLS endpoints",
    "http": "HTTP headers",
    "exports": "Exports of the shell",
    "mailboxes": "Mailbox counts",
    "arbitration_mailboxes": "Arbitration mailboxes",
    "mail_domains": "Mail domains in use",
    "server_builds": "Update rollups of servers",
    "database_states": "Mounted databases",
    "copy_states": "States of database copies",
    "service_states": "Services of Client Access servers",
    "rpc_ports": "Static RPC ports",
    "rpc_client_access": "RPC Client Access settings",
    "nlb_features": "Windows NLB features",
    "nlb_nodes": "Windows NLB nodes",
    "nlb_clusters": "Windows NLB clusters",
    "store_certificates": "Certificates in the stores of servers",
    "outlook_providers": "Outlook providers",
    "alternate_service_accounts": "Alternate service accounts",
    "offline_address_books": "Offline address books",
    "schannel": "Schannel settings",
    "listed_arrays": "Arrays as the shell lists them",
    "listed_servers": "Servers as the shell lists them",
    "listed_databases": "Databases as the shell lists them",
}

_READ_ACCESS = "Let the account read this part of the configuration partition, then collect again."

REASONS = {
    "refused": (
        "The question was refused",
        "Check that the account, or this host, may ask it.",
    ),
    "unreachable": (
        "Nothing answered at that address",
        "Check the name, the route and the firewall from this host.",
    ),
    "timeout": (
        "No answer in time",
        "Collect again; raise --timeout when the target is slow.",
    ),
    "not_trusted": (
        "The certificate was not trusted",
        "Name the issuing authority with --ca-file.",
    ),
    "limit": (
        "A limit was reached",
        "Ask for less at once, or from another controller.",
    ),
    "denied_or_absent": (
        "Not readable: absent, or hidden from this account",
        _READ_ACCESS,
    ),
    "hidden": (
        "The object was seen, some of its values were hidden",
        _READ_ACCESS,
    ),
    "referral": (
        "Held by another directory server",
        "Collect from a controller of that domain.",
    ),
    "server_failure": (
        "The server reported an error",
        "Look at that server, then collect again.",
    ),
    "malformed": (
        "The answer could not be read",
        "Look at the value by hand; it is not as documented.",
    ),
    "handshake_failed": (
        "TLS could not be agreed on",
        "Look at the protocol versions and ciphers of that endpoint.",
    ),
    "conflict": (
        "Two sources contradict each other",
        "Collect again from one controller.",
    ),
    "interrupted": (
        "The collection was interrupted",
        "Collect again.",
    ),
    "bug": (
        "casaudit failed at this point",
        "Please report it with the detail shown.",
    ),
}
"""Reason of a gap: what it means, and what to do."""

VALUES = {
    "status": STATUSES,
    "endpoint_kind": {
        "array": "array",
        "client_access_server": "Client Access server",
        "other_server": "server that cannot serve it",
        "unknown": "nothing of that name",
        "none": "none",
    },
    "issuer_class": {
        "self_signed": "self-signed",
        "public": "public authority",
        "private": "private authority",
    },
}
"""Values of closed lists, by column."""

FRAMEWORKS = {
    "nist_800_53": "NIST SP 800-53",
    "disa_exchange_2013_cas_analogue": "DISA Exchange 2013 CAS STIG (analogue)",
}

KINDS = {
    "organization": ("organisation", "organisations"),
    "site": ("site", "sites"),
    "server": ("server", "servers"),
    "array": ("array", "arrays"),
    "database": ("database", "databases"),
    "availability_group": ("availability group", "availability groups"),
    "virtual_directory": ("virtual directory", "virtual directories"),
    "service_connection_point": ("service connection point", "service connection points"),
    "dns_name": ("DNS name", "DNS names"),
    "tls_endpoint": ("TLS endpoint", "TLS endpoints"),
    "certificate": ("certificate", "certificates"),
    "collection": ("part of the collection", "parts of the collection"),
}

_SPECIAL = {
    "rpc_client_access_server": "RpcClientAccessServer",
    "site_array_fqdn": "FQDN of the site's array",
    "is_recovery": "Recovery database",
    "role_names": "Roles",
    "client_access_servers": "Client Access servers",
    "has_external_url": "External URLs",
    "mailbox_count": "Mailboxes",
    "names": "Stands for",
    "not_after": "Valid until",
    "used_as": "Used as",
    "ttl": "TTL (seconds)",
}
_WORDS = {
    "fqdn": "FQDN",
    "dns": "DNS",
    "https": "HTTPS",
    "tls": "TLS",
    "ttl": "TTL",
    "url": "URL",
    "urls": "URLs",
    "rpc": "RPC",
    "id": "ID",
}
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\dZ")


def label(column: str) -> str:
    """Name a column of evidence for readers."""
    if column in _SPECIAL:
        return _SPECIAL[column]
    text = " ".join(_WORDS.get(word, word) for word in visible(column).split("_"))
    return text[:1].upper() + text[1:]


def shown(column: str, value: str) -> str:
    """Write a text of evidence: closed lists in words, times without their ``T`` and ``Z``."""
    return VALUES.get(column, {}).get(value) or when(value)


def when(moment: str) -> str:
    """Write an ISO time as people do; any other text stays as it is."""
    found = _MOMENT.fullmatch(moment)
    return f"{found[1]} {found[2]} UTC" if found else moment


def plain(value: Value) -> str:
    """Write one value of evidence in words, without hidden characters."""
    match value:
        case None:
            return "not known"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.1f}".removesuffix(".0")
        case list():
            return "; ".join(sorted(visible(each) for each in value)) or "none"
    return visible(str(value))


def count(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: ``1 cause``, ``2 causes``, ``10,000 findings``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def objects(number: int, kind: str) -> str:
    """Write a number of objects of a kind: ``3 databases``."""
    one, many = KINDS.get(kind, ("object", "objects"))
    return count(number, one, many)


def listed(parts: list[str]) -> str:
    """Join phrases as a sentence does: ``a, b and c``."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
