"""The English words for closed lists: verdicts, severities, evidence, reasons of gaps."""

import re

from casaudit.findings import Severity, Value, Verdict
from casaudit.i18n.languages import marked
from casaudit.snapshot import EXPORTED, Gap, is_of_source
from casaudit.text import count, visible

VERDICTS = {
    Verdict.FAIL: marked("failed"),
    Verdict.PASS: marked("passed"),
    Verdict.NOT_EVALUATED: marked("could not be judged"),
    Verdict.NOT_APPLICABLE: marked("not applicable"),
}

SEVERITIES = {
    Severity.CRITICAL: marked("Critical"),
    Severity.HIGH: marked("High"),
    Severity.MEDIUM: marked("Medium"),
    Severity.LOW: marked("Low"),
    Severity.INFO: marked("Info"),
}

CONFIDENCES = {
    "verified": marked("Verified against a published source"),
    "recalled": marked("Known from a published source, its exact wording not checked again"),
    "judgement": marked("Recommendation"),
}

STATUSES = {
    "complete": marked("seen in full"),
    "partial": marked("seen in part"),
    "failed": marked("not seen"),
    "not_collected": marked("not asked for"),
}

SECTIONS = {
    "organization": marked("Organisation"),
    "sites": marked("Sites and subnets"),
    "domain_controllers": marked("Domain controllers"),
    "servers": marked("Exchange servers"),
    "arrays": marked("Client Access arrays"),
    "databases": marked("Databases"),
    "database_copies": marked("Database copies"),
    "availability_groups": marked("Availability groups"),
    "virtual_directories": marked("Virtual directories"),
    "service_connection_points": marked("Autodiscover service connection points"),
    "accepted_domains": marked("Accepted domains"),
    "mail_protocols": marked("POP and IMAP settings"),
    "principals": marked("Service principal names"),
    "dns_internal": marked("DNS as seen inside"),
    "dns_external": marked("DNS as seen outside"),
    "tls": marked("TLS endpoints"),
    "http": marked("HTTP headers (--http)"),
    "exports": marked("Exports of the shell"),
    "mailboxes": marked("Mailbox counts"),
    "arbitration_mailboxes": marked("Arbitration mailboxes"),
    "mail_domains": marked("Mail domains in use"),
    "server_builds": marked("Update rollups of servers"),
    "database_states": marked("Mounted databases"),
    "copy_states": marked("States of database copies"),
    "service_states": marked("Services of Client Access servers"),
    "rpc_ports": marked("Static RPC ports"),
    "client_versions": marked("Client versions"),
    "rpc_client_access": marked("RPC Client Access settings"),
    "nlb_features": marked("Windows NLB features"),
    "nlb_nodes": marked("Windows NLB nodes"),
    "nlb_clusters": marked("Windows NLB clusters"),
    "store_certificates": marked("Certificates in the stores of servers"),
    "outlook_providers": marked("Outlook providers"),
    "alternate_service_accounts": marked("Alternate service accounts"),
    "offline_address_books": marked("Offline address books"),
    "organization_configs": marked("Organisation settings"),
    "schannel": marked("Schannel settings"),
    "listed_arrays": marked("Arrays as the shell lists them"),
    "listed_servers": marked("Servers as the shell lists them"),
    "listed_databases": marked("Databases as the shell lists them"),
}

EXTRA_SECTIONS = frozenset(SECTIONS) - {
    *("organization", "sites", "domain_controllers", "servers", "arrays", "databases"),
    "database_copies",
    *("availability_groups", "virtual_directories", "service_connection_points"),
    *("accepted_domains", "mail_protocols", "principals", "dns_internal", "dns_external"),
    *("tls", "http", "mailboxes"),
}
"""Kinds of evidence that count only where they were given; ``optional`` in rules/data."""


def is_counted(section: str, status: str) -> bool:
    """Tell whether a kind of evidence is among those that the reports count."""
    return section not in EXTRA_SECTIONS or status != "not_collected"


_READ_ACCESS = marked(
    "Let the account read this part of the configuration partition, then collect again."
)

