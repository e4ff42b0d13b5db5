"""Exports of the shell: what each file gives, what it lacks, and what is never kept of it."""

import os
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casaudit.collect.clixml import collect_exports
from casaudit.collect.clixml.export_kinds import EVIDENCE, KINDS, named
from casaudit.errors import SourceError
from casaudit.shipped import SAMPLES
from casaudit.snapshot import (
    EXPORTED,
    ArbitrationCount,
    Gap,
    MailboxCount,
    MailDomain,
    Reason,
    Record,
    SectionName,
    Snapshot,
    Status,
    dumps,
    loads,
    merge,
)
from casaudit.snapshot.document import record_kinds
from tests.make_docs import DOCS
from tests.support import powershell

FIXTURES = Path(__file__).parent / "clixml"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
EMPTY = (FIXTURES / "empty" / "arrays.xml").read_bytes()


def seen(*names: str) -> Snapshot:
    return collect_exports([FIXTURES / name for name in names], NOON)


def exported(*objects: dict[str, str]) -> bytes:
    """Return an export of selected objects with texts as properties, as the shell writes it."""
    inside = "".join(
        "<Obj><MS>" + "".join(f'<S N="{k}">{v}</S>' for k, v in each.items()) + "</MS></Obj>"
        for each in objects
    )
    return f"{HEAD}{inside}</Objs>".encode("utf-16")


def given_files(folder: Path, **files: bytes) -> Snapshot:
    """Read files, named by keyword: ``certs_EX1`` is ``certs-EX1.xml``."""
    for name, data in files.items():
        (folder / f"{name.replace('_', '-')}.xml").write_bytes(data)
    return collect_exports([folder], NOON)


def values(records: Sequence[Record], *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(getattr(each, field) for field in fields) for each in records]


def gaps(snapshot: Snapshot) -> list[tuple[str, Reason, str]]:
    return [(gap.section.value, gap.reason, gap.detail) for gap in snapshot.gaps]


def status(snapshot: Snapshot, name: SectionName) -> Status:
    return snapshot.status(name)


def test_mailboxes_are_counted_per_database_and_domain() -> None:
    found = seen("mailboxes.xml", "arbitration.xml")
    assert values(found.mailbox_counts, "database", "count", "discovery") == [
        ("MB-BR-01", 2, 0),
        ("MB-HO-01", 3, 0),
        ("MB-HO-02", 1, 1),
    ]
    assert values(found.arbitration_mailboxes, "database", "count") == [("MB-HO-03", 2)]
    assert values(found.mail_domains, "domain", "count") == [
        ("brands.exchangeserverpro.net", 1),
        ("exchangeserverpro.net", 4),
    ]


PEOPLE = ("Zoë", "zoe", "Tabbed", "tabbed", "Alan", "room1", "From another", "SystemMailbox")


def test_nobodys_name_or_address_is_kept() -> None:
    written = dumps(collect_exports([FIXTURES], NOON)).decode()
    assert [each for each in (*PEOPLE, "FederatedEmail", "D919BA05") if each in written] == []


def test_builds_are_file_versions_without_leading_zeros() -> None:
    found = seen("build-HO-EX2010-MB1.xml", "build-BR-EX2010-MB.xml")
    assert values(found.server_builds, "server", "file_version", "build") == [
        ("BR-EX2010-MB", "14.03.0123.004", "14.3.123.4"),
        ("HO-EX2010-MB1", "14.03.0513.000", "14.3.513.0"),
    ]


def test_a_database_is_where_the_shell_says_and_unknown_when_it_does_not_say() -> None:
    found = seen("databases.xml")
    domain = "exchangeserverpro.net"
    assert values(found.database_states, "database", "mounted", "mounted_on") == [
        ("MB-HO-01", True, f"HO-EX2010-MB2.{domain}"),
        ("MB-HO-02", False, f"HO-EX2010-MB1.{domain}"),
        ("RDB-HO-01", True, f"HO-EX2010-MB1.{domain}"),
    ]
    fields = ("name", "rpc_client_access_server", "server", "recovery", "unread")
    assert values(found.listed_databases, *fields) == [
        ("MB-BR-01", None, "BR-EX2010-MB", False, ()),
        ("MB-HO-01", f"HO-EX2010-MB1.{domain}", "HO-EX2010-MB1", False, ()),
        ("MB-HO-02", f"outlook-ho.{domain}", "HO-EX2010-MB1", False, ()),
        ("RDB-HO-01", f"HO-EX2010-MB1.{domain}", "HO-EX2010-MB1", True, ()),
    ]


def test_an_export_without_the_status_switch_says_nothing_of_states(tmp_path: Path) -> None:
    database = {"Name": "DB1", "MountedOnServer": "", "Mounted": "", "Recovery": "False"}
    found = given_files(tmp_path, databases=exported(database))
    assert found.database_states == ()
    assert status(found, SectionName.DATABASE_STATES) is Status.NOT_COLLECTED


