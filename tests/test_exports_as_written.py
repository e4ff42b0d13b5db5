"""Exports as remoting and Export-Clixml write them: whose they are, and what resembles them."""

import shutil
from pathlib import Path

import pytest

from casaudit.collect.clixml import collect_exports
from casaudit.collect.clixml.export_kinds import KINDS, no_evidence, owner, recognised
from casaudit.collect.clixml.values import Exported
from casaudit.snapshot import Reason, SectionName, Snapshot, Status, merge
from tests.test_exports import FIXTURES, NOON, exported, gaps, given_files, values

AS_WRITTEN = FIXTURES / "as-written"


def seen(*names: str) -> Snapshot:
    return collect_exports([AS_WRITTEN / name for name in names], NOON)


def test_objects_with_a_double_inside_are_read_whole() -> None:
    found = seen("databases.xml")
    assert values(found.listed_databases, "name", "rpc_client_access_server", "server") == [
        ("MB-BR-01", "outlook-br.exchangeserverpro.net", "BR-EX2010-MB"),
        ("MB-HO-01", "HO-EX2010-MB1.exchangeserverpro.net", "HO-EX2010-MB1"),
    ]
    assert found.gaps == ()


def test_a_certificate_of_which_only_the_bytes_were_exported_is_read_from_them() -> None:
    found = seen("certs-BR-EX2010-MB.xml")
    named, plain = sorted(found.store_certificates, key=lambda each: each.dns_names, reverse=True)
    assert named.dns_names == (
        "autodiscover.exchangeserverpro.net",
        "mail-branch.exchangeserverpro.net",
    )
    assert plain.dns_names == ("BR-EX2010-MB",)
    assert {each.sha256 for each in found.certificates} == {named.sha256, plain.sha256}
    assert (named.thumbprint, named.subject) == (
        next(each.sha1 for each in found.certificates if each.sha256 == named.sha256),
        "CN=mail-branch.exchangeserverpro.net",
    )
    unread = ("has_private_key", "root_ca_type", "self_signed", "services", "status")
    assert named.unread == plain.unread == unread
    ((section, reason, detail),) = gaps(found)
    assert (section, reason) == ("store_certificates", Reason.DENIED_OR_ABSENT)
    assert "Select-Object Thumbprint, Services" in detail
    assert "(2 objects)" in detail


def test_a_certificate_belongs_to_the_server_of_its_file_not_to_that_of_the_shell() -> None:
    found = seen("certs-BR-EX2010-MB.xml")
    assert {each.server for each in found.store_certificates} == {"BR-EX2010-MB"}


def test_a_certificate_of_no_known_server_is_nobodys(tmp_path: Path) -> None:
    shutil.copy(AS_WRITTEN / "certs-BR-EX2010-MB.xml", tmp_path / "certs.xml")
    shutil.copy(AS_WRITTEN / "arrays.xml", tmp_path)
    found = collect_exports([tmp_path], NOON)
    assert found.store_certificates == ()
    assert found.status(SectionName.STORE_CERTIFICATES) is Status.FAILED
    assert "does not say of which server it is" in " ".join(each for *_, each in gaps(found))


def test_bytes_that_are_no_certificate_are_none(tmp_path: Path) -> None:
    text = (AS_WRITTEN / "certs-BR-EX2010-MB.xml").read_bytes().decode("utf-16")
    start = text.index('"RawData">') + len('"RawData">')
    garbled = text[:start] + "AAAA" + text[text.index("</BA>") :]
    found = given_files(tmp_path, certs_EX1=garbled.encode("utf-16"))
    assert len(found.store_certificates) == len(found.certificates) == 1
    assert found.status(SectionName.STORE_CERTIFICATES) is Status.PARTIAL


SHELL = {"PSComputerName": "shell.corp.example", "OriginatingServer": "dc1.corp.example"}
# Per kind: properties of the object, the server of its file's name, whose it is.
OWNERS: dict[str, tuple[str, dict[str, str], str | None, str | None]] = {
    "a certificate that names its server": ("certs", {"Server": "EX1"}, "EX2", "EX1"),
    "a certificate by its identity": ("certs", {"Identity": f"EX1\\{'AB' * 20}"}, "EX2", "EX1"),
    "one whose identity is its thumbprint": ("certs", {"Identity": "AB" * 20}, "EX2", "EX2"),
    "one that a shell elsewhere listed": ("certs", {}, "EX2", "EX2"),
    "one that nothing else tells of": ("certs", {}, None, None),
    "a service": ("services", {"SystemName": "EX1"}, "EX2", "EX1"),
    "a service as WMI marks it": ("services", {"__SERVER": "EX1"}, "EX2", "EX1"),
    "a service of the file's server": ("services", {}, "EX2", "EX2"),
    "a service by Invoke-Command": ("services", {}, None, "shell.corp.example"),
    "a build": ("build", {"Server": "EX1"}, "EX2", "EX1"),
    "a build of the file's server": ("build", {}, "EX2", "EX2"),
    "a build by Invoke-Command": ("build", {}, None, "shell.corp.example"),
    "ports of the file's server": ("ports", {}, "EX2", "EX2"),
    "settings of SCHANNEL of the file's server": ("schannel", {}, "EX2", "EX2"),
    "a feature of the file's server": ("nlb-feature", {}, "EX2", "EX2"),
    "a node of a cluster of the file's server": ("nlb", {}, "EX2", "EX2"),
    "a cluster of the file's server": ("nlb-cluster", {}, "EX2", "EX2"),
    "an empty name": ("build", {"Server": " . "}, "EX2", "EX2"),
}


