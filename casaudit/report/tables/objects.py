"""Tables of objects: rows of the published views, each with the rules that judged its object."""

from collections.abc import Iterator

from casaudit.findings import Assessment
from casaudit.i18n.languages import marked
from casaudit.report.inventory import InventoryTables
from casaudit.report.tables import CellForm, DataTable, Row, TableColumn, stored

TEXT, NUMBER, TRUTH = CellForm.TEXT, CellForm.NUMBER, CellForm.TRUTH
TIME, LIST = CellForm.TIME, CellForm.LIST

_VERDICTS = (
    stored("failed", LIST, "rules that the object fails"),
    stored("not_evaluated", LIST, "rules that could not be judged for it"),
    stored("passed", LIST, "rules whose problem it does not have"),
    stored("not_applicable", LIST, "rules that do not apply to it"),
)
_READ = (
    stored("source_origin", TEXT, "controller, resolver, endpoint or file that it was read from"),
    stored("source_at", TIME, "when it was read"),
)
# A controller counts its own updates: numbers of two controllers cannot be compared.
_CHANGED = (
    stored("source_when_changed", TIME, "whenChanged in the directory"),
    stored("source_usn_changed", NUMBER, "uSNChanged on that controller"),
)
_ID = stored("id", TEXT, "objectGUID, or the natural key of what has none")

DATABASES = (
    stored("name", TEXT, "database name"),
    stored("home_site", TEXT, "site of the copy with the lowest activation preference"),
    stored("rpc_client_access_server", TEXT, "RpcClientAccessServer as the shell shows it"),
    stored("endpoint_kind", TEXT, "array, client_access_server, other_server, unknown or none"),
    stored("endpoint_name", TEXT, "name of the object that it points at"),
    stored("endpoint_site", TEXT, "site of that object"),
    stored("endpoint_product", TEXT, "Exchange generation, where it points at a server"),
    stored("site_array_count", NUMBER, "arrays of the home site"),
    stored("site_array_name", TEXT, "the array, when the home site has exactly one"),
    stored("site_array_fqdn", TEXT, "FQDN of that array"),
    stored("in_scope", TRUTH, "a 2010 mailbox database that clients open"),
    stored("is_recovery", TRUTH, "recovery database"),
    stored("is_public_folder", TRUTH, "public folder database"),
    stored("on_exchange_2010", TRUTH, "hosted on Exchange 2010"),
    stored("copies", LIST, "servers with a copy, each with its activation preference"),
    stored("mailbox_count", NUMBER, "mailboxes, from an export"),
    stored("created", TIME, "whenCreated"),
    *_VERDICTS,
    _ID,
    *_READ,
    *_CHANGED,
)

ARRAYS = (
    stored("name", TEXT, "name of the array object; says nothing about the DNS name"),
    stored("site", TEXT, "site that it is bound to"),
    stored("fqdn", TEXT, "FQDN as stored"),
    stored("site_exists", TRUTH, "that site exists"),
    stored("member_count", NUMBER, "members as Exchange computes them, when all servers are known"),
    stored("members", LIST, "member servers"),
    stored("database_count", NUMBER, "in-scope databases that point at it, when all are known"),
    stored("databases", LIST, "those databases"),
    stored("addresses", LIST, "internal addresses of its name"),
    stored("resolves_internally", TRUTH, "its name has an address inside"),
    stored("alias_target", TEXT, "what its name is an alias of, inside"),
    stored("resolves_externally", TRUTH, "its name has an address outside"),
    stored("external_addresses", LIST, "those addresses"),
    stored("https_urls", LIST, "HTTPS URLs that carry its name"),
    stored("fqdn_problem", TEXT, "why the FQDN cannot be used"),
    stored("is_replication_conflict", TRUTH, "its name was left behind by a replication conflict"),
    stored("created", TIME, "whenCreated"),
    *_VERDICTS,
    _ID,
    *_READ,
    *_CHANGED,
)