def test_copies_show_their_state_and_whether_they_may_be_activated() -> None:
    fields = ("database", "server", "status", "activation_suspended", "active_server")
    assert values(seen("copies.xml").copy_states, *fields) == [
        ("MB-HO-01", "HO-EX2010-MB1", "Healthy", True, "ho-ex2010-mb2"),
        ("MB-HO-01", "HO-EX2010-MB2", "Mounted", False, "ho-ex2010-mb2"),
    ]


def test_services_show_their_state_and_start_mode() -> None:
    found = seen("services-HO-EX2010-MB1.xml").service_states
    assert values(found, "server", "name", "state", "start_mode") == [
        ("HO-EX2010-MB1", "MSExchangeAB", "Stopped", "Manual"),
        ("HO-EX2010-MB1", "MSExchangePOP3", "Stopped", "Manual"),
        ("HO-EX2010-MB1", "MSExchangeRPC", "Running", "Auto"),
    ]


def test_static_ports_come_with_the_kinds_of_their_registry_values() -> None:
    found = seen("ports-HO-EX2010-MB1.xml", "ports-HO-EX2010-MB2.xml").rpc_ports
    fields = ("server", "rpc_port", "rpc_kind", "address_book_port", "address_book_kind", "unread")
    assert values(found, *fields) == [
        ("HO-EX2010-MB1", 59531, "DWord", 59532, "String", ()),
        ("HO-EX2010-MB2", 59531, "String", None, None, ()),
    ]


def test_whether_clients_are_kept_to_the_site_of_their_mailbox_comes_with_the_ports() -> None:
    found = seen("ports-HO-EX2010-MB1.xml", "ports-HO-EX2010-MB2.xml").rpc_ports
    assert values(found, "site_enforcement", "site_enforcement_kind") == [
        (0, "DWord"),
        (None, None),
    ]


def test_ports_that_an_earlier_script_exported_lack_the_site_enforcement_only(
    tmp_path: Path,
) -> None:
    ports = {"Server": "EX1", "RpcPort": "59531", "RpcPortKind": "DWord"}
    ports |= {"AddressBookPort": "59532", "AddressBookPortKind": "String"}
    (found,) = given_files(tmp_path, x=exported(ports)).rpc_ports
    assert found.unread == ("site_enforcement", "site_enforcement_kind")


def test_settings_of_the_rpc_service_are_read() -> None:
    found = seen("rpc.xml").rpc_client_access
    fields = ("server", "encryption_required", "maximum_connections", "blocked_client_versions")
    assert values(found, *fields) == [("HO-EX2010-MB1", True, 65536, None)]
    assert found[0].unread == ()


def test_versions_of_clients_are_read_with_their_connections() -> None:
    found = seen("clients-HO-EX2010-MB1.xml").client_versions
    assert values(found, "server", "version", "connections", "last_day", "unread") == [
        ("HO-EX2010-MB1", "12.0.6607.1000", 14, "2011-05-10", ()),
        ("HO-EX2010-MB1", "14.0.5128.5000", 902, "2011-05-12", ()),
    ]


def test_settings_on_public_folders_are_read_from_the_shells_of_each_version() -> None:
    found = seen("organization.xml", "organization-online.xml").organization_configs
    fields = ("name", "locked_for_migration", "migration_complete", "public_folders")
    assert values(found, *fields, "remote_mailboxes", "unread") == [
        ("Exchange Server Pro", True, False, None, None, ()),
        ("exchangeserverpro.onmicrosoft.com", False, False, "Remote", 2, ()),
    ]


CONFIG = {"Name": "x", "PublicFoldersLockedForMigration": "False"}
CONFIG |= {"PublicFolderMigrationComplete": "False", "Guid": str(UUID(int=7))}


def test_what_two_versions_say_of_one_organisation_stays_apart(tmp_path: Path) -> None:
    newer = CONFIG | {"PublicFoldersEnabled": "Local", "RemotePublicFolderMailboxes": ""}
    found = given_files(tmp_path, organization=exported(CONFIG), other=exported(newer))
    assert values(found.organization_configs, "public_folders", "remote_mailboxes") == [
        (None, None),
        ("Local", 0),
    ]
    assert found.gaps == ()


def test_mailboxes_that_are_missing_beside_remote_public_folders_are_not_none(
    tmp_path: Path,
) -> None:
    remote = exported(CONFIG | {"PublicFoldersEnabled": "Remote"})
    (found,) = given_files(tmp_path, organization=remote).organization_configs
    assert (found.remote_mailboxes, found.unread) == (None, ("remote_mailboxes",))