@pytest.mark.parametrize("name", OWNERS)
def test_the_object_and_its_file_come_before_the_connection(name: str) -> None:
    stem, properties, file_server, wanted = OWNERS[name]
    (kind,) = [each for each in KINDS if each.stem == stem]
    item = Exported(properties={k.lower(): v for k, v in {**SHELL, **properties}.items()})
    assert owner(item, kind, file_server) == wanted


TYPES = {
    "Data.Directory.Management.Mailbox": "mailboxes",
    "Data.Directory.Management.ReducedRecipient": "mailboxes",
    "Data.Directory.SystemConfiguration.MailboxDatabase": "databases",
    "Management.SystemConfigurationTasks.DatabaseCopyStatusEntry": "copies",
    "Data.Directory.SystemConfiguration.ClientAccessArray": "arrays",
    "Data.Directory.Management.ExchangeServer": "servers",
    "Data.Directory.Management.ClientAccessServer": "asa",
    "Data.Directory.SystemConfiguration.ExchangeRpcClientAccess": "rpc",
    "Data.Directory.SystemConfiguration.OutlookProvider": "providers",
    "Data.Directory.SystemConfiguration.OfflineAddressBook": "oab",
    "Management.SystemConfigurationTasks.ExchangeCertificate": "certs",
    "Data.Directory.Management.MailboxServer": None,
    "Data.Directory.Management.TransportServer": None,
    "Data.Directory.Management.DynamicDistributionGroup": None,
    "Data.Directory.Management.MailContact": None,
    "Data.Directory.Management.MailPublicFolder": None,
    "Data.Directory.SystemConfiguration.PublicFolderDatabase": None,
    "Data.Directory.SystemConfiguration.AcceptedDomain": None,
}
EVERYTHING = ("Name", "ServerRole", "RecipientTypeDetails", "Fqdn", "Members", "MountedOnServer")


@pytest.mark.parametrize("prefix", ["", "Deserialized.", "Selected.", "Selected.Deserialized."])
@pytest.mark.parametrize("name", TYPES)
def test_an_object_of_exchange_is_what_its_type_says_whatever_it_has(
    name: str, prefix: str
) -> None:
    types = (f"{prefix}Microsoft.Exchange.{name}", "System.Object")
    item = Exported(types, properties=dict.fromkeys(map(str.lower, EVERYTHING), "UserMailbox"))
    kind = None if no_evidence(item) else recognised(item)
    assert (kind.stem if kind else None) == TYPES[name]


def test_what_only_resembles_evidence_is_passed_over_with_a_word() -> None:
    alone = collect_exports([FIXTURES / "mailboxes.xml", FIXTURES / "servers.xml"], NOON)
    both = collect_exports(
        [FIXTURES / "mailboxes.xml", FIXTURES / "servers.xml", AS_WRITTEN / "others.xml"], NOON
    )
    assert both.mailbox_counts == alone.mailbox_counts
    assert both.listed_servers == alone.listed_servers
    assert {each.status for each in both.sections} == {Status.COMPLETE}
    assert sorted(detail for *_, detail in gaps(both)) == [
        "passed over: no mailbox; Get-Mailbox lists those (3 objects)",
        "passed over: one role of a server; Get-ExchangeServer lists the servers (1 object)",
    ]


def test_of_a_list_of_all_recipients_mailboxes_are_counted() -> None:
    found = seen("recipients.xml")
    assert values(found.mailbox_counts, "database", "count") == [("MB-HO-01", 2)]
    assert found.status(SectionName.MAILBOXES) is Status.COMPLETE
    assert [detail for *_, detail in gaps(found)] == [
        "passed over: no mailbox; Get-Mailbox lists those (2 objects)"
    ]


def test_a_list_of_groups_alone_says_nothing_of_mailboxes(tmp_path: Path) -> None:
    shutil.copy(AS_WRITTEN / "others.xml", tmp_path / "mailboxes.xml")
    shutil.copy(AS_WRITTEN / "arrays.xml", tmp_path)
    found = collect_exports([tmp_path], NOON)
    assert found.status(SectionName.MAILBOXES) is Status.FAILED


def test_members_that_a_shell_of_another_version_counts_are_no_contradiction(
    tmp_path: Path,
) -> None:
    shutil.copy(AS_WRITTEN / "arrays.xml", tmp_path / "arrays-2010.xml")
    newer, older = FIXTURES / "arrays.xml", tmp_path / "arrays-2010.xml"
    both = collect_exports([newer, older], NOON)
    merged = merge([collect_exports([newer], NOON), collect_exports([older], NOON)])
    assert (both.gaps, merged.gaps) == ((), ())
    assert len(both.listed_arrays) == len(merged.listed_arrays) == 1


def test_a_selection_that_kept_its_type_lacks_only_what_was_not_selected(tmp_path: Path) -> None:
    selected = exported({"Name": "DB1", "Server": "EX1"}).decode("utf-16")
    typed = "Selected.Microsoft.Exchange.Data.Directory.SystemConfiguration.MailboxDatabase"
    data = selected.replace("<Obj>", f'<Obj RefId="0"><TN RefId="0"><T>{typed}</T></TN>')
    (found,) = given_files(tmp_path, x=data.encode("utf-16")).listed_databases
    assert (found.name, found.server) == ("DB1", "EX1")
    assert found.unread == ("id", "recovery", "rpc_client_access_server")
