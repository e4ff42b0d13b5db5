"""What each column of the files of objects means; beside ``columns``, which see for the form."""

from collections.abc import Mapping

from casaudit.report.pack.columns import Columns

_VERDICTS: Columns = {
    "failed": ("list", "rules that the object fails"),
    "not_evaluated": ("list", "rules that could not be judged for it"),
    "passed": ("list", "rules whose problem it does not have"),
    "not_applicable": ("list", "rules that do not apply to it"),
}
_READ: Columns = {
    "source_origin": ("text", "controller, resolver, endpoint or file that it was read from"),
    "source_at": ("time", "when it was read"),
}
_CHANGED: Columns = {
    "source_when_changed": ("time", "whenChanged in the directory"),
    "source_usn_changed": ("number", "uSNChanged on that controller"),
}
_ID: Columns = {"id": ("text", "objectGUID, or the natural key of what has none")}

DATABASES: Columns = {
    "name": ("text", "database name"),
    "home_site": ("text", "site of the copy with the lowest activation preference"),
    "rpc_client_access_server": ("text", "RpcClientAccessServer as the shell shows it"),
    "endpoint_kind": ("text", "array, client_access_server, other_server, unknown or none"),
    "endpoint_name": ("text", "name of the object that it points at"),
    "endpoint_site": ("text", "site of that object"),
    "endpoint_product": ("text", "Exchange generation, where it points at a server"),
    "site_array_count": ("number", "arrays of the home site"),
    "site_array_name": ("text", "the array, when the home site has exactly one"),
    "site_array_fqdn": ("text", "FQDN of that array"),
    "in_scope": ("truth", "a 2010 mailbox database that clients open"),
    "is_recovery": ("truth", "recovery database"),
    "is_public_folder": ("truth", "public folder database"),
    "on_exchange_2010": ("truth", "hosted on Exchange 2010"),
    "copies": ("list", "servers with a copy, each with its activation preference"),
    "mailbox_count": ("number", "mailboxes, from an export"),
    "created": ("time", "whenCreated"),
    **_VERDICTS,
    **_ID,
    **_READ,
    **_CHANGED,
}

ARRAYS: Columns = {
    "name": ("text", "name of the array object; says nothing about the DNS name"),
    "site": ("text", "site that it is bound to"),
    "fqdn": ("text", "FQDN as stored"),
    "site_exists": ("truth", "that site exists"),
    "member_count": ("number", "members as Exchange computes them, when all servers are known"),
    "members": ("list", "member servers"),
    "database_count": ("number", "in-scope databases that point at it, when all are known"),
    "databases": ("list", "those databases"),
    "addresses": ("list", "internal addresses of its name"),
    "resolves_internally": ("truth", "its name has an address inside"),
    "alias_target": ("text", "what its name is an alias of, inside"),
    "resolves_externally": ("truth", "its name has an address outside"),
    "external_addresses": ("list", "those addresses"),
    "https_urls": ("list", "HTTPS URLs that carry its name"),
    "fqdn_problem": ("text", "why the FQDN cannot be used"),
    "is_replication_conflict": ("truth", "its name was left behind by a replication conflict"),
    "created": ("time", "whenCreated"),
    **_VERDICTS,
    **_ID,
    **_READ,
    **_CHANGED,
}

SERVERS: Columns = {
    "name": ("text", "short name"),
    "site": ("text", "Active Directory site"),
    "fqdn": ("text", "FQDN as stored"),
    "product": ("text", "Exchange generation"),
    "version": ("text", "major and minor version"),
    "role_names": ("list", "installed roles"),
    "is_client_access_2010": ("truth", "Exchange 2010 Client Access server"),
    "has_rpc_client_access": ("truth", "owns an RPC Client Access object"),
    "encryption_required": ("truth", "RPC encryption required"),
    "availability_group": ("text", "database availability group that it belongs to"),
    "addresses": ("list", "internal addresses"),
    **_VERDICTS,
    **_ID,
    **_READ,
    **_CHANGED,
}

SITES: Columns = {
    "name": ("text", "site name"),
    "subnets": ("list", "subnets in CIDR notation"),
    "arrays": ("list", "arrays bound to it"),
    "client_access_servers": ("list", "Exchange 2010 Client Access servers"),
    "mailbox_servers": ("list", "Exchange 2010 Mailbox servers"),
    "database_count": ("number", "in-scope databases at home here, when all are known"),
    "mailbox_count": ("number", "their mailboxes, when all are known"),
    "has_external_url": ("truth", "some Client Access server has an external URL"),
    **_VERDICTS,
    **_ID,
    **_READ,
    **_CHANGED,
}

CERTIFICATES: Columns = {
    "name": ("text", "common name and start of the thumbprint"),
    "site": ("text", "site of the servers that present it, when it is one"),
    "subject": ("text", "subject"),
    "issuer": ("text", "issuer"),
    "names": ("list", "DNS names that it stands for"),
    "not_before": ("time", "start of validity"),
    "not_after": ("time", "end of validity"),
    "days_left": ("number", "full days from the reference time to the end of validity"),
    "issuer_class": ("text", "self_signed, public or private"),
    "self_signed": ("truth", "signed with its own key"),
    "key": ("text", "algorithm and bits"),
    "signature_hash": ("text", "hash of the issuer's signature"),
    "endpoints": ("list", "where it is presented"),
    "servers": ("list", "Client Access servers that present it"),
    "serial": ("text", "serial number"),
    **_VERDICTS,
    "id": ("text", "SHA-1 thumbprint"),
    **_READ,
}

DNS: Columns = {
    "name": ("text", "name that was asked for, normalised"),
    "used_as": ("list", "what it is used as: array, https, server"),
    "view": ("text", "internal or external"),
    "resolver": ("text", "address and port of the resolver"),
    "record_type": ("text", "A, AAAA, SRV or SOA"),
    "status": ("text", "answer, nxdomain, no_data, servfail, refused, timeout or bad_answer"),
    "answers": ("list", "addresses or record texts"),
    "alias_targets": ("list", "targets of the chain of aliases"),
    "ttl": ("number", "seconds, of the final records"),
    "authoritative": ("truth", "whether the resolver is an authority for the name"),
    **_VERDICTS,
    "source_at": ("time", "when it was asked"),
}

INVENTORY: Mapping[str, Columns] = {
    "databases": DATABASES,
    "arrays": ARRAYS,
    "servers": SERVERS,
    "sites": SITES,
    "certificates": CERTIFICATES,
    "dns": DNS,
}
"""The files of objects."""