SERVERS = (
    stored("name", TEXT, "short name"),
    stored("site", TEXT, "Active Directory site"),
    stored("fqdn", TEXT, "FQDN as stored"),
    stored("product", TEXT, "Exchange generation"),
    stored("version", TEXT, "major and minor version"),
    stored("role_names", LIST, "installed roles"),
    stored("is_client_access_2010", TRUTH, "Exchange 2010 Client Access server"),
    stored("has_rpc_client_access", TRUTH, "owns an RPC Client Access object"),
    stored("encryption_required", TRUTH, "RPC encryption required"),
    stored("availability_group", TEXT, "database availability group that it belongs to"),
    stored("addresses", LIST, "internal addresses"),
    *_VERDICTS,
    _ID,
    *_READ,
    *_CHANGED,
)

SITES = (
    stored("name", TEXT, "site name"),
    stored("subnets", LIST, "subnets in CIDR notation"),
    stored("arrays", LIST, "arrays bound to it"),
    stored("client_access_servers", LIST, "Exchange 2010 Client Access servers"),
    stored("mailbox_servers", LIST, "Exchange 2010 Mailbox servers"),
    stored("database_count", NUMBER, "in-scope databases at home here, when all are known"),
    stored("mailbox_count", NUMBER, "their mailboxes, when all are known"),
    stored("has_external_url", TRUTH, "some Client Access server has an external URL"),
    *_VERDICTS,
    _ID,
    *_READ,
    *_CHANGED,
)

# Certificates and answers of DNS come from the network: no whenChanged, no uSNChanged.
CERTIFICATES = (
    stored("name", TEXT, "common name and start of the thumbprint"),
    stored("site", TEXT, "site of the servers that present it, when it is one"),
    stored("subject", TEXT, "subject"),
    stored("issuer", TEXT, "issuer"),
    stored("names", LIST, "DNS names that it stands for"),
    stored("not_before", TIME, "start of validity"),
    stored("not_after", TIME, "end of validity"),
    stored("days_left", NUMBER, "full days from the reference time to the end of validity"),
    stored("issuer_class", TEXT, "self_signed, public or private"),
    stored("self_signed", TRUTH, "signed with its own key"),
    stored("key", TEXT, "algorithm and bits"),
    stored("signature_hash", TEXT, "hash of the issuer's signature"),
    stored("endpoints", LIST, "where it is presented"),
    stored("servers", LIST, "Client Access servers that present it"),
    stored("serial", TEXT, "serial number"),
    *_VERDICTS,
    # Windows and the Exchange shell name a certificate by it; it is not there to prove anything.
    stored("id", TEXT, "SHA-1 thumbprint"),
    *_READ,
)

DNS = (
    stored("name", TEXT, "name that was asked for, normalised"),
    stored("used_as", LIST, "what it is used as: array, https, server"),
    stored("view", TEXT, "internal or external"),
    stored("resolver", TEXT, "address and port of the resolver"),
    stored("record_type", TEXT, "A, AAAA, SRV or SOA"),
    stored("status", TEXT, "answer, nxdomain, no_data, servfail, refused, timeout or bad_answer"),
    stored("answers", LIST, "addresses or record texts"),
    stored("alias_targets", LIST, "targets of the chain of aliases"),
    stored("ttl", NUMBER, "seconds, of the final records"),
    stored("authoritative", TRUTH, "whether the resolver is an authority for the name"),
    *_VERDICTS,
    stored("source_at", TIME, "when it was asked"),
)

OBJECTS: dict[str, tuple[TableColumn[Row], ...]] = {
    "databases": DATABASES,
    "arrays": ARRAYS,
    "servers": SERVERS,
    "sites": SITES,
    "certificates": CERTIFICATES,
    "dns": DNS,
}


_ABOUT = {
    "databases": marked("a database"),
    "arrays": marked("a Client Access array"),
    "servers": marked("an Exchange server"),
    "sites": marked("an Active Directory site"),
    "certificates": marked("a certificate"),
}


def object_tables(assessment: Assessment) -> Iterator[DataTable[Row]]:
    """Yield the tables with a line for every object of a kind; for DNS for every answer."""
    inventory = InventoryTables(assessment)
    for name, columns in OBJECTS.items():
        # Its rows are answers of resolvers, not names: a name has several of them.
        if name == "dns":
            rows = inventory.rows("dns_answers")
            yield DataTable(name, marked("an answer of a resolver"), columns, rows)
        else:
            yield DataTable(name, _ABOUT[name], columns, inventory.rows(name))