def test_load_balancing_shows_nodes_clusters_and_where_it_is_not_installed() -> None:
    found = collect_exports(sorted(FIXTURES.glob("nlb*.xml")), NOON)
    assert values(found.nlb_features, "server", "installed") == [
        ("HO-EX2010-MB1", True),
        ("HO-EX2010-MB2", False),
    ]
    assert values(found.nlb_nodes, "server", "seen_from", "state", "interface") == [
        ("HO-EX2010-MB1", "HO-EX2010-MB1", "Converged", "Client LAN"),
        ("HO-EX2010-MB2", "HO-EX2010-MB1", "Converged", "Client LAN"),
    ]
    assert values(found.nlb_clusters, "server", "name", "address", "mode") == [
        ("HO-EX2010-MB1", "outlook-ho.exchangeserverpro.net", "10.0.0.50", "MULTICAST")
    ]


def test_certificates_show_their_services_key_and_trust_and_come_whole() -> None:
    found = seen("certs-HO-EX2010-MB1.xml")
    bound, pending = found.store_certificates
    assert (bound.services, bound.has_private_key, bound.status, bound.root_ca_type) == (
        ("IIS", "IMAP", "POP", "SMTP"),
        True,
        "Valid",
        "ThirdParty",
    )
    assert bound.dns_names == ("autodiscover.exchangeserverpro.net", "mail.exchangeserverpro.net")
    (whole,) = found.certificates
    assert (whole.sha256, whole.sha1) == (bound.sha256, bound.thumbprint)
    assert (whole.not_before, whole.not_after) == (bound.not_before, bound.not_after)
    assert (pending.services, pending.status, pending.sha256) == ((), "PendingRequest", None)


def test_providers_show_an_empty_principal_as_empty() -> None:
    found = seen("providers.xml").outlook_providers
    assert values(found, "name", "cert_principal_name", "unread") == [
        ("EXCH", None, ()),
        ("EXPR", "msstd:mail.exchangeserverpro.net", ()),
        ("WEB", None, ()),
    ]


def test_service_accounts_are_read_in_any_language() -> None:
    accounts = tuple(f"EXCHANGESERVERP\\{name}$" for name in ("ASA", "old asa", "ancient"))
    found = seen("asa.xml").alternate_service_accounts
    assert values(found, "server", "accounts") == [
        ("BR-EX2010-MB", ()),
        ("HO-EX2010-MB1", accounts),
        ("HO-EX2010-MB2", accounts[:1]),
    ]


def test_accounts_that_were_not_asked_for_are_not_absent(tmp_path: Path) -> None:
    asked = {"Name": "EX1", "AlternateServiceAccountConfiguration": ""}
    with pytest.raises(SourceError, match="IncludeAlternateServiceAccountCredentialStatus"):
        given_files(tmp_path, asa=exported(asked))


def test_address_books_show_the_server_that_generates_them() -> None:
    found = seen("oab.xml").offline_address_books
    assert values(found, "name", "server", "is_default") == [
        ("Default Offline Address Book", "HO-EX2010-MB1", True),
        ("OAB 2016", None, False),
    ]


def test_schannel_settings_are_those_that_are_set() -> None:
    found = seen("schannel-HO-EX2010-MB1.xml").schannel
    assert values(found, "protocol", "side", "enabled", "disabled_by_default") == [
        ("SSL 2.0", "client", None, 1),
        ("TLS 1.2", "client", 2**32 - 1, 0),
        ("TLS 1.2", "server", 0, 1),
    ]


def test_a_registry_export_without_values_leaves_them_unread() -> None:
    found = seen("schannel-BR-EX2010-MB.xml")
    assert values(found.schannel, "server", "enabled", "disabled_by_default", "unread") == [
        ("BR-EX2010-MB", None, None, ("disabled_by_default",))
    ]
    (gap,) = found.gaps
    assert (gap.section, gap.reason) == (SectionName.SCHANNEL, Reason.DENIED_OR_ABSENT)


def test_what_the_shell_lists_can_be_compared_with_the_directory() -> None:
    found = seen("arrays.xml", "servers.xml")
    members = ("HO-EX2010-MB1", "HO-EX2010-MB2")
    assert values(found.listed_arrays, "name", "fqdn", "site", "members", "id") == [
        (
            "cas-headoffice",
            "outlook-ho.exchangeserverpro.net",
            "HeadOffice",
            members,
            "00000020-46a6-415f-80ad-7e09334bb852",
        )
    ]
    version = "Version 14.3 (Build 123.4)"
    roles = ("ClientAccess", "HubTransport", "Mailbox")
    assert values(found.listed_servers, "name", "site", "version", "roles") == [
        ("BR-EX2010-MB", "Branch/Office", version, roles),
        ("HO-EX2010-MB1", "HeadOffice", version, roles),
    ]