REASONS = {
    "refused": (
        marked("The question was refused"),
        marked("Check that the account, or this host, may ask it."),
    ),
    "unreachable": (
        marked("Nothing answered at that address"),
        marked("Check the name, the route and the firewall from this host."),
    ),
    "timeout": (
        marked("No answer in time"),
        marked("Collect again; raise --timeout when the target is slow."),
    ),
    "not_trusted": (
        marked("The certificate was not trusted"),
        marked("Name the issuing authority with --ca-file."),
    ),
    "limit": (
        marked("A limit was reached"),
        marked("Ask for less at once, or from another controller."),
    ),
    # Active Directory leaves out what an account may not read, as if it were not there.
    "denied_or_absent": (
        marked("Not readable: absent, or hidden from this account"),
        _READ_ACCESS,
    ),
    "hidden": (
        marked("The object was seen, some of its values were hidden"),
        _READ_ACCESS,
    ),
    # Referrals are never followed: nobody named that server, and it would see the account.
    "referral": (
        marked("Held by another directory server"),
        marked("Collect from a controller of that domain."),
    ),
    "server_failure": (
        marked("The server reported an error"),
        marked("Look at that server, then collect again."),
    ),
    "malformed": (
        marked("The answer could not be read"),
        marked("Look at the value by hand; it is not as documented."),
    ),
    "handshake_failed": (
        marked("TLS could not be agreed on"),
        marked("Look at the protocol versions and ciphers of that endpoint."),
    ),
    # Two controllers may disagree for hours while a change replicates between sites.
    "conflict": (
        marked("Two sources contradict each other"),
        marked("Collect again from one controller."),
    ),
    "interrupted": (
        marked("The collection was interrupted"),
        marked("Collect again."),
    ),
    "other_version": (
        marked("Another version of casaudit wrote the snapshot"),
        marked("Collect again with this version."),
    ),
    "bug": (
        marked("casaudit failed at this point"),
        marked("Please report it with the detail shown."),
    ),
}
"""Reason of a gap: what it means, and what to do."""

# A file cannot be asked again: advice about exports sends the reader to the shell.
_NO_SOURCE = (
    marked("The source could not be used"),
    marked("Mend what is said of it, or leave it out, and collect again."),
)
_ON_EXPORTS = {
    "refused": marked(
        "Export again with an account that may ask this; docs/exports.md names the rights."
    ),
    "unreachable": marked(
        "Check that the file can be read here, and that the host of the export reaches the server; "
        "then export again."
    ),
    "timeout": marked("Export again when the server is less busy."),
    "server_failure": marked("Read the message in failures.xml, then export again."),
    "limit": marked("Export less at once, as docs/exports.md shows it, then collect again."),
    "malformed": marked(
        "Run its line of docs/exports.md again, and hand over the file as it was written."
    ),
    "conflict": marked(
        "Export all in one session of the Exchange 2010 shell, one file of a kind for each server."
    ),
}

VALUES = {
    "status": STATUSES,
    "endpoint_kind": {
        "array": marked("array"),
        "client_access_server": marked("Client Access server"),
        "other_server": marked("server that cannot serve it"),
        "unknown": marked("nothing of that name"),
        "none": marked("none"),
    },
    "issuer_class": {
        "self_signed": marked("self-signed"),
        "public": marked("public authority"),
        "private": marked("private authority"),
    },
}
"""Values of closed lists, by column."""

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

OBJECTS = ("object", "objects")
"""For a kind that has no name."""

_SPECIAL = {
    "rpc_client_access_server": "RpcClientAccessServer",
    "site_array_fqdn": "FQDN of the site's array",
    "is_recovery": "Recovery database",
    "is_public_folder_pin": "Public folder access",
    "is_excluded_from_provisioning": "Excluded from provisioning",
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


def explained(gap: Gap) -> tuple[str, str]:
    """Say what a gap means, and what to do; a file is exported again, not asked again."""
    meaning, advice = REASONS[gap.reason.value]
    if is_of_source(gap):
        return _NO_SOURCE
    if gap.section in EXPORTED:
        advice = _ON_EXPORTS.get(gap.reason.value, advice)
    return meaning, advice


def label(column: str) -> str:
    """Name a column of evidence for readers."""
    # Columns whose words alone would mislead, or that are known by a name of Exchange.
    if column in _SPECIAL:
        return _SPECIAL[column]
    text = " ".join(_WORDS.get(word, word) for word in visible(column).split("_"))
    return text[:1].upper() + text[1:]


def when(moment: str) -> str:
    """Write an ISO time as people do; any other text stays as it is."""
    found = _MOMENT.fullmatch(moment)
    return f"{found[1]} {found[2]} UTC" if found else moment


def plain_value(value: Value) -> str:
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


def objects(number: int, kind: str) -> str:
    """Write a number of objects of a kind: ``3 databases``."""
    one, many = KINDS.get(kind, OBJECTS)
    return count(number, one, many)