def test_a_folder_is_read_whole_and_every_kind_is_complete() -> None:
    found = collect_exports([FIXTURES], NOON)
    assert {each.name for each in found.sections} == EXPORTED
    assert {each.status for each in found.sections} == {Status.COMPLETE}
    assert loads(dumps(found), "x") == found


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.glob("*.xml")))
def test_a_file_is_what_it_holds_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    kind, server = named(name)
    assert kind is not None
    if (FIXTURES / name).read_bytes() == EMPTY:
        return
    # Another kind's name, with the same server: only that may be taken from it.
    other = "rpc" if kind.stem != "rpc" else "oab"
    path = tmp_path / (f"{other}-{server}.xml" if server else "x.xml")
    shutil.copy2(FIXTURES / name, path)
    assert _said(collect_exports([path], NOON)) == _said(seen(name))


def _said(snapshot: Snapshot) -> dict[str, list[dict[str, Any]]]:
    return {
        field: [
            {k: v for k, v in dict(record).items() if k not in {"source", "file"}}
            for record in getattr(snapshot, field)
        ]
        for field in record_kinds().keys() - {"gaps"}
    }


NAMES = {
    "mailboxes.xml": ("mailboxes", None),
    "Services-HO-EX2010-MB1.XML": ("services", "HO-EX2010-MB1"),
    "nlb-cluster-EX1.xml": ("nlb-cluster", "EX1"),
    "nlb-EX1.xml": ("nlb", "EX1"),
    "certs-ex1.corp.example.xml": ("certs", "ex1.corp.example"),
    "arraysold.xml": (None, None),
    "build-.xml": (None, None),
    "other.xml": (None, None),
}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_files_tell_kind_and_server(name: str) -> None:
    kind, server = named(name)
    assert (kind.stem if kind else None, server) == NAMES[name]


def test_an_object_that_no_server_can_be_found_for_is_lost(tmp_path: Path) -> None:
    service = {"Name": "MSExchangeRPC", "State": "Running", "StartMode": "Auto"}
    found = given_files(tmp_path, services_EX1=exported(service), x=exported(service))
    assert values(found.service_states, "server") == [("EX1",)]
    assert status(found, SectionName.SERVICE_STATES) is Status.PARTIAL
    assert "does not say of which server" in gaps(found)[0][2]


def test_an_empty_list_of_arrays_is_evidence(tmp_path: Path) -> None:
    found = given_files(tmp_path, arrays=EMPTY)
    assert status(found, SectionName.LISTED_ARRAYS) is Status.COMPLETE
    assert found.listed_arrays == ()
    assert values(found.exports, "file", "section", "objects", "whole") == [
        ("arrays.xml", SectionName.LISTED_ARRAYS, 0, True)
    ]


def test_a_list_of_nothing_but_null_is_empty(tmp_path: Path) -> None:
    found = given_files(tmp_path, arrays=f"{HEAD}<Nil /></Objs>".encode("utf-16"))
    assert status(found, SectionName.LISTED_ARRAYS) is Status.COMPLETE


def test_an_empty_file_says_of_which_server_it_is_empty() -> None:
    found = seen("nlb-HO-EX2010-MB2.xml", "certs-HO-EX2010-MB2.xml")
    assert values(found.exports, "section", "server", "objects", "whole") == [
        (SectionName.STORE_CERTIFICATES, "HO-EX2010-MB2", 0, True),
        (SectionName.NLB_NODES, "HO-EX2010-MB2", 0, True),
    ]


@pytest.mark.parametrize("stem", [kind.stem for kind in KINDS if not kind.may_be_empty])
def test_lists_that_are_never_empty_were_not_read(stem: str, tmp_path: Path) -> None:
    found = given_files(tmp_path, **{stem: EMPTY}, arrays=EMPTY)
    (kind,) = [each for each in KINDS if each.stem == stem]
    assert {status(found, section) for section in kind.sections} == {Status.FAILED}
    assert {gap.section for gap in found.gaps} == set(kind.sections)


def test_an_empty_list_of_an_unknown_kind_says_nothing(tmp_path: Path) -> None:
    found = given_files(tmp_path, arrays=EMPTY, other=EMPTY)
    assert status(found, SectionName.EXPORTS) is Status.PARTIAL
    assert [gap.subject for gap in found.gaps] == ["file:other.xml"]


def test_foreign_objects_are_named_by_their_type(tmp_path: Path) -> None:
    process = "<Obj><TN RefId='0'><T>System.Diagnostics.Process</T></TN></Obj>"
    data = f"{HEAD}{process}<S>x</S>{process}</Objs>".encode("utf-16")
    found = given_files(tmp_path, arrays=EMPTY, processes=data)
    assert sorted(gaps(found)) == [
        (
            "exports",
            Reason.MALFORMED,
            "not an export that casaudit knows: System.Diagnostics.Process (2 objects)",
        ),
        (
            "exports",
            Reason.MALFORMED,
            "not an export that casaudit knows: a plain value (1 object)",
        ),
    ]


def test_a_file_of_thousands_of_oddities_gives_a_few_gaps(tmp_path: Path) -> None:
    foreign = "\n".join(f"<Obj><TN><T>T{n}</T></TN></Obj><X />" for n in range(2000))
    found = given_files(tmp_path, arrays=EMPTY, odd=f"{HEAD}{foreign}</Objs>".encode("utf-16"))
    assert len(found.gaps) == 101
    assert "not an export that casaudit knows: others (1,950 objects)" in {
        gap.detail for gap in found.gaps
    }


def test_foreign_objects_under_a_known_name_are_no_empty_list(tmp_path: Path) -> None:
    found = given_files(tmp_path, arrays=exported({"Name": "x"}), copies=EMPTY)
    assert status(found, SectionName.LISTED_ARRAYS) is Status.FAILED
    assert status(found, SectionName.COPY_STATES) is Status.COMPLETE


def test_a_damaged_file_makes_its_kind_partial_and_leaves_others_alone(tmp_path: Path) -> None:
    whole = (FIXTURES / "copies.xml").read_bytes()
    found = given_files(
        tmp_path, copies=whole[: len(whole) * 3 // 4 & ~1], arrays=EMPTY, rpc=b"\xff\xfe"
    )
    assert values(found.copy_states, "server") == [("HO-EX2010-MB1",)]
    assert status(found, SectionName.COPY_STATES) is Status.PARTIAL
    assert status(found, SectionName.RPC_CLIENT_ACCESS) is Status.FAILED
    assert status(found, SectionName.LISTED_ARRAYS) is Status.COMPLETE
    assert [gap.subject for gap in found.gaps] == ["file:copies.xml", "file:rpc.xml"]


def test_one_broken_file_among_several_leaves_the_servers_of_the_others(tmp_path: Path) -> None:
    service = {"Name": "MSExchangeRPC", "State": "Running", "StartMode": "Auto"}
    found = given_files(tmp_path, services_EX1=exported(service), services_EX2=b"<")
    assert status(found, SectionName.SERVICE_STATES) is Status.PARTIAL
    assert values(found.exports, "server", "objects", "whole") == [
        ("EX1", 1, True),
        ("EX2", 0, False),
    ]


def test_a_list_that_the_shell_cut_is_doubted(tmp_path: Path) -> None:
    mailbox = {"RecipientTypeDetails": "UserMailbox", "Database": "DB1"}
    domain = {"PrimarySmtpDomain": "corp.example"}
    cut = [{**mailbox, **domain, "Guid": str(number)} for number in range(1000)]
    assert _mailboxes(tmp_path, cut) == ([("DB1", 1000)], Status.PARTIAL)
    assert _mailboxes(tmp_path, [*cut, {**mailbox, **domain}]) == ([("DB1", 1001)], Status.COMPLETE)


def _mailboxes(folder: Path, found: list[dict[str, str]]) -> tuple[list[tuple[Any, ...]], Status]:
    snapshot = given_files(folder, mailboxes=exported(*found))
    counts = values(snapshot.mailbox_counts, "database", "count")
    return counts, status(snapshot, SectionName.MAILBOXES)


def test_a_mailbox_in_two_files_counts_once(tmp_path: Path) -> None:
    shutil.copy2(FIXTURES / "mailboxes.xml", tmp_path / "again.xml")
    found = collect_exports([FIXTURES / "mailboxes.xml", tmp_path / "again.xml"], NOON)
    once = seen("mailboxes.xml")
    fields = ("database", "count", "discovery")
    assert values(found.mailbox_counts, *fields) == values(once.mailbox_counts, *fields)


def test_a_count_names_every_file_that_it_comes_from(tmp_path: Path) -> None:
    mailbox = {"RecipientTypeDetails": "UserMailbox", "Database": "DB1"}
    found = given_files(tmp_path, a=exported(mailbox), b=exported({**mailbox, "Database": "db1"}))
    assert [(each.count, each.source.origin) for each in found.mailbox_counts] == [
        (2, "file:a.xml, file:b.xml")
    ]


def test_a_selection_without_addresses_knows_no_domains(tmp_path: Path) -> None:
    mailbox = {"RecipientTypeDetails": "UserMailbox", "Database": "DB1"}
    found = given_files(tmp_path, mailboxes=exported(mailbox))
    assert status(found, SectionName.MAILBOXES) is Status.COMPLETE
    assert status(found, SectionName.MAIL_DOMAINS) is Status.FAILED


def test_a_property_that_was_not_exported_is_unread_and_an_empty_one_is_not(tmp_path: Path) -> None:
    trimmed = {"Name": "DB1", "MountedOnServer": "ex1.corp.example", "Server": ""}
    found = given_files(tmp_path, databases=exported(trimmed))
    (database,) = found.listed_databases
    assert database.unread == ("id", "recovery", "rpc_client_access_server")
    assert (database.server, database.rpc_client_access_server) == (None, None)
    detail = "RpcClientAccessServer: the export has no such property (1 object)"
    assert ("listed_databases", Reason.DENIED_OR_ABSENT, detail) in gaps(found)


def test_two_exports_that_contradict_each_other_show(tmp_path: Path) -> None:
    service = {"Server": "EX1", "Name": "MSExchangeRPC", "State": "Running", "StartMode": "Auto"}
    stopped = {**service, "Server": "ex1", "State": "Stopped"}
    found = given_files(tmp_path, a=exported(service), b=exported(stopped))
    assert values(found.service_states, "state") == [("Running",)]
    assert [(gap.subject, gap.reason) for gap in found.gaps] == [
        ("ex1 MSExchangeRPC", Reason.CONFLICT)
    ]


def test_bytes_that_are_not_the_certificate_that_is_named_are_not_believed(tmp_path: Path) -> None:
    text = (FIXTURES / "certs-HO-EX2010-MB1.xml").read_bytes().decode("utf-16")
    swapped = text.replace(re.search('Thumbprint">([0-9A-F]{40})', text)[1], "00" * 20)  # type: ignore[index]
    found = given_files(tmp_path, certs_EX1=swapped.encode("utf-16"))
    assert found.certificates == ()
    assert [each.unread for each in found.store_certificates] == [("sha256",), ()]
    assert [gap.reason for gap in found.gaps] == [Reason.CONFLICT]


def test_a_list_exported_as_one_object_is_read_as_its_items(tmp_path: Path) -> None:
    text = (FIXTURES / "providers.xml").read_bytes().decode("utf-16")
    one = text.replace(f"{HEAD}", f"{HEAD}<Obj><LST>").replace("</Objs>", "</LST></Obj></Objs>")
    found = given_files(tmp_path, x=one.encode("utf-16"))
    assert values(found.outlook_providers, "name") == [("EXCH",), ("EXPR",), ("WEB",)]


def test_a_record_is_as_old_as_its_file(tmp_path: Path) -> None:
    shutil.copy(FIXTURES / "rpc.xml", tmp_path)
    week_ago = NOON - timedelta(days=7)
    os.utime(tmp_path / "rpc.xml", (week_ago.timestamp(), week_ago.timestamp()))
    (found,) = collect_exports([tmp_path], NOON).rpc_client_access
    assert found.source.at == week_ago


CERTIFICATE = {"Server": "EX1", "Thumbprint": "AB" * 20, "Services": "IIS", "Status": "Valid"}
SERVER = {"Name": "EX1", "ServerRole": "ClientAccess"}
PORTS = {"Server": "EX1", "AddressBookPort": ""}
ODD: dict[str, tuple[dict[str, str], str, str, str]] = {
    "no truth value": (CERTIFICATE, "HasPrivateKey", "perhaps", "has_private_key"),
    "a time without zone": (CERTIFICATE, "NotAfter", "2012-03-04T05:06:07", "not_after"),
    "no time": (CERTIFICATE, "NotBefore", "yesterday", "not_before"),
    "a time before time": (CERTIFICATE, "NotBefore", "0001-01-01T00:00:00+10:00", "not_before"),
    "no bytes": (CERTIFICATE, "RawData", "qwerty", "sha256"),
    "no GUID": (SERVER, "Guid", "1234", "id"),
    "a text that is too long": (SERVER, "Fqdn", "y" * 70_000, "fqdn"),
    "no number": (PORTS, "RpcPort", "qwerty", "rpc_port"),
    "a number that is too long": (PORTS, "RpcPort", "9" * 30, "rpc_port"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_value_costs_its_field_and_is_not_repeated(name: str, tmp_path: Path) -> None:
    others, property_name, value, field = ODD[name]
    found = given_files(tmp_path, x=exported({**others, property_name: value}))
    every: list[Record] = [*found.store_certificates, *found.listed_servers, *found.rpc_ports]
    ((unread, kept),) = values(every, "unread", field)
    assert (field in unread, kept) == (True, None)
    (said,) = [gap.detail for gap in found.gaps if gap.detail.startswith(f"{property_name}: ")]
    assert value not in said


LOST: dict[str, dict[str, str]] = {
    "a certificate without a thumbprint": {**CERTIFICATE, "Thumbprint": "x"},
    "a build that is not a version": {"Server": "EX1", "FileVersion": "new"},
    "a server without a name": {**SERVER, "Name": " "},
    "settings of no server": {"Server": "", "EncryptionRequired": "True"},
}


@pytest.mark.parametrize("name", LOST)
def test_an_object_that_cannot_become_a_record_is_lost(name: str, tmp_path: Path) -> None:
    found = given_files(tmp_path, arrays=EMPTY, x=exported(LOST[name]))
    (section,) = {each.section for each in found.exports} - {SectionName.LISTED_ARRAYS}
    assert status(found, section) is Status.FAILED
    assert [gap.section for gap in found.gaps] == [section]


def test_a_version_of_another_program_is_no_build(tmp_path: Path) -> None:
    other = {"FileName": r"C:\Windows\notepad.exe", "FileVersion": "6.1.7601.1"}
    with pytest.raises(SourceError, match="not an export"):
        given_files(tmp_path, build_EX1=exported(other))


def test_services_of_other_products_are_passed_over(tmp_path: Path) -> None:
    other = {"Server": "EX1", "Name": "Spooler", "State": "Running", "StartMode": "Auto"}
    found = given_files(tmp_path, services_EX1=exported(other))
    assert (found.service_states, found.gaps) == ((), ())


def test_a_port_of_32_bits_is_not_negative(tmp_path: Path) -> None:
    ports = {"Server": "EX1", "RpcPort": "-1", "AddressBookPort": ""}
    (found,) = given_files(tmp_path, x=exported(ports)).rpc_ports
    assert found.rpc_port == 2**32 - 1


REFERRED = {
    "EX1": "EX1",
    "CN=EX\\,1,CN=Servers,DC=x": "EX,1",
    "corp.example/Configuration/Sites/Köln\\/Bonn": "Köln/Bonn",
    "DB 1/2": "DB 1/2",
}


@pytest.mark.parametrize("written", REFERRED)
def test_a_reference_is_known_by_the_name_of_its_object(written: str, tmp_path: Path) -> None:
    found = given_files(tmp_path, x=exported({**SERVER, "Site": written}))
    assert values(found.listed_servers, "site") == [(REFERRED[written],)]


def test_nodes_of_a_file_without_a_server_are_nodes_all_the_same(tmp_path: Path) -> None:
    node = {"Name": "EX1", "InterfaceName": "LAN", "HostPriority": "1", "State": "Converged"}
    found = given_files(tmp_path, x=exported(node))
    assert values(found.nlb_nodes, "server", "seen_from") == [("EX1", None)]


REFUSED = {
    "a file that is not there": ("nothing.xml", None, "cannot be read"),
    "a folder without exports": ("", None, "holds no .xml file and no table"),
    "a file that is no export": ("x.xml", b"<a/>", "not written by Export-Clixml"),
    "an empty file of a known name": ("mailboxes.xml", b"", "no element found"),
    "an export of something else": ("x.xml", exported({"Name": "x"}), "not an export that"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_where_there_is_nothing_to_read_it_says_so(name: str, tmp_path: Path) -> None:
    file, data, said = REFUSED[name]
    if data is not None:
        (tmp_path / file).write_bytes(data)
    with pytest.raises(SourceError, match=re.escape(str(tmp_path / file))) as caught:
        collect_exports([tmp_path / file], NOON)
    assert said in caught.value.problem


def test_a_file_that_is_too_large_costs_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casaudit.collect.clixml.exports.MAX_FILE", 1000)
    shutil.copy(FIXTURES / "rpc.xml", tmp_path)
    found = given_files(tmp_path, arrays=EMPTY)
    assert status(found, SectionName.RPC_CLIENT_ACCESS) is Status.FAILED
    assert [gap.reason for gap in found.gaps] == [Reason.LIMIT]


def test_exports_and_the_directory_make_one_snapshot() -> None:
    directory = loads((SAMPLES / "article-a" / "snapshot.json").read_bytes(), "x")
    exports = collect_exports([FIXTURES], NOON)
    found = merge([directory, exports])
    assert found.servers == directory.servers
    assert found.mailbox_counts == exports.mailbox_counts
    assert {found.status(name) for name in EXPORTED} == {Status.COMPLETE}
    assert found.status(SectionName.SERVERS) is Status.COMPLETE
    assert set(found.gaps) == set(exports.gaps)


def test_exports_of_two_collections_may_be_of_different_servers() -> None:
    first, second = seen("ports-HO-EX2010-MB1.xml"), seen("ports-HO-EX2010-MB2.xml")
    found = merge([first, second])
    assert values(found.rpc_ports, "server") == [("HO-EX2010-MB1",), ("HO-EX2010-MB2",)]
    assert (found.status(SectionName.RPC_PORTS), found.gaps) == (Status.COMPLETE, ())


PIECES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            HEAD.encode(),
            b"</Objs>",
            b"<Obj><MS>",
            b"</MS></Obj>",
            *(f'<S N="{name}">'.encode() for name in ("Name", "Server", "Thumbprint", "Services")),
            *(f'<S N="{name}">'.encode() for name in ("Database", "RecipientTypeDetails", "Guid")),
            *(f'<S N="{name}">'.encode() for name in ("FileVersion", "Key", "Enabled", "RpcPort")),
            b"</S>",
            b"<Nil />",
            b"EX1",
            b"14.3.1.0",
            rb"\SCHANNEL\Protocols\TLS 1.2\Client",
        ]
    ),
)
STEMS = st.sampled_from([kind.stem for kind in KINDS])


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=12).map(b"".join), STEMS)
def test_whatever_a_file_holds_it_gives_a_snapshot_or_a_clear_refusal(
    data: bytes, stem: str
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{stem}-EX1.xml"
        path.write_bytes(HEAD.encode() + data + b"</Objs>")
        try:
            found = collect_exports([path], NOON)
        except SourceError as error:
            assert error.subject == str(path)
        else:
            assert loads(dumps(found), "x") == found


TYPES = st.sampled_from(["User", "Discovery", "Arbitration"])
CHOICES = {
    "RecipientTypeDetails": st.sampled_from(
        ["UserMailbox", "DiscoveryMailbox", "ArbitrationMailbox"]
    ),
    "Database": st.sampled_from(["DB1", "db1", "DB 2", "東京"]),
    "PrimarySmtpAddress": st.sampled_from(["a@corp.example", "b@Corp.Example", "c@brand.example"]),
}


@given(st.lists(st.fixed_dictionaries(CHOICES), min_size=1, max_size=20))
def test_counts_add_up(mailboxes: list[dict[str, str]]) -> None:
    distinct = [
        {**each, "PrimarySmtpAddress": f"{number}{each['PrimarySmtpAddress']}"}
        for number, each in enumerate(mailboxes)
    ]
    with TemporaryDirectory() as folder:
        found = given_files(Path(folder), mailboxes=exported(*distinct))
    counted: Sequence[MailboxCount | ArbitrationCount] = (
        *found.mailbox_counts,
        *found.arbitration_mailboxes,
    )
    assert sum(each.count for each in counted) == len(mailboxes)
    users = sum(each["RecipientTypeDetails"] == "UserMailbox" for each in mailboxes)
    assert sum(each.count for each in _domains(found.mail_domains)) == users


def _domains(found: tuple[MailDomain, ...]) -> tuple[MailDomain, ...]:
    assert {each.domain for each in found} <= {"corp.example", "brand.example"}
    return found


DOCUMENT = (DOCS / "exports.md").read_text(encoding="utf-8")
BY_HAND = re.findall(r"```powershell\n(.*?)```", DOCUMENT, re.DOTALL)
HARMLESS = {
    "ConvertFrom-Csv": "takes lines apart",
    "Export-Clixml": "writes the export",
    "ForEach-Object": "makes texts of a list",
    "Import-Module": "loads cmdlets",
    "New-Object": "holds what was read",
    "Select-Object": "picks properties",
    "Set-ADServerSettings": "widens the view of the session",
    "Test-Path": "looks whether something is there",
    "Group-Object": "counts what was read",
    "Sort-Object": "orders what was read",
    "Where-Object": "picks lines",
}


def test_the_documented_commands_can_be_parsed_and_only_read() -> None:
    assert [each for each in BY_HAND if powershell.errors(each)] == []
    called = {name for each in BY_HAND for name, _ in powershell.commands(each)}
    assert {name for name in called if not name.startswith("Get-")} == set(HARMLESS)


def test_a_documented_command_that_fails_leaves_no_empty_list() -> None:
    assert all(each.startswith("$ErrorActionPreference = 'Stop'\n") for each in BY_HAND[:2])
    lines = [line for each in BY_HAND for line in each.splitlines() if "| Export-Clixml" in line]
    # With Stop the shell gives up the rest of the line.
    assert [
        line for line in lines if not re.search(r"\$found = .*; \$found \||^\$rpc = ", line)
    ] == []


def test_every_inline_command_of_the_document_can_be_parsed() -> None:
    inline = re.findall(r"`([^`\n]*(?:Get-|Export-)[A-Za-z]+ [^`\n]*)`", DOCUMENT)
    assert inline != []
    assert [each for each in inline if powershell.errors(each.replace("...", "x"))] == []


def test_the_document_names_every_kind_of_file_and_no_other() -> None:
    lines = "".join(BY_HAND)
    written = re.findall(r"-Path ['\"]([a-z-]+?)(?:-\$server)?\.xml['\"]", lines)
    assert sorted(written) == sorted(kind.stem for kind in EVIDENCE)
    table = re.findall(r"^\| (`.*?`) \|", DOCUMENT, re.MULTILINE)
    files = [name for row in table for name in re.findall(r"`([a-z-]+?)(?:-SERVER)?\.xml`", row)]
    assert sorted(files) == sorted(kind.stem for kind in KINDS)


def test_gaps_of_exports_name_the_file(tmp_path: Path) -> None:
    found = given_files(tmp_path, arrays=EMPTY, rpc=b"<")
    (gap,) = found.gaps
    assert gap == Gap(
        section=SectionName.RPC_CLIENT_ACCESS,
        subject="file:rpc.xml",
        reason=Reason.MALFORMED,
        detail="line 1: not well-formed XML: unclosed token",
    )
